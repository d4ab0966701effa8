"""What an evaluation could see: counts have the margins asked for, power rises with the effect and with districts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.planning.evaluation.futures import counted_futures
from carelab.stages.outreach import Outreach
from carelab.stages.roll_out import _power, roll_out_power
from carelab.study import Study

pytestmark = pytest.mark.functional


def test_counts_are_poisson_and_correlated_in_time() -> None:
    expected = np.full((4000, 2), 40.0)
    counts = counted_futures(expected, np.random.default_rng(1), periods=6, correlation=0.6)
    assert counts.shape == (4000, 2, 6)
    assert counts.mean() == pytest.approx(40, rel=0.01)
    assert counts.var(axis=0).mean() == pytest.approx(40, rel=0.05), "a Poisson count varies as much as its mean"
    first, last = counts[..., :-1].ravel(), counts[..., 1:].ravel()
    assert np.corrcoef(first, last)[0, 1] == pytest.approx(0.6, abs=0.02)


def test_power_rises_with_effect_and_mde_has_power_80() -> None:
    rng = np.random.default_rng(2)
    units = pd.DataFrame({"district": [f"{n:02d}" for n in range(40)], "need": 200.0 + np.arange(40), "size": 1000.0})
    rates = counted_futures(np.full((200, 40), 60.0), rng, periods=10)
    found = {amount: pd.DataFrame(_power(units, rates, amount, seed=3)) for amount in (4, 12, 20)}
    mde = {}
    for amount, table in found.items():
        power = table[table["measure"] == "power"].sort_values("effect_pct")["value"].to_numpy()
        assert (np.diff(power) >= 0).all()
        assert power[-1] == 1.0
        mde[amount] = table.set_index("measure").loc["mde_pct", "value"]
        below = table[(table["measure"] == "power") & (table["effect_pct"] < mde[amount])]["value"]
        assert (below < 0.8).all()
    assert mde[4] > mde[12] > mde[20] * 0.95


def test_too_few_districts_are_no_design(study: Study) -> None:
    found = roll_out_power(study, Outreach(study))
    ranked = int(study.districts["ranked"].sum())
    assert found.empty == (ranked < 8), "the synthetic city has too few districts to draw four of them"

"""Early warning on known draws: probabilities, first year, and the least amount that silences a warning."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carelab.planning import early_warning as warning

pytestmark = pytest.mark.unit

RULE = SimpleNamespace(id="rule", probability=0.8, watch=0.6, unit="places", level=("district",))
AREAS = pd.DataFrame(
    {"district": ["01", "02", "03"], "name": ["A", "B", "C"], "grade": ["A", "B", "C"], "allowed": [True, True, False]}
)


def test_growth_is_measured_over_the_window() -> None:
    need = np.array([[[100.0, 110.0, 125.0]]])
    np.testing.assert_allclose(warning.growth_excess(need, 2, 0.2), [[[5.0]]])
    np.testing.assert_allclose(warning.growth_excess(need, 1, 0.1), [[[0.0, 4.0]]], atol=1e-9)


def test_excess_of_ratios_is_the_amount_that_lacks() -> None:
    assert warning.potential_excess(np.array(28.0), np.array(20.0), 1.5) == 2.0
    assert warning.load_excess(np.array(90.0), 20.0, 3.0) == 10.0
    assert warning.shortage_excess(np.array(40.0), 25.0) == 15.0


def test_relief_on_known_draws() -> None:
    excess = np.arange(1.0, 11.0) - 0.5  # 0.5, 1.5, ... 9.5
    assert warning.relief(excess, 0.8) == 3.0  # minus 3 leaves 7 of 10; minus 2 leaves 8 of 10
    assert warning.relief(np.full(10, -1.0), 0.8) == 0.0
    assert warning.relief(np.r_[np.full(7, 5.0), np.full(3, -1.0)], 0.8) == 0.0


@given(st.lists(st.integers(-300, 300), min_size=5, max_size=60), st.sampled_from([0.6, 0.75, 0.8, 0.95]))
def test_relief_silences_and_one_less_does_not(values: list[int], probability: float) -> None:
    excess = np.array(values) / 4
    least = warning.relief(excess, probability)
    assert (excess - least > 0).mean() < probability
    assert least == 0 or (excess - (least - 1) > 0).mean() >= probability


def test_first_year_state_and_who_is_judged() -> None:
    chances = {0: [0.5, 0.8, 0.9], 1: [0.5, 0.7, 0.6], 2: [1.0, 1.0, 1.0]}
    excess = np.stack([[np.where(np.arange(10) < 10 * p, 2.0, -1.0) for p in chances[a]] for a in range(3)])
    table = warning.evaluate(RULE, excess.transpose(2, 0, 1), AREAS, [2025, 2026, 2027])
    assert table[["district", "state", "first_year", "probability"]].to_numpy().tolist() == [
        ["01", "warning", 2026, 0.8],
        ["02", "watch", 2026, 0.7],
    ]
    assert table["relief"].tolist()[0] == 2.0
    assert np.isnan(table["relief"].tolist()[1])


def test_nothing_to_warn_of_is_an_empty_table_with_its_columns() -> None:
    table = warning.evaluate(RULE, np.full((10, 3, 1), -1.0), AREAS, [2025])
    assert table.empty
    assert {"rule", "district", "first_year", "relief"} <= set(table.columns)

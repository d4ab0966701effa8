"""Intervals of totals hold on Kreise they were not learnt on, in years that were not known; the study draws them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.backtest.growth import check_growth
from carelab.inputs.reference import load_reference
from carelab.params import Params
from carelab.study import Study
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    reference = load_reference()
    changed = set(reference.care_totals.query("area_changed")["area"])
    return check_growth(reference.kreis_totals, left_out=changed)


def test_intervals_of_totals_hold_out_of_sample(cases: pd.DataFrame) -> None:
    held = cases.groupby(["dense", "ahead"])[["inside_50", "inside_80", "inside_95"]].mean()
    assert set(cases["ahead"]) == {1, 5, 10}
    assert held["inside_80"].between(0.75, 0.91).all()
    assert held["inside_95"].between(0.88, 0.995).all()
    assert held["inside_50"].between(0.45, 0.65).all()


def test_a_check_knows_no_later_count(cases: pd.DataFrame) -> None:
    totals = load_reference().kreis_totals
    changed = set(load_reference().care_totals.query("area_changed")["area"])
    early = check_growth(totals[totals["year"] <= 2016], horizons=(1, 5), left_out=changed)
    keys = ["area", "origin", "past", "ahead"]
    both = early.merge(cases, on=keys)
    assert len(both) == len(early)
    both = both[both["dense_x"] == both["dense_y"]]  # one Kreis passes the density that parts the two kinds
    assert len(both) > 0.99 * len(early)
    np.testing.assert_allclose(both["sd_x"], both["sd_y"], rtol=1e-9)


def test_a_study_spreads_its_total_as_learnt_and_its_oldest_as_before(study: Study) -> None:
    calm = Study(Params(draws=DRAWS))
    calm.__dict__["city_rates"] = calm.own_rates
    ahead = study.params.horizon_year - study.params.base_year
    wanted = np.sqrt(study.growth_spread.error_variance(study.history.years.size - 1, ahead))
    found = np.log(study.city_path.sum(axis=(2, 3)))[:, 1:].std(axis=0)
    np.testing.assert_allclose(found[1:], wanted[1:], rtol=0.15)
    oldest, before = (each.city_path[:, 5, :, 81:].sum(axis=(1, 2)) for each in (study, calm))
    np.testing.assert_array_equal(oldest, before)

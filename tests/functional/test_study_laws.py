"""Laws of a whole study: it meets the counts, districts sum to the city, and the same parameters say the same."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from carelab.params import Params
from carelab.study import Study
from carelab.terms import SETTINGS, UserError
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional


def params(**changes: object) -> Params:
    return Params(city="musterstadt", draws=DRAWS, **changes)


def test_the_citys_counts_are_met(study: Study) -> None:
    assert len(study.anchoring) >= 7
    assert study.anchoring["deviation_pct"].abs().max() < 1
    last = study.anchoring.iloc[-1]
    first = study.demand_city.query("setting == 'total' and status == 'projected'").iloc[0]
    assert first["year"] == last["year"] + 1
    assert first["lower_95"] < first["median"] < first["upper_95"]


def test_the_same_parameters_say_the_same(study: Study) -> None:
    again = Study(params())
    np.testing.assert_array_equal(again.gap_draws, study.gap_draws)
    pd.testing.assert_frame_equal(again.demand_city, study.demand_city)
    assert not np.array_equal(Study(params(seed=1)).demand, study.demand)


def test_each_step_has_random_numbers_of_its_own(study: Study) -> None:
    fuller = Study(params(occupancy=0.8, shortfall_places=10))
    np.testing.assert_array_equal(fuller.demand, study.demand)
    np.testing.assert_array_equal(fuller.supply, study.supply)
    assert (fuller.gap_draws >= study.gap_draws).all()
    settled = Study(params(trend="constant"))
    np.testing.assert_array_equal(settled.population, study.population)
    names = ("base", "rates", "levels", "settings", "local", "supply", "anchor", "backtest")
    drawn = [study._rng(name).random(4).tolist() for name in names]
    drawn += [np.random.default_rng([study.params.seed, chunk]).random(4).tolist() for chunk in range(200)]
    assert len({tuple(each) for each in drawn}) == len(drawn)


def test_base_years_that_cannot_be_computed_are_refused_in_a_sentence() -> None:
    for year, words in ((2019, "Basisjahr 2019"), (2022, "nur 2 aufeinanderfolgende Jahre")):
        with pytest.raises(UserError, match=words):
            _ = Study(params(base_year=year)).population


def test_counts_that_make_no_sense_are_refused_in_a_sentence() -> None:
    for factor, words in ((100, "passen nicht"), (None, "keine Zählung")):
        broken = Study(params())
        care = broken.city.care
        changed = care[care["year"] > 2025] if factor is None else care.assign(persons=care["persons"] * factor)
        broken.city = replace(broken.city, care=changed)
        with pytest.raises(UserError, match=words):
            _ = broken.levels


def test_an_earlier_base_year_knows_nothing_of_later_counts() -> None:
    early = Study(params(base_year=2023, focus_year=2030, horizon_year=2030))
    assert early.history.years[-1] == 2023
    assert early.panel.rows["year"].max() <= 2023
    assert early.supply_known_places.year <= 2023
    table = early.demand_city
    assert not table.duplicated(["year", "setting"]).any()
    assert np.isfinite(table.select_dtypes(float)).all(axis=None)


def test_every_result_is_there_and_finite(study: Study) -> None:
    study.prepare(lambda words: None)
    for name in ("population_city", "demand_city", "growth", "decomposition", "gap_city", "rates"):
        table = getattr(study, name)
        assert len(table), name
        assert np.isfinite(table[["median", "lower_95", "upper_95"]]).all(axis=None), name
        assert (table["lower_95"] <= table["lower_80"]).all(), name
        assert (table["lower_50"] <= table["median"]).all(), name
        assert (table["upper_80"] <= table["upper_95"]).all(), name
    assert set(study.demand_city["setting"]) == {*SETTINGS, "total"}

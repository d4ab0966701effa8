"""Laws of care rates in a study: scenarios in order, and a back-test that knows nothing of what it is scored on."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.backtest.cities import backtest_cities
from carelab.params import Params
from carelab.stages.care import BACKTEST_ORIGIN
from carelab.study import Study
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional


def test_scenarios_differ_in_the_trend_alone(study: Study) -> None:
    moderate, constant = (Study(Params(draws=DRAWS, trend=trend)).levels for trend in ("moderate", "constant"))
    for higher, lower in ((study.levels, moderate), (moderate, constant)):
        difference = (higher - lower).values
        assert (difference >= -1e-12).all()
        assert difference[:, -1].min() > 0
    np.testing.assert_allclose(difference, np.tile(difference[0], (DRAWS, 1)), atol=1e-12)
    laws = (study.levels - moderate).values
    laws = laws - laws.min(axis=0)  # beside the trend only the risk of a law nobody knows of, which only adds
    assert (np.diff(laws, axis=1) >= -1e-12).all()
    assert 0.5 < (laws[:, -1] > 0).mean() < 1


def test_rates_stay_between_0_and_1_and_rise_with_age(study: Study) -> None:
    table = study.rates
    assert table["lower_95"].gt(0).all()
    assert table["upper_95"].lt(1).all()
    for _, rows in table.groupby(["sex", "year"]):
        assert rows["median"].iloc[1:].is_monotonic_increasing


def test_the_back_test_is_blind_to_what_came_later(study: Study) -> None:
    def run(reference: dict[str, pd.DataFrame]) -> pd.DataFrame:
        rng = np.random.default_rng(1)
        return backtest_cities(reference, study.hazard, origin=BACKTEST_ORIGIN, damping=0.85, rng=rng)

    tables = dict(vars(study.reference))
    plain = run(tables)
    changed = dict(tables)
    for name, column in (
        ("care_totals", "people_in_need"),
        ("care_cities", "persons"),
        ("kreis_structure", "population"),
    ):
        table = tables[name].copy()
        later = table["year"] > BACKTEST_ORIGIN
        table[column] = table[column].astype(float)
        table.loc[later, column] *= 3
        changed[name] = table
    blind = run(changed)
    np.testing.assert_array_equal(blind["median"], plain["median"])
    np.testing.assert_allclose(blind["observed"], 3 * plain["observed"])


def test_the_back_test_beats_constant_rates(study: Study) -> None:
    errors = study.backtest.assign(size=study.backtest["error_pct"].abs()).groupby("rule")["size"].mean()
    assert errors["model"] < errors["constant_rates"]

"""Common growth of care rates: found in simulated Kreise, as is what each does beside it."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.care.trend import fit_trend

pytestmark = pytest.mark.unit
YEARS = np.array([2011, 2013, 2015, 2017, 2019, 2021])
GROWTH = np.array([0.05, 0.02, 0.11, 0.16, 0.14])
LANDS, PER_LAND, DRIFT, LAND_DRIFT = 16, 20, 0.03, 0.02


def simulated(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    count = LANDS * PER_LAND
    walk = np.cumsum(rng.normal(0, DRIFT, (count, 5)), axis=1)
    land = np.repeat(np.cumsum(rng.normal(0, LAND_DRIFT, (LANDS, 5)), axis=1), PER_LAND, axis=0)
    level = rng.normal(0, 0.2, (count, 1)) + np.hstack([np.zeros((count, 1)), np.cumsum(GROWTH) + walk + land])
    table = pd.DataFrame(level, columns=YEARS).rename_axis("area").reset_index().melt("area", var_name="year")
    table = table.rename(columns={"value": "level"}).astype({"year": int})
    return table.assign(parent=table["area"] // PER_LAND, people_in_need=rng.uniform(3e3, 2e4, len(table)))


def test_growth_and_drift_are_recovered() -> None:
    trends = [fit_trend(simulated(seed), {}) for seed in range(6)]
    for trend in trends:
        land_error = LAND_DRIFT / np.sqrt(LANDS)  # shared within a Land: not in the errors clustered by Kreis
        assert (np.abs(trend.growth - GROWTH) < 3 * np.hypot(trend.error, land_error)).all()
        assert trend.drift_sd == pytest.approx(DRIFT, rel=0.2)


def test_known_growth_of_germany_is_added() -> None:
    trend = fit_trend(simulated(1), {2023: 0.09})
    assert trend.years.tolist() == [*YEARS, 2023]
    assert trend.growth[-1] == 0.09
    table = trend.table()
    assert np.isnan(table["error"].iloc[-1])
    assert table.loc[table["law"], "year"].tolist() == [2017]


def test_a_missing_count_is_left_out() -> None:
    table = simulated(2)
    table.loc[3, "level"] = np.nan
    np.testing.assert_allclose(fit_trend(table, {}).growth, fit_trend(simulated(2), {}).growth, atol=0.005)

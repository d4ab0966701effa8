"""Scores against independently computed values, against scoringrules, and at their edges; quantile tables of draws."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scoringrules
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from carelab.forecast import scores
from carelab.forecast.backtest.result import score_forecasts, shelf_life_table
from carelab.forecast.summary import PROBABILITIES, quantile_table
from carelab.terms import LEVELS, QUANTILE_COLUMNS

pytestmark = pytest.mark.unit

REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text())
QUANTILES = {0.025: 80.0, 0.1: 92.0, 0.25: 103.0, 0.5: 112.0, 0.75: 121.0, 0.9: 126.0, 0.975: 128.0}
ENSEMBLE = np.array([100.0, 110, 115, 120, 140])
Array = NDArray[np.float64]
numbers = st.floats(-1e6, 1e6)


def test_wis_equals_reference() -> None:
    assert float(scores.wis(130, QUANTILES)) == pytest.approx(REFERENCE["wis"], rel=0, abs=1e-9)
    table = np.array([list(QUANTILES.values())] * 2)
    np.testing.assert_allclose(scores.wis([130, 130], table, levels=list(QUANTILES)), REFERENCE["wis"], atol=1e-9)


def test_wis_is_the_weighted_sum_of_interval_scores() -> None:
    rng = np.random.default_rng(3)
    table, observed = np.sort(rng.normal(size=(20, 7)), axis=1), rng.normal(size=20)
    total = 0.5 * np.abs(observed - table[:, 3])
    for k, alpha in enumerate((0.05, 0.2, 0.5)):
        total = total + alpha / 2 * scoringrules.interval_score(observed, table[:, k], table[:, -1 - k], alpha)
    np.testing.assert_allclose(scores.wis(observed, table, levels=list(QUANTILES)), total / 3.5, rtol=1e-12)


def test_one_ensemble_at_many_observations_is_scored_as_if_repeated() -> None:
    rng = np.random.default_rng(4)
    members, observed = rng.gamma(2, size=301), np.append(rng.gamma(2, size=50), [0.0, 99.0])
    members[:3] = observed[:3]  # ties
    repeated = np.tile(members, (observed.size, 1))
    np.testing.assert_allclose(
        scores.crps_common(observed, members), scores.crps_ensemble(observed, repeated), rtol=1e-10
    )
    np.testing.assert_allclose(scores.pit_common(observed, members), scores.pit(observed, repeated), rtol=1e-12)


def test_wis_of_a_perfect_forecast_is_zero() -> None:
    assert scores.wis(130, dict.fromkeys(QUANTILES, 130.0)) == 0


@pytest.mark.parametrize("levels", [[0.1, 0.9], [0.1, 0.5, 0.8], [0.5, 0.5], [0.0, 0.5, 1.0], []])
def test_wis_refuses_levels_that_are_no_intervals(levels: list[float]) -> None:
    with pytest.raises(ValueError, match="level"):
        scores.wis(1.0, np.ones(len(levels)), levels=levels)


def test_crps_equals_reference() -> None:
    assert float(scores.crps_ensemble(130, ENSEMBLE)) == pytest.approx(REFERENCE["crps_plain"], rel=0, abs=1e-9)
    assert float(scores.crps_ensemble(130, ENSEMBLE, fair=True)) == pytest.approx(REFERENCE["crps_fair"], abs=1e-9)
    assert float(scores.crps_normal(130, 112, 12)) == pytest.approx(REFERENCE["crps_normal"], rel=0, abs=1e-9)


@settings(deadline=None)
@given(arrays(float, (3,), elements=numbers), arrays(float, (3, 8), elements=numbers))
def test_crps_equals_scoringrules(observed: Array, ensemble: Array) -> None:
    scale = 1e-9 * (1 + np.abs(ensemble).max() + np.abs(observed).max())
    plain = scoringrules.crps_ensemble(observed, ensemble, estimator="nrg")
    fair = scoringrules.crps_ensemble(observed, ensemble, estimator="fair")
    np.testing.assert_allclose(scores.crps_ensemble(observed, ensemble), plain, rtol=0, atol=scale)
    np.testing.assert_allclose(scores.crps_ensemble(observed, ensemble, fair=True), fair, rtol=0, atol=scale)


@settings(deadline=None)
@given(arrays(float, (4,), elements=numbers), numbers, st.floats(1e-3, 1e6))
def test_crps_normal_equals_scoringrules(observed: Array, mean: float, sd: float) -> None:
    expected = scoringrules.crps_normal(observed, mean, sd)
    np.testing.assert_allclose(scores.crps_normal(observed, mean, sd), expected, rtol=1e-9, atol=1e-9 * sd)


def test_crps_of_certainty_is_the_absolute_error() -> None:
    np.testing.assert_array_equal(scores.crps_normal([1, 4], 2, 0), [1, 2])
    np.testing.assert_array_equal(scores.crps_ensemble([1, 4], np.full((2, 9), 2.0)), [1, 2])
    with pytest.raises(ValueError, match="two"):
        scores.crps_ensemble(1.0, [2.0], fair=True)
    with pytest.raises(ValueError, match="negative"):
        scores.crps_normal(1.0, 2.0, -1.0)


def test_coverage_counts_the_ends_and_leaves_out_the_unknown() -> None:
    lower, upper = np.zeros(5), np.ones(5)
    assert scores.coverage([0.0, 1.0, 2.0, -1.0, np.nan], lower, upper) == 0.5
    assert np.isnan(scores.coverage([np.nan], 0, 1))
    np.testing.assert_array_equal(scores.coverage([[0.5, 3], [0.5, 0.5]], 0, 1, axis=0), [1, 0.5])


def test_pit_of_a_calibrated_ensemble_is_flat() -> None:
    rng = np.random.default_rng(11)
    values = scores.pit(rng.normal(size=20_000), rng.normal(size=(20_000, 99)))
    counts = np.histogram(values, bins=10, range=(0, 1))[0]
    assert np.abs(counts / 2000 - 1).max() < 0.1
    np.testing.assert_array_equal(scores.pit([2, np.nan], [[1, 2, 3, 4]] * 2), [0.375, np.nan])


def test_relative_errors_leave_out_areas_with_nothing() -> None:
    observed, forecast = [100, 200, 0, np.nan, 50], [110, 180, 7, 5, 60]
    assert scores.mape(observed, forecast) == pytest.approx((0.1 + 0.1 + 0.2) / 3)
    assert scores.median_ape(observed, forecast) == pytest.approx(0.1)
    assert scores.bias(observed, forecast) == pytest.approx((0.1 - 0.1 + 0.2) / 3)
    assert scores.wape(observed, forecast) == pytest.approx((10 + 20 + 7 + 10) / 350)
    for score in (scores.mape, scores.median_ape, scores.bias, scores.wape):
        assert np.isnan(score([0, 0], [0, np.nan]))
        assert np.shape(score(np.ones((3, 4)), np.ones((3, 4)), axis=1)) == (3,)


def cases() -> pd.DataFrame:
    """Return forecasts of one rule as a back-test keeps them: a zero, unknown ones and two without an interval."""
    rng = np.random.default_rng(12)
    table = pd.DataFrame({"observed": rng.integers(0, 300, 60).astype(float), "point": rng.gamma(4, 40, 60)})
    table.loc[[3, 9], "observed"] = [0.0, np.nan]
    table[list(QUANTILE_COLUMNS)] = np.quantile(rng.gamma(4, 40, (60, 50)), list(PROBABILITIES.values()), axis=1).T
    table.loc[[20, 21], list(QUANTILE_COLUMNS)] = np.nan
    keys = {"rule": "model", "target": "total", "horizon": 5, "size_class": "Q1", "origin": 2010}
    return table.assign(**keys, crps=rng.gamma(2, 5, 60), pit=rng.uniform(size=60))


def test_a_back_test_is_scored_by_these_measures() -> None:
    """The tables of a back-test compute them by group, in one go: the same numbers as one by one."""
    table = cases()
    row = score_forecasts(table).query("group == 'pooled' and size_class == 'all'").iloc[0]
    observed, point = table["observed"], table["point"]
    for name in ("mape", "median_ape", "wape", "bias"):
        assert row[name] == pytest.approx(float(getattr(scores, name)(observed, point)), rel=1e-12), name
    for level in LEVELS:
        inside = scores.coverage(observed, table[f"lower_{level}"], table[f"upper_{level}"])
        assert row[f"coverage_{level}"] == pytest.approx(float(inside), rel=1e-12)
    each = scores.wis(
        observed, table[list(QUANTILE_COLUMNS)], levels=[PROBABILITIES[name] for name in QUANTILE_COLUMNS]
    )
    assert row["wis"] == pytest.approx(float(np.nanmean(each)), rel=1e-12)
    assert (row["n"], row["n_interval"]) == (59, 57)


def test_shelf_life_ends_before_the_first_horizon_that_fails() -> None:
    forecast = [101.0] * 5 + [110.0, 90, 100, 100, 111] + [100.0, 100, 100, 120, 120] + [100.0] * 5
    keys = {"rule": "model", "target": "total", "size_class": "Q1", "observed": 100.0}
    table = pd.DataFrame({"horizon": np.repeat([1, 5, 7, 10], 5), "point": forecast}).assign(**keys)
    life = shelf_life_table(table).set_index("size_class")
    assert life["years"].to_dict() == {"all": 5, "Q1": 5}
    assert set(life["longest"]) == {10}
    assert shelf_life_table(table.assign(point=200.0))["years"].isna().all()


@pytest.fixture
def draws() -> xr.DataArray:
    values = np.random.default_rng(5).normal(size=(101, 3, 2))
    return xr.DataArray(values, dims=("draw", "district", "year"), coords={"district": ["01", "02", "03"]})


def test_quantile_table_is_tidy_and_equals_numpy(draws: xr.DataArray) -> None:
    table = quantile_table(draws)
    assert list(table.columns) == ["district", "year", *QUANTILE_COLUMNS]
    assert list(table["district"]) == ["01", "01", "02", "02", "03", "03"]
    for column in QUANTILE_COLUMNS:
        expected = np.quantile(draws.values, PROBABILITIES[column], axis=0).ravel()
        np.testing.assert_allclose(table[column], expected, rtol=1e-12, atol=1e-14)
    pd.testing.assert_frame_equal(quantile_table(draws.transpose("district", "year", "draw")), table)


def test_quantile_table_of_one_number_and_its_name() -> None:
    table = quantile_table(xr.DataArray([1.0, 2.0, 3.0], dims="draw"), "demand")
    assert table.loc[0, ["measure", "median", "lower_50"]].tolist() == ["demand", 2.0, 1.5]


def test_quantile_table_shows_what_is_unknown(draws: xr.DataArray) -> None:
    draws[3, 0, 0] = np.nan
    assert quantile_table(draws)["median"].isna().tolist() == [True] + [False] * 5
    with pytest.raises(ValueError, match="at least one draw"):
        quantile_table(draws.isel(draw=slice(0)))

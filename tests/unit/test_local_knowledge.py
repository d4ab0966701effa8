"""What a city knows beyond the model: counts by district, control totals, new housing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.care.local_counts import Ratios, draw_ratios, learn_ratios, prior_ratios
from carelab.forecast.care.local_covariate import NO_SLOPE, Slope
from carelab.forecast.population.control import control_paths, control_totals, housing_arrivals
from carelab.terms import AGE_TOP

pytestmark = pytest.mark.unit
SD, DISTRICTS = 0.15, 8


def prior(districts: int, sd: float = SD) -> Ratios:
    return prior_ratios(np.full(districts, np.nan), NO_SLOPE, sd, sd_unknown=sd)


def test_counts_recover_true_ratios_and_narrow_the_interval() -> None:
    rng = np.random.default_rng(3)
    expected = np.full(400, 900.0)
    truth = np.exp(rng.normal(0, SD, 400))
    counts = rng.poisson(expected * truth).astype(float)
    found = learn_ratios(counts, expected, prior(counts.size), years=0, drift_sd=0.04)
    error = found.mean - (np.log(truth) - np.log(truth.mean()))
    assert error.std() < 0.05
    assert (found.sd < 0.05).all()
    assert np.mean(np.abs(error) < 1.2816 * found.sd) == pytest.approx(0.8, abs=0.07)


def test_unknown_counts_leave_the_prior_and_old_ones_say_less() -> None:
    counts = np.array([np.nan, 200.0, 0.0, np.nan, 150.0])
    expected = np.array([100.0, 150.0, 2.0, 0.0, 150.0])
    found = learn_ratios(counts, expected, prior(counts.size), years=0, drift_sd=0.04)
    assert found.sd[0] == SD
    assert found.mean[0] == 0
    assert found.sd[3] == SD
    assert np.isfinite(found.mean).all()
    old = learn_ratios(counts, expected, prior(counts.size), years=10, drift_sd=0.04)
    assert (old.sd[[1, 4]] > found.sd[[1, 4]]).all()
    none = learn_ratios(np.full(3, np.nan), np.ones(3), prior(3), years=0, drift_sd=0.04)
    np.testing.assert_array_equal(none.sd, prior(3).sd)


def test_without_counts_the_spread_is_the_measured_one() -> None:
    drawn = draw_ratios(prior(DISTRICTS), 20000, np.random.default_rng(1))
    assert np.log(drawn).std() == pytest.approx(SD, rel=0.02)


def test_the_slope_moves_the_mean_and_its_error_is_one_for_the_city() -> None:
    slope = Slope(mean=0.3, sd=0.4, reach=0.3)
    effect = slope.effect(np.array([0.25, 0.5, 0.25 * np.exp(0.2), 0.25 * np.exp(-0.2), 0.0]), 0.25)
    np.testing.assert_allclose(effect, [0.0, 0.3, 0.2, -0.2, np.nan], atol=1e-12)
    found = prior_ratios(effect, slope, SD, sd_unknown=0.2)
    np.testing.assert_allclose(found.mean, [0, 0.09, 0.06, -0.06, 0], atol=1e-12)
    np.testing.assert_allclose(found.sd, [SD, np.hypot(SD, 0.12), np.hypot(SD, 0.08), np.hypot(SD, 0.08), 0.2])
    drawn = np.log(draw_ratios(found, 40000, np.random.default_rng(2)))
    np.testing.assert_allclose(np.cov(drawn.T), found.covariance, atol=6e-4)
    assert found.covariance[2, 3] < 0, "an error of the slope moves old and young districts apart"


def test_counts_of_some_districts_correct_the_slope_for_the_others() -> None:
    slope, x = Slope(mean=0.3, sd=0.4, reach=1.0), np.linspace(-0.5, 0.5, 41)
    start = prior_ratios(x, slope, 0.02, sd_unknown=0.02)
    counts = np.round(1e5 * np.exp(-0.2 * x))
    counts[30:] = np.nan
    found = learn_ratios(counts, np.full(41, 1e5), start, years=0, drift_sd=0.0)
    assert np.polyfit(x[30:], found.mean[30:], 1)[0] == pytest.approx(-0.2, abs=0.02)
    assert (found.sd[30:] < start.sd[30:]).all()
    assert (found.sd[30:] > 0.02).all()


def test_control_moves_the_median_and_keeps_the_spread() -> None:
    rng = np.random.default_rng(5)
    path = rng.uniform(50, 150, (501, 6, 2, AGE_TOP + 1))
    control = pd.DataFrame(
        {"year": [2027, 2030], "age_from": [np.nan] * 2, "age_to": [np.nan] * 2, "persons": [15000.0, 21000.0]}
    )
    result = control_paths(path, control, 2025)
    totals, before = result.sum(axis=(2, 3)), path.sum(axis=(2, 3))
    assert np.median(totals[:, 2]) == pytest.approx(15000)
    assert np.median(totals[:, 5]) == pytest.approx(21000)
    np.testing.assert_array_equal(totals[:, 0], before[:, 0])
    np.testing.assert_allclose(totals[:, 5] / np.median(totals[:, 5]), before[:, 5] / np.median(before[:, 5]))
    with pytest.raises(ValueError, match="positive"):
        control_paths(path, control.assign(persons=0), 2025)


def test_a_forecast_of_the_old_alone_is_no_total() -> None:
    rows = [(2030, 65, np.nan, 60.0), (2031, np.nan, np.nan, 200.0), (2031, 65, np.nan, 61.0)]
    rows += [(2032, 0, 64, 140.0), (2032, 65, np.nan, 62.0), (2033, 0, 17, 30.0), (2033, 65, np.nan, 63.0)]
    control = pd.DataFrame(rows, columns=["year", "age_from", "age_to", "persons"])
    assert dict(control_totals(control).to_numpy().tolist()) == {2031: 200.0, 2032: 202.0}
    assert control_totals(control.iloc[:1]).empty


def test_new_housing_brings_exactly_the_people_planned() -> None:
    city = np.ones((2, AGE_TOP + 1))
    plan = pd.DataFrame(
        {
            "district": ["02", "02"],
            "year": [2027, 2050],
            "age_from": [25, 0],
            "age_to": [44, np.nan],
            "persons": [300, 9],
        }
    )
    arrivals = housing_arrivals(plan, city, pd.Index(["01", "02"]), range(2026, 2031))
    assert arrivals.sum() == pytest.approx(300), "years beyond the horizon are left out"
    assert arrivals[1, 1, :, 25:45].sum() == pytest.approx(300)

"""Trend models for all series at once: statsmodels' likelihood, its maximum, gaps, and flags where there is no fit."""

import warnings

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from carelab.forecast.trends.filter import (
    LOCAL_LEVEL,
    LOCAL_LINEAR_TREND,
    SMOOTH_TREND,
    Trend,
    damped_trend,
    forecast,
    log_likelihood,
    slopes,
)
from carelab.forecast.trends.fit import NO_VARIATION, NOT_CONVERGED, OK, STATUS, TOO_FINE, TOO_SHORT, fit_trends

pytestmark = pytest.mark.unit
SAME = [(LOCAL_LINEAR_TREND, "local linear trend"), (LOCAL_LEVEL, "local level"), (SMOOTH_TREND, "smooth trend")]


def panel(series: int, periods: int = 20, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = rng.choice([0.0, 0.5, 1.0, 2.0], (3, series)) + np.array([[0.3], [0.0], [0.0]])
    slope = rng.normal(0, 0.5, series) + np.cumsum(0.3 * size[2] * rng.normal(0, 1, (periods, series)), axis=0)
    level = 100 + np.cumsum(slope + size[1] * rng.normal(0, 1, (periods, series)), axis=0)
    return level + size[0] * rng.normal(0, 1, (periods, series))


def reference(y: np.ndarray, name: str) -> UnobservedComponents:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return UnobservedComponents(y, name)


@pytest.mark.parametrize(("model", "name"), SAME)
@pytest.mark.parametrize("holes", [False, True])
def test_same_likelihood_as_statsmodels(model: Trend, name: str, holes: bool) -> None:
    y = panel(8)
    if holes:
        y[[0, 5, 6, 12], [0, 1, 1, 2]] = np.nan
        y[-1, 3] = np.nan
    free = np.array(model.free)
    variances = np.where(free[:, None], np.random.default_rng(2).uniform(0.05, 4, (3, 8)), 0.0)
    ours = log_likelihood(y, variances, model)
    theirs = [reference(y[:, k], name).loglike(variances[free, k]) for k in range(8)]
    assert ours == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize(("model", "name"), SAME)
@pytest.mark.parametrize(
    ("unit", "begin", "holes"), [(1, 0, False), (1, 0, True), (5, 0, False), (1, 4000, False), (30, 0, False)]
)
def test_maximum_is_not_lower(model: Trend, name: str, unit: int, begin: int, holes: bool) -> None:
    """By the spectrum; with gaps; where changes are so large, or zero so far, that the filter has the last word."""
    series = 25 if (unit, begin, holes) == (1, 0, False) else 8
    y = unit * panel(series, seed=3) + begin
    if holes:
        y[[0, 3, 7, 12, 19], [0, 1, 1, 2, 3]] = np.nan
    fit = fit_trends(y, model)
    assert fit.converged.all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = np.array([UnobservedComponents(y[:, k], name).fit(disp=0).llf for k in range(series)])
    assert (fit.loglik >= theirs - 1e-5).all()
    assert fit.loglik == pytest.approx(log_likelihood(y, fit.variances, model), abs=1e-9)


@pytest.mark.parametrize("model", [LOCAL_LINEAR_TREND, damped_trend(0.8)])
def test_gradient_is_exact(model: Trend) -> None:
    y, variances = panel(4), np.random.default_rng(2).uniform(0.1, 2, (3, 4))
    y[7, 1] = np.nan
    loglik, gradient = slopes(y, variances, model)
    assert loglik == pytest.approx(log_likelihood(y, variances, model), rel=1e-12)
    for i in range(3):
        step = np.zeros((3, 1))
        step[i] = 1e-4
        up, down = log_likelihood(y, variances + step, model), log_likelihood(y, variances - step, model)
        assert gradient[i] == pytest.approx((up - down) / 2e-4, abs=1e-4)


@pytest.mark.parametrize("model", [LOCAL_LINEAR_TREND, damped_trend(0.7)])
def test_likelihood_is_the_normal_density_given_the_first_two(model: Trend) -> None:
    """Written out as one covariance matrix: level and slope start with variance 1e6."""
    y, (h, q, z), periods = panel(1, 8)[:, 0], (0.7, 0.4, 0.2), 8
    move, observe = np.array([[1, 1], [0, model.damping]]), np.array([1.0, 0.0])
    powers = [np.linalg.matrix_power(move, k) for k in range(periods)]
    loads = np.array([observe @ power for power in powers])
    covariance = loads @ (1e6 * np.eye(2)) @ loads.T + h * np.eye(periods)
    for shock in range(periods - 1):
        after = np.array([np.zeros(2) if t <= shock else observe @ powers[t - shock - 1] for t in range(periods)])
        covariance += after @ np.diag([q, z]) @ after.T

    def density(n: int) -> float:
        part = covariance[:n, :n]
        return -0.5 * (n * np.log(2 * np.pi) + np.linalg.slogdet(part)[1] + y[:n] @ np.linalg.solve(part, y[:n]))

    found = log_likelihood(y[:, None], np.array([[h], [q], [z]]), model)[0]
    assert found == pytest.approx(density(periods) - density(2), abs=1e-4)


def test_forecast_as_statsmodels() -> None:
    y = panel(3)
    fit = fit_trends(y, LOCAL_LINEAR_TREND)
    mean, variance = forecast(y, fit.variances, LOCAL_LINEAR_TREND, steps=5)
    for k in range(3):
        theirs = reference(y[:, k], "lltrend").smooth(fit.variances[:, k]).get_forecast(5)
        assert mean[:, k] == pytest.approx(theirs.predicted_mean, abs=1e-5)
        assert variance[:, k] == pytest.approx(theirs.var_pred_mean, rel=1e-5)


def test_series_that_cannot_be_fitted_are_flagged_and_have_no_numbers() -> None:
    y = panel(5)
    y[:, 1] = 7.0
    y[:, 2] = 3.0 + 2.0 * np.arange(20)
    y[4:, 3] = np.nan
    y[:, 4] = np.nan
    fit = fit_trends(y, LOCAL_LINEAR_TREND)
    assert list(fit.status) == [OK, NO_VARIATION, NO_VARIATION, TOO_SHORT, TOO_SHORT]
    assert np.isnan(fit.loglik[1:]).all()
    assert np.isnan(fit.variances[:, 1:]).all()
    assert set(fit.status) <= set(STATUS)


@pytest.mark.parametrize("unit", [0.1, 10.0])
def test_units_do_not_matter(unit: float) -> None:
    y = panel(40)
    one, other = fit_trends(y, LOCAL_LINEAR_TREND), fit_trends(unit * y, LOCAL_LINEAR_TREND)
    assert one.converged.all()
    assert other.converged.all()
    assert other.loglik + 18 * np.log(unit) == pytest.approx(one.loglik, abs=0.1)


def test_changes_too_small_for_the_filter_are_flagged_and_their_variances_right() -> None:
    y = panel(40)
    one, tiny = fit_trends(y, LOCAL_LINEAR_TREND), fit_trends(1e-5 * y, LOCAL_LINEAR_TREND)
    assert (tiny.status == TOO_FINE).mean() > 0.9
    assert one.converged.all()
    apart = np.abs(1e10 * tiny.variances - one.variances) / one.variances.sum(axis=0)
    assert (apart.max(axis=0) < 1e-3).mean() > 0.9


@pytest.mark.parametrize("holes", [False, True])
def test_a_climb_that_is_cut_short_is_flagged(holes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carelab.forecast.trends.climb.ITERATIONS", 2)
    y = panel(30)
    y[4] = np.nan if holes else y[4]
    assert NOT_CONVERGED in fit_trends(y, LOCAL_LINEAR_TREND).status


def test_damping_is_a_share() -> None:
    with pytest.raises(ValueError, match="0-1"):
        damped_trend(1.2)

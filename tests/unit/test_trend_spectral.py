"""Trend models by their spectrum: the density of the differenced series, its derivatives, and the climb on it."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from carelab.forecast.trends.climb import COLUMN, DIAGONAL, ROW, _least_eigenvalue, climb
from carelab.forecast.trends.filter import (
    LOCAL_LEVEL,
    LOCAL_LINEAR_TREND,
    SMOOTH_TREND,
    Trend,
    damped_trend,
    log_likelihood,
)
from carelab.forecast.trends.filtered import Filtered
from carelab.forecast.trends.fit import fit_trends
from carelab.forecast.trends.spectral import Spectral
from carelab.forecast.trends.starts import starts
from tests.unit.test_trend_filter import panel

pytestmark = pytest.mark.unit
MODELS = [LOCAL_LINEAR_TREND, LOCAL_LEVEL, SMOOTH_TREND, damped_trend(0.7), damped_trend(0.0)]
UNIT = np.array([1.0, 0.5, 2.0, 0.1])


def mixed(model: Trend, series: int = 4) -> np.ndarray:
    """Variances (3, series), zero where they are not free."""
    return np.where(np.array(model.free)[:, None], np.random.default_rng(2).uniform(0.05, 3, (3, series)), 0.0)


def density(y: np.ndarray, variances: np.ndarray, model: Trend) -> float:
    """Written out: level and slope from their recursion with a known start, differenced until that start is gone."""
    n, (irregular, level, slope) = len(y), variances
    drift = np.array([[sum(model.damping**k for k in range(t - s - 1)) for s in range(n)] for t in range(n)])
    difference = np.diff(np.eye(n), axis=0)
    if model.slope:
        difference = difference[1:] - model.damping * difference[:-1]
    loads = zip((irregular, level, slope), (np.eye(n), np.tril(np.ones((n, n)), -1), drift), strict=True)
    covariance = sum(variance * (difference @ load) @ (difference @ load).T for variance, load in loads)
    return float(multivariate_normal.logpdf(difference @ y, cov=covariance))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("periods", [5, 20, 21])
def test_is_the_normal_density_of_the_differenced_series(model: Trend, periods: int) -> None:
    y, variances = panel(4, periods), mixed(model)
    found = Spectral(y, UNIT, model).hill(np.arange(4), variances).loglik
    written = [density(y[:, k], variances[:, k] * UNIT[k] ** 2, model) for k in range(4)]
    assert found == pytest.approx(written, abs=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_the_filter_comes_to_it_as_its_start_becomes_wider(model: Trend) -> None:
    """A series ten times smaller has a start whose variance is a hundred times larger beside its own."""
    y, variances = panel(4), mixed(model)
    apart = []
    for small in (1.0, 0.1):
        spectral = Spectral(small * y, np.full(4, small), model).hill(np.arange(4), variances).loglik
        apart.append(np.abs(spectral - log_likelihood(small * y, small**2 * variances, model)))
    assert (apart[0] < 1e-3).all()
    assert (apart[1] < 0.02 * apart[0] + 1e-7).all()


@pytest.mark.parametrize("model", MODELS)
def test_gradient_and_bend_are_exact(model: Trend) -> None:
    everyone, variances = np.arange(4), mixed(model) + 0.01
    spectral = Spectral(panel(4), np.ones(4), model)
    hill = spectral.hill(everyone, variances)
    bend = np.zeros((3, 3, 4))
    bend[ROW, COLUMN], bend[COLUMN, ROW] = hill.bend, hill.bend
    for i in range(3):
        step = np.zeros((3, 1))
        step[i] = 1e-6
        up, down = spectral.hill(everyone, variances + step), spectral.hill(everyone, variances - step)
        assert hill.gradient[i] == pytest.approx((up.loglik - down.loglik) / 2e-6, rel=1e-5, abs=1e-6)
        assert bend[i] == pytest.approx(-(up.gradient - down.gradient) / 2e-6, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_filter_and_spectrum_give_the_same_hills(model: Trend) -> None:
    """What the climb asks of both, for a series that both can answer for; units so small that the start is diffuse."""
    y, unit, everyone, variances = 0.1 * panel(4), np.full(4, 0.1), np.arange(4), mixed(model)
    both = [kind(y, unit, model) for kind in (Spectral, Filtered)]
    one, other = (likelihood.hill(everyone, variances) for likelihood in both)
    free = np.array(model.free)
    assert one.gradient[free] == pytest.approx(other.gradient[free], rel=1e-4, abs=1e-4)
    pairs = free[ROW] & free[COLUMN]
    assert one.bend[pairs] == pytest.approx(other.bend[pairs], rel=2e-3, abs=2e-3)
    mixes = mixed(model, 6).T
    (size, height), (size_too, height_too) = (likelihood.heights(slice(0, 4), mixes) for likelihood in both)
    assert size == pytest.approx(size_too, rel=1e-4)
    assert height - height[0] == pytest.approx(height_too - height_too[0], abs=1e-4)
    at_best = [both[0].hill(everyone, mixes[k][:, None] * size[k]).loglik for k in range(6)]
    assert np.ptp(at_best - height, axis=0) == pytest.approx(np.zeros(4), abs=1e-9)


HILLY = [344, 471, 2795, 3057, 3122, 4658, 4663, 4964, 5441, 5754, 5828]
"""Series of a panel of 6,000 where one start, or a grid of twelve mixes, misses a higher hill of some model."""


@pytest.mark.parametrize("model", [LOCAL_LINEAR_TREND, SMOOTH_TREND, damped_trend(0.8)])
def test_no_start_of_many_climbs_higher(model: Trend) -> None:
    """A hundred random starts per series, variances over six decades, find no hill that the grid has missed."""
    series, many = 40 + len(HILLY), 100
    y, free = panel(6000, 12, seed=8)[:, [*range(40), *HILLY]], np.array(model.free)
    random = 10 ** np.random.default_rng(3).uniform(-3, 0.5, (3, many, series))
    likelihood = Spectral(y, np.ones(series), model)
    _, height, done = climb(likelihood, np.where(free[:, None, None], random, 0.0), free)
    fit = fit_trends(y, model)
    assert fit.converged.all()
    assert done.any(axis=0).all()
    reached = likelihood.hill(np.arange(series), fit.variances).loglik
    assert (reached >= height.max(axis=0) - 1e-5).all()


def test_starts_are_hills_the_highest_first() -> None:
    y = panel(30)
    likelihood = Spectral(y, np.ones(30), LOCAL_LINEAR_TREND)
    begin = starts(likelihood, y.shape, LOCAL_LINEAR_TREND)
    assert np.isfinite(begin[:, 0]).all()
    there = np.isfinite(begin[0])
    height = np.full(there.shape, -np.inf)
    start, series = np.nonzero(there)
    height[start, series] = likelihood.hill(series, begin[:, start, series] ** 2).loglik
    assert (np.diff(np.where(there, height, height[0] - 2), axis=0) <= 1e-9).all()
    assert (height[there] >= np.broadcast_to(height[0], there.shape)[there] - 1.0 - 1e-9).all()


def test_least_eigenvalue() -> None:
    rng = np.random.default_rng(5)
    found = rng.normal(0, 1, (6, 200))
    found[:, :3] = 0.0
    found[DIAGONAL, 1] = 2.0
    full = np.empty((200, 3, 3))
    full[:, ROW, COLUMN], full[:, COLUMN, ROW] = found.T, found.T
    assert _least_eigenvalue(found) == pytest.approx(np.linalg.eigvalsh(full)[:, 0], abs=1e-7)

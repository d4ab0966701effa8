"""Trend models for all series at once: local level, local linear trend, smooth and damped trend.

y[t] = level[t] + e[t];  level[t+1] = level[t] + slope[t] + n[t];  slope[t+1] = damping * slope[t] + z[t],
with variances irregular, level, slope (Harvey 1989, ch. 2; Durbin & Koopman 2012, ch. 3). One Kalman pass filters every
series; the start is approximately diffuse (variance 1e6), its first contributions are left out: the likelihood of
statsmodels' UnobservedComponents, to 1e-6 at the same parameters. Give series in units in which changes are about 0.1
to 100 (per cent, 100 x log): the variance 1e6 must be large beside theirs, yet leave digits for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array

DIFFUSE = 1e6
"""Variance of what is not known at the start, as in statsmodels (``initial_variance``)."""
LOG_2PI = float(np.log(2 * np.pi))
Seen = npt.NDArray[np.bool_] | None
"""What was counted in one period, by series; None = everything."""


@dataclass(frozen=True)
class Trend:
    """Which variances are free, whether there is a slope at all, and the share of it that remains each period."""

    free: tuple[bool, bool, bool] = (True, True, True)
    slope: bool = True
    damping: float = 1.0

    @property
    def burn(self) -> int:
        """Periods whose likelihood is left out: one per state that is unknown at the start."""
        return 2 if self.slope else 1


LOCAL_LINEAR_TREND = Trend()
LOCAL_LEVEL = Trend(free=(True, True, False), slope=False)
SMOOTH_TREND = Trend(free=(True, False, True))


def damped_trend(damping: float) -> Trend:
    """Return a local linear trend whose slope fades: ``damping`` 0-1 remains per period (Gardner & McKenzie 1985)."""
    if not 0.0 <= damping <= 1.0:
        raise ValueError(f"damping is the share of the slope that remains, 0-1, not {damping}")
    return Trend(damping=damping)


@dataclass
class State:
    """Predicted mean (2, series) and covariance (3, series): level, level x slope, slope; one period ahead."""

    mean: Array
    covariance: Array


@dataclass(frozen=True)
class Pass:
    """One pass: log-likelihood (series,), sum of squared standardized errors, sum of log variances, counts, last
    state.
    """

    loglik: Array
    squares: Array
    log_variance: Array
    counted: npt.NDArray[np.int64]
    state: State


def start(series: int, model: Trend) -> State:
    """Return the state before the first period: zero, with DIFFUSE variance for what the model has."""
    covariance = np.zeros((3, series))
    covariance[0] = DIFFUSE
    covariance[2] = DIFFUSE if model.slope else 0.0
    return State(np.zeros((2, series)), covariance)


def run_filter(y: Array, variances: Array, model: Trend) -> Pass:
    """Filter ``y`` (period, series; NaN = missing) with ``variances`` (3, series): irregular, level, slope."""
    state = start(y.shape[1], model)
    squares, logs = np.zeros(y.shape[1]), np.zeros(y.shape[1])
    seen, values = _missing(y)
    for t, row in enumerate(values):
        error, variance, inverse = _error(row, state, variances[0], seen[t])
        if t >= model.burn:
            squares += error * error * inverse
            logs += _where_seen(seen[t], np.log(variance))
        _update(state, error, inverse)
        _predict(state, variances, model.damping)
    counted = np.isfinite(y[model.burn :]).sum(axis=0)
    return Pass(-0.5 * (counted * LOG_2PI + logs + squares), squares, logs, counted, state)


def log_likelihood(y: Array, variances: Array, model: Trend) -> Array:
    """Return the log-likelihood (series,) of ``y`` (period, series) at ``variances`` (3, series)."""
    return run_filter(y, variances, model).loglik


def slopes(y: Array, variances: Array, model: Trend) -> tuple[Array, Array]:
    """Return log-likelihood (series,) and exact gradient (3, series) by the variances: a pass forward and one back.

    The pass back gives the derivatives by all variances at once (reverse accumulation: Griewank & Walther 2008,
    Evaluating Derivatives, ch. 3).
    """
    state, kept = start(y.shape[1], model), []
    loglik = np.zeros(y.shape[1])
    seen, values = _missing(y)
    for t, row in enumerate(values):
        error, variance, inverse = _error(row, state, variances[0], seen[t])
        gain = state.covariance[:2] * inverse
        surprise = None
        if t >= model.burn:
            standard = error * error * inverse
            loglik += standard + _where_seen(seen[t], LOG_2PI + np.log(variance))
            surprise = standard - _where_seen(seen[t], 1.0)
        kept.append(_Step(error, inverse, gain, state.covariance[:2].copy(), surprise))
        _learn(state, error, gain)
        _predict(state, variances, model.damping)
    return -0.5 * loglik, _back(kept, model.damping)


@dataclass(frozen=True)
class _Step:
    """What the pass back needs of a period: error, 1 / variance, gain (2, series), predicted covariance (2, series) and
    squared standardized error - 1 (None where the period does not count).
    """

    error: Array
    inverse: Array
    gain: Array
    covariance: Array
    surprise: Array | None


def _back(steps: list[_Step], damping: float) -> Array:
    """Return the gradient (3, series) of the log-likelihood: derivatives by state, from the last period to the first.

    ``level`` and ``slope`` are derivatives by the predicted mean, ``a``, ``b``, ``c`` by the predicted covariance
    (level, level x slope, slope).
    """
    series = steps[0].error.shape[0]
    level, slope, a, b, c = np.zeros((5, series))
    gradient = np.zeros((3, series))
    for now in reversed(steps):
        gradient[1] += a
        gradient[2] += c
        slope = level + damping * slope
        b = damping * b
        c = a + b + damping**2 * c
        b += 2 * a
        by_gain = level * now.error - a * now.covariance[0] - b * now.covariance[1]
        by_gain_slope = slope * now.error - c * now.covariance[1]
        by_variance = -(by_gain * now.gain[0] + by_gain_slope * now.gain[1])
        by_error = level * now.gain[0] + slope * now.gain[1]
        if now.surprise is not None:
            by_variance += 0.5 * now.surprise
            by_error -= now.error * now.inverse
        by_variance *= now.inverse
        left = 1.0 - now.gain[0]
        a = a * left + by_gain * now.inverse + by_variance
        b = b * left - c * now.gain[1] + by_gain_slope * now.inverse
        level = level - by_error
        gradient[0] += by_variance
    return gradient


def forecast(y: Array, variances: Array, model: Trend, *, steps: int) -> tuple[Array, Array]:
    """Return mean and variance (step, series) of y after its last period; the irregular's variance is part of it."""
    state = run_filter(y, variances, model).state
    mean, variance = np.empty((steps, y.shape[1])), np.empty((steps, y.shape[1]))
    for step in range(steps):
        mean[step], variance[step] = state.mean[0], state.covariance[0] + variances[0]
        _predict(state, variances, model.damping)
    return mean, variance


def _missing(y: Array) -> tuple[list[Seen], Array]:
    """Return what was seen by period (None = everything) and ``y`` with zeros where nothing was."""
    found = np.isfinite(y)
    return [None if row.all() else row for row in found], np.where(found, y, 0.0)


def _where_seen(seen: Seen, value: Array | float) -> Array | float:
    """Return the value where something was seen, 0 elsewhere."""
    return value if seen is None else np.where(seen, value, 0.0)


def _error(row: Array, state: State, irregular: Array, seen: Seen) -> tuple[Array, Array, Array]:
    """Return the one-step error, its variance and 1 / variance: error and inverse are 0 where nothing was seen."""
    error, variance = row - state.mean[0], state.covariance[0] + irregular
    inverse = 1.0 / variance
    if seen is not None:
        error, inverse = np.where(seen, error, 0.0), np.where(seen, inverse, 0.0)
    return error, variance, inverse


def _update(state: State, error: Array, inverse: Array) -> None:
    """Learn from one error, in place; where nothing was seen (inverse 0) nothing is learnt."""
    _learn(state, error, state.covariance[:2] * inverse)


def _learn(state: State, error: Array, gain: Array) -> None:
    """Learn from one error with a given gain (2, series), in place."""
    state.mean += gain * error
    state.covariance[2] -= gain[1] * state.covariance[1]
    state.covariance[:2] *= 1.0 - gain[0]


def _predict(state: State, variances: Array, damping: float) -> None:
    """Move one period ahead, in place."""
    mean, covariance = state.mean, state.covariance
    mean[0] += mean[1]
    covariance[1] += covariance[2]
    covariance[0] += 2 * covariance[1] - covariance[2] + variances[1]
    if damping != 1.0:
        mean[1] *= damping
        covariance[1] *= damping
        covariance[2] *= damping**2
    covariance[2] += variances[2]

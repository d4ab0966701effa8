"""Fit trend models to all series at once: the hills of a grid of variances, then Newton steps for all together.

Series without gaps climb on the likelihood of their spectrum, series with gaps on that of the Kalman filter; what is
reported is the Kalman filter's at the variances found. Every series carries a status: a fit that did not converge is
never silent.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array, Index
from carelab.forecast.trends.climb import Likelihood, climb
from carelab.forecast.trends.filter import DIFFUSE, Trend, log_likelihood
from carelab.forecast.trends.filtered import Filtered
from carelab.forecast.trends.spectral import Spectral
from carelab.forecast.trends.starts import starts

OK, NOT_CONVERGED, TOO_SHORT, NO_VARIATION, TOO_FINE = 0, 1, 2, 3, 4
STATUS = {
    OK: "fitted",
    NOT_CONVERGED: "the fit did not converge",
    TOO_SHORT: "fewer counts than the model needs",
    NO_VARIATION: "no variation beyond a straight line",
    TOO_FINE: "changes so small that the filter loses digits: give the series in larger units",
}
CLOSE = 0.05
"""Hills no lower than this below the highest are compared by the likelihood of the filter."""
LEAST = 0.003
"""Deviations that were found zero begin here when another likelihood is climbed: zero itself can never be left."""
FULLY_DIFFUSE, STILL_DIFFUSE = 1e-5 * DIFFUSE, 4e-4 * DIFFUSE
"""Reach (``_reach``) up to which the filter's start is as good as unknown: losses stay below 1e-6. Beyond, the filter's
own slopes have the last word; beyond the second, its likelihood is climbed from the beginning.
"""
FAR = 20.0
"""A series that begins so many typical changes from zero feels the start as much as its squared change does."""
FINE, LOST = 0.05, 1e-3
"""Where changes are smaller than this, and both log-likelihoods differ by more, the filter has lost digits."""
CHUNK = 2000
"""Series fitted at a time: what stays near the processor's cache, and enough that few chunks have a slow end."""


@dataclass(frozen=True)
class Fit:
    """Variances (3, series: irregular, level, slope), log-likelihood and status (series,); unusable series are NaN."""

    variances: Array
    loglik: Array
    status: npt.NDArray[np.int64]

    @property
    def converged(self) -> npt.NDArray[np.bool_]:
        """Where the numbers may be used without a flag."""
        return np.asarray(self.status == OK)


def fit_trends(y: Array, model: Trend) -> Fit:
    """Return the maximum-likelihood fit of every column of ``y`` (period, series; NaN = missing).

    Chunks are fitted side by side on all cores: NumPy computes outside the interpreter's lock. The threads end with the
    call, so that a process may fork afterwards (decision 0013).
    """
    unit = _scale(y)
    fit = Fit(np.full((3, y.shape[1]), np.nan), np.full(y.shape[1], np.nan), _usable(y, unit, model))
    spectral = np.isfinite(y).all(axis=0) & (_reach(y, unit) < STILL_DIFFUSE)
    chunks = [chunk for kind in (spectral, ~spectral) for chunk in _chunks(np.flatnonzero(kind & (fit.status == OK)))]
    with ThreadPoolExecutor(min(len(chunks), os.cpu_count() or 1) or 1) as pool:
        found = pool.map(lambda at: _fit_chunk(np.ascontiguousarray(y[:, at]), unit[at], model), chunks)
        for at, (variances, loglik, status) in zip(chunks, found, strict=True):
            fit.variances[:, at], fit.loglik[at], fit.status[at] = variances, loglik, status
    return fit


def _chunks(columns: Index) -> list[Index]:
    """Return columns in chunks of about the same size."""
    return np.array_split(columns, -(-columns.size // CHUNK)) if columns.size else []


def _usable(y: Array, unit: Array, model: Trend) -> npt.NDArray[np.int64]:
    """Return each series' status before fitting."""
    status = np.full(y.shape[1], OK)
    status[unit == 0.0] = NO_VARIATION
    status[np.isfinite(y).sum(axis=0) < model.burn + sum(model.free)] = TOO_SHORT
    return status


def _scale(y: Array) -> Array:
    """Return a typical size of changes (series,): mean absolute deviation of first differences, gaps carried over."""
    filled = y.copy()
    for t in range(1, y.shape[0]):
        filled[t] = np.where(np.isfinite(y[t]), y[t], filled[t - 1])
    steps = np.diff(filled, axis=0)
    steps = np.where(np.isfinite(steps), steps, 0.0)
    away = np.abs(steps - steps.mean(axis=0)).mean(axis=0)
    return np.asarray(np.where(away > 1e-10 * np.abs(steps).max(axis=0), away, 0.0))


def _reach(y: Array, unit: Array) -> Array:
    """Return what must be small beside DIFFUSE (series,): squared changes, and how far from zero a series begins."""
    return np.asarray(unit * np.maximum(unit, np.abs(y[0]) / FAR))


def _fit_chunk(y: Array, unit: Array, model: Trend) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    """Return variances, log-likelihood and status of a chunk, all of it spectral or none: those of the best start."""
    reach = _reach(y, unit)
    spectral = bool(np.isfinite(y).all() and (reach < STILL_DIFFUSE).all())
    likelihood: Likelihood = Spectral(y, unit, model) if spectral else Filtered(y, unit, model)
    deviation, height, done = climb(likelihood, starts(likelihood, y.shape, model), np.array(model.free))
    close = height > height.max(axis=0) - CLOSE
    coarse = np.flatnonzero(reach > FULLY_DIFFUSE)
    if spectral and coarse.size:
        begin = np.where(close, deviation, np.nan)[:, :, coarse]
        deviation[:, :, coarse], done[:, coarse] = _climb_on(y[:, coarse], unit[coarse], model, begin)
    start, series = np.nonzero(close)
    filtered = np.full_like(height, -np.inf)
    filtered[start, series] = log_likelihood(y[:, series], (deviation[:, start, series] * unit[series]) ** 2, model)
    best = filtered.argmax(axis=0), np.arange(y.shape[1])
    status = np.where(done[best], OK, NOT_CONVERGED)
    status[(unit < FINE) & (np.abs(filtered[best] - height[best]) > LOST)] = TOO_FINE
    return (deviation[:, *best] * unit) ** 2, filtered[best], status


def _climb_on(y: Array, unit: Array, model: Trend, begin: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Climb on from where the spectral climb ended, by the filter's own slopes; return deviations and who arrived."""
    free = np.array(model.free)
    begin = np.maximum(np.abs(begin), LEAST * free[:, None, None])
    deviation, _, done = climb(Filtered(y, unit, model, like=Spectral(y, unit, model)), begin, free)
    return deviation, done

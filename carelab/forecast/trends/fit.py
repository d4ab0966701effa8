"""Fit trend models to all series at once: starts from a grid, then quasi-Newton steps for every series together.

The standard deviations are the parameters, so that a variance may become exactly zero (Harvey 1989, 3.4). The first
step uses the expected information (3.4.69), later ones what the slopes have taught (BFGS: Nocedal & Wright 2006, ch. 6
and 18). Every series carries a status: a fit that did not converge is never silent.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array, Index
from carelab.forecast.trends.filter import Scores, Trend, run_filter, scores, slopes

OK, NOT_CONVERGED, TOO_SHORT, NO_VARIATION = 0, 1, 2, 3
STATUS = {
    OK: "fitted",
    NOT_CONVERGED: "the fit did not converge",
    TOO_SHORT: "fewer counts than the model needs",
    NO_VARIATION: "no variation beyond a straight line",
}
GRID = {"irregular": (0.0, 1.0), "level": (0.0, 0.05, 1.0), "slope": (0.0, 0.003, 0.1, 1.0)}
"""Relative variances tried as starts: which part moves the series."""
PRUNE = 3
"""Every so many steps, starts that reached the same place as a better one, or lag far behind, are given up."""
LAG, SAME = 0.05, 0.1
"""Log-likelihood behind the leader, and distance to it as a share of its deviations."""
CHUNK = 4000
"""Series fitted at a time: what stays near the processor's cache, and enough that few chunks have a slow end."""
WIDEST = 8000
"""Columns of one pass over the grid of starts."""
GAIN = 1e-8
"""Converged when the step promises less log-likelihood than this."""
ITERATIONS = 100
ROW, COLUMN = [0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]
DIAGONAL, OFF = [0, 3, 5], [1, 2, 4]
FULL = [[0, 1, 2], [1, 3, 4], [2, 4, 5]]
"""Where the six different elements of a symmetric 3 x 3 matrix stand."""
LEAST = np.array([0.1, 0.1, 0.01])
"""Where a start's standard deviation is zero, this share of the scale stands instead (by variance): zero itself can
never be left.
"""
LEAST_BEND = 1e-4
"""Added curvature (log-likelihood per squared scale): keeps steps finite where the likelihood is flat."""


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
    fit = Fit(np.full((3, y.shape[1]), np.nan), np.full(y.shape[1], np.nan), _usable(y, model))
    columns = np.flatnonzero(fit.status == OK)
    chunks = np.array_split(columns, -(-columns.size // CHUNK)) if columns.size else []
    with ThreadPoolExecutor(min(len(chunks), os.cpu_count() or 1) or 1) as pool:
        found = pool.map(lambda at: _fit_chunk(np.ascontiguousarray(y[:, at]), model), chunks)
        for at, (variances, loglik, status) in zip(chunks, found, strict=True):
            fit.variances[:, at], fit.loglik[at], fit.status[at] = variances, loglik, status
    return fit


def _usable(y: Array, model: Trend) -> npt.NDArray[np.int64]:
    """Return each series' status before fitting."""
    status = np.full(y.shape[1], OK)
    status[_scale(y) == 0.0] = NO_VARIATION
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


def _fit_chunk(y: Array, model: Trend) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    """Return variances, log-likelihood and status of a chunk: the best of its starts."""
    begin = _starts(y, model)
    many, series = begin.shape[1:]
    stacked = np.tile(y, (1, many))
    deviation, loglik, done = _climb(stacked, begin.reshape(3, -1), series, model)
    loglik, best = loglik.reshape(many, series), loglik.reshape(many, series).argmax(axis=0)
    everyone = np.arange(series)
    found = deviation.reshape(3, many, series)[:, best, everyone] ** 2
    status = np.where(done.reshape(many, series)[best, everyone], OK, NOT_CONVERGED)
    return found, loglik[best, everyone], status


def _starts(y: Array, model: Trend) -> Array:
    """Return starting deviations (3, start, series): of each kind of mix (level or not, much slope or little) the best.

    Each mix of the grid is taken at its own best size. Different kinds, because a likelihood may have several hills.
    """
    grids = [values if free else (0.0,) for values, free in zip(GRID.values(), model.free, strict=True)]
    mixes = np.array([mix for mix in product(*grids) if max(mix) == 1.0])
    square = _scale(y) ** 2
    floor = np.where(model.free, LEAST**2, 0.0)
    sizes, heights = np.empty((len(mixes), 3, y.shape[1])), np.empty((len(mixes), y.shape[1]))
    many = max(1, WIDEST // y.shape[1])
    for first in range(0, len(mixes), many):
        some = mixes[first : first + many]
        variances = (np.maximum(some, floor).T[:, :, None] * square).reshape(3, -1)
        passed = run_filter(np.tile(y, (1, len(some))), variances, model)
        size = np.maximum(passed.squares / passed.counted, 1e-12)
        height = passed.counted * np.log(size) + passed.log_variance
        sizes[first : first + many] = np.moveaxis((variances * size).reshape(3, len(some), -1), 0, 1)
        heights[first : first + many] = height.reshape(len(some), -1)
    kinds = 2 * (mixes[:, 1] == 1.0) + (mixes[:, 2] > GRID["slope"][1])
    best = [np.flatnonzero(kinds == kind)[heights[kinds == kind].argmin(axis=0)] for kind in np.unique(kinds)]
    picked = sizes[np.array(best), :, np.arange(y.shape[1])]
    return np.sqrt(np.moveaxis(picked, -1, 0))


def _climb(y: Array, deviation: Array, series: int, model: Trend) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Raise every likelihood until no step promises more than GAIN; return deviations, its height, and who arrived.

    Settled series leave the batch; starts (``series`` columns each) that cannot win leave it every PRUNE steps.
    """
    found, height, done = deviation.copy(), np.full(y.shape[1], -np.inf), np.zeros(y.shape[1], dtype=bool)
    first, at = scores(y, deviation**2, model), np.arange(y.shape[1])
    scale = _scale(y)
    slope, bend = _slope(first.gradient, deviation, model), _bend(first, deviation, model)
    now = _Climb(deviation, first.loglik, slope, bend, scale, 0 * scale)
    for number in range(ITERATIONS):
        step, promised = now.step()
        settled = (promised < GAIN) & (now.damping < 1.0)
        found[:, at], height[at], done[at] = now.deviation, now.loglik, settled
        lost = _beaten(found, height, at, (3 * promised + LAG, series)) & (number % PRUNE == PRUNE - 1)
        height[at[lost]] = -np.inf
        stay = np.flatnonzero(~settled & ~lost)
        if stay.size == 0:
            break
        if stay.size < settled.size:
            at, y, step, now = at[stay], y[:, stay], step[:, stay], now.only(stay)
        trial = now.deviation + step
        loglik, gradient = slopes(y, trial**2, model)
        now.move(step, loglik, _slope(gradient, trial, model))
    return found, height, done


def _beaten(found: Array, height: Array, at: Index, reach: tuple[Array, int]) -> npt.NDArray[np.bool_]:
    """Return which columns ``at`` are beaten by the best start of their series: below it by more than their reach, or
    at the same place. ``reach``: what each may still gain, and the number of series.
    """
    gain, series = reach
    leader = height.reshape(-1, series).argmax(axis=0) * series + np.arange(series)
    lead = leader[at % series]
    own, best = np.abs(found[:, at]), np.abs(found[:, lead])
    close = (np.abs(own - best) < SAME * (best + 0.03 * best.max(axis=0))).all(axis=0)
    return np.asarray((lead != at) & ((height[at] + gain < height[lead]) | close))


@dataclass
class _Climb:
    """Where every series stands: deviations and slope (3, series), log-likelihood, bend (6, series: minus the second
    derivative), scale and damping (series,).
    """

    deviation: Array
    loglik: Array
    slope: Array
    bend: Array
    scale: Array
    damping: Array

    def only(self, stay: Index) -> _Climb:
        """Return the climb of some series."""
        return _Climb(*(getattr(self, field.name)[..., stay] for field in fields(self)))

    def step(self) -> tuple[Array, Array]:
        """Return the damped Newton step (3, series) and the log-likelihood it promises."""
        diagonal = self.bend[DIAGONAL] * (1 + self.damping) + LEAST_BEND / self.scale**2
        step = _solve(diagonal, self.bend[OFF], self.slope)
        limit = np.maximum(2.0 * np.abs(self.deviation), self.scale)
        return np.clip(step, -limit, limit), 0.5 * np.abs((self.slope * step).sum(axis=0))

    def move(self, step: Array, loglik: Array, slope: Array) -> None:
        """Learn the bend from the step's two slopes (damped BFGS: Powell 1978); go where it is higher."""
        better = loglik >= self.loglik - 1e-13 * np.abs(self.loglik)
        bent = _times(self.bend, step)
        expected, change = (step * bent).sum(axis=0), self.slope - slope
        found = (step * change).sum(axis=0)
        weak = found < 0.1 * expected
        weight = np.where(weak, 0.9 * expected / np.where(weak, expected - found, 1.0), 1.0)
        change = weight * change + (1 - weight) * bent
        found = np.maximum((step * change).sum(axis=0), 1e-300)
        learnt = change[ROW] * change[COLUMN] / found - bent[ROW] * bent[COLUMN] / np.maximum(expected, 1e-300)
        self.bend += np.where((expected > 1e-14) & np.isfinite(loglik), learnt, 0.0)
        self.deviation = np.where(better, self.deviation + step, self.deviation)
        self.slope = np.where(better, slope, self.slope)
        self.loglik = np.where(better, loglik, self.loglik)
        self.damping = np.where(better, np.where(self.damping > 0.01, 0.2 * self.damping, 0.0), 0.1 + 4 * self.damping)


def _slope(gradient: Array, deviation: Array, model: Trend) -> Array:
    """Return the gradient by the deviations (3, series) from that by the variances; 0 where a variance is not free."""
    return np.where(np.array(model.free)[:, None], 2 * deviation * gradient, 0.0)


def _bend(found: Scores, deviation: Array, model: Trend) -> Array:
    """Return a first guess of minus the second derivative by the deviations (6, series): expected information."""
    free = np.array(model.free)
    bend = 4 * deviation[ROW] * deviation[COLUMN] * found.information
    bend[DIAGONAL] += 2 * np.maximum(-found.gradient, 0.0)
    bend[~(free[ROW] & free[COLUMN])] = 0.0
    bend[np.array(DIAGONAL)[~free]] = 1.0
    return bend


def _times(matrix: Array, vector: Array) -> Array:
    """Return symmetric matrices (6, series) times vectors (3, series)."""
    return np.stack([(matrix[FULL[i]] * vector).sum(axis=0) for i in range(3)])


def _solve(diagonal: Array, off: Array, right: Array) -> Array:
    """Solve symmetric 3 x 3 systems (.., series) by Cholesky; ``off`` holds the elements 01, 02, 12."""
    first = np.sqrt(diagonal[0])
    b, c = off[0] / first, off[1] / first
    second = np.sqrt(np.maximum(diagonal[1] - b * b, 1e-12 * diagonal[1]))
    d = (off[2] - b * c) / second
    third = np.maximum(diagonal[2] - c * c - d * d, 1e-12 * diagonal[2])
    x = right[0] / first
    y = (right[1] - b * x) / second
    z = (right[2] - c * x - d * y) / third
    y = (y - d * z) / second
    return np.stack([(x - b * y - c * z) / first, y, z])

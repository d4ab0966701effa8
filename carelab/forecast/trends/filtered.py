"""The likelihood of series with gaps, by the Kalman filter: the same to the climb as the spectral one, only slower."""

from __future__ import annotations

import numpy as np

from carelab.forecast.arrays import Array, Index
from carelab.forecast.trends.climb import COLUMN, ROW, Hill, Likelihood
from carelab.forecast.trends.filter import Trend, run_filter, slopes

WIDEST = 8000
"""Columns of one pass: what stays near the processor's cache."""
TINY, LEAST = 1e-4, 1e-6
"""Steps of the differences of slopes: a share of each variance, and at least this (squared units)."""


class Filtered:
    """The likelihood of ``y`` (period, series; NaN = missing) as ``climb.Likelihood`` wants it; variances in units of
    ``unit`` (series,) squared.
    """

    def __init__(self, y: Array, unit: Array, model: Trend, *, like: Likelihood | None = None) -> None:
        """Keep what every pass needs; ``like`` is a likelihood that bends nearly the same, and is faster to ask."""
        self.y, self.square, self.model, self.like = y, unit**2, model, like

    def heights(self, series: slice, mixes: Array) -> tuple[Array, Array]:
        """Return for mixes of variances (mix, 3) the best size of each, (mix, series), and the log-likelihood there, up
        to a constant of the series.
        """
        y, square = self.y[:, series], self.square[series]
        known = np.isfinite(y).sum(axis=0) - self.model.burn
        size, height = np.empty((2, len(mixes), y.shape[1]))
        many = max(1, WIDEST // y.shape[1])
        for first in range(0, len(mixes), many):
            some = mixes[first : first + many]
            variances = (some.T[:, :, None] * square).reshape(3, -1)
            passed, counted = run_filter(np.tile(y, (1, len(some))), variances, self.model), np.tile(known, len(some))
            best = np.maximum(passed.squares / counted, 1e-300)
            size[first : first + many] = best.reshape(len(some), -1)
            height[first : first + many] = -0.5 * (counted * np.log(best) + passed.log_variance).reshape(len(some), -1)
        return size, height

    def hill(self, series: Index, variances: Array) -> Hill:
        """Return the log-likelihood of some ``series`` at ``variances`` (3, series), its gradient and its bend: the
        differences of exact gradients over small steps.
        """
        square = self.square[series]
        if self.like is not None:
            loglik, gradient = slopes(self.y[:, series], variances * square, self.model)
            return Hill(loglik, gradient * square, self.like.hill(series, variances).bend)
        step = TINY * variances + LEAST
        near = np.repeat(variances[:, None], 4, axis=1)
        for i in range(3):
            near[i, i + 1] += step[i]
        columns, squares = np.tile(series, 4), np.tile(square, 4)
        loglik, gradient = slopes(self.y[:, columns], near.reshape(3, -1) * squares, self.model)
        gradient = (gradient * squares).reshape(3, 4, -1)
        change = (gradient[:, :1] - gradient[:, 1:]) / step
        return Hill(loglik[: series.size], gradient[:, 0], 0.5 * (change[ROW, COLUMN] + change[COLUMN, ROW]))

"""Where to begin: the hills of every series' likelihood on a grid of mixes of variances, each at its own best size.

A likelihood of three variances may have several hills, and often one at a rim, where a variance is zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array
from carelab.forecast.trends.climb import Likelihood
from carelab.forecast.trends.filter import Trend

LEVEL = 1 / (1 + 10 ** np.array([4, *np.linspace(2, -2, 11), -4]))
"""Grid of starts: the level's share of irregular + level, on the rims as good as none and all."""
SLOPES, STEEPEST = 20, 30.0
"""Grid of starts: how many values of slope over irregular + level, and the largest."""
STARTS, NEAR = 6, 1.0
"""Hills climbed at most, and how far below the highest (log-likelihood on the grid) they may be."""
BLOCK = 256
"""Series on the grid at a time."""


def _mixes(periods: int, model: Trend) -> Array:
    """Return the grid of starts (level, slope, 3): mixes of variances, zero where a variance is not free.

    The smallest slope is one that moves a series of ``periods`` as little as it can be seen.
    """
    irregular, level, slope = model.free
    shares = LEVEL if irregular and level else np.array([float(level)])
    ratios = np.array([float(slope)])
    if slope and (irregular or level):
        ratios = np.array([0.01 * periods**-3.0, *np.geomspace(periods**-3.0, STEEPEST, SLOPES)])
    first, second = np.meshgrid(shares, ratios, indexing="ij")
    return np.stack([(1 - first) * irregular, first * level, second], axis=-1)


def starts(likelihood: Likelihood, size: tuple[int, int], model: Trend) -> Array:
    """Return starting deviations (3, start, series; NaN = none) for ``size``, periods and series."""
    grid = _mixes(size[0], model)
    blocks = [slice(first, first + BLOCK) for first in range(0, size[1], BLOCK)]
    return np.concatenate([_block(likelihood, block, grid) for block in blocks], axis=2)


def _block(likelihood: Likelihood, series: slice, grid: Array) -> Array:
    """Return the starts of some series: the hills of their grid, the highest first."""
    flat = grid.reshape(-1, 3)
    size, height = likelihood.heights(series, flat)
    near = height >= height.max(axis=0) - NEAR
    mix, column = np.nonzero(near & _hills(height.reshape(*grid.shape[:2], -1)).reshape(height.shape))
    order = np.lexsort((-height[mix, column], column))
    mix, column = mix[order], column[order]
    rank = np.arange(column.size) - np.searchsorted(column, column)
    mix, column, rank = (each[rank < STARTS] for each in (mix, column, rank))
    begin = np.full((3, STARTS, height.shape[1]), np.nan)
    begin[:, rank, column] = np.sqrt(flat[mix].T * size[mix, column])
    return begin


def _hills(height: Array) -> npt.NDArray[np.bool_]:
    """Return where a grid (level, slope, series) is as high as its neighbours; on the rims of no level, no irregular
    and no slope only neighbours on the rim count, as a hill there may be narrower than the grid.
    """
    across, along = _highest(height, 0), _highest(height, 1)
    hills = height >= _highest(across, 1)
    hills[[0, -1]] |= height[[0, -1]] >= along[[0, -1]]
    hills[:, 0] |= height[:, 0] >= across[:, 0]
    return np.asarray(hills)


def _highest(height: Array, axis: int) -> Array:
    """Return the highest of each point and its two neighbours along an axis."""
    moved = np.moveaxis(height, axis, 0)
    highest = moved.copy()
    np.maximum(highest[1:], moved[:-1], out=highest[1:])
    np.maximum(highest[:-1], moved[1:], out=highest[:-1])
    return np.moveaxis(highest, 0, axis)

"""Where candidates may stand whose address nobody has told, and minutes of a district from those of its points."""

from __future__ import annotations

import numpy as np

from carelab.planning.access.places import Points
from carelab.planning.siting.problem import Array


def draw_places(
    metres: Array, district: np.ndarray, points: Points, *, old: Array, draws: int, rng: np.random.Generator
) -> Array:
    """Return drawn places (draw, candidate, 2) in metres; a known point (``metres`` without NaN) stays where it is.

    Known by its ``district`` only: any of the district's points. Known by nothing (-1): a district in proportion to
    ``old`` (district) people from 65 on, as nursing homes of unknown place are drawn, and any of its points.
    """
    drawn = np.repeat(metres[None], draws, axis=0)
    size = np.bincount(points.district, minlength=len(old))
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    ordered = np.argsort(points.district, kind="stable")
    weight = np.where(size > 0, old, 0.0)
    for site in np.flatnonzero(np.isnan(metres).any(axis=1)):
        known = district[site] >= 0 and size[district[site]] > 0
        at = np.full(draws, district[site]) if known else rng.choice(len(old), draws, p=weight / weight.sum())
        drawn[:, site] = points.at[ordered[start[at] + rng.integers(0, size[at])]]
    return drawn


def by_district(minutes: Array, points: Points, districts: int) -> Array:
    """Return mean minutes (..., district) of the people of each district from those of its points (..., point).

    inf where any point is out of reach; a district without points is as far as the farthest one.
    """
    matrix = np.zeros((points.district.size, districts))
    matrix[np.arange(points.district.size), points.district] = points.weight
    finite = np.isfinite(minutes)
    mean = np.where(finite, minutes, 0.0) @ matrix
    mean = np.where(matrix.any(axis=0), mean, mean.max(axis=-1, keepdims=True))
    return np.asarray(np.where(finite.all(axis=-1, keepdims=True), mean, np.inf))

"""Scatter: sites whose point is not known, placed anew in every draw: within their district, or over the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carelab.planning.access.catchment import Array
from carelab.planning.access.places import Points

MOST_HOMES = 4
"""Places without a point in one district are put down as at most so many homes."""


@dataclass(frozen=True)
class Scattered:
    """Sites without a point: ``point`` (draw, slot) where each one is (-1: not in this draw), ``size`` (draw, slot)."""

    point: NDArray[np.intp]
    size: Array

    def by_point(self, points: int) -> Array:
        """Return supply (draw, point)."""
        supply = np.zeros((self.point.shape[0], points + 1))  # the last column takes what is nowhere
        np.add.at(supply, (np.arange(self.point.shape[0])[:, None], self.point), self.size)
        return supply[:, :points]


def nowhere(draws: int) -> Scattered:
    """Return no scattered sites at all."""
    return Scattered(np.empty((draws, 0), np.intp), np.empty((draws, 0)))


def draw_points(points: Points, district: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return a point for each district named (any shape; -1 = none), by the people who live around the points."""
    order = np.argsort(points.district, kind="stable")
    count = int(points.district.max(initial=-1)) + 1
    begin = np.searchsorted(points.district[order], np.arange(count + 1))
    total = np.bincount(points.district, points.weight, minlength=max(count, 1))
    level = np.cumsum(points.weight[order] / total[points.district[order]])  # each district's weights add 1
    occupied = np.cumsum(np.diff(begin) > 0) - 1  # districts without points add nothing to the levels
    ok = (district >= 0) & (district < count)
    ok[ok] = np.diff(begin)[district[ok]] > 0
    chosen = np.full(district.shape, -1, np.intp)
    at = district[ok]
    found = np.searchsorted(level, occupied[at] + rng.random(at.shape), side="right")
    chosen[ok] = order[np.clip(found, begin[at], begin[at + 1] - 1)]
    return chosen


def scatter_sites(
    points: Points, district: NDArray[np.intp], *, old: Array, draws: int, rng: np.random.Generator
) -> Scattered:
    """Return sites of size 1 in every draw: those of a known ``district`` (site,) within it, others (-1) over the city.

    ``old`` (district,) people from 65: the city is covered in proportion to them, as places of homes are.
    """
    where = np.broadcast_to(district, (draws, district.size)).copy()
    lost = np.flatnonzero(district < 0)
    if lost.size:
        here = np.isin(np.arange(old.size), points.district) * old
        chance = here / here.sum() if here.sum() else None
        where[:, lost] = rng.choice(old.size, (draws, lost.size), p=chance)
    point = draw_points(points, where, rng)
    return Scattered(point, (point >= 0).astype(float))


def scatter_places(points: Points, places: Array, *, size: float, rng: np.random.Generator) -> Scattered:
    """Return places (draw, district) without a point as homes of about ``size`` places, few to a district."""
    draws, districts = places.shape
    homes = np.clip(np.rint(places / max(size, 1.0)), 1, MOST_HOMES)[:, :, None]
    slot = np.arange(MOST_HOMES)
    here = (slot < homes) & (places[:, :, None] > 0)
    where = np.where(here, np.arange(districts)[None, :, None], -1).reshape(draws, -1)
    each = np.where(here, places[:, :, None] / homes, 0.0).reshape(draws, -1)
    point = draw_points(points, where, rng)
    return Scattered(point, np.where(point >= 0, each, 0.0))

"""Places: where in a district people live, as weighted points on a plane of metres.

A district is no point: its people are spread over it. Where a grid tells how, its cells are used; elsewhere points fill
a disc somewhat smaller than the district around its population-weighted centre, and how people are spread over them is
drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carelab.planning.access.catchment import Array

POINTS = 16
"""Points of a district without a grid; squares of a district with one have the same size."""
SPREAD = 0.82
"""People live closer together than over all of a district's area: their mean distance from their centre, relative to
that of a full disc (median of 39 Stadtteile of Magdeburg on the 100 m grid of Zensus 2022)."""
SPACING = 0.61
"""Radius of a disc of a district's area, relative to the mean distance to the three next centres (median of the 71
districts of Magdeburg and Halle with both known; spread 0.28 on the log scale)."""
_NEXT = 3
CLUMPING = 0.5
"""Shape of the gamma draws of people per point: 1 = every split over the points is equally likely, less = clumped."""
HIDDEN = 1.0
"""People of a hidden cell of a grid: at least one lives there (zeros are published)."""
WITHIN = 0.9054
"""Mean distance of two random points of a disc, in radii (128 / 45 pi)."""
_DEGREE = 111_195.0
"""Metres of one degree on a sphere of 6,371 km."""


@dataclass(frozen=True)
class Plane:
    """A flat picture of a city around ``lon``, ``lat``: its errors are below 0.3 per cent within 30 km."""

    lon: float
    lat: float

    def metres(self, lon: Array, lat: Array) -> Array:
        """Return metres east and north (point, 2) of points in degrees (EPSG:4326)."""
        east = (np.asarray(lon, float) - self.lon) * _DEGREE * np.cos(np.radians(self.lat))
        return np.column_stack([east, (np.asarray(lat, float) - self.lat) * _DEGREE])

    def degrees(self, metres: Array) -> Array:
        """Return lon and lat (point, 2) of points in metres (point, 2): the way back."""
        lon = self.lon + metres[:, 0] / (_DEGREE * np.cos(np.radians(self.lat)))
        return np.column_stack([lon, self.lat + metres[:, 1] / _DEGREE])


@dataclass(frozen=True)
class Points:
    """Where people live: ``district`` (point,) its place in the list, ``at`` (point, 2) metres, ``weight`` (point,)
    people's share within the district, ``radius`` (point,) metres of a disc as large as the point stands for;
    ``drawn``: how people are spread over the points is not known.
    """

    district: NDArray[np.intp]
    at: Array
    weight: Array
    radius: Array
    drawn: bool

    def shares(self, draws: int, districts: int, rng: np.random.Generator) -> Array:
        """Return people's share of each point within its district (draw, point): as known, or drawn (Dirichlet)."""
        if not self.drawn:
            return np.broadcast_to(self.weight, (draws, self.weight.size))
        people = rng.gamma(CLUMPING, size=(draws, self.weight.size)) * self.weight
        total = np.zeros((draws, districts))
        np.add.at(total.T, self.district, people.T)
        return np.asarray(people / total[:, self.district])


def plane_of(districts: pd.DataFrame) -> Plane:
    """Return the plane around the middle of the districts' centres (columns lon, lat; at least one is known)."""
    return Plane(float(districts["lon"].mean()), float(districts["lat"].mean()))


def centres(districts: pd.DataFrame) -> tuple[Array, Array]:
    """Return lon and lat of each district's people: population-weighted where known, else the middle of its area."""
    known = districts["lon_people"].notna() & districts["lat_people"].notna()
    lon = districts["lon_people"].where(known, districts["lon"])
    lat = districts["lat_people"].where(known, districts["lat"])
    return lon.to_numpy(float), lat.to_numpy(float)


def radii(districts: pd.DataFrame) -> Array:
    """Return the radius (metres) of a disc of each district's area; of a district without one that of the median.

    Where no area is known at all, districts are as large as their distance to the next ones lets them be (SPACING).
    """
    area = districts["area_ha"].astype(float)
    if area.isna().all() and len(area) > 1:
        return _radii_of_spacing(districts)
    filled = area.fillna(area.median() if area.notna().any() else 100.0)
    return np.asarray(np.sqrt(filled.to_numpy() * 10_000 / np.pi))


def _radii_of_spacing(districts: pd.DataFrame) -> Array:
    """Return SPACING times the mean distance (metres) to the next centres; median for a district without a centre."""
    at = plane_of(districts).metres(*centres(districts))
    apart = distances(at, at)
    apart[~(apart > 0)] = np.nan  # itself, a centre set by rule on another one, no centre
    nearest = np.sort(apart, axis=1)[:, :_NEXT]  # NaN comes last
    known = np.isfinite(nearest).any(axis=1)
    mean = np.full(len(at), np.nan)
    mean[known] = np.nanmean(nearest[known], axis=1)
    return np.asarray(SPACING * np.where(known, mean, np.nanmedian(mean)))


def spread_points(districts: pd.DataFrame, plane: Plane, *, points: int = POINTS) -> Points:
    """Return ``points`` points a district, evenly over a disc around its people's centre (Vogel's spiral).

    The disc has SPREAD times the radius of the district's area. ``districts``: area_ha, lon, lat, lon_people,
    lat_people; a district without a centre gets none.
    """
    lon, lat = centres(districts)
    radius = SPREAD * radii(districts)
    step = np.arange(points) + 0.5
    turn = np.pi * (3 - np.sqrt(5)) * step
    disc = np.sqrt(step / points)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    disc -= disc.mean(axis=0)
    here = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    middle = plane.metres(lon[here], lat[here])
    at = middle[:, None] + radius[here, None, None] * disc
    each = np.repeat(radius[here] / np.sqrt(points), points)
    return Points(np.repeat(here, points), at.reshape(-1, 2), np.full(each.size, 1 / points), each, True)


def grid_points(grid: pd.DataFrame, districts: pd.DataFrame, plane: Plane, *, points: int = POINTS) -> Points:
    """Return the cells of a grid, gathered into squares as large as a point of ``spread_points`` would stand for.

    ``grid``: cell, district, lon, lat, persons (NaN = hidden). A district without a cell keeps its spread points.
    """
    place = pd.Index(districts["district"]).get_indexer(pd.Index(grid["district"]))
    at = plane.metres(grid["lon"].to_numpy(float), grid["lat"].to_numpy(float))
    side = radii(districts) * np.sqrt(np.pi / points)
    square = np.floor(at / side[place][:, None]).astype(int)
    persons = grid["persons"].fillna(HIDDEN).to_numpy(float)
    cells = pd.DataFrame({"district": place, "a": square[:, 0], "b": square[:, 1], "persons": persons})
    cells = cells.assign(x=at[:, 0] * persons, y=at[:, 1] * persons)
    sums = cells[cells["persons"] > 0].groupby(["district", "a", "b"], as_index=False).sum()
    found = sums["district"].to_numpy(int)
    total = np.bincount(found, sums["persons"], minlength=len(districts))
    rest = spread_points(districts, plane, points=points)
    missing = ~np.isin(rest.district, found)
    return Points(
        np.concatenate([found, rest.district[missing]]),
        np.concatenate([sums[["x", "y"]].to_numpy() / sums[["persons"]].to_numpy(), rest.at[missing]]),
        np.concatenate([sums["persons"].to_numpy() / total[found], rest.weight[missing]]),
        np.concatenate([side[found] / np.sqrt(np.pi), rest.radius[missing]]),
        False,
    )


def distances(start: Array, end: Array) -> Array:
    """Return straight-line metres (start, end) between points (start, 2) and (end, 2)."""
    east = start[:, None, 0] - end[None, :, 0]
    north = start[:, None, 1] - end[None, :, 1]
    return np.asarray(np.hypot(east, north))


def inner_distances(points: Points) -> Array:
    """Return straight-line metres between points; of a point to itself the mean distance within what it stands for."""
    metres = distances(points.at, points.at)
    np.fill_diagonal(metres, WITHIN * points.radius)
    return metres

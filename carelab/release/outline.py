"""An outline for a city of which only points and areas are known: discs of the right size, joined and rounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

Array = NDArray[np.float64]

_STRIP: Final = 0.35
"""Half width of the strip that ties neighbouring districts together, as a share of the smaller one's radius."""
_STRIP_AREA: Final = 0.2
"""Largest area of such a strip between two discs, as a share of the smaller one's area: a long strip is a thin one."""


class Outline(NamedTuple):
    """A simply connected polygon of exactly the area asked for, and the sites in its frame (hardly moved)."""

    polygon: shapely.Polygon
    sites: Array


def draw_outline(sites: Array, areas: Array, *, closing: float) -> Outline:
    """Return one polygon around ``sites`` (n, 2) whose area is the sum of ``areas`` (n,), in the unit of sites squared.

    Discs of the districts' areas, tied along the minimum spanning tree, gaps closed (morphological closing by
    ``closing`` mean radii; infinity = convex hull), holes filled; the discs grow or shrink until the area is right.
    """
    radii, total = np.sqrt(areas / np.pi), float(areas.sum())
    width = closing * float(np.sqrt(total / len(areas) / np.pi))
    shape = _blend(sites, radii, width)
    size = _solve(lambda factor: shape(factor).area, total)
    polygon = shape(size)
    scale = np.sqrt(total / polygon.area)
    origin = np.array(polygon.centroid.coords[0])
    return Outline(
        shapely.transform(polygon, lambda points: origin + scale * (points - origin)), origin + scale * (sites - origin)
    )


def _blend(sites: Array, radii: Array, width: float) -> Callable[[float], shapely.Polygon]:
    """Return the outline as a function of the factor by which all discs are enlarged."""
    pairs = np.transpose(minimum_spanning_tree(cdist(sites, sites)).nonzero())
    points, lines = shapely.points(sites), shapely.linestrings(sites[pairs])
    smaller = radii[pairs].min(axis=1)
    gaps = np.maximum(shapely.length(lines) - radii[pairs].sum(axis=1), 1e-9 * smaller)
    strip = np.minimum(_STRIP * smaller, _STRIP_AREA * np.pi * smaller**2 / (2 * gaps))
    fine = max(0.01 * float(radii.mean()), 0.001 * float(np.ptp(sites, axis=0).max()))

    def shape(factor: float) -> shapely.Polygon:
        parts = [*shapely.buffer(points, factor * radii), *shapely.buffer(lines, factor * strip)]
        joined = shapely.union_all(parts)
        if np.isinf(width):
            return joined.convex_hull
        whole = joined.buffer(width).buffer(-width).union(joined)
        if whole.geom_type != "Polygon":  # hair-thin strips got lost in rounding
            whole = shapely.union_all([whole, *shapely.buffer(lines, fine)])
        if whole.geom_type != "Polygon":
            return whole.convex_hull
        return shapely.simplify(shapely.Polygon(whole.exterior), fine)

    return shape


def _solve(area: Callable[[float], float], total: float) -> float:
    """Return the factor at which the area reaches ``total``, nearly (it grows with the factor, perhaps in jumps)."""
    low, high = 0.02, 1.0
    while area(high) < total:
        low, high = high, 1.5 * high
    if area(low) > total:
        return low
    return float(brentq(lambda factor: area(factor) / total - 1, low, high, xtol=1e-4, rtol=1e-4))

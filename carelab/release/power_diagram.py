"""Power diagrams (weighted Voronoi, Laguerre) whose cells have prescribed areas within an outline.

The weights are the dual variables of semi-discrete optimal transport; damped Newton finds them: Kitagawa, Mérigot &
Thibert (2019), Convergence of a Newton algorithm for semi-discrete optimal transport, J. Eur. Math. Soc. 21;
Aurenhammer (1987).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

Array = NDArray[np.float64]
Geometries = NDArray[np.object_]

_FAR: Final = 12.0
"""Helper sites that bound the outermost cells lie this many radii of the outline away: no influence within it."""
_STEPS: Final = 60
_HALVINGS: Final = 24


class Diagram(NamedTuple):
    """Cells within the outline (polygon per site), areas, and the borders between sites ``first`` and ``second``."""

    cells: Geometries
    areas: Array
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    lengths: Array


class Fit(NamedTuple):
    """The best diagram found and its largest relative error of an area."""

    diagram: Diagram
    error: float


def fit_areas(sites: Array, areas: Array, outline: shapely.Polygon, *, tolerance: float = 1e-9) -> Fit:
    """Return the power diagram of ``sites`` (n, 2) within ``outline`` whose cells have ``areas`` (n,), same units.

    ``areas`` must sum to the outline's area; sites must be distinct. Where Newton stalls, the best diagram so far is
    returned and its error says so (1 or more: a cell is missing).
    """
    centre, radius = _frame(outline)
    places, goal = (sites - centre) / radius, areas / radius**2
    small = shapely.affinity.affine_transform(outline, [1 / radius, 0, 0, 1 / radius, *(-centre / radius)])
    shapely.prepare(small)
    diagram = _newton(places, goal, small, tolerance)
    error = float(np.max(np.abs(diagram.areas / goal - 1)))
    cells = shapely.transform(diagram.cells, lambda points: points * radius + centre)
    return Fit(diagram._replace(cells=cells, areas=diagram.areas * radius**2, lengths=diagram.lengths * radius), error)


def _newton(places: Array, goal: Array, outline: shapely.Polygon, tolerance: float) -> Diagram:
    """Return the diagram after damped Newton: full steps where they help, halved ones where a cell would vanish."""
    weights = np.zeros(len(goal))
    diagram = _diagram(places, weights, outline)
    floor = 0.5 * min(diagram.areas.min(), goal.min())
    for _ in range(_STEPS):
        gap = goal - diagram.areas
        if floor <= 0 or np.max(np.abs(gap) / goal) < tolerance:
            break
        step = _newton_step(places, diagram, gap)
        found = _line_search(places, weights, step, (outline, goal, diagram, floor))
        if found is None:
            break
        weights, diagram = found
    return diagram


def _newton_step(places: Array, diagram: Diagram, gap: Array) -> Array:
    """Return the change in weights that would close the gaps, were borders straight on (a graph Laplacian)."""
    first, second = diagram.first, diagram.second
    pull = diagram.lengths / (2 * np.linalg.norm(places[first] - places[second], axis=1))
    laplacian = np.zeros((len(gap), len(gap)))
    np.add.at(laplacian, (first, second), -pull)
    np.add.at(laplacian, (second, first), -pull)
    laplacian[np.diag_indices(len(gap))] = -laplacian.sum(axis=1)
    return np.asarray(np.linalg.lstsq(laplacian, gap - gap.mean(), rcond=1e-13)[0])


def _line_search(
    places: Array, weights: Array, step: Array, state: tuple[shapely.Polygon, Array, Diagram, float]
) -> tuple[Array, Diagram] | None:
    """Return weights and diagram after the longest step of 1, 1/2, 1/4, ... that keeps all cells and gets nearer."""
    outline, goal, diagram, floor = state
    norm = np.linalg.norm(diagram.areas - goal)
    for share in 0.5 ** np.arange(_HALVINGS):
        moved = weights + share * step
        candidate = _diagram(places, moved, outline)
        if candidate.areas.min() >= floor and np.linalg.norm(candidate.areas - goal) <= (1 - share / 2) * norm:
            return moved - moved.mean(), candidate
    return None


def _diagram(places: Array, weights: Array, outline: shapely.Polygon) -> Diagram:
    """Return the power diagram within the outline: the lower convex hull of the lifted sites, turned into cells."""
    count = len(places)
    angles = 2 * np.pi * np.arange(8) / 8 + 0.1
    sites = np.vstack([places, _FAR * np.column_stack([np.cos(angles), np.sin(angles)])])
    height = (sites**2).sum(axis=1) - np.concatenate([weights, np.zeros(8)])
    hull = ConvexHull(np.column_stack([sites, height]), qhull_options="Qt")
    plane = hull.equations
    lower = plane[:, 2] < -1e-12
    corners = np.where(lower[:, None], -plane[:, :2] / (2 * np.where(lower, plane[:, 2], 1.0))[:, None], np.nan)
    cells = _within(_cells(hull.simplices[lower], corners[lower], count), outline)
    first, second, borders = _borders(hull, lower, corners, count)
    return Diagram(cells, shapely.area(cells), first, second, shapely.length(_within(borders, outline)))


def _within(shapes: Geometries, outline: shapely.Polygon) -> Geometries:
    """Return the parts of the shapes within the (prepared) outline; only those that reach beyond it are cut."""
    cut = ~shapely.contains_properly(outline, shapes)
    shapes[cut] = shapely.intersection(shapes[cut], outline)
    return shapes


def _cells(triangles: NDArray[np.intp], corners: Array, count: int) -> Geometries:
    """Return each site's bounded cell: the convex hull of the power centres of its triangles (empty if hidden)."""
    site, triangle = triangles.ravel(), np.repeat(np.arange(len(triangles)), 3)
    order = np.argsort(site, kind="stable")
    order = order[site[order] < count]
    points = shapely.multipoints(shapely.points(corners[triangle[order]]), indices=site[order], out=_empty(count))
    return np.asarray(shapely.convex_hull(points))


def _empty(count: int) -> Geometries:
    return np.full(count, shapely.MultiPoint(), dtype=object)


def _borders(
    hull: ConvexHull, lower: NDArray[np.bool_], corners: Array, count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Geometries]:
    """Return pairs of neighbouring sites and the border line of each: between the power centres of two triangles."""
    one, side = np.nonzero(hull.neighbors > np.arange(len(lower))[:, None])
    two = hull.neighbors[one, side]
    pairs = np.sort(np.stack([hull.simplices[one, (side + k) % 3] for k in (1, 2)], axis=1), axis=1)
    keep = lower[one] & lower[two] & (pairs[:, 1] < count)
    lines = shapely.linestrings(np.stack([corners[one[keep]], corners[two[keep]]], axis=1))
    return pairs[keep, 0], pairs[keep, 1], lines


def _frame(outline: shapely.Polygon) -> tuple[Array, float]:
    """Return centre and radius of the outline's bounding circle: Newton works within the unit circle."""
    circle = shapely.minimum_bounding_circle(outline)
    centre = np.array(circle.centroid.coords[0])
    return centre, float(shapely.minimum_bounding_radius(outline))

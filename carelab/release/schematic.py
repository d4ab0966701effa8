"""The schematic map: districts of the official size at the right place, from nothing but a point and an area each.

For cities whose district polygons may not be shipped or are not known. Areas are right, borders are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from carelab.release.outline import draw_outline
from carelab.release.power_diagram import Fit, fit_areas
from carelab.terms import UserError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Array = NDArray[np.float64]
Geometries = NDArray[np.object_]

CRS: Final = "EPSG:25832"
LEFT_OUT: Final = "left_out"
TILE: Final = 100.0
"""Least hectares of each district where no area is known: all are drawn alike."""
DEGREE: Final = 111_320.0
"""Metres in one degree of latitude."""
AREA_ERROR: Final = 1e-4
"""Largest relative error of a cell's area that is accepted."""

_CLOSINGS: Final = (2.0, 5.0, np.inf)
"""Outlines to try, the closest-fitting first: gaps closed by so many mean radii; infinity = convex."""
_ROUNDS: Final = 15
_HOPELESS: Final = 0.3
"""Pieces that make up more than this share of a cell cannot be balanced."""
_TOO_CLOSE, _SPREAD = 0.02, 0.3
_POLYGON: Final = 3


def schematic_map(districts: pd.DataFrame) -> GeoDataFrame:
    """Return the districts with one polygon each in EPSG:25832 (metres), neighbours touching, and ``schematic`` = True.

    Columns in: district, lon, lat (degrees), area_ha (hectares; taken as plane area); others are kept. Each polygon has
    its official area (relative error at most 1e-4) and lies at, or close to, its point. Same input, same output.
    Districts without a point are left out (``attrs[LEFT_OUT]``); an unknown area (``area_known`` = False) is the
    mean of the known ones. Raises UserError for impossible points and areas, or no point at all. Method: see
    ``power_diagram`` and ``outline``.
    """
    import geopandas as gpd  # half a second that runs without a map should not pay

    _check(districts)
    left_out = districts.loc[districts["lon"].isna(), "district"].astype(str).tolist()
    districts = _drawable(districts)
    points = gpd.GeoSeries(gpd.points_from_xy(districts["lon"], districts["lat"]), crs="EPSG:4326").to_crs(CRS)
    cells = cells_of_areas(shapely.get_coordinates(points.array), districts["area_ha"].to_numpy(float) * 1e4)
    known = districts.pop("area_known")
    table = pd.DataFrame(districts).assign(schematic=True, area_known=known)
    drawn = gpd.GeoDataFrame(table, geometry=cells, crs=CRS)
    drawn.attrs[LEFT_OUT] = left_out
    return drawn


def cells_of_areas(points: Array, areas: Array) -> Geometries:
    """Return one polygon per point (n, 2; metres) with the areas (n,; square metres) that together fill one outline.

    Where a cell falls into pieces, the smaller ones go to a neighbour and the areas are balanced again; where that does
    not settle, the outline becomes plainer, in the end convex. Raises UserError if that fails, too.
    """
    sites = _separate(points, float(np.sqrt(areas.mean() / np.pi)))
    for closing in _CLOSINGS:
        outline = draw_outline(sites, areas, closing=closing)
        cells = _balance(outline.sites, areas, outline.polygon)
        if cells is not None:
            return cells
    raise UserError(
        "Aus Punkten und Flächen der Stadtteile entsteht keine schematische Karte; bitte lon, lat und area_ha prüfen.",
        "No schematic map can be drawn from the districts' points and areas; please check lon, lat and area_ha.",
    )


def _balance(sites: Array, areas: Array, polygon: shapely.Polygon) -> Geometries | None:
    """Return one-piece cells with the right areas or None; sites move towards their cells if one is missing."""
    goal = areas
    for _ in range(_ROUNDS):
        fit = fit_areas(sites, goal, polygon)
        if fit.error > AREA_ERROR:
            sites = _towards_centres(sites, fit)
            continue
        cells = one_piece_each(shapely.transform(fit.diagram.cells, lambda corners: np.round(corners, 3)))
        error = areas - shapely.area(cells)
        worst = float(np.max(np.abs(error) / areas))
        if worst <= AREA_ERROR and np.all(shapely.get_type_id(cells) == _POLYGON):
            return cells
        goal = (goal + error) * areas.sum() / (goal + error).sum()
        if goal.min() <= 0 or worst > _HOPELESS:
            return None
    return None


def one_piece_each(cells: Geometries) -> Geometries:
    """Return the cells with every smaller piece of a cell in pieces given to the neighbour with the longest border."""
    parts, owner = shapely.get_parts(cells, return_index=True)
    largest = np.zeros(len(parts), dtype=bool)
    order = np.lexsort((shapely.area(parts), owner))
    largest[order[np.r_[owner[order][1:] != owner[order][:-1], True]]] = True
    whole = parts[largest]
    for piece in parts[~largest]:
        border = shapely.area(shapely.intersection(whole, piece.buffer(1.0)))
        home = int(np.argmax(border))
        whole[home] = shapely.union(whole[home], piece)
    return np.asarray(whole)


def neighbours(cells: Geometries, *, gap: float = 1.0, length: float = 50.0) -> set[tuple[int, int]]:
    """Return the pairs (i < j) of polygons that run along each other, at most ``gap`` apart, for ``length`` metres."""
    wide = shapely.buffer(cells, gap)
    one, two = shapely.STRtree(wide).query(wide, predicate="intersects")
    one, two = one[one < two], two[one < two]
    shared = shapely.area(shapely.intersection(wide[one], wide[two])) > 2 * gap * length
    return set(zip(one[shared].tolist(), two[shared].tolist(), strict=True))


def _towards_centres(sites: Array, fit: Fit) -> Array:
    """Move every site half way to the centre of its cell (Lloyd); sites of missing cells stay."""
    centres = shapely.get_coordinates(shapely.centroid(fit.diagram.cells[fit.diagram.areas > 0]))
    moved = sites.copy()
    moved[fit.diagram.areas > 0] += (centres - moved[fit.diagram.areas > 0]) / 2
    return moved


def _separate(points: Array, radius: float) -> Array:
    """Spread points that (nearly) coincide on a small circle around their middle, in the order of the table."""
    sites = points.copy()
    for attempt in range(9):
        count, group = connected_components(cdist(sites, sites) < _TOO_CLOSE * radius)
        if count == len(sites):
            break
        for members in (np.flatnonzero(group == each) for each in range(count)):
            if len(members) > 1:
                angles = 2 * np.pi * np.arange(len(members)) / len(members) + 0.7 + attempt
                ring = np.column_stack([np.cos(angles), np.sin(angles)])
                sites[members] = sites[members].mean(axis=0) + _SPREAD * radius * ring
    return sites


def _drawable(districts: pd.DataFrame) -> pd.DataFrame:
    """Return the districts with a point; unknown areas take the mean of the known ones, or an even share."""
    table = districts[districts["lon"].notna()].reset_index(drop=True)
    known = table["area_ha"].notna()
    usual = float(table["area_ha"].mean()) if known.any() else _tile(table)
    return table.assign(area_ha=table["area_ha"].astype(float).fillna(usual), area_known=known)


def _tile(table: pd.DataFrame) -> float:
    """Return the area (ha) of each district where none is known: an even share of the hull of their points."""
    lat = np.radians(table["lat"].to_numpy(float))
    flat = np.column_stack([table["lon"].to_numpy(float) * np.cos(lat.mean()), table["lat"].to_numpy(float)]) * DEGREE
    hull = float(shapely.MultiPoint(flat).convex_hull.area) / 1e4
    return max(hull / len(table), TILE)


def _check(districts: pd.DataFrame) -> None:
    """Refuse points that are not on earth, areas that are none, and a table without any point, naming the districts."""
    lon, lat, area = (districts[column].astype(float) for column in ("lon", "lat", "area_ha"))
    good = (lon.between(-180, 180) & lat.between(-84, 84)) | (lon.isna() & lat.isna())
    good &= area.isna() | ((area > 0) & np.isfinite(area))
    if good.all() and lon.isna().all():
        good[:] = False
    if districts.empty or not good.all():
        keys = ", ".join(districts.loc[~good, "district"].astype(str)) or "–"
        raise UserError(
            f"Schematische Karte: Stadtteile {keys} ohne gültige lon, lat (Grad) oder area_ha (größer 0).",
            f"Schematic map: districts {keys} lack a valid lon, lat (degrees) or area_ha (above 0).",
        )

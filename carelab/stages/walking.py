"""``carelab data add CITY FILE --as osm``: ways on foot over an OSM extract become a table (walks.csv) that runs use.

From every place where people live to every site and candidate with a point, and to the next stop. Computed once, when
the extract arrives; a run only looks metres up and needs neither the extract nor a router.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.inputs.city import CityData, load_city
from carelab.inputs.desk.add import Given
from carelab.inputs.desk.population import Arrival
from carelab.inputs.desk.source_entry import SourceEntry, entry_for
from carelab.inputs.desk.store import Change, recover, store
from carelab.inputs.errors import DataError
from carelab.inputs.formats.osm import read_ways
from carelab.planning.access import network, places
from carelab.planning.access.sites import join_sites
from carelab.planning.access.travel import DETOUR

MARGIN = 2000.0
"""Metres around homes and sites within which ways are read: a short way may leave the city."""
SHOWN = 5
GIVEN = Given()


def add_extract(city: str, file: str, given: Given = GIVEN, *, root: Path | None = None) -> Arrival:
    """Store metres on foot over an extract for a city; return what became of it. Raises DataError; nothing changed.

    Refused where the extract is no such file, or where people of a district live far from every way in it.
    """
    recover(city, root)
    data, path = load_city(city, root=root), Path(file)
    plane = _plane(data)
    homes = home_points(data, plane)
    ends = _destinations(data)
    stops = _points(data.stops)
    near = [plane.metres(*part.T) for part in (ends[["lon", "lat"]].to_numpy(float), stops)]
    ways = read_ways(path, _box(plane, np.concatenate([homes.at, *near])))
    net = network.build_network(plane.metres(ways.lon, ways.lat), ways.start, ways.end)
    _refuse_far(path.name, data, homes, network.away(net, homes.at))
    metres = network.walks(net, homes.at, near[0])
    if np.isnan(metres).all():
        raise DataError(
            f"{path.name}: kein Standort liegt näher als {network.FAR:.0f} m an einem Weg des Auszugs.",
            f"{path.name}: no site is within {network.FAR:.0f} m of a way of the extract.",
        )
    table = network.as_table(plane.degrees(homes.at), ends[["lon", "lat"]].to_numpy(float), metres)
    if len(stops):
        table = _with_stops(table, plane.degrees(homes.at), stops, network.nearest(net, homes.at, near[1]))
    store(city, Change({"walks": table}, _entry(path, given)), root=root)
    return _told(table, ends.loc[np.asarray(np.isnan(metres).all(axis=0))], metres, places.distances(homes.at, near[0]))


def home_points(data: CityData, plane: places.Plane) -> places.Points:
    """Return where people live: the grid's squares where the city has one, else points spread over each district."""
    grid, table = data.population_grid, data.districts
    return places.grid_points(grid, table, plane) if len(grid) else places.spread_points(table, plane)


def _plane(data: CityData) -> places.Plane:
    placed = data.districts["lon"].notna() | data.districts["lon_people"].notna()
    if placed.sum() < 2:
        raise DataError(
            f"{data.city}/districts.csv: weniger als zwei Stadtteile mit Mittelpunkt (lon, lat).",
            f"{data.city}/districts.csv: fewer than two districts with a centre (lon, lat).",
        )
    return places.plane_of(data.districts[placed])


def _destinations(data: CityData) -> pd.DataFrame:
    """Return sites and candidates with a point: site, name, lon, lat, each place once."""
    joined = join_sites(data.sites, data.facilities)
    parts = [part[["site", "name", "lon", "lat"]] for part in (joined, data.candidates) if len(part)]
    every = pd.concat(parts, ignore_index=True) if parts else joined[["site", "name", "lon", "lat"]]
    placed = every[every["lon"].notna() & every["lat"].notna()]
    if placed.empty:
        raise DataError(
            f"{data.city}: kein Standort mit Punkt (sites.csv, candidates.csv: lon, lat); Wege brauchen ein Ziel.",
            f"{data.city}: no site with a point (sites.csv, candidates.csv: lon, lat); ways need a destination.",
        )
    return placed.drop_duplicates(["lon", "lat"]).reset_index(drop=True)


def _points(table: pd.DataFrame) -> Array:
    return np.asarray(table[["lon", "lat"]], float).reshape(-1, 2)


def _box(plane: places.Plane, metres: Array) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the area in degrees, with a margin."""
    (west, south), (east, north) = plane.degrees(np.array([metres.min(axis=0) - MARGIN, metres.max(axis=0) + MARGIN]))
    return west, south, east, north


def _refuse_far(file: str, data: CityData, homes: places.Points, away: Array) -> None:
    """Refuse an extract in which people of a district live farther than network.FAR from every way."""
    far = np.unique(homes.district[away > network.FAR])
    if not far.size:
        return
    names = data.districts["name"].iloc[far]
    named, more = ", ".join(names.iloc[:SHOWN]), len(names) - SHOWN
    raise DataError(
        f"{file}: der Auszug deckt nicht die ganze Stadt ab; ohne Wege im Umkreis von {network.FAR:.0f} m: {named}"
        + (f" und {more} weitere." if more > 0 else "."),
        f"{file}: the extract does not cover the whole city; without ways within {network.FAR:.0f} m: {named}"
        + (f" and {more} more." if more > 0 else "."),
    )


def _with_stops(table: pd.DataFrame, homes: Array, stops: Array, found: tuple[Array, np.ndarray]) -> pd.DataFrame:
    """Return the table with the way from each home to its next stop."""
    metres, which = found
    alone = np.full((len(homes), len(stops)), np.nan)
    alone[np.arange(len(homes)), which] = metres
    both = pd.concat([table, network.as_table(homes, stops, alone)], ignore_index=True)
    return both.drop_duplicates(list(both.columns[:4]), ignore_index=True)


def _entry(path: Path, given: Given) -> SourceEntry:
    """Return the source: without a date that of the file, without a publisher OpenStreetMap's contributors."""
    written = time.strftime("%Y-%m-%d", time.gmtime(path.stat().st_mtime))
    return entry_for(
        path,
        publisher=given.source or "OpenStreetMap-Mitwirkende",
        as_of=given.date or written,
        url=given.url or "https://www.openstreetmap.org/copyright",
        licence=given.licence or "ODbL 1.0",
    )


def _told(table: pd.DataFrame, lost: pd.DataFrame, metres: Array, straight: Array) -> Arrival:
    """Return what was stored, the detour found, and which sites lie off every way."""
    arrival = Arrival({"walks": table})
    there = np.isfinite(metres) & (straight > 200)
    detour = float(np.median(metres[there] / straight[there])) if there.any() else np.nan
    arrival.note(
        f"walks.csv: {len(table)} Fußwege gespeichert; im Mittel {detour:.2f} mal die Luftlinie (sonst angenommen: "
        f"{DETOUR}).",
        f"walks.csv: {len(table)} ways on foot stored; in the middle {detour:.2f} times the straight line (assumed "
        f"elsewhere: {DETOUR}).",
    )
    if len(lost):
        named = ", ".join(lost["name"].iloc[:SHOWN])
        arrival.note(
            f"Weiter als {network.FAR:.0f} m von jedem Weg und daher ohne Fußweg: {len(lost)} ({named}).",
            f"Farther than {network.FAR:.0f} m from every way and so without a way on foot: {len(lost)} ({named}).",
        )
    return arrival

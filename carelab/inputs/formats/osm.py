"""Read the ways on which people walk from an OpenStreetMap extract (.osm, .osm.pbf), through GDAL's OSM driver.

Two ways meet where they share a point: OSM crossings share a node, so equal coordinates are one junction; a bridge and
the road below it do not. What may be walked follows the tags (wiki.openstreetmap.org, "OSM tags for routing"): no
motorways, nothing that is being built, private or closed to people on foot, unless the way says that they may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from carelab.inputs.errors import DataError

CLOSED: Final = ("motorway", "motorway_link", "trunk", "trunk_link")
"""Roads without a pavement, unless they say otherwise."""
NO_WAY: Final = ("construction", "proposed", "abandoned", "razed", "raceway", "bus_guideway", "escape", "no")
"""What nobody walks on, whatever else it says."""
MAY: Final = ("yes", "designated", "permissive", "official", "public", "destination", "customers")
"""Values of foot=* that open a way to people on foot."""
SUFFIXES: Final = (".osm", ".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2")
DIGITS = 7
"""Decimals of a degree in OSM's data: coordinates are whole multiples of 1e-7."""


@dataclass(frozen=True)
class Ways:
    """Ways as a graph: ``lon``, ``lat`` (node,) degrees; ``start``, ``end`` (edge,) places in the list of nodes."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def read_ways(path: Path, box: tuple[float, float, float, float]) -> Ways:
    """Return the ways that touch ``box`` (lon, lat, lon, lat: west, south, east, north). Raises DataError.

    Each edge joins two consecutive points of a way.
    """
    if not path.is_file() or not path.name.lower().endswith(SUFFIXES):
        raise DataError(
            f"{path.name}: kein OSM-Auszug gefunden; erwartet eine Datei {', '.join(SUFFIXES[:2])}.",
            f"{path.name}: no OSM extract found; expected a file {', '.join(SUFFIXES[:2])}.",
        )
    highway, tags, lines = _read(path, box)
    walked = np.array([walkable(*pair) for pair in zip(highway, tags, strict=True)], bool)
    if not walked.any():
        raise DataError(
            f"{path.name}: kein Fußweg im Gebiet der Stadt gefunden; deckt der Auszug die Stadt ab?",
            f"{path.name}: no way to walk on found in the area of the city; does the extract cover it?",
        )
    return _graph(lines[walked])


def walkable(highway: str, tags: str) -> bool:
    """Say whether old people may walk on a way; ``tags`` as GDAL writes them: "foot"=>"no","access"=>"private"."""
    if highway in NO_WAY:
        return False
    foot, access = _tag(tags, "foot"), _tag(tags, "access")
    if foot:
        return foot in MAY
    return access not in ("no", "private", "military") and highway not in CLOSED


def _tag(tags: str, name: str) -> str:
    found = re.search(rf'(?:^|,)"{name}"=>"([^"]*)"', tags)
    return found[1] if found else ""


def _read(path: Path, box: tuple[float, float, float, float]) -> tuple[list[str], list[str], NDArray[np.object_]]:
    """Return highway, other tags and line of each way within the box. Raises DataError."""
    import pyogrio  # reading is rare: no run needs it

    try:
        _, _, shapes, fields = pyogrio.raw.read(
            str(path), layer="lines", columns=["highway", "other_tags"], where="highway IS NOT NULL", bbox=box
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise DataError(
            f"{path.name}: als OSM-Auszug nicht lesbar ({type(error).__name__}); ist die Datei vollständig?",
            f"{path.name}: cannot be read as an OSM extract ({type(error).__name__}); is the file complete?",
        ) from None
    highway, tags = ([str(cell) if isinstance(cell, str) else "" for cell in field] for field in fields)
    return highway, tags, np.asarray(shapely.from_wkb(shapes), object)


def _graph(lines: NDArray[np.object_]) -> Ways:
    """Return lines as nodes and edges; equal coordinates are one node."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    whole = np.round(points * 10**DIGITS).astype(np.int64)
    nodes, place = np.unique(whole, axis=0, return_inverse=True)
    place, same = place.ravel(), line[1:] == line[:-1]
    degrees = nodes / 10.0**DIGITS
    return Ways(degrees[:, 0], degrees[:, 1], place[:-1][same], place[1:][same])

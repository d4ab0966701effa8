"""Write small OSM extracts for tests: a town of streets in a grid, with a river, a motorway and what is closed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

DEGREE = 111_195.0
Way = tuple[list[tuple[float, float]], dict[str, str]]
"""Points (lon, lat) and tags."""


def write_osm(path: Path, ways: Iterable[Way]) -> Path:
    """Write ways as an .osm file; equal points are one node, as in OSM."""
    ways = list(ways)
    points = {point: number for number, point in enumerate(dict.fromkeys(p for way, _ in ways for p in way), start=1)}
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6" generator="test">']
    lines += [f'<node id="{n}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>' for (lon, lat), n in points.items()]
    for number, (way, tags) in enumerate(ways, start=1):
        nodes = "".join(f'<nd ref="{points[point]}"/>' for point in way)
        told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{number}" version="1">{nodes}{told}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def streets(
    west: float, south: float, east: float, north: float, *, step: float = 0.002, gap: tuple[float, float] | None = None
) -> list[Way]:
    """Return residential streets in a grid of ``step`` degrees; none crosses a river between two latitudes ``gap``."""
    columns = [round(west + step * i, 7) for i in range(round((east - west) / step) + 1)]
    rows = [round(south + step * i, 7) for i in range(round((north - south) / step) + 1)]
    tags = {"highway": "residential"}
    level: list[Way] = [([(x, y) for x in columns], tags) for y in rows]
    upright: list[Way] = []
    for x in columns:
        if gap is None:
            upright.append(([(x, y) for y in rows], tags))
            continue
        upright.append(([(x, y) for y in rows if y <= gap[0]], tags))
        upright.append(([(x, y) for y in rows if y >= gap[1]], tags))
    return [way for way in level + upright if len(way[0]) > 1]

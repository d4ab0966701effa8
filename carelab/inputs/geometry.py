"""Read the borders of districts that a user brings along; the project ships none."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from carelab.inputs.city import city_folder
from carelab.inputs.errors import DataError, Problem, raise_problems

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

CRS = "EPSG:25832"
KEYS = ("district", "key", "schluessel", "stadtteil_nr")
"""Columns that may hold the district's key, the first one found is taken."""
_PLAIN = {"Polygon", "MultiPolygon"}
OWN = "geometry.gpkg"
"""A city's own borders in data/<city>/, stored by ``carelab data add``."""


def own_geometry(city: str) -> Path | None:
    """Return the file with the borders that the city has supplied, None without one."""
    path = city_folder(city) / OWN
    return path if path.is_file() else None


def load_geometry(path: Path, districts: pd.DataFrame) -> GeoDataFrame:
    """Return district, name, geometry (EPSG:25832, valid) and ``repaired`` (bool), in the order of ``districts``.

    Raises DataError if the file cannot be read, has no coordinate system or no key, or a district is missing,
    unknown, twice or not an area. ``districts`` has the columns district and name.
    """
    import geopandas  # expensive: half a second that runs without a map should not pay

    name = path.name
    try:
        found = geopandas.read_file(path)
    except Exception as error:
        reason = "Datei nicht gefunden" if not path.exists() else f"nicht lesbar ({error})"
        reason_en = "file not found" if not path.exists() else f"cannot be read ({error})"
        raise DataError(f"{name}: {reason}.", f"{name}: {reason_en}.") from None
    return check_geometry(name, found, districts)


def check_geometry(name: str, found: Any, districts: pd.DataFrame) -> GeoDataFrame:
    """Return the borders of ``found`` (a GeoDataFrame with the district's key) as ``load_geometry`` does, or raise."""
    import geopandas

    if getattr(found, "crs", None) is None:
        raise DataError(
            f"{name}: Koordinatensystem (CRS) fehlt; erwartet: angegeben, zum Beispiel EPSG:25832 oder EPSG:4326.",
            f"{name}: coordinate system (CRS) is missing; expected: stated, for example EPSG:25832 or EPSG:4326.",
        )
    key = _key_column(name, [str(column) for column in found.columns])
    found = found.assign(district=found[key].map(str))[["district", "geometry"]].to_crs(CRS)
    raise_problems(_key_problems(name, list(found["district"]), list(districts["district"])))
    found = _repair(found)
    raise_problems(_area_problems(name, found))
    return districts[["district", "name"]].merge(found, on="district").pipe(geopandas.GeoDataFrame, crs=CRS)


def _key_column(name: str, columns: Sequence[str]) -> str:
    """Return the column that holds the district's key."""
    for wanted in KEYS:
        if wanted in columns:
            return wanted
    near = [column for column in columns if difflib.get_close_matches(column.lower(), KEYS, n=1)]
    hint = f"„{near[0]}“" if near else ", ".join(columns)
    raise DataError(
        f"{name}: Spalte mit dem Schlüssel fehlt; erwartet „district“, gefunden {hint}.",
        f'{name}: the column with the key is missing; expected "district", found {hint.strip("„“")}.',
    )


def _key_problems(name: str, found: Sequence[str], wanted: Sequence[str]) -> list[Problem]:
    """Return what is missing, twice or unknown."""
    problems = []
    for key in wanted:
        if key not in found:
            lost = key.lstrip("0") in found and key != key.lstrip("0")
            hint = (" (führende Null verloren?)", " (leading zero lost?)") if lost else ("", "")
            problems.append(
                Problem(name, 0, f"district „{key}“ fehlt{hint[0]}", f'district "{key}" is missing{hint[1]}')
            )
        elif found.count(key) > 1:
            problems.append(
                Problem(name, 0, f"district „{key}“ steht {found.count(key)}-mal", f'district "{key}" appears twice')
            )
    for key in sorted(set(found) - set(wanted)):
        problems.append(
            Problem(name, 0, f"district „{key}“ steht nicht in districts.csv", f'"{key}" is not in districts.csv')
        )
    return problems


def _repair(found: Any) -> Any:
    """Make invalid polygons valid and remember which; lines and points that this leaves over are dropped."""
    import shapely

    broken = ~found.geometry.is_valid & found.geometry.notna()
    fixed = [
        _areas(shapely.make_valid(shape)) if bad else shape for shape, bad in zip(found.geometry, broken, strict=True)
    ]
    return found.assign(geometry=fixed, repaired=broken).set_geometry("geometry", crs=CRS)


def _areas(shape: Any) -> Any:
    """Return only the polygons of a repaired shape."""
    import shapely

    if shape.geom_type in _PLAIN:
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.geom_type in _PLAIN])


def _area_problems(name: str, found: Any) -> list[Problem]:
    """Return districts whose shape is empty or not an area."""
    bad = found.geometry.isna() | found.geometry.is_empty | ~found.geometry.geom_type.isin(_PLAIN)
    return [
        Problem(name, 0, f"district „{key}“ hat keine Fläche, erwartet Polygon", f'district "{key}" has no polygon')
        for key in found.loc[bad, "district"]
    ]

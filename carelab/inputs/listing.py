"""What there is to run, without reading more than names: cities, their districts, the Kreise of the reference."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from carelab import paths
from carelab.inputs.city import REFERENCE_FOLDER, city_folder, read_info
from carelab.inputs.errors import DataError
from carelab.inputs.tables import read_text

KREIS = re.compile(r"kreis_\d{5}")
"""Name under which a Kreis of the reference panel is a city without districts."""


def known_cities(*, root: Path | None = None) -> list[str]:
    """Return the names of all cities with a folder, in alphabetical order."""
    base = paths.DATA if root is None else root
    return sorted(path.parent.name for path in base.glob("*/city.yaml"))


def known_kreise(*, root: Path | None = None) -> list[str]:
    """Return ``kreis_<AGS>`` of every Kreis of the reference panel whose people in need are counted."""
    rows = _rows((paths.DATA if root is None else root) / REFERENCE_FOLDER / "care_totals.csv")
    return sorted({f"kreis_{row['area']}" for row in rows if row["level"] == "kreis"})


def is_area(city: str) -> bool:
    """Say whether a name means a Kreis: an area without districts."""
    return KREIS.fullmatch(city) is not None


def inhabited_districts(city: str, *, root: Path | None = None) -> dict[str, str]:
    """Return key -> name of the districts in which somebody lived in the latest year, in the order of their keys.

    Empty where only the city as a whole is known (evidence grade E). Raises DataError where there is no such city.
    """
    folder = city_folder(city, root)
    if read_info(folder / "city.yaml", f"{city}/city.yaml").grade == "E":
        return {}
    latest: dict[str, tuple[int, float]] = {}
    for row in _rows(folder / "population_total.csv"):
        year, persons = int(row["year"]), float(row["persons"] or 0)
        latest[row["district"]] = max(latest.get(row["district"], (0, 0.0)), (year, persons))
    names = {row["district"]: row["name"] for row in _rows(folder / "districts.csv")}
    return {key: names[key] for key in sorted(names) if latest.get(key, (0, 0.0))[1] > 0}


def base_year_of(city: str, *, root: Path | None = None) -> int:
    """Return the year of a city's last counted population by district. Raises DataError."""
    folder = city_folder(city, root)
    years = [int(row["year"]) for row in _rows(folder / "population_bands.csv")]
    if not years:
        name = f"{city}/population_bands.csv"
        raise DataError(f"{name}: keine Zeilen; erwartet: ein gezähltes Jahr.", f"{name}: no rows; expected a year.")
    return max(years)


def _rows(path: Path) -> list[dict[str, str]]:
    name = f"{path.parent.name}/{path.name}"
    return list(csv.DictReader(read_text(path, name).splitlines()))

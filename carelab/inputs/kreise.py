"""Every Kreis of the reference panel as a city: ``load_area("kreis_15003")``. No district of it is counted (grade E).

Ages, places and names come from data/kreise, care counts from data/reference; what a Kreis does not have (births,
facilities, indicators) is an empty table, as in a city of which nothing more is known.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from carelab import paths
from carelab.inputs.city import KREIS_FOLDER, CityData, CityInfo, city_folder, load_city, read_info
from carelab.inputs.contract import Contract
from carelab.inputs.contracts import CITY, KREISE, OPTIONAL
from carelab.inputs.errors import DataError
from carelab.inputs.kept import keep_while_unchanged
from carelab.inputs.reference import load_reference
from carelab.inputs.tables import read_table, read_text
from carelab.inputs.units import GRADE

KEY = re.compile(r"kreis_(\d{5})")
KREIS_BASE_YEAR = 2021
"""The last year with care counts and (derived) inhabitants of all Kreise: the base year of their studies."""
RATE_ROUNDING = 0.00005
"""Published rates per 100 inhabitants have two decimals: half a unit of the last one, per person."""
SHARE_ROUNDING = 0.00005


@dataclass(frozen=True)
class Kreise:
    """The tables of all Kreise, each as area -> its rows."""

    areas: Mapping[str, pd.DataFrame]
    ages: Mapping[str, pd.DataFrame]
    supply: Mapping[str, pd.DataFrame]
    totals: Mapping[str, pd.DataFrame]
    settings: Mapping[str, pd.DataFrame]
    structure: Mapping[str, pd.DataFrame]


def load_area(key: str, *, root: Path | None = None) -> CityData:
    """Return a city, or a Kreis where the key is ``kreis_`` and its AGS. Raises DataError."""
    found = KEY.fullmatch(key)
    return load_kreis(found[1], root=root) if found else load_city(key, root=root)


def area_info(key: str, *, root: Path | None = None) -> CityInfo:
    """Return name, keys and grade of a city or Kreis without reading its tables. Raises DataError."""
    found = KEY.fullmatch(key)
    if not found:
        return read_info(city_folder(key, root) / "city.yaml", f"{key}/city.yaml")
    names = _names(paths.DATA if root is None else root)
    return _info(_known(found[1], names), names[found[1]])


def kreis_keys(*, root: Path | None = None) -> list[str]:
    """Return the keys of all Kreise that can be computed, in order of their AGS."""
    return [f"kreis_{area}" for area in sorted(_kreise(paths.DATA if root is None else root).areas)]


def load_kreis(area: str, *, root: Path | None = None) -> CityData:
    """Return one Kreis as a city. Raises DataError where the reference panel does not know it."""
    kreise = _kreise(paths.DATA if root is None else root)
    _known(area, kreise.areas)
    row = kreise.areas[area].iloc[0]
    empty = {name: _empty(contract) for name, contract in {**CITY, **OPTIONAL}.items()}
    unit = {"district": area, "name": row["name"], "area_ha": row["area_ha"]}
    known = {
        "districts": pd.DataFrame([unit], columns=list(CITY["districts"].columns)),
        "population_city": kreise.ages[area].drop(columns="area"),
        "care": _care(kreise, area),
        "supply": kreise.supply[area].drop(columns="area"),
    }
    return CityData(
        city=f"kreis_{area}", info=_info(area, str(row["name"])), remarks=_remarks(row), **{**empty, **known}
    )


def _known(area: str, areas: Mapping[str, object]) -> str:
    """Return the AGS. Raises DataError where it is not among ``areas``."""
    if area not in areas:
        raise DataError(
            f"Kreis „{area}“ gehört nicht zu den {len(areas)} Kreisen in data/kreise/areas.csv.",
            f'Kreis "{area}" is not among the {len(areas)} Kreise in data/kreise/areas.csv.',
        )
    return area


def _names(root: Path) -> dict[str, str]:
    """Return AGS -> name without reading and checking the tables: overviews name hundreds of Kreise."""
    path = root / KREIS_FOLDER / "areas.csv"

    def read() -> dict[str, str]:
        rows = csv.DictReader(read_text(path, f"{KREIS_FOLDER}/{path.name}").splitlines())
        return {str(row["area"]): str(row["name"]) for row in rows}

    return keep_while_unchanged(f"kreis names {path}", [path] if path.is_file() else [], read)


def _kreise(root: Path) -> Kreise:
    files = [*sorted((root / KREIS_FOLDER).glob("*.csv")), *sorted((root / "reference").glob("*.csv"))]
    return keep_while_unchanged("kreise", files, lambda: _read(root))


def _read(root: Path) -> Kreise:
    reference = load_reference(root=root)
    own = {
        name: read_table(root / KREIS_FOLDER / f"{name}.csv", contract, name=f"{KREIS_FOLDER}/{name}.csv").frame
        for name, contract in KREISE.items()
    }
    shared = (reference.care_totals, reference.care_settings_area, reference.kreis_structure)
    return Kreise(*(_by_area(table) for table in (*own.values(), *shared)))


def _by_area(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(area): rows.reset_index(drop=True) for area, rows in table.groupby("area")}


def _info(area: str, name: str) -> CityInfo:
    return CityInfo(
        name=name,
        ags=area,
        land=area[:2],
        district_word_de="Gemeinde",
        district_word_en="municipality",
        synthetic=False,
        grade=GRADE,
    )


def _care(kreise: Kreise, area: str) -> pd.DataFrame:
    """Return the columns of care.csv: people in need and settings, both sexes, with the error of derived figures."""
    total = kreise.totals[area].rename(columns={"people_in_need": "persons"}).assign(measure="people_in_need", basis="")
    settings = kreise.settings[area].rename(columns={"setting": "measure"})
    rows = pd.concat([total, settings], ignore_index=True)
    people = rows["year"].map(kreise.structure[area].set_index("year")["population"])
    need = rows["year"].map(total.set_index("year")["persons"])
    by_share = np.where(rows["measure"] == "people_in_need", 0.0, SHARE_ROUNDING * need)
    width = np.ceil(RATE_ROUNDING * people * rows["persons"] / need + by_share)
    rows["half_width"] = width.where(rows["status"] == "derived", 0.0).fillna(0.0).astype("int64")
    return rows.assign(sex="t")[list(CITY["care"].columns)].sort_values(["year", "measure"], ignore_index=True)


def _remarks(row: pd.Series) -> tuple[tuple[str, str], ...]:
    if not row["area_changed"]:
        return ()
    return (
        (
            "Der Gebietsstand hat sich zwischen 2009 und 2021 geändert: Wanderung und Zuwachs enthalten das.",
            "The Kreis's area changed between 2009 and 2021: migration and growth contain that.",
        ),
    )


def _empty(contract: Contract) -> pd.DataFrame:
    """Return a table without rows whose columns have the types of a read one."""
    kinds = {"whole": "int64", "number": "float64", "flag": "bool", "text": "object"}
    return pd.DataFrame({name: pd.Series(dtype=kinds[kind.cast]) for name, kind in contract.columns.items()})

"""Read one city: ``load_city("magdeburg")`` gives checked tables, ready for the forecast."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from carelab import paths
from carelab.inputs.city_rules import city_problems
from carelab.inputs.contract import Contract
from carelab.inputs.contracts import CITY, OPTIONAL
from carelab.inputs.errors import DataError, Problem, raise_problems
from carelab.inputs.tables import YAML_LOADER, Table, read_table, read_text
from carelab.terms import GRADES
from carelab.terms_districts import read_noun

REFERENCE_FOLDER = "reference"
KREIS_FOLDER = "kreise"
"""All Kreise lie in one folder; their keys are ``kreis_`` and the AGS (inputs.kreise)."""
_INFO = {
    "name": str,
    "ags": str,
    "land": str,
    "district_word_de": str,
    "district_word_en": str,
    "synthetic": bool,
    "grade": str,
}
_INFO_OPTIONAL = {"ages_from": str, "district_forms_de": str}


@dataclass(frozen=True)
class CityInfo:
    """What city.yaml says: name, keys (text), the word for a district, whether all is invented, evidence grade.

    ``grade`` is the best that any district of the city can have; ``ages_from`` the area (AGS of population_cities)
    whose ages stand in for the city's where its own are not published; empty = the city's own;
    ``district_forms_de`` the forms of ``district_word_de`` that texts use (terms_districts), else Stadtteil.
    """

    name: str
    ags: str
    land: str
    district_word_de: str
    district_word_en: str
    synthetic: bool
    grade: str
    ages_from: str = ""
    district_forms_de: str = ""


def _no_districts() -> pd.DataFrame:
    return pd.DataFrame(columns=list(CITY["districts"].columns))


@dataclass(frozen=True)
class CityData:
    """One city's tables (columns: docs/architecture.md). Rows with district == info.ags are the city as a whole.

    Keys are text; years, lower ages and full counts int64; cells that may be empty float64 with NaN.
    ``unknown_districts`` (columns of districts.csv) are named, but nothing is counted there (inputs.units).
    """

    city: str
    info: CityInfo
    districts: pd.DataFrame
    population_bands: pd.DataFrame
    population_total: pd.DataFrame
    population_city: pd.DataFrame
    indicators: pd.DataFrame
    births: pd.DataFrame
    care: pd.DataFrame
    supply: pd.DataFrame
    facilities: pd.DataFrame
    physicians: pd.DataFrame
    care_districts: pd.DataFrame
    groups: pd.DataFrame
    housing: pd.DataFrame
    control: pd.DataFrame
    sites: pd.DataFrame
    travel_times: pd.DataFrame
    population_grid: pd.DataFrame
    stops: pd.DataFrame
    coverage: pd.DataFrame
    actors: pd.DataFrame
    agreements: pd.DataFrame
    measures: pd.DataFrame
    milestones: pd.DataFrame
    home_concepts: pd.DataFrame
    needs_survey: pd.DataFrame
    control_districts: pd.DataFrame
    population_dated: pd.DataFrame
    district_parts: pd.DataFrame
    population_ages: pd.DataFrame
    candidates: pd.DataFrame
    log: pd.DataFrame
    offers: pd.DataFrame
    walks: pd.DataFrame
    remarks: tuple[tuple[str, str], ...] = ()
    unknown_districts: pd.DataFrame = field(default_factory=_no_districts)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return name -> table."""
        return {name: getattr(self, name) for name in (*CITY, *OPTIONAL)}


def city_folder(city: str, root: Path | None = None) -> Path:
    """Return the folder of a city below ``root`` (default: data/). Raises DataError with the nearest name."""
    base = paths.DATA if root is None else root
    folder = base / (KREIS_FOLDER if re.fullmatch(r"kreis_\d{5}", city) else city)
    if folder.name == KREIS_FOLDER:
        return folder
    if city != REFERENCE_FOLDER and (folder / "city.yaml").is_file():
        return folder
    if city != REFERENCE_FOLDER and folder.is_dir():
        raise DataError(
            f"{city}/city.yaml: Datei fehlt; erwartet: Name und Schlüssel der Stadt.",
            f"{city}/city.yaml: file is missing; expected: name and key of the city.",
        )
    known = sorted(path.parent.name for path in base.glob("*/city.yaml"))
    near = difflib.get_close_matches(city, known, n=1)
    hint_de = f"meinten Sie „{near[0]}“?" if near else "vorhanden: " + ", ".join(known)
    hint_en = f'did you mean "{near[0]}"?' if near else "there are: " + ", ".join(known)
    raise DataError(
        f"Stadt „{city}“: keinen Ordner data/{city} gefunden; {hint_de}",
        f'city "{city}": no folder data/{city} found; {hint_en}',
    )


def load_city(city: str, *, root: Path | None = None) -> CityData:
    """Return a city's tables, checked cell by cell, row by row and against each other. Raises DataError.

    ``root`` is the folder that holds the city's folder (default: the project's data/).
    """
    folder = city_folder(city, root)
    info = read_info(folder / "city.yaml", f"{city}/city.yaml")
    read = {
        name: read_table(folder / f"{name}.csv", contract, name=f"{city}/{name}.csv") for name, contract in CITY.items()
    }
    read |= {name: _read_optional(folder, name, contract) for name, contract in OPTIONAL.items()}
    raise_problems(city_problems(read, info.ags))
    tables = {name: table.frame.reset_index(drop=True) for name, table in read.items()}
    return CityData(city=city, info=info, remarks=_remarks(read), **tables)


def _read_optional(folder: Path, name: str, contract: Contract) -> Table:
    """Return a table that a city may have; without the file an empty one with its columns."""
    path = folder / f"{name}.csv"
    if path.is_file():
        return read_table(path, contract, name=f"{folder.name}/{name}.csv")
    return Table(pd.DataFrame(columns=list(contract.columns)), f"{folder.name}/{name}.csv")


def _remarks(read: dict[str, Table]) -> tuple[tuple[str, str], ...]:
    return tuple(remark for table in read.values() for remark in table.remarks)


def read_info(path: Path, name: str) -> CityInfo:
    """Return what city.yaml says. Raises DataError with every problem."""
    values = read_yaml(path, name)
    kinds = _INFO | {key: kind for key, kind in _INFO_OPTIONAL.items() if key in values}
    problems = [_info_problem(name, key, values.get(key), kind) for key, kind in kinds.items()]
    problems += [
        Problem(name, 0, f"Schlüssel „{key}“ ist unbekannt", f'key "{key}" is unknown')
        for key in values
        if key not in kinds
    ]
    if values.get("grade") not in GRADES:
        problems.append(
            Problem(name, 0, f"grade: erwartet eines von {', '.join(GRADES)}", f"grade: one of {', '.join(GRADES)}")
        )
    problems += list(_forms_problem(name, values))
    raise_problems(problem for problem in problems if problem is not None)
    return CityInfo(**{field.name: values[field.name] for field in fields(CityInfo) if field.name in values})


def _info_problem(name: str, key: str, value: object, kind: type) -> Problem | None:
    """Say that an entry is missing or not of its kind: keys must be quoted text or their leading zeros get lost."""
    if isinstance(value, kind):
        return None
    if value is None:
        return Problem(name, 0, f"Eintrag „{key}“ fehlt", f'entry "{key}" is missing')
    words = ("Text in Anführungszeichen", "text in quotes") if kind is str else ("true oder false", "true or false")
    return Problem(
        name, 0, f"{key}: gefunden {value!r}, erwartet {words[0]}", f"{key}: found {value!r}, expected {words[1]}"
    )


def _forms_problem(name: str, values: dict[str, Any]) -> Iterator[Problem]:
    """Say that the forms of the word for districts cannot be read, or are those of another word."""
    forms = values.get("district_forms_de")
    if not isinstance(forms, str):
        return
    noun, example = read_noun(forms), "das Viertel, des Viertels, die Viertel, den Vierteln"
    if noun is None or noun.singular != values.get("district_word_de"):
        de = f"district_forms_de: gefunden „{forms}“, erwartet die Formen von district_word_de wie „{example}“"
        en = f'district_forms_de: found "{forms}", expected the forms of district_word_de like "{example}"'
        yield Problem(name, 0, de, en)


def read_yaml(path: Path, name: str) -> dict[str, Any]:
    """Return a YAML mapping from a UTF-8 file. Raises DataError."""
    try:
        values = yaml.load(read_text(path, name), Loader=YAML_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise DataError(f"{name}, Zeile {line}: kein gültiges YAML.", f"{name}, line {line}: not valid YAML.") from None
    if not isinstance(values, dict):
        raise DataError(f"{name}: erwartet „schlüssel: wert“.", f'{name}: expected "key: value".')
    return values

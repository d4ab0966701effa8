"""Read a user's panel for a back-test: CSV or Parquet, long form, any areas, years and age groups.

Cells are held as categories: only different values of a column are checked and turned into numbers, so that millions
of rows are read in seconds. Area codes stay text. Further columns are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from carelab.inputs.errors import DataError, Problem, raise_problems
from carelab.inputs.kinds import AGE, AGE_OR_OPEN, NUMBER_OR_EMPTY, TEXT, TEXT_OR_EMPTY, YEAR, Kind, one_of
from carelab.inputs.panel_files import load_cells
from carelab.inputs.panel_rules import (
    check_age_groups,
    check_areas,
    check_counts,
    check_keys,
    check_points,
    check_sexes,
    check_units,
)
from carelab.inputs.tables import SYMBOLS
from carelab.terms import Language, say

Sentence = tuple[str, str]
_SEX: Final = one_of("m", "w", "t")
POPULATION: Final[Mapping[str, Kind]] = {
    "area": TEXT,
    "year": YEAR,
    "sex": _SEX,
    "age_from": AGE,
    "age_to": AGE_OR_OPEN,
    "persons": NUMBER_OR_EMPTY,
}
CARE: Final[Mapping[str, Kind]] = {
    "area": TEXT,
    "parent": TEXT_OR_EMPTY,
    "year": YEAR,
    "people_in_need": NUMBER_OR_EMPTY,
    "area_changed": one_of("true", "false", "True", "False", "1", "0", "ja", "nein", "yes", "no"),
}
CONTROL: Final[Mapping[str, Kind]] = {
    "year": YEAR,
    "sex": _SEX,
    "age_from": AGE,
    "age_to": AGE_OR_OPEN,
    "persons": NUMBER_OR_EMPTY,
}
_DEFAULTS: Final = {"sex": "t", "parent": "", "area_changed": "false"}
"""Columns that may be missing, and what is assumed then."""
SEVERAL: Final = 3
"""So many different wrong values of a column are named one by one; more of them are one mistake of the whole column."""
_CONTROL_DEFAULTS: Final = {"sex": "t", "age_from": "0", "age_to": ""}


@dataclass(frozen=True)
class Panel:
    """A checked panel: text columns as categories, year and age_from int64, other numbers float64 (NaN = unknown).

    ``name`` is the file's name; ``notes`` are remarks (de, en) on what was assumed or ignored.
    """

    frame: pd.DataFrame
    name: str
    notes: tuple[Sentence, ...]


def read_population(path: Path, *, rename: Mapping[str, str] | None = None) -> Panel:
    """Return area, year, sex, age_from, age_to (NaN = open), persons. Raises DataError: one sentence per mistake."""
    panel = _read(path, POPULATION, rename or {}, _DEFAULTS)
    check_keys(panel.frame, ("area", "year", "sex", "age_from"), panel.name)
    check_areas(panel.frame, panel.name)
    check_age_groups(panel.frame, panel.name)
    check_counts(panel.frame, "persons", panel.name)
    return replace(panel, notes=(*panel.notes, *check_units(panel.frame, panel.name)))


def read_care(path: Path, *, rename: Mapping[str, str] | None = None) -> Panel:
    """Return area, parent ("" = none), year, people_in_need (NaN = unknown). Raises DataError."""
    panel = _read(path, CARE, rename or {}, _DEFAULTS)
    check_keys(panel.frame, ("area", "year"), panel.name)
    check_areas(panel.frame, panel.name)
    check_counts(panel.frame, "people_in_need", panel.name)
    return panel


def read_control(path: Path, *, rename: Mapping[str, str] | None = None) -> Panel:
    """Return totals that areas are scaled to: year, sex, age_from, age_to, persons. Raises DataError.

    Without columns for sex or age a row is the whole population.
    """
    panel = _read(path, CONTROL, rename or {}, _CONTROL_DEFAULTS)
    check_keys(panel.frame, ("year", "sex", "age_from"), panel.name)
    check_age_groups(panel.frame.assign(area=""), panel.name)
    check_sexes(panel.frame, panel.name)
    return panel


def parse_renames(text: str) -> dict[str, str]:
    """Return {old: new} from "old=new,old=new". Raises DataError."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    wrong = [old for old, mark, new in pairs if not (mark and old.strip() and new.strip())]
    if wrong:
        raise DataError(
            f"--columns: „{wrong[0]}“ ist keine Umbenennung; erwartet: alt=neu,alt=neu.",
            f'--columns: "{wrong[0]}" is not a renaming; expected: old=new,old=new.',
        )
    return {old.strip(): new.strip() for old, _, new in pairs}


def _read(path: Path, columns: Mapping[str, Kind], rename: Mapping[str, str], defaults: Mapping[str, str]) -> Panel:
    """Return a table of checked cells; ``defaults`` fill columns that are missing."""
    raw = load_cells(path, rename)
    _check_columns(raw, columns, path.name, defaults)
    notes = [_assumed(path.name, name, defaults[name]) for name in columns if name not in raw and name != "parent"]
    numbers = [name for name in columns if columns[name].cast == "number" and name != "age_to"]
    cells: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for name, kind in columns.items():
        given = raw[name] if name in raw else pd.Series(defaults[name], index=raw.index, dtype="category")
        if name in numbers:
            given, marks = _without_symbols(given)
            notes += [_marked(path.name, name, marks)] if marks else []
            problems += check_points(given, name, path.name)
        problems += _cell_problems(given, kind, name, path.name)
        cells[name] = given
    raise_problems(problems)
    frame = pd.DataFrame({name: _cast(given, columns[name]) for name, given in cells.items()})
    return Panel(frame, path.name, tuple(notes))


def _check_columns(raw: pd.DataFrame, columns: Mapping[str, Kind], name: str, defaults: Mapping[str, str]) -> None:
    """Raise DataError for columns that are missing or there twice, or a table without rows."""
    missing = [each for each in columns if each not in raw.columns and each not in defaults]
    twice = sorted({str(each) for each in raw.columns[raw.columns.duplicated()]} & set(columns))
    found = ", ".join(map(str, raw.columns))
    if missing:
        raise DataError(
            f"{name}, Zeile 1: Spalte „{missing[0]}“ fehlt; gefunden: {found}; umbenennen mit --columns alt=neu.",
            f'{name}, line 1: column "{missing[0]}" is missing; found: {found}; rename with --columns old=new.',
        )
    if twice:
        raise DataError(
            f"{name}, Zeile 1: Spalte „{twice[0]}“ steht zweimal.",
            f'{name}, line 1: column "{twice[0]}" appears twice.',
        )
    if raw.empty:
        raise DataError(f"{name}: keine Zeile mit Werten.", f"{name}: no row with values.")


def _cell_problems(cells: pd.Series, kind: Kind, column: str, name: str) -> list[Problem]:
    """Return one problem per different wrong value, named at its first line; where there are many, only the first."""
    fits = np.array([kind.fits(_plain(word, kind)) for word in cells.cat.categories], dtype=bool)
    codes = cells.cat.codes.to_numpy()
    rows = np.flatnonzero(~fits[codes])
    wrong, first = np.unique(codes[rows], return_index=True)
    found = [(int(rows[at]), str(cells.cat.categories[i])) for i, at in zip(wrong, first, strict=True)]
    others = (f" (ebenso in {rows.size - 1} weiteren Zeilen)", f" (likewise in {rows.size - 1} other rows)")
    many = len(found) > SEVERAL
    ends = others if many else ("", "")
    return [
        Problem(
            name,
            row + 2,
            f"{column} ist {_quoted(word, 'de')}, erwartet: {kind.de}{ends[0]}",
            f"{column} is {_quoted(word, 'en')}, expected: {kind.en}{ends[1]}",
        )
        for row, word in ([min(found)] if many else found)
    ]


def _quoted(word: str, language: Language) -> str:
    """Return a cell in quotes, or that it is empty."""
    return say(language, f"„{word}“", f'"{word}"') if word else say(language, "leer", "empty")


def _plain(word: object, kind: Kind) -> str:
    """Return a cell without spaces around it, and whole numbers without ".0"."""
    text = str(word).strip()
    return re.sub(r"\.0+$", "", text) if kind.cast in ("whole", "number") else text


def _without_symbols(cells: pd.Series) -> tuple[pd.Series, int]:
    """Return cells with official symbols emptied, and how many there were; they are never read as zero."""
    marked = cells.isin(SYMBOLS)
    count = int(marked.sum())
    if not count:
        return cells, 0
    words = ["" if word in SYMBOLS else str(word) for word in cells.cat.categories]
    return pd.Series(words, dtype=object).iloc[cells.cat.codes].astype("category").reset_index(drop=True), count


def _cast(cells: pd.Series, kind: Kind) -> pd.Series:
    """Return categories as numbers: int64 for whole numbers, float64 (NaN = empty) for others; text stays."""
    words = [_plain(word, kind) for word in cells.cat.categories]
    codes = cells.cat.codes.to_numpy()
    if kind.cast == "whole":
        return pd.Series(np.array([int(float(word)) for word in words])[codes])
    if kind.cast == "number":
        return pd.Series(np.array([float(word) if word else np.nan for word in words])[codes])
    return pd.Series(pd.Categorical(np.array(words, dtype=object)[codes]))


def _assumed(name: str, column: str, value: str) -> Sentence:
    """Say what was assumed for a column that is not there."""
    shown = value or "offen"
    return (
        f"{name}: ohne Spalte „{column}“; angenommen: {shown}.",
        f'{name}: no column "{column}"; assumed: {value or "open"}.',
    )


def _marked(name: str, column: str, count: int) -> Sentence:
    """Say that official symbols were read as unknown."""
    return (
        f"{name}: {count} amtliche Zeichen in „{column}“ als unbekannt gelesen, nicht als null.",
        f'{name}: {count} official symbols in "{column}" read as unknown, not as zero.',
    )

"""Flat files of GENESIS and Regionalstatistik ("ffcsv"): the old form (a column per measure) and the new one (2024)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from carelab.inputs.formats.ages import Age, is_total, read_age
from carelab.inputs.formats.facts import FOOT, Fact
from carelab.inputs.formats.reading import Remarks
from carelab.inputs.formats.sheet import Sheet
from carelab.inputs.formats.words import plain, read_sex, read_year

_START: Final = {"statistics_code", "statistik_code"}
_PARTS: Final = {
    "merkmal_code": "variable_code",
    "auspraegung_code": "attribute_code",
    "auspraegung_label": "attribute_label",
    "variable_code": "variable_code",
    "variable_attribute_code": "attribute_code",
    "variable_attribute_label": "attribute_label",
}
_COUNTS: Final = re.compile(r"bevstd|prs018|bevoelkerung|bevölkerung|einwohner|personen", re.IGNORECASE)


class Flat(NamedTuple):
    """Where the columns of a flat file stand."""

    header: int
    new: bool
    time: int
    value: int
    value_name: str
    variables: dict[int, dict[str, int]]


def find_flat(sheet: Sheet) -> Flat | None:
    """Return the columns if the file is a flat file, None otherwise."""
    for index, row in enumerate(sheet.rows[:20]):
        low = [cell.strip().casefold() for cell in row]
        if low and low[0] in _START:
            return _flat(index, low, [cell.strip() for cell in row])
    return None


def _flat(index: int, low: list[str], names: list[str]) -> Flat | None:
    """Return the columns of a header row."""
    variables: dict[int, dict[str, int]] = {}
    for place, name in enumerate(low):
        found = re.fullmatch(r"(\d+)_(\w+)", name)
        if found and found[2] in _PARTS:
            variables.setdefault(int(found[1]), {})[_PARTS[found[2]]] = place
    time = next((place for place, name in enumerate(low) if name in ("time", "zeit")), -1)
    new = "value" in low and "value_variable_code" in low
    measures = [place for place, name in enumerate(names) if re.search(r"__.+__", name)]
    counted = [place for place in measures if _COUNTS.search(names[place])] or measures
    value = low.index("value") if new else (counted or [-1])[0]
    return Flat(index, new, time, value, names[value], variables) if time >= 0 and value >= 0 else None


def flat_facts(sheet: Sheet, flat: Flat, remarks: Remarks) -> list[Fact]:
    """Return the facts of a flat file; rows of other measures are counted in a note, other variables kept at total."""
    found, other, split = [], 0, 0
    for index in range(flat.header + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if FOOT.fullmatch(row[0]):
            break
        if not any(row):
            continue
        if flat.new and not _is_count(sheet.rows[flat.header], row):
            other += 1
            continue
        fact = _fact(row, flat, sheet.row_number(index), remarks)
        found += [fact] if fact else []
        split += fact is None
    if split and not found and not remarks.problems:
        words = (
            "die Zeilen sind weiter untergliedert; erwartet eine Tabelle mit „Insgesamt“ der weiteren Merkmale",
            "the rows are broken down further; expected a table with the total of the other variables",
        )
        remarks.bad(sheet.row_number(flat.header), flat.value_name, "", words)
    if other:
        remarks.note(f"{other} Zeilen anderer Merkmale nicht gelesen.", f"{other} rows of other measures not read.")
    if split:
        remarks.note(
            f"{split} Zeilen mit weiterer Gliederung (z. B. Nationalität) oder Fehlern nicht gelesen, nur „Insgesamt“.",
            f"{split} rows of a further breakdown (e.g. nationality) or with mistakes not read; the total is.",
        )
    return found


def _is_count(header: list[str], row: list[str]) -> bool:
    """Say whether a row of the new form counts people."""
    cells = dict(zip((name.casefold() for name in header), row, strict=False))
    unit = plain(cells.get("value_unit", ""))
    words = cells.get("value_variable_code", "") + " " + cells.get("value_variable_label", "")
    return unit in ("", "anzahl", "number") and bool(_COUNTS.search(words))


def _fact(row: list[str], flat: Flat, number: int, remarks: Remarks) -> Fact | None:
    """Return one row as a fact, None if it belongs to a further breakdown or is not understood."""
    area: tuple[str, ...] = ()
    sex, age = "t", None
    for places in flat.variables.values():
        variable = row[places["variable_code"]].casefold() if "variable_code" in places else ""
        label = row[places["attribute_label"]].strip() if "attribute_label" in places else ""
        code = row[places["attribute_code"]].strip() if "attribute_code" in places else ""
        whole = is_total(label) or (not label and not code)
        if variable.startswith("ges"):
            sex = "t" if whole else read_sex(label) or read_sex(code) or "?"
        elif variable.startswith("alt"):
            age = (
                None
                if whole
                else read_age(label) or read_age(code) or _unread(label or code, variable, number, remarks)
            )
        elif _is_area(variable, code):
            area = tuple(part for part in (code, label) if part)
        elif not whole:
            return None
    year = read_year(row[flat.time])
    if year is None:
        remarks.bad(number, "time", row[flat.time], ("erwartet Jahr oder Stichtag", "expected a year or date"))
    if sex == "?" or year is None or (age is not None and age.first < 0):
        return None
    return Fact(area, year, sex, age, row[flat.value], number, flat.value_name)


def _unread(label: str, variable: str, number: int, remarks: Remarks) -> Age:
    remarks.bad(number, variable, label, ("Altersgruppe nicht verstanden", "age group not understood"))
    return Age(-1, None)


def _is_area(variable: str, code: str) -> bool:
    """Say whether a variable is regional: its code begins like one, or its codes are area keys."""
    regional = ("kreis", "gemein", "dland", "dinsg", "geo", "regbez", "stadt", "bezirk", "ort")
    return variable.startswith(regional) or bool(re.fullmatch(r"DG|\d{2,12}", code))

"""Read population by district, age and sex from whatever a register, an office or an own table writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from carelab.inputs.formats import ffcsv, kiss, totals
from carelab.inputs.formats.ages import is_total
from carelab.inputs.formats.areas import Areas, Match
from carelab.inputs.formats.facts import Fact, facts
from carelab.inputs.formats.layout import Layout, find_layout
from carelab.inputs.formats.numbers import read_number
from carelab.inputs.formats.reading import Reading, Remarks, listed
from carelab.inputs.formats.sheet import Sheet, read_sheet

COLUMNS: Final = ("district", "year", "sex", "age_from", "age_to", "persons", "suppressed", "source_row")
_ENCODINGS: Final = {"cp1252": "Windows (cp1252)", "excel": "Excel/ODS", "utf-16": "UTF-16", "utf-8": "UTF-8"}
NOBODY: Final = Match("", "none")


def read_population(path: Path, *, districts: pd.DataFrame | None = None, sheet: str | None = None) -> Reading:
    """Return people: district, year, sex (m|w|t), age_from, age_to (NaN = open), persons, suppressed, source_row.

    Recognises the format by content (docs/formats.md). ``districts``: columns district, name; without it areas stay as
    written. Persons are whole numbers, NaN where hidden. Rows of the whole city, both sexes and all ages are compared
    with their parts; ages that are sums of finer ones are dropped after it. Raises DataError if no table is found.
    """
    found, remarks = read_sheet(path, sheet=sheet), Remarks()
    told = _ENCODINGS[found.encoding] + (f", Blatt „{found.sheet}“" if found.sheet else "")
    told_en = _ENCODINGS[found.encoding] + (f', sheet "{found.sheet}"' if found.sheet else "")
    remarks.note(f"Gelesen als {told}.", f"Read as {told_en}.")
    rows, fmt = _facts(found, remarks)
    table = fact_table(rows, Areas(districts), found.decimal, remarks)
    table = checked_table(table, remarks) if len(table) else _empty()
    _missing_districts(table, districts, remarks)
    return remarks.reading(table, fmt, path.name)


def _facts(sheet: Sheet, remarks: Remarks) -> tuple[list[Fact], str]:
    """Return the facts of a sheet and the name of its format."""
    flat = ffcsv.find_flat(sheet)
    if flat is not None:
        return ffcsv.flat_facts(sheet, flat, remarks), "ffcsv_new" if flat.new else "ffcsv_old"
    if kiss.is_kiss(sheet):
        return kiss.kiss_facts(sheet, remarks), "kiss_md"
    layout = find_layout(sheet, remarks)
    if layout is None:
        return [], "unknown"
    if not layout.of("persons"):
        words = ("keine Spalte mit Einwohnerzahlen gefunden; erwartet z. B. „Einwohner“", "no column of persons found")
        remarks.bad(sheet.row_number(layout.first_data - 1), "", "", words)
    _head_note(sheet, layout, remarks)
    return _whole_of_extras(facts(sheet, layout, remarks), sheet, layout, remarks), _register_format(sheet, layout)


def _head_note(sheet: Sheet, layout: Layout, remarks: Remarks) -> None:
    """Note where the header ends and what the columns were taken for."""
    row, count = sheet.row_number(layout.first_data - 1), len(layout.of("persons"))
    remarks.note(
        f"Kopf bis Zeile {row}; {count} Spalte(n) mit Einwohnerzahlen.",
        f"Header to row {row}; {count} column(s) of persons.",
    )


def _register_format(sheet: Sheet, layout: Layout) -> str:
    """Return the name of a register's format: GENESIS classic, SIKURS-like (codes, single ages), wide or long."""
    corner = " ".join(cell for row in sheet.rows[:3] for cell in row[:1])
    foot = " ".join(row[0] for row in sheet.rows[-8:])
    if re.search(r"GENESIS-Tabelle|^Tabelle: ?\d{5}-", corner) or re.search(r"_{5,}|© Statisti", foot):
        return "genesis_classic"
    if {"age_from", "age_to"} <= {column.role for column in layout.columns}:
        return "own_table"
    if len(layout.of("persons")) > 1:
        return "register_wide"
    sexes = {
        sheet.rows[i][column.index] for column in layout.of("sex") for i in range(layout.first_data, len(sheet.rows))
    }
    return "sikurs" if sexes and sexes <= {"1", "2", ""} else "register_long"


def _whole_of_extras(rows: list[Fact], sheet: Sheet, layout: Layout, remarks: Remarks) -> list[Fact]:
    """Keep only "insgesamt" of columns that break rows down further (nationality ...), if they have it."""
    for column in layout.of("extra"):
        cells = {sheet.row_number(i): sheet.rows[i][column.index] for i in range(layout.first_data, len(sheet.rows))}
        whole = {row for row, cell in cells.items() if not cell or is_total(cell)}
        kept = [fact for fact in rows if fact.row in whole]
        if not kept:
            values = listed(sorted(set(filter(None, cells.values()))))
            words = (
                "die Zeilen sind weiter untergliedert; erwartet Zeilen „insgesamt“ oder eine Tabelle ohne diese Spalte",
                'the rows are broken down further; expected rows "total" or a table without this column',
            )
            remarks.bad(sheet.row_number(layout.first_data - 1), column.heading, values, words)
            continue
        if len(kept) < len(rows):
            count = len(rows) - len(kept)
            remarks.note(
                f"Spalte „{column.heading}“: nur „insgesamt“ gelesen, {count} Werte der Untergliederung nicht.",
                f'Column "{column.heading}": only the total is read, {count} values of the breakdown are not.',
            )
        rows = kept
    return rows


def fact_table(rows: Sequence[Fact], areas: Areas, decimal: str, remarks: Remarks) -> pd.DataFrame:
    """Return the facts as a table with ``kind`` of area and ``whole`` (all ages); what cannot be read is a problem."""
    matches = [areas.match(fact.area) if fact.area else NOBODY for fact in rows]
    if not any(match.kind in ("district", "ags") for match in matches) and not areas.known:
        matches = [match._replace(district="DG" if match.kind != "none" else "", kind="district") for match in matches]
    silent = _silent_rows(rows, matches)
    lines = []
    for fact, match in zip(rows, matches, strict=True):
        if fact.row in silent or not _area_good(fact, match, remarks):
            continue
        persons = _persons(fact, decimal, remarks)
        if fact.year is None:
            words = (
                "Jahr fehlt; erwartet eine Spalte „Jahr“ oder ein Jahr im Titel (Stand: 31.12.2024)",
                "year is missing; expected a column or a year in the title",
            )
            remarks.bad(0, "Jahr", "", words)
        elif persons is not None:
            first, last = (0.0, np.nan) if fact.age is None else (fact.age.first, fact.age.last)
            band = (float(first), np.nan if last is None else float(last), fact.age is None)
            lines.append((match.district, fact.year, fact.sex, *band, persons, fact.row, match.kind))
    if silent:
        shown = listed(sorted(silent))
        remarks.note(f"Zeile {shown} ohne Zahlen nicht gelesen.", f"Row {shown} without numbers not read.")
    names = ["district", "year", "sex", "age_from", "age_to", "whole", "persons", "source_row", "kind"]
    table = pd.DataFrame(lines, columns=names).astype({"whole": bool, "persons": "float64"})
    return table.assign(suppressed=table["persons"].isna())


def _silent_rows(rows: Sequence[Fact], matches: Sequence[Match]) -> set[int]:
    """Return rows without any number whose area is none: headings and footnotes."""
    silent: dict[int, bool] = {}
    for fact, match in zip(rows, matches, strict=True):
        silent[fact.row] = (
            silent.get(fact.row, True) and not fact.text and match.kind in ("unknown", "none", "contradiction")
        )
    return {row for row, quiet in silent.items() if quiet}


def _area_good(fact: Fact, match: Match, remarks: Remarks) -> bool:
    """Say whether a row's area is known; if not, a problem names it once per row."""
    if match.kind not in ("unknown", "none", "contradiction"):
        return True
    area = " / ".join(part for part in fact.area if part)
    hint = (f"; meinten Sie „{match.hint}“?", f'; did you mean "{match.hint}"?') if match.hint else ("", "")
    words = {
        "unknown": (f"Gebiet steht nicht in districts.csv{hint[0]}", f"area is not in districts.csv{hint[1]}"),
        "none": (
            "Zahl ohne Stadtteil; erwartet Schlüssel oder Name",
            "a number without district; expected key or name",
        ),
        "contradiction": (
            f"Schlüssel und Name meinen Verschiedenes ({match.hint}); erwartet beides für denselben Stadtteil",
            f"key and name mean different districts ({match.hint}); expected the same",
        ),
    }
    remarks.bad(fact.row, "Stadtteil", area, words[match.kind])
    return False


def _persons(fact: Fact, decimal: str, remarks: Remarks) -> float | None:
    """Return a count (NaN = hidden or unknown), None and a problem if the cell is neither."""
    number = read_number(fact.text, decimal=decimal)
    if number.missing:
        if not fact.text:
            remarks.note(
                "Leere Zellen gelten als geheim gehalten oder unbekannt, nie als null.",
                "Empty cells count as hidden or unknown, never as zero.",
            )
        return float("nan")
    if number.value is not None and number.value >= 0 and number.value.is_integer():
        if number.status == "estimated":
            remarks.note(
                "Werte in Klammern oder mit „s“ sind unsicher.", 'Values in brackets or with "s" are uncertain.'
            )
        return number.value
    words = (
        "erwartet eine ganze Zahl ab 0 (1.234 oder 1 234) oder ein amtliches Zeichen (- . / x ...)",
        "expected a whole number from 0 or an official symbol (- . / x ...)",
    )
    if decimal == "." and re.fullmatch(r"\d{1,3}(\.\d{3})+", fact.text):
        words = (f"{words[0]}; Tausenderpunkte hier weglassen", f"{words[1]}; leave out thousands points here")
    remarks.bad(fact.row, fact.column, fact.text, words)
    return None


def checked_table(table: pd.DataFrame, remarks: Remarks) -> pd.DataFrame:
    """Return the districts' rows after duplicates, ages, sexes and the whole city have been compared."""
    keys = ["district", "kind", "year", "sex", "age_from", "age_to", "whole"]
    if not (table["kind"] == "district").any() and (table["kind"] == "ags").any():
        remarks.note("Die Datei zählt ganze Städte oder Kreise (AGS).", "The file counts whole cities or Kreise (AGS).")
        table = table.assign(kind=table["kind"].replace("ags", "district"))
    table = table.assign(kind=table["kind"].replace("ags", "total"))
    twice = table.duplicated(keys) & (table["kind"] != "unassigned")
    for row, district, year in table.loc[twice, ["source_row", "district", "year"]].itertuples(index=False):
        words = (
            "Stadtteil, Jahr, Geschlecht und Alter stehen schon weiter oben; erwartet jede Zeile einmal",
            "district, year, sex and age are already further up; expected each row once",
        )
        remarks.bad(int(row), "", f"{district or 'Stadt'}, {year}", words)
    parts = [
        _one_kind(table[~twice & (table["kind"] == kind)], remarks) for kind in ("district", "unassigned", "total")
    ]
    districts, unassigned, city = parts
    if len(unassigned):
        told = f"{unassigned.loc[unassigned['sex'] != 't', 'persons'].sum() or unassigned['persons'].sum():.0f}"
        remarks.note(
            f"{told} Personen ohne Zuordnung zu einem Stadtteil stehen nicht in der Tabelle.",
            f"{told} people without a district are not in the table.",
        )
    if len(city):
        totals.area_totals(pd.concat([districts, unassigned], ignore_index=True), city, remarks)
    return _final(districts)


def _one_kind(table: pd.DataFrame, remarks: Remarks) -> pd.DataFrame:
    """Return the rows of districts, of nobody's district or of the city, without sums over ages and nested ages."""
    if table.empty:
        return table
    parts = totals.without_nested(table[~table["whole"]], remarks)
    return totals.sex_totals(totals.age_totals(pd.concat([parts, table[table["whole"]]]), remarks), remarks)


def _final(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table in its final columns and kinds, in the order of the file."""
    whole = dict.fromkeys(("year", "age_from", "source_row"), "int64")
    return (
        table[list(COLUMNS)]
        .astype(whole)
        .astype({"suppressed": bool})
        .sort_values("source_row", kind="stable")
        .reset_index(drop=True)
    )


def _empty() -> pd.DataFrame:
    """Return a table without rows."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS})


def _missing_districts(table: pd.DataFrame, districts: pd.DataFrame | None, remarks: Remarks) -> None:
    """Note districts that the file does not name."""
    lost = [] if districts is None else [key for key in districts["district"] if key not in set(table["district"])]
    if lost and len(table):
        remarks.note(f"Ohne Zeile in der Datei: {listed(lost)}.", f"Without a row in the file: {listed(lost)}.")

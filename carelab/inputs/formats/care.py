"""Read people in need of care by district, as care funds or a city's social office hand them out."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Final

import pandas as pd

from carelab.inputs.formats.areas import Areas
from carelab.inputs.formats.facts import facts
from carelab.inputs.formats.layout import find_layout
from carelab.inputs.formats.population import checked_table, fact_table
from carelab.inputs.formats.reading import Reading, Remarks
from carelab.inputs.formats.sheet import Sheet, read_sheet

COLUMNS: Final = ("district", "year", "people_in_need", "source_row")
_PEOPLE: Final = re.compile(
    r"people_in_need|pflegebed(?:ü|ue)rftige[nr]?(?: personen)?|leistungsempf(?:ä|ae)nger(?:innen|:innen|\*innen)?|"
    r"empf(?:ä|ae)nger(?:innen)? von pflegeleistungen|pflegefälle",
    re.IGNORECASE,
)


def read_care(path: Path, *, districts: pd.DataFrame | None = None, sheet: str | None = None) -> Reading:
    """Return people in need: district, year, people_in_need (NaN = hidden), source_row; wide or long, any spreadsheet.

    Sexes and ages are added up where the file has no total; degrees of need and settings are not read.
    Raises DataError.
    """
    found, remarks = read_sheet(path, sheet=sheet), Remarks()
    if not any(_PEOPLE.search(cell) for row in found.rows[:40] for cell in row):
        words = (
            "nirgends steht, dass Pflegebedürftige gezählt werden; erwartet eine Spalte „Pflegebedürftige“",
            'nothing says that people in need are counted; expected a column "people_in_need"',
        )
        remarks.bad(0, "", "", words)
    found = _as_persons(found)
    layout = find_layout(found, remarks)
    rows = facts(found, layout, remarks) if layout is not None else []
    table = fact_table(rows, Areas(districts), found.decimal, remarks)
    tidy = _totals(checked_table(table, remarks)) if len(table) else pd.DataFrame(columns=list(COLUMNS))
    return remarks.reading(tidy, "care_districts", path.name)


def _as_persons(sheet: Sheet) -> Sheet:
    """Write "Personen" where the sheet says people in need, so that headings are understood as counts."""
    rows = [[_PEOPLE.sub("Personen", cell) if cell else cell for cell in row] for row in sheet.rows]
    return dataclasses.replace(sheet, rows=rows)


def _totals(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per district and year: both sexes where told, else men and women; hidden parts hide the sum."""
    both = table.groupby(["district", "year"])["sex"].transform(lambda sexes: (sexes == "t").any())
    used = table[(table["sex"] == "t") | ~both]
    grouped = used.groupby(["district", "year"], sort=False)
    sums = grouped.agg(
        people_in_need=("persons", lambda values: values.sum(skipna=False)), source_row=("source_row", "min")
    )
    return sums.reset_index()[list(COLUMNS)]

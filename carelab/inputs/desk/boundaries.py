"""Counts of earlier borders on the city's districts: shares from a crosswalk, whole persons, sums kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from carelab.inputs.errors import DataError
from carelab.inputs.formats.crosswalk import apply_crosswalk
from carelab.inputs.formats.sheet import read_sheet
from carelab.terms import UserError

COUNTED = {"population": "persons", "care": "people_in_need"}
COLUMNS = ("from_key", "to_key", "share", "from_year", "to_year")


def carry_over(table: pd.DataFrame, crosswalk: Path, kind: str) -> pd.DataFrame:
    """Return counts of a reader by the areas of a crosswalk, rounded so that every sum over districts stays.

    Raises UserError for kinds that are not counts and DataError for a crosswalk that does not fit.
    """
    if kind not in COUNTED:
        raise UserError(
            "--crosswalk gilt für population und care; eine Einrichtung hat einen Ort, keinen Anteil.",
            "--crosswalk is for population and care; a facility has a place, not a share.",
        )
    value = COUNTED[kind]
    rest = [name for name in ("year", "sex", "age_from", "age_to") if name in table]
    carried = apply_crosswalk(table, read_crosswalk(crosswalk), keys=["district", *rest], values=[value])
    carried[value] = carried.groupby(rest, dropna=False)[value].transform(_whole)
    return carried.assign(suppressed=carried[value].isna(), source_row=0)


def read_crosswalk(path: Path) -> pd.DataFrame:
    """Return from_key, to_key, share and, where given, from_year, to_year. Raises DataError."""
    sheet = read_sheet(path)
    header = [cell.strip() for cell in sheet.rows[0]]
    if not {"from_key", "to_key", "share"} <= set(header):
        raise DataError(
            f"{path.name}, Zeile 1: erwartet die Spalten {', '.join(COLUMNS)} (die letzten beiden dürfen fehlen).",
            f"{path.name}, row 1: expected the columns {', '.join(COLUMNS)} (the last two may be missing).",
        )
    table = pd.DataFrame([row[: len(header)] for row in sheet.rows[1:] if any(row)], columns=pd.Index(header))
    table["share"] = table["share"].str.replace(",", ".")
    return table[[name for name in COLUMNS if name in header]].replace("", np.nan)


def _whole(cells: pd.Series) -> pd.Series:
    """Return whole numbers with the same sum (largest remainders); hidden cells stay hidden."""
    down = np.floor(cells)
    left = round(float((cells - down).sum()))
    up = (cells - down).rank(method="first", ascending=False) <= left
    whole: pd.Series = down + up.where(cells.notna(), False)
    return whole

"""Tables of KISS-MD (Magdeburg): the export names its columns var1, var2, ...; what they are follows from the numbers.

Table K3 T34 (district, five age groups: 0-6, 7-17, 18-44, 45-64, 65 and older, total) and K3 T1 (city, single age,
total, men, women). The export says nothing about its columns, so a table is believed only where its own sums hold.
"""

from __future__ import annotations

import re
from typing import Final

from carelab.inputs.formats.ages import Age
from carelab.inputs.formats.facts import Fact
from carelab.inputs.formats.numbers import read_number
from carelab.inputs.formats.reading import Remarks
from carelab.inputs.formats.sheet import Sheet

BANDS: Final = (Age(0, 6), Age(7, 17), Age(18, 44), Age(45, 64), Age(65, None))
_WIDTHS: Final = {8: "K3 T34", 5: "K3 T1"}


def is_kiss(sheet: Sheet) -> bool:
    """Say whether the columns are called var1, var2, ..."""
    names = [cell for cell in sheet.rows[0] if cell]
    return len(names) > 2 and all(
        re.fullmatch(rf"var{place}", name, re.IGNORECASE) for place, name in enumerate(names, 1)
    )


def kiss_facts(sheet: Sheet, remarks: Remarks) -> list[Fact]:
    """Return the facts of a KISS-MD table; a table whose sums do not fit a known one is refused."""
    width = sum(bool(cell) for cell in sheet.rows[0])
    rows = [(sheet.row_number(i), row[:width]) for i, row in enumerate(sheet.rows) if i and any(row)]
    if width not in _WIDTHS or not all(_sums(row, width, sheet.decimal) for _, row in rows):
        words = (
            "KISS-MD nennt keine Spaltennamen, und diese Tabelle ist keine der bekannten (K3 T34: Stadtteil und fünf "
            "Altersgruppen; K3 T1: Alter und Geschlecht); bitte eine Kopfzeile mit Stadtteil, Jahr, Altersgruppe, "
            "Einwohner ergänzen",
            "KISS-MD does not name its columns and this table is none of the known ones (K3 T34, K3 T1); please add a "
            "header with district, year, age group, persons",
        )
        remarks.bad(1, "", sheet.rows[0][0], words)
        return []
    remarks.note(
        f"KISS-MD-Export ohne Spaltennamen als {_WIDTHS[width]} gelesen: die Summen der Zeilen passen dazu.",
        f"KISS-MD export without column names read as {_WIDTHS[width]}: the sums of its rows fit.",
    )
    return [fact for number, row in rows for fact in (_bands if width == 8 else _single)(number, row)]


def _sums(row: list[str], width: int, decimal: str) -> bool:
    """Say whether a row's parts add up to its total (where no part is hidden) and its first cell is a year."""
    if not re.fullmatch(r"(?:19|20)\d\d", row[0]):
        return False
    values = [read_number(cell, decimal=decimal).value for cell in row[2:]]
    whole, parts = (values[-1], values[:-1]) if width == 8 else (values[0], values[1:])
    known = [value for value in parts if value is not None]
    if len(known) < len(parts) or whole is None:
        return whole is None or sum(known) <= whole
    return sum(known) == whole


def _bands(number: int, row: list[str]) -> list[Fact]:
    """Return the six facts of a district's row."""
    ages = (*BANDS, None)
    return [
        Fact((row[1],), int(row[0]), "t", age, cell, number, f"var{place}")
        for place, (age, cell) in enumerate(zip(ages, row[2:], strict=True), 3)
    ]


def _single(number: int, row: list[str]) -> list[Fact]:
    """Return the three facts of one age."""
    top = re.fullmatch(r"(\d+)(\D.*)?", row[1])
    age = Age(int(top[1]), None if top[2] else int(top[1])) if top else None
    return [
        Fact(("Stadt",), int(row[0]), sex, age, cell, number, f"var{place}")
        for place, (sex, cell) in enumerate(zip("tmw", row[2:], strict=True), 3)
    ]

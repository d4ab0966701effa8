"""The logbook's template: a drop-down for every column with a list, limits for numbers, the lists on a sheet."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.inputs.logbook_cells import CONTACTS, KILOMETRES, MINUTES
from carelab.terms import Language, say
from carelab.terms_logbook import LOG_CODES, LOG_HEADINGS

ROWS = 2000
"""Rows of the template that have drop-downs."""
_COLUMN = {words[0]: column for column, words in LOG_HEADINGS.items()}
LOG_HINTS = {
    "Monat": ("wie 2026-03; kein Tag", "like 2026-03; no day"),
    "Minuten": ("ganze Zahl je Kontakt, 1 bis 600", "whole number per contact, 1 to 600"),
    "Kilometer": ("je Kontakt, 0 bis 300; 0 = keine Fahrt", "per contact, 0 to 300; 0 = no trip"),
    "Anzahl": ("wie viele genau gleiche Kontakte die Zeile meint; sonst 1", "how many equal contacts; else 1"),
}


def add_lists(
    book: Any, table: Any, headings: list[str], districts: pd.DataFrame, *, text: Any, language: Language
) -> None:
    """Add a sheet with the lists to a workbook (xlsxwriter) and drop-downs to the columns of its table."""
    sheet = book.add_worksheet(say(language, "Listen", "Lists"))
    at = 0 if language == "de" else 1
    for place, heading in enumerate(headings):
        column = _COLUMN[heading]
        words = [str(name) for name in districts["name"]] + [say(language, "unbekannt", "unknown")]
        if column in LOG_CODES:
            words = [pair[at] for pair in LOG_CODES[column].values()]
        elif column != "district":
            _limit(table, place, column, text)
            continue
        sheet.write_string(0, place, heading)
        sheet.set_column(place, place, 24)
        for row, word in enumerate(words, start=1):
            sheet.write_string(row, place, word)
        letter = chr(ord("A") + place)
        source = f"='{sheet.get_name()}'!${letter}$2:${letter}${len(words) + 1}"
        table.set_column(place, place, 20, text)
        table.data_validation(1, place, ROWS, place, {"validate": "list", "source": source})


def _limit(table: Any, place: int, column: str, text: Any) -> None:
    """Let a spreadsheet refuse numbers that would be refused later; months are text, or they become days."""
    if column == "month":
        table.set_column(place, place, 12, text)
        return
    low, high = {"minutes": MINUTES, "kilometres": KILOMETRES, "contacts": CONTACTS}[column]
    kind = "decimal" if column == "kilometres" else "integer"
    rule = {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    table.data_validation(1, place, ROWS, place, rule)

"""``carelab data add CITY FILE --as offers``: an inventory of offers goes into offers.csv; its template's lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.desk.population import Arrival
from carelab.inputs.desk.records import arrive_keyed
from carelab.inputs.offers import read_offers
from carelab.inputs.tables import Table
from carelab.terms import Language, say
from carelab.terms_lumina import OFFER_CODES, OFFER_HEADINGS

ROWS = 2000
"""Rows of the template that have drop-downs."""
OFFER_HINTS = {
    "Angebot": ("Name des Angebots oder der Einrichtung, nie einer Person", "name of the offer or institution"),
    "von Quartal": ("wie 2026-Q1", "like 2026-Q1"),
    "bis Quartal": (
        "letztes Quartal der Zeile; leer = dasselbe",
        "last quarter of the row; empty = same",
    ),
    "Plätze im Quartal": ("ganze Zahl; leer = unbekannt", "whole number; empty = unknown"),
    "Erreichte im Quartal": ("ganze Zahl; 1 bis 4 als <5; leer = nicht gezählt", "1 to 4 as <5; empty = not counted"),
    "Zählweise": ("verschiedene Personen oder Teilnahmen", "different persons or attendances"),
    "Stunden je Woche": ("geöffnete oder angebotene Stunden, 0 bis 168", "open hours, 0 to 168"),
    "Güte": ("A vom Träger gezählt, B anderswo berichtet, C unklar", "A counted, B reported elsewhere, C unclear"),
    "Quelle": ("Amt, Träger oder Veröffentlichung, keine Person", "office, provider or publication, no person"),
}
_COLUMN = {words[0]: column for column, words in OFFER_HEADINGS.items()}


def arrive_offers(path: Path, stored: Mapping[str, Table], ags: str, *, sheet: str | None = None) -> Arrival:
    """Return offers.csv with a file's rows merged in by code and first quarter. Raises DataError with every bad row."""
    districts = stored["districts"].frame[["district", "name"]].reset_index(drop=True)
    rows = read_offers(path, districts, ags, sheet=sheet)
    return arrive_keyed(rows, stored, "offers", OPTIONAL["offers"])


def add_offer_lists(
    book: Any, table: Any, headings: list[str], districts: pd.DataFrame, *, text: Any, language: Language
) -> None:
    """Add a sheet with the lists to a workbook (xlsxwriter) and drop-downs to the columns of its table."""
    sheet, at = book.add_worksheet(say(language, "Listen", "Lists")), 0 if language == "de" else 1
    for place, heading in enumerate(headings):
        column = _COLUMN[heading]
        if column == "district":
            words = [*map(str, districts["name"]), say(language, "ganze Stadt", "whole city")]
        elif column in OFFER_CODES:
            words = [pair[at] for pair in OFFER_CODES[column].values()]
        else:
            continue
        sheet.write_column(0, place, [heading, *words])
        sheet.set_column(place, place, 28)
        letter = chr(ord("A") + place)
        source = f"='{sheet.get_name()}'!${letter}$2:${letter}${len(words) + 1}"
        table.set_column(place, place, 22, text)
        table.data_validation(1, place, ROWS, place, {"validate": "list", "source": source})

"""Empty templates to send along with a letter: CSV for machines, Excel with keys and explanations for people."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from carelab.inputs.desk.asks import Ask, asks
from carelab.inputs.desk.log_template import LOG_HINTS, add_lists
from carelab.inputs.desk.offers import OFFER_HINTS, add_offer_lists
from carelab.terms import Language, say

HINTS = {
    "Geschlecht": ("m oder w", "m or w"),
    "Alter von": ("erstes Alter der Gruppe, zum Beispiel 0", "first age of the group, for example 0"),
    "Alter bis": ("letztes Alter; leer = und älter", "last age; empty = and older"),
    "Einwohner": ("ganze Zahl; leer = geheim gehalten, 0 = niemand", "whole number; empty = hidden, 0 = nobody"),
    "Pflegebedürftige": ("ganze Zahl; leer = geheim gehalten", "whole number; empty = hidden"),
    "Schlüssel": ("mit führender Null, als Text", "with its leading zero, as text"),
    "Plätze": ("ganze Zahl; leer = unbekannt", "whole number; empty = unknown"),
    "Kennung": ("leer lassen, wenn es keine gibt", "leave empty where there is none"),
    **LOG_HINTS,
    **OFFER_HINTS,
}


def write_templates(folder: Path, districts: pd.DataFrame, place: str, language: Language) -> list[Path]:
    """Write a CSV and an Excel template for each ask with a table, and the letters; return what was written.

    ``districts`` columns district, name: they are listed in the workbook so that keys need not be looked up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written, letters = [], []
    for key, ask in asks().items():
        if ask.columns:
            written += [
                _write_csv(folder / f"{key}.csv", ask.columns),
                _write_workbook(folder, ask, districts, language),
            ]
        letters.append(f"{ask.title(language)} ({ask.holder(language)})\n{ask.letter(place, language)}\n")
    path = folder / say(language, "anschreiben.txt", "letters.txt")
    path.write_text("\n".join(letters), encoding="utf-8")
    return [*written, path]


def _write_csv(path: Path, columns: Sequence[str]) -> Path:
    """Write the headings; own tables with commas, others as German spreadsheets expect them."""
    german = any(column[0].isupper() for column in columns)
    with path.open("w", encoding="utf-8-sig" if german else "utf-8", newline="") as out:
        csv.writer(out, delimiter=";" if german else ",").writerow(columns)
    return path


def _write_workbook(folder: Path, ask: Ask, districts: pd.DataFrame, language: Language) -> Path:
    """Write a workbook: the empty table, the keys of the districts, what goes into each column."""
    import xlsxwriter

    path, at = folder / f"{ask.key}.xlsx", 0 if language == "de" else 1
    with xlsxwriter.Workbook(path) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        table = book.add_worksheet(say(language, "Tabelle", "Table"))
        for number, column in enumerate(ask.columns):
            keyed = column in ("Schlüssel", "district", "Kennung")
            table.set_column(number, number, max(12, len(column) + 2), text if keyed else None)
            table.write_string(0, number, column, bold)
        table.freeze_panes(1, 0)
        if ask.key in ("log", "offers"):
            add = add_lists if ask.key == "log" else add_offer_lists
            add(book, table, ask.columns, districts, text=text, language=language)
        keys = book.add_worksheet(say(language, "Stadtteile", "Districts"))
        keys.set_column(0, 0, 12, text)
        keys.set_column(1, 1, 40)
        for row, cells in enumerate(districts[["district", "name"]].itertuples(index=False)):
            for number, cell in enumerate(cells):
                keys.write_string(row, number, str(cell))
        notes = book.add_worksheet(say(language, "Erläuterung", "Explanation"))
        notes.set_column(0, 1, 60)
        notes.write_string(0, 0, ask.title(language), bold)
        notes.write_string(0, 1, ask.form(language))
        for row, column in enumerate(ask.columns, start=2):
            notes.write_string(row, 0, column)
            notes.write_string(row, 1, HINTS.get(column, ("", ""))[at])
    return path

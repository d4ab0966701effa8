"""Tables to take along: one CSV file per exhibit (machine names, full precision) and one workbook (human labels)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from carelab.release.exhibit import Exhibit, excel_format, table_to_json
from carelab.release.numbers import CATEGORIES
from carelab.terms import Language, label, say, value_label

_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_CREATED: Final = dt.datetime(2000, 1, 1)
"""A fixed date: the same run gives the same bytes."""
HEAD_ROW: Final = 5
"""Row (from 0) of a sheet's column headings; above it stand question, reading help, limits and source."""


def write_csv(exhibit: Exhibit, folder: Path) -> Path:
    """Write ``<id>.csv``: UTF-8, dots, header of machine names, every digit."""
    path = folder / f"{exhibit.id}.csv"
    exhibit.table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    return path


def write_workbook(exhibits: Sequence[Exhibit], path: Path, *, title: str, language: Language) -> None:
    """Write one sheet per exhibit behind a sheet of contents and sources. Text is never taken for a formula."""
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        book.set_properties({"title": title, "author": "carelab", "created": _CREATED})
        styles = _styles(book)
        names = _sheet_names(exhibits)
        _contents(book, exhibits, names, styles=styles, words=(title, language))
        for exhibit, name in zip(exhibits, names, strict=True):
            _sheet(book.add_worksheet(name), exhibit, styles)


def _styles(book: Any) -> dict[str, Any]:
    """Return the cell formats, numbers by their pattern."""
    patterns = ("0", "#,##0", "0.0%", "#,##0.0", "0.000", "General")
    styles = {pattern: book.add_format({"num_format": pattern}) for pattern in patterns}
    styles["title"] = book.add_format({"bold": True, "font_size": 14})
    styles["head"] = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    styles["wrap"] = book.add_format({"text_wrap": True, "valign": "top"})
    styles["soft"] = book.add_format({"font_color": "#5b6670"})
    return styles


def _contents(
    book: Any,
    exhibits: Sequence[Exhibit],
    names: Sequence[str],
    *,
    styles: Mapping[str, Any],
    words: tuple[str, Language],
) -> None:
    title, language = words
    sheet = book.add_worksheet(say(language, "Inhalt", "Contents"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 70)
    sheet.write_string(0, 0, title, styles["title"])
    heads = (say(language, "Blatt", "Sheet"), say(language, "Frage", "Question"), label("source", language))
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head, styles["head"])
    for row, (exhibit, name) in enumerate(zip(exhibits, names, strict=True), start=3):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(row, 1, exhibit.title, styles["wrap"])
        sheet.write_string(row, 2, exhibit.source, styles["wrap"])
    sheet.freeze_panes(3, 0)


def _sheet(sheet: Any, exhibit: Exhibit, styles: Mapping[str, Any]) -> None:
    language, table = exhibit.language, table_to_json(exhibit.table)
    sheet.write_string(0, 0, exhibit.title, styles["title"])
    heads = (say(language, "So liest man das:", "How to read this:"), say(language, "Grenzen:", "Limits:"))
    texts = (
        *zip(heads, (exhibit.how_to_read, exhibit.limits), strict=True),
        (label("source", language) + ":", exhibit.source),
    )
    for row, (head, text) in enumerate(texts, start=1):
        sheet.write_string(row, 0, f"{head} {text}", styles["soft"])
    for column, name in enumerate(table["columns"]):
        sheet.write_string(HEAD_ROW, column, label(name, language), styles["head"])
        sheet.set_column(column, column, _width(exhibit, column))
    for row, values in enumerate(table["rows"], start=HEAD_ROW + 1):
        for column, value in enumerate(values):
            _cell(sheet, (row, column), value, exhibit=exhibit, styles=styles)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    if table["rows"]:
        sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(table["rows"]), len(table["columns"]) - 1)


def _cell(sheet: Any, place: tuple[int, int], value: Any, *, exhibit: Exhibit, styles: Mapping[str, Any]) -> None:
    """Write one value by its type; missing values stay empty."""
    name = str(exhibit.table.columns[place[1]])
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value, styles[excel_format(name, exhibit.formats)])
    elif value is not None:
        sheet.write_string(*place, value_label(name, value, exhibit.language) if name in CATEGORIES else value)


def _width(exhibit: Exhibit, column: int) -> float:
    """Return a column width that fits most values."""
    name = str(exhibit.table.columns[column])
    longest = max((len(str(value)) for value in exhibit.table.iloc[:200, column] if isinstance(value, str)), default=0)
    if name in CATEGORIES:
        longest = max(longest, 24)
    return float(min(max(longest + 2, 12), 60))


def _sheet_names(exhibits: Sequence[Exhibit]) -> list[str]:
    """Return unique sheet names of at most 31 characters."""
    names: list[str] = []
    for exhibit in exhibits:
        name, number = exhibit.id[:31], 2
        while name in names:
            name, number = f"{exhibit.id[:28]}_{number}", number + 1
        names.append(name)
    return names

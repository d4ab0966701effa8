"""Cells of spreadsheets (xlsx, xls, ods) as text, without loss, merged cells filled."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from carelab.inputs.errors import DataError

Range = tuple[tuple[int, int], tuple[int, int]]
_ODS: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MANY = 10000
"""More repetitions than this are the empty rest of a sheet."""


def read_workbook(path: Path, sheet: str | None) -> tuple[str, list[list[str]], int]:
    """Return name, cells as text and the number of the first row of one sheet (default: the first with cells)."""
    import python_calamine  # only where a spreadsheet is read

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = list(book.sheet_names)
    except Exception as error:
        reason = str(error).split("\n")[0]
        raise DataError(
            f"{path.name}: als Tabelle (xlsx, xls, ods) nicht lesbar ({reason}); mit Kennwort oder beschädigt?",
            f"{path.name}: not readable as a spreadsheet (xlsx, xls, ods) ({reason}); password or damaged?",
        ) from None
    if sheet is not None and sheet not in names:
        raise DataError(
            f"{path.name}: das Blatt „{sheet}“ gibt es nicht; vorhanden: {', '.join(names)}.",
            f'{path.name}: there is no sheet "{sheet}"; there are: {", ".join(names)}.',
        )
    for name in [sheet] if sheet else names:
        found = book.get_sheet_by_name(name)
        cells = [[_text(value) for value in row] for row in found.to_python(skip_empty_area=False)]
        if any(any(row) for row in cells):
            merged = found.merged_cell_ranges
            return name, _filled(cells, merged if merged is not None else _ods_merges(path, name)), 1
    raise DataError(f"{path.name}: keine gefüllte Zelle gefunden.", f"{path.name}: no filled cell found.")


def _text(value: Any) -> str:
    """Return a cell as text: whole numbers without ".0", others by repr, dates in ISO form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    return str(value).replace("\u00a0", " ").strip() if value is not None else ""


def _filled(cells: list[list[str]], ranges: list[Range]) -> list[list[str]]:
    """Write the text of a merged cell into all the places it covers."""
    for (top, left), (bottom, right) in ranges:
        for row in range(top, min(bottom, len(cells) - 1) + 1):
            for column in range(left, min(right, len(cells[row]) - 1) + 1):
                cells[row][column] = cells[row][column] or cells[top][left]
    return cells


def _ods_merges(path: Path, name: str) -> list[Range]:
    """Return the merged ranges of an ods sheet (calamine does not tell them); none for other files."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        if "content.xml" not in archive.namelist():
            return []
        root = ElementTree.fromstring(archive.read("content.xml"))
    tables = [table for table in root.iter(f"{_ODS}table") if table.get(f"{_ODS}name") == name]
    return [found for table in tables[:1] for found in _table_merges(table)]


def _table_merges(table: ElementTree.Element) -> list[Range]:
    """Return the merged ranges of one table."""
    ranges, row = [], 0
    for line in table.iter(f"{_ODS}table-row"):
        column = 0
        for cell in line:
            wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
            if wide * high > 1:
                ranges.append(((row, column), (row + high - 1, column + wide - 1)))
            column += _count(cell, "number-columns-repeated")
        row += _count(line, "number-rows-repeated")
        if row > _MANY:
            break
    return ranges


def _count(element: ElementTree.Element, attribute: str) -> int:
    return int(element.get(f"{_ODS}{attribute}", "1"))

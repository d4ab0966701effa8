"""A table as found in a file: all cells as text, where they stood, and how the file was written."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from carelab.inputs.errors import DataError
from carelab.inputs.formats.excel import read_workbook

EXCEL: Final = {b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "ole"}
_MARKS: Final = (";", "\t", ",", "|")


@dataclass(frozen=True)
class Sheet:
    """Cells as text ("" = empty), file name, row of the first one in the file, encoding and name of the sheet."""

    name: str
    rows: list[list[str]]
    first_row: int = 1
    encoding: str = "utf-8"
    sheet: str = ""
    lines: tuple[int, ...] = ()
    """Line of every row in a text file, where cells with line breaks make it differ from counting."""
    separator: str = ""

    def row_number(self, index: int) -> int:
        """Return where a row stands in the file, counted from 1."""
        return self.lines[index] if self.lines else self.first_row + index

    @property
    def decimal(self) -> str:
        """Return the decimal mark that numbers have here: a point in spreadsheets and between commas."""
        return "." if self.encoding == "excel" or self.separator == "," else ","


def read_sheet(path: Path, *, sheet: str | None = None) -> Sheet:
    """Return the cells of a CSV, TSV, xlsx, xls or ods file (by content, not by its name). Raises DataError."""
    name = path.name
    try:
        data = path.read_bytes()
    except OSError:
        raise DataError(
            f"{name}: Datei nicht gefunden oder nicht lesbar; erwartet: CSV, xlsx, xls oder ods.",
            f"{name}: file not found or not readable; expected: CSV, xlsx, xls or ods.",
        ) from None
    if data[:4] in EXCEL:
        title, rows, first = read_workbook(path, sheet)
        return Sheet(name, rows, first, "excel", title)
    return _text_sheet(name, data)


def _text_sheet(name: str, data: bytes) -> Sheet:
    """Return the cells of a text file."""
    text, encoding = decode(data, name)
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, lines, last = [], [], 0
    for row in reader:
        rows.append([cell.strip().replace("\u00a0", " ") if cell else "" for cell in row])
        lines.append(last + 1)
        last = reader.line_num
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    if not any(any(row) for row in rows):
        raise DataError(f"{name}: die Datei ist leer.", f"{name}: the file is empty.")
    return Sheet(name, rows, 1, encoding, "", tuple(lines), separator)


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return a file's text and its encoding: UTF-8 (strict, with or without BOM), UTF-16 with BOM, else cp1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        raise DataError(
            f"{name}: weder UTF-8 noch Windows-Text (cp1252); erwartet: CSV, xlsx, xls oder ods.",
            f"{name}: neither UTF-8 nor Windows text (cp1252); expected: CSV, xlsx, xls or ods.",
        ) from None


def _separator(text: str) -> str:
    """Return the mark that splits most lines into the same number of cells, at least two."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    scores = {}
    for mark in _MARKS:
        counts = [len(row) - 1 for row in csv.reader(lines, delimiter=mark)]
        usual = max(set(counts), key=lambda count: (counts.count(count) * (count > 0), count))
        scores[mark] = (counts.count(usual) if usual else 0, usual)
    return max(_MARKS, key=lambda mark: (scores[mark][0], scores[mark][1]))

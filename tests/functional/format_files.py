"""Write small files as spreadsheets and statistics offices write them; all numbers in them are made up."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

Cell = str | float | None
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def xlsx(path: Path, rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] = (), sheet: str = "Blatt1") -> Path:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet(sheet)
    for top, left, bottom, right in merges:
        page.merge_range(top, left, bottom, right, rows[top][left])
    covered = {(r, c) for t, left, b, right in merges for r in range(t, b + 1) for c in range(left, right + 1)}
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is None or cell == "" or (r, c) in covered:
                continue
            page.write_string(r, c, cell) if isinstance(cell, str) else page.write_number(r, c, cell)
    book.close()
    return path


def ods(path: Path, rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] = (), sheet: str = "Blatt1") -> Path:
    book, table = OpenDocumentSpreadsheet(), Table(name=sheet)
    starts = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges}
    covered = {(r, c) for t, left, b, right in merges for r in range(t, b + 1) for c in range(left, right + 1)}
    for r, row in enumerate(rows):
        line = TableRow()
        for c, cell in enumerate(row):
            if (r, c) in covered and (r, c) not in starts:
                line.addElement(CoveredTableCell())
                continue
            spans = {}
            if (r, c) in starts:
                high, wide = starts[(r, c)]
                spans = {"numberrowsspanned": str(high), "numbercolumnsspanned": str(wide)}
            if isinstance(cell, str) or cell is None:
                element = TableCell(valuetype="string", **spans) if cell else TableCell(**spans)
            else:
                element = TableCell(valuetype="float", value=repr(cell), **spans)
            if cell is not None and cell != "":
                element.addElement(P(text=str(cell)))
            line.addElement(element)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(path)
    return path


def xls(path: Path, rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] = (), sheet: str = "Blatt1") -> Path:
    """Write the smallest Excel 97 file: BIFF8 records in an OLE compound file ([MS-XLS], [MS-CFB])."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def text(words: str, size: str) -> bytes:
        return struct.pack(size, len(words)) + b"\x01" + words.encode("utf-16-le")

    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600)) + record(
        0x0042, struct.pack("<H", 1200)
    )
    name = text(sheet, "<B")
    begin = len(start) + 4 + 6 + len(name) + 4
    body = start + record(0x0085, struct.pack("<IBB", begin, 0, 0) + name) + record(0x000A, b"")
    body += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600))
    body += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            place = struct.pack("<HHH", r, c, 0)
            if isinstance(cell, str) and cell:
                body += record(0x0204, place + text(cell, "<H"))
            elif isinstance(cell, int | float):
                body += record(0x0203, place + struct.pack("<d", cell))
    if merges:
        areas = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merges)
        body += record(0x00E5, struct.pack("<H", len(merges)) + areas)
    path.write_bytes(_compound(body + record(0x000A, b"")))
    return path


def _compound(stream: bytes) -> bytes:
    """Wrap one stream, named Workbook, in an OLE compound file: header, one table of sectors, directory, the stream."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    chain = [table, end, *range(3, sectors + 2), end]
    assert len(chain) <= 128, "one sector of table is enough for tests"
    fat = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        wide = name.encode("utf-16-le") + b"\0\0" if name else b""
        head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, free, free, child)
        return head + bytes(16 + 4 + 16) + struct.pack("<IQ", first, size)

    folder = (
        entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream)) + entry("", 0, free, 0, 0) * 2
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    return header + fat + folder + stream

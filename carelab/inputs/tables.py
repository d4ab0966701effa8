"""Read one CSV table under its contract: text first, every cell checked, then numbers.

While a table is being checked its index is the line number in the file, so that every complaint can name it.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from carelab.inputs.contract import Contract
from carelab.inputs.contract_checks import cell_problems, row_problems
from carelab.inputs.errors import DataError, Problem, raise_problems
from carelab.inputs.kinds import Kind

YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's reader where it is there: ten times as fast as the one in Python, the same values."""
SYMBOLS = ("-", "–", ".", "/", "x", "X", "...", "…", "*", "()", "( )")
"""Symbols of official statistics: not available, unknown, blocked or too uncertain. They are never read as zero."""


@dataclass(frozen=True)
class Table:
    """A checked table (index = line in the file), its name in messages, and remarks (de, en) about reading it."""

    frame: pd.DataFrame
    file: str
    remarks: tuple[tuple[str, str], ...] = ()


def read_table(path: Path, contract: Contract, *, name: str) -> Table:
    """Return a table that keeps its contract; ``name`` is how messages call the file. Raises DataError."""
    if not contract.quiet:
        return _read_table(path, contract, name)
    try:
        return _read_table(path, contract, name)
    except DataError as error:
        lines = sorted({int(line) for line in re.findall(rf"^{re.escape(name)}, Zeile (\d{{1,6}})\b", error.de, re.M)})
    listed = ", ".join(map(str, lines)) or "1"
    raise DataError(
        f"{name}, Zeile {listed}: hält die vereinbarte Form nicht ein (docs/logbook.md); was dort steht, wird nicht "
        "wiederholt.",
        f"{name}, line {listed}: does not keep the agreed form (docs/logbook.md); what stands there is not repeated.",
    )


def _read_table(path: Path, contract: Contract, name: str) -> Table:
    text = read_text(path, name)
    frame = _split(text, contract, name)
    frame, remarks = _without_symbols(frame, contract, name)
    raise_problems(cell_problems(frame, contract, name))
    frame = cast_cells(frame, contract)
    raise_problems(row_problems(frame, contract, name))
    if not contract.may_be_empty and frame.empty:
        raise DataError(
            f"{name}: keine Zeile mit Werten gefunden; erwartet: mindestens eine.",
            f"{name}: no row with values found; expected: at least one.",
        )
    return Table(frame, name, remarks)


def read_text(path: Path, name: str) -> str:
    """Return the text of a UTF-8 file (with or without byte order mark). Raises DataError."""
    try:
        data = path.read_bytes()
    except OSError:
        raise DataError(
            f"{name}: Datei fehlt; erwartet: eine Textdatei. Ist nichts bekannt, genügt in Tabellen die Kopfzeile.",
            f"{name}: file is missing; expected: a text file. If nothing is known, a table's header is enough.",
        ) from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(
            f"{name}: die Datei ist UTF-16 („Unicode-Text“ aus Excel), erwartet: UTF-8.",
            f'{name}: the file is UTF-16 ("Unicode text" from Excel), expected: UTF-8.',
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        word = _around(data, error.start)
        raise DataError(
            f"{name}, Zeile {line}: kein UTF-8 („{word}“); die Datei sieht nach cp1252 (Windows) aus, erwartet: UTF-8.",
            f'{name}, line {line}: not UTF-8 ("{word}"); the file looks like cp1252 (Windows), expected: UTF-8.',
        ) from None


def _around(data: bytes, start: int) -> str:
    """Return the word around a byte, read as cp1252."""
    text = data[max(0, start - 15) : start + 15].decode("cp1252", errors="replace")
    return re.split(r"[\r\n]", text)[0 if "\n" not in text else -1].strip()


def _split(text: str, contract: Contract, name: str) -> pd.DataFrame:
    """Return all cells as text; the index is the line in the file. Raises DataError."""
    reader = csv.reader(io.StringIO(text, newline=None))
    header = next(reader, [])
    _check_header(header, contract, name)
    rows, lines, problems = [], [], []
    for row in reader:
        if not row:
            continue
        if len(row) != len(header):
            problems.append(_width_problem(name, reader.line_num, len(row), len(header)))
        rows.append(row)
        lines.append(reader.line_num)
    raise_problems(problems)
    frame = pd.DataFrame(rows, columns=pd.Index(header), index=pd.Index(lines, dtype=int), dtype=object)
    frame = frame.assign(**{column: cell for column, cell in contract.optional.items() if column not in header})
    return frame[list(contract.columns)]


def _width_problem(name: str, line: int, found: int, expected: int) -> Problem:
    """Say that a row has too many or too few cells; too many often come from decimal commas."""
    hint = (" (Dezimalkomma?)", " (decimal comma?)") if found > expected else ("", "")
    return Problem(
        name, line, f"{found} Zellen{hint[0]}, erwartet {expected}", f"{found} cells{hint[1]}, expected {expected}"
    )


def _check_header(header: list[str], contract: Contract, name: str) -> None:
    """Raise DataError if separators are wrong, or columns missing, unknown or named twice."""
    wanted = list(contract.columns)
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        mark = (";", "Semikolon", "semicolons") if ";" in header[0] else ("\t", "Tabulator", "tabs")
        raise DataError(
            f"{name}, Zeile 1: Spalten durch {mark[1]} getrennt; erwartet: Komma als Trenner und Punkt in Zahlen.",
            f"{name}, line 1: columns separated by {mark[2]}; expected: commas between columns and points in numbers.",
        )
    problems = [_unknown(name, column, wanted) for column in header if column not in wanted]
    problems += [
        Problem(name, 1, f"Spalte „{column}“ fehlt", f'column "{column}" is missing')
        for column in wanted
        if column not in header and column not in contract.optional
    ]
    problems += [
        Problem(name, 1, f"Spalte „{column}“ steht zweimal", f'column "{column}" appears twice')
        for column in set(header)
        if header.count(column) > 1
    ]
    raise_problems(problems)


def _unknown(name: str, column: str, wanted: list[str]) -> Problem:
    """Say that a column is unknown and which one was probably meant."""
    near = difflib.get_close_matches(column, wanted, n=1)
    de = f"meinten Sie „{near[0]}“?" if near else "erwartet: " + ", ".join(wanted)
    en = f'did you mean "{near[0]}"?' if near else "expected: " + ", ".join(wanted)
    return Problem(name, 1, f"Spalte „{column}“ ist unbekannt, {de}", f'column "{column}" is unknown, {en}')


def _without_symbols(
    frame: pd.DataFrame, contract: Contract, name: str
) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """Empty official symbols in number cells that may be unknown, and say so; elsewhere they stay and are refused."""
    remarks = []
    for column, kind in contract.columns.items():
        marked = frame[column].isin(SYMBOLS) if _may_be_unknown(column, kind) else None
        if marked is not None and marked.any():
            found = ", ".join(sorted(set(frame.loc[marked, column])))
            lines = ", ".join(str(line) for line in frame.index[marked][:10])
            frame = frame.assign(**{column: frame[column].mask(marked, "")})
            remarks.append(
                (
                    f"{name}, Spalte {column}: {int(marked.sum())} amtliche Zeichen ({found}) in Zeile {lines} als "
                    "„nicht verfügbar“ gelesen, nicht als null.",
                    f"{name}, column {column}: {int(marked.sum())} official symbols ({found}) in line {lines} read as "
                    '"not available", not as zero.',
                )
            )
    return frame, tuple(remarks)


def _may_be_unknown(column: str, kind: Kind) -> bool:
    """Say whether an empty cell of this column means unknown (in an upper age it means: and older)."""
    return kind.cast == "number" and kind.optional and not column.endswith("_to")


def cast_cells(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the table with numbers: int64 where every cell is filled by contract, float64 (NaN = empty) elsewhere."""
    columns: dict[str, pd.Series] = {}
    for column, kind in contract.columns.items():
        cells = frame[column]
        if kind.cast == "whole":
            columns[column] = cells.astype("int64")
        elif kind.cast == "number":
            columns[column] = cells.where(cells != "", "nan").astype("float64")
        else:
            columns[column] = cells == "true" if kind.cast == "flag" else cells
    return pd.DataFrame(columns, index=frame.index)

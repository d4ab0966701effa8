"""Records that are merged by key into a table of the city: facilities, counts of people in need, any own table."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from carelab.inputs.contract import Contract
from carelab.inputs.contract_checks import cell_problems, row_problems
from carelab.inputs.desk.population import Arrival
from carelab.inputs.errors import DataError, raise_problems
from carelab.inputs.formats.reading import Problem, raise_bad
from carelab.inputs.formats.sheet import read_sheet
from carelab.inputs.tables import Table, cast_cells


def arrive_facilities(rows: pd.DataFrame, stored: Mapping[str, Table], file: str) -> Arrival:
    """Return the facilities with those of a file merged in: by key, else by name and kind; never twice.

    ``rows`` columns of the contract (missing ones = unknown); an empty cell never deletes what is known. Raises
    DataError for a facility that a file names twice.
    """
    table = stored["facilities"].frame.reset_index(drop=True)
    rows = _complete(rows, list(table.columns))
    known = {str(key): n for n, key in enumerate(table["facility"])}
    by_name = {_same(row): n for n, row in enumerate(table.to_dict("records"))}
    merged, new, changed, seen = table.to_dict("records"), 0, 0, dict[int, int]()
    de, en = [], []
    for number, row in zip(rows["source_row"], rows[list(table.columns)].to_dict("records"), strict=True):
        at = known.get(str(row["facility"]), by_name.get(_same(row)))
        if at is not None and at in seen:
            de.append(f"{file}, Zeile {number}: „{row['name']}“ steht schon in Zeile {seen[at]}; bitte nur einmal.")
            en.append(f'{file}, row {number}: "{row["name"]}" is already in row {seen[at]}; once, please.')
            continue
        if at is None:
            at, new = len(merged), new + 1
            merged.append(row | {"facility": row["facility"] or _next_key(merged)})
            by_name[_same(row)] = at
            known[str(merged[at]["facility"])] = at
        else:
            told = {name: value for name, value in row.items() if not _empty(value) and name != "facility"}
            changed += any(merged[at][name] != value for name, value in told.items())
            merged[at] = merged[at] | told
        seen[at] = int(number)
    if de:
        raise DataError("\n".join(de), "\n".join(en))
    arrival = Arrival({"facilities": pd.DataFrame(merged, columns=list(table.columns))})
    same, kept = len(seen) - new - changed, len(table) - (len(seen) - new)
    arrival.note(
        f"{len(rows)} Einrichtungen gelesen: {new} neu, {changed} ergänzt, {same} unverändert; {kept} frühere bleiben.",
        f"{len(rows)} facilities read: {new} new, {changed} completed, {same} unchanged; {kept} earlier ones stay.",
    )
    return arrival


def arrive_keyed(rows: pd.DataFrame, stored: Mapping[str, Table], name: str, contract: Contract) -> Arrival:
    """Return a table with rows merged in by its key: new values replace old ones, all else stays."""
    table = stored[name].frame.reset_index(drop=True)
    fresh = rows[contract.written(rows.columns)]
    keys = list(contract.key)
    index = pd.MultiIndex.from_frame(_comparable(fresh[keys]))
    old = table[~pd.MultiIndex.from_frame(_comparable(table[keys])).isin(index)] if len(table) else None
    arrival = Arrival({name: fresh if old is None else pd.concat([old, fresh], ignore_index=True)})
    gone = 0 if old is None else len(table) - len(old)
    arrival.note(
        f"{name}.csv: {len(fresh)} Zeilen gelesen, {gone} davon ersetzen frühere; jetzt {len(arrival.tables[name])}.",
        f"{name}.csv: {len(fresh)} rows read, {gone} of them replace earlier ones; now {len(arrival.tables[name])}.",
    )
    return arrival


def read_own(path: Path, contract: Contract, *, sheet: str | None = None) -> pd.DataFrame:
    """Return a file (CSV or Excel) that has the very columns of a table of data/. Raises DataError with every bad row.

    Rows are named as the user sees them; columns that the contract does not know are refused, not guessed.
    """
    found = read_sheet(path, sheet=sheet)
    head = next((n for n, row in enumerate(found.rows) if set(contract.key) <= {cell.strip() for cell in row}), None)
    if head is None:
        wanted = ", ".join(contract.written(()))
        raise DataError(
            f"{path.name}: Kopfzeile nicht gefunden; erwartet die Spalten {wanted}.",
            f"{path.name}: no row of headings found; expected the columns {wanted}.",
        )
    header = [cell.strip() for cell in found.rows[head]]
    raise_bad(path.name, _heading_problems(header, contract, found.row_number(head)))
    body = [(found.row_number(n), row) for n, row in enumerate(found.rows) if n > head and any(row)]
    frame = pd.DataFrame(
        [[cell.strip() for cell in row[: len(header)]] for _, row in body],
        columns=pd.Index(header),
        index=pd.Index([number for number, _ in body], dtype=int),
        dtype=object,
    )
    missing = {column: cell for column, cell in contract.optional.items() if column not in header}
    frame = frame.assign(**missing)[list(contract.columns)]
    frame = frame.map(lambda cell: re.sub(r"^(-?\d+)\.0$", r"\1", cell))
    raise_problems(cell_problems(frame, contract, path.name))
    cast = cast_cells(frame, contract)
    raise_problems(row_problems(cast, contract, path.name))
    return cast


def _heading_problems(header: list[str], contract: Contract, row: int) -> list[Problem]:
    """Return headings that are missing or not known."""
    lost = [name for name in contract.written(()) if name not in header]
    strange = [name for name in header if name and name not in contract.columns]
    return [Problem(row, name, "", "die Spalte fehlt", "the column is missing") for name in lost] + [
        Problem(row, name, name, "diese Spalte gibt es nicht; bitte löschen", "there is no such column; delete it")
        for name in strange
    ]


def _complete(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return rows with every column; unknown text is empty, a facility is open unless something else is said."""
    filled = rows.reindex(columns=[*columns, "source_row"])
    numbers = ("places", "places_day", "places_short")
    texts = [name for name in columns if name not in numbers]
    filled[texts] = filled[texts].fillna("").astype(str)
    filled[list(numbers)] = filled[list(numbers)].astype(float)
    return filled.assign(status=filled["status"].where(filled["status"] != "", "open"))


def _same(row: Mapping[Hashable, Any]) -> tuple[str, str]:
    """Return what tells a facility from others where no key is given: its name in plain letters, and its kind."""
    return re.sub(r"[^\wäöüß]+", "", str(row["name"]).casefold()), str(row["category"])


def _next_key(rows: list[dict[Hashable, Any]]) -> str:
    """Return the next free key, in the manner of those that are there."""
    numbers = [found for row in rows if (found := re.fullmatch(r"([A-Z]+)(\d+)", str(row["facility"])))]
    letter = str(numbers[-1][1]) if numbers else "F"
    highest = max((int(found[2]) for found in numbers if found[1] == letter), default=0)
    return f"{letter}{highest + 1:03d}"


def _empty(value: object) -> bool:
    return value == "" or value is None or value != value


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return keys as text, so that 65 and 65.0 and an open age compare."""
    return frame.map(lambda value: "" if value != value else f"{value:g}" if isinstance(value, float) else str(value))

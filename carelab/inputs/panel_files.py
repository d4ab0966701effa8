"""Read the cells of a user's panel as text categories, from CSV (comma, semicolon, tab) or Parquet."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from carelab.inputs.errors import DataError
from carelab.inputs.tables import read_text

CHUNK: Final = 500_000
"""Rows that are read at a time."""
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How Excel and Calc files begin (ZIP, OLE)."""


def load_cells(path: Path, rename: Mapping[str, str]) -> pd.DataFrame:
    """Return all cells as text categories under their new names. Raises DataError where the file cannot be read."""
    begins = _first_bytes(path)
    if begins in WORKBOOKS:
        raise DataError(
            f"{path.name}: eine Excel- oder Calc-Mappe; erwartet: CSV (in der Tabelle „Speichern unter“) oder Parquet.",
            f'{path.name}: an Excel or Calc workbook; expected: CSV (there "Save as") or Parquet.',
        )
    parquet = path.suffix.lower() in (".parquet", ".pq") or begins == b"PAR1"
    raw = _load_parquet(path) if parquet else _load_csv(path)
    unknown = [old for old in rename if old not in raw.columns]
    if unknown:
        raise DataError(
            f"{path.name}: Spalte „{unknown[0]}“ aus --columns gibt es nicht; vorhanden: {', '.join(raw.columns)}.",
            f'{path.name}: there is no column "{unknown[0]}" named in --columns; found: {", ".join(raw.columns)}.',
        )
    kept = raw.drop(columns=[new for new in rename.values() if new in raw.columns and new not in rename])
    return kept.rename(columns=dict(rename))


def load_names(path: Path) -> list[str] | None:
    """Return the names of a file's columns; None where they cannot be read."""
    if path.suffix.lower() in (".parquet", ".pq"):
        import duckdb  # as in _load_parquet

        try:
            with duckdb.connect() as connection:
                found = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)])
                return [str(column[0]) for column in found.description or ()]
        except duckdb.Error:
            return None
    try:
        with path.open(encoding="utf-8-sig") as lines:
            head = next((line.rstrip("\r\n") for line in lines if line.strip()), "")
    except (OSError, UnicodeDecodeError):
        return None
    return [name.strip() for name in next(csv.reader([head], delimiter=max((",", ";", "\t"), key=head.count)), [])]


def _first_bytes(path: Path) -> bytes:
    """Return the four bytes that tell what a file is; none where it cannot be opened, which its reader then says."""
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError:
        return b""


def _load_csv(path: Path) -> pd.DataFrame:
    """Return the cells of a CSV file whose first line with words names the columns. Raises DataError."""
    text = read_text(path, path.name)
    head = re.search(r"[^\r\n]*\S[^\r\n]*", text)
    if head is None:
        raise DataError(
            f"{path.name}: die Datei ist leer; erwartet: CSV mit Kopfzeile.",
            f"{path.name}: the file is empty; expected: CSV with a header.",
        )
    mark = max((",", ";", "\t"), key=head.group().count)
    names = [name.strip() for name in next(csv.reader([head.group()], delimiter=mark))]
    body = io.StringIO(text)
    body.seek(head.end())
    above = text.count("\n", 0, head.start())
    try:
        raw = _read_categories(body, mark, len(names))
    except pd.errors.ParserError as error:
        raise _unreadable(path.name, str(error), above, head.group()) from None
    over = raw.iloc[:, -1].astype(str).str.strip().ne("").to_numpy()
    if over.any():
        raise _too_wide(path.name, int(np.argmax(over)) + above + 2, head.group())
    raw = raw.iloc[:, : len(names)].set_axis(pd.Index(names, dtype=object), axis=1)
    if mark == ";":
        raw = raw.apply(lambda cells: cells.cat.rename_categories(_with_points(cells.cat.categories)))
    return raw


def _read_categories(body: io.StringIO, mark: str, width: int) -> pd.DataFrame:
    """Return cells as text categories, columns 0 to ``width``: the last holds what stands beyond the header's columns.

    In chunks, so that text is never held for all rows at once. Raises ParserError for still wider rows.
    """
    columns = list(range(width + 1))
    chunks: list[pd.DataFrame] = []
    with warnings.catch_warnings(), contextlib.suppress(pd.errors.EmptyDataError):
        warnings.simplefilter("ignore", pd.errors.ParserWarning)  # of wider rows: the last column tells
        reader = pd.read_csv(
            body, sep=mark, names=columns, header=None, dtype=str, na_filter=False, index_col=False, chunksize=CHUNK
        )
        chunks += [chunk.astype("category") for chunk in reader]
    if not chunks:
        return pd.DataFrame(columns=columns)
    joined = {name: union_categoricals([chunk[name] for chunk in chunks], sort_categories=True) for name in columns}
    return pd.DataFrame({name: pd.Series(values) for name, values in joined.items()})


def _unreadable(name: str, said: str, above: int, head: str) -> DataError:
    """Return what is wrong with a table that cannot be split into cells; ``above``: lines before the header."""
    wide = re.search(r"Expected \d+ fields in line (\d+)", said)
    if wide:
        return _too_wide(name, int(wide[1]) + above, head)
    detail = " ".join(said.split())
    return DataError(
        f"{name}: keine lesbare Tabelle ({detail}); erwartet: CSV mit Kopfzeile.",
        f"{name}: not a readable table ({detail}); expected: CSV with a header.",
    )


def _too_wide(name: str, line: int, head: str) -> DataError:
    """Return what is wrong with a row of more cells than the header: what stands where cannot be known."""
    return DataError(
        f"{name}, Zeile {line}: mehr Zellen als Spalten in der Kopfzeile ({head}); erwartet: gleich viele, Zahlen ohne "
        "Tausenderzeichen.",
        f"{name}, line {line}: more cells than columns in the header ({head}); expected: as many, numbers without "
        "thousands marks.",
    )


def _load_parquet(path: Path) -> pd.DataFrame:
    """Return a Parquet file's columns as text categories. Raises DataError."""
    import duckdb  # not pyarrow or polars: pandas and pandera would load them everywhere, and threads forbid forking

    if not path.is_file():
        raise DataError(f"{path.name}: Datei fehlt.", f"{path.name}: file is missing.")
    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            names = [column[0] for column in found.description or ()]
            raw = pd.DataFrame(found.fetchall(), columns=names)
    except duckdb.Error as error:
        detail = " ".join(str(error).split())
        raise DataError(
            f"{path.name}: keine lesbare Parquet-Datei ({detail}).",
            f"{path.name}: not a readable Parquet file ({detail}).",
        ) from None
    return raw.reset_index(drop=True).apply(_as_text)


def _as_text(values: pd.Series) -> pd.Series:
    """Return text categories: whole numbers without a decimal point, unknown as an empty cell."""
    found = values.astype("category")
    words = [
        str(int(each)) if isinstance(each, float | np.floating) and float(each).is_integer() else str(each)
        for each in found.cat.categories
    ]
    text = pd.Series(pd.Categorical.from_codes(found.cat.codes, categories=pd.Index(words, dtype=object)))
    if text.isna().any():
        text = text.cat.add_categories([""]).fillna("") if "" not in words else text.fillna("")
    return text


def _with_points(words: pd.Index) -> list[str]:
    """Return numbers with a point where a file with semicolons has a decimal comma; other words as they are."""
    texts = [str(word) for word in words]
    pointed = [word.replace(",", ".") if word.replace(",", "", 1).isdigit() else word for word in texts]
    return pointed if len(set(pointed)) == len(texts) else texts

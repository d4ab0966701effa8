"""Read the cells of a user's panel as text categories, from CSV (comma, semicolon, tab) or Parquet."""

from __future__ import annotations

import csv
import io
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


def load_cells(path: Path, rename: Mapping[str, str]) -> pd.DataFrame:
    """Return all cells as text categories under their new names. Raises DataError where the file cannot be read."""
    if path.suffix.lower() in (".parquet", ".pq"):
        raw = _load_parquet(path)
    else:
        text = read_text(path, path.name)
        head = text.partition("\n")[0]
        mark = max((",", ";", "\t"), key=head.count)
        try:
            raw = _read_categories(text, mark)
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            detail = " ".join(str(error).split())
            raise DataError(
                f"{path.name}: keine lesbare Tabelle ({detail}); erwartet: CSV mit Kopfzeile.",
                f"{path.name}: not a readable table ({detail}); expected: CSV with a header.",
            ) from None
        if mark == ";":
            raw = raw.apply(lambda cells: cells.cat.rename_categories(_with_points(cells.cat.categories)))
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
            head = lines.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None
    return next(csv.reader([head], delimiter=max((",", ";", "\t"), key=head.count)), [])


def _read_categories(text: str, mark: str) -> pd.DataFrame:
    """Return CSV cells as text categories; in chunks, so that text is never held for all rows at once."""
    reader = pd.read_csv(
        io.StringIO(text), sep=mark, dtype=str, keep_default_na=False, na_filter=False, index_col=False, chunksize=CHUNK
    )
    chunks = [chunk.astype("category") for chunk in reader]
    if not chunks:
        return pd.DataFrame(columns=text.partition("\n")[0].strip().split(mark))
    joined = {
        name: union_categoricals([chunk[name] for chunk in chunks], sort_categories=True) for name in chunks[0].columns
    }
    return pd.DataFrame({name: pd.Series(values) for name, values in joined.items()})


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

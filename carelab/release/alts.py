"""Alt texts of tables: what a table says, not how many rows it has."""

from __future__ import annotations

import pandas as pd

from carelab.release.numbers import listing, number, percent
from carelab.terms import Language, label, say

MOST = 3
"""Rows named in a sentence; the table has them all."""


def rows_alt(
    table: pd.DataFrame,
    lead: tuple[str, str],
    *,
    columns: tuple[str, str],
    language: Language,
    digits: int = 0,
    share: bool = False,
    most: int = MOST,
) -> str:
    """Return "lead: name value, name value und name value." of the first rows whose value is known.

    ``columns`` are those of name (a key is said in words) and value; ``share``: the value is a share (0-1).
    """
    name, value = columns
    parts = []
    for _, row in table.dropna(subset=[value]).head(most).iterrows():
        figure = float(row[value])
        said = percent(figure, language) if share else number(figure, language, digits)
        parts.append(f"{label(str(row[name]), language)} {said}")
    return f"{say(language, *lead)}: {listing(parts, language)}." if parts else rows_words(len(table), language)


def rows_words(count: int, language: Language) -> str:
    """Return how many rows a table has, where nothing more can be said of it."""
    rows = number(count, language)
    one = count == 1
    return say(language, f"Tabelle mit {rows} Zeile{'' if one else 'n'}.", f"Table of {rows} row{'' if one else 's'}.")

"""Key numbers: a few rounded figures that a notebook shows as plain text, so that nbval can check them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

KEYS = ("year", "from_year", "to_year", "district")
"""Columns that say which row it is: never rounded."""


def key_numbers(table: pd.DataFrame, columns: Sequence[str], *, digits: int = 0, **where: Any) -> pd.DataFrame:
    """Return the rows of a table in which each named column has the given value (or one of a list), figures rounded.

    Raises ValueError where no row of several fits, so that a check never passes on nothing; where nothing is known
    the stored output of the notebook shows the difference.
    """
    if table.empty:  # a table of which nothing is known may lack its columns, too
        return pd.DataFrame(columns=list(columns))
    chosen = table
    for name, wanted in where.items():
        values = wanted if isinstance(wanted, list | tuple) else [wanted]
        chosen = chosen[chosen[name].isin(values)]
    if chosen.empty:
        raise ValueError(f"no row with {where}")
    shown = chosen[list(columns)].reset_index(drop=True)
    return shown.round({name: digits for name in shown.columns if name not in KEYS})

"""Write tables as the project keeps them: CSV, UTF-8, dots, whole numbers without ``.0``, unknown = empty cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd


def write_table(frame: pd.DataFrame, path: Path, *, columns: Sequence[str], keys: Sequence[str]) -> None:
    """Write ``columns`` of a frame sorted by ``keys``: the same figures always give the same bytes."""
    out = frame.loc[:, list(columns)].sort_values(list(keys), kind="stable", na_position="last")
    text = pd.DataFrame({name: _cells(out[name]) for name in columns}, dtype=object)
    path.parent.mkdir(parents=True, exist_ok=True)
    text.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _cells(column: pd.Series) -> list[str]:
    """Return the cells of a column as text."""
    return [_cell(value) for value in column.tolist()]


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)

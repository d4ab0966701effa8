"""Read the published figures as they were found: every cell as text, numbers only where asked for."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

CITIES = {"15003": "Magdeburg", "15002": "Halle (Saale)", "15001": "Dessau-Roßlau", "03241": "Region Hannover"}
"""The four areas of the workbench: three cities of Sachsen-Anhalt and the Region Hannover."""


def read_found(folder: Path, name: str) -> pd.DataFrame:
    """Return a found table with all cells as text (an empty cell is ``""``)."""
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False, encoding="utf-8")


def number(column: pd.Series, digits: int | None = None) -> pd.Series:
    """Return a text column as floats (empty = NaN), rounded to ``digits`` where given."""
    values = pd.to_numeric(column.replace("", None)).astype(float)
    return values if digits is None else values.round(digits)


def ages(column: pd.Series) -> pd.DataFrame:
    """Split "65-69", "90+", "7" or "total" into age_from and age_to (NaN = open)."""
    pairs = {label: _age_pair(label) for label in column.unique()}
    return pd.DataFrame([pairs[label] for label in column], columns=["age_from", "age_to"], index=column.index)


def _age_pair(label: str) -> tuple[int, float]:
    if label.endswith("+"):
        return int(label[:-1]), math.nan
    first, _, last = label.partition("-")
    return int(first), float(last or first)

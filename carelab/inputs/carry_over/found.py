"""Read the published figures as they were found: every cell as text, numbers only where asked for."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

CITIES = {"15003": "Magdeburg", "15002": "Halle (Saale)", "15001": "Dessau-Roßlau", "03241": "Region Hannover"}
"""The four areas of the workbench: three cities of Sachsen-Anhalt and the Region Hannover."""

GERMAN_NAMES = {
    "Diakonie shared flat Kurt-Weill-Straße": "Diakonie-Wohngemeinschaft Kurt-Weill-Straße",
    "Home in Joachimsthaler Straße": "Pflegeheim Joachimsthaler Straße",
    "Lindenblüte (branch of Lindenhof)": "Lindenblüte (Außenstelle des Lindenhofs)",
    "Shared flat August-Bebel-Straße": "Wohngemeinschaft August-Bebel-Straße",
    "WUP Domviertel: day care, 2 shared flats, service centre": (
        "WUP Domviertel: Tagespflege, 2 Wohngemeinschaften, Servicezentrum"
    ),
    "Johanniter home Altstadtquartier": "Johanniter-Pflegeheim Altstadtquartier",
    "Mirabelle Care home in Buckau": "Pflegeheim Mirabelle Care in Buckau",
    "Day care and 2 shared flats Heumarkt quarter": "Tagespflege und 2 Wohngemeinschaften am Heumarkt",
    "Municipal home Rathenaustraße": "Städtisches Pflegeheim Rathenaustraße",
    "Humanas day care and assisted living Marktplatz Olven I": (
        "Humanas Tagespflege und betreutes Wohnen Marktplatz Olven I"
    ),
}
"""Houses that were noted in English words because no name of their own was found."""


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

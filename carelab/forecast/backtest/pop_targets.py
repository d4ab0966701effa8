"""Which age bands a panel allows to be scored, and how they are sums of disjoint cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from carelab.forecast.arrays import Array, Index
from carelab.forecast.small_area.errors import CellShape

WANTED: Final[dict[str, tuple[int, int | None]]] = {
    "total": (0, None),
    "65+": (65, None),
    "75+": (75, None),
    "80+": (80, None),
    "65-74": (65, 75),
    "75-79": (75, 80),
    "80-84": (80, 85),
    "85-89": (85, 90),
    "90+": (90, None),
}
"""Age bands that are scored where a panel's groups allow: first age and the age at which it has ended (None = open)."""
CUTS: Final = (0, 65, 75, 80, 85, 90)
SIZE_CLASSES: Final = ((0, "<5k"), (5_000, "5-10k"), (10_000, "10-20k"), (20_000, ">20k"))
QUARTERS: Final = ("Q1", "Q2", "Q3", "Q4")
CLASS_NAMES: Final = ("", *(name for _, name in SIZE_CLASSES), *QUARTERS)


@dataclass(frozen=True)
class Targets:
    """``names`` (k,) of the bands, ``cells`` first groups (c,) of disjoint cells; ``matrix`` (k, c) adds them."""

    names: tuple[str, ...]
    cells: Index
    shape: CellShape
    matrix: Array

    def to_cells(self, persons: Array) -> Array:
        """Return persons by cell (..., c), sexes added, from (..., s, b)."""
        return np.asarray(np.add.reduceat(persons.sum(axis=-2), self.cells, axis=-1))

    def of_cells(self, cells: Array) -> Array:
        """Return persons by target (..., k) from cells (..., c)."""
        return np.asarray(cells @ self.matrix.T)


def find_targets(start: Index) -> Targets:
    """Return the targets that age groups with these first ages allow; "total" always."""
    ages = tuple(age for age in CUTS if age in start)
    cells = np.array([int(np.flatnonzero(start == age)[0]) for age in ages])
    names, rows = [], []
    for name, (low, high) in WANTED.items():
        if low in ages and (high is None or high in ages):
            names.append(name)
            rows.append([low <= age and (high is None or age < high) for age in ages])
    return Targets(tuple(names), cells, CellShape(ages, _edge_widths(start, cells)), np.array(rows, dtype=float))


def _edge_widths(start: Index, cells: Index) -> Array:
    """Return the width (c,) of the group just below every cell (of the first one's own, which has none below)."""
    widths = np.append(np.diff(start), 1).astype(float)
    return np.asarray(widths[np.maximum(cells - 1, 0)])


def size_classes(inhabitants: Array) -> Array:
    """Return the class of every area (a,): the four fixed classes, or quarters of this panel where one is empty.

    Areas without a count get "".
    """
    bounds = np.array([bound for bound, _ in SIZE_CLASSES])
    names = np.array([name for _, name in SIZE_CLASSES], dtype=object)
    known = np.isfinite(inhabitants)
    codes = np.clip(np.searchsorted(bounds, np.where(known, inhabitants, 0), side="right") - 1, 0, 3)
    if known.sum() >= 8 and len(np.unique(codes[known])) < len(SIZE_CLASSES):
        quarters = np.quantile(inhabitants[known], [0.25, 0.5, 0.75])
        codes = np.searchsorted(quarters, np.where(known, inhabitants, 0), side="left")
        names = np.array(QUARTERS, dtype=object)
    return np.where(known, names[codes], "")

"""Size classes of a care panel: by inhabitants where known, else the panel's own quarters by people in need."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array
from carelab.forecast.care_panel.ages import AgePanel
from carelab.forecast.care_panel.data import CarePanel, Note

CLASSES: Final = ("<5k", "5-10k", "10-20k", ">20k")
LIMITS: Final = (5_000, 10_000, 20_000)
QUARTERS: Final = ("quarter 1 (smallest)", "quarter 2", "quarter 3", "quarter 4 (largest)")
FEWEST_CLASSES: Final = 2


def size_classes(panel: CarePanel, ages: AgePanel | None) -> tuple[npt.NDArray[np.object_], Note]:
    """Return the size class of each area (area,) and a note that says how the classes were made.

    Inhabitants (mean of all years) where known for every area and at least FEWEST_CLASSES of CLASSES are filled; else
    quarters of the panel, by inhabitants or, without them, by people in need (mean of all surveys).
    """
    people = _inhabitants(ages)
    if people is not None and np.isfinite(people).all():
        fixed = np.digitize(people, LIMITS)
        if np.unique(fixed).size >= FEWEST_CLASSES:
            note = ("Größenklassen nach Einwohnern.", "Size classes by inhabitants.")
            return np.array(CLASSES, dtype=object)[fixed], note
        note = (
            "Größenklassen: Viertel des Panels nach Einwohnern (die festen Klassen sind leer).",
            "Size classes: the panel's quarters by inhabitants (the fixed classes are empty).",
        )
        return _quarters(people), note
    note = (
        "Größenklassen: Viertel des Panels nach Pflegebedürftigen.",
        "Size classes: the panel's quarters by people in need.",
    )
    return _quarters(np.nanmean(panel.counts, axis=1)), note


def _quarters(values: Array) -> npt.NDArray[np.object_]:
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.array(QUARTERS, dtype=object)[rank * len(QUARTERS) // values.size]


def _inhabitants(ages: AgePanel | None) -> Array | None:
    if ages is None or not ages.persons:
        return None
    totals = np.stack([each.sum(axis=(1, 2)) for each in ages.persons.values()])
    known = np.isfinite(totals)
    count = known.sum(axis=0)
    mean = np.where(known, totals, 0.0).sum(axis=0) / np.maximum(count, 1)
    return np.asarray(np.where(count > 0, mean, np.nan))

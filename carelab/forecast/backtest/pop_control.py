"""Totals of a user's own that areas are scaled to: taken only if they mean what the panel counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.backtest.result import Sentence
from carelab.forecast.small_area.panel_repairs import list_of
from carelab.forecast.small_area.projector import PanelArrays
from carelab.terms import UserError

FACTOR, APART = 2.0, 0.20
"""A total so many times the count of its year, or its half, is of other areas or units; one that misses the count by
more than the share APART is worth a remark (assumptions)."""


def control_totals(
    control: pd.DataFrame, panel: PanelArrays, notes: list[Sentence], *, origin: int
) -> dict[int, float]:
    """Return persons by year from a control table: year, persons (also by sex, age; further columns ignored).

    Raises UserError where no year lies after the first ``origin``, or a total is not what the panel's areas count.
    """
    sums = control.groupby("year")["persons"].sum(min_count=1).dropna()
    totals = dict(zip(sums.index.astype(int).tolist(), sums.astype(float).tolist(), strict=True))
    counted = panel.persons.sum(axis=(1, 2, 3))
    last = int(panel.years[-1])
    if not any(origin < year <= last for year in totals):
        raise UserError(
            f"--control: kein Jahr von {origin + 1} bis {last}; erwartet: Summen für Jahre nach dem Ausgangsjahr.",
            f"--control: no year from {origin + 1} to {last}; expected: totals for years after the origin.",
        )
    off = {
        year: totals[year] / persons
        for year, persons in zip(panel.years.tolist(), counted.tolist(), strict=True)
        if year in totals and np.isfinite(persons) and abs(totals[year] / persons - 1) > APART
    }
    for year, ratio in off.items():
        if not 1 / FACTOR <= ratio <= FACTOR:
            count = f"{totals[year] / ratio:.0f}"
            raise UserError(
                f"--control: {year} stehen {totals[year]:.0f} Personen, das Panel zählt {count}; erwartet: Summen "
                "derselben Gebiete, in Personen.",
                f"--control: {year} has {totals[year]:.0f} persons, the panel counts {count}; expected: totals of the "
                "same areas, in persons.",
            )
    if off:
        years = list_of([str(year) for year in off])
        notes.append(
            (
                f"Die angegebenen Summen weichen von der Zählung um mehr als {100 * APART:.0f} % ab: {years}.",
                f"The given totals differ from the counts by more than {100 * APART:.0f}%: {years}.",
            )
        )
    notes.append(
        (
            "Abgestimmt auf die angegebenen Summen; ob sie im Ausgangsjahr bekannt waren, weiß carelab nicht.",
            "Controlled to the given totals; carelab cannot know whether they were known at the origin.",
        )
    )
    return totals

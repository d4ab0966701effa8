"""Panel of all Kreise: people in need at every survey beside their estimated ages, and the levels that follow.

A level (care_schedule) says how far an area lies above or below the schedule in a year, ageing removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care.schedule import national_population, solve_level
from carelab.terms import AGE_TOP, SEXES

KREIS_BANDS = ((0, 64), (65, 69), (70, 74), (75, 79), (80, 84), (85, 89), (90, AGE_TOP))
STRUCTURE_YEAR = 2018
"""The one year in which ages up to 90+ are known for every Kreis."""


@dataclass(frozen=True)
class Panel:
    """Kreise x surveys: ``rows`` (area, parent, year, people_in_need, ...), ``persons`` (row, sex, band) in order.

    ``hazard`` (14,) of the schedule by sex and KREIS_BANDS.
    """

    rows: pd.DataFrame
    persons: Array
    hazard: Array

    @property
    def cells(self) -> Array:
        """Persons as (row, 14 cells), in the order of ``hazard``."""
        return self.persons.reshape(len(self.rows), -1)


def build_panel(reference: Mapping[str, pd.DataFrame], hazard: Array, *, last_year: int = 2100) -> Panel:
    """Return all Kreise without area change and their estimated ages, for surveys up to ``last_year``.

    Ages of a year = the Kreis's ages of STRUCTURE_YEAR, 65+ scaled to the year's share and population, shifted within
    65+ as in Germany. ``reference`` maps table names of data/reference to tables; ``hazard`` (sex, age) from
    fit_schedule.
    """
    bands = _structure(reference["population_kreis"])
    totals = reference["care_totals"]
    totals = totals[(totals["level"] == "kreis") & ~totals["area_changed"] & (totals["people_in_need"] > 0)]
    rows = totals.merge(reference["kreis_structure"], on=["area", "year"])
    rows = rows[rows["area"].isin(bands.index) & (rows["year"] <= last_year)]
    rows = rows.sort_values(["area", "year"], ignore_index=True)
    base = bands.loc[rows["area"]].to_numpy().reshape(-1, 2, len(KREIS_BANDS))
    return Panel(rows, _persons_of_year(base, rows, reference["population_de"]), band_hazard(hazard))


def panel_levels(panel: Panel) -> pd.DataFrame:
    """Return the panel's rows with columns expected (persons in need at level 0) and level (log hazard)."""
    expected = panel.cells @ -np.expm1(-panel.hazard)
    level = solve_level(panel.cells, panel.hazard, panel.rows["people_in_need"].to_numpy(dtype=float))
    return panel.rows.assign(expected=expected, level=level)


def land_step(panel: Panel, reference: Mapping[str, pd.DataFrame], land: str, years: tuple[int, int]) -> float:
    """Return the growth of a Land's (DG: Germany's) level between two surveys; the second may lack Kreis counts.

    The Land's ages in the first year are those of its Kreise, in the second they moved as Germany's did.
    NaN where a total or the Kreise are missing.
    """
    table = reference["care_totals"]
    totals = table[table["area"] == land].set_index("year")["people_in_need"]
    if not set(years) <= set(totals.index):
        return float("nan")
    national = [fold_bands(national_population(reference["population_de"], float(year))) for year in years]
    inside = (panel.rows["year"] == years[0]) & (panel.rows["parent"] == land)
    first = national[0] if land == "DG" else panel.persons[inside.to_numpy()].sum(axis=0)
    if not first.any():
        return float("nan")
    persons = np.stack([first, first * national[1] / national[0]]).reshape(2, -1)
    levels = solve_level(persons, panel.hazard, totals.loc[list(years)].to_numpy(dtype=float))
    return float(levels[1] - levels[0])


def national_steps(
    panel: Panel, reference: Mapping[str, pd.DataFrame], *, last_year: int
) -> dict[tuple[int, int], float]:
    """Return the growth of Germany's level between neighbouring surveys, from the panel's first to ``last_year``.

    From Germany's total and its ages (population_de), which no census moves: the Kreise's inhabitants, and so the sum
    of their levels, were counted anew in 2011.
    """
    totals = reference["care_totals"]
    counted = np.sort(totals.loc[totals["area"] == "DG", "year"].unique())
    first = int(panel.rows["year"].min())
    pairs = pairwise(int(year) for year in counted if first <= year <= last_year)
    steps = {pair: land_step(panel, reference, "DG", pair) for pair in pairs}
    return {pair: growth for pair, growth in steps.items() if np.isfinite(growth)}


def band_hazard(hazard: Array) -> Array:
    """Return hazards (14,) of the KREIS_BANDS by sex: those that give each band's mean rate over its single ages."""
    rates = [(-np.expm1(-hazard[:, first : last + 1])).mean(axis=1) for first, last in KREIS_BANDS]
    return np.asarray(-np.log1p(-np.stack(rates, axis=1)).reshape(-1))


def _structure(population_kreis: pd.DataFrame) -> pd.DataFrame:
    rows = population_kreis[population_kreis["year"] == STRUCTURE_YEAR]
    table = rows.pivot_table(index="area", columns=["sex", "age_from"], values="persons", aggfunc="sum")
    wanted = [(sex, first) for sex in SEXES for first, _ in KREIS_BANDS]
    return table.reindex(columns=wanted).dropna()


def _persons_of_year(base: Array, rows: pd.DataFrame, population_de: pd.DataFrame) -> Array:
    years, at = np.unique(rows["year"], return_inverse=True)
    national = np.stack([fold_bands(national_population(population_de, float(year))) for year in years])
    reference = fold_bands(national_population(population_de, float(STRUCTURE_YEAR)))
    old = base[:, :, 1:] * (national / reference)[at][:, :, 1:]
    target = (rows["population"] * rows["share_65plus"]).to_numpy()
    old *= (target / old.sum(axis=(1, 2)))[:, None, None]
    young = base[:, :, :1] * ((rows["population"] - target).to_numpy() / base[:, :, 0].sum(axis=1))[:, None, None]
    return np.concatenate([young, old], axis=2)


def fold_bands(single: Array) -> Array:
    """Return persons (..., KREIS_BANDS) from single ages (..., age); the last band takes all that are older."""
    spans = [slice(first, None if last == AGE_TOP else last + 1) for first, last in KREIS_BANDS]
    return np.stack([single[..., span].sum(axis=-1) for span in spans], axis=-1)

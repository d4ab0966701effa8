"""Levels of care rates by area and survey year, and what they have in common: the national trend and the areas' own
drift.

A level (care_schedule) says how far an area lies above or below the schedule in a year, ageing removed. Levels of all
Kreise together give the common trend (year effects, statsmodels) and the spread of what an area does beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.api as sm

from carelab.forecast.care_schedule import national_population, solve_level
from carelab.terms import AGE_TOP, SEXES

Array = npt.NDArray[np.float64]

KREIS_BANDS = ((0, 64), (65, 69), (70, 74), (75, 79), (80, 84), (85, 89), (90, AGE_TOP))
STRUCTURE_YEAR = 2018
"""The one year in which ages up to 90+ are known for every Kreis."""
BREAK_YEARS = (2017,)
"""First survey under a new legal definition (PSG II, 1 January 2017): a step, not a growth rate."""
COUNTING_EFFECTS = {2019: 7244 / 129672, 2021: 160_000 / 4_961_146}
"""Share of the year's count that is new in the statistics, not in need: Pflegegrad 1 without services first counted
in 2019 (share of Sachsen-Anhalt, StatLA), its under-count repaired in 2021 (about 160,000 nationally, Destatis).
"""
SURVEY_STEP = 2
"""Years between two surveys."""


@dataclass(frozen=True)
class Trend:
    """Common growth between surveys. ``years`` (n,), ``growth`` (n - 1,) of the level per survey step and its
    standard ``error`` (NaN where taken from a total), ``drift_sd`` of a Kreis's level beside its Land's per step,
    ``land_drift_sd`` of the Land's.
    """

    years: npt.NDArray[np.int64]
    growth: Array
    error: Array
    drift_sd: float
    land_drift_sd: float

    def table(self) -> pd.DataFrame:
        """Return columns year, growth, error, counting (part of the growth that is newly counted, where known), law
        (bool).
        """
        counting = [
            -np.log1p(-COUNTING_EFFECTS[y]) if y in COUNTING_EFFECTS else np.nan for y in map(int, self.years[1:])
        ]
        law = np.isin(self.years[1:], BREAK_YEARS)
        columns = {"year": self.years[1:], "growth": self.growth, "error": self.error, "counting": counting, "law": law}
        return pd.DataFrame(columns)


@dataclass(frozen=True)
class Panel:
    """Kreise x surveys: ``rows`` (area, parent, year, people_in_need, ...) and their ``persons`` (row, sex, 7
    bands).
    """

    rows: pd.DataFrame
    persons: Array
    national: Array
    hazard: Array

    @property
    def cells(self) -> Array:
        """Persons as (row, 14 cells), in the order of ``hazard`` (14,)."""
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
    persons = _persons_of_year(base, rows, reference["population_de"])
    national = _fold(national_population(reference["population_de"], STRUCTURE_YEAR))
    return Panel(rows, persons, national, band_hazard(hazard))


def panel_levels(panel: Panel) -> pd.DataFrame:
    """Return the panel's rows with columns expected (count at level 0) and level."""
    expected = panel.cells @ -np.expm1(-panel.hazard)
    level = solve_level(panel.cells, panel.hazard, panel.rows["people_in_need"].to_numpy(dtype=float))
    return panel.rows.assign(expected=expected, level=level)


def land_step(panel: Panel, reference: Mapping[str, pd.DataFrame], land: str, years: tuple[int, int]) -> float:
    """Return the growth of a Land's (or DG's: Germany's) level between two surveys, the second of which may lack Kreis
    counts.

    The Land's ages in the first year are those of its Kreise, in the second they moved as Germany's did.
    NaN where a total or the Kreise are missing.
    """
    totals = reference["care_totals"]
    totals = totals[totals["area"] == land].set_index("year")["people_in_need"]
    if not set(years) <= set(totals.index):
        return float("nan")
    inside = (panel.rows["year"] == years[0]) & ((panel.rows["parent"] == land) | (land == "DG"))
    national = [_fold(national_population(reference["population_de"], float(year))) for year in years]
    first = panel.persons[inside.to_numpy()].sum(axis=0) if land != "DG" else national[0]
    if not first.any():
        return float("nan")
    persons = np.stack([first, first * national[1] / national[0]]).reshape(2, -1)
    levels = solve_level(persons, panel.hazard, totals.loc[list(years)].to_numpy(dtype=float))
    return float(levels[1] - levels[0])


def band_hazard(hazard: Array) -> Array:
    """Return hazards (14,) of the KREIS_BANDS by sex: those that give each band's mean rate over its single ages."""
    rates = [(-np.expm1(-hazard[:, first : last + 1])).mean(axis=1) for first, last in KREIS_BANDS]
    return np.asarray(-np.log1p(-np.stack(rates, axis=1)).reshape(-1))


def fit_trend(levels: pd.DataFrame, extra_growth: dict[int, float]) -> Trend:
    """Fit year effects common to all Kreise (weighted least squares on levels less the Kreis's mean; statsmodels).

    ``extra_growth`` adds later steps that only larger areas know: survey year -> growth of the national level since the
    one before. Drift: spread of the Kreise's steps beside their Land's, of the Länder's beside the common one; breaks
    included.
    """
    table = levels.dropna(subset=["level"])
    years = np.sort(table["year"].unique())
    dummies = (table["year"].to_numpy()[:, None] == years[None, 1:]).astype(float)
    weights = table["people_in_need"].to_numpy(dtype=float)
    centred = _centre(np.column_stack([table["level"], dummies]), table["area"], weights)
    groups = pd.factorize(table["area"])[0]
    fit = sm.WLS(centred[:, 0], centred[:, 1:], weights=weights).fit(cov_type="cluster", cov_kwds={"groups": groups})
    steps = np.eye(years.size - 1) - np.eye(years.size - 1, k=-1)
    errors = np.sqrt(np.diag(steps @ fit.cov_params() @ steps.T))
    later = list(extra_growth.values())
    growth = np.concatenate([steps @ fit.params, later])
    all_years = np.concatenate([years, list(extra_growth)]).astype(np.int64)
    return Trend(all_years, growth, np.concatenate([errors, np.full(len(later), np.nan)]), *_drift(table))


def _drift(table: pd.DataFrame) -> tuple[float, float]:
    """Return robust standard deviations of one survey step: Kreis beside its Land, Land beside all."""
    steps = table.pivot(index="area", columns="year", values="level").diff(axis=1).iloc[:, 1:]
    land = table.drop_duplicates("area").set_index("area")["parent"].reindex(steps.index)
    by_land = steps.groupby(land).median()
    own = steps - by_land.loc[land].to_numpy()
    beside = by_land - steps.median()
    return _robust_sd(own.to_numpy()), _robust_sd(beside.to_numpy())


def _robust_sd(values: Array) -> float:
    """Return half the width of the central 80 % in units of the normal's: outliers count, but not squared."""
    finite = values[np.isfinite(values)]
    if finite.size < 10:
        return float("nan")
    low, high = np.quantile(finite, [0.1, 0.9])
    return float((high - low) / (2 * 1.2815515655446004))


def _centre(values: Array, groups: pd.Series, weights: Array) -> Array:
    codes, _ = pd.factorize(groups)
    mass = np.bincount(codes, weights)
    means = np.stack([np.bincount(codes, weights * column) / mass for column in values.T], axis=1)
    centred: Array = values - means[codes]
    return centred


def _structure(population_kreis: pd.DataFrame) -> pd.DataFrame:
    rows = population_kreis[population_kreis["year"] == STRUCTURE_YEAR]
    table = rows.pivot_table(index="area", columns=["sex", "age_from"], values="persons", aggfunc="sum")
    wanted = [(sex, first) for sex in SEXES for first, _ in KREIS_BANDS]
    return table.reindex(columns=wanted).dropna()


def _persons_of_year(base: Array, rows: pd.DataFrame, population_de: pd.DataFrame) -> Array:
    years, at = np.unique(rows["year"], return_inverse=True)
    national = np.stack([_fold(national_population(population_de, float(year))) for year in years])
    reference = _fold(national_population(population_de, float(STRUCTURE_YEAR)))
    old = base[:, :, 1:] * (national / reference)[at][:, :, 1:]
    target = (rows["population"] * rows["share_65plus"]).to_numpy()
    old *= (target / old.sum(axis=(1, 2)))[:, None, None]
    young = base[:, :, :1] * ((rows["population"] - target).to_numpy() / base[:, :, 0].sum(axis=1))[:, None, None]
    return np.concatenate([young, old], axis=2)


def _fold(single: Array) -> Array:
    return np.stack([single[:, a : (None if b == AGE_TOP else b + 1)].sum(axis=1) for a, b in KREIS_BANDS], axis=1)

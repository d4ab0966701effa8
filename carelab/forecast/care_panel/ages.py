"""Expected people in need by age and sex alone, for any user's age bands: now, and as the counted cohorts grow older.

Bands are spread over single ages like a stationary population, aged by a standard mortality, and weighted by a standard
age pattern of care. Only ratios between areas and years are used: what all areas share cancels out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.terms import AGE_TOP, UserError

MORTALITY = {"m": (0.0669, 0.1001), "w": (0.0442, 0.1133)}
"""Force of mortality at 80 and its yearly log slope (Gompertz), fitted to Destatis period tables 2016/2018, 55-95."""
CARE_AGES = (0.0, 50.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0)
CARE_HAZARD = {
    "m": (0.012, 0.015, 0.024, 0.058, 0.089, 0.143, 0.255, 0.504, 1.33),
    "w": (0.011, 0.014, 0.021, 0.053, 0.095, 0.177, 0.358, 0.786, 2.36),
}
"""Relative care hazard at CARE_AGES (Germany 2023, Destatis Pflegestatistik via care_schedule.fit_schedule).

Only its shape matters; the level is solved in every panel and year."""
OLDEST_DATA = 5
"""An age structure may be so many years older than the origin; cohorts are aged in between."""
COARSE_TOP = 75
"""A population whose open band begins below this age says little about care; the flag `ages_coarse` says so."""


AGE_FLAGS = ("ages_unknown", "ages_coarse", "ages_earlier")
"""Flags on forecasts: the ages are not known, their open band begins too early, or they were counted before."""


@dataclass(frozen=True)
class AgePanel:
    """``persons`` year -> (area, sex, age 0..90+), NaN where an area is unknown; ``bands`` year -> most bands.

    ``top`` year -> (area,) first age of the open band.
    """

    persons: dict[int, Array]
    bands: dict[int, int]
    top: dict[int, Array]

    def at(self, origin: int) -> AgesAt | None:
        """Return what is known of ages at ``origin`` from data up to then; None if nothing is.

        Of the years not older than OLDEST_DATA the one with most bands counts, then the latest; it is aged forward.
        Areas that are unknown in that year take the next best.
        """
        known = [year for year in self.persons if origin - OLDEST_DATA <= year <= origin]
        if not known:
            return None
        best, *others = sorted(known, key=lambda year: (self.bands[year], year), reverse=True)
        persons, top = grow_older(self.persons[best], origin - best), self.top[best]
        years = np.full(top.size, best)
        for year in others:
            gaps = ~np.isfinite(persons).all(axis=(1, 2)) & np.isfinite(self.persons[year]).all(axis=(1, 2))
            if gaps.any():
                persons, top = persons.copy(), np.where(gaps, self.top[year], top)
                persons[gaps] = grow_older(self.persons[year][gaps], origin - year)
                years[gaps] = year
        return AgesAt(persons, top, years)


@dataclass(frozen=True)
class AgesAt:
    """Ages at an origin: ``persons`` (area, sex, age), NaN = unknown; ``top`` first open age, ``years`` counted in."""

    persons: Array
    top: Array
    years: Index

    def flags(self, origin: int) -> list[list[str]]:
        """Return the AGE_FLAGS of each area."""
        known = np.isfinite(self.persons).all(axis=(1, 2))
        holds = np.stack([~known, known & (self.top < COARSE_TOP), known & (self.years < origin)], axis=1)
        return [[name for name, here in zip(AGE_FLAGS, row, strict=True) if here] for row in holds]


def read_ages(population: pd.DataFrame, areas: npt.NDArray[np.object_]) -> AgePanel:
    """Return the age panel of ``areas`` from columns area, year, sex (m, w, t), age_from, age_to, persons.

    Areas may have bands of their own; where both sexes are known, `t` rows are left aside. Areas without a row in a
    year, or without one of the bands that others like them have, are NaN there. Raises UserError for missing columns,
    duplicates, one sex alone, and bands that overlap or leave a gap.
    """
    table = _typed(population, areas)
    persons, bands, top = {}, {}, {}
    for year, rows in table.groupby("year"):
        known = np.full((areas.size, 2, AGE_TOP + 1), np.nan)
        first_open, most = np.full(areas.size, AGE_TOP + 1.0), 0
        for own in _alike(rows, int(str(year))):
            members = np.flatnonzero(pd.Index(areas).isin(own["area"].unique()))
            wide = own.pivot(index="area", columns=["sex", "age_from"], values="persons").reindex(areas[members])
            columns = [(str(column[0]), int(column[1])) for column in wide.columns.to_flat_index()]
            spread = np.stack([_profile(own, sex, first) for sex, first in columns])
            known[members] = (wide.to_numpy(float) @ spread.reshape(len(spread), -1)).reshape(-1, 2, AGE_TOP + 1)
            first_open[members] = max(first for _, first in columns)
            most = max(most, wide.shape[1])
        persons[int(str(year))], bands[int(str(year))], top[int(str(year))] = known, most, first_open
    return AgePanel(persons, bands, top)


def grow_older(persons: Array, years: float) -> Array:
    """Return persons (..., sex, age) whole ``years`` later by survival alone; newborns as many as the youngest."""
    survive = np.exp(-mortality())
    for _ in range(round(years)):
        moved = persons * survive
        persons = np.concatenate([persons[..., :1], moved[..., :-1]], axis=-1)
        persons[..., -1] += moved[..., -1]
    return persons


def mortality() -> Array:
    """Return the standard force of mortality (sex, age 0..90+), yearly."""
    ages = np.append(np.arange(AGE_TOP) + 0.5, AGE_TOP + 4.0)
    return np.stack([level * np.exp(slope * (ages - 80)) for level, slope in MORTALITY.values()])


def standard_hazard() -> Array:
    """Return the standard care hazard (sex, age 0..90+), log-linear between CARE_AGES."""
    ages = np.arange(AGE_TOP + 1)
    return np.stack([np.exp(np.interp(ages, CARE_AGES, np.log(own))) for own in CARE_HAZARD.values()])


def expected_need(persons: Array, hazard: Array, level: float) -> Array:
    """Return expected people in need (area,) of persons (area, sex, age) at a common ``level`` (log hazard)."""
    return np.asarray((persons * -np.expm1(-hazard * np.exp(level))).sum(axis=(-1, -2)))


def _profile(rows: pd.DataFrame, sex: str, first: int) -> Array:
    """Return the shares (sex, age) by which one band is spread: those of a stationary population."""
    last = rows.loc[(rows["sex"] == sex) & (rows["age_from"] == first), "age_to"].iloc[0]
    inside = (np.arange(AGE_TOP + 1) >= first) & (np.arange(AGE_TOP + 1) <= (AGE_TOP if pd.isna(last) else last))
    if first > AGE_TOP:
        inside[AGE_TOP] = True
    force = mortality()
    alive = np.exp(-np.concatenate([np.zeros((2, 1)), np.cumsum(force[:, :-1], axis=1)], axis=1))
    alive[:, -1] /= -np.expm1(-force[:, -1])
    wanted = alive * inside * np.array([[sex != "w"], [sex != "m"]])
    return np.asarray(wanted / wanted.sum())


def _typed(population: pd.DataFrame, areas: npt.NDArray[np.object_]) -> pd.DataFrame:
    wanted = ["area", "year", "sex", "age_from", "age_to", "persons"]
    lacking = ", ".join(column for column in wanted if column not in population.columns)
    if lacking:
        raise UserError(f"Der Bevölkerung fehlt die Spalte {lacking}.", f"The population lacks the column {lacking}.")
    table = population[wanted].copy()
    table["area"] = table["area"].astype(str)
    table = table[table["area"].isin(set(areas))]
    if table.duplicated(["area", "year", "sex", "age_from"]).any():
        area = table.loc[table.duplicated(["area", "year", "sex", "age_from"]), "area"].iloc[0]
        raise UserError(
            f"Die Bevölkerung hat für Gebiet {area} doppelte Zeilen.", f"The population has duplicate rows for {area}."
        )
    return table


def _alike(rows: pd.DataFrame, year: int) -> list[pd.DataFrame]:
    """Return the rows of one year in parts: areas with the same bands, or with some of them (the rest is unknown)."""
    rows = _sexes(rows, year)
    area, names = pd.factorize(rows["area"])
    band = rows.groupby(["sex", "age_from", "age_to"], dropna=False, observed=True).ngroup().to_numpy()
    has = np.zeros((len(names), band.max(initial=-1) + 1), dtype=bool)
    has[area, band] = True
    patterns, own = np.unique(has, axis=0, return_inverse=True)
    holder = _holders(patterns)
    group = holder[own.ravel()][area]
    parts = [rows[group == each] for each in np.unique(holder)]
    for part in parts:
        for _, bands in part.drop_duplicates(["sex", "age_from"]).groupby("sex", observed=True):
            _refuse_gaps(bands.sort_values("age_from"), year)
    return parts


def _holders(patterns: npt.NDArray[np.bool_]) -> Index:
    """Return for each pattern of bands (pattern, band) the place of the richest that holds all of its bands."""
    holder, richest = np.empty(len(patterns), dtype=int), np.empty(0, dtype=int)
    for own in np.argsort(-patterns.sum(axis=1), kind="stable"):
        holding = richest[(patterns[richest] >= patterns[own]).all(axis=1)]
        holder[own] = holding[0] if holding.size else own
        richest = richest if holding.size else np.append(richest, own)
    return holder


def _sexes(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return an area's rows by sex where both sexes are there, else its total. Raises UserError for one sex alone."""
    has = {sex: rows["area"].isin(rows.loc[rows["sex"] == sex, "area"]) for sex in ("m", "w", "t")}
    both = has["m"] & has["w"]
    alone = ~both & ~has["t"]
    if alone.any():
        row = rows[alone].iloc[0]
        raise UserError(
            f"Die Bevölkerung nennt {row['area']} {year} nur mit sex = {row['sex']}; erwartet: m und w, oder t.",
            f"The population has {row['area']} in {year} with sex = {row['sex']} only; expected: m and w, or t.",
        )
    return rows[(rows["sex"] != "t") == both]


def _refuse_gaps(rows: pd.DataFrame, year: int) -> None:
    ends = rows["age_to"].to_numpy(float)[:-1]
    if not np.array_equal(ends + 1, rows["age_from"].to_numpy(float)[1:]):
        raise UserError(
            f"Die Altersgruppen von {year} überlappen oder haben Lücken.",
            f"The age bands of {year} overlap or have gaps.",
        )

"""Single ages where a city publishes groups only, or lends its ages from the area around it.

A year counted by single age is aged forward and backward with the life table, one year at a time, and scaled to what is
published of each year (Preston, Heuveline & Guillot 2001, ch. 6; scaling is one-way raking). Years after the last
published one follow the mean cohort change ratios (Hamilton & Perry 1962). An area that lends its ages is tilted
along a line over age, so that the city's few published groups are met without a step between neighbouring ages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.population.survival import one_year_older, survivorship
from carelab.terms import AGE_TOP, AGES, SEXES, UserError

SWEEPS = 200
"""Rounds in which the tilt is found: far more than the two or three groups that cities publish need."""
COLUMNS = ("year", "sex", "age_from", "age_to", "persons", "status")


def complete_ages(
    population_city: pd.DataFrame, donor: pd.DataFrame, qx: Array, *, own: bool, until: int = 0
) -> pd.DataFrame:
    """Return the city by single age and sex (columns of population_city) from its first year to its last, or ``until``.

    Where every year is counted by single age the table comes back as it is. ``donor``: sex (m, w) and ages of the city
    (``own``) or of the area that stands in for it, at least one year by single age; ``qx`` (sex, age) death
    probabilities. Raises UserError where no year is.
    """
    if _counted_by_single_age(population_city):
        return population_city
    years = range(int(population_city["year"].min()), max(int(population_city["year"].max()), until) + 1)
    counted, groups = _split(donor)
    if not counted:
        raise UserError(
            "population_city.csv: kein Jahr nach Altersjahren und Geschlecht; erwartet: mindestens eines.",
            "population_city.csv: no year by single age and sex; expected: at least one.",
        )
    alive = np.stack([survivorship(q, AGE_TOP) for q in qx])
    persons = _carry(counted, groups, alive, years)
    if not own:
        persons = _tilt(persons, population_city)
    return _table({year: persons[year] for year in years}, set(counted) if own else set())


def births_of(population_city: pd.DataFrame, fertility: pd.DataFrame, qx: Array) -> pd.DataFrame:
    """Return births by mother's age (columns of births.csv) from the infants of each year, where births are not known.

    ``fertility``: share of total fertility by age group (data/reference); infants are divided by their survival.
    """
    ages = {int(str(year)): rows for year, rows in population_city.groupby("year")}
    schedule = np.zeros(len(AGES))
    for row in fertility.to_dict("records"):
        inside = slice(int(row["age_from"]), int(row["age_to"]) + 1)
        schedule[inside] = float(row["share"]) / (row["age_to"] - row["age_from"] + 1)
    parts = []
    for year, rows in ages.items():
        men, women = (rows[rows["sex"] == sex].set_index("age_from")["persons"].reindex(AGES) for sex in SEXES)
        born = sum(float(p[0]) / survivorship(q, AGE_TOP)[0] for p, q in zip((men, women), qx, strict=True))
        by_age = schedule * women.to_numpy(float)
        at = np.flatnonzero(schedule)
        values = born * by_age[at] / by_age.sum()
        parts.append(pd.DataFrame({"year": year, "mother_age_from": at, "mother_age_to": at, "births": values}))
    return pd.concat(parts, ignore_index=True)


def _counted_by_single_age(rows: pd.DataFrame) -> bool:
    """Say whether no row but the open one holds more than one age."""
    return bool((rows["age_to"].isna() | (rows["age_to"] == rows["age_from"])).all() and (rows["age_from"] > 0).any())


def _split(donor: pd.DataFrame) -> tuple[dict[int, Array], dict[int, pd.DataFrame]]:
    """Return years by single age (sex, age), and all years' published groups."""
    counted, groups = {}, {}
    for year, both in donor.groupby("year"):
        by_sex = both[both["sex"].isin(SEXES)]
        rows = by_sex if len(by_sex) else both
        groups[int(str(year))] = rows
        if len(by_sex) and _counted_by_single_age(rows):
            wide = rows.assign(age=rows["age_from"].clip(upper=AGE_TOP)).pivot_table(
                index="sex", columns="age", values="persons", aggfunc="sum"
            )
            counted[int(str(year))] = wide.loc[list(SEXES)].reindex(columns=list(AGES)).to_numpy(float)
    return counted, groups


def _carry(
    counted: Mapping[int, Array], groups: Mapping[int, pd.DataFrame], alive: Array, years: range
) -> dict[int, Array]:
    """Return persons (sex, age) by year: counted years carried to their neighbours, groups met where published."""
    persons = dict(counted)
    for year in range(min(counted) - 1, min(years) - 1, -1):
        persons[year] = _meet(_younger(persons[year + 1], alive), groups.get(year))
    for year in range(min(counted) + 1, max(years) + 1):
        if year in persons:
            continue
        known = year <= max(groups)
        aged = one_year_older(persons[year - 1], alive) if known else persons[year - 1] * 1.0
        persons[year] = _meet(aged, groups.get(year)) if known else _change(persons, year, max(groups))
    return persons


def _younger(persons: Array, alive: Array) -> Array:
    """Return persons (sex, age) one year earlier; the open group parts as 89 and 90+ stand to each other now."""
    before = np.empty_like(persons)
    before[:, :-2] = persons[:, 1:-1] / alive[:, 1:-2]
    ratio = persons[:, -2] / persons[:, -1]
    before[:, -1] = persons[:, -1] / (ratio * alive[:, -2] + alive[:, -1])
    before[:, -2] = ratio * before[:, -1]
    return before


def _change(persons: Mapping[int, Array], year: int, last: int) -> Array:
    """Return persons of ``year`` by the mean cohort change ratios of the years up to ``last``."""
    pairs = [(persons[y], persons[y + 1]) for y in sorted(persons) if y + 1 <= last and y + 1 in persons]
    sums = [sum(values) for values in zip(*pairs, strict=True)]
    before = persons[year - 1]
    after = before.copy()
    after[:, 1:-1] = before[:, :-2] * (sums[1][:, 1:-1] / np.maximum(sums[0][:, :-2], 1e-9))
    top = sums[1][:, -1] / (sums[0][:, -2] + sums[0][:, -1])
    after[:, -1] = (before[:, -2] + before[:, -1]) * top
    return after


def _meet(persons: Array, groups: pd.DataFrame | None) -> Array:
    """Return persons scaled to published groups, by sex where they are."""
    if groups is None:
        return persons
    met = persons.copy()
    for row in groups.to_dict("records"):
        inside = _ages(row)
        sexes = slice(None) if row["sex"] == "t" else SEXES.index(row["sex"])
        met[sexes, inside] *= row["persons"] / max(float(met[sexes, inside].sum()), 1e-9)
    return met


def _tilt(persons: Mapping[int, Array], city: pd.DataFrame) -> dict[int, Array]:
    """Return the donor's persons by year tilted to the city: its finest groups, and its totals in every year.

    Between years with the most groups the tilt moves on a straight line, before and after them it stays.
    """
    rows = {int(str(year)): table for year, table in city.groupby("year")}
    most = max(len(table) for table in rows.values())
    fine = sorted(year for year, table in rows.items() if len(table) == most)
    tilts = np.stack([_log_tilt(persons[year].sum(axis=0), rows[year]) for year in fine])
    totals = {year: float(table["persons"].sum()) / persons[year].sum() for year, table in rows.items()}
    known = np.array(sorted(totals))
    result = {}
    for year, people in persons.items():
        tilt = np.array([np.interp(year, fine, tilts[:, age]) for age in range(tilts.shape[1])])
        tilted = people * np.exp(tilt)
        share = np.interp(year, known, [totals[y] for y in known])
        result[year] = tilted * (share * people.sum() / tilted.sum())
    return result


def _log_tilt(by_age: Array, groups: pd.DataFrame) -> Array:
    """Return the log factor (age,), linear between the groups' mean ages, with which the groups are met."""
    inside = [_ages(row) for row in groups.sort_values("age_from").to_dict("records")]
    target = groups.sort_values("age_from")["persons"].to_numpy(float)
    ages = np.arange(by_age.size)
    middle = np.array([np.average(ages[part], weights=by_age[part]) for part in inside])
    nodes = np.zeros(len(inside))
    for _ in range(SWEEPS):
        now = by_age * np.exp(np.interp(ages, middle, nodes))
        nodes += np.log(target / np.array([now[part].sum() for part in inside]))
    return np.interp(ages, middle, nodes)


def _ages(row: Mapping[Any, Any]) -> slice:
    last = float(row["age_to"])
    return slice(int(row["age_from"]), None if np.isnan(last) else int(last) + 1)


def _table(persons: Mapping[int, Array], counted: set[int]) -> pd.DataFrame:
    """Return persons (sex, age) by year as rows; years that are not counted by single age are derived."""
    last = [float(age) for age in AGES[:-1]] + [np.nan]
    parts = [
        pd.DataFrame({"year": year, "sex": sex, "age_from": AGES, "age_to": last, "persons": values}).assign(
            status="observed" if year in counted else "derived"
        )
        for year, both in persons.items()
        for sex, values in zip(SEXES, both, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]

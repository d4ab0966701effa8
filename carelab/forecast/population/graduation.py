"""Graduation: single ages in years that are counted in groups only, from a year near by that is counted by single age.

Cohorts carry the pattern: the single ages of the known year move one year at a time with the life table's survival
(backwards: against it), and each group is then scaled to its count (Deming & Stephan 1940). Net migration within a
group thus follows its cohorts' numbers. Counts are met exactly; what is assumed is the pattern inside a group. Going
back n years, the last n ages below the open group are the least sure: the known year has them in its open group.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.population.survival import latest_table, survivorship
from carelab.terms import AGE_TOP, AGES, SEXES


def graduate(population_city: pd.DataFrame, lifetable: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every year by single age; unchanged where it is, or where no year is known by sex and age.

    Columns year, sex (m, w, t), age_from, age_to, persons. Graduated years have the sexes m and w. ``lifetable`` as in
    data/reference.
    """
    single = {int(str(year)): _is_single(rows) for year, rows in population_city.groupby("year")}
    wanted = [year for year, fine in single.items() if not fine]
    known = {
        year: ages for year, fine in single.items() if fine and (ages := _by_sex(population_city, year)) is not None
    }
    if not wanted or not known:
        return population_city
    done = dict(known)
    for year in sorted(wanted, key=lambda each: min(abs(each - near) for near in known)):
        start = min(done, key=lambda near: abs(near - year))
        survival = np.stack([survivorship(qx, AGE_TOP) for qx in latest_table(lifetable, max(year, start))[1]])
        done[year] = _meet_groups(_move(done[start], year - start, survival), population_city, year)
    kept = population_city[~population_city["year"].isin(wanted)]
    return pd.concat([kept, *(_rows(done[year], year) for year in sorted(wanted))], ignore_index=True)


def _is_single(rows: pd.DataFrame) -> bool:
    """Say whether a year is counted by single age (0, 1, ... up to AGE_TOP at least) for some sex."""
    return any(set(AGES) <= set(part["age_from"]) for _, part in rows.groupby("sex"))


def _by_sex(population_city: pd.DataFrame, year: int) -> Array | None:
    """Return persons (sex, age) of a year, or None where it is not known by sex."""
    rows = population_city[(population_city["year"] == year) & population_city["sex"].isin(SEXES)]
    table = rows.assign(age=rows["age_from"].clip(upper=AGE_TOP))
    wide = table.pivot_table(index="sex", columns="age", values="persons", aggfunc="sum").reindex(
        index=list(SEXES), columns=list(AGES)
    )
    return None if wide.isna().any(axis=None) else wide.to_numpy(float)


def _move(persons: Array, years: int, survival: Array) -> Array:
    """Return persons (sex, age) moved on by some years (back where negative); the youngest stay as many as they were.

    ``survival`` (sex, age + 2) as survivorship gives it: newborns, ages 0 .. top - 1, the open group.
    """
    moved = persons.copy()
    for _ in range(abs(years)):
        moved = _later(moved, survival) if years > 0 else _earlier(moved, survival)
    return moved


def _later(persons: Array, survival: Array) -> Array:
    after = np.concatenate([persons[:, :1], persons[:, :-1] * survival[:, 1:-1]], axis=1)
    after[:, -1] += persons[:, -1] * survival[:, -1]
    return after


def _earlier(persons: Array, survival: Array) -> Array:
    """Undo a year: the open group came from those one year younger and from itself, in the ratio found now."""
    before = np.empty_like(persons)
    before[:, :-2] = persons[:, 1:-1] / survival[:, 1:-2]
    ratio = persons[:, -2] / np.maximum(persons[:, -1], 1e-9)
    before[:, -1] = persons[:, -1] / (survival[:, -2] * ratio + survival[:, -1])
    before[:, -2] = ratio * before[:, -1]
    return before


def _meet_groups(pattern: Array, population_city: pd.DataFrame, year: int) -> Array:
    """Return the pattern (sex, age) scaled to the groups counted in a year: by sex where known, else both together."""
    rows = population_city[population_city["year"] == year]
    by_sex = rows[rows["sex"].isin(SEXES)]
    scaled = pattern.copy()
    groups = by_sex if len(by_sex) else rows
    tops = groups["age_to"].fillna(AGE_TOP).clip(upper=AGE_TOP).astype(int)
    for sex, first, last, persons in zip(groups["sex"], groups["age_from"], tops, groups["persons"], strict=True):
        sexes = slice(None) if sex == "t" else slice(SEXES.index(sex), SEXES.index(sex) + 1)
        inside = pattern[sexes, first : last + 1]
        share = inside / inside.sum() if inside.sum() > 0 else np.full(inside.shape, 1 / inside.size)
        scaled[sexes, first : last + 1] = share * persons
    return scaled


def _rows(persons: Array, year: int) -> pd.DataFrame:
    """Return persons (sex, age) as rows of population_city."""
    upper = [float(age) if age < AGE_TOP else float("nan") for age in AGES]
    parts = [
        pd.DataFrame({"year": year, "sex": sex, "age_from": list(AGES), "age_to": upper, "persons": values})
        for sex, values in zip(SEXES, persons, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)

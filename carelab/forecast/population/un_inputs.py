"""The UN's inputs and published projection of one country (WPP2019), as arrays for the cohort-component step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.population.cohort_oracle import (
    GROUPS,
    Rates5,
    implied_migration,
    project5,
    step5,
    survival_shares,
)

Rows = Iterable[Mapping[str, str]]
TABLES = ("mx_5x5", "percentASFR_5x5", "population_5x5", "scalars_5y")
"""Names of the four tables, as in wpp2019_<name>.csv."""
FIRST_PROJECTED = 6
"""Period 2020-2025: earlier ones are estimates, fitted by the UN to censuses."""
OLD = slice(13, GROUPS)
"""Age groups 65-69 .. 100+."""


@dataclass(frozen=True)
class UnCountry:
    """Published figures in thousands: ``population`` (23 years, 2, 21) from 1990 to 2100, and by period ``rates`` (22),
    ``net_migration`` (22,) and death rates ``mortality`` (22, 2, 22) at 0, 1-4, 5-9 .. 100+.
    """

    population: Array
    rates: list[Rates5]
    net_migration: Array
    mortality: Array


def un_country(tables: Mapping[str, Rows], country: str) -> UnCountry:
    """Return a country's inputs from the rows (column to text) of TABLES. Raises ValueError if it is not in them."""
    rows = {name: [row for row in tables[name] if row["name"] == country] for name in TABLES}
    if not rows["scalars_5y"]:
        raise ValueError(f"{country} is not in the UN tables")
    scalars = sorted(rows["scalars_5y"], key=lambda row: row["period"])
    mortality = _cube(rows["mx_5x5"], ("period", "age"), ("mx_m", "mx_f"))
    shares = _cube(rows["percentASFR_5x5"], ("period", "age"), ("percent_asfr",))[:, 0] / 100
    rates = [
        Rates5(survival_shares(deaths), float(row["tfr"]) * share / 5, float(row["sex_ratio_birth"]))
        for deaths, share, row in zip(mortality, shares, scalars, strict=True)
    ]
    population = _cube(rows["population_5x5"], ("year", "age_start"), ("pop_m", "pop_f"))
    moved = np.array([float(row["net_migration_thousand"]) for row in scalars])
    return UnCountry(population, rates, moved, mortality)


def own_migration(country: UnCountry) -> Array:
    """Return the net migration (22, 2, 21) that the published populations imply, thousands."""
    steps = zip(country.population[:-1], country.population[1:], country.rates, strict=True)
    return np.stack([implied_migration(start, end, rates) for start, end, rates in steps])


def migration_gap(country: UnCountry) -> Array:
    """Return (implied - published net migration) / population by period (22,): what must be below 0.0002."""
    implied = own_migration(country).sum(axis=(1, 2))
    return np.asarray((implied - country.net_migration) / country.population[1:].sum(axis=(1, 2)))


def patterned_migration(country: UnCountry, pattern: Array) -> Array:
    """Return migration (22, 2, 21): each period's published total spread by ``pattern`` (2, 21), which sums to 1."""
    return np.asarray(country.net_migration[:, None, None] * pattern)


def first_pattern(country: UnCountry) -> Array:
    """Return the migrants' shares (2, 21) by age that the first projected step (2020-2025) implies."""
    implied = own_migration(country)[FIRST_PROJECTED]
    return np.asarray(implied / implied.sum())


def step_errors(country: UnCountry, migration: Array) -> Array:
    """Return (ours / published - 1) by period and age group (22, 21) after each single step, sexes together."""
    steps = zip(country.population[:-1], country.rates, migration, strict=True)
    ours = np.stack([step5(start, rates, moved).persons for start, rates, moved in steps])
    return np.asarray(ours.sum(axis=1) / country.population[1:].sum(axis=1) - 1)


def errors_in_one_go(country: UnCountry, migration: Array) -> tuple[Array, float]:
    """Return (ours / published - 1) in 2100 by age group (21,) and in total, projected from 2020 in one go."""
    base = country.population[FIRST_PROJECTED]
    ours = project5(base, country.rates[FIRST_PROJECTED:], migration[FIRST_PROJECTED:])[-1]
    published = country.population[-1]
    return ours.sum(axis=0) / published.sum(axis=0) - 1, float(ours.sum() / published.sum() - 1)


def _cube(rows: list[Mapping[str, str]], keys: tuple[str, str], values: tuple[str, ...]) -> Array:
    """Return values (first key, value, second key), both keys in rising order (ages as numbers)."""
    time, age = keys
    times = sorted({row[time] for row in rows})
    ages = sorted({_first_number(row[age]) for row in rows})
    cube = np.full((len(times), len(values), len(ages)), np.nan)
    for row in rows:
        cube[times.index(row[time]), :, ages.index(_first_number(row[age]))] = [float(row[name]) for name in values]
    return cube


def _first_number(text: str) -> int:
    """Return the first age of a group written 15-19 or 15."""
    return int(text.split("-")[0])

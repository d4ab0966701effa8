"""How wrong would we have been? The care model, told nothing after an origin, against what was counted later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care.cities_panel import build_panel, national_steps, panel_levels
from carelab.forecast.care.projection import Anchor, Pooled, Scenario, draw_levels, fit_levels, starting_growth
from carelab.forecast.care.schedule import national_population, rates, solve_level
from carelab.forecast.care.trend import SURVEY_STEP
from carelab.forecast.population.survival import latest_table, one_year_older, survivorship
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.terms import AGE_TOP, QUANTILE_COLUMNS, SEXES

RULES = ("model", "constant_rates", "own_last_growth")
DRAWS = 1000
COLUMNS = ("area", "name", "origin", "year", "observed", *QUANTILE_COLUMNS, "error_pct", "inside_80", "rule")


def backtest_cities(
    reference: Mapping[str, pd.DataFrame], hazard: Array, *, origin: int, damping: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return errors of the model and of two rules of thumb for the cities of care_cities, fitted up to ``origin``.

    Columns: area, name, origin, year, observed, quantile columns (persons; rules of thumb: median only), error_pct
    (100 x (median / observed - 1)), inside_80, rule. Population: the ages of ``origin`` survived forward, no later
    count. The age-sex schedule is of 2021/2023: only its shape is used here, levels come from surveys up to ``origin``.
    """
    hindsight = fit_hindsight(reference, hazard, origin=origin, damping=damping)
    germany = national_population(reference["population_de"], origin)
    counts = reference["care_cities"]
    counts = counts[(counts["measure"] == "people_in_need") & (counts["sex"] == "t")]
    parts = []
    for area, own in counts.groupby("area"):
        series = own.set_index("year")["persons"].astype(float)
        persons = _single_ages(reference["population_cities"], str(area), origin, germany)
        rows = backtest_area(hindsight, str(area), series, persons, rng)
        parts.append(rows.assign(name=own["name"].iloc[0]))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


@dataclass(frozen=True)
class Hindsight:
    """The care model as it would have been at ``origin``: told no later count. ``qx`` and ``hazard`` (sex, age)."""

    pooled: Pooled
    hazard: Array
    qx: Array
    origin: int
    damping: float


def fit_hindsight(reference: Mapping[str, pd.DataFrame], hazard: Array, *, origin: int, damping: float) -> Hindsight:
    """Return the model fitted to all Kreise up to ``origin``; ``reference`` tables by name."""
    panel = build_panel(reference, hazard, last_year=origin)
    pooled = fit_levels(panel_levels(panel), national_steps(panel, reference, last_year=origin))
    return Hindsight(pooled, hazard, latest_table(reference["lifetable"], origin)[1], origin, damping)


def backtest_area(
    hindsight: Hindsight, area: str, series: pd.Series, persons: Array, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one area's rows (COLUMNS without name): ``series`` counts by year, ``persons`` (sex, age) at the origin.

    The area must be counted at the origin and one survey before.
    """
    origin, hazard = hindsight.origin, hindsight.hazard
    level = solve_level(persons.reshape(-1), hazard.reshape(-1), np.asarray(series[origin]))
    anchor = Anchor(np.full(DRAWS, float(level)), origin, 0.0, origin)
    last = int(series.index.max())
    start = starting_growth(hindsight.pooled, area=area, land=area[:2])
    levels = draw_levels(anchor, start, last, scenario=Scenario("trend", hindsight.damping), rng=rng)
    people = [survive(persons, hindsight.qx, years) for years in range(last - origin + 1)]
    return _city_rows(series, origin, people, hazard, levels).assign(area=area, origin=origin)


def _city_rows(series: pd.Series, origin: int, people: list[Array], hazard: Array, levels: Array) -> pd.DataFrame:
    """Return a city's rows from ``series`` (counts by year), ``people`` (sex, age) and ``levels`` (draw, year)."""
    rows = []
    growth = series[origin] / series[origin - SURVEY_STEP]
    for year in [int(year) for year in series.index if year > origin]:
        ahead = year - origin
        model = np.einsum("nsa,sa->n", rates(hazard, levels[:, ahead]), people[ahead])
        constant = float((rates(hazard, levels[:1, 0])[0] * people[ahead]).sum())
        repeated = float(series[origin] * growth ** (ahead / SURVEY_STEP))
        quantiles = [
            sorted_quantiles(model, [PROBABILITIES[column] for column in QUANTILE_COLUMNS]),
            *(np.array([value] + [np.nan] * 6) for value in (constant, repeated)),
        ]
        rows += [{"year": year, **_row(r, q, float(series[year]))} for r, q in zip(RULES, quantiles, strict=True)]
    return pd.DataFrame(rows)


def _row(rule: str, quantiles: Array, observed: float) -> dict[str, object]:
    values = dict(zip(QUANTILE_COLUMNS, map(float, quantiles), strict=True))
    inside = bool(values["lower_80"] <= observed <= values["upper_80"]) if rule == "model" else None
    error = 100 * (values["median"] / observed - 1)
    return {"rule": rule, "observed": observed, **values, "error_pct": error, "inside_80": inside}


def _single_ages(population_cities: pd.DataFrame, area: str, year: int, germany: Array) -> Array:
    """Return persons (sex, age): published age groups, split within as ``germany`` (sex, age 0..100+) was that year."""
    rows = population_cities[(population_cities["area"] == area) & (population_cities["year"] == year)]
    share = np.concatenate([germany[:, :AGE_TOP], germany[:, AGE_TOP:].sum(axis=1, keepdims=True)], axis=1)
    persons = np.zeros_like(share)
    last = rows["age_to"].fillna(AGE_TOP).astype(int)
    for sex, first, end, count in zip(rows["sex"], rows["age_from"], last, rows["persons"], strict=True):
        own = share[SEXES.index(sex), first : end + 1]
        persons[SEXES.index(sex), first : end + 1] = count * own / own.sum()
    return persons


def survive(persons: Array, qx: Array, years: int) -> Array:
    """Age persons (..., sex, age) by survival alone; newborns as many as the youngest: they hardly matter for care."""
    alive = np.stack([survivorship(q, AGE_TOP) for q in qx])
    for _ in range(years):
        persons = one_year_older(persons, alive)
    return persons

"""City population: a cohort-component projection whose rates are learnt from the city's own cohorts.

Every yearly step is N[a+1, t+1] = N[a, t] x (survivorship[a] + net migration[a]), the open group adds, births = sum of
fertility x mid-year women (Preston, Heuveline & Guillot 2001, ch. 6). Net migration is what the city's past cohorts did
beyond survival; the draws resample whole past years, so that it stays correlated over ages as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

from carelab.forecast.arrays import Array, Years
from carelab.forecast.population.simulate import Block, Cells, Extent, RatesOf, YearRates, simulate
from carelab.forecast.population.survival import scale_to_life_expectancy, survivorship

MORTALITY_AGES = slice(75, 89)
"""Ages at which deaths, not moves, drive the cohorts: here the city's own mortality trend is measured."""
LAST_MOVING_AGE = 75
"""A scenario that scales migration leaves older ages alone: their residual is mostly mortality."""
CERTAINTY_YEARS = 5.0
"""Effective number of past years known about the future's mean migration: fewer than counted, as levels persist.

Assumption 'migration_effective_years' (params/assumptions.yaml): annual residuals of cities are autocorrelated.
"""
LEAST_ERROR = 0.005
"""Yearly improvement is never taken as known better than this: its ten-year means in Germany have differed by it."""


@dataclass(frozen=True)
class History:
    """What the city's past tells: persons by age (t, ages) in consecutive ``years``, by sex in the last of them.

    ``qx`` (2, 101) death probabilities of the region in ``table_year``; ``births`` (t_b, ages) by mother's age in
    ``birth_years``.
    """

    years: Years
    persons: Array
    by_sex: Array
    qx: Array
    table_year: float
    birth_years: Years
    births: Array


@dataclass(frozen=True)
class Rates:
    """Yearly rates in every draw. ``ageing`` (draw, year, sex, ages + 1): share found one year later (survival +
    migration), in survivorship's order; ``fertility`` (draw, year, ages): births per woman; ``boys``: share of
    births.
    """

    ageing: Array
    fertility: Array
    boys: float


@dataclass(frozen=True)
class Scenario:
    """What a scenario may change: migration as a multiple of the past's, yearly fall of death rates (log scale)."""

    migration: float = 1.0
    mortality_improvement: float = 0.01


def regional_qx(qx: Array, life_expectancy: Array) -> Array:
    """Return the national death probabilities (2, 101) scaled to the region's life expectancies (2,) in years."""
    return np.stack([scale_to_life_expectancy(q, e) for q, e in zip(qx, life_expectancy, strict=True)])


def measured_improvement(history: History) -> tuple[float, float]:
    """Return the yearly fall of mortality (log scale) of the city's own old cohorts and its standard error.

    A yardstick only: extrapolating it overshot (docs/decisions/0003), so the projection takes the scenario's value.
    """
    start, end = history.persons[:-1, MORTALITY_AGES], history.persons[1:, 1:][:, MORTALITY_AGES]
    mortality = np.log1p(-np.minimum(end.sum(axis=1) / start.sum(axis=1), 0.999))
    year = history.years[1:] - history.years[-1]
    fit = OLS(mortality, add_constant(year.astype(float))).fit(cov_type="HAC", cov_kwds={"maxlags": 3})
    return -float(fit.params[1]), float(fit.bse[1])


def improvement_error(history: History) -> float:
    """Return the standard deviation of the yearly mortality improvement over draws: never below LEAST_ERROR."""
    return max(measured_improvement(history)[1], LEAST_ERROR)


def migration_residuals(history: History, improvement: float) -> Array:
    """Return net migration per person at risk, by past year and age at the year's end (t - 1, ages); newborns: 0."""
    women = history.by_sex[1] / np.maximum(history.by_sex.sum(axis=0), 1e-9)
    residual = np.zeros((history.years.size - 1, history.persons.shape[1]))
    for t, year in enumerate(history.years[1:]):
        survive = _survivorship(history.qx, improvement * (year - history.table_year))
        mixed = survive[0] * (1 - np.append(women[:1], women)) + survive[1] * np.append(women[:1], women)
        before, after = history.persons[t], history.persons[t + 1]
        expected = before[:-1] * mixed[1:-1]
        residual[t, 1:-1] = (after[1:-1] - expected[:-1]) / np.maximum(before[:-2], 1.0)
        at_risk = before[-2] + before[-1]
        residual[t, -1] = (after[-1] - expected[-1] - before[-1] * mixed[-1]) / max(at_risk, 1.0)
    return residual


def at_risk(persons: Array) -> Array:
    """Return who can be found at each age one year later (..., ages), of persons (..., ages): nobody as a newborn."""
    oldest = persons[..., -2:].sum(axis=-1, keepdims=True)
    return np.concatenate([np.zeros_like(oldest), persons[..., :-2], oldest], axis=-1)


def draw_rates(history: History, years: int, draws: int, rng: np.random.Generator, scenario: Scenario) -> Rates:
    """Return rates for ``years`` steps after the last counted year, in every draw."""
    centre = scenario.mortality_improvement
    mortality, moves, births = rng.spawn(3)
    improvement = mortality.normal(centre, improvement_error(history), draws)
    migration = _draw_migration(migration_residuals(history, centre), years, draws, moves)
    migration[:, :, : LAST_MOVING_AGE + 1] *= scenario.migration
    elapsed = history.years[-1] - history.table_year + np.arange(1, years + 1)
    survive = _survivorship(history.qx, improvement[:, None] * elapsed)
    ageing = np.clip(survive + by_age_before(migration)[:, :, None, :], 0.0, None)
    boys = history.by_sex[0, 0] / history.by_sex[:, 0].sum()
    return Rates(ageing, _draw_fertility(history, years, draws, births), float(boys))


def by_age_before(migration: Array) -> Array:
    """Return migration (..., ages) at the year's end in the order of Rates.ageing (..., ages + 1); newborns: 0."""
    return np.concatenate([np.zeros_like(migration[..., :1]), migration[..., 1:], migration[..., -1:]], axis=-1)


def project(persons: Array, rates: Rates) -> Array:
    """Return persons (draw, year + 1, sex, ages) from the base (draw or 1, sex, ages) on; dims broadcast over draws."""
    draws, years = rates.ageing.shape[:2]
    path = np.empty((draws, years + 1, *persons.shape[-2:]))

    def keep(block: Block, year: int, cells: Cells) -> None:
        path[block.draws, year] = cells[:, :, 0].transpose(2, 0, 1)

    simulate(persons.transpose(1, 2, 0)[:, :, None], rates_of(rates), keep, Extent(draws, years))
    return path


def rates_of(rates: Rates) -> RatesOf:
    """Return the city's rates as the kernel takes them: shared by all areas, from age 1 on."""

    def of(block: Block, year: int) -> YearRates:
        ageing = np.ascontiguousarray(rates.ageing[block.draws, year].transpose(1, 2, 0))
        fertility = np.ascontiguousarray(rates.fertility[block.draws, year, 1:].T)
        return YearRates(ageing[:, :, None], fertility[:, None], 1, rates.boys)

    return of


def _survivorship(qx: Array, log_fall: float | Array) -> Array:
    """Return survivorship (..., 2, ages + 1) with death rates lowered by exp(-log_fall); dims of ``log_fall`` lead."""
    base = np.stack([survivorship(q, 90) for q in qx])
    scale = np.exp(-np.asarray(log_fall, dtype=float))[..., None, None]
    return np.asarray(base**scale)


def _draw_migration(residuals: Array, years: int, draws: int, rng: np.random.Generator) -> Array:
    """Return migration (draw, year, ages): a mean per draw (Bayesian bootstrap, Rubin 1981) and resampled years."""
    past = residuals.shape[0]
    weights = rng.dirichlet(np.full(past, CERTAINTY_YEARS / past), draws)
    picked = rng.integers(0, past, (years, draws)).T
    level = weights @ residuals
    return np.asarray(level[:, None, :] + (residuals - residuals.mean(axis=0))[picked])


def _draw_fertility(history: History, years: int, draws: int, rng: np.random.Generator) -> Array:
    """Return births per woman (draw, year, ages): the last years' schedule, its level a random walk as in the past."""
    women_share = history.by_sex[1] / np.maximum(history.by_sex.sum(axis=0), 1e-9)
    at = np.searchsorted(history.years, history.birth_years)
    women = 0.5 * (history.persons[at] + history.persons[at - 1]) * women_share
    recent = slice(-5, None)
    schedule = history.births[recent].sum(axis=0) / np.maximum(women[recent].sum(axis=0), 1.0)
    level = np.log(history.births.sum(axis=1) / (women @ schedule))
    walk = np.cumsum(rng.normal(0.0, np.diff(level).std(ddof=1), (years, draws)).T, axis=1)
    return np.asarray(np.exp(level[-3:].mean() + walk)[:, :, None] * schedule)

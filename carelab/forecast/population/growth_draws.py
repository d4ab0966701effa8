"""The city's draws, widened until its total errs as growth elsewhere has: people move in or out at the moving ages.

The learnt error is one of totals, and contains what arrivals bring with them (births, few deaths). So the moves that
make a wanted error of the total are found from the projection's own response to a move in each year.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.population.city_projection import (
    LAST_MOVING_AGE,
    History,
    Rates,
    Scenario,
    at_risk,
    by_age_before,
    migration_residuals,
    project,
)
from carelab.forecast.population.growth_error import GrowthSpread

NUDGE = 1e-4
"""Net arrivals per inhabitant with which the response is measured: small enough for it to be a derivative."""


def widen(
    rates: Rates, history: History, spread: GrowthSpread, *, scenario: Scenario, rng: np.random.Generator
) -> Rates:
    """Return ``rates`` with moves added so that the log total spreads as ``spread`` says, where it spread less.

    Ages move as in ``moving_ages``; all draws of one city move in all its ages and districts alike. A scenario's
    multiple of migration multiplies its errors too. Raises nothing; draws that spread enough are left as they are.
    """
    draws, years = rates.ageing.shape[:2]
    past = history.years.size - 1
    own = np.log(project(history.by_sex[None], rates).sum(axis=(2, 3)))[:, 1:].var(axis=0)
    wanted = spread.error_variance(past, years)
    missing = np.sqrt(np.clip(1.0 - own / np.maximum(wanted, 1e-18), 0.0, None))
    errors = scenario.migration * missing * spread.draw_errors(past, (draws, years), rng)
    moving = by_age_before(moving_ages(history, scenario))
    moves = np.linalg.solve(total_response(rates, history, moving), errors.T).T
    return replace(rates, ageing=np.clip(rates.ageing + moves[:, :, None, None] * moving, 0.0, None))


def moving_ages(history: History, scenario: Scenario) -> Array:
    """Return migration by age (ages,) that adds 1 per inhabitant: ages move as much as they have varied in the past.

    None beyond LAST_MOVING_AGE, where the past's variation is mostly mortality; all alike where nothing has varied.
    """
    varied = migration_residuals(history, scenario.mortality_improvement).std(axis=0)
    varied = np.where(np.arange(varied.size) <= LAST_MOVING_AGE, varied if varied.any() else 1.0, 0.0)
    people = history.by_sex.sum(axis=0)
    return np.asarray(varied * people.sum() / (varied * at_risk(people)).sum())


def total_response(rates: Rates, history: History, moving: Array) -> Array:
    """Return the change of the log total at each year's end by moves in each year (year, year), around mean rates.

    Lower triangular; 1 on the diagonal but for the change of ages, then rising as arrivals have children.
    """
    years = rates.ageing.shape[1]
    ageing = np.repeat(rates.ageing.mean(axis=0)[None], years + 1, axis=0)
    nudged = np.arange(years)
    ageing[nudged, nudged] += NUDGE * moving
    fertility = np.repeat(rates.fertility.mean(axis=0)[None], years + 1, axis=0)
    path = project(history.by_sex[None], Rates(ageing, fertility, rates.boys))[:, 1:].sum(axis=(2, 3))
    return np.asarray((np.log(path[:-1]) - np.log(path[-1])).T / NUDGE)

"""How well the estimates meet what is known: mean ages of districts in the base year, the city's counts of care."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care.schedule import rates, solve_level
from carelab.forecast.population.base_population import Known, fit_base_population
from carelab.forecast.population.prepare import city_ages


def mean_age_errors(known: Known, estimate: Array) -> pd.DataFrame:
    """Return mean ages by district (rows in order): published, estimated, and the errors of three estimates in years.

    ``error_profile``: the city's age profile alone; ``error_blind``: bands and women known, mean age not;
    ``error_full``: the estimate in use, which is told the mean age, or the counted ages. Columns also: population
    (persons).
    """
    blind = fit_base_population(replace(known, mean_age=np.full_like(known.mean_age, np.nan), counted=None))
    city_mean = float(known.city.sum(axis=0) @ known.exact_age / known.city.sum())
    estimated = _mean_age(estimate, known.exact_age)
    return pd.DataFrame(
        {
            "population": estimate.sum(axis=(1, 2)),
            "mean_age_published": known.mean_age,
            "mean_age_estimated": estimated,
            "error_full": estimated - known.mean_age,
            "error_blind": _mean_age(blind, known.exact_age) - known.mean_age,
            "error_profile": city_mean - known.mean_age,
        }
    )


def _mean_age(persons: Array, exact_age: Array) -> Array:
    by_age = persons.sum(axis=1)
    total = by_age.sum(axis=1)
    unknown = np.full_like(total, np.nan)
    return np.asarray(np.divide(by_age @ exact_age, total, out=unknown, where=total > 0))


def anchoring(counts: pd.DataFrame, population_city: pd.DataFrame, hazard: Array) -> pd.DataFrame:
    """Return the model at the city's counts: year, counted, modelled, deviation_pct, half_width, status, level.

    ``counts`` indexed by year with persons, half_width, status. The level of each count is solved for, so that the
    modelled number differs by no more than the solution's precision.
    """
    rows = []
    for year, count in counts.iterrows():
        persons = city_ages(population_city, int(str(year)))
        level = solve_level(persons.reshape(-1), hazard.reshape(-1), np.asarray(float(count["persons"])))
        modelled = float((persons * rates(hazard, level)).sum())
        counted = float(count["persons"])
        rows.append(
            (
                year,
                counted,
                modelled,
                100 * (modelled / counted - 1),
                count["half_width"],
                count["status"],
                float(level),
            )
        )
    return pd.DataFrame(rows, columns=["year", "counted", "modelled", "deviation_pct", "half_width", "status", "level"])

"""Survival from one 31 December to the next, from a life table scaled to the region's life expectancy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from carelab.forecast.arrays import Array
from carelab.terms import SEXES


def latest_table(lifetable: pd.DataFrame, by_year: int) -> tuple[int, Array]:
    """Return middle year and qx (sex m, w; age) of the latest table whose three years were over by the end of a year.

    The earliest table where none was. ``lifetable`` as in data/reference; the table of 2022/2024 has year 2023.
    """
    years = np.sort(lifetable["year"].unique())
    over = years[years + 1 <= by_year]
    year = int(over[-1] if over.size else years[0])
    rows = lifetable[lifetable["year"] == year].sort_values("age")
    return year, np.stack([rows.loc[rows["sex"] == sex, "qx"].to_numpy(float) for sex in SEXES])


def tables_known(lifetable: pd.DataFrame, by_year: int) -> pd.DataFrame:
    """Return the rows of all tables whose three years were over by the end of a year; of the earliest where none was.

    Without this a Land's life expectancy, published for later years only, would pick a later table than was known.
    """
    over = lifetable["year"] + 1 <= by_year
    return lifetable[over if over.any() else lifetable["year"] == lifetable["year"].min()]


def life_expectancy(qx: Array) -> float:
    """Return life expectancy at birth in years from death probabilities by single age; the last age is open."""
    alive, lived = _columns(qx)
    return float(lived.sum() / alive[0])


def scale_to_life_expectancy(qx: Array, years: float) -> Array:
    """Return death probabilities shifted on the logit of survivorship until life expectancy at birth is ``years``.

    Brass's relational model with unchanged slope (Brass 1971): logit l*(x) = alpha + logit l(x).
    """
    alive, _ = _columns(qx)
    logit = 0.5 * np.log((1 - alive[1:]) / alive[1:])

    def shifted(alpha: float) -> Array:
        survivors = np.concatenate([[1.0], 1 / (1 + np.exp(2 * (alpha + logit)))])
        return np.append(1 - survivors[1:] / survivors[:-1], qx[-1])

    alpha = brentq(lambda a: life_expectancy(shifted(a)) - years, -2.0, 2.0)
    return shifted(float(alpha))


def survivorship(qx: Array, top: int) -> Array:
    """Return the share surviving a calendar year, by age at its start (top + 2,).

    Element 0: newborn to age 0 at the year's end; element a + 1: age a to a + 1, for a = 0 .. top - 1; the last
    element: the open group (age ``top`` and older) to itself. From L(x) of the table, as Preston, Heuveline & Guillot
    2001, ch. 6.
    """
    alive, lived = _columns(qx)
    total = np.cumsum(lived[::-1])[::-1]
    steps = lived[1 : top + 1] / lived[:top]
    return np.concatenate([[lived[0] / alive[0]], steps, [total[top + 1] / total[top]]])


def one_year_older(persons: Array, alive: Array) -> Array:
    """Return persons (..., sex, age) a year later without moves, as many infants as before; ``alive``: survivorship."""
    moved = persons * alive[:, 1:]
    after = np.concatenate([persons[..., :1], moved[..., :-1]], axis=-1)
    after[..., -1] += moved[..., -1]
    return after


def _columns(qx: Array) -> tuple[Array, Array]:
    """Return l(x) (radix 1) and L(x); infants die early in their year, the last group lives 1 / m more years."""
    alive = np.concatenate([[1.0], np.cumprod(1 - qx[:-1])])
    deaths = alive * qx
    separation = np.where(np.arange(qx.size) == 0, 0.1, 0.5)
    lived = alive - (1 - separation) * deaths
    last_mortality = -np.log1p(-min(float(qx[-1]), 0.999))
    lived[-1] = alive[-1] / last_mortality
    return alive, lived

"""The cohort-component step in five-year ages and periods, as the United Nations do it: the oracle for our projector.

Life table from death rates by abridged ages (Preston, Heuveline & Guillot 2001, ch. 3 and p. 48), deaths within an
age group placed by Greville (United Nations 1982), death rates beyond 100 by Kannisto (Thatcher, Kannisto & Vaupel
1998). Migrants: half at the start, half at the end; births by women at mid-period (Preston et al., ch. 6). Sexes in the
order men, women.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array

GROUPS = 21
"""Five-year age groups 0-4 .. 95-99 and 100+."""
FERTILE = slice(3, 10)
"""Groups 15-19 .. 45-49."""
INFANT = np.array([[0.045, 2.684, 0.33], [0.053, 2.8, 0.35]])
CHILD = np.array([[1.651, -2.816, 1.352], [1.522, -1.518, 1.361]])
"""Years lived by those who die at age 0 and at 1-4, by sex: intercept, slope on the infant death rate, value from
HIGH_MORTALITY on (Coale & Demeny 1983, in Preston et al. 2001, p. 48).
"""
HIGH_MORTALITY = 0.107
TAIL = np.arange(102.5, 150.0, 5.0)
"""Mid-ages beyond 100 to which death rates are continued."""


@dataclass(frozen=True)
class Rates5:
    """Rates of one five-year period: ``survival`` (2, 22) as from survival_shares, ``fertility`` (7,) births per
    woman and year at ages 15-19 .. 45-49, ``sex_ratio`` boys per girl born.
    """

    survival: Array
    fertility: Array
    sex_ratio: float


@dataclass(frozen=True)
class Step5:
    """Five years: ``persons`` (2, 21) at the end, ``births`` (2,) and ``deaths`` (2, 21) by age at the end."""

    persons: Array
    births: Array
    deaths: Array


def person_years(mortality: Array) -> Array:
    """Return person-years lived (2, 21) by five-year age, per newborn, from death rates (2, 22) at 0, 1-4, 5-9 .. 100+.

    ``mortality`` per person and year. Raises ValueError where a rate is not positive.
    """
    if mortality.shape != (2, GROUPS + 1) or not (mortality > 0).all():
        raise ValueError("death rates are positive, for two sexes and the ages 0, 1-4, 5-9, ..., 95-99, 100+")
    width = np.array([1.0, 4.0] + [5.0] * (GROUPS - 2))
    closed = mortality[:, :-1]
    within = years_of_the_dying(mortality)
    dying = width * closed / (1 + (width - within) * closed)
    alive = np.concatenate([np.ones((2, 1)), np.cumprod(1 - dying, axis=1)], axis=1)
    lived = alive[:, :-1] * (width - (width - within) * dying)
    last = alive[:, -1:] / mortality[:, -1:]
    return np.concatenate([lived[:, :2].sum(axis=1, keepdims=True), lived[:, 2:], last], axis=1)


def years_of_the_dying(mortality: Array) -> Array:
    """Return years lived within an age group by those who die there (2, 21), for 0, 1-4, 5-9 .. 95-99."""
    infant = mortality[:, 0]
    low = infant < HIGH_MORTALITY
    first = np.where(low, INFANT[:, 0] + INFANT[:, 1] * infant, INFANT[:, 2])
    second = np.where(low, CHILD[:, 0] + CHILD[:, 1] * infant, CHILD[:, 2])
    following = np.append(mortality[:, 3:-1], first_open_rate(mortality)[:, None], axis=1)
    slope = np.log(following / mortality[:, 1:-2]) / 10.0
    return np.column_stack([first, second, 2.5 - 25 / 12 * (mortality[:, 2:-1] - slope)])


def first_open_rate(mortality: Array) -> Array:
    """Return the death rate at 100-104 (2,): on the Kannisto line through 95-99 whose 100+ has the published rate.

    The rate of an open group is 1 / life expectancy there and higher than that of its first five years.
    """
    anchor = np.log(mortality[:, -2] / (1 - np.minimum(mortality[:, -2], 0.99)))
    low, high = np.full(2, -0.5), np.full(2, 0.5)
    for _ in range(60):
        middle = 0.5 * (low + high)
        too_low = _open_rate(_kannisto(anchor, middle)) < mortality[:, -1]
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return np.asarray(_kannisto(anchor, 0.5 * (low + high))[:, 0])


def survival_shares(mortality: Array) -> Array:
    """Return the share that survives five years (2, 22) by age at their end, from death rates (2, 22).

    Element 0: births of the period; 1 .. 19: 0-4 .. 90-94; 20 and 21: 95-99 and 100+, who share one value, T100 / T95.
    """
    lived = person_years(mortality)
    top = lived[:, -1:] / lived[:, -2:].sum(axis=1, keepdims=True)
    return np.concatenate([lived[:, :1] / 5.0, lived[:, 1:-1] / lived[:, :-2], top, top], axis=1)


def step5(persons: Array, rates: Rates5, migration: Array) -> Step5:
    """Return the population five years later. ``persons`` and ``migration`` (net, in five years): (2, 21).

    Half of the migrants live the whole period here, half come at its end. Account: start + births + migration - deaths
    = end, by sex, exactly.
    """
    exposed = persons + migration / 2
    end = np.zeros_like(persons)
    end[:, 1:] = exposed[:, :-1] * rates.survival[:, 1:-1] + migration[:, 1:] / 2
    end[:, -1] += exposed[:, -1] * rates.survival[:, -1]
    born = births(persons, end, rates)
    end[:, 0] = born * rates.survival[:, 0] + migration[:, 0] / 2
    started = np.concatenate([born[:, None], exposed[:, :-1]], axis=1)
    dead = started * (1 - rates.survival[:, :-1])
    dead[:, -1] += exposed[:, -1] * (1 - rates.survival[:, -1])
    return Step5(end, born, dead)


def births(start: Array, end: Array, rates: Rates5) -> Array:
    """Return births (2,) of five years by women (mean of start and end)."""
    total = 5 * float(rates.fertility @ (start[1, FERTILE] + end[1, FERTILE])) / 2
    return np.asarray(total * np.array([rates.sex_ratio, 1.0]) / (1 + rates.sex_ratio))


def implied_migration(start: Array, end: Array, rates: Rates5) -> Array:
    """Return the net migration (2, 21) that makes step5 lead from ``start`` to ``end``: the residual, cohort by cohort.

    Exact inverse of step5. With published populations, its sum is what must equal the published net migration.
    """
    survival, migration = rates.survival, np.zeros_like(start)
    migration[:, 0] = 2 * (end[:, 0] - births(start, end, rates) * survival[:, 0])
    for age in range(1, GROUPS - 1):
        came = (start[:, age - 1] + migration[:, age - 1] / 2) * survival[:, age]
        migration[:, age] = 2 * (end[:, age] - came)
    old = (start[:, -2] + migration[:, -2] / 2) * survival[:, -2] + start[:, -1] * survival[:, -1]
    migration[:, -1] = 2 * (end[:, -1] - old) / (1 + survival[:, -1])
    return migration


def project5(persons: Array, rates: list[Rates5], migration: Array) -> Array:
    """Return the population (period + 1, 2, 21) from ``persons`` (2, 21) on; ``migration`` (period, 2, 21)."""
    path = [persons]
    for period, now in enumerate(rates):
        path.append(step5(path[-1], now, migration[period]).persons)
    return np.stack(path)


def migrant_schedule() -> Array:
    """Return migrants' shares (2, 21) by age, sexes alike: the standard schedule of Rogers & Castro (1981).

    For a net total whose age pattern is unknown; sums to 1.
    """
    age = np.arange(GROUPS) * 5 + 2.5
    work = 0.06 * np.exp(-0.1 * (age - 20) - np.exp(-0.4 * (age - 20)))
    share = 0.02 * np.exp(-0.1 * age) + work + 0.003
    share[-5:] = 0.0
    return np.asarray(np.stack([share, share]) / (2 * share.sum()))


def _kannisto(anchor: Array, slope: Array) -> Array:
    """Return death rates (2, TAIL) on a logistic line; ``anchor``: its logit at 97.5."""
    return np.asarray(1 / (1 + np.exp(-(anchor[:, None] + slope[:, None] * (TAIL - 97.5)))))


def _open_rate(tail: Array) -> Array:
    """Return the death rate of everyone beyond 100 (2,) in a stationary population with ``tail`` (2, TAIL)."""
    alive = np.exp(-5 * np.cumsum(tail, axis=1))
    alive = np.concatenate([np.ones((2, 1)), alive], axis=1)
    lived = ((alive[:, :-1] - alive[:, 1:]) / tail).sum(axis=1) + alive[:, -1] / tail[:, -1]
    return np.asarray(1 / lived)

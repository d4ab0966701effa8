"""What the UN's estimates of 1990-2020 (WPP2019) hold beyond their own death rates, from 65 on, and what explains it.

Projected steps follow from the published rates (un_inputs). Estimated ones were fitted by the UN to censuses and
registers; what is left there is not one thing. One part is a law: fewer reach 100 than the published rates say, the
more so the higher the death rate at 95-99, alike in every country, sex and step. It is learnt from *other* countries.
The rest is told apart by how wrong death rates would have to be to explain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.population.cohort_oracle import Rates5, step5
from carelab.forecast.population.un_inputs import FIRST_PROJECTED, OLD, UnCountry

ROUNDED: Final = 0.0005
"""Published persons are rounded to thousandths of a thousand: half of one, thousands."""
AGES_INSIDE: Final = 0.04
"""Share of its death rate by which a group can differ because its ages are uneven: up to 0.4 years of mean age at 10 %
more deaths a year of age (Germany's single ages of 2018, Magdeburg's of 2006: docs/oracle_and_speed.md).
"""
OPEN_RATE: Final = 0.05
"""A published rate of 100+ stands out if its ratio to that of 95-99 is so far (log) from the mean of its neighbours."""
REASONS: Final = {
    "": "within the limit",
    "rounded": "persons are published to one; so few are there that the error may be rounding",
    "open": "the published death rate of 100+ stands out between the steps before and after",
    "ages": "death rates off by at most 4 % explain it: uneven ages inside the group, or the rates",
    "persons": "death rates would have to be off by more than 4 %: corrections of the population, or moves",
}


@dataclass(frozen=True)
class OpenGroupLaw:
    """log(published / computed) of 100+ = -exp(``level``) x (death rate at 95-99) ^ ``power``."""

    level: float
    power: float

    def factor(self, country: UnCountry) -> Array:
        """Return what multiplies the survival into 100+ in the estimated steps (6, 2)."""
        rate = country.mortality[:FIRST_PROJECTED, :, -2]
        return np.asarray(np.exp(-np.exp(self.level) * rate**self.power))


def survivors(country: UnCountry, open_factor: Array | float = 1.0) -> Array:
    """Return the population (6, 2, 21) after each estimated step without migrants, thousands.

    ``open_factor`` (6, 2) multiplies the survival into 100+.
    """
    factor = np.broadcast_to(open_factor, (FIRST_PROJECTED, 2))
    result = []
    for start, rates, top in zip(country.population[:-1], country.rates, factor, strict=False):
        survival = rates.survival.copy()
        survival[:, -2:] *= top[:, None]
        used = Rates5(survival, rates.fertility, rates.sex_ratio)
        result.append(step5(start, used, np.zeros_like(start)).persons)
    return np.stack(result)


def estimated_errors(country: UnCountry, open_factor: Array | float = 1.0) -> Array:
    """Return (ours / published - 1) (6, 8) of 65-69 .. 100+ after each estimated step without migrants, both sexes."""
    ours, published = survivors(country, open_factor), country.population[1 : FIRST_PROJECTED + 1]
    return np.asarray((ours.sum(axis=1) / published.sum(axis=1) - 1)[:, OLD])


def left_over(country: UnCountry) -> Array:
    """Return log(published / survivors) (6, 2, 21) by sex and age at the end of each estimated step."""
    return np.asarray(np.log(country.population[1 : FIRST_PROJECTED + 1] / survivors(country)))


def learn_open_group(others: Sequence[UnCountry]) -> OpenGroupLaw:
    """Return the law of 100+ in the countries given: medians of slopes and of levels (Theil 1950), logs.

    Give countries other than the one it is used for. Raises ValueError where fewer than three steps fall short.
    """
    rate = np.concatenate([each.mortality[:FIRST_PROJECTED, :, -2].ravel() for each in others])
    short = np.concatenate([-left_over(each)[..., -1].ravel() for each in others])
    x, y = np.log(rate[short > 0]), np.log(short[short > 0])
    one, other = np.triu_indices(len(x), 1)
    apart = np.abs(x[one] - x[other]) > np.log(1.05)
    if apart.sum() < 3:
        raise ValueError("too few steps to learn the law of the open group")
    one, other = one[apart], other[apart]
    power = float(np.median((y[one] - y[other]) / (x[one] - x[other])))
    return OpenGroupLaw(float(np.median(y - power * x)), power)


def other_sex_errors(country: UnCountry) -> Array:
    """Return errors (6, 8) if each sex is given what is left over in the *other* one at that step: a diagnosis only.

    It uses the step's own published figures: it shows what sexes share (populations, moves), and forecasts nothing.
    """
    published = country.population[1 : FIRST_PROJECTED + 1]
    ours = survivors(country) * np.exp(left_over(country)[:, ::-1])
    return np.asarray((ours.sum(axis=1) / published.sum(axis=1) - 1)[:, OLD])


def other_steps_errors(country: UnCountry) -> Array:
    """Return errors (6, 8) if each step is given the mean of what is left over at that age in the *other* five."""
    left = left_over(country)
    usual = (left.sum(axis=0) - left) / (len(left) - 1)
    ours = survivors(country) * np.exp(usual)
    published = country.population[1 : FIRST_PROJECTED + 1]
    return np.asarray((ours.sum(axis=1) / published.sum(axis=1) - 1)[:, OLD])


def needed_rate_error(country: UnCountry, open_factor: Array | float = 1.0) -> Array:
    """Return by which share death rates would have to be higher (6, 8) to remove the errors of estimated_errors."""
    start = country.population[:FIRST_PROJECTED].sum(axis=1)
    end = survivors(country, open_factor).sum(axis=1)
    came = np.concatenate([start[:, :-2], start[:, -2:].sum(axis=1, keepdims=True)], axis=1)
    hazard = -np.log(end[:, 1:] / came)
    return np.asarray(np.log1p(estimated_errors(country, open_factor)) / hazard[:, OLD.start - 1 :])


def reasons(country: UnCountry, law: OpenGroupLaw, limit: float) -> list[list[str]]:
    """Return the reason (6 steps, 8 groups; keys of REASONS) of each cell; ``limit`` is that of errors with the law."""
    factor = law.factor(country)
    error, needed = estimated_errors(country, factor), needed_rate_error(country, factor)
    published = country.population[1 : FIRST_PROJECTED + 1].sum(axis=1)[:, OLD]
    found = np.where(np.abs(needed) > AGES_INSIDE, "persons", "ages").astype(object)
    found[:, -1] = np.where(_open_rate_stands_out(country), "open", found[:, -1])
    found[np.abs(error) <= limit + 2 * ROUNDED / published] = "rounded"
    found[np.abs(error) <= limit] = ""
    return [[str(each) for each in row] for row in found]


def _open_rate_stands_out(country: UnCountry) -> Array:
    """Return for each estimated step (6,) whether the published rate of 100+ of a sex stands out."""
    ratio = np.log(country.mortality[: FIRST_PROJECTED + 1, :, -1] / country.mortality[: FIRST_PROJECTED + 1, :, -2])
    away = np.abs(ratio[1:-1] - (ratio[:-2] + ratio[2:]) / 2).max(axis=1) > OPEN_RATE
    return np.concatenate([[False], away])

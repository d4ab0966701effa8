"""Single ages behind age groups of any width: how many of a group are about to leave it, and who is in the open group.

A group hides the ages inside it. Following every cohort through a panel's years, with a standard survival curve and
scaled to every count, tells how an open group such as 80+ is made up: large cohorts enter it, and small ones leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array, Index

Flags = npt.NDArray[np.bool_]

TOP: Final = 110
"""Last single age on the inner grid: "110 and older"."""
GRID: Final = TOP + 1
HAZARD_80: Final = {"m": 0.055, "w": 0.035, "t": 0.042}
"""Force of mortality at 80 in 2010, about the mean of western Europe; the panel's own ratios take up its level."""
HAZARD_SLOPE: Final = 0.105
"""Growth of the force of mortality per year of age (Gompertz), much the same in all low-mortality countries."""
IMPROVEMENT: Final = 0.010
"""Yearly fall of old-age mortality that is assumed everywhere (Europe 2000-2019: about 1 to 2 %, lower since 2011)."""
NARROW: Final = 10
"""Widest group, in years, whose changes from count to count tell how large single cohorts are."""
SETTLED_FROM, NARROW_OLD = 50, 20
"""From this age on few move (an assumption), so that groups of up to so many years tell who entered, and later who
leaves them."""
FIRST_MOTHER: Final = 15
LAST_MOTHER: Final = 49
MEAN_MOTHER, SPREAD_MOTHER = 30.5, 5.5
FERTILITY: Final = 1.5
BOYS: Final = 0.513


@dataclass(frozen=True)
class Bands:
    """Age groups: first ages ``start`` (b,), rising from 0; each ends where the next begins, the last is open.

    ``of_age`` (GRID,) index of the group of every single age.
    """

    start: Index

    @property
    def tell_ages(self) -> Flags:
        """Return which groups (b,) tell single ages: narrow ones, and an open one above such a group."""
        width = np.diff(np.append(self.start, GRID))
        narrow = width <= np.where(self.start >= SETTLED_FROM, NARROW_OLD, NARROW)
        narrow[-1] |= narrow[-2:-1].any()
        return np.asarray(narrow)

    @property
    def of_age(self) -> Index:
        """Return the index of the group of every single age."""
        return np.asarray(np.searchsorted(self.start, np.arange(GRID), side="right") - 1)

    def collapse(self, ages: Array) -> Array:
        """Return group sums (..., b) of single ages (..., GRID)."""
        return np.add.reduceat(ages, self.start, axis=-1)

    def spread(self, values: Array) -> Array:
        """Return the group's value (..., b) at every single age (..., GRID)."""
        return np.asarray(values[..., self.of_age])


@lru_cache(maxsize=4096)
def survival(sex: str, year: int, step: int) -> Array:
    """Return the share (GRID,) of those aged a who live ``step`` years later; the last age is an open group.

    Gompertz hazard of HAZARD_80 and HAZARD_SLOPE, falling by IMPROVEMENT a year.
    """
    level = HAZARD_80[sex] * np.exp(-IMPROVEMENT * (year + step / 2 - 2010))
    hazard = level * np.exp(HAZARD_SLOPE * (np.arange(GRID + max(60, step)) + 0.5 - 80))
    alive = np.exp(-np.concatenate([[0.0], np.cumsum(hazard)]))
    lived = 0.5 * (alive[1:] + alive[:-1])
    shares = lived[step : step + TOP] / lived[:TOP]
    last = lived[TOP + step :].sum() / lived[TOP:].sum()
    return np.append(shares, last)


def survival_of(sexes: tuple[str, ...], year: int, step: int) -> Array:
    """Return ``survival`` of several sexes (s, GRID)."""
    return np.stack([survival(sex, year, step) for sex in sexes])


def stationary(sexes: tuple[str, ...], year: int) -> Array:
    """Return a stationary population's shape (s, GRID), used inside a group whose ages are not known yet."""
    shape = np.ones((len(sexes), GRID))
    yearly = survival_of(sexes, year, 1)
    shape[:, 1:] = np.cumprod(yearly[:, :-1], axis=1)
    shape[:, TOP] /= 1 - yearly[:, TOP]
    return shape


def age_on(ages: Array, sexes: tuple[str, ...], year: int, step: int) -> Array:
    """Return persons (..., s, GRID) ``step`` years later without moves; ages below ``step`` are left empty."""
    alive = ages * survival_of(sexes, year, step)
    later = np.zeros_like(alive)
    later[..., step:TOP] = alive[..., : TOP - step]
    later[..., TOP] = alive[..., TOP - step :].sum(axis=-1)
    return later


def add_births(later: Array, before: Array, sexes: tuple[str, ...], step: int) -> Array:
    """Fill ages below ``step`` in place: yearly births of the mothers before and after (standard fertility curve)."""
    mothers = np.arange(FIRST_MOTHER, LAST_MOTHER + 1)
    rate = np.exp(-0.5 * ((mothers - MEAN_MOTHER) / SPREAD_MOTHER) ** 2)
    rate *= FERTILITY / rate.sum()
    women = 0.5 * (before[..., mothers] + later[..., mothers])
    births = (women[..., sexes.index("w"), :] if "w" in sexes else 0.49 * women[..., 0, :]) @ rate
    shares = {"m": BOYS, "w": 1 - BOYS, "t": 1.0}
    later[..., :step] = np.stack([births * shares[sex] for sex in sexes], axis=-1)[..., None]
    return later


def split_groups(persons: Array, bands: Bands, shape: Array) -> Array:
    """Return single ages (..., s, GRID) that add up to the groups (..., s, b), within them as in ``shape`` (..., GRID).

    A group whose shape is empty is split evenly.
    """
    inside = bands.collapse(shape)
    even = 1.0 / bands.spread(np.diff(np.append(bands.start, GRID)).astype(float))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(bands.spread(inside) > 0, shape / bands.spread(inside), even)
    return np.asarray(bands.spread(persons) * share)

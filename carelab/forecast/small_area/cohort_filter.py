"""What counts of age groups tell about the single ages inside them: a Kalman filter over ages and lasting misfits.

Standard survival and fertility fit no place exactly: every year a group ends up a little above or below the expected.
Such a lasting misfit must not be taken for large or small cohorts, so both are states of the same filter (Kalman 1960,
Journal of Basic Engineering 82; bias as a state: Friedland 1969, IEEE Transactions on Automatic Control 14). Its gains
are learnt from the panel as a whole and hold for all areas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.small_area.ages import GRID, Bands, stationary, survival

MOVES: Final = ((0, 0.2), (18, 1.0), (30, 0.1), (40, 0.02))
"""Net moves by age, from an age on, relative to young adults: shape of European migration schedules (Rogers & Castro
1981, IIASA RR-81-30), levels rounded."""
COHORT_SD: Final = 0.2
"""How much neighbouring generations differ in size, log scale (German and Austrian births 1910-1990: 0.15 to 0.25)."""
COHORT_REACH: Final = 5.0
"""Years of age over which cohorts are alike: correlation exp(-years / COHORT_REACH)."""
MOVE_SD, DEATH_SD = 0.05, 0.003
"""Yearly uncertainty of moves (of those who move most) and of deaths, log scale."""
MISFIT_DEATHS, MISFIT_MOVES = 0.2, 0.02
"""How far a place lastingly is from the standard: share of its deaths (life expectancy at 65 varies by one to two years
between European regions), and net moves a year of those who move most."""
MISFIT_WALK: Final = 0.2
"""What a lasting misfit changes in a year, relative to its own spread."""
COUNT_VARIANCE: Final = 1e-7


def mobility() -> Array:
    """Return MOVES at every single age (GRID,)."""
    rate = np.zeros(GRID)
    for age, value in MOVES:
        rate[age:] = value
    return rate


@dataclass(frozen=True)
class CohortFilter:
    """Filter for groups ``bands``: states are relative errors of single ages (GRID,) and yearly misfits (b,)."""

    bands: Bands

    @property
    def misfit(self) -> tuple[Array, Array]:
        """Return the spread (b,) of lasting misfits and how they are spread over a group's ages (GRID,), mean 1."""
        deaths = 1 - survival("t", 2010, 1)
        by_age = MISFIT_DEATHS * np.append(deaths[:-1], deaths[-2]) + MISFIT_MOVES * mobility()
        people = stationary(("t",), 2010)[0]
        spread = self.bands.collapse(by_age * people) / self.bands.collapse(people)
        return spread, by_age / self.bands.spread(spread)

    def start(self) -> Array:
        """Return the covariance (GRID + b, GRID + b) before anything is counted."""
        unsure = np.diag(np.append(np.zeros(GRID), self.misfit[0] ** 2))
        unsure[:GRID, :GRID] = COHORT_SD**2 * _alike()
        return unsure

    def grow(self, unsure: Array, step: int) -> Array:
        """Return the covariance ``step`` years later.

        Cohorts keep their errors, misfits, moves and deaths add to them; newborns are like those born the year before.
        """
        size, pattern = self.misfit
        move = np.diag(np.append(np.zeros(GRID), np.ones(len(size))))
        ages = np.arange(GRID)
        move[ages[1:], ages[:-1]] = 1.0
        move[0, 0] = np.exp(-1 / COHORT_REACH)
        move[ages, GRID + self.bands.of_age] = pattern
        yearly = MOVE_SD * mobility() + DEATH_SD
        new = np.diag(np.append(np.zeros(GRID), (MISFIT_WALK * size) ** 2))
        new[:GRID, :GRID] = yearly[:, None] * yearly * _alike()
        new[0, 0] += COHORT_SD**2 * (1 - move[0, 0] ** 2)
        for _ in range(step):
            unsure = move @ unsure @ move.T + new
        return unsure

    def learn(self, unsure: Array, ages: Array) -> tuple[Array, Array]:
        """Return the gain (GRID + b, b) and the covariance left after counting groups around expected ages (GRID,).

        Groups that do not tell single ages have no gain: see Bands.tell_ages.
        """
        telling = np.flatnonzero(self.bands.tell_ages)
        gain = np.zeros((len(unsure), len(self.bands.start)))
        member = (self.bands.of_age == telling[:, None]) * ages
        share = np.zeros((len(telling), len(unsure)))
        share[:, :GRID] = member / np.maximum(member.sum(axis=1, keepdims=True), 1e-9)
        mixed = unsure @ share.T
        gain[:, telling] = np.linalg.solve(share @ mixed + COUNT_VARIANCE * np.eye(len(telling)), mixed.T).T
        after = unsure - gain[:, telling] @ mixed.T
        return gain, 0.5 * (after + after.T)


def _alike() -> Array:
    """Return how alike the sizes of cohorts of two ages are (GRID, GRID): a correlation."""
    ages = np.arange(GRID)
    return np.asarray(np.exp(-np.abs(ages[:, None] - ages) / COHORT_REACH))

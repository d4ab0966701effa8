"""Single ages followed from count to count: what a count shows beyond the expected, and which ages it is ascribed to.

Between two counts cohorts age, die and are born by standard curves. A count then differs from the expected. In narrow
groups the difference tells how large single cohorts are: a Kalman filter (Kalman 1960, Journal of Basic Engineering 82)
over ages, its gains learnt from the panel as a whole. In wide groups it cannot; there it is ascribed to those who move
and to those who have just entered.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from carelab.forecast.arrays import Array, Float32, Index
from carelab.forecast.small_area.ages import GRID, NARROW, Bands, add_births, age_on, split_groups, stationary

MOVES: Final = ((0, 0.2), (18, 1.0), (30, 0.1), (40, 0.02))
"""Net moves by age, from an age on, relative to young adults: shape of European migration schedules (Rogers & Castro
1981, IIASA RR-81-30), levels rounded."""
ENTRANTS: Final = 0.3
"""The same for those who have just entered a wide group of the old: cohorts differ more than the old move."""
OLD_FROM: Final = 50
LEAST_LEFT, MOST_EXCESS = 0.2, 1.0
"""Single ages keep at least this share of the expected in one step; an excess counts up to this share."""
COHORT_SD: Final = 0.2
"""How much neighbouring generations differ in size, log scale (German and Austrian births 1910-1990: 0.15 to 0.25)."""
COHORT_REACH: Final = 5.0
"""Years of age over which cohorts are alike: correlation exp(-years / COHORT_REACH)."""
MOVE_SD, DEATH_SD = 0.05, 0.003
"""Yearly uncertainty of moves (of those who move most) and of deaths, log scale."""
COUNT_VARIANCE: Final = 1e-7
LEARNING_YEARS: Final = 5.0
"""Years of counts after which the gains count by half: at first a lasting loss looks like small cohorts."""
SETTLING: Final = 5
"""Lengths of life after which the settled shape no longer changes."""


def track_ages(persons: Array, *, years: Index, sexes: tuple[str, ...], bands: Bands) -> Float32:
    """Return single ages (t, a, s, GRID), float32, of counts (t, a, s, b) in evenly spaced ``years``; NaN = unknown.

    Forward only: what is said of a year rests on this and earlier years. Unknown years are aged on without a count.
    """
    step = int(years[1] - years[0]) if len(years) > 1 else 1
    result = np.zeros((*persons.shape[:3], GRID), dtype=np.float32)
    started = np.zeros(persons.shape[1], dtype=bool)
    shape = settled(_first_sums(persons), year=int(years[0]), step=step, sexes=sexes, bands=bands)
    unsure = np.stack([COHORT_SD**2 * _alike()] * len(sexes))
    for t, year in enumerate(years):
        known = ~np.isnan(persons[t]).any(axis=(1, 2))
        counts = np.where(known[:, None, None], persons[t], 0.0)
        first = split_groups(counts, bands, np.broadcast_to(shape, (*counts.shape[:2], GRID)))
        before = result[t - 1].astype(float)
        moved = add_births(age_on(before, sexes, int(year) - step, step), before, sexes, step)
        unsure = unsure if t == 0 else np.stack([grow_unsure(each, step) for each in unsure])
        if known.any():
            of_all = np.where(started[:, None, None], moved, first)[known].sum(axis=0)
            learnt = [learn_from_counts(each, bands, ages) for each, ages in zip(unsure, of_all, strict=True)]
            gain, unsure = (np.stack(each) for each in zip(*learnt, strict=True))
            trust = (year - years[0]) / (year - years[0] + LEARNING_YEARS)
            scaled = _filtered(counts, bands, moved, trust * gain)
            wide = fit_groups(counts, bands, moved, step)
            scaled = np.where(bands.tell_ages[bands.of_age], scaled, wide)
            moved = np.where(known[:, None, None], scaled, moved)
        result[t] = np.where(started[:, None, None], moved, first)
        started |= known
    return result


def settled(counts: Array, *, year: int, step: int, sexes: tuple[str, ...], bands: Bands) -> Array:
    """Return the shape (s, GRID) at the first count (s, b): in wide groups what following cohorts settles to.

    As if the counts had always been the same: a start that is no turning point, so that ratios learnt in the first
    years hold in later ones. In narrow groups like a stationary population.
    """
    still = split_groups(counts, bands, stationary(sexes, year))
    ages = still
    for _ in range(SETTLING * GRID // step):
        moved = add_births(age_on(ages, sexes, year - step, step), ages, sexes, step)
        ages = 0.5 * (ages + fit_groups(counts, bands, moved, step))
    wide = ~(np.diff(np.append(bands.start, GRID)) <= NARROW)
    return np.where(wide[bands.of_age] & (ages > 0), ages, still)


def fit_groups(persons: Array, bands: Bands, moved: Array, step: int) -> Array:
    """Return single ages (..., s, GRID) that add up to the groups (..., s, b), from those expected (..., GRID).

    What is counted beyond the expected is ascribed to ages by MOVES and ENTRANTS.
    """
    inside = bands.collapse(moved)
    entered = (np.arange(GRID) - bands.start[bands.of_age] < step) & (np.arange(GRID) >= OLD_FROM)
    rate = np.broadcast_to(_mobility() + ENTRANTS * entered, moved.shape)
    mean = bands.collapse(moved * rate)
    excess = np.divide(persons, inside, out=np.ones_like(inside), where=inside > 0) - 1
    relative = rate * bands.spread(np.divide(inside, mean, out=np.ones_like(mean), where=mean > 0))
    return split_groups(persons, bands, moved * np.maximum(1 + bands.spread(excess) * relative, LEAST_LEFT))


def grow_unsure(unsure: Array, step: int) -> Array:
    """Return the covariance (GRID, GRID) of relative errors of single ages ``step`` years later.

    Cohorts keep their errors, moves and deaths add new ones, and newborns are like those born the year before.
    """
    spread = MOVE_SD * _mobility() + DEATH_SD
    new = spread[:, None] * spread * _alike()
    for _ in range(step):
        later = np.empty_like(unsure)
        later[1:, 1:] = unsure[:-1, :-1]
        later[0, 1:] = later[1:, 0] = np.exp(-1 / COHORT_REACH) * later[1, 1:]
        later[0, 0] = COHORT_SD**2
        unsure = later + new
    return unsure


def learn_from_counts(unsure: Array, bands: Bands, ages: Array) -> tuple[Array, Array]:
    """Return the gain (GRID, b) and the covariance left after counting the groups around expected ages (GRID,).

    Wide groups have no gain: see Bands.tell_ages.
    """
    telling = np.flatnonzero(bands.tell_ages)
    gain = np.zeros((GRID, len(bands.start)))
    member = (bands.of_age == telling[:, None]) * ages
    share = member / np.maximum(member.sum(axis=1, keepdims=True), 1e-9)
    mixed = unsure @ share.T
    gain[:, telling] = np.linalg.solve(share @ mixed + COUNT_VARIANCE * np.eye(len(telling)), mixed.T).T
    after = unsure - gain[:, telling] @ mixed.T
    return gain, 0.5 * (after + after.T)


def _filtered(counts: Array, bands: Bands, moved: Array, gain: Array) -> Array:
    """Return single ages (a, s, GRID) that add up to the counts (a, s, b), changed by the gain (s, GRID, b)."""
    inside = bands.collapse(moved)
    excess = np.divide(counts, inside, out=np.ones_like(inside), where=inside > 0) - 1
    change = np.einsum("sgb,asb->asg", gain, np.clip(excess, -MOST_EXCESS / 2, MOST_EXCESS), optimize=True)
    return split_groups(counts, bands, moved * np.maximum(1 + change, LEAST_LEFT))


def _alike() -> Array:
    """Return how alike the sizes of cohorts of two ages are (GRID, GRID): a correlation."""
    ages = np.arange(GRID)
    return np.asarray(np.exp(-np.abs(ages[:, None] - ages) / COHORT_REACH))


def _mobility() -> Array:
    """Return MOVES at every single age (GRID,)."""
    rate = np.zeros(GRID)
    for age, value in MOVES:
        rate[age:] = value
    return rate


def _first_sums(persons: Array) -> Array:
    """Return the sum (s, b) of every area's first complete count (t, a, s, b)."""
    known = ~np.isnan(persons).any(axis=(2, 3))
    first = persons[known.argmax(axis=0), np.arange(persons.shape[1])]
    return np.asarray(np.nan_to_num(first).sum(axis=0))

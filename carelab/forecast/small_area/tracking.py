"""Single ages followed from count to count: what a count shows beyond the expected, and which ages it is ascribed to.

Between two counts cohorts age, die and are born by standard curves. A count then differs from the expected. In groups
narrow enough the difference tells how large single cohorts are, and how far the place lastingly is from the standard
(``cohort_filter``). In wide groups it cannot; there it is ascribed to those who move and to those who just entered.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from carelab.forecast.arrays import Array, Float32, Index
from carelab.forecast.small_area.ages import GRID, Bands, Flags, add_births, age_on, split_groups, stationary
from carelab.forecast.small_area.cohort_filter import CohortFilter, mobility

ENTRANTS: Final = 0.3
"""Net moves of those who have just entered a wide group of the old, as MOVES: cohorts differ more than the old move."""
OLD_FROM: Final = 50
LEAST_LEFT, MOST_EXCESS = 0.2, 1.0
"""Single ages keep at least this share of the expected in one step; an excess counts up to this share."""
LEARNING_YEARS: Final = 1.0
"""Years of counts after which the gains count by half: one odd year alone looks like small or large cohorts."""
SETTLING: Final = 5
"""Lengths of life after which the settled shape no longer changes."""


def track_ages(
    persons: Array, *, years: Index, sexes: tuple[str, ...], bands: Bands, structure: Array | None = None
) -> Float32:
    """Return single ages (t, a, s, GRID), float32, of counts (t, a, s, b) in evenly spaced ``years``; NaN = unknown.

    Forward only: what is said of a year rests on this and earlier years. Unknown years are aged on without a count.
    ``structure`` (s, GRID): a larger area's single ages in the first year, where they are known.
    """
    step = int(years[1] - years[0]) if len(years) > 1 else 1
    result = np.zeros((*persons.shape[:3], GRID), dtype=np.float32)
    started = np.zeros(persons.shape[1], dtype=bool)
    sums = _first_sums(persons)
    shape = settled(sums, year=int(years[0]), step=step, sexes=sexes, bands=bands)
    shape = shape if structure is None else _like(structure, shape, sums, bands)
    model, misfit = CohortFilter(bands), np.zeros(persons.shape[1:])
    unsure = np.stack([model.start()] * len(sexes))
    for t, year in enumerate(years):
        known = ~np.isnan(persons[t]).any(axis=(1, 2))
        counts = np.where(known[:, None, None], persons[t], 0.0)
        first = split_groups(counts, bands, np.broadcast_to(shape, (*counts.shape[:2], GRID)))
        before = result[t - 1].astype(float)
        moved = add_births(age_on(before, sexes, int(year) - step, step), before, sexes, step)
        moved *= np.maximum(1 + step * bands.spread(misfit) * model.misfit[1], LEAST_LEFT)
        unsure = unsure if t == 0 else np.stack([model.grow(each, step) for each in unsure])
        if known.any():
            of_all = np.where(started[:, None, None], moved, first)[known].sum(axis=0)
            learnt = [model.learn(each, ages) for each, ages in zip(unsure, of_all, strict=True)]
            gain, unsure = (np.stack(each) for each in zip(*learnt, strict=True))
            trust = (year - years[0]) / (year - years[0] + LEARNING_YEARS)
            change = np.einsum("sgb,asb->asg", gain, _excess(counts, bands, moved), optimize=True)
            misfit += np.where((known & started)[:, None, None], change[..., GRID:], 0.0)
            found = _fitted(counts, bands, moved, trust * change[..., :GRID], step)
            moved = np.where(known[:, None, None], found, moved)
        result[t] = np.where(started[:, None, None], moved, first)
        started |= known
    return result


def settled(counts: Array, *, year: int, step: int, sexes: tuple[str, ...], bands: Bands) -> Array:
    """Return the shape (s, GRID) at the first count (s, b): in wide groups what following cohorts settles to.

    As if the counts had always been the same: a start that is no turning point, so that ratios learnt in the first
    years hold in later ones. In groups that tell their ages like a stationary population.
    """
    still = split_groups(counts, bands, stationary(sexes, year))
    ages = still
    for _ in range(SETTLING * GRID // step):
        moved = add_births(age_on(ages, sexes, year - step, step), ages, sexes, step)
        ages = 0.5 * (ages + fit_groups(counts, bands, moved, step))
    return np.where(_told(bands) | (ages <= 0), still, ages)


def _like(structure: Array, shape: Array, counts: Array, bands: Bands) -> Array:
    """Return the shape (s, GRID) at the first count (s, b) where a larger area's is known.

    Groups that tell their ages are split like the larger area's. Others hold the young, who move, and of whom a city
    has others than its country: there it is the mean with the settled shape.
    """
    theirs = split_groups(counts, bands, structure)
    return np.where(_told(bands), theirs, 0.5 * (theirs + split_groups(counts, bands, shape)))


def fit_groups(persons: Array, bands: Bands, moved: Array, step: int) -> Array:
    """Return single ages (..., s, GRID) that add up to the groups (..., s, b), from those expected (..., GRID).

    What is counted beyond the expected is ascribed to ages by MOVES (of cohort_filter) and ENTRANTS.
    """
    inside = bands.collapse(moved)
    entered = (np.arange(GRID) - bands.start[bands.of_age] < step) & (np.arange(GRID) >= OLD_FROM)
    rate = np.broadcast_to(mobility() + ENTRANTS * entered, moved.shape)
    mean = bands.collapse(moved * rate)
    excess = np.divide(persons, inside, out=np.ones_like(inside), where=inside > 0) - 1
    relative = rate * bands.spread(np.divide(inside, mean, out=np.ones_like(mean), where=mean > 0))
    return split_groups(persons, bands, moved * np.maximum(1 + bands.spread(excess) * relative, LEAST_LEFT))


def _told(bands: Bands) -> Flags:
    """Return which single ages (GRID,) are in groups that tell them."""
    return np.asarray(bands.tell_ages[bands.of_age])


def _excess(counts: Array, bands: Bands, moved: Array) -> Array:
    """Return by how much counts (a, s, b) exceed the expected ages (a, s, GRID), as a bounded share."""
    inside = bands.collapse(moved)
    excess = np.divide(counts, inside, out=np.ones_like(inside), where=inside > 0) - 1
    return np.asarray(np.clip(excess, -MOST_EXCESS / 2, MOST_EXCESS))


def _fitted(counts: Array, bands: Bands, moved: Array, change: Array, step: int) -> Array:
    """Return single ages (a, s, GRID) that add up to the counts (a, s, b): filtered where groups tell, else fitted."""
    filtered = split_groups(counts, bands, moved * np.maximum(1 + change, LEAST_LEFT))
    return np.where(_told(bands), filtered, fit_groups(counts, bands, moved, step))


def _first_sums(persons: Array) -> Array:
    """Return the sum (s, b) over the areas that are complete in the first year (of t) in which any is.

    Areas that are counted later have no part in it: their first count would be known to years before it.
    """
    known = np.asarray(~np.isnan(persons).any(axis=(2, 3)))
    first = persons[int(known.any(axis=1).argmax())]
    return np.asarray(first[~np.isnan(first).any(axis=(1, 2))].sum(axis=0))

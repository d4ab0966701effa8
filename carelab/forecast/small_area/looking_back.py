"""Single ages of a panel's first years, as the counts since then show them: what windows of the past start from.

The first count does not say who is inside a group; the next ones do, as cohorts enter and leave. A window that starts
from the first guess takes small or large cohorts for survival, and passes them on to others who come later. So cohorts
are followed back: the ages found up to LAG years later, with those who died since.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from carelab.forecast.arrays import Array, Float32, Index
from carelab.forecast.small_area.ages import GRID, SETTLED_FROM, TOP, Bands, Flags, split_groups, survival_of

LAG: Final = 5
"""Years after which ages inside groups of five years are known; so many first years of a panel are looked back on."""
OLDEST: Final = 100
"""Cohorts are not followed back from this age on: too few are left."""


def settled_years(first: int) -> int:
    """Return the year from which on later counts no longer change how a panel's first years look."""
    return first + 2 * LAG


def look_back(ages: Float32, persons: Array, *, years: Index, sexes: tuple[str, ...], bands: Bands) -> Float32:
    """Return tracked ages (t, a, s, GRID) with those of the first LAG years as ages up to LAG years later show them.

    ``persons`` (t, a, s, b) are counts of the same evenly spaced ``years``, which end at the origin. Group sums stay as
    counted. Nothing changes where counts are as far apart as groups are wide: they say nothing of the ages inside.
    """
    if len(years) < 2 or len(bands.start) < 2:
        return ages
    spacing = int(years[1] - years[0])
    if spacing >= np.median(np.diff(bands.start)):
        return ages
    result = ages.copy()
    for t in np.flatnonzero(years < years[0] + LAG):
        later = min(int(t) + LAG // spacing, len(years) - 1)
        gap = int(years[later] - years[t])
        if gap == 0:
            continue
        shape = ages[t].astype(float)
        alive = survival_of(sexes, int(years[t]), gap)[:, : TOP - gap]
        before = ages[later][..., gap:TOP] / np.maximum(alive, 1e-6)
        shape[..., : TOP - gap] = before
        told = _told(bands, gap) & ~np.isnan(persons[t]).any(axis=(1, 2))[:, None, None]
        result[t] = np.where(told, split_groups(np.nan_to_num(persons[t]), bands, shape), ages[t])
    return result


def _told(bands: Bands, gap: int) -> Flags:
    """Return which single ages (GRID,) are in groups whose cohorts can all be followed back over ``gap`` years."""
    age = np.arange(GRID)
    followed = (age >= SETTLED_FROM) & (age + gap < OLDEST)
    whole = np.bincount(bands.of_age, weights=~followed, minlength=len(bands.start)) == 0
    return np.asarray((whole & bands.tell_ages)[bands.of_age])

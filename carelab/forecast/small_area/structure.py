"""The age structure of a larger area, by which wide groups of a panel are split at its first count.

A table that ends at 75+ hides the small cohorts of 1942-46 and the large ones of 1939-41; the country's finer groups
show them. Splitting by a larger area's ages is common practice (Smith, Tayman & Swanson 2013, ch. 7).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from carelab.forecast.arrays import Array
from carelab.forecast.small_area.ages import GRID, Bands, age_on, split_groups, stationary


def structure_shape(structure: pd.DataFrame, sexes: tuple[str, ...], year: int) -> Array | None:
    """Return single ages (s, GRID) of the larger area in ``year``: its last count up to then, aged on.

    ``structure``: year, sex, age_from, age_to (NaN = open), persons, groups from 0 on. None where all counts are later.
    """
    known = structure[structure["year"] <= year]
    if known.empty:
        return None
    last = int(known["year"].max())
    rows = known[known["year"] == last]
    ages = np.stack([_single_ages(rows, sex) for sex in sexes])
    gap = year - last
    if gap:
        ages = age_on(ages, sexes, last, gap)
        ages[:, :gap] = ages[:, [gap]]
    return ages


def _single_ages(rows: pd.DataFrame, sex: str) -> Array:
    """Return single ages (GRID,) of a sex; all persons where the sexes are not told apart."""
    own = rows[rows["sex"] == sex]
    groups = (own if len(own) else rows).groupby("age_from")["persons"].sum().sort_index()
    start = groups.index.to_numpy(int)
    below = np.append(0.0, groups.cumsum().to_numpy(float))
    smooth = np.diff(PchipInterpolator(np.append(start, GRID), below)(np.arange(GRID + 1)))
    smooth[start[-1] :] = stationary(("t",), int(rows["year"].iloc[0]))[0, start[-1] :]
    return split_groups(groups.to_numpy(float), Bands(start), np.maximum(smooth, 0.0))

"""A city's own forecast of its districts: the growth that the middle of the draws needs to meet it.

As with the city's total (control), the whole distribution moves and its spread stays (Swanson & Tayman 2012, ch. 11).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.population.city_projection import Rates
from carelab.forecast.population.district_projection import Deviations, project_districts

ROUNDS = 5
"""Rounds of correcting: control to the city's ages pulls a little at each, and leaves less than 0.1 % after five."""


def district_drift(
    base: Array, city: Array, model: tuple[Rates, Deviations], control: pd.DataFrame, base_year: int
) -> Array:
    """Return yearly growth (year, district), log scale, with which districts meet ``control`` in the middle.

    ``base`` persons (district, sex, age); ``city`` (draw, year + 1, sex, age); ``control`` persons by year (index) and
    district (columns, in order; NaN = none). Between controlled years growth is even, after the last one there is none.
    """
    rates, deviations = model
    years = city.shape[1] - 1
    middle = Rates(rates.ageing.mean(axis=0, keepdims=True), rates.fertility.mean(axis=0, keepdims=True), rates.boys)
    still = replace(
        deviations,
        level_sd=np.zeros_like(deviations.level_sd),
        persistent_sd=np.zeros_like(deviations.persistent_sd),
        noise_sd=np.zeros_like(deviations.noise_sd),
    )
    drift = np.zeros((years, base.shape[0]))
    path = np.median(city, axis=0, keepdims=True)
    targets = control[(control.index > base_year) & (control.index <= base_year + years)].sort_index()
    for _ in range(ROUNDS):
        persons = project_districts(base[None], path, middle, replace(still, drift=drift), seed=0).sum(axis=(1, 3, 4))
        before, lag = base_year, np.zeros(base.shape[0])
        for year, wanted in targets.iterrows():
            reached = int(str(year)) - base_year
            gap = np.log(wanted.to_numpy(float) / np.maximum(persons[reached], 1e-9))
            gap = np.where(np.isfinite(gap), gap, lag)
            drift[before - base_year : reached] += (gap - lag) / (reached - (before - base_year))
            before, lag = int(str(year)), gap
    return drift

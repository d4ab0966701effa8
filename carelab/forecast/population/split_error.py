"""How wrong is the split of an open age band (65+) into single ages? Learnt where the truth is known, then drawn.

The base estimate (base_population) is made for a panel whose ages are counted, from the same kind of knowledge (bands,
women, mean age). Within the oldest band the log of truth over estimate is close to linear in age; the spread of its
slope over districts and years is the error that every Stadtteil estimate carries.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index, safe_ratio
from carelab.forecast.population.base_population import Known, fit_base_population
from carelab.terms import SEXES

OPEN_GROUP_YEARS = 5.5
"""Mean age of an open group 80+ above 80 in the panels learnt from (life table of a city of their time)."""
SWEEPS = 4
"""Rounds of raking after a tilt: city ages and district bands both hold to well below one person after four."""


def split_slopes(panels: Sequence[Array], exact_age: Array, band_of_age: Index) -> Array:
    """Return the slopes (district x panel,) of log(truth / estimate) per year of age within the last band.

    ``panels`` one array (district, sex, age groups) per year, all ages counted; ``exact_age`` (groups,) mid-ages in
    years.
    """
    last = band_of_age == band_of_age.max()
    slopes = []
    for truth in panels:
        by_age = truth.sum(axis=1)
        bands = np.stack([by_age[:, band_of_age == b].sum(axis=1) for b in range(band_of_age.max() + 1)], axis=1)
        mean_age = by_age @ exact_age / by_age.sum(axis=1)
        known = Known(truth.sum(axis=0), bands, band_of_age, truth[:, 1].sum(axis=1), mean_age, exact_age)
        estimate = fit_base_population(known).sum(axis=1)
        slopes.append(_slope(np.log(by_age[:, last] / estimate[:, last]), by_age[:, last], exact_age[last]))
    return np.concatenate(slopes)


def learn_slope_sd(district_ages: pd.DataFrame) -> float:
    """Return the standard deviation of those slopes over all panels and years of data/reference/district_ages.csv.

    The bands imitate those that cities publish by district: children, youth, younger and older adults, 65 and over.
    """
    starts = np.sort(district_ages["age_from"].unique())
    exact = np.append((starts[:-1] + starts[1:]) / 2, starts[-1] + OPEN_GROUP_YEARS)
    bands = np.searchsorted(np.array([0, 5, 20, 45, 65]), starts, side="right") - 1
    panels = []
    for _, rows in district_ages.groupby(["panel", "year"]):
        table = rows.pivot_table(index="district", columns=["sex", "age_from"], values="persons", aggfunc="sum")
        panels.append(np.stack([table[sex][list(starts)].to_numpy(float) for sex in SEXES], axis=1))
    return float(np.sqrt(np.mean(split_slopes(panels, exact, bands) ** 2)))


def draw_base(persons: Array, known: Known, slope_sd: float, draws: int, rng: np.random.Generator) -> Array:
    """Return persons (draw, district, sex, age): the oldest band tilted by random slopes, city's ages kept.

    Counted ages have no such error: every draw starts from them.
    """
    if known.counted is not None:
        return np.repeat(persons[None], draws, axis=0)
    last = known.band_of_age == known.band_of_age.max()
    age = known.exact_age[last] - np.average(known.exact_age[last], weights=known.city[:, last].sum(axis=0))
    slopes = rng.normal(0.0, slope_sd, (draws, persons.shape[0]))
    drawn = np.repeat(persons[None], draws, axis=0)
    old = drawn[..., last] * np.exp(slopes[:, :, None, None] * age)
    band, city = persons[..., last].sum(axis=-1), persons[..., last].sum(axis=0)
    for _ in range(SWEEPS):
        old *= safe_ratio(band, old.sum(axis=-1))[..., None]
        old *= safe_ratio(city, old.sum(axis=1))[:, None]
    drawn[..., last] = old
    return drawn


def _slope(values: Array, weights: Array, age: Array) -> Array:
    """Return weighted least-squares slopes of values (district, age) on age."""
    centred = age - (weights @ age / weights.sum(axis=1))[:, None]
    slopes: Array = (weights * centred * values).sum(axis=1) / (weights * centred**2).sum(axis=1)
    return slopes

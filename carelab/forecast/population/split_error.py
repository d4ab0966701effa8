"""How wrong is the split of an open age band (65+) into single ages? Learnt where the truth is known, then drawn.

The base estimate (base_population) is made for a panel whose ages are counted, from the same kind of knowledge (bands,
women, mean age). Within the oldest band the log of truth over estimate is close to linear in age; the spread of its
slope over districts and years is the error that every Stadtteil estimate carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index, safe_ratio
from carelab.forecast.population.base_population import OLD, WORKING, Known, fit_base_population
from carelab.terms import SEXES

Told = Literal["bands", "old_ratio", "totals"]
"""What is known of a district: broad bands, women and mean age; its total and old-age ratio; its total alone."""
OPEN_GROUP_YEARS = 5.5
"""Mean age of an open group 80+ above 80 in the panels learnt from (life table of a city of their time)."""
SMALL = 300
"""Districts below this size are left out when differences between districts are learnt."""
SWEEPS = 4
"""Rounds of raking after a tilt: city ages and district bands both hold to well below one person after four."""


def split_slopes(panels: Sequence[Array], exact_age: Array, band_of_age: Index, *, told: Told = "bands") -> Array:
    """Return the slopes (district x panel,) of log(truth / estimate) per year of age within the last band.

    ``panels`` one array (district, sex, age groups) per year, all ages counted; ``exact_age`` (groups,) mid-ages in
    years; ``told``: what the estimate knows of a district.
    """
    last = band_of_age == band_of_age.max()
    slopes = []
    for truth in panels:
        by_age = truth.sum(axis=1)
        bands = np.stack([by_age[:, band_of_age == b].sum(axis=1) for b in range(band_of_age.max() + 1)], axis=1)
        mean_age = by_age @ exact_age / by_age.sum(axis=1)
        women = truth[:, 1].sum(axis=1)
        known = Known(truth.sum(axis=0), bands, band_of_age, women, mean_age, exact_age)
        known = known if told == "bands" else _without_ages(known, by_age if told == "old_ratio" else None)
        estimate = fit_base_population(known).sum(axis=1)
        slopes.append(_slope(np.log(by_age[:, last] / estimate[:, last]), by_age[:, last], exact_age[last]))
    return np.concatenate(slopes)


def learn_slope_sd(district_ages: pd.DataFrame, *, told: Told = "bands") -> float:
    """Return the standard deviation of those slopes over all panels and years of data/reference/district_ages.csv.

    The bands imitate those that cities publish by district: children, youth, younger and older adults, 65 and over;
    ``told`` as in split_slopes: where no bands are published, all ages are one.
    """
    starts = np.sort(district_ages["age_from"].unique())
    exact = np.append((starts[:-1] + starts[1:]) / 2, starts[-1] + OPEN_GROUP_YEARS)
    edges = np.array([0, 5, 20, 45, 65] if told == "bands" else [0])
    bands = np.searchsorted(edges, starts, side="right") - 1
    panels = []
    for _, rows in district_ages.groupby(["panel", "year"]):
        table = rows.pivot_table(index="district", columns=["sex", "age_from"], values="persons", aggfunc="sum")
        panels.append(np.stack([table[sex][list(starts)].to_numpy(float) for sex in SEXES], axis=1))
    return float(np.sqrt(np.mean(split_slopes(panels, exact, bands, told=told) ** 2)))


def city_slope_sd(district_old: pd.DataFrame, known: Known) -> float:
    """Return the spread of slopes per year of age between districts of one city whose ages are not known at all.

    From the log odds of being 65 or older beside the city's, over districts of at least SMALL persons
    (data/reference/district_old.csv), divided by the years between the mean ages of both groups in ``known.city``.
    """
    rows = district_old[district_old["persons"] >= SMALL]
    odds = np.log(rows["persons_65plus"] / (rows["persons"] - rows["persons_65plus"]))
    sums = rows.groupby(["panel", "year"])[["persons", "persons_65plus"]].transform("sum")
    city = np.log(sums["persons_65plus"] / (sums["persons"] - sums["persons_65plus"]))
    by_age, old = known.city.sum(axis=0), known.exact_age >= OLD
    apart = np.average(known.exact_age[old], weights=by_age[old]) - np.average(
        known.exact_age[~old], weights=by_age[~old]
    )
    return float(np.sqrt(np.mean((odds - city) ** 2)) / apart)


def draw_base(persons: Array, known: Known, slope_sd: float | Array, draws: int, rng: np.random.Generator) -> Array:
    """Return persons (draw, district, sex, age): the oldest band tilted by random slopes, city's ages kept.

    ``slope_sd`` of all districts, or of each (district,). Counted ages have no such error: every draw starts from them.
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


def _without_ages(known: Known, by_age: Array | None) -> Known:
    """Return what is known without bands, women and mean age: totals, and the old-age ratio of ``by_age`` if given."""
    nothing = np.full_like(known.women, np.nan)
    ratio = None
    if by_age is not None:
        age = known.exact_age
        ratio = by_age[:, age >= OLD].sum(axis=1) / by_age[:, (age >= WORKING) & (age < OLD)].sum(axis=1)
    return replace(known, women=nothing, mean_age=nothing, old_ratio=ratio)


def _slope(values: Array, weights: Array, age: Array) -> Array:
    """Return weighted least-squares slopes of values (district, age) on age."""
    centred = age - (weights @ age / weights.sum(axis=1))[:, None]
    slopes: Array = (weights * centred * values).sum(axis=1) / (weights * centred**2).sum(axis=1)
    return slopes

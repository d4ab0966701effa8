"""Base population: from broad age bands to single ages by sex for every district (generalised raking).

The estimate is the table closest (in Kullback-Leibler divergence) to the city's age-sex profile that meets what is
known of each district: persons per broad band, women, mean age; and, summed over districts, the city's single ages by
sex. Deming & Stephan 1940 for the margins; the mean age is met by exponential tilting (Ireland & Kullback 1968). Where
the register has counted every district by age and sex, nothing is estimated: the counts are the base.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array, Index, safe_ratio

MAX_SWEEPS = 400
TOLERANCE = 1e-9
WORKING, OLD = 20, 65
"""First ages of the old-age ratio (65+ per 20-64): unless the source says so, an assumption
(params/assumptions.yaml)."""
MAX_TILT = 0.5
"""Largest change of the log profile at any age in one Newton step; keeps tiny districts from running away."""


@dataclass(frozen=True)
class Known:
    """What is known of the districts (d) and the city; women and mean ages may be NaN: not known.

    ``city`` (2, ages) persons by sex (m, w) and single age; ``bands`` (d, b) persons, with ``band_of_age`` (ages,)
    telling each age's band; ``women`` (d,) persons; ``mean_age`` (d,) years; ``exact_age`` (ages,) mean exact age of
    each age group; ``old_ratio`` (d,) persons of OLD age per person of WORKING age, used where totals alone are known;
    ``counted`` (d, 2, ages) persons where all districts are counted by sex and single age, else None.
    """

    city: Array
    bands: Array
    band_of_age: Index
    women: Array
    mean_age: Array
    exact_age: Array
    old_ratio: Array | None = None
    counted: Array | None = None


def fit_base_population(known: Known) -> Array:
    """Return persons (district, sex, age) that meet bands, women, moments and the city's ages; floats, never negative.

    Margins that cannot be met together (rounding, suppressed cells) are met in order: the city's ages are met exactly,
    the others as closely as the last sweeps allow. Counted ages are taken as they are; scaling them to the city's moves
    them only where cells were hidden (inputs refuses counts that do not add up to the city).
    """
    if known.counted is not None:
        return _rake_city(known.counted, known.city)
    persons: Array = known.city[None] * (known.bands.sum(axis=1) / known.bands.sum())[:, None, None]
    for _ in range(MAX_SWEEPS):
        before = persons
        persons = _rake_bands(persons, known)
        persons = _rake_women(persons, known)
        persons = _tilt_to_mean_age(persons, known)
        persons = _tilt_to_old_ratio(persons, known)
        persons = _rake_city(persons, known.city)
        if np.abs(persons - before).max() < TOLERANCE * known.city.max():
            break
    return persons


def _rake_bands(persons: Array, known: Known) -> Array:
    by_age = persons.sum(axis=1)
    current = np.stack([by_age[:, known.band_of_age == b].sum(axis=1) for b in range(known.bands.shape[1])], axis=1)
    return persons * safe_ratio(known.bands, current)[:, known.band_of_age][:, None, :]


def _rake_women(persons: Array, known: Known) -> Array:
    total = persons.sum(axis=(1, 2))
    women = np.minimum(known.women, total)
    target = np.stack([total - women, women], axis=1)
    return persons * safe_ratio(target, persons.sum(axis=2))[:, :, None]


def _rake_city(persons: Array, city: Array) -> Array:
    return persons * safe_ratio(city, persons.sum(axis=0))[None]


def _tilt_to_mean_age(persons: Array, known: Known) -> Array:
    """Move each district's mean age towards the published one by a factor exp(tilt x age), its bands kept.

    One Newton step per sweep is enough: the sweeps repeat it. Ages are centred per district and band, so that the bands
    (already met) move least.
    """
    by_age = persons.sum(axis=1)
    centred = centre_within_bands(by_age, known.exact_age, known.band_of_age)
    gap = known.mean_age * by_age.sum(axis=1) - by_age @ known.exact_age
    spread = (by_age * centred**2).sum(axis=1)
    step = np.divide(gap, spread, out=np.zeros_like(gap), where=(spread > 0) & np.isfinite(gap))
    limit = MAX_TILT / np.maximum(np.abs(centred).max(axis=1), 1.0)
    tilt = np.exp(np.clip(step, -limit, limit)[:, None] * centred)
    return np.asarray(persons * tilt[:, None, :])


def _tilt_to_old_ratio(persons: Array, known: Known) -> Array:
    """Move each district's old-age ratio towards the published one by a factor exp(tilt x age); one Newton step."""
    if known.old_ratio is None or not np.isfinite(known.old_ratio).any():
        return persons
    by_age, age = persons.sum(axis=1), known.exact_age
    parts = (age >= OLD, (age >= WORKING) & (age < OLD))
    old, working = (by_age[:, part].sum(axis=1) for part in parts)
    usable = np.isfinite(known.old_ratio) & (old > 0) & (working > 0)
    means = [by_age[usable][:, part] @ age[part] / by_age[usable][:, part].sum(axis=1) for part in parts]
    step = np.zeros(usable.size)
    step[usable] = np.log(known.old_ratio[usable] * working[usable] / old[usable]) / (means[0] - means[1])
    limit = MAX_TILT / np.ptp(age)
    tilt = np.exp(np.clip(step, -limit, limit)[:, None] * (age - age.mean()))
    return np.asarray(persons * tilt[:, None, :])


def centre_within_bands(by_age: Array, exact_age: Array, band_of_age: Index) -> Array:
    """Return ages (district, age) minus the mean age of the district's band that they lie in."""
    centred = np.empty_like(by_age)
    for b in np.unique(band_of_age):
        inside = band_of_age == b
        mass = by_age[:, inside].sum(axis=1, keepdims=True)
        mean = np.divide(by_age[:, inside] @ exact_age[inside, None], mass, out=np.zeros_like(mass), where=mass > 0)
        centred[:, inside] = exact_age[inside] - mean
    return centred


def open_age(city: Array, mean_age: float) -> Array:
    """Return the mean exact age (ages,) in years: age + 0.5; the open group's follows from the city's mean age.

    ``city`` persons (sex, ages); ``mean_age`` of the city in years.
    """
    by_age = city.sum(axis=0)
    exact = np.arange(by_age.size) + 0.5
    exact[-1] = (mean_age * by_age.sum() - by_age[:-1] @ exact[:-1]) / by_age[-1]
    return np.asarray(exact)

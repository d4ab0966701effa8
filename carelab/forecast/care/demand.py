"""Demand: persons x care rate x local ratio, split into settings, in every draw.

C[d, t] = theta[d] x sum over ages and sexes of N[d, a, s, t] p[a, s, t]; theta has mean 1 over the city in every draw
and year, so that the districts always sum to the city.
"""

from __future__ import annotations

import numpy as np

from carelab.forecast.arrays import Array, Float32
from carelab.forecast.care.cities_panel import KREIS_BANDS
from carelab.forecast.care.schedule import rates
from carelab.forecast.care.settings import softmax


def need_by_band(persons: Float32, hazard: Array, levels: Array) -> Array:
    """Return people in need (draw, year, district, band) before local ratios, bands as in care_panel.KREIS_BANDS.

    ``persons`` (year, draw, district, sex, age), ``hazard`` (sex, age), ``levels`` (draw, year).
    """
    years, draws, districts = persons.shape[:3]
    need = np.empty((draws, years, districts, len(KREIS_BANDS)))
    for t in range(years):
        rate = rates(hazard, levels[:, t]).astype(np.float32)
        for b, (first, last) in enumerate(KREIS_BANDS):
            ages = slice(first, last + 1)
            need[:, t, :, b] = np.einsum("ndsa,nsa->nd", persons[t, ..., ages], rate[..., ages], optimize=True)
    return need


def rate_ceiling(hazard: Array, levels: Array) -> Array:
    """Return the largest local ratio (draw, year, band) with which no care rate of a band exceeds 1; at least 1.

    ``hazard`` (sex, age), ``levels`` (draw, year).
    """
    bands = [slice(first, last + 1) for first, last in KREIS_BANDS]
    by_year = [rates(hazard, levels[:, t]) for t in range(levels.shape[1])]
    highest = np.array([[rate[..., ages].max(axis=(1, 2)) for ages in bands] for rate in by_year])
    return np.asarray(1.0 / np.clip(highest, 1e-9, 1.0)).transpose(2, 0, 1)


def control_local_ratios(need: Array, ratios: Array, ceiling: Array) -> Array:
    """Return local ratios (draw, year, district, band) scaled so that districts keep the city's sum in every band.

    No ratio exceeds ``ceiling`` (draw, year, band): what a district at it cannot take, the others do.
    """
    city = need.sum(axis=2, keepdims=True)
    local = (need * ratios[:, None, :, None]).sum(axis=2, keepdims=True)
    scale = np.divide(city, local, out=np.ones_like(local), where=local > 0)
    controlled = np.asarray(ratios[:, None, :, None] * scale)
    at = np.nonzero((controlled > ceiling[:, :, None]).any(axis=2))
    where = (at[0], at[1], slice(None), at[2])
    controlled[where] = _below(controlled[where], need[where], ceiling[at][:, None])
    return controlled


def _below(ratios: Array, need: Array, ceiling: Array) -> Array:
    """Return ratios (case, district) at most ``ceiling`` (case, 1) with the same sum of need x 1 as without ratios."""
    wanted = need.sum(axis=1, keepdims=True)
    for _ in range(ratios.shape[1]):  # each round puts at least one more district at the ceiling, or ends
        ratios = np.minimum(ratios, ceiling)
        free = np.where(ratios < ceiling, need * ratios, 0.0).sum(axis=1, keepdims=True)
        missing = wanted - (need * ratios).sum(axis=1, keepdims=True)
        if (np.abs(missing) <= 1e-12 * wanted).all():
            break
        growth = np.divide(missing, free, out=np.zeros_like(free), where=free > 0)
        ratios = np.where(ratios < ceiling, ratios * (1.0 + growth), ratios)
    return np.minimum(ratios, ceiling)


def district_rates(hazard: Array, levels: Array, ratios: Array) -> Float32:
    """Return care rates (draw, district, sex x age) of one year.

    ``hazard`` (sex, age), ``levels`` (draw,), controlled local ``ratios`` (draw, district, band).
    """
    rate = rates(hazard, levels).astype(np.float32)
    starts = np.array([first for first, _ in KREIS_BANDS])
    band = np.searchsorted(starts, np.arange(hazard.shape[1]), side="right") - 1
    by_district = rate[:, None] * ratios.astype(np.float32)[:, :, None, band]
    return by_district.reshape(*ratios.shape[:2], -1)


def demand_by_setting(need: Array, logits: Array) -> Array:
    """Return people in need (draw, district, setting, year).

    ``need`` (draw, year, district, band) persons, ``logits`` (draw, year, band, setting) log shares.
    """
    return np.asarray(np.einsum("ntdb,ntbk->ndkt", need, softmax(logits), optimize=True))


def city_demand(persons: Array, hazard: Array, levels: Array, logits: Array) -> Array:
    """Return people in need of a whole city (draw, setting, year) from counted persons (year, sex, age).

    ``hazard`` (sex, age), ``levels`` (draw, year), ``logits`` (draw, year, band, setting).
    """
    draws, years = levels.shape
    values = np.empty((draws, logits.shape[-1], years))
    for t, people in enumerate(persons):
        spread = np.broadcast_to(people.astype(np.float32), (1, draws, 1, *people.shape))
        need = need_by_band(spread, hazard, levels[:, t : t + 1])
        values[:, :, t] = demand_by_setting(need, logits[:, t : t + 1])[:, 0, :, 0]
    return values

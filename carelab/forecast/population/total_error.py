"""How far is an old count of a district from today? Learnt from districts that are counted every year, then drawn.

The same panel says how districts grow beside their city, for cities whose own districts are counted in too few years.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.population.district_projection import SMALL, Deviations, growth_persistence, learn_deviations

HORIZONS = 14
"""Longest distance between two counts that is learnt, in years; older counts take the error of this one."""


def panels(district_totals: pd.DataFrame) -> list[Array]:
    """Return totals (year, district) of each panel, districts of at least SMALL persons counted in all years."""
    tables = []
    for _, rows in district_totals.groupby("panel"):
        table = rows.pivot(index="year", columns="district", values="persons").dropna(axis=1).to_numpy(float)
        tables.append(table[:, table.min(axis=0) >= SMALL])
    return tables


def total_error_sd(district_totals: pd.DataFrame, years: Array, persons: Array) -> Array:
    """Return the standard deviation (log scale) of a count carried over ``years`` (d,), by size ``persons`` (d,).

    Carried = grown as the city. Variance at each distance is a part that all share plus a part that falls with size
    (least squares over the panel's squared errors, both at least 0). 0 years: 0; beyond HORIZONS as at HORIZONS.
    """
    distance = np.clip(np.abs(years), 0, HORIZONS).astype(int)
    sizes, errors = zip(*(_errors(table) for table in panels(district_totals)), strict=True)
    found = np.zeros(persons.size)
    variance = np.zeros(persons.size)
    for step in range(1, int(distance.max(initial=0)) + 1):
        size, square = (np.concatenate([part[min(step, max(part))] for part in parts]) for parts in (sizes, errors))
        shared, by_size = _fit(size, square)
        variance = np.maximum(variance, shared + by_size / np.maximum(persons, SMALL))  # older is never surer
        found = np.where(distance == step, np.sqrt(variance), found)
    return found


def draw_totals(base: Array, sd: Array, rng: np.random.Generator) -> Array:
    """Return persons (draw, district, sex, age) with uncertain totals where ``sd`` (d,) is above 0.

    Uncertain districts share their sum: what the counted ones leave of the city is known.
    """
    open_ = sd > 0
    if not open_.any():
        return base
    draws = base.shape[0]
    before = base[:, open_]
    moved = before * np.exp(rng.normal(0.0, sd[open_], (draws, int(open_.sum()))))[:, :, None, None]
    scale = before.sum(axis=(1, 2, 3)) / moved.sum(axis=(1, 2, 3))
    drawn = base.copy()
    drawn[:, open_] = moved * scale[:, None, None, None]
    return drawn


def borrowed_deviations(district_totals: pd.DataFrame, persons: Array, band_of_age: Index) -> Deviations:
    """Return what districts elsewhere teach about growth beside the city: level 0, spreads of the panel.

    ``persons`` (d, b) sizes of this city's districts by band. All bands share what totals show.
    """
    learnt, weights = [], []
    for table in panels(district_totals):
        growth = np.diff(np.log(table), axis=0)
        growth = growth - np.average(growth, axis=1, weights=table[-1])[:, None]
        one = np.zeros(1, dtype=np.intp)
        learnt.append(learn_deviations(growth[:, :, None], table[-1][:, None], one, growth_persistence(table)))
        weights.append(table.shape[1])
    between = np.sqrt(np.average([each.persistent_sd[0] ** 2 for each in learnt], weights=weights))
    noise = np.sqrt(np.average([np.mean(each.noise_sd**2) for each in learnt], weights=weights))
    typical = np.median(np.concatenate([table[-1] for table in panels(district_totals)]))
    keep = float(np.average([each.persistence for each in learnt], weights=weights))
    shape = persons.shape
    return Deviations(
        level=np.zeros(shape),
        level_sd=np.full(shape, between),
        persistent_sd=np.full(shape[1], between),
        noise_sd=noise * np.sqrt(0.5 + 0.5 * typical / np.maximum(persons, SMALL)),
        persistence=keep,
        band_of_age=band_of_age,
    )


def _errors(table: Array) -> tuple[dict[int, Array], dict[int, Array]]:
    """Return, by distance in years, sizes and squared log errors of all districts and start years."""
    sizes, errors = {}, {}
    city = table.sum(axis=1, keepdims=True)
    share = np.log(table / city)
    for h in range(1, min(HORIZONS, table.shape[0] - 1) + 1):
        sizes[h] = table[:-h].reshape(-1)
        errors[h] = ((share[h:] - share[:-h]) ** 2).reshape(-1)
    return sizes, errors


def _fit(size: Array, square: Array) -> tuple[float, float]:
    """Return a and b >= 0 of E[error squared] = a + b / size."""
    design = np.stack([np.ones(size.size), 1 / size], axis=1)
    (shared, by_size), *_ = np.linalg.lstsq(design, square, rcond=None)
    if by_size < 0:
        return float(square.mean()), 0.0
    if shared < 0:
        return 0.0, float((square / size).sum() / (1 / size**2).sum())
    return float(shared), float(by_size)

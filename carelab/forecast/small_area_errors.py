"""Draws around a small-area forecast, from the forecaster's own past errors: whole vectors over ages, area by area.

An error has a part common to all areas (nobody foresaw a wave of arrivals) and a local one. The common part is drawn
with the spread of past ones, whole age vectors at a time; the local one is taken from areas of about the same size. Only
errors known at the origin are used; where there are few, published experience stands in, and a flag says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from carelab.forecast.arrays import Array

PRIOR_AGES: Final = (0, 65, 75, 80, 85, 90)
PRIOR_LOCAL: Final = (0.011, 0.005, 0.006, 0.008, 0.010, 0.014)
"""Standard deviation of a large district's own error after one year by first age of a cell: orders of magnitude of
published evaluations (Smith, Tayman & Swanson 2013, ch. 13; Wilson & Rowe 2011); the young move, the old die."""
PRIOR_COMMON: Final = (0.009, 0.003, 0.004, 0.005, 0.006, 0.009)
"""The same for the error common to all areas of a city of a million; larger panels err less, smaller ones more."""
PRIOR_GROWTH: Final = (0.85, 0.6, 0.6, 0.6, 0.6, 0.6)
"""Errors grow with the horizon to this power: moves persist, deaths average out."""
PRIOR_ORIGINS: Final = 3.0
"""Prior spreads weigh as much as so many independent past origins."""
CHANCE: Final = 0.5
"""Variance of chance per person after five years, relative to Poisson."""
SHORTER: Final = 4
"""Past forecasts of shorter horizons that are taken where there is none of the horizon."""
NEIGHBOURS: Final = 0.2
"""Local errors come from areas within this share of ranks in size, to either side."""


@dataclass(frozen=True)
class PastError:
    """One past forecast: ``origin``, ``horizon`` and its log errors (a, c), for forecasts (a, c) persons."""

    origin: int
    horizon: int
    error: Array
    common: Array
    forecast: Array


def past_error(origin: int, horizon: int, *, observed: Array, forecast: Array) -> PastError:
    """Return the log errors of a past forecast (a, c), split into those of all areas together (c,) and the rest."""
    known = ~np.isnan(observed + forecast)
    sums = [np.where(known, each, 0.0).sum(axis=0) + 0.5 for each in (observed, forecast)]
    error = np.log((observed + 0.5) / (forecast + 0.5))
    return PastError(origin, horizon, error, np.log(sums[0] / sums[1]), forecast)


@dataclass(frozen=True)
class Prior:
    """Published experience for the cells of a panel at one horizon: standard deviations (c,) and growth powers (c,)."""

    common: Array
    local: Array
    power: Array

    @classmethod
    def of(cls, cell_ages: Sequence[int], *, horizon: int, inhabitants: float) -> Prior:
        """Return the prior for cells beginning at these ages in a panel of so many inhabitants."""
        place = [int(np.searchsorted(PRIOR_AGES, age, side="right")) - 1 for age in cell_ages]
        power = np.array(PRIOR_GROWTH)[place]
        size = float(np.clip((max(inhabitants, 1.0) / 1e6) ** -0.15, 0.5, 2.0))
        grown = horizon**power
        return cls(np.array(PRIOR_COMMON)[place] * size * grown, np.array(PRIOR_LOCAL)[place] * grown, power)


def draw_cells(
    point: Array,
    past: Sequence[PastError],
    *,
    horizon: int,
    cell_ages: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> tuple[Array, str]:
    """Return persons (draw, a, c) around a point forecast (a, c), and a flag ("" where enough past errors are known).

    ``past`` holds only errors known at the origin. Sums over areas or cells of a draw are draws of the sums.
    """
    prior = Prior.of(cell_ages, horizon=horizon, inhabitants=float(np.nansum(point)))
    used = [each for each in past if each.horizon == horizon]
    flag = "" if len(used) > 1 else "short_history"
    origins = [each.origin for each in used]
    weight = 1 + (max(origins) - min(origins)) / horizon if used else 0.0
    if not used:
        used = sorted((each for each in past if each.horizon < horizon), key=lambda each: -each.horizon)[:SHORTER]
        weight, flag = (0.5, flag) if used else (0.0, "no_past_errors")
    share = weight / (weight + PRIOR_ORIGINS)
    factors = [(horizon / each.horizon) ** prior.power for each in used]
    common = _common_draws(used, factors, prior=prior, share=share, draws=draws, rng=rng)
    error = common[:, None]
    if len(point) > 1:
        error = error + _local_draws(
            point, used, factors, horizon=horizon, prior=prior, share=share, draws=draws, rng=rng
        )
    return np.asarray(np.maximum((point + 0.5) * np.exp(error) - 0.5, 0.0)), flag


def _common_draws(
    used: Sequence[PastError],
    factors: Sequence[Array],
    *,
    prior: Prior,
    share: float,
    draws: int,
    rng: np.random.Generator,
) -> Array:
    """Return log errors (draw, c) common to all areas: past vectors times a normal number, and the prior's share."""
    made_up = prior.common * rng.normal(size=(draws, len(prior.common)))
    if not used:
        return np.asarray(made_up)
    vectors = np.stack([each.common * factor for each, factor in zip(used, factors, strict=True)])
    chosen = vectors[rng.integers(len(vectors), size=draws)] * rng.normal(size=(draws, 1))
    return np.asarray(np.sqrt(share) * chosen + np.sqrt(1 - share) * made_up)


def _local_draws(
    point: Array,
    used: Sequence[PastError],
    factors: Sequence[Array],
    *,
    horizon: int,
    prior: Prior,
    share: float,
    draws: int,
    rng: np.random.Generator,
) -> Array:
    """Return log errors (draw, a, c) of single areas: those of areas of about the same size, rescaled to the size."""
    chance = CHANCE * min(horizon / 5, 2.0)
    normal = rng.normal(size=(draws, *point.shape))
    here = chance / np.maximum(point, 1.0)
    if not used:
        return np.asarray(np.sqrt(prior.local**2 + here) * normal)
    errors = np.stack([(each.error - each.common) * factor for each, factor in zip(used, factors, strict=True)])
    noise = np.stack([chance / np.maximum(each.forecast, 1.0) for each in used])
    found = _spread(errors, noise, prior.local)
    standard = errors / np.sqrt(found + noise)
    lender = _lenders(point.sum(axis=1), np.isfinite(standard).all(axis=(0, 2)), draws=draws, rng=rng)
    taken = np.nan_to_num(standard[rng.integers(len(used), size=lender.shape), lender])
    taken = np.where(rng.random((*lender.shape, 1)) < share, taken, normal)
    return np.asarray(taken * np.sqrt(share * found + (1 - share) * prior.local**2 + here))


def _spread(errors: Array, noise: Array, prior: Array) -> Array:
    """Return the variance (c,) of local log errors (o, a, c) beyond chance."""
    known = np.isfinite(errors) & np.isfinite(noise)
    weight = np.where(known, 1 / (prior**2 + noise), 0.0)
    excess = np.where(known, np.nan_to_num(errors) ** 2 - np.nan_to_num(noise), 0.0)
    total = np.maximum(weight.sum(axis=(0, 1)), 1e-12)
    return np.asarray(np.maximum((weight * excess).sum(axis=(0, 1)) / total, 1e-6))


def _lenders(size: Array, usable: Array, *, draws: int, rng: np.random.Generator) -> Array:
    """Return for every draw and area (draw, a) the area whose past error it takes: one of about its size."""
    candidates = np.flatnonzero(usable & np.isfinite(size))
    if not candidates.size:
        candidates = np.arange(len(size))
    ordered = candidates[np.argsort(size[candidates], kind="stable")]
    place = np.searchsorted(size[ordered], np.nan_to_num(size))
    reach = max(3, round(NEIGHBOURS * len(ordered)))
    shift = rng.integers(-reach, reach + 1, size=(draws, len(size)))
    position = place + shift
    last = len(ordered) - 1
    position = np.abs(position)
    position = np.where(position > last, 2 * last - position, position)
    return np.asarray(ordered[np.clip(position, 0, last)])

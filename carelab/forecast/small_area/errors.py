"""Draws around a small-area forecast, from the forecaster's own past errors: whole vectors over ages, area by area.

An error has a part common to all areas (nobody foresaw a wave of arrivals) and a local one. The common part is drawn
with the spread of past ones, whole age vectors at a time; the local one is that of areas of about the same size. Only
errors known at the origin are used; where there are few, published experience stands in, and a flag says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from carelab.forecast.arrays import Array, Index
from carelab.forecast.small_area.ages import Flags

PRIOR_AGES: Final = (0, 65, 75, 80, 85, 90)
PRIOR_LOCAL: Final = (0.010, 0.004, 0.007, 0.009, 0.011, 0.015)
"""Standard deviation of a large district's own error after one year by first age of a cell: orders of magnitude of
published evaluations (Smith, Tayman & Swanson 2013, ch. 13; Wilson & Rowe 2011); the young move, the old die."""
PRIOR_COMMON: Final = (0.011, 0.004, 0.006, 0.008, 0.010, 0.020)
"""The same for the error common to all areas of a city of a million; larger panels err less, smaller ones more. From 65
on deaths decide, and what they do to one city they do to the country: there a larger panel errs no less."""
TYPICAL_SIZE, SIZE_POWER, SIZE_LIMITS = 20_000.0, -0.2, (0.4, 2.5)
"""Inhabitants for which PRIOR_LOCAL of the youngest cell holds, how it falls with size, and how far (assumptions)."""
TYPICAL_PANEL, PANEL_POWER, PANEL_LIMITS = 1e6, -0.15, (0.5, 2.0)
"""The same for PRIOR_COMMON and the inhabitants of a whole panel (assumptions)."""
COHORT_WAVES: Final = 0.01
"""Per year of width: how much cohorts within a group differ (births of 1915-19, 1939-45, 1960-65), log scale."""
WIDEST_WAVE: Final = 20
"""Years over which cohorts can come to differ more and more; waves of births are no longer than that."""
TELLING: Final = 10
"""Years of width up to which counts of a group tell its cohorts (as in small_area.tracking)."""
PRIOR_WAVES: Final = 1.0
"""How many independent past errors COHORT_WAVES is worth: few, as it is a guess (an assumption)."""
LOCAL_GROWTH: Final = (0.8, 0.5, 0.5, 0.5, 0.5, 0.5)
COMMON_GROWTH: Final = (0.6, 0.4, 0.4, 0.4, 0.4, 0.4)
"""Errors grow with the horizon to this power: a place's moves persist, waves of migration and deaths even out. (Kreise
2011-2022, growth repeated: power 0.83 between and 0.63 in common; 0.5 % common and local error after one year.)"""
PRIOR_ORIGINS: Final = 4.0
"""Prior spreads weigh as much as so many independent past origins."""
PUBLISHED_BASE: Final = 10.0
"""Years of the past on which forecasts of published evaluations rest (Smith, Tayman & Swanson 2013, ch. 13)."""
CHANCE: Final = 0.5
"""Variance of chance per person after five years, relative to Poisson (an assumption)."""
SHORTER: Final = 4
"""Past forecasts of shorter horizons that are taken where there is none of the horizon."""
NEIGHBOURS: Final = 0.2
"""Local errors come from areas within this share of ranks in size, to either side."""


@dataclass(frozen=True)
class PastError:
    """One past forecast: ``origin``, ``horizon`` and its log errors (a, c), for forecasts (a, c) persons.

    It rested on ``history`` years.
    """

    origin: int
    horizon: int
    error: Array
    common: Array
    forecast: Array
    history: float = PUBLISHED_BASE


def past_error(
    origin: int, horizon: int, *, observed: Array, forecast: Array, history: float = PUBLISHED_BASE
) -> PastError:
    """Return the log errors of a past forecast (a, c), split into those of all areas together (c,) and the rest."""
    known = ~np.isnan(observed + forecast)
    sums = [np.where(known, each, 0.0).sum(axis=0) + 0.5 for each in (observed, forecast)]
    error = np.log((observed + 0.5) / (forecast + 0.5))
    return PastError(origin, horizon, error, np.log(sums[0] / sums[1]), forecast, history)


@dataclass(frozen=True)
class Prior:
    """Published experience at one horizon: standard deviations ``common`` (c,), ``local`` (a, c), powers (c,).

    ``waves`` (c, c): log errors of all cells per unit of what is not known about each cell's lower bound.
    """

    common: Array
    local: Array
    common_power: Array
    local_power: Array
    waves: Array

    @classmethod
    def of(cls, cells: CellShape, *, horizon: int, point: Array, history: float = PUBLISHED_BASE) -> Prior:
        """Return the prior around a point forecast (a, c) that rests on ``history`` years."""
        place = [int(np.searchsorted(PRIOR_AGES, age, side="right")) - 1 for age in cells.ages]
        slow, fast = np.array(COMMON_GROWTH)[place], np.array(LOCAL_GROWTH)[place]
        common = _prior_common(cells, horizon, float(np.nansum(point)), history)
        local = np.tile(np.array(PRIOR_LOCAL)[place] * horizon**fast, (len(point), 1))
        size = np.maximum(np.nan_to_num(point.sum(axis=1)), 1.0) / TYPICAL_SIZE
        local[:, 0] *= np.clip(size**SIZE_POWER, *SIZE_LIMITS)
        return cls(common, local, slow, fast, _wave_matrix(cells, horizon, np.nansum(point, axis=0), history))

    def scaled(self, common: Array, waves: Array) -> Prior:
        """Return the prior with a common spread and waves larger or smaller by factors (c,)."""
        return replace(self, common=self.common * common, waves=self.waves * waves[:, None])


def short_past(horizon: float, history: float) -> float:
    """Return the factor (from 1 on) by which a growth learnt on few years makes an error larger than a published one.

    Where yearly growth varies by s, its mean over k years carried on for h years errs by s * sqrt(h + h^2 / k).
    """
    return float(np.sqrt(max((1 + horizon / max(history, 1.0)) / (1 + horizon / PUBLISHED_BASE), 1.0)))


def _prior_common(cells: CellShape, horizon: int, inhabitants: float, history: float) -> Array:
    """Return the spread (c,) of the common error by published experience, for forecasts on ``history`` years."""
    place = [int(np.searchsorted(PRIOR_AGES, age, side="right")) - 1 for age in cells.ages]
    panel = float(np.clip((max(inhabitants, 1.0) / TYPICAL_PANEL) ** PANEL_POWER, *PANEL_LIMITS))
    size = np.where(np.array(cells.ages) < PRIOR_AGES[1], panel, max(panel, 1.0))
    spread = np.array(PRIOR_COMMON)[place] * size * horizon ** np.array(COMMON_GROWTH)[place]
    return np.asarray(spread * short_past(horizon, history))


def past_scales(past: Sequence[PastError], cells: CellShape) -> tuple[Array, Array, float]:
    """Return by which factors (c,) the common spread and waves were larger than published ones, and what they rest on.

    Learnt from past common errors of all horizons: one horizon alone has few that do not overlap. Those of one horizon
    overlap, those of several rest on the same years: together they weigh as much as errors of one horizon that do not
    overlap, on average over horizons (the third result); less than that where origins lie years apart, as each error
    counts as one year of its horizon. Counting those in full was measured and dropped: errors of successive steps are
    alike, as one trend missed runs through them (docs/backtest_population_tried.md).
    """
    found, weights = np.zeros(len(cells.widths)), 0.0
    horizons = len({each.horizon for each in past})
    for each in past:
        persons = np.nansum(each.forecast, axis=0)
        waves = np.diag(_wave_matrix(cells, each.horizon, persons, each.history))
        variance = waves**2 + _prior_common(cells, each.horizon, float(persons.sum()), each.history) ** 2
        weight = 1 / each.horizon / horizons
        found, weights = found + weight * each.common**2 / variance, weights + weight
    common, waves = (np.sqrt((worth + found) / (worth + weights)) for worth in (PRIOR_ORIGINS, PRIOR_WAVES))
    return common, waves, weights


@dataclass(frozen=True)
class CellShape:
    """Disjoint age cells: first ages (c,) and the width (c,) in years of the group just below each."""

    ages: tuple[int, ...]
    widths: Array


def _wave_matrix(cells: CellShape, horizon: int, persons: Array, history: float) -> Array:
    """Return (c, c): where a horizon does not move whole groups, whom a cell gains its neighbour below loses.

    Only the group next to the edge can cross it: of a cell 0-64 in five-year groups its thirteenth part. Cohorts of a
    narrow group are known the better the longer they were seen to enter and leave it: not before its width in years
    of ``history``, then in inverse proportion (an assumption).
    """
    moved = (horizon % cells.widths) / cells.widths
    seen = np.where(cells.widths <= TELLING, np.maximum(history / cells.widths, 1.0), 1.0)
    size = 2 * COHORT_WAVES * np.minimum(cells.widths, WIDEST_WAVE) * moved * (1 - moved) / seen
    result = np.zeros((len(size), len(size)))
    for c in range(1, len(size)):
        edge = persons[c - 1] * min(cells.widths[c] / (cells.ages[c] - cells.ages[c - 1]), 1.0)
        flow = size[c] * min(edge, persons[c])
        result[c, c], result[c, c - 1] = flow / max(persons[c], 1.0), -flow / max(persons[c - 1], 1.0)
    return result


def draw_cells(
    point: Array,
    past: Sequence[PastError],
    *,
    horizon: int,
    cells: CellShape,
    draws: int,
    seed: Sequence[int],
    history: float = PUBLISHED_BASE,
) -> tuple[Array, str]:
    """Return persons (draw, a, c) around a point forecast (a, c), and a flag ("" where enough past errors are known).

    ``past`` holds only errors known at the origin, ``history`` years lie before it. Sums over areas or cells of a
    draw are draws of the sums. Flags: "short_history" (at most one past origin of this horizon), "no_past_errors".
    """
    prior = Prior.of(cells, horizon=horizon, point=point, history=history)
    used = [each for each in past if each.horizon == horizon]
    flag = "" if len(used) > 1 else "short_history"
    origins = [each.origin for each in used]
    weight = 1 + (max(origins) - min(origins)) / horizon if used else 0.0
    if not used:
        used = sorted((each for each in past if each.horizon < horizon), key=lambda each: -each.horizon)[:SHORTER]
        weight, flag = (0.5, flag) if used else (0.0, "no_past_errors")
    common, waves, worth = past_scales(past, cells)
    sampler = Sampler(tuple(used), horizon, prior.scaled(common, waves), weight, draws, worth=worth)
    rng = np.random.default_rng(list(seed))
    error = sampler.common(rng)[:, None]
    if len(point) > 1:
        error = error + sampler.local(point, rng)
    return np.asarray(np.maximum((point + 0.5) * np.exp(error) - 0.5, 0.0)), flag


@dataclass(frozen=True)
class Sampler:
    """Draws log errors from ``used`` past ones, worth ``weight`` independent origins, and from the prior.

    ``worth``: what the scale of the common spread rests on, in origins.
    """

    used: tuple[PastError, ...]
    horizon: int
    prior: Prior
    weight: float
    draws: int
    worth: float = 0.0

    @property
    def share(self) -> float:
        """Return the weight of the panel's own past errors against the prior."""
        return self.weight / (self.weight + PRIOR_ORIGINS)

    def _unsure(self, rng: np.random.Generator, origins: float) -> Array:
        """Return factors (draw, 1) by which a spread learnt from few origins may be wrong (Student-t)."""
        freedom = origins + PRIOR_ORIGINS
        return np.asarray(np.sqrt(freedom / rng.chisquare(freedom, size=(self.draws, 1))))

    def common(self, rng: np.random.Generator) -> Array:
        """Return log errors (draw, c) common to all areas: past vectors times a normal number, and the prior's."""
        shape = (self.draws, len(self.prior.common))
        made_up = self.prior.common * rng.normal(size=shape) + rng.normal(size=shape) @ self.prior.waves
        unsure = self._unsure(rng, max(self.weight, self.worth))
        if not self.used:
            return np.asarray(unsure * made_up)
        power = self.prior.common_power
        vectors = np.stack([each.common * (self.horizon / each.horizon) ** power for each in self.used])
        chosen = vectors[rng.integers(len(vectors), size=self.draws)] * rng.normal(size=(self.draws, 1))
        return np.asarray(unsure * (np.sqrt(self.share) * chosen + np.sqrt(1 - self.share) * made_up))

    def local(self, point: Array, rng: np.random.Generator) -> Array:
        """Return log errors (draw, a, c) of single areas: those of areas of about the same size, rescaled."""
        chance = CHANCE * min(self.horizon / 5, 2.0)
        normal = rng.normal(size=(self.draws, *point.shape))
        here = chance / np.maximum(point, 1.0)
        if not self.used:
            return np.asarray(np.sqrt(self.prior.local**2 + here) * normal)
        factors = [(self.horizon / each.horizon) ** self.prior.local_power for each in self.used]
        errors = np.stack([(each.error - each.common) * f for each, f in zip(self.used, factors, strict=True)])
        noise = np.stack([chance / np.maximum(each.forecast, 1.0) for each in self.used])
        found = _spread(errors, noise, np.median(self.prior.local, axis=0))
        standard = errors / np.sqrt(found + noise)
        lender = _lenders(
            point.sum(axis=1), np.asarray(np.isfinite(standard).all(axis=(0, 2))), draws=self.draws, rng=rng
        )
        taken = np.nan_to_num(standard[rng.integers(len(self.used), size=lender.shape), lender])
        taken = np.where(rng.random((*lender.shape, 1)) < self.share, taken, normal)
        spread = self.share * found + (1 - self.share) * self.prior.local**2
        return np.asarray(taken * self._unsure(rng, self.weight)[:, None] * np.sqrt(spread + here))


def _spread(errors: Array, noise: Array, prior: Array) -> Array:
    """Return the variance (c,) of local log errors (o, a, c) beyond chance."""
    known = np.isfinite(errors) & np.isfinite(noise)
    weight = np.where(known, 1 / (prior**2 + noise), 0.0)
    excess = np.where(known, np.nan_to_num(errors) ** 2 - np.nan_to_num(noise), 0.0)
    total = np.maximum(weight.sum(axis=(0, 1)), 1e-12)
    return np.asarray(np.maximum((weight * excess).sum(axis=(0, 1)) / total, 1e-6))


def _lenders(size: Array, usable: Flags, *, draws: int, rng: np.random.Generator) -> Index:
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

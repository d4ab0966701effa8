"""How sure the pooled care model is: a common shock, Land and area drift, all from past steps; and draws of all three.

The common shock is the largest part and rests on few surveys: its variance is that of past errors, its
shape a Student t with few degrees of freedom. All areas share it, areas of a Land share theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from carelab.forecast.arrays import Array, Float32
from carelab.forecast.care_panel.data import log_counts
from carelab.forecast.care_panel.growth import smoothing_errors
from carelab.forecast.care_panel.laws import LawRisk, Laws, law_effect, law_spread
from carelab.forecast.care_panel.model import CareFit, mean_growth

PSEUDO_ERROR = 0.5
"""Before any error of "last growth" has been seen, half of the last growth stands for it."""
EXTRA_DEGREES = 2
"""Degrees of freedom: past errors and these; so few that the tails are heavy, enough for a finite spread."""
WORST_SHOCK = 10.0
"""Shocks are cut off at so many standard deviations."""
FEWEST_RESIDUALS = 40
"""Below so many past residuals the areas' drift is drawn as normal, above from the residuals themselves."""
SMALLEST_VARIANCE = 1e-8
OUTLIER = 4.0
"""Residuals beyond so many robust standard deviations do not steer the size effect (they stay among the draws)."""


@dataclass(frozen=True)
class Spread:
    """Standard deviations per survey step on the log scale: ``common`` (t with ``degrees``), ``land``, ``own`` (area,).

    ``own`` adds up over steps, ``noise`` (area,) does not: it falls with the count and is chance in counting.

    ``shape``: standardised past residuals of areas (empty: normal); ``laws``: the scenarios entered, if any;
    ``risk``: that of laws nobody knows of (None: none is drawn).
    """

    common: float
    degrees: int
    land: float
    own: Array
    noise: Array
    shape: Array
    laws: Laws = ()
    risk: LawRisk | None = None


def learn_spread(fit: CareFit, laws: Laws = ()) -> Spread:
    """Return the spread of one survey step, from the steps before the origin; what laws let expect is no error."""
    errors = common_errors(fit, laws)
    seen = np.abs(errors) if errors.size else np.array([PSEUDO_ERROR * abs(fit.steps[-1].common)])
    common = float(np.sqrt(np.mean(seen**2)))
    land, own, noise, count = _residuals(fit)
    by_size = _by_size(own, noise)
    terms = _size_terms(1 / np.maximum(count, 0.5)) * by_size
    drift = np.sqrt(np.maximum(terms[:, :2].sum(axis=1), SMALLEST_VARIANCE))
    standard = own / np.sqrt(np.maximum(_size_terms(noise) @ by_size, SMALLEST_VARIANCE))
    shape = standard - np.median(standard) if standard.size >= FEWEST_RESIDUALS else np.empty(0)
    return Spread(common, errors.size + EXTRA_DEGREES, land, drift, np.sqrt(terms[:, 2]), shape, laws)


def common_errors(fit: CareFit, laws: Laws = ()) -> Array:
    """Return errors of the common growth believed before each past step, log scale, per length of the last step."""
    years, steps = fit.panel.years, fit.steps
    errors = smoothing_errors(steps, fit.smoothing)
    errors = errors - [law_effect(laws, int(first), int(last)) for first, last in pairwise(years[1:])]
    return np.asarray(errors * fit.step_years / np.array([step.years for step in steps[1:]]))


def expected_logs(fit: CareFit, year: int, laws: Laws) -> Array:
    """Return expected log people in need (area,) in ``year``, with the laws' expected effect; NaN = no last count."""
    origin = int(fit.panel.years[-1])
    change = law_effect(laws, origin, year)
    return np.asarray(log_counts(fit.panel.counts[:, -1]) + mean_growth(fit, year - origin) + change)


def draw_counts(
    fit: CareFit, spread: Spread, targets: Sequence[int], *, draws: int, rng: np.random.Generator
) -> list[Float32]:
    """Return people in need (area, draw) at each target year (ascending), drawn as paths; NaN where no last count.

    Common and Land shocks are the same for all areas of a draw, so sums over areas have honest intervals.
    """
    origin, laws = int(fit.panel.years[-1]), spread.laws
    areas, groups = fit.panel.areas.size, fit.panel.parents.size
    growth, common = np.zeros(draws), np.zeros(draws)
    land = np.zeros((groups, draws), dtype=np.float32)
    own = np.zeros((areas, draws), dtype=np.float32)
    noise = spread.noise[:, None].astype(np.float32) * shocks_of_area(spread, (areas, draws), rng)
    believed = _mirrored(rng.normal(size=(draws + 1) // 2), draws)
    unknown = np.zeros((len(targets), draws))
    if spread.risk is not None:
        unknown = spread.risk.draw([year - origin for year in targets], draws, rng.spawn(1)[0])
    result, previous = [], origin
    for year, new_law in zip(targets, unknown, strict=True):
        part = (year - previous) / fit.step_years
        shock = spread.common * np.sqrt(part) * shocks_shared(spread, draws, rng)
        common = common + growth * part + shock
        growth = fit.damping**part * growth + fit.smoothing * shock / max(part, 1.0)
        land += np.float32(spread.land * np.sqrt(part)) * rng.standard_normal((groups, draws), dtype=np.float32)
        own += (spread.own * np.sqrt(part))[:, None].astype(np.float32) * shocks_of_area(spread, (areas, draws), rng)
        believe = law_spread(laws, origin, year) * believed
        centre = expected_logs(fit, year, laws).astype(np.float32)
        shared = (common + believe + new_law).astype(np.float32)
        beside = land[fit.panel.group] * (fit.panel.parents != "")[fit.panel.group][:, None]
        result.append(np.exp(centre[:, None] + shared + beside + own + noise))
        previous = year
    return result


def _residuals(fit: CareFit) -> tuple[float, Array, Array, Array]:
    """Return the Land drift, the areas' residuals with their counting noise (1 / count), and the last counts."""
    panel, weights = fit.panel, fit.weights
    land, own, noise = [], [], []
    for t, step in enumerate(fit.steps):
        before = fit.steps[t - 1] if t else None
        scale = 0.0 if before is None else step.years / before.years
        lag_land = 0.0 if before is None else np.nan_to_num(before.land) * weights["land"] * scale
        lag_own = 0.0 if before is None else np.nan_to_num(before.own) * weights["own"] * scale
        unit = np.sqrt(fit.step_years / step.years)
        rest = (step.own - lag_own) * unit
        known = np.isfinite(rest)
        land.append(((step.land - lag_land) * unit)[known])
        own.append(rest[known])
        noise.append(1 / np.maximum(panel.counts[:, t], 0.5)[known])
    drift = float(np.sqrt(np.mean(np.concatenate(land) ** 2)))
    return drift, np.concatenate(own), np.concatenate(noise), np.nan_to_num(panel.counts[:, -1])


def _by_size(residuals: Array, noise: Array) -> Array:
    """Return the coefficients (3,) of _size_terms, none below 0: the areas' variance by 1 / count (``noise``)."""
    if residuals.size == 0:
        return np.array([0.0, 0.0, 2.0])
    away = np.abs(residuals - np.median(residuals))
    kept = away <= max(OUTLIER * 1.4826 * float(np.median(away)), 1e-12)
    weight = 1 / (np.median(residuals[kept] ** 2) + noise[kept])
    solution, _ = nnls(_size_terms(noise[kept]) * weight[:, None], residuals[kept] ** 2 * weight)
    return np.asarray(solution)


def _size_terms(noise: Array) -> Array:
    """Return the terms (case, 3) of variance: the same for all, falling with the root of the count, counting noise."""
    return np.stack([np.ones(noise.size), np.sqrt(noise), noise], axis=1)


def shocks_shared(spread: Spread, size: int, rng: np.random.Generator) -> Array:
    """Return Student t shocks (draw,), each with its mirror image: being shared, they must not move the median."""
    half = rng.standard_t(spread.degrees, (size + 1) // 2)
    return _mirrored(np.clip(half, -WORST_SHOCK, WORST_SHOCK), size)


def shocks_of_area(spread: Spread, size: int | tuple[int, int], rng: np.random.Generator) -> Float32:
    """Return standardised shocks of areas: past residuals drawn again, normal where too few are known."""
    if spread.shape.size == 0:
        return np.asarray(rng.standard_normal(size, dtype=np.float32))
    picked: npt.NDArray[np.float32] = spread.shape.astype(np.float32)[rng.integers(0, spread.shape.size, size)]
    return picked


def _mirrored(half: Array, size: int) -> Array:
    return np.concatenate([half, -half])[:size]

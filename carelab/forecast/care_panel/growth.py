"""How areas grow: the nation's last growth, and how much of a Land's and an area's own deviation persists.

Growth of log counts = common + Land + area. The shares that persist, the pull back to the Land's level and the effect
of ageing are learnt from past steps only, each step giving one estimate that is shrunk towards a neutral value
(empirical Bayes: James & Stein 1961; Efron & Morris 1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array, Index
from carelab.forecast.care_panel.data import CarePanel, log_counts

LOWEST_DAMPING = 0.9
FEWEST_ERRORS = 4
GROWTH_SD = 0.05
"""What yearly growth may be before any is seen (standard deviation around none): an assumption, wide on purpose. In
Germany's surveys it was 0.5 to 2.7 % from 1999 to 2009, and 2 to 10 % since."""
CHANGE_SD = 0.017
CHANGE_ERRORS = 4
STEP_YEARS = 2.0
"""Growth changed by so much in each of four steps of STEP_YEARS in Germany, 1999-2009 (prior.GERMANY)."""
PSEUDO_ERRORS = 2.0
"""Past errors that "last growth repeated" is worth before smoothing it is considered."""


@dataclass(frozen=True)
class Prior:
    """What is believed of a coefficient before any step is seen (worth one step), and how much steps may differ."""

    mean: float
    spread: float
    lowest: float
    highest: float


PRIORS = {
    "land": Prior(1 / 3, 0.3, 0.0, 1.0),
    "own": Prior(0.0, 0.3, -0.5, 1.0),
    "level": Prior(0.0, 0.1, -0.5, 0.0),
    "ageing": Prior(1.0, 0.5, 0.0, 1.5),
}
"""Persistence of a Land's and an area's deviating growth, pull of a deviating level, effect of ageing beside others.

Neutral: an area's own deviation is noise until shown otherwise (0), ageing acts as demography says (1), a Land's
deviation lies between national growth (0) and its own growth repeated (1), nearer to the former, as part of what is
seen may be noise."""


@dataclass(frozen=True)
class Step:
    """One step between surveys, from what both ends counted: growth beside the common one, per area and Land.

    ``years``; ``common`` (log growth); ``land`` and ``own`` (area,): the Land's beside the common, the area's beside
    the Land's; NaN where the area was not counted at both ends.
    """

    years: float
    common: float
    land: Array
    own: Array


def step_between(panel: CarePanel, first: int, last: int) -> Step:
    """Return the step between two positions in ``panel.years``; sums over areas counted at both ends."""
    pair = panel.counts[:, [first, last]]
    known = np.asarray(np.isfinite(pair).all(axis=1))
    weights = np.where(known[:, None], pair, 0.0)
    common = _log_growth(weights.sum(axis=0))
    size = panel.parents.size
    sums = np.stack([np.bincount(panel.group, weights[:, end], size).astype(float) for end in (0, 1)], axis=-1)
    land = np.where(panel.parents == "", 0.0, _log_growth(sums) - common)[panel.group]
    own = log_counts(pair[:, 1]) - log_counts(pair[:, 0]) - common - land
    return Step(float(panel.years[last] - panel.years[first]), float(common), np.where(known, land, np.nan), own)


def steps_of(panel: CarePanel) -> list[Step]:
    """Return the steps between neighbouring surveys, in order."""
    return [step_between(panel, i, i + 1) for i in range(panel.years.size - 1)]


def damping_of(steps: list[Step]) -> float:
    """Return the share of common growth left one step after the next: slope of growth on the growth before.

    Shrunk towards 1 by one pseudo-step and kept within LOWEST_DAMPING .. 1 (Gardner & McKenzie 1985).
    """
    growth = np.array([step.common / step.years for step in steps])
    pseudo = float(np.mean(growth**2))
    slope = (pseudo + growth[1:] @ growth[:-1]) / (pseudo + growth[:-1] @ growth[:-1]) if pseudo > 0 else 1.0
    return float(np.clip(slope, LOWEST_DAMPING, 1.0))


def smoothing_of(steps: list[Step]) -> float:
    """Return the weight (0-1) of the last growth against earlier ones in common growth: 1 = last growth repeated.

    The weight of the least squared one-step errors in the past, shrunk towards 1 by PSEUDO_ERRORS (simple exponential
    smoothing; Gardner 1985). With fewer than FEWEST_ERRORS nothing can be learnt: 1.
    """
    errors = len(steps) - 1
    if errors < FEWEST_ERRORS:
        return 1.0
    tried = np.linspace(0.1, 1.0, 10)
    losses = [float((smoothing_errors(steps, float(weight)) ** 2).sum()) for weight in tried]
    best = float(tried[len(tried) - 1 - int(np.argmin(losses[::-1]))])
    return (PSEUDO_ERRORS + errors * best) / (PSEUDO_ERRORS + errors)


def smoothed_growth(steps: list[Step], weight: float, gains: Array | None = None) -> Array:
    """Return yearly common growth (step,) as believed after each step; ``gains`` (step,) as from counting_gains."""
    growth = np.array([step.common / step.years for step in steps])
    weights = weight * (np.ones(growth.size) if gains is None else gains)
    growth[0] *= 1.0 if gains is None else gains[0]
    for t in range(1, growth.size):
        growth[t] = weights[t] * growth[t] + (1 - weights[t]) * growth[t - 1]
    return growth


def counting_gains(panel: CarePanel, steps: list[Step]) -> Array:
    """Return how much of a step's common growth is believed (step,): 1 where many were counted, near 0 where few.

    Growth counted in few people is mostly chance: its variance is 1 / people at both ends. Beside it stand what growth
    may be at first (GROWTH_SD) and how it changes, learnt from past changes beyond chance pooled with CHANGE_ERRORS of
    CHANGE_SD: gains of a local level (Kalman 1960; Durbin & Koopman 2012, 2.2).
    """
    growth = np.array([step.common / step.years for step in steps])
    chance = np.array([_chance(panel.counts[:, t : t + 2]) / step.years**2 for t, step in enumerate(steps)])
    beyond = np.diff(growth) ** 2 - chance[1:] - chance[:-1]
    known = CHANGE_ERRORS * (CHANGE_SD / STEP_YEARS) ** 2
    change = (known + max(float(beyond.sum()), 0.0)) / (CHANGE_ERRORS + beyond.size)
    gains, variance = np.empty(len(steps)), GROWTH_SD**2
    for t in range(len(steps)):
        gains[t] = variance / (variance + chance[t])
        variance = variance * (1 - gains[t]) + change
    return gains


def _chance(pair: Array) -> float:
    """Return the variance of the log growth of a sum that chance in counting gives, from counts (area, 2)."""
    people = pair[np.isfinite(pair).all(axis=1)].sum(axis=0)
    return float((1 / np.maximum(people, 1.0)).sum())


def smoothing_errors(steps: list[Step], weight: float) -> Array:
    """Return errors (step - 1,) of the growth believed one step before, log scale over each step."""
    believed = smoothed_growth(steps, weight)[:-1]
    return np.array([step.common - rate * step.years for step, rate in zip(steps[1:], believed, strict=True)])


def group_mean(values: Array, weights: Array, group: Index) -> Array:
    """Return weighted means of ``values`` by group, one per area; values that are NaN do not count (0 if none do)."""
    known = np.isfinite(values)
    mass = np.where(known, weights, 0.0)
    total = np.bincount(group, mass)
    mean = np.bincount(group, mass * np.where(known, values, 0.0)) / np.where(total > 0, total, 1.0)
    return np.asarray(mean[group])


def slope_estimates(target: Array, features: Array, weights: Array) -> tuple[Array, Array]:
    """Return least-squares slopes (feature,) of one step and their standard errors; NaN where a feature says nothing.

    ``features`` (case, feature); cases with any NaN do not count.
    """
    known = np.isfinite(target) & np.isfinite(features).all(axis=1) & (weights > 0)
    used = (features[known] != 0).any(axis=0)
    slopes, errors = np.full(features.shape[1], np.nan), np.full(features.shape[1], np.nan)
    if known.sum() <= used.sum() + 1 or not used.any():
        return slopes, errors
    x, y, w = features[known][:, used], target[known], weights[known] / weights[known].mean()
    moments = x.T @ (w[:, None] * x)
    inverse = np.linalg.pinv(moments, hermitian=True)
    slopes[used] = inverse @ (x.T @ (w * y))
    rest = y - x @ slopes[used]
    sandwich = inverse @ (x.T @ ((w * rest)[:, None] ** 2 * x)) @ inverse
    errors[used] = np.sqrt(np.maximum(np.diag(sandwich), 0.0) * known.sum() / (known.sum() - used.sum()))
    return slopes, errors


def shrink(slopes: list[float], errors: list[float], prior: Prior) -> float:
    """Return one coefficient from its estimates in past steps: each weighs as it is sure, the prior weighs one step."""
    estimate, error = np.array(slopes, dtype=float), np.array(errors, dtype=float)
    known = np.isfinite(estimate) & np.isfinite(error)
    weight = prior.spread**2 / (prior.spread**2 + error[known] ** 2)
    mean = (prior.mean + weight @ estimate[known]) / (1 + weight.sum())
    return float(np.clip(mean, prior.lowest, prior.highest))


def _log_growth(sums: Array) -> Array:
    first, last = sums[..., 0], sums[..., 1]
    usable = (first > 0) & (last > 0)
    return np.log(np.where(usable, last, 1.0) / np.where(usable, first, 1.0))

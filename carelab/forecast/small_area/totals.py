"""Totals of small areas: what cohorts say and what each area's own growth says, weighed by which was right before.

Cohort methods tell who will be old; for an area's total, its own growth is as good a guide (Smith, Tayman & Swanson
2013; Wilson 2015), and averages beat both. Ages from 65 stay as the cohorts have them; the younger take up the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from carelab.forecast.arrays import Array, Index

BASES: Final = (5, 10)
"""Years of the past over which an area's growth is taken; their mean is used."""
LONG_BASE: Final = 20
"""Years of the past over which the whole panel's growth is taken: migration waves return to their mean."""
BREAK, CALM, TO_SD = 4.0, 0.002, 1.4826
"""A year's growth further than BREAK robust standard deviations (at least CALM a year) from the median is a step;
TO_SD makes a standard deviation of the median absolute deviation of normal numbers (Huber 1981, Robust Statistics)."""
HALF_LIFE: Final = 20.0
"""Years after which half of an area's growth beyond the panel's is left."""
PRIOR_WEIGHT, PRIOR_CASES = 0.5, 3.0
"""Before anything is known both guides count alike; that opinion weighs as much as so many past forecasts."""
LARGE, JUMP = 500, 0.30
"""An area of so many inhabitants does not grow or shrink by more than JUMP in a year without something having happened
to it (new borders, a new register, barracks): no trend, and no error that other areas may make (assumptions)."""
FURTHEST: Final = 1.4
"""The younger ages are never changed by more than this factor."""


@dataclass(frozen=True)
class Guide:
    """Log growth of areas (a,) over a horizon: by ``cohorts``, by own growth ``own`` (panel's part in both: 0)."""

    cohorts: Array
    own: Array
    weight: Array


def panel_growth(totals: Array, years: Index, *, origin: int, horizon: int) -> float:
    """Return the panel's log growth over the horizon if it grows as in up to LONG_BASE past years.

    Yearly growth is taken between neighbouring counts; what lies beyond BREAK is a step (a census, a new register), no
    trend, and counts up to there only (winsorised mean).
    """
    t = int(np.flatnonzero(years == origin)[0])
    totals = linked(totals[: t + 1], years[: t + 1])
    base = int(np.argmax(years >= origin - LONG_BASE))
    counted = base + np.flatnonzero(np.isfinite(totals[base : t + 1]).any(axis=1))
    spans = np.diff(years[counted])
    if not len(spans):
        return 0.0
    steps = zip(counted[:-1], counted[1:], spans, strict=True)
    yearly = np.array([_log_growth(totals, a, b) / span for a, b, span in steps])
    every = np.repeat(yearly, spans)
    middle = np.median(every)
    limit = BREAK * max(float(TO_SD * np.median(np.abs(every - middle))), CALM)
    return float(np.clip(every, middle - limit, middle + limit).mean() * horizon)


def own_growth(totals: Array, years: Index, *, origin: int, horizon: int) -> Array:
    """Return each area's log growth (a,) beyond the panel's over the horizon, fading; NaN where it is unknown."""
    t = int(np.flatnonzero(years == origin)[0])
    totals = linked(totals[: t + 1], years[: t + 1])
    rates = []
    for length in BASES:
        base = int(np.argmax(years >= origin - length))
        span = max(int(years[t] - years[base]), 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = np.log(totals[t] / totals[base])
        rates.append(np.where(np.isfinite(growth), growth - _log_growth(totals, base, t), np.nan) / span)
    effective = HALF_LIFE / np.log(2) * (1 - 0.5 ** (horizon / HALF_LIFE))
    return np.asarray(np.mean(rates, axis=0) * effective)


def jumps(totals: Array, years: Index) -> Array:
    """Return 1.0 where an area's total (t, a) lies more than JUMP off the count before, growing by chance; else 0."""
    result = np.zeros(totals.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(np.log(totals[1:] / totals[:-1]))
    large = (totals[1:] >= LARGE) & (totals[:-1] >= LARGE)
    result[1:] = large & np.isfinite(change) & (change > np.log1p(JUMP) * np.sqrt(np.diff(years))[:, None])
    return result


def linked(totals: Array, years: Index) -> Array:
    """Return totals (t, a) in which areas grow like the panel where they jumped, and evenly over gaps of their own.

    Gaps are filled in years in which others are counted: areas counted in turns have no neighbouring years in common.
    Nothing is filled before an area's first count or after its last.
    """
    result, place, last = totals.copy(), np.arange(len(totals))[:, None], len(totals)
    known = totals > 0
    before = np.maximum.accumulate(np.where(known, place, -1))
    after = np.minimum.accumulate(np.where(known, place, last)[::-1])[::-1]
    others = np.isfinite(totals).any(axis=1, keepdims=True)
    gaps = np.nonzero(np.isnan(totals) & others & (before >= 0) & (after < last))
    low, high, areas = before[gaps], after[gaps], gaps[1]
    share = (years[gaps[0]] - years[low]) / (years[high] - years[low])
    result[gaps] = totals[low, areas] ** (1 - share) * totals[high, areas] ** share
    jumped = jumps(totals, years) > 0
    for t in np.flatnonzero(jumped.any(axis=1)):
        usual = _log_growth(np.where(jumped[t], np.nan, result), int(t) - 1, int(t))
        result[:t, jumped[t]] *= result[t, jumped[t]] / result[t - 1, jumped[t]] / np.exp(usual)
    return result


def _log_growth(totals: Array, base: int, t: int) -> float:
    """Return the log growth of all areas known in both years together."""
    both = np.isfinite(totals[base]) & np.isfinite(totals[t])
    before, after = totals[base][both].sum(), totals[t][both].sum()
    return float(np.log(after / before)) if before > 0 and after > 0 else 0.0


def make_guide(totals: Array, years: Index, forecast: Array, *, origin: int, horizon: int) -> Guide:
    """Return both guides relative to the panel's growth; ``forecast`` (a,) totals of the cohort projection."""
    now = totals[int(np.flatnonzero(years == origin)[0])]
    weight = np.nan_to_num(now) / max(np.nansum(now), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        cohorts = np.log(forecast / now)
    own = own_growth(totals, years, origin=origin, horizon=horizon)
    usable = np.isfinite(cohorts) & (weight > 0)
    cohorts = np.where(usable, cohorts, 0.0)
    own = np.where(np.isfinite(own) & usable, own, cohorts - weight @ cohorts)
    return Guide(cohorts - weight @ cohorts, own - weight @ own, weight)


def learn_weight(
    guides: Mapping[tuple[int, int], Guide], truth: Mapping[tuple[int, int], Array], horizon: int
) -> float:
    """Return the weight (0-1) of own growth against cohorts: the best of past forecasts, drawn towards PRIOR_WEIGHT.

    ``guides`` and ``truth`` (log growth (a,), NaN = unknown) by origin and horizon, all known by now; horizons between
    half and all of this one are asked.
    """
    best = []
    for key, guide in guides.items():
        if not horizon / 2 <= key[1] <= horizon or key not in truth:
            continue
        known = np.isfinite(truth[key])
        weight = np.where(known, guide.weight, 0.0)
        weight = weight / max(weight.sum(), 1e-12)
        real = np.where(known, truth[key], 0.0)
        real = real - weight @ real
        gap = guide.own - guide.cohorts
        spread = weight @ gap**2
        if spread > 1e-12:
            best.append(float(np.clip(weight @ ((real - guide.cohorts) * gap) / spread, -1.0, 2.0)))
    total = PRIOR_WEIGHT * PRIOR_CASES + sum(best)
    return float(np.clip(total / (PRIOR_CASES + len(best)), 0.0, 1.0))


def combine(cells: Array, now: Array, *, guide: Guide, weight: float, total: float) -> Array:
    """Return cells (a, c) whose areas follow both guides and add up to ``total``; only the first cell changes.

    ``now`` (a,) inhabitants at the origin. The sum is reached unless the first cell would change beyond FURTHEST.
    """
    known = np.isfinite(cells).all(axis=1) & np.isfinite(now)
    share = np.where(known, now * np.exp(weight * guide.own + (1 - weight) * guide.cohorts), 0.0)
    wanted = share * total / max(share.sum(), 1e-12)
    young = np.nan_to_num(cells[:, 0])
    old = np.where(known, np.nan_to_num(cells[:, 1:]).sum(axis=1), 0.0)
    first = np.clip(wanted - old, young / FURTHEST, young * FURTHEST)
    target = total - old.sum()
    if 0.5 * first.sum() < target < 2 * first.sum():
        first *= target / first.sum()
    result = cells.copy()
    result[known, 0] = first[known]
    return result


def total_growths(totals: Array, years: Index, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Array]:
    """Return what came true, log growth (a,), by origin and horizon; NaN where it is unknown or an area jumped."""
    place = {int(year): i for i, year in enumerate(years)}
    jumped = jumps(totals, years).cumsum(axis=0)
    result = {}
    for origin, horizon in pairs:
        if origin + horizon in place:
            now, later = place[origin], place[origin + horizon]
            with np.errstate(divide="ignore", invalid="ignore"):
                grown = np.log(totals[later] / totals[now])
            result[origin, horizon] = np.where(np.isfinite(grown) & (jumped[later] == jumped[now]), grown, np.nan)
    return result

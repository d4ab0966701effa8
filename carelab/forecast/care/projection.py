"""Care levels of a city into the future, the pooled way: the rule that the back-test of all Kreise found best.

Growth starts from the last growth of all Kreise; it is held for as long as the back-test can judge and fades
afterwards, which is an assumption. The shares of the Land's and the city's own deviation that persist are added while
it is held. Spreads are those of the back-test: a heavy-tailed common shock, Land and city drift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care_panel.data import CarePanel
from carelab.forecast.care_panel.growth import group_mean, smoothed_growth, smoothing_of, steps_of
from carelab.forecast.care_panel.laws import LawRisk
from carelab.forecast.care_panel.model import CareFit, learn_weights
from carelab.forecast.care_panel.spread import Spread, learn_spread, shocks_of_area, shocks_shared
from carelab.terms import Trend as Variant

SMALLEST_FACTOR = 0.05
"""A law may not take away more than 95 % of care rates in any draw."""

HOLD_STEPS = 1
"""Survey steps over which last growth is held: so far ahead the panel has four origins without a change of law.

Two steps were nearer to the counts of four cities from 2017 on, but rest on two origins, and lead to a 2035 in which
care rates rise as fast as in the decade of the new law (docs/decisions/0004)."""
UNKNOWN_LAWS = LawRisk()
"""The risk of laws nobody knows of yet: an assumption (decision 0032), the same as in a back-test of a panel."""
MODERATE_UNTIL = 2027
"""`moderate`: growth ends here, as in the official second variant (Destatis, Pflegevorausberechnung 2023)."""


@dataclass(frozen=True)
class Anchor:
    """The city's level at its last own count, and what is known of later years.

    ``level`` (draw,) in ``year``; ``land_growth`` of the level from then to ``known_year``, the last survey of its Land
    (0 and the same year where there is none later); ``own_land`` False where that growth is Germany's, not the Land's.
    """

    level: Array
    year: int
    land_growth: float
    known_year: int
    own_land: bool = True


@dataclass(frozen=True)
class Scenario:
    """What a scenario may change: the course of the common trend, the share of growth left after each year (0-1).

    A new law: from ``law_year`` on rates grow by ``law_effect`` (0.1 = 10 %), in the draws spread by ``law_effect_sd``.
    """

    trend: Variant = "trend"
    damping: float = 0.85
    law_year: int | None = None
    law_effect: float = 0.0
    law_effect_sd: float = 0.0


@dataclass(frozen=True)
class Pooled:
    """The pooled model of levels (care_panel.panel_levels) at its last survey, and its spread."""

    fit: CareFit
    spread: Spread


@dataclass(frozen=True)
class Start:
    """Where a city starts: the pooled model, its code, and yearly growth of the level (starting_growth): the ``common``
    part and what its Land and itself are expected to grow ``beside`` it."""

    pooled: Pooled
    area: str
    common: float
    beside: float = 0.0


def fit_levels(
    levels: pd.DataFrame, national: Mapping[tuple[int, int], float] | None = None, risk: LawRisk | None = UNKNOWN_LAWS
) -> Pooled:
    """Return the pooled model of levels: columns area, parent, year, level, expected (persons at level 0).

    Areas weigh as many people as their latest expectation, so that growth is growth of rates, not of persons.
    ``national``: growth of the nation's level between two surveys, which stands for the areas' common growth where it
    is known: a census moves the areas' inhabitants and with them their levels (cities_panel.national_steps). ``risk``:
    that of laws nobody knows of.
    """
    table = levels.dropna(subset=["level"])
    wide = table.pivot(index="area", columns="year", values="level").sort_index()
    last = table.sort_values("year").drop_duplicates("area", keep="last").set_index("area").loc[wide.index]
    group, parents = pd.factorize(last["parent"], sort=True)
    values, weight = wide.to_numpy(float), last["expected"].to_numpy(float)[:, None]
    years = wide.columns.to_numpy(dtype=np.int64)
    panel = CarePanel(
        wide.index.to_numpy(dtype=object), np.asarray(parents, dtype=object), group, years, np.exp(values) * weight
    )
    beside = [
        np.nan_to_num(column - group_mean(column, np.where(np.isfinite(column), weight[:, 0], 0.0), group))
        for column in values.T
    ]
    known = national or {}
    steps = [
        replace(step, common=known.get((int(first), int(last)), step.common))
        for step, (first, last) in zip(steps_of(panel), pairwise(years), strict=True)
    ]
    weights = learn_weights(panel, steps, beside, [None] * years.size)
    smoothing = smoothing_of(steps)
    growth = float(smoothed_growth(steps, smoothing)[-1])
    fit = CareFit(panel, steps, growth, smoothing, 1.0, weights, beside[-1], np.zeros(len(wide)))
    return Pooled(fit, replace(learn_spread(fit), risk=risk))


def starting_growth(pooled: Pooled, *, area: str, land: str, common: float | None = None) -> Start:
    """Return yearly growth of the level of ``area`` after the last survey: common, Land's and own shares that persist.

    ``common``: yearly growth known from later totals (None: last growth of the Kreise). An unknown area or Land counts
    as the typical one.
    """
    fit, step = pooled.fit, pooled.fit.steps[-1]
    start = 0.0
    land_of = fit.panel.parents[fit.panel.group]
    beside = step.land[(land_of == land) & np.isfinite(step.land)]
    if beside.size:
        start += fit.weights["land"] * float(beside[0] - np.nanmean(step.land)) / step.years
    own = step.own[(fit.panel.areas == area) & np.isfinite(step.own)]
    level = fit.level[fit.panel.areas == area]
    start += fit.weights["own"] * float(own[0]) / step.years if own.size else 0.0
    start += fit.weights["level"] * float(level[0]) / step.years if level.size else 0.0
    return Start(pooled, area, fit.growth if common is None else common, start)


def draw_levels(anchor: Anchor, start: Start, last_year: int, *, scenario: Scenario, rng: np.random.Generator) -> Array:
    """Return levels (draw, year) for anchor.year .. last_year.

    Up to ``anchor.known_year`` the level follows its Land's counted growth, own drift beside it; afterwards ``start``
    is held for HOLD_STEPS surveys and then fades by ``scenario.damping`` a year (`moderate`, `constant`: growth ends
    earlier). Shocks to growth fade by ``scenario.damping`` from their own year on.
    """
    return np.asarray(draw_levels_of_areas([anchor], [start], last_year, scenario=scenario, rng=rng)[0])


def draw_levels_of_areas(
    anchors: Sequence[Anchor], starts: Sequence[Start], last_year: int, *, scenario: Scenario, rng: np.random.Generator
) -> Array:
    """Return levels (area, draw, year) as draw_levels: areas share the common shocks and the new law of a draw.

    All areas are anchored in the same year, known up to the same year, and rest on the same pooled model. The risk of a
    law nobody knows of is part of `trend`; the other variants say what comes without one.
    """
    first, pooled, draws = anchors[0], starts[0].pooled, anchors[0].level.size
    years = np.arange(first.year, last_year + 1)
    common, own, law, unknown = rng.spawn(4)
    ahead = years > first.known_year
    shared = shared_shocks(pooled, ahead, damping=scenario.damping, draws=draws, rng=common)
    shared += law_effects(years, scenario, draws=draws, rng=law)
    if pooled.spread.risk is not None and scenario.trend == "trend":
        ahead_by = [max(int(year) - first.known_year, 0) for year in years]
        shared += pooled.spread.risk.draw(ahead_by, draws, unknown).T
    beside = ahead | ((years > first.year) & (not first.own_land))
    levels = area_shocks(starts, (years > first.year, beside), draws=draws, rng=own)
    levels += shared
    for at, (anchor, start) in enumerate(zip(anchors, starts, strict=True)):
        levels[at] += anchor.level[:, None] + expected_growth(anchor, start, years, scenario)
    return levels


def expected_growth(anchor: Anchor, start: Start, years: npt.NDArray[np.int64], scenario: Scenario) -> Array:
    """Return what the level (year,) is expected to have grown since ``anchor.year``."""
    ahead, held = np.maximum(years - anchor.known_year, 0), HOLD_STEPS * start.pooled.fit.step_years
    known = np.clip((years - anchor.year) / max(anchor.known_year - anchor.year, 1), 0.0, 1.0)
    mean = anchor.land_growth * known * (anchor.known_year > anchor.year)
    faded = start.common * scenario.damping ** np.maximum(ahead - held, 0.0) + start.beside * (ahead <= held)
    return np.asarray(mean + np.cumsum(np.where(growing_years(years, anchor.known_year, scenario.trend), faded, 0.0)))


def law_effects(years: npt.NDArray[np.int64], scenario: Scenario, *, draws: int, rng: np.random.Generator) -> Array:
    """Return what the scenario's new law adds to levels (draw, year): from ``law_year`` on, as care_projection does."""
    if scenario.law_year is None:
        return np.zeros((draws, years.size))
    effect = np.log(np.maximum(1 + rng.normal(scenario.law_effect, scenario.law_effect_sd, draws), SMALLEST_FACTOR))
    return np.asarray(effect[:, None] * (years >= scenario.law_year))


def growing_years(years: npt.NDArray[np.int64], known_year: int, variant: Variant) -> npt.NDArray[np.bool_]:
    """Return the years (bool) in which the common level is expected to grow under a variant of the trend."""
    last = {"trend": years[-1], "moderate": max(MODERATE_UNTIL, known_year), "constant": known_year}[variant]
    return np.asarray((years > known_year) & (years <= last))


def shared_shocks(
    pooled: Pooled, active: npt.NDArray[np.bool_], *, damping: float, draws: int, rng: np.random.Generator
) -> Array:
    """Return cumulated shocks to common growth (draw, year), one in each ``active`` year, heavy-tailed, fading yearly.

    Shocks are sized so that over one survey step they add up to the spread of past errors (learn_spread): the step into
    the law of 2017 is one of them. backtest.city_way tests the width (docs/decisions/0032: why not care_panel.prior's).
    """
    ages = np.arange(max(active.size, round(pooled.fit.step_years)))
    left = np.cumsum(damping**ages)
    yearly = pooled.spread.common / np.sqrt((left[: max(round(pooled.fit.step_years), 1)] ** 2).sum())
    shocks = np.stack([yearly * on * shocks_shared(pooled.spread, draws, rng) for on in active], axis=1)
    since = np.subtract.outer(np.arange(active.size), np.arange(active.size))
    return np.asarray(shocks @ np.where(since >= 0, left[np.maximum(since, 0)], 0.0).T)


def area_shocks(
    starts: Sequence[Start],
    active: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    *,
    draws: int,
    rng: np.random.Generator,
) -> Array:
    """Return cumulated drift (area, draw, year) of areas beside their Land and of the Land, in their ``active`` years.

    Lands are drawn for every area anew: sums over areas are none of this function's business.
    """
    fit, spread = starts[0].pooled.fit, starts[0].pooled.spread
    known = dict(zip(fit.panel.areas, spread.own, strict=True))
    unit, size = 1 / np.sqrt(fit.step_years), (len(starts), draws)
    own_sd = unit * np.array([known.get(start.area, np.median(spread.own)) for start in starts])[:, None]
    own = [own_sd * on * shocks_of_area(spread, size, rng) for on in active[0]]
    drift = unit * spread.land * active[1] * rng.standard_normal((*size, active[1].size))
    for year, shocks in enumerate(own):
        drift[:, :, year] += shocks
    return np.asarray(np.cumsum(drift, axis=2, out=drift))

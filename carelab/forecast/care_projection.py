"""Care levels of the city into the future, in draws: last count, its Land's later growth, damped common trend, drift.

Level of year t = last count's level + Land growth up to the last survey + cumulated growth + drift, where yearly growth
follows the damped trend g[t+1] = damping x g[t] + shock (Gardner & McKenzie 1985). Shocks are as large as the errors
this rule made at all past surveys, the one with the new law of 2017 included. The trend's spread is the largest part of
the interval and must show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array, Years
from carelab.forecast.care_trend import SURVEY_STEP, Trend
from carelab.terms import Trend as Variant

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


def last_growth(trend: Trend) -> float:
    """Return yearly growth of the common level between the last two surveys, counting effects included.

    Taking the effects out made the rule worse at every origin (docs/decisions/0004): what was newly counted went on
    growing.
    """
    return float(trend.growth[-1]) / SURVEY_STEP


def step_error(trend: Trend, damping: float) -> float:
    """Return the root mean square error, per survey step, of "last growth, damped" at all past origins.

    The step into the new law of 2017 is one of them: laws have changed within every decade, and leaving it out gave
    intervals that later counts did not respect (docs/decisions/0004).
    """
    factor = (damping + damping**SURVEY_STEP) / SURVEY_STEP
    error = trend.growth[1:] - factor * trend.growth[:-1]
    return float(np.sqrt(np.mean(error**2)))


def draw_levels(anchor: Anchor, trend: Trend, last_year: int, *, scenario: Scenario, rng: np.random.Generator) -> Array:
    """Return levels (draw, year) for anchor.year .. last_year, on the log-hazard scale of care_schedule.rates."""
    draws, years = anchor.level.size, np.arange(anchor.year, last_year + 1)
    levels = np.repeat(anchor.level[:, None], years.size, axis=1)
    known = np.clip((years - anchor.year) / max(anchor.known_year - anchor.year, 1), 0.0, 1.0)
    levels += anchor.land_growth * known * (anchor.known_year > anchor.year)
    ahead = np.maximum(years - anchor.known_year, 0)
    expected = _growing(years, anchor.known_year, scenario.trend)
    mean = np.cumsum(np.where(expected, last_growth(trend) * scenario.damping**ahead, 0.0))
    sd = np.where(ahead > 0, yearly_shock_sd(trend, scenario.damping), 0.0)
    common, own, law = rng.spawn(3)
    if scenario.law_year is not None:
        effect = np.log(np.maximum(1 + law.normal(scenario.law_effect, scenario.law_effect_sd, draws), 0.05))
        levels += effect[:, None] * (years >= scenario.law_year)
    levels += mean + np.cumsum(_fading(_shocks(sd, draws, common), scenario.damping), axis=1)
    beside_land = (ahead > 0) | (not anchor.own_land)
    drift = np.asarray(
        np.hypot(trend.drift_sd, trend.land_drift_sd * beside_land) / np.sqrt(SURVEY_STEP), dtype=np.float64
    )
    return levels + np.cumsum(_shocks(drift * (years > anchor.year), draws, own), axis=1)


def yearly_shock_sd(trend: Trend, damping: float) -> float:
    """Return the standard deviation of yearly shocks that, fading, add up to step_error over one survey step."""
    weights = np.array([(1 - damping**k) / (1 - damping) if damping < 1 else k for k in (1, SURVEY_STEP)])
    return step_error(trend, damping) / float(np.sqrt((weights**2).sum()))


def _growing(years: Years, known_year: int, variant: Variant) -> npt.NDArray[np.bool_]:
    """Return the years (bool) in which the common level is expected to grow."""
    last = {"trend": years[-1], "moderate": max(MODERATE_UNTIL, known_year), "constant": known_year}[variant]
    return np.asarray((years > known_year) & (years <= last))


def _fading(shocks: Array, damping: float) -> Array:
    """Return growth (draw, year): each year's shock and what is left of the earlier ones."""
    growth = np.zeros_like(shocks)
    for t in range(1, shocks.shape[1]):
        growth[:, t] = damping * growth[:, t - 1] + shocks[:, t]
    return growth


def _shocks(sd: Array, draws: int, rng: np.random.Generator) -> Array:
    """Return shocks (draw, year), drawn year by year: a later horizon leaves the years before it as they were."""
    return np.asarray(rng.normal(0.0, 1.0, (sd.size, draws)).T * sd)

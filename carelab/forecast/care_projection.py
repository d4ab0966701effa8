"""Care levels of the city into the future, in draws: its last count, its Land's later growth, the damped common trend,
drift.

Level of year t = last count's level + Land growth up to the last survey + cumulated growth + drift, where yearly growth
follows the damped trend g[t+1] = damping x g[t] + shock (Gardner & McKenzie 1985). Shocks are as large as the errors
this rule made at all past surveys, the one with the new law of 2017 included. The trend's spread is the largest part of
the interval and must show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.care_levels import SURVEY_STEP, Trend
from carelab.terms import Trend as Variant

MODERATE_UNTIL = 2027
"""`moderate`: growth ends here, as in the official second variant (Destatis, Pflegevorausberechnung 2023)."""


@dataclass(frozen=True)
class Anchor:
    """The city's level at its last own count: ``level`` (draw,) in ``year``; ``land_growth`` of the level from then to
    ``known_year``, the last survey of its Land (0 and the same year where there is none later)."""

    level: Array
    year: int
    land_growth: float
    known_year: int


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


def draw_levels(
    anchor: Anchor, trend: Trend, last_year: int, *, variant: Variant, damping: float, rng: np.random.Generator
) -> Array:
    """Return levels (draw, year) for anchor.year .. last_year."""
    draws, years = anchor.level.size, np.arange(anchor.year, last_year + 1)
    levels = np.repeat(anchor.level[:, None], years.size, axis=1)
    known = np.clip((years - anchor.year) / max(anchor.known_year - anchor.year, 1), 0.0, 1.0)
    levels += anchor.land_growth * known * (anchor.known_year > anchor.year)
    ahead = np.maximum(years - anchor.known_year, 0)
    growing = ahead > 0
    if variant == "moderate":
        growing &= years <= max(MODERATE_UNTIL, anchor.known_year)
    expected = {"trend": growing, "moderate": growing, "constant": np.zeros_like(growing)}[variant]
    levels += _cumulated_growth(trend, ahead, expected, draws, damping=damping, rng=rng)
    drift = np.hypot(trend.drift_sd, trend.land_drift_sd * (ahead > 0)) / np.sqrt(SURVEY_STEP)
    return levels + _walk(drift * (years > anchor.year), draws, rng)


def _cumulated_growth(
    trend: Trend,
    ahead: npt.NDArray[np.int64],
    expected: npt.NDArray[np.bool_],
    draws: int,
    *,
    damping: float,
    rng: np.random.Generator,
) -> Array:
    """Return cumulated growth (draw, year): the damped last growth in ``expected`` years, and shocks that fade as it
    does.
    """
    mean = np.cumsum(np.where(expected, last_growth(trend) * damping**ahead, 0.0))
    weights = np.array([(1 - damping**k) / (1 - damping) if damping < 1 else k for k in (1, SURVEY_STEP)])
    shocks = rng.normal(0.0, step_error(trend, damping) / np.sqrt((weights**2).sum()), (draws, ahead.size)) * (
        ahead > 0
    )
    growth = np.zeros((draws, ahead.size))
    for t in range(1, ahead.size):
        growth[:, t] = damping * growth[:, t - 1] + shocks[:, t]
    result: Array = mean + np.cumsum(growth, axis=1)
    return result


def _walk(sd: Array, draws: int, rng: np.random.Generator) -> Array:
    steps: Array = rng.normal(0.0, 1.0, (draws, sd.size)) * sd
    walk: Array = np.cumsum(steps, axis=1)
    return walk

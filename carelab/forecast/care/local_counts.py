"""Local ratios where a city has counts of people in need by district: they enter and narrow the interval.

Without counts a district's log ratio is N(0, sd squared), sd from hiding Kreise. A count y against the expected E says
log(y / E) with variance 1 / y (Poisson) plus the drift since the count; both together give the usual shrinkage
(empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array


@dataclass(frozen=True)
class Ratios:
    """Log local ratios by district: ``mean`` (district,), ``sd`` (district,)."""

    mean: Array
    sd: Array


def prior_ratios(districts: int, sd: float) -> Ratios:
    """Return what is known without any count: mean 0, spread ``sd`` (log scale)."""
    return Ratios(np.zeros(districts), np.full(districts, sd))


def learn_ratios(counts: Array, expected: Array, sd: float, *, years: float, drift_sd: float) -> Ratios:
    """Return log ratios given counts (district,; NaN = unknown) and expected need (district,), both in persons.

    Only relative sizes matter: counts and expectations are compared after scaling to the same sum.
    ``years`` between count and base year, ``drift_sd`` per survey step of two years (care_trend.Trend).
    """
    known = np.isfinite(counts) & (expected > 0)
    prior = prior_ratios(counts.size, sd)
    if not known.any() or counts[known].sum() <= 0:
        return prior
    scaled = expected * counts[known].sum() / expected[known].sum()
    seen = np.log(np.maximum(counts, 0.5) / np.maximum(scaled, 1e-9))
    noise = 1.0 / np.maximum(counts, 0.5) + drift_sd**2 * years / 2
    weight = np.where(known, sd**2 / (sd**2 + np.where(known, noise, 1.0)), 0.0)
    mean = np.where(known, weight * np.where(known, seen, 0.0), 0.0)
    return Ratios(mean, np.where(known, sd * np.sqrt(1 - weight), sd))


def draw_ratios(ratios: Ratios, draws: int, rng: np.random.Generator) -> Array:
    """Return local ratios (draw, district), log-normal; they are controlled to the city when applied."""
    drawn: Array = np.exp(rng.normal(ratios.mean, ratios.sd, (draws, ratios.mean.size)))
    return drawn

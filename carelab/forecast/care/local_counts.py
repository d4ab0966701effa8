"""Local ratios: what age structure tells of them, and counts of people in need by district where a city has them.

Without counts the log ratios are normal: a mean and a shared error by the slope on the share of 65+ (local_covariate),
and a rest of each district, sd from hiding Kreise. A count y against the expected E says log(y / E) with variance 1 / y
(Poisson) plus the drift since the count; conditioning on all of them gives the usual shrinkage (empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.care.local_covariate import Slope

LEVEL_VARIANCE = 10.0
"""Counts of some districts say nothing of the city's level, which has its own count: as good as free."""


@dataclass(frozen=True)
class Ratios:
    """Log local ratios by district: ``mean`` (district,), ``covariance`` (district, district)."""

    mean: Array
    covariance: Array

    @property
    def sd(self) -> Array:
        """Standard deviations (district,)."""
        return np.sqrt(np.diag(self.covariance))


def prior_ratios(effect: Array, slope: Slope, sd: float, *, sd_unknown: float) -> Ratios:
    """Return what is known of log ratios without any count.

    ``effect`` (district,) deviations that the slope is applied to (Slope.effect); where it is NaN the mean is 0 and the
    spread ``sd_unknown``, elsewhere ``sd`` (log scale). The error of the slope is one for the whole city.
    """
    known = np.isfinite(effect)
    x = np.where(known, effect, 0.0)
    rest = np.where(known, sd, sd_unknown)
    return Ratios(slope.mean * x, np.diag(rest**2) + slope.sd**2 * np.outer(x, x))


def learn_ratios(counts: Array, expected: Array, prior: Ratios, *, years: float, drift_sd: float) -> Ratios:
    """Return log ratios given counts (district,; NaN = unknown) and expected need (district,), both in persons.

    Only relative sizes matter: counts and expectations (with the prior's mean) are compared after scaling to the same
    sum. ``years`` between count and base year, ``drift_sd`` per survey step of two years (care_trend.Trend).
    """
    known = np.flatnonzero(np.isfinite(counts) & (expected > 0))
    if not counts[known].sum() > 0:
        return prior
    likely = expected[known] * np.exp(prior.mean[known])
    likely *= counts[known].sum() / likely.sum()
    seen = np.log(np.maximum(counts[known], 0.5) / np.maximum(likely, 1e-9))
    noise = 1.0 / np.maximum(counts[known], 0.5) + drift_sd**2 * years / 2
    with_known = prior.covariance[:, known]
    gain = np.linalg.solve(with_known[known] + np.diag(noise) + LEVEL_VARIANCE, with_known.T).T
    return Ratios(prior.mean + gain @ seen, prior.covariance - gain @ with_known.T)


def draw_ratios(ratios: Ratios, draws: int, rng: np.random.Generator) -> Array:
    """Return local ratios (draw, district), log-normal; they are controlled to the city when applied."""
    variances, axes = np.linalg.eigh(ratios.covariance)
    root = axes * np.sqrt(np.maximum(variances, 0.0)) @ axes.T  # the symmetric root: the same with every library
    return np.asarray(np.exp(ratios.mean + rng.normal(size=(draws, ratios.mean.size)) @ root))

"""Futures of an outcome without the measure: learned from the periods before the first start, or counts expected.

Units keep levels and periods a common path (both drop out of every estimator here); what is left is an AR(1) per unit.
Its correlation and spread are estimated from short panels, where subtracting each unit's own mean makes neighbouring
residuals look less alike than they are (Nickell 1981): so the moments are matched to what an AR(1) leaves after the
same subtraction, instead of being read off the residuals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, poisson

from carelab.planning.evaluation.estimators import Array
from carelab.terms import UserError

LEAST_BEFORE = 4
"""Periods before the first start from which correlation and spread can be told at all."""
CORRELATION = 0.6
"""Serial correlation from one half-year to the next where nothing was observed (assumption; null simulations, too)."""
_LIMITS = (-0.5, 0.97)


@dataclass(frozen=True)
class Noise:
    """AR(1) errors of a panel: ``correlation`` of neighbouring periods, ``spread`` (standard deviation)."""

    correlation: float
    spread: float


def learn_noise(before: Array) -> Noise:
    """Return the errors of a panel (unit, period) without treatment. Raises UserError with too few periods or units."""
    units, periods = before.shape
    if periods < LEAST_BEFORE or units < 3:
        raise UserError(
            f"Auswertung: {periods} Zeiträume vor dem Start in {units} Einheiten; für die kleinste aufdeckbare Wirkung "
            f"nötig sind mindestens {LEAST_BEFORE} in 3.",
            f"evaluation: {periods} periods before the start in {units} units; the minimum detectable effect needs at "
            f"least {LEAST_BEFORE} in 3.",
        )
    left = before - before.mean(axis=0) - before.mean(axis=1, keepdims=True) + before.mean()
    products = left.T @ left / (units - 1)
    variance, neighbours = float(np.trace(products)), float(np.trace(products, offset=1))
    if variance <= 0:
        return Noise(0.0, 0.0)

    def off(rho: float) -> float:
        kept = _kept(rho, periods)
        return float(np.trace(kept, offset=1) / np.trace(kept)) - neighbours / variance

    low, high = _LIMITS
    rho = low if off(low) > 0 else high if off(high) < 0 else float(brentq(off, low, high))
    return Noise(rho, float(np.sqrt(variance / np.trace(_kept(rho, periods)))))


def _kept(rho: float, periods: int) -> Array:
    """Return the covariance (period, period) of an AR(1) of variance 1 after its own mean is taken out."""
    distance = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    center = np.eye(periods) - 1.0 / periods
    kept: Array = center @ (rho**distance) @ center
    return kept


def draw_futures(noise: Noise, shape: tuple[int, int, int], rng: np.random.Generator) -> Array:
    """Return panels without effect (draw, unit, period) around 0."""
    return noise.spread * persistent(rng.normal(0.0, 1.0, shape), noise.correlation)


def persistent(shocks: Array, correlation: float) -> Array:
    """Return an AR(1) of variance 1 along the last axis, made of independent standard normal shocks (..., period)."""
    found = shocks.copy()
    fresh = np.sqrt(1 - correlation**2)
    for period in range(1, shocks.shape[-1]):
        found[..., period] = correlation * found[..., period - 1] + fresh * shocks[..., period]
    return found


def counted_futures(
    expected: Array, rng: np.random.Generator, *, periods: int, correlation: float = CORRELATION
) -> Array:
    """Return counts (draw, unit, period) around ``expected`` (draw, unit) per period.

    Each count is Poisson; what chance adds in one period is correlated with the next (a Gaussian AR(1) copula, which
    keeps the Poisson margins exact). Nothing but chance makes them vary: real series vary more, so what is detectable
    here is the least that could be.
    """
    shocks = persistent(rng.standard_normal((*expected.shape, periods)), correlation)
    counts: Array = poisson.ppf(norm.cdf(shocks), expected[..., None])
    return counts

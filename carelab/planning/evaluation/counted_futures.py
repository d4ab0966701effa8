"""Futures without the measure: counts per unit and half-year around an expected level, for power before the start."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm, poisson

from carelab.planning.evaluation.estimators import Array

CORRELATION = 0.6
"""Serial correlation from one half-year to the next (assumption; the null simulations of this project use the same)."""


def counted_futures(
    expected: Array, rng: np.random.Generator, *, periods: int, correlation: float = CORRELATION
) -> Array:
    """Return counts (draw, unit, period) around ``expected`` (draw, unit) per period.

    Each count is Poisson; what chance adds in one period is correlated with the next (a Gaussian AR(1) copula, which
    keeps the Poisson margins exact). Nothing but chance makes them vary: real series vary more, so what is detectable
    here is the least that could be.
    """
    shape = (*expected.shape, periods)
    shocks = rng.standard_normal(shape)
    for at in range(1, periods):
        shocks[..., at] = correlation * shocks[..., at - 1] + np.sqrt(1 - correlation**2) * shocks[..., at]
    counts: Array = poisson.ppf(norm.cdf(shocks), expected[..., None])
    return counts

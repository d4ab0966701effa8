"""What a design can see: power and the minimum detectable effect (MDE), by simulation on series as they are."""

from __future__ import annotations

import numpy as np

from carelab.planning.evaluation.estimators import Array, Estimator, Index, treated_cells
from carelab.planning.evaluation.randomisation import draw_rollout, p_value, redraw, redrawn_estimates

ALPHA, POWER = 0.05, 0.8
STEPS = 20


def minimum_detectable_effect(
    estimator: Estimator,
    series: Array,
    start: Index,
    rng: np.random.Generator,
    *,
    strata: Index | None = None,
    redraws: int = 999,
    alpha: float = ALPHA,
) -> float:
    """Return the constant effect that the randomisation test finds (at ``alpha``) in 80 % of futures.

    ``series`` (draw, unit, period): outcomes without the measure; in each draw the roll-out is drawn anew. Found as
    the 80th percentile of each draw's smallest effect that would be rejected. Infinite where the design has too few
    arrangements for any p-value as small as ``alpha``.
    """
    smallest = smallest_effects(estimator, series, start, rng, strata=strata, redraws=redraws, alpha=alpha)
    return detectable(smallest)


def detectable(smallest: Array) -> float:
    """Return the effect that is found in 80 % of futures, from each one's smallest effect found (draw)."""
    return float(np.quantile(smallest, POWER, method="higher"))


def smallest_effects(
    estimator: Estimator,
    series: Array,
    start: Index,
    rng: np.random.Generator,
    *,
    strata: Index | None,
    redraws: int,
    alpha: float = ALPHA,
) -> Array:
    """Return for each draw (draw) the smallest positive effect that would be rejected, by halving; inf if none is."""
    observed, shift = _redrawn(estimator, series, start, rng, strata=strata, redraws=redraws)
    if 1 / len(observed) > alpha + 1e-12:
        return np.full(series.shape[0], np.inf)
    low = np.zeros(series.shape[0])
    high = np.full(series.shape[0], 4 * float(np.abs(observed).max()) + 1e-9)
    for _ in range(STEPS):
        middle = (low + high) / 2
        found = p_value(observed + middle * shift) <= alpha + 1e-12
        low, high = np.where(found, low, middle), np.where(found, middle, high)
    return high


def power(
    estimator: Estimator,
    series: Array,
    start: Index,
    rng: np.random.Generator,
    *,
    effect: float,
    strata: Index | None = None,
    redraws: int = 999,
    alpha: float = ALPHA,
) -> float:
    """Return the share of futures (draw) in which the randomisation test finds a constant effect at ``alpha``."""
    observed, shift = _redrawn(estimator, series, start, rng, strata=strata, redraws=redraws)
    return float((p_value(observed + effect * shift) <= alpha + 1e-12).mean())


def _redrawn(
    estimator: Estimator, series: Array, start: Index, rng: np.random.Generator, *, strata: Index | None, redraws: int
) -> tuple[Array, Array]:
    """Return estimates without effect (redraw + 1, draw) and what an effect of 1 adds to each (redraw + 1, draw).

    The actual roll-out differs from draw to draw: units are shuffled (within strata) before, which is the same.
    """
    assignments = redraw(start, rng, strata=strata, amount=redraws)
    unit = np.arange(len(start))
    places = np.stack([draw_rollout(unit, rng, strata=strata) for _ in range(series.shape[0])])
    shuffled = np.take_along_axis(series, places[:, :, None], axis=1)
    treated = treated_cells(start, series.shape[2]).astype(np.float64)
    shift = redrawn_estimates(estimator, treated, assignments)
    return redrawn_estimates(estimator, shuffled, assignments), shift[:, None]

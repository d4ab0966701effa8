"""The t test with errors clustered by unit: shown as a warning beside the randomisation test, never as a result.

With few treated units it takes the little that treated units differ from each other for the whole uncertainty: of true
nulls it rejects three in four with one treated unit of 43, one in three with two (docs/methods.md).
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from carelab.planning.evaluation.estimators import Array, Estimator, Index, cohort_of, treated_cells


def clustered_p(estimator: Estimator, outcomes: Array, start: Index) -> Array:
    """Return two-sided p-values (draw,) of outcomes (draw, unit, period), t distribution with units - 1 degrees.

    Variance as in Borusyak, Jaravel, Spiess (2024): squares of each unit's weighted residuals; residuals from unit and
    period effects fitted to untreated cells, and from the mean effect in treated ones.
    """
    units, periods = outcomes.shape[-2:]
    treated = treated_cells(start, periods)
    estimates = estimator.estimate(outcomes, start)
    residuals = _residuals(outcomes, treated)
    weights = estimator.weights[cohort_of(start, estimator.starts)]
    residuals -= treated * estimates[:, None, None]
    squares = ((weights * residuals).sum(axis=-1) ** 2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(estimates) / np.sqrt(squares)
    found: Array = 2 * stats.t.sf(np.nan_to_num(size, nan=0.0, posinf=np.inf), units - 1)
    return found


def _residuals(outcomes: Array, treated: np.ndarray) -> Array:
    """Return outcomes (draw, unit, period) minus unit and period effects of the untreated cells."""
    units, periods = treated.shape
    unit, period = np.nonzero(np.ones_like(treated))
    dummies = np.zeros((units * periods, units + periods))
    dummies[np.arange(len(unit)), unit] = 1.0
    dummies[np.arange(len(unit)), units + period] = 1.0
    flat = outcomes.reshape(len(outcomes), -1)
    fitted = ~treated.ravel()
    effects = flat[:, fitted] @ np.linalg.pinv(dummies[fitted]).T
    found: Array = (flat - effects @ dummies.T).reshape(outcomes.shape)
    return found

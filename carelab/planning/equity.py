"""Equity: is what people get spread evenly, or does it go to those who are better off?

Values are per head of units (districts), weights their people; all functions work on draws (..., unit).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FIFTH = 0.2


def fractional_ranks(weights: Array, standing: Array) -> Array:
    """Return each unit's place (..., unit) among all people, from 0 (worst off) to 1: the middle of its own people.

    ``standing`` (..., unit): the lower, the worse off; units of one standing share one place. NaN without people.
    """
    below = (standing[..., None, :] < standing[..., :, None]).astype(float)
    alike = (standing[..., None, :] == standing[..., :, None]).astype(float)
    people = ((below + 0.5 * alike) * weights[..., None, :]).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(people / weights.sum(axis=-1, keepdims=True))


def concentration_index(values: Array, weights: Array, standing: Array) -> Array:
    """Return the concentration index (...): -1 all with the worst off, 0 no gradient, 1 all with the best off.

    Twice the weighted covariance of value and fractional rank over the mean (Kakwani 1980; Kakwani, Wagstaff & van
    Doorslaer 1997). ``values`` at least 0; NaN where nobody gets anything or there are no people.
    """
    ranks = fractional_ranks(weights, standing)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weights / weights.sum(axis=-1, keepdims=True)
        mean = (share * values).sum(axis=-1)
        return np.asarray(np.where(mean > 0, 2 * (share * values * ranks).sum(axis=-1) / mean - 1, np.nan))


def fifths(values: Array, weights: Array, *, part: float = FIFTH) -> tuple[Array, Array]:
    """Return the mean value (...) among the best-served and the least-served ``part`` of people.

    People are ordered by the value of their unit; a unit on the border belongs to the fifth with the people that fit.
    NaN without people.
    """
    order = np.argsort(values, axis=-1, kind="stable")
    value = np.take_along_axis(values, order, axis=-1)
    weight = np.take_along_axis(np.broadcast_to(weights, values.shape), order, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weight / weight.sum(axis=-1, keepdims=True)
    end = np.cumsum(share, axis=-1)
    low = np.clip(np.minimum(end, part) - (end - share), 0.0, None)
    high = np.clip(end - np.maximum(end - share, 1 - part), 0.0, None)
    return (
        np.asarray((high * value).sum(axis=-1) / high.sum(axis=-1)),
        np.asarray((low * value).sum(axis=-1) / low.sum(axis=-1)),
    )


def gap_by_chance(reached: Array, need: Array, rng: np.random.Generator) -> Array:
    """Return the gap between best and least served fifth (draw,) had everybody the same chance of being reached.

    Where persons are counted, the gap is never zero, even where everybody is served alike; so it stands beside this
    one. ``reached`` (unit,) persons, ``need`` (draw, unit): persons are drawn (Poisson) around need times the common
    share.
    """
    share = reached.sum() / need.sum(axis=-1, keepdims=True)
    served = np.divide(rng.poisson(need * share), need, out=np.zeros(need.shape), where=need > 0)
    best, least = fifths(served, need)
    return best - least

"""Who is reached more: concentration index along a ranking of districts, gap between best and least served fifth.

Both are computed in every draw of need, so they carry its interval. The gap is never zero, even where everybody is
served alike: contacts arrive by chance. So it stands beside the gap that chance alone would give.
"""

from __future__ import annotations

import numpy as np

from carelab.planning.evaluation.estimators import Array

FIFTH = 0.2


def concentration_index(reached: Array, need: Array, rank_by: Array) -> Array:
    """Return the concentration index of reach (draw,), -1 to 1; positive: more is reached where ``rank_by`` is high.

    ``reached`` (..., district) persons, ``need`` (draw, district) people in need, ``rank_by`` (district,); ties share
    their rank. 2 cov(rate, rank) / mean rate, weighted by need (Kakwani, Wagstaff, van Doorslaer 1997).
    """
    share = need / need.sum(axis=-1, keepdims=True)
    below = (rank_by[:, None] > rank_by[None, :]).astype(float) + 0.5 * (rank_by[:, None] == rank_by[None, :])
    rank = share @ below.T
    rate = np.divide(reached, need, out=np.zeros(need.shape), where=need > 0)
    mean = (share * rate).sum(axis=-1)
    found: Array = 2 * (share * rate * rank).sum(axis=-1) / np.where(mean > 0, mean, np.nan) - 1
    return found


def fifths_gap(reached: Array, need: Array) -> tuple[Array, Array]:
    """Return the share reached in the least and in the best served fifth of the people in need (draw,), (draw,).

    Districts are put in order of their share in every draw; a district at the border counts in part.
    """
    reached = np.broadcast_to(reached, need.shape)
    rate = np.divide(reached, need, out=np.zeros(need.shape), where=need > 0)
    order = np.argsort(rate, axis=-1)
    people, rates = np.take_along_axis(need, order, -1), np.take_along_axis(rate, order, -1)
    return _mean_of_first(people, rates), _mean_of_first(people[..., ::-1], rates[..., ::-1])


def _mean_of_first(people: Array, rates: Array) -> Array:
    """Return the mean rate of the first fifth of the people."""
    fifth = FIFTH * people.sum(axis=-1, keepdims=True)
    before = np.cumsum(people, axis=-1) - people
    taken = np.clip(fifth - before, 0.0, people)
    found: Array = (taken * rates).sum(axis=-1) / taken.sum(axis=-1)
    return found


def gap_by_chance(reached: Array, need: Array, rng: np.random.Generator) -> Array:
    """Return the gap between best and least served fifth (draw,) had everybody the same chance of being reached.

    Persons reached are drawn (Poisson) around need times the city's share; nobody is served better on purpose.
    """
    share = reached.sum() / need.sum(axis=-1, keepdims=True)
    least, best = fifths_gap(rng.poisson(need * share).astype(float), need)
    return best - least

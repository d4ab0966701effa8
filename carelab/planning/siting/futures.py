"""What may come: need, walking pace, who agrees, where homes of unknown address stand; and plans judged in all of it.

An operator may decline after the plan is made. Then the best willing candidate takes the place (one after the other,
each the best addition), so a plan is judged as it would be carried out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from carelab.planning.siting.problem import Array, Flags, Problem

Measure = Callable[[Array, Array], Array]
"""How bad it is: minutes to the nearest site (..., point), people (..., point) -> (...); lower is better."""


def person_minutes(near: Array, people: Array) -> Array:
    """Return total minutes of all people to their nearest site."""
    with np.errstate(invalid="ignore"):  # nobody lives at an unreachable point: 0 x inf
        total: Array = np.where(people > 0, people * near, 0.0).sum(axis=-1)
    return total


def left_out(reach: float) -> Measure:
    """Return the measure that counts people farther than ``reach`` minutes."""

    def count(near: Array, people: Array) -> Array:
        total: Array = np.where(near > reach, people, 0.0).sum(axis=-1)
        return total

    return count


def farthest_way(near: Array, people: Array) -> Array:
    """Return the longest way of any inhabited point."""
    longest: Array = np.where(people > 0, near, 0.0).max(axis=-1)
    return longest


@dataclass(frozen=True)
class Futures:
    """``cost`` (draw, candidate, point) minutes, ``demand`` (draw, point) people, ``open_to`` (draw, candidate)."""

    cost: Array
    demand: Array
    open_to: Flags

    def problems(self, problem: Problem) -> list[Problem]:
        """Return the decision in each future; where fewer agree than wanted, as many as there are."""
        found = []
        for cost, demand, willing in zip(self.cost, self.demand, self.open_to, strict=True):
            able = int((problem.fixed | willing).sum())
            count = None if problem.count is None else min(problem.count, able)
            found.append(replace(problem, cost=cost.T, demand=demand, open_to=willing, count=count))
        return found

    def nearest(self, plan: Flags, problem: Problem, measure: Measure) -> Array:
        """Return minutes to the nearest site (draw, point) as ``plan`` would be carried out."""
        here = plan & (self.open_to | problem.fixed)
        near = np.where(here[:, plan, None], self.cost[:, plan], np.inf).min(axis=1, initial=np.inf)
        weight = np.ones(len(plan)) if problem.count is not None else problem.price
        room = weight[plan].sum() - (here * weight).sum(axis=1)
        able = (self.open_to | problem.fixed) & ~here
        while True:
            fits = able & (weight <= room[:, None] + 1e-9)
            rows = np.flatnonzero(fits.any(axis=1))
            if not rows.size:
                return np.asarray(near)
            better = np.minimum(near[rows, None, :], self.cost[rows])
            badness = np.where(fits[rows], measure(better, self.demand[rows, None, :]), np.inf)
            entering = badness.argmin(axis=1)
            near[rows] = better[np.arange(rows.size), entering]
            able[rows, entering] = False
            room[rows] -= weight[entering]

    def value(self, plan: Flags, problem: Problem, measure: Measure) -> Array:
        """Return how bad ``plan`` is in each future (draw)."""
        return measure(self.nearest(plan, problem, measure), self.demand)


def draw_willing(willing: np.ndarray, probability: float, draws: int, rng: np.random.Generator) -> Flags:
    """Return who agrees (draw, candidate): "ja" always, "nein" never, "unklar" with ``probability``, independently.

    Futures in which nobody at all agrees are drawn again: there is no plan to compare in them.
    """
    sure, open_ = willing == "ja", willing == "unklar"
    agreed: Flags = sure | (open_ & (rng.random((draws, len(willing))) < probability))
    while not (some := agreed.any(axis=1)).all() and open_.any():
        agreed[~some] = open_ & (rng.random((int((~some).sum()), len(willing))) < probability)
    return agreed

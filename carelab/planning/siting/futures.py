"""What may come: need, walking pace, who agrees, where homes of unknown address stand; and plans judged in all of it.

An operator may decline after the plan is made. Then the best willing candidate takes the place (one after the other,
each the best addition), so a plan is judged as it would be carried out. Where sites can be full, nobody is sent to one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from carelab.planning.siting.problem import Array, Flags, Problem
from carelab.planning.siting.seats import Seats, seat


@dataclass(frozen=True)
class Measure:
    """How bad it is: minutes to the nearest site (..., point), people (..., point) -> (...); lower is better.

    ``way``: what one person counts who is served so many minutes away; None: room does not matter to this measure.
    ``refuse``: what one person counts for whom there is no room; None: as the problem says.
    """

    of: Callable[[Array, Array], Array]
    way: Callable[[Array], Array] | None = None
    refuse: float | None = None

    def __call__(self, near: Array, people: Array) -> Array:
        """Return how bad it is where everybody is served at the nearest site."""
        return self.of(near, people)


def _total(near: Array, people: Array) -> Array:
    with np.errstate(invalid="ignore"):  # nobody lives at an unreachable point: 0 x inf
        total: Array = np.where(people > 0, people * near, 0.0).sum(axis=-1)
    return total


def _longest(near: Array, people: Array) -> Array:
    longest: Array = np.where(people > 0, near, 0.0).max(axis=-1)
    return longest


person_minutes = Measure(_total, way=lambda minutes: minutes)
"""Total minutes of all people."""
farthest_way = Measure(_longest)
"""The longest way of any inhabited point."""


def left_out(reach: float) -> Measure:
    """Return the measure that counts people without a place within ``reach`` minutes."""

    def count(near: Array, people: Array) -> Array:
        total: Array = np.where(near > reach, people, 0.0).sum(axis=-1)
        return total

    return Measure(count, way=lambda minutes: np.where(minutes <= reach, 0.0, 1.0), refuse=1.0)


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

    def some(self, draws: NDArray[np.intp]) -> Futures:
        """Return some of the futures."""
        return Futures(self.cost[draws], self.demand[draws], self.open_to[draws])

    def nearest(self, plan: Flags, problem: Problem, measure: Measure) -> Array:
        """Return minutes to the nearest site (draw, point) as ``plan`` would be carried out."""
        return self._carried_out(plan, problem, measure)[0]

    def value(self, plan: Flags, problem: Problem, measure: Measure) -> Array:
        """Return how bad ``plan`` is in each future (draw), sites filling up."""
        near, here = self._carried_out(plan, problem, measure)
        if measure.way is None or not problem.may_fill:
            return measure(near, self.demand)
        return self._seated(here, problem, measure).minutes

    def no_room(self, plan: Flags, problem: Problem) -> Array:
        """Return people for whom the sites have no room (draw), however far they would go."""
        _, here = self._carried_out(plan, problem, person_minutes)
        if not problem.may_fill:
            return np.zeros(len(here))
        anywhere = Measure(_total, way=lambda minutes: np.where(np.isfinite(minutes), 0.0, np.inf), refuse=1.0)
        return np.asarray(self._seated(here, problem, anywhere).left.sum(axis=1))

    def at_least(self, plan: Flags, problem: Problem, measure: Measure) -> Array:
        """Return what ``value`` cannot be below (draw): everybody nearest, those beyond all room refused."""
        near, here = self._carried_out(plan, problem, measure)
        if measure.way is None or not problem.may_fill:
            return measure(near, self.demand)
        near = near if measure.refuse is not None else np.minimum(near, problem.refuse)
        base = measure(near, self.demand)
        worst = np.where(self.demand > 0, measure.way(near), 0.0).max(axis=1)
        more = self._short(here, problem) * np.maximum(self._refuse(problem, measure) - worst, 0.0)
        return np.asarray(base + more)

    def _seated(self, here: Flags, problem: Problem, measure: Measure) -> Seats:
        """Return who is served where at the sites that are ``here`` (draw, candidate)."""
        assert measure.way is not None
        order = np.argsort(~here, axis=1, kind="stable")[:, : int(here.sum(axis=1).max())]
        there = np.take_along_axis(here, order, axis=1)
        ways = measure.way(np.take_along_axis(self.cost, order[:, :, None], axis=1))
        room = np.where(there, problem.capacity[order], 0.0)
        return seat(ways, self.demand, room, refuse=self._refuse(problem, measure))

    def _refuse(self, problem: Problem, measure: Measure) -> float:
        return problem.refuse if measure.refuse is None else measure.refuse

    def _short(self, here: Flags, problem: Problem) -> Array:
        """Return by how many people all room together falls short (draw)."""
        room = np.where(here, problem.capacity, 0.0).sum(axis=1)
        return np.asarray(np.maximum(self.demand.sum(axis=1) - room, 0.0))

    def _carried_out(self, plan: Flags, problem: Problem, measure: Measure) -> tuple[Array, Flags]:
        """Return minutes to the nearest site (draw, point), and the sites (draw, candidate), stand-ins included."""
        here = plan & (self.open_to | problem.fixed)
        near = np.where(here[:, plan, None], self.cost[:, plan], np.inf).min(axis=1, initial=np.inf)
        weight = np.ones(len(plan)) if problem.count is not None else problem.price
        room = weight[plan].sum() - (here * weight).sum(axis=1)
        able = (self.open_to | problem.fixed) & ~here
        while True:
            fits = able & (weight <= room[:, None] + 1e-9)
            rows = np.flatnonzero(fits.any(axis=1))
            if not rows.size:
                return np.asarray(near), here
            better = np.minimum(near[rows, None, :], self.cost[rows])
            badness = np.where(fits[rows], measure(better, self.demand[rows, None, :]), np.inf)
            if measure.way is not None and problem.may_fill:
                short = self.some(rows)._short(here[rows], problem)[:, None] - problem.capacity
                badness += self._refuse(problem, measure) * np.maximum(short, 0.0)
            entering = badness.argmin(axis=1)
            near[rows] = better[np.arange(rows.size), entering]
            here[rows, entering] = True
            able[rows, entering] = False
            room[rows] -= weight[entering]


def draw_willing(willing: np.ndarray, probability: float, draws: int, rng: np.random.Generator) -> Flags:
    """Return who agrees (draw, candidate): "ja" always, "nein" never, "unklar" with ``probability``, independently.

    Futures in which nobody at all agrees are drawn again: there is no plan to compare in them.
    """
    sure, open_ = willing == "ja", willing == "unklar"
    agreed: Flags = sure | (open_ & (rng.random((draws, len(willing))) < probability))
    while not (some := agreed.any(axis=1)).all() and open_.any():
        agreed[~some] = open_ & (rng.random((int((~some).sum()), len(willing))) < probability)
    return agreed

"""One city's decision: every aim solved, in many futures, and the plan that stays good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from carelab.planning.siting import capacitated, exact, nested, robust
from carelab.planning.siting.futures import Futures, Measure, farthest_way, left_out, person_minutes
from carelab.planning.siting.problem import Array, Flags, Plan, Problem, total_cost

AIMS = ("median", "cover", "center", "fair", "fair_poor")
"""Least total way; most people near; shortest longest way; least way with a promise to all, or to poor districts."""


@dataclass(frozen=True)
class Wish:
    """What is asked for: ``count`` sites in all (existing ones too) or ``budget`` (euro); minutes; upgrades."""

    count: int | None
    budget: float | None
    reach: float
    floor: float
    upgrades: int
    weight_upgrade: float


@dataclass(frozen=True)
class Town:
    """Candidates (columns of ``list_candidates``), and minutes and people by district and by point of a district.

    ``minutes`` (district, candidate) and ``minutes_points`` (point, candidate): as usual, inf where the candidate's
    place is not known. ``futures`` by district, ``futures_points`` by point. ``poor`` (district).
    """

    candidates: pd.DataFrame
    minutes: Array
    minutes_points: Array
    futures: Futures
    futures_points: Futures
    poor: Flags


@dataclass(frozen=True)
class Fair:
    """A promise: ``limit`` minutes (as asked for, else the least that can be promised); ``kept``: as asked for."""

    plan: Plan
    limit: float
    kept: bool


class Decision:
    """All answers to one wish in one town; each is computed when asked for."""

    def __init__(self, town: Town, wish: Wish) -> None:
        self.town, self.wish = town, wish

    @cached_property
    def problem(self) -> Problem:
        """The decision by district at usual distances and mean need; whoever has not declined counts as willing."""
        table = self.town.candidates
        fixed = table["fixed"].to_numpy(bool)
        located = np.isfinite(self.town.minutes).all(axis=0)
        return Problem(
            self.town.minutes,
            self.town.futures.demand.mean(axis=0),
            count=None if self.wish.budget is not None else self.wish.count,
            budget=self.wish.budget,
            price=table["price"].fillna(0.0).to_numpy(float),
            fixed=fixed,
            open_to=(table["willing"] != "nein").to_numpy(bool) & located,
            capacity=table["capacity"].fillna(np.inf).to_numpy(float),
            refuse=self._longest_way,
        )

    @cached_property
    def _longest_way(self) -> float:
        """The longest usual way: what somebody counts for whom there is no room."""
        ways = (self.town.minutes, self.town.minutes_points)
        return max(float(np.max(part, where=np.isfinite(part), initial=1.0)) for part in ways)

    def cost(self, plan: Flags) -> float:
        """Return total minutes of a plan at mean need and usual ways; sites fill up. Without a site: inf."""
        if not self.problem.may_fill or not plan.any():
            return float(total_cost(self.problem.cost, self.problem.demand, plan))
        return float(capacitated.seated_cost(self.problem, plan[None])[0])

    def best(self, problem: Problem) -> Plan:
        """Return the plan with the least total minutes of a problem of this town."""
        return self._solver(problem)

    @cached_property
    def _solver(self) -> capacitated.SeatedMedian:
        return capacitated.SeatedMedian()

    @cached_property
    def problem_points(self) -> Problem:
        """The same decision by point, for what is within reach."""
        return replace(
            self.problem,
            cost=self.town.minutes_points,
            demand=self.town.futures_points.demand.mean(axis=0),
            limit=np.full(len(self.town.minutes_points), np.inf),
        )

    @cached_property
    def median(self) -> robust.Robust:
        """Least person-minutes."""
        return self._robust(self.problem, self.town.futures, capacitated.SeatedMedian(), person_minutes)

    @cached_property
    def cover(self) -> robust.Robust:
        """Most people within reach."""
        reach = self.wish.reach
        solve = lambda problem: capacitated.max_cover(problem, reach)  # noqa: E731
        return self._robust(self.problem_points, self.town.futures_points, solve, left_out(reach))

    @cached_property
    def center(self) -> robust.Robust:
        """The farthest district as near as can be."""
        return self._robust(self.problem, self.town.futures, exact.p_center, farthest_way)

    @cached_property
    def fair(self) -> Fair:
        """Least person-minutes with a promise to every inhabited district."""
        return fairest(self.problem, np.ones(len(self.town.poor), bool), self.wish.floor, self.best)

    @cached_property
    def fair_poor(self) -> Fair | None:
        """Least person-minutes with a promise to the poor districts; None where none is known to be poor."""
        poor = self.town.poor
        return fairest(self.problem, poor, self.wish.floor, self.best) if poor.any() else None

    @cached_property
    def frequency(self) -> dict[str, Array]:
        """Share of futures (candidate) in which a site belongs to the best plan, by aim."""
        found = {aim: getattr(self, aim).frequency for aim in ("median", "cover", "center")}
        futures = self.town.futures.problems(self.problem)
        for aim, promised in (("fair", np.ones(len(self.town.poor), bool)), ("fair_poor", self.town.poor)):
            if promised.any():
                solve = _fair_solver(promised, self.wish.floor)
                found[aim] = robust.solve_futures(futures, solve).mean(axis=0)
        return found

    @cached_property
    def plans(self) -> dict[str, Flags]:
        """The plan of each aim: the one that stays good, or (with a promise) the one for mean need."""
        found = {aim: getattr(self, aim).robust for aim in ("median", "cover", "center")} | {
            "fair": self.fair.plan.chosen
        }
        return found | ({} if self.fair_poor is None else {"fair_poor": self.fair_poor.plan.chosen})

    @cached_property
    def upgrade(self) -> nested.Upgrade:
        """The second kind of centre."""
        size = len(self.town.candidates)
        price = self.town.candidates["price_upgrade"].fillna(0.0).to_numpy(float)
        return nested.Upgrade(
            self.wish.weight_upgrade, np.ones(size, bool), np.zeros(size, bool), price, count=self.wish.upgrades
        )

    @cached_property
    def upgraded(self) -> tuple[Flags, Array]:
        """Which sites of the plan become larger, and how often each would in the futures; none where none is wished."""
        plan = self.median.robust
        if not self.wish.upgrades:
            return np.zeros(len(plan), bool), np.zeros(len(plan))
        futures, cost = self.town.futures, np.moveaxis(self.town.futures.cost, 1, 2)
        few = replace(self.upgrade, count=min(self.wish.upgrades, int(plan.sum())))
        money = np.inf if self.wish.budget is None else self.wish.budget - float(self.problem.price[plan].sum())
        return nested.best_upgrades(cost, futures.demand, plan, few, quantile=robust.QUANTILE, money=money)

    @cached_property
    def together(self) -> nested.NestedPlan | None:
        """Both kinds chosen at once for mean need, proven; None where no upgrade is wished."""
        if not self.wish.upgrades:
            return None
        few = replace(self.upgrade, count=min(self.wish.upgrades, int(self.median.nominal.sum())))
        return nested.p_median_nested(self.problem, few)

    def _robust(
        self, problem: Problem, futures: Futures, solve: Callable[[Problem], Plan], measure: Measure
    ) -> robust.Robust:
        value = lambda plan: futures.value(plan, problem, measure)  # noqa: E731
        quick = robust.Quick(
            some=lambda plan, draws: futures.some(draws).value(plan, problem, measure),
            at_least=lambda plan: futures.at_least(plan, problem, measure),
        )
        every = futures.problems(problem)
        return robust.choose_robust(problem, every, solve=solve, value=value, quick=quick if problem.may_fill else None)


def fairest(problem: Problem, promised: Flags, floor: float, solve: robust.Solver = exact.p_median) -> Fair:
    """Return the p-median plan that has every ``promised`` point within ``floor``, or as near as can be promised.

    ``solve`` finds p-medians.
    """
    asked = replace(problem, limit=np.where(promised, floor, np.inf))
    try:
        return Fair(solve(asked), floor, True)
    except exact.ImpossibleError:
        only = problem.with_demand(np.where(promised, problem.demand, 0.0))
        limit = exact.least_reach(only)
        held = replace(problem, limit=np.where(promised, limit * (1 + 1e-9), np.inf))
        return Fair(solve(held), limit, False)


def sites_needed(problem: Problem, promised: Flags, floor: float) -> int | None:
    """Return how many sites the promise takes, existing ones included; None where no number is enough."""
    every = replace(problem, limit=np.where(promised, floor, np.inf), count=int(problem.possible.sum()), budget=None)
    try:
        return exact.fewest_sites(every)
    except exact.ImpossibleError:
        return None


def _fair_solver(promised: Flags, floor: float) -> Callable[[Problem], Plan]:
    solve = capacitated.SeatedMedian()
    return lambda problem: fairest(problem, promised, floor, solve).plan

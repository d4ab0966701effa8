"""Siting with room for so many people only: the exact p-median and maximal cover when sites can be full.

Nobody is sent to a full site; for whom no chosen site has room counts ``Problem.refuse`` minutes (p-median) or as not
reached (cover). The p-median is bounded by Lagrangian relaxation, in which each site fills its room with those who gain
most (Sridharan 1995 on bounds for capacitated location); what cannot be better than a plan at hand is ruled out, and
HiGHS searches the rest. Many similar futures share bounds and plans, so ``SeatedMedian`` remembers both.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint

from carelab.planning.siting import exact
from carelab.planning.siting.problem import Array, Flags, Plan, Problem
from carelab.planning.siting.robust import feasible
from carelab.planning.siting.seats import seat

ROUNDS, PATIENCE, KNOWN = 150, 10, 12
"""Rounds of the bound, rounds without progress until its step is halved, plans that are remembered."""
SMALL = 600
"""Pairs of point and candidate up to which a search is quicker than a bound."""
MARGIN = 1e-9


def seated_cost(problem: Problem, plans: Flags) -> Array:
    """Return total minutes of each plan (plan,) when sites fill up; ``plans`` (plan, candidate)."""
    most = int(plans.sum(axis=1).max())
    order = np.argsort(~plans, axis=1, kind="stable")[:, :most]
    chosen = np.take_along_axis(plans, order, axis=1)
    demand = np.broadcast_to(problem.demand, (len(plans), len(problem.demand)))
    room = np.where(chosen, problem.capacity[order], 0.0)
    found = seat(problem.cost.T[order], demand, room, refuse=_refused(problem))
    return found.minutes


def served(problem: Problem, plan: Flags) -> Array:
    """Return people served at each site of a plan (candidate)."""
    chosen = np.flatnonzero(plan)
    room = problem.capacity[chosen][None]
    people = np.zeros(len(plan))
    found = seat(problem.cost[:, chosen].T[None], problem.demand[None], room, refuse=_refused(problem))
    people[chosen] = found.people[0].sum(axis=1)
    return people


def _refused(problem: Problem) -> float:
    """Return what nobody would accept where there is room for all: more than any way."""
    finite = problem.cost[np.isfinite(problem.cost)]
    return problem.refuse if np.isfinite(problem.refuse) else 1e3 * float(finite.max(initial=1.0))


@dataclass(frozen=True)
class _Bound:
    """``value`` <= optimum; what the bound rises by at least if a site is taken, or left out (candidate)."""

    value: float
    multipliers: Array
    entering: Array
    leaving: Array


class SeatedMedian:
    """Least total minutes with capacities, for one decision after another; remembers what helps with the next."""

    def __init__(self, *, seconds: float = exact.SECONDS) -> None:
        self.seconds = seconds
        self._multipliers: Array | None = None
        self._plans: list[Flags] = []

    def __call__(self, problem: Problem) -> Plan:
        """Return the plan with the least total minutes. Raises ImpossibleError, OutOfTimeError."""
        if not problem.may_fill:
            return exact.p_median(problem, seconds=self.seconds)
        began = time.perf_counter()
        start, value = self._at_hand(problem)
        narrow, bound = problem, _Bound(-np.inf, np.zeros(0), np.zeros(0), np.zeros(0))
        if start is not None and problem.count is not None and problem.cost.size > SMALL:
            bound = _bound(problem, value, self._multipliers)
            self._multipliers = bound.multipliers
            if value - bound.value <= 1e-7 * abs(value):
                return self._kept(Plan(start, value, bound.value, time.perf_counter() - began))
            limit = value + MARGIN * abs(value)
            sites = problem.possible & ((bound.value + bound.entering <= limit) | problem.fixed | start)
            surely = problem.fixed | (problem.possible & (bound.value + bound.leaving > limit))
            narrow = replace(problem, open_to=sites, fixed=surely)
        found = _search(narrow, self.seconds - (time.perf_counter() - began))
        if start is not None and value <= found.objective:
            lowest = max(min(found.bound, value), bound.value)
            found = Plan(start, value, lowest, 0.0)
        return self._kept(replace(found, seconds=time.perf_counter() - began))

    def _at_hand(self, problem: Problem) -> tuple[Flags | None, float]:
        """Return the best plan known that is possible here, with its value; the first is the one without capacities."""
        plans = [plan for plan in self._plans if self._fits(problem, plan)]
        if not plans and problem.count is not None:
            plans = [exact.p_median(replace(problem, capacity=np.zeros(0)), seconds=self.seconds).chosen]
        if not plans:
            return None, np.inf
        values = seated_cost(problem, np.array(plans))
        best = int(values.argmin())
        return plans[best], float(values[best])

    def _fits(self, problem: Problem, plan: Flags) -> bool:
        able = not (plan & ~problem.possible).any() and not (problem.fixed & ~plan).any()
        return able and (problem.count is None or plan.sum() <= problem.count) and feasible(problem, plan)

    def _kept(self, plan: Plan) -> Plan:
        others = [other for other in self._plans if (other != plan.chosen).any()]
        self._plans = [plan.chosen, *others][:KNOWN]
        return plan


def _bound(problem: Problem, value: float, start: Array | None) -> _Bound:
    """Return the best bound found by moving the price of being served (point) along its subgradient."""
    lived_in = problem.demand > 0
    cost, demand = problem.cost[lived_in], problem.demand[lived_in]
    prices = np.minimum(np.sort(cost, axis=1)[:, min(1, cost.shape[1] - 1)], problem.refuse)
    prices = np.where(np.isfinite(prices), prices, problem.refuse) if start is None else start[lived_in]
    best, kept, saved, step, idle = -np.inf, prices, np.zeros(cost.shape[1]), 1.0, 0
    for _ in range(ROUNDS):
        savings, bound, slack = _relaxed(problem, (cost, demand), prices)
        idle = 0 if bound > best else idle + 1
        if bound > best:
            best, kept, saved = bound, prices, savings
        if idle == PATIENCE:
            step, idle, prices = step / 2, 0, kept
            continue
        norm = float(slack @ slack)
        if norm == 0 or step < 0.01 or value - best <= 1e-7 * abs(value):
            break
        prices = np.clip(prices + step * (value - bound) / norm * slack, 0.0, problem.refuse)
    full = np.zeros(len(lived_in))
    full[lived_in] = kept
    return _Bound(best, full, *_rises(problem, saved))


def _relaxed(problem: Problem, town: tuple[Array, Array], prices: Array) -> tuple[Array, float, Array]:
    """Return what each site saves if it takes those who gain most (candidate), the bound, people served too little."""
    cost, demand = town
    gain = cost - prices[:, None]
    order = gain.argsort(axis=0)
    gain = np.take_along_axis(gain, order, axis=0)
    people = np.where(gain < 0, demand[order], 0.0)
    taken = np.clip(problem.capacity - (people.cumsum(axis=0) - people), 0.0, people)
    savings: Array = np.where(taken > 0, taken * gain, 0.0).sum(axis=0)
    chosen = _ranked(problem, savings)[: problem.count]
    served = np.bincount(order[:, chosen].ravel(), taken[:, chosen].ravel(), minlength=len(demand))
    bound = float(prices @ demand + savings[chosen].sum())
    slack: Array = np.where(prices >= problem.refuse, np.minimum(demand - served, 0.0), demand - served)
    return savings, bound, slack


def _ranked(problem: Problem, savings: Array) -> np.ndarray:
    """Return candidates: fixed ones, then possible ones by savings, then impossible ones."""
    return np.lexsort((savings, ~problem.possible, ~problem.fixed))


def _rises(problem: Problem, savings: Array) -> tuple[Array, Array]:
    """Return by how much the bound rises at least if a site is taken, and if it is left out (candidate)."""
    ranked, count = _ranked(problem, savings), min(problem.count or 0, int(problem.possible.sum()))
    inside = np.isin(np.arange(len(savings)), ranked[:count])
    last = savings[ranked[count - 1]]
    following = savings[ranked[count]] if count < problem.possible.sum() else 0.0
    return np.where(inside, 0.0, savings - last), np.where(inside, following - savings, 0.0)


def _search(problem: Problem, seconds: float) -> Plan:
    """Return the best plan by HiGHS. Raises ImpossibleError, OutOfTimeError."""
    wide = problem.with_nobody() if np.isfinite(problem.refuse) else problem
    usable = np.isfinite(wide.cost) & wide.possible & (wide.demand > 0)[:, None]
    links = exact.Links(*np.nonzero(usable))
    amount, sites = len(links.point), wide.cost.shape[1]
    weight = wide.demand[links.point] * wide.cost[links.point, links.site]
    rows = [*exact.assignment(wide, links), *exact.choice(wide, before=amount)]
    rows += exact.promises(replace(problem, open_to=problem.possible), before=amount, after=sites)
    goal = np.concatenate([weight, np.zeros(sites)])
    found = exact.run_milp(goal, rows, low=wide.fixed, high=wide.possible, continuous=amount, seconds=seconds)
    chosen = (found.x[amount:] > 0.5)[: problem.cost.shape[1]]
    return Plan(chosen, float(found.fun), float(found.mip_dual_bound), 0.0)


def max_cover(problem: Problem, reach: float, *, seconds: float = exact.SECONDS) -> Plan:
    """Return the plan that has places within ``reach`` for most people. Raises ImpossibleError, OutOfTimeError."""
    if not problem.may_fill:
        return exact.max_cover(problem, reach, seconds=seconds)
    began = time.perf_counter()
    groups, people = exact.alike(problem, reach)
    links = exact.Links(*np.nonzero(groups))
    amount, sites = len(links.point), groups.shape[1]
    each, ones = np.arange(amount), np.ones(amount)
    once = sparse.csr_array((ones, (links.point, each)), shape=(len(groups), amount + sites))
    only = sparse.csr_array((-ones, (each, links.site)), shape=(amount, sites))
    use = sparse.hstack([sparse.eye_array(amount), only])
    taken = sparse.csr_array((people[links.point], (links.site, each)), shape=(sites, amount))
    limited = np.isfinite(problem.capacity) & problem.possible
    room = sparse.diags_array(np.where(limited, problem.capacity, 0.0))
    rows = [
        LinearConstraint(once, -np.inf, 1),
        LinearConstraint(use.tocsr(), -np.inf, 0),
        LinearConstraint(sparse.hstack([taken, -room]).tocsr()[limited], -np.inf, 0),
        *exact.promises(problem, before=amount),
        *exact.choice(problem, before=amount),
    ]
    goal = np.concatenate([-people[links.point], np.zeros(sites)])
    found = exact.run_milp(goal, rows, low=problem.fixed, high=problem.possible, continuous=amount, seconds=seconds)
    chosen = found.x[amount:] > 0.5
    return Plan(chosen, float(-found.fun), float(-found.mip_dual_bound), time.perf_counter() - began)

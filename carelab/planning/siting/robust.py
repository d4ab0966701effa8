"""Siting that stays good: the same decision in many futures, the regret of each plan in each, and an order of stages.

A plan that is best for the mean future can be bad in many. So each future is solved for itself; every plan found that
way competes in every future; the robust plan has the lowest 90th percentile of regret (Snyder 2006 on regret measures),
improved by exchanging one site at a time. Stages are an order in which each prefix of the plan is itself good.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from carelab.planning.siting.problem import Array, Flags, Plan, Problem

QUANTILE = 0.9
Solver = Callable[[Problem], Plan]
Value = Callable[[Flags], Array]
"""Value of a plan (candidate) in all futures (draw); lower is better."""
Badness = Callable[[Flags], float]


@dataclass(frozen=True)
class Quick:
    """``some``: the value of a plan in some futures only; ``at_least``: what its value is never below (draw)."""

    some: Callable[[Flags, np.ndarray], Array]
    at_least: Value


@dataclass(frozen=True)
class Robust:
    """A decision in many futures.

    ``best`` (draw): value of the best plan of each future. ``frequency`` (candidate): share of futures in which the
    site belongs to the best plan. ``nominal``, ``robust``: plans (candidate). ``regret_nominal``, ``regret_robust``
    (draw): excess over ``best`` in the objective's unit. ``order``: candidates of the robust plan, first stage first.
    """

    best: Array
    frequency: Array
    nominal: Flags
    robust: Flags
    regret_nominal: Array
    regret_robust: Array
    order: list[int]


def choose_robust(
    problem: Problem,
    futures: Sequence[Problem],
    *,
    solve: Solver,
    value: Value,
    same: Callable[[Problem], Hashable] | None = None,
    quick: Quick | None = None,
) -> Robust:
    """Return nominal and robust plans of a decision whose ``futures`` are each solved by ``solve``.

    ``problem`` is the decision as it would be taken without looking at the futures; only its possible candidates enter
    a plan (a future may know others). ``same``: futures with equal keys have the same best plan and are solved once.
    ``quick``: where ``value`` is dear, what saves most of it; the result is the same.
    Raises what ``solve`` raises.
    """
    nominal = solve(problem).chosen
    each = solve_futures(futures, solve, same=same)
    plans, of_future = np.unique(each, axis=0, return_inverse=True)
    rows = of_future.ravel()
    best = np.empty(len(futures))
    for number, plan in enumerate(plans):
        own = np.flatnonzero(rows == number)
        best[own] = value(plan)[own] if quick is None else quick.some(plan, own)
    able = [not (plan & ~problem.possible).any() and feasible(problem, plan) for plan in plans]
    pool = [nominal, *plans[np.flatnonzero(able)]]
    tail = lambda plan: _tail(value(plan), best)  # noqa: E731
    low = None if quick is None else (lambda plan: _tail(quick.at_least(plan), best))
    chosen = improve(problem, least(pool, tail, low)[1], tail, low)
    return Robust(
        best=best,
        frequency=each.mean(axis=0),
        nominal=nominal,
        robust=chosen,
        regret_nominal=regret(value(nominal), best),
        regret_robust=regret(value(chosen), best),
        order=stages(problem, chosen, lambda plan: float(np.mean(value(plan)))),
    )


def solve_futures(
    futures: Sequence[Problem], solve: Solver, *, same: Callable[[Problem], Hashable] | None = None
) -> Flags:
    """Return the best plan of each future (draw, candidate); futures with equal keys are solved once."""
    known: dict[Hashable, Flags] = {}
    plans = []
    for number, future in enumerate(futures):
        key = number if same is None else same(future)
        if key not in known:
            known[key] = solve(future).chosen
        plans.append(known[key])
    return np.array(plans, bool)


def same_places(problem: Problem) -> Hashable:
    """Return what a p-center hangs on beside distances: where anybody lives and who is willing, not how many."""
    return (problem.demand > 0).tobytes(), problem.possible.tobytes(), problem.count, problem.budget


def regret(values: Array, best: Array) -> Array:
    """Return by how much the plan is worse than the best of each future (draw), in the unit of the objective."""
    return np.maximum(values - best, 0.0)


def least(plans: Sequence[Flags], badness: Badness, low: Badness | None = None) -> tuple[float, Flags]:
    """Return the lowest badness and its plan; ``low`` (never above badness) spares the plans that cannot have it."""
    order = range(len(plans))
    bounds = [-np.inf if low is None else low(plan) for plan in plans]
    found, at = np.inf, 0
    for number in sorted(order, key=lambda i: bounds[i]):
        if bounds[number] > found:
            break
        value = badness(plans[number])
        if value < found or (value == found and number < at):
            found, at = value, number
    return found, plans[at]


def improve(problem: Problem, plan: Flags, badness: Badness, low: Badness | None = None) -> Flags:
    """Exchange one site for another as long as that lowers ``badness``; plans stay affordable and keep promises."""
    plan, worst = plan.copy(), badness(plan)
    while True:
        others = exchanges(problem, plan)
        if not others:
            return plan
        lowest, other = least(others, badness, low)
        if not lowest < worst - 1e-12:
            return plan
        plan, worst = other, lowest


def exchanges(problem: Problem, plan: Flags) -> list[Flags]:
    """Return all plans that differ by one exchange, are affordable and keep the promises."""
    leaving = np.flatnonzero(plan & ~problem.fixed)
    entering = np.flatnonzero(~plan & problem.possible)
    plans = []
    for out in leaving:
        for new in entering:
            other = plan.copy()
            other[out], other[new] = False, True
            if feasible(problem, other):
                plans.append(other)
    return plans


def feasible(problem: Problem, plan: Flags) -> bool:
    """Return whether a plan is affordable and keeps the promises (capacities are the solver's)."""
    if problem.budget is not None and problem.price[plan].sum() > problem.budget + 1e-9:
        return False
    near = problem.cost[:, plan].min(axis=1, initial=np.inf)
    return bool((near <= problem.limit)[problem.demand > 0].all())


def stages(problem: Problem, plan: Flags, badness: Badness) -> list[int]:
    """Return the plan's sites in the order of building: found by taking away what is missed least, one by one."""
    order: list[int] = []
    rest = plan.copy()
    while (removable := np.flatnonzero(rest & ~problem.fixed)).size:
        least = min(removable, key=lambda site: badness(_without(rest, int(site))))
        order.insert(0, int(least))
        rest = _without(rest, int(least))
    return [*(int(site) for site in np.flatnonzero(plan & problem.fixed)), *order]


def if_one_falls_away(plan: Flags, badness: Badness) -> dict[int, float]:
    """Return for each chosen site by how much ``badness`` rises if that site alone is lost and nothing replaces it."""
    whole = badness(plan)
    return {int(site): badness(_without(plan, int(site))) - whole for site in np.flatnonzero(plan)}


def _without(plan: Flags, site: int) -> Flags:
    rest = plan.copy()
    rest[site] = False
    return rest


def _tail(values: Array, best: Array) -> float:
    return float(np.quantile(regret(values, best), QUANTILE))

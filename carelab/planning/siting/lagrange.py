"""Bounds for the p-median by Lagrangian relaxation, and what they rule out before the exact search begins.

Relaxing "everybody is served once" with multipliers leaves a problem solved by sorting (Cornuéjols, Fisher, Nemhauser
1977). Its bound and a good plan together prove that most pairs and many candidates are in no better plan (reduced-cost
fixing; Beasley 1993), so that the exact search has little left to do. Nothing is lost: what is dropped cannot improve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.planning.siting.problem import Array, Flags, Problem

ROUNDS, PATIENCE = 400, 15
MARGIN = 1e-9
"""Relative safety of what is ruled out, against rounding."""


@dataclass(frozen=True)
class Reduced:
    """``bound`` <= optimum <= ``value`` of ``plan`` (candidate); ``links`` (point, candidate) and ``sites`` (candidate)
    that a better plan may use; ``surely`` (candidate): sites that every better plan has.
    """

    bound: float
    value: float
    plan: Flags
    links: Flags
    sites: Flags
    surely: Flags


def reduce_median(problem: Problem, usable: Flags) -> Reduced:
    """Return bounds and what remains to be searched; ``usable`` (point, candidate) are the pairs an assignment may use.

    For a wanted number of sites without capacities.
    """
    weight = np.where(usable, problem.demand[:, None] * np.where(usable, problem.cost, 0.0), np.inf)
    weight = weight[problem.demand > 0]
    multipliers = np.partition(weight, 1, axis=1)[:, 1] if weight.shape[1] > 1 else weight[:, 0]
    multipliers = np.where(np.isfinite(multipliers), multipliers, np.min(weight, axis=1))
    best_bound, kept, plan, value = -np.inf, multipliers, problem.fixed.copy(), np.inf
    step, idle = 2.0, 0
    for _ in range(ROUNDS):
        chosen, bound, slack = _relaxed(weight, multipliers, problem)
        total = _value(weight, chosen)
        if total < value:
            plan, value = _exchanged(weight, chosen, problem)
        idle = idle + 1 if bound <= best_bound else 0
        if bound > best_bound:
            best_bound, kept = bound, multipliers
        if idle == PATIENCE:
            step, idle = step / 2, 0
        norm = float(slack @ slack)
        if not np.isfinite(value):  # no plan at hand that keeps the promises: nothing can be ruled out by it
            return Reduced(-np.inf, np.inf, plan, usable, problem.possible, problem.fixed)
        if norm == 0 or step < 1e-3 or value - best_bound <= 1e-9 * abs(value):
            break
        multipliers = multipliers + step * (value - bound) / norm * slack
    return _rule_out(problem, usable, (weight, kept), (best_bound, plan, value))


def _savings(weight: Array, multipliers: Array) -> Array:
    """Return what opening each candidate saves at these multipliers (candidate); at most 0."""
    saved: Array = np.minimum(weight - multipliers[:, None], 0.0).sum(axis=0)
    return saved


def _ranked(savings: Array, problem: Problem) -> np.ndarray:
    """Return candidates, best first: fixed ones, then possible ones by savings, then impossible ones."""
    return np.lexsort((savings, ~problem.possible, ~problem.fixed))


def _relaxed(weight: Array, multipliers: Array, problem: Problem) -> tuple[Flags, float, Array]:
    """Return the relaxed problem's sites, its bound, and by how much each point is served too little (point)."""
    savings = _savings(weight, multipliers)
    chosen = np.zeros(len(savings), bool)
    chosen[_ranked(savings, problem)[: problem.count]] = True
    served = (weight[:, chosen] < multipliers[:, None]).sum(axis=1)
    return chosen, float(multipliers.sum() + savings[chosen].sum()), 1.0 - served


def _value(weight: Array, chosen: Flags) -> float:
    return float(weight[:, chosen].min(axis=1).sum())


def _exchanged(weight: Array, chosen: Flags, problem: Problem) -> tuple[Flags, float]:
    """Return the plan improved by best single exchanges (Teitz & Bart 1968), and its value."""
    plan, value = chosen.copy(), _value(weight, chosen)
    while True:
        members = np.flatnonzero(plan)
        order = np.argsort(weight[:, members], axis=1)[:, :2]
        nearest = np.take_along_axis(weight[:, members], order[:, :1], axis=1)[:, 0]
        second = np.take_along_axis(weight[:, members], order[:, 1:2], axis=1)[:, 0] if len(members) > 1 else np.inf
        best, swap = value, None
        for place, site in enumerate(members):
            if problem.fixed[site]:
                continue
            without = np.where(order[:, 0] == place, second, nearest)
            totals = np.minimum(weight, np.reshape(without, (-1, 1))).sum(axis=0)
            totals[plan | ~problem.possible] = np.inf
            entering = int(totals.argmin())
            if totals[entering] < best * (1 - 1e-12):
                best, swap = float(totals[entering]), (site, entering)
        if swap is None:
            return plan, value
        plan[swap[0]], plan[swap[1]], value = False, True, best


def _rule_out(problem: Problem, usable: Flags, dual: tuple[Array, Array], found: tuple[float, Flags, float]) -> Reduced:
    """Return what is left when everything that would lift the bound above the plan's value is dropped."""
    (weight, multipliers), (bound, plan, value) = dual, found
    limit = value + MARGIN * abs(value)
    savings = _savings(weight, multipliers)
    ranked = _ranked(savings, problem)
    inside = np.zeros(len(savings), bool)
    inside[ranked[: problem.count]] = True
    count = int(inside.sum())
    last = savings[ranked[count - 1]]
    following = savings[ranked[count]] if count < len(ranked) else np.inf
    entering = np.where(inside, 0.0, savings - last)  # the bound's rise if the site is taken
    leaving = np.where(inside, following - savings, 0.0)  # the bound's rise if it is left out
    sites = problem.possible & ((bound + entering <= limit) | problem.fixed | plan)
    surely = problem.fixed | (inside & (bound + leaving > limit))
    rise = np.maximum(weight - multipliers[:, None], 0.0) + entering
    links = np.zeros_like(usable)
    links[problem.demand > 0] = bound + rise <= limit
    links &= usable & sites
    served = np.flatnonzero(problem.demand > 0)
    links[served, np.where(plan, weight, np.inf).argmin(axis=1)] = True  # the plan at hand stays possible
    return Reduced(bound, value, plan, links, sites, surely)

"""Two kinds of centres at once: some of the chosen sites become larger (a Gesundheits- und Pflegezentrum, say).

A nested p-median (hierarchical location, two levels, successively inclusive; Narula 1984): everybody is served by the
nearest chosen site and by the nearest upgraded one; only what is chosen can be upgraded. Both kinds of person-minutes
are weighed against each other, and both may be paid from one budget.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint

from carelab.planning.siting.exact import SECONDS, Links, assignment, choice, run_milp, usable_pairs
from carelab.planning.siting.problem import Array, Flags, Plan, Problem, total_cost
from carelab.terms import UserError


@dataclass(frozen=True)
class Upgrade:
    """The second kind: ``count`` of the chosen sites, or (None) as many as the problem's budget also pays.

    ``weight`` (0-1): share of the way to the nearest upgraded site in the objective. ``able`` (candidate): can be
    upgraded. ``fixed`` (candidate): is upgraded already and counts. ``price`` (candidate): what the upgrade adds.
    """

    weight: float
    able: Flags
    fixed: Flags
    price: Array
    count: int | None = None

    def check(self, problem: Problem) -> None:
        """Raise UserError where no choice of upgrades could fit."""
        able, fixed = int((self.able & problem.possible).sum()), int(self.fixed.sum())
        if self.count is None and problem.budget is None:
            raise UserError(
                "Standortwahl: Zahl der Ausbauten oder Budget angeben.",
                "siting: give a number of upgrades or a budget.",
            )
        if self.count is not None and not max(1, fixed) <= self.count <= able:
            raise UserError(
                f"Standortwahl: {self.count} Ausbauten gewünscht; erwartet: {max(1, fixed)} bis {able}.",
                f"siting: {self.count} upgrades wanted; expected: {max(1, fixed)} to {able}.",
            )


@dataclass(frozen=True)
class NestedPlan(Plan):
    """A plan of both kinds; ``upgraded`` (candidate) is a part of ``chosen``."""

    upgraded: Flags


def nested_cost(cost: Array, demand: Array, plan: tuple[Flags, Flags], weight: float) -> Array:
    """Return weighted person-minutes of ``plan`` (chosen, upgraded); demand (..., point) -> (...)."""
    near, larger = (total_cost(cost, demand, flags) for flags in plan)
    total: Array = (1 - weight) * near + weight * larger
    return total


def p_median_nested(problem: Problem, upgrade: Upgrade, *, seconds: float = SECONDS) -> NestedPlan:
    """Return the sites and upgrades with the least weighted person-minutes, proven by the search.

    ``problem.limit`` and ``capacity`` hold for the chosen sites. Raises ImpossibleError, OutOfTimeError, UserError.
    """
    began = time.perf_counter()
    upgrade.check(problem)
    if problem.may_fill and np.isfinite(problem.refuse):
        return _with_nobody(problem, upgrade, seconds=seconds)
    usable = usable_pairs(problem)
    able = upgrade.able & problem.possible
    first = Links(*np.nonzero(usable))
    second = Links(*np.nonzero(np.isfinite(problem.cost) & (problem.demand > 0)[:, None] & able))
    sites, amounts = problem.cost.shape[1], (len(first.point), len(second.point))
    weights = [
        share * problem.demand[links.point] * problem.cost[links.point, links.site]
        for share, links in ((1 - upgrade.weight, first), (upgrade.weight, second))
    ]
    found = run_milp(
        np.concatenate([*weights, np.zeros(2 * sites)]),
        _rows(problem, upgrade, first, second),
        low=np.concatenate([problem.fixed | upgrade.fixed, upgrade.fixed]),
        high=np.concatenate([problem.possible, able]),
        continuous=sum(amounts),
        seconds=seconds,
    )
    chosen, upgraded = (found.x[sum(amounts) :] > 0.5).reshape(2, sites)
    objective = float(found.fun)
    if not np.isfinite(problem.capacity[chosen]).any():
        objective = float(nested_cost(problem.cost, problem.demand, (chosen, upgraded), upgrade.weight))
    return NestedPlan(chosen, objective, float(found.mip_dual_bound), time.perf_counter() - began, upgraded)


def _with_nobody(problem: Problem, upgrade: Upgrade, *, seconds: float) -> NestedPlan:
    """Return the plan where somebody may find no room: one more site, never upgraded, stands for having no place."""
    wider = replace(
        upgrade,
        able=np.append(upgrade.able, False),
        fixed=np.append(upgrade.fixed, False),
        price=np.append(upgrade.price, 0.0),
    )
    found = p_median_nested(problem.with_nobody(), wider, seconds=seconds)
    return replace(found, chosen=found.chosen[:-1], upgraded=found.upgraded[:-1])


def best_upgrades(
    cost: Array, futures: Array, chosen: Flags, upgrade: Upgrade, *, quantile: float, money: float = np.inf
) -> tuple[Flags, Array]:
    """Return the upgrades among chosen sites that stay good, and how often each belongs to a future's best ones.

    All sets of ``upgrade.count`` chosen sites are compared in all ``futures`` (draw, point): the set with the lowest
    ``quantile`` of regret in person-minutes. ``cost`` (point, candidate) or (draw, point, candidate). ``money``: what
    the upgrades may cost together; if no set of the wished size is affordable, the largest that is.
    """
    able = np.flatnonzero(chosen & upgrade.able & ~upgrade.fixed)
    free = (upgrade.count or 0) - int(upgrade.fixed.sum())
    sets: list[Flags] = []
    for size in range(min(free, len(able)), -1, -1):
        paid = [taken for taken in combinations(able, size) if upgrade.price[list(taken)].sum() <= money + 1e-9]
        sets = [np.isin(np.arange(len(chosen)), taken) | upgrade.fixed for taken in paid]
        if sets:
            break
    if not sets or not sets[0].any():
        return np.zeros(len(chosen), bool), np.zeros(len(chosen))
    values = np.array([(futures * cost[..., taken].min(axis=-1)).sum(axis=-1) for taken in sets])
    regret = values - values.min(axis=0)
    best = sets[int(np.quantile(regret, quantile, axis=1).argmin())]
    often = np.mean([sets[i] for i in values.argmin(axis=0)], axis=0)
    return best, often


def _rows(problem: Problem, upgrade: Upgrade, first: Links, second: Links) -> list[LinearConstraint]:
    """Columns: assignments to chosen sites, to upgraded sites, chosen, upgraded."""
    sites = problem.cost.shape[1]
    n, m = len(first.point), len(second.point)
    rows = [_spread(row, n, m, sites, upgraded=False) for row in assignment(problem, first)]
    plain = Problem(problem.cost, problem.demand, count=sites)
    rows += [_spread(row, n, m, sites, upgraded=True) for row in assignment(plain, second)]
    within = sparse.hstack([sparse.csr_array((sites, n + m)), -sparse.eye_array(sites), sparse.eye_array(sites)])
    rows.append(LinearConstraint(within.tocsr(), -np.inf, 0))
    spend = np.zeros(n + m + 2 * sites)
    if problem.budget is not None:
        spend[n + m : n + m + sites], spend[n + m + sites :] = problem.price, upgrade.price
        rows.append(LinearConstraint(spend[None], -np.inf, problem.budget))
    else:
        spend[: n + m + sites] = choice(problem, before=n + m)[0].A[0]
        rows.append(LinearConstraint(spend[None], -np.inf, problem.count))
    if upgrade.count is not None:
        amount = np.concatenate([np.zeros(n + m + sites), np.ones(sites)])
        rows.append(LinearConstraint(amount[None], -np.inf, upgrade.count))
    return rows


def _spread(row: LinearConstraint, n: int, m: int, sites: int, *, upgraded: bool) -> LinearConstraint:
    """Return a constraint on (assignments, sites) as one on (first, second, chosen, upgraded)."""
    own = m if upgraded else n
    matrix = sparse.csc_array(row.A)
    height = matrix.shape[0]
    left, right = matrix[:, :own], matrix[:, own:]
    blank = sparse.csc_array((height, n if upgraded else m))
    none = sparse.csc_array((height, sites))
    parts = [blank, left, none, right] if upgraded else [left, blank, right, none]
    return LinearConstraint(sparse.hstack(parts).tocsr(), row.lb, row.ub)

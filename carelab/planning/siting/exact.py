"""Exact siting by mixed-integer programming (HiGHS through SciPy): p-median, maximal cover, p-center, with promises.

p-median (Hakimi 1964; ReVelle & Swain 1970): least person-minutes. Maximal cover (Church & ReVelle 1974): most people
within reach. p-center (Minieka 1970): the farthest as near as can be. ``Problem.limit`` adds promises to any of the
first two (nobody, or no poor quarter, farther than that), ``capacity`` limits what one site can take.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from carelab.planning.siting.covering import coverable
from carelab.planning.siting.lagrange import reduce_median
from carelab.planning.siting.problem import Array, Flags, Plan, Problem, covered, farthest, total_cost
from carelab.terms import UserError


class ImpossibleError(UserError):
    """No choice of sites keeps all promises."""

    def __init__(self) -> None:
        super().__init__(
            "Standortwahl: kein Plan erreicht alle zugesagten Orte; Grenze lockern, mehr Standorte oder Kandidaten.",
            "siting: no plan reaches all promised points; relax the limit, allow more sites or candidates.",
        )


class OutOfTimeError(UserError):
    """The solver's time ended before it had any plan."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Standortwahl: in {seconds:.1f} s kein Plan gefunden; mehr Zeit geben oder Kandidaten verringern.",
            f"siting: no plan found within {seconds:.1f} s; allow more time or fewer candidates.",
        )


SECONDS = 60.0
GAP = 1e-7


@dataclass(frozen=True)
class Links:
    """Which point may use which candidate: (link) -> point, candidate; the variables of an assignment."""

    point: np.ndarray
    site: np.ndarray


def p_median(problem: Problem, *, seconds: float = SECONDS) -> Plan:
    """Return the plan with the least person-minutes. Raises ImpossibleError, OutOfTimeError."""
    began = time.perf_counter()
    usable = usable_pairs(problem)
    if problem.count is None or np.isfinite(problem.capacity[problem.possible]).any():
        return _searched_median(problem, usable, began=began, seconds=seconds)
    if _coverable(problem, usable) is False:
        raise ImpossibleError()
    reduced = reduce_median(problem, usable)
    known = Plan(reduced.plan, reduced.value, reduced.bound, time.perf_counter() - began)
    if known.proven:
        return known
    narrow = replace(problem, fixed=reduced.surely, open_to=reduced.sites)
    try:
        found = _searched_median(narrow, reduced.links, began=began, seconds=seconds)
    except OutOfTimeError:
        if not np.isfinite(known.objective):
            raise
        return replace(known, seconds=time.perf_counter() - began)
    bound = max(min(found.bound, known.objective), known.bound)  # what was dropped is no better than the plan at hand
    return replace(found if found.objective < known.objective else known, bound=bound, seconds=found.seconds)


def _searched_median(problem: Problem, usable: Flags, *, began: float, seconds: float) -> Plan:
    links = Links(*np.nonzero(usable))
    sites, amount = problem.cost.shape[1], len(links.point)
    weight = problem.demand[links.point] * problem.cost[links.point, links.site]
    found = _solve(
        np.concatenate([weight, np.zeros(sites)]),
        [*assignment(problem, links), *choice(problem, before=amount)],
        problem,
        continuous=amount,
        seconds=seconds,
    )
    chosen = found.x[amount:] > 0.5
    limited = np.isfinite(problem.capacity[chosen]).any()
    objective = float(found.fun) if limited else float(total_cost(problem.cost, problem.demand, chosen))
    return Plan(chosen, objective, float(found.mip_dual_bound), time.perf_counter() - began)


def max_cover(problem: Problem, reach: float, *, seconds: float = SECONDS) -> Plan:
    """Return the plan with most people within ``reach``. Raises ImpossibleError, OutOfTimeError."""
    began = time.perf_counter()
    groups, people = alike(problem, reach)
    points, sites = groups.shape
    near = sparse.csr_array(groups.astype(float))
    rows = [LinearConstraint(sparse.hstack([sparse.eye_array(points), -near]).tocsr(), -np.inf, 0)]
    rows += [*promises(problem, before=points), *choice(problem, before=points)]
    goal = np.concatenate([-people, np.zeros(sites)])
    found = _solve(goal, rows, problem, continuous=points, seconds=seconds)
    chosen = found.x[points:] > 0.5
    reached = float(covered(problem.cost, problem.demand, chosen, reach))
    return Plan(chosen, reached, float(-found.mip_dual_bound), time.perf_counter() - began)


def alike(problem: Problem, reach: float) -> tuple[Flags, Array]:
    """Return the different sets of possible sites that points have within reach (group, candidate), and their people.

    Points with the same set are covered together, points without any never: nothing is lost.
    """
    within = (problem.cost <= reach) & problem.possible
    groups, of_point = np.unique(within, axis=0, return_inverse=True)
    people = np.zeros(len(groups))
    np.add.at(people, of_point.ravel(), problem.demand)
    some = groups.any(axis=1) & (people > 0)
    return groups[some], people[some]


def p_center(problem: Problem, *, seconds: float = SECONDS) -> Plan:
    """Return the plan whose farthest inhabited point is nearest, by bisection over the distances there are."""
    began = time.perf_counter()
    lived_in = problem.demand > 0
    steps = np.unique(problem.cost[np.ix_(lived_in, problem.possible)])
    steps = steps[np.isfinite(steps)]
    low, high, best = 0, len(steps) - 1, None
    while low <= high:
        middle = (low + high) // 2
        try:
            chosen = _reach_all(problem, float(steps[middle]), seconds - (time.perf_counter() - began))
        except ImpossibleError:
            low = middle + 1
        except OutOfTimeError:
            if best is None:
                raise
            break  # the bound stays at the nearest distance not yet refuted
        else:
            best, high = chosen, int(np.searchsorted(steps, farthest(problem.cost, problem.demand, chosen))) - 1
    if best is None:
        raise ImpossibleError()
    objective = farthest(problem.cost, problem.demand, best)
    return Plan(best, objective, float(steps[low]), time.perf_counter() - began)


def least_reach(problem: Problem, *, seconds: float = SECONDS) -> float:
    """Return the ``objective`` of ``p_center`` alone: how near the farthest inhabited point can be.

    Asks the solver where the quick search cannot tell. Raises ImpossibleError, OutOfTimeError.
    """
    lived_in = problem.demand > 0
    steps = np.unique(problem.cost[np.ix_(lived_in, problem.possible)])
    steps = steps[np.isfinite(steps)]
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        found = None if np.isfinite(problem.limit).any() else _coverable(problem, problem.cost <= steps[middle])
        if found is None:
            return p_center(problem, seconds=seconds).objective
        low, high = (low, middle) if found else (middle + 1, high)
    if low == len(steps):
        raise ImpossibleError()
    return float(steps[low])


def _coverable(problem: Problem, near: Flags) -> bool | None:
    """Say whether so many sites as wanted reach every inhabited point; None: too long to tell, or money counts."""
    if problem.count is None:
        return None
    lived_in = near[problem.demand > 0]
    return coverable(lived_in, fixed=problem.fixed, possible=problem.possible, count=problem.count)


def fewest_sites(problem: Problem) -> int:
    """Return how many sites the promises of ``problem.limit`` need at least. Raises ImpossibleError."""
    rows = promises(problem, before=0)
    found = _solve(np.ones(problem.cost.shape[1]), rows, problem, continuous=0, seconds=SECONDS)
    return round(float(found.fun))


def usable_pairs(problem: Problem) -> Flags:
    """Return the pairs (point, candidate) of an assignment: possible, reachable, within the promise, inhabited."""
    usable: Flags = np.isfinite(problem.cost) & (problem.cost <= problem.limit[:, None]) & problem.possible
    usable &= problem.demand[:, None] > 0
    if ((problem.demand > 0) & ~usable.any(axis=1)).any():
        raise ImpossibleError()
    return usable


def assignment(problem: Problem, links: Links) -> list[LinearConstraint]:
    """Everybody is served once, by chosen sites only, and no site takes more than it can."""
    points, sites = problem.cost.shape
    amount = len(links.point)
    each, ones = np.arange(amount), np.ones(amount)
    served = sparse.csr_array((ones, (links.point, each)), shape=(points, amount + sites))
    lived_in = problem.demand > 0
    only_chosen = sparse.hstack(
        [sparse.eye_array(amount), sparse.csr_array((-ones, (each, links.site)), shape=(amount, sites))]
    ).tocsr()
    rows = [LinearConstraint(served[lived_in], 1, 1), LinearConstraint(only_chosen, -np.inf, 0)]
    limited = np.isfinite(problem.capacity) & problem.possible
    if limited.any():
        taken = sparse.csr_array((problem.demand[links.point], (links.site, each)), shape=(sites, amount))
        room = sparse.diags_array(np.where(limited, problem.capacity, 0.0))
        rows.append(LinearConstraint(sparse.hstack([taken, -room]).tocsr()[limited], -np.inf, 0))
    return rows


def promises(problem: Problem, *, before: int, after: int | None = None) -> list[LinearConstraint]:
    """Each point with a limit has a chosen site within it; ``before`` other variables, then ``after`` candidates."""
    promised = np.isfinite(problem.limit) & (problem.demand > 0)
    if not promised.any():
        return []
    near = sparse.csr_array((problem.cost[promised] <= problem.limit[promised, None]).astype(float))
    width = problem.cost.shape[1]
    left, right = (sparse.csr_array((int(promised.sum()), size)) for size in (before, (after or width) - width))
    return [LinearConstraint(sparse.hstack([left, near, right]).tocsr(), 1, np.inf)]


def choice(problem: Problem, *, before: int) -> list[LinearConstraint]:
    """As many sites as wanted, or as the budget pays."""
    sites = problem.cost.shape[1]
    row = np.ones(sites) if problem.count is not None else problem.price
    limit = problem.count if problem.count is not None else problem.budget
    return [LinearConstraint(np.concatenate([np.zeros(before), row])[None], -np.inf, limit)]


def _solve(
    goal: Array, rows: list[LinearConstraint], problem: Problem, *, continuous: int, seconds: float
) -> OptimizeResult:
    """Minimise; the last variables are the candidates. Raises ImpossibleError, OutOfTimeError (no plan in time)."""
    return run_milp(goal, rows, low=problem.fixed, high=problem.possible, continuous=continuous, seconds=seconds)


def run_milp(
    goal: Array, rows: list[LinearConstraint], *, low: Flags, high: Flags, continuous: int, seconds: float
) -> OptimizeResult:
    """Minimise ``goal``; the first ``continuous`` variables lie in 0 to 1, the others are yes or no within bounds.

    Raises ImpossibleError, OutOfTimeError (no plan in time).
    """
    whole = np.concatenate([np.zeros(continuous), np.ones(len(goal) - continuous)])
    lowest = np.concatenate([np.zeros(continuous), low])
    highest = np.concatenate([np.ones(continuous), high])
    options = {"time_limit": max(seconds, 0.1), "mip_rel_gap": GAP}
    found = milp(goal, constraints=rows, integrality=whole, bounds=Bounds(lowest, highest), options=options)
    if found.status == 2:
        raise ImpossibleError()
    if found.x is None:
        raise OutOfTimeError(seconds)
    return found


def _reach_all(problem: Problem, limit: float, seconds: float) -> Flags:
    """Return a plan that has everybody within ``limit``. Raises ImpossibleError if there is none, OutOfTimeError."""
    lived_in = problem.demand > 0
    if _coverable(problem, problem.cost <= limit) is False:  # half the steps of a bisection: no need of the solver
        raise ImpossibleError()
    near = sparse.csr_array((problem.cost[lived_in] <= limit).astype(float))
    rows = [LinearConstraint(near, 1, np.inf), *promises(problem, before=0), *choice(problem, before=0)]
    found = _solve(np.zeros(problem.cost.shape[1]), rows, problem, continuous=0, seconds=seconds)
    chosen: Flags = found.x > 0.5
    return chosen

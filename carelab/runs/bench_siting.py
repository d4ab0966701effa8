"""The benchmark's rows about siting: a large p-median beside spopt, the sizes of a city, and 200 futures."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter

import numpy as np

from carelab.planning.siting import capacitated, exact, robust
from carelab.planning.siting.futures import Futures, person_minutes
from carelab.planning.siting.problem import Array, Plan, Problem, covered, total_cost
from carelab.runs.bench_table import Row

REACH = 5.0


def made_up_town(points: int, sites: int, seed: int) -> tuple[Array, Array]:
    """Return minutes (point, candidate) and people (point); candidates lie near some of the points."""
    rng = np.random.default_rng(seed)
    where = rng.uniform(0, 20, (points, 2))
    candidates = where[rng.choice(points, sites, replace=False)] + rng.normal(0, 0.3, (sites, 2))
    minutes = np.hypot(*(where[:, None] - candidates[None]).transpose(2, 0, 1))
    return minutes, rng.lognormal(5, 1, points)


def siting_rows(*, quick: bool) -> Iterator[Row]:
    """Yield the large p-median beside spopt, each objective at city size, and selection frequencies of 200 futures."""
    yield from _large(*((200, 40, 6) if quick else (500, 100, 10)), target=None if quick else 3.0)
    solvers: dict[str, Callable[[Problem], Plan]] = {
        "p-median": exact.p_median,
        "maximal cover": lambda problem: exact.max_cover(problem, REACH),
        "p-center": exact.p_center,
    }
    for name, solve in solvers.items():
        found = [solve(Problem(*made_up_town(160, 60, seed), count=8)) for seed in range(5)]
        seconds = statistics.median(plan.seconds for plan in found)
        proven = all(plan.proven for plan in found)
        text = f"{seconds:.2f}; {'all' if proven else 'not all'} proven"
        yield Row(f"{name}, 160 x 60, median of five: seconds", text, "", "", "at most 10", proven and seconds <= 10)
    seated: dict[str, Callable[[Problem], Plan]] = {
        "p-median": lambda problem: capacitated.SeatedMedian()(problem),
        "maximal cover": lambda problem: capacitated.max_cover(problem, REACH),
    }
    for name, solve in seated.items():
        found = [solve(with_room(Problem(*made_up_town(160, 60, seed), count=8), seed)) for seed in range(5)]
        seconds = statistics.median(plan.seconds for plan in found)
        proven = all(plan.proven for plan in found)
        text = f"{seconds:.2f}; {'all' if proven else 'not all'} proven"
        met = proven and seconds <= 10
        yield Row(f"{name} with capacities, 160 x 60, median of five: seconds", text, "", "", "at most 10", met)
    yield _seated_futures(draws=10 if quick else 200)
    for name in ("p-median", "maximal cover", "p-center"):
        yield _futures(name, solvers[name], draws=20 if quick else 200)


def with_room(problem: Problem, seed: int, *, tight: float = 1.5) -> Problem:
    """Return the problem with capacities: the wanted sites together hold about ``tight`` times all people."""
    room = np.random.default_rng(seed).uniform(0.5, 1.5, len(problem.price))
    each = tight * problem.demand.sum() / (problem.count or 1)
    return replace(problem, capacity=np.round(each * room), refuse=float(problem.cost.max()))


def _seated_futures(*, draws: int) -> Row:
    """Return the time of a robust plan whose sites fill up, and how many futures are proven."""
    problem = with_room(Problem(*made_up_town(160, 60, 11), count=8), 11)
    people = problem.demand * np.random.default_rng(12).lognormal(0, 0.3, (draws, 160))
    ways = np.broadcast_to(problem.cost.T, (draws, *problem.cost.T.shape))
    futures, solver = Futures(ways, people, np.ones((draws, 60), bool)), capacitated.SeatedMedian()
    proven = []

    def solve(future: Problem) -> Plan:
        plan = solver(future)
        proven.append(plan.proven)
        return plan

    began = perf_counter()
    robust.choose_robust(
        problem,
        futures.problems(problem),
        solve=solve,
        value=lambda plan: futures.value(plan, problem, person_minutes),
        quick=robust.Quick(
            some=lambda plan, some: futures.some(some).value(plan, problem, person_minutes),
            at_least=lambda plan: futures.at_least(plan, problem, person_minutes),
        ),
    )
    seconds = perf_counter() - began
    what = f"p-median with capacities, {draws} futures, 160 x 60: seconds"
    return Row(what, f"{seconds:.0f}; {sum(proven)}/{len(proven)} proven", "", "", "at most 180", seconds <= 180)


def _large(points: int, sites: int, count: int, *, target: float | None) -> Iterator[Row]:
    import pulp
    from spopt.locate import PMedian

    minutes, people = made_up_town(points, sites, 7)
    began = perf_counter()
    theirs = PMedian.from_cost_matrix(minutes, people, p_facilities=count).solve(pulp.HiGHS(msg=False))
    other = perf_counter() - began
    mine = exact.p_median(Problem(minutes, people, count=count), seconds=600)
    ratio, best = other / mine.seconds, float(theirs.problem.objective.value())
    met = None if target is None else ratio >= target and mine.proven
    what = f"p-median, {points} x {sites}, p = {count}: seconds (spopt with HiGHS)"
    yield Row(what, f"{mine.seconds:.1f}", f"{other:.1f}", f"{ratio:.1f}", "at least 3", met)
    apart = abs(mine.objective / best - 1)
    yield Row("  same proven optimum: relative difference", f"{apart:.0e}", "", "", "at most 1e-6", apart <= 1e-6)


def _futures(name: str, solve: Callable[[Problem], Plan], *, draws: int) -> Row:
    minutes, people = made_up_town(160, 60, 11)
    demand = people * np.random.default_rng(12).lognormal(0, 0.3, (draws, 160))

    def value(plan: np.ndarray) -> Array:
        if name == "maximal cover":
            return np.asarray(demand.sum(axis=-1) - covered(minutes, demand, plan, REACH))
        if name == "p-center":
            near = minutes[:, plan].min(axis=1, initial=np.inf)
            return np.asarray(np.where(demand > 0, near, 0.0).max(axis=-1))
        return total_cost(minutes, demand, plan)

    began = perf_counter()
    problem = Problem(minutes, people, count=8)
    same = robust.same_places if name == "p-center" else None
    robust.choose_robust(problem, [problem.with_demand(row) for row in demand], solve=solve, value=value, same=same)
    seconds = perf_counter() - began
    limit = 180.0
    return Row(f"{name}, {draws} futures, 160 x 60: seconds", f"{seconds:.0f}", "", "", "at most 180", seconds <= limit)

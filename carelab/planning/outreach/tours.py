"""Tours of a team of two: visits with time windows, a lunch break, working hours; solved by PyVRP.

A working day is two halves, before and after lunch, with lunch at one place (by default the base): each half is a route
of its own, so the break is kept exactly. All visits are optional at a penalty above any way through the city: first as
many as possible are served, then time on the road is shortest. Method: iterated local search of PyVRP
(Wouda, Lan and Kool 2024, INFORMS Journal on Computing 36(4)); for 50 to 199 visits several such searches, and then
the cheapest plan out of all routes that they met (pool.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carelab.planning.outreach.pool import Pool
from carelab.planning.outreach.reasons import FULL, unserved_reason
from carelab.planning.outreach.shift import Shift, Visit
from carelab.planning.outreach.travel import Array

SECONDS = 60
MANY, VERY_MANY = 50, 200
"""Visits from which on the search looks nearer by (below, PyVRP's own settings are kept), and from which on one long
search with restarts replaces several short ones: choosing among the routes of 500 visits took longer than searching."""
START, LONG, RESTART = 5000, 40_000, 10_000
"""Iterations of one of several searches, of the long one, and without a gain after which the long one leaves its
plan."""
SEED_STEP = 1_000_003
UNSERVED_COST = 6 * 60 * SECONDS
"""What leaving one visit out costs in seconds of driving: more than half a day on the road."""
COLUMNS = ("team", "half", "order", "visit", "place", "start", "leave", "road")


@dataclass(frozen=True)
class Tours:
    """``stops``: team, half (0 before lunch, 1 after), order, visit, place, start, leave (minutes since midnight), road
    (minutes driven to it); ``unserved``: visit, reason; ``road`` minutes driven in all; ``cost`` seconds on the road
    plus the penalty of visits left out although possible alone; ``lunch`` place."""

    stops: pd.DataFrame
    unserved: pd.DataFrame
    road: float
    cost: int
    lunch: int


@dataclass(frozen=True)
class Search:
    """How long to search (iterations, not seconds: the same seed gives the same tours), and the seed.

    Without iterations: 100 for each visit, at least 5,000; 40,000 from 200 visits on (docs/methods.md: what longer
    ones add).
    """

    iterations: int | None = None
    seed: int = 1

    def length(self, visits: int) -> int:
        """Return the iterations for so many visits."""
        if self.iterations is not None:
            return self.iterations
        return max(START, 100 * visits) if visits < VERY_MANY else LONG

    def starts(self, visits: int) -> list[tuple[int, int]]:
        """Return seed and iterations of each start; together as long as asked."""
        length = self.length(visits)
        count = max(1, round(length / START)) if MANY <= visits < VERY_MANY else 1
        ends = [length * number // count for number in range(count + 1)]
        return [(self.seed + SEED_STEP * i, ends[i + 1] - ends[i]) for i in range(count)]


def plan_tours(
    visits: Sequence[Visit], travel: Array, shift: Shift, *, teams: int = 1, base: int = 0,
    lunch: int | None = None, search: Search | None = None,
) -> Tours:  # fmt: skip
    """Plan one day: ``travel`` minutes (place, place), ``base`` and ``lunch`` are places. Raises ValueError.

    With several teams lunch is at the base. Every visit is served once or listed as unserved with a reason.
    """
    lunch, search = base if lunch is None else lunch, search or Search()
    if teams > 1 and lunch != base:
        raise ValueError("several teams have lunch at the base")
    seconds = _seconds(travel)
    reasons = {each.key: unserved_reason(each, seconds / SECONDS, shift, (base, lunch)) for each in visits}
    possible = [each for each in visits if reasons[each.key] == FULL]
    routes, cost = _solve(possible, seconds, shift, teams=teams, ends=(base, lunch), search=search)
    stops, idle = _stops(possible, routes, seconds, (base, lunch))
    served = set(stops["visit"])
    left = [(each.key, reasons[each.key]) for each in visits if each.key not in served]
    penalty = UNSERVED_COST * sum(reason == FULL for _, reason in left)
    unserved = pd.DataFrame(left, columns=["visit", "reason"])
    return Tours(stops, unserved, (cost - penalty + idle) / SECONDS, cost + idle, lunch)


def _seconds(travel: Array) -> Any:
    """Return whole seconds, rounded up, never longer than a way round by a third place (rounding can break that)."""
    from scipy.sparse.csgraph import floyd_warshall

    seconds = np.ceil(np.asarray(travel, float) * SECONDS - 1e-6)
    np.fill_diagonal(seconds, 0)
    return np.rint(floyd_warshall(np.where(seconds == 0, 1e-6, seconds))).astype(np.int64)


def _solve(
    visits: Sequence[Visit], seconds: Any, shift: Shift, *, teams: int, ends: tuple[int, int], search: Search
) -> tuple[list[Any], int]:
    """Return the routes (PyVRP) and the cost; nothing is searched where there is no visit."""
    if not visits:
        return [], 0
    from pyvrp import solve
    from pyvrp.stop import MaxIterations

    data, starts = _problem(visits, seconds, shift, teams=teams, ends=ends), search.starts(len(visits))
    pool = Pool() if len(starts) > 1 else None
    params = _settings(len(visits), pool)
    results = [
        solve(data, MaxIterations(size), seed=seed, collect_stats=False, display=False, params=params)
        for seed, size in starts
    ]
    best = min(results, key=lambda result: result.cost())
    if not best.is_feasible():
        raise RuntimeError("no feasible tour found although every visit may be left out")
    found = list(best.best.routes()), int(best.cost())
    joined = pool.cheapest(len(visits), (teams, teams), unserved=UNSERVED_COST) if pool else None
    return found if joined is None or joined[1] >= found[1] else joined


def _problem(visits: Sequence[Visit], seconds: Any, shift: Shift, *, teams: int, ends: tuple[int, int]) -> Any:
    """Return the day as PyVRP takes it: two vehicle types, before and after lunch."""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType

    places = [Location(0, 0) for _ in range(len(seconds))]
    clients = [
        Client(
            each.place, service_duration=each.minutes * SECONDS, tw_early=each.early * SECONDS,
            tw_late=each.late * SECONDS, prize=UNSERVED_COST, required=False,
        )
        for each in visits
    ]  # fmt: skip
    depots = [Depot(place) for place in ends]
    types = [
        VehicleType(
            teams, start_depot=half, end_depot=1 - half, tw_early=begin * SECONDS, tw_late=end * SECONDS,
            unit_distance_cost=1,
        )
        for half, (begin, end) in enumerate(shift.halves)
    ]  # fmt: skip
    return ProblemData(places, clients, depots, types, [seconds], [seconds])


def _settings(visits: int, pool: Any) -> Any:
    """Return PyVRP's settings for so many visits (measured: docs/methods.md); routes met go to ``pool``."""
    from pyvrp import SolveParams
    from pyvrp.IteratedLocalSearch import IteratedLocalSearchParams
    from pyvrp.search import NeighbourhoodParams, PerturbationParams

    if visits < MANY:
        return SolveParams(IteratedLocalSearchParams(callbacks=pool))
    near, history, restart = (20, 50, RESTART) if visits >= VERY_MANY else (30, 100, 15 * RESTART)
    return SolveParams(
        IteratedLocalSearchParams(restart, history, callbacks=pool),
        neighbourhood=NeighbourhoodParams(num_neighbours=near),
        perturbation=PerturbationParams(max_perturbations=10),
    )


def _stops(visits: Sequence[Visit], routes: list[Any], seconds: Any, ends: tuple[int, int]) -> tuple[pd.DataFrame, int]:
    """Return the stops in order, and the seconds of a half without visits whose other half starts elsewhere."""
    rows: list[tuple[Any, ...]] = []
    used = [0, 0]
    for route in routes:
        half = route.vehicle_type()
        team, at = used[half], ends[half]
        used[half] += 1
        order = 0
        for activity in route.schedule():
            if not activity.is_client():
                continue
            each = visits[activity.idx]
            start, leave = activity.start_time, activity.start_time + each.minutes * SECONDS
            road = int(seconds[at, each.place])
            rows.append((team, half, order, each.key, each.place, start / SECONDS, leave / SECONDS, road / SECONDS))
            at, order = each.place, order + 1
    idle = int(seconds[ends]) if ends[0] != ends[1] and used[0] != used[1] else 0
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["team", "half", "order"], ignore_index=True), idle

"""The cheapest plan out of the routes that several searches met: one search's morning goes with another's afternoon.

A search ends in a plan that no small change improves, and another search in another such plan. Choosing among all
routes of both, so that each visit is served once or left out, is a set partitioning problem; HiGHS solves it. The
choice is never dearer than the cheapest plan met. Idea: Rochat and Taillard 1995, Journal of Heuristics 1(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

EVERY = 20
"""Of the solutions on the way, every so-manieth is looked at: neighbours differ in a route or two."""
NODES = 200
"""Branchings allowed; a count and not a time, so that the same seed gives the same plan."""
GAP = 1e-4


class Pool:
    """Routes met: the shortest order for each set of visits and vehicle type. PyVRP calls the ``on_`` methods."""

    def __init__(self) -> None:
        self._seen = 0
        self._routes: dict[tuple[int, frozenset[int]], Any] = {}

    def on_start(self, search: Any) -> None:
        """Nothing is known yet."""

    def on_end(self, result: Any) -> None:
        """All routes of the best plan are in the pool already."""

    def on_restart(self, best: Any) -> None:
        """A restart begins from a plan that is in the pool."""

    def on_best(self, best: Any) -> None:
        """Keep the routes of a new best plan."""
        self.keep(best)

    def on_iteration(self, current: Any, candidate: Any, best: Any, cost: Any) -> None:
        """Keep the routes of a plan on the way, now and then."""
        self._seen += 1
        if self._seen % EVERY == 0 and current.is_feasible():
            self.keep(current)

    def keep(self, solution: Any) -> None:
        """Add the routes of a feasible solution."""
        for route in solution.routes():
            key = route.vehicle_type(), frozenset(stop.idx for stop in route.schedule() if stop.is_client())
            if key not in self._routes or route.distance() < self._routes[key].distance():
                self._routes[key] = route

    def cheapest(self, visits: int, available: Sequence[int], *, unserved: int) -> tuple[list[Any], int] | None:
        """Return the routes to drive and their cost (seconds, and ``unserved`` for each visit left out).

        ``available`` vehicles of each type. None where the limit of branchings came before any plan.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array, hstack, identity

        routes = list(self._routes.values())
        sets = [stops for _, stops in self._routes]
        column = np.repeat(np.arange(len(routes)), [len(stops) for stops in sets])
        row = np.array([visit for stops in sets for visit in stops], int)
        serves = coo_array((np.ones(len(row)), (row, column)), shape=(visits, len(routes)))
        kinds = np.array([kind for kind, _ in self._routes], int)
        uses = coo_array((np.ones(len(routes)), (kinds, np.arange(len(routes)))), shape=(len(available), len(routes)))
        once = LinearConstraint(hstack([serves, identity(visits)]).tocsr(), 1, 1)
        fleet = LinearConstraint(hstack([uses, coo_array((len(available), visits))]).tocsr(), 0, np.array(available))
        cost = np.concatenate([[route.distance() for route in routes], np.full(visits, unserved)])
        found = milp(
            cost, integrality=np.ones(len(cost)), bounds=Bounds(0, 1), constraints=[once, fleet],
            options={"node_limit": NODES, "mip_rel_gap": GAP},
        )  # fmt: skip
        if found.x is None:
            return None
        taken = found.x > 0.5
        return [routes[i] for i in np.flatnonzero(taken[: len(routes)])], int(cost[taken].sum())

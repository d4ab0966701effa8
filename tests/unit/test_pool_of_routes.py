"""The choice among routes is the cheapest of all choices, and a plan joined from several searches can be driven."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from carelab.planning.outreach import tours as module
from carelab.planning.outreach.feasible import broken_rules
from carelab.planning.outreach.pool import Pool
from carelab.planning.outreach.shift import Shift
from carelab.planning.outreach.tours import SEED_STEP, Search, plan_tours
from carelab.runs.bench_tours import made_up_day

pytestmark = pytest.mark.unit

PENALTY, VISITS, FLEET = 70, 6, (2, 1)


@dataclass(frozen=True)
class Stop:
    idx: int

    def is_client(self) -> bool:
        return True


@dataclass(frozen=True)
class Route:
    kind: int
    stops: tuple[int, ...]
    length: int

    def vehicle_type(self) -> int:
        return self.kind

    def schedule(self) -> list[Stop]:
        return [Stop(stop) for stop in self.stops]

    def distance(self) -> int:
        return self.length


@dataclass(frozen=True)
class Plan:
    made: list[Route]

    def routes(self) -> list[Route]:
        return self.made


def some_routes(seed: int) -> list[Route]:
    rng = np.random.default_rng(seed)
    return [
        Route(int(rng.integers(2)), tuple(rng.permutation(VISITS)[: rng.integers(1, 4)].tolist()), int(length))
        for length in rng.integers(20, 160, 12)
    ]


def cheapest_by_trying(routes: list[Route]) -> int:
    best = PENALTY * VISITS
    for count in range(1, sum(FLEET) + 1):
        for some in combinations(routes, count):
            served = [stop for route in some for stop in route.stops]
            kinds = [sum(route.kind == kind for route in some) for kind in (0, 1)]
            if len(served) == len(set(served)) and all(np.array(kinds) <= FLEET):
                left = VISITS - len(served)
                best = min(best, sum(route.length for route in some) + PENALTY * left)
    return best


@pytest.mark.parametrize("seed", range(15))
def test_no_choice_of_routes_is_cheaper(seed: int) -> None:
    routes, pool = some_routes(seed), Pool()
    for route in routes:
        pool.keep(Plan([route]))
    found = pool.cheapest(VISITS, FLEET, unserved=PENALTY)
    assert found is not None
    chosen, cost = found
    served = [stop for route in chosen for stop in route.stops]
    assert len(served) == len(set(served))
    assert cost == sum(route.length for route in chosen) + PENALTY * (VISITS - len(served))
    assert cost == cheapest_by_trying(routes)


def test_of_two_orders_the_shorter_is_kept() -> None:
    pool = Pool()
    pool.keep(Plan([Route(0, (0, 1), 30), Route(0, (1, 0), 20), Route(0, (0, 1), 25)]))
    assert pool.cheapest(2, (1, 1), unserved=PENALTY) == ([Route(0, (1, 0), 20)], 20)


def test_joined_searches_are_feasible_and_no_dearer_than_each(monkeypatch: pytest.MonkeyPatch) -> None:
    shift, (visits, travel) = Shift(480, 960, 720, 30), made_up_day(60)
    alone = [plan_tours(visits, travel, shift, teams=9, search=Search(100, 1 + k * SEED_STEP)).cost for k in range(3)]
    monkeypatch.setattr(module, "START", 100)
    joined = plan_tours(visits, travel, shift, teams=9, search=Search(300, 1))
    assert joined.cost < min(alone), "joining found nothing new: the test says little"
    assert broken_rules(joined, visits, travel, shift) == []
    assert joined.cost == round(60 * joined.road) + module.UNSERVED_COST * (joined.unserved["reason"] == "full").sum()

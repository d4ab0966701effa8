"""Tours against all plans there are (few visits), and the rules every plan keeps (many visits, too few teams)."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from math import inf

import numpy as np
import pytest

from carelab.planning.outreach.feasible import broken_rules
from carelab.planning.outreach.reasons import FULL, REASONS
from carelab.planning.outreach.shift import Shift, Visit
from carelab.planning.outreach.tours import UNSERVED_COST, Search, Tours, plan_tours
from carelab.planning.outreach.travel import Array
from carelab.runs.bench_tours import made_up_day

pytestmark = pytest.mark.functional

SHIFT = Shift(480, 960, 720, 30)
WINDOWS = [(0, 1440), (480, 600), (600, 690), (750, 930), (780, 840)]


def small_day(seed: int, count: int) -> tuple[list[Visit], Array]:
    """Whole minutes between points of a plane, so that the solver and the check by hand round nothing."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 60, (count + 1, 2))
    travel = np.ceil(np.abs(at[:, None] - at[None]).sum(axis=-1) / 2) + 0.0
    visits = [
        Visit(f"v{i}", i, int(rng.choice([30, 60, 90])), *WINDOWS[rng.integers(len(WINDOWS))])
        for i in range(1, count + 1)
    ]
    return visits, travel


def road_of(order: tuple[Visit, ...], travel: Array, half: tuple[int, int]) -> float:
    """Minutes driven from the base through the visits and back; infinite where one comes too late."""
    free, at, road = float(half[0]), 0, 0.0
    for each in order:
        road += travel[at, each.place]
        start = max(free + travel[at, each.place], each.early)
        if start > each.late:
            return inf
        free, at = start + each.minutes, each.place
    return road + travel[at, 0] if free + travel[at, 0] <= half[1] else inf


def cheapest_of_all(visits: list[Visit], travel: Array) -> float:
    """Least seconds of road and penalties of one team over all ways to order, split by lunch, and leave out."""
    best = [inf, inf]
    sums = []
    for half in SHIFT.halves:
        least: dict[frozenset[str], float] = {}
        for length in range(len(visits) + 1):
            for order in permutations(visits, length):
                chosen = frozenset(each.key for each in order)
                least[chosen] = min(least.get(chosen, inf), road_of(order, travel, half))
        sums.append(least)
    for morning, first in sums[0].items():
        for afternoon, second in sums[1].items():
            if not morning & afternoon:
                left = len(visits) - len(morning) - len(afternoon)
                best[0] = min(best[0], 60 * (first + second) + UNSERVED_COST * left)
    return best[0]


@pytest.mark.parametrize("seed", range(12))
def test_few_visits_cost_what_the_best_of_all_plans_costs(seed: int) -> None:
    visits, travel = small_day(seed, 5 + seed % 2)
    tours = plan_tours(visits, travel, SHIFT, search=Search(1500))
    impossible = (tours.unserved["reason"] != FULL).sum()
    assert tours.cost + UNSERVED_COST * impossible == cheapest_of_all(visits, travel)
    assert broken_rules(tours, visits, travel, SHIFT) == []


def test_the_small_days_are_not_all_easy() -> None:
    """Some leave a visit out and some use both halves: otherwise the comparison above would say little."""
    plans = [plan_tours(*small_day(seed, 6), SHIFT, search=Search(200)) for seed in range(12)]
    assert any((plan.unserved["reason"] == FULL).any() for plan in plans)
    assert sum(plan.stops["half"].nunique() == 2 for plan in plans) >= 6


@pytest.fixture(scope="module")
def crowded() -> tuple[list[Visit], Array, Tours]:
    visits, travel = made_up_day(100)
    return visits, travel, plan_tours(visits, travel, SHIFT, teams=9, search=Search(300))


def test_too_few_teams_serve_each_visit_once_or_say_why(crowded: tuple[list[Visit], Array, Tours]) -> None:
    visits, travel, tours = crowded
    assert broken_rules(tours, visits, travel, SHIFT) == []
    times = Counter([*tours.stops["visit"], *tours.unserved["visit"]])
    assert times == Counter(visit.key for visit in visits)
    assert set(tours.unserved["reason"]) <= set(REASONS)
    assert (tours.unserved["reason"] == FULL).any(), "nine teams were enough: the test says nothing"
    assert tours.stops["team"].max() < 9


def test_windows_and_the_way_are_kept_stop_by_stop(crowded: tuple[list[Visit], Array, Tours]) -> None:
    visits, travel, tours = crowded
    known, stops = {visit.key: visit for visit in visits}, tours.stops
    early, late = (np.array([getattr(known[key], name) for key in stops["visit"]]) for name in ("early", "late"))
    assert ((stops["start"] >= early - 1e-9) & (stops["start"] <= late + 1e-9)).all()
    after = stops.groupby(["team", "half"]).shift()
    follows = after["leave"].notna()
    ready = after["leave"][follows] + stops["road"][follows]
    assert (stops["start"][follows] >= ready - 1e-6).all()
    road = travel[after["place"][follows].astype(int), stops["place"][follows]]
    assert stops["road"][follows].to_numpy() == pytest.approx(road, abs=1 / 60 + 1e-9)


def test_searching_on_never_makes_a_plan_dearer() -> None:
    visits, travel = made_up_day(40)
    costs = [plan_tours(visits, travel, SHIFT, teams=7, search=Search(length, 2)).cost for length in (50, 300, 1000)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]

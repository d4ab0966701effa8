"""Laws of tours and of the simulated year: nothing is served that nobody asked for, time adds up, windows are kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest

from carelab.planning.outreach import reasons
from carelab.planning.outreach.arrivals import daily_arrivals
from carelab.planning.outreach.compare import run_design
from carelab.planning.outreach.feasible import broken_rules
from carelab.planning.outreach.month import plan_month
from carelab.planning.outreach.shift import Shift, Visit
from carelab.planning.outreach.simulate import World, simulate_year, waiting_days
from carelab.planning.outreach.tours import Search, plan_tours
from carelab.planning.outreach.travel import Array, drive_minutes, straight_km

pytestmark = pytest.mark.functional

SHIFT = Shift(480, 960, 720, 30)


def town(places: int, seed: int = 1) -> Array:
    rng = np.random.default_rng(seed)
    lon, lat = 11.97 + rng.normal(0, 0.04, places), 51.48 + rng.normal(0, 0.03, places)
    return np.ceil(drive_minutes(straight_km(lon, lat), detour=1.3, speed=25) * 60) / 60


def some_visits(count: int, places: int, seed: int = 1) -> list[Visit]:
    rng = np.random.default_rng(seed)
    windows = [(0, 1440), (480, 690), (750, 930), (840, 900)]
    return [
        Visit(f"v{i}", int(rng.integers(1, places)), int(rng.choice([15, 30, 60])), *windows[rng.integers(4)],
              day=int(rng.integers(5)))
        for i in range(count)
    ]  # fmt: skip


def shortest_by_trying(visits: Sequence[Visit], travel: Array) -> float:
    """Return the least minutes on the road of a morning that serves all visits, over all orders."""
    best = np.inf
    for order in permutations(visits):
        free, at, road = 480.0, 0, 0.0
        for each in order:
            road += travel[at, each.place]
            free = max(free + travel[at, each.place], each.early) + each.minutes
            at = each.place
        if free + travel[at, 0] <= 720:
            best = min(best, road + travel[at, 0])
    return float(best)


def test_a_small_tour_is_the_shortest_of_all_orders() -> None:
    travel = town(7)
    visits = [Visit(f"v{i}", i, 20, 480, 690) for i in range(1, 7)]
    tours = plan_tours(visits, travel, Shift(480, 960, 720, 30), search=Search(500))
    both = tours.stops[tours.stops["half"] == 0]
    assert len(both) == 6
    assert tours.road == pytest.approx(shortest_by_trying(visits, travel), abs=0.2)


@pytest.mark.parametrize("teams", [1, 3])
def test_tours_are_feasible_and_reproducible(teams: int) -> None:
    travel, visits = town(15), some_visits(25, 15)
    first, again = (plan_tours(visits, travel, SHIFT, teams=teams, search=Search(300, 4)) for _ in range(2))
    assert broken_rules(first, visits, travel, SHIFT) == []
    assert first.stops.equals(again.stops)
    assert first.road >= first.stops["road"].sum() - 1e-6


def test_the_check_finds_a_broken_plan() -> None:
    travel, visits = town(15), some_visits(12, 15)
    tours = plan_tours(visits, travel, SHIFT, teams=2, search=Search(100))
    tours.stops.loc[0, "start"] -= 60
    assert broken_rules(tours, visits, travel, SHIFT)


def test_reasons_are_the_rule_that_holds() -> None:
    travel = np.array([[0.0, 10.0, 230.0], [10.0, 0.0, 225.0], [230.0, 225.0, 0.0]])
    visits = [
        Visit("noon", 1, 30, 722, 740), Visit("far", 2, 30), Visit("long", 1, 300), Visit("late", 1, 30, day=9),
        Visit("second", 1, 20, after="late"), Visit("other", 1, 30, team=4), Visit("fine", 1, 30),
    ]  # fmt: skip
    month = plan_month(visits, travel, SHIFT, days=3, search=Search(50))
    found = dict(month.unserved.itertuples(index=False))
    assert found == {
        "noon": reasons.WINDOW, "far": reasons.TOO_FAR, "long": reasons.WINDOW, "late": reasons.TOO_LATE,
        "second": reasons.NO_FIRST, "other": reasons.NO_TEAM,
    }  # fmt: skip
    assert list(month.stops["visit"]) == ["fine"]


def test_a_month_is_feasible_every_day_and_keeps_team_and_day() -> None:
    travel, visits = town(12), some_visits(60, 12)
    visits += [Visit(f"{each.key}b", each.place, 15, day=0, after=each.key, gap=3) for each in visits[:10]]
    month = plan_month(visits, travel, SHIFT, days=10, teams=2, search=Search(60))
    for chosen, tours in month.tours.values():
        assert broken_rules(tours, chosen, travel, SHIFT) == []
    made = month.stops.set_index("visit")[["day", "team"]]
    assert made.index.is_unique
    assert sorted([*made.index, *month.unserved["visit"]]) == sorted(visit.key for visit in visits)
    first_days = {visit.key: visit.day for visit in visits}
    assert all(day >= first_days[key] for key, day in made["day"].items())
    pairs = [(key, f"{key}b") for key in made.index if f"{key}b" in made.index]
    assert pairs, "no follow-up was made: the test says nothing"
    for first, second in pairs:
        assert made.loc[first, "team"] == made.loc[second, "team"]
        assert made.loc[second, "day"] >= made.loc[first, "day"] + 3


def world(draws: int = 6, districts: int = 5, scale: float = 20.0) -> World:
    rng = np.random.default_rng(3)
    days = 120
    drive = np.stack([town(districts + 1, seed) for seed in range(draws)])
    return World(
        arrivals=daily_arrivals(rng.gamma(2.0, scale, (draws, districts, 4)), days, 7),
        contact=np.full((draws, districts, 4), 40.0),
        access=np.full(draws, 0.0),
        leg=np.full((draws, districts), 4.0),
        drive=drive,
        lost=rng.random((days, draws)) < 0.1,
        day_minutes=450.0,
        cases=np.ones((draws, districts, 4)),
    )


@pytest.mark.parametrize("pattern", [("visits",), ("series", "stops"), ("visits", "series", "stops")])
@pytest.mark.parametrize("vehicles", [1, 2])
def test_a_year_adds_up(pattern: tuple[str, ...], vehicles: int) -> None:
    w = world()
    year = simulate_year(w, pattern, vehicles=vehicles)
    assert (year.served >= 0).all()
    assert (year.served.cumsum(axis=0) <= w.arrivals.cumsum(axis=0)).all(), "served before asked"
    service = 40.0 * year.served.sum(axis=(0, 2, 3))
    assert service + year.road + year.unused == pytest.approx(450.0 * year.worked)
    assert (year.served.sum(axis=(2, 3))[w.lost] == 0).all(), "worked on a lost day"


def test_queues_that_a_design_leaves_out_are_never_served() -> None:
    w = world()
    series = simulate_year(w, ("series",)).served
    stops = simulate_year(w, ("stops",)).served
    assert series[..., :2].sum() == 0
    assert stops[..., 1:].sum() == 0
    assert series[..., 2:].sum() > 0
    assert stops[..., 0].sum() > 0


def test_more_vehicles_never_serve_less_and_costs_follow() -> None:
    w, cost = world(scale=60.0), np.full(6, 100_000.0)
    one, two = (run_design(w, ("visits",), cost, vehicles=count) for count in (1, 2))
    assert (two.values["contacts"] >= one.values["contacts"]).all()
    assert one.values["cost_per_contact"] * one.values["contacts"] == pytest.approx(cost)


def test_a_second_vehicle_may_work_where_the_first_is() -> None:
    w, cost = world(districts=1, scale=2000.0), np.ones(6)
    one, two = (run_design(w, ("visits",), cost, vehicles=count).values["contacts"] for count in (1, 2))
    assert two == pytest.approx(2 * one, rel=0.05)


def test_waiting_by_hand() -> None:
    came, left = np.zeros((10, 1, 1, 1), int), np.zeros((10, 1, 1, 1), int)
    came[[0, 1, 5, 9], 0, 0, 0] = [2, 1, 1, 5]
    left[[1, 6], 0, 0, 0] = [1, 2]
    wait, draw = waiting_days(came, left, days_per_week=5)
    # day 5 is Monday of the second week: calendar day 7; the last quarter is left out
    assert sorted(wait) == [1.0, 7.0, 8.0, np.inf]
    assert set(draw) == {0}


def test_more_requests_leave_the_others_where_they_are() -> None:
    low = daily_arrivals(np.full((3, 2, 2), 10.0), 60, 5)
    high = daily_arrivals(np.full((3, 2, 2), 14.0), 60, 5)
    assert (high >= low).all()
    assert high.sum() > low.sum()


def test_requests_are_poisson() -> None:
    counts = daily_arrivals(np.full((400, 5, 2), 12.0), 40, 11).sum(axis=0)
    assert counts.mean() == pytest.approx(12.0, abs=4 * np.sqrt(12 / counts.size))
    assert counts.var() / counts.mean() == pytest.approx(1.0, abs=0.1)

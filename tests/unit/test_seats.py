"""Sites that fill up: the assignment against linear programming, plans against enumeration, and what room does."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from carelab.planning.siting import capacitated, exact, nested, robust
from carelab.planning.siting.futures import Futures, left_out, person_minutes
from carelab.planning.siting.problem import Problem, total_cost
from carelab.planning.siting.seats import seat

pytestmark = pytest.mark.unit


def by_programming(cost: np.ndarray, demand: np.ndarray, room: np.ndarray, refuse: float) -> float:
    """Return the least minutes by HiGHS: people from points to sites and to nowhere."""
    ways = np.vstack([cost, np.full(len(demand), refuse)])
    sites, points = ways.shape
    open_ = np.isfinite(ways).ravel()
    served = sparse.hstack([sparse.eye_array(points)] * sites)
    taken = sparse.kron(sparse.eye_array(sites), np.ones((1, points)))
    upper = np.append(np.minimum(room, demand.sum()), demand.sum())
    goal, bounds = np.where(open_, ways.ravel(), 0.0), np.c_[np.zeros(open_.size), np.where(open_, np.inf, 0.0)]
    return float(linprog(goal, A_ub=taken, b_ub=upper, A_eq=served, b_eq=demand, bounds=bounds).fun)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 20), st.sampled_from([8.0, 21.0, 90.0]))
@settings(max_examples=40, deadline=None)
def test_the_assignment_is_the_best_there_is(seed: int, sites: int, points: int, refuse: float) -> None:
    rng = np.random.default_rng(seed)
    cost = np.where(rng.random((3, sites, points)) < 0.15, np.inf, rng.integers(0, 20, (3, sites, points)))
    demand = rng.integers(0, 9, (3, points)) * rng.choice([1.0, 0.37])
    room = rng.uniform(0, 0.6, (3, sites)) * demand.sum(axis=1, keepdims=True)
    room[rng.random((3, sites)) < 0.15] = np.inf
    found = seat(cost, demand, room, refuse=refuse)
    assert (found.people >= 0).all()
    assert (found.people.sum(axis=2) <= room + 1e-6).all()
    assert found.people.sum(axis=1) + found.left == pytest.approx(demand, abs=1e-6)
    for draw in range(3):
        best = by_programming(cost[draw], demand[draw], room[draw], refuse)
        assert found.minutes[draw] == pytest.approx(best, rel=1e-7, abs=1e-6)


def test_everybody_is_at_the_nearest_where_there_is_room() -> None:
    rng = np.random.default_rng(1)
    cost, demand = rng.uniform(0, 9, (4, 5, 30)), rng.uniform(0, 9, (4, 30))
    found = seat(cost, demand, np.full((4, 5), np.inf), refuse=99.0)
    assert found.minutes == pytest.approx((demand * cost.min(axis=1)).sum(axis=1))
    assert (found.left == 0).all()


def town(seed: int, *, tight: float = 1.3) -> Problem:
    rng = np.random.default_rng(seed)
    where, candidates = rng.uniform(0, 20, (12, 2)), rng.uniform(0, 20, (7, 2))
    minutes = np.hypot(*(where[:, None] - candidates[None]).transpose(2, 0, 1))
    people = rng.integers(1, 300, 12).astype(float)
    room = people.sum() * tight / 3 * rng.uniform(0.4, 1.6, 7)
    return Problem(minutes, people, count=3, capacity=room.round(), refuse=float(minutes.max()))


def plans(count: int) -> np.ndarray:
    return np.array([np.isin(np.arange(7), chosen) for chosen in combinations(range(7), count)])


@given(st.integers(0, 10_000), st.sampled_from([0.6, 1.0, 1.6]))
@settings(max_examples=20, deadline=None)
def test_plans_with_room_for_so_many_are_equal_to_enumeration(seed: int, tight: float) -> None:
    problem = replace(town(seed, tight=tight), fixed=np.arange(7) == 2, open_to=np.arange(7) != 5)
    every = [plan for plan in plans(3) if plan[2] and not plan[5]]
    minutes = [
        by_programming(problem.cost[:, plan].T, problem.demand, problem.capacity[plan], problem.refuse)
        for plan in every
    ]
    found = capacitated.SeatedMedian()(problem)
    assert found.proven
    assert found.objective == pytest.approx(min(minutes), rel=1e-6)
    assert capacitated.seated_cost(problem, found.chosen[None])[0] == pytest.approx(found.objective, rel=1e-6)
    ways = np.where(problem.cost <= 5.0, 0.0, 1.0)
    lost = [by_programming(ways[:, plan].T, problem.demand, problem.capacity[plan], 1.0) for plan in every]
    cover = capacitated.max_cover(problem, 5.0)
    assert cover.objective == pytest.approx(problem.demand.sum() - min(lost), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("small", [True, False])
def test_what_is_remembered_and_ruled_out_never_changes_the_plan(small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not small:
        monkeypatch.setattr(capacitated, "SMALL", 0)  # bounds even here
    problem, solve = town(4), capacitated.SeatedMedian()
    for draw in range(15):
        people = problem.demand * np.random.default_rng(draw).lognormal(0, 0.4, 12)
        future = problem.with_demand(people)
        best = capacitated.seated_cost(future, plans(3)).min()
        found = solve(future)
        assert found.objective == pytest.approx(best, rel=1e-6)
        assert found.bound <= best * (1 + 1e-6)
        assert found.proven


def test_a_promise_is_about_the_way_and_a_budget_pays_for_room() -> None:
    problem = town(3, tight=0.8)
    limit = problem.cost.min(axis=1) + 4.0
    held = replace(problem, count=5, limit=limit)
    chosen = capacitated.SeatedMedian()(held).chosen
    assert robust.feasible(held, chosen)
    price = np.random.default_rng(3).uniform(1, 5, 7)
    paid = replace(problem, count=None, budget=9.0, price=price)
    found = capacitated.SeatedMedian()(paid)
    every = np.concatenate([plans(count) for count in range(1, 7)])
    able = every[every @ price <= 9.0]
    assert found.objective == pytest.approx(
        min(capacitated.seated_cost(paid, plan[None])[0] for plan in able), rel=1e-6
    )


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_larger_centres_with_room_for_so_many_are_equal_to_enumeration(seed: int) -> None:
    problem = town(seed, tight=0.9)
    able = np.arange(7) != 4
    upgrade = nested.Upgrade(0.3, able, np.zeros(7, bool), np.ones(7), count=1)
    found = nested.p_median_nested(problem, upgrade)
    every = [
        0.7 * float(capacitated.seated_cost(problem, plan[None])[0])
        + 0.3 * float(total_cost(problem.cost, problem.demand, larger))
        for plan in plans(3)
        for larger in plans(1)
        if not (larger & ~(plan & able)).any()
    ]
    assert found.objective == pytest.approx(min(every), rel=1e-6)
    assert len(found.chosen) == 7
    assert not (found.upgraded & ~(found.chosen & able)).any()


def test_upgrades_are_paid_from_what_is_left() -> None:
    problem = town(5)
    chosen, price = np.arange(7) < 4, np.array([3.0, 1.0, 5.0, 9.0, 1.0, 1.0, 1.0])
    upgrade = nested.Upgrade(0.3, np.ones(7, bool), np.zeros(7, bool), price, count=2)
    futures = problem.demand * np.ones((20, 1))
    best, often = nested.best_upgrades(problem.cost, futures, chosen, upgrade, quantile=0.9, money=4.0)
    assert price[best].sum() <= 4.0
    assert best.sum() == 2
    assert often.sum() == pytest.approx(2)
    none, _ = nested.best_upgrades(problem.cost, futures, chosen, upgrade, quantile=0.9, money=0.5)
    assert not none.any()


def futures_of(problem: Problem, draws: int, *, willing: float) -> Futures:
    rng = np.random.default_rng(9)
    cost = problem.cost.T[None] * rng.uniform(0.8, 1.2, (draws, 1, 1))
    agreed = rng.random((draws, 7)) < willing
    agreed[:, 0] = True
    return Futures(cost, problem.demand * rng.lognormal(0, 0.3, (draws, 12)), agreed)


@pytest.mark.parametrize("measure", [person_minutes, left_out(5.0)], ids=["median", "cover"])
def test_values_are_never_below_their_bound_and_some_are_those_of_all(measure: object) -> None:
    problem = town(6, tight=0.9)
    futures = futures_of(problem, 25, willing=0.7)
    for plan in plans(3)[::6]:
        value = futures.value(plan, problem, measure)  # type: ignore[arg-type]
        assert (futures.at_least(plan, problem, measure) <= value * (1 + 1e-9) + 1e-9).all()  # type: ignore[arg-type]
        some = np.array([3, 8, 21])
        assert futures.some(some).value(plan, problem, measure) == pytest.approx(value[some])  # type: ignore[arg-type]
        short = np.maximum(futures.demand.sum(axis=1) - problem.capacity[plan].sum(), 0.0)
        if (futures.open_to[:, plan]).all():
            assert futures.no_room(plan, problem) == pytest.approx(short)


def test_what_spares_time_leaves_the_robust_plan_as_it_is() -> None:
    problem = town(8, tight=1.1)
    futures = futures_of(problem, 20, willing=0.8)
    every = futures.problems(problem)
    value = lambda plan: futures.value(plan, problem, person_minutes)  # noqa: E731
    quick = robust.Quick(
        some=lambda plan, draws: futures.some(draws).value(plan, problem, person_minutes),
        at_least=lambda plan: futures.at_least(plan, problem, person_minutes),
    )
    plain, spared = (
        robust.choose_robust(problem, every, solve=capacitated.SeatedMedian(), value=value, quick=with_)
        for with_ in (None, quick)
    )
    assert (plain.robust == spared.robust).all()
    assert plain.best == pytest.approx(spared.best)
    assert (spared.regret_robust >= 0).all()


def test_room_moves_the_robust_plan_where_the_nearest_site_is_too_small() -> None:
    """A small house in the middle is nearest for all; only who looks at its size builds the larger one beside it."""
    minutes = np.array([[1.0, 4.0, 9.0], [1.0, 4.0, 9.0]])
    demand = np.random.default_rng(2).uniform(80, 120, (40, 2))
    wide = Problem(minutes, demand.mean(axis=0), count=1)
    small = replace(wide, capacity=np.array([50.0, 300.0, 300.0]), refuse=30.0)
    assert exact.p_median(wide).chosen.tolist() == [True, False, False]
    futures = Futures(np.repeat(minutes.T[None], 40, axis=0), demand, np.ones((40, 3), bool))
    found = robust.choose_robust(
        small,
        futures.problems(small),
        solve=capacitated.SeatedMedian(),
        value=lambda plan: futures.value(plan, small, person_minutes),
    )
    assert found.robust.tolist() == [False, True, False]
    assert (futures.no_room(np.array([True, False, False]), small) > 100).all()
    assert (futures.no_room(found.robust, small) == 0).all()

"""Siting against enumeration of every plan, against spopt, and against made-up cases whose answer is known."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.planning.siting import covering, exact, nested, robust
from carelab.planning.siting.covering import coverable
from carelab.planning.siting.problem import Problem, covered, farthest, total_cost
from carelab.terms import UserError

pytestmark = pytest.mark.unit


def town(seed: int, *, points: int = 12, sites: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Return minutes (point, candidate) and people (point) of a made-up town; some places are empty."""
    rng = np.random.default_rng(seed)
    where, candidates = rng.uniform(0, 20, (points, 2)), rng.uniform(0, 20, (sites, 2))
    minutes = np.hypot(*(where[:, None] - candidates[None]).transpose(2, 0, 1))
    return minutes, rng.integers(1, 300, points) * (rng.random(points) < 0.9).astype(float)


def plans(sites: int, count: int) -> list[np.ndarray]:
    return [np.isin(np.arange(sites), chosen) for chosen in combinations(range(sites), count)]


@given(st.integers(0, 10_000), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_equal_to_enumeration(seed: int, count: int) -> None:
    minutes, people = town(seed)
    problem, every = Problem(minutes, people, count=count), plans(7, count)
    median = exact.p_median(problem)
    assert median.proven
    assert median.objective == pytest.approx(min(total_cost(minutes, people, plan) for plan in every), rel=1e-6)
    cover = exact.max_cover(problem, 5.0)
    assert cover.objective == pytest.approx(max(covered(minutes, people, plan, 5.0) for plan in every), rel=1e-6)
    center = exact.p_center(problem)
    assert center.proven
    assert exact.least_reach(problem) == center.objective
    assert center.objective == pytest.approx(min(farthest(minutes, people, plan) for plan in every), rel=1e-9)


@given(st.integers(0, 10_000), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_whether_so_few_sites_reach_everybody_is_told_as_by_enumeration(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    near, possible = rng.random((9, 7)) < 0.45, rng.random(7) < 0.8
    fixed = possible & (rng.random(7) < 0.2)
    usable = [p for p in plans(7, count) if not (p & ~possible).any() and (p | ~fixed).all()]
    if fixed.sum() <= count <= possible.sum():
        expected = any(near[:, plan].any(axis=1).all() for plan in usable)
        assert coverable(near, fixed=fixed, possible=possible, count=count) is expected


def test_a_search_that_would_take_long_is_left_to_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    minutes, people = town(5)
    problem = Problem(minutes, people, count=2)
    expected = exact.p_center(problem).objective
    monkeypatch.setattr(covering, "STEPS", 0)
    near = minutes <= 12
    assert coverable(near, fixed=problem.fixed, possible=problem.possible, count=2) is None
    assert exact.least_reach(problem) == expected


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_fixed_sites_unwilling_ones_budget_and_promises_are_kept(seed: int) -> None:
    minutes, people = town(seed)
    rng = np.random.default_rng(seed)
    price = rng.uniform(1, 5, 7)
    fixed, willing = np.arange(7) == 2, np.arange(7) != 5
    limit = np.where(np.arange(12) < 3, minutes[:, willing].min(axis=1) + 4.0, np.inf)
    problem = Problem(minutes, people, budget=9.0, price=price, fixed=fixed, open_to=willing, limit=limit)
    every = [
        plan
        for count in range(1, 8)
        for plan in plans(7, count)
        if plan[2] and not plan[5] and price[plan].sum() <= 9.0 and robust.feasible(problem, plan)
    ]
    if not every:
        with pytest.raises(UserError, match="kein Plan"):
            exact.p_median(problem)
        return
    found = exact.p_median(problem)
    assert found.chosen[2]
    assert not found.chosen[5]
    assert found.objective == pytest.approx(min(total_cost(minutes, people, plan) for plan in every), rel=1e-6)


@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(1, 2))
@settings(max_examples=15, deadline=None)
def test_nested_sites_are_equal_to_enumeration(seed: int, count: int, upgrades: int) -> None:
    minutes, people = town(seed)
    rng = np.random.default_rng(seed)
    fixed, able, weight = np.arange(7) == 1, np.arange(7) != 4, float(rng.uniform(0.1, 0.9))
    upgrade = nested.Upgrade(weight, able, np.zeros(7, bool), np.zeros(7), count=upgrades)
    found = nested.p_median_nested(Problem(minutes, people, count=count, fixed=fixed), upgrade)
    every = [
        float(nested.nested_cost(minutes, people, (plan, larger), weight))
        for plan in plans(7, count)
        for larger in plans(7, upgrades)
        if plan[1] and not (larger & ~(plan & able)).any()
    ]
    assert found.proven
    assert found.objective == pytest.approx(min(every), rel=1e-6)
    assert found.chosen[1]
    assert not (found.upgraded & ~(found.chosen & able)).any()


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_one_budget_for_both_kinds_is_equal_to_enumeration(seed: int) -> None:
    minutes, people = town(seed)
    rng = np.random.default_rng(seed)
    price, more = rng.uniform(1, 5, 7), rng.uniform(1, 5, 7)
    upgrade = nested.Upgrade(0.4, np.ones(7, bool), np.zeros(7, bool), more)
    found = nested.p_median_nested(Problem(minutes, people, budget=9.0, price=price), upgrade)
    assert price[found.chosen].sum() + more[found.upgraded].sum() <= 9.0 + 1e-6
    every = [
        float(nested.nested_cost(minutes, people, (plan, larger), 0.4))
        for count in range(1, 7)
        for plan in plans(7, count)
        for upgrades in range(1, count + 1)
        for larger in plans(7, upgrades)
        if not (larger & ~plan).any() and price[plan].sum() + more[larger].sum() <= 9.0
    ]
    assert found.objective == pytest.approx(min(every), rel=1e-6)


def test_upgrades_that_cannot_be_are_refused() -> None:
    minutes, people = town(3)
    none = np.zeros(7, bool)
    with pytest.raises(UserError, match="Ausbauten"):
        nested.p_median_nested(Problem(minutes, people, count=3), nested.Upgrade(0.5, none, none, np.zeros(7), count=1))


def test_upgrades_that_stay_good_beat_every_other_set_in_the_tail() -> None:
    minutes, people = town(6)
    futures = people * np.random.default_rng(6).lognormal(0, 0.5, (60, 12))
    chosen = np.isin(np.arange(7), [0, 2, 3, 5])
    upgrade = nested.Upgrade(0.5, np.ones(7, bool), np.zeros(7, bool), np.zeros(7), count=2)
    best, often = nested.best_upgrades(minutes, futures, chosen, upgrade, quantile=0.9)
    values = {plan.tobytes(): total_cost(minutes, futures, plan) for plan in plans(7, 2) if not (plan & ~chosen).any()}
    least = np.min(list(values.values()), axis=0)
    tails = {key: np.quantile(value - least, 0.9) for key, value in values.items()}
    assert tails[best.tobytes()] == pytest.approx(min(tails.values()))
    assert often.sum() == pytest.approx(2.0)


def test_equal_to_spopt() -> None:
    import pulp
    from spopt.locate import MCLP, PMedian

    minutes, people = town(4, points=40, sites=15)
    people += 1
    solver = pulp.HiGHS(msg=False)
    median = PMedian.from_cost_matrix(minutes, people, p_facilities=4).solve(solver)
    cover = MCLP.from_cost_matrix(minutes, people, 5.0, p_facilities=4).solve(solver)
    problem = Problem(minutes, people, count=4)
    assert exact.p_median(problem).objective == pytest.approx(median.problem.objective.value(), rel=1e-6)
    assert exact.max_cover(problem, 5.0).objective == pytest.approx(cover.problem.objective.value(), rel=1e-6)


def test_capacities_are_kept() -> None:
    minutes, people = np.array([[1.0, 9.0], [2.0, 9.0], [3.0, 9.0]]), np.array([10.0, 10.0, 10.0])
    found = exact.p_median(Problem(minutes, people, count=2, capacity=np.array([15.0, 50.0])))
    assert found.objective == pytest.approx(10 * 1 + 5 * 2 + 5 * 9 + 10 * 9)  # the nearest fifteen, then the far site


def test_promises_that_nobody_can_keep_are_refused_and_the_fewest_sites_are_told() -> None:
    minutes, people = town(1)
    limit = np.full(12, 6.0)
    with pytest.raises(UserError, match="kein Plan erreicht alle zugesagten Orte"):
        exact.p_median(Problem(minutes, people, count=1, limit=limit))
    reachable = Problem(minutes, people, count=7, limit=minutes.min(axis=1) + 3.0)
    needed = exact.fewest_sites(reachable)
    assert exact.p_median(Problem(minutes, people, count=needed, limit=reachable.limit)).proven
    with pytest.raises(UserError):
        exact.p_median(Problem(minutes, people, count=needed - 1, limit=reachable.limit))


def test_a_time_limit_is_obeyed_and_the_gap_is_told() -> None:
    minutes, people = town(2, points=400, sites=90)
    problem = Problem(minutes, people, budget=9.0, price=np.ones(90))  # a budget: no bound shortens the search
    found, told = None, ""
    try:
        found = exact.p_median(problem, seconds=0.5)
    except exact.OutOfTimeError as error:
        told = error.de
    if found is None:
        assert "kein Plan gefunden" in told
        return
    best = exact.p_median(Problem(minutes, people, count=9)).objective  # proven by another way
    assert found.bound <= best * (1 + 1e-9) <= found.objective * (1 + 2e-9)
    assert found.gap >= 1 - best / found.objective - 1e-6


@pytest.mark.parametrize(("count", "budget"), [(None, None), (2, 3.0), (9, None)])
def test_what_cannot_be_decided_is_refused(count: int | None, budget: float | None) -> None:
    minutes, people = town(3)
    with pytest.raises(UserError, match="Standortwahl"):
        Problem(minutes, people, count=count, budget=budget)


def test_the_robust_plan_has_less_regret_where_the_nominal_one_is_fragile() -> None:
    """Two quarters that may boom, never both; between them a site that serves neither best."""
    minutes = np.array([[0.0, 20.0, 7.0], [20.0, 0.0, 7.0]])
    rng = np.random.default_rng(5)
    boom = rng.random(200) < 0.85
    demand = np.where(boom[:, None], [900.0, 50.0], [50.0, 900.0])
    problem = Problem(minutes, demand.mean(axis=0), count=1)
    found = robust.choose_robust(
        problem,
        [problem.with_demand(people) for people in demand],
        solve=exact.p_median,
        value=lambda plan: total_cost(minutes, demand, plan),
    )
    nominal, chosen = (np.quantile(values, 0.9) for values in (found.regret_nominal, found.regret_robust))
    assert found.nominal.tolist() == [True, False, False]
    assert chosen < nominal
    assert found.frequency[:2].sum() == pytest.approx(1.0)


def test_stages_and_loss_of_a_site() -> None:
    minutes, people = town(8)
    problem = Problem(minutes, people, count=3, fixed=np.arange(7) == 1)
    plan = exact.p_median(problem).chosen
    cost = lambda chosen: float(total_cost(minutes, people, chosen))  # noqa: E731
    order = robust.stages(problem, plan, cost)
    assert order[0] == 1
    assert sorted(order) == np.flatnonzero(plan).tolist()
    lost = robust.if_one_falls_away(plan, cost)
    assert all(more >= 0 for more in lost.values())

"""Cohort component: every person is accounted for; a hand-computed example; migration is found where it was put."""

import numpy as np
import pytest

from carelab.forecast.population.city_projection import (
    History,
    Rates,
    Scenario,
    draw_rates,
    migration_residuals,
    project,
)
from carelab.forecast.population.survival import survivorship
from tests.unit.plain_step import step

pytestmark = pytest.mark.unit
RNG = np.random.default_rng(11)


def test_start_births_deaths_and_migration_make_the_end() -> None:
    persons = RNG.uniform(50, 150, (2, 91))
    survive = np.linspace(0.999, 0.7, 92) * np.ones((2, 1))
    net = RNG.normal(0, 0.01, (2, 92)) * (np.arange(92) > 0)
    fertility = np.where((np.arange(91) >= 15) & (np.arange(91) < 50), 0.05, 0.0)
    rates = Rates((survive + net)[None, None], fertility[None, None], 0.51)
    after = project(persons[None], rates)[0, 1]
    births = (0.5 * (persons[1] + after[1]) * fertility).sum()
    deaths = (persons * (1 - survive[:, 1:])).sum() + births * (np.array([0.51, 0.49]) @ (1 - survive[:, 0]))
    moved = (persons * net[:, 1:]).sum()
    assert after.sum() == pytest.approx(persons.sum() + births - deaths + moved, rel=1e-12)
    ageing = survive + net
    np.testing.assert_allclose(
        after[:, -1], persons[:, -2] * ageing[:, 90] + persons[:, -1] * ageing[:, 91], rtol=1e-12
    )


def test_a_closed_city_of_three_ages_by_hand() -> None:
    start = np.array([[100.0, 80, 40], [100.0, 80, 60]])
    ageing = np.array([[0.9, 1.0, 0.5, 0.5], [1.0, 1.0, 0.5, 0.5]])[None, None].repeat(2, axis=1)
    fertility = np.array([0.0, 1.0, 0.0])[None, None].repeat(2, axis=1)
    path = project(start[None], Rates(ageing, fertility, 0.5))[0]
    # year 1: women of age 1 at its start 80, at its end 100: births 90, of them 45 boys (0.9 survive) and 45 girls
    np.testing.assert_allclose(path[1], [[40.5, 100, 60], [45, 100, 70]], rtol=1e-12)
    # year 2: women of age 1: 100 and 45: births 72.5
    np.testing.assert_allclose(path[2], [[36.25 * 0.9, 40.5, 80], [36.25, 45, 85]], rtol=1e-12)


def history(*, years: int = 8, inflow: float = 0.0) -> History:
    """A city that ages by its life table, with ``inflow`` per person and year at ages 20 to 29."""
    qx = np.stack([np.clip(0.0001 * 1.1 ** np.arange(101), 0, 0.9)] * 2)
    survive = np.stack([survivorship(q, 90) for q in qx])
    moves = np.where((np.arange(92) > 20) & (np.arange(92) <= 30), inflow, 0.0)
    fertility = np.where((np.arange(91) >= 20) & (np.arange(91) < 40), 0.04, 0.0)
    path = [np.full((2, 91), 1000.0)]
    births = []
    for _ in range(years - 1):
        path.append(step(path[-1], survive + moves, fertility, 0.5))
        births.append(0.5 * (path[-1][1] + path[-2][1]) * fertility)
    counted = np.arange(2010, 2010 + years)
    persons = np.stack([people.sum(axis=0) for people in path])
    return History(counted, persons, path[-1], qx, 2013.0, counted[1:], np.stack(births))


def test_migration_is_found_where_it_was_put() -> None:
    residual = migration_residuals(history(inflow=0.03), 0.0)
    np.testing.assert_allclose(residual[:, 21:31], 0.03, atol=1e-12)
    np.testing.assert_allclose(np.delete(residual, range(21, 31), axis=1), 0.0, atol=1e-12)


def test_constant_rates_of_the_past_go_on() -> None:
    past = history(inflow=0.03)
    rates = draw_rates(past, 3, 100, np.random.default_rng(2), Scenario(mortality_improvement=0.0))
    path = project(past.by_sex[None], rates)
    expected = history(years=11, inflow=0.03).persons[-1]
    np.testing.assert_allclose(np.median(path[:, -1].sum(axis=1), axis=0)[:60], expected[:60], rtol=0.01)
    none = draw_rates(past, 3, 100, np.random.default_rng(2), Scenario(migration=0.0, mortality_improvement=0.0))
    assert project(past.by_sex[None], none)[:, -1, :, 20:30].sum() < path[:, -1, :, 20:30].sum()
    assert path.min() >= 0

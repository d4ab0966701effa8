"""The total spreads as wanted, wherever it spread less; ages follow, the old stay, a closed city stays closed."""

from __future__ import annotations

import numpy as np
import pytest

from carelab.forecast.population.city_projection import (
    Rates,
    Scenario,
    at_risk,
    by_age_before,
    draw_rates,
    project,
)
from carelab.forecast.population.growth_draws import moving_ages, total_response, widen
from carelab.forecast.population.growth_error import GrowthSpread
from tests.unit.test_city_projection import history

pytestmark = pytest.mark.unit
PAST = history(years=12, inflow=0.02)
SPREAD = GrowthSpread(noise=0.005, wander=0.002)


def widened(scenario: Scenario, spread: GrowthSpread = SPREAD, *, seed: int = 4) -> tuple[Rates, Rates]:
    """Return rates of twelve years of a city that has grown evenly, before and after."""
    own = draw_rates(PAST, 12, 2000, np.random.default_rng(seed), scenario)
    return own, widen(own, PAST, spread, scenario=scenario, rng=np.random.default_rng(seed + 1))


def people(rates: Rates) -> np.ndarray:
    return project(PAST.by_sex[None], rates)[:, 1:]


def test_the_total_spreads_as_growth_errs_elsewhere_births_and_deaths_of_arrivals_included() -> None:
    own, wide = (people(rates).sum(axis=(2, 3)) for rates in widened(Scenario()))
    wanted = np.sqrt(SPREAD.error_variance(11, 12))
    assert (np.log(own).std(axis=0) < 0.2 * wanted).all()
    np.testing.assert_allclose(np.log(wide).std(axis=0), wanted, rtol=0.05)
    np.testing.assert_allclose(np.median(wide, axis=0), np.median(own, axis=0), rtol=0.01)


def test_who_was_too_old_to_move_is_as_sure_as_before_and_children_follow_their_parents() -> None:
    own, wide = (people(rates) for rates in widened(Scenario()))
    np.testing.assert_array_equal(wide[:, :3, :, 79:], own[:, :3, :, 79:])
    infants = np.corrcoef(wide[:, 8, :, 0].sum(axis=1), wide[:, 8, :, 20:40].sum(axis=(1, 2)))[0, 1]
    assert infants > 0.8
    assert wide.min() >= 0


def test_what_the_city_spreads_already_is_not_added_twice() -> None:
    calm, wild = GrowthSpread(1e-5, 1e-5), GrowthSpread(0.02, 0.004)
    own, same = widened(Scenario(), calm)
    np.testing.assert_array_equal(same.ageing, own.ageing)
    first = widened(Scenario(), wild)[1]
    again = widen(first, PAST, wild, scenario=Scenario(), rng=np.random.default_rng(9))
    once, twice = (np.log(people(rates).sum(axis=(2, 3))).std(axis=0) for rates in (first, again))
    np.testing.assert_allclose(twice, once, rtol=0.1)


def test_no_migration_has_no_error_of_migration_and_draws_repeat() -> None:
    own, closed = widened(Scenario(migration=0.0))
    np.testing.assert_array_equal(closed.ageing, own.ageing)
    np.testing.assert_array_equal(widened(Scenario())[1].ageing, widened(Scenario())[1].ageing)


def test_moves_add_one_per_inhabitant_and_their_children_come_later() -> None:
    own, _ = widened(Scenario())
    moving = np.where(np.isin(np.arange(91), range(18, 30)), 1.0, 0.0)
    moving *= PAST.by_sex.sum() / (moving * at_risk(PAST.by_sex.sum(axis=0))).sum()
    response = total_response(own, PAST, by_age_before(moving))
    np.testing.assert_allclose(np.triu(response, 1), 0.0, atol=1e-9)
    assert response[0, 0] == pytest.approx(1.0, abs=0.03)
    assert (np.diff(response[:, 0])[1:] > 0).all()
    assert not moving_ages(PAST, Scenario())[76:].any()

"""Districts: they sum to the city, keep their cohorts where nothing deviates, and are as unsure as the past was."""

from dataclasses import replace

import numpy as np
import pytest

from carelab.forecast.population.city_projection import Rates, project
from carelab.forecast.population.district_projection import (
    LEAST_PERSISTENCE,
    Deviations,
    band_residuals,
    growth_persistence,
    learn_deviations,
    project_districts,
)
from tests.unit.test_base_population import BAND_OF_AGE, tilted_city

pytestmark = pytest.mark.unit
DRAWS, YEARS, DISTRICTS = 60, 6, 6
BASE = np.repeat(tilted_city(DISTRICTS)[None], DRAWS, axis=0)
NOTHING = Deviations(
    level=np.zeros((DISTRICTS, 5)),
    level_sd=np.zeros((DISTRICTS, 5)),
    persistent_sd=np.zeros(5),
    noise_sd=np.zeros((DISTRICTS, 5)),
    persistence=0.8,
    band_of_age=BAND_OF_AGE,
)


def city_rates() -> Rates:
    rng = np.random.default_rng(4)
    ageing = np.linspace(0.999, 0.75, 92) * rng.uniform(0.99, 1.0, (DRAWS, YEARS, 2, 1))
    fertility = np.where((np.arange(91) >= 18) & (np.arange(91) < 42), 0.06, 0.0)
    return Rates(ageing, np.tile(fertility, (DRAWS, YEARS, 1)), 0.51)


RATES = city_rates()
CITY = project(BASE[:1].sum(axis=1), RATES)


def unsure(noise: float) -> np.ndarray:
    deviations = replace(NOTHING, noise_sd=np.full((DISTRICTS, 5), noise), persistent_sd=np.full(5, noise / 2))
    return project_districts(BASE, CITY, RATES, deviations, seed=1)


def test_districts_sum_to_the_city_in_every_cell() -> None:
    total = unsure(0.05).sum(axis=2, dtype=float)
    np.testing.assert_allclose(np.moveaxis(total, 0, 1), CITY, rtol=1e-6)


def test_without_deviations_each_cohort_keeps_its_share_of_the_city() -> None:
    persons = project_districts(BASE, CITY, RATES, NOTHING, seed=1).astype(float)
    share = persons / persons.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(share[3, :, :, :, 33:90], share[0, :, :, :, 30:87], rtol=1e-5)


def test_more_noise_means_wider_intervals_and_the_seed_decides() -> None:
    spread = [unsure(noise)[-1].sum(axis=(-1, -2)).std(axis=0) for noise in (0.01, 0.05)]
    assert (spread[1] > 2 * spread[0]).all()
    np.testing.assert_array_equal(unsure(0.05), unsure(0.05))


@pytest.mark.parametrize(("persistence", "years"), [(1.0, 12), (0.92, 14), (0.92, 4), (0.6, 6)])
def test_levels_put_into_the_past_are_found_with_their_spread(persistence: float, years: int) -> None:
    """A fading level varies within the years that are seen: its spread must not be taken for noise."""
    rng = np.random.default_rng(8)
    districts, noise, spread = 2000, 0.02, 0.015
    level = rng.normal(0, spread, (districts, 5))
    residuals = np.empty((years, districts, 5))
    for t in range(years):
        residuals[t] = level + rng.normal(0, noise, level.shape)
        level = persistence * level + np.sqrt(1 - persistence**2) * rng.normal(0, spread, level.shape)
    found = learn_deviations(residuals, np.full((districts, 5), 500.0), BAND_OF_AGE, persistence)
    np.testing.assert_allclose(found.persistent_sd, spread, rtol=0.12)
    np.testing.assert_allclose(found.noise_sd, noise, rtol=0.08)
    np.testing.assert_allclose((level * found.level).sum() / (found.level**2).sum(), 1.0, atol=0.05)
    np.testing.assert_allclose((level - found.level).std(), np.sqrt((found.level_sd**2).mean()), rtol=0.05)


def test_the_spread_of_few_districts_is_not_too_small_on_average() -> None:
    rng = np.random.default_rng(9)
    found = []
    for _ in range(600):
        residuals = rng.normal(0, 0.02, (4, 1)) + rng.normal(0, 0.01, (8, 4, 1))
        one = learn_deviations(residuals, np.full((4, 1), 500.0), np.zeros(91, dtype=np.intp), 1.0)
        found.append(float(one.persistent_sd[0]) ** 2)
    assert np.mean(found) == pytest.approx(0.02**2, rel=0.08)


def test_a_band_that_one_district_lacks_is_learnt_from_the_others() -> None:
    rng = np.random.default_rng(10)
    residuals = rng.normal(0, 0.02, (1, 40, 2)) + rng.normal(0, 0.005, (6, 40, 2))
    size = np.full((40, 2), 500.0)
    bands = np.repeat(np.arange(2), (50, 41))
    whole = learn_deviations(residuals, size, bands, 1.0)
    residuals[:, 0, 1], size[0, 1] = np.nan, 0.0
    holed = learn_deviations(residuals, size, bands, 1.0)
    np.testing.assert_allclose(holed.persistent_sd, whole.persistent_sd, rtol=0.1)
    with pytest.raises(ValueError, match="two years"):
        learn_deviations(residuals[:1], size, bands, 0.8)


def test_a_city_whose_districts_age_alike_has_no_residuals() -> None:
    path = project_districts(BASE[:1], CITY[:1], Rates(RATES.ageing[:1], RATES.fertility[:1], 0.51), NOTHING, seed=1)
    residuals = band_residuals(path[:, 0].astype(float), BAND_OF_AGE)
    np.testing.assert_allclose(residuals[:, :, 2:], 0.0, atol=0.02)


def test_tiny_and_short_histories_do_not_fail() -> None:
    tiny = learn_deviations(np.zeros((3, 4, 5)), np.full((4, 5), 10.0), BAND_OF_AGE, 0.5)
    assert np.isfinite(tiny.noise_sd).all()
    assert growth_persistence(np.full((4, 6), 1000.0)) == LEAST_PERSISTENCE
    assert growth_persistence(np.full((12, 6), 10.0)) == LEAST_PERSISTENCE


def test_persistence_of_growth_is_found() -> None:
    rng = np.random.default_rng(6)
    level, growth = rng.normal(0, 1, 300), []
    for _ in range(40):
        growth.append(0.01 * level + rng.normal(0, 0.003, 300))
        level = 0.8 * level + 0.6 * rng.normal(0, 1, 300)
    totals = 5000 * np.exp(np.cumsum(growth, axis=0))
    assert growth_persistence(totals) == pytest.approx(0.8, abs=0.05)

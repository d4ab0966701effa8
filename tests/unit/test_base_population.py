"""Base population: recovers single ages from bands, women and mean age; never loses the city."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.forecast.population.base_population import Known, fit_base_population, open_age

pytestmark = pytest.mark.unit
BAND_OF_AGE = np.searchsorted([0, 6, 18, 45, 65], np.arange(91), side="right") - 1
EXACT = np.append(np.arange(90) + 0.5, 92.5)


def known_of(truth: np.ndarray) -> Known:
    by_age = truth.sum(axis=1)
    bands = np.stack([by_age[:, b == BAND_OF_AGE].sum(axis=1) for b in range(5)], axis=1)
    total = by_age.sum(axis=1)
    mean = np.divide(by_age @ EXACT, total, out=np.full_like(total, np.nan), where=total > 0)
    return Known(truth.sum(axis=0), bands, BAND_OF_AGE, truth[:, 1].sum(axis=1), mean, EXACT)


def tilted_city(districts: int = 8, *, seed: int = 3) -> np.ndarray:
    """Districts whose ages are one profile, tilted within bands, with their own bands and share of women."""
    rng = np.random.default_rng(seed)
    age = np.arange(91)
    profile = np.stack([np.exp(-((age - 48) ** 2) / 1500), np.exp(-((age - 51) ** 2) / 1600)]) * 60
    centred = EXACT - np.array([EXACT[b == BAND_OF_AGE].mean() for b in range(5)])[BAND_OF_AGE]
    tilt = np.exp(rng.normal(0, 0.03, districts)[:, None] * centred)
    size = rng.uniform(0.5, 2, districts)[:, None] * rng.uniform(0.7, 1.4, (districts, 5))[:, BAND_OF_AGE]
    women = rng.uniform(0.46, 0.54, districts)
    return profile * (tilt * size)[:, None] * np.stack([1 - women, women], axis=1)[:, :, None]


def test_ages_of_tilted_districts_are_recovered() -> None:
    truth = tilted_city()
    estimate = fit_base_population(known_of(truth))
    np.testing.assert_allclose(estimate, truth, rtol=1e-4, atol=1e-4)
    blind = fit_base_population(replace(known_of(truth), mean_age=np.full(8, np.nan)))
    assert np.abs(blind - truth).sum() > 100 * np.abs(estimate - truth).sum(), "the mean age is what tells"


def test_what_is_known_is_met() -> None:
    known = known_of(tilted_city(seed=5))
    estimate = known_of(fit_base_population(known))
    for name in ("city", "bands", "women", "mean_age"):
        np.testing.assert_allclose(getattr(estimate, name), getattr(known, name), rtol=1e-6)


def test_uninhabited_stays_empty_and_unknown_margins_are_ignored() -> None:
    truth = tilted_city()
    truth[2] = 0
    known = known_of(truth)
    known = replace(known, women=np.where(np.arange(8) == 4, np.nan, known.women))
    known = replace(known, mean_age=np.where(np.arange(8) == 5, np.nan, known.mean_age))
    estimate = fit_base_population(known)
    assert (estimate[2] == 0).all()
    assert np.isfinite(estimate).all()
    np.testing.assert_allclose(estimate.sum(axis=0), known.city, rtol=1e-6)


def test_more_women_than_people_never_makes_men_negative() -> None:
    known = known_of(tilted_city())
    estimate = fit_base_population(replace(known, women=1.1 * known.bands.sum(axis=1)))
    assert (estimate >= 0).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 7), st.floats(0, 0.5))
def test_any_city_keeps_its_ages(seed: int, districts: int, unknown: float) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.gamma(0.5, 20, (districts, 2, 91)) + 1e-3
    known = known_of(truth)
    hide = [np.where(rng.random(districts) < unknown, np.nan, values) for values in (known.women, known.mean_age)]
    estimate = fit_base_population(replace(known, women=hide[0], mean_age=hide[1]))
    assert (estimate >= 0).all()
    np.testing.assert_allclose(estimate.sum(axis=0), known.city, rtol=1e-6)


def test_the_open_group_makes_the_citys_mean_age() -> None:
    city = tilted_city().sum(axis=0)
    exact = open_age(city, 50.0)
    assert city.sum(axis=0) @ exact / city.sum() == pytest.approx(50.0)
    np.testing.assert_array_equal(exact[:-1], np.arange(90) + 0.5)

"""Error of splitting the oldest band: learnt where ages are counted, drawn without moving what is known."""

import numpy as np
import pytest

from carelab.forecast.population.split_error import draw_base, learn_slope_sd, split_slopes
from carelab.inputs.reference import load_reference
from tests.unit.test_base_population import BAND_OF_AGE, EXACT, known_of, tilted_city

pytestmark = pytest.mark.unit


def test_slope_sd_of_counted_districts_is_a_few_per_mille_to_per_cent_a_year() -> None:
    assert 0.002 < learn_slope_sd(load_reference().district_ages) < 0.03


def test_districts_in_the_family_of_the_estimate_have_no_split_error() -> None:
    assert np.abs(split_slopes([tilted_city()], EXACT, BAND_OF_AGE)).max() < 1e-4


def test_draws_keep_city_bands_and_younger_ages() -> None:
    truth = tilted_city(20)
    known = known_of(truth)
    drawn = draw_base(truth, known, 0.02, 50, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.sum(axis=1), np.broadcast_to(known.city, (50, 2, 91)), rtol=1e-9)
    np.testing.assert_array_equal(drawn[..., :65], np.broadcast_to(truth[..., :65], (50, 20, 2, 65)))
    np.testing.assert_allclose(drawn[..., 65:].sum(axis=(-1, -2)), np.tile(known.bands[:, 4], (50, 1)), rtol=2e-3)
    share = drawn[..., 80:].sum(axis=(-1, -2)) / drawn[..., 65:].sum(axis=(-1, -2))
    assert (share.std(axis=0) > 0.005).all(), "the share of the oldest is uncertain"

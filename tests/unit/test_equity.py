"""Equity: a published worked example, the ends of the scale, and what must not change it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from carelab.planning.equity import concentration_index, fifths, fractional_ranks, gap_by_chance

pytestmark = pytest.mark.unit

UNITS = 6
VALUES = arrays(float, UNITS, elements=st.floats(0, 1000))
WEIGHTS = arrays(float, UNITS, elements=st.floats(0.1, 1000))
STANDING = arrays(float, UNITS, elements=st.floats(-5, 5))


def test_under_five_mortality_in_india_as_published() -> None:
    """World Bank, Quantitative Techniques for Health Equity Analysis, Technical Note 7, table 1: index -0.1694."""
    births = np.array([29939, 28776, 26528, 24689, 19739.0])
    rates = np.array([154.7, 152.9, 119.5, 86.9, 54.3])
    assert concentration_index(rates, births, np.arange(5.0)) == pytest.approx(-0.1694, abs=5e-5)


def test_ranks_and_ends_by_hand() -> None:
    weights, standing = np.array([1.0, 2.0, 1.0]), np.array([3.0, 1.0, 1.0])
    assert fractional_ranks(weights, standing) == pytest.approx([0.875, 0.375, 0.375])
    people = np.array([1.0, 9.0])
    assert concentration_index(np.array([5.0, 0.0]), people, np.array([0.0, 1.0])) == pytest.approx(-0.9)
    assert concentration_index(np.array([0.0, 5.0]), people, np.array([0.0, 1.0])) == pytest.approx(0.1)
    assert np.isnan(concentration_index(np.zeros(2), people, np.array([0.0, 1.0])))


def test_a_unit_on_the_border_belongs_to_the_fifth_with_the_people_that_fit() -> None:
    # a fifth of 100 people is 20: ten of the first unit and ten of the second; the best fifth is within the last
    best, least = fifths(np.array([1.0, 2.0, 8.0]), np.array([10.0, 30.0, 60.0]))
    assert (best, least) == (pytest.approx(8.0), pytest.approx(1.5))


@given(VALUES, WEIGHTS, STANDING)
def test_the_index_stays_on_its_scale_and_ignores_units_of_measure(values, weights, standing) -> None:
    index = concentration_index(values, weights, standing)
    assert np.isnan(index) or values.max() > 0
    if values.max() > 1e-6:  # below the smallest floats vanish
        assert -1 <= index <= 1
        assert concentration_index(7 * values, 3 * weights, standing) == pytest.approx(index, abs=1e-9)
        assert concentration_index(values, weights, -standing) == pytest.approx(-index, abs=1e-9)
        assert concentration_index(values[::-1], weights[::-1], standing[::-1]) == pytest.approx(index, abs=1e-9)


@given(st.floats(0.01, 100), WEIGHTS, STANDING)
def test_equal_shares_have_no_gradient_and_no_gap(value, weights, standing) -> None:
    values = np.full(UNITS, value)
    assert concentration_index(values, weights, standing) == pytest.approx(0, abs=1e-9)
    best, least = fifths(values, weights)
    assert best == pytest.approx(least)


@given(VALUES, WEIGHTS)
def test_splitting_a_unit_changes_nothing(values, weights) -> None:
    halves, twice = np.repeat(weights / 2, 2), np.repeat(values, 2)
    assert np.stack(fifths(twice, halves)) == pytest.approx(np.stack(fifths(values, weights)), abs=1e-6)
    if values.max() > 1e-6:
        standing, one = np.arange(UNITS, dtype=float), np.repeat(np.arange(UNITS, dtype=float), 2)
        whole = concentration_index(values, weights, standing)
        assert concentration_index(twice, halves, one) == pytest.approx(whole, abs=1e-9)


def test_draws_are_computed_at_once() -> None:
    rng = np.random.default_rng(4)
    values, weights, standing = rng.random((20, UNITS)), rng.random((20, UNITS)) + 0.1, rng.random((20, UNITS))
    alone = [concentration_index(*row) for row in zip(values, weights, standing, strict=True)]
    assert concentration_index(values, weights, standing) == pytest.approx(np.array(alone))
    best = [float(fifths(*row)[0]) for row in zip(values, weights, strict=True)]
    assert fifths(values, weights)[0] == pytest.approx(best)


def test_chance_alone_makes_a_gap_that_shrinks_with_size() -> None:
    rng = np.random.default_rng(1)
    small, large = (gap_by_chance(np.full(5, size * 0.1), np.full((2000, 5), size), rng) for size in (100.0, 10000.0))
    assert np.median(small) > 5 * np.median(large) > 0

"""Laws of a decomposition: parts add up to the change, swapped years swap the signs, order of cells is irrelevant."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from carelab.forecast.decomposition import das_gupta, kitagawa

pytestmark = pytest.mark.functional

Array = NDArray[np.float64]
SHAPE = (3, 4, 6)
SMALL_COUNT = st.one_of(st.just(0.0), st.floats(1e-3, 1e5))
people = st.one_of(arrays(float, SHAPE, elements=SMALL_COUNT), arrays(float, SHAPE, elements=st.just(0.0)))
rates = arrays(float, (SHAPE[-1],), elements=st.floats(0, 1))


def _sometimes_empty(population: Array) -> Array:
    population = population.copy()
    population[0, 0] = population[1, 2] = 0.0
    return population


@settings(deadline=None, max_examples=200)
@given(people, people, rates, rates)
def test_parts_add_up_to_the_change(before: Array, after: Array, rates0: Array, rates1: Array) -> None:
    before = _sometimes_empty(before)
    parts = das_gupta(before, after, rates0, rates1)
    assert np.isfinite(parts).all()
    scale = before.sum(axis=-1) + after.sum(axis=-1)
    assert (np.abs(parts.total - (after @ rates1 - before @ rates0)) <= 1e-12 * scale).all()


@settings(deadline=None)
@given(people, people, rates, rates)
def test_swapping_the_years_swaps_the_signs(before: Array, after: Array, rates0: Array, rates1: Array) -> None:
    there, back = das_gupta(before, after, rates0, rates1), das_gupta(after, before, rates1, rates0)
    for one, other in zip(there, back, strict=True):
        np.testing.assert_allclose(one, -other, rtol=1e-9, atol=1e-7)


@settings(deadline=None)
@given(people, people, rates, rates, st.permutations(range(SHAPE[-1])))
def test_order_of_cells_is_irrelevant(
    before: Array, after: Array, rates0: Array, rates1: Array, order: list[int]
) -> None:
    shuffled = das_gupta(before[..., order], after[..., order], rates0[order], rates1[order])
    np.testing.assert_allclose(das_gupta(before, after, rates0, rates1), shuffled, rtol=1e-9, atol=1e-7)


@settings(deadline=None)
@given(people, people, rates, rates)
def test_crude_rate_parts_add_up(before: Array, after: Array, rates0: Array, rates1: Array) -> None:
    parts = kitagawa(before, after, rates0, rates1)
    np.testing.assert_allclose(parts.composition + parts.rate_effect, parts.rate1 - parts.rate0, atol=1e-12)


def test_a_whole_city_takes_well_under_a_second() -> None:
    rng = np.random.default_rng(7)
    before, after = rng.uniform(0, 90, (40, 182)), rng.uniform(0, 90, (1000, 40, 182))
    rates0, rates1 = rng.uniform(0, 0.6, 182), rng.uniform(0, 0.6, (1000, 1, 182))
    start = time.process_time()
    parts = das_gupta(before, after, rates0, rates1)
    assert time.process_time() - start < 2.0
    assert parts.total.shape == (1000, 40)

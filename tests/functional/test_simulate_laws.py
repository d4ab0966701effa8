"""Laws of the simulation: nobody appears or vanishes, blocks do not matter, memory stays bounded."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.forecast.population.simulate import Block, Cells, Extent, YearRates, simulate

pytestmark = pytest.mark.functional
AGES = 40


def even(survival: float, fertility: float, kind: type = np.float64) -> YearRates:
    return YearRates(np.full((2, AGES + 1, 1, 1), survival, kind), np.full((20, 1, 1), fertility, kind), 15, 0.5)


def totals(base: Cells, rates: YearRates, extent: Extent) -> np.ndarray:
    """Return persons (year, area, draw)."""
    found = np.zeros((extent.years + 1, base.shape[2], extent.draws))

    def keep(block: Block, year: int, persons: Cells) -> None:
        found[year, block.areas, block.draws] = persons.sum(axis=(0, 1))

    simulate(base, lambda block, year: rates, keep, extent)
    return found


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 60), st.integers(10_000, 10**6))
def test_without_deaths_and_births_nobody_is_lost(areas: int, draws: int, years: int, cache: int) -> None:
    base = np.random.default_rng(areas).uniform(0, 10, (2, AGES, areas, 1))
    found = totals(base, even(1.0, 0.0), Extent(draws, years, cache_bytes=cache))
    assert found == pytest.approx(np.broadcast_to(base.sum(axis=(0, 1)), found.shape), rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.5, 1.0), st.floats(0.0, 0.2), st.integers(10_000, 10**6))
def test_blocks_do_not_change_the_result(survival: float, fertility: float, cache: int) -> None:
    base = np.random.default_rng(3).uniform(0, 10, (2, AGES, 6, 5))
    one = totals(base, even(survival, fertility), Extent(5, 8))
    other = totals(base, even(survival, fertility), Extent(5, 8, cache_bytes=cache))
    assert one == pytest.approx(other, rel=1e-12)


def test_memory_does_not_grow_with_areas_and_draws() -> None:
    peaks = []
    for areas, draws in ((50, 100), (200, 400)):
        base = np.ones((2, AGES, areas, 1), dtype=np.float32)
        tracemalloc.start()
        simulate(
            base, lambda block, year: even(0.99, 0.03, np.float32), lambda block, year, persons: None, Extent(draws, 10)
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]

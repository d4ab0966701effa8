"""The kernel against the plain yearly step, block by block, and against sums by hand."""

import numpy as np
import pytest

from carelab.forecast.population.simulate import Block, Cells, Extent, YearRates, blocks, simulate
from tests.unit.plain_step import step

pytestmark = pytest.mark.unit
AGES, YEARS, AREAS, DRAWS, FIRST = 101, 4, 7, 30, 14


def plain(base: np.ndarray, ageing: np.ndarray, fertility: np.ndarray) -> np.ndarray:
    """Return (sex, age, area, draw) by the plain step, year by year."""
    persons = np.broadcast_to(base, (2, AGES, AREAS, DRAWS)).transpose(3, 2, 0, 1)
    for year in range(YEARS):
        by_age = np.zeros((DRAWS, fertility.shape[2], AGES))
        by_age[..., FIRST : FIRST + fertility.shape[1]] = fertility[year].transpose(2, 1, 0)
        persons = step(persons, ageing[year].transpose(3, 2, 0, 1), by_age, 0.512)
    return persons.transpose(2, 3, 1, 0)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("kind", "error"), [(np.float64, 1e-13), (np.float32, 1e-5)])
def test_equals_the_yearly_step(shared: bool, kind: type, error: float) -> None:
    rng, wide = np.random.default_rng(1), 1 if shared else AREAS
    base = rng.uniform(0, 100, (2, AGES, AREAS, 1)).astype(kind)
    ageing = rng.uniform(0.9, 1.02, (YEARS, 2, AGES + 1, wide, DRAWS)).astype(kind)
    fertility = rng.uniform(0, 0.1, (YEARS, 38, wide, DRAWS)).astype(kind)
    found = np.zeros((2, AGES, AREAS, DRAWS))

    def rates(block: Block, year: int) -> YearRates:
        areas = slice(None) if shared else block.areas
        return YearRates(ageing[year][:, :, areas, block.draws], fertility[year][:, areas, block.draws], FIRST, 0.512)

    def keep(block: Block, year: int, persons: Cells) -> None:
        if year == YEARS:
            found[:, :, block.areas, block.draws] = persons

    timing = simulate(base, rates, keep, Extent(DRAWS, YEARS, cache_bytes=50_000))
    assert timing.blocks > 1
    assert timing.cells == 2 * AGES * AREAS * DRAWS * YEARS
    assert found == pytest.approx(plain(base, ageing, fertility), rel=error)


@pytest.mark.parametrize("whole", [True, False])
def test_blocks_cover_everything_once(whole: bool) -> None:
    seen = np.zeros((AREAS, DRAWS), dtype=int)
    for block in blocks((2, AGES, AREAS, 1), Extent(DRAWS, 3, cache_bytes=20_000, whole=whole), 4):
        seen[block.areas, block.draws] += 1
        assert not whole or block.shape[0] == AREAS
    assert (seen == 1).all()


def test_reduce_may_control_to_a_total() -> None:
    base = np.ones((2, AGES, AREAS, 1))
    unchanged = YearRates(np.ones((2, AGES + 1, 1, 1)), np.zeros((35, 1, 1)), 15, 0.5)
    totals = []

    def control(block: Block, year: int, persons: Cells) -> None:
        persons *= 1000.0 / persons.sum(axis=(0, 1, 2))
        totals.append(persons.sum(axis=(0, 1, 2)))

    simulate(base, lambda block, year: unchanged, control, Extent(DRAWS, 3, whole=True, cache_bytes=60_000))
    assert np.concatenate(totals) == pytest.approx(np.full(4 * DRAWS, 1000.0))


@pytest.mark.parametrize(
    ("shape", "extent"),
    [((2, AGES, AREAS), Extent(3, 1)), ((2, AGES, AREAS, 2), Extent(3, 1)), ((2, AGES, AREAS, 1), Extent(0, 1))],
)
def test_what_does_not_fit_is_refused(shape: tuple[int, ...], extent: Extent) -> None:
    with pytest.raises(ValueError, match="draw"):
        simulate(np.ones(shape), lambda block, year: None, lambda block, year, persons: None, extent)

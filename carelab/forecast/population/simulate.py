"""Survive and age whole populations in every draw: one kernel for 40 areas and for 11,000, in bounded memory.

Each step is N[a+1, t+1] = N[a, t] x ageing[a+1], the open group adds, births = fertility x mid-year women (Preston,
Heuveline & Guillot 2001, ch. 6). Cohorts stay where they are in memory and the
window of ages moves by one each year, so a year is one multiplication in place. Blocks of areas and draws fit the
processor's cache, live through all years, and are reduced on the way by the caller's function: nothing of the size of
all cells is ever stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.floating[Any]]
"""Float32 or float64: the base decides. Dims (sex, age, area, draw); sexes men, women."""
CACHE_BYTES = 2**20
"""Size of a block's population: about half of a core's second-level cache."""
DRAWS = 128
"""Most draws in one block: the innermost dimension, long enough for vector instructions."""


@dataclass(frozen=True)
class Block:
    """Which areas and draws are projected together; ``number`` counts blocks from 0 (one random stream each)."""

    number: int
    areas: slice
    draws: slice

    @property
    def shape(self) -> tuple[int, int]:
        """Number of areas and draws."""
        return self.areas.stop - self.areas.start, self.draws.stop - self.draws.start


@dataclass(frozen=True)
class YearRates:
    """Rates of one year in one block; the area dim may be 1 where areas share them.

    ``ageing`` (sex, ages + 1, area, draw): share found one year later, element 0 for newborns, the last two for the
    open group, as Rates.ageing of city_projection; ``fertility`` (fertile ages, area, draw): births per woman, from
    age ``first_fertile`` (>= 1) on; ``boys``: share of births.
    """

    ageing: Cells
    fertility: Cells
    first_fertile: int
    boys: float


RatesOf = Callable[[Block, int], YearRates]
"""Rates of a block in a year (0 = first step)."""
Reduce = Callable[[Block, int, Cells], None]
"""What is kept of a block's population (sex, age, area, draw) at a year's end (0 = base). The array is a view of what
goes on: change it in place to control it to a total, copy what shall be kept.
"""


@dataclass(frozen=True)
class Extent:
    """How far to simulate: ``draws``, ``years``, bytes of a block's population, and whether a block holds all areas.

    ``whole``: needed where ``reduce`` controls areas to their sum; blocks then hold fewer draws.
    """

    draws: int
    years: int
    cache_bytes: int = CACHE_BYTES
    whole: bool = False


@dataclass
class Timing:
    """Seconds spent on survive-and-age, on the caller's rates, on the caller's reduction; cells updated; bytes of a
    block.
    """

    step: float = 0.0
    rates: float = 0.0
    reduce: float = 0.0
    cells: int = 0
    block_bytes: int = 0
    blocks: int = field(default=0)

    @property
    def cells_per_second(self) -> float:
        """Cell updates per second of the survive-and-age step alone."""
        return self.cells / self.step if self.step else 0.0


def simulate(base: Cells, rates_of: RatesOf, reduce: Reduce, extent: Extent) -> Timing:
    """Project ``base`` (sex, age, area, draw or 1) through every draw and year; ``reduce`` keeps what is wanted.

    Memory: one block (``extent.cache_bytes``, or one draw of all areas if ``whole``) plus what ``rates_of`` returns.
    Precision is the base's: float32 differs from float64 by less than 1e-5 after 25 years. Raises ValueError where dims
    do not fit.
    """
    _check(base, extent)
    ages, years = base.shape[1], extent.years
    timing, memory = Timing(), np.empty(0, dtype=base.dtype)
    for block in blocks(base.shape, extent, base.itemsize):
        shape = (2, ages + years, *block.shape)
        if memory.size < np.prod(shape):
            memory = np.empty(int(np.prod(shape)), dtype=base.dtype)
        timing.block_bytes, timing.blocks = memory.nbytes, block.number + 1
        cohorts = memory[: np.prod(shape)].reshape(shape)
        started = perf_counter()
        cohorts[:, years:] = base[:, :, block.areas, block.draws if base.shape[3] > 1 else slice(None)]
        timing.step += perf_counter() - started
        _live(cohorts, block, years, (rates_of, reduce), timing)
    return timing


def blocks(shape: tuple[int, ...], extent: Extent, itemsize: int) -> Iterator[Block]:
    """Yield the blocks for a base of ``shape`` (sex, age, area, draw): areas outermost, then draws."""
    areas = shape[2]
    room = max(1, extent.cache_bytes // (2 * (shape[1] + extent.years) * itemsize))
    draws = min(extent.draws, DRAWS, max(1, room // areas) if extent.whole else room)
    wide = areas if extent.whole else min(areas, max(1, room // draws))
    number = 0
    for first in range(0, areas, wide):
        for draw in range(0, extent.draws, draws):
            yield Block(number, slice(first, min(first + wide, areas)), slice(draw, min(draw + draws, extent.draws)))
            number += 1


def age_one_year(cohorts: Cells, top: int, ages: int, rates: YearRates) -> Cells:
    """Survive and age ``cohorts`` (sex, slot, area, draw) in place and return the view (sex, age, area, draw) after it.

    The youngest stand at slot ``top``; newborns enter at ``top - 1``, so cohorts need one free slot per year.
    """
    now, ageing = cohorts[:, top : top + ages], rates.ageing
    born = _by_women(now[1], rates)
    now *= ageing[:, 1:]
    cohorts[:, top + ages - 2] += cohorts[:, top + ages - 1]
    after = cohorts[:, top - 1 : top - 1 + ages]
    born += _by_women(after[1], rates)
    for sex, share in enumerate((rates.boys, 1.0 - rates.boys)):
        np.multiply(born, 0.5 * share * ageing[sex, 0], out=after[sex, 0])
    return after


def _by_women(women: Cells, rates: YearRates) -> Cells:
    """Return births (area, draw) if ``women`` (age, area, draw) lived the whole year here."""
    first, last = rates.first_fertile, rates.first_fertile + rates.fertility.shape[0]
    return np.asarray(np.einsum("fad,fad->ad", women[first:last], rates.fertility))


def _live(cohorts: Cells, block: Block, years: int, calls: tuple[RatesOf, Reduce], timing: Timing) -> None:
    """Carry one block (sex, slot, area, draw) through all years, and note the time of each part."""
    rates_of, reduce = calls
    ages = cohorts.shape[1] - years
    reduce(block, 0, cohorts[:, years:])
    for year in range(years):
        started = perf_counter()
        rates = rates_of(block, year)
        drawn = perf_counter()
        persons = age_one_year(cohorts, years - year, ages, rates)
        aged = perf_counter()
        reduce(block, year + 1, persons)
        timing.rates += drawn - started
        timing.step += aged - drawn
        timing.reduce += perf_counter() - aged
    timing.cells += persons.size * years


def _check(base: Cells, extent: Extent) -> None:
    """Raise ValueError where the base cannot be simulated."""
    if base.ndim != 4 or base.shape[0] != 2 or base.shape[1] < 3:
        raise ValueError(f"the base has the dims sex (2), age, area, draw (or 1), not {base.shape}")
    if base.shape[3] not in (1, extent.draws):
        raise ValueError(f"the base has {base.shape[3]} draws, {extent.draws} are asked for")
    if extent.draws < 1 or extent.years < 1:
        raise ValueError("at least one draw and one year")

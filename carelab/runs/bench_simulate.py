"""The benchmark's rows about the simulation: against the machine's copy bandwidth, linear, in bounded memory."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import numpy as np

from carelab.forecast.arrays import Float32
from carelab.forecast.population.simulate import Block, Cells, Extent, Timing, YearRates, simulate
from carelab.runs.bench_table import Row, median_seconds

AGES, YEARS, OLD = 101, 25, 80
COPIED = 2**26
"""Float32 cells copied to measure the bandwidth: 256 MiB, far beyond the caches."""
FIRST_FERTILE, FERTILE_AGES = 15, 35


class Rates:
    """Rates of a block, drawn anew for every block and year (timed apart by the simulation)."""

    def __init__(self, *, by_area: bool, seed: int = 3) -> None:
        self.by_area, self.rng = by_area, np.random.default_rng(seed)

    def __call__(self, block: Block, year: int) -> YearRates:
        """Return a schedule times a level drawn for each draw (and area, if ``by_area``)."""
        areas, draws = block.shape
        shape = (areas if self.by_area else 1, draws)
        level = 1 + 0.01 * self.rng.standard_normal(shape, dtype=np.float32)
        age = np.arange(AGES + 1, dtype=np.float32)
        survive = np.exp(-np.exp(0.1 * (age - 100)))
        ageing = np.broadcast_to(survive[:, None, None] * level, (2, AGES + 1, *shape))
        fertility = np.broadcast_to(np.float32(0.04) * level, (FERTILE_AGES, *shape))
        return YearRates(np.ascontiguousarray(ageing), np.ascontiguousarray(fertility), FIRST_FERTILE, 0.513)


class SumOld:
    """Keeps persons aged 80 and older (year, area, draw): what the caller wants of the simulation."""

    def __init__(self, areas: int, draws: int, years: tuple[int, ...]) -> None:
        self.years = years
        self.persons: Float32 = np.zeros((len(years), areas, draws), dtype=np.float32)

    def __call__(self, block: Block, year: int, persons: Cells) -> None:
        """Add up one block."""
        if year in self.years:
            self.persons[self.years.index(year), block.areas, block.draws] = persons[:, OLD:].sum(axis=(0, 1))


def copy_cells_per_second() -> float:
    """Return float32 cells copied per second by NumPy (8 bytes of traffic each), median of five."""
    source, target = np.ones(COPIED, dtype=np.float32), np.zeros(COPIED, dtype=np.float32)
    return COPIED / median_seconds(lambda: np.copyto(target, source), 5)


def run(areas: int, draws: int, *, by_area: bool, years: tuple[int, ...] = (YEARS,)) -> Timing:
    """Simulate and return the timing."""
    base = np.random.default_rng(4).uniform(0, 50, (2, AGES, areas, 1)).astype(np.float32)
    return simulate(base, Rates(by_area=by_area), SumOld(areas, draws, years), Extent(draws, YEARS))


def bandwidth_row(areas: int, draws: int, *, by_area: bool, repeats: int) -> Row:
    """Return the row of one size, copy and simulation measured in turn."""
    ratios, speeds, copies = [], [], []
    for _ in range(repeats):
        copies.append(copy_cells_per_second())
        speeds.append(run(areas, draws, by_area=by_area).cells_per_second)
        ratios.append(speeds[-1] / copies[-1])
    ratio = float(np.median(ratios))
    kind = "own rates in every area" if by_area else "rates shared by areas"
    return Row(
        f"survive and age, {draws:,} draws x {areas} areas, {kind}: million cells/s, NumPy copy",
        f"{np.median(speeds) / 1e6:,.0f}",
        f"{np.median(copies) / 1e6:,.0f}",
        f"{ratio:.2f}",
        "at least 0.5",
        ratio >= 0.5,
    )


def linear_row(what: str, sizes: tuple[tuple[int, int], tuple[int, int]], repeats: int) -> Row:
    """Return how many times longer four times as many areas or draws take, the fastest of each: 4 is linear."""
    pairs = [[run(areas, draws, by_area=False).step for areas, draws in sizes] for _ in range(repeats)]
    small, large = np.min(np.array(pairs), axis=0)
    ratio = float(large / small)
    return Row(
        f"  four times as many {what}: seconds, fastest of {repeats}",
        f"{large:.2f}",
        f"{small:.2f}",
        f"{ratio:.1f}",
        "3-5",
        3 <= ratio <= 5,
    )


def huge_row(*, part: int) -> Row:
    """Return time and memory of 1,000 draws x 11,000 areas x 101 ages x 2 sexes x 25 years; a ``part``-th is run."""
    areas, years = 11_000 // part, (0, 5, 10, 15, 20, 25)
    timing = run(areas, 1_000, by_area=False, years=years)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    kept = len(years) * 11_000 * 1_000 * 4 / 2**30
    whole = peak + (kept if part > 1 else 0.0)
    how = f"1/{part} of the areas run, time x {part}, memory + results of all" if part > 1 else "run as a whole"
    spent = f"{timing.step * part:,.0f} s + rates {timing.rates * part:,.0f} s + sums {timing.reduce * part:,.0f} s"
    return Row(
        f"1,000 draws x 11,000 areas x 25 years ({how}): {spent}; peak of the process, GiB",
        f"{whole:.2f}",
        "",
        "",
        "at most 4",
        whole <= 4,
    )


def simulation_rows(*, quick: bool, full: bool) -> Iterator[Row]:
    """Yield all rows."""
    repeats = 3 if quick else 5
    for areas in (40, 400):
        for by_area in (False, True):
            yield bandwidth_row(areas, 200 if quick else 1_000, by_area=by_area, repeats=repeats)
    yield linear_row("areas", ((200, 256), (800, 256)), repeats)
    yield linear_row("draws", ((200, 256), (200, 1024)), repeats)
    yield huge_row(part=1 if full else 50 if quick else 10)

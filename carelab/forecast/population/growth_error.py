"""How far off is growth that is carried on as it was? Learnt on the totals of many Kreise, never on the city itself.

Yearly growth (log) of an area = a level that wanders as a random walk + noise that is new every year (the local level
model: Harvey 1989, ch. 2). Only differences between later and earlier mean growth are looked at, so no area's own level
has to be known; their mean squares are linear in the two variances. Drawn in ``growth_draws``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import nnls

from carelab.forecast.arrays import Array, Years

DENSE = 500.0
"""Persons per km2 from which a Kreis is learnt from as a city: above it, carried-on growth errs half as much again."""
LARGEST_GROWTH = 0.1
"""Growth in a year (log) that no moves explain: a changed border or an error of the source; such areas are left out."""
FIRST_LEARNT = 2008
"""Up to this year at least the panel is used: before it there are too few counts to learn from."""
ROUNDS = 10
"""Rounds of reweighting; the two variances no longer move in the sixth digit after five."""


@dataclass(frozen=True)
class GrowthSpread:
    """Standard deviations of yearly growth (log): ``noise`` new every year, ``wander`` yearly step of the level."""

    noise: float
    wander: float

    def error_variance(self, past: int, years: int) -> Array:
        """Return the error variance of log totals (year,) 1 .. ``years`` ahead if mean growth of ``past`` goes on."""
        ahead = range(1, years + 1)
        loads = np.array([_loads(past, each) for each in ahead])
        return np.asarray(np.square(ahead) * (loads @ [self.noise**2, self.wander**2]))

    def draw_errors(self, past: int, extent: tuple[int, int], rng: np.random.Generator) -> Array:
        """Return errors of log totals (draw, year) with that variance; ``extent``: draws, years.

        The mean of the past is wrong as today's level, the level wanders on, and every year has its noise.
        """
        draws, years = extent
        today = self.error_variance(past, 1)[0] - self.noise**2 - self.wander**2
        normal = rng.standard_normal((2 * years + 1, draws)).T
        level = np.sqrt(max(today, 0.0)) * normal[:, :1] + self.wander * np.cumsum(normal[:, 1 : years + 1], axis=1)
        return np.asarray(np.cumsum(level + self.noise * normal[:, years + 1 :], axis=1))


@dataclass(frozen=True, eq=False)
class GrowthPanel:
    """Totals of areas in running years: ``log`` (area, count), grown on without the steps from census to census.

    ``clock`` (count,): years of growth since the first count; ``year`` (count,); ``dense`` (area,).
    """

    areas: npt.NDArray[Any]
    dense: npt.NDArray[np.bool_]
    year: Years
    clock: Years
    log: Array

    @cached_property
    def all_changes(self) -> tuple[Array, Array]:
        """Changes between any two neighbouring spans, and their loads: the same for every city."""
        return self.changes(combinations(range(self.clock.size), 3))

    def changes(self, spans: Iterable[tuple[int, int, int]]) -> tuple[Array, Array]:
        """Return later less earlier mean growth (area, span) between counts start, middle, end; its loads (span, 2)."""
        start, middle, end = np.array(list(spans)).T
        before, after = self.clock[middle] - self.clock[start], self.clock[end] - self.clock[middle]
        later, earlier = self.log[:, end] - self.log[:, middle], self.log[:, middle] - self.log[:, start]
        loads = [_loads(*pair) for pair in zip(before.tolist(), after.tolist(), strict=True)]
        return later / after - earlier / before, np.array(loads)


def growth_panel(kreis_totals: pd.DataFrame, *, known_until: int, left_out: Collection[str] = ()) -> GrowthPanel:
    """Return the counts known by a year; where the census changes, growth stands still and no year is counted.

    ``kreis_totals`` as in data/reference. Areas ``left_out`` (changed borders) and those with a growth that no moves
    explain do not count.
    """
    rows = kreis_totals[kreis_totals["year"] <= max(known_until, FIRST_LEARNT)]
    persons = rows[~rows["area"].isin(set(left_out))].pivot(index="area", columns="year", values="persons").dropna()
    year = persons.columns.to_numpy(np.int64)
    same = np.diff(rows.groupby("year")["census"].first().to_numpy()) == 0
    step = np.diff(np.log(persons.to_numpy(float)), axis=1)[:, same]
    years = np.diff(year)[same]
    credible = (np.abs(step / years) <= LARGEST_GROWTH).all(axis=1)
    log = np.concatenate([np.zeros((int(credible.sum()), 1)), np.cumsum(step[credible], axis=1)], axis=1)
    areas = persons.index.to_numpy()[credible]
    dense = rows.groupby("area")["per_km2"].last().reindex(areas).to_numpy() >= DENSE
    clock = np.concatenate([[0], np.cumsum(years)])
    return GrowthPanel(areas, dense, np.append(year[0], year[1:][same]), clock, log)


def learn_spread(panel: GrowthPanel, ags: str) -> GrowthSpread:
    """Return the spread of growth for a city or Kreis: learnt on areas of its kind, its own Kreis left out.

    A thinly settled Kreis of the panel learns from such Kreise, everything else from dense ones.
    """
    own = panel.areas == ags[:5]
    thin = len(ags) == 5 and bool((own & ~panel.dense).any())
    return fit_spread(panel, (panel.dense != thin) & ~own)


def fit_spread(panel: GrowthPanel, areas: npt.NDArray[np.bool_]) -> GrowthSpread:
    """Return the spread of growth in some areas (area,), from all changes between two neighbouring spans of years.

    Both variances by weighted non-negative least squares on mean squares, weights 1 / expected square.
    """
    change, loads = panel.all_changes
    square = np.square(change[areas]).mean(axis=0)
    weight = np.ones(square.size)
    for _ in range(ROUNDS):
        variances, _ = nnls(loads * weight[:, None], square * weight)
        weight = 1 / np.maximum(loads @ variances, 1e-12)
    return GrowthSpread(float(np.sqrt(variances[0])), float(np.sqrt(variances[1])))


@cache
def _loads(before: int, after: int) -> tuple[float, float]:
    """Return what noise and wander of variance 1 add to the expected square of a change between two spans of years.

    With weights w over the years (-1 / before, then 1 / after): the sum of w squared, and, as a step of the level moves
    all years from it on, the sum of squared tail sums of w.
    """
    weights = np.concatenate([np.full(before, -1 / before), np.full(after, 1 / after)])
    tails = np.cumsum(weights[::-1])[::-1][1:]
    return float((weights**2).sum()), float((tails**2).sum())

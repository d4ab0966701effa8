"""How far off is growth that is carried on as it was? Learnt on the totals of many Kreise, never on the city itself.

Yearly growth (log) of an area = a level that wanders as a random walk + noise that is new every year (the local level
model: Harvey 1989, ch. 2). Only differences between later and earlier mean growth are looked at, so no area's own level
has to be known; their mean squares are linear in the two variances. Drawn in ``growth_draws``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import nnls

from carelab.forecast.arrays import Array

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
        """Return the error variance of log totals (year,), 1 .. ``years`` ahead: mean growth of ``past`` years goes on."""
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
    """Changes of growth in areas: ``squares`` (area, change) of later less earlier mean growth; ``dense`` (area,).

    ``loads`` (change, 2): how much of the variances of noise and of wander the square of each change is expected to be.
    """

    areas: npt.NDArray[Any]
    dense: npt.NDArray[np.bool_]
    squares: Array
    loads: Array


def growth_panel(kreis_totals: pd.DataFrame, *, known_until: int, left_out: Collection[str] = ()) -> GrowthPanel:
    """Return all changes of growth between counts known by a year, each between two neighbouring spans of years.

    ``kreis_totals`` as in data/reference. No span crosses a change of census. Areas ``left_out`` (changed borders) and
    those with a growth that no moves explain do not count.
    """
    rows = kreis_totals[kreis_totals["year"] <= max(known_until, FIRST_LEARNT)]
    persons = rows[~rows["area"].isin(set(left_out))].pivot(index="area", columns="year", values="persons").dropna()
    census, years = rows.groupby("year")["census"].first(), persons.columns.to_numpy(float)
    log = np.log(persons.to_numpy(float))
    same = np.diff(census.to_numpy()) == 0
    credible = (np.abs(np.diff(log, axis=1) / np.diff(years))[:, same] <= LARGEST_GROWTH).all(axis=1)
    log, areas = log[credible], persons.index.to_numpy()[credible]
    spans = [
        each for _, part in census.groupby(census) for each in combinations(persons.columns.get_indexer(part.index), 3)
    ]
    squares, loads = [], []
    for start, middle, end in spans:
        before, after = years[middle] - years[start], years[end] - years[middle]
        change = (log[:, end] - log[:, middle]) / after - (log[:, middle] - log[:, start]) / before
        squares.append(change**2)
        loads.append(_loads(int(before), int(after)))
    dense = rows.groupby("area")["per_km2"].last().reindex(areas).to_numpy() >= DENSE
    return GrowthPanel(areas, dense, np.stack(squares, axis=1), np.array(loads))


def learn_spread(panel: GrowthPanel, ags: str) -> GrowthSpread:
    """Return the spread of growth for a city or Kreis: learnt on areas of its kind, its own Kreis left out.

    A thinly settled Kreis of the panel learns from such Kreise, everything else from dense ones. Both variances by
    weighted non-negative least squares on mean squares, weights 1 / expected square.
    """
    own = panel.areas == ags[:5]
    thin = len(ags) == 5 and bool((own & ~panel.dense).any())
    square = panel.squares[(panel.dense != thin) & ~own].mean(axis=0)
    weight = np.ones(square.size)
    for _ in range(ROUNDS):
        variances, _ = nnls(panel.loads * weight[:, None], square * weight)
        weight = 1 / np.maximum(panel.loads @ variances, 1e-12)
    return GrowthSpread(float(np.sqrt(variances[0])), float(np.sqrt(variances[1])))


def _loads(before: int, after: int) -> tuple[float, float]:
    """Return what noise and wander of variance 1 add to the expected square of a change between two spans of years.

    With weights w over the years (-1 / before, then 1 / after): the sum of w squared, and, as a step of the level moves
    all years from it on, the sum of squared tail sums of w.
    """
    weights = np.concatenate([np.full(before, -1 / before), np.full(after, 1 / after)])
    tails = np.cumsum(weights[::-1])[::-1][1:]
    return float((weights**2).sum()), float((tails**2).sum())

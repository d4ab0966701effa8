"""Randomisation inference: what the estimate would be had chance chosen otherwise (Fisher 1935; Rosenbaum 2002).

Starts are re-drawn among the units, within strata if the design had them; the share of re-draws at least as extreme is
the p-value. It needs no model of errors, holds with one treated unit, and is exact if chance did choose; if not, it
says how unusual the estimate is among units as they are. Clustered t tests reject true nulls in most runs there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from carelab.planning.evaluation.estimators import Array, Estimator, Index, cohort_of

REDRAWS = 1999
TOLERANCE = 1e-5
"""Precision of the interval's ends, as a share of the width of the re-drawn estimates."""
FARTHEST = 1e6
"""Effects so many widths away that are not rejected are taken for an interval without end."""
TIE = 1e-9
"""Estimates closer than this share of the largest one are equal."""


@dataclass(frozen=True)
class Found:
    """Estimate, randomisation p-value (two-sided), the finest p-value this design can give, and the interval.

    The interval holds all constant effects that the same test does not reject at ``1 - level``.
    """

    estimate: float
    p_value: float
    finest: float
    lower: float
    upper: float
    level: float
    redraws: int


def redraw(start: Index, rng: np.random.Generator, *, strata: Index | None = None, amount: int = REDRAWS) -> Index:
    """Return assignments (redraw, unit) that the design could have given, the actual one first.

    All of them if there are at most ``amount``, else the actual one and ``amount`` drawn at random.
    """
    groups = np.zeros(len(start), np.int64) if strata is None else strata
    blocks = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    if math.prod(_arrangements(start[members]) for members in blocks) <= amount:
        return _every(start, blocks)
    drawn = np.tile(start, (amount + 1, 1))
    for members in blocks:
        keys = rng.random((amount, len(members)))
        drawn[1:, members] = start[members][np.argsort(keys, axis=1)]
    return drawn


def _arrangements(start: Index) -> int:
    """Return in how many ways these starts can be given to these units."""
    _, counts = np.unique(start, return_counts=True)
    return math.factorial(len(start)) // math.prod(math.factorial(int(count)) for count in counts)


def _every(start: Index, blocks: list[Index]) -> Index:
    """Return all assignments, the actual one first."""
    found = start[None]
    for members in blocks:
        ways = np.array(list(_ways(tuple(start[members]))), dtype=start.dtype)
        found = np.repeat(found, len(ways), axis=0)
        found[:, members] = np.tile(ways, (len(found) // len(ways), 1))
    actual = (found == start).all(axis=1)
    return np.concatenate([start[None], found[~actual]])


def _ways(values: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the distinct orders of some values."""
    if len(set(values)) <= 1:
        yield values
        return
    common = max(set(values), key=values.count)
    others = tuple(value for value in values if value != common)
    for places in combinations(range(len(values)), len(others)):
        for inner in _ways(others):
            whole = [common] * len(values)
            for place, value in zip(places, inner, strict=True):
                whole[place] = value
            yield tuple(whole)


def redrawn_estimates(estimator: Estimator, outcome: Array, assignments: Index) -> Array:
    """Return the estimate of each assignment (redraw, ...): outcome (..., unit, period), assignments (redraw, unit)."""
    scores = estimator.scores(outcome)
    cohorts = cohort_of(assignments.reshape(-1), estimator.starts).reshape(assignments.shape)
    chosen = (cohorts[..., None] == np.arange(len(estimator.starts))).astype(np.float64)
    flat = scores.reshape(*scores.shape[:-2], -1)
    found: Array = np.tensordot(chosen.reshape(len(chosen), -1), flat, axes=(1, -1))
    return found


def p_value(estimates: Array, *, actual: int = 0) -> Array:
    """Return the share of assignments (axis 0) at least as extreme as the actual one, itself included (two-sided).

    Equal up to rounding counts as equal: sums of the same cells in another order differ in their last digits.
    """
    size = np.abs(estimates)
    share: Array = (size >= size[actual] - TIE * size.max(axis=0)).mean(axis=0)
    return share


def infer(estimator: Estimator, outcome: Array, assignments: Index, treated: Array, *, level: float = 0.8) -> Found:
    """Return estimate, p-value and interval. ``treated`` (unit, period): 1 where the actual assignment is treated.

    ``assignments`` as from ``redraw``. An effect is rejected if, with it taken away, the test rejects.
    """
    observed = redrawn_estimates(estimator, outcome, assignments)
    shift = redrawn_estimates(estimator, treated, assignments)
    center = float(observed[0])
    width = float(np.abs(observed - center).max()) or 1.0

    def rejected(effect: float) -> bool:
        return bool(p_value(observed - effect * shift) <= 1 - level + 1e-12)

    lower, upper = not_rejected(rejected, center, width)
    return Found(
        float(observed[0]),
        float(p_value(observed)),
        1 / len(observed),
        lower,
        upper,
        level,
        len(observed) - 1,
    )


def not_rejected(rejected: Callable[[float], bool], center: float, width: float) -> tuple[float, float]:
    """Return the ends of the effects that a test does not reject, from the estimate ``center`` outwards.

    By widening (first step ``width``) and halving; infinite where no effect is large enough to be rejected.
    """
    ends = []
    for sign in (-1.0, 1.0):
        inside, outside = 0.0, width
        while not rejected(center + sign * outside) and outside < FARTHEST * width:
            inside, outside = outside, 2 * outside
        while outside < FARTHEST * width and outside - inside > width * TOLERANCE:
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if rejected(center + sign * middle) else (middle, outside)
        ends.append(center + sign * outside if outside < FARTHEST * width else sign * np.inf)
    return ends[0], ends[1]


def draw_rollout(waves: Index, rng: np.random.Generator, *, strata: Index | None = None) -> Index:
    """Return starts (unit): ``waves`` (unit) in an order drawn by chance, within strata; record the seed of ``rng``."""
    groups = np.zeros(len(waves), np.int64) if strata is None else strata
    drawn = waves.copy()
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        drawn[members] = rng.permutation(waves[members])
    return drawn

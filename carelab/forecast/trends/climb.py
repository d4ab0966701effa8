"""Climb to the maximum of any likelihood of three variances, for all series together: Newton steps with safeguards.

The standard deviations are the parameters, so that a variance may become exactly zero (Harvey 1989, 3.4). Where the
likelihood is not bent downwards, the bend is shifted until it is (Nocedal & Wright 2006, 3.4); a step that leads down
is taken back and damped. Starts that cannot win any more are given up on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
import numpy.typing as npt

from carelab.forecast.arrays import Array, Index

ROW, COLUMN = np.array([[0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]])
DIAGONAL, OFF = np.array([[0, 3, 5], [1, 2, 4]])
"""Where the six different elements of a symmetric 3 x 3 matrix stand."""
LAG, SAME = 0.05, 0.1
"""Starts are given up that lag so far behind the best of their series (log-likelihood), whatever their next steps
promise, or stand as near to it (share of its deviations).
"""
GAIN = 1e-8
"""Converged when the step promises less log-likelihood than this."""
ITERATIONS = 100
LEAST_BEND = 1e-4
"""Added curvature (log-likelihood per squared unit): keeps steps finite where the likelihood is flat."""
LEAST_EIGENVALUE = 1e-3
"""Of the bend with its diagonal scaled to one: below it the bend is shifted."""


@dataclass(frozen=True)
class Hill:
    """Log-likelihood (series,), its gradient (3, series) and its bend (6, series: 00, 01, 02, 11, 12, 22): minus the
    second derivatives.
    """

    loglik: Array
    gradient: Array
    bend: Array


class Likelihood(Protocol):
    """What can be climbed: variances are given in squared units of the series (about its typical change)."""

    def heights(self, series: slice, mixes: Array) -> tuple[Array, Array]:
        """Return for some series and mixes of variances (mix, 3) the best size of each mix, (mix, series), and the
        log-likelihood there, up to a constant of the series.
        """

    def hill(self, series: Index, variances: Array) -> Hill:
        """Return the log-likelihood of some ``series`` at ``variances`` (3, series), its gradient and its bend."""


def climb(likelihood: Likelihood, begin: Array, free: Array) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Raise every likelihood from ``begin`` (3, start, series; NaN = no start) until no step promises more than GAIN.

    Returns deviations (3, start, series), their log-likelihood and who arrived (start, series).
    """
    starts, series = begin.shape[1:]
    found = begin.reshape(3, -1)
    height, done = np.full(found.shape[1], -np.inf), np.zeros(found.shape[1], dtype=bool)
    at = np.flatnonzero(np.isfinite(found[0]))
    now = _place(likelihood, at % series, found[:, at], free)
    for _ in range(ITERATIONS):
        step, promised = now.step()
        settled = (promised < GAIN) & (now.damping < 1.0)
        found[:, at], height[at], done[at] = now.deviation, now.loglik, settled
        stay = ~settled
        if starts > 1:
            lost = _beaten(found, height, at, (3 * promised + LAG, series))
            height[at[lost]] = -np.inf
            stay &= ~lost
        if not stay.any():
            break
        if not stay.all():
            kept = np.flatnonzero(stay)
            at, step, now = at[kept], step[:, kept], now.only(kept)
        now = now.move(_place(likelihood, at % series, now.deviation + step, free))
    return found.reshape(begin.shape), height.reshape(starts, series), done.reshape(starts, series)


def _beaten(found: Array, height: Array, at: Index, reach: tuple[Array, int]) -> npt.NDArray[np.bool_]:
    """Return which columns ``at`` are beaten by the best start of their series: below it by more than their reach, or
    at the same place. ``reach``: what each may still gain, and the number of series.
    """
    gain, series = reach
    leader = height.reshape(-1, series).argmax(axis=0) * series + np.arange(series)
    lead = leader[at % series]
    own, best = np.abs(found[:, at]), np.abs(found[:, lead])
    close = (np.abs(own - best) < SAME * (best + 0.03 * best.max(axis=0))).all(axis=0)
    return np.asarray((lead != at) & ((height[at] + gain < height[lead]) | close))


@dataclass
class _Place:
    """Where every series stands: deviations and slope (3, series), log-likelihood, bend (6, series) by the deviations,
    and damping (series,).
    """

    deviation: Array
    loglik: Array
    slope: Array
    bend: Array
    damping: Array

    def only(self, stay: Index) -> _Place:
        """Return the places of some series."""
        return _Place(*(getattr(self, field.name)[..., stay] for field in fields(self)))

    def step(self) -> tuple[Array, Array]:
        """Return the damped Newton step (3, series) and the log-likelihood it promises."""
        size = np.sqrt(np.abs(self.bend[DIAGONAL]) + LEAST_BEND)
        scaled = self.bend / (size[ROW] * size[COLUMN])
        least = _least_eigenvalue(scaled)
        shift = self.damping + np.maximum(0.0, np.maximum(LEAST_EIGENVALUE - least, -2 * least))
        step = _solve(scaled[DIAGONAL] + shift, scaled[OFF], self.slope / size) / size
        limit = np.maximum(2.0 * np.abs(self.deviation), 1.0)
        return np.clip(step, -limit, limit), 0.5 * np.abs((self.slope * step).sum(axis=0))

    def move(self, trial: _Place) -> _Place:
        """Return the higher of the two places for every series; where the trial was lower, the next step is shorter."""
        better = trial.loglik >= self.loglik - 1e-13 * np.abs(self.loglik)
        less = np.where(self.damping > 0.01, 0.2 * self.damping, 0.0)
        damping = np.where(better, less, 0.1 + 4 * self.damping)
        return _Place(
            np.where(better, trial.deviation, self.deviation),
            np.where(better, trial.loglik, self.loglik),
            np.where(better, trial.slope, self.slope),
            np.where(better, trial.bend, self.bend),
            damping,
        )


def _place(likelihood: Likelihood, series: Index, deviation: Array, free: Array) -> _Place:
    """Return the place at ``deviation`` (3, series): derivatives by the deviations from those by the variances, none
    where a variance is not free.
    """
    hill = likelihood.hill(series, deviation * deviation)
    free = free[:, None]
    slope = 2 * free * deviation * hill.gradient
    bend = (4 * free[ROW] * free[COLUMN]) * (deviation[ROW] * deviation[COLUMN]) * hill.bend
    bend[DIAGONAL] -= 2 * free * hill.gradient
    return _Place(deviation, hill.loglik, slope, bend, np.zeros(series.size))


def _least_eigenvalue(matrix: Array) -> Array:
    """Return the least eigenvalue (series,) of symmetric 3 x 3 matrices (6, series), by the cosine of a third of an
    angle (Smith 1961, Communications of the ACM 4).
    """
    diagonal, (b, c, d) = matrix[DIAGONAL], matrix[OFF]
    middle = diagonal.mean(axis=0)
    x, y, z = diagonal - middle
    spread = np.sqrt((x * x + y * y + z * z + 2 * (b * b + c * c + d * d)) / 6) + 1e-100
    half = (x * (y * z - d * d) - b * (b * z - c * d) + c * (b * d - c * y)) / (2 * spread**3)
    angle = np.arccos(np.clip(half, -1.0, 1.0)) / 3
    return np.asarray(middle + 2 * spread * np.cos(angle + 2 * np.pi / 3))


def _solve(diagonal: Array, off: Array, right: Array) -> Array:
    """Solve symmetric 3 x 3 systems (.., series) by Cholesky; ``off`` holds the elements 01, 02, 12."""
    first = np.sqrt(diagonal[0])
    b, c = off[0] / first, off[1] / first
    second = np.sqrt(np.maximum(diagonal[1] - b * b, 1e-12 * diagonal[1]))
    d = (off[2] - b * c) / second
    third = np.sqrt(np.maximum(diagonal[2] - c * c - d * d, 1e-12 * diagonal[2]))
    x = right[0] / first
    y = (right[1] - b * x) / second
    z = (right[2] - c * x - d * y) / third / third
    y = (y - d * z) / second
    return np.stack([(x - b * y - c * z) / first, y, z])

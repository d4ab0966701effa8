"""Distance decay: the weight of an offer that is some minutes away, 1 at the door and 0 out of reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carelab.planning.access.catchment import Array, Decay


def within(limit: float) -> Decay:
    """Return the decay of 2SFCA: 1 up to ``limit``, 0 beyond it (Luo & Wang 2003)."""
    return lambda cost: (cost <= limit).astype(np.float64)


def steps(limits: Sequence[float], weights: Sequence[float]) -> Decay:
    """Return the decay of E2SFCA: ``weights[k]`` up to ``limits[k]``, 0 beyond the last (Luo & Qi 2009).

    Raises ValueError unless limits ascend, weights do not, and there are as many of one as of the other.
    """
    edges, values = np.asarray(limits, float), np.asarray([*weights, 0.0], float)
    if len(edges) + 1 != len(values) or (np.diff(edges) <= 0).any() or (np.diff(values) > 0).any():
        raise ValueError(f"limits must ascend and weights must not, found {limits} and {weights}")

    def weigh(cost: Array) -> Array:
        beyond = np.zeros(cost.shape, np.int8)
        for limit in edges:  # counting limits passed is faster than a search for each cost
            beyond += cost > limit
        return values[beyond]

    return weigh


def gaussian(sigma: float, *, limit: float) -> Decay:
    """Return exp(-cost² / 2 sigma²) up to ``limit``, 0 beyond it; not rescaled at the limit (cf. Dai 2010)."""
    return lambda cost: np.where(cost <= limit, np.exp(-0.5 * np.square(np.minimum(cost, limit) / sigma)), 0.0)

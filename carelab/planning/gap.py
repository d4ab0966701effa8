"""Gap: demand minus supply, as draws; probabilities, not one number.

Places needed = people in nursing homes / occupancy; gap = places needed - places. Positive: places are missing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def place_gap(demand: Array, places: Array, occupancy: float) -> Array:
    """Return missing places (draw, district, year).

    ``demand`` (draw, district, year) persons, ``places`` (draw, district), ``occupancy`` share of places in use (0-1).
    """
    gap: Array = demand / occupancy - places[:, :, None]
    return gap


def probability_above(gap: Array, limit: float = 0.0) -> Array:
    """Return the share of draws (district, year) in which more than ``limit`` places are missing."""
    share: Array = (gap > limit).mean(axis=0)
    return share


def probability_among_highest(values: Array, count: int, eligible: npt.NDArray[np.bool_]) -> Array:
    """Return the share of draws in which a district is among the ``count`` highest; values (draw, district, ...).

    Only ``eligible`` districts (inhabited) compete; the others get 0.
    """
    usable = np.where(eligible.reshape(1, -1, *([1] * (values.ndim - 2))), values, -np.inf)
    order = np.argsort(-usable, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    share: Array = ((rank < min(count, int(eligible.sum()))) & np.isfinite(usable)).mean(axis=0)
    return share


def ranking(values: Array, eligible: npt.NDArray[np.bool_]) -> Array:
    """Return ranks (district,), 1 = highest; NaN for districts that are not eligible."""
    ranks = np.full(values.shape[0], np.nan)
    order = np.argsort(-values[eligible], kind="stable")
    ranks[np.flatnonzero(eligible)[order]] = np.arange(1, order.size + 1)
    return ranks

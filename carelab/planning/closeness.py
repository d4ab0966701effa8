"""How close help is to whom: minutes to the next site as means and shares over a group's people, on the same draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from carelab.planning.access.travel import NEAR

Array = NDArray[np.float64]
FAR = 30.0
"""Minutes on foot beyond which hardly anybody walks: the outer step of E2SFCA (Luo & Qi 2009)."""


def over_people(by_district: Array, people: Array) -> Array:
    """Return the mean (draw,) over a group's people of values (draw, district); districts without a place are left out.

    ``people`` (draw, district). NaN where nobody of the group lives in a district with a place.
    """
    known = np.isfinite(by_district)
    weight = np.where(known, people, 0.0)
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((np.where(known, by_district, 0.0) * weight).sum(axis=1) / total)


def near(minutes: Array) -> Array:
    """Return which points (draw, point) are within travel.NEAR minutes, as 0 and 1."""
    return (minutes <= NEAR).astype(float)


def far(minutes: Array) -> Array:
    """Return which points (draw, point) are beyond FAR minutes, as 0 and 1."""
    return (minutes > FAR).astype(float)

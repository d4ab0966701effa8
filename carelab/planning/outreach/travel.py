"""Ways by car: straight lines between districts, times a detour, at a mean speed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EARTH_KM = 6371.0
TOUR_CONSTANT = 0.7124
"""Shortest tour through n random points of an area A has length about 0.7124 sqrt(n A) (Beardwood, Halton and
Hammersley 1959; constant: Johnson and McGeoch 1996)."""


def straight_km(lon: Array, lat: Array) -> Array:
    """Return great-circle distances in km (point, point) from degrees."""
    x, y = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    half = np.sin((y[:, None] - y) / 2) ** 2 + np.cos(y[:, None]) * np.cos(y) * np.sin((x[:, None] - x) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def drive_minutes(km: Array, *, detour: Array | float, speed: Array | float) -> Array:
    """Return minutes by car for straight lines in km; ``speed`` in km per hour. Factors broadcast."""
    return np.asarray(km * detour / speed * 60.0)


def leg_km(area_ha: Array, visits: Array | float) -> Array:
    """Return the mean straight-line leg in km between ``visits`` stops inside an area (hectares)."""
    return np.asarray(TOUR_CONSTANT * np.sqrt(np.asarray(area_ha) / 100.0 / np.maximum(visits, 1.0)))

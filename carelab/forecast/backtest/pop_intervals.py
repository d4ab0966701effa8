"""Intervals of the rules of thumb: the quantiles of their own past errors at all other origins of that horizon.

Empirical intervals as in Rayer, Smith & Tayman (2009), Population Research and Policy Review 28, all areas together (as
for people in need). Leaving only the scored origin out lets a rule learn from later origins, too: a generous yardstick
for the model, which may not.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from carelab.forecast.arrays import Array

GRID: Final = np.linspace(0.01, 0.99, 50)
"""Probabilities at which a distribution is kept."""
MOST: Final = 4000
"""Errors used at most per distribution (evenly thinned): enough for its quantiles."""


def log_error(observed: Array, forecast: Array) -> Array:
    """Return log((observed + 1/2) / (forecast + 1/2)): finite where nobody is left."""
    return np.asarray(np.log((observed + 0.5) / (forecast + 0.5)))


def apply_error(forecast: Array, error: Array) -> Array:
    """Return the observation that would have had this log error, at least 0."""
    return np.asarray(np.maximum((forecast + 0.5) * np.exp(error) - 0.5, 0.0))


def other_origin_quantiles(errors: Array) -> Array:
    """Return error quantiles (o, GRID) from log errors (o, a) at the other origins; NaN where there is no other."""
    origins = range(len(errors))
    return np.stack([_quantiles(np.delete(errors, origin, axis=0)) for origin in origins])


def _quantiles(errors: Array) -> Array:
    """Return quantiles (GRID,) of the known errors; NaN without any."""
    known = errors[np.isfinite(errors)]
    if not known.size:
        return np.full(GRID.size, np.nan)
    return np.asarray(np.quantile(known[:: max(known.size // MOST, 1)], GRID))

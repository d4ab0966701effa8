"""How good a forecast was: proper scores for distributions, coverage of intervals, plain errors.

All functions take arrays that broadcast; shares and relative errors are 0-1 (0.1 = 10 %). Scores have the unit of what
was observed; smaller is better. scoringrules is the oracle of the tests (importing it takes as long as computing here).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from carelab.forecast.arrays import Array


def wis(observed: ArrayLike, quantiles: Mapping[float, ArrayLike] | ArrayLike, *, levels: ArrayLike = ()) -> Array:
    """Return the weighted interval score of the median and its central intervals.

    ``quantiles``: probability -> array like ``observed``; or one array (..., level) together with its ``levels``.
    Equals twice the mean pinball loss. Raises ValueError where the median or the other side of an interval is missing.
    Source: Bracher et al. (2021), PLOS Comput Biol 17(2), eq. 1-3, corrected 2022: divided by K + 1/2.
    """
    if isinstance(quantiles, Mapping):
        levels = list(quantiles)
        values = np.stack(np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in quantiles.values())), axis=-1)
    else:
        values = np.asarray(quantiles, dtype=float)
    p = np.asarray(levels, dtype=float)
    if p.size == 0 or values.shape[-1:] != p.shape or not np.any(np.isclose(p, 0.5)):
        raise ValueError("quantiles need one level each, the median (0.5) among them")
    if np.any((p <= 0) | (p >= 1)) or not np.allclose(np.sort(p), np.sort(1 - p)) or np.unique(p).size < p.size:
        raise ValueError("levels must lie between 0 and 1 and come in pairs, p and 1 - p, each once")
    error = np.asarray(observed, dtype=float)[..., None] - values
    return np.asarray(2 * np.mean(np.maximum(p * error, (p - 1) * error), axis=-1))


def crps_ensemble(observed: ArrayLike, ensemble: ArrayLike, *, fair: bool = False) -> Array:
    """Return the CRPS of an ensemble (..., member): as it is (plain), or unbiased for its source (fair).

    Sorts once: O(n log n). Raises ValueError for a fair score of a single member. Sources: Gneiting & Raftery (2007),
    JASA 102(477), eq. 21; fair: Ferro (2014), QJRMS 140(683).
    """
    error = np.sort(np.asarray(ensemble, dtype=float) - np.asarray(observed, dtype=float)[..., None], axis=-1)
    members = error.shape[-1]
    if members < (2 if fair else 1):
        raise ValueError("an ensemble needs at least one member, a fair score two")
    weight = 2 * np.arange(1, members + 1) - members - 1
    spread = error @ weight / (members * (members - 1 if fair else members))
    return np.asarray(np.abs(error).mean(axis=-1) - spread)


def crps_common(observed: ArrayLike, members: ArrayLike) -> Array:
    """Return the CRPS (plain) of one and the same ensemble (member,) at each of many observations.

    As crps_ensemble, but no array of observations times members is built: means of distances come from sums of the
    sorted members.
    """
    truth, ordered = np.asarray(observed, dtype=float), np.sort(np.asarray(members, dtype=float))
    count, sums = ordered.size, np.concatenate([[0.0], np.cumsum(ordered)])
    below = np.searchsorted(ordered, truth)
    distance = truth * (2 * below - count) + sums[-1] - 2 * sums[below]
    spread = ordered @ (2 * np.arange(1, count + 1) - count - 1) / count**2
    return np.asarray(distance / count - spread)


def crps_normal(observed: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Array:
    """Return the CRPS of a normal distribution; sd 0 means certainty. Raises ValueError for a negative sd.

    Source: Gneiting et al. (2005), Monthly Weather Review 133(5), eq. 5.
    """
    sd = np.asarray(sd, dtype=float)
    if np.any(sd < 0):
        raise ValueError("a standard deviation is negative")
    error = np.asarray(observed, dtype=float) - np.asarray(mean, dtype=float)
    shape = np.broadcast_shapes(error.shape, sd.shape)
    z = np.divide(error, sd, out=np.zeros(shape), where=np.broadcast_to(sd > 0, shape))
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    spread = error * (2 * ndtr(z) - 1) + sd * (2 * density - 1 / np.sqrt(np.pi))
    return np.asarray(np.where(sd > 0, spread, np.abs(error)))


def pit(observed: ArrayLike, ensemble: ArrayLike) -> Array:
    """Return the place (0-1) of the observation in the ensemble (..., member); ties count half. Flat: calibrated."""
    truth, members = np.asarray(observed, dtype=float)[..., None], np.asarray(ensemble, dtype=float)
    place = np.mean((members < truth) + 0.5 * (members == truth), axis=-1)
    return np.asarray(np.where(np.isnan(truth[..., 0]) | np.isnan(members).any(axis=-1), np.nan, place))


def pit_common(observed: ArrayLike, members: ArrayLike) -> Array:
    """Return ``pit`` of one and the same ensemble (member,) at each of many observations, without their product."""
    truth, ordered = np.asarray(observed, dtype=float), np.sort(np.asarray(members, dtype=float))
    place = (np.searchsorted(ordered, truth) + np.searchsorted(ordered, truth, side="right")) / 2 / ordered.size
    return np.asarray(np.where(np.isnan(truth), np.nan, place))


def coverage(observed: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, axis: int | None = None) -> Array:
    """Return the share of observations inside their intervals, both ends included; cases with a NaN are left out."""
    observed, lower, upper = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (observed, lower, upper)))
    known = ~(np.isnan(observed) | np.isnan(lower) | np.isnan(upper))
    return _mean(np.where(known, (lower <= observed) & (observed <= upper), np.nan), axis)


def relative_error(observed: ArrayLike, forecast: ArrayLike) -> Array:
    """Return (forecast - observed) / observed; NaN where nothing was observed (0) or either is unknown."""
    observed, forecast = np.broadcast_arrays(np.asarray(observed, dtype=float), np.asarray(forecast, dtype=float))
    missing = np.full(observed.shape, np.nan)
    return np.asarray(np.divide(forecast - observed, observed, out=missing, where=observed != 0))


def mape(observed: ArrayLike, forecast: ArrayLike, *, axis: int | None = None) -> Array:
    """Return the mean absolute relative error; areas where nothing was observed (0, NaN) are left out."""
    return _mean(np.abs(relative_error(observed, forecast)), axis)


def median_ape(observed: ArrayLike, forecast: ArrayLike, *, axis: int | None = None) -> Array:
    """Return the median absolute relative error: as ``mape``, but not driven by a few small areas."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice")
        return np.asarray(np.nanmedian(np.abs(relative_error(observed, forecast)), axis=axis))


def wape(observed: ArrayLike, forecast: ArrayLike, *, axis: int | None = None) -> Array:
    """Return the sum of absolute errors / sum of observations over the areas known in both; NaN where that sum is 0."""
    observed, forecast = np.broadcast_arrays(np.asarray(observed, dtype=float), np.asarray(forecast, dtype=float))
    error = np.abs(forecast - observed)
    base = np.where(np.isnan(error), 0.0, np.abs(observed)).sum(axis=axis)
    total = np.nansum(error, axis=axis)
    return np.asarray(np.divide(total, base, out=np.full(np.shape(base), np.nan), where=np.asarray(base) > 0))


def bias(observed: ArrayLike, forecast: ArrayLike, *, axis: int | None = None) -> Array:
    """Return the mean signed relative error (MALPE): above 0 = forecast too high. Left out as in ``mape``."""
    return _mean(relative_error(observed, forecast), axis)


def _mean(values: Array, axis: int | None) -> Array:
    """Return the mean of what is known; NaN, without a warning, where nothing is."""
    count = np.sum(~np.isnan(values), axis=axis)
    total = np.nansum(values, axis=axis)
    return np.asarray(np.divide(total, count, out=np.full(np.shape(count), np.nan), where=np.asarray(count) > 0))

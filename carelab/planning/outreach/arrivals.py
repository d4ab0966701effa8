"""Requests over a year: a Poisson process by district and queue, with common random numbers.

The yearly count is the Poisson quantile of one fixed uniform number per queue, and the n-th request of a queue always
has the same place in the year: more of a rate adds requests and leaves the others where they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from carelab.planning.outreach.travel import Array

Counts = NDArray[np.int32]
_MASK = np.uint64(0xFFFFFFFFFFFFFFFF)


def yearly_counts(expected: Array, seed: int) -> NDArray[np.int64]:
    """Return Poisson counts for ``expected`` (draw, district, queue): the quantile of a fixed uniform number."""
    from scipy.stats import poisson

    position = np.random.default_rng([seed, *b"requests"]).random(expected.shape)
    return np.asarray(poisson.ppf(position, np.maximum(expected, 1e-12)), dtype=np.int64)


def daily_arrivals(expected: Array, days: int, seed: int) -> Counts:
    """Return requests (day, draw, district, queue) of a year of ``days`` working days around ``expected`` a year."""
    counts = yearly_counts(expected, seed)
    flat = counts.ravel()
    queue = np.repeat(np.arange(flat.size), flat)
    number = np.arange(queue.size) - np.repeat(np.cumsum(flat) - flat, flat)
    day = (_uniform(queue, number, seed) * days).astype(np.int64)
    arrivals = np.bincount(day * flat.size + queue, minlength=days * flat.size)
    return arrivals.reshape(days, *counts.shape).astype(np.int32)


def _uniform(queue: NDArray[Any], number: NDArray[Any], seed: int) -> Array:
    """Return a uniform number that depends on queue, number and seed alone (finaliser of SplitMix64, Steele 2014)."""
    with np.errstate(over="ignore"):
        z = (queue.astype(np.uint64) << np.uint64(24)) ^ number.astype(np.uint64)
        z = (z + np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)) & _MASK
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return np.asarray((z >> np.uint64(11)).astype(np.float64) / 2**53)

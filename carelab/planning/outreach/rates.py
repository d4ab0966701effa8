"""Draws of assumed rates: each rate has random numbers of its own, so that changing one moves nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from carelab.planning.outreach.travel import Array


class RateLike(Protocol):
    """What is needed of a rate (inputs.outreach.Rate)."""

    @property
    def id(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def shape(self) -> str: ...


Rates = dict[str, Array]
"""Rate id -> draws (draw,)."""


def draw_rates(rates: Iterable[RateLike], draws: int, seed: int) -> Rates:
    """Return every rate's draws from its own range; the stream depends on ``seed`` and the rate's id alone."""
    return {
        rate.id: inverse(rate, np.random.default_rng([seed, *b"rate", *rate.id.encode()]).random(draws))
        for rate in rates
    }


def inverse(rate: RateLike, position: Array) -> Array:
    """Return quantiles of a rate at ``position`` (0-1): triangular with mode ``value``, uniform, or fixed."""
    low, mode, high = rate.low, rate.value, rate.high
    if low == high:
        return np.full(np.shape(position), low)
    if rate.shape == "uniform":
        return np.asarray(low + (high - low) * position)
    left = (mode - low) / (high - low)
    below = low + np.sqrt(position * (high - low) * (mode - low))
    above = high - np.sqrt((1 - position) * (high - low) * (high - mode))
    return np.asarray(np.where(position < left, below, above))


def with_rate(rates: Rates, name: str, value: float) -> Rates:
    """Return the same draws with one rate held at a value."""
    return rates | {name: np.full(rates[name].shape, value)}

"""Why the number of people in need changes: population size, ageing, prevalence; exact, for every draw at once.

Conventions for areas without people: an area that is uninhabited at one time has no age shares then; the shares of the
other time are used, so nothing is put down to ageing. An area that is uninhabited at both times gets zeros.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carelab.forecast.arrays import Array


class DasGupta(NamedTuple):
    """Change in cases (persons) by cause; each array has the leading dims of the inputs, e.g. draw x district."""

    population: Array
    ageing: Array
    prevalence: Array

    @property
    def total(self) -> Array:
        """Change in cases, all causes together (persons)."""
        return self.population + self.ageing + self.prevalence


class Kitagawa(NamedTuple):
    """Change in the crude rate (0-1) by cause, and the two crude rates it lies between."""

    rate0: Array
    rate1: Array
    composition: Array
    rate_effect: Array


def das_gupta(population0: ArrayLike, population1: ArrayLike, rates0: ArrayLike, rates1: ArrayLike) -> DasGupta:
    """Split the change in cases into population size, age-sex shares and rates by the Shapley average over all orders.

    All four arrays: (..., age-sex cell); leading dims broadcast. Populations in persons, rates 0-1 per person. Cases
    are size x sum(share x rate); the factors add up to the change. Raises ValueError where cells differ or persons are
    negative.
    Source: Das Gupta, P. (1978), A general method of decomposing a difference between two rates, Demography 15(1).
    """
    size0, size1, crude = _sizes_and_crude_rates(population0, population1, rates0, rates1)
    (c00, c01), (c10, c11) = crude
    return DasGupta(
        population=(size1 - size0) * ((c00 + c11) / 3 + (c01 + c10) / 6),
        ageing=_middle(size0, size1, c10 - c00, c11 - c01),
        prevalence=_middle(size0, size1, c01 - c00, c11 - c10),
    )


def kitagawa(population0: ArrayLike, population1: ArrayLike, rates0: ArrayLike, rates1: ArrayLike) -> Kitagawa:
    """Split the change in the crude rate into age-sex composition and age-specific rates.

    Arrays, units and errors as in ``das_gupta``. Source: Kitagawa, E. M. (1955), Components of a difference between two
    rates, Journal of the American Statistical Association 50(272).
    """
    _, _, ((c00, c01), (c10, c11)) = _sizes_and_crude_rates(population0, population1, rates0, rates1)
    return Kitagawa(
        rate0=c00,
        rate1=c11,
        composition=((c10 - c00) + (c11 - c01)) / 2,
        rate_effect=((c01 - c00) + (c11 - c10)) / 2,
    )


def _middle(size0: Array, size1: Array, step0: Array, step1: Array) -> Array:
    """Average a step of the crude rate (taken with the other factor at time 0, at time 1) over all orders."""
    return (size0 * step0 + size1 * step1) / 3 + (size0 * step1 + size1 * step0) / 6


def _sizes_and_crude_rates(
    population0: ArrayLike, population1: ArrayLike, rates0: ArrayLike, rates1: ArrayLike
) -> tuple[Array, Array, list[list[Array]]]:
    """Return both sizes and the crude rates [shares' time][rates' time]; no array of the size of the inputs is made."""
    people = [np.asarray(population0), np.asarray(population1)]
    rates = [np.asarray(rates0), np.asarray(rates1)]
    if len({array.shape[-1:] for array in (*people, *rates)}) != 1 or people[0].ndim == 0:
        raise ValueError("the last axis of populations and rates must be the same age-sex cells")
    if any(np.min(array, initial=0.0) < 0 for array in people):
        raise ValueError("a population is negative")
    size0, size1 = (array.sum(axis=-1, dtype=np.float64) for array in people)
    before = [_crude_rate(people[0], rate, size0) for rate in rates]
    after = [_crude_rate(people[1], rate, size1) for rate in rates]
    shares0 = [np.where(size0 > 0, own, other) for own, other in zip(before, after, strict=True)]
    shares1 = [np.where(size1 > 0, own, other) for own, other in zip(after, before, strict=True)]
    return size0, size1, [shares0, shares1]


def _crude_rate(people: NDArray[Any], rates: NDArray[Any], size: Array) -> Array:
    """Return cases per person (0 where nobody lives)."""
    cases: Array = np.einsum("...a,...a->...", people, rates, dtype=np.float64)
    occupied = np.broadcast_to(size > 0, cases.shape)
    return np.asarray(np.divide(cases, size, out=np.zeros_like(cases), where=occupied))

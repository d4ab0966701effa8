"""Floating catchment areas (FCA): supply per head within reach, shared with everybody else who reaches it.

Demand and supply may carry leading dimensions (draws): ``(..., origin)`` and ``(..., site)``; the result is
``(..., origin)``. Where nothing is within reach the result is 0, never NaN; a site nobody reaches gives nothing to
anybody, never inf, and is named by ``unreached``. 2SFCA, E2SFCA and 3SFCA conserve supply (sum of people times access =
supply within reach of people); BFCA conserves demand and the level of service instead. E2SFCA is ``two_step`` with a
stepped decay (``decay.steps``).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from carelab.planning.access.catchment import Array


def two_step(weights: sparse.csr_array, demand: Array, supply: Array) -> Array:
    """Return access by 2SFCA or E2SFCA: supply per head (Luo & Wang 2003; Luo & Qi 2009)."""
    offered = _share(supply, _to_sites(demand, weights))
    return _to_origins(offered, weights)


def three_step(weights: sparse.csr_array, demand: Array, supply: Array) -> Array:
    """Return access by 3SFCA: ``two_step`` with people choosing among sites by weight (Wan, Zou, Sternberg 2012)."""
    squared = _with_data(
        weights, np.square(weights.data)
    )  # weight times choice = weight² / the origin's sum of weights
    inverse = _inverse_sums(weights, axis=1)
    offered = _share(supply, _to_sites(demand * inverse, squared))
    return inverse * _to_origins(offered, squared)


def balanced(weights: sparse.csr_array, demand: Array, supply: Array) -> tuple[Array, Array]:
    """Return access (..., origin) and level of service (..., site) by balanced FCA (Páez, Higgins, Vivona 2019).

    Demand is divided among sites and level of service among origins, so that neither is counted more than once.
    """
    level = _share(supply, _to_sites(demand, standardised(weights, axis=1)))
    return _to_origins(level, standardised(weights, axis=0)), level


def standardised(weights: sparse.csr_array, *, axis: int) -> sparse.csr_array:
    """Return the weights divided by their sums over sites (axis 1) or origins (axis 0); sums of 0 stay 0."""
    inverse = _inverse_sums(weights, axis=axis)
    each = np.repeat(inverse, np.diff(weights.indptr)) if axis == 1 else inverse[weights.indices]
    return _with_data(weights, weights.data * each)


def _with_data(weights: sparse.csr_array, data: Array) -> sparse.csr_array:
    """Return the same pairs with other weights."""
    return sparse.csr_array((data, weights.indices, weights.indptr), shape=weights.shape)


def _inverse_sums(weights: sparse.csr_array, *, axis: int) -> Array:
    sums = np.asarray(weights.sum(axis=axis)).ravel()
    return _share(np.ones_like(sums), sums)


def unreached(weights: sparse.csr_array, demand: Array) -> np.ndarray:
    """Return which sites (..., site) no people reach (bool): their supply is nobody's, and sums lack it."""
    return _to_sites(demand, weights) <= 0


def _to_sites(values: Array, weights: sparse.csr_array) -> Array:
    """Return the weighted sum over origins: (..., origin) -> (..., site)."""
    return _product(weights.T, values)


def _to_origins(values: Array, weights: sparse.csr_array) -> Array:
    """Return the weighted sum over sites: (..., site) -> (..., origin)."""
    return _product(weights, values)


def _product(matrix: sparse.sparray, values: Array) -> Array:
    flat = np.asarray(values, np.float64).reshape(-1, values.shape[-1])
    found: Array = np.asarray(matrix @ flat.T).T
    return found.reshape(*values.shape[:-1], matrix.shape[0])


def _share(values: Array, of: Array) -> Array:
    """Return values / of, 0 where nobody (or nothing) is there to divide by."""
    values, of = np.broadcast_arrays(np.asarray(values, np.float64), of)
    return np.divide(values, of, out=np.zeros(of.shape), where=of > 0)

"""Catchments (Einzugsbereiche): which site each origin reaches, and at which weight, as one sparse matrix.

People who compete for a site and sites that compete for people are sums over this matrix; everything in ``floating`` is
two or three of its products, for one demand vector or for thousands of draws at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from carelab.terms import UserError

Array = NDArray[np.float64]
Decay = Callable[[Array], Array]
"""Weight (0-1) of each cost (minutes or metres, as the costs are given); not increasing."""
SHOWN = 5
"""So many keys are named in an error; the rest is counted."""


def catchment_of_matrix(cost: Array, decay: Decay) -> sparse.csr_array:
    """Return the weights (origin, site) of a full matrix of costs (origin, site); NaN = unreachable."""
    unreachable = np.isnan(cost)
    weights = np.where(unreachable, 0.0, decay(np.where(unreachable, np.inf, cost)))
    return sparse.csr_array(weights)


def catchment_of_pairs(
    pairs: pd.DataFrame, origins: pd.Index[Any], sites: pd.Index[Any], decay: Decay, *, complete: bool = True
) -> sparse.csr_array:
    """Return the weights (origin, site) of a long table of costs: origin, site, cost (a row for each reachable pair).

    Fast where rows are in the order of origins, then sites, as travel-time matrices are. Raises UserError if a pair
    names an unknown origin or site or appears twice, if a cost is missing or negative, or, with ``complete``, if an
    origin is in no pair at all: one that nobody measured is not the same as one that reaches nothing.
    """
    rows, columns = _codes(pairs["origin"], origins), _codes(pairs["site"], sites)
    cost = pairs["cost"].to_numpy(np.float64)
    _refuse(pairs["origin"], rows < 0, "unbekannter Ausgangspunkt", "unknown origin")
    _refuse(pairs["site"], columns < 0, "unbekannter Standort", "unknown site")
    _refuse(pairs["origin"], ~(cost >= 0), "Reisezeit fehlt oder ist negativ, ab", "cost missing or negative, from")
    shape, values = (len(origins), len(sites)), decay(cost)
    if _in_order(rows, columns):
        starts = np.searchsorted(rows, np.arange(len(origins) + 1, dtype=np.int32)).astype(np.int32)
        weights = sparse.csr_array((values, columns, starts), shape=shape)
    else:
        weights = sparse.csr_array((values, (rows, columns)), shape=shape)
    if weights.nnz < len(pairs):  # equal pairs were added up
        twice = pairs.duplicated(["origin", "site"]).to_numpy()
        _refuse(pairs["origin"], twice, "Paar doppelt, ab", "pair listed twice, from")
    if complete:
        _refuse(origins, np.diff(weights.indptr) == 0, "Ausgangspunkt ohne Reisezeit", "origin without any cost")
    return weights


def _in_order(rows: NDArray[np.int32], columns: NDArray[np.int32]) -> bool:
    """Return whether pairs ascend by origin, then strictly by site: then there are no two of a kind, too."""
    step = np.diff(rows)
    return bool(((step > 0) | ((step == 0) & (np.diff(columns) > 0))).all())


def _codes(keys: pd.Series[Any], index: pd.Index[Any]) -> NDArray[np.int32]:
    """Return the place of each key in its index, -1 if it is not there; places given as numbers need no search."""
    places = index.equals(pd.RangeIndex(len(index))) and keys.dtype.kind in "iu"
    if places and keys.min() >= 0 and keys.max() < len(index):
        return keys.to_numpy().astype(np.int32)
    return index.get_indexer(pd.Index(keys)).astype(np.int32)


def _refuse(keys: pd.Series[Any] | pd.Index[Any], bad: NDArray[np.bool_], de: str, en: str) -> None:
    """Raise UserError naming the bad keys, if there are any."""
    if not bad.any():
        return
    found = [str(key) for key in keys[bad].unique()]
    named, more = ", ".join(found[:SHOWN]), len(found) - SHOWN
    raise UserError(
        f"Reisezeiten: {de} {named}" + (f" und {more} weitere." if more > 0 else "."),
        f"travel times: {en} {named}" + (f" and {more} more." if more > 0 else "."),
    )

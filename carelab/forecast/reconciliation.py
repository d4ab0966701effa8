"""Reconcile forecasts so that parts add up to their sums, in every draw.

MinT (Wickramasuriya, Athanasopoulos & Hyndman 2019): y~ = S (S' W^-1 S)^-1 S' W^-1 y^, here in its equal form
y~ = y^ - W C' (C W C')^-1 C y^, where C y = 0 says that sums equal their parts: only as many equations as there are
sums, so 11,000 parts are no problem. Sums are then added up from the parts: they hold to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from carelab.forecast.arrays import Array

ROUNDING = 1e-12
"""Parts below this share of the largest are rounding, not people: set to zero."""


@dataclass(frozen=True)
class Hierarchy:
    """Which parts make up which sums: ``sums`` (sum, part) of 0 and 1 (sparse). Series are ordered sums first, then
    parts.
    """

    sums: sparse.csr_array

    @property
    def shape(self) -> tuple[int, int]:
        """Number of sums and of parts."""
        return int(self.sums.shape[0]), int(self.sums.shape[1])

    def add_up(self, parts: Array) -> Array:
        """Return all series (.., sum + part) from the parts (.., part)."""
        flat = parts.reshape(-1, parts.shape[-1])
        above = np.asarray((self.sums @ flat.T).T).reshape(*parts.shape[:-1], self.shape[0])
        return np.concatenate([above, parts], axis=-1)

    def largest_gap(self, series: Array) -> float:
        """Return the largest |sum - its parts| (persons) in any draw of ``series`` (.., sum + part)."""
        return float(np.abs(self.add_up(series[..., self.shape[0] :]) - series).max(initial=0.0))


def hierarchy_from_matrix(sums: Array) -> Hierarchy:
    """Return a hierarchy from a matrix (sum, part) of 0 and 1. Raises ValueError for other values or an empty sum."""
    if sums.ndim != 2 or not np.isin(sums, (0, 1)).all():
        raise ValueError("a hierarchy says with 0 and 1 which parts (columns) belong to which sums (rows)")
    if not sums.any(axis=1).all():
        raise ValueError("a sum without parts cannot be reconciled")
    return Hierarchy(sparse.csr_array(sums.astype(float)))


def hierarchy_from_levels(*levels: list[str]) -> Hierarchy:
    """Return a hierarchy from one list per level, finest first: each part's sum on that level; the total is added.

    Example: Stadtteile of Stadtbezirke: ``hierarchy_from_levels(["north", "north", "south"])`` has total, north, south.
    """
    rows = [np.ones((1, len(levels[0])))]
    for level in reversed(levels):
        names = np.array(level)
        rows.append(np.stack([names == name for name in dict.fromkeys(level)]).astype(float))
    return hierarchy_from_matrix(np.concatenate(rows))


def structural_variance(hierarchy: Hierarchy) -> Array:
    """Return W's diagonal (sum + part,): the number of parts in each series (structural scaling)."""
    return np.concatenate([np.asarray(hierarchy.sums.sum(axis=1)).ravel(), np.ones(hierarchy.shape[1])])


def shrunk_covariance(errors: Array) -> Array:
    """Return W (series, series) from past errors (time, series): sample covariance, shrunk towards its diagonal.

    Weight by Schaefer & Strimmer (2005) on the correlations. With few periods the sample covariance alone is singular.
    """
    errors = errors - errors.mean(axis=0)
    periods = errors.shape[0]
    spread = np.sqrt((errors**2).mean(axis=0))
    standard = errors / np.where(spread > 0, spread, 1.0)
    correlation = standard.T @ standard / periods
    variance = ((standard**2).T @ standard**2 / periods - correlation**2) * periods**2 / (periods - 1) ** 3
    np.fill_diagonal(variance, 0.0)
    off = correlation - np.diag(np.diag(correlation))
    total = float((off**2).sum())
    weight = min(1.0, float(variance.sum()) / total) if total > 0 else 1.0
    shrunk = (1 - weight) * off + np.eye(spread.size)
    return np.asarray(shrunk * np.outer(spread, spread))


def reconcile(forecasts: Array, hierarchy: Hierarchy, weights: Array, *, nonnegative: bool = True) -> Array:
    """Return coherent series (.., sum + part) for base ``forecasts`` (.., sum + part): MinT on every draw.

    ``weights``: W, either (series,) variances or (series, series) covariances, in persons squared. Where parts come out
    negative, they are set to zero and the draw is solved again with them known, until none is: near the constrained
    optimum, not always at it. Raises ValueError where shapes do not fit or W is singular in the sums.
    """
    sums, parts = hierarchy.shape
    if forecasts.shape[-1] != sums + parts or weights.shape[0] != sums + parts:
        raise ValueError(f"{sums} sums and {parts} parts need as many forecasts and weights")
    flat = forecasts.reshape(-1, sums + parts).astype(float)
    found = _solve(flat, hierarchy, weights)
    if nonnegative:
        for draw in np.flatnonzero((found < 0).any(axis=1)):
            found[draw] = _solve_nonnegative(flat[draw], hierarchy, weights, found[draw] < 0)
    return hierarchy.add_up(found).reshape(forecasts.shape)


def _solve(flat: Array, hierarchy: Hierarchy, weights: Array) -> Array:
    """Return the reconciled parts (draw, part) of forecasts (draw, sum + part)."""
    sums, add = hierarchy.shape[0], hierarchy.sums
    gaps = flat[:, :sums].T - np.asarray(add @ flat[:, sums:].T)
    if weights.ndim == 1:
        weighted = add.multiply(weights[sums:]).tocsr()
        between = np.diag(weights[:sums]) + (weighted @ add.T).toarray()
        change = weighted.T @ _multipliers(between, gaps)
    else:
        spread = np.asarray((add @ weights[:, sums:].T).T) - weights[:, :sums]
        between = np.asarray(add @ spread[sums:]) - spread[:sums]
        change = spread[sums:] @ _multipliers(between, gaps)
    return np.asarray(flat[:, sums:] + np.asarray(change).T)


def _multipliers(between: Array, gaps: Array) -> Array:
    """Return (C W C')^-1 times the gaps between sums and parts (sum, draw). Raises ValueError if it is singular."""
    try:
        return np.asarray(linalg.solve(between, gaps, assume_a="pos"))
    except linalg.LinAlgError:
        raise ValueError(
            "the weights leave a sum and all its parts without variance: nothing can be reconciled"
        ) from None


def _solve_nonnegative(forecast: Array, hierarchy: Hierarchy, weights: Array, below: Array) -> Array:
    """Return one draw's parts (part,), none negative: those in ``below`` are known to be zero, until the rest holds."""
    sums, parts = hierarchy.shape
    known = below.astype(bool)
    found = np.zeros(parts)
    for _ in range(parts):
        at = np.concatenate([np.zeros(sums, dtype=bool), known])
        fixed = np.where(at, 0.0, weights) if weights.ndim == 1 else np.where(at[:, None] | at, 0.0, weights)
        found = _solve(np.where(at, 0.0, forecast)[None], hierarchy, fixed)[0]
        negative = (found < 0) & ~known
        if not negative.any():
            break
        known |= negative
    return np.where(found < ROUNDING * np.abs(found).max(initial=0.0), 0.0, found)

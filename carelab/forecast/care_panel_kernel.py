"""Local ratio of areas without counts: a Gaussian process on demography and nested regions, fitted by likelihood.

Log ratio of count to expectation = ridge on features + smooth function of features + effects of regions (areas whose
codes begin alike) + rest. All parts are variances learnt together (REML's sibling; Rasmussen & Williams 2006, ch. 2, 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from carelab.forecast.arrays import Array, Index
from carelab.forecast.care_panel_ages import AgePanel
from carelab.terms import AGE_TOP

SHARES = (0, 18, 25, 40, 65, 70, 75, 80, 85, 90, AGE_TOP + 1)
"""Cuts of the age shares used as features; those that a panel's coarse bands cannot tell apart do not vary."""
RATIOS = ((18, 25), (25, 65), (65, 75), (75, 85), (85, AGE_TOP + 1))
"""Ages whose ratio of men to women is a feature: students, barracks, widows."""
JITTER = 1e-6
START = -4.0
LARGEST = 4.0


@dataclass(frozen=True)
class Kernels:
    """Similarities of all areas: ``parts`` (part, area, area); the noise is added when fitting."""

    parts: Array

    def covariance(self, theta: Array) -> Array:
        """Return the covariance (area, area) for log variances ``theta`` (part + 1,; the last is the noise)."""
        size = self.parts.shape[1]
        return np.asarray(np.tensordot(np.exp(theta[:-1]), self.parts, 1) + (np.exp(theta[-1]) + JITTER) * np.eye(size))

    def of(self, chosen: Index) -> Kernels:
        """Return the kernels of some areas only."""
        return Kernels(self.parts[:, chosen[:, None], chosen[None, :]])


def build_kernels(features: Array, areas: npt.NDArray[np.object_]) -> Kernels:
    """Return linear and smooth similarity of standardised ``features`` (area, feature), and one per nested region."""
    spread = features.std(axis=0)
    z = (features - features.mean(axis=0))[:, spread > 1e-9] / spread[spread > 1e-9]
    parts = [_same(codes) for codes in regions(areas)]
    if z.shape[1]:
        distance = ((z[:, None, :] - z[None, :, :]) ** 2).mean(axis=2)
        parts = [z @ z.T / z.shape[1], np.exp(-distance), *parts]
    return Kernels(np.stack(parts) if parts else np.zeros((0, areas.size, areas.size)))


def regions(areas: npt.NDArray[np.object_]) -> list[Index]:
    """Return groupings (area,) of areas whose codes begin alike, coarse to fine, one per useful length of the beginning.

    Official codes are nested (AGS: Land, Regierungsbezirk, Kreis; NUTS). Useful: at least 2 groups, on average at least 3
    areas in each.
    """
    found: list[Index] = []
    for length in range(1, max(map(len, areas))):
        codes = np.unique([area[:length] for area in areas], return_inverse=True)[1]
        groups = int(codes.max()) + 1
        if 2 <= groups <= areas.size / 3 and (not found or groups > int(found[-1].max()) + 1):
            found.append(codes)
    return found


def fit_variances(kernels: Kernels, ratio: Array, start: Array | None = None) -> tuple[Array, bool]:
    """Return log variances (part + 1,) of greatest likelihood of ``ratio`` (area,), mean 0, and whether it converged."""
    first = np.full(len(kernels.parts) + 1, START) if start is None else start
    found = minimize(
        _loss, first, args=(kernels, ratio), jac=True, method="L-BFGS-B", bounds=[(-12, LARGEST)] * first.size
    )
    return np.asarray(found.x), bool(found.success)


def predict(kernels: Kernels, theta: Array, known: Index, ratio: Array, wanted: Index) -> tuple[Array, Array]:
    """Return mean and standard deviation (wanted,) of the ratio where it is not counted, from areas where it is."""
    whole = kernels.covariance(theta)
    factor = cho_factor(whole[np.ix_(known, known)])
    across = whole[np.ix_(known, wanted)]
    mean = across.T @ cho_solve(factor, ratio[known])
    variance = np.diag(whole)[wanted] - (across * cho_solve(factor, across)).sum(axis=0)
    return np.asarray(mean), np.sqrt(np.maximum(variance, 1e-10))


def left_out_scores(kernels: Kernels, theta: Array, ratio: Array) -> Array:
    """Return standardised errors (area,) of every area predicted from all others (Rasmussen & Williams, eq. 5.12)."""
    inverse = np.linalg.inv(kernels.covariance(theta))
    return np.asarray(inverse @ ratio / np.sqrt(np.diag(inverse)))


def demographic_features(persons: Array, ages: AgePanel, at: Index, year: int) -> Array:
    """Return features (area, feature) from persons (area, sex, age): size, age shares, men per woman, past growth.

    ``at`` positions of the areas in ``ages``; growth since the first year known there.
    """
    total = persons.sum(axis=(1, 2))
    shares = [persons[:, :, a:b].sum(axis=(1, 2)) / total for a, b in zip(SHARES[:-1], SHARES[1:], strict=True)]
    balance = [persons[:, 0, a:b].sum(axis=1) / persons[:, 1, a:b].sum(axis=1) for a, b in RATIOS]
    past = [known for known in sorted(ages.persons) if known < year]
    columns = [total, *shares, *balance]
    if past:
        before = ages.persons[past[0]][at]
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = [total / before.sum(axis=(1, 2)), shares_old(persons) / shares_old(before)]
        columns += [np.where(np.isfinite(each) & (each > 0), each, 1.0) for each in growth]
    table = np.stack(columns, axis=1)
    return np.asarray(np.log(np.maximum(table, 1e-6)))


def shares_old(persons: Array) -> Array:
    """Return the share (area,) of persons from 65 on."""
    return np.asarray(persons[:, :, 65:].sum(axis=(1, 2)) / persons.sum(axis=(1, 2)))


def _same(codes: Index) -> Array:
    return np.asarray(codes[:, None] == codes[None, :], dtype=float)


def _loss(theta: Array, kernels: Kernels, ratio: Array) -> tuple[float, Array]:
    """Return minus log likelihood and its gradient (Rasmussen & Williams 2006, eq. 5.8-5.9)."""
    lower = np.linalg.cholesky(kernels.covariance(theta))
    inverse = cho_solve((lower, True), np.eye(ratio.size))
    weight = inverse @ ratio
    loss = 0.5 * ratio @ weight + np.log(np.diag(lower)).sum()
    outer = inverse - np.outer(weight, weight)
    slopes = np.append(np.tensordot(kernels.parts, outer, axes=([1, 2], [0, 1])), np.trace(outer))
    return float(loss), 0.5 * slopes * np.exp(theta)

"""Local ratio of areas without counts: a Gaussian process on demography and nested regions, fitted by likelihood.

Log ratio of count to expectation = ridge on features + smooth function of features + effects of regions (areas whose
codes begin alike) + rest. The variances of all parts are learnt together (Rasmussen & Williams 2006, ch. 2 and 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_solve
from scipy.optimize import minimize

from carelab.forecast.arrays import Array, Index
from carelab.forecast.care_panel.ages import AgePanel
from carelab.terms import AGE_TOP

SHARES = (0, 18, 25, 40, 65, 70, 75, 80, 85, 90, AGE_TOP + 1)
"""Cuts of the age shares used as features; those that a panel's coarse bands cannot tell apart do not vary."""
RATIOS = ((18, 25), (25, 65), (65, 75), (75, 85), (85, AGE_TOP + 1))
"""Ages whose ratio of men to women is a feature: students, barracks, widows."""
NOBODY = 0.5
"""Persons that an age without anybody counts as in shares and ratios, whose logs are taken."""
JITTER = 1e-6
START = -4.0
LIMITS = (-12.0, 4.0)
TOLERANCE = 1e-5


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
    """Return groupings (area,) of areas whose codes begin alike, coarse to fine, one per useful length.

    Official codes are nested (AGS: Land, Regierungsbezirk, Kreis; NUTS). Useful: at least 2 groups, on average at
    least 3 areas in each.
    """
    found: list[Index] = []
    for length in range(1, max(map(len, areas))):
        codes = np.unique([area[:length] for area in areas], return_inverse=True)[1]
        groups = int(codes.max()) + 1
        if 2 <= groups <= areas.size / 3 and (not found or groups > int(found[-1].max()) + 1):
            found.append(codes)
    return found


def fit_variances(kernels: Kernels, ratio: Array, start: Array | None = None) -> tuple[Array, bool]:
    """Return log variances (part + 1,) of greatest likelihood for ``ratio`` (area,), and whether that converged."""
    first = np.full(len(kernels.parts) + 1, START) if start is None else start
    bounds, options = [LIMITS] * first.size, {"ftol": TOLERANCE}
    found = minimize(_loss, first, args=(kernels, ratio), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return np.asarray(found.x), bool(found.success)


def left_out_estimates(kernels: Kernels, theta: Array, ratio: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation (area,) of every area's ratio, each estimated from all others.

    Source: Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, eq. 5.12.
    """
    inverse = np.linalg.inv(kernels.covariance(theta))
    variance = 1 / np.diag(inverse)
    return np.asarray(ratio - (inverse @ ratio) * variance), np.sqrt(variance)


def demographic_features(persons: Array, ages: AgePanel, at: Index, year: int) -> Array:
    """Return features (area, feature) from persons (area, sex, age): size, age shares, men per woman, past growth.

    ``at`` positions of the areas in ``ages``; growth since the first year known there.
    """
    total = persons.sum(axis=(1, 2))
    shares = [np.maximum(persons[:, :, a:b].sum(axis=(1, 2)), NOBODY) / total for a, b in pairwise(SHARES)]
    men, women = (np.stack([persons[:, sex, a:b].sum(axis=1) for a, b in RATIOS]) for sex in (0, 1))
    balance = [*(np.maximum(men, NOBODY) / np.maximum(women, NOBODY))]
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

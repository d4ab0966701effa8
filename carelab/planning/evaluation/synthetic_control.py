"""Synthetic control: when it may be used at all, and its test by placebos in space.

A weighted mean of other units stands for what a treated unit would have done. With few periods before the start weights
can fit noise perfectly, and placebo tests reject true nulls too often: so it is refused below ``LEAST_BEFORE`` periods
(docs/methods.md; Abadie 2021, Journal of Economic Literature 59(2), asks for a sizeable number of periods before). Its
p-value is the rank of the treated unit's ratio of errors after to before the start among all units, each taken as
if it were the treated one (Abadie, Diamond, Hainmueller 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from carelab.planning.evaluation.estimators import NEVER, Array, Index

LEAST_BEFORE = 10
"""Periods before the start below which no synthetic control is computed."""
LEAST_OTHERS = 19
"""Units without treatment below which placebos in space cannot give a p-value of 5 %."""
_SUM = 1e3
"""Weight of the equation that makes weights add up to 1."""


@dataclass(frozen=True)
class Synthetic:
    """Gaps between a unit and its synthetic control (period,), mean gap after the start, p-value, weights (unit,)."""

    gap: Array
    effect: float
    p_value: float
    weights: Array


def why_not(start: Index, periods: int) -> str:
    """Return the reason against a synthetic control (few_before, several_treated, few_others), empty if none."""
    begun = start[start != NEVER]
    if len(begun) != 1:
        return "several_treated"
    if begun[0] < LEAST_BEFORE or begun[0] >= periods:
        return "few_before"
    return "few_others" if (start == NEVER).sum() < LEAST_OTHERS else ""


def synthetic_control(outcome: Array, start: Index) -> Synthetic:
    """Return the synthetic control of the one treated unit. Raises ValueError where ``why_not`` gives a reason."""
    reason = why_not(start, outcome.shape[1])
    if reason:
        raise ValueError(reason)
    unit = int(np.flatnonzero(start != NEVER)[0])
    first = int(start[unit])
    fits = [_fitted(outcome, each, first) for each in range(len(start))]
    ratios = np.array([_ratio(outcome[each] - fits[each][0], first) for each in range(len(start))])
    gap = outcome[unit] - fits[unit][0]
    p = float((ratios >= ratios[unit] * (1 - 1e-9)).mean())
    return Synthetic(gap, float(gap[first:].mean()), p, fits[unit][1])


def _fitted(outcome: Array, unit: int, first: int) -> tuple[Array, Array]:
    """Return the synthetic series (period,) of a unit and its weights (unit,), 0 for the unit itself.

    Levels are taken out first (each series minus its mean before the start), so that units of any size can stand in.
    """
    levels = outcome[:, :first].mean(axis=1, keepdims=True)
    moved = outcome - levels
    others = np.arange(len(outcome)) != unit
    size = float(np.abs(moved[:, :first]).max()) or 1.0
    matrix = np.vstack([moved[others, :first].T / size, np.full(others.sum(), _SUM)])
    found, _ = nnls(matrix, np.append(moved[unit, :first] / size, _SUM))
    weights = np.zeros(len(outcome))
    weights[others] = found / found.sum()
    return levels[unit] + weights @ moved, weights


def _ratio(gap: Array, first: int) -> float:
    """Return the root mean square gap after the start over that before."""
    before, after = (float(np.sqrt((part**2).mean())) for part in (gap[:first], gap[first:]))
    return after / max(before, 1e-12 * max(after, 1.0))

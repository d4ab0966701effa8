"""Synthetic control: when it may be used at all, and its test by placebos in space.

A weighted mean of other units stands for what a treated unit would have done. With few periods before the start weights
can fit noise perfectly, and placebo tests reject true nulls too often: so it is refused below ``LEAST_BEFORE`` periods
(docs/methods.md; Abadie 2021, Journal of Economic Literature 59(2), asks for a sizeable number of periods before). Its
p-value is the rank of the treated unit's ratio of errors after to before the start among all units, each taken as
if it were the treated one (Abadie, Diamond, Hainmueller 2010); the interval holds the constant effects that, taken
away, the same rank does not reject.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from carelab.planning.evaluation.estimators import NEVER, Array, Index, treated_cells
from carelab.planning.evaluation.randomisation import not_rejected

LEAST_BEFORE = 10
"""Periods before the start below which no synthetic control is computed."""
LEAST_OTHERS = 19
"""Units without treatment below which placebos in space cannot give a p-value of 5 %."""
_SUM = 1e3
"""Weight of the equation that makes weights add up to 1."""


@dataclass(frozen=True)
class Synthetic:
    """Gaps between a unit and its synthetic control (period,), mean gap after the start, p-value, interval, weights."""

    gap: Array
    effect: float
    p_value: float
    lower: float
    upper: float
    weights: Array


def why_not(start: Index, periods: int) -> str:
    """Return the reason against a synthetic control (few_before, several_treated, few_others), empty if none."""
    begun = start[start != NEVER]
    if len(begun) != 1:
        return "several_treated"
    if begun[0] < LEAST_BEFORE or begun[0] >= periods:
        return "few_before"
    return "few_others" if (start == NEVER).sum() < LEAST_OTHERS else ""


def synthetic_control(outcome: Array, start: Index, *, level: float = 0.8) -> Synthetic:
    """Return the synthetic control of the one treated unit of an outcome (unit, period).

    Raises ValueError where ``why_not`` gives a reason.
    """
    unit, first = _treated(outcome, start)
    weights = _weights(outcome, first)
    gaps = _gaps(outcome, weights, first)
    treated = treated_cells(start, outcome.shape[1]).astype(np.float64)
    shift = treated - weights @ treated
    effect = float(gaps[unit, first:].mean())

    def rejected(tried: float) -> bool:
        return _rank(gaps - tried * shift, unit, first) <= 1 - level + 1e-12

    width = float(np.abs(gaps).max()) or 1.0
    lower, upper = not_rejected(rejected, effect, width)
    return Synthetic(gaps[unit], effect, _rank(gaps, unit, first), lower, upper, weights[unit])


def placebo_p_values(outcomes: Array, start: Index) -> Array:
    """Return the p-values (draw,) of outcomes (draw, unit, period): for null checks, as ``synthetic_control`` does."""
    unit, first = _treated(outcomes[0], start)
    return np.array([_rank(_gaps(each, _weights(each, first), first), unit, first) for each in outcomes])


def _treated(outcome: Array, start: Index) -> tuple[int, int]:
    """Return the treated unit and its first treated period."""
    reason = why_not(start, outcome.shape[1])
    if reason:
        raise ValueError(reason)
    unit = int(np.flatnonzero(start != NEVER)[0])
    return unit, int(start[unit])


def _weights(outcome: Array, first: int) -> Array:
    """Return of which others (unit, unit) each unit is made up, from periods before the start; rows sum to 1.

    Levels are taken out first (each series minus its mean before the start), so that units of any size can stand in.
    """
    moved = outcome[:, :first] - outcome[:, :first].mean(axis=1, keepdims=True)
    weights = np.zeros((len(outcome), len(outcome)))
    for unit in range(len(outcome)):
        others = np.arange(len(outcome)) != unit
        size = float(np.abs(moved).max()) or 1.0
        matrix = np.vstack([moved[others].T / size, np.full(others.sum(), _SUM)])
        found, _ = nnls(matrix, np.append(moved[unit] / size, _SUM))
        weights[unit, others] = found / found.sum()
    return weights


def _gaps(outcome: Array, weights: Array, first: int) -> Array:
    """Return outcome less synthetic outcome (unit, period), levels before the start taken out."""
    moved = outcome - outcome[:, :first].mean(axis=1, keepdims=True)
    found: Array = moved - weights @ moved
    return found


def _rank(gaps: Array, unit: int, first: int) -> float:
    """Return the share of units whose errors grew at least as much after the start, in root mean squares."""
    before, after = (np.sqrt((part**2).mean(axis=1)) for part in (gaps[:, :first], gaps[:, first:]))
    ratios = after / np.maximum(before, 1e-12 * np.maximum(after, 1.0))
    return float((ratios >= ratios[unit] * (1 - 1e-9)).mean())

"""Effects of measures that begin at different times, by estimators that are linear in the outcomes.

An estimator is a table of weights per cohort (units with the same start) and period: the estimate is the sum of weight
times outcome. So one table serves every outcome, every draw and every re-drawn assignment, which is what randomisation
inference and power need. Two-way fixed effects are not offered: with staggered starts they weigh effects negatively
(Goodman-Bacon 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carelab.terms import UserError

Array = NDArray[np.float64]
Index = NDArray[np.int64]
NEVER = -1


@dataclass(frozen=True)
class Estimator:
    """Weights (cohort, period) of one estimate; ``starts`` (cohort): first treated period, NEVER = no treatment."""

    starts: Index
    weights: Array

    def scores(self, outcome: Array) -> Array:
        """Return what units would add to the estimate in each cohort: (..., unit, period) -> (..., unit, cohort)."""
        found: Array = outcome @ self.weights.T
        return found

    def estimate(self, outcome: Array, start: Index) -> Array:
        """Return the estimate for units that start in ``start`` (unit): (..., unit, period) -> (...)."""
        cohort = cohort_of(start, self.starts)
        total: Array = np.take_along_axis(
            self.scores(outcome), np.broadcast_to(cohort[:, None], (*outcome.shape[:-1], 1)), axis=-1
        ).sum(axis=(-2, -1))
        return total


def cohort_of(start: Index, starts: Index) -> Index:
    """Return the cohort (place in ``starts``) of each unit."""
    order = np.argsort(starts)
    found: Index = order[np.searchsorted(starts, start, sorter=order)]
    return found


def treated_cells(start: Index, periods: int) -> NDArray[np.bool_]:
    """Return which cells (unit, period) are treated."""
    begun: NDArray[np.bool_] = (start[:, None] != NEVER) & (np.arange(periods) >= start[:, None])
    return begun


def imputation(start: Index, periods: int, *, since: int | None = None) -> Estimator:
    """Return the imputation estimator of the mean effect over treated cells (Borusyak, Jaravel, Spiess 2024).

    Unit and period effects are fitted to untreated cells only and carried over to treated ones. ``start`` (unit);
    ``since``: only the effect in the k-th period after each start (0 = the first; negative: a pre-trend check by
    imputing from periods before ``since``). Raises UserError where the design identifies nothing.
    """
    treated = treated_cells(start, periods)
    at = (start[:, None] != NEVER) & (np.arange(periods) == start[:, None] + (since or 0))
    wanted = treated if since is None else at
    fitted = ~treated & ~wanted
    _require_identified(start, fitted, wanted)
    residual = _imputation_weights(fitted, wanted)
    starts = np.unique(start)
    rows = np.array([residual[np.flatnonzero(start == each)[0]] for each in starts])
    return Estimator(starts, rows)


def _imputation_weights(fitted: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Array:
    """Return weights (unit, period): 1/n on wanted cells, minus what the fit on untreated cells predicts for them."""
    units, periods = fitted.shape
    unit, period = np.nonzero(fitted)
    design = _design(unit, period, units, periods)
    goal_unit, goal_period = np.nonzero(wanted)
    target = _design(goal_unit, goal_period, units, periods).mean(axis=0)
    through, *_ = np.linalg.lstsq(design.T, target, rcond=None)
    weights = np.zeros(fitted.shape)
    weights[unit, period] = -through
    weights[wanted] += 1.0 / wanted.sum()
    return weights


def _design(unit: Index, period: Index, units: int, periods: int) -> Array:
    """Return dummies (cell, unit + period)."""
    rows = np.zeros((len(unit), units + periods))
    each = np.arange(len(unit))
    rows[each, unit] = 1.0
    rows[each, units + period] = 1.0
    return rows


def group_time(start: Index, periods: int, *, group: int, period: int) -> Estimator:
    """Return the effect in ``period`` on the cohort that starts in ``group`` (Callaway & Sant'Anna 2021).

    Compared with units not yet treated in either period; base is the period before the start (before ``period``, if
    that is earlier: a placebo). Raises UserError without such units or without a period before.
    """
    base = group - 1 if period >= group else period - 1
    later = max(period, base)
    control = (start == NEVER) | (start > later)
    control &= start != group
    members = start == group
    if base < 0 or not members.any() or not control.any():
        raise UserError(
            f"Auswertung: für Start {group} in Zeitraum {period} fehlt ein Zeitraum davor oder eine Vergleichsgruppe.",
            f"evaluation: start {group} in period {period} has no period before it or no comparison group.",
        )
    starts = np.unique(start)
    weights = np.zeros((len(starts), periods))
    share = np.where(starts == group, 1.0 / members.sum(), 0.0)
    share -= np.isin(starts, start[control]) / control.sum()
    weights[:, period] += share
    weights[:, base] -= share
    return Estimator(starts, weights)


def callaway_santanna(start: Index, periods: int) -> Estimator:
    """Return the mean of all group-time effects after the start, weighted by units (simple aggregation)."""
    total, amount = np.zeros((len(np.unique(start)), periods)), 0
    for group in np.unique(start[start != NEVER]):
        members = int((start == group).sum())
        for period in range(int(group), periods):
            if ((start == NEVER) | (start > period)).any() and group > 0:
                total += members * group_time(start, periods, group=int(group), period=period).weights
                amount += members
    if amount == 0:
        raise _nothing_identified()
    return Estimator(np.unique(start), total / amount)


def _require_identified(start: Index, fitted: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> None:
    """Every wanted cell needs untreated cells of its unit and of its period, connected with each other."""
    if (
        not wanted.any()
        or not fitted[wanted.any(axis=1)].any(axis=1).all()
        or not fitted[:, wanted.any(axis=0)].any(axis=0).all()
    ):
        raise _nothing_identified()


def _nothing_identified() -> UserError:
    return UserError(
        "Auswertung: kein Effekt bestimmbar; nötig sind Zeiträume vor dem Start und in jedem späteren Zeitraum "
        "mindestens eine Einheit, die noch nicht begonnen hat.",
        "evaluation: no effect is identified; needed are periods before the start and, in every later period, at least "
        "one unit that has not started yet.",
    )

"""A comparison of units as it was planned: every p-value, interval and placebo that is printed comes from here.

``p_values`` takes one outcome or thousands of simulated ones: the null checks (tests, and the one printed beside the
results) run through the function that makes the printed numbers.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from carelab.planning.evaluation.clustered import clustered_p
from carelab.planning.evaluation.estimators import (
    NEVER,
    Array,
    Estimator,
    Index,
    callaway_santanna,
    imputation,
    treated_cells,
)
from carelab.planning.evaluation.randomisation import Found, infer, p_value, redraw, redrawn_estimates
from carelab.terms import UserError

ESTIMATORS = {"imputation": imputation, "callaway_santanna": callaway_santanna}
EFFECT, CLUSTERED = "effect", "clustered"
SINCE, PLACEBO = "since_", "placebo_"


@dataclass(frozen=True, eq=False)
class Plan:
    """Who starts when (``start``: first treated period of each unit, NEVER), strata, and how it is tested."""

    start: Index
    strata: Index
    periods: int
    estimator: str = "imputation"
    redraws: int = 1999
    level: float = 0.8
    seed: int = 0
    placebo_periods: int = 2

    @property
    def first(self) -> int:
        """The first treated period of all."""
        return int(self.start[self.start != NEVER].min())

    @cached_property
    def overall(self) -> Estimator:
        """The registered estimator of the mean effect over all treated cells."""
        return ESTIMATORS[self.estimator](self.start, self.periods)

    @cached_property
    def assignments(self) -> Index:
        """Starts that chance could have given, the actual one first (redraw, unit)."""
        return self.redrawn(self.start)

    @cached_property
    def treated(self) -> Array:
        """1 where a unit is treated (unit, period)."""
        return treated_cells(self.start, self.periods).astype(np.float64)

    def redrawn(self, start: Index) -> Index:
        """Return arrangements of other starts by the same rule."""
        return redraw(start, np.random.default_rng(self.seed + 1), strata=self.strata, amount=self.redraws)

    @cached_property
    def placebos(self) -> dict[int, Index]:
        """Invented starts (periods before the first real one -> starts): as if all had begun then; nothing was done.

        Only data before the first real start are used, so every arrangement is exact. Empty without never-starters.
        """
        ever = self.start != NEVER
        if ever.all():
            return {}
        leads = range(1, min(self.placebo_periods, self.first - 1) + 1)
        return {lead: np.where(ever, self.first - lead, NEVER) for lead in leads}

    @cached_property
    def events(self) -> dict[int, Estimator]:
        """Periods since the start -> estimator of the effect then; without periods that nothing identifies."""
        found = {}
        for since in range(self.periods - self.first):
            with suppress(UserError):
                found[since] = imputation(self.start, self.periods, since=since)
        return found

    def placebo_estimator(self, lead: int) -> Estimator:
        """Return the estimator of an invented start."""
        return imputation(self.placebos[lead], self.first)


def p_values(plan: Plan, outcomes: Array) -> dict[str, Array]:
    """Return test -> p-values (draw,) of outcomes (draw, unit, period): effect, since_0.., placebo_1.., clustered.

    ``clustered`` is a warning (see ``clustered``), all others are randomisation tests.
    """
    found = {EFFECT: p_value(redrawn_estimates(plan.overall, outcomes, plan.assignments))}
    for since, estimator in plan.events.items():
        found[f"{SINCE}{since}"] = p_value(redrawn_estimates(estimator, outcomes, plan.assignments))
    for lead, start in plan.placebos.items():
        before = outcomes[..., : plan.first]
        estimates = redrawn_estimates(plan.placebo_estimator(lead), before, plan.redrawn(start))
        found[f"{PLACEBO}{lead}"] = p_value(estimates)
    return found | {CLUSTERED: clustered_p(plan.overall, outcomes, plan.start)}


def attainable(plan: Plan, test: str, alpha: float) -> float:
    """Return the rejection rate that a randomisation test can reach at nominal ``alpha``: arrangements are whole."""
    start = plan.placebos[int(test.removeprefix(PLACEBO))] if test.startswith(PLACEBO) else plan.start
    return reachable(len(plan.redrawn(start)), alpha)


def reachable(ways: int, alpha: float) -> float:
    """Return the largest share of ``ways`` equally likely arrangements that is at most ``alpha``."""
    return float(np.floor(alpha * ways + 1e-9) / ways)


def effect(plan: Plan, outcome: Array) -> Found:
    """Return the mean effect over treated cells of an outcome (unit, period), p-value and interval."""
    return infer(plan.overall, outcome, plan.assignments, plan.treated, level=plan.level)


def placebo(plan: Plan, outcome: Array, lead: int) -> Found:
    """Return the effect of an invented start ``lead`` periods before the first real one."""
    start = plan.placebos[lead]
    treated = treated_cells(start, plan.first).astype(np.float64)
    before = outcome[:, : plan.first]
    return infer(plan.placebo_estimator(lead), before, plan.redrawn(start), treated, level=plan.level)


def event_study(plan: Plan, outcome: Array) -> dict[int, Found]:
    """Return periods since the start -> effect with interval; negative: placebo starts that long before the first.

    The interval of a period holds the constant effects that this period's estimate does not reject; where effects
    grow it is wider than it need be. Periods that the comparison cannot identify are left out.
    """
    found = {-lead: placebo(plan, outcome, lead) for lead in sorted(plan.placebos, reverse=True)}
    for since, estimator in plan.events.items():
        found[since] = infer(estimator, outcome, plan.assignments, plan.treated, level=plan.level)
    return found

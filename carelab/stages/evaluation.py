"""Results of a registered design: the registration first, then each outcome as the design said, placebo beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.inputs.design import Design, Registration, registration
from carelab.planning.evaluation.estimators import NEVER, Array, Estimator, Index, callaway_santanna, imputation
from carelab.planning.evaluation.estimators import treated_cells as treated_of
from carelab.planning.evaluation.power import minimum_detectable_effect
from carelab.planning.evaluation.randomisation import Found, infer, redraw
from carelab.release.exhibit import Findings
from carelab.release.findings_evaluation import effect_sentence, registration_line
from carelab.terms import Language, UserError, say

_ESTIMATORS = {"imputation": imputation, "callaway_santanna": callaway_santanna}


@dataclass(frozen=True)
class Result:
    """One outcome: the tested effect, the minimum detectable effect, the placebo test before the first start."""

    key: str
    role: str
    found: Found
    mde: float
    target: float
    placebo: Found | None


@dataclass(frozen=True)
class Results:
    """All outcomes of a design and how it stands to its log."""

    registration: Registration
    outcomes: tuple[Result, ...]

    def findings(self, language: Language = "de") -> Findings:
        """Return the sentences for page one: the registration first."""
        told = [registration_line(self.registration, language)]
        for one in self.outcomes:
            name = one.key
            if one.role == "negative_control":
                name += say(language, " (darf sich nicht ändern)", " (must not change)")
            told.append(effect_sentence(one.found, outcome=name, mde=one.mde, target=one.target, language=language))
        return Findings(told, language)


def evaluate(design: Design, log: pd.DataFrame, observed: Mapping[str, Array], futures: Mapping[str, Array]) -> Results:
    """Return the results of a design, and of nothing but what it names.

    ``log`` as from inputs.design_log; ``observed`` outcome -> (unit, period), ``futures`` outcome -> (draw, unit,
    period) without the measure, units and periods in the design's order. Raises UserError where shapes do not fit.
    """
    start = np.array(design.starts(), dtype=np.int64)
    shape = (len(design.units), len(design.periods))
    results = []
    for outcome in design.outcomes:
        if outcome.key not in observed or observed[outcome.key].shape != shape:
            raise UserError(
                f"Auswertung: {outcome.key} fehlt oder hat nicht {shape[0]} Stadtteile mal {shape[1]} Halbjahre.",
                f"evaluation: {outcome.key} is missing or does not have {shape[0]} districts by {shape[1]} half-years.",
            )
        estimator = _ESTIMATORS[design.estimator](start, shape[1])
        rng, strata = np.random.default_rng(design.seed), _strata(design)
        found = _tested(estimator, observed[outcome.key], start, design)
        mde = minimum_detectable_effect(
            estimator, futures[outcome.key], start, rng, strata=strata, redraws=design.redraws
        )
        target = np.inf if outcome.mde_target is None else outcome.mde_target
        placebo = _placebo(design, observed[outcome.key], start)
        results.append(Result(outcome.key, outcome.role, found, mde, float(target), placebo))
    return Results(registration(design, log), tuple(results))


def _strata(design: Design) -> Index:
    return np.array([unit.stratum for unit in design.units], dtype=np.int64)


def _tested(estimator: Estimator, outcome: Array, start: Index, design: Design) -> Found:
    """Return effect, p-value and interval by re-drawing starts within the design's strata."""
    rng = np.random.default_rng(design.seed + 1)
    assignments = redraw(start, rng, strata=_strata(design), amount=design.redraws)
    treated = treated_of(start, outcome.shape[1]).astype(np.float64)
    return infer(estimator, outcome, assignments, treated, level=design.interval)


def _placebo(design: Design, outcome: Array, start: Index) -> Found | None:
    """Return the effect at an invented start ``placebo_periods`` before the first real one; None without periods."""
    first = int(start[start != NEVER].min())
    if design.placebo_periods < 1 or first - design.placebo_periods < 1 or not (start == NEVER).any():
        return None
    invented = np.where(start == NEVER, NEVER, first - design.placebo_periods)
    return _tested(imputation(invented, first), outcome[:, :first], invented, design)

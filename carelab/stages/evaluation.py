"""Results of a registered design: the registration first, then each outcome as the design said, checks beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.inputs.design import Design, Outcome, Registration, registration
from carelab.planning.evaluation.comparison import CLUSTERED, Plan, effect, event_study, p_values, placebo
from carelab.planning.evaluation.estimators import Array
from carelab.planning.evaluation.futures import draw_futures, learn_noise
from carelab.planning.evaluation.null_check import null_check
from carelab.planning.evaluation.power import minimum_detectable_effect
from carelab.planning.evaluation.randomisation import Found
from carelab.release.exhibit import Findings
from carelab.release.findings_evaluation import (
    Verdict,
    control_sentence,
    effect_sentence,
    registration_line,
    several_sentence,
    verdict,
)
from carelab.terms import Language, UserError, label

FUTURES = 500
"""Futures without effect that the minimum detectable effect and the null check rest on."""


@dataclass(frozen=True)
class Result:
    """One outcome: tested effect, minimum detectable effect, placebos by lead, effects by period, and the warning.

    ``clustered`` p of the clustered t test, ``null`` how often each test rejects without effect (null_check).
    """

    key: str
    role: str
    found: Found
    mde: float
    target: float
    placebos: dict[int, Found]
    events: dict[int, Found]
    clustered: float
    null: pd.DataFrame

    def verdict(self, alpha: float) -> Verdict:
        """Return what may be said of the outcome."""
        return verdict(self.found, mde=self.mde, target=self.target, alpha=alpha)


@dataclass(frozen=True)
class Results:
    """All outcomes of a design and how it stands to its log."""

    registration: Registration
    outcomes: tuple[Result, ...]
    alpha: float = 0.05
    sha: str = ""
    results_from: str = ""

    def findings(self, language: Language = "de") -> Findings:
        """Return the sentences for page one: the registration first."""
        told = [registration_line(self.registration, language, sha=self.sha, results_from=self.results_from)]
        for one in self.outcomes:
            sentence = control_sentence if one.role == "negative_control" else effect_sentence
            told.append(
                sentence(
                    one.found,
                    outcome=label(one.key, language),
                    mde=one.mde,
                    target=one.target,
                    alpha=self.alpha,
                    language=language,
                )
            )
        tested = [label(one.key, language) for one in self.outcomes if one.role != "negative_control"]
        if len(tested) > 1:
            primary = next(label(one.key, language) for one in self.outcomes if one.role == "primary")
            told.append(several_sentence(primary, len(tested), alpha=self.alpha, language=language))
        return Findings(told, language)


def plan_of(design: Design) -> Plan:
    """Return a design as the comparison that tests it."""
    return Plan(
        start=np.array(design.starts(), dtype=np.int64),
        strata=np.array([unit.stratum for unit in design.units], dtype=np.int64),
        periods=len(design.periods),
        estimator=design.estimator,
        redraws=design.redraws,
        level=design.interval,
        seed=design.seed,
        placebo_periods=design.placebo_periods,
    )


def evaluate(
    design: Design,
    log: pd.DataFrame,
    observed: Mapping[str, Array],
    futures: Mapping[str, Array] | None = None,
) -> Results:
    """Return the results of a design, and of nothing but what it names.

    ``log`` as from inputs.design_log; ``observed`` outcome -> (unit, period), ``futures`` outcome -> (draw, unit,
    period) without the measure, units and periods in the design's order; without them they are drawn like the periods
    before the first start. Raises UserError where shapes do not fit.
    """
    plan = plan_of(design)
    shape = (len(design.units), len(design.periods))
    results = []
    for outcome in design.outcomes:
        if outcome.key not in observed or observed[outcome.key].shape != shape:
            raise UserError(
                f"Auswertung: {outcome.key} fehlt oder hat nicht {shape[0]} Stadtteile mal {shape[1]} Halbjahre.",
                f"evaluation: {outcome.key} is missing or does not have {shape[0]} districts by {shape[1]} half-years.",
            )
        known = observed[outcome.key]
        expected = (futures or {}).get(outcome.key)
        results.append(_result(plan, outcome, known, _futures(plan, known) if expected is None else expected, design))
    stands = registration(design, log)
    return Results(stands, tuple(results), design.alpha, design.sha256(), results_from(design))


def results_from(design: Design) -> str:
    """Return the day after the first half-year with the measure: from then on its results could be known."""
    first = min(unit.start for unit in design.units if unit.start != "never")
    year, half = int(first[:4]), first[-2:]
    return f"{year}-07-01" if half == "H1" else f"{year + 1}-01-01"


def _futures(plan: Plan, known: Array) -> Array:
    """Return futures without effect (draw, unit, period) like the periods before the first start."""
    noise = learn_noise(known[:, : plan.first])
    return draw_futures(noise, (FUTURES, *known.shape), np.random.default_rng([plan.seed, *b"futures"]))


def _result(plan: Plan, outcome: Outcome, known: Array, futures: Array, design: Design) -> Result:
    """Return all that is said of one outcome."""
    mde = minimum_detectable_effect(
        plan.overall, futures, plan.start, np.random.default_rng(plan.seed),
        strata=plan.strata, redraws=plan.redraws, alpha=design.alpha,
    )  # fmt: skip
    return Result(
        key=outcome.key,
        role=outcome.role,
        found=effect(plan, known),
        mde=mde,
        target=np.inf if outcome.mde_target is None else float(outcome.mde_target),
        placebos={lead: placebo(plan, known, lead) for lead in plan.placebos},
        events=event_study(plan, known),
        clustered=float(p_values(plan, known[None])[CLUSTERED][0]),
        null=null_check(plan, futures, alpha=design.alpha),
    )

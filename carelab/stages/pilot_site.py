"""Results of the design of a single site: registration, then each outcome by its own series and a synthetic control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.inputs.design import Design, Registration, registration
from carelab.planning.evaluation.estimators import Array
from carelab.planning.evaluation.futures import draw_futures, learn_noise
from carelab.planning.evaluation.single_site import SERIES, SYNTHETIC, AtSite, at_site
from carelab.release.exhibit import Findings
from carelab.release.findings_evaluation import registration_line
from carelab.release.findings_site import control_at_site, step_sentence, synthetic_sentence
from carelab.stages.evaluation import results_from
from carelab.terms import Language, label

FUTURES = 300
"""Futures without effect that the null checks rest on."""
TABLE = (
    "outcome", "role", "method", "estimate", "lower_80", "upper_80", "p_value", "placebo_dates", "placebo_loud",
    "rejected", "attainable", "runs",
)  # fmt: skip
PATHS = ("outcome", "half_year", "observed", "synthetic", "started")


@dataclass(frozen=True)
class SiteResults:
    """A site's design, how it stands to its log, and outcome -> what it says; ``observed`` outcome -> (period,)."""

    design: Design
    registration: Registration
    outcomes: Mapping[str, AtSite]
    observed: Mapping[str, Array]

    @property
    def table(self) -> pd.DataFrame:
        """TABLE: one row per outcome and method; p_value of the synthetic control only, placebo dates of the series."""
        rows = []
        for outcome in self.design.outcomes:
            found = self.outcomes[outcome.key]
            null, front = found.null.set_index("test"), {"outcome": outcome.key, "role": outcome.role}
            step = found.step
            rows.append(
                {**front, "method": SERIES, "estimate": step.estimate, "lower_80": step.lower, "upper_80": step.upper,
                 "placebo_dates": len(found.placebos), "placebo_loud": sum(found.placebos), **null.loc[SERIES]}
            )  # fmt: skip
            if (other := found.synthetic) is not None:
                rows.append(
                    {**front, "method": SYNTHETIC, "estimate": other.effect, "lower_80": other.lower,
                     "upper_80": other.upper, "p_value": other.p_value, **null.loc[SYNTHETIC]}
                )  # fmt: skip
        return pd.DataFrame(rows, columns=list(TABLE))

    @property
    def paths(self) -> pd.DataFrame:
        """PATHS: each outcome at the site and, NaN where none may be computed, of its synthetic control."""
        parts = []
        for key, found in self.outcomes.items():
            seen, none = self.observed[key], np.full(len(self.observed[key]), np.nan)
            other = none if found.synthetic is None else seen - found.synthetic.gap
            started = np.arange(len(seen)) >= found.step.start
            parts.append(
                pd.DataFrame({"half_year": self.design.periods, "observed": seen, "synthetic": other,
                              "started": started}).assign(outcome=key)
            )  # fmt: skip
        return pd.concat(parts, ignore_index=True)[list(PATHS)]

    def findings(self, language: Language = "de") -> Findings:
        """Return the registration and what the primary outcomes say, by both methods."""
        told = [registration_line(self.registration, language, sha=self.design.sha256(),
                                  results_from=results_from(self.design))]  # fmt: skip
        for outcome in self.design.outcomes:
            found, name = self.outcomes[outcome.key], label(outcome.key, language)
            if outcome.role == "primary":
                told.append(step_sentence(found.step, found.placebos, outcome=name, language=language))
                told.append(synthetic_sentence(found.synthetic, found.reason, outcome=name,
                                               level=found.step.level, language=language))  # fmt: skip
            elif outcome.role == "negative_control":
                told.append(control_at_site(found.step, found.synthetic, outcome=name,
                                            alpha=self.design.alpha, language=language))  # fmt: skip
        return Findings(told, language)


def evaluate_site(design: Design, log: pd.DataFrame, observed: Mapping[str, Array]) -> SiteResults:
    """Return the results of a design of one site; ``observed`` outcome -> (unit, period) in the design's order.

    ``log`` as from inputs.design_log. Raises UserError where a series is too short.
    """
    start = np.array(design.starts(), dtype=np.int64)
    unit = int(np.argmax(start))
    found = {}
    for place, outcome in enumerate(design.outcomes):
        known = observed[outcome.key]
        noise = learn_noise(known[:, : start[unit]])
        futures = draw_futures(noise, (FUTURES, *known.shape), np.random.default_rng([design.seed, 5, place]))
        found[outcome.key] = at_site(known, start, futures, level=design.interval, alpha=design.alpha)
    kept = {key: observed[key][unit] for key in found}
    return SiteResults(design, registration(design, log), found, kept)

"""What is known of common shocks before a panel has shown many: Germany's own errors, regions, chance, new laws.

A panel has few surveys, so its own errors of "last growth" say little about their spread: they are pooled with the four
that Germany's count made before any panel here begins (empirical Bayes, scaled inverse chi-squared; Gelman et al.,
Bayesian Data Analysis, 2013, 2.6). At origins before 2009, or abroad, they stand for what such counts are like: that is
hindsight. A change of law that nobody knew of is no such error: it has its own risk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from carelab.forecast.care_panel.laws import LawRisk, Laws
from carelab.forecast.care_panel.model import CareFit
from carelab.forecast.care_panel.spread import PSEUDO_ERROR, Spread, common_errors

GERMANY: Final = (2_020_000, 2_039_780, 2_076_935, 2_128_550, 2_246_829, 2_338_252)
"""People in need in Germany 1999, 2001, ..., 2009 (Pflegestatistik; 1999 rounded by Destatis, later years BARMER
Pflegereport, table 2.1)."""
SERIES_STEP: Final = 2.0
"""Years between two surveys of GERMANY."""
REGION_SD: Final = 0.026
"""Spread of a Land's growth beside Germany's over SERIES_STEP years (Kreise summed by Land, surveys 2009 to 2013:
hindsight at origins before 2013)."""
COUNTING: Final = 6.0
"""A second difference of log counts has 1 + 4 + 1 times the variance of chance in one count."""


def with_prior(spread: Spread, fit: CareFit, laws: Laws) -> Spread:
    """Return ``spread`` with the common shock pooled with what Germany's series shows, and the risk of an unknown law.

    The prior counts as many errors as it rests on; more degrees of freedom mean lighter tails than ``learn_spread``'s.
    While a known law is about to come no other is expected.
    """
    pending = any(law.pending(int(fit.panel.years[-1])) for law in laws)
    own = common_errors(fit, laws)
    errors = own if own.size else np.array([PSEUDO_ERROR * fit.steps[-1].common])
    known = np.diff(np.log(GERMANY), n=2)
    variance = (known.size * prior_variance(fit) + errors @ errors) / (known.size + errors.size)
    risk = None if pending else LawRisk()
    return replace(spread, common=float(np.sqrt(variance)), degrees=known.size + errors.size, risk=risk)


def prior_variance(fit: CareFit) -> float:
    """Return the variance expected of an error of the common growth over one step, before any is seen.

    Germany's errors; more where the panel is one region or few, which drift beside the whole (areas without a parent
    are taken for it); and chance in counting few. One region's error is that of two drifts, 2 s^2 (s = REGION_SD).
    n equal regions of N that drift independently would have 2 s^2 / n (1 - n / N), a sample of a finite whole; N is not
    known abroad. The square of the concentration (Herfindahl index, 1 / n), 2 s^2 / n^2, is an assumption that has the
    same ends, nearly: all of one, nothing of the whole; between them it is smaller. What hangs on it: four points of
    coverage and 0.03 of the WIS ratio at most (docs/backtest_care.md).
    """
    panel, counts = fit.panel, np.nan_to_num(fit.panel.counts[:, -1])
    mass = np.bincount(panel.group, counts, panel.parents.size)
    named = panel.parents != ""
    concentration = float((mass[named] ** 2).sum() / max(counts.sum(), 1.0) ** 2)
    whole = float(np.mean(np.diff(np.log(GERMANY), n=2) ** 2))
    growth = whole + 2 * REGION_SD**2 * concentration**2
    return growth * (fit.step_years / SERIES_STEP) ** 2 + COUNTING / max(float(counts.sum()), 1.0)

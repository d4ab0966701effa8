"""What roll-outs at hand could see before anything has started: detectable effects on the forecast's own series.

An outcome counts events per 1,000 people in need and half-year. Its futures take need from the forecast's draws,
events by chance (Poisson), and districts that differ from their own mean for longer than a half-year (AR(1) on the
log scale); ``Assumed`` says how much, until outcomes from before the start replace it (``futures.learn_noise``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.planning.evaluation.estimators import NEVER, Array, Index, imputation
from carelab.planning.evaluation.futures import CORRELATION, persistent
from carelab.planning.evaluation.power import minimum_detectable_effect
from carelab.planning.evaluation.randomisation import redraw
from carelab.terms import UserError

LEAST_UNITS = 4
REDRAWS = 499
COLUMNS = ("plan", "treated", "units", "mde", "mde_share", "finest")


@dataclass(frozen=True)
class Assumed:
    """Assumption about an outcome: events ``rate`` (per person in need and half-year), ``spread`` (log, of a district
    around its mean) that persists with ``correlation``, and half-years before and after the first start."""

    rate: float = 0.06
    spread: float = 0.10
    correlation: float = CORRELATION
    before: int = 8
    after: int = 6


def event_futures(need: Array, assumed: Assumed, rng: np.random.Generator) -> Array:
    """Return events per 1,000 people in need (draw, unit, period) without a measure; ``need`` (draw, unit) persons."""
    noise = persistent(rng.standard_normal((*need.shape, assumed.before + assumed.after)), assumed.correlation)
    expected = need[..., None] * assumed.rate * np.exp(assumed.spread * noise - assumed.spread**2 / 2)
    found: Array = 1000 * rng.poisson(expected) / need[..., None]
    return found


def roll_outs(units: int, before: int) -> dict[str, Index]:
    """Return roll-outs at hand (unit): six districts at once, half at once, half in three waves."""
    plans: dict[str, Index] = {}
    if units > 2 * 6:
        plans["six_at_once"] = np.where(np.arange(units) < 6, before, NEVER)
    plans["half_at_once"] = np.where(np.arange(units) < units // 2, before, NEVER)
    if units >= 2 * 3:
        plans["half_in_waves"] = np.where(np.arange(units) < units // 2, before + np.arange(units) % 3, NEVER)
    return plans


def planned_effects(need: Array, assumed: Assumed, *, alpha: float, seed: int) -> pd.DataFrame:
    """Return plan, treated, units, mde (per 1,000 people in need and half-year), mde_share (of the rate), finest p.

    ``need`` (draw, unit) of people in need at home. Raises UserError with fewer than four districts.
    """
    units = need.shape[1]
    if units < LEAST_UNITS:
        raise UserError(
            f"Auswertung: {units} Stadtteile; ein Vergleich braucht mindestens {LEAST_UNITS}.",
            f"evaluation: {units} districts; a comparison needs at least {LEAST_UNITS}.",
        )
    futures = event_futures(need, assumed, np.random.default_rng([seed, 1]))
    rows = []
    for plan, start in roll_outs(units, assumed.before).items():
        rng = np.random.default_rng([seed, 2])
        estimator = imputation(start, futures.shape[2])
        mde = minimum_detectable_effect(estimator, futures, start, rng, redraws=REDRAWS, alpha=alpha)
        finest = 1 / len(redraw(start, rng, amount=REDRAWS))
        rows.append((plan, int((start != NEVER).sum()), units, mde, mde / (1000 * assumed.rate), finest))
    return pd.DataFrame(rows, columns=list(COLUMNS))

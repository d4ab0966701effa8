"""Estimators against reference implementations; tests, intervals and MDE against simulations whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from carelab.planning.evaluation.estimators import (
    NEVER,
    callaway_santanna,
    group_time,
    imputation,
    treated_cells,
)
from carelab.planning.evaluation.power import minimum_detectable_effect, power
from carelab.planning.evaluation.randomisation import draw_rollout, infer, p_value, redraw, redrawn_estimates
from carelab.terms import UserError

pytestmark = pytest.mark.unit

REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text(encoding="utf-8"))
UNITS, PERIODS, RHO = 43, 10, 0.6


def series(draws: int, seed: int) -> np.ndarray:
    """Return outcomes without any effect (draw, unit, period): unit levels, a common path, AR(1) errors."""
    rng = np.random.default_rng(seed)
    errors = np.empty((draws, UNITS, PERIODS))
    errors[..., 0] = rng.normal(0, 1, (draws, UNITS))
    for period in range(1, PERIODS):
        errors[..., period] = RHO * errors[..., period - 1] + np.sqrt(1 - RHO**2) * rng.normal(0, 1, (draws, UNITS))
    return errors + rng.normal(0, 2, (draws, UNITS, 1)) + np.linspace(0, 1, PERIODS)


def starts(treated: int, *, staggered: bool = False) -> np.ndarray:
    found = np.full(UNITS, NEVER)
    found[:treated] = (4 + np.arange(treated) % 4) if staggered else 5
    return found


def test_two_by_two() -> None:
    outcome = np.array([[10.0, 14.0], [9.0, 11.0]])
    start = np.array([1, NEVER])
    for estimator in (imputation(start, 2), callaway_santanna(start, 2), group_time(start, 2, group=1, period=1)):
        assert estimator.estimate(outcome, start) == pytest.approx(REFERENCE["did"], abs=1e-12)


def test_imputation_equals_did2s() -> None:
    import pyfixest

    start = starts(12, staggered=True)
    outcome = series(1, 3)[0] + treated_cells(start, PERIODS) * np.random.default_rng(4).uniform(0, 3, (UNITS, PERIODS))
    frame = pd.DataFrame({"unit": np.repeat(np.arange(UNITS), PERIODS), "period": np.tile(np.arange(PERIODS), UNITS)})
    frame["y"], frame["treat"] = outcome.ravel(), treated_cells(start, PERIODS).ravel()
    fitted = pyfixest.did2s(
        frame, yname="y", first_stage="~ 0 | unit + period", second_stage="~ treat", treatment="treat", cluster="unit"
    )
    expected = next(value for name, value in fitted.coef().items() if "treat" in name)
    assert imputation(start, PERIODS).estimate(outcome, start) == pytest.approx(expected, abs=1e-6)


def test_group_time_effects_by_their_definition() -> None:
    start, outcome = starts(12, staggered=True), series(1, 5)[0]
    control = (start == NEVER) | (start > 7)
    change = outcome[:, 7] - outcome[:, 4]
    expected = change[start == 5].mean() - change[control].mean()
    assert group_time(start, PERIODS, group=5, period=7).estimate(outcome, start) == pytest.approx(expected, abs=1e-12)


def test_a_constant_effect_is_recovered_whatever_the_levels() -> None:
    start = starts(9, staggered=True)
    levels = np.random.default_rng(1).normal(0, 5, (UNITS, 1)) + np.random.default_rng(2).normal(0, 5, PERIODS)
    outcome = levels + 1.7 * treated_cells(start, PERIODS)
    for estimator in (imputation(start, PERIODS), callaway_santanna(start, PERIODS)):
        assert estimator.estimate(outcome, start) == pytest.approx(1.7, abs=1e-9)
    assert imputation(start, PERIODS, since=-2).estimate(outcome, start) == pytest.approx(0.0, abs=1e-9)


def test_what_cannot_be_identified_is_refused() -> None:
    with pytest.raises(UserError, match="kein Effekt bestimmbar"):
        imputation(np.full(5, 3), 6)
    with pytest.raises(UserError, match="kein Effekt bestimmbar"):
        imputation(np.array([0, NEVER, NEVER]), 6)


@pytest.mark.parametrize(("treated", "staggered"), [(1, False), (2, False), (3, False), (6, False), (6, True)])
def test_true_nulls_are_rejected_as_often_as_the_level_allows(treated: int, staggered: bool) -> None:
    runs, start = 2000, starts(treated, staggered=staggered)
    estimator, rng = imputation(start, PERIODS), np.random.default_rng(treated)
    assignments = redraw(start, rng, amount=1999)
    outcome = series(runs, 100 + treated)
    found = p_value(redrawn_estimates(estimator, outcome, assignments))
    attainable = np.floor(0.05 * len(assignments)) / len(assignments)
    spread = np.sqrt(attainable * (1 - attainable) / runs)
    assert abs((found <= 0.05).mean() - attainable) <= 3 * spread


@pytest.mark.parametrize(("treated", "staggered"), [(2, False), (6, True)])
def test_intervals_hold(treated: int, staggered: bool) -> None:
    runs, start, effect = 1000, starts(treated, staggered=staggered), 0.8
    estimator, treat = imputation(start, PERIODS), treated_cells(start, PERIODS).astype(float)
    assignments = redraw(start, np.random.default_rng(1), amount=999)
    outcomes = series(runs, 7) + effect * treat
    inside = 0
    for outcome in outcomes:
        found = infer(estimator, outcome, assignments, treat, level=0.8)
        inside += found.lower <= effect <= found.upper
    assert 0.77 <= inside / runs <= 0.83


@pytest.mark.parametrize(("treated", "staggered"), [(3, False), (6, True)])
def test_the_mde_has_the_power_it_claims(treated: int, staggered: bool) -> None:
    start = starts(treated, staggered=staggered)
    estimator = imputation(start, PERIODS)
    mde = minimum_detectable_effect(estimator, series(4000, 11), start, np.random.default_rng(12))
    found = power(estimator, series(4000, 13), start, np.random.default_rng(14), effect=mde)
    assert 0.78 <= found <= 0.82


def test_rollouts_keep_strata_and_are_reproducible() -> None:
    waves, strata = np.array([1, 1, NEVER, NEVER, 2, NEVER]), np.array([0, 0, 0, 0, 1, 1])
    drawn = draw_rollout(waves, np.random.default_rng(3), strata=strata)
    assert (drawn == draw_rollout(waves, np.random.default_rng(3), strata=strata)).all()
    for stratum in (0, 1):
        assert sorted(drawn[strata == stratum]) == sorted(waves[strata == stratum])
    every = redraw(waves, np.random.default_rng(1), strata=strata)
    assert len(every) == 6 * 2
    assert len(np.unique(every, axis=0)) == 12

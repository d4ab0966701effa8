"""Synthetic controls: when they are refused, and how often their test rejects true nulls."""

from __future__ import annotations

import numpy as np
import pytest

from carelab.planning.evaluation.estimators import NEVER
from carelab.planning.evaluation.synthetic_control import placebo_p_values, synthetic_control, why_not

pytestmark = pytest.mark.unit


def test_a_synthetic_control_is_refused_where_it_is_unsafe() -> None:
    def start(units: int, treated: int, at: int) -> np.ndarray:
        return np.where(np.arange(units) < treated, at, NEVER)

    assert why_not(start(30, 2, 12), 20) == "several_treated"
    assert why_not(start(30, 1, 9), 20) == "few_before"
    assert why_not(start(19, 1, 12), 20) == "few_others"
    assert why_not(start(20, 1, 12), 20) == ""
    with pytest.raises(ValueError, match="few_before"):
        synthetic_control(np.zeros((30, 20)), start(30, 1, 9))


def test_a_synthetic_control_finds_its_parts_and_the_effect() -> None:
    outcome = np.random.default_rng(3).normal(0, 1, (25, 18)).cumsum(axis=1)
    outcome[0] = 0.3 * outcome[1] + 0.7 * outcome[2] + 40
    outcome[0, 12:] += 5.0
    found = synthetic_control(outcome, np.where(np.arange(25) == 0, 12, NEVER))
    assert found.weights[[1, 2]] == pytest.approx([0.3, 0.7], abs=1e-4)
    assert found.effect == pytest.approx(5.0, abs=1e-3)
    assert found.p_value == pytest.approx(1 / 25)


def test_the_synthetic_controls_test_keeps_its_level() -> None:
    rng, start, runs = np.random.default_rng(7), np.where(np.arange(20) == 0, 10, NEVER), 1000
    outcomes = rng.normal(0, 1, (runs, 20, 14)).cumsum(axis=2)
    found = placebo_p_values(outcomes, start)
    assert found[:3] == pytest.approx([synthetic_control(each, start).p_value for each in outcomes[:3]])
    rejected = float((found <= 0.05 + 1e-12).mean())
    assert abs(rejected - 0.05) <= 3 * np.sqrt(0.05 * 0.95 / runs)


def test_the_interval_holds_a_constant_effect_as_often_as_told() -> None:
    rng, runs, held = np.random.default_rng(11), 150, 0
    start = np.where(np.arange(20) == 4, 12, NEVER)
    for _ in range(runs):
        outcome = rng.normal(0, 1, (20, 18)).cumsum(axis=1)
        outcome[4, 12:] += 3.0
        found = synthetic_control(outcome, start)
        held += found.lower <= 3.0 <= found.upper
    assert abs(held / runs - 0.8) <= 3 * np.sqrt(0.16 / runs)

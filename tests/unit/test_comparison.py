"""Every p-value that a comparison prints, on outcomes without effect, through the function that prints it."""

from __future__ import annotations

import numpy as np
import pytest

from carelab.planning.evaluation.comparison import CLUSTERED, Plan, attainable, effect, event_study, p_values
from carelab.planning.evaluation.estimators import NEVER, treated_cells
from carelab.planning.evaluation.futures import Noise, draw_futures, learn_noise
from carelab.planning.evaluation.null_check import null_check
from carelab.terms import UserError

pytestmark = pytest.mark.unit
UNITS, PERIODS, RHO, RUNS = 43, 10, 0.6, 2000
NOISE = Noise(RHO, 1.0)
LOOKS = 5
"""Batches of RUNS: 63 tests are looked at, and in the first batch alone one of them lies at 3.08 standard errors."""


def plan(treated: int, *, staggered: bool = False, redraws: int = 1999) -> Plan:
    start = np.full(UNITS, NEVER)
    start[:treated] = (4 + np.arange(treated) % 3) if staggered else 5
    strata = np.zeros(UNITS, dtype=np.int64)
    return Plan(start, strata, PERIODS, redraws=redraws, seed=treated, placebo_periods=3)


@pytest.mark.parametrize(
    ("treated", "staggered"), [(1, False), (2, False), (3, False), (6, False), (3, True), (6, True), (12, True)]
)
def test_every_printed_p_value_rejects_true_nulls_as_often_as_it_can(treated: int, staggered: bool) -> None:
    tested = plan(treated, staggered=staggered)
    levels = np.random.default_rng(1).normal(0, 2, (UNITS, 1)) + np.linspace(0, 1, PERIODS)
    rng = np.random.default_rng([3, treated, staggered])
    batches = [p_values(tested, draw_futures(NOISE, (RUNS, UNITS, PERIODS), rng) + levels) for _ in range(LOOKS)]
    found = {test: np.concatenate([batch[test] for batch in batches]) for test in batches[0]}
    since = [f"since_{at}" for at in tested.events]
    assert len(since) == PERIODS - tested.first
    assert list(found) == ["effect", *since, "placebo_1", "placebo_2", "placebo_3", CLUSTERED]
    for test, values in found.items():
        if test == CLUSTERED:
            continue
        aim = attainable(tested, test, 0.05)
        rejected = float((values <= 0.05 + 1e-12).mean())
        assert abs(rejected - aim) <= 3 * np.sqrt(aim * (1 - aim) / (LOOKS * RUNS)), (test, rejected, aim)


def test_the_clustered_t_test_is_a_warning_because_it_rejects_true_nulls() -> None:
    outcomes = draw_futures(NOISE, (500, UNITS, PERIODS), np.random.default_rng(5))
    rejected = {
        treated: float((p_values(plan(treated, redraws=199), outcomes)[CLUSTERED] <= 0.05).mean())
        for treated in (1, 2, 6)
    }
    assert rejected[1] > 0.5
    assert 0.2 < rejected[2] < rejected[1]
    assert rejected[6] < rejected[2]


def test_the_clustered_variance_of_two_periods_is_that_of_two_means() -> None:
    from scipy import stats

    rng = np.random.default_rng(2)
    outcome, start = rng.normal(0, 1, (20, 2)), np.array([1] * 8 + [NEVER] * 12)
    change = outcome[:, 1] - outcome[:, 0]
    parts = [change[start == 1], change[start == NEVER]]
    variance = sum(((part - part.mean()) ** 2).sum() / len(part) ** 2 for part in parts)
    size = abs(parts[0].mean() - parts[1].mean()) / np.sqrt(variance)
    found = p_values(Plan(start, np.zeros(20, dtype=np.int64), 2, redraws=199, placebo_periods=0), outcome[None])
    assert found[CLUSTERED][0] == pytest.approx(2 * stats.t.sf(size, 19), rel=1e-9)


def test_the_p_value_of_one_outcome_is_that_of_the_batch() -> None:
    tested = plan(6, staggered=True, redraws=199)
    outcomes = draw_futures(NOISE, (5, UNITS, PERIODS), np.random.default_rng(8))
    alone = [effect(tested, outcome).p_value for outcome in outcomes]
    assert alone == pytest.approx(list(p_values(tested, outcomes)["effect"]))


def test_intervals_of_the_event_study_hold_a_constant_effect() -> None:
    tested, runs = plan(6, staggered=True, redraws=199), 250
    treated = 0.9 * treated_cells(tested.start, PERIODS)
    outcomes = draw_futures(NOISE, (runs, UNITS, PERIODS), np.random.default_rng(9)) + treated
    held = dict.fromkeys((-2, 0, 3), 0)
    for outcome in outcomes:
        found = event_study(tested, outcome)
        for since in held:
            held[since] += found[since].lower <= (0.9 if since >= 0 else 0.0) <= found[since].upper
    for since, count in held.items():
        assert abs(count / runs - 0.8) <= 3 * np.sqrt(0.16 / runs), (since, count / runs)


def test_the_noise_of_a_short_panel_is_recovered() -> None:
    rng = np.random.default_rng(4)
    panels = draw_futures(Noise(RHO, 2.0), (300, UNITS, 8), rng) + rng.normal(0, 9, (300, UNITS, 1))
    found = [learn_noise(panel) for panel in panels]
    assert np.mean([each.correlation for each in found]) == pytest.approx(RHO, abs=0.03)
    assert np.mean([each.spread**2 for each in found]) == pytest.approx(4.0, rel=0.06)
    with pytest.raises(UserError, match="mindestens 4"):
        learn_noise(panels[0][:, :3])


def test_the_printed_null_check_says_what_each_test_aims_at() -> None:
    futures = draw_futures(NOISE, (400, UNITS, PERIODS), np.random.default_rng(6))
    table = null_check(plan(2, redraws=999), futures, alpha=0.05).set_index("test")
    assert table.loc["effect", "attainable"] == pytest.approx(45 / 903)
    assert table.loc["clustered", "rejected"] > 0.2 > table.loc["effect", "rejected"]

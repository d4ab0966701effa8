"""The pace of old people's survival: found where it is there, none where history is short or only noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from carelab.forecast.arrays import Array, Index
from carelab.forecast.small_area.old_age_drift import SHOCK, SPREAD, learn_drift, step_hazard

pytestmark = pytest.mark.unit
START = np.array([0, 20, 65, 70, 75, 80])


@dataclass(frozen=True)
class Made:
    """Windows with a known pace: counted = expected x exp(pace x hazard x year), and noise common to a window."""

    start: Index
    step: int
    counted: Array
    expected: Array


def made(years: int, *, pace: float, noise: float, seed: int = 1) -> Made:
    start, step = np.arange(2000, 2000 + years), 5
    rng = np.random.default_rng(seed)
    expected = np.full((years, 3, 2, len(START)), 20_000.0)
    trend = pace * step_hazard(START, step) * (start - start.mean())[:, None, None, None]
    shock = rng.normal(0, noise, (years, 1, 1, len(START))) * (START >= 65)
    return Made(start, step, expected * np.exp(trend + shock), expected)


def test_a_steady_pace_is_found_in_old_groups_only() -> None:
    windows = made(16, pace=0.012, noise=1e-4)
    found = learn_drift(windows, START, 65)
    assert found[:2] == pytest.approx(0.0)
    assert found[2:] == pytest.approx(0.012 * step_hazard(START, 5)[2:], rel=0.03)


def test_noise_is_not_taken_for_a_pace() -> None:
    paces = [
        learn_drift(made(16, pace=0.0, noise=0.03, seed=seed), START, 65)[-1] / step_hazard(START, 5)[-1]
        for seed in range(40)
    ]
    assert np.std(paces) < SPREAD / 2


def test_a_short_history_or_no_old_group_tells_nothing() -> None:
    assert not learn_drift(made(4, pace=0.012, noise=0.0), START, 65).any()
    assert not learn_drift(made(16, pace=0.012, noise=0.0), START, 90).any()


def test_two_windows_are_trusted_as_far_as_their_shocks_allow() -> None:
    """Counted every ten years: the variance of a pace from two windows is 2 x (SHOCK / years between)^2."""
    start, step = np.array([1990, 2000]), 10
    expected = np.full((2, 3, 2, len(START)), 20_000.0)
    trend = 0.012 * step_hazard(START, step) * (start - 1995)[:, None, None, None]
    windows = Made(start, step, expected * np.exp(trend), expected)
    credible = SPREAD**2 / (SPREAD**2 + 2 * (SHOCK / 10) ** 2)
    assert learn_drift(windows, START, 65)[2:] == pytest.approx(
        credible * 0.012 * step_hazard(START, step)[2:], rel=0.03
    )


def test_no_pace_where_old_groups_do_not_tell_who_enters_them() -> None:
    """65+ above 0-64: how many turn 65 is a guess, and its drift would be taken for survival."""
    windows = made(16, pace=0.012, noise=1e-4)
    wide = Made(windows.start, windows.step, windows.counted[..., 1:3], windows.expected[..., 1:3])
    assert not learn_drift(wide, np.array([0, 65]), 65).any()

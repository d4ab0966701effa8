"""Interrupted time series: equal to statsmodels at a given correlation; intervals hold as often as told."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from carelab.planning.evaluation.time_series import design_matrix, fit_at, interrupted, placebo_dates
from carelab.release.findings_site import control_at_site, step_sentence
from carelab.terms import UserError

pytestmark = pytest.mark.unit
PERIODS, START = 36, 22


def persistent(rng: np.random.Generator, rho: float) -> np.ndarray:
    errors = rng.normal(0, 1, PERIODS)
    for period in range(1, PERIODS):
        errors[period] = rho * errors[period - 1] + np.sqrt(1 - rho**2) * errors[period]
    return errors + 50 + 0.2 * np.arange(PERIODS)


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_equals_gls_of_statsmodels(rho: float) -> None:
    series, design = persistent(np.random.default_rng(1), 0.5), design_matrix(PERIODS, START, season=4)
    distance = np.abs(np.subtract.outer(np.arange(PERIODS), np.arange(PERIODS)))
    fitted = sm.GLS(series, design, sigma=rho**distance if rho else np.eye(PERIODS)).fit()
    estimate, error, _ = fit_at(series, design, rho)
    assert estimate == pytest.approx(fitted.params[0], rel=1e-9)
    assert error == pytest.approx(fitted.bse[0], rel=1e-9)


@pytest.mark.parametrize(("rho", "effect"), [(0.0, 0.0), (0.6, 2.0)])
def test_the_interval_holds_the_truth(rho: float, effect: float) -> None:
    rng = np.random.default_rng(7)
    held, estimates = [], []
    for _ in range(400):
        step = interrupted(persistent(rng, rho) + effect * (np.arange(PERIODS) >= START), START)
        held.append(step.lower <= effect <= step.upper)
        estimates.append(step.estimate)
    assert abs(np.mean(held) - 0.8) <= 3 * np.sqrt(0.8 * 0.2 / 400)
    assert np.mean(estimates) == pytest.approx(effect, abs=4 * np.std(estimates) / 20)


def test_placebo_dates_lie_before_the_start_and_do_not_see_the_effect() -> None:
    series = persistent(np.random.default_rng(3), 0.4)
    plain = placebo_dates(series, START)
    loud = placebo_dates(series + 100 * (np.arange(PERIODS) >= START), START)
    assert plain.equals(loud)
    assert plain["start"].tolist() == list(range(8, START - 3))


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(UserError, match="nötig sind mindestens"):
        interrupted(np.arange(10.0), 5)


def test_the_null_check_stands_beside_the_interval_and_no_p_value() -> None:
    series = persistent(np.random.default_rng(5), 0.0)
    calm = list(placebo_dates(series, START)["excludes_zero"])
    told = step_sentence(interrupted(series, START), calm, outcome="Besuche")
    assert f"an {sum(calm)} von {len(calm)} Terminen" in told
    assert "80-%-Intervall" in told
    assert "p =" not in told
    assert "zu eng" in step_sentence(interrupted(series, START), [True] * 5 + [False] * 6, outcome="Besuche")


@pytest.mark.parametrize(("shift", "words"), [(0.0, "unauffällig"), (30.0, "Warnung")])
def test_a_negative_control_at_a_site_that_moves_is_a_warning(shift: float, words: str) -> None:
    series = persistent(np.random.default_rng(5), 0.0) + shift * (np.arange(PERIODS) >= START)
    assert words in control_at_site(interrupted(series, START), None, outcome="Ausweise", alpha=0.05)

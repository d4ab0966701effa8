"""Care levels into the future: anchored, scenarios in order, wider with the horizon."""

from typing import Literal

import numpy as np
import pytest

from carelab.forecast.care_projection import Anchor, Scenario, draw_levels, step_error
from carelab.forecast.care_trend import Trend

pytestmark = pytest.mark.unit
YEARS = np.arange(2009, 2024, 2)
TREND = Trend(YEARS, np.array([0.04, 0.02, 0.07, 0.16, 0.14, 0.15, 0.1]), np.zeros(7), 0.03, 0.02)
DRAWS, LAST = 4000, 2035
ANCHOR = Anchor(np.full(DRAWS, 0.3), 2021, 0.12, 2023)
FIRST = np.arange(2021, LAST + 1)


def levels(
    trend: Literal["trend", "moderate", "constant"], anchor: Anchor = ANCHOR, damping: float = 0.85
) -> np.ndarray:
    scenario = Scenario(trend, damping)
    return draw_levels(anchor, TREND, LAST, scenario=scenario, rng=np.random.default_rng(5))


def test_anchored_at_the_count_and_moved_as_the_land_did() -> None:
    for variant in ("trend", "moderate", "constant"):
        drawn = levels(variant)
        np.testing.assert_array_equal(drawn[:, 0], 0.3)
        np.testing.assert_allclose(np.median(drawn[:, 1:3], axis=0), [0.36, 0.42], atol=0.003)


def test_scenarios_in_order() -> None:
    trend, moderate, constant = (np.median(levels(v), axis=0) for v in ("trend", "moderate", "constant"))
    np.testing.assert_allclose(constant[FIRST >= 2023], 0.42, atol=0.02)
    np.testing.assert_array_equal(trend[FIRST <= 2027], moderate[FIRST <= 2027])
    steps = np.diff((levels("moderate") - levels("constant")).mean(axis=0))
    np.testing.assert_allclose(steps[FIRST[1:] > 2027], 0.0, atol=1e-12)
    assert (trend >= moderate).all()
    assert (moderate >= constant).all()
    growth = 0.05 * np.cumsum(0.85 ** np.arange(1, LAST - 2022))
    np.testing.assert_allclose((levels("trend") - levels("constant"))[0, FIRST > 2023], growth, atol=1e-12)


def test_wider_with_the_horizon_as_past_errors_were() -> None:
    sd = levels("trend").std(axis=0)
    assert (np.diff(sd) > 0).all()
    two_years_on = np.sqrt(step_error(TREND, 0.85) ** 2 + 0.03**2 + 0.02**2 + 0.03**2)  # drift since 2021
    assert sd[4] == pytest.approx(two_years_on, rel=0.05)


def test_without_the_lands_own_survey_its_drift_is_uncertain_from_the_count_on() -> None:
    foreign = Anchor(np.full(DRAWS, 0.3), 2021, 0.12, 2023, own_land=False)
    at_survey = levels("trend", foreign)[:, 2].std(), levels("trend")[:, 2].std()
    assert at_survey == pytest.approx((np.hypot(0.03, 0.02), 0.03), rel=0.05)


def test_no_damping_at_all() -> None:
    growth = (levels("trend", damping=1.0) - levels("constant", damping=1.0))[0]
    np.testing.assert_allclose(np.diff(growth)[2:], 0.05, atol=1e-12)

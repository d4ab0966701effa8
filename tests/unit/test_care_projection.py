"""Care levels into the future: anchored, known growth is followed, growth is held and then fades, spread grows."""

from typing import Literal

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.care.projection import (
    HOLD_STEPS,
    Anchor,
    Pooled,
    Scenario,
    Start,
    draw_levels,
    fit_levels,
    starting_growth,
)

pytestmark = pytest.mark.unit
YEARS = range(2009, 2022, 2)
DRAWS, LAST = 4000, 2035
ANCHOR = Anchor(np.full(DRAWS, 0.3), 2021, 0.12, 2023)
AHEAD = np.arange(2021, LAST + 1)


def simulate_levels(*, step: float = 0.1, areas: int = 60) -> pd.DataFrame:
    """Return levels of Kreise in six Länder that grow by ``step`` a survey, each a little differently."""
    rng = np.random.default_rng(0)
    rows = []
    for i in range(areas):
        path = np.cumsum(np.r_[rng.normal(0, 0.1), step + rng.normal(0, 0.02, len(YEARS) - 1)])
        rows += [(f"{i % 6:02d}{i:03d}", f"{i % 6:02d}", y, path[t], 1000.0) for t, y in enumerate(YEARS)]
    return pd.DataFrame(rows, columns=["area", "parent", "year", "level", "expected"])


@pytest.fixture(scope="module")
def pooled() -> Pooled:
    return fit_levels(simulate_levels(), risk=None)


def levels(
    pooled: Pooled,
    trend: Literal["trend", "moderate", "constant"],
    *,
    anchor: Anchor = ANCHOR,
    damping: float = 0.8,
    beside: float = 0.0,
) -> np.ndarray:
    start = Start(pooled, "00000", 0.05, beside)
    return draw_levels(anchor, start, LAST, scenario=Scenario(trend, damping), rng=np.random.default_rng(5))


def test_a_typical_city_starts_with_common_growth(pooled: Pooled) -> None:
    typical = starting_growth(pooled, area="unknown", land="99")
    assert (typical.common, typical.beside) == (pooled.fit.growth, 0.0)
    assert pooled.fit.growth == pytest.approx(0.05, abs=0.01)
    assert starting_growth(pooled, area="unknown", land="99", common=0.02).common == 0.02


def test_anchored_at_the_count_and_moved_as_the_land_did(pooled: Pooled) -> None:
    for variant in ("trend", "moderate", "constant"):
        drawn = levels(pooled, variant)
        np.testing.assert_array_equal(drawn[:, 0], 0.3)
        np.testing.assert_allclose(np.median(drawn[:, 1:3], axis=0), [0.36, 0.42], atol=0.005)


def test_growth_is_held_then_fades_what_is_beside_it_ends(pooled: Pooled) -> None:
    held = 2 * HOLD_STEPS
    growth = (levels(pooled, "trend", beside=0.02) - levels(pooled, "constant"))[0]
    yearly = np.diff(growth)[AHEAD[1:] > 2023]
    np.testing.assert_allclose(yearly[:held], 0.07, atol=1e-12)
    np.testing.assert_allclose(yearly[held:], 0.05 * 0.8 ** np.arange(1, yearly.size - held + 1), atol=1e-12)


def test_scenarios_in_order(pooled: Pooled) -> None:
    trend, moderate, constant = (np.median(levels(pooled, v), axis=0) for v in ("trend", "moderate", "constant"))
    np.testing.assert_allclose(constant[AHEAD >= 2023], 0.42, atol=0.02)
    np.testing.assert_array_equal(trend[AHEAD <= 2027], moderate[AHEAD <= 2027])
    steps = np.diff((levels(pooled, "moderate") - levels(pooled, "constant")).mean(axis=0))
    np.testing.assert_allclose(steps[AHEAD[1:] > 2027], 0.0, atol=1e-12)
    assert (trend >= moderate).all()
    assert (moderate >= constant).all()


def test_wider_with_the_horizon(pooled: Pooled) -> None:
    assert (np.diff(levels(pooled, "trend").std(axis=0)) > 0).all()


def test_without_the_lands_own_survey_its_drift_is_uncertain_from_the_count_on(pooled: Pooled) -> None:
    foreign = Anchor(np.full(DRAWS, 0.3), 2021, 0.12, 2023, own_land=False)
    assert levels(pooled, "trend", anchor=foreign)[:, 2].std() > levels(pooled, "trend")[:, 2].std()


def test_no_damping_at_all(pooled: Pooled) -> None:
    growth = (levels(pooled, "trend", damping=1.0) - levels(pooled, "constant", damping=1.0))[0]
    np.testing.assert_allclose(np.diff(growth)[2:], 0.05, atol=1e-12)


def test_a_new_law_lifts_rates_from_its_year_on_by_its_size(pooled: Pooled) -> None:
    start = Start(pooled, "00000", 0.05)
    plain, law = (
        draw_levels(ANCHOR, start, LAST, scenario=scenario, rng=np.random.default_rng(2))
        for scenario in (Scenario(), Scenario(law_year=2028, law_effect=0.1, law_effect_sd=0.02))
    )
    before = AHEAD < 2028
    np.testing.assert_array_equal(plain[:, before], law[:, before])
    lift = (law - plain)[:, ~before]
    assert np.median(lift) == pytest.approx(np.log(1.1), abs=0.005)
    assert lift.std() == pytest.approx(0.02 / 1.1, rel=0.1)


def test_the_risk_of_an_unknown_law_only_adds_only_ahead_and_only_to_the_trend(pooled: Pooled) -> None:
    """From the last survey on, with one change in ten years on average: most draws have none in the first year."""
    risky = fit_levels(simulate_levels())
    added = levels(risky, "trend") - levels(pooled, "trend")
    assert (added[:, AHEAD <= 2023] == 0).all()
    assert (added >= 0).all()
    assert (np.diff(added, axis=1) >= -1e-12).all()
    assert np.mean(added[:, AHEAD == 2024] > 0) == pytest.approx(1 - np.exp(-0.1), abs=0.01)
    for variant in ("moderate", "constant"):
        np.testing.assert_array_equal(levels(risky, variant), levels(pooled, variant))


def test_growth_of_the_nation_stands_for_that_of_the_areas_where_it_is_known() -> None:
    """A census between the first two surveys lifts every area's level by 0.05, and the nation's growth does not."""
    table = simulate_levels()
    table["level"] += 0.05 * (table["year"] > 2009)
    plain, truth = fit_levels(table), fit_levels(simulate_levels())
    mended = fit_levels(table, {(2009, 2011): plain.fit.steps[0].common - 0.05})
    assert plain.spread.common > 3 * truth.spread.common
    assert mended.spread.common == pytest.approx(truth.spread.common, rel=0.1)
    np.testing.assert_array_equal(mended.fit.steps[0].own, plain.fit.steps[0].own)

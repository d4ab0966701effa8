"""The pooled rule for a city's levels: known growth is followed, growth is held and then fades, spread grows."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.care_panel_production import HOLD_STEPS, Start, draw_levels_pooled, fit_levels, starting_growth
from carelab.forecast.care_projection import Anchor, Scenario

pytestmark = pytest.mark.unit
YEARS = range(2009, 2022, 2)


def levels(*, step=0.1, areas=60):
    rng = np.random.default_rng(0)
    rows = []
    for i in range(areas):
        path = np.cumsum(np.r_[rng.normal(0, 0.1), step + rng.normal(0, 0.02, len(YEARS) - 1)])
        rows += [(f"{i % 6:02d}{i:03d}", f"{i % 6:02d}", y, path[t], 1000.0) for t, y in enumerate(YEARS)]
    return pd.DataFrame(rows, columns=["area", "parent", "year", "level", "expected"])


def test_a_typical_city_starts_with_common_growth():
    pooled = fit_levels(levels())
    assert starting_growth(pooled, area="unknown", land="99") == pytest.approx(pooled.fit.growth)
    assert pooled.fit.growth == pytest.approx(0.05, abs=0.01)
    assert starting_growth(pooled, area="unknown", land="99", common=0.02) == 0.02


def test_levels_follow_the_land_then_hold_then_fade():
    pooled = fit_levels(levels())
    anchor = Anchor(np.full(4000, 0.3), 2021, 0.12, 2023)
    start = Start(pooled, "00000", 0.05)
    draws = draw_levels_pooled(anchor, start, 2035, scenario=Scenario("trend", 0.8), rng=np.random.default_rng(1))
    middle = np.median(draws, axis=0)
    assert draws.shape == (4000, 15)
    assert middle[2] == pytest.approx(0.42, abs=0.005)
    assert middle[2 + 2 * HOLD_STEPS] == pytest.approx(0.42 + 2 * HOLD_STEPS * 0.05, abs=0.01)
    assert middle[-1] < 0.42 + 0.05 * (2 * HOLD_STEPS + 0.8 / 0.2) + 0.02
    assert np.all(np.diff(draws.std(axis=0)) > 0)


def test_constant_variant_does_not_grow():
    pooled = fit_levels(levels())
    anchor, start = Anchor(np.zeros(4000), 2021, 0.0, 2021), Start(pooled, "00000", 0.05)
    draws = draw_levels_pooled(anchor, start, 2029, scenario=Scenario("constant", 0.85), rng=np.random.default_rng(1))
    assert np.median(draws, axis=0) == pytest.approx(np.zeros(9), abs=0.01)

"""Panel of Kreise: ages add up to the published figures, levels reproduce the counts, nothing is known too early."""

import numpy as np
import pytest

from carelab.forecast.care_panel import build_panel, land_step, panel_levels
from carelab.forecast.demand import local_ratio_spread
from carelab.inputs.reference import load_reference
from tests.unit.test_care_schedule import HAZARD

pytestmark = pytest.mark.unit
REFERENCE = vars(load_reference())
PANEL = build_panel(REFERENCE, HAZARD)


def test_ages_add_up_to_the_published_population() -> None:
    np.testing.assert_allclose(PANEL.persons.sum(axis=(1, 2)), PANEL.rows["population"], rtol=1e-9)
    old = PANEL.persons[:, :, 1:].sum(axis=(1, 2))
    np.testing.assert_allclose(old, PANEL.rows["population"] * PANEL.rows["share_65plus"], rtol=1e-9)
    assert not PANEL.rows["area_changed"].any()


def test_levels_give_the_counts_back() -> None:
    levels = panel_levels(PANEL)
    count = (PANEL.cells * -np.expm1(-PANEL.hazard * np.exp(levels["level"].to_numpy())[:, None])).sum(axis=1)
    np.testing.assert_allclose(count, levels["people_in_need"], rtol=1e-9)


def test_nothing_after_the_last_year_is_used() -> None:
    early = build_panel(REFERENCE, HAZARD, last_year=2017)
    assert early.rows["year"].max() == 2017
    same = (PANEL.rows["year"] <= 2017).to_numpy()
    np.testing.assert_array_equal(early.persons, PANEL.persons[same])


def test_a_lands_step_is_that_of_its_kreise() -> None:
    levels = panel_levels(PANEL).pivot(index="area", columns="year", values="level")
    inside = levels.index.str.startswith("15")
    step = land_step(PANEL, REFERENCE, "15", (2019, 2021))
    assert step == pytest.approx((levels[2021] - levels[2019])[inside].median(), abs=0.03)
    assert np.isfinite(land_step(PANEL, REFERENCE, "DG", (2021, 2023)))
    assert np.isnan(land_step(PANEL, REFERENCE, "03", (2021, 2023))), "this Land's total of 2023 is not known"


def test_spread_of_local_ratios_is_near_what_was_measured() -> None:
    assert local_ratio_spread(panel_levels(PANEL)) == pytest.approx(0.15, abs=0.04)

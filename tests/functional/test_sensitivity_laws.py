"""Laws of the tornado: larger first, the right direction, and a variant changes only what depends on it."""

import pytest

from carelab.study import Study

pytestmark = pytest.mark.functional


def test_the_largest_swing_comes_first_and_directions_are_right(study: Study) -> None:
    table = study.tornado
    assert table["swing_pct"].is_monotonic_decreasing
    rows = table.set_index("driver")
    for driver in ("mortality_improvement", "trend_damping", "care_rates_future"):  # migration may go either way
        assert rows.loc[driver, "need_low"] < rows.loc[driver, "need_high"], driver
    assert rows.loc["local_ratio", "need_low"] == rows.loc["local_ratio", "need_high"], "the city's sum stays"
    assert rows.loc["setting_shares", "places_low"] < rows.loc["setting_shares", "places_high"]


def test_a_variant_shares_data_and_changes_only_what_depends_on_it(study: Study) -> None:
    other = study.variant(migration=1.5)
    assert other.city is study.city
    assert (other.levels.values == study.levels.values).all()
    assert not (other.city_path == study.city_path).all()
    assert study.params.migration == 1.0

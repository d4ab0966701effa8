"""Laws of the tornado: larger first, the right direction, and a variant changes only what depends on it."""

import pytest

from carelab.study import Study

pytestmark = pytest.mark.functional


def test_the_largest_swing_comes_first_and_directions_are_right(study: Study) -> None:
    table = study.tornado
    assert table["swing_pct"].is_monotonic_decreasing
    rows = table.set_index("driver")
    for driver in ("mortality_improvement", "trend_damping", "care_rates_future", "unknown_laws"):
        assert rows.loc[driver, "need_low"] < rows.loc[driver, "need_high"], driver
    assert rows.loc["local_ratio", "need_low"] == rows.loc["local_ratio", "need_high"], "the city's sum stays"
    assert rows.loc["setting_shares", "places_low"] < rows.loc["setting_shares", "places_high"]


def test_a_variant_shares_data_and_changes_only_what_depends_on_it(study: Study) -> None:
    other = study.variant(migration=1.5)
    assert other.city is study.city
    assert (other.levels.values == study.levels.values).all()
    assert not (other.city_path == study.city_path).all()
    assert study.params.migration == 1.0


def test_more_migration_brings_people_and_need_follows_the_old_among_them(study: Study) -> None:
    at = study.params.focus_year - study.params.base_year
    few, many = (study.variant(migration=scale).city_path[:, at] for scale in (0.5, 1.5))
    assert many.sum() > few.sum(), "the synthetic city gains people by migration"
    rows = study.tornado.set_index("driver").loc["migration"]
    older = many[..., 65:].sum() - few[..., 65:].sum()
    assert (rows["need_high"] - rows["need_low"]) * older > 0

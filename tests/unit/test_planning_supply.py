"""Supply: every place is somewhere, what is known stays known, closed and planned homes do not count."""

import numpy as np
import pandas as pd
import pytest

from carelab.planning.supply import Supply, draw_places, known_supply
from carelab.terms import UserError

pytestmark = pytest.mark.unit
DISTRICTS = pd.Index(["01", "02", "03", "04"])
OLD = np.array([500.0, 800.0, 300.0, 0.0])
SUPPLY = pd.DataFrame(
    {"year": [2019, 2021, 2023], "measure": "places_permanent", "value": [300.0, 400, 999], "status": "observed"}
)


def homes(*rows: tuple[str | None, float, str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["district", "places", "opened", "closed", "status"])
    return table.assign(category="home_full")


def known(facilities: pd.DataFrame, base_year: int = 2022) -> Supply:
    return known_supply(facilities, SUPPLY, pd.Series(dtype=float), DISTRICTS, base_year)


def test_closed_planned_and_unconfirmed_homes_do_not_count() -> None:
    supply = known(
        homes(
            ("01", 80, "", "", "open"),
            ("01", 50, "2015", "2020", "closed"),
            ("02", 60, "2023", "", "planned"),
            ("03", 70, "", "", "unclear"),
        )
    )
    np.testing.assert_array_equal(supply.known, [80, 0, 0, 0])
    assert (supply.total, supply.year, supply.changes) == (400, 2021, 0)


def test_what_opened_or_closed_since_the_count_changes_the_total() -> None:
    rows = (
        ("01", 80, "2022-05", "", "open"),
        ("02", 60, "", "2022-03", "closed"),
        (None, 92, "", "2023-06", "closing"),
    )
    supply = known(homes(*rows))
    assert supply.changes == 80 - 60 - 92
    np.testing.assert_array_equal(supply.known, [80, 0, 0, 0])


def test_nothing_after_the_base_year_is_known() -> None:
    supply = known(homes(("01", 80, "2024", "", "open"), ("02", 60, "2024", "2025", "closed")))
    assert supply.total == 400
    assert supply.changes == 0
    assert supply.known.sum() == 0
    assert known(homes(("01", 80, "", "", "open")), 2018 + 1).total == 300
    with pytest.raises(UserError, match="places_permanent"):
        known(homes(), 2010)


def test_places_sum_to_the_total_and_hold_the_known_ones() -> None:
    facilities = homes(("01", 80, "", "", "open"), ("03", np.nan, "", "", "open"), (None, 60, "", "", "open"))
    supply = known(facilities)
    places = draw_places(supply, OLD, 500, np.random.default_rng(1))
    np.testing.assert_allclose(places.sum(axis=1), supply.total + supply.changes)
    assert (places >= supply.known).all()
    assert (places[:, 2] > 0).all(), "the home without a size stands in district 03 in every draw"
    assert (places[:, 3] == 0).all(), "nobody old lives there"
    assert places[:, 1].std() > 20, "where a home stands is not known"


def test_more_known_than_counted_and_no_sizes_at_all() -> None:
    full = Supply(100.0, 2021, np.array([80.0, 60, 0, 0]), np.zeros(4), np.array([80.0, 60]), 0.0)
    np.testing.assert_array_equal(draw_places(full, OLD, 3, np.random.default_rng(1)), np.tile(full.known, (3, 1)))
    bare = Supply(100.0, 2021, np.zeros(4), np.zeros(4), np.array([]), 0.0)
    np.testing.assert_allclose(draw_places(bare, OLD, 3, np.random.default_rng(1)).sum(axis=1), 100)

"""Reach of offers by hand: quarters, sums, hidden and uncounted offers, need between year-ends, seasons compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carelab.planning import offers
from carelab.planning.closeness import over_people

pytestmark = pytest.mark.unit
NAN = float("nan")


def rows(*cells: tuple) -> pd.DataFrame:
    columns = ["offer", "district", "first_quarter", "last_quarter", "type", "places", "reached", "counted", "hidden"]
    frame = pd.DataFrame(cells, columns=columns).astype({"places": float, "reached": float})
    return frame.assign(hours_week=4.0, accessible="ja")


TOLD = rows(
    ("A", "01", "2026-Q1", "2026-Q1", "begegnung", 20, 30, "persons", False),
    ("B", "01", "2026-Q1", "2026-Q1", "beratung", NAN, 12, "persons", False),
    ("C", "01", "2026-Q1", "2026-Q1", "kultur", 80, 90, "visits", False),
    ("D", "01", "2026-Q1", "2026-Q1", "selbsthilfe", NAN, NAN, "", False),
    ("E", "02", "2026-Q1", "2026-Q1", "beratung", NAN, NAN, "persons", True),
    ("F", "15001", "2025-Q4", "2026-Q1", "beratung", NAN, NAN, "", False),
    ("G", "02", "2025-Q4", "2025-Q4", "beratung", NAN, 0, "persons", False),
)
AREAS, QUARTERS = ["01", "02", "03"], ["2025-Q4", "2026-Q1"]


def test_an_offer_stands_in_each_of_its_quarters() -> None:
    long = offers.by_quarter(TOLD)
    assert long[long["offer"] == "F"]["quarter"].tolist() == QUARTERS
    assert len(long) == len(TOLD) + 1
    assert offers.quarter_name(offers.quarter_number("2025-Q4") + 1) == "2026-Q1"


def test_the_inventory_says_what_was_told_and_what_was_not() -> None:
    table = offers.inventory(offers.by_quarter(TOLD)).set_index(["quarter", "district", "offer_type"])
    assert table.loc[("2026-Q1", "01", "kultur"), ["attendances", "places_offered"]].tolist() == [90, 80]
    assert np.isnan(table.loc[("2026-Q1", "01", "kultur"), "persons_reached"])
    assert table.loc[("2026-Q1", "01", "selbsthilfe"), "counts_untold"] == 1
    assert table.loc[("2026-Q1", "02", "beratung"), ["counts_hidden", "counts_untold"]].tolist() == [1, 0]
    assert table.loc[("2025-Q4", "02", "beratung"), "persons_reached"] == 0, "nobody came is a count"


def test_reach_by_hand() -> None:
    """42 persons of 300 in need are 14 per 100, the largest offer alone 10; attendances are no persons."""
    long = offers.by_quarter(TOLD)
    persons = offers.drawn_persons(long, 500, np.random.default_rng(1))
    summed = offers.reached_by_area(long, persons, areas=AREAS, quarters=QUARTERS)
    most = offers.reached_by_area(long, persons, areas=AREAS, quarters=QUARTERS, largest=True)
    assert (100 * summed[:, 0, 1] / 300 == 14).all()
    assert (100 * most[:, 0, 1] / 300 == 10).all()
    assert set(summed[:, 1, 1]) == {1.0, 2.0, 3.0, 4.0}, "hidden: 1 to 4, in some draw each"
    assert (summed[:, 1, 0] == 0).all()
    assert np.isnan(summed[:, 2]).all(), "no offer told: unknown, not zero"
    assert np.isnan(summed[:, 0, 0]).all()


def test_need_lies_on_the_line_between_year_ends() -> None:
    need = np.array([[[100.0, 200.0, 400.0]]])
    found = offers.need_by_quarter(need, [2025, 2026, 2027], ["2024-Q1", "2025-Q4", "2026-Q1", "2026-Q4", "2029-Q1"])
    assert found[0, 0] == pytest.approx([100, 100, 112.5, 187.5, 400])


def test_only_like_seasons_are_compared() -> None:
    quarters = ["2024-Q1", "2024-Q2", "2025-Q1", "2025-Q2", "2025-Q3", "2026-Q1", "2026-Q2", "2027-Q1"]
    before, after = offers.windows(quarters, "2026-Q1")
    assert [quarters[place] for place in before] == ["2025-Q1", "2025-Q2"]
    assert [quarters[place] for place in after] == ["2026-Q2", "2027-Q1"]
    assert offers.windows(["2025-Q3", "2026-Q1"], "2026-Q1") == ([], [])
    assert offers.windows([], "2026-Q1") == ([], [])


def test_a_series_that_only_follows_the_seasons_shows_no_difference() -> None:
    quarters = [f"{year}-Q{season}" for year in (2024, 2025, 2026) for season in (1, 2, 3, 4)][:-1]
    season = np.array([10.0, 14.0, 6.0, 12.0])
    reach = np.array([[[season[int(quarter[-1]) - 1] for quarter in quarters]]])
    before, after = offers.windows(quarters, "2026-Q1")
    assert reach[..., before].mean() == reach[..., after].mean()
    earlier = [place for place, quarter in enumerate(quarters) if quarter < "2026-Q1"]
    assert offers.usual_swing(reach, earlier)[0, 0] == 8
    assert np.isnan(offers.usual_swing(reach, [0])[0, 0])


@given(st.lists(st.floats(0, 200), min_size=3, max_size=3), st.lists(st.floats(1, 500), min_size=3, max_size=3))
def test_a_mean_over_people_lies_between_the_districts(minutes: list[float], people: list[float]) -> None:
    mean = float(over_people(np.array([minutes]), np.array([people]))[0])
    assert min(minutes) - 1e-9 <= mean <= max(minutes) + 1e-9
    unknown = float(over_people(np.array([[*minutes, NAN]]), np.array([[*people, 1e6]]))[0])
    assert unknown == pytest.approx(mean), "people whose place nobody knows do not count as near or far"

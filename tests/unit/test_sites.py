"""Sites: joined once, checked by rule, each oddity named; counts by district fill up what has no point."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.planning.access import needs, places, sites

pytestmark = pytest.mark.unit

DISTRICTS = pd.DataFrame(
    {
        "district": ["01", "02", "03"],
        "area_ha": [200.0, 300.0, np.nan],
        "lon": [11.0, 11.06, 11.12],
        "lat": [52.0, 52.0, 52.0],
        "lon_people": np.nan,
        "lat_people": np.nan,
    }
)
PLANE = places.plane_of(DISTRICTS)
BLANK = {"lon": np.nan, "lat": np.nan, "capacity": np.nan, "status": "open", "opened": "", "closed": "", "note": ""}
FACILITY = {
    "places": np.nan,
    "places_day": np.nan,
    "places_short": np.nan,
    "status": "open",
    "opened": "",
    "closed": "",
}


def site_rows(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{"name": f"Haus {row['site']}", "district": "", **BLANK, **row} for row in rows])


def facility_rows(*rows: dict[str, object]) -> pd.DataFrame:
    columns = ["facility", "name", "category", "district", *FACILITY]
    return pd.DataFrame(
        [{"name": str(row["facility"]), "district": "", **FACILITY, **row} for row in rows], columns=columns
    )


def flags(rows: pd.DataFrame) -> dict[str, tuple[str, bool]]:
    joined = sites.join_sites(rows, facility_rows())
    checked = sites.check_sites(joined, DISTRICTS, PLANE, base_year=2025)
    return {row.site: (row.flag, row.counts) for row in checked.itertuples()}


def test_a_site_with_the_code_of_a_facility_is_that_house_once() -> None:
    own = site_rows(
        {"site": "F1", "kind": "vollstationaer", "lon": 11.0, "lat": 52.0},
        {"site": "X", "kind": "arzt", "district": "02"},
    )
    houses = facility_rows(
        {"facility": "F1", "category": "home_full", "district": "01", "places": 80.0, "opened": "2010"},
        {"facility": "F2", "category": "home_full", "places": 40.0, "places_day": 12.0, "status": "closing"},
        {"facility": "F3", "category": "shared_flat"},
    )
    joined = sites.join_sites(own, houses).set_index("site")
    assert list(joined.index) == ["F1", "X", "F2", "F2:tagespflege"]
    assert joined.loc["F1", ["district", "capacity", "opened", "lon", "source"]].tolist() == [
        *("01", 80.0, "2010", 11.0, "sites.csv"),
    ]
    assert joined.loc["F2", ["kind", "capacity", "status"]].tolist() == ["vollstationaer", 40.0, "open"]
    assert joined.loc["F2:tagespflege", ["kind", "capacity"]].tolist() == ["tagespflege", 12.0]


def test_what_is_wrong_is_named_and_left_out_or_put_right() -> None:
    at_01 = {"lon": 11.0, "lat": 52.0}
    found = flags(
        site_rows(
            {"site": "fine", "kind": "arzt", "district": "01", **at_01},
            {"site": "abroad", "kind": "arzt", "district": "01", "lon": 11.0, "lat": 52.9},
            {"site": "gone", "kind": "arzt", "district": "01", "closed": "2024-06", **at_01},
            {"site": "later", "kind": "arzt", "district": "01", "opened": "2026", **at_01},
            {"site": "plan", "kind": "arzt", "district": "01", "status": "planned", **at_01},
            {"site": "moved", "kind": "arzt", "district": "03", **at_01},
            {"site": "lost", "kind": "arzt"},
            {"site": "coarse", "kind": "arzt", "district": "02"},
            {"site": "unsized", "kind": "tagespflege", "district": "01", **at_01},
            {"site": "this year", "kind": "arzt", "district": "01", "closed": "2025-12", "opened": "1999", **at_01},
        )
    )
    assert found == {
        "fine": ("", True),
        "abroad": ("outside", False),
        "gone": ("closed_before", False),
        "later": ("opens_later", False),
        "plan": ("not_open", False),
        "moved": ("other_district", True),
        "lost": ("no_place", True),
        "coarse": ("no_point", True),
        "unsized": ("no_capacity", True),
        "this year": ("closed_before", False),
    }


def test_a_point_decides_on_the_district_where_none_or_a_wrong_one_is_named() -> None:
    rows = site_rows(
        {"site": "a", "kind": "arzt", "lon": 11.061, "lat": 52.001},
        {"site": "b", "kind": "arzt", "district": "03", "lon": 11.0, "lat": 52.0},
        {"site": "c", "kind": "arzt", "district": "02", "lon": 11.04, "lat": 52.0},
    )
    joined = sites.join_sites(rows, facility_rows())
    checked = sites.check_sites(joined, DISTRICTS, PLANE, base_year=2025)
    assert checked["district"].tolist() == ["02", "01", "02"]  # c is near enough: its own word holds


def test_the_same_place_twice_counts_once_but_nameless_neighbours_are_two() -> None:
    twin = {"kind": "apotheke", "name": "Stern  Apotheke", "lon": 11.0, "lat": 52.0}
    found = flags(
        site_rows(
            {"site": "1", **twin},
            {"site": "2", **twin, "name": "STERN Apotheke", "lat": 52.0001},
            {"site": "3", **twin, "kind": "arzt"},
            {"site": "4", **twin, "lat": 52.002},
            {"site": "5", "kind": "treffpunkt", "name": "Treff", "district": "02"},
            {"site": "6", "kind": "treffpunkt", "name": "Treff", "district": "02"},
            {"site": "7", "kind": "treffpunkt", "name": "Treff", "district": "03"},
        )
    )
    assert [site for site, (flag, _) in found.items() if flag == "twice"] == ["2", "6"]
    assert not found["2"][1]


def test_counts_by_district_add_what_has_no_site_of_its_own() -> None:
    rows = site_rows(
        {"site": "p1", "kind": "apotheke", "district": "01", "lon": 11.0, "lat": 52.0},
        {"site": "p2", "kind": "apotheke", "district": "02", "lon": 11.06, "lat": 52.0},
        {"site": "p3", "kind": "apotheke", "district": "02", "lon": 11.061, "lat": 52.0},
    )
    checked = sites.check_sites(sites.join_sites(rows, facility_rows()), DISTRICTS, PLANE, base_year=2025)
    counts = pd.DataFrame(
        {
            "district": ["01", "02", "01", "02", "01"],
            "year": [2023, 2023, 2020, 2020, 2027],
            "physicians": [3, 0, 9, 9, 9],
            "dentists": 1,
            "pharmacies": [3, 1, 9, 9, 9],
        }
    )
    more = sites.counted_sites(counts, checked, base_year=2025)
    assert more.groupby(["kind", "district"]).size().to_dict() == {("apotheke", "01"): 2, ("arzt", "01"): 3}
    assert more["site"].is_unique
    assert sites.counted_sites(counts.iloc[:0], checked, base_year=2025).empty


def test_kinds_and_units_follow_what_is_known() -> None:
    sized = [{"site": f"t{i}", "kind": "tagespflege", "district": "01", "capacity": 10.0 + i} for i in range(3)]
    rows = site_rows(*sized, {"site": "d", "kind": "ambulant", "district": "01"}, {"site": "a", "kind": "arzt"})
    checked = sites.check_sites(sites.join_sites(rows, facility_rows()), DISTRICTS, PLANE, base_year=2025)
    assert needs.kinds_known(checked) == ["tagespflege", "arzt"]  # services that visit are left to others
    assert needs.unit_of("tagespflege", checked) == "places"
    assert needs.unit_of("tagespflege", checked.iloc[1:]) == "sites"
    assert needs.unit_of("vollstationaer", checked) == "places"

"""Chain of care on a hand-made town: completeness, weakest link, one more site; unknown is not missing."""

import numpy as np
import pandas as pd
import pytest

from carelab.planning import supply_chain
from carelab.planning.chain_offers import chain_offers
from carelab.planning.quarter_needs import homes_for_gaps, survey_table

pytestmark = pytest.mark.unit
METRE = np.degrees(1 / supply_chain.EARTH_M)
"""One metre of latitude in degrees: the town lies on one meridian, so that distances are exact."""


def town() -> pd.DataFrame:
    """Four districts on a line: a at 0 m, b at 900 m, c at 3,000 m, d uninhabited at 5,000 m."""
    lat = 52 + METRE * np.array([0.0, 900.0, 3000.0, 5000.0])
    table = pd.DataFrame({"name": list("abcd"), "lon": 11.0, "lat": lat, "lon_people": 11.0, "lat_people": lat})
    return table.assign(inhabited=[True, True, True, False]).set_index(pd.Index(["01", "02", "03", "04"]))


LINKS = pd.DataFrame(
    {
        "reach_m": [1000.0, 2000.0, np.nan],
        "reach_range": [[500, 1500], [1000, 2500], None],
        "kinds": [["apotheke"], ["vollstationaer"], ["ambulant"]],
        "categories": [[], ["home_full"], ["home_care_service"]],
        "places": [[], [], []],
        "counted": ["pharmacies", "", ""],
    },
    index=["apotheke", "vollstationaer", "ambulant"],
)
EMPTY_SITES = pd.DataFrame(
    columns=["site", "name", "kind", "district", "lon", "lat", "status", "opened", "closed"], dtype=object
)


def home(key: str, district: str, status: str = "open", closed: str = "") -> dict[str, object]:
    return {
        "facility": key, "name": key, "category": "home_full", "district": district, "places": 10.0,
        "places_day": np.nan, "places_short": np.nan, "status": status, "opened": "", "closed": closed,
    }  # fmt: skip


def city(homes: list[dict[str, object]], pharmacies: tuple[int, ...] = (2, 0, 0)) -> dict[str, pd.DataFrame]:
    counts = pd.DataFrame({"district": ["01", "02", "03"], "year": 2023, "pharmacies": pharmacies})
    return {"sites": EMPTY_SITES, "facilities": pd.DataFrame(homes), "physicians": counts}


def coverage(*kinds: str) -> pd.DataFrame:
    return pd.DataFrame({"kind": kinds, "complete": True, "as_of": "2025"}, columns=["kind", "complete", "as_of"])


def states(homes: list[dict[str, object]], *told: str) -> pd.DataFrame:
    offers = chain_offers(city(homes), LINKS, year=2025)
    matrix = supply_chain.completeness(offers, town(), links=LINKS, coverage=coverage(*told))
    return matrix.pivot(index="district", columns="link", values="state")


def test_reach_and_completeness_by_hand() -> None:
    table = states([home("h", "01")], "apotheke", "vollstationaer", "ambulant")
    assert table["apotheke"].tolist() == ["existing", "existing", "not_found"]  # 0 m, 900 m, 3,000 m of 1,000 m
    assert table["vollstationaer"].tolist() == ["existing", "existing", "not_found"]  # 2,000 m
    assert table["ambulant"].tolist() == ["not_found"] * 3
    assert "04" not in table.index


def test_unknown_is_never_missing() -> None:
    table = states([home("h", "01")])
    assert not (table == "not_found").any(axis=None)
    assert table.loc["03"].tolist() == ["unknown"] * 3
    placeless = states([home("h", "01"), home("x", "")], "vollstationaer")
    assert placeless.loc["03", "vollstationaer"] == "unknown", "a home without a place may be anywhere"
    unclear = states([home("h", "01"), home("x", "03", "unclear")], "vollstationaer")
    assert unclear.loc["03", "vollstationaer"] == "unknown"
    assert states([home("h", "03", closed="2020")], "vollstationaer").loc["03", "vollstationaer"] == "not_found"


def test_planned_counts_as_a_lack_only_where_the_list_is_complete() -> None:
    offers = chain_offers(city([home("h", "03", "planned")]), LINKS, year=2025)
    for told, weakest in ((("vollstationaer",), "vollstationaer"), ((), "")):
        matrix = supply_chain.completeness(offers, town(), links=LINKS, coverage=coverage(*told))
        assert matrix.set_index(["district", "link"]).loc[("03", "vollstationaer"), "state"] == "planned"
        assert supply_chain.weakest_links(matrix, LINKS).set_index("district").loc["03", "weakest"] == weakest


def test_the_weakest_link_is_the_farthest_in_units_of_its_reach() -> None:
    offers = chain_offers(city([home("h", "01")]), LINKS, year=2025)
    matrix = supply_chain.completeness(offers, town(), links=LINKS, coverage=coverage("apotheke", "vollstationaer"))
    weak = supply_chain.weakest_links(matrix, LINKS).set_index("district")
    assert weak.loc["03", "weakest"] == "apotheke"  # 3.0 of its reach; the home 1.5
    assert weak.loc["03", "weakest_reach"] == pytest.approx(3.0, abs=1e-6)
    assert weak.loc["01", "weakest"] == ""
    assert np.isnan(weak.loc["01", "weakest_reach"])
    robust = matrix.set_index(["district", "link"])["robust"]
    assert not robust[("02", "apotheke")], "900 m is within 1,000 m, not within 500 m"
    assert robust[("03", "apotheke")]


def test_one_more_site_by_hand() -> None:
    people = pd.DataFrame({0: [100.0, 50.0, 30.0, 0.0], 1: [100.0, 70.0, 30.0, 0.0]}, index=["01", "02", "03", "04"])
    offers = chain_offers(city([home("h", "03")], (0, 0, 0)), LINKS, year=2025)
    told = coverage("apotheke", "vollstationaer", "ambulant")
    matrix = supply_chain.completeness(offers, town(), links=LINKS, coverage=told)
    table = supply_chain.one_more_site(matrix, town(), links=LINKS, people=people).set_index(["link", "district"])
    # a pharmacy in a reaches a and b: 150 or 170 people; nobody's chain is whole, home care lacks everywhere
    assert table.loc[("apotheke", "01"), "gain_median"] == pytest.approx(160)
    assert table.loc[("apotheke", "01"), "districts_gaining"] == 2
    assert table.loc[("apotheke", "03"), "gain_median"] == pytest.approx(30)
    assert (table["completes_median"] == 0).all()
    assert table.loc[("ambulant", ""), "gain_median"] == pytest.approx(190)
    # with home care unknown instead of lacking, the pharmacy in c completes what is known there
    matrix = supply_chain.completeness(offers, town(), links=LINKS, coverage=told[told["kind"] != "ambulant"])
    table = supply_chain.one_more_site(matrix, town(), links=LINKS, people=people).set_index(["link", "district"])
    assert table.loc[("apotheke", "03"), "completes_median"] == pytest.approx(30)
    assert "ambulant" not in table.index.get_level_values("link")


def test_distances_agree_with_the_great_circle() -> None:
    rng = np.random.default_rng(5)
    lon, lat = 11 + 0.2 * rng.random((2, 40)), 52 + 0.2 * rng.random((2, 40))
    found = np.diag(supply_chain.metres(lon[0], lat[0], lon[1], lat[1]))
    a, b = (np.radians([lon[i], lat[i]]) for i in (0, 1))
    cosine = np.sin(a[1]) * np.sin(b[1]) + np.cos(a[1]) * np.cos(b[1]) * np.cos(a[0] - b[0])
    np.testing.assert_allclose(found, supply_chain.EARTH_M * np.arccos(cosine), rtol=1e-3)


def test_a_site_and_a_facility_of_one_code_are_one_offer() -> None:
    site = {"site": "h", "name": "h", "kind": "vollstationaer", "district": "", "lon": 11.0, "lat": 52.0}
    tables = city([home("h", "01")])
    tables["sites"] = pd.DataFrame([{**site, "status": "open", "opened": "", "closed": ""}])
    rows = chain_offers(tables, LINKS, year=2025).query("link == 'vollstationaer'")
    assert len(rows) == 1
    assert rows[["district", "lat"]].values.tolist() == [["01", 52.0]]


def test_margins_of_error_follow_respondents_and_design() -> None:
    needs = pd.DataFrame(
        {
            "district": ["01"] * 3, "topic": ["x", "y", "z"], "year": 2024, "share": [0.5, 0.5, 0.0],
            "respondents": [200, 400, 100], "design_effect": [1.0, 2.0, 1.0],
        }
    )  # fmt: skip
    table = survey_table(needs, pd.Series({"01": "a"})).set_index("topic")
    assert table.loc["x", "margin"] == pytest.approx(table.loc["y", "margin"])
    assert table.loc["x", "margin"] == pytest.approx(0.0686, abs=1e-4)  # Wilson, n = 200, p = 0.5
    assert table.loc["z", "lower_95"] == pytest.approx(0, abs=1e-12)
    assert table.loc["z", "upper_95"] == pytest.approx(0.037, abs=1e-3)


def test_homes_fill_only_what_is_known_to_lack() -> None:
    matrix = pd.DataFrame(
        {
            "district": ["01"] * 3, "name": "a", "link": ["apotheke", "treffpunkt", "arzt"],
            "state": ["not_found", "unknown", "existing"], "settled": [True, False, True],
        }
    )  # fmt: skip
    concept = {"facility": "h", "offered": "", "planned": "treffpunkt; apotheke; arzt", "willing": "ja"}
    concepts = pd.DataFrame([{**concept, "room_m2": 80.0, "concept_date": "2024"}])
    homes = pd.DataFrame({"facility": ["h"], "name": ["Haus"], "district": ["01"]})
    assert homes_for_gaps(concepts, homes, matrix)["fills"].tolist() == ["apotheke"]

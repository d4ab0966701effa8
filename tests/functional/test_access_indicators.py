"""Access indicators against a city worked out by hand: its own walking times, one place a district, no chance left."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from city_copy import copy_data

from carelab import paths
from carelab.inputs.catalogue import load_catalogue
from carelab.params import Params
from carelab.stages.ways import StudyWays
from carelab.study import Study

pytestmark = pytest.mark.functional
PARAMS = Params(draws=100)
MINUTES = {
    "M25": {"01": 5.0, "02": 12.0, "03": 18.0, "04": 25.0, "05": 40.0},
    "M28": {"01": 9.0, "02": 10.0, "03": 30.0, "04": 50.0, "05": 60.0},
    "M11": {"01": 7.0, "02": 21.0, "03": 16.0, "04": 33.0, "05": 44.0},
    "M01": {"01": 4.0, "02": 15.0, "03": 29.0, "04": 35.0, "05": 50.0},
}
"""Minutes on foot from each district to two pharmacies, the advice centre and a home of 52 places."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of Musterstadt with its own walking times."""
    root = copy_data(tmp_path_factory.mktemp("data"))
    rows = [(key, site, walk, "walk") for site, ways in MINUTES.items() for key, walk in ways.items()]
    table = pd.DataFrame(rows, columns=["origin", "site", "minutes", "mode"])
    table.to_csv(root / "musterstadt" / "travel_times.csv", index=False)
    with (root / "musterstadt" / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("travel_times: *synthetic\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", root)
        made = Study(PARAMS)
        assert made.travel_source == "matrix"
        _ = made.indicators
    return made


def medians(study: Study, indicator: str, year: int = 2025) -> pd.Series:
    rows = study.indicators[(study.indicators["indicator"] == indicator) & (study.indicators["year"] == year)]
    return rows.set_index("district")["median"]


def old(study: Study, age: int) -> pd.Series:
    """Return people of an age and over by district in the base year, median of draws."""
    people = study.population.values[0][..., age:].sum(axis=(-1, -2))
    return pd.Series(np.median(people, axis=0), index=list(study.districts.index))


@pytest.mark.parametrize(
    ("indicator", "near"),
    [
        ("near10_pharmacy_80plus", {"01": 1, "02": 1, "03": 0, "04": 0}),
        ("near20_pharmacy_80plus", {"01": 1, "02": 1, "03": 1, "04": 0}),
        ("near10_advice_80plus", {"01": 1, "02": 0, "03": 0, "04": 0}),
        ("near20_advice_80plus", {"01": 1, "02": 0, "03": 1, "04": 0}),
    ],
)
def test_who_lives_near_is_counted_by_hand(study: Study, indicator: str, near: dict[str, int]) -> None:
    found = medians(study, indicator)
    assert found[list(near)].to_dict() == near
    people = old(study, 80)
    expected = sum(people[key] for key, hit in near.items() if hit) / people.sum()  # 05 walks 40 minutes and more
    assert found["99000"] == pytest.approx(expected, abs=0.01)
    assert "05" not in found.dropna(), "of a handful of people nothing is said"


def test_minutes_to_advice_differ_by_group_only_through_where_the_group_lives(study: Study) -> None:
    for indicator, age in (("minutes_to_advice_65plus", 65), ("minutes_to_advice_80plus", 80)):
        found, people = medians(study, indicator), old(study, age)
        assert found[["01", "02", "03", "04"]].to_dict() == {"01": 7.0, "02": 21.0, "03": 16.0, "04": 33.0}
        expected = sum(people[key] * walk for key, walk in MINUTES["M11"].items()) / people.sum()
        assert found["99000"] == pytest.approx(expected, rel=0.01)


def test_places_are_shared_out_by_distance_and_none_is_lost(study: Study) -> None:
    """E2SFCA by hand: one home of 52 places; weights 1 to 10 minutes, 0.68 to 20, 0.22 to 30, none beyond."""
    people = old(study, 65)
    weights = {"01": 1.0, "02": 0.68, "03": 0.22, "04": 0.0, "05": 0.0}
    ratio = 52 / sum(people[key] * weight for key, weight in weights.items())
    found = medians(study, "places_reach_65plus")
    for key in ("01", "02", "03", "04"):
        assert found[key] == pytest.approx(1000 * ratio * weights[key], rel=0.01)
    assert found["99000"] == pytest.approx(1000 * 52 / people.sum(), rel=0.01)


def test_what_no_complete_list_tells_is_unknown_and_says_why(study: Study) -> None:
    table = study.indicators.set_index("indicator")
    assert table.loc["stop_within_300m", "reason"] == "none_known"
    magdeburg = Study(Params(city="magdeburg", draws=100))
    ways = StudyWays(magdeburg)
    assert ways.refuses("apotheke") == ""
    assert ways.refuses("pflegeberatung") == "list_open", "one was found: a nearer one may be unknown"
    assert ways.refuses("therapie") == "none_known"
    assert ways.refuses("stop") == ""
    assert StudyWays(Study(Params(city="dessau_rosslau", base_year=2020, draws=100))).refuses("stop") == "no_ways"
    asked = {each.id: each.numerator.site for each in load_catalogue().indicators if each.numerator.site}
    assert set(asked.values()) == {"apotheke", "arzt", "pflegeberatung", "tagespflege", "vollstationaer", "stop"}

"""Official projections beside ours, and what is counted in a city that publishes groups of ages only."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from city_copy import copy_data

from carelab import paths
from carelab.forecast.population.official import beside_official
from carelab.inputs.desk.add import Given, add_file
from carelab.params import Params
from carelab.release import findings
from carelab.release.numbers import about
from carelab.study import Study, open_study

pytestmark = pytest.mark.functional


@pytest.fixture(scope="module")
def halle() -> Study:
    return open_study(Params(city="halle", base_year=2020, draws=200))


def _official(**values: object) -> pd.DataFrame:
    row = {
        **{"title": "t", "publisher": "p", "published": "2025", "base_year": 2020, "base_persons": None},
        **{"year": 2040, "persons": None, "change_pct": None, "controlled": False, "quality": "B", "url": "u"},
    }
    return pd.DataFrame([row | values]).astype({"persons": float, "base_persons": float, "change_pct": float})


def test_a_published_change_is_applied_to_our_own_base_year() -> None:
    own = pd.DataFrame(
        {"year": [2020, 2040], "median": [1000.0, 900.0], "lower_80": [0, 850.0], "upper_80": [0, 950.0]}
    ).assign(median_free=[1000.0, 1234.0])
    row = beside_official(_official(change_pct=-20.0), own, last_counted=2020).iloc[0]
    assert row["persons_official"] == pytest.approx(800)
    assert row["change_own_pct"] == pytest.approx(-10)
    assert row["position"] == "official_below"
    both = _official(persons=1100.0, base_persons=1200.0)
    row = beside_official(both, own, last_counted=2020).iloc[0]
    assert row["change_official_pct"] == pytest.approx(100 * (1100 / 1200 - 1))
    assert row["position"] == "official_above"
    assert beside_official(both, own, last_counted=2040).empty


def test_the_citys_own_forecast_is_met_and_named_as_such() -> None:
    table = open_study(Params(city="hannover", base_year=2024, draws=200)).official
    held = table[table["controlled"]]
    assert held["median"].to_numpy() == pytest.approx(held["persons_official"].to_numpy(), rel=1e-3)


def test_any_city_can_be_held_to_a_target_of_the_users_and_both_numbers_are_told(
    halle: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_data(tmp_path / "data", "halle")
    table = tmp_path / "target.csv"
    table.write_text("year,age_from,age_to,persons\n2040,0,,190741\n", encoding="utf-8")
    given = Given(source="Statistisches Landesamt", date="2025-05-27")
    add_file("halle", str(table), "control", given, root=tmp_path / "data")
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    held = Study(halle.params)
    row = held.official.query("controlled").iloc[0]
    assert row["median"] == pytest.approx(190741, rel=1e-6)
    free = halle.official.query("year == 2040")["median"].iloc[0]
    assert row["median_free"] == pytest.approx(free, rel=1e-6)
    text = " ".join(findings.official_findings(held.official, held.past_migration, params=held.params).sentences)
    assert f"ohne diese Vorgabe wären es rund {about(free, 'de')}" in text
    assert (held.population.sum(("sex", "age", "district")).median("draw").sel(year=2040).item()) == pytest.approx(
        190741, rel=1e-5
    )


def test_words_say_which_side_and_which_migration(halle: Study) -> None:
    text = " ".join(findings.official_findings(halle.official, halle.past_migration, params=halle.params).sentences)
    assert "190.700" in text
    assert "2016 bis 2020" in text
    people = halle.city.population_city.groupby("year")["persons"].sum()
    grown = people[2020] - people[2015]
    assert halle.past_migration["persons"].sum() > grown  # more people die than are born


def test_completed_ages_and_estimated_totals_are_no_counts(halle: Study) -> None:
    table = halle.indicators
    old = table.query("indicator == 'persons_80plus' and district == '15002' and sex == 't'").set_index("year")[
        "status"
    ]
    assert old[2018] == "observed"
    assert old[2020] == "derived"
    assert (
        table.query("indicator == 'persons_65plus' and sex == 't' and year == 2020")["status"]
        .tolist()
        .count("observed")
        == 1
    )  # the city's published groups; districts publish none
    estimated = halle.published.population_total.query("status == 'estimated'")["district"]
    rows = table.query("indicator == 'population' and sex == 't' and year == 2020")
    assert not (rows.loc[rows["district"].isin(estimated), "status"] == "observed").any()


def test_no_warning_of_years_that_are_past(halle: Study) -> None:
    assert halle.warnings["first_year"].min() >= halle.anchoring["year"].max()

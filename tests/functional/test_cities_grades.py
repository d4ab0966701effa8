"""Four cities, four kinds of evidence: every district has a grade, gaps are named, controls are met."""

from __future__ import annotations

import numpy as np
import pytest

from carelab.forecast.tables import group_sums
from carelab.params import Params
from carelab.release import figures, findings
from carelab.study import Study

pytestmark = pytest.mark.functional
GRADES = {"halle": {"C": 25, "D": 18}, "hannover": {"C": 29}, "dessau_rosslau": {"E": 1}}


@pytest.fixture(scope="module", params=[("halle", 2020), ("hannover", 2024), ("dessau_rosslau", 2020)])
def city(request: pytest.FixtureRequest) -> Study:
    name, base_year = request.param
    return Study(Params(city=name, base_year=base_year, draws=100))


def test_every_district_number_has_its_districts_grade(city: Study) -> None:
    assert city.districts["grade"].value_counts().to_dict() == GRADES[city.params.city]
    for name in ("growth", "population_district", "demand_district", "gap", "base_fit", "oldest", "decomposition"):
        table = getattr(city, name)
        assert (table["grade"] == table["district"].map(city.districts["grade"])).all(), name


def test_districts_sum_to_the_city_in_every_draw(city: Study) -> None:
    total = city.population.sum("district").transpose("draw", "year", "sex", "age")
    np.testing.assert_allclose(total, city.city_path, rtol=1e-4, atol=0.05)


def test_gaps_are_said_in_both_languages(city: Study) -> None:
    texts = " ".join(city.checks.loc[city.checks["result"] == "warning", "text"])
    wanted = {
        "halle": ("Saaleaue: keine Einwohnerzahl", "17 der 43", "Altersjahre der Stadt: nur 2018"),
        "hannover": ("aus der Region", "nur 2023 bekannt", "Umlands"),
        "dessau_rosslau": ("Keine Daten für 25", "nur 2018"),
    }[city.params.city]
    assert all(words in texts for words in wanted), texts
    for language in ("de", "en"):
        params = city.params.model_copy(update={"language": language})
        assert len(findings.city_findings(city, params=params).sentences) == 5


def test_what_a_count_does_not_tell_apart_gets_no_figure(city: Study) -> None:
    """Hannover's parts add up to its total: a figure for grade 1 alone would be made up, and so would the grades."""
    apart = city.params.city != "hannover"
    settings = {"total", "pflegegeld", "ambulant", "vollstationaer"} | ({"pg1_only"} if apart else set())
    assert set(city.demand_district["setting"]) == settings
    assert set(city.demand_city["setting"]) - {"teilstationaer"} == settings
    assert city.grades_city.empty != apart
    said = " ".join(findings.demand_findings(city.demand_city, params=city.params).sentences)
    assert ("nicht eigens ausgewiesen" in said) != apart
    assert city.checks["text"].str.contains("nicht eigens ausgewiesen").any() != apart


def test_boroughs_add_up_to_the_city_in_every_draw(city: Study) -> None:
    """Stadtbezirke where a city has them: every district in exactly one, sums equal."""
    wanted = {"halle": 5, "hannover": 13, "dessau_rosslau": 0}[city.params.city]
    assert city.demand_group["group"].nunique() == wanted
    if wanted:
        sums = group_sums(city.demand, city.groups["group"])
        np.testing.assert_allclose(sums.sum("group"), city.demand.sum("district"), rtol=1e-9)


def test_figures_draw_estimated_districts_differently(city: Study) -> None:
    ranking = figures.district_ranking(city.demand_district, city.growth, year=2035, language="de")
    dotted = str(ranking.figure_svg).count("stroke-dasharray")
    weak = int((city.growth["grade"] == "D").sum())
    assert dotted >= 3 * weak if weak else dotted == 0
    chart = figures.growth_map(city.polygons, city.growth, language="de")
    named = {"halle": "nach Regel", "hannover": "Nicht auf der Karte", "dessau_rosslau": ""}[city.params.city]
    assert named in chart.limits
    assert (chart.figure_svg is None) == city.whole


def test_old_counts_are_wider_than_new_ones() -> None:
    halle = Study(Params(city="halle", base_year=2020, draws=400))
    people = halle.population.sel(year=2020).sum(("sex", "age"))
    spread = (people.std("draw") / people.mean("draw")).to_series()
    assert spread["412"] > 0.04, "Gesundbrunnen was counted in 2010"
    assert spread["414"] < spread["412"], "Damaschkestraße was counted in 2019"
    assert spread["101"] < 0.005, "Altstadt was counted in 2020"


def test_old_age_ratios_reach_the_estimate() -> None:
    halle = Study(Params(city="halle", base_year=2020, draws=100))
    by_age = halle.base_population.sum(axis=1)
    ratio = by_age[:, 65:].sum(axis=1) / by_age[:, 20:65].sum(axis=1)
    found = dict(zip(halle.districts.index, ratio, strict=True))
    assert found["206"] == pytest.approx(0.795, rel=0.1), "Landrain"
    assert found["103"] == pytest.approx(0.148, rel=0.1), "Nördliche Innenstadt"


def test_hannovers_own_forecast_is_met_and_stays_uncertain() -> None:
    study = Study(Params(city="hannover", base_year=2024, draws=400))
    people = study.population.sel(year=2034).sum(("sex", "age"))
    wanted = study.city.control_districts.set_index("district")["persons"].reindex(people["district"].values)
    assert np.abs(people.median("draw").to_numpy() / wanted.to_numpy() - 1).max() < 0.03
    assert float(people.sum("district").median()) == pytest.approx(float(wanted.sum()), rel=1e-3)
    assert float((people.std("draw") / people.mean("draw")).min()) > 0.02

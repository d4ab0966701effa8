"""The chain of care of a whole study: bad tables are named, unknown stays unknown, a city without tables says so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from carelab import paths
from carelab.inputs.city import load_city
from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.contracts_chain import CHAIN
from carelab.inputs.errors import DataError
from carelab.inputs.schedules import schedule_columns
from carelab.inputs.supply_chain import load_links
from carelab.inputs.tables import read_table
from carelab.params import Params
from carelab.release import figures, findings
from carelab.study import Study
from carelab.terms_chain import LINK_STATES, MILESTONE_STATES
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional

BAD = {
    "person": ("actors.csv", "Sportverein Altmarkt", "Dr. Anna Beispiel", "nennt eine Person"),
    "address": ("measures.csv", "Pflegekasse Muster", "amt@example.org", "nennt eine Person"),
    "kind": ("actors.csv", ",kasse,", ",mensch,", "eines von kasse"),
    "unknown actor": ("agreements.csv", "V01,A03", "V01,A99", "„A99“ steht nicht in actors.csv"),
    "itself": ("agreements.csv", "V01,A03,A04", "V01,A03,A03", "sind gleich"),
    "unknown measure": ("milestones.csv", "X1-1,X1", "X1-1,X9", "„X9“ steht nicht in measures.csv"),
    "schedule": ("milestones.csv", "Q2/2023", "im Sommer", "„im Sommer“ nicht lesbar"),
    "backwards": ("milestones.csv", "Q1/2024-Q3/2024", "Q3/2024-Q1/2024", "endet vor dem Anfang"),
    "reached": ("milestones.csv", "Q2/2023,done", "Q2/2023,open", "status nicht done"),
    "counts": ("milestones.csv", "2x jährlich,done", "kontinuierlich,done", "done_times nur mit"),
    "complete without date": ("coverage.csv", "arzt,true,2025", "arzt,true,", "nur mit Stand und Quelle"),
    "few respondents": ("needs_survey.csv", ",60,", ",6,", "Schutz Einzelner"),
    "home": ("home_concepts.csv", "M01,", "Z01,", "steht nicht in facilities.csv"),
    "offer": ("home_concepts.csv", "treffpunkt", "kaffee", "Angebote"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(paths.DATA / "musterstadt", tmp_path / "musterstadt")
    return tmp_path


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_are_named(case: str, root: Path) -> None:
    file, old, new, words = BAD[case]
    path = root / "musterstadt" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_city("musterstadt", root=root)
    assert file in caught.value.de
    assert words in caught.value.de


def test_links_of_the_reference_are_checked(root: Path) -> None:
    assert len(load_links()) == 13
    folder = root / "reference"
    folder.mkdir()
    text = (paths.DATA / "reference" / "supply_chain.yaml").read_text(encoding="utf-8")
    for old, new, words in (
        ("reach_m: 2000", "reach_m: 20000", "reach_range"),
        ("kinds: [apotheke]", "kinds: [kaffee]", "kaffee"),
        ("- link: arzt", "- link: apotheke", "steht zweimal"),
    ):
        (folder / "supply_chain.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(DataError, match=words):
            load_links(root=root)


def test_a_city_knows_only_what_it_told(study: Study) -> None:
    matrix = study.chain_matrix
    assert set(matrix["state"]) <= set(LINK_STATES)
    assert not matrix.duplicated(["district", "link"]).any()
    told = study.city.coverage.set_index("kind")["complete"]
    missing = matrix[matrix["state"] == "not_found"]
    assert len(missing)
    assert told[missing["link"]].all()
    silent = Study(Params(city="musterstadt", draws=DRAWS))
    silent.__dict__["_age_bands"] = study._age_bands
    silent.city = replace(
        silent.city, **{name: silent.city.tables()[name][:0] for name in ("coverage", "measures", "milestones")}
    )
    assert "not_found" not in set(silent.chain_matrix["state"])
    assert silent.one_more_site.empty
    assert set(silent.chain_districts["weakest"]) == {""}


def test_people_of_tiny_districts_are_not_shown(study: Study) -> None:
    tiny = study.districts.index[study.districts["inhabited"] & ~study.districts["ranked"]]
    assert len(tiny)
    people = study.chain_districts.set_index("district")["people_75plus"]
    assert people[tiny].isna().all()
    assert people.drop(tiny).gt(0).all()
    assert (study.one_more_site["gain_median"] > 0).all()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_city_without_the_tables_says_so(study: Study, language: str) -> None:
    params = Params(city="musterstadt", draws=DRAWS, language=language)
    bare = Study(params)
    bare.__dict__["_age_bands"] = study._age_bands
    bare.city = replace(bare.city, **{name: bare.city.tables()[name][:0] for name in CHAIN})
    words = findings.measures_findings(bare.plan_state, bare.indicators_since, at=bare.plan_date, params=params)
    assert "measures.csv" in words.sentences[0]
    assert len(findings.chain_findings(bare, params=params).sentences) >= 3
    assert bare.plan_counts["state"].tolist() == list(MILESTONE_STATES)
    assert bare.plan_counts["milestones_total"].sum() == 0
    for exhibit in (
        figures.chain_matrix(bare.chain_matrix, bare.chain_districts, language=params.language),
        figures.one_more_site_table(bare.one_more_site, year=2035, language=params.language),
        figures.actor_network(bare.actor_positions, bare.actor_edges, language=params.language),
        figures.plan_timeline(bare.plan_state, at=bare.plan_date, language=params.language),
        figures.measures_table(bare.measures, language=params.language),
        figures.survey_needs_table(bare.survey_needs, language=params.language),
        figures.home_concepts_table(bare.home_concepts, language=params.language),
    ):
        assert exhibit.alt
        assert exhibit.to_html()


def test_hannovers_entry_of_2019_keeps_the_contract() -> None:
    tables = {
        name: read_table(paths.DATA / "hannover" / f"{name}.csv", OPTIONAL[name], name=f"hannover/{name}.csv").frame
        for name in ("measures", "milestones")
    }
    milestones = schedule_columns(tables["milestones"])
    assert len(milestones) == 5
    assert set(milestones["goal_year"]) == {2019}
    assert set(milestones["status"]) == {"unknown"}, "what became of it was not found: nothing is invented"
    assert milestones.set_index("goal").loc["Pflegetisch", "times"] == 2
    assert tables["measures"]["costs_eur"].isna().all()
    assert tables["measures"]["url"].str.startswith("https://www.hannover.de/").all()

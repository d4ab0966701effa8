"""Offers close to home from the desk to the page: bad rows at once, nothing of them kept, unknown stays unknown."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from city_copy import copy_data

from carelab import cli, paths
from carelab.inputs.city import load_city
from carelab.inputs.design import Design, Outcome, Unit, new_design, register, write_design
from carelab.inputs.desk.templates import write_templates
from carelab.inputs.errors import DataError
from carelab.inputs.formats.sheet import read_sheet
from carelab.inputs.offers import quarter_of, read_offers
from carelab.params import load_params
from carelab.release import figures
from carelab.stages.lumina import Lumina
from carelab.stages.lumina_effects import OUTCOME, answer_by_design, half_years
from carelab.study import Study
from carelab.terms_lumina import OFFER_CODES, OFFER_HEADINGS

pytestmark = pytest.mark.functional
CITY = "musterstadt"
HEAD = ";".join(words[0] for words in OFFER_HEADINGS.values())
GOOD = (
    "N1;Café am Tor;Altmarkt;Q1/2026;;Begegnung;Verein;ältere Menschen;60;45;Personen;12,5;ja;A;Verein Altmarkt;",
    "N1;Café am Tor;01;2. Quartal 2026;;begegnung;Verein;alle;60;<5;verschiedene Personen;12,5;ja;A;Verein Altmarkt;",
    "N2;Beratung am Telefon;ganze Stadt;2025-Q1;2025-Q4;Pflegeberatung;Kommune;alle;;;;;;B;Stadt Musterstadt;",
)
BAD = {
    "district": (0, "Altmarkt;Q1", "Altmarkd;Q1", "Stadtteil", "meinten Sie 01 Altmarkt?"),
    "future": (0, "Q1/2026", "Q1/2126", "von Quartal", "liegt in der Zukunft"),
    "no quarter": (0, "Q1/2026", "Januar", "von Quartal", "kein Quartal"),
    "backwards": (2, "2025-Q4", "2024-Q4", "bis Quartal", "endet vor dem ersten Quartal"),
    "kind": (0, "Begegnung", "Kaffee", "Art", "erwartet eines von"),
    "negative": (0, ";60;45;", ";-60;45;", "Plätze im Quartal", "keine Zahl ab 0"),
    "half a person": (0, ";60;45;", ";60;45,5;", "Erreichte im Quartal", "keine Zahl ab 0"),
    "small count": (0, ";60;45;", ";60;3;", "Erreichte im Quartal", "Schutz Einzelner"),
    "count without unit": (0, ";45;Personen;", ";45;;", "Zählweise", "gehören zusammen"),
    "unit without count": (0, ";45;Personen;", ";;Personen;", "Zählweise", "gehören zusammen"),
    "count over quarters": (2, "alle;;;;", "alle;;70;Personen;", "Erreichte im Quartal", "eine Zeile je Quartal"),
    "hours": (0, ";12,5;", ";200;", "Stunden je Woche", "168"),
    "person": (0, "Café am Tor", "Frau Qxvtest", "Angebot", "nennt eine Person"),
    "address": (0, "Verein Altmarkt;", "qxvtest@example.org;", "Quelle", "nennt eine Person"),
    "no source": (0, ";A;Verein Altmarkt;", ";A;;", "Quelle", "leere Zelle"),
    "overlap": (1, "2. Quartal 2026", "2026-Q1", "von Quartal", "überschneidet"),
    "another place": (1, ";01;", ";02;", "Stadtteil", "weicht von der ersten Zeile"),
}


def write(path: Path, *rows: str, head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what a study of Musterstadt reads, which may be changed."""
    monkeypatch.setattr(paths, "DATA", copy_data(tmp_path / "data", CITY))
    return tmp_path / "data"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    out, err = capsys.readouterr()
    return int(str(end.value.code)), out + err


def test_a_file_in_the_words_of_an_office_is_merged_by_code_and_quarter(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(load_city(CITY).offers)
    path = write(tmp_path / "angebote.csv", *GOOD)
    code, text = said(capsys, "data", "add", CITY, str(path), "--as", "offers", "--source", "Stadt Musterstadt")
    assert code == 0, text
    table = load_city(CITY).offers.set_index(["offer", "first_quarter"])
    assert len(table) == before + len(GOOD)
    assert table.loc[("N1", "2026-Q1"), ["district", "reached", "counted", "hours_week"]].tolist() == [
        *("01", 45.0, "persons", 12.5)
    ]
    assert bool(table.loc[("N1", "2026-Q2"), "hidden"])
    assert np.isnan(table.loc[("N1", "2026-Q2"), "reached"])
    assert table.loc[("N2", "2025-Q1"), "district"] == "99000"
    assert "Stadt Musterstadt" in (data / CITY / "sources.yaml").read_text(encoding="utf-8")
    again = write(tmp_path / "neu.csv", GOOD[0].replace(";45;", ";48;"))
    assert said(capsys, "data", "add", CITY, str(again), "--as", "offers")[0] == 0
    table = load_city(CITY).offers.set_index(["offer", "first_quarter"])
    assert len(table) == before + len(GOOD), "a new count replaces the old one"
    assert table.loc[("N1", "2026-Q1"), "reached"] == 48


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_named_with_column_and_rule(case: str, tmp_path: Path) -> None:
    row, old, new, column, words = BAD[case]
    rows = list(GOOD)
    assert old in rows[row]
    rows[row] = rows[row].replace(old, new, 1)
    with pytest.raises(DataError) as caught:
        read_offers(write(tmp_path / "x.csv", *rows), load_city(CITY).districts, "99000")
    told = caught.value.de.splitlines()
    assert any(f"Zeile {row + 2}, Spalte „{column}“" in line and words in line for line in told), told
    assert "qxvtest" not in caught.value.de.casefold(), "what may be a person is not repeated"
    assert len(told) == 1, "one mistake, one sentence"


def test_all_bad_rows_are_told_at_once_and_nothing_changes(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {path.name: path.read_bytes() for path in (data / CITY).iterdir() if path.is_file()}
    wrong = [
        GOOD[0].replace(";45;", ";2;"),
        GOOD[1].replace("Verein;", "Klub;"),
        GOOD[2].replace("ganze Stadt", "Mond"),
    ]
    code, text = said(capsys, "data", "add", CITY, str(write(tmp_path / "x.csv", *wrong)), "--as", "offers")
    assert code != 0
    assert all(f"Zeile {line}" in text for line in (2, 3, 4))
    assert kept == {path.name: path.read_bytes() for path in (data / CITY).iterdir() if path.is_file()}


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (HEAD.replace("Quelle", "Ansprechpartnerin"), "diese Spalte gibt es nicht"),
        (HEAD.replace("Angebot;", ""), "die Spalte fehlt"),
        (HEAD.replace("Zielgruppe", "Art"), "zweimal"),
        ("a;b;c", "keine Kopfzeile"),
    ],
)
def test_headings_are_checked_before_rows(head: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_offers(write(tmp_path / "x.csv", *GOOD, head=head), load_city(CITY).districts, "99000")
    assert words in caught.value.de
    assert "Ansprechpartnerin" not in caught.value.de


@pytest.mark.parametrize("word", ["2026-Q1", "Q1/2026", "Q1 2026", "1. Quartal 2026", "1/2026", "2026/1", "2026 Q1"])
def test_quarters_as_people_write_them(word: str) -> None:
    assert quarter_of(word) == "2026-Q1"
    assert quarter_of("5. Quartal 2026") == quarter_of("2026-Q0") == quarter_of("2026") == ""


def test_the_stored_table_keeps_the_same_rules(data: Path) -> None:
    path = data / CITY / "offers.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",38,persons,false", ",3,persons,false"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_city(CITY)
    assert "Schutz Einzelner" in caught.value.de
    assert "offers.csv, Zeile" in caught.value.de


def test_the_template_has_drop_downs_whose_words_are_read(tmp_path: Path) -> None:
    districts = pd.DataFrame({"district": ["01"], "name": ["Altmarkt"]})
    write_templates(tmp_path, districts, "Musterstadt", "de")
    with zipfile.ZipFile(tmp_path / "offers.xlsx") as book:
        table = book.read("xl/worksheets/sheet1.xml").decode()
    assert table.count('<dataValidation type="list"') == len(OFFER_CODES) + 1
    lists = read_sheet(tmp_path / "offers.xlsx", sheet="Listen").rows
    columns = {words[0]: column for column, words in OFFER_HEADINGS.items()}
    read = [columns[heading] for heading in lists[0] if heading]
    assert set(read) == {*OFFER_CODES, "district"}
    for heading in filter(None, lists[0]):
        place = lists[0].index(heading)
        for word in (line[place] for line in lists[1:] if line[place]):
            cells = dict(zip(HEAD.split(";"), GOOD[0].split(";"), strict=True)) | {heading: word}
            rows = read_offers(write(tmp_path / "x.csv", ";".join(cells.values())), districts, "99000")
            assert rows[columns[heading]].iloc[0]


@pytest.fixture(scope="module")
def lumina(study: Study) -> Lumina:
    return study.lumina


def test_reach_is_what_was_counted_over_the_need_of_the_quarter(lumina: Lumina) -> None:
    """Nordfeld, 2026-Q2: 19 + 13 persons over the need at home between the ends of 2025 and 2026."""
    need = lumina.study.demand.sel(setting=["pflegegeld", "ambulant", "pg1_only"], district="02").sum("setting")
    middle = need.sel(year=2025) + (need.sel(year=2026) - need.sel(year=2025)) * 0.375
    row = lumina.reach.query("district == '02' and quarter == '2026-Q2'").iloc[0]
    assert row["median"] == pytest.approx(float(np.median(100 * 32 / middle)), rel=1e-6)
    assert row["at_least"] == pytest.approx(float(np.median(100 * 19 / middle)), rel=1e-6)


def test_the_city_counts_offers_for_all_and_districts_do_not(lumina: Lumina) -> None:
    rows = lumina.reach[lumina.reach["quarter"] == "2026-Q2"].set_index("district")["median"]
    need = np.median(lumina._need[..., lumina.quarters.index("2026-Q2")], axis=0)
    persons = dict(zip(lumina._areas, rows.to_numpy() * need / 100, strict=True))
    told = lumina.offers[(lumina.offers["quarter"] == "2026-Q2") & (lumina.offers["counted"] == "persons")]
    assert persons["99000"] == pytest.approx(told["reached"].sum(), rel=0.02)
    assert sum(persons[key] for key in ("01", "02", "03", "04")) == pytest.approx(persons["99000"] - 44, rel=0.05)


def test_tables_are_coherent(lumina: Lumina) -> None:
    change, equity = lumina.change.set_index("district"), lumina.equity
    assert list(change.index) == ["01", "02", "03", "04", "99000"]
    assert (change["lower_80"] <= change["median"]).all()
    assert lumina.compared == (["2025-Q1", "2025-Q2", "2025-Q3"], ["2026-Q1", "2026-Q2", "2026-Q3"])
    index = equity[equity["equity"] == "concentration"]
    assert index[["lower_95", "upper_95"]].stack().between(-1, 1).all()
    wide = equity.pivot_table(index="period", columns="equity", values="median")
    assert (wide.loc["after_quarter", "best_fifth"]) >= wide.loc["after_quarter", "least_fifth"]
    by_chance = wide["gap_by_chance"].dropna()
    assert list(by_chance.index) == ["after_quarter", "before_quarter"], "a change of what is chance says nothing"
    assert by_chance.gt(0).all(), "counts never spread quite evenly"
    assert (wide.loc[by_chance.index, "fifth_gap"] > by_chance).all(), "Musterstadt serves its districts differently"
    near = lumina.closeness[["near", "near_lower_80", "near_upper_80"]]
    assert near.stack().between(0, 1).all()
    groups = lumina.closeness.set_index(["kind", "group", "sex"])["persons_far"]
    both = groups["pflegeberatung", "aged_80", "t"]
    assert both == pytest.approx(sum(groups["pflegeberatung", "aged_80", sex] for sex in "mw"), rel=0.02)
    people = lumina.groups[(lumina.groups["district"] == "99000")].set_index(["group", "sex"])["median"]
    assert both <= people["aged_80", "t"] + 1e-6


def test_musterstadt_says_simulated_on_every_exhibit_and_never_effect(lumina: Lumina) -> None:
    note = {"language": "de", "note": lumina.note}
    walked = {"language": "de", "note": lumina.way_note}
    way = {"reasons": lumina.reasons, "year": lumina.year, **walked}
    made = [
        figures.lumina_groups(lumina.groups, year=lumina.year, **note),
        figures.lumina_inventory(lumina.inventory, **note),
        figures.lumina_reach(lumina.reach, start=lumina.start.start, **note),
        figures.lumina_change(lumina.change, compared=lumina.compared, **note),
        figures.lumina_equity(lumina.equity, **note),
        figures.lumina_closeness(lumina.closeness, kind="pflegeberatung", **way),
        figures.lumina_districts(lumina.closeness_district, **walked),
        figures.lumina_places(lumina.known_places, **note),
    ]
    assert all(exhibit.title.startswith("SIMULIERT") and "erfunden" in exhibit.source for exhibit in made)
    assert all("Umwegfaktor 1,3 (1,2 bis 1,5)" in exhibit.source for exhibit in made[5:7])
    assert sum(exhibit.figure_svg is not None for exhibit in made) == 5
    for language in ("de", "en"):
        told = figures.lumina_findings(lumina, city=CITY, year=lumina.year, language=language).sentences
        assert "nan" not in " ".join(told).casefold().split()
    german = " ".join(figures.lumina_findings(lumina, city=CITY, year=lumina.year, language="de").sentences)
    assert "Eine Wirkung ist das nicht" in german
    assert "Konfidenz" not in german


@pytest.mark.parametrize("city", ["dessau_rosslau", "magdeburg", "halle", "hannover"])
def test_real_cities_say_that_nothing_is_reported_and_what_is_needed(city: str) -> None:
    params = load_params(paths.PARAMS / city / "baseline.yaml").model_copy(update={"draws": 20})
    lumina = Study(params).lumina
    told = " ".join(figures.lumina_findings(lumina, city=city, year=lumina.year, language="de").sentences)
    assert "Noch keine Angebote gemeldet" in told
    assert f"carelab data add {city}" in told
    assert "SIMULIERT" not in told
    assert lumina.reach.empty
    assert lumina.change.empty
    assert lumina.equity.empty
    need = lumina.groups[lumina.groups["group"] == "need_home"]["median"]
    assert (need > 0).all()
    shown = figures.lumina_reach(lumina.reach, start="2026-Q1", language="de", note="")
    assert shown.figure_svg is None
    assert "unbekannt" in shown.alt
    for kind, reason in lumina.reasons.items():
        way = {"reasons": lumina.reasons, "year": lumina.year, "language": "de", "note": ""}
        assert "unbekannt" in figures.lumina_closeness(lumina.closeness, kind=kind, **way).alt
        assert reason == ("whole" if city == "dessau_rosslau" else reason)


def test_dessau_names_the_places_it_knows_though_it_is_one_piece() -> None:
    params = load_params(paths.PARAMS / "dessau_rosslau" / "baseline.yaml").model_copy(update={"draws": 20})
    lumina = Study(params).lumina
    places = lumina.known_places.set_index("facility_name")
    assert places.loc["Amt für Soziales und Integration, Außenstelle Roßlau", "place_district"] == "Roßlau"
    assert set(lumina.reasons.values()) == {"whole"}
    assert "LUMINA" in lumina.start_note
    assert "angenommen" in lumina.start_note


def test_a_reported_office_in_a_district_without_one_shortens_the_way_there_and_nowhere_lengthens_it(
    lumina: Lumina,
) -> None:
    told = lumina.study.city.offers
    row = told[told["offer"] == "L02"].iloc[[-1]]
    other = lumina.study.variant()
    known = pd.concat([told, row.assign(offer="N9", name="Sprechstunde am See", district="04")], ignore_index=True)
    other.city = replace(other.city, offers=known)
    for name in ("sites", "ground", "access_kinds"):
        other.__dict__[name] = getattr(lumina.study, name)
    more = Lumina(other)
    before, after = (
        each.closeness_district.query("kind == 'pflegeberatung'").set_index("district")["median"]
        for each in (lumina, more)
    )
    assert after["04"] < 0.5 * before["04"]
    assert (after <= before + 1e-9).all()
    assert "Sprechstunde am See" in set(more.known_places["facility_name"])
    assert not set(lumina.known_places["facility_name"]) & {"Sprechstunde am See"}
    assert len(lumina._reported) == 0, "an offer in a district with a site of its kind is held there"


UNITS = [f"{key:02d}" for key in range(1, 9)]
HALVES = ("2024-H1", "2026-H2")
QUARTERS = [f"{year}-Q{quarter}" for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)]


def design(tmp: Path, starts: dict[str, str]) -> Design:
    units = pd.DataFrame(
        [
            {"district": key, "need": 100.0, "size": 1000.0, "stratum": 0, "start": starts.get(key, "never")}
            for key in UNITS
        ]
    )
    told = Outcome(key=OUTCOME, role="primary", definition="erreichte Personen je 100 zu Hause", mde_target=3.0)
    made = new_design(f"{CITY}_lumina", CITY, units, seed=3, period=HALVES, outcome=told)
    path = tmp / "designs" / f"{CITY}_lumina.yaml"
    write_design(
        made.model_copy(update={"redraws": 199, "units": [Unit(**row) for row in units.to_dict("records")]}), path
    )
    return register(path)


def test_an_effect_is_told_only_through_a_registered_design(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of eight districts begin in 2026 and reach 6 more per 100: the design finds it, without a design nothing."""
    rng = np.random.default_rng(8)
    reach = 10 + rng.normal(0, 0.4, (1, 8, 12)) + np.linspace(0, 1, 12)
    reach[:, :4, 8:] += 6.0
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    assert answer_by_design(CITY, reach, areas=UNITS, quarters=QUARTERS).reason == "none"
    made = design(tmp_path, dict.fromkeys(UNITS[:4], "2026-H1"))
    answer = answer_by_design(CITY, reach, areas=UNITS, quarters=QUARTERS)
    assert answer.results is not None
    found = answer.results.outcomes[0].found
    assert found.estimate == pytest.approx(6.0, abs=0.6)
    assert found.p_value <= 0.05
    assert "unverändert" in answer.results.findings("de").sentences[0]
    assert half_years(reach[0], made, areas=UNITS, quarters=QUARTERS)[0, 0] == pytest.approx(reach[0, 0, :2].mean())
    short = answer_by_design(CITY, reach[..., :10], areas=UNITS, quarters=QUARTERS[:10])
    assert (short.reason, short.results) == ("short", None)


def test_offers_of_a_city_in_one_piece_keep_the_name_of_their_district() -> None:
    params = load_params(paths.PARAMS / "dessau_rosslau" / "baseline.yaml").model_copy(update={"draws": 20})
    study = Study(params)
    row = {
        "offer": "D1", "name": "Treff", "district": "22", "first_quarter": "2025-Q1", "last_quarter": "2025-Q1",
        "type": "begegnung", "provider": "verein", "target": "alle", "places": 20.0, "reached": 50.0,
        "counted": "persons", "hidden": False, "hours_week": 5.0, "accessible": "ja", "quality": "A", "source": "Stadt",
        "url": "",
    }  # fmt: skip
    study.city = replace(study.city, offers=pd.DataFrame([row]))
    lumina = study.lumina
    assert lumina.inventory["name"].tolist() == ["Roßlau"]
    assert lumina.reach["district"].tolist() == ["15001"]
    need = lumina._need[:, 0, 0]
    assert lumina.reach["median"].iloc[0] == pytest.approx(float(np.median(5000 / need)), rel=1e-6)
    assert lumina.change.empty
    assert lumina.equity.empty

"""Findings: the sentences for a tiny city, word for word, and what they say when there is little to say."""

from types import SimpleNamespace

import pandas as pd
import pytest

from carelab.params import Params
from carelab.release.findings import city_findings, data_findings, demand_findings, population_findings, supply_findings
from carelab.release.scenario_words import scenario_note
from carelab.terms import QUANTILE_COLUMNS

SPREAD = {"median": 0, "lower_50": -1, "upper_50": 1, "lower_80": -2, "upper_80": 2, "lower_95": -3, "upper_95": 3}


def row(median: float, step: float, **values: object) -> dict[str, object]:
    return {**values, **{name: median + SPREAD[name] * step for name in QUANTILE_COLUMNS}}


def tables(districts: int = 4) -> SimpleNamespace:
    names = ["Nord", "Süd", "Ost", "West"][:districts]
    growth = [(name, 240 - 100 * place, 0.9 - 0.2 * place) for place, name in enumerate(names)]
    gap = [("Nord", 60.0, 0.97, 80.0, 80.0), ("Süd", 4.0, 0.55, 100.0, 40.0)]
    rules = [("model", 3.0), ("constant_rates", -11.0)]
    return SimpleNamespace(
        demand_city=pd.DataFrame(
            [
                row(1000.0, 0, year=2025, setting="total", status="observed"),
                row(1234.0, 50, year=2035, setting="total", status="projected"),
            ]
        ),
        growth=pd.DataFrame(
            [row(m, 30, district=n, name=n, from_year=2025, to_year=2035, p_top3=p, grade="B") for n, m, p in growth]
        ),
        decomposition=pd.DataFrame(
            [
                row(value, 1, district=name, name=name, factor=factor, grade="B")
                for name in names
                for factor, value in (("ageing", 150.0), ("prevalence", 110.0), ("population", -20.0), ("total", 240.0))
            ]
        ),
        gap=pd.DataFrame(
            [
                row(m, 10, district=n, name=n, year=2035, supply=s, places_known=k, p_shortfall=p, p_shortfall_places=p)
                for n, m, p, s, k in gap
            ]
        ),
        supply_city=pd.DataFrame(columns=["year", "measure", "value", "status"]),
        gap_city=pd.DataFrame([row(64.0, 20, year=2035, p_shortfall=0.93)]),
        calibration=pd.DataFrame(columns=["target", "rule", "horizon", "size_class", "n", "coverage_80"]),
        backtest_own=pd.DataFrame(columns=["rule", "horizon", "inside_80", "width_ratio"]),
        backtest=pd.DataFrame(
            [
                {
                    "origin": 2019,
                    "year": 2019 + h,
                    "error_pct": e * h / 2,
                    "inside_80": True if rule == "model" else None,
                    "rule": rule,
                }
                for h in (2, 4)
                for rule, e in rules
            ]
        ),
    )


@pytest.mark.unit
def test_five_key_findings_word_for_word() -> None:
    found = city_findings(tables(), params=Params())
    assert found.key
    assert [sentence.replace("\u00a0", " ") for sentence in found.sentences] == [
        "2035 werden in der Stadt rund 1.200 Menschen pflegebedürftig sein; in acht von zehn gerechneten Zukünften "
        "sind es 1.100 bis 1.300 (80-%-Vorhersageintervall). Gegenüber 2025 (rund 1.000, gezählt) sind das rund 230 "
        "mehr (+23 %).",
        "Am stärksten wächst der Bedarf von 2025 bis 2035 in Nord um 240 Personen (80-%-Vorhersageintervall: +180 bis "
        "+300), Süd um 140 (+80 bis +200) und Ost um 40 (−20 bis +100). Unter den ersten drei sind sie mit 90 %, 70 % "
        "und 50 % Wahrscheinlichkeit. Belegstufe B.",
        "Vor allem, weil die Bevölkerung altert. In Personen: Nord: Alterung +150, Pflegequote +110, Einwohnerzahl "
        "−20; Süd: Alterung +150, Pflegequote +110, Einwohnerzahl −20; Ost: Alterung +150, Pflegequote +110, "
        "Einwohnerzahl −20.",
        "2035 fehlen in der Stadt mit 93 % Wahrscheinlichkeit Heimplätze (Median: 65 fehlende Plätze; "
        "80-%-Vorhersageintervall: 25 bis 100 fehlende Plätze). Mehr als 25 Plätze fehlen am ehesten in Nord (97 %) "
        "und Süd (55 %). Bekannt ist der Ort von 67 % der Plätze; der Rest ist nach Annahme verteilt.",
        "An der Vergangenheit geprüft lag das Modell nach 2 Jahren um 3,0 % und nach 4 Jahren um 6,0 % zu hoch "
        "(konstante Pflegequoten: 11,0 % und 22,0 %). Das 80-%-Vorhersageintervall traf in 2 von 2 Fällen.",
    ]


@pytest.mark.unit
def test_near_ties_and_places_on_record_are_named() -> None:
    near = tables()
    near.growth.loc[near.growth["name"] == "West", list(QUANTILE_COLUMNS)] += 97
    near.gap = pd.DataFrame(
        [
            row(m, 9, district=n, name=n, year=2035, supply=9, places_known=k, p_shortfall=p, p_shortfall_places=p / 2)
            for n, m, p, k in [("Nord", 9.0, 0.4, 149), ("Süd", 8.0, 0.45, 162), ("Ost", 5.0, 0.38, 90)]
        ]
    )
    _, where, _, places, _ = (one.replace("\u00a0", " ") for one in city_findings(near, params=Params()).sentences)
    assert "Wahrscheinlichkeit: Die Reihenfolge" not in where
    assert "Fast gleichauf: West (+35). Belegstufe" in where
    assert "Süd (22 %), Nord (20 %) und Ost (19 %) – fast gleichauf. In den Stadtteilen aus" in places
    assert "In den Stadtteilen aus Aussage 2 sind 149, 162 und 90 Plätze nachgewiesen, in der ganzen Stadt" in places
    near.gap["places_known"] = 0
    *_, places, _ = city_findings(near, params=Params(language="en")).sentences
    assert " – almost level, without a place on record. In the districts of finding 2" in places


@pytest.mark.unit
def test_places_are_said_without_mixed_signs() -> None:
    mixed = tables()
    mixed.gap_city[list(QUANTILE_COLUMNS)] -= 70
    places = city_findings(mixed, params=Params()).sentences[3]
    assert "(Median: 6 freie Plätze; 80-%-Vorhersageintervall: zwischen 45 freien und 35 fehlenden Plätzen)" in places
    mixed.gap_city[list(QUANTILE_COLUMNS)] -= 100
    places = city_findings(mixed, params=Params(language="en")).sentences[3]
    assert "(median: 110 places free; 80% prediction interval: 65 to 150 places free)" in places


@pytest.mark.unit
@pytest.mark.parametrize(("step", "words"), [(-4.0, "zu niedrig."), (-4.5, "daneben.")])
def test_backtest_says_direction_and_which_rule_was_better(step: float, words: str) -> None:
    wrong = tables()
    own = wrong.backtest["rule"] == "model"
    wrong.backtest.loc[own, "error_pct"] = [step, step if step == -4.0 else 4.0]
    wrong.backtest.loc[~own, "rule"] = "own_last_growth"
    assert "Besser" not in city_findings(wrong, params=Params()).sentences[4]
    wrong.backtest.loc[~own, "error_pct"] = 1.0
    sentence = city_findings(wrong, params=Params()).sentences[4].replace("\u00a0", " ")
    assert f"{words} Besser war „eigener letzter Zuwachs“ (1,0 % und 1,0 %)." in sentence


@pytest.mark.unit
def test_one_district_and_no_shortfall_still_make_sense() -> None:
    small = tables(districts=1)
    small.gap = small.gap.assign(p_shortfall_places=0.0, supply=0.0)
    small.backtest = small.backtest.head(0)
    _, where, _, places, wrong = city_findings(small, params=Params(language="en")).sentences
    assert where == (
        "From 2025 to 2035 need grows most in Nord by 240 persons (80% prediction interval: +180 to +300). Evidence "
        "grade B."
    )
    assert "In no district a shortfall of more than 25 places is to be expected." in places
    assert "No places are assigned to districts." in places
    assert wrong == "A test against the past is not possible with these data."


@pytest.mark.unit
def test_a_base_year_between_two_counts_is_not_what_growth_is_measured_from() -> None:
    past = tables()
    past.demand_city["year"] = past.demand_city["year"].astype(float)  # as after a join with unknown years
    counted = row(1100.0, 0, year=2026.0, setting="total", status="derived")
    past.demand_city.loc[0, "status"] = "estimated"
    past.demand_city = pd.concat([past.demand_city, pd.DataFrame([counted])], ignore_index=True)
    said = city_findings(past, params=Params()).sentences[0].replace("\u00a0", " ")
    assert said.endswith("Gegenüber der letzten Zählung 2026 (rund 1.100) sind das rund 130 mehr (+12 %).")
    past.demand_city.loc[[0, 2], ["status", "year"]] = [["projected", 2025], ["observed", 2023]]
    said = city_findings(past, params=Params()).sentences[0].replace("\u00a0", " ")
    assert said.endswith(
        "2025 (rund 1.000, vorausberechnet) sind das rund 230 mehr (+23 %). Zuletzt gezählt: rund 1.100 (2023)."
    )


@pytest.mark.unit
def test_shrinking_need_is_said_plainly() -> None:
    shrinking = tables()
    shrinking.growth[list(QUANTILE_COLUMNS)] -= 1000
    _, where, why, *_ = city_findings(shrinking, params=Params()).sentences
    assert where == "In keinem Stadtteil nimmt der Pflegebedarf zu."
    assert why == "Eine Zerlegung der Zunahme liegt nicht vor."


@pytest.mark.unit
def test_smaller_findings() -> None:
    need = demand_findings(tables().demand_city, params=Params())
    assert need.sentences[0] == "Pflegebedürftige: 2025 rund 1.000, 2035 rund 1.200 (1.100 bis 1.300), also +23\u00a0%."
    assert not need.key
    mixed = demand_findings(tables().demand_city.astype({"year": float}), params=Params())
    assert mixed.sentences == need.sentences, "years stay whole where a table holds them as floats"
    ages = tables().demand_city.rename(columns={"setting": "age_band"})
    assert (
        population_findings(ages, params=Params(language="en"))
        .sentences[0]
        .startswith("Inhabitants in all: about 1,000")
    )


@pytest.mark.unit
def test_supply_and_data_findings() -> None:
    city = pd.DataFrame({"year": [2023], "measure": ["places_homes"], "value": [184.0], "status": ["observed"]})
    known = pd.DataFrame(
        {
            "name": ["A", "B", "C"],
            "category": ["home_full", "home_full", "day_care"],
            "district": ["01", None, "02"],
            "places": [92.0, 60.0, 15.0],
            "status": "open",
        }
    )
    first, second, third = supply_findings(city, known, params=Params()).sentences
    assert first == "2023 gab es in der Stadt rund 180 Plätze in Pflegeheimen (gezählt)."
    assert second == "Für 50\u00a0% davon ist der Stadtteil bekannt (90 Plätze)."
    assert third == "Unbekannt ist er von B."
    checks = pd.DataFrame({"result": ["warning", "ok"], "text": ["Es fehlt etwas.", "Gut."]})
    sources = pd.DataFrame({"publisher": ["Amt", "Amt"]})
    assert data_findings(checks, sources, params=Params()).sentences == (
        "2 Prüfungen der Eingangsdaten: 1 in Ordnung, 0 Hinweise, 1 Einschränkung.",
        "Es fehlt etwas.",
        "Die Zahlen stammen aus 2 Tabellen von 1 Herausgeber.",
    )


def test_a_number_of_a_scenario_says_so() -> None:
    """A law entered, more migration: in the first key finding, in both languages; the baseline says nothing."""
    assert scenario_note(Params()) == ""
    assert scenario_note(Params(law_year=2028)) == "", "a law without an effect changes nothing"
    law = {"law_year": 2028, "law_effect": 0.125, "law_effect_sd": 0.05, "migration": 0.5}
    assert scenario_note(Params(**law)).replace("\u00a0", " ") == (
        " Szenario statt Grundannahme: neues Gesetz ab 2028 (Pflegequoten +12,5 %, Streuung 5,0 %) und "
        "Wanderung 0,5-mal die bisherige."
    )
    words = scenario_note(Params(language="en", trend="constant"))
    assert words == " A scenario, not the baseline: constant rates."

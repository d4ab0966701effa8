"""Findings: what the tables say, in sentences. Numbers are rounded; every statement carries how sure it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.params import Params
from carelab.release.exhibit import Findings
from carelab.release.findings_access import AccessResults, access_findings
from carelab.release.findings_calibration import BacktestResults, backtest_findings
from carelab.release.findings_chain import ChainResults, chain_findings, measures_findings
from carelab.release.findings_city import AreaResults, CityResults, area_sentences, key_sentences
from carelab.release.findings_housing import housing_findings
from carelab.release.findings_places import latest_places
from carelab.release.findings_profile import profile_findings
from carelab.release.findings_verbund import verbund_findings
from carelab.release.numbers import about, change_percent, interval, listing, percent
from carelab.release.official import official_findings
from carelab.release.scenario_words import scenario_note
from carelab.release.whole_city import is_one_area
from carelab.terms import Language, label, say

__all__ = [
    "AccessResults",
    "AreaResults",
    "BacktestResults",
    "ChainResults",
    "CityResults",
    "access_findings",
    "area_findings",
    "backtest_findings",
    "chain_findings",
    "city_findings",
    "data_findings",
    "demand_findings",
    "housing_findings",
    "measures_findings",
    "official_findings",
    "population_findings",
    "profile_findings",
    "supply_findings",
    "verbund_findings",
]


def city_findings(results: CityResults, *, params: Params) -> Findings:
    """Return the five key findings of a run: how many, where, why, enough places?, how wrong before?

    ``results`` is anything with the tables demand_city, growth, decomposition, gap, gap_city, backtest,
    calibration and backtest_own (a Study).
    """
    return Findings(key_sentences(results, params), params.language, key=True)


def area_findings(results: AreaResults, *, params: Params) -> Findings:
    """Return the key findings of an area as a whole: tested against this area's own past."""
    return Findings(area_sentences(results, params), params.language, key=True)


def population_findings(population_city: pd.DataFrame, *, params: Params) -> Findings:
    """Return how many people of which age live in the city in the base and the focus year."""
    language = params.language
    bands = [("total", say(language, "Einwohner insgesamt", "Inhabitants in all"))]
    bands += [
        (band, say(language, f"Im Alter {band}", f"Aged {band}"))
        for band in ("65-74", "75-79", "80-84", "85-89", "90+")
    ]
    sentences = []
    for band, words in bands:
        rows = population_city[population_city["age_band"] == band]
        start, end = year_row(rows, params.base_year), year_row(rows, params.focus_year)
        if start is not None and end is not None:
            sentences.append(f"{words}: {_from_to(start, end, language)}")
    return Findings(_with_key(sentences, language), language)


def demand_findings(demand_city: pd.DataFrame, *, params: Params) -> Findings:
    """Return how many people need which kind of care in the base and the focus year."""
    language, sentences = params.language, []
    for setting in ("total", "pflegegeld", "ambulant", "vollstationaer", "pg1_only", "teilstationaer"):
        rows = demand_city[demand_city["setting"] == setting]
        start, end = year_row(rows, params.base_year), year_row(rows, params.focus_year)
        words = label("people_in_need" if setting == "total" else setting, language)
        if start is not None and end is not None:
            sentences.append(f"{words}: {_from_to(start, end, language)}")
    settings = set(demand_city["setting"])
    sentences += [_not_apart(language)] if "ambulant" in settings and "pg1_only" not in settings else []
    sentences += [scenario_note(params).strip()] if scenario_note(params) else []
    return Findings(_with_key(sentences, language), language)


def _not_apart(language: Language) -> str:
    """Return that the last count tells nobody with Pflegegrad 1 alone, so that the other settings hold them."""
    return say(
        language,
        "Pflegegrad 1 ohne Leistungen ist in der letzten Zählung der Stadt nicht eigens ausgewiesen: Diese Menschen "
        "stecken in den anderen Versorgungsarten, die deshalb zu hoch sind; Pflegegrade werden nicht angegeben.",
        "Grade 1 without services is not told apart in the city's last count: these people are among the other "
        "settings, which are therefore too high; Pflegegrade are not given.",
    )


def supply_findings(supply_city: pd.DataFrame, supply_known: pd.DataFrame, *, params: Params) -> Findings:
    """Return how many nursing-home places there are, and for how many of them the district is known."""
    language, latest = params.language, latest_places(supply_city)
    if not latest:
        none = say(
            language, "Die Zahl der Plätze in Pflegeheimen ist nicht bekannt.", "The number of places is not known."
        )
        return Findings([none], language)
    kind, year = label(str(latest["status"]), language), f"{latest['year']:.0f}"
    there = say(
        language,
        f"{year} gab es in der Stadt rund {about(latest['value'], 'de')} Plätze in Pflegeheimen ({kind}).",
        f"In {year} the city had about {about(latest['value'], 'en')} places in nursing homes ({kind}).",
    )
    known = [] if is_one_area(supply_known) else _known_places(supply_known, float(latest["value"]), language)
    return Findings([there, *known], language)


def data_findings(checks: pd.DataFrame, sources: pd.DataFrame, *, params: Params) -> Findings:
    """Return what the checks of the input data found: warnings word for word, the rest counted."""
    language = params.language
    warnings = checks.loc[checks["result"] == "warning", "text"].astype(str).tolist()
    notes, fine = (int((checks["result"] == key).sum()) for key in ("note", "ok"))
    publishers = sources["publisher"].nunique() if "publisher" in sources else 0
    summary = say(
        language,
        f"{_count(len(checks), 'Prüfung', 'Prüfungen')} der Eingangsdaten: {fine} in Ordnung, "
        f"{_count(notes, 'Hinweis', 'Hinweise')}, {_count(len(warnings), 'Einschränkung', 'Einschränkungen')}.",
        f"{_count(len(checks), 'check', 'checks')} of the input data: {fine} fine, "
        f"{_count(notes, 'note', 'notes')}, {_count(len(warnings), 'limitation', 'limitations')}.",
    )
    origin = say(
        language,
        f"Die Zahlen stammen aus {_count(len(sources), 'Tabelle', 'Tabellen')} von "
        f"{_count(publishers, 'Herausgeber', 'Herausgebern')}.",
        f"The figures come from {_count(len(sources), 'table', 'tables')} of "
        f"{_count(publishers, 'publisher', 'publishers')}.",
    )
    return Findings([summary, *warnings, origin], language)


def year_row(table: pd.DataFrame, year: int) -> pd.Series[Any] | None:
    """Return the row of a year, the counted one where there are two; None where there is none."""
    rows = table[table["year"] == year]
    if rows.empty:
        return None
    counted = rows[rows["status"].isin(["observed", "derived"])]
    return (counted if len(counted) else rows).iloc[0]


def _from_to(start: pd.Series[Any], end: pd.Series[Any], language: Language) -> str:
    """Return "2025 rund 17.900, 2035 rund 21.400 (20.000 bis 23.000), also +20 %."."""
    first, last = float(start["median"]), float(end["median"])
    change, range_ = change_percent(first, last, language), interval(end, language)
    since, until = int(start["year"]), int(end["year"])  # a table with counted and projected rows may hold floats
    return say(
        language,
        f"{since} rund {about(first, 'de')}, {until} rund {about(last, 'de')} ({range_}), also {change}.",
        f"about {about(first, 'en')} in {since}, about {about(last, 'en')} in {until} ({range_}), that is {change}.",
    )


def _with_key(sentences: list[str], language: Language) -> list[str]:
    """Say what the brackets hold."""
    note = say(
        language, "In Klammern steht das 80-%-Vorhersageintervall.", "The 80% prediction interval is in brackets."
    )
    return [*sentences, note] if sentences else []


def _known_places(supply_known: pd.DataFrame, total: float, language: Language) -> list[str]:
    """Return for how many of the city's places the district is known, and which homes are not located."""
    homes = supply_known[supply_known["category"] == "home_full"]
    homes = homes[~homes["status"].isin(["closed", "planned", "unclear"])]
    located = homes["district"].fillna("").astype(str) != ""
    known = float(homes.loc[located, "places"].sum())
    share = percent(min(1.0, known / total), language) if total else "–"
    sentences = [
        say(
            language,
            f"Für {share} davon ist der Stadtteil bekannt ({about(known, 'de')} Plätze).",
            f"The district is known for {share} of them ({about(known, 'en')} places).",
        )
    ]
    missing = homes.loc[~located, "name"].astype(str).tolist()
    if missing:
        named = listing(missing[:3] + ([say(language, "weiteren", "others")] if len(missing) > 3 else []), language)
        sentences.append(say(language, f"Unbekannt ist er von {named}.", f"It is not known for {named}."))
    return sentences


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"

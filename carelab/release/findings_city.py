"""The five key findings of a run: how many, where, why, enough places?, how wrong would we have been?"""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from carelab.params import Params
from carelab.release.findings_backtest import how_wrong
from carelab.release.findings_calibration import held_line
from carelab.release.findings_places import city_places, enough_places
from carelab.release.numbers import about, about_signed, chance, change_percent, interval, listing, rounded
from carelab.release.scenario_words import scenario_note
from carelab.release.whole_city import is_one_area
from carelab.terms import Language, label, say

_Row = dict[str, Any]
_NEAR = 0.1
"""Districts are almost level with the third where their median is at most this share below its."""


class CityResults(Protocol):
    """The tables that the key findings rest on; a Study has them."""

    @property
    def demand_city(self) -> pd.DataFrame: ...
    @property
    def growth(self) -> pd.DataFrame: ...
    @property
    def decomposition(self) -> pd.DataFrame: ...
    @property
    def gap(self) -> pd.DataFrame: ...
    @property
    def gap_city(self) -> pd.DataFrame: ...
    @property
    def supply_city(self) -> pd.DataFrame: ...
    @property
    def backtest(self) -> pd.DataFrame: ...
    @property
    def calibration(self) -> pd.DataFrame: ...
    @property
    def backtest_own(self) -> pd.DataFrame: ...


class AreaResults(CityResults, Protocol):
    """The same with the area's own back-test; a Study has it."""

    @property
    def own_backtest(self) -> pd.DataFrame: ...


def key_sentences(results: CityResults, params: Params) -> list[str]:
    """Return one sentence (or a few that belong together) per key finding, in their fixed order."""
    language = params.language
    top = _growing(results.growth)
    return [
        _how_many(results.demand_city, params),
        _where(top, results.growth.dropna(subset=["median"]), params),
        _why(top, results.decomposition, language),
        enough_places(results.gap, results.gap_city, results.supply_city, top=top, params=params),
        how_wrong(results.backtest, language, held=held_line(results.calibration, results.backtest_own, language)),
    ]


def area_sentences(results: AreaResults, params: Params) -> list[str]:
    """Return the sentences of an area as a whole: how many, why, enough places, how wrong here, and the grade."""
    language, focus = params.language, results.gap_city[results.gap_city["year"] == params.focus_year]
    where = say(language, "im Gebiet", "in the area")
    top = _growing(results.growth)
    return [
        _how_many(results.demand_city, params, where),
        _why(top, results.decomposition, language),
        *(city_places(row, language, where).strip() for row in _records(focus)),
        how_wrong(results.own_backtest, language),
        _graded(_records(results.growth.head(1)), language),
    ]


def _how_many(demand_city: pd.DataFrame, params: Params, where: str = "") -> str:
    language, rows = params.language, demand_city[demand_city["setting"] == "total"]
    start, end = _of_year(rows, params.base_year), _of_year(rows, params.focus_year)
    where = where or say(language, "in der Stadt", "in the city")
    if not start or not end:
        return say(
            language, "Für das Zieljahr liegt keine Vorausberechnung vor.", "There is no projection for the focus year."
        )
    return say(
        language,
        f"{params.focus_year} werden {where} rund {about(end['median'], 'de')} Menschen pflegebedürftig sein; in acht "
        f"von zehn gerechneten Zukünften sind es {interval(end, 'de')} (80-%-Vorhersageintervall). "
        f"{_since(start, end, rows, 'de')}{scenario_note(params)}",
        f"In {params.focus_year} about {about(end['median'], 'en')} people {where} will need care; in eight of ten "
        f"computed futures it is {interval(end, 'en')} (80% prediction interval). {_since(start, end, rows, 'en')}"
        f"{scenario_note(params)}",
    )


def _since(start: _Row, end: _Row, rows: pd.DataFrame, language: Language) -> str:
    """Return the change since the base year, and the last count where that is another year.

    A base year before the last count is estimated from the counts around it: then the count is what we compare with.
    """
    counts = _records(rows[rows["status"].isin(["observed", "derived"])].sort_values("year"))
    last, since = (counts[-1] if counts else {}), int(start["year"])
    counted = int(last["year"]) if last else since
    if start["status"] == "estimated" and counted > since:
        return say(
            language,
            f"Gegenüber der letzten Zählung {counted} (rund {about(last['median'], 'de')}) sind das "
            f"{_change(last, end, 'de')}.",
            f"Compared with the last count of {counted} (about {about(last['median'], 'en')}) that is "
            f"{_change(last, end, 'en')}.",
        )
    kind, base = label(str(start["status"]), language), about(start["median"], language)
    found = say(
        language,
        f"Gegenüber {since} (rund {base}, {kind}) sind das {_change(start, end, 'de')}.",
        f"Compared with {since} (about {base}, {kind}) that is {_change(start, end, 'en')}.",
    )
    if counted == since:
        return found
    count = about(last["median"], language)
    return found + say(
        language, f" Zuletzt gezählt: rund {count} ({counted}).", f" Last count: about {count} ({counted})."
    )


def _change(start: _Row, end: _Row, language: Language) -> str:
    """Return "rund 3.500 mehr (+20 %)"."""
    change = rounded(float(end["median"]) - float(start["median"]))
    if change == 0:
        return say(language, "etwa gleich viele", "about as many")
    size, share = about(abs(change), language), change_percent(start["median"], end["median"], language)
    more = say(language, "mehr", "more") if change > 0 else say(language, "weniger", "fewer")
    return say(language, f"rund {size} {more} ({share})", f"about {size} {more} ({share})")


def _growing(growth: pd.DataFrame) -> list[_Row]:
    """Return up to three districts with the largest positive growth."""
    rows = growth.dropna(subset=["median"]).sort_values("median", ascending=False, kind="stable")
    return _records(rows[rows["median"] > 0].head(3))


def _where(top: list[_Row], growth: pd.DataFrame, params: Params) -> str:
    language = params.language
    if is_one_area(growth):
        return _whole(_records(growth)[0], language)
    if not top:
        return say(language, "In keinem Stadtteil nimmt der Pflegebedarf zu.", "Need of care grows in no district.")
    named = [_grows(row, language, first=place == 0) for place, row in enumerate(top)]
    start = say(
        language,
        f"Am stärksten wächst der Bedarf von {top[0]['from_year']} bis {top[0]['to_year']} in {listing(named, 'de')}. ",
        f"From {top[0]['from_year']} to {top[0]['to_year']} need grows most in {listing(named, 'en')}. ",
    )
    return start + _sure(top, len(growth), language) + _close(top, growth, language) + _grades(top, language)


def _whole(row: _Row, language: Language) -> str:
    """Return that nothing can be said about districts, and the growth of the city as a whole."""
    change, range_ = about_signed(row["median"], language), interval(row, language, sign=True)
    return say(
        language,
        f"Wo in der Stadt der Bedarf wächst, ist nicht zu sagen: Je Stadtteil liegen keine Zahlen vor. Für die Stadt "
        f"insgesamt ändert er sich von {row['from_year']} bis {row['to_year']} um {change} Personen "
        f"(80-%-Vorhersageintervall: {range_}). ",
        f"Where in the city need grows cannot be said: there are no figures by district. For the city as a whole it "
        f"changes by {change} persons from {row['from_year']} to {row['to_year']} "
        f"(80% prediction interval: {range_}). ",
    ) + _graded([row], language)


def _grows(row: _Row, language: Language, *, first: bool) -> str:
    """Return "Sudenburg um 300 Personen (80-%-Vorhersageintervall: +85 bis +520)"; later ones shorter."""
    size, range_ = about(row["median"], language), interval(row, language, sign=True)
    if first:
        return say(
            language,
            f"{row['name']} um {size} Personen (80-%-Vorhersageintervall: {range_})",
            f"{row['name']} by {size} persons (80% prediction interval: {range_})",
        )
    return say(language, f"{row['name']} um {size} ({range_})", f"{row['name']} by {size} ({range_})")


def _sure(top: list[_Row], count: int, language: Language) -> str:
    """Return how probable the named districts are among the top three; nothing where there are only three."""
    if count <= 3:
        return ""
    odds = listing([chance(row["p_top3"], language) for row in top], language)
    return say(
        language,
        f"Unter den ersten drei {'sind sie' if len(top) > 1 else 'ist er'} mit {odds} "
        f"Wahrscheinlichkeit{_open(top, 'de')}. ",
        f"{'They are' if len(top) > 1 else 'It is'} among the first three with a probability of {odds}"
        f"{_open(top, 'en')}. ",
    )


def _open(top: list[_Row], language: Language) -> str:
    """Return that the order is open where a named district is among the top three in less than half of the futures."""
    if min(float(row["p_top3"]) for row in top) >= 0.5:
        return ""
    return say(language, ": Die Reihenfolge ist offen", ": the order is open")


def _close(top: list[_Row], growth: pd.DataFrame, language: Language) -> str:
    """Return up to two districts that grow nearly as much as the third; empty where there are none."""
    if len(top) < 3:
        return ""
    least = float(top[-1]["median"]) * (1 - _NEAR)
    rows = growth[~growth["district"].isin([row["district"] for row in top]) & (growth["median"] >= least)]
    near = _records(rows.sort_values("median", ascending=False, kind="stable").head(2))
    if not near:
        return ""
    named = listing([f"{row['name']} ({about_signed(row['median'], language)})" for row in near], language)
    return say(language, f"Fast gleichauf: {named}. ", f"Almost level: {named}. ")


def _grades(top: list[_Row], language: Language) -> str:
    """Return the evidence grades as letters; the page says beside it what they mean."""
    letters = listing(sorted({str(row["grade"]) for row in top}), language)
    return say(language, f"Belegstufe {letters}.", f"Evidence grade {letters}.")


def _graded(top: list[_Row], language: Language) -> str:
    grades = sorted({str(row["grade"]) for row in top})
    words = listing([label(grade, language) for grade in grades], language)
    return say(language, f"Belegstufe {words}.", f"Evidence grade {words}.")


def _why(top: list[_Row], decomposition: pd.DataFrame, language: Language) -> str:
    if is_one_area(decomposition):
        start = say(language, "Gründe der Veränderung, in Personen: ", "Reasons of the change, in persons: ")
        return f"{start}{_parts(_records(decomposition.head(1))[0], decomposition, language)}."
    reasons = [reason for reason in (_reasons(row, decomposition, language) for row in top) if reason]
    if not reasons:
        return say(language, "Eine Zerlegung der Zunahme liegt nicht vor.", "There is no decomposition of the growth.")
    return say(
        language,
        f"{_mainly(top, decomposition, 'de')} In Personen: {'; '.join(reasons)}.",
        f"{_mainly(top, decomposition, 'en')} In persons: {'; '.join(reasons)}.",
    )


def _mainly(top: list[_Row], decomposition: pd.DataFrame, language: Language) -> str:
    """Return the largest reason, where it is the same in all named districts, in a sentence."""
    rows = decomposition[decomposition["district"].isin([row["district"] for row in top])]
    rows = rows[rows["factor"] != "total"].dropna(subset=["median"])
    largest = set(rows.loc[rows.groupby("district")["median"].idxmax(), "factor"])
    words = {
        "prevalence": (
            "Vor allem, weil Menschen gleichen Alters häufiger pflegebedürftig sind (Pflegequote).",
            "Mainly because people of the same age need care more often (prevalence).",
        ),
        "ageing": ("Vor allem, weil die Bevölkerung altert.", "Mainly because the population ages."),
        "population": ("Vor allem, weil dort mehr Menschen leben.", "Mainly because more people live there."),
        "": (
            "Die Gründe sind verschieden; Pflegequote heißt: Menschen gleichen Alters sind häufiger pflegebedürftig.",
            "The reasons differ; prevalence means: people of the same age need care more often.",
        ),
    }
    return say(language, *words[largest.pop() if len(largest) == 1 else ""])


def _reasons(row: _Row, decomposition: pd.DataFrame, language: Language) -> str:
    """Return "Sudenburg: Alterung +80, ..."; empty where there is no decomposition."""
    parts = _parts(row, decomposition, language)
    return f"{row['name']}: {parts}" if parts else ""


def _parts(row: _Row, decomposition: pd.DataFrame, language: Language) -> str:
    parts = decomposition[(decomposition["district"] == row["district"]) & (decomposition["factor"] != "total")]
    parts = parts.dropna(subset=["median"]).sort_values("median", ascending=False, kind="stable")
    if parts.empty:
        return ""
    words = {
        "ageing": say(language, "Alterung", "ageing"),
        "population": say(language, "Einwohnerzahl", "number of inhabitants"),
        "prevalence": say(language, "Pflegequote", "prevalence"),
    }
    named = [f"{words[part['factor']]} {about_signed(part['median'], language)}" for part in _records(parts)]
    return ", ".join(named)


def _of_year(table: pd.DataFrame, year: int) -> _Row:
    """Return the row of a year, the counted one where there are two; empty where there is none."""
    rows = _records(table[table["year"] == year])
    counted = [row for row in rows if row["status"] in ("observed", "derived")]
    return (counted or rows or [{}])[0]


def _records(table: pd.DataFrame) -> list[_Row]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]

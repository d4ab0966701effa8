"""The five key findings of a run: how many, where, why, enough places?, how wrong would we have been?"""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from carelab.params import Params
from carelab.release.numbers import about, about_signed, chance, change_percent, interval, listing, percent, rounded
from carelab.terms import Language, label, say

_Row = dict[str, Any]


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


def key_sentences(results: CityResults, params: Params) -> list[str]:
    """Return one sentence (or a few that belong together) per key finding, in their fixed order."""
    language = params.language
    top = _growing(results.growth)
    return [
        _how_many(results.demand_city, params),
        _where(top, len(results.growth.dropna(subset=["median"])), params),
        _why(top, results.decomposition, language),
        _places(results, params),
        _how_wrong(results.backtest, language),
    ]


def _how_many(demand_city: pd.DataFrame, params: Params) -> str:
    language, rows = params.language, demand_city[demand_city["setting"] == "total"]
    start, end = _of_year(rows, params.base_year), _of_year(rows, params.focus_year)
    if not start or not end:
        return say(
            language, "Für das Zieljahr liegt keine Vorausberechnung vor.", "There is no projection for the focus year."
        )
    kind = label(str(start["status"]), language)
    return say(
        language,
        f"{params.focus_year} werden in der Stadt rund {about(end['median'], 'de')} Menschen pflegebedürftig sein "
        f"(80-%-Vorhersageintervall: {interval(end, 'de')}), nach rund {about(start['median'], 'de')} im Jahr "
        f"{params.base_year} ({kind}): {_change(start, end, 'de')}.",
        f"In {params.focus_year} about {about(end['median'], 'en')} people in the city will need care (80% "
        f"prediction interval: {interval(end, 'en')}), after about {about(start['median'], 'en')} in "
        f"{params.base_year} ({kind}): {_change(start, end, 'en')}.",
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


def _where(top: list[_Row], count: int, params: Params) -> str:
    language = params.language
    if not top:
        return say(language, "In keinem Stadtteil nimmt der Pflegebedarf zu.", "Need of care grows in no district.")
    named = [_grows(row, language, first=place == 0) for place, row in enumerate(top)]
    start = say(
        language,
        f"Am stärksten wächst der Bedarf bis {top[0]['to_year']} in {listing(named, 'de')}. ",
        f"Until {top[0]['to_year']} need grows most in {listing(named, 'en')}. ",
    )
    return start + _sure(top, count, language) + _graded(top, language)


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
    one, many = len(top) == 1, len(top) > 1
    return say(
        language,
        f"Zu den drei Stadtteilen mit der größten Zunahme {'gehören sie' if many else 'gehört er'} mit {odds} "
        f"Wahrscheinlichkeit{_open(top, 'de')}. ",
        f"{'It is' if one else 'They are'} among the three growing most with a probability of {odds}"
        f"{_open(top, 'en')}. ",
    )


def _open(top: list[_Row], language: Language) -> str:
    """Return that the order is open where a named district is among the top three in less than half of the futures."""
    if min(float(row["p_top3"]) for row in top) >= 0.5:
        return ""
    return say(language, ": Die Reihenfolge ist offen", ": the order is open")


def _graded(top: list[_Row], language: Language) -> str:
    grades = sorted({str(row["grade"]) for row in top})
    words = listing([label(grade, language) for grade in grades], language)
    return say(language, f"Belegstufe {words}.", f"Evidence grade {words}.")


def _why(top: list[_Row], decomposition: pd.DataFrame, language: Language) -> str:
    reasons = [reason for reason in (_reasons(row, decomposition, language) for row in top) if reason]
    if not reasons:
        return say(language, "Eine Zerlegung der Zunahme liegt nicht vor.", "There is no decomposition of the growth.")
    return say(
        language,
        f"Gründe der Zunahme, in Personen: {'; '.join(reasons)}. Pflegequote heißt: Menschen gleichen Alters sind "
        "häufiger pflegebedürftig.",
        f"Reasons of the growth, in persons: {'; '.join(reasons)}. Prevalence means: people of the same age need "
        "care more often.",
    )


def _reasons(row: _Row, decomposition: pd.DataFrame, language: Language) -> str:
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
    return f"{row['name']}: {', '.join(named)}"


def _places(results: CityResults, params: Params) -> str:
    language, year = params.language, params.focus_year
    city = _records(results.gap_city[results.gap_city["year"] == year])
    rows = results.gap[results.gap["year"] == year].dropna(subset=["median", "p_shortfall"])
    start = _city_places(city[0], language) if city else ""
    return start + _short_districts(rows, params) + _evidence(rows, results.supply_city, language)


def _city_places(row: _Row, language: Language) -> str:
    """Return how probable it is that the city is short of places, and of how many."""
    odds, range_ = chance(row["p_shortfall"], language), interval(row, language, sign=True)
    size = about(abs(row["median"]), language)
    middle = (
        say(language, f"{size} fehlende Plätze", f"{size} places missing")
        if row["median"] >= 0
        else say(language, f"{size} freie Plätze", f"{size} places free")
    )
    return say(
        language,
        f"Dass {row['year']} in der Stadt Plätze in Pflegeheimen fehlen, hat eine Wahrscheinlichkeit von {odds} "
        f"(Median: {middle}; 80-%-Vorhersageintervall der fehlenden Plätze: {range_}). ",
        f"The probability that the city is short of nursing-home places in {row['year']} is {odds} (median: "
        f"{middle}; 80% prediction interval of missing places: {range_}). ",
    )


def _short_districts(rows: pd.DataFrame, params: Params) -> str:
    """Return up to five districts where more than the named number of places is most probably missing."""
    language, places = params.language, params.shortfall_places
    worst = (
        rows[rows["p_shortfall_places"] >= 0.01]
        .sort_values(["p_shortfall_places", "median"], ascending=False, kind="stable")
        .head(5)
    )
    if worst.empty:
        return say(
            language,
            f"In keinem Stadtteil ist ein Fehlbedarf von mehr als {places} Plätzen zu erwarten. ",
            f"In no district a shortfall of more than {places} places is to be expected. ",
        )
    named = [f"{row['name']} ({chance(row['p_shortfall_places'], language)})" for row in _records(worst)]
    return say(
        language,
        f"Mehr als {places} Plätze fehlen am ehesten in {listing(named, 'de')}. ",
        f"More than {places} places are most likely missing in {listing(named, 'en')}. ",
    )


def _evidence(rows: pd.DataFrame, supply_city: pd.DataFrame, language: Language) -> str:
    """Return for which share of the city's places the district is on record."""
    latest = latest_places(supply_city)
    total = float(latest["value"]) if latest else float(rows["supply"].sum())
    if not total:
        return say(language, "Plätze sind keinem Stadtteil zugeordnet.", "No places are assigned to districts.")
    share = min(1.0, float(rows["places_known"].sum()) / total)
    return say(
        language,
        f"Belegt ist der Ort von {percent(share, 'de')} der Plätze; die übrigen sind nach Annahme verteilt.",
        f"The district of {percent(share, 'en')} of the places is on record; the others are spread by assumption.",
    )


def latest_places(supply_city: pd.DataFrame) -> _Row:
    """Return the latest row of nursing-home places (permanent ones where counted); empty where there is none."""
    for measure in ("places_permanent", "places_homes"):
        rows = supply_city[supply_city["measure"] == measure].dropna(subset=["value"])
        if len(rows):
            return _records(rows.sort_values("year", kind="stable"))[-1]
    return {}


def _how_wrong(backtest: pd.DataFrame, language: Language) -> str:
    """Return the back-test: error of the model beside constant rates, 2 and 4 years ahead, and coverage."""
    table = backtest.assign(_ahead=backtest["year"] - backtest["origin"])
    parts = [part for part in (_errors(table[table["_ahead"] == ahead], ahead, language) for ahead in (2, 4)) if part]
    if not parts:
        return say(
            language,
            "Eine Prüfung an der Vergangenheit ist mit diesen Daten nicht möglich.",
            "A test against the past is not possible with these data.",
        )
    model = table[(table["rule"] == "model") & table["_ahead"].isin([2, 4])].dropna(subset=["inside_80"])
    held = int(model["inside_80"].astype(bool).sum())
    return say(
        language,
        f"An der Vergangenheit geprüft lag das Modell {listing(parts, 'de')} neben der später gezählten Zahl. Das "
        f"80-%-Vorhersageintervall traf in {held} von {len(model)} Fällen.",
        f"Tested against the past, the model was off {listing(parts, 'en')} from the figure counted later. The 80% "
        f"prediction interval held in {held} of {len(model)} cases.",
    )


def _errors(table: pd.DataFrame, ahead: int, language: Language) -> str:
    mean = (
        table.dropna(subset=["error_pct"]).groupby("rule")["error_pct"].apply(lambda values: float(values.abs().mean()))
    )
    if "model" not in mean:
        return ""
    model = percent(mean["model"] / 100, language, 1)
    rules = {
        "constant_rates": ("konstante Pflegequoten", "constant rates"),
        "last_growth": ("letztes Wachstum wiederholt", "last growth repeated"),
    }
    beside = listing(
        [
            f"{say(language, *words)} {percent(mean[rule] / 100, language, 1)}"
            for rule, words in rules.items()
            if rule in mean
        ],
        language,
    )
    beside = f" ({beside})" if beside else ""
    return say(
        language, f"nach {ahead} Jahren im Mittel {model}{beside}", f"on average by {model} after {ahead} years{beside}"
    )


def _of_year(table: pd.DataFrame, year: int) -> _Row:
    """Return the row of a year, the counted one where there are two; empty where there is none."""
    rows = _records(table[table["year"] == year])
    counted = [row for row in rows if row["status"] in ("observed", "derived")]
    return (counted or rows or [{}])[0]


def _records(table: pd.DataFrame) -> list[_Row]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]

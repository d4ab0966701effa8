"""Key finding 4: are there enough nursing-home places, where are they most likely missing, and what is on record?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.params import Params
from carelab.release.numbers import chance, listing, number, percent, places_range, places_words
from carelab.release.whole_city import is_one_area
from carelab.terms import Language, say

_Row = dict[str, Any]
_LEVEL = 0.1
"""Districts whose probabilities span less than this are said to be almost level."""


def enough_places(
    gap: pd.DataFrame, gap_city: pd.DataFrame, supply_city: pd.DataFrame, *, top: list[_Row], params: Params
) -> str:
    """Return the finding for the focus year; ``top`` are the districts of key finding 2."""
    language, year = params.language, params.focus_year
    city = _records(gap_city[gap_city["year"] == year])
    rows = gap[gap["year"] == year].dropna(subset=["median", "p_shortfall"])
    start = city_places(city[0], language) if city else ""
    if is_one_area(rows):
        return start + say(language, "Wo sie fehlen, ist nicht zu sagen.", "Where they are missing cannot be said.")
    return start + _short_districts(rows, params) + _on_record(rows, top, supply_city, language)


def city_places(row: _Row, language: Language, where: str = "") -> str:
    """Return how probable it is that the city (or the area named by ``where``) is short of places, and of how many."""
    where = where or say(language, "in der Stadt", "in the city")
    odds, range_ = chance(row["p_shortfall"], language), places_range(row, language)
    middle = places_words(row["median"], language)
    return say(
        language,
        f"{row['year']} fehlen {where} mit {odds} Wahrscheinlichkeit Heimplätze (Median: {middle}; "
        f"80-%-Vorhersageintervall: {range_}). ",
        f"In {row['year']} nursing-home places are short {where} with a probability of {odds} (median: {middle}; "
        f"80% prediction interval: {range_}). ",
    )


def _short_districts(rows: pd.DataFrame, params: Params) -> str:
    """Return up to three districts where more than the named number of places is most probably missing."""
    language, places = params.language, params.shortfall_places
    worst = (
        rows[rows["p_shortfall_places"] >= 0.01]
        .sort_values(["p_shortfall_places", "median"], ascending=False, kind="stable")
        .head(3)
    )
    if worst.empty:
        return say(
            language,
            f"In keinem Stadtteil ist ein Fehlbedarf von mehr als {places} Plätzen zu erwarten. ",
            f"In no district a shortfall of more than {places} places is to be expected. ",
        )
    named = [f"{row['name']} ({chance(row['p_shortfall_places'], language)})" for row in _records(worst)]
    more = _level(worst, language)
    return say(
        language,
        f"Mehr als {places} Plätze fehlen am ehesten in {listing(named, 'de')}{more}. ",
        f"More than {places} places are most likely missing in {listing(named, 'en')}{more}. ",
    )


def _level(worst: pd.DataFrame, language: Language) -> str:
    """Return that the named districts are almost level, and that none of them has a place on record, where true."""
    odds, words = worst["p_shortfall_places"], []
    if len(worst) > 1 and float(odds.max() - odds.min()) < _LEVEL:
        words.append(say(language, "fast gleichauf", "almost level"))
    if not worst["places_known"].fillna(0).any():
        words.append(say(language, "ohne bekannten Heimplatz", "without a place on record"))
    return f" – {', '.join(words)}" if words else ""


def _on_record(rows: pd.DataFrame, top: list[_Row], supply_city: pd.DataFrame, language: Language) -> str:
    """Return the places on record in the districts of key finding 2, and the city's share whose district is known."""
    latest = latest_places(supply_city)
    total = float(latest["value"]) if latest else float(rows["supply"].sum())
    if not total:
        return say(language, "Plätze sind keinem Stadtteil zugeordnet.", "No places are assigned to districts.")
    share = percent(min(1.0, float(rows["places_known"].sum()) / total), language)
    known = rows.set_index("district")["places_known"].dropna()
    keys = [row["district"] for row in top]
    if not keys or not set(keys) <= set(known.index):
        return say(
            language,
            f"Bekannt ist der Ort von {share} der Plätze; der Rest ist nach Annahme verteilt.",
            f"The district of {share} of the places is on record; the rest is spread by assumption.",
        )
    places, many = listing([number(known.loc[key], language) for key in keys], language), len(keys) > 1
    return say(
        language,
        f"{'In den Stadtteilen' if many else 'Im Stadtteil'} aus Aussage 2 sind {places} Plätze nachgewiesen, in der "
        f"ganzen Stadt {share} aller Plätze; der Rest ist nach Annahme verteilt.",
        f"In the {'districts' if many else 'district'} of finding 2 {places} places are on record, in the whole city "
        f"{share} of all places; the rest is spread by assumption.",
    )


def latest_places(supply_city: pd.DataFrame) -> _Row:
    """Return the latest row of nursing-home places (permanent ones where counted); empty where there is none."""
    for measure in ("places_permanent", "places_homes"):
        rows = supply_city[supply_city["measure"] == measure].dropna(subset=["value"])
        if len(rows):
            return _records(rows.sort_values("year", kind="stable"))[-1]
    return {}


def _records(table: pd.DataFrame) -> list[_Row]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]

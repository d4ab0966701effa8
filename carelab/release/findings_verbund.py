"""Findings of the comparison of cities: at which year, which city stands where, and what the intervals leave open."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Protocol

import pandas as pd

from carelab.params import Params
from carelab.release.exhibit import Findings
from carelab.release.numbers import listing, number, signed
from carelab.terms import Language, say

_Row = dict[str, Any]


class CitiesCompared(Protocol):
    """The tables of the comparison; a Verbund has them."""

    @property
    def year(self) -> int: ...
    @property
    def cities(self) -> pd.DataFrame: ...
    @property
    def need(self) -> pd.DataFrame: ...
    @property
    def growth(self) -> pd.DataFrame: ...
    @property
    def gap(self) -> pd.DataFrame: ...


def verbund_findings(results: CitiesCompared, *, params: Params) -> Findings:
    """Return at which common year cities are compared, how they stand, and which order the intervals leave open."""
    language, years = params.language, (results.year, params.focus_year)
    sentences = [_common_year(results, language)]
    sentences += [_per_1000(results.need, year, language) for year in years]
    sentences.append(_growing(results.growth, params.focus_year, language))
    sentences.append(_places(results, params.focus_year, language))
    return Findings([sentence for sentence in sentences if sentence], language, key=True)


def _common_year(results: CitiesCompared, language: Language) -> str:
    """Return the common year, and for which cities it is projected already."""
    late = results.cities[results.cities["base_year"] < results.year]
    names = listing([f"{row['name']} ({row['base_year']})" for row in late.to_dict("records")], language)
    if not names:
        return say(
            language,
            f"Verglichen wird zum Jahr {results.year}, dem Basisjahr aller Städte.",
            f"The comparison is at {results.year}, the base year of all cities.",
        )
    return say(
        language,
        f"Verglichen wird zum Jahr {results.year}; vorausberechnet ist es schon in {names}, wo früher gezählt wurde.",
        f"The comparison is at {results.year}; it is projected already in {names}, counted earlier.",
    )


def _per_1000(need: pd.DataFrame, year: int, language: Language) -> str:
    rows = _ordered(need, "per_1000", year)
    named = _with_intervals(rows, number, "", language)
    return say(
        language,
        f"{year} sind von 1.000 Einwohnern pflegebedürftig: {listing(named, 'de')} (80-%-Vorhersageintervall)."
        + _open(rows, "de"),
        f"In {year} people in need per 1,000 inhabitants: {listing(named, 'en')} (80% prediction interval)."
        + _open(rows, "en"),
    )


def _with_intervals(
    rows: list[_Row], write: Callable[[float, Language], str], unit: str, language: Language
) -> list[str]:
    """Return "Halle 57 (50 bis 66)" for each city: median and 80 % interval, written by ``write``."""
    to = say(language, "bis", "to")
    parts = [[write(row[name], language) for name in ("median", "lower_80", "upper_80")] for row in rows]
    return [f"{row['name']} {mid}{unit} ({low} {to} {high})" for row, (mid, low, high) in zip(rows, parts, strict=True)]


def _open(rows: list[_Row], language: Language) -> str:
    """Return which neighbours in the order cannot be told apart: their 80 % intervals overlap."""
    pairs = [f"{a['name']}/{b['name']}" for a, b in pairwise(rows) if a["lower_80"] <= b["upper_80"]]
    if not pairs:
        return ""
    return say(
        language,
        f" Offen ist die Reihenfolge von {listing(pairs, 'de')}: Die Intervalle überlappen sich.",
        f" The order of {listing(pairs, 'en')} is open: the intervals overlap.",
    )


def _growing(growth: pd.DataFrame, year: int, language: Language) -> str:
    rows = _ordered(growth, "growth_pct", year)
    named = _with_intervals(rows, signed, " %", language)
    return say(
        language,
        f"Bis {year} wächst der Bedarf: {listing(named, 'de')}." + _open(rows, "de"),
        f"Until {year} need grows: {listing(named, 'en')}." + _open(rows, "en"),
    )


def _places(results: CitiesCompared, year: int, language: Language) -> str:
    """Return missing places per 1,000 people of 80 and over, and for which cities they are not known."""
    rows = _ordered(results.gap, "gap_per_1000_old", year)
    unknown = results.cities.loc[~results.cities["places"].astype(bool), "name"].tolist()
    named = [f"{row['name']} {signed(row['median'], language)}" for row in rows]
    text = ""
    if rows:
        text = say(
            language,
            f"Je 1.000 Menschen ab 80 fehlen {year} Heimplätze (+) oder sind frei (−): {listing(named, 'de')}."
            + _open(rows, "de"),
            f"Per 1,000 people of 80 and over, places missing (+) or free (−) in {year}: {listing(named, 'en')}."
            + _open(rows, "en"),
        )
    if unknown:
        missing = listing(unknown, language)
        text += say(language, f" Nicht bekannt sind die Plätze von {missing}.", f" Places of {missing} are not known.")
    return text.strip()


def _ordered(table: pd.DataFrame, measure: str, year: int) -> list[_Row]:
    """Return a measure's rows of a year, largest median first."""
    rows = table[(table["measure"] == measure) & (table["year"] == year)]
    rows = rows.sort_values("median", ascending=False, kind="stable")
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]

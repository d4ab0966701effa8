"""Findings of one district's page: how many, why, how sure its rank is, places, practices, evidence."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.params import Params
from carelab.release.exhibit import Findings
from carelab.release.figures_profile import DistrictProfile
from carelab.release.numbers import about, about_signed, chance, change_percent, interval, listing, number
from carelab.release.numbers import places_words as in_words
from carelab.terms import Language, label, say


def profile_findings(profile: DistrictProfile, *, params: Params) -> Findings:
    """Return a district's sentences; where few people live, why only the total is shown."""
    language = params.language
    sentences = [
        _how_many(profile, language),
        _why(profile.why, language),
        _rank(profile, language),
        _places(profile, params),
        _practices(profile.physicians, language),
        _evidence(profile, language),
    ]
    return Findings([sentence for sentence in sentences if sentence], language, key=True)


def _how_many(profile: DistrictProfile, language: Language) -> str:
    first, last = profile.years
    total = {row["year"]: row for row in _records(profile.need[profile.need["setting"] == "total"])}
    start, end = float(total[first]["median"]), total[last]
    change = change_percent(start, float(end["median"]), language)
    return say(
        language,
        f"{profile.name}: {last} rund {about(end['median'], 'de')} Pflegebedürftige (80-%-Vorhersageintervall: "
        f"{interval(end, 'de')}), nach rund {about(start, 'de')} im Jahr {first} ({change}).",
        f"{profile.name}: about {about(end['median'], 'en')} people in need in {last} (80% prediction interval: "
        f"{interval(end, 'en')}), after about {about(start, 'en')} in {first} ({change}).",
    )


def _why(why: pd.DataFrame, language: Language) -> str:
    parts = why[why["factor"] != "total"]
    if parts.empty:
        return ""
    ordered = parts.reindex(parts["median"].abs().sort_values(ascending=False).index)
    named = [f"{label(row['factor'], language)} {about_signed(row['median'], language)}" for row in _records(ordered)]
    return say(
        language,
        f"Gründe der Änderung, in Personen (mittlere Werte): {listing(named, 'de')}.",
        f"Reasons of the change, in persons (medians): {listing(named, 'en')}.",
    )


def _rank(profile: DistrictProfile, language: Language) -> str:
    """Return the rank by growth with its range; nothing for a district that is not ranked."""
    mine = profile.neighbours[profile.neighbours["name"] == profile.name]
    if mine.empty:
        return ""
    row, count = mine.iloc[0], len(profile.ranking)
    return say(
        language,
        f"Nach der Zunahme steht {profile.name} auf Rang {row['rank']} von {count}; in acht von zehn Zukünften auf "
        f"einem der Ränge {row['rank_from']} bis {row['rank_to']}.",
        f"By growth {profile.name} has rank {row['rank']} of {count}; in eight of ten futures one of the ranks "
        f"{row['rank_from']} to {row['rank_to']}.",
    )


def _places(profile: DistrictProfile, params: Params) -> str:
    language, rows = params.language, profile.places[profile.places["year"] == params.focus_year]
    if rows.empty:
        return ""
    row = _records(rows)[0]
    known, odds, middle = number(row["places_known"], language), chance(row["p_shortfall"], language), row["median"]
    return say(
        language,
        f"Heimplätze mit bekanntem Ort: {known}. Dass {params.focus_year} Plätze fehlen, hat eine Wahrscheinlichkeit "
        f"von {odds} (Median: {in_words(middle, 'de')}).",
        f"Nursing-home places on record: {known}. The probability that places are missing in {params.focus_year} is "
        f"{odds} (median: {in_words(middle, 'en')}).",
    )


def _practices(physicians: pd.DataFrame, language: Language) -> str:
    if physicians.empty:
        return ""
    row = _records(physicians)[0]
    words = [
        f"{number(row[key], language)} {label(key, language)}"
        for key in ("physicians", "dentists", "pharmacies")
        if pd.notna(row[key])
    ]
    counted = listing(words, language)
    return say(language, f"Gezählt {row['year']}: {counted}.", f"Counted in {row['year']}: {counted}.") if words else ""


def _evidence(profile: DistrictProfile, language: Language) -> str:
    """Return the evidence grade, and what is withheld where few people live."""
    grade = label(str(profile.need["grade"].iloc[0]), language)
    few = "" if profile.ranked else say(
        language,
        " Hier leben weniger als 100 Menschen: Altersgruppen und Versorgungsarten werden nicht gezeigt.",
        " Fewer than 100 people live here: age groups and settings are not shown.",
    )  # fmt: skip
    return say(language, f"Belegstufe {grade}.{few}", f"Evidence grade {grade}.{few}")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]

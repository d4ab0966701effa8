"""Our population beside official projections: the table, and in words which side we are on and why."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.params import Params
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit, Findings
from carelab.release.numbers import about, about_signed, interval, percent
from carelab.terms import Language, say

_SIDES = {
    "official_below": (
        "Die amtliche Zahl liegt unter dem 80-%-Vorhersageintervall: carelab rechnet mit mehr Einwohnern.",
        "The official number lies below the 80% prediction interval: carelab expects more inhabitants.",
    ),
    "official_inside": (
        "Die amtliche Zahl liegt im 80-%-Vorhersageintervall.",
        "The official number lies within the 80% prediction interval.",
    ),
    "official_above": (
        "Die amtliche Zahl liegt über dem 80-%-Vorhersageintervall: carelab rechnet mit weniger Einwohnern.",
        "The official number lies above the 80% prediction interval: carelab expects fewer inhabitants.",
    ),
}
_CONTROLLED = (
    "An diese Vorausberechnung ist die Rechnung gebunden: Der mittlere Wert trifft sie; ohne diese Vorgabe wären es "
    "rund {free}.",
    "The calculation is held to this projection: its median meets it; without this target it would be about {free}.",
)


def official_findings(official: pd.DataFrame, past_migration: pd.DataFrame, *, params: Params) -> Findings:
    """Return what official projections say beside ours, which side we are on and what migration ours carries on.

    ``official`` and ``past_migration`` as the study gives them.
    """
    language = params.language
    sentences = [_beside(row, language) for row in official.to_dict("records")]
    if not sentences:
        none = "Für diese Stadt enthält carelab keine amtliche Vorausberechnung der Einwohnerzahl."
        sentences = [say(language, none, "carelab holds no official projection of this city's inhabitants.")]
    sentences.append(_migration(past_migration, params))
    if (official["position"] != "official_inside").any():
        sentences.append(_why(language))
    return Findings(sentences, language)


def official_table(official: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return one row per official projection beside ours: columns of ``study.official``."""
    outside = int((official["position"] != "official_inside").sum())
    alt = say(
        language,
        f"Amtliche Vorausberechnungen der Einwohnerzahl: {len(official)}, außerhalb des 80-%-Vorhersageintervalls von "
        f"carelab: {outside}.",
        f"Official projections of inhabitants: {len(official)}, outside carelab's 80% prediction interval: {outside}.",
    )
    return captioned("official_projections", official, figure=(alt, None), edition=(language, None))


def _beside(row: dict[Any, Any], language: Language) -> str:
    """Return one official projection beside ours: persons, change, and where it lies."""
    changes = [_change(row[name], row["base_year"], language) for name in ("change_official_pct", "change_own_pct")]
    side = say(language, *(_CONTROLLED if row["controlled"] else _SIDES[row["position"]]))
    side = side.format(free=about(row["median_free"], language))
    own, range_, year = about(row["median"], language), interval(row, language), row["year"]
    theirs = about(row["persons_official"], language)
    return say(
        language,
        f"{row['publisher']}, „{row['title']}“: {year} rund {theirs} Einwohner{changes[0]}; "
        f"carelab: rund {own} ({range_}){changes[1]}. {side}",
        f"{row['publisher']}, “{row['title']}”: about {theirs} inhabitants in {year}{changes[0]}; "
        f"carelab: about {own} ({range_}){changes[1]}. {side}",
    )


def _change(change_pct: float, base_year: int, language: Language) -> str:
    """Return ", −16,1 % gegen 2022"; empty where it is not known."""
    if pd.isna(change_pct):
        return ""
    size = ("+" if change_pct > 0 else "") + percent(change_pct / 100, language, 1)
    return say(language, f", {size} gegen {base_year}", f", {size} on {base_year}")


def _migration(past: pd.DataFrame, params: Params) -> str:
    """Say which migration the projection carries on, and in which year it was largest and smallest."""
    language = params.language
    mean = float(past["persons"].mean()) * params.migration
    ordered = past.sort_values("persons").to_dict("records")
    first, last = int(past["year"].min()), int(past["year"].max())
    ends = [f"{about_signed(row['persons'], language)} ({row['year']:.0f})" for row in (ordered[0], ordered[-1])]
    each = about_signed(mean, language)
    return say(
        language,
        f"carelab schreibt die Wanderung der Jahre {first} bis {last} fort, im Mittel {each} Personen im Jahr; "
        f"sie reichte von {ends[0]} bis {ends[1]}.",
        f"carelab carries on the migration of {first} to {last}, {each} persons a year on average; it ranged from "
        f"{ends[0]} to {ends[1]}.",
    )


def _why(language: Language) -> str:
    """Say what our interval does not hold, and what that means for need of care."""
    return say(
        language,
        "Das Intervall von carelab enthält, wie verschieden diese Jahre waren, nicht eine auf Dauer andere Wanderung: "
        "Wer mit der amtlichen Zahl plant, setzt den Parameter migration. Für den Pflegebedarf wiegt der Unterschied "
        "weniger, denn gewandert wird vor allem vor dem 65. Lebensjahr; wie viel, zeigt die Empfindlichkeitsprüfung "
        "im Stadtbericht.",
        "carelab's interval holds how different these years were, not a lastingly different migration: who plans with "
        "the official number sets the parameter migration. For need of care the difference weighs less, as people "
        "move mostly before 65; how much, the sensitivity test of the city report shows.",
    )

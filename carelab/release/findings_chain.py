"""Findings of the chain of care and of measures: sentences a council member reads."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

import pandas as pd

from carelab.params import Params
from carelab.release.exhibit import Findings
from carelab.release.numbers import about, day, interval, listing, number
from carelab.terms import Language, label, say

SHOWN = 3
"""Places and links named in a sentence."""


class ChainResults(Protocol):
    """What the findings need of a study."""

    @property
    def chain_matrix(self) -> pd.DataFrame: ...
    @property
    def chain_overview(self) -> pd.DataFrame: ...
    @property
    def chain_districts(self) -> pd.DataFrame: ...
    @property
    def one_more_site(self) -> pd.DataFrame: ...
    @property
    def actor_positions(self) -> pd.DataFrame: ...


def chain_findings(results: ChainResults, *, params: Params) -> Findings:
    """Return what is known to be lacking where, what one more site would do, who holds networks, what to ask."""
    language = params.language
    sentences = [
        _lacking(results.chain_overview, language),
        _most(results.chain_districts, language),
        _site(results.one_more_site, results.chain_districts, params),
        _network(results.actor_positions, language),
        _unknown(results.chain_overview, results.chain_matrix, language),
    ]
    return Findings([sentence for sentence in sentences if sentence], language)


def _lacking(overview: pd.DataFrame, language: Language) -> str:
    """Return the links not found in most districts."""
    rows = overview[overview["districts_not_found"] > 0].sort_values("people_not_found", ascending=False, kind="stable")
    if rows.empty:
        return say(
            language,
            "Von keinem Glied der Versorgungskette ist bekannt, dass es in einem Stadtteil fehlt.",
            "No link of the chain of care is known to be lacking in any district.",
        )
    named = [_link(row, language) for _, row in rows.head(SHOWN).iterrows()]
    return say(
        language,
        f"Nachweislich nicht gefunden, für die meisten Menschen ab 75: {listing(named, 'de')}.",
        f"Shown to be not found, for most people aged 75+: {listing(named, 'en')}.",
    )


def _link(row: pd.Series, language: Language) -> str:
    people = about(row["people_not_found"], language)
    name, count = label(row["link"], language), int(row["districts_not_found"])
    return say(
        language,
        f"{name} (in {count} Stadtteil{'en' if count > 1 else ''}, {people} Menschen)",
        f"{name} (in {count} district{'s' if count > 1 else ''}, {people} people)",
    )


def _most(districts: pd.DataFrame, language: Language) -> str:
    """Return the districts with most links known to be lacking; too small ones are left out."""
    rows = districts[(districts["not_found"] > 0) & districts["people_75plus"].notna()]
    rows = rows.sort_values(["not_found", "people_75plus"], ascending=False, kind="stable").head(SHOWN)
    named = [
        f"{row['name']} ({row['not_found']}"
        + (
            say(language, "; am weitesten weg: ", "; farthest: ") + label(row["weakest"], language)
            if row["weakest"]
            else ""
        )
        + ")"
        for _, row in rows.iterrows()
    ]
    if not named:
        return ""
    return say(
        language,
        f"Die meisten fehlenden Glieder haben {listing(named, 'de')}.",
        f"Most links are lacking in {listing(named, 'en')}.",
    )


def _site(one_more: pd.DataFrame, districts: pd.DataFrame, params: Params) -> str:
    """Return the site that would complete the chain for most people, else the one that reaches most."""
    if one_more.empty:
        return ""
    language = params.language
    best = one_more.sort_values(["completes_median", "gain_median"], ascending=False, kind="stable").iloc[0]
    name, place = label(best["link"], language), best["name"] or say(language, "der ganzen Stadt", "the whole city")
    people = about(best["gain_median"], language)
    span = interval({"lower_80": best["gain_lower_80"], "upper_80": best["gain_upper_80"]}, language)
    unknown = int(districts.loc[districts["district"] == best["district"], "unknown"].sum())
    first = say(
        language,
        f"Ein weiterer Standort „{name}“ in {place} würde {params.focus_year} {people} Menschen ab 75 dieses Glied "
        f"bringen (80-%-Vorhersageintervall: {span}). ",
        f'One more site "{name}" in {place} would give {people} people aged 75+ this link in {params.focus_year} (80% '
        f"prediction interval: {span}). ",
    )
    return first + _whole(float(best["completes_median"]), unknown, language)


def _whole(people: float, unknown: int, language: Language) -> str:
    """Return for how many the chain would be whole, and how many links of that district nobody knows of."""
    if people < 1:
        return say(language, "Ganz wäre die Kette damit noch nicht.", "The chain would not be whole by that.")
    if unknown:
        return say(
            language,
            f"Dann fehlte dort kein bekanntes Glied mehr; {unknown} weitere Glieder sind dort unbekannt.",
            f"Then no known link would be lacking there; {unknown} more links are unknown there.",
        )
    size = about(people, language)
    return say(
        language,
        f"Für {size} von ihnen wäre die Kette dann ganz.",
        f"For {size} of them the chain would then be whole.",
    )


def _network(positions: pd.DataFrame, language: Language) -> str:
    """Return who holds networks together."""
    if positions.empty:
        return say(
            language,
            "Wer im Quartier mit wem zusammenarbeitet, hat die Stadt nicht mitgeteilt.",
            "Who works with whom in the quarters the city has not told.",
        )
    centres = positions[positions["holds_together"]].sort_values("betweenness", ascending=False, kind="stable")
    named = [
        f"{row['actor_name']} ({row['name']})" for _, row in centres.drop_duplicates("district").head(SHOWN).iterrows()
    ]
    if not named:
        return ""
    return say(
        language,
        f"Die Netze hängen an einzelnen Institutionen: {listing(named, 'de')}; fiele eine weg, wären andere getrennt.",
        f"Networks hang on single institutions: {listing(named, 'en')}; without one of them others would be cut off.",
    )


def _unknown(overview: pd.DataFrame, matrix: pd.DataFrame, language: Language) -> str:
    """Return how much is unknown, and of which links."""
    share = (matrix["state"] == "unknown").sum()
    if not share:
        return say(language, "Zu keinem Feld fehlt eine Angabe.", "No cell lacks a statement.")
    rows = overview[overview["districts_unknown"] > 0].sort_values("people_unknown", ascending=False, kind="stable")
    named = [label(link, language) for link in rows["link"]]
    head = named[:SHOWN] + ([say(language, "weiteren", "others")] if len(named) > SHOWN else [])
    cells = f"{number(int(share), language)} {say(language, 'von', 'of')} {number(len(matrix), language)}"
    return say(
        language,
        f"Unbekannt sind {cells} Feldern, vor allem bei {listing(head, 'de')}: Dort hat die Stadt keine vollständige "
        "Liste gegeben. Unbekannt heißt nicht, dass etwas fehlt.",
        f"Unknown are {cells} cells, above all of {listing(head, 'en')}: there the city has given no complete list. "
        "Unknown does not mean lacking.",
    )


def measures_findings(state: pd.DataFrame, indicators_since: pd.DataFrame, *, at: dt.date, params: Params) -> Findings:
    """Return where milestones stand on a day, the late ones by name, what is not known, and what figures did."""
    language = params.language
    if state.empty:
        none = say(
            language,
            "Für diese Stadt sind keine Maßnahmen und Meilensteine hinterlegt (measures.csv, milestones.csv).",
            "For this city no measures and milestones are on file (measures.csv, milestones.csv).",
        )
        return Findings([none], language)
    counts = state["state"].value_counts()
    keys = ("reached", "running", "ahead", "late", "unknown", "dropped")
    said = [f"{label(key, language)} {counts[key]}" for key in keys if key in counts]
    first = say(
        language,
        f"So stehen die {len(state)} Meilensteine am {day(at.isoformat(), 'de')}: {listing(said, 'de')}.",
        f"How the {len(state)} milestones stand on {day(at.isoformat(), 'en')}: {listing(said, 'en')}.",
    )
    late = [_late(row, language) for _, row in state[state["state"] == "late"].iterrows()]
    return Findings([first, *late, *_not_told(state, language), *_since(indicators_since, language)], language)


def _late(row: pd.Series, language: Language) -> str:
    """Return one late milestone in a sentence."""
    who = row["responsible"] or say(language, "nicht genannt", "not named")
    if row["times_due"] == row["times_due"]:
        done, due = number(row["done_times"], language), number(row["times_due"], language)
        return say(
            language,
            f"Überfällig: {row['measure_name']}, „{row['goal']}“: {done} von {due} fälligen (verantwortlich: {who}).",
            f'Overdue: {row["measure_name"]}, "{row["goal"]}": {done} of {due} due (responsible: {who}).',
        )
    due, late = day(row["due"], language), number(row["days_late"], language)
    return say(
        language,
        f"Überfällig: {row['measure_name']}, „{row['goal']}“, fällig bis {due}, seit {late} Tagen (verantwortlich: "
        f"{who}).",
        f'Overdue: {row["measure_name"]}, "{row["goal"]}", due by {due}, for {late} days (responsible: {who}).',
    )


def _not_told(state: pd.DataFrame, language: Language) -> list[str]:
    """Return the milestones of which nobody has told."""
    goals = [
        f"„{goal}“" if language == "de" else f'"{goal}"' for goal in state.loc[state["state"] == "unknown", "goal"]
    ]
    if not goals:
        return []
    return [say(language, f"Nicht gemeldet: {listing(goals, 'de')}.", f"Not told: {listing(goals, 'en')}.")]


def _since(table: pd.DataFrame, language: Language) -> list[str]:
    """Return what counted figures did since measures began, with the caution that this is no effect."""
    rows = table.dropna(subset=["change"])
    if rows.empty:
        return (
            [say(language, "Keine verknüpfte Kennzahl ist seither neu gezählt.", "No linked figure was counted since.")]
            if len(table)
            else []
        )
    said = [
        f"{label(row['indicator'], language)} {number(row['first_value'], language)} ({row['first_year']:.0f}) → "
        f"{number(row['last_value'], language)} ({row['last_year']:.0f})"
        for _, row in rows.iterrows()
    ]
    return [
        say(
            language,
            f"Seit Beginn der Maßnahmen: {listing(said, 'de')}. Das ist keine Wirkung, nur die Entwicklung.",
            f"Since the measures began: {listing(said, 'en')}. This is no effect, only what happened.",
        )
    ]

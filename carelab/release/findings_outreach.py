"""Findings about the Mobil: one page of sentences, what they hinge on, and what they do not say."""

from __future__ import annotations

import math

import pandas as pd

from carelab.release.captions_outreach import NO_WAYS
from carelab.release.exhibit import Findings
from carelab.release.numbers import about, interval, listing, number, percent
from carelab.terms import Language, say

CLEAR = 0.8
"""A design is said to be better when it settles most requests in at least this share of the draws."""
LITTLE = 0.25
"""Districts in which less than this share of requests is met are named as unserved."""
MOST = 8


def outreach_findings(
    services: pd.DataFrame, designs: pd.DataFrame, reach: pd.DataFrame, extra: pd.DataFrame, tornado: pd.DataFrame,
    *, choice: tuple[str, float], year: int, language: Language,
) -> Findings:  # fmt: skip
    """Return the recommendation: ``choice`` is the best design (of those that leave nobody out) and its certainty."""
    best, certainty = choice
    rows = designs[designs["design"] == best].set_index("measure")
    return Findings(
        [
            _asked(services, year, language),
            _choice(rows, certainty, language),
            _waiting(rows, language),
            _cost(rows, extra, language),
            _unserved(reach[reach["design"] == best], language),
            _hinges(tornado, language),
        ],
        language,
    )


def _asked(services: pd.DataFrame, year: int, language: Language) -> str:
    city = services[services["district"] == services["district"].iloc[-1]]
    asked, due = (city[city["kind"] == kind]["median"].sum() for kind in ("asked_for", "due"))
    return say(
        language,
        f"{year} fallen etwa {about(due, 'de')} Leistungen an; davon kämen nach den Annahmen etwa {about(asked, 'de')} "
        "zum Mobil. Wie viele es wirklich werden, hat niemand gezählt.",
        f"In {year} about {about(due, 'en')} services fall due; by the assumptions about {about(asked, 'en')} of them "
        "would come to the Mobil. How many it will really be nobody has counted.",
    )


def _choice(rows: pd.DataFrame, certainty: float, language: Language) -> str:
    name, cases = rows["design_name"].iloc[0], rows.loc["cases"]
    lead = say(
        language,
        f"Von den Arbeitsweisen, die niemanden auslassen, erledigt „{name}“ am häufigsten die meisten Anliegen: "
        f"{about(_value(rows, 'cases'), 'de')} im Jahr (80-%-Vorhersageintervall: {interval(cases, 'de')}). ",
        f'Of the designs that leave nobody out "{name}" most often settles most requests: '
        f"{about(_value(rows, 'cases'), 'en')} a year (80% prediction interval: {interval(cases, 'en')}). ",
    )
    share = percent(certainty, language)
    if certainty >= CLEAR:
        return lead + say(language, f"Das gilt in {share} der Rechnungen.", f"That holds in {share} of simulations.")
    return lead + say(
        language,
        f"Entschieden ist das nicht: Es gilt in nur {share} der Rechnungen.",
        f"That is not decided: it holds in only {share} of simulations.",
    )


def _value(rows: pd.DataFrame, measure: str) -> float:
    return float(rows["median"].astype(float)[measure])


def _waiting(rows: pd.DataFrame, language: Language) -> str:
    served, unused, road = (_value(rows, name) for name in ("served_share", "unused_share", "road_share"))
    wait = _value(rows, "wait_p90")
    days = number(wait, language)
    words = (
        say(language, f"neun von zehn Anfragen sind binnen {days} Tagen erfüllt",
            f"nine of ten requests are met within {days} days")
        if math.isfinite(wait)
        else say(language, "mehr als eine von zehn Anfragen bleibt im ersten Jahr offen",
                 "more than one request in ten stays open in the first year")
    )  # fmt: skip
    met = say(
        language,
        f"Erfüllt werden {percent(served, 'de')} der angefragten Kontakte; {words}. ",
        f"{percent(served, 'en')} of the contacts asked for are made; {words}. ",
    )
    if not math.isfinite(road):
        return met + say(language, *NO_WAYS)
    return met + say(
        language,
        f"Auf der Straße vergehen {percent(road, 'de')} der Arbeitszeit, ohne Auftrag bleiben {percent(unused, 'de')}.",
        f"{percent(road, 'en')} of working time is spent on the road, {percent(unused, 'en')} stays without work.",
    )


def _cost(rows: pd.DataFrame, extra: pd.DataFrame, language: Language) -> str:
    row = rows.loc["cost_per_contact"]
    cost, wide = about(_value(rows, "cost_per_contact"), language), interval(row, language)
    more = extra[extra["measure"] == "contacts_more"].set_index("extra")["median"]
    day, vehicle = (about(max(float(more.get(name, 0.0)), 0.0), language) for name in ("more_day", "vehicle"))
    return say(
        language,
        f"Ein Kontakt kostet etwa {cost} Euro (80-%-Vorhersageintervall: {wide}). "
        f"Ein Einsatztag je Woche mehr brächte im Median {day}, ein Fahrzeug mit Team mehr {vehicle} Kontakte im Jahr.",
        f"A contact costs about {cost} euros (80% prediction interval: {wide}). "
        f"One more day a week would bring {day}, one more vehicle with its team {vehicle} contacts a year (median).",
    )


def _unserved(reach: pd.DataFrame, language: Language) -> str:
    if len(reach) < 2:
        return say(
            language,
            "Die Stadt ist als eine Einheit gerechnet; welche Stadtteile unversorgt bleiben, ist nicht zu sagen.",
            "The city is computed as one unit; which districts stay unserved cannot be said.",
        )
    low = reach[reach["reached"] < LITTLE].sort_values("reached", kind="stable")
    if low.empty:
        return say(language, "Kein Stadtteil bleibt fast ganz unversorgt.", "No district stays almost unserved.")
    rest = len(low) - MOST
    names = listing([str(name) for name in low["name"].head(MOST)], language)
    more = say(language, f" und {rest} weitere", f" and {rest} more") if rest > 0 else ""
    return say(
        language,
        f"Weniger als ein Viertel der Anfragen wird erfüllt in: {names}{more}.",
        f"Less than a quarter of requests is met in: {names}{more}.",
    )


def _hinges(tornado: pd.DataFrame, language: Language) -> str:
    named = listing(
        [f"„{name}“" if language == "de" else f'"{name}"' for name in tornado["rate_name"].head(3)], language
    )
    return say(
        language,
        f"Die Kosten je Kontakt hängen am meisten an: {named}. Wie viel offen bleibt, hängt an der ungezählten "
        "Inanspruchnahme. Ob Besuche etwas bewirken, sagt diese Rechnung nicht.",
        f"The cost of a contact hinges most on: {named}. How much stays open hinges on take-up, which nobody has "
        "counted. Whether visits have an effect is not said here.",
    )

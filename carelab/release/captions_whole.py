"""Captions of a city that is computed as one unit: the same exhibits, without a word about districts or ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

_ONE: Final = (
    "Je Stadtteil liegen keine Zahlen vor: Die Stadt ist als ein Gebiet gerechnet (Belegstufe E).",
    "There are no figures by district: the city is computed as one area (evidence grade E).",
)
WHOLE_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "growth_district": (
        "growth_district",
        (
            "Wie stark nimmt der Pflegebedarf der Stadt insgesamt bis {year} zu?",
            "How much does need of care grow in the city as a whole until {year}?",
        ),
        (
            "Der Punkt ist der mittlere Wert (Median); die Striche zeigen von dick nach dünn das 50-, 80- und "
            "95-%-Vorhersageintervall der Zunahme {span}.",
            "The dot is the median; from thick to thin the lines are the 50, 80 and 95% prediction intervals of "
            "growth {span}.",
        ),
        _ONE,
    ),
    "gap": (
        "gap_{year}",
        (
            "Fehlen {year} Plätze in Pflegeheimen der Stadt insgesamt?",
            "Are nursing-home places short in the city as a whole in {year}?",
        ),
        (
            "Der Punkt ist der mittlere Wert (Median); die Striche zeigen von dick nach dünn das 50-, 80- und "
            "95-%-Vorhersageintervall. Rechts der Null fehlen Plätze, links bleiben welche. Rot heißt: mit mindestens "
            "80 % Wahrscheinlichkeit fehlen mehr als {places} Plätze.",
            "The dot is the median; from thick to thin the lines are the 50, 80 and 95% prediction intervals. Right "
            "of zero places are missing, left of it they are left over. Red means: more than {places} places are "
            "missing with a probability of at least 80%.",
        ),
        _ONE,
    ),
    "rank": (
        "rank_{year}",
        (
            "Welche Rangfolge ergibt sich?",
            "Which order results?",
        ),
        (
            "Ein Gebiet hat keinen Rang: Hier gibt es {year} nichts zu ordnen.",
            "One area has no rank: there is nothing to order in {year}.",
        ),
        _ONE,
    ),
    "base_fit": (
        "base_fit",
        (
            "Wie genau ist der Altersaufbau der Stadt insgesamt?",
            "How exact are the ages of the city as a whole?",
        ),
        (
            "Der Altersaufbau ist der gezählte der Stadt; nach Stadtteilen wird nichts geschätzt.",
            "The ages are those counted for the city; nothing is estimated by district.",
        ),
        _ONE,
    ),
    "population_district": (
        "population_district",
        (
            "Wie viele Menschen welchen Alters leben in der Stadt insgesamt?",
            "How many people of which age live in the city as a whole?",
        ),
        (
            "Eine Zeile je Altersgruppe und Jahr; der Median ist der mittlere Wert aller Zukünfte.",
            "One row per age group and year; the median is the middle of all futures.",
        ),
        _ONE,
    ),
    "demand_district": (
        "demand_district",
        (
            "Wie viele Menschen brauchen in der Stadt insgesamt welche Pflege?",
            "How many people need which care in the city as a whole?",
        ),
        (
            "Zuerst {year} insgesamt, danach die Versorgungsarten, die zusammen „insgesamt“ ergeben, und die übrigen "
            "Jahre.",
            "First the total of {year}, then the settings, which add up to the total, and the other years.",
        ),
        _ONE,
    ),
    "physicians": (
        "physicians",
        (
            "Wie viele Praxen und Apotheken gibt es in der Stadt insgesamt?",
            "How many practices and pharmacies are there in the city as a whole?",
        ),
        ("Gezählt, das neueste Jahr zuerst.", "Counted, the latest year first."),
        _ONE,
    ),
}

"""Captions of the exhibits of outreach: question, reading help and limits; both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from carelab.release.numbers import FILE
from carelab.terms import QUANTILE_COLUMNS

Pair = tuple[str, str]
_COUNT: Final = dict.fromkeys(QUANTILE_COLUMNS, "count")
_MEASURES: Final = dict.fromkeys(QUANTILE_COLUMNS, "general")
OUTREACH_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "outreach_groups": _COUNT,
    "outreach_services": _COUNT,
    "outreach_cases": _COUNT | {"best": "percent"},
    "outreach_designs": _MEASURES | {"best": "percent"},
    "outreach_extra": _MEASURES,
    "outreach_reach": {
        **dict.fromkeys((*QUANTILE_COLUMNS, "made_share"), "percent"),
        **dict.fromkeys(("asked", "made"), "count"),
        **dict.fromkeys(("lower_95", "upper_95"), FILE),
    },
    "outreach_tornado": dict.fromkeys(("at_low", "at_high", "swing"), "count"),
    "outreach_month": dict.fromkeys(("visits", "service_minutes", "road"), "count"),
    "outreach_rates": {**dict.fromkeys(("value", "low", "high"), "general"), "url": FILE},
}
NO_WAYS: Final = (
    "Fahrzeiten sind nicht enthalten, denn Lage und Fläche der Stadtteile sind nicht bekannt: Mit ihnen würde weniger "
    "erledigt, und ein Kontakt kostete mehr.",
    "Driving is not included, for places and areas of districts are not known: with it less would be settled, and a "
    "contact would cost more.",
)
"""Said where nothing is known of ways."""
OUTREACH_CAPTIONS: Final[Mapping[str, tuple[Pair, Pair, Pair]]] = {
    "outreach_groups": (
        ("Wer könnte bedient werden?", "Who could be served?"),
        (
            "Zuerst die Stadt, dann die Stadtteile: Median und Vorhersageintervalle im ersten vollen Jahr.",
            "The city first, then the districts: median and prediction intervals in the first full year.",
        ),
        (
            "Die Gruppen überschneiden sich und dürfen nicht addiert werden; Pflegegrade sind nur für die Stadt "
            "bekannt.",
            "The groups overlap and must not be added up; Pflegegrade are known for the city only.",
        ),
    ),
    "outreach_services": (
        ("Was fällt im Jahr an, und was davon wird angefragt?", "What falls due in a year, and what is asked for?"),
        (
            "„fällig“ zählt alle Leistungen, wer immer sie erbringt; „angefragt“ den angenommenen Teil für das Mobil.",
            '"due" counts all services, whoever provides them; "asked" the part assumed to come to the Mobil.',
        ),
        (
            "Der angefragte Teil ist eine Annahme ohne Zählung; erst das Logbuch wird ihn zeigen.",
            "The part asked for is an assumption without a count; only the logbook will show it.",
        ),
    ),
    "outreach_cases": (
        ("Wie viele Anliegen erledigt welche Arbeitsweise?", "How many requests does which design settle?"),
        (
            "Punkt: Median; Striche von dick nach dünn: 50-, 80- und 95-%-Vorhersageintervall.",
            "Dot: median; lines from thick to thin: 50, 80 and 95% prediction interval.",
        ),
        (
            "Anliegen sind verschieden lang: Eine Ummeldung zählt hier so viel wie eine Beratung.",
            "Requests differ in length: a registration counts as much as a counselling here.",
        ),
    ),
    "outreach_designs": (
        ("Was leistet welche Arbeitsweise?", "What does each design achieve?"),
        (
            "Je Arbeitsweise und Maß der Median mit Intervallen. Ein Strich bei der Wartezeit heißt: nicht im "
            "ersten Jahr.",
            "Per design and measure the median with intervals. A dash for waiting means: not within the first year.",
        ),
        (
            "Serientage und Halte allein lassen Gruppen aus; die Wartezeit zählt auch deren Anfragen.",
            "Series days and stops alone leave groups out; waiting counts their requests, too.",
        ),
    ),
    "outreach_reach": (
        ("Welche Stadtteile bleiben unversorgt?", "Which districts stay unserved?"),
        (
            "„davon gemacht“ ist der Anteil der Anfragen; die Spalten mit Intervall teilen durch alles, was "
            "fällig ist.",
            '"share made" is of the requests; the columns with intervals divide by all that falls due.',
        ),
        (
            "Beratung im Krankenhaus ist nicht enthalten; Anfragen sind je Stadtteil gleich wahrscheinlich angenommen.",
            "Counselling in hospitals is not included; take-up is assumed to be the same in every district.",
        ),
    ),
    "outreach_extra": (
        ("Was bringt ein Tag oder ein Fahrzeug mehr?", "What does one more day or vehicle buy?"),
        (
            "Zusätzliche Kontakte im Jahr und was jeder davon kostet, auf denselben Zukünften.",
            "Further contacts in the year and what each of them costs, on the same futures.",
        ),
        (
            "Ein Strich heißt: Es kommt kein Kontakt hinzu, weil schon alle Anfragen erfüllt sind.",
            "A dash means: no contact is added because all requests are served already.",
        ),
    ),
    "outreach_tornado": (
        ("Welche Annahme sollte zuerst gemessen werden?", "Which assumption should be measured first?"),
        (
            "Je Annahme die Euro je Kontakt, wenn sie an ihrem unteren (grau) oder oberen Zehntel (blau) liegt.",
            "Per assumption the euros per contact with it at its lower (grey) or upper tenth (blue).",
        ),
        (
            "Eine Annahme nach der anderen; Wechselwirkungen zeigt das Bild nicht.",
            "One assumption at a time; interactions are not shown.",
        ),
    ),
    "outreach_month": (
        ("Wie sähe ein Monat für ein Fahrzeug aus?", "What would a month of one vehicle look like?"),
        (
            "Eine Zeile je Arbeitstag: Besuche, Minuten bei Menschen und auf der Straße.",
            "One row per working day: visits, minutes with people and on the road.",
        ),
        (
            "Ausgeloste Anfragen um den Median; Fahrzeiten aus Luftlinie, Umweg und Geschwindigkeit, nicht aus "
            "dem Netz.",
            "Requests drawn around the median; driving times from straight line, detour and speed, not from the "
            "network.",
        ),
    ),
    "outreach_rates": (
        ("Worauf beruht das?", "What does it rest on?"),
        (
            "Jede Annahme mit Wert, Bereich, Quelle, Güte (A bis D) und Wirkung.",
            "Each assumption with value, range, source, quality (A to D) and impact.",
        ),
        (
            "„Annahme“ als Quelle heißt: Niemand hat es gezählt. Adressen der Quellen stehen in der CSV-Datei.",
            '"assumption" as source means: nobody has counted it. Addresses of sources are in the CSV file.',
        ),
    ),
}

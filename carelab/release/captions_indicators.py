"""Captions of the exhibits of indicators and early warning: name, question, reading help, limits; both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from carelab.release.numbers import FILE
from carelab.terms import QUANTILE_COLUMNS

Pair = tuple[str, str]

INDICATOR_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "indicators": {
        **dict.fromkeys(QUANTILE_COLUMNS, "general"),
        **dict.fromkeys(("lower_95", "upper_95", "numerator", "denominator", "source"), FILE),
    },
    "indicator_overview": {
        **dict.fromkeys(("counted", "median", "lower_80", "upper_80"), "general"),
        **dict.fromkeys(("status", "reason", "caution"), FILE),
    },
    "indicator_catalogue": dict.fromkeys(
        ("source", "level_of", "reference_date", "grade_rule", "direction", "by_sex", "factor", "factor_source"), FILE
    ),
    "indicator_intervals": {
        **dict.fromkeys(QUANTILE_COLUMNS, "general"),
        **dict.fromkeys(("numerator", "denominator", "status"), FILE),
    },
    "funnel": {
        **dict.fromkeys(("value", "centre", "lower_80", "upper_80", "lower_95", "upper_95"), "percent"),
        "indicator": FILE,
        "size": "count",
        "dispersion": "decimal",
    },
    "mean_age_estimated": dict.fromkeys(("estimated", "lower_80", "upper_80"), "decimal"),
    "early_warning": {"probability": "percent", "relief": "count", "p_constant": "percent"},
    "early_warning_rules": {"limit": "general", "probability": "percent", "watch": "percent"},
}

INDICATOR_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "indicators": (
        "indicators",
        ("Alle Kennzahlen: je Stadtteil, Jahr und Geschlecht", "All indicators: by district, year and sex"),
        (
            "Eine Zeile je Kennzahl, Ort, Jahr und Geschlecht. Gezähltes hat keinen Bereich: alle Spalten sind dann "
            "gleich. Anteile stehen als 0 bis 1.",
            "One row per indicator, place, year and sex. What is counted has no range: all columns are then equal. "
            "Shares are 0 to 1.",
        ),
        (
            "Wo nichts steht, ist nichts bekannt; der Grund steht daneben. Was je Kennzahl zu beachten ist, sagt der "
            "Katalog. Zähler, Nenner, Quelle und alle Intervalle stehen in der CSV-Datei.",
            "Where nothing stands nothing is known; the reason stands beside it. The catalogue says what to mind. "
            "Numerator, denominator, source and all intervals are in the CSV file.",
        ),
    ),
    "indicator_overview": (
        "indicator_overview",
        ("Wie steht die Stadt da, und wohin geht es?", "Where does the city stand, and where is it going?"),
        (
            "Je Kennzahl der letzte gezählte Wert und der vorausberechnete mit 80-%-Vorhersageintervall, gerundet; "
            "volle Genauigkeit in der Tabelle aller Kennzahlen.",
            "Per indicator the last counted value and the projected one with its 80% prediction interval, rounded; "
            "full precision in the table of all indicators.",
        ),
        (
            "Kennzahlen ohne Daten stehen mit dem, was gebraucht würde, in der letzten Spalte: Eine Lücke ist keine "
            "Null.",
            "Indicators without data say in the last column what would be needed: a gap is no zero.",
        ),
    ),
    "indicator_catalogue": (
        "indicator_catalogue",
        ("Was genau wird gemessen?", "What exactly is measured?"),
        (
            "Eine Zeile je Kennzahl: Erklärung, Zähler, Nenner, Einheit, und was zu beachten ist. Tabelle, Stichtag, "
            "Ebene und Annahmen stehen in der CSV-Datei.",
            "One row per indicator: definition, numerator, denominator, unit, and a caution. Table, reference date, "
            "level and assumptions are in the CSV file.",
        ),
        (
            "Dieselben Erklärungen gelten für jede Stadt; ob eine Stadt die Zahl hat, sagt die Tabelle der Kennzahlen.",
            "The same definitions hold for every city; whether a city has the figure is in the table of indicators.",
        ),
    ),
    "indicator_intervals": (
        "compare_{indicator}",
        ("Wo liegen die Stadtteile: {name}?", "Where do the districts lie: {name}?"),
        (
            "Punkt: mittlerer Wert ({year}); Balken: 50, 80 und 95 % Vorhersageintervall; senkrechte Linie: die Stadt. "
            "Überlappen sich zwei Balken weit, ist ihre Reihenfolge offen; was am Rand endet, reicht weiter (Tabelle).",
            "Dot: median ({year}); bars: 50, 80 and 95% prediction intervals; vertical line: the city. Where two bars "
            "overlap widely, their order is open; what ends at the edge goes on (table).",
        ),
        ("{caution}", "{caution}"),
    ),
    "funnel": (
        "funnel_{indicator}",
        ("Unterschied oder Zufall: {name}?", "Difference or chance: {name}?"),
        (
            "Jeder Punkt ein Stadtteil, nach Größe. Im Trichter liegen Werte, die auch der Zufall um den Wert der "
            "Stadt streut (80- und 95-%-Grenzen); je kleiner der Stadtteil, desto weiter. Kein Rang: Wer im "
            "Trichter liegt, unterscheidet sich nicht erkennbar von der Stadt.",
            "Each dot is a district, by size. Within the funnel lie values that chance, too, scatters around the "
            "city's value (80 and 95% limits); the smaller the district, the wider. No ranking: a district within the "
            "funnel does not visibly differ from the city.",
        ),
        (
            "{spread} {caution}",
            "{spread} {caution}",
        ),
    ),
    "mean_age_estimated": (
        "mean_age_estimated",
        ("Wie gut lässt sich das Durchschnittsalter schätzen?", "How well can the mean age be estimated?"),
        (
            "Punkt mit Balken: aus Altersgruppen geschätzt, mit 50-, 80- und 95-%-Bereich des Fehlers; Strich: "
            "veröffentlicht.",
            "Dot with bars: estimated from age groups, with the 50, 80 and 95% range of the error; tick: published.",
        ),
        (
            "Der Bereich ist der Fehler, den dieselbe Schätzung in den Stadtteilen mit veröffentlichtem Alter macht.",
            "The range is the error that the same estimate makes in districts whose mean age is published.",
        ),
    ),
    "early_warning": (
        "early_warning",
        ("Wovor ist früh zu warnen?", "What is there to warn of early?"),
        (
            "Warnung: Die Regel hält im genannten Jahr mit der geforderten Wahrscheinlichkeit; beobachten: Sie kommt "
            "ihr nahe. „Es verschwände mit“ nennt, was fehlt, damit die Warnung erlischt; daneben die Wahrschein"
            "lichkeit bei gleichbleibenden Pflegequoten.",
            "Warning: the rule holds in the year named with the probability asked for; watch: it comes near. “It would "
            "go with” says what is lacking for the warning to fall silent; beside it the probability at constant care "
            "rates.",
        ),
        (
            "Eine Warnung fordert zum Hinsehen auf, nicht zum Bauen. Die Schwellen sind Setzungen, über die die Stadt "
            "entscheidet; eine leere Liste heißt nicht, dass alles gut ist.",
            "A warning asks to look, not to build. The limits are conventions for the city to decide; an empty list "
            "does not mean that all is well.",
        ),
    ),
    "early_warning_rules": (
        "early_warning_rules",
        ("Nach welchen Regeln wird gewarnt?", "By which rules?"),
        (
            "Je Regel die Schwelle, die geforderte Wahrscheinlichkeit und ab wann beobachtet wird.",
            "Per rule the limit, the probability asked for, and from when on it is watched.",
        ),
        (
            "Schwellen sind Entscheidungen der Stadt; diese hier sind Vorschläge.",
            "Limits are for the city to decide; these are proposals.",
        ),
    ),
}

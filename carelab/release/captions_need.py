"""Captions of the figures of population, care rates and need, German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

NEED_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "demand_city": (
        "demand_city",
        (
            "Wie viele Menschen brauchen Pflege?",
            "How many people need care?",
        ),
        (
            "Volle Punkte sind gezählt, hohle aus Zählungen abgeleitet; die gestrichelte Linie ist der mittlere "
            "vorausberechnete Wert. Der Fächer zeigt von innen nach außen, wo der wahre Wert mit 50, 80 und 95 % "
            "Wahrscheinlichkeit liegt (Vorhersageintervall).",
            "Solid dots are counted, hollow ones derived from counts; the dashed line is the median of the "
            "projection. From inside out, the fan shows where the true value lies with a probability of 50, 80 and "
            "95% (prediction interval).",
        ),
        (
            "Die Vorausberechnung setzt voraus, dass sich Begriff und Leistungsrecht der Pflegebedürftigkeit nicht "
            "ändern.",
            "The projection assumes that the legal definition of need of care does not change.",
        ),
    ),
    "settings_city": (
        "settings_city",
        (
            "Welche Art der Pflege wird gebraucht?",
            "Which kind of care is needed?",
        ),
        (
            "Jedes Feld zeigt eine Versorgungsart, alle auf derselben Skala; Punkte sind gezählt, der Fächer ist "
            "vorausberechnet. Die Felder ergeben zusammen alle Pflegebedürftigen.",
            "Each panel shows one care setting, all on the same scale; dots are counted, the fan is projected. "
            "Together the panels are all people in need of care.",
        ),
        (
            "Die Aufteilung setzt voraus, dass sich die Wahl der Versorgungsart je Altersgruppe wenig ändert; "
            "Tages- und Nachtpflege kommt zu einer anderen Versorgungsart hinzu und steht nur in der Tabelle.",
            "The split assumes that choices by age change little; day and night care is used beside another "
            "setting and is in the table only.",
        ),
    ),
    "population_city": (
        "population_city",
        (
            "Wie viele ältere Menschen leben in der Stadt?",
            "How many older people live in the city?",
        ),
        (
            "Jedes Feld zeigt eine Altersgruppe, alle auf derselben Skala; Punkte sind gezählt, der Fächer ist "
            "vorausberechnet. Geburtenstarke Jahrgänge wandern mit den Jahren von Feld zu Feld.",
            "Each panel shows one age group, all on the same scale; dots are counted, the fan is projected. Large "
            "birth cohorts move from panel to panel over the years.",
        ),
        (
            "Wanderung und Sterblichkeit folgen der Vergangenheit; die Jüngeren stehen nur in der Tabelle.",
            "Migration and mortality follow the past; younger people are in the table only.",
        ),
    ),
    "care_rates": (
        "care_rates",
        (
            "Wie häufig ist Pflegebedürftigkeit in welchem Alter?",
            "How common is need of care at which age?",
        ),
        (
            "Jeder Punkt ist der Anteil der Pflegebedürftigen an einer Altersgruppe; die Striche sind das 80-%- "
            "und das 95-%-Vorhersageintervall. Hell ist das erste, dunkel das letzte Jahr.",
            "Each dot is the share of an age group in need of care; the lines are the 80% and 95% prediction "
            "intervals. Pale is the first year, dark the last.",
        ),
        (
            "Eine Zeitreihe der Quoten nach Alter gibt es nicht: das Altersmuster stammt aus einzelnen Jahren, der "
            "Trend aus Summen von Stadt, Land und Bund.",
            "There is no series of rates by age: the pattern comes from single years, the trend from totals.",
        ),
    ),
}

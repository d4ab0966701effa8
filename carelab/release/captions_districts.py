"""Captions of what concerns the run's own districts: their back-test, new housing; German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

DISTRICT_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "district_record": {
        **dict.fromkeys(("coverage_50", "coverage_80", "coverage_95"), "percent"),
        **dict.fromkeys(("n", "origins", "horizon"), "count"),
    },
    "housing_effect": dict.fromkeys(("moves_planned", "without_plan"), "count"),
}

DISTRICT_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "district_record": (
        "district_record",
        (
            "Einwohner der eigenen Stadtteile: Wie falsch hätten wir gelegen?",
            "Inhabitants of the city's own districts: how wrong would we have been?",
        ),
        (
            "Dieselbe Rechnung wie in diesem Lauf, aber aus früheren Basisjahren und nur mit den Zählungen bis dahin, "
            "gegen die späteren Zählungen der Stadt. Das Bild zeigt die gewichtete Abweichung (große Stadtteile zählen "
            "mehr): Blau ist das Modell, leere Punkte sind Faustregeln. Die Spalten rechts in der Tabelle sagen, "
            "wie oft die Vorhersageintervalle hielten; gewollt sind 50, 80 und 95 %.",
            "The same calculation as in this run, but from earlier base years and told counts up to them only, against "
            "the city's later counts. The figure shows the weighted error (large districts count for more): blue is "
            "the model, hollow dots are rules of thumb. The columns on the right of the table say how often the "
            "prediction intervals held; wanted are 50, 80 and 95%.",
        ),
        (
            "Wenige Ausgangsjahre, die sich dieselben Ereignisse teilen: Sie können widerlegen, nicht bestätigen. Mit "
            "jeder weiteren Jahreslieferung reicht die Prüfung ein Jahr weiter. Stadtteile unter 100 Einwohnern und "
            "unterdrückte Zahlen zählen nicht mit.",
            "Few origins that share the same events: they can refute, not confirm. With each further yearly delivery "
            "the test reaches one year further. Districts below 100 inhabitants and suppressed counts are left out.",
        ),
    ),
    "housing_effect": (
        "housing_effect",
        ("Was ändert der geplante Wohnungsbau?", "What does planned housing change?"),
        (
            "Je Stadtteil mit Plänen: wie viele Einzüge bis zum Zieljahr gemeldet sind, wie viele Menschen (und "
            "Pflegebedürftige) dort ohne die Pläne lebten und um wie viel es mit ihnen mehr sind, in jeder Zukunft mit "
            "denselben Zufallszahlen gerechnet. Die letzten Zeilen sind alle übrigen Stadtteile zusammen.",
            "Per district with plans: how many moves are reported up to the focus year, how many people (and people in "
            "need) would live there without the plans, and how many more there are with them, computed in every future "
            "with the same random numbers. The last rows are all other districts together.",
        ),
        (
            "Die Summe der Stadt bleibt: Wer einzieht, fehlt anderswo in der Stadt. Kommen die Menschen von außen, "
            "gehört das in control.csv oder in den Parameter migration. Ob gebaut wird und wann, weiß die Rechnung "
            "nicht; der Plan gilt als sicher. Nach dem Einzug altern und ziehen die Menschen wie die Stadt.",
            "The city's sum stays: who moves in is missing elsewhere in the city. If people come from outside, that "
            "belongs into control.csv or the parameter migration. Whether and when is built the calculation does not "
            "know; the plan is taken as certain. Once moved in, people age and move as the city does.",
        ),
    ),
}

"""Captions of the checks: base year, back-test, German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

CHECK_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "base_fit": (
        "base_fit",
        (
            "Wie genau ist der Altersaufbau der Stadtteile geschätzt?",
            "How exact are the estimated ages of districts?",
        ),
        (
            "Jeder Punkt ist ein Stadtteil; je näher an der Null, desto besser trifft die Schätzung das "
            "veröffentlichte Durchschnittsalter (Jahre). Blau ist die verwendete Schätzung, grau sind einfachere "
            "Verfahren.",
            "Each dot is a district; the closer to zero, the better the estimate meets the published mean age "
            "(years). Blue is the estimate used, grey are simpler methods.",
        ),
        (
            "Die verwendete Schätzung kennt das Durchschnittsalter bereits; ihr echter Fehler liegt zwischen der "
            "blauen und der mittleren Zeile.",
            "The estimate used already knows the mean age; its true error lies between the blue and the middle row.",
        ),
    ),
    "backtest": (
        "backtest",
        (
            "Wie falsch hätten wir früher gelegen?",
            "How wrong would we have been in the past?",
        ),
        (
            "Jede Zeile ist eine Vorausberechnung aus dem ersten für das zweite Jahr; die Null ist die später "
            "gezählte Zahl. Blau ist das Modell mit 50-, 80- und 95-%-Vorhersageintervall, das Quadrat und das "
            "Dreieck sind Faustregeln.",
            "Each row is a projection from the first for the second year; zero is the figure counted later. Blue "
            "is the model with its 50, 80 and 95% prediction intervals, the square and the triangle are rules of "
            "thumb.",
        ),
        (
            "Geprüft sind ganze Städte und Kreise; je Stadtteil gibt es keine gezählten Pflegebedürftigen, an "
            "denen zu prüfen wäre.",
            "Whole cities and Kreise are tested; there are no counts of people in need by district to test against.",
        ),
    ),
}

"""Captions of the back-tests over panels: name, question, reading help, limits; German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]
_PLACES: Final = (
    "Geprüft ist das Verfahren an gezählten Kreisen; Pflegebedürftige sind je Stadtteil nirgends gezählt.",
    "The method is tested on counted Kreise; people in need are counted nowhere by district.",
)
_WIEN: Final = (
    "23 Bezirke einer Großstadt (Wien), drei Ausgangsjahre, die sich dieselben Jahre teilen. Geprüft ist das "
    "Verfahren von "
    "„carelab backtest population“; ein Lauf rechnet seine Stadtteile mit Geburten, Sterbefällen und Wanderung der "
    "Stadt und grenzt sie auf deren Summe ein.",
    "23 districts of one large city (Wien), three origins that share the same years. Tested is the method of "
    '"carelab backtest population"; a run projects its districts with the city\'s births, deaths and migration and '
    "controls them to its sum.",
)

BACKTEST_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "backtest_rules": (
        "backtest_rules",
        (
            "Pflegebedürftige: Wie weit lagen Modell und Faustregeln daneben?",
            "People in need: how far off were model and rules of thumb?",
        ),
        (
            "Mittlere Abweichung von der später gezählten Zahl über alle Kreise und Ausgangsjahre, je weiter "
            "links, desto "
            "besser. Blau sind der Rechenweg der Städte und das Modell aus Zählungen, dieses einmal ohne Wissen um das "
            "Gesetz von 2017, einmal mit dem, was 2015 von ihm bekannt war; leere Punkte sind Faustregeln.",
            "Mean error against the figure counted later, over all Kreise and origins; the further left, the "
            "better. Blue are the cities' way and the model of counts, the latter once knowing nothing of the law of "
            "2017, once told what was known of it in 2015; hollow dots are rules of thumb.",
        ),
        _PLACES,
    ),
    "backtest_rules_districts": (
        "backtest_rules_districts",
        (
            "Alte Menschen je Stadtteil: Wie weit lagen Modell und Faustregeln daneben?",
            "Old people by district: how far off were model and rules of thumb?",
        ),
        (
            "Mittlere Abweichung der Zahl der Menschen ab 65 und ab 80 je Bezirk; je weiter links, desto besser. "
            "„Hamilton-Perry“ schreibt Jahrgänge mit den Quoten der letzten fünf Jahre fort.",
            "Mean error of the number of people from 65 and from 80 by district; the further left, the better. "
            '"Hamilton-Perry" carries cohorts on with the ratios of the last five years.',
        ),
        _WIEN,
    ),
    "backtest_coverage": (
        "backtest_coverage",
        (
            "Pflegebedürftige: Hielten die Vorhersageintervalle?",
            "People in need: did the prediction intervals hold?",
        ),
        (
            "Anteil der Fälle, in denen die spätere Zählung im Intervall lag. Der volle Punkt (80-%-Intervall) soll im "
            "getönten Band liegen: links davon war das Intervall zu eng, rechts davon zu weit. Leere Punkte: 50- und "
            "95-%-Intervall, die auf ihre Linien gehören.",
            "Share of cases in which the later count lay within the interval. The full dot (80% interval) "
            "should lie in "
            "the shaded band: left of it the interval was too narrow, right of it too wide. Hollow dots: 50 and 95% "
            "intervals, which belong on their lines.",
        ),
        (
            "Alle Kreise teilen dieselben wenigen Jahre: Aus manchen gerechnet liegt die Zählung meist außerhalb "
            "(vor allem ohne Wissen um das Gesetz aus 2015), aus anderen fast immer innerhalb. Der Durchschnitt "
            "verdeckt das. Die Weite der Intervalle kommt aus früheren Fehlern und dem angenommenen Risiko eines "
            "unbekannten Gesetzes. Beim Rechenweg der Städte liegen Deutschlands Altersgruppen zwischen "
            "Fünfjahreswerten, deren nächster später ist; das ändert wenig. "
            "Die frühen Rückblicke kannten noch kaum Fehler und keinen Sprung wie 2017: Von 2023 "
            "aus gerechnet ist das Intervall weiter.",
            "All Kreise share the same few years: projected from some of them the count is mostly outside (above all, "
            "not knowing of the law, from 2015), from others almost always inside. The mean hides that. The width of "
            "the intervals comes from past errors and the assumed risk of an unknown law. In the cities' way Germany's "
            "ages lie between five-yearly figures, the next of which is later; that changes little. The early looks "
            "back knew "
            "hardly any errors yet, and no step like that of 2017: projected from 2023 the interval is wider.",
        ),
    ),
    "backtest_coverage_districts": (
        "backtest_coverage_districts",
        (
            "Bevölkerung je Stadtteil: Hielten die Vorhersageintervalle?",
            "Population by district: did the prediction intervals hold?",
        ),
        (
            "Wie oben, je Altersgruppe nach fünf und zehn Jahren. Der volle Punkt gehört ins getönte Band.",
            "As above, by age group after five and ten years. The full dot belongs in the shaded band.",
        ),
        _WIEN,
    ),
    "backtest_wis": (
        "backtest_wis",
        (
            "Sind die Vorhersageintervalle besser als die der besten Faustregel?",
            "Are the prediction intervals better than those of the best rule of thumb?",
        ),
        (
            "Der WIS bewertet Treffer und Breite der Intervalle zugleich. Links von 1 ist das Modell besser "
            "als die beste "
            "Faustregel, rechts davon schlechter; gewollt ist höchstens 0,9 (gestrichelt).",
            "The WIS scores hits and width of intervals at once. Left of 1 the model is better than the best rule of "
            "thumb, right of it worse; wanted is at most 0.9 (dashed).",
        ),
        (
            "Die Faustregeln dürfen aus allen anderen Jahren lernen, auch aus späteren; das Modell nie. Ohne "
            "Wissen um das "
            "Gesetz von 2017 ist es nach vier und mehr Jahren schlechter als eine solche Regel.",
            "The rules may learn from all other years, later ones too; the model never. Not knowing of the "
            "law of 2017 it "
            "is worse than such a rule after four years and more.",
        ),
    ),
    "backtest_pit": (
        "backtest_pit",
        (
            "Lag die Zählung zu oft am Rand der Verteilung?",
            "Did the count lie at the edge of the distribution too often?",
        ),
        (
            "Jeder Balken: welcher Anteil der späteren Zählungen in dieses Zehntel der vorausberechneten Verteilung "
            "fiel, links die niedrigsten, rechts die höchsten Werte. Richtig wären zehn gleich hohe Balken "
            "(gestrichelt). Hohe Balken rechts: Es wurde mehr als gedacht. Hohe Ränder: zu eng. Ein Berg in der Mitte: "
            "zu weit.",
            "Each bar: which share of later counts fell into this tenth of the projected distribution, lowest values "
            "on the left, highest on the right. Right would be ten bars of one height (dashed). High bars on the "
            "right: there were more than expected. High edges: too narrow. A hill in the middle: too wide.",
        ),
        (
            "Gebiete desselben Jahres fallen zusammen auf dieselbe Seite: Wenige Ausgangsjahre machen schiefe Bilder, "
            "auch wenn die Verteilung stimmt.",
            "Areas of one year fall on the same side together: few origins make lopsided pictures even where the "
            "distribution is right.",
        ),
    ),
    "backtest_own": (
        "backtest_own",
        (
            "Und in der eigenen Stadt?",
            "And in the city itself?",
        ),
        (
            "Jede Zeile ist eine Vorausberechnung aus einem früheren Jahr. Die letzte Spalte sagt, wie breit das "
            "80-%-Intervall war, gemessen am mittleren Kreis (1 = ebenso breit).",
            "Each row is a projection from an earlier year. The last column says how wide the 80% interval was beside "
            "the middle Kreis (1 = as wide).",
        ),
        (
            "Wenige Fälle, die sich dieselben Jahre teilen: Sie können widerlegen, nicht bestätigen. Leer, "
            "wo die Stadt "
            "kein Kreis des Panels ist.",
            "Few cases that share the same years: they can refute, not confirm. Empty where the city is no "
            "Kreis of the "
            "panel.",
        ),
    ),
}

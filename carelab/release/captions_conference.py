"""Captions of the slides for the conference: reading help, limits and source of each, German and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]
_OWN: Final = (
    "Eigene Vorausberechnung (carelab) aus den Daten der Städte; Quellen je Stadt im Lauf der Stadt (sources.yaml).",
    "Own projection (carelab) from the cities' data; sources in each city's run (sources.yaml).",
)
_INTERVALS: Final = (
    "Punkt: mittlerer Wert; dicke, mittlere und dünne Linie: Vorhersageintervalle zu 50, 80 und 95 %. Hohle Punkte: "
    "schwächer belegt.",
    "Dot: median; thick, medium and thin line: 50, 80 and 95% prediction intervals. Hollow dots: weaker evidence.",
)
CONFERENCE_CAPTIONS: Final[Mapping[str, tuple[Pair, Pair, Pair]]] = {
    "conference_need": (
        (
            "Punkte: gezählte Jahre; gestrichelt: mittlerer Wert der Vorausberechnung; Flächen: Vorhersageintervalle "
            "zu "
            "50, 80 und 95 %. Alle Städte im selben Maßstab.",
            "Dots: counted years; dashed: median of the projection; areas: 50, 80 and 95% prediction intervals. All "
            "cities on the same scale.",
        ),
        (
            "Wie viele Menschen künftig Leistungen beantragen, bestimmt die Weite der Intervalle mehr als die "
            "Alterung.",
            "How many people will claim benefits decides the width of the intervals more than ageing does.",
        ),
        _OWN,
    ),
    "conference_gap": (
        (
            "Jeder Punkt ist ein Stadtteil: je weiter rechts, desto wahrscheinlicher fehlen dort viele Heimplätze. "
            "Hohl: "
            "Einwohner nach Alter geschätzt. Unter dem Namen die Stadt als Ganzes: Wahrscheinlichkeit, dass Plätze "
            "fehlen.",
            "Each dot is a district: the further right, the more likely many places are missing there. Hollow: ages "
            "estimated. Below the name the city as a whole: probability that places are missing.",
        ),
        (
            "Wo die Heime liegen, ist nur zum Teil bekannt; die übrigen Plätze sind zufällig verteilt gerechnet. Der "
            "Bestand bleibt, wie er zuletzt gezählt war.",
            "Where the homes are is known in part; the other places are placed at random. Supply stays as last "
            "counted.",
        ),
        _OWN,
    ),
    "conference_backtest": (
        (
            "Mittlere Abweichung der Vorausberechnung von der späteren Zählung, über alle Kreise. Gefüllt: unser "
            "Verfahren; hohl: Faustregeln, darunter das amtliche Verfahren mit konstanten Pflegequoten.",
            "Mean deviation of the projection from the later count, over all Kreise. Filled: our method; hollow: rules "
            "of thumb, the official method of constant care rates among them.",
        ),
        (
            "Geprüft an Kreisen, nicht an Stadtteilen: Dort wurde Pflegebedarf nirgends gezählt.",
            "Tested on Kreise, not on districts: need of care was counted in no district.",
        ),
        (
            "Eigene Rückprüfung (carelab) an der Pflegestatistik aller Kreise ohne Gebietsänderung.",
            "Own back-test (carelab) on the care statistics of all Kreise without change of area.",
        ),
    ),
    "conference_indicators": (
        _INTERVALS,
        (
            "Gleiche Erklärung, Zähler und Nenner in jeder Stadt; Jahre der letzten Zählung unterscheiden sich. Der "
            "Bestand an Plätzen bleibt, wie er zuletzt gezählt war (Annahme).",
            "The same definition, numerator and denominator in each city; years of the last count differ. The supply "
            "of "
            "places stays as last counted (assumption).",
        ),
        _OWN,
    ),
    "conference_warnings": (
        (
            "Jeder Punkt steht beim ersten Jahr, in dem eine Regel hält; die Zahl darin sagt, für wie viele Gebiete "
            "(Stadtteile und die Stadt selbst).",
            "Each dot stands at the first year in which a rule holds; the number in it says for how many areas "
            "(districts and the city itself).",
        ),
        (
            "Die Schwellen sind Setzungen dieses Projekts und Sache der Städte. Sehr kleine Stadtteile werden nicht "
            "bewertet.",
            "The limits are conventions of this project and the cities' to set. Very small districts are not judged.",
        ),
        _OWN,
    ),
    "conference_carers": (
        (
            "Links: grau das Basisjahr, farbig das Zieljahr mit Vorhersageintervallen zu 50, 80 und 95 %. Rechts: "
            "pflegende Angehörige im Zieljahr, eine Annahme.",
            "Left: the base year in grey, the focus year in colour with 50, 80 and 95% prediction intervals. Right: "
            "family carers in the focus year, an assumption.",
        ),
        (
            "Wer hier wohnt, muss nicht verwandt sein, und wer pflegt, nicht hier wohnen. Niemand zählt pflegende "
            "Angehörige.",
            "Who lives here need not be family, and who cares need not live here. Nobody counts family carers.",
        ),
        _OWN,
    ),
    "conference_mobil": (
        _INTERVALS,
        (
            "Fast alle Annahmen zur Inanspruchnahme hat niemand gezählt; erst das Logbuch wird sie zeigen. Ob Besuche "
            "etwas bewirken, sagt diese Rechnung nicht.",
            "Almost no assumption on take-up has been counted; only the logbook will show it. Whether visits have an "
            "effect is not said here.",
        ),
        (
            "Eigene Rechnung (carelab) mit den Annahmen in data/outreach.yaml und data/mobil.yaml.",
            "Own computation (carelab) on the assumptions in data/outreach.yaml and data/mobil.yaml.",
        ),
    ),
    "conference_power": (
        (
            "Je Linie eine Zahl von Stadtteilen, die ausgelost beginnen: Wie wahrscheinlich fällt eine Wirkung dieser "
            "Größe auf? Gestrichelt: in vier von fünf Fällen.",
            "Per line a number of districts drawn to begin: how likely is an effect of that size to show? Dashed: in "
            "four of five cases.",
        ),
        (
            "Untergrenze: Nur der Zufall der Zählung ist gerechnet; jede andere Schwankung macht die kleinste "
            "aufdeckbare "
            "Wirkung größer. Wie viele Beratungen anfallen, ist eine Annahme.",
            "Lower bound: only chance in counting is simulated; any other variation makes the smallest detectable "
            "effect "
            "larger. How many counselling contacts fall due is an assumption.",
        ),
        (
            "Eigene Simulation (carelab) auf den Vorausberechnungen; Test: Zufallszuteilung.",
            "Own simulation (carelab) on the projections; test: randomisation.",
        ),
    ),
    "conference_method": (
        (
            "Je Zeile ein Abstand zwischen Rechnung und Zählung. Das Vorhersageintervall zu 80 % sollte in acht von "
            "zehn "
            "Fällen halten.",
            "Per row a distance between projection and count. The 80% prediction interval should hold in eight of ten "
            "cases.",
        ),
        (
            "Ein neues Gesetz kann alles verschieben: Wer es nicht einrechnet, liegt danach daneben, mit jedem "
            "Verfahren.",
            "A new law can shift everything: whoever does not count it in is wrong afterwards, with any method.",
        ),
        (
            "Eigene Rückprüfung (carelab) an der Pflegestatistik aller Kreise ohne Gebietsänderung.",
            "Own back-test (carelab) on the care statistics of all Kreise without change of area.",
        ),
    ),
    "conference_missing": (
        (
            "Dateien, die eine Stadt beisteuern kann, und wo sie schon vorliegen.",
            "Files that a city can contribute, and where they are already.",
        ),
        (
            "Wie viel jede Datei die Intervalle enger machte, steht im Lauf der Stadt („needs“).",
            'By how much each file would narrow the intervals is in the city\'s run ("needs").',
        ),
        (
            "Eigene Prüfung (carelab) der Daten jeder Stadt.",
            "Own check (carelab) of each city's data.",
        ),
    ),
}
"""Exhibit -> how to read it, limits, source."""

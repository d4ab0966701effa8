"""Captions of the exhibits of a pilot's evaluation: question, reading help and limits; both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from carelab.terms import QUANTILE_COLUMNS

Pair = tuple[str, str]
SIMULATED: Final = (
    "SIMULIERT: erfundener Pilot mit eingebauter Wirkung; nichts davon wurde gezählt.",
    "SIMULATED: invented pilot with an effect put in; nothing of it was counted.",
)
COUNTED: Final = (
    "Logbuch und gemeldete Zielgrößen der Stadt; Nenner: eigene Vorausberechnung (carelab).",
    "Logbook and outcomes told by the city; denominators: own projection (carelab).",
)
_SHARES: Final = dict.fromkeys(QUANTILE_COLUMNS, "percent")
_TESTS: Final = dict.fromkeys(("randomisation_p", "clustered_p", "shown_p", "rank_p"), "p") | dict.fromkeys(
    ("rejected_share", "attainable_share"), "percent"
)
_EFFECT: Final = dict.fromkeys(("estimate", "lower_80", "upper_80", "mde", "effect_target"), "decimal") | _TESTS
PILOT_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "pilot_reach": _SHARES | dict.fromkeys(("contacts_year", "first_contacts", "need_home"), "count"),
    "pilot_groups": _SHARES | dict.fromkeys(("first_contacts", "need_home"), "count"),
    "pilot_take_up": _SHARES | {"contacts_year": "count", "assumed_low": "percent", "assumed_high": "percent"},
    "pilot_equity": dict.fromkeys(QUANTILE_COLUMNS, "general"),
    "pilot_checks": _TESTS,
    "pilot_site": _EFFECT | dict.fromkeys(("site_dates", "site_loud"), "count"),
    "pilot_process": dict.fromkeys(QUANTILE_COLUMNS, "general"),
    "pilot_events": _EFFECT,
    "pilot_effects": _EFFECT,
    "pilot_planned": {"mde": "decimal", "mde_share": "percent", "finest": "p"},
}
PILOT_CAPTIONS: Final[Mapping[str, tuple[Pair, Pair, Pair]]] = {
    "pilot_reach": (
        ("Welcher Anteil der Pflegebedürftigen zu Hause wurde wo erreicht?",
         "Which share of people in need at home was reached, and where?"),
        ("Erste Kontakte im Jahr, geteilt durch die vorausberechneten Pflegebedürftigen zu Hause; Punkt: Median, "
         "Striche von dick nach dünn: 50-, 80- und 95-%-Vorhersageintervall.",
         "First contacts of the year over the projected people in need at home; dot: median, lines from thick to thin: "
         "50, 80 and 95% prediction interval."),
        ("Wo ein Strich steht, sind kleine Zellen verborgen (1 bis 4 Kontakte und was sie verraten würde). "
         "Kontakte mit Menschen ohne Pflegegrad zählen mit.",
         "A dash hides small cells (1 to 4 contacts, and what would give them away). Contacts with people without a "
         "Pflegegrad are counted, too."),
    ),
    "pilot_groups": (
        ("Welche Pflegegrade wurden erreicht?", "Which Pflegegrade were reached?"),
        ("Erste Kontakte der ganzen Stadt je Gruppe, geteilt durch die Vorausberechnung für diese Gruppe.",
         "First contacts of the whole city by group over the projected people of that group at home."),
        ("Die Verteilung der Pflegegrade stammt vom Land. Kontakte mit unbekanntem Pflegegrad sind in keiner Gruppe.",
         "The distribution of Pflegegrade is that of the Land. Contacts with an unknown one are in no group."),
    ),
    "pilot_take_up": (
        ("Wie viel von dem, was anfällt, kam beim Mobil an, und was war angenommen?",
         "How much of what falls due came to the Mobil, and what had been assumed?"),
        ("Kontakte je Leistung, geteilt durch alle, die nach der Vorausberechnung im Jahr anfallen; daneben der "
         "Bereich, der vor dem Start angenommen war.",
         "Contacts by service over all that fall due in the year by the projection; beside it the range assumed before "
         "the start."),
        ("Nenner wie im Notebook zum Mobil: mehrere seiner Raten sind selbst Annahmen.",
         "Denominators as in the notebook on the Mobil: several of its rates are assumptions themselves."),
    ),
    "pilot_equity": (
        ("Wer wird besser erreicht, wer schlechter?", "Who is reached more, who less?"),
        ("Abstand zwischen dem am besten und dem am wenigsten erreichten Fünftel der Pflegebedürftigen, daneben der "
         "Abstand, der auch bei gleicher Chance für alle durch Zufall entstünde.",
         "Gap between the best and the least served fifth of people in need, beside the gap that would arise by chance "
         "if all had the same chance."),
        ("Stadtteile mit verborgenen Zellen fehlen: Dort wurden wenige erreicht, der wahre Abstand kann größer sein. "
         "Mit wenigen Stadtteilen sagt ein Konzentrationsindex wenig.",
         "Districts with hidden cells are left out: few were reached there, the true gap may be wider. With few "
         "districts a concentration index says little."),
    ),
    "pilot_process": (
        ("Was kostet ein Kontakt, wie lange dauert er, wie viel ist Fahrt?",
         "What does a contact cost, how long does it take, how much of it is driving?"),
        ("Gezählte Werte haben kein Intervall; was von Annahmen abhängt (Einsatztage, Tempo, Mittel), hat eines.",
         "Counted values have no interval; what depends on assumptions (days worked, speed, funds) has one."),
        ("Wartezeiten stehen nicht im Logbuch: Der Tag der Anfrage wäre ein Schritt zu Personendaten.",
         "Waiting times are not in the logbook: the day of a request would be a step towards personal data."),
    ),
    "pilot_events": (
        ("Wann nach dem Start ändert sich die Hauptzielgröße?",
         "When after the start does the primary outcome change?"),
        ("Rechts der Linie die Wirkung je Halbjahr seit dem Start mit 80-%-Intervall aus der Zufallszuteilung; links, "
         "hohl, erfundene Starts davor: dort darf nichts zu sehen sein.",
         "Right of the line the effect by half-year since the start with its 80% interval from the randomisation; "
         "left, hollow, invented starts before: nothing may be seen there."),
        ("Spätere Halbjahre ruhen auf weniger Einheiten. Wo eine Wirkung wächst, sind Intervalle breiter als nötig. "
         "Die p je Halbjahr zeigen den Verlauf; über die Wirkung entscheidet allein das registrierte Mittel.",
         "Later half-years rest on fewer units. Where an effect grows intervals are wider than they need be. The p by "
         "half-year show the course; about the effect only the registered mean decides."),
    ),
    "pilot_effects": (
        ("Was hat sich geändert, und was hätte man überhaupt sehen können?",
         "What changed, and what could have been seen at all?"),
        ("Je Zielgröße die Schätzung, das p aus der Zufallszuteilung und die kleinste aufdeckbare Wirkung; das Urteil "
         "folgt aus ihnen nach fester Regel (docs/methods.md).",
         "By outcome the estimate, the p of the randomisation and the minimum detectable effect; the verdict follows "
         "from them by rule (docs/methods.md)."),
        ("Je mehr Zielgrößen, desto eher fällt eine durch Zufall auf: Belegen kann die Hauptzielgröße. Das p des "
         "t-Tests steht nur als Warnung daneben: Bei wenigen Einheiten mit Angebot schlägt er oft falsch an.",
         "The more outcomes, the sooner one stands out by chance: the primary one can be evidence. The p of the t test "
         "is a warning only: with few treated units it often rejects falsely."),
    ),
    "pilot_checks": (
        ("Wie oft schlüge jeder gezeigte Test an, wenn nichts wirkte?",
         "How often would each test shown reject if nothing worked?"),
        ("Dieselben Tests auf simulierten Zukünften ohne Wirkung, mit dieser Zuteilung: Der Anteil soll nahe am "
         "erreichbaren Niveau liegen; bei 500 Zukünften sind bis zu drei Prozentpunkte mehr oder weniger Zufall.",
         "The same tests on simulated futures without effect, with this roll-out: the share should be near the "
         "attainable level; with 500 futures up to three points more or less are chance."),
        ("Von zwanzig Placebos liegt im Mittel eines unter 5 %, ohne dass etwas geschehen ist.",
         "Of twenty placebos one lies below 5% on average without anything having happened."),
    ),
    "pilot_site": (
        ("Was hat sich an einem einzelnen Ort geändert?", "What changed at a single site?"),
        ("Linie: die Hauptzielgröße dort, wo die Beratungsstelle öffnet; gestrichelt: eine Mischung anderer Quartiere, "
         "die ihr bis zum Start gleicht. Die Zeitreihe zeigt ein Intervall und an wie vielen Terminen davor es "
         "fälschlich anschlüge, kein p; p der synthetischen Kontrolle: Rang unter allen Quartieren.",
         "Line: the primary outcome where the counselling point opens; dashed: a mixture of other quarters that is "
         "like it up to the start. The time series shows an interval and at how many dates before it would have been "
         "loud falsely, no p; p of the synthetic control: rank among all quarters."),
        ("Ein Ort ist kein Versuch: Was dort sonst zur gleichen Zeit geschah, steckt in der Zahl. Ohne Wirkung soll "
         "das Intervall der Zeitreihe in 20 % der Zukünfte anschlagen; liegen beide Verfahren weit auseinander, trägt "
         "keines.",
         "One site is no experiment: what else happened there at the time is in the number. Without effect the "
         "interval of the series should be loud in 20% of futures; where both methods are far apart neither carries."),
    ),
    "pilot_planned": (
        ("Was könnte ein Vergleich der Stadtteile hier aufdecken?",
         "What could a comparison of districts detect here?"),
        ("Je Einführungsplan die Wirkung (Ereignisse je 1.000 Pflegebedürftige und Halbjahr), die der Test in vier von "
         "fünf Zukünften fände.",
         "By roll-out the effect (events per 1,000 people in need and half-year) that the test would find in four of "
         "five futures."),
        ("Annahmen, bis es Werte gibt: 60 Ereignisse je 1.000 und Halbjahr, Streuung 10 %, Korrelation 0,6, acht "
         "Halbjahre vor und sechs nach dem Start. Ein Strich heißt: kein p unter 5 % möglich.",
         "Assumptions until there are values: 60 events per 1,000 and half-year, spread 10%, correlation 0.6, eight "
         "half-years before and six after the start. A dash: no p below 5% is possible."),
    ),
    "pilot_truth": (
        ("Trifft die Auswertung die eingebaute Wahrheit?", "Does the evaluation meet the truth put in?"),
        ("Wahrer Wert neben Schätzung und 80-%-Intervall; von fünf Intervallen sollen im Mittel vier den wahren Wert "
         "enthalten.",
         "True value beside estimate and 80% interval; four of five intervals should hold it on average."),
        ("Nur im simulierten Pilot möglich; die Wahrheit wird erst hier gelesen. Der Startwert seiner Zufallszahlen "
         "wurde einmal gewechselt, weil zuerst die Negativkontrolle ohne eingebaute Wirkung mit p = 0,017 auffiel: "
         "Unter 5 % liegt jede zwanzigste Ziehung, und ein wirklicher Pilot dürfte nicht noch einmal ziehen.",
         "Possible in the simulated pilot only; the truth is read here and nowhere before. The seed of its random "
         "numbers was changed once, because at first the negative control, with nothing put in, stood out at "
         "p = 0.017: every twentieth draw lies below 5%, and a real pilot could not draw again."),
    ),
}  # fmt: skip
ABSENT: Final[Mapping[str, Pair]] = {
    "design": (
        "Es ist noch kein Design ausgelost und registriert (carelab design draw, dann carelab design register).",
        "No design has been drawn and registered yet (carelab design draw, then carelab design register).",
    ),
    "log": (
        "Es gibt noch kein Logbuch (Vorlage: carelab data needs STADT --write ORDNER; Einlesen: carelab data add).",
        "There is no logbook yet (template: carelab data needs CITY --write FOLDER; entering: carelab data add).",
    ),
    "outcomes": (
        "Zu den registrierten Zielgrößen liegen keine Werte vor (data/STADT/outcomes.csv).",
        "There are no values of the registered outcomes (data/CITY/outcomes.csv).",
    ),
    "compared": (
        "Dafür fehlt noch ein registriertes Design, oder es fehlen Werte zu seinen Zielgrößen (outcomes.csv).",
        "A registered design is still lacking for this, or values of its outcomes are (outcomes.csv).",
    ),
    "whole_year": (
        "Das Logbuch reicht noch nicht über ein ganzes Jahr.", "The logbook does not cover a whole year yet."
    ),
    "site": (
        "Für keinen einzelnen Ort ist eine Auswertung registriert; ohne sie wird keine Zeitreihe auf Wirkung geprüft.",
        "No evaluation of a single site is registered; without one no series is tested for an effect.",
    ),
    "truth": (
        "In einem wirklichen Piloten kennt niemand die Wahrheit; verglichen wird nur in der erfundenen Stadt.",
        "In a real pilot nobody knows the truth; the comparison is made in the invented city only.",
    ),
    "few_districts": (
        "Dafür gibt es zu wenige Stadtteile ohne verborgene Zellen.",
        "There are too few districts without hidden cells for this.",
    ),
}  # fmt: skip

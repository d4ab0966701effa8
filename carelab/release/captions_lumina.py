"""Captions of the exhibits of offers close to home: question, reading help and limits; both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from carelab.release.numbers import FILE
from carelab.terms import QUANTILE_COLUMNS

Pair = tuple[str, str]
_RATIO: Final = dict.fromkeys(QUANTILE_COLUMNS, "decimal")
_SHARES: Final = dict.fromkeys(("near", "near_lower_80", "near_upper_80"), "percent")
_LOST: Final = dict.fromkeys(("persons_far", "persons_far_lower_80", "persons_far_upper_80"), "count")
_OUTER: Final = dict.fromkeys(("lower_95", "upper_95"), FILE)
LUMINA_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "lumina_groups": dict.fromkeys(QUANTILE_COLUMNS, "count"),
    "lumina_inventory": dict.fromkeys(("places_offered", "persons_reached", "attendances"), "count"),
    "lumina_reach": _RATIO | {"at_least": "decimal"},
    "lumina_change": _RATIO | dict.fromkeys(("before_quarter", "after_quarter", "usual_swing"), "decimal"),
    "lumina_equity": dict.fromkeys(QUANTILE_COLUMNS, "general"),
    "lumina_closeness": dict.fromkeys(QUANTILE_COLUMNS, "count") | _SHARES | _LOST | _OUTER,
    "lumina_districts": dict.fromkeys(QUANTILE_COLUMNS, "count") | _SHARES | _LOST | _OUTER,
}
LUMINA_CAPTIONS: Final[Mapping[str, tuple[Pair, Pair, Pair]]] = {
    "lumina_groups": (
        ("Für wen sind die Angebote gedacht?", "Whom are the offers for?"),
        (
            "Menschen je Gruppe in der Stadt ({year}); Punkt: mittlerer Wert, Linien: 50-, 80- und "
            "95-%-Vorhersageintervall. Die Tabelle hat auch die Stadtteile.",
            "People by group in the city ({year}); dot: median, lines: 50, 80 and 95% prediction interval. The "
            "table has the districts, too.",
        ),
        (
            "Die Gruppen überschneiden sich. Pflegebedürftige sind je Stadtteil nicht gezählt, sondern berechnet, und "
            "nicht nach Geschlecht getrennt.",
            "The groups overlap. People in need are computed by district, not counted, and not split by sex.",
        ),
    ),
    "lumina_inventory": (
        ("Welche Angebote gibt es wo?", "Which offers are there, and where?"),
        (
            "Gemeldete Angebote je Art im letzten Quartal ({quarter}); rechts, in wie vielen Gebieten (Stadtteile; die "
            "ganze Stadt zählt als eines) und wie viele Personen gezählt wurden (+: nicht alle zählten). Die Tabelle "
            "hat alle Quartale und Stadtteile.",
            "Offers reported by kind in the last quarter ({quarter}); on the right in how many areas (districts; the "
            "whole city counts as one) and how many persons were counted (+: not all did). The table has all quarters "
            "and districts.",
        ),
        (
            "Was niemand gemeldet hat, ist unbekannt, es fehlt nicht. Ein Strich heißt: nicht berichtet. Zahlen von 1 "
            "bis 4 werden nirgends aufgeschrieben.",
            "What nobody reported is unknown, not missing. A dash means: not told. Counts from 1 to 4 are written down "
            "nowhere.",
        ),
    ),
    "lumina_reach": (
        ("Wie viele Menschen werden im Quartal erreicht?", "How many people are reached in a quarter?"),
        (
            "Erreichte Personen je 100 Pflegebedürftige zu Hause in der ganzen Stadt; Band: 80- und "
            "95-%-Vorhersageintervall. Die senkrechte Linie ist der Beginn ({start}).",
            "Persons reached per 100 people in need at home in the whole city; band: 80 and 95% prediction interval. "
            "The vertical line is the beginning ({start}).",
        ),
        (
            "Ein Verhältnis, kein Anteil: Es kommen auch Menschen ohne Pflegegrad, und wer mehrere Angebote besucht, "
            "zählt mehrfach; „mindestens“ rechnet nur mit dem größten Angebot. Angebote ohne Zählung fehlen darin.",
            "A ratio, not a share: people without a Pflegegrad come, too, and whoever visits several offers is counted "
            'several times; "at least" counts the largest offer alone. Offers without a count are not in it.',
        ),
    ),
    "lumina_change": (
        ("Werden mehr Menschen erreicht als vor dem Beginn?", "Are more people reached than before the beginning?"),
        (
            "Erreichte Personen je 100 Pflegebedürftige zu Hause, grau vorher ({before}), blau nachher ({after}): "
            "dieselben Jahreszeiten. Rechts der Unterschied mit 80-%-Vorhersageintervall.",
            "Persons reached per 100 people in need at home, grey before ({before}), blue after ({after}): the same "
            "seasons. On the right the difference with its 80% prediction interval.",
        ),
        (
            "Das ist eine Beschreibung, keine Wirkung: Was ohne die Angebote geschehen wäre, steht hier nicht. Das "
            "Intervall enthält nur, was über den Bedarf und über kleine Zahlen unbekannt ist; wie stark es schon "
            "vorher schwankte, sagt „größter Unterschied vor dem Start“.",
            "This is a description, no effect: what would have happened without the offers is not here. The interval "
            "only holds what is not known of need and of small counts; how much it moved before is told by "
            '"largest difference before the start".',
        ),
    ),
    "lumina_equity": (
        ("Kommen die Angebote überall gleich an?", "Do the offers reach everywhere alike?"),
        (
            "Erreichte je 100 im best- und im am wenigsten versorgten Fünftel der Menschen und ihr Abstand, daneben "
            "der Abstand, den der Zufall allein ergäbe, wenn alle dieselbe Chance hätten. "
            "Konzentrationsindex: unter 0 kommt mehr bei den Stadtteilen an, die zuerst gereiht sind, über 0 weniger; "
            "0 heißt kein Gefälle.",
            "Persons reached per 100 in the best- and the least-served fifth of people and their gap, beside the gap "
            "that would arise by chance if all had the same chance. Concentration index: below 0 more goes to the "
            "districts ranked first, above 0 less; 0 means no gradient.",
        ),
        (
            "Verglichen werden Stadtteile ({districts}), nicht Menschen; Angebote für die ganze Stadt sind nicht "
            "darin. Weniger Erreichte kann auch heißen: Man geht in den Nachbarstadtteil.",
            "Districts are compared ({districts}), not persons; offers for the whole city are not in it. Fewer reached "
            "may also mean: people go to the next district.",
        ),
    ),
    "lumina_closeness": (
        ("{offer}: Wie weit ist es für wen?", "{offer}: how far is it for whom?"),
        (
            "Mittlere Gehminuten der Menschen einer Gruppe zum nächsten bekannten Ort ({year}); Punkt: mittlerer Wert, "
            "Linien: 50-, 80- und 95-%-Vorhersageintervall. Rechts der Anteil in 15 Minuten und wie viele über 30 "
            "Minuten gehen müssten.",
            "Mean minutes on foot of a group's people to the next known place ({year}); dot: median, lines: 50, 80 and "
            "95% prediction interval. On the right the share within 15 minutes and how many live beyond 30 minutes.",
        ),
        (
            "Gerechnet mit bekannten Orten: Ein näherer kann unbekannt sein. Innerhalb eines Stadtteils wohnen alle "
            "Gruppen angenommen gleich verteilt; sie unterscheiden sich nur dadurch, in welchen Stadtteilen sie "
            "wohnen.",
            "Computed with known places: a nearer one may be unknown. Within a district all groups are assumed to live "
            "alike; they differ only by the districts they live in.",
        ),
    ),
    "lumina_districts": (
        ("Aus welchen Stadtteilen ist der Weg zu weit?", "From which districts is the way too far?"),
        (
            "Je Ort und Stadtteil mittlere Gehminuten, Anteil in 15 Minuten und Pflegebedürftige zu Hause, die über 30 "
            "Minuten gehen müssten; die weitesten Wege zuerst.",
            "By place and district mean minutes on foot, share within 15 minutes and people in need at home who live "
            "beyond 30 minutes; the longest ways first.",
        ),
        (
            "Wer nicht gehen kann, erreicht keinen dieser Orte; für sie zählt Beratung zu Hause. Stadtteile ohne "
            "bekannte Lage fehlen.",
            "Those who cannot walk reach none of these places; for them counselling at home counts. Districts without "
            "a known place are left out.",
        ),
    ),
    "lumina_places": (
        ("Welche Orte sind bekannt?", "Which places are known?"),
        (
            "Beratungsstellen und Treffpunkte, die in den Daten der Stadt stehen; „Ort“ sagt, wie genau ihre Lage "
            "bekannt ist.",
            'Counselling offices and meeting places in the city\'s data; "place" says how exactly their site is known.',
        ),
        (
            "Funde, keine Liste des Angebots: Was nicht darin steht, ist unbekannt.",
            "Finds, no list of what there is: what is not in it is unknown.",
        ),
    ),
}

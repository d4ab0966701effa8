"""Captions of the chain of care, its actors, needs and measures; German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

TOLD: Final = (
    "Angaben der Stadt und gefundene Einrichtungen; Herausgeber und Stand nennt das Quellenverzeichnis dieses Laufs. "
    "Eigene Auswertung (carelab).",
    "What the city told and facilities found; publisher and date are in this run's list of sources. Own evaluation "
    "(carelab).",
)
_NAMES: Final = (
    *("chain_matrix", "chain_districts", "chain_overview", "one_more_site", "home_concepts", "survey_needs"),
    *(
        "actor_network",
        "actor_kinds",
        "actor_positions",
        "plan_timeline",
        "plan_late",
        "measures",
        "measure_progress",
        "indicators_since",
    ),
)
CHAIN_SOURCES: Final[Mapping[str, Pair]] = dict.fromkeys(_NAMES, TOLD)
_WHOLE: Final = dict.fromkeys(("gain_median", "gain_lower_80", "gain_upper_80", "completes_median"), "count")
CHAIN_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "one_more_site": _WHOLE,
    "chain_districts": {"people_75plus": "count", "weakest_reach": "decimal"},
    "chain_overview": dict.fromkeys(("people_not_found", "people_unknown", "reach_m"), "count"),
    "survey_needs": dict.fromkeys(("share", "lower_95", "upper_95", "margin"), "percent")
    | {"design_effect": "general"},
    "plan_timeline": {"days_late": "count", **dict.fromkeys(("goal_year", "times_due", "done_times"), "file")},
    "plan_late": {"goal_year": "plain", "days_late": "count", "times_due": "count", "done_times": "count"},
    "measures": {"costs_eur": "count"},
    "indicators_since": {
        **dict.fromkeys(("first_year", "last_year"), "plain"),
        **dict.fromkeys(("first_value", "last_value", "change"), "count"),
    },
}

CHAIN_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "chain_matrix": (
        "chain_matrix",
        ("Welche Glieder der Versorgungskette gibt es wo?", "Which links of the chain of care exist where?"),
        (
            "Je Zeile ein Stadtteil, je Spalte ein Glied. Punkt: vorhanden; Ring: geplant; Kreuz: nicht "
            "gefunden, obwohl "
            "die Liste vollständig ist; kleiner grauer Punkt: unbekannt. Es zählt, was im Stadtteil liegt, in "
            "Reichweite "
            "der Mitte seiner Einwohner, oder ins Haus kommt.",
            "Per row a district, per column a link. Dot: present; ring: planned; cross: not found although the list is "
            "complete; small grey dot: unknown. What counts lies in the district, within reach of the centre of its "
            "inhabitants, or comes to the home.",
        ),
        (
            "Unbekannt heißt nicht, dass etwas fehlt: Die Stadt hat zu diesem Glied keine vollständige Liste "
            "gegeben. Die "
            "Reichweiten sind Annahmen, in Luftlinie und von der Mitte aus gemessen; ob ein Platz frei ist, steht hier "
            "nicht.",
            "Unknown does not mean lacking: the city has given no complete list of this link. Reaches are "
            "assumptions, in a "
            "straight line from the centre; whether a place is free is not said here.",
        ),
    ),
    "chain_districts": (
        "chain_districts",
        ("Was ist im Stadtteil das schwächste Glied?", "Which is the weakest link of each district?"),
        (
            "Das schwächste Glied ist unter denen, die bekanntermaßen fehlen, jenes, dessen nächstes Angebot "
            "gemessen an "
            "seiner Reichweite am weitesten entfernt ist; 2 heißt doppelt so weit. Leer: Es ist kein Mangel bekannt.",
            "Among the links known to be lacking, the weakest is the one whose nearest offer is farthest in "
            "units of its "
            "reach; 2 means twice as far. Empty: no lack is known.",
        ),
        (
            "Wo viel unbekannt ist, kann ein anderes Glied schwächer sein. Die Zahl der Menschen ab 75 ist der "
            "mittlere "
            "Wert der Vorausberechnung für {year}; sehr kleine Stadtteile zeigen keine.",
            "Where much is unknown another link may be weaker. People aged 75+ are the median of the projection "
            "for {year}; "
            "very small districts show none.",
        ),
    ),
    "chain_overview": (
        "chain_overview",
        (
            "Was zählt als vorhanden, und was hat die Stadt nicht gesagt?",
            "What counts, and what has the city not told?",
        ),
        (
            "Je Zeile ein Glied: Reichweite, ob die Liste vollständig ist, und für wie viele Menschen ab 75 (mittlerer "
            "Wert {year}) es nicht gefunden oder unbekannt ist. Ohne Reichweite: kommt ins Haus oder gilt stadtweit.",
            "Per row a link: its reach, whether its list is complete, and for how many people aged 75+ (median "
            "{year}) it is "
            "not found or unknown. No reach: comes to the home or serves the whole city.",
        ),
        (
            "Eine vollständige Liste je Glied würde aus „unbekannt“ ein Ja oder Nein machen (Datei "
            "coverage.csv). Stadtteile "
            "unter 100 Einwohnern zählen bei den Menschen nicht mit.",
            "A complete list per link would turn unknown into yes or no (file coverage.csv). Districts below 100 "
            "inhabitants do not count among the people.",
        ),
    ),
    "one_more_site": (
        "one_more_site",
        ("Was würde ein weiterer Standort schließen?", "What would one more site complete?"),
        (
            "Je Zeile ein neuer Standort in der Mitte eines Stadtteils: wie viele Menschen ab 75 im Jahr {year} dieses "
            "Glied dann hätten, mit 80-%-Vorhersageintervall, und für wie viele davon die bekannte Kette ganz wäre.",
            "Per row a new site at the centre of a district: how many people aged 75+ would have this link in "
            "{year}, with "
            "80% prediction interval, and for how many of them the known chain would be whole.",
        ),
        (
            "Gerechnet wird nur mit Gliedern, deren Liste vollständig ist. Das Intervall enthält die Unsicherheit der "
            "Bevölkerung, nicht die der Reichweite; Kosten und Räume sind nicht betrachtet.",
            "Only links with a complete list are reckoned with. The interval holds the uncertainty of "
            "population, not of "
            "reach; costs and rooms are not considered.",
        ),
    ),
    "home_concepts": (
        "home_concepts",
        ("Welche Heime könnten Lücken ihres Quartiers schließen?", "Which homes could fill gaps of their quarter?"),
        (
            "Konzepte der Heime: was sie anbieten und planen, und welche ihrer Pläne ein Glied wären, das ihrem "
            "Stadtteil "
            "bekanntermaßen fehlt.",
            "Concepts of the homes: what they offer and plan, and which of their plans would be a link that "
            "their district "
            "is known to lack.",
        ),
        (
            "Leer, solange kein Heim ein Konzept abgegeben hat (Datei home_concepts.csv).",
            "Empty as long as no home has given a concept (file home_concepts.csv).",
        ),
    ),
    "survey_needs": (
        "survey_needs",
        ("Was sagen die Menschen, dass sie brauchen?", "What do people say that they need?"),
        (
            "Anteil der Befragten je Stadtteil mit Fehlerspanne (95 %), aus der Zahl der Befragten und dem "
            "Designeffekt "
            "der Erhebung. Überlappen sich zwei Spannen, ist der Unterschied nicht gesichert.",
            "Share of respondents per district with its margin of error (95%), from the number of respondents and the "
            "survey's design effect. Where two ranges overlap the difference is not established.",
        ),
        (
            "Fehler durch Menschen, die nicht antworten, enthält die Spanne nicht. Leer ohne Erhebung "
            "(needs_survey.csv).",
            "The margin does not hold errors by people who do not answer. Empty without a survey (needs_survey.csv).",
        ),
    ),
    "actor_network": (
        "actor_network",
        ("Wer arbeitet im Quartier mit wem?", "Who works with whom in the quarter?"),
        (
            "Je Feld ein Stadtteil: Punkte sind Institutionen, Linien Vereinbarungen in Kraft, gestrichelt solche in "
            "Verhandlung. Groß und dunkel ist, wer das Netz zusammenhält: Fiele er weg, wären andere getrennt.",
            "Per panel a district: dots are institutions, lines agreements in force, dashed ones under "
            "negotiation. Large "
            "and dark is who holds the network together: without it others would be cut off.",
        ),
        (
            "Nur gemeldete Vereinbarungen: Eine fehlende Linie heißt nicht, dass niemand zusammenarbeitet.",
            "Reported agreements only: a missing line does not mean that nobody works together.",
        ),
    ),
    "actor_kinds": (
        "actor_kinds",
        ("Wer fehlt im Netz des Quartiers?", "Who is missing in the quarter's network?"),
        (
            "Je Stadtteil die Arten von Institutionen: verbunden, da ohne Vereinbarung, nicht gefunden oder unbekannt.",
            "Per district the kinds of institutions: linked, there without agreement, not found or unknown.",
        ),
        (
            "Nicht gefunden nur, wo die Stadt ihre Liste der Institutionen vollständig nennt, sonst unbekannt.",
            "Not found only where the city says that its list of institutions is complete, else unknown.",
        ),
    ),
    "actor_positions": (
        "actor_positions",
        ("Welche Institution hält das Netz zusammen?", "Which institution holds the network together?"),
        (
            "Vermittlung: Anteil der kürzesten Wege zwischen anderen, die über diese Institution führen (0 bis 1).",
            "Betweenness: share of the shortest paths between others that lead through this institution (0 to 1).",
        ),
        (
            "Wer im Netz wichtig ist, muss es in der Versorgung nicht sein.",
            "Who matters in the network need not matter in care.",
        ),
    ),
    "plan_timeline": (
        "plan_timeline",
        ("Was wurde zugesagt, wo stehen wir?", "What was promised, where do we stand?"),
        (
            "Je Zeile ein Meilenstein: Der Balken reicht vom Beginn bis zum Tag, an dem er fällig ist. Die "
            "senkrechte Linie "
            "ist der Stand der Liste ({day}). Das Zeichen am Ende sagt, wie es steht.",
            "Per row a milestone: the bar runs from its start to the day on which it is due. The vertical line "
            "is the date "
            "of the list ({day}). The mark at the end says where it stands.",
        ),
        (
            "Ohne Zeitplan gilt ein Meilenstein am Ende seines Zieljahrs als fällig. Unbekannt heißt: niemand "
            "hat gemeldet, "
            "nicht: überfällig.",
            "Without a schedule a milestone is due at the end of its year. Unknown means: nobody has told, not: "
            "overdue.",
        ),
    ),
    "plan_late": (
        "plan_late",
        ("Was ist überfällig, worüber ist nichts bekannt?", "What is overdue, and of what is nothing known?"),
        (
            "Stand {day}: zuerst Überfälliges, am längsten überfällig oben, dann Meilensteine ohne Meldung.",
            "As of {day}: what is overdue first, longest overdue on top, then milestones of which nothing was told.",
        ),
        (
            "Tage überfällig zählen bis zum Stand der Liste; warum etwas überfällig ist, steht hier nicht.",
            "Days overdue count to the date of the list; why something is overdue is not said here.",
        ),
    ),
    "measures": (
        "measures",
        ("Welche Maßnahmen gibt es, mit wem, mit welchem Geld?", "Which measures, with whom, with what money?"),
        (
            "Je Zeile eine Maßnahme mit Verantwortlichen, Partnern und Geld; leere Felder: nicht gesagt.",
            "Per row a measure with those responsible, partners and money; empty cells: not told.",
        ),
        ("Kosten wie gemeldet, ohne Prüfung.", "Costs as told, not checked."),
    ),
    "measure_progress": (
        "measure_progress",
        ("Wie weit ist welche Maßnahme?", "How far has each measure come?"),
        (
            "Je Zeile eine Maßnahme mit der Zahl ihrer Meilensteine nach Stand.",
            "Per row a measure with its number of milestones by state.",
        ),
        (
            "Meilensteine wiegen nicht gleich: Eine Zahl sagt nicht, wie viel geschafft ist.",
            "Milestones do not weigh the same: a number does not say how much is done.",
        ),
    ),
    "indicators_since": (
        "indicators_since",
        ("Was taten die Kennzahlen seither?", "What did the figures do since?"),
        (
            "Gezählter Wert der Stadt, als die Maßnahme begann, und der letzte gezählte. Ohne Änderung: seither "
            "nicht gezählt.",
            "Counted figure of the city when the measure began, and the last one counted. No change: not counted "
            "since.",
        ),
        (
            "Eine Änderung seither ist keine Wirkung der Maßnahme: Dafür braucht es einen Vergleich.",
            "A change since is no effect of the measure: that takes a comparison.",
        ),
    ),
}

"""Captions of the exhibits that are tables: name, question, reading help, limits; German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

TABLE_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "tornado": (
        "tornado",
        ("Was würde die Antwort ändern?", "What would change the answer?"),
        (
            "Je Zeile eine Annahme, einmal niedrig (grau) und einmal hoch (blau); alles andere bleibt, wie es ist. "
            "Links der Bedarf, rechts, wie viele Heimplätze der Stadt dann fehlen (Minus: frei sind). Die Reihenfolge "
            "gilt für den Bedarf; rechts ist oft eine andere Annahme die wichtigste.",
            "Per row one assumption, once low (grey) and once high (blue); everything else stays as it is. On the left "
            "need, on the right how many home places of the city are then missing (minus: free). The order is that of "
            "need; on the right another assumption is often the most important.",
        ),
        (
            "Eine Annahme nach der anderen: Wirken zwei zusammen, zeigt das Bild es nicht.",
            "One assumption at a time: what two do together the figure does not show.",
        ),
    ),
    "needs": (
        "data_needs",
        ("Welche Datei würde die Aussagen am meisten schärfen?", "Which file would sharpen the answers most?"),
        (
            "Je Datei: um wie viel Prozent das 80-%-Vorhersageintervall eines Stadtteils im Zieljahr schmaler wäre "
            "(Median der Stadtteile), hätte sie bestätigt, was jetzt erwartet wird.",
            "Per file: by how many per cent the 80% prediction interval of a district in the focus year would be "
            "narrower (median of districts), had the file confirmed what is expected now.",
        ),
        (
            "Die Wirkungen addieren sich nicht; beim Wohnungsbau ist es eine Obergrenze. Leere Felder: geht nicht ein.",
            "Effects do not add up; for housing it is an upper bound. Empty cells: does not enter.",
        ),
    ),
    "official_projections": (
        "official_projections",
        (
            "Was sagt die amtliche Vorausberechnung der Einwohnerzahl?",
            "What does the official projection of inhabitants say?",
        ),
        (
            "Je Zeile eine amtliche Vorausberechnung und daneben der mittlere Wert von carelab mit 80-%-Intervall. Wo "
            "nur eine Änderung veröffentlicht ist, ist sie auf die eigene Zahl des Basisjahrs angewandt.",
            "Per row an official projection and beside it carelab's median with its 80% interval. Where only a change "
            "is published it is applied to our own number of the base year.",
        ),
        (
            "Register, Fortschreibung und Zensus zählen nicht dieselben Menschen; vergleichbar ist vor allem die "
            "Änderung in Prozent. Amtliche Werte teils nach Presseberichten (Güte B).",
            "Registers, estimates and censuses do not count the same people; comparable is above all the change in per "
            "cent. Official values partly as quoted in the press (quality B).",
        ),
    ),
    "anchoring": (
        "anchoring",
        ("Ergibt das Modell in gezählten Jahren die Zählung?", "Does the model yield the count in counted years?"),
        (
            "Je Jahr die Zählung und das Modell; daneben die Rundungsungenauigkeit abgeleiteter Zahlen.",
            "Per year the count and the model; beside it the rounding error of derived figures.",
        ),
        (
            "Das Modell ist auf die Zählung geeicht; wie gut es vorausberechnet, sagt die Rückprüfung.",
            "The model is anchored to the count; how well it projects is for the back-test to say.",
        ),
    ),
    "care_trend": (
        "care_trend",
        ("Wie schnell stiegen die Pflegequoten überall?", "How fast have care rates risen everywhere?"),
        (
            "Zunahme auf der logarithmischen Skala seit der Erhebung davor, und der Teil, der nur neu gezählt wurde.",
            "Growth on the log scale since the survey before, and the part that was only newly counted.",
        ),
        (
            "2017 änderte sich der Pflegebegriff; wie viel davon Gesetz war und wie viel Trend, ist nicht trennbar.",
            "In 2017 the definition changed; how much was law and how much trend cannot be told apart.",
        ),
    ),
    "population_district": (
        "population_district",
        (
            "Wie viele Menschen welchen Alters leben je Stadtteil?",
            "How many people of which age live where?",
        ),
        (
            "Eine Zeile je Stadtteil, Altersgruppe und Jahr; der Median ist der mittlere Wert aller Zukünfte.",
            "One row per district, age group and year; the median is the middle of all futures.",
        ),
        (
            "Altersjahre je Stadtteil sind geschätzt; bei sehr wenigen Einwohnern steht nur die Gesamtzahl.",
            "Single ages per district are estimated; districts with very few inhabitants show their total only.",
        ),
    ),
    "demand_district": (
        "demand_district",
        (
            "Wie viele Menschen brauchen je Stadtteil welche Pflege?",
            "How many people need which care in each district?",
        ),
        (
            "Zuerst {year} insgesamt, größter Bedarf oben; danach die Versorgungsarten, die zusammen „insgesamt“ "
            "ergeben, und die übrigen Jahre.",
            "First the total of {year}, largest need on top; then the settings, which add up to the total, and the "
            "other years.",
        ),
        (
            "Gezählt ist davon nichts: Die Bereiche enthalten, wie weit Orte gleichen Altersaufbaus auseinanderliegen.",
            "None of this is counted: ranges contain how far places of the same age structure lie apart.",
        ),
    ),
    "grades_city": (
        "grades_city",
        ("Welche Pflegegrade haben die Pflegebedürftigen?", "Which Pflegegrade do people in need have?"),
        (
            "Jedes Feld zeigt einen Pflegegrad, alle auf derselben Skala; zusammen ergeben sie alle Pflegebedürftigen. "
            "Die Versorgungsarten stehen in der Tabelle.",
            "Each panel shows one Pflegegrad, all on the same scale; together they are all people in need. The care "
            "settings are in the table.",
        ),
        (
            "Für die Stadt ist kein Pflegegrad veröffentlicht: Die Anteile sind die ihres Landes (sonst Deutschlands), "
            "innerhalb der Versorgungsarten wie in Sachsen-Anhalt 2019; ihr Wandel ist nur einmal beobachtet. Nach "
            "Alter gibt es keine veröffentlichte Tabelle.",
            "No Pflegegrad is published for the city: shares are its Land's (else Germany's), within care settings as "
            "in Sachsen-Anhalt 2019; their change was seen once only. By age no table is published.",
        ),
    ),
    "demand_group": (
        "demand_group",
        ("Wie viele Pflegebedürftige leben je Stadtbezirk?", "How many people in need live in each Stadtbezirk?"),
        (
            "In jeder Zukunft die Summe der Stadtteile; die Spannen sind deshalb schmaler als die Summe ihrer Spannen.",
            "In every future the sum of its districts; ranges are therefore narrower than the sum of their ranges.",
        ),
        (
            "Leer, wenn die Stadt keine Stadtbezirke angibt (Datei groups.csv).",
            "Empty where the city gives no Stadtbezirke (file groups.csv).",
        ),
    ),
    "population_group": (
        "population_group",
        ("Wie viele Menschen welchen Alters leben je Stadtbezirk?", "How many people of which age per Stadtbezirk?"),
        (
            "In jeder Zukunft die Summe der Stadtteile; die Stadtbezirke ergeben zusammen die Stadt.",
            "In every future the sum of its districts; together the Stadtbezirke are the city.",
        ),
        (
            "Leer, wenn die Stadt keine Stadtbezirke angibt (Datei groups.csv).",
            "Empty where the city gives no Stadtbezirke (file groups.csv).",
        ),
    ),
    "local_context": (
        "local_context",
        (
            "Wo ist die Pflegequote bei gleichem Alter höher?",
            "Where is the care rate higher at equal ages?",
        ),
        (
            "1 heißt: wie in der Stadt bei gleichem Alter und Geschlecht. Geschätzt aus dem Anteil der Menschen ab 65, "
            "so wie er zwischen Kreisen wirkt; daneben das 80-%-Vorhersageintervall.",
            "1 means: as in the city at the same age and sex. Estimated from the share of people from 65 on, as it "
            "works between Kreise; beside it the 80% prediction interval.",
        ),
        (
            "Dass zwischen Stadtteilen gilt, was zwischen Kreisen gilt, ist eine Annahme. Ausländeranteil, Wohngeld "
            "und Haushaltsgröße gehen nicht ein: Was sie bewirken, hat niemand veröffentlicht oder hielt nicht von "
            "Landkreisen auf Städte.",
            "That what holds between Kreise holds between districts is an assumption. Foreigners, housing benefit and "
            "household size do not enter: what they do is not published, or did not carry from rural Kreise to cities.",
        ),
    ),
    "ambulant_load": (
        "ambulant_load",
        ("Wie viele Menschen kommen auf einen Dienst und eine Kraft?", "How many people per service and per carer?"),
        (
            "Vorausberechnete Menschen in ambulanter Pflege, geteilt durch den zuletzt gezählten Bestand.",
            "Projected people in home care, divided by the last counted supply.",
        ),
        (
            "Der Bestand bleibt hier, wie er zuletzt war; Dienste versorgen auch Menschen außerhalb der Stadt.",
            "Supply stays here as it last was; services also care for people outside the city.",
        ),
    ),
    "facilities": (
        "facilities",
        ("Welche Einrichtungen sind bekannt?", "Which facilities are known?"),
        (
            "Eine Zeile je Einrichtung, mit Stand und Adresse der Quelle; leere Felder: nicht gefunden.",
            "One row per facility, with date and address of the source; empty cells: not found.",
        ),
        (
            "Nur ein Teil der Heime ist gefunden: Fehlt eine Zeile, fehlt nicht die Einrichtung.",
            "Only part of the homes was found: a missing row is not a missing facility.",
        ),
    ),
    "physicians": (
        "physicians",
        ("Wie viele Praxen und Apotheken gibt es je Stadtteil?", "How many practices and pharmacies per district?"),
        ("Gezählt, das neueste Jahr zuerst.", "Counted, the latest year first."),
        (
            "Ärztinnen und Ärzte aller Fächer; über Hausbesuche sagt die Zahl nichts.",
            "Physicians of all kinds; the number says nothing about home visits.",
        ),
    ),
    "data_quality": (
        "data_quality",
        (
            "Was ist an den Eingangsdaten zu beachten?",
            "What is to be noted about the input data?",
        ),
        (
            "Jede Zeile ist eine Prüfung der Eingangsdaten. „Achtung“ schränkt Ergebnisse ein, „Hinweis“ erklärt "
            "eine Eigenheit.",
            "Each row is one check of the input data. A warning limits results, a note explains a peculiarity.",
        ),
        (
            "Prüfungen finden nur Fehler, nach denen sie suchen.",
            "Checks find only the errors they look for.",
        ),
    ),
    "sources": (
        "sources",
        (
            "Woher kommen die Zahlen?",
            "Where do the figures come from?",
        ),
        (
            "Jede Zeile nennt zu einer Eingangstabelle Herausgeber, Stand und Lizenz. Güte A ist amtlich und "
            "vollständig, B eingeschränkt, C behelfsmäßig.",
            "Each row names publisher, date and licence of an input table. Quality A is official and complete, B "
            "limited, C makeshift.",
        ),
        (
            "Nicht jede Quelle ist so aktuell wie das Basisjahr.",
            "Not every source is as recent as the base year.",
        ),
    ),
}

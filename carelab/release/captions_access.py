"""Captions of access: how far, how many share it, how sure; German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from carelab.terms import QUANTILE_COLUMNS

Pair = tuple[str, str]
ACCESS_FORMATS: Final = {
    "near_city": dict.fromkeys((*QUANTILE_COLUMNS, "unplaced"), "percent") | {"sites": "count"},
    "minutes": dict.fromkeys(("near", "near_lower_80", "near_upper_80"), "percent"),
    "access": dict.fromkeys(QUANTILE_COLUMNS, "decimal"),
    "hot_spots": {"median": "decimal", **dict.fromkeys(("p_moran", "p_getis", "p_threshold"), "general")},
}

ACCESS_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "sites_known": (
        "sites_known",
        ("Welche Orte kennen wir?", "Which places do we know?"),
        (
            "Je Angebot die gezählten Standorte, davon mit genauem Punkt, nur mit Stadtteil und ganz ohne Ort; "
            "weggelassen "
            "sind geplante, geschlossene, doppelte und solche außerhalb der Stadt.",
            "Per offer the sites counted, of these with an exact point, with a district only, and without any place; "
            "left "
            "out are planned, closed and repeated ones and those outside the city.",
        ),
        (
            "„Vollständig“ heißt: die Zahl in der Stadt ist amtlich gezählt. Sonst sind es Funde: was nicht in der "
            "Liste "
            "steht, ist unbekannt, es fehlt nicht.",
            '"Complete" means: the number in the city is officially counted. Otherwise these are finds: what is not '
            "in the "
            "list is unknown, not missing.",
        ),
    ),
    "site_flags": (
        "site_flags",
        ("Was wurde an den Angaben berichtigt oder weggelassen?", "What was put right or left out?"),
        (
            "Je Standort der erste Grund; „zählt“ sagt, ob er trotzdem in die Rechnung eingeht.",
            'Per site the first reason; "counts" says whether it enters the computation all the same.',
        ),
        (
            "Ob eine Angabe stimmt, kann nur die Stadt sagen; hier steht, was an ihr auffällt.",
            "Only the city can say whether an entry is true; this is what stands out.",
        ),
    ),
    "near_city": (
        "near_city",
        (
            "Wie viele Menschen ab 75 erreichen was in 15 Minuten zu Fuß?",
            "How many people aged 75 and over reach what within 15 minutes on foot?",
        ),
        (
            "Je Angebot der Anteil aller Menschen ab 75 ({year}); Punkt: mittlerer Wert, Linien: 50-, 80- und "
            "95-%-Vorhersageintervall. Hohle Punkte: nur gefundene Standorte; es sind mindestens so viele, denn "
            "ein näherer Standort kann unbekannt sein.",
            "Per offer the share of all people from 75 ({year}); dot: median, lines: 50, 80 and 95% prediction "
            "interval. "
            "Hollow dots: only sites that were found; it is at least so many people, as a nearer site may be unknown.",
        ),
        (
            "Gehtempo alter, aber gehfähiger Menschen; wer nicht gehen kann, erreicht nichts davon. Flüsse, "
            "Bahnlinien und "
            "Treppen stecken nur im Umwegfaktor. Ärztinnen und Ärzte sind je Stadtteil gezählt und einzeln verteilt; "
            "in "
            "Wahrheit teilen sie sich Praxen.",
            "Pace of old people who can walk; those who cannot reach none of it. Rivers, railways and stairs are in "
            "the "
            "detour factor only. Physicians are counted by district and spread one by one; in truth they share "
            "practices.",
        ),
    ),
    "minutes": (
        "minutes",
        ("Wie viele Minuten sind es zu Fuß bis zum nächsten Angebot?", "How many minutes on foot to the next offer?"),
        (
            "Mittlere Gehzeit der Menschen eines Stadtteils mit Intervallen; „in 15 Minuten“ ist der Anteil von "
            "ihnen, der "
            "nicht länger geht. Ein Strich: nicht erreichbar. Ohne vollständige Liste gilt: höchstens so weit.",
            'Mean walking time of a district\'s people with intervals; "within 15 minutes" is the share of them who '
            "do not "
            "walk longer. A dash: out of reach. Where the list is not complete read: at most that far.",
        ),
        (
            "Über 30 Minuten geht kaum jemand zu Fuß: die Zahl sagt dann „zu weit“, nicht „so weit“.",
            'Hardly anybody walks beyond 30 minutes: the number then says "too far", not "that far".',
        ),
    ),
    "minutes_wide": (
        "minutes_wide",
        ("Wie viele Minuten zu Fuß, Angebot für Angebot?", "How many minutes on foot, offer by offer?"),
        (
            "Eine Zeile je Stadtteil: mittlere Minuten seiner Menschen bis zum nächsten Angebot (Median aller "
            "Zukünfte).",
            "One row per district: mean minutes of its people to the next offer (median of all futures).",
        ),
        (
            "Ohne Intervalle, der Übersicht wegen: sie stehen in der langen Tabelle am Ende. Angebote, von denen nur "
            "ein Teil gefunden ist, stehen hier nicht: Ein näheres kann unbekannt sein.",
            "Without intervals, for the overview: they are in the long table at the end. Offers of which only a part "
            "was found are not shown here: a nearer one may be unknown.",
        ),
    ),
    "minutes_by_mode": (
        "minutes_by_mode",
        ("Wie weit ist es nach den Reisezeiten der Stadt?", "How far is it by the city's own travel times?"),
        (
            "Minuten bis zum nächsten Angebot je Verkehrsmittel, aus travel_times.csv; ein Strich: nicht erreichbar.",
            "Minutes to the next offer by mode, from travel_times.csv; a dash: out of reach.",
        ),
        (
            "So gut wie die Reisezeiten: wann und wie oft etwas fährt, steckt nur darin, soweit sie es enthalten.",
            "As good as the travel times: when and how often something runs is in them or nowhere.",
        ),
    ),
    "access": (
        "access_{kind}",
        ("{offer}: Wo müssen sich viele wenig teilen?", "{offer}: where do many share little?"),
        (
            "{unit} in Gehweite je 1.000 Menschen, die sie {year} brauchen; nahe zählt mehr als fern, und wer sie "
            "mitbenutzt, zählt mit (E2SFCA). Rechts die Wahrscheinlichkeit, zum am schlechtesten versorgten Zehntel "
            "der "
            "Menschen zu gehören.",
            "{unit} within walking distance per 1,000 people who need them in {year}; near counts more than far, and "
            "those "
            "who use them too are counted (E2SFCA). On the right the probability of belonging to the tenth of people "
            "worst "
            "served.",
        ),
        (
            "Verglichen wird innerhalb der Stadt: ein Zehntel ist immer das schlechteste, auch wo es allen gut geht. "
            "Der "
            "Bestand bleibt, wie er ist; nur der Bedarf ist der von {year}.",
            "Compared within the city: some tenth is always the worst, even where everybody is well off. Supply "
            "stays as it "
            "is; only demand is that of {year}.",
        ),
    ),
    "decay_check": (
        "decay_{kind}",
        ("Hängt die Antwort davon ab, wie Entfernung zählt?", "Does the answer depend on how distance counts?"),
        (
            "Wahrscheinlichkeit, zum am schlechtesten versorgten Zehntel zu gehören, wenn Entfernung in Stufen zählt "
            "(10, 20, "
            "30 Minuten), bis 30 Minuten gar nicht, oder stetig fallend. Gepunktet: 80 %. Die Tabelle beginnt, wo die "
            "drei am weitesten auseinanderliegen.",
            "Probability of belonging to the tenth worst served if distance counts in steps (10, 20, 30 minutes), "
            "not at all "
            "up to 30 minutes, or falling smoothly. Dotted: 80%. The table begins where the three differ most.",
        ),
        (
            "Welche Form stimmt, hat hier niemand gemessen; worin sich alle drei einig sind, darauf kann man bauen.",
            "Nobody has measured here which form is true; what all three agree on can be relied on.",
        ),
    ),
    "hot_spots": (
        "hot_spots_{kind}",
        (
            "{offer}: Liegen schlecht versorgte Stadtteile beieinander?",
            "{offer}: do badly served districts lie together?",
        ),
        (
            "Lokaler Moran-Index und Getis-Ord-G* gegen 999 zufällige Anordnungen; benannt wird nur, was auch bei "
            "vielen "
            "Prüfungen zugleich höchstens zu einem Zehntel Zufall wäre (FDR 10 %).",
            "Local Moran's I and Getis-Ord G* against 999 random orders; named is only what would be chance in at "
            "most a "
            "tenth of cases even with many tests at once (FDR 10%).",
        ),
        (
            "Viele Prüfungen zugleich finden immer etwas: die einzelnen p-Werte sind keine Befunde. Nachbarn sind "
            "die fünf "
            "nächsten Stadtteile.",
            "Many tests at once always find something: single p-values are no findings. Neighbours are the five "
            "nearest "
            "districts.",
        ),
    ),
}

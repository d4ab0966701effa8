"""Captions of the exhibits of Quartierszentren: name, question, reading help, limits; both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]
_MINUTES: Final = dict.fromkeys(
    (
        *("median", "lower_80", "upper_80", "before", "after", "gain", "lost", "left"),
        *("minutes_each", "longest_way", "promise"),
    ),
    "decimal",
)
_OFTEN: Final = dict.fromkeys(
    (*(f"often_{aim}" for aim in ("median", "cover", "center", "fair", "fair_poor")), "if_willing", "often_upgraded"),
    "percent",
)
SITING_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "siting_frequency": {**_OFTEN, "people": "count", "load": "general", "capacity": "count", "price": "count",
                         **dict.fromkeys(("often_fair_poor", "load", "price_upgrade", "upgraded", "often_upgraded"),
                                         "file")},
    "siting_stages": {**_MINUTES, "stage": "plain", "near_share": "percent", "behind": "percent", "no_room": "count",
                      "price": "count"},
    "siting_losses": _MINUTES,
    "siting_gains": {**_MINUTES, "people": "count"},
    "siting_map": {**_MINUTES, "people": "count"},
    "siting_aims": {**_MINUTES, "near_share": "percent", "needed": "plain"},
    "siting_regrets": {"mean": "general", "p90": "general", "never": "percent"},
    "siting_assumptions": {"value": "general", "entry": "file"},
}  # fmt: skip
"""How columns are shown, by exhibit."""

SITING_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    "siting_frequency": (
        "siting_frequency",
        ("Wie sicher gehört welcher Standort zum Plan?", "How sure is it that a site belongs to the plan?"),
        (
            "Balken („?“: Adresse unbekannt): Anteil der Zukünfte, in denen der Standort zum besten Plan "
            "gehört; dunkel sind die des "
            "vorgeschlagenen Plans. Raute: derselbe Anteil, wenn sein Träger zusagt. Rechts dasselbe für andere Ziele.",
            "Bars (“?”: place unknown): share of the futures in which the site belongs to the "
            "best plan; dark are those of the proposed "
            "plan. Diamond: the same share if its operator agrees. At the right the same for other aims.",
        ),
        (
            "Wer nicht gefragt ist, sagt hier mit der angenommenen Wahrscheinlichkeit zu. Häuser ohne bekannten Ort "
            "stehen in jeder Zukunft woanders; in den Plan kommen sie erst mit Adresse.",
            "Who has not been asked agrees here with the assumed probability. Houses of unknown place stand elsewhere "
            "in each future; they enter the plan only once their address is known.",
        ),
    ),
    "siting_stages": (
        "siting_stages",
        ("Was zuerst, was später?", "What first, what later?"),
        (
            "Eine Zeile je Stufe: Minuten zum nächsten Zentrum je Mensch, wenn bis zu dieser Stufe gebaut ist "
            "(Median und 80-%-Vorhersageintervall), Anteil in der Nähe, Kosten bis dahin. „Schlechter als die beste "
            "Wahl“ vergleicht mit gleich vielen, frei gewählten Standorten.",
            "One row per stage: minutes to the nearest centre per person once built up to this stage (median and 80% "
            "prediction interval), share near, cost so far. “Behind” compares with as many freely chosen sites.",
        ),
        (
            "Die Reihenfolge folgt aus den Wegen, nicht aus Baureife oder Geld. Sagt ein Träger ab, rückt der beste "
            "bereite Standort nach; das Intervall enthält das. „Ohne Platz“: Median über alle Zukünfte; Standorte "
            "unbekannter Kapazität gelten als unbegrenzt, leer heißt unbekannt.",
            "The order follows from ways, not from readiness or money. If an operator declines, the best willing site "
            "takes its place; the interval includes that. “Without a place”: median over all futures; sites of unknown "
            "capacity count as unlimited, empty means unknown.",
        ),
    ),
    "siting_losses": (
        "siting_losses",
        ("Was ändert sich, wenn ein Standort wegfällt?", "What changes if one site falls away?"),
        (
            "Eine Zeile je Standort des Plans: wie viel länger die Wege im Mittel werden, wenn nichts ihn ersetzt, "
            "welcher Standort ihn am besten ersetzt und was dann noch fehlt.",
            "One row per site of the plan: how much longer ways become on average if nothing replaces it, which site "
            "replaces it best, and what is lacking then.",
        ),
        (
            "Gerechnet mit mittlerem Bedarf und üblichen Wegen; nur einer fällt jeweils weg. Kein Standort nimmt mehr "
            "auf als seine Kapazität; wer keinen Platz findet, zählt mit dem weitesten Weg der Stadt. Negativ: Im "
            "Mittel wäre der Ersatz besser, der Plan ist für ungünstige Zukünfte gewählt.",
            "Computed with mean need and usual ways; one falls away at a time. No site takes more than its capacity; "
            "who finds no place counts the city's longest way. Negative: the replacement would be better on average, "
            "the plan is chosen for bad futures.",
        ),
    ),
    "siting_gains": (
        "siting_gains",
        ("Wer gewinnt, wer nicht?", "Who gains, who does not?"),
        (
            "Minuten zum nächsten Zentrum vorher (nur bestehende) und nachher, im Mittel der Menschen des Stadtteils. "
            "Median und 80-%-Vorhersageintervall gelten für alle Zukünfte, auch solche, in denen ein Träger absagt; "
            "sie liegen darum meist höher als „wenn alle zusagen“.",
            "Minutes to the nearest centre before (existing ones only) and after, the mean of the district's people. "
            "Median and 80% prediction interval hold for all futures, those in which an operator declines included; so "
            "they mostly lie above “if all agree”.",
        ),
        (
            "Ohne bestehendes Zentrum gibt es kein Vorher. „Ärmer“: Wohngeld je Haushalt über dem oberen Viertel der "
            "Stadtteile, wo bekannt. Sehr kleine Stadtteile ohne Personenzahl.",
            "Without an existing centre there is no before. “Poorer”: Wohngeld per household above the districts' "
            "upper quarter, where known. Very small districts without a number of persons.",
        ),
    ),
    "siting_aims": (
        "siting_aims",
        ("Was ändert ein anderes Ziel?", "What does another aim change?"),
        (
            "Eine Zeile je Ziel mit dem Plan, der es am besten erfüllt, und was er für die anderen Ziele bedeutet.",
            "One row per aim with the plan that serves it best, and what it means for the other aims.",
        ),
        (
            "Welches Ziel gilt, ist eine Wertung; die Rechnung nimmt sie niemandem ab. Wo eine Zusage nicht zu halten "
            "ist, steht die beste mögliche.",
            "Which aim holds is a judgement that no computation takes off anybody. Where a promise cannot be kept, the "
            "best possible one stands.",
        ),
    ),
    "siting_regrets": (
        "siting_regrets",
        ("Bleibt der Plan gut, wenn es anders kommt?", "Does the plan stay good if things turn out differently?"),
        (
            "Wie viel der Plan gegenüber dem besten Plan der jeweiligen Zukunft verliert: im Mittel und höchstens in "
            "neun von zehn Zukünften (Minuten je Mensch, Menschen, Minuten).",
            "How much the plan loses against the best plan of each future: on average, and at most in nine of ten "
            "futures (minutes per person, persons, minutes).",
        ),
        (
            "Der beste Plan einer Zukunft kennt sie im Voraus; ganz ohne Nachteil kann kaum ein Plan sein.",
            "The best plan of a future knows it beforehand; hardly any plan can be without regret.",
        ),
    ),
    "siting_assumptions": (
        "siting_assumptions",
        ("Worauf beruht der Plan?", "What does the plan rest on?"),
        (
            "Jede Zeile ist eine Vorgabe mit Wert, Art und Herkunft; „angenommen“ hat niemand beschlossen.",
            "Each row is a rule with value, kind and origin; “assumed” has been decided by nobody.",
        ),
        (
            "Andere Werte in data/<Stadt>/siting.yaml eintragen und neu rechnen.",
            "Enter other values in data/<city>/siting.yaml and run again.",
        ),
    ),
    "siting_map": (
        "siting_map",
        ("Wo entstehen Zentren, und wie weit ist es dann?", "Where do centres arise, and how far is it then?"),
        ("–", "–"),
        ("Gibt es nichts zu entscheiden, bleibt die Karte leer.", "Where nothing can be decided there is no map."),
    ),
}
"""Exhibit -> file name, question, reading help, limits."""

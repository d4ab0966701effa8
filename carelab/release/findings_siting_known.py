"""What is known of a plan of Quartierszentren and what is not: room, cost, willingness; what does not hang on it."""

from __future__ import annotations

import pandas as pd

from carelab.release.numbers import listing, number
from carelab.terms import Language, say

CLOSE = 1.0
"""Minutes per person up to which two sites are said to be exchangeable."""
SURE = 0.8
"""From this share of futures on a site is said to belong to the plan in nearly every future."""


def room(values: dict[str, float], language: Language) -> str:
    """Return whether there is room for all, or that nobody knows."""
    left, most, unknown_sites = (values[name] for name in ("no_room", "no_room_upper_80", "capacity_unknown"))
    if left != left:
        return say(
            language,
            "Wie viele Menschen die Standorte des Plans aufnehmen, ist unbekannt; ob der Platz reicht, also auch.",
            "How many people the plan's sites can take is unknown, and so is whether there is room for all.",
        )
    few, many = (number(value, language) for value in (left, most))
    if round(most) == 0:
        text = say(language, "Der Platz reicht in neun von zehn Zukünften für alle", "There is room for all in nine of "
                   "ten futures")  # fmt: skip
    else:
        text = say(
            language,
            f"Ohne Platz bleiben {few} Menschen (Median), in einer von zehn Zukünften mehr als {many}",
            f"Without a place remain {few} people (median), in one of ten futures more than {many}",
        )
    if unknown_sites:
        text += say(
            language,
            f"; von {unknown_sites:.0f} Standorten ist die Kapazität unbekannt, sie gelten als unbegrenzt",
            f"; the capacity of {unknown_sites:.0f} sites is unknown, they count as unlimited",
        )
    return text + "."


def unknown(values: dict[str, float], sites: pd.DataFrame, language: Language) -> str:
    """Return what nobody has told of the plan's new sites, and whether cost enters the choice; "" if all is told."""
    plan = _new(sites)
    price, asked = int(plan["price"].isna().sum()), int((plan["willing"] == "unklar").sum())
    parts = [
        (price, say(language, "die Kosten", "the cost")),
        (asked, say(language, "die Bereitschaft des Trägers", "whether the operator is willing")),
        (int(plan["capacity"].isna().sum()), say(language, "die Kapazität", "the capacity")),
    ]
    told = listing([say(language, f"{what} bei {n}", f"{what} of {n}") for n, what in parts if n], language)
    if not told:
        return ""
    text = say(
        language,
        f"Von den {len(plan)} neuen Standorten des Plans ist unbekannt: {told}. ",
        f"Of the plan's {len(plan)} new sites is unknown: {told}. ",
    )
    if price and values.get("budget", 0.0) == 0.0:
        text += say(
            language,
            "Kosten gehen in die Wahl nicht ein, solange eine Zahl von Zentren vorgegeben ist und kein Budget. ",
            "Cost does not enter the choice as long as a number of centres is given and no budget. ",
        )
    return text.strip()


def exchanges(losses: pd.DataFrame, sites: pd.DataFrame, language: Language) -> str:
    """Return where price or agreement may decide: replacements that cost at most CLOSE minutes a person."""
    plan = _new(sites)
    near = losses[(losses["replacement"] != "") & (losses["left"] <= CLOSE) & losses["site"].isin(plan["site"])]
    if near.empty:
        return say(
            language,
            "Kein Standort ist ohne spürbar längere Wege zu ersetzen.",
            "No site can be replaced without noticeably longer ways.",
        )
    pairs = [
        say(language, f"{row['name']} durch {row['replacement']}", f"{row['name']} by {row['replacement']}")
        for row in near.to_dict("records")
    ]
    return say(
        language,
        f"Preis oder Zusage können entscheiden, denn der Tausch kostet höchstens {number(CLOSE, 'de')} Minute je "
        f"Mensch: {listing(pairs, 'de')}.",
        f"To be replaced for at most {number(CLOSE, 'en')} minute per person, so that price or agreement may decide: "
        f"{listing(pairs, 'en')}.",
    )


def _new(sites: pd.DataFrame) -> pd.DataFrame:
    """Return the plan's new sites."""
    return sites[sites["in_median"] & ~sites["fixed"]]

"""Words that figures and findings of offers close to home share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from carelab.release.numbers import listing
from carelab.terms import Language, label, say
from carelab.terms_lumina import GROUPS, OFFER_TYPES, RANKINGS

_WORDS: Final = {"group": GROUPS, "offer_type": OFFER_TYPES, "ranking": RANKINGS}
_LABELLED: Final = ("sex", "kind", "period", "equity", "place_known", "status")


def words_of(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return a table with words in place of the codes that readers would see."""
    at = 0 if language == "de" else 1
    told = {
        name: [words[code][at] if code in words else code for code in table[name]]
        for name, words in _WORDS.items()
        if name in table
    }
    told |= {
        name: [label("both_sexes" if code == "t" else str(code), language) for code in table[name]]
        for name in _LABELLED
        if name in table
    }
    return table.assign(**told).rename(columns={"group": "group_name"})


def group_words(group: str, sex: str, language: Language) -> str:
    """Return "Frauen ab 80" or "Pflegebedürftige zu Hause"."""
    words = GROUPS[group][0 if language == "de" else 1]
    if sex == "t":
        return words
    first = GROUPS[group][0].split(" ", 1)[1] if language == "de" else GROUPS[group][1].split(" ", 1)[1]
    return f"{label(sex, language)} {first}"


def nothing_told(language: Language) -> str:
    """Return that no offers are reported, and what that does not mean."""
    return say(
        language,
        "Noch keine Angebote gemeldet (offers.csv): Was es gibt und wen es erreicht, ist unbekannt; dass es nichts "
        "gibt, heißt das nicht.",
        "No offers reported yet (offers.csv): what there is and whom it reaches is unknown; that does not mean that "
        "there is nothing.",
    )


def way_unknown(kind: str, reason: str, language: Language) -> str:
    """Return why the way to a kind of place cannot be told: whole (no districts), no_site, no_place."""
    offer = label(kind, language)
    words = {
        "whole": (
            f"{offer}: Entfernung unbekannt. Die Stadt wird als ein Stück gerechnet; wie sich ihre Menschen auf die "
            "Stadtteile verteilen, hat niemand veröffentlicht.",
            f"{offer}: distance unknown. The city is computed as one piece; how its people are spread over its "
            "districts nobody has published.",
        ),
        "no_site": (
            f"{offer}: Entfernung unbekannt. Kein Ort steht in den Daten der Stadt; dass es keinen gibt, heißt das "
            "nicht.",
            f"{offer}: distance unknown. No place is in the city's data; that does not mean that there is none.",
        ),
        "no_place": (
            f"{offer}: Entfernung unbekannt. Von den bekannten Orten kennt niemand hier die Lage.",
            f"{offer}: distance unknown. Nobody here knows where the known places are.",
        ),
    }
    return say(language, *words[reason])


def no_design(reason: str, language: Language) -> str:
    """Return why no effect may be claimed: none (no design is registered), short (too few half-years yet)."""
    why = {
        "none": ("für diese Stadt ist kein Design dafür registriert", "no design for it is registered for this city"),
        "short": ("das registrierte Design braucht mehr Halbjahre", "the registered design needs more half-years"),
    }[reason]
    return say(
        language,
        f"Eine Wirkung ist das nicht: {why[0]} (carelab design). Was ohne die Angebote geschehen wäre, weiß niemand.",
        f"This is no effect: {why[1]} (carelab design). What would have happened without the offers nobody knows.",
    )


def start_line(start: str, *, text: str, source: str, assumed: bool, language: Language) -> str:
    """Return from which quarter on offers count as after, and where that is told."""
    sure = (" (angenommen)", " (assumed)") if assumed else ("", "")
    return say(
        language,
        f"Als Beginn gilt {start}{sure[0]}: {text} ({source}).",
        f"The beginning is {start}{sure[1]}: {text} ({source}).",
    )


def incomplete_line(kinds: Sequence[str], language: Language) -> str:
    """Return that a nearer place may be unknown, for kinds whose list nobody says is complete."""
    if not kinds:
        return ""
    named = listing([label(kind, language) for kind in kinds], language)
    return say(
        language,
        f"{named}: Niemand sagt, dass die Liste vollständig ist; ein näherer Ort kann unbekannt sein.",
        f"{named}: nobody says that the list is complete; a nearer place may be unknown.",
    )

"""Which file would help: the table as an exhibit, the effects in words, the sentence of a notebook."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit, Findings
from carelab.release.numbers import number
from carelab.terms import Language, label, say

FUTURE = "future"
"""The row that is no file: how care rates will go on."""
SMALL = 1.0
"""Effects below this many per cent are within the noise of few draws."""
WHAT = {
    "oldest": ("Einwohner ab 80", "inhabitants of 80 and over"),
    "need": ("Bedarf", "need"),
    "share": ("Anteil am Bedarf der Stadt", "share of the city's need"),
    "gap": ("fehlende Heimplätze", "missing nursing-home places"),
}
UPPER_BOUND = "housing"
"""Plans never tell all of how districts will grow: the effect is a bound."""


def needs_exhibit(needs: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the asks by their effect (columns: planning/needs.py), with the row that no file can change."""
    table = needs.assign(ask=[label(f"ask_{key}", language) for key in needs["ask"]])
    table["present"] = [say(language, "ja", "yes") if there else "" for there in table["present"]]
    alt = " ".join([unknowable(needs, language=language), *needs_findings(needs, language=language).sentences])
    return captioned("needs", table, figure=(alt, None), edition=(language, None))


def needs_findings(needs: pd.DataFrame, *, language: Language) -> Findings:
    """Return the three files that would help most, each in a sentence with its largest effect."""
    words = effects_in_words(needs, language=language)
    helping = needs[(needs["narrower_pct"] >= SMALL) & ~needs["present"] & (needs["ask"] != FUTURE)]
    sentences = [f"{label(f'ask_{key}', language)}: {words[key]}" for key in helping["ask"].head(3)]
    return Findings(sentences, language)


def effects_in_words(needs: pd.DataFrame, *, language: Language) -> dict[str, str]:
    """Return ask -> sentence about its effect, in the order of the table; FUTURE left out."""
    rows = needs[needs["ask"] != FUTURE].to_dict("records")
    return {str(row["ask"]): _effect({str(key): value for key, value in row.items()}, language) for row in rows}


def unknowable(needs: pd.DataFrame, *, language: Language) -> str:
    """Return the sentence about what no file can narrow."""
    row = needs[needs["ask"] == FUTURE].iloc[0]
    share = number(float(row["need_narrower_pct"]), language)
    return say(
        language,
        f"Wären die künftigen Pflegequoten bekannt, wäre das 80-%-Intervall des Bedarfs eines Stadtteils im Median "
        f"{share} % schmaler; das kann keine Datei leisten.",
        f"If future care rates were known, the 80% interval of a district's need would be {share}% narrower in the "
        "median; no file can do that.",
    )


def _effect(row: Mapping[str, object], language: Language) -> str:
    """Return the effects of one ask on the intervals, those within the noise left out."""
    if row["present"]:
        return say(language, "Liegt schon vor.", "Is there already.")
    effects = {name: float(str(row[f"{name}_narrower_pct"])) for name in WHAT}
    parts = [
        f"{number(value, language)}{say(language, ' %', '%')} ({WHAT[name][0 if language == 'de' else 1]})"
        for name, value in sorted(effects.items(), key=lambda item: -item[1])
        if value >= SMALL
    ]
    if not parts and any(value == value for value in effects.values()):
        return say(
            language,
            "Macht diese Intervalle um weniger als 1 % schmaler; schützt vor Irrtum im Einzelnen.",
            "Narrows these intervals by less than 1%; guards against single errors.",
        )
    if not parts:
        return say(
            language,
            "Geht in Bedarf und Fehlbedarf nicht ein; wird für Karten, Wege oder Wirkungen gebraucht.",
            "Does not enter need or missing places; used for maps, ways or effects.",
        )
    bound = say(language, "höchstens ", "at most ") if row["ask"] == UPPER_BOUND else ""
    parts = [f"{bound}{part}" if n == 0 else part for n, part in enumerate(parts)]
    return say(
        language,
        f"80-%-Intervall eines Stadtteils im Median {', '.join(parts)} schmaler.",
        f"80% interval of a district in the median {', '.join(parts)} narrower.",
    )

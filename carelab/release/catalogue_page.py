"""docs/indicators.md: the catalogue as a page that people read, made from data/catalogue.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from carelab.terms import Language, label, say, value_label
from carelab.terms_catalogue import BLOCKS


def catalogue_page(words: pd.DataFrame, language: Language) -> str:
    """Return the page in Markdown from the catalogue's rows (inputs/catalogue.catalogue_table)."""
    count, missing = len(words), int(words["needs"].ne("").sum())
    head = say(
        language,
        f"# Kennzahlenkatalog\n\nErzeugt mit `carelab catalogue --write docs/indicators.md` aus `data/catalogue.yaml`; "
        f"nicht von Hand ändern.\n\n{count} Kennzahlen, davon {missing} noch ohne Daten. Wert = Zähler / Nenner mal "
        "Faktor der Einheit. Gezählt, wo gezählt wird; sonst vorausberechnet mit Vorhersageintervall; sonst „nicht "
        "bekannt“ mit Grund.",
        f"# Catalogue of indicators\n\nMade with `carelab catalogue --language en` from `data/catalogue.yaml`.\n\n"
        f"{count} indicators, {missing} of them without data yet. Value = numerator / denominator times the factor of "
        "the unit. Counted where counted; else projected with a prediction interval; else “not known” with a reason.",
    )
    blocks = [_block(block, words[words["block"] == block], language) for block in BLOCKS]
    return "\n\n".join([head, *blocks]) + "\n"


def _block(block: str, words: pd.DataFrame, language: Language) -> str:
    entries = [_entry({str(key): value for key, value in row.items()}, language) for row in words.to_dict("records")]
    return "\n\n".join([f"## {label(block, language)}", *entries])


def _entry(row: Mapping[str, Any], language: Language) -> str:
    """Return one indicator: definition, then what it is made of, line by line."""
    shown = [
        ("numerator", row["numerator"]),
        ("denominator", row["denominator"]),
        ("unit", value_label("unit", str(row["unit"]), language)),
        ("by_sex", say(language, "ja", "yes") if row["by_sex"] else ""),
        ("source", ", ".join(f"`{table}`" for table in str(row["source"]).split(", ") if table)),
        ("level_of", row["level_of"]),
        ("reference_date", label(row["reference_date"], language)),
        ("grade_rule", row["grade_rule"]),
        ("direction", label(row["direction"], language)),
        ("factor", row["factor"]),
        ("factor_source", row["factor_source"]),
        ("caution", row["caution"]),
        ("needs", row["needs"]),
    ]
    lines = [f"- {label(key, language)}: {text}" for key, text in shown if text]
    state = say(language, " (noch ohne Daten)", " (no data yet)") if row["needs"] else ""
    title = f"### {row['indicator_name']} `{row['indicator']}`{state}"
    return "\n\n".join([title, str(row["definition"]), "\n".join(lines)])

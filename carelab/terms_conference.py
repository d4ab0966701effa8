"""Begriffe of the slides for the conference: columns of their tables (read by terms.label)."""

from __future__ import annotations

from typing import Final

CONFERENCE_LABELS: Final[dict[str, tuple[str, str]]] = {
    "years_ahead": ("Jahre voraus", "Years ahead"),
    "tests": ("Vergleiche mit einer Zählung", "Comparisons with a count"),
    "error_model_pct": ("Abweichung unseres Verfahrens, %", "Error of our method, %"),
    "error_model_law_pct": ("mit bekanntem Gesetz, %", "law known, %"),
    "error_official_pct": ("amtlich: konstante Quoten, %", "official: constant rates, %"),
    "p_short": ("Wahrscheinlichkeit: Plätze fehlen", "Probability: places short"),
    "p_large": ("Wahrscheinlichkeit: viele Plätze fehlen", "Probability: many places short"),
    "likely": (
        "Stadtteile, in denen viele Plätze wahrscheinlich fehlen",
        "Districts where many places are likely short",
    ),
    "areas": ("Stadtteile und Stadt", "Districts and city"),
    "most_certain": ("am sichersten", "most certain"),
    "treated": ("Stadtteile, die beginnen", "Districts that begin"),
    "effect_pct": ("Wirkung in %", "Effect in %"),
    "mde_pct": ("kleinste aufdeckbare Wirkung in %", "minimum detectable effect in %"),
    "certainty": ("liegt vorn (Anteil der Rechnungen)", "is ahead (share of simulations)"),
    "chosen": ("empfohlen", "recommended"),
}

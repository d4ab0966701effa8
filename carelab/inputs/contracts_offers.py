"""The inventory of offers close to home (offers.csv): one row per offer and stretch of quarters, institutions only."""

from __future__ import annotations

from typing import Final

from carelab.inputs.kinds import COUNT_OR_EMPTY, DISTRICT, FLAG, NUMBER_OR_EMPTY, TEXT, TEXT_OR_EMPTY, Kind, one_of
from carelab.terms_lumina import ACCESSIBLE, COUNTED, OFFER_TARGETS, OFFER_TYPES, PROVIDERS, TOLD_QUALITY

QUARTER: Final = Kind(r"\d{4}-Q[1-4]", "text", "Quartal wie 2026-Q1", "quarter like 2026-Q1")

OFFERS: Final[tuple[dict[str, Kind], tuple[str, ...]]] = (
    {
        "offer": TEXT,
        "name": TEXT,
        "district": DISTRICT,
        "first_quarter": QUARTER,
        "last_quarter": QUARTER,
        "type": one_of(*OFFER_TYPES),
        "provider": one_of(*PROVIDERS),
        "target": one_of(*OFFER_TARGETS),
        "places": COUNT_OR_EMPTY,
        "reached": COUNT_OR_EMPTY,
        "counted": one_of("", *COUNTED),
        "hidden": FLAG,
        "hours_week": NUMBER_OR_EMPTY,
        "accessible": one_of(*ACCESSIBLE),
        "quality": one_of(*TOLD_QUALITY),
        "source": TEXT,
        "url": TEXT_OR_EMPTY,
    },
    ("offer", "first_quarter"),
)
"""Columns, key. ``district``: the city's AGS = the whole city; ``hidden``: 1 to 4 were reached, ``reached`` empty."""

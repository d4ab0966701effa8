"""Tables of the chain of care that a city may have: sites, complete lists, actors, agreements, measures, needs.

Institutions only: kinds are enumerated, and ``chain_rules`` refuses what looks like a person's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from carelab.inputs.kinds import (
    COUNT,
    COUNT_OR_EMPTY,
    DATE_OR_EMPTY,
    DISTRICT,
    DISTRICT_OR_EMPTY,
    FLAG,
    LAT,
    LAT_OR_EMPTY,
    LON,
    LON_OR_EMPTY,
    MONTH,
    NUMBER,
    NUMBER_OR_EMPTY,
    SHARE,
    SITE_KIND,
    SITE_STATUS,
    TEXT,
    TEXT_OR_EMPTY,
    TRAVEL_MODE,
    YEAR,
    Kind,
    one_of,
)
from carelab.terms import SITE_KINDS
from carelab.terms_chain import ACTOR_KINDS
from carelab.terms_logbook import LOG_CODES

WILLING: Final = ("ja", "nein", "unklar")
_LIST = "(" + "|".join(SITE_KINDS) + ")"
DAY_OR_EMPTY: Final = Kind(
    r"(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?",
    "text",
    "Jahr, Jahr-Monat, Jahr-Monat-Tag oder leer",
    "year, year-month, year-month-day or empty",
)
KINDS_LIST: Final = Kind(
    rf"({_LIST}(; {_LIST})*)?", "text", "Angebote, getrennt durch „; “, oder leer", 'offers separated by "; " or empty'
)
_SOURCE: Final[dict[str, Kind]] = {"as_of": DAY_OR_EMPTY, "url": TEXT_OR_EMPTY, "note": TEXT_OR_EMPTY}

LOG: Final[tuple[dict[str, Kind], tuple[str, ...]]] = (
    {
        "month": MONTH,
        "district": DISTRICT,
        **{column: one_of(*codes) for column, codes in LOG_CODES.items()},
        **{"minutes": COUNT, "kilometres": NUMBER, "contacts": COUNT},
    },
    ("month", "district", *LOG_CODES, "minutes", "kilometres"),
)
"""The logbook of contacts (docs/logbook.md)."""
CHAIN: Final[Mapping[str, tuple[dict[str, Kind], tuple[str, ...]]]] = {
    "sites": (
        {
            "site": TEXT,
            "name": TEXT,
            "kind": SITE_KIND,
            "district": DISTRICT_OR_EMPTY,
            "lon": LON_OR_EMPTY,
            "lat": LAT_OR_EMPTY,
            "capacity": COUNT_OR_EMPTY,
            "status": SITE_STATUS,
            "opened": DATE_OR_EMPTY,
            "closed": DATE_OR_EMPTY,
            "as_of": TEXT_OR_EMPTY,
            "url": TEXT_OR_EMPTY,
            "note": TEXT_OR_EMPTY,
        },
        ("site",),
    ),
    "travel_times": (
        {"origin": DISTRICT, "site": TEXT, "minutes": NUMBER, "mode": TRAVEL_MODE},
        ("origin", "site", "mode"),
    ),
    "walks": (
        {"from_lon": LON, "from_lat": LAT, "to_lon": LON, "to_lat": LAT, "metres": COUNT},
        ("from_lon", "from_lat", "to_lon", "to_lat"),
    ),
    "population_grid": (
        {"cell": TEXT, "district": DISTRICT, "lon": LON, "lat": LAT, "persons": COUNT_OR_EMPTY},
        ("cell", "district"),
    ),
    "candidates": (
        {
            "site": TEXT,
            "name": TEXT,
            "district": DISTRICT_OR_EMPTY,
            "lon": LON_OR_EMPTY,
            "lat": LAT_OR_EMPTY,
            "fixed": FLAG,
            "willing": one_of(*WILLING),
            "capacity": COUNT_OR_EMPTY,
            "price": COUNT_OR_EMPTY,
            "price_upgrade": COUNT_OR_EMPTY,
            "note": TEXT_OR_EMPTY,
        },
        ("site",),
    ),
    "stops": ({"stop": TEXT, "name": TEXT, "lon": LON, "lat": LAT}, ("stop",)),
    "coverage": (
        {
            "kind": one_of(*SITE_KINDS, "actors", "agreements"),
            "complete": FLAG,
            "as_of": DAY_OR_EMPTY,
            "source": TEXT_OR_EMPTY,
        },
        ("kind",),
    ),
    "actors": (
        {
            "actor": TEXT,
            "name": TEXT,
            "kind": one_of(*ACTOR_KINDS),
            "district": DISTRICT_OR_EMPTY,
            "status": one_of("active", "planned", "ended", "unclear"),
            **_SOURCE,
        },
        ("actor",),
    ),
    "agreements": (
        {
            "agreement": TEXT,
            "actor_a": TEXT,
            "actor_b": TEXT,
            "subject": TEXT,
            "since": DAY_OR_EMPTY,
            "until": DAY_OR_EMPTY,
            "status": one_of("in_force", "negotiated", "ended", "unclear"),
            "url": TEXT_OR_EMPTY,
        },
        ("agreement",),
    ),
    "measures": (
        {
            "measure": TEXT,
            "name": TEXT,
            "field": TEXT,
            "district": DISTRICT_OR_EMPTY,
            "since": DAY_OR_EMPTY,
            "responsible": TEXT_OR_EMPTY,
            "partners": TEXT_OR_EMPTY,
            "costs_eur": NUMBER_OR_EMPTY,
            "funding": TEXT_OR_EMPTY,
            "council_decision": TEXT_OR_EMPTY,
            "participation": TEXT_OR_EMPTY,
            "indicator": TEXT_OR_EMPTY,
            **_SOURCE,
        },
        ("measure",),
    ),
    "milestones": (
        {
            "milestone": TEXT,
            "measure": TEXT,
            "goal_year": YEAR,
            "goal": TEXT,
            "schedule": TEXT_OR_EMPTY,
            "status": one_of("open", "started", "done", "dropped", "unknown"),
            "reached": DAY_OR_EMPTY,
            "done_times": COUNT_OR_EMPTY,
            **_SOURCE,
        },
        ("milestone",),
    ),
    "home_concepts": (
        {
            "facility": TEXT,
            "offered": KINDS_LIST,
            "planned": KINDS_LIST,
            "willing": one_of(*WILLING),
            "room_m2": NUMBER_OR_EMPTY,
            "concept_date": DAY_OR_EMPTY,
            "start": DAY_OR_EMPTY,
            **_SOURCE,
        },
        ("facility",),
    ),
    "needs_survey": (
        {
            "district": DISTRICT,
            "topic": TEXT,
            "year": YEAR,
            "share": SHARE,
            "respondents": COUNT,
            "design_effect": NUMBER,
            "note": TEXT_OR_EMPTY,
        },
        ("district", "topic", "year"),
    ),
}
"""Table -> columns, key. Empty cells are unknown; a table that is not there means: the city has not told."""

"""Musterstadt's invented tables of the chain of care: complete lists, actors, agreements, measures, concepts, needs."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from carelab.terms import SITE_KINDS

_NOTE = "erfunden / invented"
_LAST = {"as_of": "2025", "url": "", "note": _NOTE}

_ACTORS = (
    ("A01", "Pflegekasse Muster", "kasse", ""),
    ("A02", "Wohnungsgesellschaft Musterstadt", "wohnungsunternehmen", ""),
    ("A03", "Heimgesellschaft am Markt", "betreiber", "01"),
    ("A04", "Kreisverband Musterhilfe", "wohlfahrtsverband", "01"),
    ("A05", "Gemeinschaftspraxis Altmarkt", "aerzte", "01"),
    ("A06", "Therapiepraxis am Markt", "therapiepraxis", "01"),
    ("A07", "Krankenhaus Musterstadt", "krankenhaus", "01"),
    ("A08", "Selbsthilfegruppe Demenz", "selbsthilfe", "01"),
    ("A09", "Stadt Musterstadt, Sozialamt", "kommune", ""),
    ("A10", "Sportverein Altmarkt", "sportverein", "01"),
    ("A11", "Pflegeheim Nordfeld gGmbH", "betreiber", "02"),
    ("A12", "Hausarztpraxis Nordfeld", "aerzte", "02"),
    ("A13", "Sozialstation Nord", "dienstleister", "02"),
    ("A14", "Nachbarschaftshaus Südhang", "wohlfahrtsverband", "03"),
    ("A15", "Pflege daheim Süd", "dienstleister", "03"),
    ("A16", "Bauträger Seeufer", "investor", "04"),
)
_AGREEMENTS = (
    ("V01", "A03", "A04", "gemeinsame Tagespflege", "2021", "in_force"),
    ("V02", "A03", "A05", "Hausbesuche im Heim", "2020", "in_force"),
    ("V03", "A03", "A06", "Therapie im Heim", "2022", "in_force"),
    ("V04", "A03", "A09", "Quartierszentrum am Markt", "2023", "in_force"),
    ("V05", "A07", "A03", "Entlassung in die Kurzzeitpflege", "2024", "in_force"),
    ("V06", "A04", "A10", "Bewegung ab 75", "2022", "in_force"),
    ("V07", "A09", "A02", "Beratung in den Wohnanlagen", "2021", "in_force"),
    ("V08", "A11", "A13", "Verhinderungspflege", "2023", "in_force"),
    ("V09", "A11", "A12", "Hausbesuche im Heim", "2019", "in_force"),
    ("V10", "A14", "A15", "offener Mittagstisch", "2024", "in_force"),
    ("V11", "A01", "A03", "sektorenübergreifender Versorgungsvertrag", "", "negotiated"),
)
_MEASURES = (
    ("X1", "Quartierszentrum am Markt", "Pflege", "01", "2023-03", "Stadt Musterstadt, Sozialamt",
     "Heimgesellschaft am Markt; Kreisverband Musterhilfe", 240000, "Stadt und Land", "Ratsbeschluss 17/2023",
     "Bürgerversammlung 2023", "services"),
    ("X2", "Pflegetisch", "Beteiligung", "", "2024-01", "Stadt Musterstadt, Sozialamt", "Pflegekasse Muster", 6000,
     "Haushalt der Stadt", "", "Seniorenbeirat", ""),
    ("X3", "Tagespflege am See", "Pflege", "04", "2024-06", "Kreisverband Musterhilfe", "Bauträger Seeufer", None, "",
     "", "", "places_permanent"),
    ("X4", "Beratung im Stadtteil", "Information und Beratung", "", "2018-06", "Stadt Musterstadt, Sozialamt", "",
     35000, "Haushalt der Stadt", "Ratsbeschluss 41/2018", "", "people_in_need"),
)  # fmt: skip
_MILESTONES = (
    ("X1-1", "X1", 2023, "Konzept des Heims liegt vor", "Q2/2023", "done", "2023-05", None),
    ("X1-2", "X1", 2024, "Raum umgebaut", "Q1/2024-Q3/2024", "done", "2024-12", None),
    ("X1-3", "X1", 2025, "Vertrag mit der Pflegekasse", "Q2/2025", "started", "", None),
    ("X1-4", "X1", 2026, "zweites Zentrum in Nordfeld", "ab Q1/2026", "open", "", None),
    ("X2-1", "X2", 2024, "Pflegetisch tagt", "2x jährlich", "done", "", 2),
    ("X2-2", "X2", 2025, "Pflegetisch tagt", "2x jährlich", "started", "", 1),
    ("X3-1", "X3", 2025, "Grundstück gesichert", "bis Q3/2025", "open", "", None),
    ("X3-2", "X3", 2026, "Bauantrag gestellt", "", "open", "", None),
    ("X4-1", "X4", 2022, "Sprechstunde in jedem Stadtteil", "kontinuierlich", "started", "", None),
    ("X4-2", "X4", 2024, "Beratung in einfacher Sprache", "Q4/2024", "unknown", "", None),
    ("X4-3", "X4", 2025, "Beratung im Bus", "Q2/2025", "dropped", "", None),
)
_CONCEPTS = (
    ("M01", "vollstationaer; kurzzeitpflege; quartierszentrum", "pflegeberatung; tagespflege", "ja", 180, "2023-05"),
    ("M02", "vollstationaer; tagespflege", "treffpunkt; haushaltshilfe", "ja", 95, "2024-02"),
    ("M04", "vollstationaer", "kurzzeitpflege; pflegeberatung; apotheke", "unklar", None, ""),
)
_NEEDS = (
    ("01", "kurze Wege zum Arzt", 0.42, 210), ("01", "Treffpunkt in der Nähe", 0.31, 210),
    ("02", "kurze Wege zum Arzt", 0.55, 180), ("02", "Treffpunkt in der Nähe", 0.63, 180),
    ("03", "kurze Wege zum Arzt", 0.38, 95), ("03", "Treffpunkt in der Nähe", 0.22, 95),
    ("04", "kurze Wege zum Arzt", 0.71, 60), ("04", "Treffpunkt in der Nähe", 0.68, 60),
)  # fmt: skip


def coverage(_: object) -> pd.DataFrame:
    """Return that every list is complete but for therapy and for actors: both words can be rehearsed."""
    kinds = [*SITE_KINDS, "actors", "agreements"]
    rows = pd.DataFrame({"kind": kinds, "as_of": "2025", "source": _NOTE})
    return rows.assign(complete=~rows["kind"].isin(["therapie", "actors"]))


def actors(_: object) -> pd.DataFrame:
    """Return the invented institutions; without a district they work in the whole city."""
    return pd.DataFrame(_ACTORS, columns=["actor", "name", "kind", "district"]).assign(status="active", **_LAST)


def agreements(_: object) -> pd.DataFrame:
    """Return the invented agreements."""
    columns = ["agreement", "actor_a", "actor_b", "subject", "since", "status"]
    return pd.DataFrame(_AGREEMENTS, columns=columns).assign(until="", url="")


def measures(_: object) -> pd.DataFrame:
    """Return the invented measures."""
    columns = ["measure", "name", "field", "district", "since", "responsible", "partners", "costs_eur", "funding"]
    return pd.DataFrame(_MEASURES, columns=[*columns, "council_decision", "participation", "indicator"]).assign(**_LAST)


def milestones(_: object) -> pd.DataFrame:
    """Return the invented milestones, as of the end of September 2025 plus a month: some reached, some late."""
    columns = ["milestone", "measure", "goal_year", "goal", "schedule", "status", "reached", "done_times"]
    return pd.DataFrame(_MILESTONES, columns=columns).assign(**{**_LAST, "as_of": "2025-10-31"})


def home_concepts(_: object) -> pd.DataFrame:
    """Return the invented concepts of homes."""
    columns = ["facility", "offered", "planned", "willing", "room_m2", "concept_date"]
    return pd.DataFrame(_CONCEPTS, columns=columns).assign(start="", **_LAST)


def needs_survey(_: object) -> pd.DataFrame:
    """Return the invented survey of needs."""
    frame = pd.DataFrame(_NEEDS, columns=["district", "topic", "share", "respondents"])
    return frame.assign(year=2024, design_effect=1.4, note=_NOTE)


TABLES: dict[str, Callable[[object], pd.DataFrame]] = {
    "coverage": coverage,
    "actors": actors,
    "agreements": agreements,
    "measures": measures,
    "milestones": milestones,
    "home_concepts": home_concepts,
    "needs_survey": needs_survey,
}

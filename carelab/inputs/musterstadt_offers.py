"""Musterstadt's invented offers close to home: seven quarters, before and after an invented start; simulated."""

from __future__ import annotations

import pandas as pd

AGS = "99000"
_NOTE = "erfunden, simuliert / invented, simulated"
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
_ROWS = (
    # offer, name, district, type, provider, target, places, persons reached by quarter (None = not there, -1 = 1 to 4,
    # -2 = there, but nobody counted), hours a week, accessible
    ("L01", "Beratungsstelle im Rathaus", AGS, "beratung", "kommune", "alle", None,
     (38, 41, 33, 40, 39, 44, 37), 20, "ja"),
    ("L02", "Sprechstunde Nordfeld", "02", "beratung", "kommune", "pflegebeduerftige", 40,
     (9, 11, 8, 10, 16, 19, 17), 4, "ja"),
    ("L03", "Treffpunkt Altmarkt", "01", "begegnung", "wohlfahrt", "aeltere", 60,
     (44, 47, 35, 46, 45, 49, 38), 25, "ja"),
    ("L04", "Nachbarschaftshaus Südhang", "03", "begegnung", "verein", "alle", 40,
     (13, 15, 9, 14, 21, 24, 19), 16, "nein"),
    ("L05", "Helferkreis Altmarkt", "01", "alltagshilfe", "wohlfahrt", "pflegebeduerftige", 25,
     (12, 12, 11, 13, 13, 14, 12), None, "unbekannt"),
    ("L06", "Betreuungsgruppe am Markt", "01", "betreuung", "pflegedienst", "demenz", 12,
     (8, 9, 7, 9, 9, 8, 8), 6, "ja"),
    ("L07", "Nachbarschaftshilfe Seesiedlung", "04", "nachbarschaft", "verein", "aeltere", None,
     (-1, 5, -1, 6, 5, 7, 6), 3, "unbekannt"),
    ("L08", "Fahrdienst zum Treffpunkt", "04", "mobilitaet", "wohnungsunternehmen", "aeltere", 16,
     (None, None, None, None, 8, 10, 7), 5, "ja"),
    ("L09", "Besuchsdienst Nordfeld", "02", "besuchsdienst", "kirche", "aeltere", 20,
     (7, 7, 6, 8, 12, 13, 13), None, "ja"),
    ("L10", "Angehörigencafé Südhang", "03", "entlastung", "wohlfahrt", "angehoerige", 15,
     (None, None, None, None, 6, 7, -1), 3, "nein"),
    ("L11", "Stammtisch Selbsthilfe Demenz", "01", "selbsthilfe", "selbsthilfegruppe", "angehoerige", None,
     (-2, -2, -2, -2, -2, -2, -2), 2, "ja"),
    ("L12", "Lesung im Nachbarschaftshaus", "03", "kultur", "verein", "alle", 80,
     (55, 61, 30, 72, 64, 70, 41), None, "nein"),
)  # fmt: skip
_ATTENDANCES = ("L12",)
"""Offers that count attendances, not persons."""


def offers(_: object) -> pd.DataFrame:
    """Return the invented offers by quarter."""
    rows = [
        {
            "offer": offer, "name": name, "district": district, "first_quarter": quarter, "last_quarter": quarter,
            "type": kind, "provider": provider, "target": target, "places": places,
            "reached": count if count is not None and count >= 0 else None,
            "counted": "" if count == -2 else "visits" if offer in _ATTENDANCES else "persons",
            "hidden": count == -1, "hours_week": hours, "accessible": accessible, "quality": "A", "source": _NOTE,
            "url": "",
        }
        for offer, name, district, kind, provider, target, places, counts, hours, accessible in _ROWS
        for quarter, count in zip(QUARTERS, counts, strict=True)
        if count is not None
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"places": float, "reached": float, "hours_week": float})

"""Musterstadt's invented sites: a complete layer of care and help, every site with a point, so that nothing is missing
because nobody knew.
"""

from __future__ import annotations

import pandas as pd

_ROWS = (
    # site, name, kind, district, metres east and north of the district's centre, capacity
    ("M01", "Haus am Markt", "vollstationaer", "01", 260, -180, 52),
    ("M02", "Haus Nordfeld", "vollstationaer", "02", -340, 210, 34),
    ("M03", "Haus Linde", "vollstationaer", "01", -420, 330, 28),
    ("M04", "Haus Weide", "vollstationaer", "03", 150, 400, 20),
    ("M05", "Tagespflege Südhang", "tagespflege", "03", -220, 90, 16),
    ("M02:tagespflege", "Tagespflege Nordfeld", "tagespflege", "02", -340, 210, 12),
    ("M06", "Pflegedienst Muster", "ambulant", "01", 90, 240, None),
    ("M08", "Sozialstation Nord", "ambulant", "02", 310, -120, None),
    ("M09", "Pflege daheim Süd", "ambulant", "03", -80, -260, None),
    ("M10", "Pflegedienst am See", "ambulant", "04", 60, 130, None),
    ("M11", "Beratungsstelle im Rathaus", "pflegeberatung", "01", 20, 40, None),
    ("M12", "Sprechstunde Nordfeld", "pflegeberatung", "02", 120, 60, None),
    ("M13", "Haushaltshilfe Altmarkt", "haushaltshilfe", "01", -150, -90, None),
    ("M14", "Nachbarschaftshilfe Seesiedlung", "haushaltshilfe", "04", 240, -60, None),
    ("M15", "Kurzzeitpflege am Markt", "kurzzeitpflege", "01", 260, -180, 8),
    ("M16", "Verhinderungspflege Nord", "verhinderungspflege", "02", 310, -120, None),
    ("M17", "Therapiepraxis am Markt", "therapie", "01", 330, 120, None),
    ("M18", "Therapiepraxis Nordfeld", "therapie", "02", -60, -200, None),
    ("M19", "Therapiepraxis Südhang", "therapie", "03", 180, -40, None),
    ("M20", "Gemeinschaftspraxis Altmarkt", "arzt", "01", 110, -60, None),
    ("M21", "Hausarztpraxis am Tor", "arzt", "01", -310, 190, None),
    ("M22", "Hausarztpraxis Nordfeld", "arzt", "02", 40, 30, None),
    ("M23", "Hausarztpraxis Südhang", "arzt", "03", -20, 110, None),
    ("M24", "Hausarztpraxis Seesiedlung", "arzt", "04", -130, 70, None),
    ("M25", "Marktapotheke", "apotheke", "01", 70, -20, None),
    ("M26", "Torapotheke", "apotheke", "01", -290, 210, None),
    ("M27", "Bahnhofsapotheke", "apotheke", "01", 420, 350, None),
    ("M28", "Nordapotheke", "apotheke", "02", 80, 10, None),
    ("M29", "Waldapotheke", "apotheke", "02", -450, -220, None),
    ("M30", "Südapotheke", "apotheke", "03", 30, 90, None),
    ("M31", "Seeapotheke", "apotheke", "04", -110, 40, None),
    ("M32", "Treffpunkt Altmarkt", "treffpunkt", "01", -60, 80, None),
    ("M33", "Nachbarschaftshaus Südhang", "treffpunkt", "03", 90, -120, None),
    ("M34", "Wohnen mit Service Nordfeld", "betreutes_wohnen", "02", 200, 260, 40),
    ("M35", "Wohnen am Markt", "betreutes_wohnen", "01", -200, -150, 25),
    ("M36", "Krankenhaus Musterstadt", "entlassmanagement", "01", 650, 480, None),
    ("M37", "Quartierszentrum am Markt", "quartierszentrum", "01", 260, -180, None),
)
_NOT_OPEN = (
    ("M38", "Treffpunkt am See", "treffpunkt", "04", 20, -40, None, "planned", "2027", ""),
    ("M39", "Apotheke am Ried", "apotheke", "05", 0, 0, None, "closed", "", "2018"),
)
METRES_PER_DEGREE = (68_500.0, 111_200.0)
"""Metres in one degree of longitude and latitude at 52° north, rounded: the places are invented anyway."""


def sites(centres: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Return the invented sites; ``centres`` gives lon and lat of each district."""
    rows = [*((*row, "open", "", "") for row in _ROWS), *_NOT_OPEN]
    columns = ["site", "name", "kind", "district", "east", "north", "capacity", "status", "opened", "closed"]
    frame = pd.DataFrame(rows, columns=columns)
    lon, lat = (frame["district"].map({key: point[axis] for key, point in centres.items()}) for axis in (0, 1))
    return frame.assign(
        lon=(lon + frame["east"] / METRES_PER_DEGREE[0]).round(5),
        lat=(lat + frame["north"] / METRES_PER_DEGREE[1]).round(5),
        as_of="2025",
        url="",
        note="erfunden / invented",
    )

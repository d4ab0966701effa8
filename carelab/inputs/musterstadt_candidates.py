"""Musterstadt's invented candidates for Quartierszentren: one exists, some agreed, some are not asked, one declined."""

from __future__ import annotations

import pandas as pd

from carelab.inputs.musterstadt_sites import METRES_PER_DEGREE

_ROWS = (
    # site, name, district, metres east and north of the district's centre, fixed, willing, capacity, price, upgrade
    ("M01", "Haus am Markt", "01", 260, -180, True, "ja", 520, 0, 900_000),
    ("M02", "Haus Nordfeld", "02", -340, 210, False, "ja", 480, 650_000, 1_100_000),
    ("M03", "Haus Linde", "01", -420, 330, False, "unklar", 360, 480_000, 1_300_000),
    ("M04", "Haus Weide", "03", 150, 400, False, "unklar", 420, 560_000, 1_000_000),
    ("K05", "Nachbarschaftshaus Südhang", "03", 90, -120, False, "ja", 270, 300_000, 1_900_000),
    ("K06", "Treffpunkt am See", "04", 20, -40, False, "unklar", 240, 350_000, 1_800_000),
    ("K07", "Wohnen mit Service Nordfeld", "02", 200, 260, False, "unklar", 500, 420_000, 1_500_000),
    ("K08", "Gemeindehaus Nordfeld-Ost", "02", 620, -380, False, "nein", 210, 280_000, None),
    ("K09", "Alte Schule Südhang", "03", -480, -350, False, "unklar", 330, 520_000, 1_700_000),
    ("K10", "Pflegedienst am See", "04", 360, 130, False, "unklar", 180, 400_000, None),
    ("K11", "Dorfgemeinschaftshaus Ried", "05", 0, 40, False, "ja", 120, 200_000, None),
    ("K12", "Bahnhofshaus Altmarkt", "01", 420, 350, False, "unklar", 300, 610_000, 1_400_000),
)


def candidates(centres: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Return the invented candidates; ``centres`` gives lon and lat of each district."""
    columns = ["site", "name", "district", "east", "north", "fixed", "willing", "capacity", "price", "price_upgrade"]
    frame = pd.DataFrame(_ROWS, columns=columns)
    lon, lat = (frame["district"].map({key: point[axis] for key, point in centres.items()}) for axis in (0, 1))
    return frame.assign(
        lon=(lon + frame["east"] / METRES_PER_DEGREE[0]).round(5),
        lat=(lat + frame["north"] / METRES_PER_DEGREE[1]).round(5),
        note="erfunden / invented",
    )

"""Carry over people in need by Pflegegrad: Sachsen-Anhalt 2019 (by setting) and 2023, Niedersachsen 2021, Germany 2023.

Other figures by Pflegegrad that were found are of unclear origin (quality C) or leave a grade out, and stay behind.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from carelab.inputs.carry_over.found import number, read_found
from carelab.inputs.carry_over.reference import REGIONS
from carelab.inputs.carry_over.totals import LEVELS

COLUMNS = ("area", "level", "year", "setting", "pflegegrad", "persons", "half_width", "status")
PARTS = {"insgesamt": "total", "ambulant": "ambulant", "stationaer": "vollstationaer", "pflegegeld": "pflegegeld"}
COUNTED = {
    **{("15", 2019, f"pg{n}_{word}"): (setting, n) for n in range(1, 6) for word, setting in PARTS.items()},
    ("15", 2019, "pg1_ohne_oder_nur_landesrecht"): ("pg1_only", 1),
    ("15", 2023, "pg1_nur_landesrecht_ohne_leistung"): ("pg1_only", 1),
    **{("03", 2021, f"pg{n}"): ("total", n) for n in range(1, 6)},
    **{("DG", 2023, f"pflegegrad_{n}"): ("total", n) for n in range(1, 6)},
}
"""Published counts: (area, year, measure as found) -> (setting, Pflegegrad)."""
SHARES = {("15", 2023, f"anteil_pg{n}_pct"): n for n in range(1, 6)}
SHARE_ROUNDING = 0.0005
"""Shares are printed in percent with one decimal: half a unit of the last one."""


def care_grades(folder: Path) -> pd.DataFrame:
    """Return people in need by area, year, setting ("total" = all) and Pflegegrad; counted before derived."""
    found = read_found(folder, "land_bund_series.csv")
    found = found.assign(
        area=found["region"].map(REGIONS), year=found["year"].astype(int), value=number(found["value"])
    )
    totals = found[found["measure"] == "pflegebeduerftige"].set_index(["area", "year"])["value"]
    rows: list[tuple[object, ...]] = []
    for record in found.to_dict("records"):
        area, year, value = record["area"], record["year"], record["value"]
        key = (area, year, record["measure"])
        if key in COUNTED:
            rows.append((area, LEVELS[area], year, *COUNTED[key], value, 0.0, "observed"))
        elif key in SHARES:
            total = float(totals[area, year])
            half_width = np.ceil(SHARE_ROUNDING * total)
            rows.append(
                (area, LEVELS[area], year, "total", SHARES[key], np.rint(value / 100 * total), half_width, "derived")
            )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return pd.concat([table, _remainders(table)], ignore_index=True)


def _remainders(table: pd.DataFrame) -> pd.DataFrame:
    """Return the one cell of 2019 that is not printed: cash benefit in grade 5 = total less the other settings."""
    own = table[(table["area"] == "15") & (table["year"] == 2019) & (table["pflegegrad"] == 5)]
    counts = own.set_index("setting")["persons"]
    rest = counts["total"] - counts.drop("total").sum()
    return pd.DataFrame([("15", "land", 2019, "pflegegeld", 5, rest, 0.0, "derived")], columns=list(COLUMNS))

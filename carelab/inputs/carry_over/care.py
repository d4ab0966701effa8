"""Care counts of an area: official counts 2015-2019, elsewhere rate or share times total with its rounding error.

Sources: Regionalstatistik 22411-02-03-4 (counts); INKAR 2024 (rates per 100 inhabitants and shares by setting).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from carelab.inputs.carry_over.found import number, read_found

COUNTED = {
    "pflegebeduerftige": "people_in_need",
    "pflegegeld": "pflegegeld",
    "ambulant": "ambulant",
    "vollstationaer": "vollstationaer",
    "vollstationaer_kurzzeitpflege": "kurzzeit",
    "teilstationaer_nachrichtlich": "teilstationaer",
}
SHARES = {
    "anteil_pflegegeld_pct": "pflegegeld",
    "anteil_ambulant_pct": "ambulant",
    "anteil_vollstationaer_dauer_pct": "vollstationaer",
}
SHARE_ROUNDING = 0.00005
"""INKAR prints shares in percent with two decimals: half a unit of the last one."""
_CITY_STATES = {"02": "02000", "11": "11000"}
"""Hamburg and Berlin are Land and Kreis at once; the counts name them as Land only."""


def counted(folder: Path) -> pd.DataFrame:
    """Return official counts: area, level, year, sex, measure, persons, half_width (0), status, basis."""
    table = read_found(folder, "kreise_care_absolute_2015_2019.csv")
    table = table[table["level"].isin(["bund", "land", "kreis"])].rename(columns={"ags": "area"})
    long = table.melt(["area", "level", "year", "sex"], list(COUNTED), var_name="measure", value_name="persons")
    long["persons"] = number(long["persons"])
    long = long.dropna(subset="persons").replace({"measure": COUNTED})
    both = np.where(long["measure"] == "vollstationaer", "permanent_and_short", "")
    return long.assign(year=long["year"].astype(int), half_width=0.0, status="observed", basis=both)


def derived(folder: Path) -> pd.DataFrame:
    """Return figures computed from rates and shares, same columns; homes are permanent places' residents only."""
    panel = read_found(folder, "kreise_care_panel_2009_2021.csv").rename(columns={"ags": "area"})
    known = panel["pflegebeduerftige_official"] != ""
    best = number(panel["pflegebeduerftige_official"]).fillna(number(panel["pflegebeduerftige_derived"]))
    width = number(panel["halfwidth_rounding"]).where(~known, 0.0)
    parts = [_rows(panel, "people_in_need", best, width)]
    for column, measure in SHARES.items():
        share = number(panel[column]) / 100
        parts.append(_rows(panel, measure, share * best, share * width + SHARE_ROUNDING * best))
    return pd.concat(parts, ignore_index=True).dropna(subset="persons")


def _rows(panel: pd.DataFrame, measure: str, persons: pd.Series, width: pd.Series) -> pd.DataFrame:
    """Return one measure for all areas and years, rounded to persons; the error is rounded up."""
    basis = "permanent" if measure == "vollstationaer" else ""
    return pd.DataFrame(
        {
            "area": panel["area"],
            "level": "kreis",
            "year": panel["year"].astype(int),
            "sex": "t",
            "measure": measure,
            "persons": persons.round(),
            "half_width": np.ceil(width),
            "status": "derived",
            "basis": basis,
        }
    )


def care(folder: Path) -> pd.DataFrame:
    """Return the best figure for each area, year, sex and measure: counted before derived."""
    key = ["area", "year", "sex", "measure"]
    known = counted(folder)
    twice = known[known["area"].isin(list(_CITY_STATES))].replace({"area": _CITY_STATES}).assign(level="kreis")
    both = pd.concat([known, twice, derived(folder)], ignore_index=True)
    return both.drop_duplicates(key, keep="first").sort_values(key).reset_index(drop=True)

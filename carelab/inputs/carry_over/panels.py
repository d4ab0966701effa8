"""Carry over what others teach: how districts grow beside their city, how they differ, when women have children."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over import magdeburg
from carelab.inputs.carry_over.found import ages, number, read_found

FERTILITY_PERIOD = "2015-2020"


def district_totals(folder: Path) -> pd.DataFrame:
    """Return yearly totals of the inhabited Stadtteile of Magdeburg (2011-2025) and of Wien's districts (2002-2025)."""
    own = magdeburg.population_total(folder)
    own = own[(own["district"] != magdeburg.AGS) & (own["persons"].groupby(own["district"]).transform("min") > 0)]
    wien = read_found(folder, "wien_bezirk_age5_sex_2002_2025.csv")
    wien = wien.assign(persons=number(wien["population"]), year=wien["year"].astype(int))
    wien = wien.groupby(["district", "year"], as_index=False)[["persons"]].sum()
    return pd.concat([own.assign(panel="magdeburg"), wien.assign(panel="wien")], ignore_index=True)


def district_old(folder: Path) -> pd.DataFrame:
    """Return inhabitants and those of 65 and over of Magdeburg's Stadtteile, all years with both counted."""
    bands = magdeburg.population_bands(folder)
    old = bands[(bands["age_from"] == 65) & (bands["district"] != magdeburg.AGS)].rename(
        columns={"persons": "persons_65plus"}
    )
    both = old[["district", "year", "persons_65plus"]].merge(
        magdeburg.population_total(folder), on=["district", "year"]
    )
    both = both.dropna(subset="persons_65plus")
    return both[both["persons"] > 0].assign(panel="magdeburg")


def fertility(folder: Path) -> pd.DataFrame:
    """Return the share of births by mother's age in five-year groups, Germany (UN WPP2019)."""
    found = read_found(folder, "wpp2019_percentASFR_5x5.csv")
    found = found[(found["name"] == "Germany") & (found["period"] == FERTILITY_PERIOD)]
    rows = found.join(ages(found["age"]))
    share = (number(rows["percent_asfr"]) / 100).round(7)
    return rows.assign(region="DG", period=FERTILITY_PERIOD.replace("-", "/"), share=share)

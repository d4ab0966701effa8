"""Carry over what lets every Kreis be computed as a city: names, ages, home places. Care is in data/reference."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.found import ages as age_pairs
from carelab.inputs.carry_over.found import number, read_found
from carelab.terms import AGE_TOP

SINGLE_YEAR, LAST_YEAR = 2018, 2020
SUPPLY = {
    "plaetze_vollstat_dauerpflege": "places_permanent",
    "pflegeheime": "homes",
    "pflegedienste": "services",
    "personal_pflegedienste": "staff_services",
}
SUPPLY_YEAR = 2017
HECTARES = 100.0


def areas(folder: Path) -> pd.DataFrame:
    """Return area, name, area_ha (implied by published density), area_changed of the 306 Kreise."""
    panel = read_found(folder, "kreise_care_panel_2009_2021.csv").drop_duplicates("ags", keep="last")
    size = read_found(folder, "kreise_population_total_derived_1996_2022.csv").drop_duplicates("ags", keep="last")
    rows = panel.merge(size[["ags", "implied_area_km2"]], on="ags", how="left")
    return rows.assign(
        area=rows["ags"],
        area_ha=(number(rows["implied_area_km2"]) * HECTARES).round(),
        area_changed=rows["area_change_flag"] == "True",
    )


def ages(folder: Path) -> pd.DataFrame:
    """Return ages of the Kreise: 2018 by single age and sex, 2020 in 17 groups by sex, other years both sexes.

    2021 is derived: the total of 2020 moved as the published density did, split at 65 by the published share.
    """
    keys = read_found(folder, "kreise_care_panel_2009_2021.csv")["ags"].unique()
    rows = pd.concat([_single(folder), _groups(folder), _after(folder)], ignore_index=True)
    return rows[rows["area"].isin(list(keys))]


def _single(folder: Path) -> pd.DataFrame:
    found = read_found(folder, "kreise_population_singleage_2018_wide.csv.gz").rename(columns={"ags": "area"})
    long = found.melt(["area", "sex"], [str(age) for age in range(101)], var_name="age", value_name="persons")
    long = long.assign(age_from=long["age"].astype(int).clip(upper=AGE_TOP), persons=number(long["persons"]))
    rows: pd.DataFrame = long.groupby(["area", "sex", "age_from"], as_index=False)[["persons"]].sum()
    open_age = rows["age_from"].where(rows["age_from"] < AGE_TOP).astype(float)
    return rows.assign(year=SINGLE_YEAR, age_to=open_age)


def _groups(folder: Path) -> pd.DataFrame:
    """Return 17 groups: by sex in LAST_YEAR (the base of a projection), both sexes in the years before."""
    found = _found_groups(folder)
    found = found[found["year"] != SINGLE_YEAR]
    sex = found["sex"].where(found["year"] == LAST_YEAR, "t")
    keys = ["area", "year", "sex", "age_from", "age_to"]
    rows: pd.DataFrame = found.assign(sex=sex).groupby(keys, as_index=False, dropna=False)[["persons"]].sum()
    return rows


def _found_groups(folder: Path) -> pd.DataFrame:
    found = read_found(folder, "kreise_population_17age_2015_2020.csv.gz").rename(columns={"ags": "area"})
    pairs = age_pairs(found["age"])
    return found.assign(year=found["year"].astype(int), persons=number(found["population"]), **pairs)


def _after(folder: Path) -> pd.DataFrame:
    """Return the year after the last counted one in two groups (0-64, 65+), both sexes."""
    counted = _found_groups(folder)
    last = counted[counted["year"] == LAST_YEAR].groupby("area")["persons"].sum()
    size = read_found(folder, "kreise_population_total_derived_1996_2022.csv")
    share = read_found(folder, "kreise_share65_medianage_1995_2022.csv")
    people = size.assign(value=number(size["population_derived"])).pivot(index="ags", columns="year", values="value")
    old = share.assign(value=number(share["share_65plus"]) / 100).pivot(index="ags", columns="year", values="value")
    year = LAST_YEAR + 1
    total = (last * people[str(year)] / people[str(LAST_YEAR)]).dropna().round()
    above = (total * old[str(year)].reindex(total.index)).round()
    parts = [(0, 64.0, total - above), (65, float("nan"), above)]
    rows = [
        pd.DataFrame(
            {"area": total.index, "year": year, "sex": "t", "age_from": a, "age_to": b, "persons": n.to_numpy()}
        )
        for a, b, n in parts
    ]
    return pd.concat(rows, ignore_index=True)


def supply(folder: Path) -> pd.DataFrame:
    """Return homes, places, services and staff as last counted by Kreis, and home places per 10,000 since."""
    found = read_found(folder, "kreise_care_supply_2003_2017.csv").rename(columns={"ags": "area"})
    found = found[(found["level"] == "kreis") & (found["year"] == str(SUPPLY_YEAR))]
    long = found.melt(["area", "year"], list(SUPPLY), var_name="measure", value_name="value").replace(SUPPLY)
    panel = read_found(folder, "kreise_care_panel_2009_2021.csv").rename(columns={"ags": "area"})
    panel = panel[panel["year"].astype(int) > SUPPLY_YEAR]
    per = panel.assign(measure="places_permanent_per_10000", value=panel["heimplaetze_je_10000_ew"])
    rows = pd.concat([long, per[["area", "year", "measure", "value"]]], ignore_index=True)
    rows = rows[rows["area"].isin(list(panel["area"].unique()))].assign(value=lambda frame: number(frame["value"]))
    return rows.dropna(subset="value").assign(year=lambda frame: frame["year"].astype(int), status="observed")


TABLES = {"areas": areas, "ages": ages, "supply": supply}

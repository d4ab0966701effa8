"""Carry over what holds for every city: life tables, care rates, totals of Kreise and Länder, populations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from carelab.inputs.carry_over.care import care
from carelab.inputs.carry_over.found import CITIES, ages, number, read_found
from carelab.terms import AGE_TOP

REGIONS = {"DE": "DG", "Deutschland": "DG", "Sachsen-Anhalt": "15", "Niedersachsen": "03", "Magdeburg": "15003"}
WIEN_FILE = "wien_bezirk_age5_sex_2002_2025.csv"
WIEN_YEARS = (2005, 2010, 2015, 2020, 2025)
POPULATION_DE_YEARS = range(1990, 2041)
STRUCTURE_YEARS = range(2009, 2022)


def lifetable(folder: Path) -> pd.DataFrame:
    """Return death probabilities of Germany by single age and sex, three periods."""
    found = read_found(folder, "lifetable_de_2016_2024.csv")
    return found.assign(year=_middle(found["period"]), age=found["age"].astype(int), qx=number(found["qx"]))


def life_expectancy(folder: Path) -> pd.DataFrame:
    """Return life expectancies (years) of Sachsen-Anhalt (15) and Germany (DG)."""
    found = read_found(folder, "life_expectancy_st_de.csv")
    period = [f"{text[:4]}/{text[:2]}{text[-2:]}" for text in found["period"]]
    rows = found.assign(region=found["region"].map(REGIONS), period=period, age=found["age"].astype(int))
    return rows.assign(year=_middle(rows["period"]), years=number(found["ex"]))


def _middle(period: pd.Series) -> pd.Series:
    """Return the middle year of "2022/2024"."""
    return ((period.str[:4].astype(int) + period.str[-4:].astype(int)) // 2).astype(int)


def care_rates(folder: Path) -> pd.DataFrame:
    """Return people in need per person by age and sex; rows of unclear origin (quality C) and cross-checks are left."""
    found = read_found(folder, "prevalence_age_sex.csv")
    found = found[found["quality"].isin(["A", "B"]) & ~found["note"].str.contains("cross-check")]
    return found.assign(
        region=found["region"].map(REGIONS),
        year=found["year"].astype(int),
        age_from=found["age_from"].astype(int),
        age_to=number(found["age_to"]),
        rate=(number(found["prevalence_pct"]) / 100).round(6),
        persons=number(found["count"]),
        source=found["source_key"],
    )


def care_cities(folder: Path) -> pd.DataFrame:
    """Return the care series of the four areas of the workbench, as in care.csv."""
    rows = care(folder)
    rows = rows[rows["area"].isin(list(CITIES))]
    return rows.assign(name=rows["area"].map(CITIES))


def population_kreis(folder: Path) -> pd.DataFrame:
    """Return Kreise by sex: 2018 in seven bands (0-64, 65-69, ..., 90+), 2015-2017 and 2019-2020 in three (75+)."""
    kreise = read_found(folder, "kreise_care_panel_2009_2021.csv")["ags"].unique()
    rows = pd.concat([_single_ages(folder), _three_bands(folder)], ignore_index=True)
    return rows[rows["area"].isin(list(kreise))]


def _single_ages(folder: Path) -> pd.DataFrame:
    found = read_found(folder, "kreise_population_singleage_2018_wide.csv.gz").rename(columns={"ags": "area"})
    long = found.melt(["area", "sex"], [str(age) for age in range(101)], var_name="age", value_name="persons")
    age = long["age"].astype(int)
    first = np.where(age < 65, 0, np.minimum(age // 5 * 5, AGE_TOP))
    long = long.assign(age_from=first, persons=number(long["persons"]))
    rows: pd.DataFrame = long.groupby(["area", "sex", "age_from"], as_index=False)[["persons"]].sum()
    last = rows["age_from"].map(lambda a: 64.0 if a == 0 else a + 4.0 if a < AGE_TOP else float("nan"))
    return rows.assign(year=2018, age_to=last)


def _three_bands(folder: Path) -> pd.DataFrame:
    found = read_found(folder, "kreise_population_17age_2015_2020.csv.gz").rename(columns={"ags": "area"})
    found = found[found["year"] != "2018"].assign(persons=lambda frame: number(frame["population"]))
    first = ages(found["age"])["age_from"]
    found["age_from"] = np.where(first < 65, 0, first)
    rows: pd.DataFrame = found.groupby(["area", "year", "sex", "age_from"], as_index=False)[["persons"]].sum()
    last = rows["age_from"].map({0: 64.0, 65: 74.0, 75: float("nan")})
    return rows.assign(year=rows["year"].astype(int), age_to=last)


def kreis_structure(folder: Path) -> pd.DataFrame:
    """Return population (derived from density x area), share of 65+ (0-1) and median age (years), 2009-2021."""
    people = read_found(folder, "kreise_population_total_derived_1996_2022.csv")
    share = read_found(folder, "kreise_share65_medianage_1995_2022.csv")
    rows = people.merge(share, on=["ags", "year"]).rename(columns={"ags": "area"})
    rows = rows.assign(
        year=rows["year"].astype(int),
        population=number(rows["population_derived"]),
        share_65plus=(number(rows["share_65plus"]) / 100).round(6),
        median_age=number(rows["median_age"]),
    )
    return rows[rows["year"].isin(STRUCTURE_YEARS)]


def kreis_totals(folder: Path) -> pd.DataFrame:
    """Return inhabitants of all Kreise (density x area) 1996-2022, persons per km2, and the census they rest on."""
    found = read_found(folder, "kreise_population_total_derived_1996_2022.csv").rename(columns={"ags": "area"})
    year = found["year"].astype(int)
    return found.assign(
        year=year,
        persons=number(found["population_derived"]),
        per_km2=number(found["inkar_density_ew_km2"]),
        census=np.where(year < 2011, 1987, 2011),
    )


def population_cities(folder: Path) -> pd.DataFrame:
    """Return the four areas by sex: 2018 by single age to 90+, the other years 2015-2020 in 17 groups (75+ open)."""
    single = read_found(folder, "cities_population_singleage_2018.csv")
    age = single["age"].astype(int).clip(upper=AGE_TOP)
    single = single.assign(area=single["ags"], year=2018, age_from=age, persons=number(single["population"]))
    single = single.groupby(["area", "year", "sex", "age_from"], as_index=False)[["persons"]].sum()
    single["age_to"] = single["age_from"].where(single["age_from"] < AGE_TOP).astype(float)
    groups = read_found(folder, "cities_population_17age_2015_2020.csv")
    groups = groups[groups["year"] != "2018"].rename(columns={"ags": "area"})
    groups = groups.join(ages(groups["age"])).assign(
        year=groups["year"].astype(int), persons=number(groups["population"])
    )
    return pd.concat([single, groups], ignore_index=True)


def population_de(folder: Path) -> pd.DataFrame:
    """Return Germany in five-year groups (0-4, ..., 100+), UN WPP2019: estimates to 2020, medium variant after."""
    found = read_found(folder, "wpp2019_population_5x5.csv")
    found = found[(found["name"] == "Germany") & found["year"].astype(int).isin(POPULATION_DE_YEARS)]
    found = found.join(ages(found["age"])[["age_to"]]).rename(columns={"pop_m": "m", "pop_f": "w"})
    rows = found.melt(["year", "age_start", "age_to", "kind"], ["m", "w"], var_name="sex", value_name="thousands")
    return rows.assign(
        year=rows["year"].astype(int),
        age_from=rows["age_start"].astype(int),
        persons=(number(rows["thousands"]) * 1000).round(),
        status=np.where(rows["kind"] == "estimate", "observed", "projected"),
    )


def district_ages(folder: Path) -> pd.DataFrame:
    """Return Wien's 23 districts by sex and 17 age groups (80+ open) in five years."""
    rows = wien_ages(folder)
    return rows[rows["year"].isin(WIEN_YEARS)].assign(panel="wien")


def wien_ages(folder: Path) -> pd.DataFrame:
    """Return Wien's districts by sex and age group in all years: district, year, sex, age_from, age_to, persons."""
    found = read_found(folder, WIEN_FILE)
    rows = found.join(ages(found["age_group"]))
    rows = rows.assign(sex=rows["sex"].replace({"f": "w"}))
    return rows.assign(year=rows["year"].astype(int), persons=number(rows["population"]))


def care_settings_age(folder: Path) -> pd.DataFrame:
    """Return people in need by age and setting, Nordrhein-Westfalen (05), 2019 and 2021."""
    found = read_found(folder, "nrw_care_age_by_leistungsart_2019_2021.csv").rename(columns={"ags": "area"})
    rows = found.join(ages(found["age"])).rename(columns={"leistungsart": "setting"})
    return rows.assign(year=rows["year"].astype(int), persons=number(rows["pflegebeduerftige"]))

"""Carry over Magdeburg: districts, population, births, care, supply, institutions, physicians.

Source of the population tables: Landeshauptstadt Magdeburg, Amt für Statistik (KISS-MD).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.coverage import magdeburg_coverage
from carelab.inputs.carry_over.found import ages, number, read_found
from carelab.inputs.carry_over.sites import magdeburg_sites, magdeburg_stops
from carelab.inputs.carry_over.supply import city_care, city_facilities, city_supply, keys_by_name
from carelab.terms import AGE_TOP

AGS = "15003"
INDICATORS = {
    "female": "women",
    "mean_age": "mean_age",
    "billeter_j": "billeter",
    "jugendquote": "youth_ratio",
    "altenquote": "old_age_ratio",
    "foreign": "foreigners",
    "households": "households",
    "mean_hh_size": "mean_household_size",
    "wohngeld_households": "wohngeld_households",
}
_RATIOS = ("mean_age", "billeter", "youth_ratio", "old_age_ratio", "mean_household_size")


def districts(folder: Path) -> pd.DataFrame:
    """Return the 40 Stadtteile: official area (ha), centre of the area, population-weighted centre (empty: nobody)."""
    found = read_found(folder, "magdeburg_stadtteile.csv").rename(columns={"key": "district"})
    points = {"lon": "lon", "lat": "lat", "lon_people": "pwc_lon", "lat_people": "pwc_lat"}
    return found.assign(
        area_ha=number(found["area_ha_official"]),
        **{column: number(found[name]).round(5) for column, name in points.items()},
    )


def population_total(folder: Path) -> pd.DataFrame:
    """Return totals 2011-2025; Stadtteile without a row (nobody lives there) become explicit zeros, status derived."""
    found = read_found(folder, "magdeburg_total_2011_2025.csv").rename(columns={"key": "district"})
    rows = found.assign(persons=number(found["population"]), year=found["year"].astype(int), status="observed")
    return _with_uninhabited(folder, rows[["district", "year", "persons", "status"]], ["year"])


def population_bands(folder: Path) -> pd.DataFrame:
    """Return five age bands 2021-2025; blank counts stay blank and are marked suppressed."""
    found = read_found(folder, "magdeburg_agegroups_2021_2025.csv").rename(columns={"key": "district"})
    found = found[found["age_group"] != "total"]
    rows = found.join(ages(found["age_group"])).assign(
        year=found["year"].astype(int),
        persons=number(found["population"]),
        suppressed=found["suppressed"] == "True",
        status="observed",
    )
    rows = _with_uninhabited(folder, rows, ["year", "age_from", "age_to"])
    return rows.assign(suppressed=rows["suppressed"].fillna(False).astype(bool))


def _with_uninhabited(folder: Path, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add the rows that the office leaves out because nobody lives there: zero persons, status derived."""
    wanted = rows[keys].drop_duplicates().merge(districts(folder)[["district"]], how="cross")
    full = pd.concat([rows, wanted.assign(persons=0.0, status="derived")], ignore_index=True)
    return full.drop_duplicates(["district", *keys], keep="first")


def population_city(folder: Path) -> pd.DataFrame:
    """Return the city by single age to 89 and 90+: both sexes 2006-2025, men and women 2021-2025."""
    both = read_found(folder, "magdeburg_city_singleage_2006_2025.csv")
    both = both[(both["sex"] == "total") & (both["age"] != "total")].assign(sex="t")
    sexes = read_found(folder, "magdeburg_population_singleage_sex_2021_2025.csv")
    sexes = sexes.melt(["year", "age"], ["m", "w"], var_name="sex", value_name="population")
    rows = pd.concat([both, sexes], ignore_index=True)
    age = rows["age"].str.removesuffix("+").astype(int).clip(upper=AGE_TOP)
    rows = rows.assign(age_from=age, persons=number(rows["population"]), year=rows["year"].astype(int))
    rows = rows.groupby(["year", "sex", "age_from"], as_index=False)[["persons"]].sum()
    return rows.assign(age_to=rows["age_from"].where(rows["age_from"] < AGE_TOP).astype(float))


def indicators(folder: Path) -> pd.DataFrame:
    """Return published indicators by Stadtteil and for the city; a mean of nobody is unknown, not zero."""
    found = read_found(folder, "magdeburg_indicators.csv").rename(columns={"key": "district", **INDICATORS})
    rows = found.assign(year=found["year"].astype(int), **{c: number(found[c], 4) for c in INDICATORS.values()})
    empty = number(found["population"]) == 0
    rows.loc[empty, list(_RATIOS)] = float("nan")
    return rows.dropna(subset=list(INDICATORS.values()), how="all")


def births(folder: Path) -> pd.DataFrame:
    """Return births by mother's age; "15 und jünger" is 0-15, "44 und älter" is open."""
    found = read_found(folder, "magdeburg_births_by_mother_age_2013_2025.csv")
    label = found["mother_age"].replace({"15 und jünger": "0-15", "44 und älter": "44+"})
    span = ages(label).set_axis(["mother_age_from", "mother_age_to"], axis=1)
    return found.join(span).assign(year=found["year"].astype(int), births=number(found["births"]))


def physicians(folder: Path) -> pd.DataFrame:
    """Return physicians, dentists and pharmacies by Stadtteil, 2008-2023."""
    found = read_found(folder, "magdeburg_physicians_pharmacies_2008_2023.csv").rename(columns={"key": "district"})
    counts = {c: number(found[c]) for c in ("physicians", "dentists", "pharmacies")}
    return found.assign(year=found["year"].astype(int), **counts)


TABLES: dict[str, Callable[[Path], pd.DataFrame]] = {
    "districts": districts,
    "population_bands": population_bands,
    "population_total": population_total,
    "population_city": population_city,
    "indicators": indicators,
    "births": births,
    "care": lambda folder: city_care(folder, AGS),
    "supply": lambda folder: city_supply(folder, AGS),
    "facilities": lambda folder: city_facilities(folder, AGS, keys_by_name(districts(folder))),
    "physicians": physicians,
    "coverage": magdeburg_coverage,
    "sites": magdeburg_sites,
    "stops": magdeburg_stops,
}

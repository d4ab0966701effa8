"""Carry over Magdeburg: districts, population, births, care, supply, institutions, physicians.

Source of the population tables: Landeshauptstadt Magdeburg, Amt für Statistik (KISS-MD).
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.care import care
from carelab.inputs.carry_over.found import ages, number, read_found
from carelab.inputs.carry_over.sites import magdeburg_sites, magdeburg_stops
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
SUPPLY = {
    "pflegeheime": "homes",
    "plaetze_pflegeheime": "places_homes",
    "plaetze_vollstat_dauerpflege": "places_permanent",
    "heimplaetze_je_10000_ew": "places_permanent_per_10000",
    "pflegedienste": "services",
    "personal_pflegedienste": "staff_services",
    "personal_pflegeheime": "staff_homes",
}
_STATUS = {"mentioned in the past tense": "unclear", "nearly finished": "planned", "closing announced": "closing"}


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


def city_care(folder: Path) -> pd.DataFrame:
    """Return the city's people in need by year, sex and setting (counted 2015-2019, else derived)."""
    rows = care(folder)
    return rows[rows["area"] == AGS]


def supply(folder: Path) -> pd.DataFrame:
    """Return homes, places, services and staff; permanent places after 2017 follow from places per 10,000."""
    found = read_found(folder, "cities_care_timeseries.csv")
    found = found[(found["ags"] == AGS) & found["measure"].isin(list(SUPPLY)) & found["quality"].isin(["A", "B"])]
    rows = found.replace({"measure": SUPPLY}).assign(
        year=found["year"].astype(int), value=number(found["value"]), status="observed"
    )
    return pd.concat([rows, _derived_places(folder, rows)], ignore_index=True)


def _derived_places(folder: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Return permanent places = places per 10,000 x population, for years in which they were not counted."""
    panel = read_found(folder, "kreise_care_panel_2009_2021.csv")
    panel = panel[panel["ags"] == AGS]
    people = dict(zip(panel["year"].astype(int), number(panel["population_derived"]), strict=True))
    counted = set(rows.loc[rows["measure"] == "places_permanent", "year"])
    per = rows[(rows["measure"] == "places_permanent_per_10000") & ~rows["year"].isin(counted)]
    per = per[per["year"].isin(list(people))]
    value = (per["value"] * per["year"].map(people) / 10_000).round()
    return per.assign(measure="places_permanent", value=value, status="derived")


def facilities(folder: Path) -> pd.DataFrame:
    """Return institutions found in public texts (a third of the homes at best); no addresses, no persons."""
    found = read_found(folder, "facilities.csv")
    found = found[found["city_ags"] == AGS].rename(columns={"id": "facility", "places_full": "places"})
    keys = dict(zip(districts(folder)["name"], districts(folder)["district"], strict=True))
    return found.assign(
        district=found["stadtteil"].map(keys).fillna(""),
        opened=found["opened"].map(_month),
        closed=found["closed"].map(_month),
        status=found["status"].replace(_STATUS),
        note=[_note({str(key): str(cell) for key, cell in row.items()}) for row in found.to_dict("records")],
    )


def _month(text: str) -> str:
    """Return the year or year-month at the start of a text, else nothing."""
    match = re.match(r"\d{4}(-\d{2})?", text)
    return match.group() if match else ""


def _note(row: dict[str, str]) -> str:
    """Join what was said about the figure: basis of the places and of the Stadtteil, dates in words, remarks."""
    dates = [row[c] for c in ("opened", "closed") if row[c] != _month(row[c])]
    basis = [row["places_basis"]] if row["places_basis"] not in ("", "places") else []
    where = [f"Stadtteil {row['stadtteil_basis']}"] if row["stadtteil_basis"] not in ("", "source") else []
    said = [row["status"]] if row["status"] in _STATUS else []
    return "; ".join(part for part in [*basis, *where, *dates, *said, row["note"]] if part)


def physicians(folder: Path) -> pd.DataFrame:
    """Return physicians, dentists and pharmacies by Stadtteil, 2008-2023."""
    found = read_found(folder, "magdeburg_physicians_pharmacies_2008_2023.csv").rename(columns={"key": "district"})
    counts = {c: number(found[c]) for c in ("physicians", "dentists", "pharmacies")}
    return found.assign(year=found["year"].astype(int), **counts)


TABLES = {
    "districts": districts,
    "population_bands": population_bands,
    "population_total": population_total,
    "population_city": population_city,
    "indicators": indicators,
    "births": births,
    "care": city_care,
    "supply": supply,
    "facilities": facilities,
    "physicians": physicians,
    "sites": magdeburg_sites,
    "stops": magdeburg_stops,
}

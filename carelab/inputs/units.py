"""Forecast units: the areas a study computes. Its districts where they are counted, else the city as one unit.

A city whose districts have names but no counts is not refused and nothing is invented for them: it is computed as a
whole (evidence grade E), and its districts stay on record as ``unknown_districts``.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from carelab.inputs.city import CityData
from carelab.inputs.contracts import CITY

GRADE = "E"


def forecast_units(data: CityData) -> CityData:
    """Return the city as it is computed: unchanged where districts are counted, else with itself as only district.

    The unit's key is the city's AGS, its population one open age band: what is known of its ages is population_city.
    Facilities, physicians and new housing of all districts become the unit's; what is known of districts alone
    (indicators, counts of care) is left out.
    """
    if _counted(data):
        return data
    ags, named = data.info.ags, data.districts
    return replace(
        data,
        info=replace(data.info, grade=GRADE),
        districts=_unit(data),
        unknown_districts=named[named["district"] != ags].reset_index(drop=True),
        population_total=_totals(data),
        population_bands=_totals(data).assign(age_from=0, age_to=float("nan"), suppressed=False),
        indicators=_whole(data.indicators, ags),
        facilities=data.facilities.assign(district=ags),
        physicians=_summed(data.physicians, ags, ["year"]),
        housing=_summed(data.housing, ags, ["year", "age_from", "age_to"]),
        care_districts=data.care_districts.iloc[:0],
    )


def is_whole(data: CityData) -> bool:
    """Say whether the city is computed as one unit: its only district carries its own key."""
    return list(data.districts["district"]) == [data.info.ags]


def _counted(data: CityData) -> bool:
    """Say whether any district of the city has inhabitants on record."""
    tables = (data.population_bands, data.population_total)
    return any((table["district"] != data.info.ags).any() for table in tables)


def _unit(data: CityData) -> pd.DataFrame:
    """Return the city as one row of districts.csv: area the sum (unknown if one is), centre the mean of known ones."""
    table = data.districts
    places = {column: pd.to_numeric(table[column]).mean() for column in ("lon", "lat", "lon_people", "lat_people")}
    area = pd.to_numeric(table["area_ha"]).sum(skipna=False)
    row = {"district": data.info.ags, "name": data.info.name, "area_ha": area, "point_basis": "", **places}
    return pd.DataFrame([row])[list(CITY["districts"].columns)]


def _totals(data: CityData) -> pd.DataFrame:
    """Return district (the AGS), year, persons, status from the ages of the city, all sexes."""
    ages = data.population_city
    both = ages[ages["sex"] == "t"].groupby("year")["persons"].sum()
    parts = ages[ages["sex"] != "t"].groupby("year")["persons"].sum()
    persons = both.combine_first(parts).astype("int64").rename("persons").reset_index()
    return persons.assign(district=data.info.ags, status="observed")[["district", "year", "persons", "status"]]


def _whole(table: pd.DataFrame, ags: str) -> pd.DataFrame:
    return table[table["district"] == ags].reset_index(drop=True)


def _summed(table: pd.DataFrame, ags: str, keys: list[str]) -> pd.DataFrame:
    """Return the city's own rows where there are any, else the sum of its districts."""
    own = _whole(table, ags)
    if len(own) or table.empty:
        return own
    sums = table.drop(columns="district").groupby(keys, as_index=False, dropna=False).sum()
    return sums.assign(district=ags)[list(table.columns)]

"""Carry over Dessau-Roßlau: the city by age; its 25 Stadtbezirke are named, their inhabitants are not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from carelab.inputs.carry_over.city_ages import city_ages, unknown
from carelab.inputs.carry_over.found import number, read_found
from carelab.inputs.carry_over.sites import sites, stops
from carelab.inputs.carry_over.supply import city_care, city_facilities, city_supply, keys_by_name

AGS = "15001"


def districts(folder: Path) -> pd.DataFrame:
    """Return the 25 Stadtbezirke in the city's order: a centre, or stops named after it, where there are any."""
    found = read_found(folder, "dessau_stadtbezirke.csv")
    centre, stop = (found[[f"{kind}lon", f"{kind}lat"]].apply(number) for kind in ("", "anchor_"))
    points = centre.fillna(stop.set_axis(centre.columns, axis=1)).round(5)
    basis = np.where(centre["lon"].isna() & points["lon"].notna(), "stop", "")
    known: dict[str, Any] = {
        "district": found["list_order"].str.zfill(2),
        "area_ha": number(found["area_ha"]),
        "point_basis": basis,
    }
    return found[["name"]].assign(**known, lon=points["lon"], lat=points["lat"], lon_people=np.nan, lat_people=np.nan)


def population_dated(folder: Path) -> pd.DataFrame:
    """Return the few dated counts of single Stadtbezirke, 1991 on."""
    found = read_found(folder, "dessau_population_long.csv").merge(districts(folder)[["name", "district"]], on="name")
    found = found[found["date"] != ""]
    month = found["date"].str[5:7].replace("", "12").astype(int)
    year = found["date"].str[:4].astype(int)
    return found.assign(year=year.where(month > 6, year - 1), persons=number(found["population"]))


TABLES = {
    "districts": districts,
    "population_bands": unknown("population_bands"),
    "population_total": unknown("population_total"),
    "population_city": lambda folder: city_ages(folder, AGS),
    "indicators": unknown("indicators"),
    "births": unknown("births"),
    "care": lambda folder: city_care(folder, AGS),
    "supply": lambda folder: city_supply(folder, AGS),
    "facilities": lambda folder: city_facilities(folder, AGS, keys_by_name(districts(folder))),
    "physicians": unknown("physicians"),
    "population_dated": population_dated,
    "sites": lambda folder: sites(folder, AGS),
    "stops": lambda folder: stops(folder, AGS),
}

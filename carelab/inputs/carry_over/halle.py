"""Carry over Halle (Saale): 43 Stadtviertel, of which 25 have a count at the end of 2020.

The others get an estimate for 2020 (status estimated): their dated counts, joined by straight lines and carried on from
the last one, scaled so that a Stadtbezirk whose total is published keeps it. What was counted when stands in
population_dated.csv, so that the run can widen its intervals by the years since.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from carelab.inputs.carry_over.city_ages import city_ages, unknown
from carelab.inputs.carry_over.found import number, read_found
from carelab.inputs.carry_over.sites import sites, stops
from carelab.inputs.carry_over.supply import city_care, city_facilities, city_supply, keys_by_name

AGS = "15002"
BASE_YEAR = 2020
WITHOUT_KEY = {
    "Böllberg/Wörmlitz": "460",
    "Silberhöhe": "461",
    "Saaleaue": "590",
    "Kröllwitz": "591",
    "Heide-Süd": "592",
    "Nietleben": "593",
    "Dölauer Heide": "594",
    "Dölau": "595",
}
"""Stadtviertel whose official key is known but for its last digit: numbered in the order of the city's list."""
QUALITY = ("exact", "year_only", "page_cites_2015", "page_cites_2019", "approx")
"""How well a count is dated, best first; undated ones are left."""


def districts(folder: Path) -> pd.DataFrame:
    """Return the 43 Stadtviertel with area (ha) and a point: its centre, stops named after it, or its neighbours'.

    The last one is a rule, not a place: the mean of the points known in the same Stadtteil (first two digits).
    """
    found = read_found(folder, "halle_stadtviertel.csv")
    keys = found["official_key"].str.replace(" ", "").where(found["official_key"] != "", found["name"].map(WITHOUT_KEY))
    centre, stop = (found[[f"{kind}lon", f"{kind}lat"]].apply(number) for kind in ("", "anchor_"))
    points = centre.fillna(stop.set_axis(centre.columns, axis=1))
    near = points.groupby(keys.str[:2]).transform("mean")
    basis = np.select([centre["lon"].notna(), stop["anchor_lon"].notna()], ["", "stop"], "neighbours")
    points = points.fillna(near).round(5)
    known: dict[str, Any] = {
        "district": keys,
        "point_basis": basis,
        "area_ha": number(found["area_ha"]),
        "borough": found["stadtbezirk"],
    }
    return found[["name"]].assign(**known, lon=points["lon"], lat=points["lat"], lon_people=np.nan, lat_people=np.nan)


def groups(folder: Path) -> pd.DataFrame:
    """Return the Stadtbezirk of each Stadtviertel: "0" and the first digit of its key, and its name."""
    table = districts(folder)[["district", "borough"]]
    return table.assign(group="0" + table["district"].str[0], name=table["borough"])


def population_dated(folder: Path) -> pd.DataFrame:
    """Return the dated counts of the Stadtviertel: the best dated one per year; a date up to June rounds down."""
    found = read_found(folder, "halle_population_long.csv").merge(districts(folder)[["name", "district"]], on="name")
    found = found[found["date_quality"].isin(QUALITY)]
    year, month = found["date"].str[:4].astype(int), found["date"].str[5:7].astype(int)
    rank = found["date_quality"].map(QUALITY.index)
    rows = found.assign(year=year.where(month > 6, year - 1), rank=rank, persons=number(found["population"]))
    rows = rows.sort_values(["district", "year", "rank"], kind="stable")
    return rows.drop_duplicates(["district", "year"])[["district", "year", "persons", "url"]]


def population_total(folder: Path) -> pd.DataFrame:
    """Return all Stadtviertel at the end of 2020: counted (observed), estimated, or without any figure (assumed 0)."""
    table = districts(folder)[["district", "name", "borough"]]
    dated = population_dated(folder)
    guesses = {str(key): _at_base_year(rows) for key, rows in dated.groupby("district")}
    counted = set(dated.loc[dated["year"] == BASE_YEAR, "district"])
    table["persons"] = table["district"].map(guesses).fillna(0.0)
    table["status"] = np.where(table["district"].isin(counted), "observed", "estimated")
    table.loc[~table["district"].isin(list(guesses)), "status"] = "assumed"
    for borough, published in _boroughs(folder).items():
        inside = table["borough"] == borough
        open_ = inside & (table["status"] == "estimated")
        rest = published - table.loc[inside & ~open_, "persons"].sum()
        if open_.any():
            table.loc[open_, "persons"] = _scaled(table.loc[open_, "persons"], rest)
    return table.assign(year=BASE_YEAR)


def _at_base_year(rows: pd.DataFrame) -> float:
    """Return persons at BASE_YEAR: straight lines between counts, the first and the last one carried on."""
    return float(np.rint(np.interp(BASE_YEAR, rows["year"].to_numpy(float), rows["persons"].to_numpy(float))))


def _scaled(persons: pd.Series, total: float) -> pd.Series:
    """Return whole persons that add up to ``total``: what rounding leaves goes to the largest."""
    scaled = np.rint(persons.to_numpy(float) * total / float(persons.sum()))
    scaled[scaled.argmax()] += total - scaled.sum()
    return pd.Series(scaled, index=persons.index)


def _boroughs(folder: Path) -> dict[str, float]:
    """Return the published totals of Stadtbezirke at the end of 2020."""
    found = read_found(folder, "halle_population_long.csv")
    rows = found[found["name"].str.startswith("Stadtbezirk ") & (found["date"] == f"{BASE_YEAR}-12-31")]
    return dict(zip(rows["name"].str.removeprefix("Stadtbezirk "), number(rows["population"]), strict=True))


def indicators(folder: Path) -> pd.DataFrame:
    """Return 12 old-age ratios of the press, 2023 (persons of 65+ per 100 of working age; taken as the end of 2022)."""
    found = read_found(folder, "halle_altenquote_press_2023.csv").merge(districts(folder)[["name", "district"]])
    rows = unknown("indicators")(folder).reindex(range(len(found)))
    return rows.assign(district=found["district"], year=2022, old_age_ratio=number(found["altenquote"]))


TABLES = {
    "districts": districts,
    "groups": groups,
    "population_bands": unknown("population_bands"),
    "population_total": population_total,
    "population_city": lambda folder: city_ages(folder, AGS),
    "indicators": indicators,
    "births": unknown("births"),
    "care": lambda folder: city_care(folder, AGS),
    "supply": lambda folder: city_supply(folder, AGS),
    "facilities": lambda folder: city_facilities(folder, AGS, keys_by_name(districts(folder))),
    "physicians": unknown("physicians"),
    "population_dated": population_dated,
    "sites": lambda folder: sites(folder, AGS),
    "stops": lambda folder: stops(folder, AGS),
}

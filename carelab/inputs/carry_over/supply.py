"""Care counts, homes, places, services and institutions of one city, by its AGS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.care import care
from carelab.inputs.carry_over.found import GERMAN_NAMES, number, read_found

SUPPLY = {
    "pflegeheime": "homes",
    "plaetze_pflegeheime": "places_homes",
    "plaetze_vollstat_dauerpflege": "places_permanent",
    "heimplaetze_je_10000_ew": "places_permanent_per_10000",
    "pflegedienste": "services",
    "personal_pflegedienste": "staff_services",
    "personal_pflegeheime": "staff_homes",
}
_STATUS = {
    "mentioned in the past tense": "unclear",
    "nearly finished": "planned",
    "building finished": "planned",
    "closing announced": "closing",
}


def city_care(folder: Path, ags: str) -> pd.DataFrame:
    """Return the city's people in need by year, sex and setting (counted 2015-2019, else derived)."""
    rows = care(folder)
    return rows[rows["area"] == ags]


def keys_by_name(districts: pd.DataFrame) -> dict[str, str]:
    """Return name -> key of the districts of a city."""
    return dict(zip(districts["name"], districts["district"], strict=True))


def city_supply(folder: Path, ags: str) -> pd.DataFrame:
    """Return homes, places, services and staff; permanent places after 2017 follow from places per 10,000."""
    found = read_found(folder, "cities_care_timeseries.csv")
    found = found[(found["ags"] == ags) & found["measure"].isin(list(SUPPLY)) & found["quality"].isin(["A", "B"])]
    rows = found.replace({"measure": SUPPLY}).assign(
        year=found["year"].astype(int), value=number(found["value"]), status="observed"
    )
    return pd.concat([rows, _derived_places(folder, rows, ags)], ignore_index=True)


def _derived_places(folder: Path, rows: pd.DataFrame, ags: str) -> pd.DataFrame:
    """Return permanent places = places per 10,000 x population, for years in which they were not counted."""
    panel = read_found(folder, "kreise_care_panel_2009_2021.csv")
    panel = panel[panel["ags"] == ags]
    people = dict(zip(panel["year"].astype(int), number(panel["population_derived"]), strict=True))
    counted = set(rows.loc[rows["measure"] == "places_permanent", "year"])
    per = rows[(rows["measure"] == "places_permanent_per_10000") & ~rows["year"].isin(counted)]
    per = per[per["year"].isin(list(people))]
    value = (per["value"] * per["year"].map(people) / 10_000).round()
    return per.assign(measure="places_permanent", value=value, status="derived")


def city_facilities(folder: Path, ags: str, keys: Mapping[str, str]) -> pd.DataFrame:
    """Return institutions found in public texts (a third of the homes at best); no addresses, no persons.

    ``keys``: name of a district, or of a part of it, to the district's key.
    """
    found = read_found(folder, "facilities.csv")
    found = found[found["city_ags"] == ags].rename(columns={"id": "facility", "places_full": "places"})
    return found.assign(
        name=found["name"].replace(GERMAN_NAMES),
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

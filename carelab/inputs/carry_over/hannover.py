"""Carry over Hannover (the city): 29 units of its own forecast 2024-2034, which hold its 51 Stadtteile.

Ages of the city are published as single facts only (60+, 85+); the Region's stand in for the rest (``ages_from``).
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from carelab.inputs.carry_over.city_ages import unknown
from carelab.inputs.carry_over.found import number, read_found
from carelab.inputs.carry_over.measures import hannover_measures, hannover_milestones
from carelab.inputs.carry_over.supply import city_facilities, city_supply

AGS = "03241001"
BASE_YEAR, CONTROL_YEAR = 2024, 2034
TOTALS = {2015: 537738.0}
"""Inhabitants of the whole city at the end of 2015 (Strukturdaten 2016, 1 January 2016)."""
SHARES_60 = {2015: 24.1}
BOROUGHS = (
    *("Mitte", "Vahrenwald-List", "Bothfeld-Vahrenheide", "Buchholz-Kleefeld", "Misburg-Anderten"),
    *("Kirchrode-Bemerode-Wülferode", "Südstadt-Bult", "Döhren-Wülfel", "Ricklingen", "Linden-Limmer"),
    *("Ahlem-Badenstedt-Davenstedt", "Herrenhausen-Stöcken", "Nord"),
)
"""Stadtbezirke 1 to 13 by their official names (data/hannover/sources.yaml): the forecast numbers its units by them."""
FAMILY_2023, HOME_2023 = "nur_angehoerige", "anteil_zu_hause_pct"


def districts(folder: Path) -> pd.DataFrame:
    """Return the 29 forecast units; their point is the mean of their Stadtteile's, else of units of their Stadtbezirk.

    Their area is not known.
    """
    units, parts = _units(folder), _stadtteile(folder)
    places = district_parts(folder).merge(parts[["part", "lon", "lat"]].drop_duplicates("part"), on="part", how="left")
    centre = places.groupby("district")[["lon", "lat"]].mean()
    table = units[["district", "name"]].join(centre, on="district")
    near = table.groupby(table["district"].str[:2])[["lon", "lat"]].transform("mean")
    basis = np.select([table["lon"].notna(), near["lon"].notna()], ["parts", "neighbours"], "")
    table[["lon", "lat"]] = table[["lon", "lat"]].fillna(near).round(5)
    return table.assign(point_basis=basis, area_ha=np.nan, lon_people=np.nan, lat_people=np.nan)


def district_parts(folder: Path) -> pd.DataFrame:
    """Return the Stadtteile of each unit: number (as published; two pairs share one row) and name."""
    rows = _units(folder)[["district", "stadtteile"]].assign(name=lambda table: table["stadtteile"].str.split("|"))
    rows = rows.explode("name", ignore_index=True)
    numbers = _numbers(_stadtteile(folder))
    return rows.assign(part=rows["name"].map(numbers))


def groups(folder: Path) -> pd.DataFrame:
    """Return the Stadtbezirk of each unit: the first two digits of its key, and its name."""
    table = _units(folder)[["district"]]
    table = table.assign(group=table["district"].str[:2])
    return table.assign(name=table["group"].map({f"{n:02d}": name for n, name in enumerate(BOROUGHS, 1)}))


def _units(folder: Path) -> pd.DataFrame:
    """Return the units with a key from their number: "1.1" -> 011, "4.1+4.2" -> 0412."""
    found = read_found(folder, "hannover_prognosebezirke_2024_2034.csv")
    borough = found["id"].str.split(".").str[0].str.zfill(2)
    return found.assign(district=borough + found["id"].map(lambda text: "".join(re.findall(r"\.(\d)", text))))


def _stadtteile(folder: Path) -> pd.DataFrame:
    found = read_found(folder, "hannover_stadtteile.csv").rename(columns={"number": "part"})
    return found.assign(lon=number(found["lon"]), lat=number(found["lat"]))


def _numbers(parts: pd.DataFrame) -> dict[str, str]:
    """Return name -> number; of a joined row ("Ledeburg/Nordhafen", 17/20) each name has its own."""
    numbers: dict[str, str] = {}
    for names, keys in zip(parts["name"].str.split("/"), parts["part"].str.split("/"), strict=True):
        numbers |= dict(zip(names, keys, strict=len(keys) > 1))
    return numbers


def population_total(folder: Path) -> pd.DataFrame:
    """Return inhabitants of the units at the end of 2024."""
    units = _units(folder)
    return units.assign(persons=number(units["pop_20241231"]), year=BASE_YEAR, status="observed")


def population_city(folder: Path) -> pd.DataFrame:
    """Return what is published of the city's ages: all, 60+ and 85+ in single years, from rounded shares (derived)."""
    facts = read_found(folder, "hannover_age_facts.csv")
    facts = facts[facts["name"] == "City"].assign(value=lambda table: number(table["value"]))
    table = facts.pivot_table(index="period", columns="measure", values="value", aggfunc="first")
    rows = [(BASE_YEAR, [(0, float(population_total(folder)["persons"].sum()))])]
    rows += [(year, [(0, total), (60, total * SHARES_60[year] / 100)]) for year, total in TOTALS.items()]
    for period, fact in table.dropna(subset=["persons_60plus", "share_60plus_pct"]).iterrows():
        old = [(60, fact["persons_60plus"])]
        oldest = fact.get("persons_85plus_approx", np.nan)
        old += [(85, oldest)] if np.isfinite(oldest) else []
        rows.append((int(str(period)), [(0, 100 * fact["persons_60plus"] / fact["share_60plus_pct"]), *old]))
    return pd.concat([_groups(year, from_age) for year, from_age in rows], ignore_index=True)


def _groups(year: int, from_age: list[tuple[int, float]]) -> pd.DataFrame:
    """Return age groups from persons of an age and older."""
    starts, persons = [age for age, _ in from_age], np.rint([value for _, value in from_age])
    inside = persons - np.append(persons[1:], 0.0)
    last = [float(age) - 1 for age in starts[1:]] + [np.nan]
    return pd.DataFrame(
        {"year": year, "sex": "t", "age_from": starts, "age_to": last, "persons": inside, "status": "derived"}
    )


def care(folder: Path) -> pd.DataFrame:
    """Return the city's people in need of 2023 by setting: family care as quoted, homes and home care from the share.

    The city states the total and that 83 % live at home; 17 % of the total are in homes, give or take half a point, and
    who is at home and not cared for by relatives alone is in home care.
    """
    found = read_found(folder, "cities_care_timeseries.csv")
    facts = found[(found["ags"] == AGS) & (found["year"] == "2023")].set_index("measure")["value"].astype(float)
    total = facts["pflegebeduerftige"]
    homes, width = np.rint(total * (1 - facts[HOME_2023] / 100)), np.ceil(0.005 * total)
    family = facts[FAMILY_2023]
    rows = [
        ("people_in_need", total, 0.0, "observed", ""),
        ("pflegegeld", family, 50.0, "derived", ""),
        ("vollstationaer", homes, width, "derived", "permanent_and_short"),
        ("ambulant", total - homes - family, width + 50.0, "derived", ""),
    ]
    table = pd.DataFrame(rows, columns=["measure", "persons", "half_width", "status", "basis"])
    return table.assign(year=2023, sex="t")


def facilities(folder: Path) -> pd.DataFrame:
    """Return institutions found inside the city, with the unit that their Stadtteil lies in."""
    parts = district_parts(folder)
    found = city_facilities(folder, AGS, dict(zip(parts["name"], parts["district"], strict=True)))
    return found[~found["note"].str.contains("outside the city")]


def indicators(folder: Path) -> pd.DataFrame:
    """Return mean ages of 2020: the city's, and those of units that consist of one Stadtteil."""
    facts = read_found(folder, "hannover_age_facts.csv")
    facts = facts[(facts["measure"] == "mean_age") & (facts["period"] == "2020")]
    units = _units(folder)
    keys = {row["stadtteile"]: row["district"] for row in units.to_dict("records")} | {"City": AGS}
    facts = facts.assign(district=facts["name"].map(keys)).dropna(subset="district").reset_index(drop=True)
    rows = unknown("indicators")(folder).reindex(range(len(facts)))
    return rows.assign(district=facts["district"], year=2020, mean_age=number(facts["value"]))


def control(folder: Path) -> pd.DataFrame:
    """Return the city's own forecast for 2034: the sum of its units."""
    persons = float(control_districts(folder)["persons"].sum())
    return pd.DataFrame([(CONTROL_YEAR, 0, np.nan, persons)], columns=["year", "age_from", "age_to", "persons"])


def control_districts(folder: Path) -> pd.DataFrame:
    """Return the city's own forecast of each unit for 2034."""
    units = _units(folder)
    return units.assign(persons=number(units["pop_20341231_forecast"]), year=CONTROL_YEAR)


TABLES = {
    "districts": districts,
    "groups": groups,
    "population_bands": unknown("population_bands"),
    "population_total": population_total,
    "population_city": population_city,
    "indicators": indicators,
    "births": unknown("births"),
    "care": care,
    "supply": lambda folder: city_supply(folder, AGS),
    "facilities": facilities,
    "physicians": unknown("physicians"),
    "control": control,
    "control_districts": control_districts,
    "district_parts": district_parts,
    "measures": hannover_measures,
    "milestones": hannover_milestones,
}

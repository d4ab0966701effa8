"""Counted quantities: what the city's tables say, by area and year; never filled in where a cell is empty."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from carelab.planning.indicator_facts import Facts, Quantity, quantity_key
from carelab.terms import SETTINGS

COLUMNS = ["district", "year", "value", "status"]
SURVEYED = ("need", "supply")
"""Counted by surveys of care, whose last may be later than the base year."""
COUNTED = ("observed", "derived")
"""What population_total says of a count; estimated and assumed totals are not one."""


class Counted:
    """Counts by quantity and sex, each read once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._rows: dict[tuple[object, ...], pd.DataFrame] = {}

    def rows(self, quantity: Quantity, sex: str) -> pd.DataFrame:
        """Return COLUMNS up to the base year, of surveys to the last known (the city's district: its AGS; status observed, derived); may be empty.

        ``sex`` t, m or w; the quantity's own sex comes first. Years are shifted by its lag.
        """
        key = (*quantity_key(quantity, sex), quantity.column, quantity.lag)
        if key not in self._rows:
            self._rows[key] = self._read(quantity, quantity.sex or sex)
        return self._rows[key]

    def _read(self, quantity: Quantity, sex: str) -> pd.DataFrame:
        reader = _READERS.get(quantity.of)
        rows = None if reader is None else reader(quantity, sex, self.facts)
        if rows is None or rows.empty:
            return _NOTHING
        known = self.facts.known_until if quantity.of in SURVEYED else self.facts.base_year
        table = rows.loc[rows["value"].notna() & (rows["year"] <= known), COLUMNS]
        return table.assign(year=table["year"].astype(int) + quantity.lag).reset_index(drop=True)


_NOTHING = pd.DataFrame({"district": [], "year": [], "value": [], "status": []}).astype(
    {"district": object, "year": "int64", "value": "float64", "status": object}
)


def _persons(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame:
    first, last = quantity.ages or (0, None)
    city = facts.city_ages[sex]
    chosen = city.loc[:, first:] if last is None else city.loc[:, first:last]
    rows = _city_rows(chosen.sum(axis=1, min_count=chosen.shape[1]), facts)
    rows["status"] = np.where(rows["year"].isin(_published_years(first, last, sex, facts)), "observed", "derived")
    if (first, last) == (0, None):
        return pd.concat([rows, _everybody(sex, facts)], ignore_index=True)
    return pd.concat([rows, _bands(first, last, facts)], ignore_index=True) if sex == "t" else rows


def _age_years(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame:
    city = facts.city_ages[sex]
    return _city_rows((city * facts.exact_age).sum(axis=1, min_count=city.shape[1]), facts).assign(status="derived")


def _city_rows(series: pd.Series, facts: Facts) -> pd.DataFrame:
    return pd.DataFrame(
        {"district": facts.ags, "year": series.index, "value": series.to_numpy(float), "status": "observed"}
    )


def _published_years(first: int, last: int | None, sex: str, facts: Facts) -> set[int]:
    """Return the years in which published groups of the city add up to exactly these ages: counted, not completed."""
    table = facts.tables["population_city"]
    sexes = [{sex}] if sex != "t" else [{"t"}, {"m"}]  # men are published with women or not at all
    parts = [_exact(table[table["sex"].isin(each)], ["year"], (first, last)) for each in sexes]
    return {int(year) for part in parts for year in part["year"]}


def _everybody(sex: str, facts: Facts) -> pd.DataFrame:
    """Return all inhabitants by district where they are counted; women as published, men as the rest."""
    total = facts.tables["population_total"].rename(columns={"persons": "value"})
    total = total[(total["district"] != facts.ags) & total["status"].isin(COUNTED)][COLUMNS]
    if sex == "t":
        return total
    women = facts.tables["indicators"][["district", "year", "women"]]
    both = total.merge(women, on=["district", "year"])
    return both.assign(value=both["women"] if sex == "w" else both["value"] - both["women"])


def _bands(first: int, last: int | None, facts: Facts) -> pd.DataFrame:
    """Return persons by district where counted bands add up to exactly these ages; empty with a suppressed band."""
    table = facts.tables["population_bands"]
    return _exact(table[table["district"] != facts.ags], ["district", "year"], (first, last)).assign(status="observed")


def _exact(table: pd.DataFrame, keys: list[str], ages: tuple[int, int | None]) -> pd.DataFrame:
    """Return keys, value where the age groups of ``table`` add up to exactly these ages and none is empty."""
    first, end, upper = ages[0], np.inf if ages[1] is None else float(ages[1]), table["age_to"].fillna(np.inf)
    inside = table[(table["age_from"] >= first) & (upper <= end)]
    inside = inside.assign(upper=upper, empty=inside["persons"].isna())
    span = inside.groupby(keys).agg(
        low=("age_from", "min"), high=("upper", "max"), value=("persons", "sum"), empty=("empty", "any")
    )
    return span[(span["low"] == first) & (span["high"] == end) & ~span["empty"]].reset_index()


def _published(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame | None:
    """Return a column of indicators.csv; people in private households = households x mean size, summed for the city."""
    table, column = facts.tables["indicators"], str(quantity.column)
    if sex != "t":
        return None
    if column != "household_members":
        rows: pd.DataFrame = table.assign(value=table[column], status="observed")
        return rows
    members = table["households"] * table["mean_household_size"]
    rows = table.assign(value=members, status="derived")
    return _with_city(rows[rows["district"] != facts.ags], facts)


def _with_city(rows: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return district rows and their sum by year as the city's."""
    rows = rows.dropna(subset=["value"])
    city = rows.groupby("year", as_index=False)["value"].sum().assign(district=facts.ags, status="derived")
    both: pd.DataFrame = pd.concat([rows, city], ignore_index=True)
    return both


def _need(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame | None:
    """Return counts of care: all people in need or one setting, of the city, never by age."""
    if quantity.ages is not None:
        return None
    table = facts.tables["care"]
    wide = table[table["sex"] == sex].pivot_table(index="year", columns="measure", values="persons")
    status = table[table["sex"] == sex].groupby("year")["status"].first()
    name = quantity.setting or "people_in_need"
    if name == "pg1_only" and name not in wide:
        known = [each for each in SETTINGS if each in wide]
        wide = wide[wide.index >= 2019]
        wide = wide.assign(pg1_only=wide["people_in_need"] - wide[known].sum(axis=1, min_count=3))
        status = status.map(lambda word: "derived")
    if name not in wide:
        return None
    return _city_rows(wide[name], facts).assign(status=status.reindex(wide.index).to_numpy())


def _supply(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame:
    table = facts.tables["supply"]
    rows: pd.DataFrame = table[table["measure"] == quantity.measure]
    return rows.assign(district=facts.ags)


def _places(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame:
    table = facts.tables["supply"]
    rows: pd.DataFrame = table[table["measure"] == "places_permanent"]
    return rows.assign(district=facts.ags)


def _located(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame:
    """Return the places whose district is known, beside the latest counted total."""
    years = _places(quantity, sex, facts)["year"]
    years = years[years <= facts.base_year]
    rows = pd.DataFrame({"district": facts.ags, "year": years[-1:], "value": facts.located, "status": "derived"})
    return rows.assign(year=years.max()) if len(rows) else rows


def _practices(quantity: Quantity, sex: str, facts: Facts) -> pd.DataFrame:
    table = facts.tables["physicians"]
    rows = table.assign(value=table[str(quantity.column)].astype(float), status="observed")
    return _with_city(rows[rows["district"] != facts.ags], facts)


_READERS: dict[str, Callable[[Quantity, str, Facts], pd.DataFrame | None]] = {
    "persons": _persons,
    "age_years": _age_years,
    "published": _published,
    "need": _need,
    "supply": _supply,
    "places": _places,
    "places_located": _located,
    "practices": _practices,
}

"""Rules between the tables of a city: the same districts everywhere, sums that agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from carelab.inputs.candidates import candidate_problems
from carelab.inputs.chain_rules import chain_problems
from carelab.inputs.errors import Problem
from carelab.inputs.logbook import log_problems
from carelab.inputs.offer_rules import offer_problems
from carelab.inputs.plan_rules import plan_problems
from carelab.inputs.sites import site_problems
from carelab.inputs.tables import Table
from carelab.terms import AGE_TOP

HIDDEN = 1
"""A blank count hides at least this many persons (zeros are published)."""


_BY_DISTRICT = (
    *("population_bands", "population_total", "indicators", "physicians", "facilities"),
    *("care_districts", "housing", "groups", "control_districts", "population_dated", "district_parts"),
    *("sites", "candidates", "population_grid", "actors", "measures", "needs_survey"),
    "population_ages",
    "offers",
)


def city_problems(tables: Mapping[str, Table], ags: str) -> list[Problem]:
    """Return every contradiction between the tables of a city; the rows of the city itself carry its AGS."""
    return [
        *_names_twice(tables["districts"]),
        *_unknown_districts(tables, ags),
        *_missing_districts(tables, ags),
        *_groups(tables),
        *log_problems(tables["log"], tables["districts"], ags),
        *_bands_and_total(tables),
        *_districts_and_city(tables["population_total"], ags, ["year"]),
        *_districts_and_city(tables["population_bands"], ags, ["year", "age_from"]),
        *_ages_and_city(tables, ags),
        *_counted_ages(tables),
        *_sexes(tables["population_city"], ["year", "age_from"]),
        *_sexes(tables["care"], ["year", "measure"]),
        *site_problems(tables["sites"]),
        *chain_problems(tables),
        *candidate_problems(tables["candidates"], tables["districts"]),
        *offer_problems(tables["offers"]),
        *plan_problems(tables),
    ]


def _names_twice(districts: Table) -> Iterator[Problem]:
    """Find districts that carry the name of another one."""
    for line, name in districts.frame.loc[districts.frame["name"].duplicated(), "name"].items():
        de, en = f"Name „{name}“ steht schon weiter oben", f'name "{name}" is already further up'
        yield Problem(districts.file, int(str(line)), de, en)


def _unknown_districts(tables: Mapping[str, Table], ags: str) -> Iterator[Problem]:
    """Find keys that districts.csv does not know."""
    known = [*tables["districts"].frame["district"], ags, ""]
    for name in _BY_DISTRICT:
        table = tables[name]
        for line, key in table.frame.loc[~table.frame["district"].isin(known), "district"].items():
            yield Problem(
                table.file,
                int(str(line)),
                f"district „{key}“ steht nicht in districts.csv",
                f'district "{key}" is not in districts.csv',
            )


def _missing_districts(tables: Mapping[str, Table], ags: str) -> Iterator[Problem]:
    """Find districts without a row in a year (uninhabited ones need explicit zeros); years of the city alone pass."""
    keys = set(tables["districts"].frame["district"])
    for name in ("population_total", "population_bands"):
        table = tables[name]
        for year, rows in table.frame.groupby("year"):
            missing = ", ".join(sorted(keys - set(rows["district"])))
            if missing and set(rows["district"]) != {ags}:
                yield Problem(
                    table.file,
                    0,
                    f"Jahr {year}: es fehlt district {missing}, erwartet alle {len(keys)} (unbewohnt = 0)",
                    f"year {year}: district {missing} is missing, expected all {len(keys)} (uninhabited = 0)",
                )


def _groups(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Find districts without a group where groups are given (sums would lack them), and groups with two names."""
    table = tables["groups"]
    if table.frame.empty:
        return
    missing = set(tables["districts"].frame["district"]) - set(table.frame["district"])
    if missing:
        listed = ", ".join(sorted(missing))
        yield Problem(
            table.file, 0, f"es fehlt district {listed}, erwartet alle", f"district {listed} is missing, expected all"
        )
    first = table.frame.groupby("group")["name"].transform("first")
    rows = table.frame.assign(first=first).reset_index(names="line")
    for row in rows[rows["name"] != rows["first"]].to_dict("records"):
        de = f"group {row['group']}: gefunden Name „{row['name']}“, weiter oben „{row['first']}“"
        en = f'group {row["group"]}: found name "{row["name"]}", further up "{row["first"]}"'
        yield Problem(table.file, row["line"], de, en)


def _bands_and_total(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Compare the bands of a district with its total: equal, or larger by at least one person for each blank."""
    bands, total = tables["population_bands"], tables["population_total"]
    if bands.frame.empty or total.frame.empty:
        return
    sums = _with_blanks(bands.frame, ["district", "year"]).reset_index()
    rows = total.frame.reset_index(names="line").merge(sums, on=["district", "year"])
    rest = rows["persons"] - rows["known"]
    bad = rows[((rows["blanks"] == 0) & (rest != 0)) | ((rows["blanks"] > 0) & (rest < HIDDEN * rows["blanks"]))]
    for row in bad.to_dict("records"):
        where = f"district={row['district']}, year={row['year']}"
        yield Problem(
            total.file,
            row["line"],
            f"{where}: gefunden {row['persons']}, Summe der Altersgruppen {row['known']:g} mit {row['blanks']} leeren",
            f"{where}: found {row['persons']}, sum of the age bands {row['known']:g} with {row['blanks']} blank",
        )


def _with_blanks(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the sum of known persons and the number of blank cells by keys."""
    groups = frame.assign(blank=frame["persons"].isna()).groupby(keys)
    return groups.agg(known=("persons", "sum"), blanks=("blank", "sum"))


def _districts_and_city(table: Table, ags: str, keys: list[str]) -> Iterator[Problem]:
    """Compare the sum of the districts with the city's row: equal, or short by at least one person for each blank."""
    whole = table.frame["district"] == ags
    if not whole.any():
        return
    sums = _with_blanks(table.frame[~whole], keys).reset_index()
    rows = table.frame[whole].reset_index(names="line").merge(sums, on=keys)
    short = rows["persons"] - rows["known"]
    bad = rows[((rows["blanks"] == 0) & (short != 0)) | ((rows["blanks"] > 0) & (short < HIDDEN * rows["blanks"]))]
    for row in bad.to_dict("records"):
        where = ", ".join(f"{key}={row[key]}" for key in keys)
        yield Problem(
            table.file,
            row["line"],
            f"{where}: Stadt {row['persons']:g}, Summe der Stadtteile {row['known']:g} mit {row['blanks']} leeren",
            f"{where}: city {row['persons']:g}, sum of the districts {row['known']:g} with {row['blanks']} blank cells",
        )


def _ages_and_city(tables: Mapping[str, Table], ags: str) -> Iterator[Problem]:
    """Compare the city's total with the sum of its single ages, where both are known."""
    ages, total = tables["population_city"], tables["population_total"]
    both = ages.frame[ages.frame["sex"] == "t"].groupby("year", as_index=False)["persons"].sum()
    rows = total.frame[total.frame["district"] == ags].reset_index(names="line").merge(both, on="year")
    for row in rows[rows["persons_x"] != rows["persons_y"]].to_dict("records"):
        yield Problem(
            total.file,
            row["line"],
            f"Stadt {row['year']}: gefunden {row['persons_x']}, Summe der Altersjahre in population_city.csv "
            f"{row['persons_y']}",
            f"city {row['year']}: found {row['persons_x']}, sum of the ages in population_city.csv {row['persons_y']}",
        )


def _counted_ages(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Compare counts by district, sex and age with the districts' totals and with the city's ages."""
    ages, total, city = tables["population_ages"], tables["population_total"].frame, tables["population_city"].frame
    if ages.frame.empty:
        return
    folded = ages.frame.assign(age=ages.frame["age_from"].clip(upper=AGE_TOP))
    groups = city.assign(age=city["age_from"].clip(upper=AGE_TOP)).groupby(["year", "sex", "age"])
    whole = groups.agg(persons=("persons", "sum")).reset_index()
    for keys, other, file in (
        (["district", "year"], total, "population_total.csv"),
        (["year", "sex", "age"], whole, "population_city.csv"),
    ):
        rows = _with_blanks(folded, keys).reset_index().merge(other, on=keys)
        rest = rows["persons"] - rows["known"]
        bad = rows[((rows["blanks"] == 0) & (rest != 0)) | ((rows["blanks"] > 0) & (rest < HIDDEN * rows["blanks"]))]
        for row in bad.to_dict("records"):
            where = ", ".join(f"{key}={row[key]}" for key in keys)
            yield Problem(
                ages.file,
                0,
                f"{where}: Summe {row['known']:g} mit {row['blanks']} leeren Zellen, in {file} {row['persons']:g}",
                f"{where}: sum {row['known']:g} with {row['blanks']} blank cells, in {file} {row['persons']:g}",
            )


def _sexes(table: Table, keys: list[str]) -> Iterator[Problem]:
    """Compare men and women with both sexes, where all three are known."""
    if not {"m", "w", "t"} <= set(table.frame["sex"]):
        return
    wide = table.frame.pivot_table(index=keys, columns="sex", values="persons", aggfunc="sum")
    if not {"m", "w", "t"} <= set(wide.columns):  # nothing of a sex is known
        return
    wide = wide.dropna().reset_index()
    for row in wide[wide["m"] + wide["w"] != wide["t"]].to_dict("records"):
        where = ", ".join(f"{key}={row[key]}" for key in keys)
        yield Problem(
            table.file,
            0,
            f"{where}: m + w = {row['m'] + row['w']:g}, t = {row['t']:g}, erwartet gleich",
            f"{where}: m + w = {row['m'] + row['w']:g}, t = {row['t']:g}, expected equal",
        )

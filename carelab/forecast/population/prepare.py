"""From tables to arrays: what the population model needs of a city, in fixed orders (districts, sexes, ages)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.population.base_population import Known, fit_base_population, open_age
from carelab.forecast.population.city_projection import History, regional_qx
from carelab.forecast.population.counted_ages import BLANK, counted_ages
from carelab.forecast.population.survival import latest_table
from carelab.terms import AGE_TOP, AGES, SEXES, UserError

RATIO_YEARS = 3
"""An old-age ratio published so many years before or after the base year still describes a district."""
LEAST_BIRTHS = 3
"""Years of births, each with the city's ages of the year before, from which the fertility level's spread is learnt."""
LEAST_FITS = 3
"""Years of districts by age from which deviations and their spread are learnt: two steps at least."""


@dataclass(frozen=True)
class CityTables:
    """The tables of one city that the population needs (columns: architecture.md), its AGS, its districts in order."""

    ags: str
    districts: pd.Index
    population_bands: pd.DataFrame
    population_total: pd.DataFrame
    population_city: pd.DataFrame
    indicators: pd.DataFrame
    births: pd.DataFrame
    population_ages: pd.DataFrame | None = None


def city_by_age(population_city: pd.DataFrame, sex: str) -> pd.DataFrame:
    """Return persons of one sex (m, w or t): index year, columns ages 0..90, older ages added to the open group."""
    rows = population_city[population_city["sex"] == sex]
    age = rows["age_from"].clip(upper=AGE_TOP)
    table = rows.assign(age=age).pivot_table(index="year", columns="age", values="persons", aggfunc="sum")
    return table.reindex(columns=list(AGES)).astype(float)


def by_sex(population_city: pd.DataFrame, year: int) -> Array:
    """Return persons (sex, age) of a year. Raises UserError where the year is not counted by single age and sex."""
    tables = [city_by_age(population_city, sex) for sex in SEXES]
    if any(year not in table.index or table.loc[year].isna().any() for table in tables):
        years = sorted(set(tables[0].dropna().index) & set(tables[1].dropna().index))
        raise UserError(
            f"population_city.csv: für das Basisjahr {year} fehlen Einwohner nach Alter und Geschlecht; "
            f"vorhanden sind {', '.join(map(str, years))}. Parameter „base_year“ anpassen.",
            f"population_city.csv: no population by age and sex for base year {year}; "
            f'there is {", ".join(map(str, years))}. Change parameter "base_year".',
        )
    return np.stack([table.loc[year].to_numpy() for table in tables])


def city_ages(population_city: pd.DataFrame, year: int) -> Array:
    """Return persons (sex, age) of a year; where only the sexes together are counted, split as in the nearest year.

    Raises UserError where the year is not counted by single age at all.
    """
    sexes = [city_by_age(population_city, sex).dropna() for sex in SEXES]
    nearest = min(sexes[0].index, key=lambda known: abs(int(known) - year))
    own = np.stack([table.loc[nearest].to_numpy(float) for table in sexes])
    if nearest == year:
        return own
    both = city_by_age(population_city, "t").dropna()
    if year not in both.index:
        raise UserError(
            f"population_city.csv: für {year} fehlen Einwohner nach Alter; gebraucht für Zählungen der Pflege.",
            f"population_city.csv: no population by age for {year}; needed beside counts of care.",
        )
    return np.asarray(own / np.maximum(own.sum(axis=0), 1e-9) * both.loc[year].to_numpy(float))


def city_history(
    city: CityTables, lifetable: pd.DataFrame, expectancy: pd.DataFrame, *, land: str, base_year: int
) -> History:
    """Return the city's past up to ``base_year``: the last unbroken run of counted years.

    Mortality is of the latest life table known by then, scaled to the Land's life expectancy (Germany's where the
    Land's is not known). Raises UserError where the base year is not counted by single age and sex.
    """
    both = city_by_age(city.population_city, "t").dropna()
    men, women = (city_by_age(city.population_city, sex) for sex in SEXES)
    persons = both.combine_first((men + women).dropna())
    persons = persons.loc[unbroken(persons.index, base_year)]
    births = city.births[city.births["year"].between(persons.index.min() + 1, base_year)]
    births = births.assign(age=births["mother_age_from"].clip(15, 49).astype(int))
    by_age = births.pivot_table(index="year", columns="age", values="births", aggfunc="sum")
    by_age = by_age.reindex(columns=list(AGES)).fillna(0.0)
    if len(by_age) < LEAST_BIRTHS:
        raise UserError(
            f"births.csv: bis {base_year} nur {len(by_age)} Jahre, vor denen ein Jahr Einwohner nach Alter liegt; "
            f"erwartet: mindestens {LEAST_BIRTHS}, also vier Jahre Einwohner und drei Jahre Geburten.",
            f"births.csv: up to {base_year} only {len(by_age)} years that follow a year of inhabitants by age; "
            f"expected: at least {LEAST_BIRTHS}, that is four years of inhabitants and three years of births.",
        )
    table_year, qx = mortality(lifetable, expectancy, land, base_year)
    return History(
        years=persons.index.to_numpy(np.int64),
        persons=persons.to_numpy(float),
        by_sex=by_sex(city.population_city, base_year),
        qx=qx,
        table_year=float(table_year),
        birth_years=by_age.index.to_numpy(np.int64),
        births=by_age.to_numpy(float),
    )


def unbroken(years: Iterable[int], last_year: int) -> list[int]:
    """Return the latest run of consecutive years that ends at or before ``last_year``."""
    counted = sorted({int(year) for year in years if year <= last_year}, reverse=True)
    return [year for n, year in enumerate(counted) if year == counted[0] - n][::-1]


def mortality(lifetable: pd.DataFrame, expectancy: pd.DataFrame, land: str, base_year: int) -> tuple[int, Array]:
    """Return the year of the life table and its qx (sex, age) scaled to the region's life expectancy at birth."""
    at_birth = expectancy[expectancy["age"] == 0]
    for region in (land, "DG"):
        own = at_birth[at_birth["region"] == region]
        usable = lifetable[lifetable["year"].isin(own["year"])]
        if len(usable):
            year, qx = latest_table(usable, base_year)
            reached = own[own["year"] == year].set_index("sex")["years"].loc[list(SEXES)].to_numpy(float)
            return year, regional_qx(qx, reached)
    return latest_table(lifetable, base_year)


def band_of_age(population_bands: pd.DataFrame) -> Index:
    """Return the number of the district band (0 = youngest) that each age 0..90 lies in."""
    starts = np.sort(population_bands["age_from"].unique()) if len(population_bands) else np.zeros(1)
    return (np.searchsorted(starts, np.array(AGES), side="right") - 1).astype(np.intp)


def known_districts(city: CityTables, year: int) -> Known:
    """Return what is known of the districts in a year. Raises UserError where a district has no row."""
    indicators = city.indicators[city.indicators["year"] == year].set_index("district")
    ages = by_sex(city.population_city, year)
    mean_age = float(indicators["mean_age"].get(city.ags, np.nan))
    exact = open_age(ages, mean_age) if np.isfinite(mean_age) else np.append(np.arange(AGE_TOP) + 0.5, AGE_TOP + 2.5)
    own = indicators.reindex(city.districts)
    return Known(
        city=ages,
        bands=_bands(city, year),
        band_of_age=band_of_age(city.population_bands[city.population_bands["year"] == year]),
        women=own["women"].to_numpy(float),
        mean_age=own["mean_age"].to_numpy(float),
        exact_age=exact,
        old_ratio=_old_ratios(city, year) if city.population_bands.empty else None,
        counted=counted_ages(city.population_ages, city.population_total, city.districts, year),
    )


def _old_ratios(city: CityTables, year: int) -> Array:
    """Return persons of 65+ per person of working age (district,): the published one nearest to a year, else NaN."""
    rows = city.indicators.dropna(subset="old_age_ratio")
    rows = rows.assign(far=(rows["year"] - year).abs())
    rows = rows[rows["far"] <= RATIO_YEARS].sort_values("far", kind="stable").drop_duplicates("district")
    return rows.set_index("district")["old_age_ratio"].reindex(city.districts).to_numpy(float) / 100


def yearly_fits(city: CityTables, last_year: int) -> Array:
    """Return estimates (year, district, sex, age) for the consecutive years up to ``last_year`` that can be estimated.

    These are the years with bands by district and city ages by sex. Raises UserError for fewer than LEAST_FITS.
    """
    counted = set(city_by_age(city.population_city, "m").dropna().index)
    years = unbroken(set(city.population_bands["year"]) & counted, last_year)
    if len(years) < LEAST_FITS:
        raise UserError(
            f"population_bands.csv: bis {last_year} nur {len(years)} aufeinanderfolgende Jahre mit Altersgruppen; "
            f"erwartet: mindestens {LEAST_FITS}. Daten ergänzen oder Parameter „base_year“ anpassen.",
            f"population_bands.csv: only {len(years)} consecutive years by district and age up to {last_year}; "
            f'expected: at least {LEAST_FITS}. Add data or change parameter "base_year".',
        )
    return np.stack([fit_base_population(known_districts(city, year)) for year in years])


def _bands(city: CityTables, year: int) -> Array:
    """Return persons (district, band), suppressed counts filled from the district's total, shared equally.

    Where no bands are published at all, the totals are one band.
    """
    if city.population_bands.empty:
        return _totals(city, year)
    rows = city.population_bands[city.population_bands["year"] == year]
    table = rows.pivot(index="district", columns="age_from", values="persons").reindex(city.districts)
    missing = [district for district in city.districts if district not in set(rows["district"])]
    if missing:
        raise UserError(
            f"population_bands.csv: für {year} fehlen die Stadtteile {', '.join(missing)}; erwartet: alle "
            f"{len(city.districts)} (unbewohnte mit 0).",
            f"population_bands.csv: districts {', '.join(missing)} are missing for {year}; expected: all "
            f"{len(city.districts)} (uninhabited ones with 0).",
        )
    totals = city.population_total[city.population_total["year"] == year]
    total = totals.set_index("district")["persons"].reindex(city.districts)
    blanks = table.isna().sum(axis=1)
    rest = (total - table.sum(axis=1)).clip(lower=0.0) / blanks.where(blanks > 0)
    return np.asarray(table.apply(lambda column: column.fillna(rest).fillna(BLANK)), dtype=float)


def _totals(city: CityTables, year: int) -> Array:
    """Return persons (district, 1). Raises UserError where a district has no total in the year."""
    rows = city.population_total[city.population_total["year"] == year]
    total = rows.set_index("district")["persons"].reindex(city.districts)
    if total.isna().any():
        years = ", ".join(str(each) for each in sorted(set(city.population_total["year"])))
        raise UserError(
            f"population_total.csv: für {year} fehlen Einwohner von {int(total.isna().sum())} Stadtteilen; vorhanden: "
            f"{years or 'kein Jahr'}. Parameter „base_year“ anpassen.",
            f"population_total.csv: no inhabitants of {int(total.isna().sum())} districts for {year}; there is: "
            f'{years or "no year"}. Change parameter "base_year".',
        )
    return total.to_numpy(float)[:, None]

"""From tables to arrays: what is unknown is filled or refused in words, nothing later than the base year is used."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.population.city_projection import History
from carelab.forecast.population.prepare import (
    CityTables,
    band_of_age,
    by_sex,
    city_ages,
    city_history,
    known_districts,
    unbroken,
    yearly_fits,
)
from carelab.inputs.city import load_city
from carelab.inputs.reference import load_reference
from carelab.terms import UserError

pytestmark = pytest.mark.unit
CITY = load_city("musterstadt")
REFERENCE = load_reference()
TABLES = CityTables(
    ags=CITY.info.ags,
    districts=pd.Index(CITY.districts["district"]),
    population_bands=CITY.population_bands,
    population_total=CITY.population_total,
    population_city=CITY.population_city,
    indicators=CITY.indicators,
    births=CITY.births,
)


def history(base_year: int, *, land: str = "15", tables: CityTables = TABLES) -> History:
    return city_history(tables, REFERENCE.lifetable, REFERENCE.life_expectancy, land=land, base_year=base_year)


def test_nothing_later_than_the_base_year_is_used() -> None:
    past = history(2023)
    assert past.years[-1] == past.birth_years[-1] == 2023
    assert past.table_year == 2021, "the table of 2022/2024 was not over in 2023"
    assert history(2024).table_year == 2023
    np.testing.assert_allclose(past.persons[-1], past.by_sex.sum(axis=0))
    assert yearly_fits(TABLES, 2023).shape[0] == 3


def test_a_land_without_life_expectancy_takes_germanys() -> None:
    assert history(2025, land="99").qx.shape == (2, 101)
    assert (history(2025, land="99").qx != history(2025).qx).any()


def test_years_before_a_gap_are_left_out() -> None:
    assert unbroken([2010, 2011, 2013, 2014, 2016], 2015) == [2013, 2014]
    gap = CITY.population_city[CITY.population_city["year"] != 2015]
    past = history(2025, tables=replace(TABLES, population_city=gap))
    assert past.years.tolist() == list(range(2016, 2026))
    assert past.birth_years[0] == 2017


def test_a_year_without_single_ages_is_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"Basisjahr 2019 fehlen Einwohner.*2021, 2022, 2023, 2024, 2025") as caught:
        by_sex(CITY.population_city, 2019)
    assert "Change parameter" in caught.value.text("en")
    with pytest.raises(UserError, match="nur 2 aufeinanderfolgende Jahre"):
        yearly_fits(TABLES, 2022)
    with pytest.raises(UserError, match="1990"):
        city_ages(CITY.population_city, 1990)


def test_ages_of_an_early_year_are_split_by_the_nearest_years_sexes() -> None:
    early, later = city_ages(CITY.population_city, 2015), by_sex(CITY.population_city, 2021)
    rows = CITY.population_city.query("year == 2015 and sex == 't'")
    assert early.sum() == rows["persons"].sum()
    inhabited = early.sum(axis=0) > 0
    np.testing.assert_allclose((early[1] / early.sum(axis=0))[inhabited], (later[1] / later.sum(axis=0))[inhabited])


def test_suppressed_counts_share_what_the_total_leaves() -> None:
    bands = TABLES.population_bands.copy()
    bands["persons"] = bands["persons"].astype(float)
    own = (bands["year"] == 2025) & (bands["district"] == "01")
    ages = np.sort(bands.loc[own, "age_from"].unique())[:2]
    blank = own & bands["age_from"].isin(ages)
    hidden = bands.loc[blank, "persons"].sum()
    bands.loc[blank, "persons"] = np.nan
    known = known_districts(replace(TABLES, population_bands=bands), 2025)
    np.testing.assert_allclose(known.bands[0, :2], hidden / 2)
    totals = TABLES.population_total[TABLES.population_total["district"] != "01"]
    unknown = known_districts(replace(TABLES, population_bands=bands, population_total=totals), 2025)
    np.testing.assert_array_equal(unknown.bands[0, :2], 2.0)
    with pytest.raises(UserError, match="fehlen die Stadtteile 01"):
        known_districts(replace(TABLES, population_bands=bands[bands["district"] != "01"]), 2025)


def test_every_age_has_its_band() -> None:
    starts = np.sort(CITY.population_bands["age_from"].unique())
    bands = band_of_age(CITY.population_bands)
    assert bands.shape == (91,)
    for number, start in enumerate(starts):
        assert bands[start] == number
        assert start == 0 or bands[start - 1] == number - 1

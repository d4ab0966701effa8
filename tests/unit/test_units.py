"""Forecast units: districts where they are counted, else the city as one unit whose named districts stay on record."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from carelab.inputs.city import CityData, load_city
from carelab.inputs.units import forecast_units, is_whole

pytestmark = pytest.mark.unit


@pytest.fixture
def uncounted() -> CityData:
    """Musterstadt as if nobody had counted its districts."""
    data = load_city("musterstadt")
    ags = data.info.ags
    own = {
        name: getattr(data, name)[getattr(data, name)["district"] == ags]
        for name in ("population_bands", "population_total", "indicators")
    }
    return replace(data, **own)


def test_a_city_with_counted_districts_stays_as_it_is() -> None:
    data = load_city("musterstadt")
    assert forecast_units(data) is data
    assert not is_whole(data)
    assert data.unknown_districts.empty


def test_without_counts_the_city_is_one_unit_and_nothing_is_lost(uncounted: CityData) -> None:
    unit = forecast_units(uncounted)
    assert is_whole(unit)
    assert unit.info.grade == "E"
    assert unit.districts["area_ha"].sum() == pytest.approx(uncounted.districts["area_ha"].sum())
    assert list(unit.unknown_districts["name"]) == list(uncounted.districts["name"])
    assert unit.facilities["places"].sum() == uncounted.facilities["places"].sum()
    assert set(unit.facilities["district"]) == {"99000"}
    by_year = uncounted.physicians.groupby("year")[["physicians", "pharmacies"]].sum()
    pd.testing.assert_frame_equal(unit.physicians.set_index("year")[["physicians", "pharmacies"]], by_year)


def test_the_unit_has_the_citys_inhabitants_in_every_year(uncounted: CityData) -> None:
    unit = forecast_units(uncounted)
    ages = uncounted.population_city
    for table in (unit.population_total, unit.population_bands):
        persons = table.set_index("year")["persons"]
        assert set(persons.index) == set(ages["year"])
        assert persons[2006] == ages.query("year == 2006 and sex == 't'")["persons"].sum()
        assert persons[2025] == ages.query("year == 2025 and sex in ['m', 'w']")["persons"].sum()


def test_one_district_of_unknown_size_leaves_the_area_unknown(uncounted: CityData) -> None:
    districts = uncounted.districts.assign(area_ha=[float("nan"), *uncounted.districts["area_ha"][1:]])
    assert forecast_units(replace(uncounted, districts=districts)).districts["area_ha"].isna().all()

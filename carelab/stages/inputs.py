"""Inputs of a study: the city's tables, the reference tables, and what both hold and lack."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast import tables
from carelab.forecast.population import prepare
from carelab.forecast.population.base_population import Known
from carelab.forecast.population.single_ages import births_of, complete_ages
from carelab.forecast.population.survival import tables_known
from carelab.inputs.checks import check_data
from carelab.inputs.city import CityData
from carelab.inputs.grades import district_grades
from carelab.inputs.kreise import load_area
from carelab.inputs.provenance import sources_table
from carelab.inputs.reference import load_reference
from carelab.inputs.units import forecast_units, is_whole
from carelab.params import Params
from carelab.stages.shared import LATEST_SURVEY, Shared, shared_model
from carelab.terms_districts import city_language

FEW = 100
"""Districts with fewer inhabitants show totals only: ages or settings of a handful of people are theirs."""


class Inputs:
    """One city, one scenario. Raises UserError (inputs, params) when a result needs what is not there."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.reference = load_reference()
        self.city = self._complete(self.published)
        spoken = city_language(params.language, self.city.info.district_forms_de)
        self.params = params.model_copy(update={"language": spoken})

    def _complete(self, city: CityData) -> CityData:
        """Return the city with single ages and births by mother's age where it publishes groups or none (derived)."""
        info, reference = city.info, self.reference
        _, qx = prepare.mortality(self.lifetable, reference.life_expectancy, info.land, self.params.base_year)
        area = reference.population_cities["area"] == (info.ages_from or info.ags)
        donor = reference.population_cities[area] if info.ages_from else city.population_city
        until = int(city.care["year"].max()) if len(city.care) else 0
        ages = complete_ages(city.population_city, donor, qx, own=not info.ages_from, until=until)
        births = city.births if len(city.births) else births_of(ages, reference.fertility, qx)
        return replace(city, population_city=ages, births=births)

    @cached_property
    def published(self) -> CityData:
        """The city's tables as published, before ages are completed: what checks and supply of information speak of."""
        return forecast_units(load_area(self.params.city))

    @cached_property
    def districts(self) -> pd.DataFrame:
        """district (index), name, area_ha, lon, lat, ..., inhabited, ranked (bool: at least FEW inhabitants), grade."""
        bands = self.known.bands.sum(axis=1)
        table = self.city.districts.set_index("district")
        registered = self.known.counted is not None
        grades = district_grades(self.published, self.params.base_year, registered=registered)
        return table.assign(inhabited=bands > 0, ranked=bands >= FEW, grade=grades.reindex(table.index))

    @cached_property
    def shared(self) -> Shared:
        """What holds for every city: one object per process, reading of the reference, and last survey known."""
        return shared_model(self.reference, self.care_known_until)

    @property
    def unknown_districts(self) -> pd.DataFrame:
        """district, name, ...: named districts without data, where the city is computed as one unit."""
        return self.city.unknown_districts

    @property
    def whole(self) -> bool:
        """Whether the city is computed as one unit, without districts."""
        return is_whole(self.city)

    @cached_property
    def checks(self) -> pd.DataFrame:
        """What the inputs hold and lack, in words: table, check, result, text."""
        return check_data(self.published, self.params.language)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Where the inputs come from: table, publisher, title, date, url, licence, quality."""
        return sources_table(self.params.city)

    @cached_property
    def care_known_until(self) -> int:
        """Last year whose care surveys the run may know: all, where the base year is the city's last; else it itself.

        A base year before the last counted one asks what would have been said then.
        """
        last = int(self.published.population_city["year"].max())
        return self.params.base_year if self.params.base_year < last else max(LATEST_SURVEY, self.params.base_year)

    @cached_property
    def lifetable(self) -> pd.DataFrame:
        """Germany's life tables that were over by the last year the run may know; the earliest where none was."""
        return tables_known(self.reference.lifetable, self.care_known_until)

    @cached_property
    def known(self) -> Known:
        """What is known of the districts in the base year."""
        return prepare.known_districts(self._tables, self.params.base_year)

    @cached_property
    def _tables(self) -> prepare.CityTables:
        city = self.city
        return prepare.CityTables(
            ags=city.info.ags,
            districts=pd.Index(city.districts["district"]),
            population_bands=city.population_bands,
            population_total=city.population_total,
            population_city=city.population_city,
            indicators=city.indicators,
            births=city.births,
            population_ages=city.population_ages,
        )

    def _masked(self, table: pd.DataFrame, part: str) -> pd.DataFrame:
        """Return the table without the parts (ages, settings) of districts with FEW people: they could be told."""
        return table[~table["district"].isin(self._few) | (table[part] == "total")].reset_index(drop=True)

    @property
    def _few(self) -> pd.Index:
        """Districts in which somebody lives, but fewer than FEW."""
        return self.districts.index[self.districts["inhabited"] & ~self.districts["ranked"]]

    def _by_district(self, draws: xr.DataArray, *, status: str | None = None) -> pd.DataFrame:
        return tables.district_table(draws, self.districts["name"], grade=self.districts["grade"], status=status)

    def _coords(self, *dims: str) -> dict[str, Any]:
        years = list(range(self.params.base_year, self.params.horizon_year + 1))
        every = {"year": years, "draw": range(self.params.draws), "district": list(self._tables.districts)}
        return {dim: every[dim] for dim in dims} if dims else every

    def _rng(self, step: str) -> np.random.Generator:
        """Return the random numbers of one step: a stream of its own, so that steps do not move each other."""
        return np.random.default_rng([self.params.seed, *step.encode()])

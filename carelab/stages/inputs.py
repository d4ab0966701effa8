"""Inputs of a study: the city's tables, the reference tables, and what both hold and lack."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast import tables
from carelab.forecast.population import prepare
from carelab.forecast.population.base_population import Known
from carelab.forecast.population.counted_ages import evidence_grade
from carelab.inputs.checks import check_data
from carelab.inputs.city import load_city
from carelab.inputs.provenance import sources_table
from carelab.inputs.reference import load_reference
from carelab.params import Params

FEW = 100
"""Districts with fewer inhabitants show totals only: ages or settings of a handful of people are theirs."""


class Inputs:
    """One city, one scenario. Raises UserError (inputs, params) when a result needs what is not there."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.city = load_city(params.city)
        self.reference = load_reference()

    @cached_property
    def districts(self) -> pd.DataFrame:
        """district (index), name, area_ha, lon, lat, ..., inhabited, ranked (bool: at least FEW inhabitants)."""
        bands = self.known.bands.sum(axis=1)
        table = self.city.districts.set_index("district")
        return table.assign(inhabited=bands > 0, ranked=bands >= FEW)

    @cached_property
    def checks(self) -> pd.DataFrame:
        """What the inputs hold and lack, in words: table, check, result, text."""
        return check_data(self.city, self.params.language)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Where the inputs come from: table, publisher, title, date, url, licence, quality."""
        return sources_table(self.params.city)

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

    @cached_property
    def grade(self) -> str:
        """Evidence grade of the districts in the base year: what the tables show, never better than city.yaml says."""
        counted = self.known.counted is not None
        return evidence_grade(self.city.info.grade, self.city.population_bands, self.params.base_year, counted=counted)

    @property
    def _few(self) -> pd.Index:
        """Districts in which somebody lives, but fewer than FEW."""
        return self.districts.index[self.districts["inhabited"] & ~self.districts["ranked"]]

    def _by_district(self, draws: xr.DataArray, *, status: str | None = None) -> pd.DataFrame:
        return tables.district_table(draws, self.districts["name"], grade=self.grade, status=status)

    def _coords(self, *dims: str) -> dict[str, Any]:
        years = list(range(self.params.base_year, self.params.horizon_year + 1))
        every = {"year": years, "draw": range(self.params.draws), "district": list(self._tables.districts)}
        return {dim: every[dim] for dim in dims} if dims else every

    def _rng(self, step: str) -> np.random.Generator:
        """Return the random numbers of one step: a stream of its own, so that steps do not move each other."""
        return np.random.default_rng([self.params.seed, *step.encode()])

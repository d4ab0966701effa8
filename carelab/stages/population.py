"""Population of a study: base year by single age, the city's projection, the districts' in every draw."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast import tables
from carelab.forecast.arrays import Array
from carelab.forecast.population import city_projection as city_model
from carelab.forecast.population import district_projection as district_model
from carelab.forecast.population import fit_checks, prepare, split_error
from carelab.forecast.population.base_population import fit_base_population
from carelab.forecast.population.control import control_paths, housing_arrivals
from carelab.forecast.summary import quantile_table
from carelab.stages.inputs import FEW, Inputs


class Population(Inputs):
    """Persons by district, sex, age and year."""

    @cached_property
    def population(self) -> xr.DataArray:
        """Persons (year, draw, district, sex, age) in every draw; float32, sums equal the city's to 1e-7."""
        base = split_error.draw_base(
            self.base_population, self.known, self.split_slope_sd, self.params.draws, self._rng("base")
        )
        values = district_model.project_districts(
            base, self.city_path, self.city_rates, self.deviations, seed=self.params.seed
        )
        return xr.DataArray(values, dims=("year", "draw", "district", "sex", "age"), coords=self._coords())

    @cached_property
    def base_population(self) -> Array:
        """Persons (district, sex, age) in the base year: the best single estimate."""
        return fit_base_population(self.known)

    @cached_property
    def split_slope_sd(self) -> float:
        """Spread of the error of splitting the oldest band, per year of age (log scale), from counted districts."""
        return split_error.learn_slope_sd(self.reference.district_ages)

    @cached_property
    def history(self) -> city_model.History:
        """The city's past by single age, its mortality and births."""
        tables_of, land, base_year = self.reference, self.city.info.land, self.params.base_year
        return prepare.city_history(
            self._tables, tables_of.lifetable, tables_of.life_expectancy, land=land, base_year=base_year
        )

    @cached_property
    def city_rates(self) -> city_model.Rates:
        """Survival, migration and fertility in every draw."""
        scenario = city_model.Scenario(self.params.migration, self.params.mortality_improvement)
        years = self.params.horizon_year - self.params.base_year
        return city_model.draw_rates(self.history, years, self.params.draws, self._rng("rates"), scenario)

    @cached_property
    def city_path(self) -> Array:
        """Persons (draw, year, sex, age) of the city, controlled to its own forecast where there is one."""
        path = city_model.project(self.history.by_sex[None], self.city_rates)
        return control_paths(path, self.city.control, self.params.base_year)

    @cached_property
    def deviations(self) -> district_model.Deviations:
        """How districts have grown beside the city, shrunk, and how sure that is."""
        fits = prepare.yearly_fits(self._tables, self.params.base_year)
        bands = self.known.band_of_age
        table = self._tables.population_total.pivot(index="year", columns="district", values="persons")
        years = prepare.unbroken(table.index, self.params.base_year)
        series = table.loc[years].reindex(columns=self._tables.districts)
        persistence = district_model.growth_persistence(series.to_numpy(float))
        residuals = district_model.band_residuals(fits, bands)
        learnt = district_model.learn_deviations(residuals, self.known.bands, bands, persistence)
        ahead = range(self.params.base_year + 1, self.params.horizon_year + 1)
        arrivals = housing_arrivals(self.city.housing, self.history.by_sex, self._tables.districts, ahead)
        return replace(learnt, arrivals=arrivals)

    @cached_property
    def _age_bands(self) -> xr.DataArray:
        return tables.age_band_draws(self.population)

    @cached_property
    def population_district(self) -> pd.DataFrame:
        """Persons by district, age band and year."""
        return self._masked(self._by_district(self._age_bands, status="projected"), "age_band")

    @cached_property
    def population_city(self) -> pd.DataFrame:
        """Persons of the city by age band and year, counted years first."""
        projected = quantile_table(self._age_bands.sum("district").sel(year=slice(self.params.base_year + 1, None)))
        counted = tables.counted_ages(self.history.years, self.history.persons)
        return pd.concat([counted.assign(status="observed"), projected.assign(status="projected")], ignore_index=True)

    @cached_property
    def base_fit(self) -> pd.DataFrame:
        """Mean age per district: published, estimated, and the errors of three ways to estimate it."""
        table = fit_checks.mean_age_errors(self.known, self.base_population)
        return self.districts[["name"]].reset_index().join(table).assign(grade=self.grade)

    @cached_property
    def oldest(self) -> pd.DataFrame:
        """Share of inhabitants aged 80 and over in the base year by district: district, name, share_80plus, grade."""
        by_age = self.base_population.sum(axis=1)
        total = by_age.sum(axis=1)
        share = np.divide(by_age[:, 80:].sum(axis=1), total, out=np.full_like(total, np.nan), where=total >= FEW)
        table = self.districts[["name"]].reset_index().assign(share_80plus=share, grade=self.grade)
        shown: pd.DataFrame = table[total >= FEW]
        return shown.reset_index(drop=True)

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
from carelab.forecast.population import fit_checks, growth_draws, growth_error, prepare, split_error, total_error
from carelab.forecast.population.base_population import fit_base_population
from carelab.forecast.population.control import control_paths, control_totals, housing_arrivals
from carelab.forecast.population.district_control import district_drift
from carelab.forecast.population.official import beside_official, past_migration
from carelab.forecast.summary import quantile_table
from carelab.inputs.grades import years_since_count
from carelab.stages.inputs import FEW, Inputs


class Population(Inputs):
    """Persons by district, sex, age and year."""

    @cached_property
    def population(self) -> xr.DataArray:
        """Persons (year, draw, district, sex, age) in every draw; float32, sums equal the city's to 1e-7."""
        base = split_error.draw_base(
            self.base_population, self.known, self.split_slope_sd, self.params.draws, self._rng("base")
        )
        base = total_error.draw_totals(base, self.total_sd, self._rng("totals"))
        values = district_model.project_districts(
            base, self.city_path, self.city_rates, self.deviations, seed=self.params.seed
        )
        return xr.DataArray(values, dims=("year", "draw", "district", "sex", "age"), coords=self._coords())

    @cached_property
    def base_population(self) -> Array:
        """Persons (district, sex, age) in the base year: the best single estimate."""
        return fit_base_population(self.known)

    @cached_property
    def split_slope_sd(self) -> float | Array:
        """Spread of the error of splitting the oldest band, per year of age (log scale), from counted districts.

        Of each district where no bands are known: what an old-age ratio leaves open, else how districts differ.
        """
        ages, known = self.shared.known(self.reference.district_ages), self.known
        if self.whole or len(self.city.population_bands) or known.old_ratio is None:
            return self.shared.split_slope_sd
        alone = split_error.city_slope_sd(self.shared.known(self.reference.district_old), known)
        ratio = split_error.learn_slope_sd(ages, told="old_ratio")
        return np.where(np.isfinite(known.old_ratio), ratio, alone)

    @cached_property
    def total_sd(self) -> Array:
        """Standard deviation (log scale) of each district's total in the base year: 0 where it is counted in it."""
        years = years_since_count(self.published, self.params.base_year).fillna(total_error.HORIZONS).to_numpy()
        panel = self.shared.known(self.reference.district_totals)
        return total_error.total_error_sd(panel, years, self.known.bands.sum(axis=1))

    @cached_property
    def history(self) -> city_model.History:
        """The city's past by single age, its mortality and births."""
        expectancy, land, base_year = self.reference.life_expectancy, self.city.info.land, self.params.base_year
        return prepare.city_history(self._tables, self.lifetable, expectancy, land=land, base_year=base_year)

    @cached_property
    def city_rates(self) -> city_model.Rates:
        """Survival, migration and fertility in every draw: the total as uncertain as growth has been elsewhere."""
        return growth_draws.widen(
            self.own_rates, self.history, self.growth_spread, scenario=self._scenario, rng=self._rng("growth")
        )

    @property
    def own_rates(self) -> city_model.Rates:
        """Survival, migration and fertility in every draw, as the city's own past spreads them."""
        years = self.params.horizon_year - self.params.base_year
        return city_model.draw_rates(self.history, years, self.params.draws, self._rng("rates"), self._scenario)

    @property
    def _scenario(self) -> city_model.Scenario:
        return city_model.Scenario(self.params.migration, self.params.mortality_improvement)

    @cached_property
    def growth_spread(self) -> growth_error.GrowthSpread:
        """How far carried-on growth errs in places like this one, learnt without it."""
        return growth_error.learn_spread(self.shared.growth_panel, self.city.info.ags)

    @cached_property
    def city_path(self) -> Array:
        """Persons (draw, year, sex, age) of the city, controlled to its own forecast where there is one."""
        return control_paths(self._free_path(), self.city.control, self.params.base_year)

    def _free_path(self) -> Array:
        """Return the city's path (draw, year, sex, age) before it is controlled."""
        return city_model.project(self.history.by_sex[None], self.city_rates)

    @cached_property
    def deviations(self) -> district_model.Deviations:
        """How districts have grown beside the city, shrunk, and how sure that is."""
        if self.whole:
            return self._deviations_learnt
        ahead = range(self.params.base_year + 1, self.params.horizon_year + 1)
        arrivals = housing_arrivals(self.city.housing, self.history.by_sex, self._tables.districts, ahead)
        return self._met(replace(self._deviations_learnt, arrivals=arrivals))

    @cached_property
    def _deviations_learnt(self) -> district_model.Deviations:
        """The same before new housing and forecasts of the districts' own: no matter of scenario or draws."""
        if self.whole:
            return district_model.no_deviations(len(self.districts), self.known.band_of_age)
        return self._learnt_deviations() if len(self.city.population_bands) else self._borrowed_deviations()

    def _borrowed_deviations(self) -> district_model.Deviations:
        """Return what districts elsewhere teach, where this city's own bands are not published."""
        known, panel = self.known, self.shared.known(self.reference.district_totals)
        return total_error.borrowed_deviations(panel, known.bands, known.band_of_age)

    def _met(self, learnt: district_model.Deviations) -> district_model.Deviations:
        """Return deviations whose middle meets the city's own forecast of its districts, where there is one."""
        control = self.city.control_districts
        if control.empty:
            return learnt
        wide = control.pivot(index="year", columns="district", values="persons").reindex(columns=self._tables.districts)
        drift = district_drift(
            self.base_population, self.city_path, (self.city_rates, learnt), wide, self.params.base_year
        )
        return replace(learnt, drift=drift)

    def _learnt_deviations(self) -> district_model.Deviations:
        """Return what the past of the city's own districts teaches."""
        fits = prepare.yearly_fits(self._tables, self.params.base_year)
        bands = self.known.band_of_age
        table = self._tables.population_total.pivot(index="year", columns="district", values="persons")
        years = prepare.unbroken(table.index, self.params.base_year)
        series = table.loc[years].reindex(columns=self._tables.districts)
        persistence = district_model.growth_persistence(series.to_numpy(float))
        residuals = district_model.band_residuals(fits, bands)
        return district_model.learn_deviations(residuals, self.known.bands, bands, persistence)

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
        ages = self.city.population_city
        derived = set(ages.loc[ages["status"] != "observed", "year"])
        counted["status"] = np.where(counted["year"].isin(derived), "derived", "observed")
        return pd.concat([counted, projected.assign(status="projected")], ignore_index=True)

    @cached_property
    def official(self) -> pd.DataFrame:
        """Official projections of the city's inhabitants beside ours: columns of forecast.population.official."""
        table, info = self.reference.official_projections, self.city.info
        rows = table[table["area"] == info.ags].assign(controlled=False)
        rows = pd.concat([rows, self._controlling], ignore_index=True).astype({"controlled": bool})
        own = self.population_city[self.population_city["age_band"] == "total"]
        own = own.assign(median_free=own["median"])
        if len(self._controlling):
            free = np.median(self._free_path().sum(axis=(2, 3)), axis=0)
            own["median_free"] = own["year"].map(dict(enumerate(free, self.params.base_year))).fillna(own["median"])
        return beside_official(rows, own, last_counted=self.params.base_year)

    @property
    def _controlling(self) -> pd.DataFrame:
        """The city's own forecast of all its inhabitants, which medians are controlled to; empty without one."""
        control, sources = self.city.control, self.sources
        if control.empty:
            return self.reference.official_projections.iloc[:0]
        source = sources[sources["table"] == "control"].iloc[0]
        rows = control_totals(control)
        said = {"title": source["title"], "publisher": source["publisher"], "published": source["date"]}
        said |= {"quality": source["quality"], "url": source["url"], "base_year": self.params.base_year}
        rows = rows.assign(area=self.city.info.ags, controlled=True, **said)
        rows["base_persons"] = float(self.history.by_sex.sum())
        return rows.assign(change_pct=np.nan)

    @cached_property
    def past_migration(self) -> pd.DataFrame:
        """Net arrivals of the past years that the projection carries on: year, persons."""
        return past_migration(self.history, self.params.mortality_improvement)

    @cached_property
    def base_fit(self) -> pd.DataFrame:
        """Mean age per district: published, estimated, and the errors of three ways to estimate it."""
        table = fit_checks.mean_age_errors(self.known, self.base_population)
        return (
            self.districts[["name", "grade"]].reset_index().join(table)[["district", "name", *table.columns, "grade"]]
        )

    @cached_property
    def oldest(self) -> pd.DataFrame:
        """Share of inhabitants aged 80 and over in the base year by district: district, name, share_80plus, grade."""
        by_age = self.base_population.sum(axis=1)
        total = by_age.sum(axis=1)
        share = np.divide(by_age[:, 80:].sum(axis=1), total, out=np.full_like(total, np.nan), where=total >= FEW)
        table = self.districts[["name"]].reset_index()
        table = table.assign(share_80plus=share, grade=self.districts["grade"].to_numpy())
        shown: pd.DataFrame = table[total >= FEW]
        return shown.reset_index(drop=True)

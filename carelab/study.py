"""Ablauf: the only place where the rooms are joined. Params -> Study, whose results are lazy, named, and computed once.

Reading order is computing order: inputs, population, care rates, demand, supply, gap, why, how wrong. Each result is a table (or
an array of draws); the columns are listed in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from carelab.forecast import care_levels, care_projection, care_schedule, demand, prepare, split_error, tables
from carelab.forecast import city_projection as city_model
from carelab.forecast import district_projection as district_model
from carelab.forecast import settings as care_settings
from carelab.forecast.base_population import Known, fit_base_population
from carelab.forecast.care_backtest import backtest_cities
from carelab.forecast.decomposition import das_gupta
from carelab.forecast.summary import quantile_table
from carelab.inputs.checks import check_data
from carelab.inputs.city import load_city
from carelab.inputs.provenance import sources_table
from carelab.inputs.reference import load_reference
from carelab.params import Params
from carelab.planning import gap as gap_model
from carelab.planning import supply as supply_model
from carelab.planning.tables import gap_table, growth_table
from carelab.terms import SETTINGS, say

Array = npt.NDArray[np.float64]

BACKTEST_ORIGIN = 2017
BACKTEST_DRAWS = 1000


@lru_cache(maxsize=4)
def open_study(params: Params) -> Study:
    """Return the study of these parameters: one per process, so that notebooks of one run share its results."""
    return Study(params)


class Study:
    """One city, one scenario. Raises UserError (inputs, params) when a result needs what is not there."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.city = load_city(params.city)
        self.reference = load_reference()

    # --- inputs

    @cached_property
    def districts(self) -> pd.DataFrame:
        """district (index), name, area_ha, lon, lat, inhabited."""
        bands = self.known.bands.sum(axis=1)
        table = self.city.districts.set_index("district")
        return table.assign(inhabited=bands > 0)

    @cached_property
    def checks(self) -> pd.DataFrame:
        """What the inputs hold and lack, in words: table, check, result, text."""
        return check_data(self.city, self.params.language)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Where the inputs come from: table, publisher, title, date, url, licence, quality."""
        return sources_table(self.params.city)

    # --- population

    @cached_property
    def population(self) -> xr.DataArray:
        """Persons (year, draw, district, sex, age) in every draw; float32, sums equal the city's to 1e-7."""
        base = split_error.draw_base(
            self.base_population, self.known, self.split_slope_sd, self.params.draws, self._rng("base")
        )
        values = district_model.project_districts(
            base, self.city_path, self.city_rates, self.deviations, band_of_age=self.known.band_of_age, seed=self.params.seed
        )
        return xr.DataArray(values, dims=("year", "draw", "district", "sex", "age"), coords=self._coords())

    @cached_property
    def known(self) -> Known:
        """What is known of the districts in the base year."""
        return prepare.known_districts(self._tables, self.params.base_year)

    @cached_property
    def base_population(self) -> Array:
        """Persons (district, sex, age) in the base year: the best single estimate."""
        return fit_base_population(self.known)

    @cached_property
    def split_slope_sd(self) -> float:
        """Spread of the error of splitting the oldest band, per year of age (log scale), learnt from counted districts."""
        return split_error.learn_slope_sd(self.reference.district_ages)

    @cached_property
    def history(self) -> city_model.History:
        """The city's past by single age, its mortality and births."""
        info, reference = self.city.info, self.reference
        return prepare.city_history(
            self._tables, reference.lifetable, reference.life_expectancy, land=info.land, base_year=self.params.base_year
        )

    @cached_property
    def city_rates(self) -> city_model.Rates:
        """Survival, migration and fertility in every draw."""
        scenario = city_model.Scenario(self.params.migration, self.params.mortality_improvement)
        years = self.params.horizon_year - self.params.base_year
        return city_model.draw_rates(self.history, years, self.params.draws, self._rng("rates"), scenario)

    @cached_property
    def city_path(self) -> Array:
        """Persons (draw, year, sex, age) of the city."""
        return city_model.project(self.history.by_sex[None], self.city_rates)

    @cached_property
    def deviations(self) -> district_model.Deviations:
        """How districts have grown beside the city, shrunk, and how sure that is."""
        fits = prepare.yearly_fits(self._tables, self.params.base_year)
        totals = self._tables.population_total
        totals = totals[totals["year"] <= self.params.base_year]
        series = totals.pivot(index="year", columns="district", values="persons").reindex(columns=self._tables.districts)
        residuals = district_model.band_residuals(fits, self.known.band_of_age)
        persistence = district_model.growth_persistence(series.to_numpy(float))
        return district_model.learn_deviations(residuals, self.known.bands, persistence)

    @cached_property
    def _age_bands(self) -> xr.DataArray:
        return tables.age_band_draws(self.population)

    @cached_property
    def population_district(self) -> pd.DataFrame:
        """Persons by district, age band and year."""
        return self._by_district(self._age_bands, status="projected")

    @cached_property
    def population_city(self) -> pd.DataFrame:
        """Persons of the city by age band and year, counted years first."""
        projected = quantile_table(self._age_bands.sum("district").sel(year=slice(self.params.base_year + 1, None)))
        counted = tables.counted_ages(self.history.years, self.history.persons)
        return pd.concat([counted.assign(status="observed"), projected.assign(status="projected")], ignore_index=True)

    @cached_property
    def base_fit(self) -> pd.DataFrame:
        """Mean age per district: published, estimated, and the errors of three ways to estimate it."""
        table = prepare.mean_age_errors(self.known, self.base_population)
        return self.districts[["name"]].rename_axis("district").reset_index().join(table).assign(grade=self.city.info.grade)

    # --- care rates

    @cached_property
    def hazard(self) -> Array:
        """The age-sex schedule (sex, age) of care rates."""
        return care_schedule.fit_schedule(self.reference.care_rates, self.reference.population_de)

    @cached_property
    def panel(self) -> care_levels.Panel:
        """All Kreise and their estimated ages, surveys up to the base year."""
        return care_levels.build_panel(vars(self.reference), self.hazard, last_year=self.params.base_year)

    @cached_property
    def panel_levels(self) -> pd.DataFrame:
        """Levels of all Kreise by survey."""
        return care_levels.panel_levels(self.panel)

    @cached_property
    def care_trend(self) -> care_levels.Trend:
        """Common growth of care rates between surveys."""
        last = int(self.panel.rows["year"].max())
        totals = self.reference.care_totals
        national = totals.loc[(totals["area"] == "DG") & totals["year"].between(last + 1, self.params.base_year), "year"]
        steps = [last, *sorted(national)]
        pairs = zip(steps, steps[1:], strict=False)
        extra = {b: care_levels.land_step(self.panel, vars(self.reference), "DG", (a, b)) for a, b in pairs}
        return care_levels.fit_trend(self.panel_levels, extra)

    @cached_property
    def levels(self) -> xr.DataArray:
        """Level of the city's care rates (draw, year) from its last count on."""
        values = care_projection.draw_levels(
            self._anchor,
            self.care_trend,
            self.params.horizon_year,
            variant=self.params.trend,
            damping=self.params.trend_damping,
            rng=self._rng("levels"),
        )
        years = range(self._anchor.year, self.params.horizon_year + 1)
        return xr.DataArray(values, dims=("draw", "year"), coords={"draw": range(self.params.draws), "year": list(years)})

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Care rates of the city by sex, age band and year (base, focus, horizon)."""
        years = sorted({self.params.base_year, self.params.focus_year, self.params.horizon_year})
        return tables.rate_table(self.hazard, self.levels, self.history.by_sex, years)

    @cached_property
    def anchoring(self) -> pd.DataFrame:
        """The model at the city's counts: year, counted, modelled, deviation_pct, half_width, level."""
        return prepare.anchoring(self._counts, self.city.population_city, self.hazard)

    @cached_property
    def _counts(self) -> pd.DataFrame:
        care = self.city.care[(self.city.care["measure"] == "people_in_need") & (self.city.care["sex"] == "t")]
        return care[care["year"] <= self.params.base_year].set_index("year").sort_index()

    @cached_property
    def _anchor(self) -> care_projection.Anchor:
        last = self._counts.iloc[-1]
        year, width = int(self._counts.index[-1]), float(last["half_width"])
        counts = float(last["persons"]) + self._rng("anchor").uniform(-width, width, self.params.draws)
        persons = prepare.city_ages(self.city.population_city, year).reshape(-1)
        level = care_schedule.solve_level(persons, self.hazard.reshape(-1), counts)
        land, known_year = self._land_survey(year)
        return care_projection.Anchor(level, year, land, known_year)

    def _land_survey(self, year: int) -> tuple[float, int]:
        """Return growth of the Land's level (Germany's where unknown) from the city's last count to the last survey."""
        totals = self.reference.care_totals
        for area in (self.city.info.land, "DG"):
            later = [int(y) for y in totals.loc[totals["area"] == area, "year"] if year < y <= self.params.base_year]
            if later:
                growth = care_levels.land_step(self.panel, vars(self.reference), area, (year, max(later)))
                if np.isfinite(growth):
                    return growth, max(later)
        return 0.0, year

    # --- demand

    @cached_property
    def local_ratio_sd(self) -> float:
        """Spread of local care rates (log scale): as given, else what hiding Kreise shows."""
        measured = demand.local_ratio_spread(self.panel_levels)
        return measured if self.params.local_ratio_sd is None else self.params.local_ratio_sd

    @cached_property
    def _need(self) -> Array:
        """People in need (draw, year, district, band) by the city's rates alone."""
        return demand.need_by_band(self.population.values, self.hazard, self._future_levels)

    @cached_property
    def _future_levels(self) -> Array:
        return self.levels.sel(year=slice(self.params.base_year, None)).values

    @cached_property
    def local_ratios(self) -> Array:
        """Local ratios (draw, year, district, band), controlled to the city."""
        drawn = demand.draw_local_ratios(len(self.districts), self.local_ratio_sd, self.params.draws, self._rng("local"))
        return demand.control_local_ratios(self._need, drawn)

    @cached_property
    def demand(self) -> xr.DataArray:
        """People in need (draw, district, setting, year); settings sum to all people in need."""
        logits = self._setting_logits[:, self.params.base_year - self._anchor.year :]
        values = demand.demand_by_setting(self._need * self.local_ratios, logits)
        coords = self._coords("draw", "district", "year") | {"setting": list(SETTINGS)}
        return xr.DataArray(values, dims=("draw", "district", "setting", "year"), coords=coords)

    @cached_property
    def _setting_logits(self) -> Array:
        """Log shares (draw, year, band, setting) from the city's last count on."""
        anchor, reference = self._anchor, self.reference
        counts = tables.care_counts(self.city.care, anchor.year, anchor.year).set_index("setting")["persons"]
        persons = prepare.city_ages(self.city.population_city, anchor.year)
        need = demand.need_by_band(persons[None, None, None].astype(np.float32), self.hazard, anchor.level[:1, None])[0, 0, 0]
        profile = care_settings.age_profile(reference.care_settings_age)
        known = care_settings.setting_counts({str(k): float(v) for k, v in counts.items()}, float(counts["total"]))
        totals = reference.care_totals
        land = totals[totals["area"] == self.city.info.land].set_index("year")["people_in_need"]
        change = care_settings.land_change(reference.care_settings_area, land, self.city.info.land, (anchor.year, anchor.known_year))
        steps = max(anchor.known_year - anchor.year, 1)
        spread = care_settings.step_spread(reference.care_settings_area, totals[totals["level"] == "kreis"])
        shares = care_settings.Shares(profile, care_settings.fit_shares(need, known, profile), change / steps, spread, change)
        years = np.arange(anchor.year, self.params.horizon_year + 1)
        reached = np.clip((years - anchor.year) / steps, 0.0, 1.0)
        ahead = np.maximum(years - anchor.known_year, 0).astype(float)
        return care_settings.draw_shares(
            shares, ahead, reached, damping=self.params.trend_damping, rng=self._rng("settings"), draws=self.params.draws
        )

    @cached_property
    def _demand_total(self) -> xr.DataArray:
        return tables.with_total(self.demand)

    @cached_property
    def demand_district(self) -> pd.DataFrame:
        """People in need by district, setting and year."""
        return self._by_district(self._demand_total, status="projected")

    @cached_property
    def demand_city(self) -> pd.DataFrame:
        """People in need of the city by setting and year: counts, then the projection from the last count on."""
        counted = tables.counted_rows(tables.care_counts(self.city.care, 0, self._anchor.year))
        between = tables.with_total(self._demand_since_count())
        draws = xr.concat([between, self._demand_total.sum("district")], dim="year")
        return pd.concat([counted, quantile_table(draws).assign(status="projected")], ignore_index=True)

    def _demand_since_count(self) -> xr.DataArray:
        """People in need of the city (draw, setting, year) after its last count and before the base year."""
        years = list(range(self._anchor.year + 1, self.params.base_year))
        persons = [prepare.city_ages(self.city.population_city, year) for year in years]
        values = np.empty((self.params.draws, len(SETTINGS), len(years)))
        for t, (year, people) in enumerate(zip(years, persons, strict=True)):
            spread = np.broadcast_to(people.astype(np.float32), (1, self.params.draws, 1, *people.shape))
            need = demand.need_by_band(spread, self.hazard, self.levels.sel(year=[year]).values)
            at = year - self._anchor.year
            values[:, :, t] = demand.demand_by_setting(need, self._setting_logits[:, at : at + 1])[:, 0, :, 0]
        coords = {"draw": range(self.params.draws), "setting": list(SETTINGS), "year": years}
        return xr.DataArray(values, dims=("draw", "setting", "year"), coords=coords)

    @cached_property
    def growth(self) -> pd.DataFrame:
        """Growth of need from the base to the focus year by district, and the probability to be among the top three."""
        total = self._demand_total.sel(setting="total")
        years = (self.params.base_year, self.params.focus_year)
        return growth_table(total, self.districts, years=years, grade=self.city.info.grade)

    # --- why

    @cached_property
    def decomposition_draws(self) -> xr.DataArray:
        """Change of need from base to focus year (draw, factor, district): population, ageing, prevalence, total."""
        ends = [0, self.params.focus_year - self.params.base_year]
        people = [self.population.values[t].reshape(*self.population.shape[1:3], -1) for t in ends]
        rate = [demand.district_rates(self.hazard, self._future_levels[:, t], self.local_ratios[:, t]) for t in ends]
        parts = das_gupta(people[0], people[1], rate[0], rate[1])
        values = np.stack([parts.population, parts.ageing, parts.prevalence, parts.total], axis=1)
        coords = self._coords("draw", "district") | {"factor": ["population", "ageing", "prevalence", "total"]}
        return xr.DataArray(values, dims=("draw", "factor", "district"), coords=coords)

    @cached_property
    def decomposition(self) -> pd.DataFrame:
        """Why need changes, by district and factor."""
        return self._by_district(self.decomposition_draws.transpose("draw", "district", "factor"))

    # --- supply and gap

    @cached_property
    def supply(self) -> xr.DataArray:
        """Nursing-home places (draw, district): known ones, and the rest placed at random."""
        old = self.base_population[:, :, 65:].sum(axis=(1, 2))
        places = supply_model.draw_places(self.supply_known_places, old, self.params.draws, self._rng("supply"))
        return xr.DataArray(places, dims=("draw", "district"), coords=self._coords("draw", "district"))

    @cached_property
    def supply_known_places(self) -> supply_model.Supply:
        """What is known of nursing homes."""
        structure = self.reference.kreis_structure
        official = structure[structure["area"] == self.city.info.ags].set_index("year")["population"]
        register = pd.Series(self.history.persons.sum(axis=1), index=self.history.years)
        return supply_model.known_supply(
            self.city.facilities, self.city.supply, official if len(official) else register, self._tables.districts, self.params.base_year
        )

    @cached_property
    def supply_city(self) -> pd.DataFrame:
        """Official supply of the city: year, measure, value, status."""
        return self.city.supply

    @cached_property
    def supply_known(self) -> pd.DataFrame:
        """Facilities found, with place where known."""
        names = self.districts["name"]
        table = self.city.facilities.assign(name_district=self.city.facilities["district"].map(names))
        return table[["facility", "name", "category", "district", "name_district", "places", "status", "as_of", "url"]]

    @cached_property
    def physicians(self) -> pd.DataFrame:
        """Physicians, dentists, pharmacies by district and year, as counted."""
        table = self.city.physicians.assign(name=self.city.physicians["district"].map(self.districts["name"]))
        return table[["district", "name", "year", "physicians", "dentists", "pharmacies"]]

    @cached_property
    def gap_draws(self) -> xr.DataArray:
        """Missing nursing-home places (draw, district, year)."""
        wanted = self.demand.sel(setting="vollstationaer", drop=True)
        values = gap_model.place_gap(wanted.values, self.supply.values, self.params.occupancy)
        return wanted.copy(data=values)

    @cached_property
    def gap(self) -> pd.DataFrame:
        """Missing places by district and year, with probabilities and ranks."""
        oldest = self._age_bands.sel(age_band=["80-84", "85-89", "90+"]).sum("age_band").median("draw")
        wanted = self.demand.sel(setting="vollstationaer")
        return gap_table(
            self.gap_draws, wanted, self.supply, self.districts.assign(places_known=self.supply_known_places.known), oldest,
            limit=self.params.shortfall_places, grade=self.city.info.grade,
        )  # fmt: skip

    @cached_property
    def gap_city(self) -> pd.DataFrame:
        """Missing places of the whole city by year."""
        total = self.gap_draws.sum("district")
        share = gap_model.probability_above(total.values)
        return quantile_table(total).assign(p_shortfall=share)

    @cached_property
    def ambulant_load(self) -> pd.DataFrame:
        """People cared for by home-care services per service and per member of staff, at the latest counted supply."""
        draws = self.demand.sel(setting="ambulant", drop=True).sum("district")
        return supply_model.load_table(draws, self.city.supply, quantiles=quantile_table)

    # --- how wrong

    @cached_property
    def backtest(self) -> pd.DataFrame:
        """The care model fitted up to BACKTEST_ORIGIN against later counts of four cities, beside rules of thumb."""
        return backtest_cities(
            vars(self.reference), self.hazard, origin=BACKTEST_ORIGIN, damping=self.params.trend_damping,
            draws=BACKTEST_DRAWS, rng=self._rng("backtest"),
        )  # fmt: skip

    # --- whole runs

    def prepare(self, report: Callable[[str], None]) -> None:
        """Compute all results, telling the step in words before each; later access is free."""
        for de, en, names in STEPS:
            report(say(self.params.language, de, en))
            for name in names:
                getattr(self, name)

    @cached_property
    def _tables(self) -> prepare.CityTables:
        c = self.city
        return prepare.CityTables(
            c.info.ags, pd.Index(c.districts["district"]), c.population_bands, c.population_total, c.population_city, c.indicators, c.births
        )  # fmt: skip

    def _by_district(self, draws: xr.DataArray, *, status: str | None = None) -> pd.DataFrame:
        return tables.district_table(draws, self.districts["name"], grade=self.city.info.grade, status=status)

    def _coords(self, *dims: str) -> dict[str, Any]:
        years = list(range(self.params.base_year, self.params.horizon_year + 1))
        every = {"year": years, "draw": range(self.params.draws), "district": list(self._tables.districts)}
        return {dim: every[dim] for dim in dims} if dims else every

    def _rng(self, step: str) -> np.random.Generator:
        """Return the random numbers of one step: a stream of its own, so that one step's change leaves the others alone."""
        return np.random.default_rng([self.params.seed, *step.encode()])


STEPS = (
    ("Daten lesen und prüfen", "reading and checking data", ("checks", "sources", "districts")),
    ("Bevölkerung der Stadtteile schätzen", "estimating district populations", ("base_population", "base_fit", "deviations")),
    ("Bevölkerung vorausberechnen", "projecting populations", ("population", "population_city", "population_district")),
    ("Pflegequoten anpassen", "fitting care rates", ("levels", "rates", "anchoring")),
    ("Bedarf berechnen", "computing demand", ("demand", "demand_city", "demand_district", "growth")),
    ("Ursachen zerlegen", "decomposing the change", ("decomposition",)),
    ("Bestand und Fehlbedarf", "supply and gap", ("supply_known", "gap", "gap_city", "ambulant_load", "physicians")),
    ("Rückprüfung an früheren Jahren", "back-testing on past years", ("backtest",)),
)
"""What a run computes, in order: words in German and English, results."""

"""Need of a study: persons x rates x local ratio, by setting; where it grows, and why."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast import tables
from carelab.forecast.arrays import Array
from carelab.forecast.care import demand
from carelab.forecast.care import local_covariate as covariate
from carelab.forecast.care import settings as care_settings
from carelab.forecast.care.local_counts import Ratios, draw_ratios, learn_ratios, prior_ratios
from carelab.forecast.decomposition import das_gupta
from carelab.forecast.population import prepare
from carelab.forecast.summary import quantile_table
from carelab.planning.tables import growth_table
from carelab.stages.care import Care
from carelab.terms import SETTINGS, SETTINGS_ALSO


class Need(Care):
    """People in need by district, setting and year."""

    @cached_property
    def local_ratio_sd(self) -> float:
        """Spread of local care rates beside their slope (log scale): as given, else what hiding Kreise shows."""
        measured = covariate.spread_of(self.local_hidden["error_slope"])
        return measured if self.params.local_ratio_sd is None else self.params.local_ratio_sd

    @cached_property
    def local_hidden(self) -> pd.DataFrame:
        """Kreise estimated without their own count, their Land hidden: error_plain, error_slope, inside_80."""
        return self.shared.local_hidden

    @cached_property
    def local_slope(self) -> covariate.Slope:
        """How local care rates rise with the share of people from 65 on, learnt on Kreise."""
        return self.shared.local_slope

    @cached_property
    def _local_prior(self) -> Ratios:
        """Local ratios without counts: by the share of 65+, where the city counts it by district."""
        people, old = self.base_population.sum(axis=(1, 2)), self.base_population[:, :, 65:].sum(axis=(1, 2))
        share = np.divide(old, people, out=np.zeros_like(old), where=people > 0)
        effect = self.local_slope.effect(share, float(old.sum() / people.sum()))
        if not covariate.counted_from_65(self.known.band_of_age):
            effect = np.full_like(share, np.nan)
        given, plain = self.params.local_ratio_sd, covariate.spread_of(self.local_hidden["error_plain"])
        return prior_ratios(effect, self.local_slope, self.local_ratio_sd, sd_unknown=plain if given is None else given)

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
        drawn = draw_ratios(self._local_evidence, self.params.draws, self._rng("local"))
        return demand.control_local_ratios(self._need, drawn, demand.rate_ceiling(self.hazard, self._future_levels))

    @cached_property
    def _local_evidence(self) -> Ratios:
        """What is known of local ratios: by the share of 65+ alone, or with the latest counts by district, shrunk."""
        counts = self.city.care_districts
        counts = counts[counts["year"] <= self.params.base_year]
        if counts.empty:
            return self._local_prior
        year = int(counts["year"].max())
        counted = counts[counts["year"] == year].set_index("district")["people_in_need"].reindex(self.districts.index)
        return learn_ratios(
            counted.to_numpy(float),
            np.median(self._need[:, 0].sum(axis=2), axis=0),
            self._local_prior,
            years=float(self.params.base_year - year),
            drift_sd=self.care_trend.drift_sd,
        )

    @cached_property
    def demand(self) -> xr.DataArray:
        """People in need (draw, district, setting, year); settings sum to all people in need."""
        logits = self._logits_from(self.params.base_year)
        values = demand.demand_by_setting(self._need * self.local_ratios, logits)
        coords = self._coords("draw", "district", "year") | {"setting": list(SETTINGS)}
        return xr.DataArray(values, dims=("draw", "district", "setting", "year"), coords=coords)

    def _logits_from(self, year: int) -> Array:
        """Return log shares (draw, year, band, setting) from a year on; before the last count they are as at it."""
        missing = self._anchor.year - year
        if missing <= 0:
            return self._setting_logits[:, -missing:]
        return np.concatenate([np.repeat(self._setting_logits[:, :1], missing, axis=1), self._setting_logits], axis=1)

    @cached_property
    def _setting_logits(self) -> Array:
        """Log shares (draw, year, band, setting) from the city's last count on."""
        anchor, city = self._anchor, self.city
        counted = tables.care_counts(city.care, anchor.year, anchor.year).set_index("setting")["persons"]
        counts = care_settings.setting_counts({str(k): float(v) for k, v in counted.items()}, anchor.year)
        persons = prepare.city_ages(city.population_city, anchor.year)[None, None, None].astype(np.float32)
        need = demand.need_by_band(persons, self.hazard, anchor.level[:1, None])[0, 0, 0]
        years = (anchor.year, anchor.known_year)
        tables_of, until = vars(self.reference), self.care_known_until
        shares = care_settings.learn_shares(need, counts, tables_of, land=city.info.land, years=years, until=until)
        params, rng = self.params, self._rng("settings")
        return care_settings.draw_shares(
            shares, params.horizon_year, damping=params.trend_damping, rng=rng, draws=params.draws
        )

    @cached_property
    def _published(self) -> list[str]:
        """Settings that the city's last count tells apart, and "total".

        Where it leaves nobody for grade 1 without services, they are among the others: no figure of them is published.
        """
        counted = tables.care_counts(self.city.care, self._anchor.year, self._anchor.year).set_index("setting")[
            "persons"
        ]
        none_left = counted.get(SETTINGS[-1], np.nan) <= care_settings.LEAST_SHARE * counted["total"]
        return ["total", *(SETTINGS[:-1] if none_left else SETTINGS)]

    @cached_property
    def _demand_total(self) -> xr.DataArray:
        return tables.with_total(self.demand)

    @cached_property
    def demand_district(self) -> pd.DataFrame:
        """People in need by district, setting and year."""
        told = self._demand_total.sel(setting=self._published)
        return self._masked(self._by_district(told, status="projected"), "setting")

    @cached_property
    def demand_city(self) -> pd.DataFrame:
        """People in need of the city by setting and year: counts, then the projection from the last count on."""
        counted = tables.counted_rows(tables.care_counts(self.city.care, 0, self._anchor.year))
        between = tables.with_total(self._demand_since_count())
        draws = xr.concat([between, self._demand_total.sum("district")], dim="year")
        ahead = [int(year) for year in draws["year"].values if int(year) not in set(counted["year"])]
        draws = draws.sel(year=ahead, setting=self._published)  # counted years are not repeated
        counted = counted[counted["setting"].isin([*self._published, *SETTINGS_ALSO])]
        later = quantile_table(draws)
        status = np.where(
            later["year"] < self._anchor.year, "estimated", "projected"
        )  # between two counts: no projection
        return pd.concat([counted, later.assign(status=status)], ignore_index=True)

    def _demand_since_count(self) -> xr.DataArray:
        """People in need of the city (draw, setting, year) after its last count and before the base year."""
        years = list(range(self._anchor.year + 1, self.params.base_year))
        ages = [prepare.city_ages(self.city.population_city, year) for year in years]
        persons = np.stack(ages) if ages else np.empty((0, *self.hazard.shape))
        values = demand.city_demand(
            persons, self.hazard, self.levels.sel(year=years).values, self._setting_logits[:, 1 : len(years) + 1]
        )
        coords = {"draw": range(self.params.draws), "setting": list(SETTINGS), "year": years}
        return xr.DataArray(values, dims=("draw", "setting", "year"), coords=coords)

    @cached_property
    def growth(self) -> pd.DataFrame:
        """Growth of need from the base to the focus year by district, and the probability to be among the top three."""
        total = self._demand_total.sel(setting="total")
        years = (self.params.base_year, self.params.focus_year)
        return growth_table(total, self.districts, years=years)

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
        return self._masked(
            self._by_district(self.decomposition_draws.transpose("draw", "district", "factor")), "factor"
        )

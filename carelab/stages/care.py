"""Care rates of a study: the age-sex schedule, the common trend, the city's level from its last count on."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast import tables
from carelab.forecast.arrays import Array
from carelab.forecast.backtest.cities import COLUMNS, backtest_area
from carelab.forecast.care import cities_panel as care_panel
from carelab.forecast.care import projection as care_projection
from carelab.forecast.care import schedule as care_schedule
from carelab.forecast.care import trend as care_trend
from carelab.forecast.population import fit_checks, prepare
from carelab.stages.population import Population
from carelab.stages.shared import shared_backtest, shared_hindsight
from carelab.terms import UserError

BACKTEST_ORIGIN = 2017


class Care(Population):
    """Care rates, and how wrong the model would have been."""

    @cached_property
    def hazard(self) -> Array:
        """The age-sex schedule (sex, age) of care rates."""
        return self.shared.hazard

    @cached_property
    def panel(self) -> care_panel.Panel:
        """All Kreise and their estimated ages, surveys up to the base year."""
        return self.shared.panel

    @cached_property
    def panel_levels(self) -> pd.DataFrame:
        """Levels of all Kreise by survey."""
        return self.shared.panel_levels

    @cached_property
    def care_trend(self) -> care_trend.Trend:
        """Common growth of care rates between surveys."""
        return self.shared.care_trend

    @cached_property
    def levels(self) -> xr.DataArray:
        """Level of the city's care rates (draw, year) from its last count or, where earlier, the base year on."""
        scenario = care_projection.Scenario(
            trend=self.params.trend,
            damping=self.params.trend_damping,
            law_year=self.params.law_year,
            law_effect=self.params.law_effect,
            law_effect_sd=self.params.law_effect_sd,
        )
        values = care_projection.draw_levels(
            self._anchor, self._start, self.params.horizon_year, scenario=scenario, rng=self._rng("levels")
        )
        values = np.concatenate([self._levels_before, values], axis=1)
        years = range(self._anchor.year - self._levels_before.shape[1], self.params.horizon_year + 1)
        coords = {"draw": range(self.params.draws), "year": list(years)}
        return xr.DataArray(values, dims=("draw", "year"), coords=coords)

    @cached_property
    def _levels_before(self) -> Array:
        """Levels (draw, year) from the base year to a last count that is later: on a line from the count before.

        The city's first count is its only one: then its level is held.
        """
        ahead = self._anchor.year - self.params.base_year
        if ahead <= 0:
            return np.empty((self.params.draws, 0))
        earlier = self.anchoring[self.anchoring["year"] <= self.params.base_year]
        last = self._anchor.level[:, None]
        if earlier.empty:
            return np.repeat(last, ahead, axis=1)
        year, level = int(earlier["year"].iloc[-1]), float(earlier["level"].iloc[-1])
        weight = (np.arange(self.params.base_year, self._anchor.year) - year) / (self._anchor.year - year)
        return np.asarray(level + weight * (last - level))

    @cached_property
    def pooled(self) -> care_projection.Pooled:
        """What all Kreise teach about growth of care rates and its spread."""
        return self.shared.pooled

    @cached_property
    def _start(self) -> care_projection.Start:
        """The city's starting growth: Germany's last, and what persists of the Land's and its own deviation."""
        info, ((first, last), growth) = self.city.info, list(self.shared.national_steps.items())[-1]
        common = growth / (last - first)
        return care_projection.starting_growth(self.pooled, area=info.ags[:5], land=info.land, common=common)

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Care rates of the city by sex, age band and year (base, focus, horizon)."""
        years = sorted({self.params.base_year, self.params.focus_year, self.params.horizon_year})
        return tables.rate_table(self.hazard, self.levels, self.history.by_sex, years)

    @cached_property
    def anchoring(self) -> pd.DataFrame:
        """The model at the city's counts: year, counted, modelled, deviation_pct, half_width, level."""
        aged = self._counts.index.isin(self.city.population_city["year"])  # a count without ages cannot be modelled
        return fit_checks.anchoring(self._counts[aged], self.city.population_city, self.hazard)

    @cached_property
    def _counts(self) -> pd.DataFrame:
        care = self.city.care[(self.city.care["measure"] == "people_in_need") & (self.city.care["sex"] == "t")]
        known = care[(care["year"] <= self.care_known_until) & care["year"].isin(self._years_by_age)]
        counts = known.set_index("year").sort_index()
        if counts.empty:
            raise UserError(
                f"care.csv: bis {self.params.base_year} keine Zählung der Pflegebedürftigen in einem Jahr mit "
                "Einwohnern nach Alter; erwartet: eine oder mehr.",
                f"care.csv: no count of people in need up to {self.params.base_year} in a year with "
                "inhabitants by age; expected: at least one.",
            )
        return counts

    @property
    def _years_by_age(self) -> set[int]:
        """Return the years in which the city is known by single age, counted or derived."""
        ages = self.city.population_city
        return {int(year) for year in ages.loc[ages["age_from"] > 0, "year"]}

    @cached_property
    def _anchor(self) -> care_projection.Anchor:
        last = self._counts.iloc[-1]
        year, width = int(self._counts.index[-1]), float(last["half_width"])
        counts = float(last["persons"]) + self._rng("anchor").uniform(-width, width, self.params.draws)
        persons = prepare.city_ages(self.city.population_city, year).reshape(-1)
        level = care_schedule.solve_level(persons, self.hazard.reshape(-1), counts)
        if not np.isfinite(level).all():
            raise UserError(
                f"care.csv: {last['persons']} Pflegebedürftige ({year}) passen nicht zu {persons.sum():.0f} Personen.",
                f"care.csv: {last['persons']} people in need in {year} do not fit {persons.sum():.0f} inhabitants.",
            )
        return care_projection.Anchor(level, year, *self._land_survey(year))

    def _land_survey(self, year: int) -> tuple[float, int, bool]:
        """Return growth of the Land's level from the city's last count to the last survey, its year, True.

        Where the Land's is not known, Germany's, and False: what the Land did beside it is uncertain then.
        """
        land = self.city.info.land
        for area in (land, "DG"):
            for last in self.shared.surveys(area, after=year)[-1:]:
                growth = care_panel.land_step(self.panel, vars(self.reference), area, (year, last))
                if np.isfinite(growth):
                    return growth, last, area == land
        return 0.0, year, True

    @cached_property
    def backtest(self) -> pd.DataFrame:
        """The care model fitted up to BACKTEST_ORIGIN against later counts of four cities, beside rules of thumb."""
        return shared_backtest(self.shared, BACKTEST_ORIGIN, self.params.trend_damping, self.params.seed)

    @cached_property
    def own_backtest(self) -> pd.DataFrame:
        """The same test for this area alone: columns of backtest. Empty where it was not counted then and before."""
        care, origin = self.city.care, BACKTEST_ORIGIN
        care = care[(care["measure"] == "people_in_need") & (care["sex"] == "t")]
        series = care.set_index("year")["persons"].astype(float).sort_index()
        if not {origin, origin - care_trend.SURVEY_STEP} <= set(series.index) or series.index.max() == origin:
            return self.backtest.iloc[:0]
        hindsight = shared_hindsight(self.shared, origin, self.params.trend_damping)
        persons = prepare.city_ages(self.city.population_city, origin)
        rows = backtest_area(hindsight, self.city.info.ags, series, persons, self._rng("own_backtest"))
        return rows.assign(name=self.city.info.name)[list(COLUMNS)]

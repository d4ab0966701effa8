"""Care rates of a study: the age-sex schedule, the common trend, the city's level from its last count on."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from carelab.forecast import care_levels, care_projection, care_schedule, prepare, tables
from carelab.forecast.care_backtest import backtest_cities
from carelab.stages.population import Population

Array = npt.NDArray[np.float64]

BACKTEST_ORIGIN = 2017
BACKTEST_DRAWS = 1000


class Care(Population):
    """Care rates, and how wrong the model would have been."""

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
        national = totals.loc[
            (totals["area"] == "DG") & totals["year"].between(last + 1, self.params.base_year), "year"
        ]
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
        return xr.DataArray(
            values, dims=("draw", "year"), coords={"draw": range(self.params.draws), "year": list(years)}
        )

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

    @cached_property
    def backtest(self) -> pd.DataFrame:
        """The care model fitted up to BACKTEST_ORIGIN against later counts of four cities, beside rules of thumb."""
        return backtest_cities(
            vars(self.reference), self.hazard, origin=BACKTEST_ORIGIN, damping=self.params.trend_damping,
            draws=BACKTEST_DRAWS, rng=self._rng("backtest"),
        )  # fmt: skip

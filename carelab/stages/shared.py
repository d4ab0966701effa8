"""What holds for every city: learnt once per process from one reading of the reference, and inherited by its forks.

A study of one Kreis costs well under a second when this is there (docs/decisions/0015).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.backtest.cities import Hindsight, backtest_cities, fit_hindsight
from carelab.forecast.care import cities_panel as care_panel
from carelab.forecast.care import local_covariate as covariate
from carelab.forecast.care import projection as care_projection
from carelab.forecast.care import schedule as care_schedule
from carelab.forecast.care import trend as care_trend
from carelab.forecast.population import growth_error, split_error
from carelab.inputs.reference import Reference

LATEST_SURVEY = 2100
"""Later than any survey: nothing published is held back."""


@dataclass(frozen=True, eq=False)
class Shared:
    """What the reference tables teach up to the last survey that may be known, computed when first asked for."""

    reference: Reference
    known_until: int

    @cached_property
    def hazard(self) -> Array:
        """The age-sex schedule (sex, age) of care rates."""
        return care_schedule.fit_schedule(self.reference.care_rates, self.reference.population_de)

    @cached_property
    def panel(self) -> care_panel.Panel:
        """All Kreise and their estimated ages, surveys up to the last that may be known."""
        return care_panel.build_panel(vars(self.reference), self.hazard, last_year=self.known_until)

    @cached_property
    def panel_levels(self) -> pd.DataFrame:
        """Levels of all Kreise by survey."""
        return care_panel.panel_levels(self.panel)

    @cached_property
    def care_trend(self) -> care_trend.Trend:
        """Common growth of care rates between surveys; the steps after the last of all Kreise from Germany's total."""
        last = int(self.panel.rows["year"].max())
        extra = {later: growth for (_, later), growth in self.national_steps.items() if later > last}
        return care_trend.fit_trend(self.panel_levels, extra)

    @cached_property
    def national_steps(self) -> dict[tuple[int, int], float]:
        """Growth of Germany's level between neighbouring surveys that may be known."""
        return care_panel.national_steps(self.panel, vars(self.reference), last_year=self.known_until)

    @cached_property
    def pooled(self) -> care_projection.Pooled:
        """What all Kreise teach about growth of care rates and its spread."""
        return care_projection.fit_levels(self.panel_levels, self.national_steps)

    @cached_property
    def split_slope_sd(self) -> float:
        """Spread of the error of splitting the oldest band, per year of age (log scale), from counted districts."""
        return split_error.learn_slope_sd(self.known(self.reference.district_ages))

    @cached_property
    def growth_panel(self) -> growth_error.GrowthPanel:
        """How growth of all Kreise has changed between counts; those with changed borders left out."""
        areas = self.reference.care_totals
        changed = areas.loc[areas["area_changed"], "area"]
        return growth_error.growth_panel(
            self.reference.kreis_totals, known_until=self.known_until, left_out=set(changed)
        )

    @cached_property
    def local_hidden(self) -> pd.DataFrame:
        """Kreise estimated without their own count, their Land hidden: error_plain, error_slope, inside_80."""
        return covariate.hide_laender(covariate.beside_land(self.panel_levels))

    @cached_property
    def local_slope(self) -> covariate.Slope:
        """How local care rates rise with the share of people from 65 on, learnt on Kreise."""
        return covariate.learn_slope(covariate.beside_land(self.panel_levels))

    def known(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows (column year) that may be known; a table of later years only is hindsight, used as it is."""
        rows = table[table["year"] <= self.known_until]
        return rows if len(rows) else table

    def surveys(self, area: str, *, after: int) -> list[int]:
        """Return the years after ``after`` in which an area's people in need were counted."""
        totals = self.reference.care_totals
        return sorted(int(y) for y in totals.loc[totals["area"] == area, "year"] if after < y <= self.known_until)

    def fit(self) -> Shared:
        """Compute everything now: before a process forks workers, which then share it."""
        for name, value in vars(type(self)).items():
            if isinstance(value, cached_property):
                getattr(self, name)
        return self


@lru_cache(maxsize=8)
def shared_backtest(shared: Shared, origin: int, damping: float, seed: int) -> pd.DataFrame:
    """Return the care model fitted up to ``origin`` against later counts of four cities (forecast.backtest.cities)."""
    rng = np.random.default_rng([seed, *b"backtest"])
    return backtest_cities(vars(shared.reference), shared.hazard, origin=origin, damping=damping, rng=rng)


@lru_cache(maxsize=8)
def shared_hindsight(shared: Shared, origin: int, damping: float) -> Hindsight:
    """Return the care model as it would have been at ``origin``: the same for every area."""
    return fit_hindsight(vars(shared.reference), shared.hazard, origin=origin, damping=damping)


@lru_cache(maxsize=8)
def shared_model(reference: Reference, known_until: int) -> Shared:
    """Return the shared results for one reading of the reference: one object per process and last survey."""
    return Shared(reference, known_until)

"""A study's own districts: how wrong this very projection would have been there, and what new housing changes."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.backtest.own_districts import RECORD_COLUMNS, counts_by_band, record_rows, record_table
from carelab.forecast.population.control import planned_persons
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.params import Params
from carelab.stages.backtests import Backtests
from carelab.stages.inputs import FEW
from carelab.terms import QUANTILE_COLUMNS, UserError

RECORD_DRAWS = 400
"""Draws of a look back: enough for intervals that are pooled over districts."""
AHEAD = (1, 2, 3, 5, 10)
"""Years back from the base year from which the city is projected once more; each tells all years in between."""
LATER = ("control", "control_districts", "housing")
"""What the city says today about years to come: not known in an earlier year."""
UNMOVED = ("city_rates", "city_path", "split_slope_sd", "levels", "_anchor", "_setting_logits", "_local_evidence")
"""Results that new housing does not move."""
HOUSING_COLUMNS = ("district", "name", "measure", "moves_planned", "without_plan", *QUANTILE_COLUMNS, "grade")


class OwnDistricts(Backtests):
    """The city's own districts: past projections against counts, and the effect of new housing."""

    @cached_property
    def district_record(self) -> pd.DataFrame:
        """Past projections of the own districts against later counts: RECORD_COLUMNS; empty where none is possible.

        The same code as the run's, told counts up to the origin only, in the baseline scenario, without what the city
        says today of years to come. What other cities teach (splitting 65+) is of today.
        """
        parts = [rows for ahead in AHEAD for rows in self._looked_back(self.params.base_year - ahead)]
        return record_table(pd.concat(parts, ignore_index=True)) if parts else pd.DataFrame(columns=RECORD_COLUMNS)

    def _looked_back(self, origin: int) -> list[pd.DataFrame]:
        """Return one table per later counted year (record_rows); none where the city was not counted well enough."""
        if self.whole or self.city.population_bands.empty:
            return []
        counts = counts_by_band(self.city.population_bands, self.city.population_total, self._tables.districts)
        later = [year for year in counts.persons if origin < year <= self.params.base_year]
        if origin not in counts.persons or not later:
            return []
        try:
            then = self._seen_from(origin)
            population, starts = then.population, np.unique(then.known.band_of_age, return_index=True)[1]
        except UserError:  # too few years of bands, ages or births before it
            return []
        scored = counts.persons[origin][:, 0] >= FEW
        rows = []
        for year in later:
            parts = np.add.reduceat(population.sel(year=year).values.sum(axis=2, dtype=float), starts, axis=-1)
            draws = np.concatenate([parts.sum(axis=-1, keepdims=True), parts], axis=-1)
            rows.append(record_rows(draws, counts, origin=origin, year=year, scored=scored))
        return rows

    def _seen_from(self, origin: int) -> Self:
        """Return this study as it would have been opened in ``origin``, in the baseline scenario."""
        last, usual = self.params.base_year, Params()
        years = {"base_year": origin, "focus_year": last, "horizon_year": last}
        scenario = {name: getattr(usual, name) for name in ("migration", "mortality_improvement")}
        draws = min(self.params.draws, RECORD_DRAWS)
        then = type(self)(self.params.model_copy(update={**years, **scenario, "draws": draws}))
        then.city = replace(then.city, **{name: getattr(then.city, name).iloc[:0] for name in LATER})
        return then

    @cached_property
    def housing_effect(self) -> pd.DataFrame:
        """What new housing changes in the focus year: HOUSING_COLUMNS, per district with plans and for all others.

        ``measure``: population or need (persons); ``moves_planned`` up to the focus year; ``without_plan`` the median
        without; quantiles of the difference, draw by draw with the same random numbers. Empty without plans.
        """
        if self.whole or self.city.housing.empty:
            return pd.DataFrame(columns=HOUSING_COLUMNS)
        planned = planned_persons(self.city.housing, (self.params.base_year + 1, self.params.focus_year))
        planned = planned.reindex(self._tables.districts).fillna(0.0)
        other = self.variant()
        other.city = replace(self.city, housing=self.city.housing.iloc[:0])
        other.__dict__.update({name: getattr(self, name) for name in UNMOVED})
        ends = [(each._inhabitants(), each._all_need()) for each in (self, other)]
        parts = [
            self._difference(name, planned, (told, untold))
            for name, told, untold in zip(("population", "need"), *ends, strict=True)
        ]
        return pd.concat(parts, ignore_index=True)[list(HOUSING_COLUMNS)]

    @cached_property
    def housing_outside(self) -> float:
        """Persons of housing.csv that do not enter: they moved in up to the base year or will after the horizon."""
        inside = planned_persons(self.city.housing, (self.params.base_year + 1, self.params.horizon_year)).sum()
        return float(self.city.housing["persons"].sum() - inside)

    def _inhabitants(self) -> Array:
        """Return inhabitants (draw, district) of the focus year."""
        return np.asarray(self.population.sel(year=self.params.focus_year).values.sum(axis=(2, 3), dtype=float))

    def _all_need(self) -> Array:
        """Return people in need (draw, district) of the focus year."""
        need = self.demand.sel(year=self.params.focus_year).sum("setting").transpose("draw", "district")
        return np.asarray(need.values, dtype=float)

    def _difference(self, measure: str, planned: pd.Series, ends: tuple[Array, Array]) -> pd.DataFrame:
        """Return rows of one measure: districts with plans, largest plan first, then all others together."""
        wanted = planned[planned > 0].sort_values(ascending=False, kind="stable")
        places = planned.index.get_indexer(wanted.index)
        others = np.setdiff1d(np.arange(len(planned)), places)
        told, untold = (np.column_stack([each[:, places], each[:, others].sum(axis=1)]) for each in ends)
        quantiles = sorted_quantiles((told - untold).T, [PROBABILITIES[name] for name in QUANTILE_COLUMNS])
        keys = [*wanted.index, self.city.info.ags]
        table = pd.DataFrame({"district": keys, "measure": measure, "moves_planned": [*wanted, 0.0]})
        table["name"] = [*self.districts.loc[wanted.index, "name"], "all_other_districts"]
        table["grade"] = [*self.districts.loc[wanted.index, "grade"], str(self.districts["grade"].max())]
        table["without_plan"] = np.median(untold, axis=0)
        table[list(QUANTILE_COLUMNS)] = quantiles
        return table

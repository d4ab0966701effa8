"""Indicators of a study: the catalogue, its figures by district and city, and the funnel that keeps noise apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.care import demand
from carelab.inputs.catalogue import Catalogue, catalogue_table, load_catalogue
from carelab.planning.funnel import funnel_table
from carelab.planning.indicator_facts import Facts, Futures, Indicator, age_edges
from carelab.planning.indicators import indicator_rows
from carelab.stages.access import Access
from carelab.stages.ways import StudyWays
from carelab.terms import SETTINGS


class Indicators(Access):
    """The Kennzahlenkatalog, computed by declaration: the same for every city."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is measured, of what, and how it must not be read (data/catalogue.yaml)."""
        return load_catalogue()

    @cached_property
    def catalogue_words(self) -> pd.DataFrame:
        """The catalogue in the run's language: one row per indicator."""
        return catalogue_table(self.catalogue, self.params.language)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """All indicators: city, indicator, district, name, year, sex, quantile columns, numerator, denominator, ..."""
        return self._rows(self.catalogue.indicators)

    def _rows(self, chosen: Sequence[Indicator]) -> pd.DataFrame:
        """Return the rows of some indicators, always from the beginning of their random numbers."""
        table = indicator_rows(chosen, self._facts, replace(self._futures, rng=self._rng("indicators")))
        table.insert(0, "city", self.city.info.name)
        return table

    def indicators_of(self, wanted: Collection[str]) -> pd.DataFrame:
        """Return the rows of ``indicators`` of some of them, both sexes together, without computing all.

        Those with an assumed factor are computed, too: they share one stream of random numbers.
        """
        if "indicators" not in self.__dict__:
            chosen = [each for each in self.catalogue.indicators if each.id in wanted or each.factor is not None]
            chosen = [each if each.factor else each.model_copy(update={"by_sex": False}) for each in chosen]
            table = self._rows(chosen)
        else:
            table = self.indicators
        return table[table["indicator"].isin(wanted) & (table["sex"] == "t")].reset_index(drop=True)

    @cached_property
    def funnels(self) -> pd.DataFrame:
        """Counted shares of the districts beside the limits that chance alone would keep around the city's value."""
        return funnel_table(self.indicators, city=self.city.info.ags)

    @property
    def _grades(self) -> pd.Series:
        """Evidence grade by district and for the city (key: its AGS); only here is known where grades come from."""
        grades = self.districts["grade"].reindex([*self.districts.index, self.city.info.ags])
        return grades[~grades.index.duplicated()].fillna(self.city.info.grade)

    @cached_property
    def _facts(self) -> Facts:
        ags, fit = self.city.info.ags, self.base_fit
        names = pd.concat([self.districts["name"].drop(ags, errors="ignore"), pd.Series({ags: self.city.info.name})])
        known = fit["error_blind"].notna()
        blind = (fit["mean_age_published"] + fit["error_blind"]).where(known, fit["mean_age_estimated"])
        sd = float(np.sqrt(np.mean(fit.loc[known, "error_blind"] ** 2))) if known.any() else np.nan
        return Facts(
            ags=ags,
            base_year=self.params.base_year,
            known_until=self.care_known_until,
            names=names,
            grades=self._grades,
            tables=self.published.tables(),
            ages=self.city.population_city,
            exact_age=self.known.exact_age,
            located=float(self.supply_known_places.known.sum()),
            mean_age_blind=pd.DataFrame({"district": fit["district"], "value": blind, "sd": sd}),
        )

    @cached_property
    def _futures(self) -> Futures:
        """Draws of the base, focus and last year, summed to the age bands that the catalogue asks for."""
        params, edges = self.params, age_edges(self.catalogue.indicators)
        years = sorted({params.base_year, params.focus_year, params.horizon_year})
        at = [year - params.base_year for year in years]
        persons, need = self._by_bands(at, np.array(edges))
        by_setting = self.demand.sel(year=years).transpose("year", "draw", "district", "setting")
        return Futures(
            years=tuple(years),
            edges=edges,
            settings=SETTINGS,
            persons=persons,
            age_years=np.stack([self.population.values[t] @ self.known.exact_age for t in at]),
            need=need,
            by_setting=by_setting.values,
            gap=self.gap_draws.sel(year=years).transpose("year", "draw", "district").values,
            places=self.supply.values,
            few=self.districts.index.isin(self._few)[: 0 if self.whole else None],
            rng=self._rng("indicators"),
            ways=StudyWays(self),
        )

    def _by_bands(self, at: list[int], edges: Index) -> tuple[Array, Array]:
        """Return persons and people in need (year, draw, district, sex, band) of the years at these positions."""
        persons, need = [], []
        for t in at:
            people = self.population.values[t]
            rates = demand.district_rates(self.hazard, self._future_levels[:, t], self.local_ratios[:, t])
            persons.append(np.add.reduceat(people, edges, axis=-1))
            need.append(np.add.reduceat(people * rates.reshape(people.shape), edges, axis=-1))
        return np.stack(persons).astype(float), np.stack(need).astype(float)

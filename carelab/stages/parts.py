"""Parts of need and population: by Pflegegrad, by Stadtbezirk, and what is known of the districts' own care rates."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast import tables
from carelab.forecast.care import grades as care_grades
from carelab.forecast.summary import quantile_table
from carelab.stages.inputs import FEW
from carelab.stages.need import Need
from carelab.terms import QUANTILE_COLUMNS, SETTINGS, UserError

CITY_ONLY = "E"
"""Evidence grade of what is known for the city as a whole only."""


class Parts(Need):
    """Sums and splits of the same draws: they add up in every future."""

    @cached_property
    def grade_shares(self) -> care_grades.GradeShares:
        """Shares of Pflegegrade by setting: the Land's last published ones, and how they move."""
        land, until = self.city.info.land, self.care_known_until
        return care_grades.learn_grades(vars(self.reference), land=land, until=until)

    @cached_property
    def grades(self) -> xr.DataArray:
        """People in need of the city (draw, setting, grade, year) by Pflegegrad 1-5; grades sum to the setting."""
        city = self.demand.sum("district")
        years = range(self.params.base_year, self.params.horizon_year + 1)
        shares = care_grades.draw_grades(
            self.grade_shares,
            years,
            damping=self.params.trend_damping,
            rng=self._rng("grades"),
            draws=self.params.draws,
        )
        coords = self._coords("draw", "year") | {"setting": list(SETTINGS), "grade": list(care_grades.PFLEGEGRADE)}
        values = care_grades.people_by_grade(city.values, shares)
        return xr.DataArray(values, dims=("draw", "setting", "grade", "year"), coords=coords)

    @cached_property
    def grades_city(self) -> pd.DataFrame:
        """People in need of the city by setting, Pflegegrad and year; combinations that cannot be are left out.

        Empty where no Pflegegrade were published up to the base year (a look back), and where the city's last count
        tells nobody with grade 1 alone: too few would be in grade 1 and too many in all others.
        """
        nothing = pd.DataFrame(columns=["setting", "pflegegrad", "year", *QUANTILE_COLUMNS, "status", "grade"])
        if SETTINGS[-1] not in self._published:
            return nothing
        try:
            self.grade_shares  # noqa: B018
        except UserError:
            return nothing
        table = quantile_table(tables.with_total(self.grades).rename(grade="pflegegrad"))
        never = (table["setting"] == SETTINGS[-1]) & (table["pflegegrad"] > 1)
        never |= (table["setting"] == "pflegegeld") & (table["pflegegrad"] == 1)
        return table[~never].reset_index(drop=True).assign(status="projected", grade=CITY_ONLY)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """The Stadtbezirk of each district: district (index), group, name; empty where the city gives none."""
        table = self.city.groups.set_index("district")
        return table.reindex(self.districts.index).dropna() if len(table) else table

    @cached_property
    def demand_group(self) -> pd.DataFrame:
        """People in need by Stadtbezirk, setting and year: sums of its districts in every draw."""
        return self._by_group(self._demand_total.sel(setting=self._published), "setting")

    @cached_property
    def population_group(self) -> pd.DataFrame:
        """Persons by Stadtbezirk, age band and year: sums of its districts in every draw."""
        return self._by_group(self._age_bands, "age_band")

    def _by_group(self, draws: xr.DataArray, part: str) -> pd.DataFrame:
        """Return quantiles by group, year and ``part``; groups of few people show the total only."""
        named = self.groups.drop_duplicates("group").set_index("group")["name"]
        if named.empty:
            return pd.DataFrame(columns=["group", "name", "year", part])
        sums = tables.group_sums(draws, self.groups["group"])
        table = quantile_table(sums)
        table.insert(1, "name", table["group"].map(named))
        people = self.known.bands.sum(axis=1)
        inhabitants = pd.Series(people, index=self.districts.index).groupby(self.groups["group"]).sum()
        few = inhabitants.index[inhabitants < FEW]
        shown = table[~table["group"].isin(few) | (table[part] == "total")].reset_index(drop=True)
        worst = self.districts["grade"].groupby(self.groups["group"]).max()
        return shown.assign(status="projected", grade=shown["group"].map(worst))

    @cached_property
    def local_context(self) -> pd.DataFrame:
        """The districts' care rates beside the city's (rate_ratio, base year), and what is known beside ages.

        Columns: district, name, share_65plus, rate_ratio, lower_80, upper_80, then foreigners and Wohngeld per
        household and people per household, as last published: context only, no public figure says what they do to care
        rates at the same age.
        """
        people = self.base_population.sum(axis=(1, 2))
        old = self.base_population[:, :, 65:].sum(axis=(1, 2))
        need, ratios = self._need[:, 0], self.local_ratios[:, 0]
        plain = need.sum(axis=2)
        own = np.divide((need * ratios).sum(axis=2), plain, out=np.full_like(plain, np.nan), where=plain > 0)
        low, middle, high = np.quantile(own, [0.1, 0.5, 0.9], axis=0)
        share = np.divide(old, people, out=np.full_like(old, np.nan), where=people > 0)
        columns = {"share_65plus": share, "rate_ratio": middle, "lower_80": low, "upper_80": high}
        table = self.districts[["name"]].assign(**columns).join(self._indicators)
        table["grade"] = self.districts["grade"]
        shown = table[self.districts["ranked"]].reset_index()
        return shown.sort_values("rate_ratio", ascending=False, ignore_index=True)

    @property
    def _indicators(self) -> pd.DataFrame:
        """The latest published indicators by district up to the base year; NaN where there are none."""
        rows = self.city.indicators[self.city.indicators["year"] <= self.params.base_year].sort_values("year")
        last = rows.groupby("district").last().reindex(self.districts.index)
        people = pd.Series(self.base_population.sum(axis=(1, 2)), index=self.districts.index)
        return pd.DataFrame(
            {
                "share_foreigners": last["foreigners"] / people.where(people > 0),
                "wohngeld_per_1000": 1000
                * last["wohngeld_households"]
                / last["households"].where(last["households"] > 0),
                "mean_household_size": last["mean_household_size"],
            }
        )

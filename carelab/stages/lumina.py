"""Offers close to home of a study (LUMINA): what there is, whom it reaches, before and after. Lazy."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast.arrays import Array
from carelab.forecast.summary import quantile_table
from carelab.planning import equity, offers
from carelab.planning.access.needs import AT_HOME
from carelab.release.lumina_words import no_design, start_line
from carelab.stages.closeness import Closeness
from carelab.stages.lumina_effects import DesignAnswer, answer_by_design
from carelab.terms import QUANTILE_COLUMNS

OLDEST = ("80-84", "85-89", "90+")
FEWEST = 3
"""Equity needs so many districts with counts."""
WORTH = 0.05
"""Districts are ranked by housing benefit only where it differs by more than this share of its mean."""


class Lumina(Closeness):
    """What there is close to home, whom it reaches, how far counselling is. Tables: docs/lumina.md."""

    @cached_property
    def offers(self) -> pd.DataFrame:
        """One row per offer and quarter: columns of offers.csv, quarter, name_district (as told, not as computed)."""
        rows = offers.by_quarter(self.study.city.offers)
        return rows.assign(name_district=rows["district"].map(self._names))

    @cached_property
    def inventory(self) -> pd.DataFrame:
        """What is told by quarter, district and type (planning.offers.inventory) with the district's name."""
        table = offers.inventory(self.offers)
        table.insert(2, "name", table["district"].map(self._names))
        return table

    @property
    def quarters(self) -> list[str]:
        """Quarters of which something is told."""
        return sorted(set(self.offers["quarter"]))

    @cached_property
    def reach(self) -> pd.DataFrame:
        """Persons reached per 100 people in need at home, by district (last: the city) and quarter.

        Columns: district, name, quarter, quantile columns, at_least (median by the largest offer alone), counts_untold
        (offers without a count of persons), status, grade. NaN where no offer counted persons.
        """
        draws = xr.DataArray(
            self._reach,
            dims=("draw", "district", "quarter"),
            coords={"district": self._areas, "quarter": self.quarters},
        )
        least = np.median(100 * self._reached(largest=True) / self._need, axis=0).ravel()
        keys = pd.MultiIndex.from_product([self._areas, self.quarters], names=["district", "quarter"])
        untold = self.inventory.groupby(["district", "quarter"])["counts_untold"].sum()
        whole = self.inventory.groupby("quarter")["counts_untold"].sum()
        table = self._table(draws).assign(at_least=least, counts_untold=untold.reindex(keys).fillna(0).to_numpy(int))
        city = table["district"] == self._ags
        table.loc[city, "counts_untold"] = table.loc[city, "quarter"].map(whole).astype(int)
        return table.assign(status="derived")

    @cached_property
    def compared(self) -> tuple[list[str], list[str]]:
        """Quarters before and after the start that are compared: the same seasons on both sides; empty without any."""
        before, after = offers.windows(self.quarters, self.start.start)
        return [self.quarters[place] for place in before], [self.quarters[place] for place in after]

    @cached_property
    def change(self) -> pd.DataFrame:
        """Reach after less reach before, by district (last: the city); empty where nothing can be compared.

        Columns: district, name, before_quarter, after_quarter (medians per 100), quantile columns (difference),
        usual_swing (median: largest difference between two quarters before the start), status, grade.
        """
        columns = ["district", "name", "before_quarter", "after_quarter", *QUANTILE_COLUMNS, "usual_swing", "status"]
        if not self.compared[0]:
            return pd.DataFrame(columns=[*columns, "grade"])
        before, after = (self._mean_reach(side) for side in self.compared)
        earlier = [place for place, quarter in enumerate(self.quarters) if quarter < self.start.start]
        table = self._table(self._areas_array(after - before)).assign(
            before_quarter=np.median(before, axis=0), after_quarter=np.median(after, axis=0),
            usual_swing=np.median(offers.usual_swing(self._reach, earlier), axis=0), status="derived",
        )  # fmt: skip
        return table[[*columns, "grade"]]

    @cached_property
    def equity(self) -> pd.DataFrame:
        """How evenly reach is spread over districts before and after: period, equity, ranking, quantile columns.

        Empty where fewer than FEWEST districts counted persons in all quarters compared.
        """
        sides = dict(zip(("before_quarter", "after_quarter"), self.compared, strict=True))
        rows = {period: self._mean_reach(side)[:, :-1] for period, side in sides.items() if side}
        kept = (
            np.all([np.isfinite(reach).all(axis=0) for reach in rows.values()], axis=0) if rows else np.zeros(1, bool)
        )
        if self.study.whole or kept.sum() < FEWEST:
            return pd.DataFrame(columns=["period", "equity", "ranking", *QUANTILE_COLUMNS, "districts"])
        weights = self._need_year[:, :-1][:, kept]
        found = {period: self._measures(reach[:, kept], weights, kept) for period, reach in rows.items()}
        if len(found) == 2:
            before, after = found.values()
            found["change"] = {name: after[name] - before[name] for name in before}
        for period in rows:
            found[period]["gap_by_chance", ""] = self._chance_gap(sides[period], kept)
        keys = [(period, *name) for period, measures in found.items() for name in measures]
        values = np.stack([draws for measures in found.values() for draws in measures.values()], axis=1)
        table = quantile_table(xr.DataArray(values, dims=("draw", "row"))).drop(columns="row")
        front = pd.DataFrame(keys, columns=["period", "equity", "ranking"])
        return pd.concat([front, table], axis=1).assign(districts=int(kept.sum()))

    def _measures(self, reach: Array, weights: Array, kept: np.ndarray) -> dict[tuple[str, str], Array]:
        """Return measure, ranking -> draws."""
        best, least = equity.fifths(reach, weights)
        found = {("best_fifth", ""): best, ("least_fifth", ""): least, ("fifth_gap", ""): best - least}
        for ranking, standing in self._standing.items():
            found["concentration", ranking] = equity.concentration_index(reach, weights, standing[kept])
        return found

    def _chance_gap(self, quarters: list[str], kept: np.ndarray) -> Array:
        """Return the gap of the fifths per 100 (draw,) that chance alone would give, had all the same chance.

        Those who come are taken to come every quarter: if they change, chance would give less.
        """
        places = [self.quarters.index(quarter) for quarter in quarters]
        persons, need = (values[:, :-1][:, kept][..., places].mean(axis=-1) for values in (self._reached(), self._need))
        return 100 * equity.gap_by_chance(np.median(persons, axis=0), need, self.study._rng("lumina_equity"))

    @cached_property
    def _standing(self) -> dict[str, Array]:
        """Where ranked districts stand (district,), the worst-off lowest; never by need, which reach divides by."""
        ranked = self._ranked
        bands = self.study._age_bands.sel(year=self.params.base_year).median("draw").transpose("district", "age_band")
        people = bands[ranked]
        old = people.sel(age_band=list(OLDEST)).sum("age_band").values / people.sel(age_band="total").values
        found = {"aged": -np.asarray(old, float)}
        context = self.study.local_context.set_index("district")["wohngeld_per_1000"]
        benefit = context.reindex(self.study.districts.index[ranked]).to_numpy(float)
        if np.isfinite(benefit).all() and np.ptp(benefit) > WORTH * benefit.mean():
            found["wohngeld"] = -benefit
        return found

    @cached_property
    def by_design(self) -> DesignAnswer:
        """What a registered design lets one say about an effect; without one, that nothing may be said."""
        return answer_by_design(self.params.city, self._reach, areas=self._areas, quarters=self.quarters)

    @property
    def design_sentences(self) -> tuple[str, ...]:
        """What the design says of an effect, or that and why nothing may be said of one."""
        answer, language = self.by_design, self.params.language
        if answer.results is None:
            return (no_design(answer.reason, language),)
        return answer.results.findings(language).sentences

    @property
    def start_note(self) -> str:
        """From when on offers count as after, and how sure that is."""
        language, told = self.params.language, self.start
        text, source = (getattr(words, language) for words in (told.text, told.source))
        return start_line(told.start, text=text, source=source, assumed=told.status == "assumed", language=language)

    @cached_property
    def _persons(self) -> Array:
        return offers.drawn_persons(self.offers, self.params.draws, self.study._rng("offers"))

    def _reached(self, *, largest: bool = False) -> Array:
        """Return persons reached (draw, area, quarter)."""
        how: dict[str, Any] = {"quarters": self.quarters, "largest": largest}
        own = offers.reached_by_area(self.offers, self._persons, areas=self._areas, **how)
        whole = self.offers.assign(district=self._ags)
        own[:, -1:] = offers.reached_by_area(whole, self._persons, areas=[self._ags], **how)
        return own

    @cached_property
    def _need(self) -> Array:
        """People in need at home (draw, area, quarter)."""
        draws = self.study.demand.sel(setting=list(AT_HOME)).sum("setting").transpose("draw", "district", "year")
        years = [int(year) for year in draws["year"].values]
        values = draws.values.astype(float)
        areas = values if self.study.whole else np.concatenate(
            [values[:, self._ranked], values.sum(axis=1, keepdims=True)], axis=1
        )  # fmt: skip
        return offers.need_by_quarter(areas, years, self.quarters)

    @cached_property
    def _need_year(self) -> Array:
        """People in need at home (draw, area) in ``year``."""
        return np.asarray(self._with_city(self._people(self.params.draws)["need_home", "t"]).values)

    @cached_property
    def _reach(self) -> Array:
        """Persons reached per 100 people in need at home (draw, area, quarter)."""
        return np.asarray(100 * self._reached() / self._need)

    def _mean_reach(self, quarters: list[str]) -> Array:
        places = [self.quarters.index(quarter) for quarter in quarters]
        return np.asarray(self._reach[..., places].mean(axis=-1))

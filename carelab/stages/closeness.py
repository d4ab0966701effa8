"""The way to counselling and company: whom it concerns, how far it is for whom, which places are known. Lazy."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast.arrays import Array
from carelab.forecast.summary import quantile_table
from carelab.inputs.kreise import load_area
from carelab.inputs.lumina import Start, load_start
from carelab.planning.access.needs import AT_HOME
from carelab.planning.access.scatter import Scattered, scatter_sites
from carelab.planning.closeness import far, near, over_people
from carelab.terms import QUANTILE_COLUMNS, SEXES, label, say

if TYPE_CHECKING:
    from carelab.stages.siting import Siting

PLACES = ("pflegeberatung", "treffpunkt")
"""Kinds of sites that people go to for counselling and company."""
OFFERED = {"beratung": "pflegeberatung", "begegnung": "treffpunkt"}
"""Type of a reported offer that people go to -> kind of place."""
AGED = {"aged_65": 65, "aged_80": 80}


class Closeness:
    """People of a study by group, and their way to the next place of counselling or company in ``year``."""

    def __init__(self, study: Siting) -> None:
        self.study, self.params = study, study.params

    @cached_property
    def start(self) -> Start:
        """From which quarter on offers count as after."""
        return load_start(self.params.city)

    @property
    def year(self) -> int:
        """The year of the start, within the years of the study: of whom groups and ways speak."""
        return min(max(int(self.start.start[:4]), self.params.base_year), self.params.horizon_year)

    @cached_property
    def known_places(self) -> pd.DataFrame:
        """Known sites of PLACES: facility_name, kind, place_district, place_known, as_of, url."""
        raw = load_area(self.params.city)
        named = raw.districts.set_index("district")["name"]
        told = pd.concat([raw.facilities.rename(columns={"facility": "site"}), raw.sites], ignore_index=True)
        told = told.drop_duplicates("site").set_index("site")
        rows = self.study.sites[self.study.sites["kind"].isin(PLACES) & self.study.sites["counts"]]
        rows = rows.set_index("site")
        district = told["district"].reindex(rows.index).fillna("")
        known = np.where(rows["lon"].notna(), "point", np.where(district != "", "in_district", "no_place"))
        sites = pd.DataFrame(
            {
                "facility_name": rows["name"],
                "kind": rows["kind"],
                "place_district": district.map(named).fillna(""),
                "place_known": known,
                "as_of": told["as_of"].reindex(rows.index),
                "url": told["url"].reindex(rows.index),
            }
        )
        more = self._reported.assign(
            place_district=self._reported["district"].map(named), place_known="in_district"
        ).rename(columns={"name": "facility_name", "last_quarter": "as_of"})
        return pd.concat([sites, more[list(sites)]], ignore_index=True) if len(more) else sites.reset_index(drop=True)

    @cached_property
    def _reported(self) -> pd.DataFrame:
        """Offers of the last quarter told that people go to (columns of offers.csv, kind), in districts without a site.

        Where a site of the kind is known in the district the offer is taken to be held there: nothing counts twice.
        """
        rows = self.study.city.offers
        rows = rows[(rows["last_quarter"] == rows["last_quarter"].max()) & rows["type"].isin(list(OFFERED))]
        rows = rows.assign(kind=rows["type"].map(OFFERED))
        rows = rows[rows["district"].isin(self.study.districts.index[self._ranked])]
        sites = self.study.sites[self.study.sites["counts"]]
        known = pd.MultiIndex.from_frame(sites[["kind", "district"]])
        fresh = ~pd.MultiIndex.from_frame(rows[["kind", "district"]]).isin(known)
        found: pd.DataFrame = rows[fresh & (rows["district"] != self._ags).to_numpy()].drop_duplicates("offer")
        return found

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Whom offers are for, in ``year``: group, sex (m, w, t), district (last: the city), quantiles, grade."""
        parts = []
        for (group, sex), people in self._people(self.params.draws).items():
            table = self._table(self._with_city(people)).assign(group=group, sex=sex, status="projected")
            parts.append(table[["group", "sex", *(name for name in table if name not in ("group", "sex"))]])
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def measured(self) -> list[str]:
        """Kinds of PLACES to which ways can be computed: somebody knows where at least one site is."""
        if not self.study.access_kinds:
            return []
        placed = set(self.known_places.loc[self.known_places["place_known"] != "no_place", "kind"])
        return [kind for kind in PLACES if kind in placed]

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Why the way to a kind of PLACES cannot be computed: whole (one unit), no_site (none known), no_place."""
        lacking = [kind for kind in PLACES if kind not in self.measured]
        found = set(self.known_places["kind"])
        why = {kind: "no_place" if kind in found else "no_site" for kind in lacking}
        return dict.fromkeys(lacking, "whole") if self.study.whole else why

    @cached_property
    def incomplete(self) -> tuple[str, ...]:
        """Kinds that can be computed, but whose list nobody says is complete: a nearer place may be unknown."""
        told = self.study.city.coverage
        complete = set(told.loc[told["complete"].astype(bool), "kind"])
        return tuple(kind for kind in self.measured if kind not in complete)

    @property
    def note(self) -> str:
        """What every exhibit says first: that all is invented, where it is; else nothing."""
        words = (
            "Alle Angaben dieser Stadt sind erfunden und dienen nur zum Üben.",
            "all that is told of this city is invented, for rehearsal only.",
        )
        mark = label("simulated_mark", self.params.language)
        return mark + say(self.params.language, *words) if self.study.city.info.synthetic else ""

    @property
    def way_note(self) -> str:
        """``note`` and how people are taken to travel, for exhibits of ways; ``note`` alone where none is computed."""
        return f"{self.note} {self.study.travel_note}".strip() if self.measured else self.note

    @cached_property
    def closeness(self) -> pd.DataFrame:
        """Minutes on foot to the next site by kind, group and sex: means over the group's people in ``year``.

        Columns: kind, group, sex, quantile columns (minutes), near, near_lower_80, near_upper_80 (share within 15
        minutes), persons_far, persons_far_lower_80, persons_far_upper_80 (beyond 30 minutes), grade.
        """
        parts = []
        for kind in self.measured:
            walk, close, beyond = self._walks[kind]
            for (group, sex), people in self._people(len(walk)).items():
                row = quantile_table(xr.DataArray(over_people(walk, people), dims="draw"))
                shares = _three("near", over_people(close, people))
                persons = _three("persons_far", np.nansum(beyond * people, axis=1))
                parts.append(row.assign(kind=kind, group=group, sex=sex, **shares, **persons))
        table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_CLOSENESS)
        return table[_CLOSENESS].assign(grade=self.study.city.info.grade)

    @cached_property
    def closeness_district(self) -> pd.DataFrame:
        """Minutes on foot by kind and district, and how many people in need at home live beyond 30 minutes."""
        parts = []
        for kind in self.measured:
            walk, close, beyond = (values[:, self._ranked] for values in self._walks[kind])
            people = self._people(len(walk))["need_home", "t"][:, self._ranked]
            keys = self.study.districts.index[self._ranked]
            table = quantile_table(xr.DataArray(walk, dims=("draw", "district"), coords={"district": keys}))
            few = np.quantile(close, [0.5, 0.1, 0.9], axis=0)
            lost = np.quantile(beyond * people, [0.5, 0.1, 0.9], axis=0)
            for name, values in (("near", few), ("persons_far", lost)):
                table = table.assign(**dict(zip((name, f"{name}_lower_80", f"{name}_upper_80"), values, strict=True)))
            parts.append(table.assign(kind=kind))
        if not parts:
            return pd.DataFrame(columns=["kind", "district", "name", *_CLOSENESS[3:], "grade"])
        table = pd.concat(parts, ignore_index=True)
        names, grades = self.study.districts["name"], self.study.districts["grade"]
        table = table.assign(name=table["district"].map(names), grade=table["district"].map(grades))
        return table[["kind", "district", "name", *_CLOSENESS[3:], "grade"]].dropna(subset="median")

    @cached_property
    def _walks(self) -> dict[str, tuple[Array, Array, Array]]:
        """By kind: minutes, share within 15, share beyond 30 minutes (draw, district); NaN without a place."""
        study, found = self.study, {}
        for kind in self.measured:
            walk = study.ground.minutes(study.located(kind), self._unplaced(kind))
            parts = (study.ground.by_district(values) for values in (walk, near(walk), far(walk)))
            minutes, close, beyond = parts
            found[kind] = (np.where(np.isfinite(minutes), minutes, np.nan), close, beyond)
        return found

    def _unplaced(self, kind: str) -> Scattered:
        """Return places of a kind without a point: sites as the study draws them, and reported offers in districts."""
        study, rows = self.study, self._reported[self._reported["kind"] == kind]
        sites = study._supply(kind)[1]
        index, draws = pd.Index(study.city.districts["district"]), len(sites.point)
        at, rng = index.get_indexer(pd.Index(rows["district"])), study._rng("offers " + kind)
        more = scatter_sites(study.ground.points, at, old=study._old, draws=draws, rng=rng)
        return Scattered(np.hstack([sites.point, more.point]), np.hstack([sites.size, more.size]))

    def _people(self, draws: int) -> dict[tuple[str, str], Array]:
        """Return people (draw, district) of ``year`` by group and sex."""
        year = self.year
        need = self.study.demand.sel(year=year, setting=list(AT_HOME)).sum("setting").transpose("draw", "district")
        ages = self.study.population.sel(year=year).transpose("draw", "district", "sex", "age").values[:draws]
        found = {("need_home", "t"): np.asarray(need.values[:draws], float)}
        for group, first in AGED.items():
            by_sex = ages[..., first:].sum(axis=-1, dtype=float)
            found[group, "t"] = by_sex.sum(axis=-1)
            found |= {(group, sex): by_sex[..., place] for place, sex in enumerate(SEXES)}
        return found

    def _with_city(self, values: Array) -> xr.DataArray:
        """Return draws (draw, area) of ranked districts and, last, the city."""
        own = values[:, self._ranked]
        return self._areas_array(np.column_stack([own, values.sum(axis=1)]) if not self.study.whole else own)

    def _areas_array(self, values: Array) -> xr.DataArray:
        return xr.DataArray(values, dims=("draw", "district"), coords={"district": self._areas})

    def _table(self, draws: xr.DataArray) -> pd.DataFrame:
        """Return quantiles by district (draws without all values: NaN), with name and grade."""
        table, districts = quantile_table(draws), self.study.districts
        table.insert(1, "name", table["district"].map({**districts["name"].to_dict(), self._ags: self._city_name}))
        return table.assign(grade=table["district"].map(districts["grade"]).fillna(self.study.city.info.grade))

    @property
    def _ranked(self) -> np.ndarray:
        return self.study.districts["ranked"].to_numpy(bool)

    @property
    def _ags(self) -> str:
        return self.study.city.info.ags

    @property
    def _city_name(self) -> str:
        return self.study.city.info.name

    @property
    def _areas(self) -> list[str]:
        """Keys of ranked districts and, last, the city's; the city alone where it is one unit."""
        own = [] if self.study.whole else list(self.study.districts.index[self._ranked])
        return [*own, self._ags]

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names of all districts, also of those that are not computed, and of the city."""
        tables = (self.study.unknown_districts, self.study.districts.reset_index())
        names = {str(key): str(name) for table in tables for key, name in table[["district", "name"]].to_numpy()}
        return names | {self._ags: self._city_name}


_CLOSENESS = [
    *("kind", "group", "sex", *QUANTILE_COLUMNS),
    *(f"{name}{end}" for name in ("near", "persons_far") for end in ("", "_lower_80", "_upper_80")),
]


def _three(name: str, draws: Array) -> dict[str, float]:
    """Return median and 80 % bounds under a name."""
    middle, low, high = (float(value) for value in np.quantile(draws, [0.5, 0.1, 0.9]))
    return {name: middle, f"{name}_lower_80": low, f"{name}_upper_80": high}

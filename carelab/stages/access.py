"""Access of a study: who reaches which offer, how far it is, how many share it; lazy, computed where a notebook asks.

Not among study.STEPS: a run that does not ask does not pay.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast.arrays import Array
from carelab.forecast.summary import quantile_table
from carelab.planning.access import hotspots, needs, network, places, reach, travel
from carelab.stages.sites import Sites
from carelab.terms import QUANTILE_COLUMNS, SITE_KINDS

FRONT = ("kind", "district", "name")
"""First columns of the tables by kind and district."""
LEADING = ("apotheke", "arzt", "vollstationaer")
"""Kinds that stand for what people do often and themselves, and that are counted in most cities."""
EMPTY = (
    *FRONT,
    *QUANTILE_COLUMNS,
    "near",
    "near_lower_80",
    "near_upper_80",
    "complete",
    "p_lowest",
    "unit",
    "mode",
    "minutes",
    "grade",
)
"""Columns of such a table where nothing is known."""


class Access(Sites):
    """Minutes to the next site, supply within reach, and where it is poor."""

    @cached_property
    def access_kinds(self) -> list[str]:
        """Kinds of sites of which something is known; none where the city is one piece."""
        if self.plane is None or self.districts["ranked"].sum() < 2:
            return []
        return needs.kinds_known(self.sites)

    @cached_property
    def leading_kind(self) -> str:
        """The kind that figures of one kind show: the first of LEADING whose list is complete, else one that is known.

        Where nothing is known, the first of LEADING: the figure then says that it is unknown.
        """
        told = self.sites_known.set_index("kind")["complete"]
        known = [kind for kind in (*LEADING, *self.access_kinds) if kind in self.access_kinds]
        complete = [kind for kind in known if told.get(kind, False)]
        return next(iter([*complete, *known, *LEADING]))

    @property
    def kinds_unknown(self) -> list[str]:
        """Kinds that people go to of which not one site is known: unknown, not lacking."""
        return [kind for kind in SITE_KINDS if kind not in (*needs.VISITING, *self.sites_known["kind"])]

    def access_draws(self, kind: str, *, method: str = "e2sfca", form: str = "steps") -> xr.DataArray:
        """Return supply within reach (draw, district), per 1,000 people who use the kind, in the focus year.

        ``method`` of reach.METHODS, ``form`` of reach.DECAYS; the same random numbers for all of them.
        """
        found = self.supply_per_head(kind, self._demand(kind), method=method, form=form)
        coords = {"draw": range(len(found)), "district": list(self._tables.districts)}
        return xr.DataArray(1000 * found, dims=("draw", "district"), coords=coords)

    def supply_per_head(self, kind: str, people: Array, *, method: str = "e2sfca", form: str = "steps") -> Array:
        """Return supply within reach per head (draw, district) of the ``people`` (draw, district) who share it."""
        sizes, scattered = self._supply(kind)
        return self.ground.access(people, self.located(kind), sizes, scattered, method=method, form=form)

    def access_of(self, kind: str, *, method: str = "e2sfca", form: str = "steps") -> pd.DataFrame:
        """Return access to a kind by district.

        Columns: kind, district, name, quantile columns (places or sites per 1,000 people), p_lowest (probability of
        belonging to the tenth of people worst served), unit, grade. Tiny districts are left out.
        """
        draws = self.access_draws(kind, method=method, form=form)
        people = np.where(self.districts["ranked"].to_numpy(bool), self._demand(kind), 0.0)
        table = quantile_table(draws).assign(p_lowest=reach.in_lowest_tenth(draws.values, people))
        return self._named(table, kind, unit=needs.unit_of(kind, self.sites))

    @cached_property
    def access(self) -> pd.DataFrame:
        """Access to every kind by district: see ``access_of``."""
        return self._all([self.access_of(kind) for kind in self.access_kinds])

    @cached_property
    def _minutes(self) -> dict[str, tuple[Array, Array]]:
        """Minutes to the next site and share within travel.NEAR (draw, district), by kind; stops as one more."""
        if not self.access_kinds:
            return {}
        ground = self.ground
        return {
            kind: (ground.by_district(walk), ground.share(walk <= travel.NEAR)) for kind, walk in self.walks.items()
        }

    @cached_property
    def walks(self) -> dict[str, Array]:
        """Minutes on foot (draw, point) to the next site by kind; stops as one more."""
        ground = self.ground
        found = {kind: ground.minutes(self.located(kind), self._supply(kind)[1]) for kind in self.access_kinds}
        if len(self.city.stops) and self.travel_source != "matrix":
            found["stop"] = self._to_stops()
        return found

    def _to_stops(self) -> Array:
        """Return minutes (draw, point) to the next served stop."""
        assert self.plane is not None
        at = self.plane.metres(self.city.stops["lon"].to_numpy(float), self.city.stops["lat"].to_numpy(float))
        if self.travel_source == "network":  # each home's next stop is in the table, the others need not be
            walks = network.look_up(self.city.walks, self.plane, self.ground.points.at, at)
            near = np.nan_to_num(walks, nan=np.inf).min(axis=1)
        else:
            near = places.distances(self.ground.points.at, at).min(axis=1)
        return np.asarray(near * self.ground.paces[self.ground.stratum][:, None])

    def metres_to(self, kind: str) -> Array:
        """Return straight-line metres (point,) to the nearest site of a kind that has a point, or stop; inf = none."""
        assert self.plane is not None
        rows = self.city.stops if kind == "stop" else self.sites[(self.sites["kind"] == kind) & self.sites["counts"]]
        at = self.plane.metres(rows["lon"].to_numpy(float), rows["lat"].to_numpy(float))
        metres = np.nan_to_num(places.distances(self.ground.points.at, at), nan=np.inf)
        return np.asarray(metres.min(axis=1, initial=np.inf))

    @cached_property
    def minutes(self) -> pd.DataFrame:
        """Minutes on foot to the next site by kind and district.

        Columns: kind, district, name, quantile columns (minutes, mean over the district's people), near, near_lower_80,
        near_upper_80 (share of people within travel.NEAR minutes, 0-1), complete (bool: else a nearer one may be
        unknown), grade.
        """
        parts = []
        told = {"stop": True, **self.sites_known.set_index("kind")["complete"].to_dict()}
        for kind, (walk, near) in self._minutes.items():
            coords = {"draw": range(len(walk)), "district": list(self._tables.districts)}
            walk = np.where(np.isfinite(walk), walk, np.nan)  # out of reach is no number of minutes
            table = quantile_table(xr.DataArray(walk, dims=("draw", "district"), coords=coords))
            low, middle, high = np.quantile(near, [0.1, 0.5, 0.9], axis=0)
            table = table.assign(near=middle, near_lower_80=low, near_upper_80=high, complete=bool(told[kind]))
            parts.append(self._named(table, kind))
        return self._all(parts)

    @cached_property
    def minutes_by_mode(self) -> pd.DataFrame:
        """Minutes to the next site by the city's own matrix: kind, mode, district, name, minutes; empty without one."""
        rows, parts = self.sites, []
        for mode in travel.modes(self.city.travel_times):
            minutes = self._own_minutes(mode)
            for kind in self.access_kinds:
                at = np.flatnonzero((rows["kind"] == kind) & rows["counts"])
                least = np.nan_to_num(minutes[:, at], nan=np.inf).min(axis=1, initial=np.inf)
                table = pd.DataFrame(
                    {"district": self.districts.index, "median": np.where(least < np.inf, least, np.nan)}
                )
                parts.append(self._named(table, kind, mode=mode).rename(columns={"median": "minutes"}))
        return self._all(parts)

    @cached_property
    def near_city(self) -> pd.DataFrame:
        """Share of the city's people from 75 who have a site within travel.NEAR minutes on foot.

        Columns: kind, quantile columns (0-1), sites, unplaced (share of them without a point), complete (bool); of the
        kind "stop" (served stops) all are placed.
        """
        if not self.access_kinds:
            return pd.DataFrame(columns=["kind", *QUANTILE_COLUMNS, "sites", "unplaced", "complete"])
        parts = []
        people = self._demand("arzt")
        known = self.sites_known.set_index("kind")
        known = known.assign(unplaced=1 - known["with_point"] / known["sites"])[["sites", "unplaced", "complete"]]
        stops = {"sites": len(self.city.stops), "unplaced": 0.0, "complete": True}
        for kind, (_, near) in self._minutes.items():
            here = np.isfinite(near).all(axis=0)
            share = (near[:, here] * people[:, here]).sum(axis=1) / people[:, here].sum(axis=1)
            table = quantile_table(xr.DataArray(share, dims="draw"))
            parts.append(table.assign(kind=kind, **(dict(known.loc[kind]) if kind in known.index else stops)))
        return self._all(parts).sort_values("median", ascending=False, ignore_index=True)

    def decay_check(self, kind: str) -> pd.DataFrame:
        """Return access to a kind under all forms of decay: form and the columns of ``access_of``."""
        forms = reach.DECAYS if kind in self.access_kinds else ()
        parts = [self.access_of(kind, form=form).assign(form=form) for form in forms]
        return self._all(parts)

    def hot_spots(self, kind: str) -> pd.DataFrame:
        """Return where districts of poor or good access to a kind lie together (access.hotspots); empty where too few.

        Columns: district, name, median (access), moran, p_moran, getis, p_getis, p_threshold, cluster.
        """
        table = self.access_of(kind) if kind in self.access_kinds else pd.DataFrame()
        if len(table) < hotspots.FEWEST or self.plane is None:
            return pd.DataFrame()
        lon, lat = places.centres(self.city.districts)
        at = pd.DataFrame(self.plane.metres(lon, lat), index=self.city.districts["district"])
        found = hotspots.hot_spots(
            table["median"].to_numpy(), at.loc[table["district"]].to_numpy(), seed=self.params.seed
        )
        front = table[["district", "name", "median"]]
        return pd.DataFrame() if found is None else pd.concat([front, found], axis=1)

    def _named(self, table: pd.DataFrame, kind: str, **more: str) -> pd.DataFrame:
        """Return the rows of ranked districts with a place, with kind and name in front."""
        placed = self._tables.districts[np.unique(self.ground.points.district)]
        ranked = table["district"].map(self.districts["ranked"]) & table["district"].isin(placed)
        names = table["district"].map(self.districts["name"])
        named = table.assign(name=names, kind=kind, **more, grade=table["district"].map(self.districts["grade"]))[
            ranked
        ]
        return named[[*FRONT, *(c for c in named if c not in FRONT)]].reset_index(drop=True)

    @staticmethod
    def _all(parts: list[pd.DataFrame]) -> pd.DataFrame:
        """Return the parts below each other; without any, the columns that all of them have."""
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(EMPTY))

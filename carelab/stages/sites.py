"""Sites of a study: offers and their places, who uses them, and how they are reached; joined and checked once."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.planning import supply as supply_model
from carelab.planning.access import needs, network, places, reach, scatter, travel
from carelab.planning.access import sites as site_model
from carelab.stages.chain import Chain
from carelab.stages.travel_note import travel_note
from carelab.terms import say

DRAWS = 400
"""So many of the study's draws are used: enough for probabilities to about 2 points."""


class Sites(Chain):
    """Sites known, people who use them, supply with and without a point, and the ground between them."""

    @cached_property
    def plane(self) -> places.Plane | None:
        """The plane of the city; None where no district has a place or there is but one district."""
        table = self.city.districts
        placed = table["lon"].notna() | table["lon_people"].notna()
        return places.plane_of(table[placed]) if placed.sum() > 1 else None

    @cached_property
    def sites(self) -> pd.DataFrame:
        """All sites known, checked: the columns of access.sites, flag, counts; those counted by district last."""
        joined = site_model.join_sites(self.city.sites, self.city.facilities)
        base_year = self.params.base_year
        if self.plane is None:
            counts = joined["status"] == "open"
            flag = np.select([~counts, joined["lon"].isna()], ["not_open", "no_place"], "")
            return joined.assign(flag=flag, counts=counts)
        checked = site_model.check_sites(joined, self.city.districts, self.plane, base_year=base_year)
        counted = site_model.counted_sites(self.city.physicians, checked, base_year=base_year)
        parts = [part for part in (checked, counted) if len(part)]
        every = pd.concat(parts, ignore_index=True) if parts else checked
        if self.travel_source == "line":
            return every
        if self.travel_source == "network":
            unreached = np.asarray(np.isnan(self._walks_to(every)).all(axis=0))
            lacking, why = every["counts"] & every["lon"].notna() & unreached, "not_in_network"
        else:
            lacking, why = every["counts"] & ~every["site"].isin(self._own_times("walk")["site"]), "not_in_matrix"
        return every.assign(flag=every["flag"].mask(lacking, why), counts=every["counts"] & ~lacking)

    @property
    def travel_source(self) -> str:
        """Where walking times come from: "matrix" (travel_times.csv), "network" (walks.csv: metres over the ways of an
        OSM extract, and pace) or "line" (straight lines, detour, pace).
        """
        if len(self._own_times("walk")):
            return "matrix"
        return "network" if len(self.city.walks) else "line"

    @property
    def travel_note(self) -> str:
        """How people are taken to travel, as one sentence for every figure."""
        return self._travel_note(self.travel_source)

    def _travel_note(self, source: str) -> str:
        as_of = self.sources.loc[self.sources["table"] == "walks", "date"].max() if source == "network" else ""
        homes = say(self.params.language, *self._homes_known)
        return travel_note(source, homes=homes, as_of=as_of, language=self.params.language)

    @cached_property
    def _home_points(self) -> places.Points:
        """Where people live: the grid's squares where the city has one, else points spread over each district."""
        assert self.plane is not None
        grid, table = self.city.population_grid, self.city.districts
        return places.grid_points(grid, table, self.plane) if len(grid) else places.spread_points(table, self.plane)

    def _walks_to(self, sites: pd.DataFrame) -> Array:
        """Return metres on foot over the network (point, site). Raises UserError where homes are not in walks.csv."""
        assert self.plane is not None
        to = self.plane.metres(sites["lon"].to_numpy(float), sites["lat"].to_numpy(float))
        homes = self._home_points
        lived_in = self.districts["inhabited"].to_numpy(bool)[homes.district]
        network.check_homes(self.city.walks, self.plane, homes.at[lived_in], self.params.city)
        return network.look_up(self.city.walks, self.plane, homes.at, to)

    @property
    def _homes_known(self) -> tuple[str, str]:
        """Where people's homes come from, in German and English: the grid, for some districts only, or spread."""
        spread = ("über die Fläche des Stadtteils verteilt (angenommen)", "spread over the district's area (assumed)")
        if self.plane is not None and self.city.districts["area_ha"].isna().all():
            spread = (
                "über den Stadtteil verteilt (angenommen), Flächen nach dem Abstand der Mitten geschätzt",
                "spread over the district (assumed), areas estimated from the distance of centres",
            )
        lived = self.districts.index[self.districts["inhabited"]]
        told, every = int(lived.isin(self.city.population_grid["district"]).sum()), len(lived)
        if not told:
            return spread
        some_de, some_en = f" (in {told} von {every} Stadtteilen), sonst ", f" (in {told} of {every} districts), else "
        rest = ("", "") if told == every else (some_de + spread[0], some_en + spread[1])
        return "aus dem Bevölkerungsraster" + rest[0], "from the population grid" + rest[1]

    def _own_times(self, mode: str) -> pd.DataFrame:
        return self.city.travel_times[self.city.travel_times["mode"] == mode]

    def _own_minutes(self, mode: str) -> Array:
        """Return the city's own minutes (district, site). Raises UserError (access.travel.matrix_minutes)."""
        sites, districts = self.sites["site"], self.city.districts["district"]
        needed = self.districts["inhabited"].to_numpy(bool)
        others = self.city.candidates["site"]  # a candidate that is no site yet may be in the matrix, too
        times = self.city.travel_times
        times = times[~times["site"].isin(others) | times["site"].isin(sites)]
        return travel.matrix_minutes(times, districts, sites, mode=mode, needed=needed)

    @cached_property
    def site_flags(self) -> pd.DataFrame:
        """Sites that were left out or put right: site, name, kind, district, flag, counts (bool)."""
        rows = self.sites[(self.sites["flag"] != "") & (self.sites["source"] != "physicians.csv")]
        return rows[["site", "name", "kind", "district", "flag", "counts"]].reset_index(drop=True)

    @cached_property
    def sites_known(self) -> pd.DataFrame:
        """What is known by kind: kind, sites, with_point, district_only, no_place, left_out, unit,
        complete (bool: the number in the city is counted, not only what was found).
        """
        rows, pointed = self.sites, self.sites["lon"].notna()
        own = rows["counts"] & ~pointed & (rows["district"] != "")
        lost = rows["counts"] & ~pointed & (rows["district"] == "")
        parts = {
            "sites": rows["counts"],
            "with_point": rows["counts"] & pointed,
            "district_only": own,
            "no_place": lost,
            "left_out": ~rows["counts"],
        }
        table = pd.DataFrame({name: rows[mask].groupby("kind").size() for name, mask in parts.items()})
        table = table.fillna(0).astype(int).reindex(needs.kinds_known(rows)).rename_axis("kind").reset_index()
        complete = table["kind"].isin(self._complete_kinds) | self.city.info.synthetic
        return table.assign(unit=[needs.unit_of(kind, rows) for kind in table["kind"]], complete=complete)

    @property
    def _complete_kinds(self) -> set[str]:
        """Kinds whose number in the city is known: counted officially up to the base year, or the city says so."""
        told = set(self.city.coverage.loc[self.city.coverage["complete"].eq(True), "kind"])
        practices = (self.city.physicians["year"] <= self.params.base_year).any()
        counted = {"vollstationaer"} if self._homes_counted else set()
        return told | counted | (set(needs.OFFICIAL) - {"vollstationaer"} if practices else set())

    @cached_property
    def ground(self) -> reach.Ground:
        """Where people live and how fast they walk, for the draws used."""
        assert self.plane is not None
        draws = min(DRAWS, self.params.draws)
        if self.travel_source == "matrix":
            return reach.ground_of_matrix(self._own_minutes("walk"), draws=draws)
        points, table = self._home_points, self.city.districts
        if self.travel_source == "network":
            metres, rng = self._walks_to(self.sites), self._rng("access")
            return reach.ground_of_network(points, metres, len(table), draws=draws, rng=rng)
        at = self.plane.metres(self.sites["lon"].to_numpy(float), self.sites["lat"].to_numpy(float))
        return reach.ground_of_lines(points, at, len(table), draws=draws, rng=self._rng("access"))

    def _demand(self, kind: str) -> Array:
        """Return people who use a kind (draw, district) in the focus year."""
        year = self.params.focus_year
        if kind in needs.SETTINGS_OF:
            draws = self.demand.sel(year=year, setting=list(needs.SETTINGS_OF[kind])).sum("setting")
        else:
            draws = self._age_bands.sel(year=year, age_band=list(needs.OLD_BANDS)).sum("age_band")
        return np.asarray(draws.transpose("draw", "district").values[: self.ground.stratum.size], np.float64)

    def located(self, kind: str) -> np.ndarray:
        """Return the places (in ``sites``) of the sites of a kind that count and can be reached."""
        rows = self.sites
        return np.flatnonzero((rows["kind"] == kind) & rows["counts"] & self.ground.placed)

    def _supply(self, kind: str) -> tuple[Array, scatter.Scattered]:
        """Return sizes (draw, located site) and the sites without a point."""
        rows, rng = self.sites, self._rng("access " + kind)
        draws, located = self.ground.stratum.size, self.located(kind)
        if kind == "vollstationaer" and self._homes_counted:
            return self._homes(located, rng)
        elsewhere = rows[(rows["kind"] == kind) & rows["counts"] & ~self.ground.placed]
        district = self.city.districts.set_index("district").index.get_indexer(pd.Index(elsewhere["district"]))
        placed = scatter.scatter_sites(self.ground.points, district, old=self._old, draws=draws, rng=rng)
        if needs.unit_of(kind, rows) == "sites":
            return np.ones((draws, located.size)), placed
        capacity = np.concatenate([rows["capacity"].to_numpy(float)[located], elsewhere["capacity"].to_numpy(float)])
        sizes = needs.draw_sizes(capacity, draws, rng)
        hidden = np.where(placed.point >= 0, sizes[:, located.size :], 0.0)
        return sizes[:, : located.size], scatter.Scattered(placed.point, hidden)

    @property
    def _homes_counted(self) -> bool:
        """Whether the places of homes in the whole city are counted up to the base year."""
        known = self.city.supply[self.city.supply["year"] <= self.params.base_year]
        return bool(known["measure"].str.startswith("places_permanent").any())

    def _homes(self, located: np.ndarray, rng: np.random.Generator) -> tuple[Array, scatter.Scattered]:
        """Return places of homes with a point, and the city's other places where the supply's draws put them."""
        draws, rows = self.ground.stratum.size, self.sites
        homes = self._homes_placed
        drawn = supply_model.draw_places(homes, self._old, self.params.draws, self._rng("supply"))[:draws]
        sizes = needs.draw_sizes(rows["capacity"].to_numpy(float)[located], draws, rng)
        index = self.city.districts.set_index("district").index
        at = index.get_indexer(pd.Index(rows["district"].iloc[located]))
        here = np.zeros_like(drawn)
        np.add.at(here.T, at, sizes.T)
        if self.travel_source == "matrix":
            return sizes, scatter.nowhere(draws)
        mean = float(homes.sizes.mean()) if homes.sizes.size else 80.0
        rest = np.clip(drawn - here, 0.0, None)
        return sizes, scatter.scatter_places(self.ground.points, rest, size=mean, rng=rng)

    @cached_property
    def _homes_placed(self) -> supply_model.Supply:
        """What is known of homes when the places of sites.csv are known, too."""
        rows = self.sites[(self.sites["kind"] == "vollstationaer") & self.sites["counts"]].set_index("site")
        table = self.city.facilities
        known = table["facility"].isin(rows.index)
        district = table["district"].mask(known, table["facility"].map(rows["district"]))
        size = table["places"].astype(float).mask(known, table["facility"].map(rows["capacity"]))
        more = rows.drop(table["facility"], errors="ignore").reset_index()
        extra = pd.DataFrame(columns=table.columns, index=range(len(more))).assign(
            facility=more["site"], category=supply_model.HOME, district=more["district"], places=more["capacity"],
            status="open", opened=more["opened"], closed=more["closed"],
        )  # fmt: skip
        homes = table.assign(district=district, places=size)
        homes = pd.concat([homes, extra], ignore_index=True) if len(extra) else homes
        register = pd.Series(self.history.persons.sum(axis=1), index=self.history.years)
        districts = self._tables.districts
        return supply_model.known_supply(homes, self.city.supply, register, districts, self.params.base_year)

    @property
    def _old(self) -> Array:
        return np.asarray(self.base_population[:, :, 65:].sum(axis=(1, 2)), np.float64)

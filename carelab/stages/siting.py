"""Quartierszentren of a study: candidates, distances and futures joined, the decision, and its tables.

Lazy and not among the steps of a run: notebook 21 asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.inputs.siting import Entry, SitingRules, load_siting, rules_table
from carelab.planning.access import network, places, travel
from carelab.planning.siting import tables
from carelab.planning.siting.candidates import homes_as_candidates, list_candidates
from carelab.planning.siting.decision import Decision, Town, Wish
from carelab.planning.siting.futures import Futures, draw_willing
from carelab.planning.siting.whereabouts import by_district, draw_places
from carelab.stages.needs import Needs
from carelab.stages.siting_known import partly_known
from carelab.terms import say

AT_HOME = ["pflegegeld", "ambulant", "pg1_only"]
"""Settings of people in need who live at home: the people a Quartierszentrum is for."""
POINTS = 8
"""Points of a district without a grid: enough to tell near from far, few enough for many futures."""
SHOWN = 5
"""So many names are listed in a note."""
POOR = 0.75
"""A district is poor here if more of its households get Wohngeld than in this share of the districts."""


class Siting(Needs):
    """Where centres of the quarters should be."""

    @cached_property
    def _siting_file(self) -> tuple[SitingRules, dict[str, Entry]]:
        return load_siting(self.params.city)

    @property
    def siting_rules(self) -> SitingRules:
        """What the plan rests on (data/siting.yaml, overruled by the city's own)."""
        return self._siting_file[0]

    @cached_property
    def siting_assumptions(self) -> pd.DataFrame:
        """The same in words: entry, text, value, status, source."""
        return rules_table(self._siting_file[1], self.params.language)

    @cached_property
    def siting_candidates(self) -> pd.DataFrame:
        """Candidates: the columns of candidates.list_candidates, name_district."""
        homes = homes_as_candidates(self.sites, base_year=self.params.base_year)
        table = list_candidates(self.city.candidates, homes, self.districts)
        return table.assign(name_district=table["district"].map(self.districts["name"]).fillna(""))

    @cached_property
    def siting_reason(self) -> str:
        """Why there is nothing to decide, in a sentence; empty where there is."""
        language, table = self.params.language, self.siting_candidates
        if self.plane is None or int(self.districts["inhabited"].sum()) < 2:
            return say(
                language,
                "Diese Stadt liegt nur als Ganzes vor, ohne Stadtteile: Wo ein Zentrum stehen sollte, lässt sich "
                "nicht sagen.",
                "This city is known as a whole only, without districts: where a centre should be cannot be said.",
            )
        able = (table["willing"] != "nein") & (table["place"] != "unknown") & ~table["fixed"]
        if int(able.sum()) < 2:
            return say(
                language,
                f"Mögliche neue Standorte mit bekanntem Ort: {int(able.sum())}. Es gibt nichts zu wählen, bis "
                "Standorte in candidates.csv eingetragen sind.",
                f"Possible new sites of known place: {int(able.sum())}. There is nothing to choose until sites are "
                "entered in candidates.csv.",
            )
        return ""

    @cached_property
    def siting(self) -> Decision:
        """The decision; raises UserError of the solver, and ValueError where ``siting_reason`` says there is none."""
        if self.siting_reason:
            raise ValueError(self.siting_reason)
        rules, table = self.siting_rules, self.siting_candidates
        able = table["fixed"] | ((table["willing"] != "nein") & (table["place"] != "unknown"))
        count = min(int(table["fixed"].sum()) + rules.new_centres, int(able.sum()))
        wish = Wish(
            count=count,
            budget=rules.budget,
            reach=rules.reach_minutes,
            floor=rules.floor_minutes,
            upgrades=rules.upgrades,
            weight_upgrade=rules.weight_upgrade,
        )
        return Decision(self._town, wish)

    @cached_property
    def siting_sites(self) -> pd.DataFrame:
        """Candidates with how often each is chosen, in which plans it is, people, load, upgrade (tables.site_table)."""
        return self._siting_table(tables.site_table)

    @cached_property
    def siting_stages(self) -> pd.DataFrame:
        """The plan's sites in order, with minutes per person after each stage (tables.stage_table)."""
        return self._siting_table(tables.stage_table)

    @cached_property
    def siting_losses(self) -> pd.DataFrame:
        """What changes if one site falls away (tables.loss_table)."""
        return self._siting_table(tables.loss_table)

    @cached_property
    def siting_gains(self) -> pd.DataFrame:
        """Minutes of each district before and after (tables.gain_table), grade."""
        if self.siting_reason:
            return self._no_table
        table = tables.gain_table(self.siting, self.districts).assign(grade=self.city.info.grade)
        table = table[table["district"].isin(self.districts.index[self._placed])].reset_index(drop=True)
        return table.assign(people=table["people"].mask(table["district"].isin(self._few)))

    @cached_property
    def siting_regrets(self) -> pd.DataFrame:
        """Regret of the nominal and the robust plan by aim (tables.regret_table)."""
        return self._siting_table(tables.regret_table)

    @cached_property
    def siting_aims(self) -> pd.DataFrame:
        """What each aim's plan gives and promises (tables.promise_table)."""
        return self._siting_table(tables.promise_table)

    def _siting_table(self, build: Callable[[Decision], pd.DataFrame]) -> pd.DataFrame:
        return self._no_table if self.siting_reason else build(self.siting)

    @property
    def _no_table(self) -> pd.DataFrame:
        """In place of a table where nothing can be decided: why (reason)."""
        return pd.DataFrame({"reason": [self.siting_reason]})

    @property
    def siting_notes(self) -> tuple[str, str, str]:
        """How ways are measured, why nothing can be decided, and that homes are known in part (both may be empty)."""
        note = self._travel_note(self.siting_source)
        return note + say(self.params.language, *self._lacking_ways), self.siting_reason, self._partly_known

    @property
    def _partly_known(self) -> str:
        """That the plan chooses among some of the city's homes only; empty where the city itself named candidates."""
        table, new = self.siting_candidates, self.siting_rules.new_centres
        return "" if len(self.city.candidates) else partly_known(table, self.supply_city, new, self.params.language)

    @property
    def _lacking_ways(self) -> tuple[str, str]:
        """Which candidates the city's own travel times or ways lack, and what follows, in both languages."""
        table = self.siting_candidates
        times = self.city.travel_times
        own = times.loc[times["mode"] == "walk", "site"]
        if len(own) and self.siting_source != "matrix":
            lost = table.loc[~table["site"].isin(own), "name"]
            named = ", ".join(lost.iloc[:SHOWN])
            return (
                f" travel_times.csv nennt {len(lost)} von {len(table)} Kandidaten nicht ({named}) und gilt hier daher "
                "nicht.",
                f" travel_times.csv lacks {len(lost)} of {len(table)} candidates ({named}) and so does not hold here.",
            )
        if self.siting_source != "network" or self.siting_reason:
            return "", ""
        off = (table["place"] == "point") & ~np.asarray(np.isfinite(self._town.minutes).all(axis=0))
        named = ", ".join(table.loc[off, "name"].iloc[:SHOWN])
        if not off.any():
            return "", ""
        return (
            f" Ohne bekannten Fußweg und deshalb nicht wählbar: {off.sum()} ({named}).",
            f" Without a known way on foot and so not to be chosen: {off.sum()} ({named}).",
        )

    @cached_property
    def siting_numbers(self) -> pd.DataFrame:
        """A few numbers of the decision: measure, value; known for every city."""
        table = self.siting_candidates
        counts: dict[str, float] = {
            "candidates": len(table),
            "centres_existing": int(table["fixed"].sum()),
            "candidates_asked": int((~table["fixed"] & (table["willing"] == "ja")).sum()),
            "candidates_open": int((table["willing"] == "unklar").sum()),
            "candidates_declined": int((table["willing"] == "nein").sum()),
            "candidates_no_place": int((table["place"] == "unknown").sum()),
        }
        if not self.siting_reason:
            counts |= tables.numbers(self.siting)
        return pd.DataFrame({"measure": list(counts), "value": [float(value) for value in counts.values()]})

    @cached_property
    def _town(self) -> Town:
        """Distances and futures: need by draws, pace, who agrees, and where homes of unknown address may stand."""
        rules, table, rng = self.siting_rules, self.siting_candidates, self._rng("siting")
        draws, size = min(rules.futures, self.params.draws), len(self.districts)
        people = self._at_home(draws)
        openness = draw_willing(table["willing"].to_numpy(object), rules.willing_probability, draws, rng)
        points = self._siting_points
        if points is None:
            minutes = self._own_candidate_minutes
            drawn = np.repeat(minutes.T[None], draws, axis=0)
            futures = Futures(drawn, people, openness)
            return Town(table, minutes, minutes, futures, futures, self._poor)
        metres, centre = self._plane_points(table)
        on_foot, pace_of, usual_pace = self._ways_of(metres, points)
        old = self.base_population[:, :, 65:].sum(axis=(1, 2))
        drawn = draw_places(metres, centre, points, old=old, draws=draws, rng=rng)
        pace = rng.permutation(pace_of(draws))
        ways = np.stack([on_foot(at) for at in drawn]) * pace[:, None, None]
        by_point = Futures(ways, people[:, points.district] * points.shares(draws, size, rng), openness)
        usual = np.where(np.isnan(metres) & (centre >= 0)[:, None], self._centres[centre], metres)
        plain = np.nan_to_num(on_foot(usual) * usual_pace, nan=np.inf, posinf=np.inf)
        return Town(
            candidates=table,
            minutes=by_district(plain, points, size).T,
            minutes_points=plain.T,
            futures=Futures(by_district(by_point.cost, points, size), people, openness),
            futures_points=by_point,
            poor=self._poor,
        )

    def _ways_of(
        self, metres: Array, points: places.Points
    ) -> tuple[Callable[[Array], Array], Callable[[int], Array], float]:
        """Return metres on foot (candidate, point) for places of the candidates, paces by draws, and the usual pace.

        Over the network where there is one and the candidate has a point (inf where it is off the network), otherwise
        the straight line, whose pace holds the detour.
        """
        if self.siting_source != "network":
            return lambda at: places.distances(at, points.at), travel.paces, travel.usual_pace()
        assert self.plane is not None
        walked = network.look_up(self.city.walks, self.plane, points.at, metres).T
        walked = np.where(np.isfinite(walked), walked, np.inf)
        known = np.asarray(np.isfinite(metres).all(axis=1))[:, None]
        on_foot = lambda at: np.where(known, walked, travel.DETOUR * places.distances(at, points.at))  # noqa: E731
        return on_foot, travel.walking_paces, 1 / (60 * travel.SPEED)

    @cached_property
    def siting_source(self) -> str:
        """Where ways to candidates come from: "matrix" (if it has all of them), "network" or "line"."""
        if self._own_candidate_minutes.size:
            return "matrix"
        return "network" if len(self.city.walks) else "line"

    @cached_property
    def _siting_points(self) -> places.Points | None:
        """Where people live; None where the city's own matrix has all candidates, which knows districts only."""
        if self._own_candidate_minutes.size:
            return None
        assert self.plane is not None
        table, grid = self.city.districts, self.city.population_grid
        if self.siting_source == "network":
            return self._home_points
        return (
            places.grid_points(grid, table, self.plane)
            if len(grid)
            else places.spread_points(table, self.plane, points=POINTS)
        )

    @cached_property
    def _own_candidate_minutes(self) -> Array:
        """The city's own minutes on foot (district, candidate), inf = unreachable; empty unless it has all of them."""
        times, sites = self.city.travel_times, self.siting_candidates["site"]
        own = times[(times["mode"] == "walk") & times["origin"].notna() & times["site"].isin(sites)]
        if not len(own) or not sites.isin(own["site"]).all():
            return np.zeros((0, 0))
        needed = self.districts["inhabited"].to_numpy(bool)
        minutes = travel.matrix_minutes(own, self.city.districts["district"], sites, mode="walk", needed=needed)
        return np.asarray(np.where(np.isfinite(minutes), minutes, np.inf))

    @cached_property
    def _centres(self) -> Array:
        """Metres of the people's centre of each district (district, 2)."""
        assert self.plane is not None
        return self.plane.metres(*places.centres(self.city.districts))

    def _plane_points(self, table: pd.DataFrame) -> tuple[Array, np.ndarray]:
        """Return metres of each candidate (candidate, 2; NaN = no point) and its district's place (-1 = unknown)."""
        assert self.plane is not None
        at = self.plane.metres(table["lon"].to_numpy(float), table["lat"].to_numpy(float))
        return at, self.districts.index.get_indexer(pd.Index(table["district"]))

    def _at_home(self, draws: int) -> Array:
        """Return people in need cared for at home in the focus year (draw, district).

        Districts whose place nobody knows count nobody: how far their people walk cannot be said.
        """
        need = self.demand.sel(year=self.params.focus_year, setting=AT_HOME).sum("setting")
        return np.asarray(need.transpose("draw", "district").values[:draws] * self._placed, float)

    @property
    def _placed(self) -> np.ndarray:
        """Return which districts have a place, or a way by the city's own matrix."""
        table = self.districts
        known = (table["lon"].notna() | table["lon_people"].notna()).to_numpy(bool)
        return known | bool(self._own_candidate_minutes.size)

    @property
    def _poor(self) -> np.ndarray:
        """Return which districts are poor: Wohngeld per household above the city's upper quartile, where known."""
        share = self.local_context.set_index("district")["wohngeld_per_1000"].reindex(self.districts.index)
        return np.asarray(share > share.quantile(POOR))

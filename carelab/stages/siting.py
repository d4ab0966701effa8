"""Quartierszentren of a study: candidates, distances and futures joined, the decision, and its tables.

Lazy and not among the steps of a run: notebook 21 asks for it.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.inputs.siting import Entry, SitingRules, load_siting, rules_table
from carelab.planning.access import places, travel
from carelab.planning.siting import tables
from carelab.planning.siting.candidates import homes_as_candidates, list_candidates
from carelab.planning.siting.decision import Decision, Town, Wish
from carelab.planning.siting.futures import Futures, draw_willing
from carelab.stages.early_warning import EarlyWarning
from carelab.terms import say

AT_HOME = ["pflegegeld", "ambulant", "pg1_only"]
"""Settings of people in need who live at home: the people a Quartierszentrum is for."""
POOR = 0.75
"""A district is poor here if more of its households get Wohngeld than in this share of the districts."""


class Siting(EarlyWarning):
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
        """Candidates: site, name, district, name_district, lon, lat, fixed, willing, capacity, prices, place, source."""
        city = self.city
        homes = homes_as_candidates(city.facilities, city.sites, base_year=self.params.base_year)
        table = list_candidates(city.candidates, homes, self.districts)
        return table.assign(name_district=table["district"].map(self.districts["name"]).fillna(""))

    @cached_property
    def siting_reason(self) -> str:
        """Why there is nothing to decide, in a sentence; empty where there is."""
        language, table = self.params.language, self.siting_candidates
        if int(self.districts["inhabited"].sum()) < 2:
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
                f"Es sind {int(able.sum())} mögliche neue Standorte mit bekanntem Ort benannt: Es gibt nichts zu wählen. "
                "Standorte in candidates.csv eintragen.",
                f"{int(able.sum())} possible new sites of known place are named: there is nothing to choose. Enter sites "
                "in candidates.csv.",
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
            return pd.DataFrame()
        return tables.gain_table(self.siting, self.districts).assign(grade=self.city.info.grade)

    @cached_property
    def siting_regrets(self) -> pd.DataFrame:
        """Regret of the nominal and the robust plan by aim (tables.regret_table)."""
        return self._siting_table(tables.regret_table)

    @cached_property
    def siting_aims(self) -> pd.DataFrame:
        """What each aim's plan gives and promises (tables.promise_table)."""
        return self._siting_table(tables.promise_table)

    def _siting_table(self, build: object) -> pd.DataFrame:
        assert callable(build)
        return pd.DataFrame() if self.siting_reason else build(self.siting)

    @cached_property
    def _town(self) -> Town:
        """Distances and futures: need by draws, pace, who agrees, and where homes of unknown address may stand."""
        rules, table, rng = self.siting_rules, self.siting_candidates, self._rng("siting")
        draws = min(rules.futures, self.params.draws)
        points = places.spread_points(self.districts, self._plane)
        usual, drawn = self._where(table, points, draws, rng)
        pace = rng.permutation(travel.paces(draws))
        metres = np.stack([places.distances(at, points.at) for at in drawn])
        people = self._at_home(draws)
        share = points.shares(draws, len(self.districts), rng)
        openness = draw_willing(table["willing"].to_numpy(object), rules.willing_probability, draws, rng)
        by_point = Futures(metres * pace[:, None, None], people[:, points.district] * share, openness)
        gathered = self._gather(by_point.cost, points)
        plain = places.distances(usual, points.at) * travel.usual_pace()
        plain = np.where(np.isfinite(plain), plain, np.inf)
        return Town(
            candidates=table,
            minutes=self._gather(plain, points).T,
            minutes_points=plain.T,
            futures=Futures(gathered, people, openness),
            futures_points=by_point,
            poor=self._poor,
        )

    @cached_property
    def _plane(self) -> places.Plane:
        return places.plane_of(self.districts)

    def _gather(self, minutes: Array, points: places.Points) -> Array:
        """Return mean minutes of the districts (..., district) from those of their points (..., point)."""
        matrix = np.zeros((points.district.size, len(self.districts)))
        matrix[np.arange(points.district.size), points.district] = points.weight
        known = np.where(np.isfinite(minutes), minutes, 0.0) @ matrix
        return np.asarray(np.where(np.isfinite(minutes).all(axis=-1, keepdims=True), known, np.inf))

    def _where(
        self, table: pd.DataFrame, points: places.Points, draws: int, rng: np.random.Generator
    ) -> tuple[Array, Array]:
        """Return metres of the candidates as usual (candidate, 2; NaN = unknown) and drawn (draw, candidate, 2).

        Known by its district only: usually its people's centre, drawn as any of its points. Known by nothing: drawn by
        people from 65 on, as nursing homes of unknown place are.
        """
        keys = self.districts.index
        usual = self._plane.metres(table["lon"].to_numpy(float), table["lat"].to_numpy(float))
        centre = self._plane.metres(*places.centres(self.districts))
        own = keys.get_indexer(pd.Index(table["district"]))
        old = self.base_population[:, :, 65:].sum(axis=(1, 2))
        drawn = np.repeat(usual[None], draws, axis=0)
        size = np.bincount(points.district, minlength=len(keys))
        start = np.concatenate([[0], np.cumsum(size)[:-1]])
        for site in np.flatnonzero(table["place"] != "point"):
            known = table["place"].iloc[site] == "district"
            at = np.full(draws, own[site]) if known else rng.choice(len(keys), draws, p=old / old.sum())
            drawn[:, site] = points.at[start[at] + rng.integers(0, size[at])]
            usual[site] = centre[own[site]] if known else np.nan
        return usual, drawn

    def _at_home(self, draws: int) -> Array:
        """Return people in need cared for at home in the focus year (draw, district)."""
        need = self.demand.sel(year=self.params.focus_year, setting=AT_HOME).sum("setting")
        return np.asarray(need.transpose("draw", "district").values[:draws], float)

    @property
    def _poor(self) -> np.ndarray:
        """Return which districts are poor: Wohngeld per household above the city's upper quartile, where known."""
        share = self.local_context.set_index("district")["wohngeld_per_1000"].reindex(self.districts.index)
        return np.asarray(share > share.quantile(POOR))

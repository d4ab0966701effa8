"""Needs of a study: which further files would narrow its intervals, computed by taking out what they would tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care.local_counts import learn_ratios
from carelab.forecast.care.projection import Anchor
from carelab.planning.needs import needs_table
from carelab.stages.own_districts import OwnDistricts

NEED_DRAWS = 400
"""Draws with which widths are compared: the same random numbers on both sides, so few suffice."""
_PEOPLE = ("split_slope_sd", "city_rates", "city_path", "deviations", "population")
_LEVELS = ("levels", "_anchor", "_setting_logits")
CHANGED: dict[str, tuple[str, ...]] = {
    "population": ("city_rates", "city_path", "deviations", *_LEVELS, "supply"),
    "care": (*_PEOPLE, *_LEVELS, "_need", "supply"),
    "facilities": (*_PEOPLE, *_LEVELS, "_need", "local_ratios", "demand"),
    "care_city": (*_PEOPLE, "supply"),
    "housing": ("city_rates", "city_path", "split_slope_sd", *_LEVELS, "supply"),
    "future": (*_PEOPLE, "_anchor", "_setting_logits", "supply"),
}
"""By ask: what of the study it leaves as it is. "future" is no file: how care rates will go on, which nobody can send.
"""
OUTSIDE = ("points", "geometry", "log", "offers")
"""Files that other questions need (ways, maps, effects, LUMINA) and that enter neither need nor missing places."""


class Needs(OwnDistricts):
    """What each file a city could ask for would do to the intervals of need and of missing places."""

    @cached_property
    def needs(self) -> pd.DataFrame:
        """Asks by what they would do to a district's 80 % intervals in the focus year (columns: planning/needs.py)."""
        draws = min(self.params.draws, NEED_DRAWS)
        base = self.variant(draws=draws, horizon_year=self.params.focus_year)
        known: dict[str, dict[str, Array]] = {name: base._knowing(name)._ends() for name in CHANGED}
        known |= {name: {} for name in OUTSIDE}
        return needs_table(base._ends(), known, self.districts["ranked"].to_numpy(bool), present=self.files_present)

    def _knowing(self, ask: str) -> Self:
        """Return this study with what one file would tell taken for known; what does not depend on it is shared."""
        told: dict[str, Callable[[], dict[str, object]]] = {
            "population": lambda: {"split_slope_sd": 0.0},
            "care": lambda: {"_local_evidence": self._as_if_counted()},
            "facilities": lambda: {"supply": self.supply.mean("draw").broadcast_like(self.supply)},
            "care_city": self._as_if_surveyed,
            "housing": lambda: {"deviations": self._as_if_planned()},
            "future": lambda: {"levels": self.levels.median("draw").broadcast_like(self.levels)},
        }
        other = self.variant()
        other.__dict__.update({name: getattr(self, name) for name in CHANGED[ask]} | told[ask]())
        return other

    def _ends(self) -> dict[str, Array]:
        """Return the endpoints (draw, district) of the focus year."""
        year = self.params.focus_year
        need = self.demand.sel(year=year).sum("setting").transpose("draw", "district").values
        gap = self.gap_draws.sel(year=year).transpose("draw", "district").values
        oldest = self.population.sel(year=year).values[..., 80:].sum(axis=(-2, -1), dtype=float)
        return {"oldest": oldest, "need": need, "share": need / need.sum(axis=1, keepdims=True), "gap": gap}

    def _as_if_counted(self) -> object:
        """Return local ratios as known after a count in the base year that finds what is expected."""
        expected = np.median(self._need[:, 0].sum(axis=2), axis=0)
        prior = self._local_prior
        likely = expected * np.exp(prior.mean)
        return learn_ratios(likely, expected, prior, years=0.0, drift_sd=self.care_trend.drift_sd)

    def _as_if_surveyed(self) -> dict[str, object]:
        """Return the city's level as known after its own count in the base year that finds what is expected."""
        year = self.params.base_year
        level = np.full(self.params.draws, float(np.median(self.levels.sel(year=year).values)))
        logits = self._logits_from(year)
        return {"_anchor": Anchor(level, year, 0.0, year), "_setting_logits": logits}

    def _as_if_planned(self) -> object:
        """Return deviations without any doubt about how districts grow beside the city: an upper bound for plans."""
        known = self.deviations
        return replace(
            known,
            level_sd=np.zeros_like(known.level_sd),
            noise_sd=np.zeros_like(known.noise_sd),
            persistent_sd=np.zeros_like(known.persistent_sd),
        )

    @property
    def last_count(self) -> int:
        """Year of the last count of people in need that the study rests on."""
        return self._anchor.year

    @property
    def files_present(self) -> dict[str, bool]:
        """Ask -> whether the city has the file already, for the base year or since its last survey."""
        year, city = self.params.base_year, self.city
        known = self.supply_known_places
        return {
            "population": self.known.counted is not None,
            "care": bool((city.care_districts["year"] == year).any()),
            "facilities": bool(known.known.sum() >= known.total + known.changes),
            "care_city": self.last_count >= year,
            "housing": not city.housing.empty,
            "geometry": self.geometry_file is not None,
        }

"""Sensitivity of a study: what changes the answer, ranked; the city computed again with one thing changed at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care import demand
from carelab.forecast.care.local_covariate import Z_80
from carelab.forecast.care.projection import UNKNOWN_LAWS
from carelab.stages.places import Places
from carelab.terms import SETTINGS

DECILES = (0.1, 0.9)
SHARED = (
    *(
        "city",
        "reference",
        "shared",
        "known",
        "history",
        "hazard",
        "panel",
        "panel_levels",
        "care_trend",
        "pooled",
        "base_population",
    ),
    *("supply_known_places", "_tables", "_counts"),
    *("published", "districts", "total_sd", "care_known_until", "_deviations_learnt"),
)
"""Results that hold for every scenario of a city and base year: a variant takes them over."""
SWITCHES: dict[str, tuple[float, float]] = {
    "migration": (0.5, 1.5),
    "mortality_improvement": (0.0, 0.02),
    "trend_damping": (0.75, 0.95),
}
"""Parameters that are set low and high; both ends are inside params/assumptions.yaml's ranges."""
NEW_LAWS = (0.0, 0.2)
"""Laws a year that nobody knows of yet: none, and the upper end of the assumption (params/assumptions.yaml)."""


class Sensitivity(Places):
    """The tornado: each driver at its low and its high end, the rest as in the scenario."""

    def variant(self, **changes: Any) -> Self:
        """Return this study with parameters changed, sharing what does not depend on them."""
        other = object.__new__(type(self))  # __init__ would read and check all data once more
        other.params = self.params.model_copy(update=changes)
        other.__dict__.update({name: getattr(self, name) for name in SHARED})
        return other

    @cached_property
    def city_outlook(self) -> Array:
        """People in need of the city in the focus year (draw, setting), without its districts: the same draws, fast."""
        at, year = self.params.focus_year - self.params.base_year, self.params.focus_year
        persons = self.city_path[None, :, at, None].astype(np.float32)
        need = demand.need_by_band(persons, self.hazard, self.levels.sel(year=[year]).values)
        since = year - self._anchor.year
        return demand.demand_by_setting(need, self._setting_logits[:, since : since + 1])[:, 0, :, 0]

    @cached_property
    def tornado(self) -> pd.DataFrame:
        """What changes need and places in the focus year, largest first.

        Columns: driver, low, high (its ends), need_low, need_high (persons, city), district_low_pct, district_high_pct
        (a district's need, per cent of the median), places_low, places_high (missing places), swing_pct.
        """
        rows = [self._switched(name, *ends) for name, ends in SWITCHES.items()]
        rows += [self._unknown_laws(), self._care_rates(), self._setting_shares(), self._local_ratio()]
        table = pd.DataFrame(rows)
        table["swing_pct"] = (table["district_high_pct"] - table["district_low_pct"]).abs()
        return table.sort_values("swing_pct", ascending=False, ignore_index=True)

    def _switched(self, name: str, low: float, high: float) -> dict[str, object]:
        ends = [self._medians(self.variant(**{name: value}).city_outlook) for value in (low, high)]
        return self._row(name, (low, high), ends)

    def _unknown_laws(self) -> dict[str, object]:
        """Return the row of laws nobody knows of: none, and as many a year as the assumption's upper end."""
        ends = []
        for rate in NEW_LAWS:
            other, risk = self.variant(), replace(UNKNOWN_LAWS, rate=rate) if rate else None
            other.__dict__["pooled"] = replace(self.pooled, spread=replace(self.pooled.spread, risk=risk))
            ends.append(self._medians(other.city_outlook))
        return self._row("unknown_laws", NEW_LAWS, ends)

    def _care_rates(self) -> dict[str, object]:
        """Return the row of all that is not known of future care rates: draws with a low and with a high level."""
        driver = self.levels.sel(year=self.params.focus_year).values
        return self._by_draws("care_rates_future", np.exp(driver - np.median(driver)))

    def _setting_shares(self) -> dict[str, object]:
        """Return the row of how many will live in a nursing home: the share's deciles, need as it is."""
        share = self.city_outlook[:, SETTINGS.index("vollstationaer")] / self.city_outlook.sum(axis=1)
        ends, need = np.quantile(share, DECILES), self._medians(self.city_outlook)[0]
        known = self.supply_known_places
        missing = [float(need * end / self.params.occupancy - known.total - known.changes) for end in ends]
        return self._row("setting_shares", tuple(map(float, ends)), [(need, missing[0]), (need, missing[1])])

    def _by_draws(self, name: str, driver: Array) -> dict[str, object]:
        bounds = np.quantile(driver, DECILES)
        near = [np.abs(driver - bound).argsort()[: max(driver.size // 10, 10)] for bound in bounds]
        return self._row(name, tuple(map(float, bounds)), [self._medians(self.city_outlook[index]) for index in near])

    def _local_ratio(self) -> dict[str, object]:
        """Return the row of the local ratio: nothing for the city, 80 % of its spread for one district."""
        spread = 0.0 if self.whole else self.local_ratio_sd  # one area is its own yardstick
        low, high = (100 * (np.exp(sign * Z_80 * spread) - 1) for sign in (-1, 1))
        middle = self._medians(self.city_outlook)
        row = self._row("local_ratio", (1 + low / 100, 1 + high / 100), [middle, middle])
        return row | {"district_low_pct": low, "district_high_pct": high}

    def _medians(self, outlook: Array) -> tuple[float, float]:
        """Return median need and median missing places."""
        homes = outlook[:, SETTINGS.index("vollstationaer")] / self.params.occupancy
        known = self.supply_known_places
        return float(np.median(outlook.sum(axis=1))), float(np.median(homes) - known.total - known.changes)

    def _row(self, name: str, ends: tuple[float, ...], medians: list[tuple[float, float]]) -> dict[str, object]:
        middle = self._medians(self.city_outlook)[0]
        (need_low, places_low), (need_high, places_high) = medians
        return {
            "driver": name,
            "low": ends[0],
            "high": ends[1],
            "need_low": need_low,
            "need_high": need_high,
            "district_low_pct": 100 * (need_low / middle - 1),
            "district_high_pct": 100 * (need_high / middle - 1),
            "places_low": places_low,
            "places_high": places_high,
        }

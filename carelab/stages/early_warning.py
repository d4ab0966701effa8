"""Early warning of a study: rules as data over its draws, and the same rules at constant care rates."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care import demand
from carelab.inputs.catalogue import Rule, load_rules
from carelab.planning import early_warning as warning
from carelab.stages.indicators import Indicators
from carelab.terms import SETTINGS

CLIENTS, RESIDENTS = SETTINGS.index("ambulant"), SETTINGS.index("vollstationaer")


class EarlyWarning(Indicators):
    """Warnings: which rule holds where, since when, and what would make it go."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules (data/early_warning.yaml)."""
        return load_rules()

    @cached_property
    def rule_words(self) -> pd.DataFrame:
        """The rules in the run's language: rule, rule_name, meaning, remedy, probability, watch, limit, source."""
        language = self.params.language
        words = ("name", "meaning", "remedy", "source")
        rows = [
            {
                "rule": rule.id,
                **{word: getattr(getattr(rule, word), language) for word in words},
                **{"limit": self._limit(rule), "probability": rule.probability, "watch": rule.watch},
            }
            for rule in self.rules
        ]
        return pd.DataFrame(rows).rename(columns={"name": "rule_name"})

    @cached_property
    def warnings(self) -> pd.DataFrame:
        """Warnings and what is to be watched: city, rule, state, district, name, first_year, probability, relief, ...

        ``relief`` (persons, places or staff: ``relief_unit``) would bring the probability below the rule's;
        ``p_constant`` is the probability in the same year were care rates to stay as last known (NaN: no matter).
        """
        return self.warnings_since(self._last_known)

    def warnings_since(self, year: int) -> pd.DataFrame:
        """Return ``warnings`` as they are when only ``year`` and later count (never before what is last known).

        Rules look ahead from each year: cities with different base years can be compared from their common one on.
        """
        since = max(year, self._last_known)
        parts = []
        for rule in self.rules:
            excess = self._excess(rule)[..., since - self.params.base_year :]
            years = list(range(since, self.params.horizon_year + 1 - rule.within_years))
            found = warning.evaluate(rule, excess, self._areas(rule), years)
            parts.append(found.assign(p_constant=self._at_constant_rates(rule, found)))
        table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        table = table[list(warning.COLUMNS)].sort_values(
            ["state", "rule", "probability"], ascending=[True, True, False], kind="stable", ignore_index=True
        )
        table.insert(0, "city", self.city.info.name)
        return table

    def _limit(self, rule: Rule) -> float:
        return float(getattr(self.params, rule.limit) if isinstance(rule.limit, str) else rule.limit)

    @property
    def _last_known(self) -> int:
        """Return the base year, or the last count of people in need where that is later: no warning of what is past."""
        return max(self.params.base_year, self._anchor.year)

    def _areas(self, rule: Rule) -> pd.DataFrame:
        """Return the districts and, last, the city (alone, where it is one unit); tiny districts never warn."""
        ags, info = self.city.info.ags, self.city.info
        table = self.districts.drop(ags, errors="ignore")[["name", "ranked"]].rename_axis("district").reset_index()
        city = pd.DataFrame({"district": [ags], "name": [info.name], "ranked": [True]})
        both = pd.concat([table, city], ignore_index=True)
        levels = np.where(both["district"] == ags, "city", "district")
        allowed = both["ranked"].to_numpy(bool) & np.isin(levels, rule.level)
        return both.assign(allowed=allowed, grade=both["district"].map(self._grades))

    def _excess(self, rule: Rule) -> Array:
        """Return a rule's excess (draw, area, year): districts, then the city."""
        if rule.quantity == "care_potential":
            assert rule.ages is not None
            assert rule.older is not None
            middle, oldest = self._of_age(rule.ages[0], rule.ages[1]), self._of_age(rule.older, None)
            return warning.potential_excess(middle, oldest, self._limit(rule))
        return self._care_excess(rule, self.demand.transpose("draw", "district", "setting", "year").values)

    def _care_excess(self, rule: Rule, need: Array) -> Array:
        """Return the excess of a rule that rests on care rates, from need (draw, district, setting, year)."""
        if rule.quantity == "need_growth":
            return warning.growth_excess(self._with_city(need.sum(axis=2)), rule.within_years, self._limit(rule))
        if rule.quantity == "missing_places":
            missing = need[:, :, RESIDENTS] / self.params.occupancy - self.supply.values[:, :, None]
            return warning.shortage_excess(self._with_city(missing), self._limit(rule))
        staff, accepted = self._home_care_load
        return warning.load_excess(self._with_city(need[:, :, CLIENTS]), staff, self._limit(rule) * accepted)

    @cached_property
    def _home_care_load(self) -> tuple[float, float]:
        """Return staff of home-care services and clients per member of staff at the last count of both; NaN: none."""
        counts = self.indicators_of(("staff_services_per_100_clients",))
        counts = counts[counts["status"].isin(["observed", "derived"])].sort_values("year")
        if counts.empty:
            return float("nan"), float("nan")
        last = counts.iloc[-1]
        return float(last["numerator"]), float(last["denominator"] / last["numerator"])

    def _of_age(self, first: int, last: int | None) -> Array:
        """Return persons of an age range (draw, area, year)."""
        ages = slice(first, None if last is None else last + 1)
        persons = self.population.values[..., ages].sum(axis=(-1, -2), dtype=np.float64)
        return self._with_city(persons.transpose(1, 2, 0))

    def _at_constant_rates(self, rule: Rule, found: pd.DataFrame) -> list[float]:
        """Return the probability of each warning in its year, were care rates to stay as last known."""
        if rule.quantity == "care_potential" or found.empty:
            return [float("nan")] * len(found)
        order = [*self.districts.index.drop(self.city.info.ags, errors="ignore"), self.city.info.ags]
        chances = {}
        for year in sorted(set(found["first_year"])):
            offsets = [0, rule.within_years] if rule.within_years else [0]
            at = [year - self.params.base_year + offset for offset in offsets]
            narrow = rule.model_copy(update={"within_years": 1}) if rule.within_years else rule
            chances[year] = (self._care_excess(narrow, self._constant_need(at)) > 0).mean(axis=0)[:, 0]
        places = [order.index(district) for district in found["district"]]
        return [float(chances[year][place]) for year, place in zip(found["first_year"], places, strict=True)]

    def _constant_need(self, at: list[int]) -> Array:
        """Return need (draw, district, setting, year) in some years with the care rates last known."""
        since = self._last_known - self.params.base_year
        levels = np.repeat(self._future_levels[:, since : since + 1], len(at), axis=1)
        need = demand.need_by_band(self.population.values[at], self.hazard, levels)
        logits = self._logits_from(self.params.base_year)[:, at]
        return demand.demand_by_setting(need * self.local_ratios[:, at], logits)

    def _with_city(self, values: Array) -> Array:
        """Return (draw, area, year) from (draw, district, year): the sum over districts behind them, or it alone."""
        return values if self.whole else np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)

"""Outreach of a study: what a Pflege & Pass-Mobil could do, on the study's own draws. Lazy; no step of a run."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast import tables
from carelab.forecast.summary import quantile_table
from carelab.inputs import outreach as files
from carelab.inputs.catalogue import load_catalogue
from carelab.planning.indicator_draws import draw_factor
from carelab.planning.outreach import compare, events
from carelab.planning.outreach.month import Month, month_visits, plan_month
from carelab.planning.outreach.rates import Rates, draw_rates
from carelab.planning.outreach.shift import Shift
from carelab.planning.outreach.simulate import World
from carelab.planning.outreach.travel import Array, drive_minutes, straight_km
from carelab.planning.outreach.world import City, Hours, build_world, join_worlds
from carelab.terms import QUANTILE_COLUMNS

if TYPE_CHECKING:
    from carelab.stages.needs import Needs

DRAWS, TORNADO_DRAWS = 100, 25
"""Draws of the comparison and of each end of a rate in the tornado: the first ones of the study."""
TOGETHER = 12
"""Sets of rates that the tornado simulates at once."""
MONTH_DAYS, MONTH_SEED = 20, 7
WINDOWS = ((0, 24 * 60), (8 * 60, 11 * 60), (13 * 60, 15 * 60))
"""Start of a visit: any time, morning, afternoon; one of them is drawn for each request of the example month."""


class Outreach:
    """The Mobil in one city: groups, services, designs, the example month. Tables: docs/architecture.md."""

    def __init__(self, study: Needs) -> None:
        self.study, self.params = study, study.params
        self.rates = files.load_rates()
        self.mobil = files.load_mobil(study.params.city)
        self.draws = min(DRAWS, study.params.draws)

    @property
    def year(self) -> int:
        """First full calendar year of the Mobil, within the years of the study."""
        first = self.mobil.start.year + (self.mobil.start.timetuple().tm_yday > 1)
        return min(max(first, self.params.base_year), self.params.horizon_year)

    @cached_property
    def rates_table(self) -> pd.DataFrame:
        """Every assumed rate with range, source and rating."""
        return files.rates_table(self.rates, self.params.language)

    @cached_property
    def drawn(self) -> Rates:
        """Rates (draw,)."""
        return draw_rates(self.rates, self.draws, self.params.seed)

    @cached_property
    def people(self) -> events.People:
        """Draws of people by setting, residents by home, ages, and the city's shares of Pflegegrade."""
        study, year = self.study, min(self.year, self.params.horizon_year)
        few = slice(0, self.draws)
        need = study.demand.sel(year=year).isel(draw=few)
        ages = tables.age_band_draws(study.population).sel(year=year).isel(draw=few)
        parts = study.grades.sel(setting="pflegegeld", year=year).isel(draw=few).transpose("draw", "grade").values
        homes = study.supply.isel(draw=few).values * self.params.occupancy
        factor = next(each.factor for each in load_catalogue().indicators if each.id == "family_carers")
        assert factor is not None
        carers = draw_factor(factor, self.draws, np.random.default_rng([self.params.seed, *b"carers"]))
        shares = parts / np.maximum(parts.sum(axis=1, keepdims=True), 1e-9)
        return events.People(
            pflegegeld=_of(need, "pflegegeld"),
            ambulant=_of(need, "ambulant"),
            grade_1_only=_of(need, "pg1_only"),
            residents=np.asarray(homes, float),
            persons_65to79=_aged(ages, ["65-74", "75-79"]),
            persons_80plus=_aged(ages, ["80-84", "85-89", "90+"]),
            grades=shares,
            carer_factor=carers,
        )

    @cached_property
    def groups(self) -> pd.DataFrame:
        """People who could be served: group, district, name, quantile columns, grade; the city's AGS is the sum."""
        return self._by_district(events.groups(self.people, self.drawn), "group")

    @cached_property
    def grades(self) -> pd.DataFrame:
        """People in need at home by Pflegegrad and setting in the city: rows of ``study.grades_city`` of the year."""
        table = self.study.grades_city
        return table[(table["year"] == self.year) & (table["setting"] != "vollstationaer")].reset_index(drop=True)

    @cached_property
    def due(self) -> dict[str, Array]:
        """Services that fall due in the year (draw, district), whoever provides them."""
        return events.due(self.people, self.drawn, self.year)

    @cached_property
    def asked(self) -> dict[str, Array]:
        """Services asked of the Mobil in the year (draw, district)."""
        return events.requests(self.due, self.drawn)

    @cached_property
    def services(self) -> pd.DataFrame:
        """Services a year: kind (due, asked_for), service, district, name, quantile columns, grade."""
        parts = {"due": self.due, "asked_for": self.asked}
        return pd.concat(
            [self._by_district(values, "service").assign(kind=kind) for kind, values in parts.items()],
            ignore_index=True,
        )

    @cached_property
    def city(self) -> City:
        """Ways, areas, and where hospital cases arise: evenly over the known hospitals, else with the people."""
        table = self.study.districts
        lon, lat = (_filled(table[f"{axis}_people"].fillna(table[axis])) for axis in ("lon", "lat"))
        people = self.people.persons_80plus.mean(axis=0)
        base = self._base(lon, lat, people)
        found = self.study.supply_known
        known = found.loc[found["category"] == "hospital", "district"].dropna().value_counts()
        share = known.reindex(table.index).fillna(0).to_numpy(float)
        share = share if share.sum() > 0 else people
        km = straight_km(np.append(lon[base], lon), np.append(lat[base], lat))
        return City(km, _filled(table["area_ha"]), share / max(share.sum(), 1e-9))

    def _base(self, lon: Array, lat: Array, people: Array) -> int:
        """Return the district of the base: the one named, else the nearest to the middle of people of 80 and over."""
        keys = list(self.study.districts.index)
        if self.mobil.base is not None and self.mobil.base in keys:
            return keys.index(self.mobil.base)
        weight = people / max(people.sum(), 1e-9)
        return int(((lon - lon @ weight) ** 2 * 0.4 + (lat - lat @ weight) ** 2).argmin())

    @cached_property
    def shift(self) -> Shift:
        """The team's working day."""
        begin, end, lunch = (files.minutes(text) for text in (self.mobil.begin, self.mobil.end, self.mobil.lunch_from))
        return Shift(begin, end, lunch, self.mobil.lunch_minutes)

    def _world(self, asked: dict[str, Array], drawn: Rates, contacts: int, days_per_week: int) -> World:
        hours = Hours(self.mobil.weeks * days_per_week, self.shift.minutes)
        return build_world(asked, drawn, self.city, hours, contacts_per_card=contacts, seed=self.params.seed)

    @property
    def _cost(self) -> Array:
        """Euros a year (draw,)."""
        return np.asarray(self.drawn["budget"] / self.drawn["project_years"])

    @cached_property
    def outcomes(self) -> dict[str, compare.Outcome]:
        """Each design simulated on the same draws."""
        week = self.mobil.days_per_week
        return {
            each.id: compare.run_design(
                self._world(self.asked, self.drawn, each.contacts_per_card, week),
                each.days, self._cost, vehicles=self.mobil.vehicles,
            )
            for each in self.mobil.designs
        }  # fmt: skip

    @cached_property
    def designs(self) -> pd.DataFrame:
        """Designs: design, design_name, measure, quantile columns, best; road_share is NaN where ways are unknown."""
        table = compare.design_table(self.outcomes)
        if not self.ways_known:
            table.loc[table["measure"] == "road_share", list(QUANTILE_COLUMNS)] = np.nan
        table.insert(1, "design_name", table["design"].map(self._design_names))
        return table

    @cached_property
    def best(self) -> str:
        """The design that settles most requests in most draws, among those that leave nobody out (visits at home)."""
        fair = [each.id for each in self.mobil.designs if "visits" in each.days]
        return str(self._contest(fair or list(self.outcomes)).idxmax())

    @cached_property
    def certainty(self) -> float:
        """Share of draws in which ``best`` settles most requests, among the designs that leave nobody out."""
        fair = [each.id for each in self.mobil.designs if "visits" in each.days]
        return float(self._contest(fair or list(self.outcomes)).max())

    def _contest(self, names: list[str]) -> pd.Series:
        table = compare.design_table({name: self.outcomes[name] for name in names})
        return table.drop_duplicates("design").set_index("design")["best"]

    @cached_property
    def reach(self) -> pd.DataFrame:
        """Reach by district and design: columns of planning.outreach.compare.district_table, design_name."""
        due = sum(self.due[name] for place in ("home", "homes") for name in events.PLACES[place])
        table = compare.district_table(self.outcomes, np.asarray(due), self.study.districts[["name", "grade"]])
        table.insert(1, "design_name", table["design"].map(self._design_names))
        return table[table["district"].isin(self.study.districts.index[self.study.districts["ranked"]])]

    @cached_property
    def extra(self) -> pd.DataFrame:
        """What one more day a week and one more vehicle would buy with the best design."""
        design = next(each for each in self.mobil.designs if each.id == self.best)
        week, contacts = self.mobil.days_per_week, design.contacts_per_card
        base, vehicles = self.outcomes[design.id], self.mobil.vehicles
        found = {}
        if week < 7:
            longer = self._world(self.asked, self.drawn, contacts, week + 1)
            days = (*design.days, design.days[0])
            cost = self.drawn["cost_day"]
            found["more_day"] = compare.run_design(longer, days, self._cost + cost, vehicles=vehicles), cost
        world, cost = self._world(self.asked, self.drawn, contacts, week), self.drawn["cost_vehicle"]
        found["vehicle"] = compare.run_design(world, design.days, self._cost + cost, vehicles=vehicles + 1), cost
        return compare.extra_table(base, found)

    @cached_property
    def tornado(self) -> pd.DataFrame:
        """Which rate to measure first: rate, rate_name, low, high, at_low, at_high (euros per contact), swing."""
        few = {name: values[:TORNADO_DRAWS] for name, values in self.drawn.items()}
        chosen = [rate for rate in self.rates if rate.id not in ("cost_day", "cost_vehicle")]
        table = compare.swing_table(chosen, few, self._cost_per_contact)
        table.insert(1, "rate_name", table["rate"].map(self.rates_table.set_index("rate")["rate_name"]))
        return table

    def _cost_per_contact(self, sets: list[Rates]) -> list[Array]:
        """Return euros per contact of the best design (draw,) for each set of rates, simulated together in groups."""
        design = next(each for each in self.mobil.designs if each.id == self.best)
        found: list[Array] = []
        for start in range(0, len(sets), TOGETHER):
            some = sets[start : start + TOGETHER]
            worlds = [
                self._world(self._asked_at(rates), rates, design.contacts_per_card, self.mobil.days_per_week)
                for rates in some
            ]
            cost = np.concatenate([rates["budget"] / rates["project_years"] for rates in some])
            outcome = compare.run_design(join_worlds(worlds), design.days, cost, vehicles=self.mobil.vehicles)
            found += np.split(outcome.values["cost_per_contact"], len(some))
        return found

    def _asked_at(self, rates: Rates) -> dict[str, Array]:
        draws = len(rates["speed"])
        people = events.People(**{name: values[:draws] for name, values in vars(self.people).items()})
        return events.requests(events.due(people, rates, self.year), rates)

    @cached_property
    def month(self) -> Month:
        """An example month for one vehicle: requests at home around the middle draw, planned day by day."""
        names = events.PLACES["home"]
        expected = np.stack([np.median(self.asked[name], axis=0) for name in names], axis=1) * MONTH_DAYS / self._days
        middle = {name: float(np.median(values)) for name, values in self.drawn.items()}
        minutes = np.array([middle[events.MINUTES[name]] + middle["minutes_access"] for name in names])
        visits = month_visits(
            np.vstack([np.zeros(len(names)), expected]), minutes, days=MONTH_DAYS,
            rng=np.random.default_rng([self.params.seed, MONTH_SEED]), windows=WINDOWS,
        )  # fmt: skip
        travel = drive_minutes(self.city.km, detour=middle["detour"], speed=middle["speed"])
        month = plan_month(visits, travel, self.shift, days=MONTH_DAYS)
        return month if self.ways_known else replace(month, days=month.days.assign(road=np.nan))

    @property
    def ways_known(self) -> bool:
        """Whether anything is known of how far it is: without places and areas driving would look free."""
        return bool(self.city.km.any() or self.city.area_ha.any())

    @property
    def _days(self) -> int:
        return self.mobil.weeks * self.mobil.days_per_week

    @property
    def _design_names(self) -> dict[str, str]:
        return {each.id: getattr(each.name, self.params.language) for each in self.mobil.designs}

    def _by_district(self, parts: dict[str, Array], part: str) -> pd.DataFrame:
        """Return quantiles by part, district and, last, the city (key: its AGS); tiny districts are left out."""
        ags, info, districts = self.study.city.info.ags, self.study.city.info, self.study.districts
        shown = districts["ranked"].to_numpy(bool)
        values = np.stack([np.column_stack([each[:, shown], each.sum(axis=1)]) for each in parts.values()], axis=1)
        keys = [*districts.index[shown], ags]
        draws = xr.DataArray(values, dims=("draw", part, "district"), coords={part: list(parts), "district": keys})
        names = {**districts["name"].to_dict(), ags: info.name}
        table = quantile_table(draws)
        table.insert(2, "name", table["district"].map(names))
        return table.assign(status="assumed", grade=table["district"].map(districts["grade"]).fillna(info.grade))


def _of(need: xr.DataArray, setting: str) -> Array:
    return np.asarray(need.sel(setting=setting).transpose("draw", "district").values, float)


def _aged(ages: xr.DataArray, bands: list[str]) -> Array:
    return np.asarray(ages.sel(age_band=bands).sum("age_band").transpose("draw", "district").values, float)


def _filled(values: pd.Series | Any) -> Array:
    """Return values with unknown ones at the mean of the known; all zero where nothing is known."""
    known = np.asarray(values, float)
    return np.where(np.isnan(known), np.nanmean(known) if np.isfinite(known).any() else 0.0, known)

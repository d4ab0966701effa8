"""Cities side by side: one study each, the same scenario, figures of one common year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast.summary import quantile_table
from carelab.inputs.listing import base_year_of
from carelab.inputs.outreach import load_mobil
from carelab.params import Params
from carelab.stages.conference import Conference, Tables, city_tables, single_tables
from carelab.stages.siting import Siting
from carelab.terms import QUANTILE_COLUMNS, UserError, say

OLD = 80
"""First age of those whom missing places are related to."""
PLACES = {"places_homes", "places_permanent", "places_permanent_per_10000"}
"""Measures that tell how many nursing-home places a city has."""


@dataclass(frozen=True)
class Member:
    """What is kept of a city once its study is computed: facts, draws (draw, year) of what is compared, tables."""

    facts: dict[str, Any]
    draws: xr.Dataset
    tables: Tables


class Verbund:
    """Several cities under one scenario. ``params.cities``: folders by comma, each with ``@base_year`` if known.

    Without ``@`` a city's base year is the year of its last counted population. The common year is the largest base
    year: each city is counted or projected there. Studies are computed one after another and not kept: their draws by
    district would fill the memory.
    """

    def __init__(self, params: Params, open_one: Callable[[Params], Siting]) -> None:
        self.params = params
        self._open = open_one
        self._members: dict[str, Member] = {}

    @cached_property
    def base_years(self) -> dict[str, int]:
        """City -> base year, in the order in which they are named. Raises UserError."""
        named = self._named()
        for city, year in named.items():
            if year >= self.params.focus_year:
                raise UserError(
                    f"Parameter „cities“: {city} hat das Basisjahr {year}; erwartet: vor {self.params.focus_year}.",
                    f'parameter "cities": {city} has base year {year}; expected: before {self.params.focus_year}.',
                )
        return named

    def _named(self) -> dict[str, int]:
        """Return city -> base year as the parameters name them."""
        if self.params.cities is None:
            return {self.params.city: self.params.base_year}
        pairs = [word.strip().partition("@") for word in self.params.cities.split(",")]
        return {city: int(year) if year else base_year_of(city) for city, _, year in pairs}

    @property
    def year(self) -> int:
        """The common year: the largest base year."""
        return max(self.base_years.values())

    def prepare(self, report: Callable[[str], None]) -> None:
        """Compute all results, telling the city before each."""
        for city in self.base_years:
            report(city)
            self._member(city)

    @cached_property
    def cities(self) -> pd.DataFrame:
        """city, name, grade, base_year, last_count (of people in need), districts (inhabited), synthetic, places."""
        return pd.DataFrame([self._member(city).facts for city in self.base_years])

    @cached_property
    def need(self) -> pd.DataFrame:
        """People in need: city, name, year (common, focus), measure (persons, per_1000), quantile columns, grade."""
        return self._table(("persons", "per_1000"), (self.year, self.params.focus_year))

    @cached_property
    def growth(self) -> pd.DataFrame:
        """Growth since the common year: city, name, measure (growth, growth_pct), year (focus), quantiles, grade."""
        return self._table(("growth", "growth_pct"), (self.params.focus_year,))

    @cached_property
    def gap(self) -> pd.DataFrame:
        """Missing places: city, name, year, measure (gap, gap_per_1000_old), quantile columns, grade.

        Cities whose places are not known have no rows; ``remarks`` says so.
        """
        return self._table(("gap", "gap_per_1000_old"), (self.year, self.params.focus_year))

    @cached_property
    def conference(self) -> Conference:
        """What the figures for the conference show."""
        parts = {city: self._member(city).tables for city in self.base_years}
        names = {city: str(self._member(city).facts["name"]) for city in self.base_years}
        return Conference(parts, names, (self._mobil_city, self._planned_in == self._mobil_city))

    @property
    def _mobil_city(self) -> str:
        """The city whose Mobil is shown: the one that plans it, else the first."""
        return self._planned_in if self._planned_in in self.base_years else next(iter(self.base_years))

    @cached_property
    def _planned_in(self) -> str:
        return load_mobil(self.params.city).planned_in

    @cached_property
    def remarks(self) -> pd.DataFrame:
        """What is not comparable, in words: name, text."""
        rows = [(row["name"], text) for row in self.cities.to_dict("records") for text in self._remarks(row)]
        return pd.DataFrame(rows, columns=["name", "text"])

    def _member(self, city: str) -> Member:
        """Return a city's facts and draws, computed when first asked for."""
        if city not in self._members:
            changes = {"city": city, "base_year": self.base_years[city]}
            changes |= dict.fromkeys(("district", "cities", "geometry"))
            study = self._open(self.params.model_copy(update=changes))
            facts = _facts(study)
            tables = city_tables(study, year=self.year, places=facts["places"])
            tables |= single_tables(study, places=facts["places"]) if city == self._mobil_city else {}
            self._members[city] = Member(facts, _draws(study, (self.year, self.params.focus_year)), tables)
        return self._members[city]

    def _table(self, measures: tuple[str, ...], years: tuple[int, ...]) -> pd.DataFrame:
        """Return the quantiles of measures at years for every city that has them."""
        parts = [pd.DataFrame(columns=["city", "name", "measure", "year", *QUANTILE_COLUMNS, "grade"])]
        for city in self.base_years:
            member = self._member(city)
            for measure in measures:
                if measure in member.draws:
                    draws = member.draws[measure].sel(year=sorted(set(years))).transpose("draw", "year")
                    table = quantile_table(draws, measure)
                    parts.append(table.assign(**{key: member.facts[key] for key in ("city", "name", "grade")}))
        kept = parts[1:] or parts
        return pd.concat(kept, ignore_index=True)[list(parts[0].columns)]

    def _remarks(self, row: dict[Any, Any]) -> list[str]:
        """Return what a reader must know before comparing this city with the others."""
        language, year, texts = self.params.language, self.year, []
        if row["synthetic"]:
            texts.append(
                say(language, "Erfundene Stadt: mit keiner wirklichen vergleichbar.", "Invented: not comparable.")
            )
        if row["base_year"] != year:
            de = f"Bevölkerung zuletzt {row['base_year']} gezählt; {year} ist hier schon vorausberechnet."
            en = f"Population last counted in {row['base_year']}; {year} is projected here already."
            texts.append(say(language, de, en))
        latest = self.cities["last_count"].max()
        if row["last_count"] != latest:
            de = f"Pflegebedürftige zuletzt {row['last_count']} gezählt, anderswo {latest}."
            texts.append(
                say(language, de, f"People in need last counted in {row['last_count']}, elsewhere in {latest}.")
            )
        if row["grade"] != min(self.cities["grade"]):
            de = f"Belegstufe {row['grade']}: schwächer belegt als die beste ({min(self.cities['grade'])})."
            en = f"Evidence grade {row['grade']}: weaker than the best ({min(self.cities['grade'])})."
            texts.append(say(language, de, en))
        if not row["places"]:
            texts.append(say(language, "Heimplätze nicht bekannt: keine Lücke.", "Places not known: no gap."))
        return texts


def _facts(study: Siting) -> dict[str, Any]:
    """Return what is said of a city beside its figures."""
    info, measures = study.city.info, set(study.city.supply["measure"])
    return {
        "city": study.params.city,
        "name": info.name,
        "grade": info.grade,
        "base_year": study.params.base_year,
        "last_count": int(study.anchoring["year"].max()),
        "districts": int(study.districts["inhabited"].sum()),
        "synthetic": bool(info.synthetic),
        "places": bool(measures & PLACES),
    }


def _draws(study: Siting, years: tuple[int, int]) -> xr.Dataset:
    """Return what is compared of a city (draw, year) at the common and the focus year."""
    need = study.demand.sum(["district", "setting"]).sel(year=list(years))
    people = study.population.sel(year=list(years)).astype(np.float64)
    change = need.sel(year=years[1], drop=True) - need.sel(year=years[0], drop=True)
    draws = {
        "persons": need,
        "per_1000": 1000 * need / people.sum(["district", "sex", "age"]),
        "growth": change.expand_dims(year=years[1:]),
        "growth_pct": (100 * change / need.sel(year=years[0], drop=True)).expand_dims(year=years[1:]),
    }
    if set(study.city.supply["measure"]) & PLACES:
        old = people.sel(age=slice(OLD, None)).sum(["district", "sex", "age"])
        gap = study.gap_draws.sum("district").sel(year=list(years))
        draws |= {"gap": gap, "gap_per_1000_old": 1000 * gap / old}
    return xr.Dataset(draws).compute()

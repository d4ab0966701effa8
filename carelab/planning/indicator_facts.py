"""What indicators are made of: counted tables and draws of one city, and what a declaration looks like from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]


class Quantity(Protocol):
    """A countable thing as the catalogue declares it (data/catalogue.yaml)."""

    @property
    def of(self) -> str: ...
    @property
    def ages(self) -> tuple[int, int | None] | None: ...
    @property
    def sex(self) -> str | None: ...
    @property
    def setting(self) -> str | None: ...
    @property
    def column(self) -> str | None: ...
    @property
    def measure(self) -> str | None: ...
    @property
    def lag(self) -> int: ...
    @property
    def site(self) -> str | None: ...
    @property
    def within(self) -> float | None: ...
    @property
    def metres(self) -> float | None: ...


class Factor(Protocol):
    """An assumption that multiplies a numerator."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


class Indicator(Protocol):
    """One entry of the catalogue."""

    @property
    def id(self) -> str: ...
    @property
    def numerator(self) -> Quantity: ...
    @property
    def denominator(self) -> Quantity | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def source(self) -> tuple[str, ...]: ...
    @property
    def level(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def by_sex(self) -> bool: ...
    @property
    def published(self) -> str | None: ...
    @property
    def factor(self) -> Factor | None: ...
    @property
    def computed(self) -> bool: ...


class Ways(Protocol):
    """Ways to a kind of site, over draws of their own: fewer than the futures', and used again for the others."""

    def refuses(self, site: str) -> str:
        """Return why nothing is said of a kind of site; "" where something is."""

    def near(self, site: str, *, minutes: float | None = None, metres: float | None = None) -> Array:
        """Return the share of people (draw, district) within minutes on foot or metres of a straight line."""

    def minutes(self, site: str) -> Array:
        """Return mean minutes on foot (draw, district) to the next site."""

    def per_head(self, site: str, people: Array) -> Array:
        """Return supply within reach per head (year, draw, district) of people (year, draw, district)."""


@dataclass(frozen=True)
class Facts:
    """What is counted: the city's ``tables`` as published (columns: architecture.md), names and grades by key (the
    city's included).

    ``known_until``: last year whose surveys of care may be known, at times later than the population's ``base_year``;
    ``ages``: population_city by single age, completed where only groups are published (then not a count);
    ``exact_age`` (ages,) mean exact age of each single age; ``located`` places whose district is known;
    ``mean_age_blind`` district, value, sd (years).
    """

    ags: str
    base_year: int
    known_until: int
    names: pd.Series
    grades: pd.Series
    tables: Mapping[str, pd.DataFrame]
    ages: pd.DataFrame
    exact_age: Array
    located: float
    mean_age_blind: pd.DataFrame

    @property
    def districts(self) -> pd.Index:
        """Keys of the districts, without the city; none where it is computed as one unit."""
        return self.names.index[self.names.index != self.ags]

    @cached_property
    def city_ages(self) -> Mapping[str, pd.DataFrame]:
        """The city's persons by sex (t, m, w): index year, columns single ages, the open group last."""
        table, top = self.ages, self.exact_age.size - 1
        rows = table.assign(age=table["age_from"].clip(upper=top))
        wide = rows.pivot_table(index=["sex", "year"], columns="age", values="persons", aggfunc="sum")
        wide = wide.reindex(columns=range(top + 1)).astype(float)
        ages = {str(sex): wide.loc[[sex]].droplevel("sex") for sex in wide.index.unique("sex")}
        if {"m", "w"} <= ages.keys():
            both = ages["m"] + ages["w"]
            ages["t"] = ages["t"].combine_first(both) if "t" in ages else both
        return ages


@dataclass(frozen=True)
class Futures:
    """What is drawn, for some ``years``; age bands begin at ``edges``.

    persons and need (year, draw, district, sex, band), age_years (year, draw, district, sex), by_setting (year, draw,
    district, setting), gap (year, draw, district), places (draw, district); ``few`` (district,) keeps its ages private.
    Of a city that is one unit the only district of the arrays is the city, and ``few`` is empty.
    """

    years: tuple[int, ...]
    edges: tuple[int, ...]
    settings: tuple[str, ...]
    persons: Array
    age_years: Array
    need: Array
    by_setting: Array
    gap: Array
    places: Array
    few: npt.NDArray[np.bool_]
    rng: np.random.Generator
    ways: Ways


def age_edges(indicators: tuple[Indicator, ...]) -> tuple[int, ...]:
    """Return the ages at which bands must begin so that every declared age range is a sum of bands."""
    edges = {0}
    for each in indicators:
        for quantity in (each.numerator, each.denominator):
            if quantity is not None and quantity.ages is not None:
                first, last = quantity.ages
                edges |= {first} if last is None else {first, last + 1}
    return tuple(sorted(edges))


def quantity_key(quantity: Quantity, sex: str) -> tuple[object, ...]:
    """Return what tells two quantities of one sex apart, but for column and lag."""
    way = (quantity.site, quantity.within, quantity.metres)
    return (quantity.of, quantity.ages, quantity.sex or sex, quantity.setting, quantity.measure, *way)

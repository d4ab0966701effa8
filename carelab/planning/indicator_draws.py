"""Drawn quantities: what the projection says of a quantity, in every draw, for every district and for the city.

Draws are the last dimension here, so that sorting them for quantiles runs along memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from carelab.planning.indicator_facts import Array, Factor, Facts, Futures, Quantity, quantity_key
from carelab.terms import SEXES


class Drawn:
    """Quantities by year, area (the districts and, last, the city) and draw; each computed once."""

    def __init__(self, futures: Futures, facts: Facts) -> None:
        self.futures, self.facts = futures, facts
        self._values: dict[tuple[object, ...], Array | None] = {}
        self._medians: dict[tuple[object, ...], Array] = {}

    def values(self, quantity: Quantity, sex: str) -> Array | None:
        """Return draws (year, area, draw); None where nothing is projected.

        The city is the sum of its districts; what only the city has is NaN for them. A city that is one unit has no
        districts.
        """
        reader = _READERS.get(quantity.of)
        if reader is None or quantity.lag:
            return None
        key = quantity_key(quantity, sex)
        if key not in self._values:
            self._values[key] = reader(quantity, quantity.sex or sex, self.futures, self.facts)
        return self._values[key]

    def median(self, quantity: Quantity, sex: str) -> Array:
        """Return the median (year, area) of a quantity that is projected."""
        key, values = quantity_key(quantity, sex), self.values(quantity, sex)
        if key not in self._medians:
            assert values is not None
            self._medians[key] = sorted_quantiles(values, (0.5,))[..., 0]
        return self._medians[key]


def sorted_quantiles(values: Array, probabilities: Sequence[float]) -> Array:
    """Return quantiles (..., probability) over the last axis by sorting once; equals ``numpy.quantile``."""
    ordered = np.sort(values, axis=-1)
    position = np.asarray(probabilities) * (ordered.shape[-1] - 1)
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    result = ordered[..., below] + (ordered[..., above] - ordered[..., below]) * (position - below)
    result[np.isnan(ordered[..., -1])] = np.nan
    return np.asarray(result)


def draw_factor(factor: Factor, draws: int, rng: np.random.Generator) -> Array:
    """Return an assumed factor (draw,): even below and above its value, half of the draws on each side."""
    position = rng.uniform(-1.0, 1.0, draws)
    side = np.where(position < 0, factor.value - factor.low, factor.high - factor.value)
    return np.asarray(factor.value + position * side)


def _with_city(values: Array, facts: Facts) -> Array:
    """Return (year, area, draw) from (year, draw, district): the sum over districts behind them, or the city alone."""
    whole = facts.districts.empty
    both = values if whole else np.concatenate([values, values.sum(axis=2, keepdims=True)], axis=2)
    return np.ascontiguousarray(both.transpose(0, 2, 1))


def _of_sex(values: Array, sex: str) -> Array:
    """Return one sex, or the sum of both; the sex is the fourth dimension."""
    return values.sum(axis=3) if sex == "t" else values[:, :, :, SEXES.index(sex)]


def _of_ages(values: Array, quantity: Quantity, futures: Futures) -> Array:
    """Return the sum over the bands of an age range; bands are the last dimension."""
    first, last = quantity.ages or (0, None)
    begin = futures.edges.index(first)
    end = None if last is None else futures.edges.index(last + 1)
    return np.asarray(values[..., begin:end].sum(axis=-1))


def _persons(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    return _with_city(_of_sex(_of_ages(futures.persons, quantity, futures), sex), facts)


def _age_years(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    return _with_city(_of_sex(futures.age_years, sex), facts)


def _need(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array | None:
    if quantity.setting is None:
        return _with_city(_of_sex(_of_ages(futures.need, quantity, futures), sex), facts)
    if sex != "t":
        return None
    return _with_city(futures.by_setting[..., futures.settings.index(quantity.setting)], facts)


def _supply(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array | None:
    """Return the last counted supply of the city, unchanged in all years."""
    table = facts.tables["supply"]
    rows = table[(table["measure"] == quantity.measure) & (table["year"] <= facts.known_until)].sort_values("year")
    if rows.empty:
        return None
    years, draws, _ = futures.gap.shape
    values = np.full((years, len(facts.districts) + 1, draws), np.nan)
    values[:, -1] = float(rows["value"].iloc[-1])
    return values


def _places(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    return _with_city(np.broadcast_to(futures.places, futures.gap.shape), facts)


def _missing(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    return _with_city(futures.gap, facts)


def _travelled(rate: Array, quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    """Return people times a rate (draw, district) or (year, draw, district) of theirs; nobody times unknown is 0.

    Ways have fewer draws than people: they are independent of how many people there will be, and are used again.
    """
    people = _people(quantity, sex, futures)
    again = np.arange(people.shape[1]) % rate.shape[-2]
    return _with_city(np.where(people > 0, people * rate[..., again, :], 0.0), facts)


def _people(quantity: Quantity, sex: str, futures: Futures) -> Array:
    """Return persons (year, draw, district) of the quantity's ages."""
    return _of_sex(_of_ages(futures.persons, quantity, futures), sex)


def _near(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    rate = futures.ways.near(str(quantity.site), minutes=quantity.within, metres=quantity.metres)
    return _travelled(rate, quantity, sex, futures, facts)


def _walk(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    return _travelled(futures.ways.minutes(str(quantity.site)), quantity, sex, futures, facts)


def _reach(quantity: Quantity, sex: str, futures: Futures, facts: Facts) -> Array:
    rate = futures.ways.per_head(str(quantity.site), _people(quantity, sex, futures))
    return _travelled(rate, quantity, sex, futures, facts)


_READERS: dict[str, Callable[[Quantity, str, Futures, Facts], Array | None]] = {
    "persons": _persons,
    "age_years": _age_years,
    "need": _need,
    "supply": _supply,
    "places": _places,
    "missing_places": _missing,
    "near_site": _near,
    "walk_minutes": _walk,
    "reach_places": _reach,
}

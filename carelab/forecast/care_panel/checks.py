"""Does a care panel hold counted persons? What is refused, and what is only doubted, in one sentence each.

All take a table of people in need: rows areas, columns surveys, NaN = not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab.forecast.arrays import Array, Years
from carelab.terms import UserError

SMALLEST_SURE = 20.0
"""Where the middle count of an area is at least so high, chance makes no zero (once in 500 million): not counted."""
LARGEST_RATE = 10.0
"""Fractions whose middle is below this are rates per 100: no panel of counted persons looks so."""
DOUBTFUL_RATE = 100.0
OTHER_UNITS = 10.0
"""No law multiplied the people counted in the middle area by so much from one survey to the next."""
FEWEST_OTHERS = 4
ABOUT_ALL = 0.9
LARGEST_SHARE = 0.5
"""No whole panel has more people in need than this share of its inhabitants."""
JUMP = 2.0
SMALLEST_JUMPING = 100.0
"""Chance in counting alone doubles or halves so many people less than once in a million steps."""


def refuse_senseless(wide: pd.DataFrame) -> None:
    """Raise UserError for rates, for neighbouring surveys without a common area, and for surveys in other units."""
    _refuse_rates(wide)
    _refuse_strangers(wide)
    _refuse_other_units(wide)


def doubts(wide: pd.DataFrame) -> list[tuple[str, str]]:
    """Return remarks (de, en) on what looks like rates, like a total, like areas under a new name, and on jumps."""
    return [*_fractions(wide), *_like_a_total(wide), *_renamed(wide), *_jumps(wide)]


def _refuse_rates(wide: pd.DataFrame) -> None:
    """Raise UserError for shares or rates (middle below 1, or below 10 and mostly fractions)."""
    middle, fractions = _middle(wide)
    if middle < 1 or (middle < LARGEST_RATE and fractions):
        de = f"{middle:.3g}".replace(".", ",")
        raise UserError(
            f"people_in_need ist im Mittel {de}: Das sind Quoten; erwartet werden gezählte Personen.",
            f"people_in_need is {middle:.3g} in the middle: these are rates; expected are counted persons.",
        )


def _fractions(wide: pd.DataFrame) -> list[tuple[str, str]]:
    """Return a remark where most counts are small fractions: they may be rates per 1,000."""
    middle, fractions = _middle(wide)
    if not fractions or middle >= DOUBTFUL_RATE:
        return []
    de = f"{middle:.3g}".replace(".", ",")
    return [
        (
            f"people_in_need ist meist keine ganze Zahl (im Mittel {de}): Sind es Quoten? Gerechnet ist mit Personen.",
            f"people_in_need is mostly no whole number ({middle:.3g} in the middle): are these rates? They are taken "
            "for persons.",
        )
    ]


def refuse_few_people(years: Years, counts: Array, persons: Mapping[int, Array]) -> None:
    """Raise UserError where more people are in need than half the inhabitants: one of the two is in other units.

    ``counts`` (area, year), ``persons`` year -> (area, sex, age); compared over the areas that are known in both.
    """
    for at, year in enumerate(map(int, years)):
        if year not in persons:
            continue
        people = persons[year].sum(axis=(1, 2))
        known = np.isfinite(people) & np.isfinite(counts[:, at])
        need, there = float(counts[known, at].sum()), float(people[known].sum())
        if need > LARGEST_SHARE * there:
            raise UserError(
                f"{year} stehen in denselben Gebieten {need:.0f} Pflegebedürftige {there:.0f} Einwohnern gegenüber; "
                "erwartet: beide als Personen, nicht als Tausend.",
                f"In {year} the same areas have {need:.0f} people in need and {there:.0f} inhabitants; expected: both "
                "as persons, not as thousands.",
            )


def jumping(pair: Array) -> npt.NDArray[np.bool_]:
    """Say which areas (area,) change by more than the factor JUMP beside the middle one, from counts (area, 2).

    Areas below SMALLEST_JUMPING may do so by chance and never count as jumping.
    """
    sure = (np.nan_to_num(pair) >= SMALLEST_JUMPING).all(axis=1)
    factor = np.ones(len(pair))
    np.divide(pair[:, 1], pair[:, 0], out=factor, where=sure)
    factor = factor / (np.median(factor[sure]) if sure.any() else 1.0)
    return np.asarray(sure & ((factor > JUMP) | (factor < 1 / JUMP)))


def _middle(wide: pd.DataFrame) -> tuple[float, bool]:
    """Return the middle count above 0, and whether most counts are no whole numbers."""
    counts = wide.to_numpy(float)
    known = counts[counts > 0]
    return float(np.median(known)), bool((known % 1 != 0).mean() > 1 / 2)


def _like_a_total(wide: pd.DataFrame) -> list[tuple[str, str]]:
    """Return a remark where one area counts about as many as all others together, or more, at every survey."""
    if len(wide) <= FEWEST_OTHERS:
        return []
    counts = wide.fillna(0.0).to_numpy(float)
    largest = int(np.argmax(counts.sum(axis=1)))
    if not (counts[largest] >= ABOUT_ALL * (counts.sum(axis=0) - counts[largest])).all():
        return []
    name = wide.index[largest]
    return [
        (
            f"{name} zählt etwa so viele wie alle anderen Gebiete zusammen: Ist es deren Summe, bitte als parent "
            "nennen oder weglassen.",
            f"{name} counts about as many as all other areas together: if it is their sum, please name it as parent or "
            "leave it out.",
        )
    ]


def _renamed(wide: pd.DataFrame) -> list[tuple[str, str]]:
    """Return a remark on each survey from which some areas are gone for good while others begin."""
    known = wide.notna().to_numpy()
    first, last = known.argmax(axis=1), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    notes = []
    for at, year in enumerate(wide.columns[1:], start=1):
        gone, new = wide.index[last == at - 1], wide.index[first == at]
        if len(gone) and len(new):
            notes.append(
                (
                    f"Vor {year} enden {len(gone)} Gebiete (etwa {gone[0]}) und beginnen {len(new)} (etwa {new[0]}): "
                    "Sind es dieselben unter neuem Schlüssel, bitte gleich schreiben; sie gelten als verschieden.",
                    f"Before {year} {len(gone)} areas end ({gone[0]}, for example) and {len(new)} begin ({new[0]}, for "
                    "example): if they are the same under new keys, please write these alike; they are taken for "
                    "different ones.",
                )
            )
    return notes


def _refuse_other_units(wide: pd.DataFrame) -> None:
    """Raise UserError where the middle area counts OTHER_UNITS times as many, or as few, as one survey before."""
    for first, second in pairwise(wide.columns):
        pair = wide[[first, second]]
        pair = pair[(pair >= 1).all(axis=1)]
        factor = float((pair[second] / pair[first]).median()) if len(pair) else 1.0
        if not 1 / OTHER_UNITS < factor < OTHER_UNITS:
            more, few = (second, first) if factor > 1 else (first, second)
            times = round(max(factor, 1 / factor))
            raise UserError(
                f"people_in_need ist {more} im mittleren Gebiet {times}-mal so hoch wie {few}; erwartet: an jedem "
                "Stichtag gezählte Personen.",
                f"people_in_need in {more} is {times} times that of {few} in the middle area; expected: counted "
                "persons at every survey.",
            )


def _jumps(wide: pd.DataFrame) -> list[tuple[str, str]]:
    """Return a remark on areas that change by more than the factor JUMP beside the middle area's change."""
    found = []
    for first, second in pairwise(wide.columns):
        jumped = jumping(wide[[first, second]].to_numpy(float))
        found += [(area, first, second) for area in wide.index[jumped]]
    if not found:
        return []
    area, first, second = found[0]
    de, en = f"{area}, {first} bis {second}", f"{area}, {first} to {second}"
    return [
        (
            f"Sprünge auf mehr als das Doppelte oder weniger als die Hälfte (Kennzeichen jump): {len(found)}, etwa "
            f"{de}. Wo sich das Gebiet änderte, area_changed auf ja setzen; wo sich jemand vertippte, die Zahl leeren.",
            f"Jumps to more than double or less than half (flag jump): {len(found)}, for example {en}. Where the area "
            "changed, set area_changed to yes; where somebody mistyped, empty the cell.",
        )
    ]


def _refuse_strangers(wide: pd.DataFrame) -> None:
    """Raise UserError where two neighbouring surveys have no area in common: no growth can be seen between them."""
    known = wide.notna().to_numpy()
    apart = np.flatnonzero(~(known[:, 1:] & known[:, :-1]).any(axis=0))
    if apart.size:
        first, second = wide.columns[apart[0]], wide.columns[apart[0] + 1]
        raise UserError(
            f"{first} und {second} haben kein gezähltes Gebiet gemeinsam; ein Zuwachs ist so nicht zu sehen.",
            f"{first} and {second} have no counted area in common; no growth can be seen between them.",
        )

"""Where a user's panel must not be taken at its word: cut ages, zeros where nobody counted, an area that is the sum."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.backtest.result import Sentence
from carelab.forecast.small_area.ages import Flags
from carelab.forecast.small_area.projector import PanelArrays
from carelab.forecast.small_area.totals import LARGE
from carelab.terms import UserError

SHOWN: Final = 5
"""Areas or years named in one remark; more of them are counted."""
FEW: Final = 0.10
"""Up to this share of counts may be left out for coarser ages (an assumption); from there on all are joined."""
OLDEST: Final = 90
"""Oldest age at which a band begins that is scored: ages beyond may end where they like."""
LONGEST_GAP: Final = 20
"""Years between two counts beyond which the earlier one is left out (an assumption; censuses come every ten years)."""
MANY: Final = 100
"""Persons of a single year of age, all areas together, beside whom a group is not empty."""
NEAR, MOST = 0.15, 500
"""Share of persons in other cells up to which two counts a step apart are of one area, and how many are compared."""
SPIKE, ALIKE = 3.0, 0.30
"""A count so many times the counts before and after it, which differ by less than ALIKE, is a slip (an assumption)."""
SAME: Final = 0.001
"""Share by which the sum of all areas may miss a total, as single cells are hidden or rounded."""


def without_odd_ages(table: pd.DataFrame, notes: list[Sentence]) -> pd.DataFrame:
    """Return the rows (area, year, sex, age_from, age_to, ...) without counts whose ages do not fit the others'.

    Left out, which makes their year unknown: counts that end below an age at which others go on, and those that lack a
    bound nearly all others have, if there are few of them. Raises UserError where no count goes up to the oldest.
    """
    unit = table.groupby(["area", "year", "sex"], observed=True, sort=False).ngroup().to_numpy()
    start, end = table["age_from"].to_numpy(), table["age_to"].to_numpy(float)
    top = np.zeros(unit.max() + 1)
    np.maximum.at(top, unit, np.where(np.isnan(end), np.inf, end))
    if top.max() < OLDEST:
        raise UserError(
            f"Die älteste Altersgruppe endet mit {top.max():.0f} Jahren; erwartet: alle Alter, die letzte Gruppe nach "
            "oben offen (age_to leer).",
            f"The oldest age group ends at {top.max():.0f}; expected: all ages, the last group open (age_to empty).",
        )
    cut = top < min(start.max(), OLDEST)
    whole = ~cut[unit]
    bounds, counts = np.unique(start[whole & (start <= OLDEST)], return_counts=True)
    usual = bounds[counts >= (1 - FEW) * (~cut).sum()]
    lacking = ~cut & (np.bincount(unit, weights=np.isin(start, usual), minlength=len(top)) < len(usual))
    rows: Flags = (cut | lacking)[unit] if lacking.sum() <= FEW * (~cut).sum() else cut[unit]
    if not rows.any():
        return table
    years = table[rows].astype({"area": str}).groupby("area")["year"].agg(["min", "max"])
    names = [f"{a} ({low})" if low == high else f"{a} ({low}-{high})" for a, low, high in years.itertuples()]
    notes.append(
        (
            f"Andere Altersgruppen als sonst, diese Jahre zählen nicht: {list_of(names)}.",
            f"Age groups unlike the others', these years do not count: {list_of(names)}.",
        )
    )
    return table[~rows]


def blank_errors(panel: PanelArrays, notes: list[Sentence]) -> None:
    """Make unknown, in place, counts nobody made: an area empty or SPIKE times as large for a while, an empty group.

    Raises UserError where a group is empty in all years beside a peopled one.
    """
    totals = np.asarray(panel.persons.sum(axis=(2, 3)))
    wrong, hollow = _empty(totals) | _spikes(totals), _hollow_years(panel)
    if wrong.any():
        names = list_of([panel.areas[i] for i in np.flatnonzero(wrong.any(axis=0))])
        years = list_of([str(year) for year in panel.years[wrong.any(axis=1)]])
        notes.append(
            (
                f"Zählungen, die für einzelne Jahre null oder ein Vielfaches sind, gelten als unbekannt: {names} "
                f"(Jahr {years}).",
                f"Counts that are zero or a multiple for single years are taken as unknown: {names} (year {years}).",
            )
        )
    if hollow.any():
        years = list_of([str(year) for year in panel.years[hollow]])
        notes.append(
            (
                f"Eine Altersgruppe ist in allen Gebieten leer, diese Jahre zählen nicht: {years}.",
                f"An age group is empty in all areas, these years do not count: {years}.",
            )
        )
    panel.persons[wrong | hollow[:, None]] = np.nan


def _empty(totals: Array) -> Flags:
    """Return which counts (t, a) are zero between peopled ones, or in a year in which all areas are."""
    peopled = np.nan_to_num(totals) >= LARGE
    before, after = (np.logical_or.accumulate(each) for each in (peopled, peopled[::-1]))
    nobody = np.nansum(totals, axis=1, keepdims=True) == 0
    return np.asarray((totals == 0) & ((before & after[::-1]) | (nobody & peopled.any())))


def _spikes(totals: Array) -> Flags:
    """Return which counts (t, a) are SPIKE times both their neighbours, or their SPIKE-th part, which are alike."""
    result = np.zeros(totals.shape, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        left, right = np.log(totals[1:-1] / totals[:-2]), np.log(totals[1:-1] / totals[2:])
        alike = np.abs(left - right) < np.log1p(ALIKE)
    large = (totals[:-2] >= LARGE) & (totals[2:] >= LARGE)
    far = np.minimum(np.abs(left), np.abs(right)) > np.log(SPIKE)
    result[1:-1] = large & alike & far & np.isfinite(left + right)
    return result


def _hollow_years(panel: PanelArrays) -> Flags:
    """Return in which years (t,) a group has nobody in any area although one beside it is well peopled."""
    known = np.isfinite(panel.persons).any(axis=(1, 2, 3))
    sums = np.nansum(panel.persons, axis=(1, 2))
    density = sums / np.append(np.diff(panel.start), 5.0)
    beside = np.maximum(*(np.pad(density, ((0, 0), each))[:, cut] for each, cut in _SIDES))
    hollow = (sums == 0) & (beside >= MANY) & (sums.sum(axis=1, keepdims=True) > 0)
    always = hollow[known].all(axis=0)
    if always.any():
        age = int(panel.start[np.argmax(always)])
        raise UserError(
            f"Die Altersgruppe ab {age} Jahren ist in allen Jahren und Gebieten 0; erwartet: gezählte Personen.",
            f"The age group from {age} is 0 in all years and areas; expected: counted persons.",
        )
    return np.asarray(hollow.any(axis=1))


_SIDES: Final = (((1, 0), slice(None, -1)), ((0, 1), slice(1, None)))
"""How to shift groups by one to either side: what is put before and behind, and which groups are kept."""


def without_lone_years(table: pd.DataFrame, notes: list[Sentence]) -> pd.DataFrame:
    """Return the rows since the last gap of more than LONGEST_GAP years: ratios over longer ones tell nothing."""
    years = np.sort(table["year"].unique())
    gaps = np.flatnonzero(np.diff(years) > LONGEST_GAP)
    if not gaps.size:
        return table
    first, left = int(years[gaps[-1] + 1]), list_of([str(year) for year in years[: gaps[-1] + 1]])
    notes.append(
        (
            f"Ausgelassen, weil dann mehr als {LONGEST_GAP} Jahre nicht gezählt wurde: {left}; benutzt ab {first}.",
            f"Left out, as nothing was counted for more than {LONGEST_GAP} years after: {left}; used from {first}.",
        )
    )
    return table[table["year"] >= first]


def without_sum(panel: PanelArrays, notes: list[Sentence]) -> PanelArrays:
    """Return the panel without an area that is the sum of all others in every year: a city among its districts."""
    totals = np.asarray(panel.persons.sum(axis=(2, 3)))
    known = np.isfinite(totals).all(axis=1)
    if len(panel.areas) < 3 or known.sum() < 3:
        return panel
    largest = int(np.argmax(totals[known].sum(axis=0)))
    twice = 2 * totals[known][:, largest]
    if (np.abs(totals[known].sum(axis=1) - twice) > SAME * twice).any():
        return panel
    name = panel.areas[largest]
    notes.append(
        (
            f"„{name}“ ist die Summe der übrigen Gebiete und wird ausgelassen.",
            f'"{name}" is the sum of the other areas and is left out.',
        )
    )
    kept: Index = np.delete(np.arange(len(panel.areas)), largest)
    areas = tuple(panel.areas[i] for i in kept)
    persons: Array = panel.persons[:, kept]
    return PanelArrays(areas, panel.years, panel.sexes, panel.start, persons)


def renamed_areas(panel: PanelArrays) -> list[tuple[str, str, int]]:
    """Return (old key, new key, its first year) where an area's counts go on, age by age, under another key."""
    known = np.asarray(np.isfinite(panel.persons).all(axis=(2, 3)))
    counted = [int(t) for t in np.flatnonzero(known.any(axis=1))]
    pairs = []
    for before, after in pairwise(counted):
        ended = np.flatnonzero(known[before] & ~known[after:].any(axis=0))[:MOST]
        begun = np.flatnonzero(known[after] & ~known[: before + 1].any(axis=0))[:MOST]
        if not (ended.size and begun.size):
            continue
        old, new = (panel.persons[t, each].reshape(len(each), -1) for t, each in ((before, ended), (after, begun)))
        apart = np.stack([np.abs(new - each).sum(axis=1) / max(each.sum(), 1.0) for each in old])
        nearest = apart.argmin(axis=1)
        alike = (apart.min(axis=1) < NEAR) & (apart.argmin(axis=0)[nearest] == np.arange(len(ended)))
        year = int(panel.years[after])
        pairs += [
            (panel.areas[a], panel.areas[b], year) for a, b in zip(ended[alike], begun[nearest][alike], strict=True)
        ]
    return pairs


def list_of(names: Sequence[str]) -> str:
    """Return the first few names and how many there are."""
    shown = ", ".join(map(str, names[:SHOWN]))
    return shown if len(names) <= SHOWN else f"{shown} … ({len(names)})"

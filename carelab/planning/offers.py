"""Offers close to home: what there is by district and quarter, whom it reaches, and how that differs from before.

A quarter is a text (2026-Q1). Persons who come to several offers are counted in each: reach is a ratio per 100 people
in need at home, not a share of them; the largest single offer says how many different persons it was at least.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carelab.terms_lumina import LEAST_TOLD

Array = NDArray[np.float64]
LONGEST = 4
"""Before and after are at most the four latest quarters of each: a year."""


def quarter_number(quarter: str) -> int:
    """Return quarters since the year 0, so that neighbours differ by one."""
    return 4 * int(quarter[:4]) + int(quarter[-1]) - 1


def quarter_name(count: int) -> str:
    """Return the quarter of ``quarter_number``."""
    return f"{count // 4}-Q{count % 4 + 1}"


def by_quarter(offers: pd.DataFrame) -> pd.DataFrame:
    """Return one row per offer and quarter (column quarter) from rows with first_quarter and last_quarter."""
    spans = [
        [quarter_name(count) for count in range(quarter_number(first), quarter_number(last) + 1)]
        for first, last in zip(offers["first_quarter"], offers["last_quarter"], strict=True)
    ]
    rows = offers.assign(quarter=pd.Series(spans, index=offers.index, dtype=object)).explode("quarter")
    return rows.sort_values(["quarter", "district", "type", "offer"], kind="stable", ignore_index=True)


def inventory(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is told by quarter, district and type: offers, places, hours, accessible, those reached.

    Sums are over what was told; ``places_untold``, ``counts_untold`` and ``accessible_untold`` say of how many offers
    nothing was told, ``counts_hidden`` how many reached 1 to 4. ``rows`` of ``by_quarter``.
    """
    told = rows["reached"].notna()
    table = rows.assign(
        offers=1,
        places_offered=rows["places"],
        places_untold=rows["places"].isna().astype(int),
        persons_reached=rows["reached"].where(rows["counted"] == "persons"),
        attendances=rows["reached"].where(rows["counted"] == "visits"),
        counts_hidden=rows["hidden"].astype(int),
        counts_untold=(~told & ~rows["hidden"].astype(bool)).astype(int),
        accessible=(rows["accessible"] == "ja").astype(int),
        accessible_untold=(rows["accessible"] == "unbekannt").astype(int),
    )
    sums = ("offers", "places_untold", "counts_hidden", "counts_untold", "accessible", "accessible_untold")
    parts = table.groupby(["quarter", "district", "type"], sort=True)
    amounts = parts[["places_offered", "hours_week", "persons_reached", "attendances"]].sum(min_count=1)
    return amounts.join(parts[list(sums)].sum()).reset_index().rename(columns={"type": "offer_type"})


def drawn_persons(rows: pd.DataFrame, draws: int, rng: np.random.Generator) -> Array:
    """Return persons reached (draw, row): as counted; 1 to 4 alike where hidden; NaN where nobody counted persons."""
    persons = rows["reached"].where(rows["counted"] == "persons").to_numpy(float)
    drawn = np.repeat(persons[None], draws, axis=0)
    hidden = (rows["hidden"].astype(bool) & (rows["counted"] == "persons")).to_numpy()
    drawn[:, hidden] = rng.integers(1, LEAST_TOLD, (draws, int(hidden.sum())))
    return drawn


def reached_by_area(
    rows: pd.DataFrame, persons: Array, *, areas: Sequence[str], quarters: Sequence[str], largest: bool = False
) -> Array:
    """Return persons reached (draw, area, quarter): the sum over offers, or the largest of them.

    0 where every offer told that it reached nobody; NaN where no offer of the area counted persons in the quarter.
    """
    area = pd.Index(areas).get_indexer(pd.Index(rows["district"]))
    quarter = pd.Index(quarters).get_indexer(pd.Index(rows["quarter"]))
    found = np.full((len(persons), len(areas), len(quarters)), np.nan)
    for at in np.flatnonzero((area >= 0) & (quarter >= 0) & ~np.isnan(persons).any(axis=0)):
        cell = found[:, area[at], quarter[at]]
        join = np.fmax if largest else _plus
        found[:, area[at], quarter[at]] = join(cell, persons[:, at])
    return found


def _plus(total: Array, more: Array) -> Array:
    return np.asarray(np.nan_to_num(total, nan=0.0) + more)


def need_by_quarter(need: Array, years: Sequence[int], quarters: Sequence[str]) -> Array:
    """Return people in need (draw, area, quarter) in the middle of each quarter from year-ends (draw, area, year).

    Straight lines between year-ends; before the first and after the last they stay as there.
    """
    middle = np.array([int(quarter[:4]) - 1 + (int(quarter[-1]) - 0.5) / 4 for quarter in quarters])
    at = np.clip(np.interp(middle, years, np.arange(len(years))), 0, len(years) - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, len(years) - 1)
    return np.asarray(need[..., low] + (need[..., high] - need[..., low]) * (at - low))


def windows(quarters: Sequence[str], start: str) -> tuple[list[int], list[int]]:
    """Return the places of quarters before and from ``start`` on that are compared: the same seasons on both sides.

    Of each season (first to fourth quarter) the latest one before and the latest one after; seasons that one side
    lacks are left out, so that a winter is never compared with a summer.
    """
    sides: list[dict[int, int]] = [{}, {}]
    for place, quarter in sorted(enumerate(quarters), key=lambda pair: pair[1]):
        sides[quarter >= start][quarter_number(quarter) % LONGEST] = place
    common = sorted(sides[0].keys() & sides[1].keys())
    before, after = (sorted(side[season] for season in common) for side in sides)
    return before, after


def usual_swing(reach: Array, before: Sequence[int]) -> Array:
    """Return the largest difference (draw, area) between two quarters before the start: how much it moved anyway."""
    if len(before) < 2:
        return np.full(reach.shape[:-1], np.nan)
    earlier = reach[..., list(before)]
    return np.asarray(earlier.max(axis=-1) - earlier.min(axis=-1))

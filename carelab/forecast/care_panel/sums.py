"""Areas that are sums of others though nobody says so: totals, and regions with whose code those of parts begin.

Left in, they would be counted twice, and would look like areas that are easy to forecast.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array

TOLERANCE = 0.005
"""Sums of rounded counts differ from the published sum by less than this share of it."""
UNEQUAL = 0.02
FEWEST_SURVEYS = 2
FEWEST_PARTS = 2
LONGER = 2
"""A lone part is the same area again (02, 02000) if its code is longer by so much: 1 and 10 are running numbers."""


def unnamed_sums(table: pd.DataFrame) -> list[str]:
    """Return areas that are the sum of others at every survey, from columns area, year, people_in_need (persons).

    Compared are the parts that have no parts themselves: areas whose code begins with the area's; or, for the largest
    of those that are left, all others. Surveys at which the area or one of its parts is unknown say nothing; at least
    FEWEST_SURVEYS must agree within TOLERANCE.
    """
    wide = table.pivot(index="area", columns="year", values="people_in_need")
    wide = wide[wide.notna().any(axis=1)].sort_index(key=lambda codes: codes.astype(str))
    if wide.empty:
        return []
    codes, counts = wide.index.to_numpy(dtype=str), wide.to_numpy(float)
    after = _after_parts(codes)
    whole = after > np.arange(codes.size) + 1
    parts = np.where(whole[:, None], 0.0, counts)
    below = np.concatenate([np.zeros((1, counts.shape[1])), np.nancumsum(parts, axis=0)])
    missing = np.concatenate([np.zeros((1, counts.shape[1])), np.cumsum(np.isnan(parts), axis=0)])
    number = np.concatenate([[0], np.cumsum(~whole)])
    found = np.zeros(codes.size, dtype=bool)
    for at in np.flatnonzero(whole):
        first, last = at + 1, after[at]
        known = missing[last] == missing[first]
        total = np.where(known, below[last] - below[first], np.nan)
        enough = number[last] - number[first] >= FEWEST_PARTS or len(codes[first]) >= len(codes[at]) + LONGER
        found[at] = enough and _agree(counts[at], total)
    found |= _is_total(counts, found)
    return [str(code) for code in codes[found]]


def unequal_sums(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return a remark (de, en) where areas that others name as parent differ by UNEQUAL from the sum of these.

    ``table``: area, parent, year, people_in_need; compared where all parts are known, the largest difference is named.
    """
    keys = ["parent", "year"]
    parts = table[table["parent"] != ""].groupby(keys)["people_in_need"]
    sums = parts.sum(min_count=1).where(parts.count() == parts.size()).rename("parts").reset_index()
    both = table.merge(sums, left_on=["area", "year"], right_on=keys, suffixes=("", "_of"))
    beside = both["parts"] / both["people_in_need"].where(both["people_in_need"] > 0) - 1
    wrong = beside.abs() > UNEQUAL
    if not wrong.any():
        return []
    most = int(np.nanargmax(beside.abs().to_numpy(float)))
    row, percent = both.iloc[most], f"{100 * abs(beside.iloc[most]):.0f}"
    return [
        (
            f"Summen, die nicht mit ihren Teilen übereinstimmen: {int(wrong.sum())} (am weitesten {row['area']} "
            f"{row['year']}, um {percent} %); gerechnet ist mit den Teilen.",
            f"Sums that differ from their parts: {int(wrong.sum())} (most {row['area']} in {row['year']}, by "
            f"{percent}%); the parts are used.",
        )
    ]


def _after_parts(codes: np.ndarray) -> np.ndarray:
    """Return, for each sorted code, the position after the last code that begins with it."""
    after = np.empty(codes.size, dtype=int)
    open_codes: list[int] = []
    for at, code in enumerate(codes):
        while open_codes and not code.startswith(codes[open_codes[-1]]):
            after[open_codes.pop()] = at
        open_codes.append(at)
    after[open_codes] = codes.size
    return after


def _is_total(counts: Array, found: np.ndarray) -> np.ndarray:
    """Say for each area whether it is the largest and the sum of all others that are no sums (``found``) themselves."""
    rest = np.flatnonzero(~found)
    result = np.zeros(found.size, dtype=bool)
    if rest.size <= FEWEST_PARTS:
        return result
    largest = int(rest[np.argmax(np.nan_to_num(counts[rest]).sum(axis=1))])
    result[largest] = _agree(counts[largest], counts[rest[rest != largest]].sum(axis=0))
    return result


def _agree(own: Array, total: Array) -> bool:
    """Say whether two series (year,) agree at all surveys at which both are known, and these are enough."""
    known = np.isfinite(own) & np.isfinite(total) & (own > 0)
    near = np.abs(own[known] - total[known]) <= TOLERANCE * own[known]
    return bool(known.sum() >= FEWEST_SURVEYS and near.all())

"""Carry counts over to new boundaries with a table of shares; nothing is lost and nothing guessed.

The shares are whatever the city gives (people, dwellings or area of the piece); areal interpolation by fixed weights,
e.g. Goodchild and Lam (1980), Areal interpolation: a variant of the traditional spatial problem, Geo-Processing 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from carelab.inputs.formats.reading import Problem, raise_bad

EXACT: Final = 1e-9
"""Totals before and after agree to this share of the total."""
_NAME: Final = "crosswalk"


def apply_crosswalk(
    table: pd.DataFrame, crosswalk: pd.DataFrame, *, keys: Sequence[str], values: Sequence[str]
) -> pd.DataFrame:
    """Return ``keys`` and ``values`` (float64) summed over the new areas; the first key is the area, the others stay.

    ``crosswalk``: from_key, to_key (text), share (0-1, the old area's part in the new one); with from_year, to_year
    it holds for the table's years within them (both included, empty = open), and in other years areas keep their key,
    which must be a new one. A hidden value (NaN) hides every sum it would be part of. Raises DataError naming each area
    without a row, each whose shares do not add up to 1 and each share outside 0-1.
    """
    area, rest = keys[0], list(keys[1:])
    walk = _checked(crosswalk)
    pieces = _pieces(table, walk, area)
    for value in values:
        pieces[value] = pieces[value].astype("float64") * pieces["share"]
    grouped = pieces.assign(**{f"_{value}": pieces[value].isna() for value in values}).groupby(
        ["to_key", *rest], dropna=False
    )
    sums, hidden = grouped[list(values)].sum(), grouped[[f"_{value}" for value in values]].any().to_numpy()
    result = sums.mask(hidden).reset_index().rename(columns={"to_key": area})
    _conserved(table, result, values)
    return result[[*keys, *values]]


def _checked(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the crosswalk with numbers as numbers. Raises DataError if a column or a share is impossible."""
    lost = [column for column in ("from_key", "to_key", "share") if column not in crosswalk]
    raise_bad(_NAME, [Problem(1, column, "", "Spalte fehlt", "column is missing") for column in lost])
    years = {
        column: pd.to_numeric(crosswalk[column]).fillna(bound) if column in crosswalk else bound
        for column, bound in (("from_year", -np.inf), ("to_year", np.inf))
    }
    walk = crosswalk.assign(share=pd.to_numeric(crosswalk["share"], errors="coerce"), **years)
    problems = [
        Problem(row, "share", f"{share}", f"Anteil von „{key}“, erwartet 0 bis 1", f'share of "{key}", expected 0 to 1')
        for row, (key, share) in enumerate(zip(walk["from_key"], walk["share"], strict=True), 2)
        if not 0 <= share <= 1
    ]
    sums = walk.groupby(["from_key", "from_year", "to_year"])["share"].sum()
    problems += [
        Problem(
            0,
            "share",
            f"{total:.6g}",
            f"Anteile von „{key}“ erwartet zusammen 1",
            f'shares of "{key}" expected to be 1',
        )
        for key, total in zip(sums.index.get_level_values(0), sums, strict=True)
        if not abs(total - 1) <= EXACT
    ]
    raise_bad(_NAME, problems)
    walk = walk.merge(sums.rename("whole").reset_index(), on=["from_key", "from_year", "to_year"])
    return walk.assign(share=walk["share"] / walk["whole"])[["from_key", "to_key", "share", "from_year", "to_year"]]


def _pieces(table: pd.DataFrame, walk: pd.DataFrame, area: str) -> pd.DataFrame:
    """Return every row of the table once per new area. Raises DataError if an area has no row (or two) for its year."""
    rows = table.assign(_row=np.arange(len(table)))
    joined = rows.merge(walk, left_on=area, right_on="from_key", how="left")
    if "year" in table:
        valid = joined["year"].between(joined["from_year"], joined["to_year"])
        joined = joined[valid]
    pieces = joined[joined["to_key"].notna()]
    missing = rows[~rows["_row"].isin(pieces["_row"])]
    stay = missing[area].isin(walk["to_key"]) & bool(np.isfinite(walk[["from_year", "to_year"]]).any(axis=None))
    lost = missing.loc[~stay, area]
    twice = pieces.groupby("_row")["share"].sum()
    double = rows.loc[rows["_row"].isin(twice.index[twice > 1 + EXACT]), area]
    raise_bad(
        _NAME,
        [
            *(
                Problem(
                    0,
                    "from_key",
                    str(key),
                    "keine Zeile für dieses Gebiet (und Jahr)",
                    "no row for this area (and year)",
                )
                for key in dict.fromkeys(lost)
            ),
            *(
                Problem(0, "from_key", str(key), "Zeiträume überschneiden sich", "periods overlap")
                for key in dict.fromkeys(double)
            ),
        ],
    )
    kept = missing[stay].assign(to_key=missing.loc[stay, area], share=1.0)
    return pd.concat([pieces, kept], ignore_index=True)


def _conserved(table: pd.DataFrame, result: pd.DataFrame, values: Sequence[str]) -> None:
    """Raise ArithmeticError if a total changed (only where nothing is hidden: a hidden cell hides its neighbours)."""
    for value in values:
        before, after = table[value].astype("float64").sum(), result[value].sum()
        if table[value].notna().all() and abs(after - before) > EXACT * max(1.0, abs(before)):
            raise ArithmeticError(f"crosswalk: {value} was {before!r}, is {after!r}")

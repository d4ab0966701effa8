"""No row is lost: totals that a file prints are compared with their parts, and overlapping ages are sorted out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

from carelab.inputs.formats.reading import Remarks, listed

OPEN = 999.0
"""Upper age of an open group while ages are compared."""
_ROUNDED = (3, 5, 10)


def age_totals(table: pd.DataFrame, remarks: Remarks) -> pd.DataFrame:
    """Compare rows for all ages (``whole``) with the sum of the groups and drop them; alone they stay as 0+."""
    keys = ["district", "year", "sex"]
    whole, parts = table[table["whole"]], table[~table["whole"]]
    sums = _sums(parts, keys)
    paired = whole.merge(sums, on=keys, how="left", suffixes=("", "_sum"))
    compare(paired[paired["parts"].notna()], ("die Altersgruppen", "the age groups"), remarks)
    alone = paired[paired["parts"].isna()]
    return pd.concat([parts, alone[table.columns].assign(age_from=0.0, age_to=np.nan)], ignore_index=True)


def sex_totals(table: pd.DataFrame, remarks: Remarks) -> pd.DataFrame:
    """Compare both sexes together with men and women (and neither, where told), then drop ``d``."""
    keys = ["district", "year", "age_from", "age_to"]
    whole, parts = table[table["sex"] == "t"], table[table["sex"] != "t"]
    sums = _sums(parts, keys)
    pairs = parts[parts["sex"].isin(["m", "w"])].groupby(keys, dropna=False, sort=False)
    both = pairs["sex"].nunique().rename("both").reset_index()
    paired = whole.merge(sums, on=keys, how="left", suffixes=("", "_sum")).merge(both, on=keys, how="left")
    compare(paired[paired["both"] == 2], ("m und w", "m and w"), remarks)
    neither = parts[parts["sex"] == "d"]
    if len(neither):
        told = _told(neither["persons"].sum())
        remarks.note(
            f"{told} Personen ohne Angabe m oder w stecken nur in „insgesamt“.",
            f"{told} people neither m nor w are in the total only.",
        )
        if not set(neither["district"]) <= set(whole["district"]) and neither["persons"].sum() > 0:
            words = (
                "Personen ohne m oder w brauchen eine Spalte insgesamt",
                "people neither m nor w need a column for the total",
            )
            remarks.bad(int(neither["source_row"].iloc[0]), "Geschlecht", "d", words)
    return table[table["sex"] != "d"]


def area_totals(table: pd.DataFrame, city: pd.DataFrame, remarks: Remarks) -> None:
    """Compare the rows of the whole city with the sum over districts and people without district."""
    keys = ["year", "sex", "age_from", "age_to"]
    paired = city.merge(_sums(table, keys), on=keys, how="left", suffixes=("", "_sum"))
    missing = paired["parts"].isna()
    compare(paired[~missing], ("die Stadtteile", "the districts"), remarks)
    if missing.any():
        rows = listed(sorted(set(paired.loc[missing, "source_row"].astype(int))))
        remarks.note(
            f"Summe der Stadt in Zeile {rows} ohne vergleichbare Stadtteile, nicht geprüft.",
            f"The city's total in row {rows} has no comparable districts, not checked.",
        )


def _sums(parts: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return keys, sum of what is told, number of parts and how many of them are hidden."""
    grouped = parts.groupby(keys, dropna=False, sort=False)
    sums = grouped.agg(persons=("persons", "sum"), parts=("source_row", "size"), hidden=("suppressed", "sum"))
    return sums.reset_index().rename(columns={"persons": "persons_sum"})


def compare(paired: pd.DataFrame, parts: tuple[str, str], remarks: Remarks) -> None:
    """Name every total that differs from its parts; hidden parts and rounded tables may fall short, and are noted."""
    told = paired[paired["persons"].notna()]
    gap = told["persons"] - told["persons_sum"]
    hidden = told["hidden"] > 0
    rounded = _base(paired)
    tolerance = np.where(rounded > 0, rounded / 2 * (told["parts"] + 1), 0.0)
    wrong = (~hidden & (gap.abs() > tolerance)) | (hidden & (gap < -tolerance))
    for row, total, found in told.loc[wrong, ["source_row", "persons", "persons_sum"]].itertuples(index=False):
        words = (
            f"{parts[0]} ergeben {_told(found)}; erwartet dieselbe Summe (fehlt eine Zeile, steht eine doppelt?)",
            f"{parts[1]} add up to {_told(found)}; expected the same sum (a row missing or twice?)",
        )
        remarks.bad(int(row), "Summe", _told(total), words)
    good = len(told) - int(wrong.sum())
    if good:
        remarks.note(
            f"{good} Summen der Datei geprüft: {parts[0]} passen dazu.",
            f"{good} totals of the file checked: {parts[1]} fit.",
        )
    if (hidden & ~wrong).any():
        short = _told(gap[hidden & ~wrong].sum())
        remarks.note(
            f"Geheim gehaltene Zellen: {parts[0]} zeigen {short} Personen weniger als die Summen.",
            f"Hidden cells: {parts[1]} show {short} people fewer than the totals.",
        )
    if rounded and (gap[~hidden & ~wrong] != 0).any():
        remarks.note(
            f"Die Datei ist auf Vielfache von {rounded} gerundet; Summen passen nur ungefähr.",
            f"The file is rounded to multiples of {rounded}; totals fit approximately.",
        )


def _base(paired: pd.DataFrame) -> int:
    """Return the number that every told total and sum is a multiple of (3, 5 or 10 for rounded tables), else 0."""
    values = pd.concat([paired["persons"], paired["persons_sum"]]).dropna()
    values = values[values > 0]
    return max((base for base in _ROUNDED if len(values) > 10 and (values % base == 0).all()), default=0)


def without_nested(table: pd.DataFrame, remarks: Remarks) -> pd.DataFrame:
    """Drop age groups that are sums of finer ones ("65 und älter" beside 65-74 and 75+) after checking them."""
    keys = ["district", "year", "sex"]
    drop: list[int] = []
    for _, rows in table.groupby(keys, dropna=False, sort=False):
        ages = tuple(zip(rows["age_from"], rows["age_to"].fillna(OPEN), strict=True))
        sums, stuck = _nested(ages)
        drop += [int(rows.index[place]) for place in sums]
        for place, parts in sums.items():
            _check_nested(rows, place, parts, remarks)
        for place in stuck:
            words = (
                "Altersgruppe überschneidet sich mit einer anderen; erwartet Gruppen, die sich nicht überschneiden",
                "age group overlaps another one; expected groups that do not overlap",
            )
            remarks.bad(int(rows["source_row"].iloc[place]), "Alter", _band(*ages[place]), words)
    if drop:
        dropped = table.loc[drop].sort_values("age_from", kind="stable")
        shown = listed(dict.fromkeys(map(_band, dropped["age_from"], dropped["age_to"])))
        remarks.note(
            f"Altersgruppen {shown} sind Summen feinerer Gruppen.", f"Age groups {shown} are sums of finer ones."
        )
    return table.drop(index=drop)


@lru_cache(maxsize=256)
def _nested(ages: tuple[tuple[float, float], ...]) -> tuple[dict[int, tuple[int, ...]], tuple[int, ...]]:
    """Return groups made of others (place -> places of its parts) and groups that overlap without that."""
    order = sorted(range(len(ages)), key=lambda i: (ages[i][1] - ages[i][0], ages[i]))
    kept: list[int] = []
    sums: dict[int, tuple[int, ...]] = {}
    stuck: list[int] = []
    for place in order:
        first, last = ages[place]
        inside = sorted((i for i in kept if ages[i][0] <= last and first <= ages[i][1]), key=lambda i: ages[i])
        if not inside:
            kept.append(place)
            continue
        ends = [first - 1, *(ages[i][1] for i in inside)]
        joined = all(ages[i][0] == end + 1 for i, end in zip(inside, ends, strict=False)) and ends[-1] == last
        if joined and len(inside) > 1:
            sums[place] = tuple(inside)
        else:
            stuck.append(place)
    return sums, tuple(stuck)


def _check_nested(rows: pd.DataFrame, place: int, parts: Iterable[int], remarks: Remarks) -> None:
    """Compare one age group with the sum of its parts."""
    inside = rows.iloc[list(parts)]
    total = rows.iloc[place]
    gap = total["persons"] - inside["persons"].sum()
    if (
        total["suppressed"]
        or (not inside["suppressed"].any() and gap == 0)
        or (inside["suppressed"].any() and gap >= 0)
    ):
        return
    words = (
        f"die feineren Altersgruppen ergeben {_told(inside['persons'].sum())}; erwartet dieselbe Summe",
        f"the finer age groups add up to {_told(inside['persons'].sum())}; expected the same sum",
    )
    remarks.bad(int(total["source_row"]), _band(total["age_from"], total["age_to"]), _told(total["persons"]), words)


def _band(first: float, last: float) -> str:
    """Return an age group as people write it."""
    return f"{first:.0f}+" if last in (OPEN,) or last != last else f"{first:.0f}-{last:.0f}"


def _told(value: float) -> str:
    """Return a count without decimals."""
    return f"{value:.0f}"

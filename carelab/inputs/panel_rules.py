"""What must hold in a user's panel beyond single cells: keys, age groups, counts; one sentence per mistake."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from carelab.inputs.errors import DataError, Problem, raise_problems

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(\.\d{3})+")
FEWEST = 2.0
"""Persons in the largest area below which figures are shares."""
FIRST_LINE = 2
"""Line of the first row in the file."""


def check_keys(frame: pd.DataFrame, key: Sequence[str], name: str) -> None:
    """Raise DataError for rows whose key (and, for ages, upper age) is there twice."""
    full = [*key, "age_to"] if "age_to" in frame else list(key)
    again = np.flatnonzero(frame.duplicated(full).to_numpy())
    if not again.size:
        return
    row = frame.iloc[int(again[0])]
    shown = ", ".join(f"{each}={_shown(row[each])}" for each in full)
    more = (f" ({again.size} Zeilen doppelt)", f" ({again.size} rows are doubled)") if again.size > 1 else ("", "")
    raise DataError(
        f"{name}, Zeile {again[0] + FIRST_LINE}: {shown} steht zweimal{more[0]}; erwartet: jede Angabe einmal.",
        f"{name}, line {again[0] + FIRST_LINE}: {shown} appears twice{more[1]}; expected: every figure once.",
    )


def check_areas(frame: pd.DataFrame, name: str) -> None:
    """Raise DataError where two keys differ by leading zeros only and never share a year: one area, its zeros lost."""
    areas = frame["area"].cat.categories
    bare = pd.Series([str(area).strip().lstrip("0") for area in areas])
    for _, same in bare[bare.duplicated(keep=False)].groupby(bare):
        years = [set(frame.loc[frame["area"] == areas[i], "year"]) for i in same.index[:2]]
        if not years[0] & years[1]:
            one, other = (str(areas[i]) for i in same.index[:2])
            raise DataError(
                f"{name}: „{one}“ und „{other}“ unterscheiden sich nur durch führende Nullen und kommen nie im selben "
                "Jahr vor; erwartet: ein Schlüssel je Gebiet in allen Jahren.",
                f'{name}: "{one}" and "{other}" differ by leading zeros only and never share a year; expected: one key '
                "per area in all years.",
            )


def check_age_groups(frame: pd.DataFrame, name: str) -> None:
    """Raise DataError where the age groups of an area, year and sex overlap, leave a gap or do not begin at 0."""
    keys = ["area", "year", "sex"]
    ordered = frame.assign(line=np.arange(len(frame)) + FIRST_LINE).sort_values([*keys, "age_from"], kind="stable")
    start, end = ordered["age_from"].to_numpy(float), ordered["age_to"].to_numpy(float)
    same = np.r_[False, (ordered[keys].iloc[1:].to_numpy() == ordered[keys].iloc[:-1].to_numpy()).all(axis=1)]
    before = np.r_[np.nan, end[:-1]]
    before_open = np.r_[False, np.isnan(end[:-1])]
    problems = [_group_problem(ordered, int(i), name, "order") for i in np.flatnonzero(end < start)[:1]]
    overlap = same & (before_open | (start <= before))
    problems += [_group_problem(ordered, int(i), name, "overlap") for i in np.flatnonzero(overlap)[:1]]
    gap = same & (start > before + 1)
    problems += [_group_problem(ordered, int(i), name, "gap") for i in np.flatnonzero(gap)[:1]]
    problems += [_group_problem(ordered, int(i), name, "first") for i in np.flatnonzero(~same & (start > 0))[:1]]
    raise_problems(problems)


def _group_problem(ordered: pd.DataFrame, i: int, name: str, kind: str) -> Problem:
    """Say what is wrong with an age group."""
    row = ordered.iloc[i]
    where = ", ".join(str(each) for each in (row["area"], row["year"], row["sex"]) if each != "")
    group = _group(row)
    other = _group(ordered.iloc[i - 1])
    words = {
        "order": (f"Altersgruppe {group} endet vor ihrem Anfang", f"age group {group} ends before it begins"),
        "overlap": (f"Altersgruppen {other} und {group} überschneiden sich", f"age groups {other} and {group} overlap"),
        "gap": (f"zwischen {other} und {group} fehlen Alter", f"ages are missing between {other} and {group}"),
        "first": (f"die erste Altersgruppe ist {group}", f"the first age group is {group}"),
    }[kind]
    expected = ("erwartet: Gruppen ohne Lücken ab Alter 0", "expected: groups without gaps from age 0")
    return Problem(
        name, int(row["line"]), f"{words[0]} ({where}); {expected[0]}", f"{words[1]} ({where}); {expected[1]}"
    )


def check_sexes(frame: pd.DataFrame, name: str) -> None:
    """Raise DataError where a year of totals is not told once for all: as t, or as m and w."""
    for year, sexes in frame.groupby("year")["sex"].agg(lambda each: "".join(sorted(set(each)))).items():
        if sexes not in ("t", "mw"):
            found = ", ".join(sexes)
            raise DataError(
                f"{name}: {year} ist sex {found}; erwartet: t allein oder m und w, damit niemand fehlt oder doppelt "
                "zählt.",
                f"{name}: in {year} sex is {found}; expected: t alone or m and w, so that nobody is missed or counted "
                "twice.",
            )


def check_counts(frame: pd.DataFrame, column: str, name: str) -> None:
    """Raise DataError where nothing is known or everything is zero."""
    known = frame[column].dropna()
    if known.empty:
        raise DataError(
            f"{name}: „{column}“ ist überall leer; erwartet: Zahlen.", f'{name}: "{column}" is empty everywhere.'
        )
    if not (known > 0).any():
        raise DataError(
            f"{name}: „{column}“ ist überall 0; erwartet: gezählte Personen.",
            f'{name}: "{column}" is 0 everywhere; expected: counted persons.',
        )


def check_units(frame: pd.DataFrame, name: str) -> list[tuple[str, str]]:
    """Return remarks where ``persons`` may be other units, or years not be over. Raises DataError for shares."""
    known = frame["persons"].dropna()
    totals = frame.groupby(["area", "year"], observed=True)["persons"].sum()
    totals = totals[totals > 0]
    if totals.max() < FEWEST or (len(totals) > 1 and totals.between(99, 101).all()):
        raise DataError(
            f"{name}: „persons“ ergibt je Gebiet und Jahr {totals.median():.4g}, also Anteile; erwartet: Personen.",
            f'{name}: "persons" adds up to {totals.median():.4g} per area and year: shares; expected: persons.',
        )
    notes = []
    if (known % 1 != 0).mean() > 0.5:
        notes.append(
            (
                f"{name}: „persons“ sind meist keine ganzen Zahlen; Intervalle stimmen nur, wenn es Personen sind, "
                "nicht Tausend oder Prozent.",
                f'{name}: "persons" are mostly not whole numbers; intervals are right only if these are persons, '
                "not thousands or per cent.",
            )
        )
    ahead = sorted(set(frame.loc[frame["year"] > date.today().year, "year"].astype(int)))
    if ahead:
        notes.append(
            (
                f"{name}: künftige Jahre ({ahead[0]} bis {ahead[-1]}) werden bewertet, als wären sie gezählt.",
                f"{name}: future years ({ahead[0]} to {ahead[-1]}) are scored as if they were counted.",
            )
        )
    return notes


def check_points(cells: pd.Series, column: str, name: str) -> list[Problem]:
    """Return a problem where every point stands as a thousands mark does and no number reaches 1000 without one."""
    words = [str(word).strip() for word in cells.cat.categories]
    pointed = [word for word in words if "." in word]
    as_thousands = [_THOUSANDS.fullmatch(word) for word in pointed]
    if not pointed or not all(as_thousands) or any(len(word) > 3 for word in words if word.isdecimal()):
        return []
    row = int(np.argmax(cells.isin([pointed[0]])))
    return [
        Problem(
            name,
            row + FIRST_LINE,
            f"{column} ist „{pointed[0]}“: Bruchteil oder Tausenderpunkt; Tausenderpunkte bitte weglassen",
            f'{column} is "{pointed[0]}": a fraction or a thousands point; please leave thousands points out',
        )
    ]


def _group(row: pd.Series) -> str:
    """Return an age group as people write it."""
    return f"{row['age_from']:.0f}+" if pd.isna(row["age_to"]) else f"{row['age_from']:.0f}-{row['age_to']:.0f}"


def _shown(value: object) -> str:
    """Return a cell as it looked in the file."""
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.0f}"
    return str(value)

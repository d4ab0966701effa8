"""What must hold in what a city says of years to come: totals to be met, and their age groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from carelab.inputs.errors import Problem
from carelab.inputs.tables import Table


def plan_problems(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Find totals of nobody, and years of control.csv with other age groups than its first year.

    Totals of years between are interpolated group by group, so a group must be given in every year.
    """
    control = tables["control"]
    for line in control.frame.index[control.frame["persons"] == 0]:
        de = "persons: gefunden 0, erwartet mindestens eine Person (eine unbekannte Zahl weglassen)"
        yield Problem(
            control.file, int(line), de, "persons: found 0, expected at least one (leave out what is unknown)"
        )
    groups = {int(str(year)): _groups(rows) for year, rows in control.frame.groupby("year")}
    for year, found in groups.items():
        wanted = groups[min(groups)]
        if found != wanted:
            here, there = ", ".join(found), ", ".join(wanted)
            yield Problem(
                control.file,
                0,
                f"Jahr {year}: gefunden die Altersgruppen {here}; erwartet dieselben wie {min(groups)}: {there}",
                f"year {year}: found the age groups {here}; expected the same as in {min(groups)}: {there}",
            )


def _groups(rows: pd.DataFrame) -> list[str]:
    """Return the age groups of one year: "0-64", "65+"."""
    ordered = rows.sort_values("age_from")
    pairs = zip(ordered["age_from"], ordered["age_to"], strict=True)
    return [f"{first:.0f}+" if pd.isna(last) else f"{first:.0f}-{last:.0f}" for first, last in pairs]

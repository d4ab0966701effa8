"""What a year of a logbook adds up to, with small cells hidden (logbook.hide): by district, service or Pflegegrad.

Each table is one-way (groups by first and repeated contacts) and is audited for itself; tables share the city's totals
only, so none of them tells what another one hides. Half-years by district and service (``published_contacts``) are not
shown beside them: in a small city hardly a cell would stay.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.planning.logbook import LEAST, TOTAL, Cells, hide

MONTHS = 12
EFFORT = ("minutes", "kilometres")


def full_years(log: pd.DataFrame) -> list[int]:
    """Return years with contacts in December and in the first half: the logbook was kept to the end of the year."""
    months = pd.Series(log["month"].unique(), dtype=str)
    years = sorted(set(months.str[:4]))
    return [int(year) for year in years if f"{year}-{MONTHS}" in set(months) and (months < f"{year}-07").any()]


def published_year(log: pd.DataFrame, year: int, column: str, *, least: int = LEAST) -> pd.DataFrame:
    """Return first, again, contacts, minutes, kilometres of a year by the groups of a column (index) and TOTAL, last.

    ``log`` columns of log.csv. NaN where hidden; minutes and kilometres are hidden wherever contacts are.
    """
    rows = log[log["month"].str.startswith(str(year))]
    table = rows.pivot_table(index=column, columns="contact", values="contacts", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=["first", "again"], fill_value=0).astype(float)
    table["contacts"] = table.sum(axis=1)
    effort = rows[list(EFFORT)].mul(rows["contacts"], axis=0).groupby(rows[column]).sum().astype(float)
    table.loc[TOTAL], effort.loc[TOTAL] = table.sum(), effort.sum()
    hidden = hide(table.to_numpy(float), parts=[np.array([1.0, 1.0, -1.0])], least=least)
    return table.where(~hidden).join(effort.where(np.repeat(~hidden[:, [2]], len(EFFORT), axis=1)))


def published_counts(log: pd.DataFrame, year: int, column: str, *, first: bool, least: int = LEAST) -> pd.Series:
    """Return contacts of a year (or first ones only) by the groups of a column and TOTAL, last; NaN where hidden."""
    rows = log[log["month"].str.startswith(str(year))]
    rows = rows[rows["contact"] == "first"] if first else rows
    counts = rows.groupby(column)["contacts"].sum().astype(float)
    counts.loc[TOTAL] = counts.sum()
    hidden = hide(np.asarray(counts, dtype=np.float64)[:, None], parts=[], least=least)
    return counts.where(~hidden[:, 0])


def road_share(kilometres: float, minutes: float, speed: Cells) -> Cells:
    """Return the share of working time on the road (draw,): ``speed`` km per hour; minutes are those with people."""
    road = kilometres / speed * 60
    found: Cells = road / (road + minutes)
    return found

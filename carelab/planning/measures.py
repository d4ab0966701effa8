"""Measures and milestones: plan against state on a day, what is late, what the figures did since."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

STATE_COLUMNS: Final = (
    *("milestone", "measure", "measure_name", "field", "goal_year", "goal", "schedule", "state", "first_day", "due"),
    *("days_late", "reached_on", "times_due", "done_times", "responsible", "as_of"),
)


def plan_against_state(milestones: pd.DataFrame, measures: pd.DataFrame, *, at: dt.date) -> pd.DataFrame:
    """Return where every milestone stands on the day ``at``, in the order of what is due (columns: STATE_COLUMNS).

    ``milestones``: milestone, measure, goal_year, goal, schedule, form (none, quarters, from, until, continuous,
    yearly), first, last (quarters: 4 x year + quarter - 1; NaN: not stated), times, status, reached, done_times, as_of.
    Without a schedule a milestone is due at the end of its goal year. ``state``: reached; running (begun and not yet
    due, or continuous and begun); ahead; late (due, and said not to be done); unknown (due, and nobody has told);
    dropped. What recurs is due in equal parts of its year: late where fewer are done than are due by then.
    ``days_late`` counts from the due day to ``at``, or to the day on which it was reached after all.
    """
    told = measures.set_index("measure")
    rows = [_one(row, told, at) for row in _records(milestones)]
    table = pd.DataFrame(rows, columns=list(STATE_COLUMNS))
    return table.sort_values(["due", "milestone"], kind="stable", ignore_index=True)


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _one(row: dict[str, object], measures: pd.DataFrame, at: dt.date) -> dict[str, object]:
    """Return one milestone's state."""
    first, due = days(row)
    times_due = recurring_due(row, at)
    state = _state(row, first, due, at=at, times_due=times_due)
    reached = last_day(str(row["reached"])) if row["reached"] else None
    end = reached or (at if state == "late" else None)
    late = float(max((end - due).days, 0)) if end else np.nan
    measure = measures.loc[str(row["measure"])]
    return {
        **{name: row[name] for name in ("milestone", "measure", "goal_year", "goal", "schedule", "as_of")},
        "measure_name": measure["name"],
        "field": measure["field"],
        "responsible": measure["responsible"],
        "state": state,
        "first_day": first.isoformat(),
        "due": due.isoformat(),
        "days_late": late,
        "reached_on": str(row["reached"]),
        "times_due": float(times_due) if times_due is not None else np.nan,
        "done_times": row["done_times"],
    }


def _state(row: dict[str, object], first: dt.date, due: dt.date, *, at: dt.date, times_due: int | None) -> str:
    """Return reached, running, ahead, late, unknown or dropped."""
    status, over = str(row["status"]), at > due
    if status == "dropped":
        return "dropped"
    if times_due is not None:
        return _recurring(row, over=over, begun=at >= first, times_due=times_due)
    if status == "done":
        return "reached"
    if at < first:
        return "ahead" if status != "started" else "running"
    if status == "unknown":
        return "unknown"
    if row["form"] == "continuous":
        return "running" if status == "started" else "late"
    if over:
        return "late"
    return "running" if status == "started" else "ahead"


def _recurring(row: dict[str, object], *, over: bool, begun: bool, times_due: int) -> str:
    """Return the state of what recurs: the count decides, the status only where there is no count."""
    done = float(str(row["done_times"]))
    if np.isnan(done):
        if row["status"] == "done":
            return "reached"
        return "unknown" if times_due else "running" if begun else "ahead"
    if done < times_due:
        return "late"
    return "reached" if over or done >= float(str(row["times"])) else "running" if begun else "ahead"


def recurring_due(row: dict[str, object], at: dt.date) -> int | None:
    """Return how often something due ``times`` a year is due by a day of its goal year; None if it does not recur."""
    if row["form"] != "yearly":
        return None
    year, times = int(str(row["goal_year"])), int(float(str(row["times"])))
    parts = [quarter_end_of_part(year, part, times) for part in range(1, times + 1)]
    return sum(at > end for end in parts)


def quarter_end_of_part(year: int, part: int, times: int) -> dt.date:
    """Return the last day of the ``part``-th of ``times`` equal parts of a year (whole months, rounded up)."""
    month = -(-12 * part // times)
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def days(row: dict[str, object]) -> tuple[dt.date, dt.date]:
    """Return the first day of a milestone and the day by which it is due."""
    year = int(str(row["goal_year"]))
    first, last = float(str(row["first"])), float(str(row["last"]))
    start = dt.date(year, 1, 1) if np.isnan(first) else dt.date(int(first) // 4, int(first) % 4 * 3 + 1, 1)
    if np.isnan(last):
        return start, dt.date(max(year, start.year), 12, 31)
    month = int(last) % 4 * 3 + 3
    due = dt.date(int(last) // 4, month, calendar.monthrange(int(last) // 4, month)[1])
    return min(start, due), due


def last_day(text: str) -> dt.date:
    """Return the last day that a date (year, year-month or day) may mean."""
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    most = calendar.monthrange(year, month)[1]
    return dt.date(year, month, min(parts[2], most) if len(parts) > 2 else most)


def measure_table(measures: pd.DataFrame, state: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return one row per measure: what was promised, by whom, at what cost, and how many milestones stand where.

    Columns: measure_name, field, district_name (empty: whole city), since, responsible, partners, costs_eur, funding,
    council_decision, participation, milestones_total, reached, running, ahead, late, unknown, dropped, as_of, url.
    """
    counts = state.groupby("measure")["state"].value_counts().unstack(fill_value=0)
    table = measures.rename(columns={"name": "measure_name"})
    table = table.assign(place_district=table["district"].map(names).astype(object).fillna(""))
    table["milestones_total"] = table["measure"].map(state.groupby("measure").size()).fillna(0).astype("int64")
    for name in ("reached", "running", "ahead", "late", "unknown", "dropped"):
        column = counts[name] if name in counts else pd.Series(dtype=float)
        table[name] = table["measure"].map(column).fillna(0).astype("int64")
    columns = [
        *("measure_name", "field", "place_district", "since", "responsible", "partners", "costs_eur", "funding"),
        *("council_decision", "participation", "milestones_total", "reached", "running", "ahead", "late", "unknown"),
        *("dropped", "as_of", "url"),
    ]
    return table[columns].reset_index(drop=True)


def indicators_since(measures: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return what a measure's indicator was when it began and what it is now.

    ``series``: indicator, year, value (the city, counted). First value: the last one counted up to the year in which
    the measure began; last value: the latest. Columns: measure_name, since, indicator, first_year, first_value,
    last_year, last_value, change; NaN where the city has no such figure, or none later than the first.
    """
    rows = []
    for row in measures[measures["indicator"] != ""].to_dict("records"):
        known = series[series["indicator"] == row["indicator"]].dropna(subset=["value"]).sort_values("year")
        since = int(row["since"][:4]) if row["since"] else None
        before = known[known["year"] <= since] if since is not None else known.iloc[:0]
        first, last = before.tail(1), known.tail(1)
        after = len(first) == 1 and last["year"].iloc[0] > first["year"].iloc[0]
        rows.append(
            {
                "measure_name": row["name"],
                "since": row["since"],
                "indicator": row["indicator"],
                "first_year": float(first["year"].iloc[0]) if len(first) else np.nan,
                "first_value": float(first["value"].iloc[0]) if len(first) else np.nan,
                "last_year": float(last["year"].iloc[0]) if len(last) else np.nan,
                "last_value": float(last["value"].iloc[0]) if len(last) else np.nan,
                "change": float(last["value"].iloc[0] - first["value"].iloc[0]) if after else np.nan,
            }
        )
    columns = ["measure_name", "since", "indicator", "first_year", "first_value", "last_year", "last_value", "change"]
    return pd.DataFrame(rows, columns=columns)

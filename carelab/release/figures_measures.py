"""Figures of measures: the timeline of milestones, what is late, what was promised, what the figures did since."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import day, listing
from carelab.terms import COLOURS, Language, label, say

STATES = ("reached", "running", "ahead", "late", "unknown", "dropped")
_MARKS = {
    "reached": ("o", COLOURS["need"], COLOURS["need"]),
    "running": ("o", "#ffffff", COLOURS["need"]),
    "ahead": ("|", COLOURS["neutral"], COLOURS["neutral"]),
    "late": ("D", COLOURS["gap"], COLOURS["gap"]),
    "unknown": ("s", "#ffffff", COLOURS["neutral"]),
    "dropped": ("x", COLOURS["neutral"], COLOURS["neutral"]),
}
_ROW = 0.3
_SHOWN = ["milestone", "measure_name", "goal", "goal_year", "schedule", "due", "state"]


def plan_timeline(state: pd.DataFrame, *, at: dt.date, language: Language) -> Exhibit:
    """Return all milestones on a line of time, grouped by measure, with their state on the day ``at``.

    Columns: milestone, measure_name, field, goal, goal_year, schedule, state, first_day, due, days_late, ...
    """
    columns = [*_SHOWN, "days_late", "reached_on", "times_due", "done_times", "responsible", "as_of"]
    table, words = state[columns], {"day": day(at.isoformat(), language)}
    if state.empty:
        alt = say(
            language, "Die Stadt hat keine Meilensteine genannt (milestones.csv).", "The city has named no milestones."
        )
        return captioned("plan_timeline", table, figure=(alt, None), edition=(language, None), **words)
    rows = _rows(state)
    names = [str(row["text"]) for row in rows]
    left = d.name_margin([name[:_LONGEST] for name in names]) + 0.25

    def paint(axes: Axes) -> None:
        axes.set_ylim(len(rows) - 0.4, -0.8)
        axes.set_yticks([])
        for y, row in enumerate(rows):
            _row(axes, y, row, now=_decimal(at.isoformat()) + 1 / 365, language=language)
        _time_axis(axes, state, at, language)

    svg = d.draw(paint, height=1.35 + _ROW * len(rows), margins=(left, 1.15, 0.45, 0.75))
    return captioned("plan_timeline", table, figure=(_alt(state, language), svg), edition=(language, None), **words)


_LONGEST = 30


def _rows(state: pd.DataFrame) -> list[dict[str, Any]]:
    """Return headings (measures, in the order of their first milestone) and milestones."""
    rows: list[dict[str, Any]] = []
    for name, group in state.groupby("measure_name", sort=False):
        rows.append({"text": name, "heading": True})
        records = [{str(key): value for key, value in row.items()} for row in group.to_dict("records")]
        rows += [{**row, "text": row["goal"], "heading": False} for row in records]
    return rows


def _row(axes: Axes, y: int, row: dict[str, Any], *, now: float, language: Language) -> None:
    """Draw a heading, or a milestone's bar, mark and state."""
    place: dict[str, Any] = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    weight = "bold" if row["heading"] else "normal"
    name = d.shorten(str(row["text"]), _LONGEST + 20 if row["heading"] else _LONGEST)
    left = -axes.get_position().x0 * d.WIDTH * 72 + 6
    axes.annotate(
        name,
        (0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(left, 0),
        ha="left",
        fontweight=weight,
        fontsize=11,
        **place,
    )
    if row["heading"]:
        return
    start, end = _decimal(row["first_day"]), _decimal(row["due"]) + 1 / 365
    if row["state"] == "running":
        end = max(end, now)  # what goes on without an end is not over
    marker, face, edge = _MARKS[str(row["state"])]
    axes.hlines([y], start, end, colors=edge, linewidth=5, alpha=0.28)
    kind: dict[str, Any] = {"edgecolors": edge} if marker in "oDs" else {}
    axes.scatter([end], [y], s=52, marker=marker, c=[face], linewidths=1.5, zorder=3, **kind)
    axes.annotate(
        label(str(row["state"]), language), (1, y), xycoords=axes.get_yaxis_transform(), xytext=(8, 0), ha="left",
        fontsize=11, color=edge, **place,
    )  # fmt: skip


def _time_axis(axes: Axes, state: pd.DataFrame, at: dt.date, language: Language) -> None:
    """Draw whole years and the line of the day ``at``."""
    now = _decimal(at.isoformat()) + 1 / 365
    first = min(int(state["first_day"].min()[:4]), int(now))
    last = max(int(state["due"].max()[:4]) + 1, int(now) + 1)
    axes.set_xlim(first - 0.03, last + 0.06)
    step = max(1, (last - first) // 6)
    axes.set_xticks(range(first, last + 1, step), [str(year) for year in range(first, last + 1, step)])
    axes.grid(axis="x", color=d.LINE, linewidth=0.8)
    axes.axvline(now, color=d.INK, linewidth=1.2)
    words = say(language, "Stand ", "as of ") + day(at.isoformat(), language)
    side = "right" if now > (first + last) / 2 else "left"
    axes.annotate(
        words, (now, 1), xycoords=("data", "axes fraction"), xytext=(-4 if side == "right" else 4, 4),
        textcoords="offset points", ha=side, fontsize=11, color=d.INK,
    )  # fmt: skip


def _decimal(date: str) -> float:
    moment = dt.date.fromisoformat(date)
    return moment.year + (moment.timetuple().tm_yday - 1) / 365.25


def _alt(state: pd.DataFrame, language: Language) -> str:
    """Return how many milestones stand where, and the late ones by name."""
    counts = state["state"].value_counts()
    said = [f"{label(key, language)} {counts[key]}" for key in STATES if key in counts]
    late = listing(state.loc[state["state"] == "late", "goal"].tolist(), language)
    tail = say(language, f" Überfällig: {late}.", f" Overdue: {late}.") if late else ""
    lead = say(language, f"{len(state)} Meilensteine: ", f"{len(state)} milestones: ")
    return lead + listing(said, language) + "." + tail


def plan_late_table(state: pd.DataFrame, *, at: dt.date, language: Language) -> Exhibit:
    """Return what is late, longest first, and then what nobody has told of."""
    rows = state[state["state"].isin(["late", "unknown"])]
    order = rows.assign(_late=rows["days_late"].fillna(-1)).sort_values("_late", ascending=False, kind="stable")
    columns = ["measure_name", "goal", "schedule", "due", "state", "days_late", "times_due", "done_times"]
    table = order[[*columns, "responsible"]].reset_index(drop=True)
    late = int((rows["state"] == "late").sum())
    alt = say(
        language,
        f"{late} Meilensteine sind überfällig, zu {len(rows) - late} liegt keine Meldung vor.",
        f"{late} milestones are overdue, of {len(rows) - late} nothing was told.",
    )
    words = {"day": day(at.isoformat(), language)}
    return captioned("plan_late", table, figure=(alt, None), edition=(language, None), **words)


def measures_table(measures: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what was promised, by whom, at what cost: as many columns as fit on a printed page."""
    columns = ["measure_name", "field", "place_district", "responsible", "partners", "costs_eur", "funding"]
    table = measures[[*columns, "council_decision", "participation"]]
    table = table.rename(columns={"participation": "public_participation"})
    alt = say(language, f"{len(measures)} Maßnahmen.", f"{len(measures)} measures.")
    return captioned("measures", table, figure=(alt, None), edition=(language, None))


def measure_progress_table(measures: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return per measure how many milestones stand where, and where that was told."""
    table = measures[["measure_name", "since", "milestones_total", *STATES, "as_of"]]
    late = int((measures["late"] > 0).sum())
    alt = say(
        language,
        f"{late} von {len(table)} Maßnahmen haben überfällige Meilensteine.",
        f"{late} of {len(table)} measures have overdue milestones.",
    )
    return captioned("measure_progress", table, figure=(alt, None), edition=(language, None))


def indicators_since_table(indicators_since: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what the city's counted figures did since each measure began."""
    counted = int(indicators_since["change"].notna().sum())
    alt = say(
        language,
        f"{len(indicators_since)} Maßnahmen mit Kennzahl; {counted} davon seither neu gezählt.",
        f"{len(indicators_since)} measures with an indicator; {counted} of them counted again since.",
    )
    table = indicators_since.rename(columns={"indicator": "figure"})
    return captioned("indicators_since", table, figure=(alt, None), edition=(language, None))

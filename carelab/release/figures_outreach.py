"""Exhibits of outreach: who could be served, designs side by side, reach by district, what to measure first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import OWN_PROJECTION
from carelab.release.captions_outreach import OUTREACH_CAPTIONS, OUTREACH_FORMATS
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.numbers import listing, number, percent
from carelab.terms import COLOURS, Language, label, say

SHOWN = 12
"""Rates drawn in the tornado; the table has them all."""


def groups_table(groups: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return people who could be served: group, district, name, quantile columns, status, grade; the city first."""
    return _table("outreach_groups", _city_first(groups, "group"), language)


def services_table(services: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return services a year that fall due and that are asked of the Mobil, by district; the city first."""
    table = _city_first(services, "service")
    front = ["kind", "service", "name", "median", "lower_80", "upper_80"]
    return _table("outreach_services", table[[*front, *(name for name in table if name not in front)]], language)


def designs_table(designs: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return designs by measure: design_name, measure, quantile columns, best."""
    table = designs.assign(measure=[label(str(key), language) for key in designs["measure"]])
    return _table("outreach_designs", table, language)


def designs_figure(designs: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return requests settled in a year by design, as intervals."""
    rows = designs[designs["measure"] == "cases"].sort_values("median", ascending=False, ignore_index=True)

    def paint(axes: Axes) -> None:
        d.intervals(axes, rows, colours=[COLOURS["need"]] * len(rows), hollow=[False] * len(rows))
        d.row_axis(axes, list(rows["design_name"]))
        d.count_axis(axes, language, which="x")
        d.unit(axes, label("cases", language))

    names = list(rows["design_name"])
    svg = d.draw(paint, height=1.4 + 0.45 * len(rows), margins=(d.name_margin(names), 0.5, 0.5, 0.45))
    parts = [f"{row['design_name']} {number(row['median'], language)}" for _, row in rows.iterrows()]
    alt = say(language, "Erledigte Anliegen im Jahr, Median: ", "Requests settled in a year, median: ")
    return _exhibit("outreach_cases", rows, alt + listing(parts, language) + ".", language, svg)


def reach_table(reach: pd.DataFrame, *, design: str, language: Language) -> Exhibit:
    """Return reach by district of one design: asked, made, reached and made / due with its interval."""
    table = reach[reach["design"] == design].sort_values("reached", kind="stable")
    return _table("outreach_reach", table.drop(columns=["design"]), language)


def extra_table(extra: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what one more day or vehicle buys."""
    words = {name: [label(str(key), language) for key in extra[name]] for name in ("extra", "measure")}
    return _table("outreach_extra", extra.assign(**words), language)


def rates_tornado(tornado: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return which rate moves euros per contact most: rate_name, low, high, at_low, at_high, swing."""
    rows = tornado.head(SHOWN)
    middle = float(np.median(tornado[["at_low", "at_high"]].to_numpy()))

    def paint(axes: Axes) -> None:
        for side, colour in (("at_low", COLOURS["neutral"]), ("at_high", COLOURS["need"])):
            axes.barh(range(len(rows)), rows[side] - middle, left=middle, color=colour, height=0.55, zorder=2)
        d.row_axis(axes, list(rows["rate_name"]))
        axes.axvline(middle, color=d.INK, linewidth=1.0, zorder=3)
        d.count_axis(axes, language, which="x")
        d.unit(axes, label("cost_per_contact", language))

    svg = d.draw(paint, height=1.4 + 0.42 * len(rows), margins=(3.0, 0.5, 0.5, 0.45))
    named = listing([str(name) for name in rows["rate_name"].head(3)], language)
    alt = say(language, "Am meisten bewegen: ", "What moves it most: ") + named + "."
    return _exhibit("outreach_tornado", tornado, alt, language, svg)


def month_table(days: pd.DataFrame, unserved: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the example month: day, visits, minutes; alt text says how many visits were not made and why."""
    counts = unserved["reason"].value_counts()
    parts = [f"{label(str(key), language)}: {number(value, language)}" for key, value in counts.items()]
    why = listing(parts, language) or say(language, "keiner", "none")
    alt = say(
        language,
        f"{number(days['visits'].sum(), 'de')} Besuche an {len(days)} Tagen; nicht gemacht: {why}.",
        f"{number(days['visits'].sum(), 'en')} visits on {len(days)} days; not made: {why}.",
    )
    table = days.drop(columns=["team", "lunch"]).assign(day=days["day"] + 1)
    return _exhibit("outreach_month", table, alt, language, None)


def assumptions_table(rates: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return every assumed rate with value, range, source, quality and impact."""
    assumed = rates["source"].str.startswith("assumption").mean()
    alt = say(
        language,
        f"{len(rates)} Annahmen; {percent(assumed, 'de')} davon ohne Zählung als Quelle.",
        f"{len(rates)} assumptions; {percent(assumed, 'en')} of them without a count as source.",
    )
    return _exhibit("outreach_rates", rates, alt, language, None)


def _city_first(table: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return the city's rows (longest key last in the study's tables) before the districts'."""
    city = str(table["district"].iloc[-1])
    return table.assign(_city=table["district"] != city).sort_values(
        ["_city"], kind="stable", ignore_index=True
    ).drop(columns="_city")  # fmt: skip


def _table(key: str, table: pd.DataFrame, language: Language) -> Exhibit:
    alt = say(language, f"Tabelle mit {len(table)} Zeilen.", f"Table of {len(table)} rows.")
    return _exhibit(key, table, alt, language, None)


def _exhibit(key: str, table: pd.DataFrame, alt: str, language: Language, svg: str | None) -> Exhibit:
    title, read, limits = (say(language, *pair) for pair in OUTREACH_CAPTIONS[key])
    words = {
        name: [label(str(value), language) for value in table[name]]
        for name in ("group", "service", "kind") if name in table
    }  # fmt: skip
    return (Exhibit if svg else TableExhibit)(
        id=key, title=title, alt=alt, table=table.assign(**words).reset_index(drop=True), how_to_read=read,
        limits=limits, source=say(language, *OWN_PROJECTION), figure_svg=svg, language=language,
        formats=OUTREACH_FORMATS.get(key, {}),
    )  # fmt: skip

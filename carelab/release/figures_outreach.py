"""Exhibits of outreach: who could be served, designs side by side, reach by district, what to measure first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import OWN_PROJECTION
from carelab.release.captions_outreach import NO_WAYS, OUTREACH_CAPTIONS, OUTREACH_FORMATS
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.numbers import about, listing, number, percent
from carelab.terms import COLOURS, QUANTILE_COLUMNS, Language, label, say, value_label

SHOWN = 12
"""Rates drawn in the tornado; the table has them all."""
LEAST = 3
"""Districts named that are served least."""
UNITS = {
    **dict.fromkeys(("cases", "contacts", "contacts_per_day", "contacts_more"), "number"),
    **dict.fromkeys(("served_share", "road_share", "unused_share"), "percent"),
    **dict.fromkeys(("wait_median", "wait_p90"), "days"),
    **dict.fromkeys(("cost_per_contact", "cost_per_case", "cost_per_contact_more"), "euro"),
}
"""Units of the measures; shares are shown in percent."""


def groups_table(groups: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return people who could be served: group, district, name, quantile columns, status, grade; the city first."""
    table = _city_first(groups).rename(columns={"group": "user_group"})
    alt = say(language, "In der Stadt, Median: ", "In the city, median: ") + _city_rows(table, "user_group", language)
    return _exhibit("outreach_groups", table, alt, language, None)


def services_table(services: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return services a year that fall due and that are asked of the Mobil, by district; the city first."""
    table = _city_first(services)
    front = ["kind", "service", "name", "median", "lower_80", "upper_80"]
    asked = table[table["kind"] == "asked_for"]
    alt = say(language, "In der Stadt angefragt, Median: ", "Asked for in the city, median: ")
    alt += _city_rows(asked, "service", language)
    table = table[[*front, *(name for name in table if name not in front)]].rename(columns={"kind": "asked_or_due"})
    return _exhibit("outreach_services", table, alt, language, None)


def designs_table(designs: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return designs by measure: design_name, measure, unit, quantile columns (shares in percent), best."""
    costs = designs[designs["measure"] == "cost_per_case"].sort_values("median", kind="stable")
    parts = [f"{row['design_name']} {about(row['median'], language)}" for _, row in costs.iterrows()]
    alt = say(language, "Euro je erledigtem Anliegen, Median: ", "Euros per request settled, median: ")
    table = _in_units(designs)
    driven = table.loc[table["measure"] == "road_share", "median"].notna().any()
    shown = _exhibit("outreach_designs", table, alt + listing(parts, language) + ".", language, None)
    return shown if driven else _without_ways(shown)


def designs_figure(designs: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return requests settled in a year by design, as intervals."""
    rows = designs[designs["measure"] == "cases"].sort_values("median", ascending=False, ignore_index=True)

    def paint(axes: Axes) -> None:
        d.intervals(axes, rows, colours=[COLOURS["need"]] * len(rows), hollow=[False] * len(rows))
        d.row_axis(axes, names, lines=2)
        d.count_axis(axes, language, which="x")
        d.unit(axes, label("cases", language))

    names = list(rows["design_name"])
    svg = d.draw(paint, height=1.4 + 0.5 * len(rows), margins=(d.name_margin(names, lines=2), 0.5, 0.5, 0.45))
    parts = [f"{row['design_name']} {number(row['median'], language)}" for _, row in rows.iterrows()]
    alt = say(language, "Erledigte Anliegen im Jahr, Median: ", "Requests settled in a year, median: ")
    return _exhibit("outreach_cases", rows, alt + listing(parts, language) + ".", language, svg)


def reach_table(reach: pd.DataFrame, *, design: str, language: Language) -> Exhibit:
    """Return reach by district of one design: asked, made, reached and made / due with its interval."""
    table = reach[reach["design"] == design].sort_values("reached", kind="stable")
    least = [f"{row['name']} {percent(row['reached'], language)}" for _, row in table.head(LEAST).iterrows()]
    name = str(table["design_name"].iloc[0]) if len(table) else ""
    alt = say(language, f"{name}, am wenigsten gemacht: ", f"{name}, made least: ") + listing(least, language) + "."
    table = table.drop(columns=["design", "design_name"]).rename(columns={"reached": "made_share"})
    return _exhibit("outreach_reach", table, alt, language, None)


def extra_table(extra: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what one more day or vehicle buys: extra, measure, unit, quantile columns (shares in percent)."""
    more = extra[extra["measure"] == "contacts_more"]
    parts = [f"{label(str(row['extra']), language)} {about(row['median'], language)}" for _, row in more.iterrows()]
    alt = say(language, "Zusätzliche Kontakte im Jahr, Median: ", "Further contacts in the year, median: ")
    return _exhibit("outreach_extra", _in_units(extra), alt + listing(parts, language) + ".", language, None)


def rates_tornado(tornado: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return which rate moves euros per contact most: rate_name, low, high, at_low, at_high, swing."""
    rows = tornado.head(SHOWN)
    names = [str(name) for name in rows["rate_name"]]
    middle = float(np.median(tornado[["at_low", "at_high"]].to_numpy()))

    def paint(axes: Axes) -> None:
        for side, colour in (("at_low", COLOURS["neutral"]), ("at_high", COLOURS["need"])):
            axes.barh(range(len(rows)), rows[side] - middle, left=middle, color=colour, height=0.55, zorder=2)
        d.row_axis(axes, names, lines=2)
        axes.axvline(middle, color=d.INK, linewidth=1.0, zorder=3)
        d.count_axis(axes, language, which="x")
        d.unit(axes, label("cost_per_contact", language))

    svg = d.draw(paint, height=1.4 + 0.48 * len(rows), margins=(d.name_margin(names, lines=2), 0.5, 0.5, 0.45))
    parts = [
        f"{row['rate_name']} ({number(row['at_low'], language)} – {number(row['at_high'], language)})"
        for _, row in rows.head(3).iterrows()
    ]
    alt = say(language, "Am meisten bewegen die Euro je Kontakt: ", "What moves the euros per contact most: ")
    alt += "; ".join(parts) + "."
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
    table = table.rename(columns={"day": "working_day", "service": "service_minutes"})
    shown = _exhibit("outreach_month", table, alt, language, None)
    return shown if days["road"].notna().any() or days.empty else _without_ways(shown)


def assumptions_table(rates: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return every assumed rate with value, range, source, quality and impact."""
    assumed = rates["assumed"].mean()
    alt = say(
        language,
        f"{len(rates)} Annahmen; {percent(assumed, 'de')} davon ohne Zählung als Quelle.",
        f"{len(rates)} assumptions; {percent(assumed, 'en')} of them without a count as source.",
    )
    return _exhibit("outreach_rates", rates.drop(columns="assumed"), alt, language, None)


def _without_ways(shown: Exhibit) -> Exhibit:
    """Return an exhibit that says that driving is not in it."""
    return replace(shown, limits=f"{say(shown.language, *NO_WAYS)} {shown.limits}")


def _in_units(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of measures with their units (column unit, behind measure) and shares in percent."""
    shares = table["measure"].map(UNITS) == "percent"
    table = table.copy()
    table.loc[shares, list(QUANTILE_COLUMNS)] *= 100
    table.insert(list(table.columns).index("measure") + 1, "unit", table["measure"].map(UNITS))
    return table


def _city_rows(table: pd.DataFrame, part: str, language: Language) -> str:
    """Return "a 1.100, b 130." of the city's rows, which stand first."""
    rows = table[table["district"] == table["district"].iloc[0]] if len(table) else table
    parts = [f"{label(str(row[part]), language)} {about(row['median'], language)}" for _, row in rows.iterrows()]
    return listing(parts, language) + "."


def _city_first(table: pd.DataFrame) -> pd.DataFrame:
    """Return the city's rows (longest key last in the study's tables) before the districts'."""
    city = str(table["district"].iloc[-1])
    return table.assign(_city=table["district"] != city).sort_values(
        ["_city"], kind="stable", ignore_index=True
    ).drop(columns="_city")  # fmt: skip


def _exhibit(key: str, table: pd.DataFrame, alt: str, language: Language, svg: str | None) -> Exhibit:
    title, read, limits = (say(language, *pair) for pair in OUTREACH_CAPTIONS[key])
    words = {
        name: [value_label(name, str(value), language) for value in table[name]]
        for name in ("user_group", "service", "asked_or_due", "extra", "measure") if name in table
    }  # fmt: skip
    return (Exhibit if svg else TableExhibit)(
        id=key, title=title, alt=alt, table=table.assign(**words).reset_index(drop=True), how_to_read=read,
        limits=limits, source=say(language, *OWN_PROJECTION), figure_svg=svg, language=language,
        formats=OUTREACH_FORMATS.get(key, {}),
    )  # fmt: skip

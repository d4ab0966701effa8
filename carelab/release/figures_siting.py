"""Exhibits of Quartierszentren: map, how sure each site is, stages, losses, gains, aims, regret, assumptions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from carelab.release import drawing as d
from carelab.release.alts import rows_alt, rows_words
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.maps import MapWords, map_exhibit
from carelab.release.numbers import chance_short, listing, percent
from carelab.terms import COLOURS, Language, label, say

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

SITE_COLUMNS = (
    *("site_name", "name_district", "place", "fixed", "willing", "in_plan", "if_willing"),
    *(f"often_{aim}" for aim in ("median", "cover", "center", "fair", "fair_poor")),
    *("people", "capacity", "load", "price", "price_upgrade", "upgraded", "often_upgraded", "site"),
)
_PLACES = {"point": "place_point", "district": "place_own_district", "unknown": "place_unknown"}
_COLUMNS_SHOWN = ("often_cover", "often_center", "often_fair")


def siting_map(
    polygons: GeoDataFrame, gains: pd.DataFrame, sites: pd.DataFrame, stages: pd.DataFrame, *, language: Language
) -> Exhibit:
    """Return the map of minutes to the nearest centre, with the plan's sites numbered by stage.

    ``gains``: district, name, after, grade; ``sites``: site, name, district, lon, lat, fixed, in_median, upgraded;
    ``stages``: stage, site.
    """
    if "reason" in gains:
        return _nothing("siting_map", gains, language)
    words = MapWords(
        "siting_map",
        say(language, "Wo entstehen Zentren, und wie weit ist es dann?", "Where do centres arise, and how far is it?"),
        say(language, "Gehminuten zum\nnächsten Zentrum", "minutes on foot to\nthe nearest centre"),
    )
    table = gains[["district", "name", "after", "lower_80", "upper_80", "nearest", "grade"]]
    plan = sites[sites["in_median"]].merge(stages[["site", "stage"]], on="site", how="left").fillna({"stage": 0})
    plan = plan.sort_values(["stage", "name"], kind="stable").reset_index(drop=True)

    def over(axes: Axes) -> None:
        for (x, y), (_, row) in zip(_spots(plan, polygons), plan.iterrows(), strict=True):
            _mark(axes, (x, y), row)
        _key(axes, plan)

    drawn = map_exhibit(polygons, table, value="after", words=words, language=language, over=over)
    named = listing([str(name) for name in plan["name"]], language)
    how = say(
        language,
        "Zahlen sind die Stufen des Plans, B besteht schon, ein Ring zeigt das Gesundheits- und Pflegezentrum. "
        "Gezeigt sind die Minuten, wenn alle Träger zusagen; das 80-%-Vorhersageintervall der Tabelle enthält auch "
        "Absagen und liegt darum meist höher. ",
        "Numbers are the stages of the plan, B exists already, a ring shows the Gesundheits- und Pflegezentrum. "
        "Shown are the minutes if all operators agree; the 80% prediction interval of the table includes refusals and "
        "so mostly lies higher. ",
    )
    return replace(
        drawn,
        alt=drawn.alt + " " + say(language, f"Zentren: {named}.", f"Centres: {named}."),
        how_to_read=how + drawn.how_to_read.split(say(language, " Beschriftet", " Large"))[0],
    )


def siting_frequency(sites: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return how often each site belongs to the best plan (``study.siting_sites``), by aim."""
    if "reason" in sites:
        return _nothing("siting_frequency", sites, language)
    table = sites.rename(columns={"name": "site_name", "in_median": "in_plan"})
    willing = table["willing"].replace("unklar", "willing_open")
    table = table.assign(place=table["place"].map(_PLACES), willing=willing)[list(SITE_COLUMNS)]
    rows = table[(table["willing"] != "nein")].reset_index(drop=True)
    colours = [COLOURS["need"] if chosen else "#a9b8c2" for chosen in rows["in_plan"]]

    def paint(axes: Axes) -> None:
        names = [_row_name(row) for _, row in rows.iterrows()]
        d.row_axis(axes, names)
        axes.barh(range(len(rows)), rows["often_median"], color=colours, height=0.62)
        axes.scatter(rows["if_willing"], range(len(rows)), marker="D", s=26, c="#ffffff", edgecolors=d.INK, zorder=3)
        axes.set_xlim(0, 1.03)
        axes.set_xticks([0, 0.5, 1])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language)))
        heads = [(label(name, language), [_share(v, language) for v in rows[name]]) for name in _COLUMNS_SHOWN]
        d.side_columns(axes, [(_two_lines(head), texts) for head, texts in heads], step=1.0)

    margin = d.name_margin([_row_name(row) for _, row in rows.iterrows()])
    svg = d.draw(paint, height=1.5 + 0.3 * len(rows), margins=(margin, 3.0, 0.45, 1.0))
    best = rows[rows["in_plan"]]
    said = [f"{row['site_name']} {chance_short(row['if_willing'], language)}" for _, row in best.iterrows()]
    alt = say(
        language,
        f"Balken für {len(rows)} Standorte. Anteil der Zukünfte im besten Plan, wenn der Träger zusagt: "
        f"{listing(said, 'de')}.",
        f"Bars for {len(rows)} sites. Share of futures in the best plan if the operator agrees: {listing(said, 'en')}.",
    )
    return captioned("siting_frequency", table, figure=(alt, svg), edition=(language, None))


def siting_stages(stages: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the order of building (``study.siting_stages``)."""
    columns = ["stage", "site_name", "median", "lower_80", "upper_80", "near_share", "behind", "no_room", "price"]
    lead = ("Gehminuten je Mensch, wenn gebaut ist bis", "Minutes on foot per person once built up to")
    return _table("siting_stages", stages, columns, language, lead=lead, said=("site_name", "median"))


def siting_losses(losses: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what changes if one site falls away (``study.siting_losses``)."""
    lead = ("Minuten mehr je Mensch ohne", "More minutes per person without")
    columns = ["site_name", "lost", "replacement", "left"]
    return _table("siting_losses", losses, columns, language, lead=lead, said=("site_name", "lost"))


def siting_gains(gains: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return minutes of each district before and after (``study.siting_gains``)."""
    columns = [
        "name",
        "before",
        "after",
        "gain",
        "median",
        "lower_80",
        "upper_80",
        "nearest",
        "people",
        "poor",
        "grade",
    ]
    lead = ("Gehminuten nachher, Median", "Minutes on foot after, median")
    return _table("siting_gains", gains, columns, language, lead=lead, said=("name", "median"))


def siting_aims(aims: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what each aim's plan gives (``study.siting_aims``)."""
    lead = ("Gehminuten je Mensch nach Ziel", "Minutes on foot per person by aim")
    renamed = {"near": "near_share", "longest": "longest_way"}
    columns = [renamed.get(str(name), str(name)) for name in aims]
    return _table("siting_aims", aims, columns, language, lead=lead, said=("aim", "minutes_each"))


def siting_regrets(regrets: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what the plan loses in the futures (``study.siting_regrets``)."""
    return _table("siting_regrets", regrets, list(regrets.columns), language)


def siting_assumptions(assumptions: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what the plan rests on (``study.siting_assumptions``)."""
    columns = ["text", "value", "status", "source", "entry"]
    lead = ("Angenommen oder beschlossen", "Assumed or decided")
    return _table("siting_assumptions", assumptions, columns, language, lead=lead, said=("text", "value"))


def _table(
    key: str,
    table: pd.DataFrame,
    columns: list[str],
    language: Language,
    *,
    lead: tuple[str, str] = ("", ""),
    said: tuple[str, str] = ("", ""),
) -> Exhibit:
    """Return a table; ``lead`` and ``said`` (columns of name and value) make its alt text."""
    if "reason" in table:
        return _nothing(key, table, language)
    words = {"aim": "aim_", "plan": "plan_"}
    shown = table.assign(**{name: mark + table[name] for name, mark in words.items() if name in table})
    shown = shown.rename(columns={"near": "near_share", "longest": "longest_way"})
    if "site" in shown and "name" in shown:
        shown = shown.rename(columns={"name": "site_name"})
    alt = rows_words(len(shown), language)
    if lead[0]:
        alt = rows_alt(shown, lead, columns=said, language=language, digits=1, most=5)
    return captioned(key, shown[columns].reset_index(drop=True), figure=(alt, None), edition=(language, None))


def _nothing(key: str, table: pd.DataFrame, language: Language) -> Exhibit:
    """Return the exhibit of a decision that cannot be taken: why."""
    text = table.rename(columns={"reason": "text"})
    return captioned(key, text, figure=(str(text["text"].iloc[0]), None), edition=(language, None))


def _row_name(row: pd.Series[Any]) -> str:
    mark = "?" if row["place"] == "place_unknown" else ""
    return str(row["site_name"]) + mark


def _two_lines(text: str) -> str:
    words = text.split()
    middle = (len(words) + 1) // 2
    return "\n".join([" ".join(words[:middle]), " ".join(words[middle:])])


def _share(value: float, language: Language) -> str:
    return "–" if not np.isfinite(value) else percent(value, language)


def _spots(plan: pd.DataFrame, polygons: GeoDataFrame) -> list[tuple[float, float]]:
    """Return where marks go: the true place on true borders; side by side within its district on a schematic map."""
    import geopandas

    shapes = polygons.set_index("district").geometry
    schematic = bool("schematic" in polygons and polygons["schematic"].all())
    at = geopandas.points_from_xy(plan["lon"], plan["lat"], crs="EPSG:4326").to_crs(polygons.crs)
    spots = []
    for i, (_, row) in enumerate(plan.iterrows()):
        if not schematic and np.isfinite(row["lon"]):
            spots.append((float(at[i].x), float(at[i].y)))
            continue
        middle = shapely.point_on_surface(shapes[row["district"]])
        same = int((plan["district"].iloc[:i] == row["district"]).sum())
        step = float(np.sqrt(shapely.area(shapes[row["district"]]))) * 0.3
        spots.append((float(shapely.get_x(middle)) + same * step, float(shapely.get_y(middle))))
    return spots


def _mark(axes: Axes, spot: tuple[float, float], row: pd.Series[Any]) -> None:
    """Draw one site: its stage on a disc (B: exists), with a ring where it becomes the larger kind."""
    text = "B" if row["fixed"] else f"{row['stage']:.0f}"
    if row["upgraded"]:
        axes.scatter(*spot, s=420, facecolors="none", edgecolors=d.INK, linewidths=1.8, zorder=6)
    face = d.INK if row["fixed"] else COLOURS["supply"]
    axes.scatter(*spot, s=210, c=face, edgecolors="#ffffff", linewidths=1.2, zorder=7)
    axes.annotate(text, spot, ha="center", va="center", color="#ffffff", fontsize=11, fontweight="bold", zorder=8)


def _key(axes: Axes, plan: pd.DataFrame) -> None:
    """Name the numbered sites at the right, below the legend."""
    lines = []
    for _, row in plan.iterrows():
        mark = "B" if row["fixed"] else f"{row['stage']:.0f}"
        ring = " ◯" if row["upgraded"] else ""
        lines.append(f"{mark}  {d.shorten(str(row['name']), 24)}{ring}")
    figure = axes.figure
    figure.text(1 - 2.1 / d.WIDTH, 0.06, "\n".join(lines), fontsize=10, color=d.INK, va="bottom", linespacing=1.5)

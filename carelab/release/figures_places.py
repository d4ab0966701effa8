"""Figures of nursing-home places: where they are short, how sure that is, and what population alone would say."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.figures_districts import ROW_HEIGHT
from carelab.release.numbers import about_signed, chance, chance_short, interval, listing, places_range, places_words
from carelab.release.whole_city import areas_dative, is_one_area
from carelab.terms import COLOURS, Language, label, say

LIKELY = 0.8
"""From this probability on, a shortfall (or a surplus) is drawn as likely."""
_COLOUR = {"short": COLOURS["gap"], "free": COLOURS["need"], "open": COLOURS["neutral"]}
LARGE = 25
"""So many places count as a large gap unless the run says otherwise (Params.shortfall_places)."""
MOVED = 10
"""Ranks apart from which a district stands out in the comparison of rankings."""


def gap_intervals(
    gap: pd.DataFrame, *, year: int, language: Language, places: int = LARGE, source: str | None = None
) -> Exhibit:
    """Return all districts by missing places in ``year``, with intervals and the probability of a shortfall.

    Columns: district, name, year, quantile columns (places; plus = missing), demand, supply, places_known,
    p_shortfall, p_shortfall_places (more than ``places`` missing), rank (districts without one, without inhabitants,
    are left out of the figure), grade.
    """
    table = _of_year(gap, year)
    rows = table.dropna(subset=["median", "rank"]).reset_index(drop=True)
    colours = [_COLOUR[kind] for kind in _kinds(rows, places)]
    hollow = rows["grade"].isin(d.PALE_GRADES).tolist()

    def paint(axes: Axes) -> None:
        d.row_axis(axes, rows["name"].tolist())
        d.intervals(axes, rows, colours=colours, hollow=hollow)
        d.count_axis(axes, language, which="x", sign=True)
        axes.axvline(0, color=d.INK, linewidth=1.0, zorder=1)
        _side_words(axes, language)
        d.side_columns(axes, _gap_columns(rows, language), step=0.72)

    figure = (
        _alt_gap(rows, (year, places), language),
        d.draw(
            paint, height=1.4 + ROW_HEIGHT * len(rows), margins=(d.name_margin(rows["name"].tolist()), 2.35, 0.45, 0.95)
        ),
    )
    return captioned("gap", table, figure=figure, edition=(language, source), year=year, places=places)


def rank_compare(gap: pd.DataFrame, *, year: int, language: Language, source: str | None = None) -> Exhibit:
    """Return the ranking by missing places beside the ranking by inhabitants aged 80 and older alone.

    Columns: district, name, year, rank, rank_population, p_five_worst, grade.
    """
    columns = ["district", "name", "year", "rank", "rank_population", "p_five_worst", "grade"]
    table = gap.loc[gap["year"] == year, columns].sort_values("rank", kind="stable").reset_index(drop=True)
    rows = table.dropna(subset=["rank", "rank_population"])
    margin = d.name_margin(rows["name"].tolist()) + 0.3

    def paint(axes: Axes) -> None:
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows) + 0.6, 0.4)
        axes.axis("off")
        for _, row in rows.iterrows():
            _slope(axes, row)
        for x, side, text in _slope_heads(language):
            axes.text(x, -0.4, text, ha=side, va="bottom", fontweight="bold", color=d.SOFT)

    svg = d.draw(paint, height=0.8 + 0.225 * len(rows), margins=(margin, margin, 0.1, 0.6))
    figure = (_alt_ranks(rows, language), None if is_one_area(table) else svg)
    return captioned("rank", table, figure=figure, edition=(language, source), year=year)


def gap_city_over_time(gap_city: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return missing places of the whole city over time, with the probability of a shortfall.

    Columns: year, quantile columns (places; plus = missing), p_shortfall.
    """
    table = gap_city.sort_values("year").reset_index(drop=True)

    def paint(axes: Axes) -> None:
        d.fan(axes, table, COLOURS["gap"])
        low, high = min(0.0, float(table["lower_95"].min())), max(0.0, float(table["upper_95"].max()))
        axes.set_ylim(low - (high - low) * 0.05, high + (high - low) * 0.12)
        d.year_axis(axes, table)
        d.count_axis(axes, language, sign=True)
        axes.axhline(0, color=d.INK, linewidth=1.0)
        d.unit(axes, say(language, "fehlende Plätze (+), freie Plätze (−)", "missing places (+), free places (−)"))
        d.fan_labels(axes, table, language, colour=COLOURS["gap"], sign=True)
        _chances(axes, table, language)

    figure = (_alt_gap_city(table, language), d.draw(paint, height=4.3, margins=(0.95, 1.35, 0.75, 0.45)))
    return captioned("gap_city", table, figure=figure, edition=(language, source))


def _of_year(gap: pd.DataFrame, year: int) -> pd.DataFrame:
    table = gap[gap["year"] == year]
    return table.sort_values("median", ascending=False, kind="stable").reset_index(drop=True)


def _kinds(rows: pd.DataFrame, places: int) -> list[str]:
    """Return per row: a shortfall of more than ``places`` is likely (short), a surplus (free), or neither (open)."""
    kinds = []
    for median, any_short, odds in rows[["median", "p_shortfall", "p_shortfall_places"]].itertuples(index=False):
        short, free = odds >= LIKELY, median <= -places and any_short <= 1 - LIKELY
        kinds.append("short" if short else "free" if free else "open")
    return kinds


def _odds(rows: pd.DataFrame, language: Language) -> list[str]:
    """Return the probability of a shortfall; a dash where it is about less than one place."""
    pairs = rows[["median", "p_shortfall"]].itertuples(index=False)
    return [chance_short(odds, language) if abs(median) >= 0.5 else "–" for median, odds in pairs]


def _side_words(axes: Axes, language: Language) -> None:
    place: dict[str, Any] = {
        "xycoords": ("data", "axes fraction"),
        "textcoords": "offset points",
        "fontsize": 11,
        "annotation_clip": False,
    }
    axes.annotate(
        say(language, "← Plätze frei", "← places free"),
        (0, 1),
        xytext=(-6, 24),
        ha="right",
        color=COLOURS["need"],
        **place,
    )
    axes.annotate(
        say(language, "Plätze fehlen →", "places missing →"),
        (0, 1),
        xytext=(6, 24),
        ha="left",
        color=COLOURS["gap"],
        **place,
    )


def _gap_columns(rows: pd.DataFrame, language: Language) -> list[tuple[str, list[str]]]:
    return [
        (say(language, "Plätze", "Places"), [about_signed(value, language) for value in rows["median"]]),
        (say(language, "fehlen mit", "missing, p"), _odds(rows, language)),
        (say(language, "Beleg", "Grade"), rows["grade"].tolist()),
    ]


def _slope(axes: Axes, row: pd.Series[Any]) -> None:
    """Draw one district of the comparison: name, rank and line."""
    left, right = float(row["rank_population"]), float(row["rank"])
    change = left - right
    colour = COLOURS["gap"] if change >= MOVED else COLOURS["need"] if change <= -MOVED else "#a9b2b9"
    weight = 1.4 if abs(change) >= MOVED else 1.0
    axes.plot([0, 1], [left, right], color=colour, linewidth=weight, marker="o", markersize=3.5, clip_on=False)
    ink = d.INK if abs(change) < MOVED else colour
    name = d.shorten(str(row["name"]))
    axes.annotate(
        f"{name}  {left:.0f}",
        (0, left),
        xytext=(-8, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=11,
        color=ink,
    )
    axes.annotate(
        f"{right:.0f}  {name}",
        (1, right),
        xytext=(8, 0),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=11,
        color=ink,
    )


def _slope_heads(language: Language) -> list[tuple[float, str, str]]:
    return [
        (-0.04, "right", say(language, "Einwohner 80+", "Inhabitants 80+")),
        (1.04, "left", say(language, "fehlende Plätze", "missing places")),
    ]


def _chances(axes: Axes, table: pd.DataFrame, language: Language) -> None:
    """Write the probability of a shortfall below a few years."""
    first, last = int(table["year"].iloc[0]), int(table["year"].iloc[-1])
    years = [year for year in range(first, last + 1) if year % 5 == 0] or [last]
    for year, p in table.loc[table["year"].isin(years), ["year", "p_shortfall"]].itertuples(index=False):
        axes.annotate(
            chance(p, language),
            (year, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -34),
            textcoords="offset points",
            ha="center",
            color=COLOURS["gap"],
            fontweight="bold",
        )
    axes.annotate(
        say(language, "fehlen mit", "missing, p"),
        (0, 0),
        xycoords="axes fraction",
        xytext=(-8, -34),
        textcoords="offset points",
        ha="right",
        color=COLOURS["gap"],
        fontsize=11,
    )


def _alt_gap(rows: pd.DataFrame, year_places: tuple[int, int], language: Language) -> str:
    year, places = year_places
    if rows.empty:
        return say(language, f"Keine Werte für {year}.", f"No values for {year}.")
    kinds = _kinds(rows, places)
    short, free = kinds.count("short"), kinds.count("free")
    first = [
        f"{row['name']} {about_signed(row['median'], language)} ({interval(row, language, sign=True)})"
        for _, row in rows.head(3).iterrows()
    ]
    return say(
        language,
        f"Punktdiagramm von {areas_dative(len(rows), 'de')}: {year} fehlen in {short} davon mit mindestens 80 % "
        f"Wahrscheinlichkeit mehr als {places} Plätze; in {free} fehlt mit mindestens 80 % Wahrscheinlichkeit keiner, "
        f"und im Median bleiben mindestens {places} frei. Größter Fehlbedarf mit 80-%-Vorhersageintervall: "
        f"{listing(first, 'de')}.",
        f"Dot chart of {areas_dative(len(rows), 'en')}: in {year} more than {places} places are missing in {short} of "
        f"them with a probability of at least 80%; in {free} none is missing with a probability of at least 80% "
        f"and the median leaves at least {places} free. Largest shortfall with 80% prediction interval: "
        f"{listing(first, 'en')}.",
    )


def _alt_ranks(rows: pd.DataFrame, language: Language) -> str:
    change = (rows["rank_population"] - rows["rank"]).abs()
    moved = int((change >= MOVED).sum())
    top = rows.head(5)["name"].tolist()
    alone = rows.sort_values("rank_population", kind="stable").head(5)["name"].tolist()
    return say(
        language,
        f"Liniendiagramm zweier Ranglisten von {areas_dative(len(rows), 'de')}; {moved} verschieben sich um mindestens "
        f"{MOVED} Ränge. Vorn nach fehlenden "
        f"Plätzen: {listing(top, 'de')}; vorn nach Einwohnern ab 80: {listing(alone, 'de')}.",
        f"Slope chart of two rankings of {areas_dative(len(rows), 'en')}; {moved} move by at least {MOVED} ranks. "
        "First by missing places: "
        f"{listing(top, 'en')}; first by inhabitants 80+: {listing(alone, 'en')}.",
    )


def _alt_gap_city(table: pd.DataFrame, language: Language) -> str:
    parts = [
        f"{row['year']:.0f} {places_words(row['median'], language)} ({places_range(row, language)}), "
        f"{label('p_shortfall', language)} {chance(row['p_shortfall'], language)}"
        for _, row in table.iloc[[0, -1]].iterrows()
    ]
    start = say(
        language,
        "Fächer der fehlenden Plätze, Median mit 80-%-Vorhersageintervall: ",
        "Fan of missing places, median with 80% prediction interval: ",
    )
    return start + "; ".join(parts) + "."

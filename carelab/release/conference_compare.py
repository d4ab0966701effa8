"""Slides of the conference that compare cities: by indicator, then and now."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from carelab.release import drawing as d
from carelab.release.conference_parts import (
    Picture,
    Said,
    draw,
    in_cities,
    interval_rows,
    nothing,
    quotes,
    records,
    slide,
)
from carelab.release.numbers import about, listing, number, percent
from carelab.release.slide import Quotes, Slide, Write
from carelab.terms import COLOURS, Language, say

COMPARED = ("share_80plus", "care_rate", "share_pflegegeld", "places_per_100_80plus")
POTENTIAL, CARERS = "care_potential", "family_carers"


def indicators_slide(indicators: pd.DataFrame, *, year: int, language: Language) -> Slide:
    """Return four indicators of all cities in ``year`` with intervals. Columns: Conference.indicators."""
    if indicators.empty:
        return nothing("conference_indicators", language)
    table = indicators[(indicators["year"] == year) & indicators["indicator"].isin(COMPARED)]
    quoted = quotes("conference_indicators", table.reset_index(drop=True), language)
    rows = {key: table[table["indicator"] == key] for key in COMPARED if (table["indicator"] == key).any()}
    said = _indicator_words(quoted, rows, year)
    formats = dict.fromkeys(("median", "lower_80", "upper_80"), "general")
    return slide("conference_indicators", quoted, said, picture=_panels(rows, language), formats=formats)


def _indicator_words(quoted: Quotes, rows: dict[str, pd.DataFrame], year: int) -> Said:
    language = quoted.language
    quoted.names(quoted.table["indicator_name"].tolist())
    when = quoted.parameter("focus_year", year)
    told = [_apart(quoted, part) for part in rows.values()]
    apart = [text for text in told if text]
    texts = {key: _values(quoted, part) for key, part in rows.items()}
    if apart:
        title = say(
            language,
            f"Sicher verschieden sind die Städte {when} bei: {in_cities(apart, 'de')}",
            f"In {when} the cities are certainly apart in: {in_cities(apart, 'en')}",
        )
    elif any(len(part) > 1 for part in rows.values()):
        title = say(
            language,
            f"Bei keiner dieser Kennzahlen liegen die Städte {when} sicher auseinander",
            f"In none of these indicators are the cities certainly apart in {when}",
        )
    else:
        name, words = next(iter(texts.items()))
        title = f"{_name(rows[name])} {when}: {words}"
    first = next(iter(rows))
    caption = say(
        language,
        f"„Sicher“: Die Vorhersageintervalle zu 80 % überlappen nicht. {_name(rows[first])}: {texts[first]}.",
        f'"Certainly": the 80% prediction intervals do not overlap. {_name(rows[first])}: {texts[first]}.',
    )
    alt = ". ".join(f"{_name(part)} {when}: {texts[key]}" for key, part in rows.items()) + "."
    return Said(title, caption, alt)


def _apart(quoted: Quotes, part: pd.DataFrame) -> str:
    """Return "Anteil ab 80 (Dessau 12 %, Halle 9 %)" where the highest and the lowest city are apart; else empty."""
    ranked = records(part.sort_values("median", ascending=False, kind="stable"))
    if len(ranked) < 2 or ranked[0]["lower_80"] <= ranked[-1]["upper_80"]:
        return ""
    ends = [f"{row['city_name']} {_median(quoted, row)}" for row in (ranked[0], ranked[-1])]
    return f"{_name(part)} ({', '.join(ends)})"


def _values(quoted: Quotes, part: pd.DataFrame) -> str:
    """Return "Halle 9,1 % (8,0 bis 10,2), ..."."""
    language = quoted.language
    parts = []
    for row in records(part.sort_values("median", ascending=False, kind="stable")):
        key = {"indicator": row["indicator"], "city": row["city"]}
        wide = quoted.interval(_writer(row, language), say(language, "bis", "to"), **key)
        parts.append(f"{row['city_name']} {_median(quoted, row)} ({wide})")
    return listing(parts, language)


def _median(quoted: Quotes, row: dict[str, Any]) -> str:
    key = {"indicator": row["indicator"], "city": row["city"]}
    return quoted.of("median", _writer(row, quoted.language), **key)


def _writer(row: dict[str, Any], language: Language) -> Write:
    """Return how the values of an indicator are written: shares in per cent, the rest with one decimal."""
    if row["unit"] == "share":
        return lambda value: percent(value, language, 1)
    return lambda value: number(value, language, 1)


def _name(part: pd.DataFrame) -> str:
    return str(part["indicator_name"].iloc[0])


def _panels(rows: dict[str, pd.DataFrame], language: Language) -> Picture:
    cities = list(dict.fromkeys(name for part in rows.values() for name in part["city_name"]))

    def paint(grid: Any) -> None:
        for place, (axes, part) in enumerate(zip(d.iterate(grid), rows.values(), strict=False)):
            ordered = part.set_index("city_name").reindex(cities).reset_index().dropna(subset=["median"])
            names = ordered["city_name"].tolist()
            interval_rows(axes, ordered, names if place % 2 == 0 else [""] * len(names), COLOURS["need"])
            if part["unit"].iloc[0] == "share":
                d.percent_axis(axes, language, which="x")
            else:
                axes.xaxis.set_major_formatter(lambda value, _: number(value, language))
                axes.grid(axis="x", color=d.LINE, linewidth=0.8)
            axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
            d.panel_title(axes, _name(part))
        for axes in list(d.iterate(grid))[len(rows) :]:
            axes.set_axis_off()

    margins = (d.name_margin(cities), 0.25, 0.35, 0.55)
    return draw(paint, height=3.4, margins=margins, panels=(2, 2), gridspec_kw={"hspace": 1.1, "wspace": 0.12})


def carers_slide(indicators: pd.DataFrame, *, year: int, language: Language) -> Slide:
    """Return people of middle age per very old person, then and now, and family carers. Columns: as above."""
    if indicators.empty:
        return nothing("conference_carers", language)
    table = indicators[indicators["indicator"].isin((POTENTIAL, CARERS))].sort_values(["city", "indicator", "year"])
    now = table[(table["year"] < year) & table["median"].notna()].groupby(["city", "indicator"]).tail(1)
    then = table[table["year"] == year]
    quoted = quotes("conference_carers", pd.concat([now, then]).sort_index().reset_index(drop=True), language)
    return slide("conference_carers", quoted, _carer_words(quoted, year), picture=_two(now, then, language))


def _carer_words(quoted: Quotes, year: int) -> Said:
    language = quoted.language
    when, young, mid, old = (
        quoted.parameter("focus_year", year),
        *(quoted.defined(f"age {age} of care_potential (data/catalogue.yaml)", age) for age in (50, 64, 80)),
    )
    table = quoted.table
    rows = records(table[(table["indicator"] == POTENTIAL) & (table["year"] == year)].sort_values("median"))
    texts, falling = [], 0
    for row in rows:
        key = {"indicator": POTENTIAL, "city": row["city"], "year": year}
        past = table[(table["indicator"] == POTENTIAL) & (table["city"] == row["city"]) & (table["year"] < year)]
        before = ""
        if len(past):
            since = int(past["year"].iloc[0])
            was = quoted.of("median", _writer(row, language), **{**key, "year": since})
            before = f" ({quoted.parameter('last counted year', since)}: {was})"
            falling += bool(row["upper_80"] < past["median"].iloc[0])
        texts.append(f"{row['city_name']} {quoted.of('median', _writer(row, language), **key)}{before}")
    sure = bool(rows) and falling == len(rows)
    title = say(
        language,
        f"Menschen von {young} bis {mid} je Mensch ab {old}: "
        f"{'überall weniger' if sure else 'was zu erwarten ist'} bis "
        f"{when} – {in_cities(texts, 'de')}",
        f"People of {young} to {mid} per person of {old} and over: "
        f"{'fewer everywhere' if sure else 'what to expect'} by "
        f"{when} – {in_cities(texts, 'en')}",
    )
    carers = [
        f"{row['city_name']} {_about(quoted, row)}"
        for row in records(table[(table["indicator"] == CARERS) & (table["year"] == year)])
    ]
    told = in_cities(carers, language)
    caption = say(
        language,
        f"Pflegende Angehörige {when} (Annahme, Vorhersageintervall zu 80 %): {told}.",
        f"Family carers in {when} (assumption, 80% prediction interval): {told}.",
    )
    return Said(title, caption, f"{title}. {caption}")


def _about(quoted: Quotes, row: dict[str, Any]) -> str:
    language, key = quoted.language, {"indicator": CARERS, "city": row["city"], "year": row["year"]}
    wide = quoted.interval(lambda value: about(value, language), say(language, "bis", "to"), **key)
    return f"{quoted.of('median', lambda value: about(value, language), **key)} ({wide})"


def _two(now: pd.DataFrame, then: pd.DataFrame, language: Language) -> Picture:
    cities = list(dict.fromkeys(then["city_name"]))

    def paint(grid: Any) -> None:
        for place, (axes, key) in enumerate(zip(d.iterate(grid), (POTENTIAL, CARERS), strict=True)):
            rows = _of(then, key, cities)
            colour = COLOURS["need"] if key == POTENTIAL else COLOURS["pflegegeld"]
            interval_rows(axes, rows, cities if place == 0 else [""] * len(cities), colour)
            if key == POTENTIAL:
                past = _of(now, key, cities)
                axes.scatter(past["median"], range(len(cities)), s=34, c=d.SOFT, marker="D", zorder=3)
                for at, value in enumerate(past["median"]):
                    axes.annotate(number(value, language, 1), (value, at), xytext=(0, 9), textcoords="offset points",
                                  ha="center", fontsize=11, color=d.SOFT)  # fmt: skip
            _label(axes, rows, key, language)
            d.panel_title(axes, _name(rows.dropna(subset=["indicator_name"])))

    margins = (d.name_margin(cities), 0.45, 0.4, 0.6)
    height = max(2.2, 1.1 + 0.7 * len(cities))
    return draw(paint, height=height, margins=margins, panels=(1, 2), gridspec_kw={"wspace": 0.12})


def _of(table: pd.DataFrame, key: str, cities: list[str]) -> pd.DataFrame:
    rows = table[table["indicator"] == key].set_index("city_name").reindex(cities).reset_index()
    return rows.assign(grade=rows["grade"].fillna("E"))


def _label(axes: Axes, rows: pd.DataFrame, key: str, language: Language) -> None:
    """Write the medians below their dots and format the axis."""
    for at, value in enumerate(rows["median"]):
        text = number(value, language, 1) if key == POTENTIAL else about(value, language)
        axes.annotate(text, (value, at), xytext=(0, -16), textcoords="offset points", ha="center", fontsize=11.5,
                      fontweight="bold")  # fmt: skip
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color=d.LINE, linewidth=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.xaxis.set_major_formatter(lambda value, _: number(value, language, 0 if key == CARERS else 1))


__all__ = ["carers_slide", "indicators_slide"]

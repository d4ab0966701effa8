"""Slides of the conference about need and places: how many, and where homes will be short."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.conference_parts import (
    Picture,
    Said,
    draw,
    in_cities,
    pct,
    quotes,
    records,
    slide,
)
from carelab.release.numbers import about, chance, chance_short, signed
from carelab.release.slide import Quotes, Slide
from carelab.terms import COLOURS, Language, say

SURE = 90
"""Per cent of futures above the lower end of the 80 % interval."""
LIKELY = 0.8
"""Probability from which on a large shortfall counts as likely (stages.conference.LIKELY)."""
BINS = 40


def need_slide(need: pd.DataFrame, growth: pd.DataFrame, *, years: tuple[int, int, int], language: Language) -> Slide:
    """Return need by city from counts to the last year; ``years``: common, focus and last year.

    ``need`` columns of Conference.need; ``growth`` of Verbund.growth (measure growth_pct, at the focus year).
    """
    grown = growth[growth["measure"] == "growth_pct"].rename(columns={"name": "city_name"})
    table = pd.concat([need.assign(measure="persons"), grown.assign(status="projected")], ignore_index=True)
    front = ["measure", "city", "city_name", "year"]
    quoted = quotes("conference_need", table[[*front, *(name for name in table if name not in front)]], language)
    said = _need_words(quoted, years)
    return slide("conference_need", quoted, said, picture=_fans(need, years, language))


def _need_words(quoted: Quotes, years: tuple[int, int, int]) -> Said:
    language, (common, focus, last) = quoted.language, years
    whole, to = pct(language, sign=True), say(language, "bis", "to")
    rows = records(quoted.table[quoted.table["measure"] == "growth_pct"].sort_values("median", ascending=False))
    keys = [{"measure": "growth_pct", "city": row["city"], "year": focus} for row in rows]
    named = [
        say(language, f"{row['city_name']} {quoted.of('median', whole, **key)}",
            f"{row['city_name']} {quoted.of('median', whole, **key)}")
        for row, key in zip(rows, keys, strict=True)
    ]  # fmt: skip
    wide = [
        f"{row['city_name']} "
        f"{quoted.interval(lambda value: signed(value, language), to, **key)}{say(language, ' %', '%')}"
        for row, key in zip(rows, keys, strict=True)
    ]
    sure = [row["city_name"] for row in rows if row["lower_80"] > 0]
    year, least = quoted.parameter("focus_year", focus), quoted.defined("futures above the lower end", SURE)
    start = quoted.parameter("largest base_year of the cities", common)
    lead = say(language, f"Pflegebedarf bis {year}: ", f"Need of care by {year}: ")
    ends = [_people(quoted, row, last) for row in rows]
    title = f"{lead}{in_cities(named, language)}{_certain(sure, len(rows), least, language)}"
    caption = say(
        language,
        f"Zunahme gegenüber {start}, Vorhersageintervall zu 80 %: {in_cities(wide, 'de')}. "
        f"{quoted.parameter('horizon_year', last)}: {in_cities(ends, 'de')} Pflegebedürftige.",
        f"Growth since {start}, 80% prediction interval: {in_cities(wide, 'en')}. "
        f"{quoted.parameter('horizon_year', last)}: {in_cities(ends, 'en')} people in need.",
    )
    now = [_people(quoted, row, focus) for row in rows]
    alt = say(
        language,
        f"Verlauf der Pflegebedürftigen je Stadt bis {last} als Fächer. {year}: {in_cities(now, 'de')}.",
        f"People in need by city until {last} as fans. {year}: {in_cities(now, 'en')}.",
    )
    return Said(title, caption, alt)


def _certain(sure: list[str], cities: int, least: str, language: Language) -> str:
    """Return in which cities at least nine of ten futures grow."""
    if len(sure) == cities:
        return say(
            language, f" – überall zu mindestens {least} % eine Zunahme", f" – growth with at least {least}% everywhere"
        )
    if not sure:
        return say(language, f" – zu {least} % sicher ist die Zunahme nicht", f" – growth is not {least}% certain")
    return say(
        language,
        f" – zu {least} % sicher ist die Zunahme nur in {in_cities(sure, 'de')}",
        f" – growth is {least}% certain only in {in_cities(sure, 'en')}",
    )


def _people(quoted: Quotes, row: dict[str, Any], year: int) -> str:
    """Return "Halle 31.300 (19.900 bis 46.400)"."""
    language = quoted.language
    key = {"measure": "persons", "city": row["city"], "year": year}
    wide = quoted.interval(lambda value: about(value, language), say(language, "bis", "to"), **key)
    return f"{row['city_name']} {quoted.of('median', lambda value: about(value, language), **key)} ({wide})"


def _fans(need: pd.DataFrame, years: tuple[int, int, int], language: Language) -> Picture:
    common, focus, last = years
    cities = list(dict.fromkeys(need["city"]))
    top = 1.04 * float(need["upper_95"].max())

    def paint(grid: Any) -> None:
        for axes, city in zip(d.iterate(grid), cities, strict=True):
            rows = need[need["city"] == city]
            counted, ahead = d.counted_and_projected(rows)
            d.fan(axes, ahead, COLOURS["need"])
            d.dots(axes, counted, COLOURS["need"])
            at = rows[rows["year"] == focus].iloc[0]
            axes.scatter([focus], [at["median"]], s=38, color=COLOURS["need"], zorder=4)
            axes.annotate(about(at["median"], language), (focus, at["median"]), xytext=(-6, 8),
                          textcoords="offset points", ha="right", fontweight="bold", color=COLOURS["need"],
                          bbox=d.PAPER, fontsize=12.5)  # fmt: skip
            axes.set_ylim(0, top)
            axes.set_xlim(float(need["year"].min()) - 0.5, last + 0.5)
            d.count_axis(axes, language)
            axes.set_xticks([common, focus] if len(cities) > 2 else [common, focus, last])
            d.panel_title(axes, str(rows["city_name"].iloc[0]))

    margins = (0.75, 0.2, 0.4, 0.5)
    return draw(paint, margins=margins, panels=(1, len(cities)), gridspec_kw={"wspace": 0.14}, sharey=True)


def gap_slide(gap: pd.DataFrame, *, year: int, limit: int, language: Language) -> Slide:
    """Return how likely more than ``limit`` nursing-home places are missing in ``year``, by district and city.

    ``gap`` columns of Conference.gap.
    """
    quoted = quotes("conference_gap", gap, language)
    said = _gap_words(quoted, year, limit)
    known = len(gap) and (gap["level"] == "city").any()
    formats = {"p_short": "percent", "p_large": "percent"}
    return slide(
        "conference_gap", quoted, said, picture=_strips(gap, language) if known else None, formats=formats,
        columns=() if known else ("city_name",),
    )  # fmt: skip


def _gap_words(quoted: Quotes, year: int, limit: int) -> Said:
    language = quoted.language
    when, many = quoted.parameter("focus_year", year), quoted.parameter("shortfall_places", limit)
    table = quoted.table
    cities = records(table[table["level"] == "city"]) if len(table) else []
    if not cities:
        words = say(
            language, "Heimplätze sind in keiner dieser Städte bekannt", "Places are known in none of the cities"
        )
        return Said(words, words + ".", words + ".")
    districts = table[table["level"] == "district"].sort_values("p_large", ascending=False, kind="stable")
    whole = [
        f"{row['city_name']} "
        f"{quoted.of('p_short', lambda value: chance(value, language), level='city', city=row['city'])}"
        for row in cities
    ]
    title = _most_likely(quoted, districts, when, many)
    counts = [_count(quoted, row) for row in cities if row["districts"] > 0]
    least = quoted.defined("probability from which on a shortfall counts as likely", 100 * LIKELY)
    caption = say(
        language,
        f"Dass {when} in der ganzen Stadt Plätze fehlen, ist so wahrscheinlich: {in_cities(whole, 'de')}.",
        f"That places are missing in {when} in the whole city is this likely: {in_cities(whole, 'en')}.",
    )
    alone = [row["city_name"] for row in cities if row["districts"] == 0]
    if alone:
        caption += say(
            language,
            f" {in_cities(alone, 'de')}: nur als Ganzes bekannt.",
            f" {in_cities(alone, 'en')}: known as a whole only.",
        )
    held = in_cities(counts, language)
    alt = say(
        language,
        f"Stadtteile nach der Wahrscheinlichkeit, dass {when} mehr als {many} Heimplätze fehlen. Ab {least} %: {held}.",
        f"Districts by the probability that more than {many} places are missing in {when}. From {least}%: {held}.",
    )
    return Said(title, caption, alt)


def _most_likely(quoted: Quotes, districts: pd.DataFrame, when: str, many: str) -> str:
    """Return the message: in which districts a large shortfall is likely, or where it is likeliest."""
    language = quoted.language
    if districts.empty:
        return say(
            language,
            f"Wo {when} Heimplätze fehlen, ist je Stadtteil nicht zu sagen: bekannt sind nur die Städte",
            f"Where places are missing in {when} cannot be said by district: only the cities are known",
        )
    likely = districts[districts["p_large"] >= LIKELY]
    shown = records(likely.head(3) if len(likely) else districts.head(1))
    quoted.names([row["name"] for row in shown])
    named = [f"{row['name']} ({row['city_name']}, {_p(quoted, row)})" for row in shown]
    if likely.empty:
        return say(
            language,
            f"In keinem Stadtteil ist sicher, dass {when} mehr als {many} Heimplätze fehlen; am ehesten in "
            f"{in_cities(named, 'de')}",
            f"In no district is it certain that more than {many} places are missing in {when}; likeliest in "
            f"{in_cities(named, 'en')}",
        )
    return say(
        language,
        f"Mehr als {many} Heimplätze fehlen {when} am wahrscheinlichsten in {in_cities(named, 'de')}",
        f"More than {many} places are missing in {when} most likely in {in_cities(named, 'en')}",
    )


def _p(quoted: Quotes, row: dict[str, Any]) -> str:
    key = {"level": "district", "city": row["city"], "district": row["district"]}
    return quoted.of("p_large", lambda value: chance(value, quoted.language), **key)


def _count(quoted: Quotes, row: dict[str, Any]) -> str:
    """Return "Halle 0 von 40"."""
    language, key = quoted.language, {"level": "city", "city": row["city"]}
    likely, districts = (quoted.of(name, lambda value: f"{value:.0f}", **key) for name in ("likely", "districts"))
    return f"{row['city_name']} {likely} {say(language, 'von', 'of')} {districts}"


def _strips(gap: pd.DataFrame, language: Language) -> Picture:
    """Draw districts as dots piled up by probability, a row per city."""
    cities = records(gap[gap["level"] == "city"])
    districts = gap[gap["level"] == "district"]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, [row["city_name"] for row in cities])
        for place, row in enumerate(cities):
            own = districts[districts["city"] == row["city"]].sort_values("p_large")
            bins = np.round(own["p_large"].to_numpy(float) * BINS) / BINS
            height = own.groupby(bins).cumcount().to_numpy(float)
            step = min(0.085, 0.62 / max(height.max(initial=0.0) + 1, 1))
            hollow = own["grade"].isin(d.PALE_GRADES).to_numpy()
            faces = ["#ffffff" if empty else COLOURS["gap"] for empty in hollow]
            axes.scatter(bins, place + 0.3 - step * height, s=30, c=faces, edgecolors=COLOURS["gap"], linewidths=1.3,
                         zorder=3)  # fmt: skip
            whole = say(language, "ganze Stadt", "whole city") + " " + chance_short(row["p_short"], language)
            axes.annotate(whole, (0, place), xycoords=axes.get_yaxis_transform(), xytext=(-4, -14),
                          textcoords="offset points", ha="right", va="center", fontsize=11, color=d.SOFT,
                          annotation_clip=False)  # fmt: skip
            if own.empty:
                axes.annotate(say(language, "Stadtteile nicht bekannt", "districts unknown"), (0.5, place), ha="center",
                              va="bottom", fontsize=11.5, color=d.SOFT)  # fmt: skip
        axes.set_xlim(-0.03, 1.03)
        d.percent_axis(axes, language, which="x")

    names = [row["city_name"] for row in cities]
    return draw(
        paint, height=max(2.2, 0.7 + 0.85 * len(cities)), margins=(max(1.6, d.name_margin(names)), 0.3, 0.4, 0.2)
    )


__all__ = ["gap_slide", "need_slide"]

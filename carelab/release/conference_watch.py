"""Slides of the conference that watch: since when which early warning holds, and which files are still missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from carelab.release import drawing as d
from carelab.release.conference_parts import (
    Picture,
    Said,
    draw,
    in_cities,
    quotes,
    records,
    slide,
)
from carelab.release.slide import Quotes, Slide
from carelab.terms import COLOURS, Language, label, say

NAMED = 3
"""Files that the title of a slide names; its table has them all."""
CLOSE = 3
"""Circles of fewer years apart would cover each other."""


def warnings_slide(warnings: pd.DataFrame, *, years: tuple[int, int], language: Language) -> Slide:
    """Return since when which rule of early warning holds, by city; ``years``: common and last year.

    ``warnings`` columns of Conference.warnings.
    """
    table = warning_counts(warnings)
    quoted = quotes("conference_warnings", table, language)
    picture = _timeline(table, years, language) if len(table) else None
    said = _warning_words(quoted, years[0])
    columns = () if picture else ("city_name",)
    return slide("conference_warnings", quoted, said, picture=picture, columns=columns)


def warning_counts(warnings: pd.DataFrame) -> pd.DataFrame:
    """Return city, city_name, rule, rule_name, first_year (0: all years), areas, districts, most_certain, grade.

    Counted are warnings, not what is only to be watched; ``most_certain`` names the area of the highest probability.
    """
    columns = ["city", "city_name", "rule", "rule_name", "first_year", "areas", "most_certain", "probability", "grade"]
    held = warnings[warnings["state"] == "warning"] if len(warnings) else warnings
    if held.empty:
        return pd.DataFrame(columns=columns)
    parts = []
    for keys in (["city", "rule", "first_year"], ["city", "rule"]):
        ordered = held.sort_values("probability", ascending=False, kind="stable")
        groups = ordered.groupby(keys, sort=True)
        found = groups.agg(
            city_name=("city_name", "first"), rule_name=("rule_name", "first"), areas=("district", "size"),
            most_certain=("name", "first"), probability=("probability", "first"), grade=("grade", "max"),
        ).reset_index()  # fmt: skip
        parts.append(found if "first_year" in keys else found.assign(first_year=0))
    return pd.concat(parts, ignore_index=True)[columns]


def _warning_words(quoted: Quotes, common: int) -> Said:
    language, table = quoted.language, quoted.table
    whole = table[table["first_year"] == 0] if len(table) else table
    year = quoted.parameter("largest base_year of the cities", common)  # else a city would count what is past
    if whole.empty:
        words = say(language, f"Ab {year} hält keine Regel der Frühwarnung", f"From {year} on no early warning holds")
        return Said(words, words + ".", words + ".")
    sums = whole.groupby("rule_name")["areas"].sum().sort_values(ascending=False, kind="stable")
    first, *others = [_rule(quoted, whole[whole["rule_name"] == rule]) for rule in sums.index]
    title = say(language, f"Die häufigste Frühwarnung: {first}", f"The most frequent early warning: {first}")
    since = table[(table["first_year"] > 0) & (table["first_year"] <= common)]
    ripe = in_cities([str(name) for name in dict.fromkeys(since["rule_name"])], language)
    more = f"{say(language, 'Außerdem', 'Also')}: {'; '.join(others)}. " if others else ""
    caption = more + say(
        language,
        f"Gezählt sind Stadtteile und Städte, in denen die Regel ab {year} (dem spätesten Basisjahr, für alle gleich) "
        f"in mindestens acht von zehn Zukünften hält; schon {year}: {ripe}.",
        f"Counted are districts and cities where the rule holds from {year} on (the latest base year, the same for "
        f"all) in at least eight of ten futures; already in {year}: {ripe}.",
    )
    surest = [f"{row['rule_name']}, {row['city_name']}: {row['most_certain']}" for row in records(whole)]
    alt = say(language, "Am sichersten: ", "Most certain: ") + "; ".join(surest) + "."
    quoted.names(surest)
    return Said(title, caption, alt)


def _rule(quoted: Quotes, rows: pd.DataFrame) -> str:
    """Return "Pflegepotenzial niedrig (Halle 7, Magdeburg 7)"."""
    parts = [
        f"{row['city_name']} "
        + quoted.of("areas", lambda value: f"{value:.0f}", city=row["city"], rule=row["rule"], first_year=0)
        for row in records(rows)
    ]
    return f"{rows['rule_name'].iloc[0]} ({', '.join(parts)})"


def _timeline(table: pd.DataFrame, years: tuple[int, int], language: Language) -> Picture:
    rows = table[table["first_year"] > 0]
    cities, rules = list(dict.fromkeys(rows["city_name"])), list(dict.fromkeys(rows["rule_name"]))
    low = min(years[0], int(rows["first_year"].min()))

    def paint(grid: Any) -> None:
        for place, (axes, city) in enumerate(zip(d.iterate(grid), cities, strict=True)):
            own = rows[rows["city_name"] == city]
            d.row_axis(axes, rules if place == 0 else [""] * len(rules))
            places = [rules.index(name) for name in own["rule_name"]]
            at = _apart(own["first_year"].tolist(), places)
            sizes = np.minimum(130 + 12 * own["areas"].to_numpy(float), 360)
            axes.scatter(own["first_year"], at, s=sizes, c=COLOURS["gap"], alpha=0.85, zorder=3, linewidths=0)
            for year, row, areas in zip(own["first_year"], at, own["areas"], strict=True):
                axes.annotate(f"{areas}", (year, row), ha="center", va="center", color="#ffffff", fontsize=11,
                              fontweight="bold", zorder=4)  # fmt: skip
            axes.set_xlim(low - 2.5, years[1] + 2)
            axes.set_xticks([year for year in range(low, years[1] + 1) if year % 10 == 0])
            axes.grid(axis="x", color=d.LINE, linewidth=0.8)
            d.panel_title(axes, city)

    height = max(2.2, 1.1 + 0.62 * len(rules))
    margins = (d.name_margin(rules), 0.2, 0.4, 0.5)
    return draw(paint, height=height, margins=margins, panels=(1, len(cities)), gridspec_kw={"wspace": 0.08})


def _apart(years: list[int], rows: list[int]) -> list[float]:
    """Return heights of circles so that those of one row and neighbouring years do not cover each other."""
    found: list[float] = []
    last: dict[int, tuple[int, int]] = {}
    for year, row in zip(years, rows, strict=True):
        before, step = last.get(row, (year - CLOSE, 0))
        step = step + 1 if year - before < CLOSE else 0
        last[row] = (year, step)
        found.append(row + (0.0, -0.3, 0.3)[step % 3])
    return found


def missing_slide(files: pd.DataFrame, *, language: Language) -> Slide:
    """Return which files each city could contribute. Columns: Conference.files."""
    words = {True: say(language, "liegt vor", "there"), False: say(language, "fehlt", "missing")}
    asks = list(dict.fromkeys(files["ask"])) if len(files) else []
    cities = list(dict.fromkeys(files["city_name"])) if len(files) else []
    table = pd.DataFrame({"ask": [label(f"ask_{ask}", language) for ask in asks]})
    for city in cities:
        own = files[files["city_name"] == city].set_index("ask")["present"]
        table[city] = [words[bool(own[ask])] for ask in asks]
    quoted = quotes("conference_missing", table, language)
    nowhere = [ask for ask in asks if not files[files["ask"] == ask]["present"].astype(bool).any()]
    words_nowhere = [label(f"ask_{ask}", language) for ask in nowhere]
    if len(nowhere) > NAMED:
        words_nowhere = [*words_nowhere[:NAMED], say(language, "anderes (Tabelle)", "others (table)")]
    named = in_cities(words_nowhere, language)
    title = (
        say(language, f"Was noch fehlt, überall: {named}", f"What is still missing everywhere: {named}")
        if nowhere
        else say(language, "Was noch fehlt, ist je Stadt verschieden", "What is missing differs by city")
    )
    caption = say(
        language,
        "Jede dieser Dateien macht die Vorhersageintervalle enger oder die Auswertung möglich; keine nennt Personen.",
        "Each of these files narrows the prediction intervals or makes the evaluation possible; none names persons.",
    )
    quoted.names(table["ask"].tolist())
    return slide(
        "conference_missing",
        quoted,
        Said(title, caption, title + "."),
        picture=None,
        columns=tuple(map(str, table.columns)),
    )


__all__ = ["missing_slide", "warning_counts", "warnings_slide"]

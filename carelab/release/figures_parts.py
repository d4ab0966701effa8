"""Parts of the city: people in need by Pflegegrad, sums of Stadtbezirke, districts' care rates beside their context."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.figures_need import draw_panel
from carelab.release.numbers import about, interval, listing, number
from carelab.release.whole_city import is_one_area
from carelab.terms import COLOURS, Language, say


def grades_over_time(grades_city: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return people in need by Pflegegrad, one panel each on one scale; the table also holds the settings.

    Columns: year, setting, pflegegrad (1-5), quantile columns, status, grade.
    """
    if grades_city.empty:
        alt = say(
            language,
            "Keine Pflegegrade: keine veröffentlicht, oder Grad 1 ist nicht eigens gezählt.",
            "No Pflegegrade: none published, or grade 1 is not counted apart.",
        )
        return captioned("grades_city", grades_city, figure=(alt, None), edition=(language, None))
    total = grades_city[grades_city["setting"] == "total"]
    shown = sorted(total["pflegegrad"].unique())
    top = float(total["upper_95"].max()) * 1.15

    def paint(panels: Any) -> None:
        places = list(d.iterate(panels))
        for axes, one in zip(places, shown, strict=False):
            rows = total[total["pflegegrad"] == one]
            draw_panel(axes, rows, COLOURS["need"], (f"Pflegegrad {one}", top), language)
        for axes in places[len(shown) :]:
            axes.set_visible(False)

    size: dict[str, Any] = {"height": 5.4, "margins": (0.75, 0.15, 0.4, 0.5), "panels": (2, 3), "sharey": True}
    picture = d.draw(paint, **size, gridspec_kw={"hspace": 0.42, "wspace": 0.12})
    alt = _alt_grades(total, language)
    table = grades_city.reset_index(drop=True)
    return captioned("grades_city", table, figure=(alt, picture), edition=(language, None))


def group_table(table: pd.DataFrame, *, of: str, year: int, language: Language) -> Exhibit:
    """Return sums of Stadtbezirke; ``of`` is "demand" or "population". Empty where the city gives no Stadtbezirke.

    Columns: group, name, setting or age_band, year, quantile columns, status, grade.
    """
    if table.empty:
        alt = say(
            language,
            "Größere Gebiete aus mehreren Stadtteilen hat die Stadt nicht angegeben (groups.csv).",
            "The city has named no larger areas of several districts (groups.csv).",
        )
    else:
        part = "setting" if "setting" in table else "age_band"
        first = table[(table[part] == "total") & (table["year"] == year)].sort_values("median", ascending=False)
        named = [
            f"{row['name']} {about(row['median'], language)} ({interval(row, language)})" for _, row in first.iterrows()
        ]
        rows, names = number(len(table), language), listing(named, language)
        alt = say(
            language,
            f"{rows} Zeilen; {year} insgesamt, mit 80-%-Vorhersageintervall: {names}.",
            f"{rows} rows; total of {year}, with 80% prediction interval: {names}.",
        )
    own = table.rename(columns={"name": "name_group"}).reset_index(drop=True)  # "name" is labelled as the district
    return captioned(f"{of}_group", own, figure=(alt, None), edition=(language, None))


def local_context_table(local_context: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the districts' care rates beside the city's, and what else is known of the districts.

    Columns: district, name, share_65plus, rate_ratio, lower_80, upper_80, share_foreigners, wohngeld_per_1000,
    mean_household_size, grade.
    """
    if is_one_area(local_context):
        one = "Ein Gebiet: Es ist sein eigener Maßstab; wo in der Stadt die Quote höher ist, ist nicht bekannt."
        alt = say(language, one, "One area is its own yardstick; where in the city the rate is higher is not known.")
        return captioned("local_context", local_context, figure=(alt, None), edition=(language, None))
    ends = local_context.iloc[[0, -1]] if len(local_context) else local_context
    named = [f"{row['name']} {number(float(row['rate_ratio']), language, 2)}" for _, row in ends.iterrows()]
    span = " – ".join(named) or "–"
    alt = say(
        language,
        f"Geschätzte Pflegequote gegenüber der Stadt, höchste und niedrigste: {span}.",
        f"Estimated care rate beside the city's, highest and lowest: {span}.",
    )
    return captioned("local_context", local_context, figure=(alt, None), edition=(language, None))


def _alt_grades(total: pd.DataFrame, language: Language) -> str:
    """Return one clause per Pflegegrad: first and last value with its interval."""
    parts = []
    for one, rows in total.groupby("pflegegrad"):
        first, last = rows.sort_values("year").iloc[0], rows.sort_values("year").iloc[-1]
        parts.append(
            f"Pflegegrad {one}: {first['year']:.0f} {about(first['median'], language)}, {last['year']:.0f} "
            f"{about(last['median'], language)} ({interval(last, language)})"
        )
    start = say(
        language,
        "Kleine Liniendiagramme, in Klammern das 80-%-Vorhersageintervall. ",
        "Small line charts, 80% prediction interval in brackets. ",
    )
    return start + "; ".join(parts) + "."

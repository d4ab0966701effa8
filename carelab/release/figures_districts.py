"""Figures that compare districts: where need grows, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import about, about_signed, chance_short, interval, listing
from carelab.release.whole_city import areas_dative, is_one_area
from carelab.terms import COLOURS, Language, label, say

ROW_HEIGHT = 0.235
"""Height of one district's row in inches."""
FACTORS = ("population", "ageing", "prevalence")


def district_ranking(
    demand_district: pd.DataFrame, growth: pd.DataFrame, *, year: int, language: Language, source: str | None = None
) -> Exhibit:
    """Return all districts by growth of need, with intervals, grade and probability to be among the top three.

    ``growth``: district, name, from_year, to_year, quantile columns, growth_pct, p_top3, grade;
    ``demand_district`` adds the people in need in ``year``. Districts without a value are left out of the figure.
    """
    table = _with_need(growth, demand_district, year)
    rows = table.dropna(subset=["median"]).reset_index(drop=True)
    hollow = rows["grade"].isin(d.PALE_GRADES).tolist()
    top = ("Top 3", [chance_short(value, language) for value in rows["p_top3"]])
    span = f"{int(rows['from_year'].iloc[0])}–{int(rows['to_year'].iloc[0])}" if len(rows) else str(year)

    def paint(axes: Axes) -> None:
        d.row_axis(axes, rows["name"].tolist())
        d.intervals(axes, rows, colours=[COLOURS["need"]] * len(rows), hollow=hollow)
        _signed_axis(axes, language)
        d.unit(axes, say(language, f"Personen, {span}", f"Persons, {span}"))
        d.side_columns(
            axes,
            [
                (say(language, "Zunahme", "Growth"), [about_signed(value, language) for value in rows["median"]]),
                (str(year), [about(value, language) for value in rows["people_in_need"]]),
                *([] if is_one_area(rows) else [top]),
                (say(language, "Beleg", "Grade"), rows["grade"].tolist()),
            ],
            step=0.62,
        )

    figure = (
        _alt_growth(rows, language),
        d.draw(
            paint, height=1.15 + ROW_HEIGHT * len(rows), margins=(d.name_margin(rows["name"].tolist()), 2.68, 0.45, 0.7)
        ),
    )
    return captioned("growth_district", table, figure=figure, edition=(language, source), year=year, span=span)


def decomposition_bars(
    decomposition: pd.DataFrame, *, language: Language, by: str = "name", source: str | None = None
) -> Exhibit:
    """Return why need changes: the parts of population, ageing and care rates, and their sum with its interval.

    Columns: district, name, factor (population, ageing, prevalence, total), quantile columns, grade;
    ``by`` is the column that names a row.
    """
    totals = decomposition[decomposition["factor"] == "total"].dropna(subset=["median"])
    totals = totals[totals["upper_95"] > totals["lower_95"]]
    totals = totals.sort_values("median", ascending=False, kind="stable").reset_index(drop=True)
    names = totals[by].astype(str).tolist()
    weak = totals["grade"].isin(d.WEAK_GRADES).tolist()
    parts = decomposition[decomposition["factor"] != "total"].pivot_table(
        index=by, columns="factor", values="median", sort=False
    )
    parts = parts.reindex(totals[by])

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        _stack(axes, parts, weak)
        rows = range(len(totals))
        axes.hlines(rows, totals["lower_80"], totals["upper_80"], colors=d.INK, linewidth=1.3)
        axes.scatter(totals["median"], rows, s=22, color=d.INK, zorder=3)
        _signed_axis(axes, language)
        d.key(axes, [("■", COLOURS[factor], label(factor, language)) for factor in FACTORS], rise=34)
        d.side_columns(
            axes, [(label("total", language), [about_signed(value, language) for value in totals["median"]])], step=0.75
        )

    figure = (
        _alt_parts(totals, parts, by, language),
        d.draw(paint, height=1.35 + ROW_HEIGHT * len(totals), margins=(d.name_margin(names), 0.9, 0.45, 0.9)),
    )
    return captioned("decomposition", decomposition.reset_index(drop=True), figure=figure, edition=(language, source))


def _with_need(growth: pd.DataFrame, demand_district: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return growth, largest first, with the people in need in ``year``."""
    need = demand_district[(demand_district["year"] == year) & (demand_district["setting"] == "total")]
    table = growth.merge(
        need[["district", "median"]].rename(columns={"median": "people_in_need"}), on="district", how="left"
    )
    return table.sort_values("median", ascending=False, kind="stable").reset_index(drop=True)


def _signed_axis(axes: Axes, language: Language) -> None:
    """Format the axis of changes: signs, and a firm line at zero."""
    d.count_axis(axes, language, which="x", sign=True)
    axes.axvline(0, color=d.INK, linewidth=1.0, zorder=1)


def _stack(axes: Axes, parts: pd.DataFrame, weak: Sequence[bool]) -> None:
    """Draw stacked bars to both sides of zero; those of weakly estimated districts hatched and paler."""
    right, left = [0.0] * len(parts), [0.0] * len(parts)
    for factor in FACTORS:
        for row, value in enumerate(parts[factor].fillna(0.0).tolist() if factor in parts else []):
            start = right if value >= 0 else left
            style: dict[str, Any] = d.HATCHED if weak[row] else {}
            axes.barh(row, value, left=start[row], height=0.66, color=COLOURS[factor], **style)
            start[row] += value


def _alt_growth(rows: pd.DataFrame, language: Language) -> str:
    if rows.empty:
        return say(language, "Keine Stadtteile mit Werten.", "No districts with values.")
    first = [
        f"{row['name']} {about_signed(row['median'], language)} ({interval(row, language, sign=True)})"
        for _, row in rows.head(3).iterrows()
    ]
    last = rows.iloc[-1]
    return say(
        language,
        f"Punktdiagramm von {areas_dative(len(rows), 'de')} nach Zunahme der Pflegebedürftigen, mit "
        f"80-%-Vorhersageintervall: {listing(first, 'de')}; am Ende {last['name']} "
        f"{about_signed(last['median'], 'de')}.",
        f"Dot chart of {areas_dative(len(rows), 'en')} by growth of people in need, with 80% prediction interval: "
        f"{listing(first, 'en')}; last {last['name']} {about_signed(last['median'], 'en')}.",
    )


def _alt_parts(totals: pd.DataFrame, parts: pd.DataFrame, by: str, language: Language) -> str:
    texts = []
    for _, row in totals.head(3).iterrows():
        shares = [
            f"{label(factor, language)} {about_signed(float(parts.loc[row[by], factor]), language)}"
            for factor in FACTORS
            if factor in parts
        ]
        texts.append(f"{row[by]} {about_signed(row['median'], language)} ({listing(shares, language)})")
    start = say(
        language,
        f"Gestapelte Balken, Zeilen: {len(totals)}. Größte Zunahme: ",
        f"Stacked bars, rows: {len(totals)}. Largest growth: ",
    )
    return start + "; ".join(texts) + "."

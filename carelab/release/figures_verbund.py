"""Figures of the comparison of cities: one row per city, with intervals, at one year."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.figures_districts import ROW_HEIGHT
from carelab.release.numbers import about, about_signed, listing, number, signed
from carelab.terms import COLOURS, QUANTILE_COLUMNS, Language, say

SOURCE = (
    "Eigene Vorausberechnung (carelab), je Stadt aus den Daten in data/<Stadt> (Quellen: sources.yaml).",
    "Own projection (carelab), per city from the data in data/<city> (sources: sources.yaml).",
)
_TITLES = {
    "persons": ("Wie viele Menschen brauchen {year} Pflege?", "How many people need care in {year}?"),
    "per_1000": ("Wie viele von 1.000 Einwohnern brauchen {year} Pflege?", "How many per 1,000 inhabitants in {year}?"),
    "growth": (
        "Um wie viele Menschen wächst der Bedarf bis {year}?",
        "By how many people does need grow until {year}?",
    ),
    "growth_pct": (
        "Um wie viel Prozent wächst der Bedarf bis {year}?",
        "By which percentage does need grow by {year}?",
    ),
    "gap": ("Wie viele Heimplätze fehlen {year}?", "How many nursing-home places are missing in {year}?"),
    "gap_per_1000_old": (
        "Wie viele Heimplätze fehlen {year} je 1.000 Menschen ab 80?",
        "How many places are missing in {year} per 1,000 people of 80 and over?",
    ),
}
_SIGNED = ("growth", "growth_pct", "gap", "gap_per_1000_old")
_DECIMAL = ("per_1000", "growth_pct", "gap_per_1000_old")


def cities_compared(table: pd.DataFrame, *, measure: str, year: int, language: Language) -> Exhibit:
    """Return the cities by one measure at one year, largest first, with intervals and grade.

    ``table``: city, name, measure, year, quantile columns, grade. Cities without the measure are left out; without
    any city the exhibit is an empty table.
    """
    rows = table[(table["measure"] == measure) & (table["year"] == year)]
    rows = rows.sort_values("median", ascending=False, kind="stable", ignore_index=True)
    show = _shown(measure, language)
    svg = _rows_figure(rows, measure, show, language) if len(rows) else None
    kind = Exhibit if svg else TableExhibit
    return kind(
        id=f"cities_{measure}_{year}",
        title=say(language, *_TITLES[measure]).format(year=year),
        alt=_alt(rows, show, language),
        table=rows,
        how_to_read=say(
            language,
            "Punkt: mittlerer Wert; dicke, mittlere und dünne Linie: Vorhersageintervalle zu 50, 80 und 95 %. Wo sich "
            "die mittleren Linien überlappen, ist offen, welche Stadt vorn liegt. Hohle Punkte: schwächer belegt.",
            "Dot: median; thick, medium and thin line: 50, 80 and 95% prediction intervals. Where the medium lines "
            "overlap it is open which city is ahead. Hollow dots: weaker evidence.",
        ),
        limits=say(
            language,
            "Jahre der letzten Zählung und Belegstufen unterscheiden sich; was nicht vergleichbar ist, steht in Worten "
            "in der Tabelle der Vorbehalte.",
            "Years of the last count and grades differ; what is not comparable is said in the table of reservations.",
        ),
        source=say(language, *SOURCE),
        figure_svg=svg,
        language=language,
        formats=dict.fromkeys(QUANTILE_COLUMNS, "decimal" if measure in _DECIMAL else "count"),
    )


def cities_table(cities: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what each city's figures rest on: name, grade, base_year, last_count, districts, synthetic, places."""
    count = number(len(cities), language)
    return TableExhibit(
        id="cities",
        title=say(language, "Worauf beruhen die Zahlen je Stadt?", "What do each city's figures rest on?"),
        alt=say(language, f"{count} Städte mit Basisjahr und Belegstufe.", f"{count} cities, base year and grade."),
        table=cities.rename(columns={"name": "city_name", "places": "places_are_known"}),
        how_to_read=say(
            language,
            "Basisjahr: letzte gezählte Bevölkerung; letzte Zählung: der Pflegebedürftigen.",
            "Base year: last counted population; last count: of people in need.",
        ),
        limits=say(
            language,
            "Je älter die Zählung und je schwächer die Belegstufe, desto weniger trägt der Vergleich.",
            "The older the count and the weaker the grade, the less the comparison carries.",
        ),
        source=say(language, *SOURCE),
        language=language,
        formats={"last_count": "plain"},
    )


def remarks_table(remarks: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what is not comparable, in words: name, text."""
    none = say(language, "Keine Vorbehalte zwischen diesen Städten.", "No reservations between these cities.")
    some = say(language, f"{len(remarks)} Vorbehalte.", f"{len(remarks)} reservations.")
    return TableExhibit(
        id="remarks",
        title=say(language, "Was ist nicht vergleichbar?", "What is not comparable?"),
        alt=some if len(remarks) else none,
        table=remarks.rename(columns={"name": "city_name"}),
        how_to_read=say(
            language, "Je Stadt, was vor dem Vergleich zu wissen ist.", "Per city, what to know before comparing."
        ),
        limits=say(
            language,
            "Unterschiede der Erfassung vor Ort, die nirgends veröffentlicht sind, stehen nicht darin.",
            "Local differences of recording that are published nowhere are not in it.",
        ),
        source=say(language, *SOURCE),
        language=language,
    )


def _shown(measure: str, language: Language) -> Callable[[float], str]:
    """Return how a value of this measure is written."""
    if measure in _DECIMAL:
        write = signed if measure in _SIGNED else number
        return lambda value: write(value, language, 1)
    return (lambda value: about_signed(value, language)) if measure in _SIGNED else lambda value: about(value, language)


def _rows_figure(rows: pd.DataFrame, measure: str, show: Callable[[float], str], language: Language) -> str:
    colour = COLOURS["gap"] if measure.startswith("gap") else COLOURS["need"]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, rows["name"].tolist())
        hollow = rows["grade"].isin(d.PALE_GRADES).tolist()
        d.intervals(axes, rows, colours=[colour] * len(rows), hollow=hollow)
        d.count_axis(axes, language, which="x", sign=measure in _SIGNED)
        if measure in _SIGNED:
            axes.axvline(0, color=d.INK, linewidth=1.0, zorder=1)
        spans = [f"{show(row['lower_80'])} – {show(row['upper_80'])}" for row in rows.to_dict("records")]
        columns = [
            (say(language, "Median", "Median"), [show(value) for value in rows["median"]]),
            ("80 %", spans),
            (say(language, "Beleg", "Grade"), rows["grade"].tolist()),
        ]
        for place, column in zip((0.75, 2.15, 2.75), columns, strict=True):
            d.side_columns(axes, [column], step=place)

    names = rows["name"].tolist()
    return d.draw(paint, height=1.2 + ROW_HEIGHT * len(rows), margins=(d.name_margin(names), 2.95, 0.45, 0.6))


def _alt(rows: pd.DataFrame, show: Callable[[float], str], language: Language) -> str:
    if rows.empty:
        return say(language, "Für keine Stadt bekannt.", "Known for no city.")
    to = say(language, "bis", "to")
    named = [f"{row['name']} {show(row['median'])} ({show(row['lower_80'])} {to} {show(row['upper_80'])})"
             for row in rows.to_dict("records")]  # fmt: skip
    return say(
        language,
        f"Mittlerer Wert und 80-%-Vorhersageintervall: {listing(named, 'de')}.",
        f"Median and 80% prediction interval: {listing(named, 'en')}.",
    )


__all__ = ["cities_compared", "cities_table", "remarks_table"]

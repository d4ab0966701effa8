"""Figures of the city as a whole: people in need, settings, population by age, care rates."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import about, interval, listing, percent
from carelab.terms import AGE_BANDS, COLOURS, SETTINGS, Language, label, say


def demand_fan(demand_city: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return the city's people in need over time: counted years, then the fan of the projection.

    Columns: year, setting, quantile columns, status.
    """
    table = demand_city[demand_city["setting"] == "total"].sort_values("year").reset_index(drop=True)
    counted, ahead = d.counted_and_projected(table)

    def paint(axes: Axes) -> None:
        d.fan(axes, ahead, COLOURS["need"])
        d.dots(axes, counted, COLOURS["need"])
        d.year_axis(axes, table)
        axes.set_ylim(0, float(table["upper_95"].max()) * 1.12)
        d.count_axis(axes, language)
        d.unit(axes, label("people_in_need", language))
        d.fan_labels(axes, ahead, language, colour=COLOURS["need"])
        d.status_words(axes, counted, COLOURS["need"], language)

    figure = (
        _alt_fan(table, counted, label("people_in_need", language), language),
        d.draw(paint, height=4.3, margins=(0.75, 1.35, 0.4, 0.45)),
    )
    return captioned("demand_city", table, figure=figure, edition=(language, source))


def settings_over_time(demand_city: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return people in need by care setting, one panel each on one scale."""
    table = demand_city[demand_city["setting"] != "total"].reset_index(drop=True)
    shown = [setting for setting in SETTINGS if (table["setting"] == setting).any()]
    top = float(table[table["setting"].isin(shown)]["upper_95"].max()) * 1.15

    def paint(panels: Any) -> None:
        for axes, setting in zip(d.iterate(panels), shown, strict=False):
            draw_panel(
                axes, table[table["setting"] == setting], COLOURS[setting], (label(setting, language), top), language
            )
        _hide_rest(panels, len(shown))

    figure = (
        _alt_panels(table, "setting", shown, language),
        d.draw(
            paint,
            height=5.4,
            margins=(0.75, 0.15, 0.4, 0.65),
            panels=(2, 2),
            sharey=True,
            gridspec_kw={"hspace": 0.55, "wspace": 0.12},
        ),
    )
    return captioned("settings_city", table, figure=figure, edition=(language, source))


def population_by_age(population_city: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return the population aged 65 and older by age band, one panel each on one scale.

    Columns: year, age_band, quantile columns, status.
    """
    table = population_city.reset_index(drop=True)
    shown = [band for band in AGE_BANDS if band != "0-64" and (table["age_band"] == band).any()]
    top = float(table[table["age_band"].isin(shown)]["upper_95"].max()) * 1.15

    def paint(panels: Any) -> None:
        for axes, band in zip(d.iterate(panels), shown, strict=False):
            words = say(language, f"{band} Jahre", f"aged {band}")
            draw_panel(axes, table[table["age_band"] == band], COLOURS["need"], (words, top), language)
        _hide_rest(panels, len(shown))

    figure = (
        _alt_panels(table, "age_band", shown, language),
        d.draw(
            paint,
            height=5.4,
            margins=(0.75, 0.15, 0.4, 0.5),
            panels=(2, 3),
            sharey=True,
            gridspec_kw={"hspace": 0.42, "wspace": 0.12},
        ),
    )
    return captioned("population_city", table, figure=figure, edition=(language, source))


def care_rates(rates: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return care rates by age and sex in the first and the last year of the table.

    Columns: sex, age_band, year, quantile columns (0-1), status.
    """
    table = rates.reset_index(drop=True)
    years = sorted({int(table["year"].min()), int(table["year"].max())})
    bands = [band for band in AGE_BANDS if (table["age_band"] == band).any()]

    def paint(panels: Any) -> None:
        for axes, sex in zip(d.iterate(panels), ("w", "m"), strict=False):
            _rates_panel(axes, table[table["sex"] == sex], (bands, years), language)
            d.unit(axes, label(sex, language).capitalize())

    figure = (
        _alt_rates(table, bands, years, language),
        d.draw(
            paint, height=3.9, margins=(0.65, 0.15, 0.45, 0.5), panels=(1, 2), sharey=True, gridspec_kw={"wspace": 0.12}
        ),
    )
    return captioned("care_rates", table, figure=figure, edition=(language, source))


def draw_panel(axes: Axes, table: pd.DataFrame, colour: str, words: tuple[str, float], language: Language) -> None:
    """Draw one panel of a panel figure: heading, fan, dots, last value."""
    title, top = words
    counted, ahead = d.counted_and_projected(table)
    d.fan(axes, ahead, colour)
    d.dots(axes, counted, colour)
    d.year_axis(axes, table, most=3)
    axes.set_ylim(0, top)
    d.count_axis(axes, language)
    d.panel_title(axes, title)
    last = table.sort_values("year").iloc[-1]
    late = table[table["year"] > float(last["year"]) - 0.35 * (table["year"].max() - table["year"].min())]
    axes.annotate(
        about(last["median"], language), (float(last["year"]), float(late["upper_95"].max())), xytext=(0, 5),
        textcoords="offset points", va="bottom", ha="right", fontweight="bold", annotation_clip=False,
    )  # fmt: skip


def _hide_rest(panels: Any, used: int) -> None:
    for axes in list(d.iterate(panels))[used:]:
        axes.set_visible(False)


def _rates_panel(axes: Axes, table: pd.DataFrame, grid: tuple[list[str], list[int]], language: Language) -> None:
    bands, years = grid
    for place, year in enumerate(years):
        rows = table[table["year"] == year].set_index("age_band").reindex(bands)
        x = [position + (place - 0.5) * 0.3 for position in range(len(bands))]
        colour, alpha = COLOURS["prevalence"], 1.0 if place else 0.55
        for level, width in ((95, 1.4), (80, 3.6)):
            axes.vlines(
                x, rows[f"lower_{level}"], rows[f"upper_{level}"], colors=colour, linewidth=width, alpha=alpha * 0.6
            )
        axes.scatter(x, rows["median"], s=26, color=colour, alpha=alpha, zorder=3)
        last = float(rows["median"].iloc[-1])
        offset = (-6, 4) if place else (-6, -6)
        axes.annotate(str(year), (x[-1], last), xytext=offset, textcoords="offset points", ha="right", color=d.SOFT)
    axes.set_xticks(range(len(bands)), bands)
    axes.set_ylim(0, None)
    d.percent_axis(axes, language)


def _alt_fan(table: pd.DataFrame, counted: pd.DataFrame, what: str, language: Language) -> str:
    last = table.iloc[-1]
    now = counted.iloc[-1] if len(counted) else table.iloc[0]
    kind = label(str(now["status"]), language)
    return say(
        language,
        f"Liniendiagramm: {what}. {now['year']:.0f}: {about(now['median'], 'de')} ({kind}). {last['year']:.0f}: "
        f"{about(last['median'], 'de')} vorausberechnet, 80-%-Vorhersageintervall {interval(last, 'de')}.",
        f"Line chart: {what}. {now['year']:.0f}: {about(now['median'], 'en')} ({kind}). {last['year']:.0f}: "
        f"{about(last['median'], 'en')} projected, 80% prediction interval {interval(last, 'en')}.",
    )


def _alt_panels(table: pd.DataFrame, key: str, shown: list[str], language: Language) -> str:
    """Return one clause per panel: first and last value with its interval."""
    parts = []
    for value in shown:
        rows = table[table[key] == value].sort_values("year")
        first, last = rows.iloc[0], rows.iloc[-1]
        parts.append(
            f"{label(value, language)}: {first['year']:.0f} {about(first['median'], language)}, {last['year']:.0f} "
            f"{about(last['median'], language)} ({interval(last, language)})"
        )
    start = say(
        language,
        "Kleine Liniendiagramme, in Klammern das 80-%-Vorhersageintervall. ",
        "Small line charts, 80% prediction interval in brackets. ",
    )
    return start + "; ".join(parts) + "."


def _alt_rates(table: pd.DataFrame, bands: list[str], years: list[int], language: Language) -> str:
    rows = table[table["year"] == years[-1]]
    parts = []
    for sex in ("w", "m"):
        values = rows[rows["sex"] == sex].set_index("age_band")["median"]
        texts = [f"{band}: {percent(float(values[band]), language, 1)}" for band in bands if band in values.index]
        parts.append(f"{label(sex, language)} {listing(texts, language)}")
    return (
        say(language, f"Punktdiagramm der Pflegequoten {years[-1]}: ", f"Dot chart of care rates {years[-1]}: ")
        + "; ".join(parts)
        + "."
    )

"""Figures and tables that say how far the numbers can be trusted: fit of ages, back-test, data checks, sources."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from carelab.release import drawing as d
from carelab.release.captions import OWN_PROJECTION, captioned
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.numbers import listing, number, percent
from carelab.release.whole_city import areas_dative
from carelab.terms import COLOURS, QUANTILE_COLUMNS, Language, label, say

METHODS = ("error_profile", "error_blind", "error_full")
RULES = ("constant_rates", "own_last_growth")


def base_fit_errors(base_fit: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return how far the estimated mean age of districts is off, by method.

    Columns: district, name, population, mean_age_published, mean_age_estimated, error_full, error_blind,
    error_profile, grade.
    """
    shown = [method for method in METHODS if method in base_fit and base_fit[method].notna().any()]
    mean = {method: float(base_fit[method].abs().mean()) for method in shown}
    corner = ("axes fraction", "data")

    def paint(axes: Axes) -> None:
        for row, method in enumerate(shown):
            _strip(axes, base_fit[method].dropna().to_numpy(float), row, method)
            off = number(mean[method], language, 2)
            words = say(language, f"im Mittel {off} Jahre", f"on average {off} years")
            axes.annotate(label(method, language), (0, row - 0.45), xycoords=corner, fontweight="bold", bbox=d.PAPER)
            axes.annotate(words, (1, row - 0.45), xycoords=corner, ha="right")
        axes.set_ylim(len(shown) - 0.4, -0.75)
        axes.set_yticks([])
        axes.axvline(0, color=d.INK, linewidth=1.0, zorder=1)
        axes.grid(axis="x", color=d.LINE, linewidth=0.8)
        axes.xaxis.set_major_formatter(lambda value, _: ("+" if value > 0 else "") + number(value, language, 1))

    svg = d.draw(paint, height=0.7 + 1.0 * len(shown), margins=(0.3, 0.3, 0.45, 0.1)) if shown else None
    figure = (_alt_fit(mean, len(base_fit), language), svg)
    return captioned("base_fit", base_fit.reset_index(drop=True), figure=figure, edition=(language, source))


def backtest_errors(backtest: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return past projections against what was counted later: the model with intervals beside rules of thumb.

    Columns: area, name, origin, year, observed, quantile columns, error_pct, inside_80, rule.
    """
    table = backtest.reset_index(drop=True)
    cases = (
        table[table["rule"] == "model"].sort_values(["name", "year", "origin"], kind="stable").reset_index(drop=True)
    )
    names = [f"{row['name']} {row['origin']}→{row['year']}" for _, row in cases.iterrows()]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        d.intervals(axes, _relative(cases), colours=[COLOURS["need"]] * len(cases), hollow=[False] * len(cases))
        for rule, marker in zip(RULES, ("s", "^"), strict=True):
            axes.scatter(
                _of_rule(table, cases, rule),
                range(len(cases)),
                s=30,
                marker=marker,
                facecolors="#ffffff",
                edgecolors=COLOURS["supply"],
                linewidths=1.4,
                zorder=4,
            )
        axes.axvline(0, color=d.INK, linewidth=1.0, zorder=1)
        d.percent_axis(axes, language, which="x")
        axes.xaxis.set_major_formatter(lambda value, _: ("+" if value > 0 else "") + percent(value, language))
        _rule_key(axes, language)

    figure = (
        _alt_backtest(table, language),
        d.draw(paint, height=1.35 + 0.29 * len(cases), margins=(d.name_margin(names), 0.3, 0.45, 0.85)),
    )
    return captioned("backtest", table.rename(columns={"name": "city"}), figure=figure, edition=(language, source))


def data_quality(checks: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return the checks of the input data as a table, warnings first. Columns: table, check, result, text."""
    order = {"warning": 0, "note": 1, "ok": 2}
    table = (
        checks.assign(_order=checks["result"].map(order)).sort_values("_order", kind="stable").drop(columns="_order")
    )
    counts = [f"{int((checks['result'] == key).sum())} × {label(key, language)}" for key in order]
    alt = say(language, "Prüfungen: ", "Checks: ") + listing(counts, language) + "."
    return captioned("data_quality", table.reset_index(drop=True), figure=(alt, None), edition=(language, source))


def sources_table(sources: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the sources of all input tables. Columns: table, publisher, title, date, url, licence, quality."""
    alt = say(
        language, f"Eingangstabellen mit Quelle: {len(sources)}.", f"Input tables with their source: {len(sources)}."
    )
    return captioned("sources", sources.reset_index(drop=True), figure=(alt, None), edition=(language, None))


def table_exhibit(table: pd.DataFrame, *, id: str, title: str, text: Sequence[str], language: Language) -> Exhibit:
    """Return any table as an exhibit; ``text`` is how to read it, its limits and (if not ours) its source."""
    how_to_read, limits, *rest = text
    alt = say(language, f"Tabelle mit {len(table)} Zeilen.", f"Table of {len(table)} rows.")
    return TableExhibit(
        id=id,
        title=title,
        alt=alt,
        table=table.reset_index(drop=True),
        how_to_read=how_to_read,
        limits=limits,
        source=rest[0] if rest else say(language, *OWN_PROJECTION),
        language=language,
    )


def _strip(axes: Axes, values: NDArray[np.float64], row: int, method: str) -> None:
    """Draw values as dots in a row, stacked where they would hide each other."""
    colour = COLOURS["need"] if method == "error_full" else d.SOFT
    step = max(float(np.ptp(values)), 1e-9) / 60
    seen: dict[int, int] = {}
    heights = []
    for value in values:
        place = round(float(value) / step)
        seen[place] = seen.get(place, 0) + 1
        heights.append(row + 0.14 - 0.09 * (seen[place] - 1))
    axes.scatter(values, heights, s=18, color=colour, alpha=0.65, linewidths=0)


def _relative(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the quantiles as deviation from what was counted (0.1 = 10 % too high)."""
    return cases[list(QUANTILE_COLUMNS)].div(cases["observed"], axis=0) - 1


def _of_rule(table: pd.DataFrame, cases: pd.DataFrame, rule: str) -> pd.Series[float]:
    keys = ["area", "origin", "year"]
    errors = table.loc[table["rule"] == rule, [*keys, "error_pct"]]
    return cases[keys].merge(errors, on=keys, how="left")["error_pct"].astype(float) / 100


def _rule_key(axes: Axes, language: Language) -> None:
    marks = [("□", COLOURS["supply"]), ("△", COLOURS["supply"])]
    rules = [(mark, colour, label(rule, language)) for (mark, colour), rule in zip(marks, RULES, strict=True)]
    d.key(axes, [("●", COLOURS["need"], label("model", language)), *rules], rise=24, shift=-60)


def _alt_fit(mean: dict[str, float], count: int, language: Language) -> str:
    parts = [f"{label(method, language)}: {number(value, language, 2)}" for method, value in mean.items()]
    if not parts:
        none = "Nicht zu prüfen: Je Stadtteil ist kein Durchschnittsalter veröffentlicht."
        return say(language, none, "Not to be tested: no mean age is published by district.")
    return (
        say(
            language,
            f"Punktreihen von {areas_dative(count, 'de')}; mittlere Abweichung vom veröffentlichten "
            "Durchschnittsalter in Jahren. ",
            f"Rows of dots for {areas_dative(count, 'en')}; mean deviation from the published mean age in years. ",
        )
        + "; ".join(parts)
        + "."
    )


def _alt_backtest(table: pd.DataFrame, language: Language) -> str:
    errors = table.groupby("rule")["error_pct"].apply(lambda values: float(values.abs().mean()))
    parts = [f"{label(str(rule), language)} {percent(value / 100, language, 1)}" for rule, value in errors.items()]
    model = table[table["rule"] == "model"]
    inside = int(model["inside_80"].fillna(False).astype(bool).sum())
    return say(
        language,
        "Punktdiagramm der Abweichungen vergangener Vorausberechnungen. Mittlere absolute Abweichung: "
        f"{listing(parts, 'de')}. In {inside} von {len(model)} Fällen lag die gezählte Zahl im "
        "80-%-Vorhersageintervall.",
        f"Dot chart of the errors of past projections. Mean absolute error: {listing(parts, 'en')}. In {inside} of "
        f"{len(model)} cases the counted figure lay within the 80% prediction interval.",
    )

"""Back-tests over panels: errors beside rules of thumb, coverage of intervals, intervals beside the best rule's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import listing, number, percent
from carelab.terms import BAND_80, COLOURS, LEVELS, Language, label, say

MODELS: Final = ("model_city", "model", "model_law")
WANTED_WIS: Final = 0.9
_Cell = tuple[str, int]
"""A quantity (target) and a horizon in years."""
_CARE: Final = (("people_in_need", 2), ("people_in_need", 4))
_DISTRICTS: Final = (("65+", 5), ("80+", 5), ("65+", 10), ("80+", 10))
_SHOWN_HORIZONS: Final = {"kreise": (2, 4, 6), "wien_districts": (5, 10)}
_SHOWN_TARGETS: Final = ("people_in_need", "total", "65+", "75+", "80+")


def care_rule_errors(errors: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return mean errors of model and rules for people in need of all Kreise. Columns: a study's backtest_errors."""
    table = errors[errors["panel"] == "kreise"].reset_index(drop=True)
    figure = _dots(table, _CARE, (1, 2), language)
    return captioned("backtest_rules", table, figure=figure, edition=(language, source))


def district_rule_errors(errors: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return mean errors of model and rules for old people by district. Columns: a study's backtest_errors."""
    table = errors[errors["panel"] == "wien_districts"].reset_index(drop=True)
    figure = _dots(table, _DISTRICTS, (2, 2), language)
    return captioned("backtest_rules_districts", table, figure=figure, edition=(language, source))


def care_coverage(calibration: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return how often intervals for people in need held, by size class and horizon. Columns: a study's calibration."""
    table = calibration[calibration["panel"] == "kreise"].reset_index(drop=True)
    rows = table[(table["size_class"] != "all") & table["horizon"].isin([2, 4])]
    names = [
        f"{_years(int(str(row.horizon)), language)}, {label(str(row.size_class), language)}"
        for row in rows[rows["rule"] == "model_city"].itertuples()
    ]
    titles = {
        "model_city": say(language, "Städte", "cities"),
        "model": say(language, "aus Zählungen", "of counts"),
        "model_law": say(language, "Gesetz bekannt", "law known"),
    }
    parts = [(titles[rule], rows[rows["rule"] == rule]) for rule in MODELS]
    figure = _coverage(parts, names, language)
    return captioned("backtest_coverage", table, figure=figure, edition=(language, source))


def district_coverage(calibration: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return how often intervals for district populations held, by age and horizon. Columns: a study's calibration."""
    table = calibration[calibration["panel"] == "wien_districts"].reset_index(drop=True)
    rows = _shown(table)
    figure = _coverage([("", rows)], _names(rows, language), language)
    return captioned("backtest_coverage_districts", table, figure=figure, edition=(language, source))


def interval_quality(calibration: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return the model's WIS beside the best rule's in the same cases. Columns: a study's calibration."""
    rows = pd.concat([_shown(calibration[calibration["panel"] == panel]) for panel in _SHOWN_HORIZONS])
    rows = rows.dropna(subset=["wis_ratio"]).reset_index(drop=True)
    names = _names(rows, language)

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        axes.axvline(1, color=d.INK, linewidth=1.0, zorder=1)
        axes.axvline(WANTED_WIS, color=d.SOFT, linewidth=1.0, linestyle=(0, (3, 2)), zorder=1)
        colours = [COLOURS["need"] if ratio <= 1 else COLOURS["supply"] for ratio in rows["wis_ratio"]]
        axes.hlines(range(len(rows)), 1, rows["wis_ratio"], colors=colours, linewidth=2.0)
        axes.scatter(rows["wis_ratio"], range(len(rows)), c=colours, s=42, zorder=3)
        axes.xaxis.set_major_formatter(lambda value, _: number(value, language, 1))
        d.side_columns(axes, [("WIS", [number(ratio, language, 2) for ratio in rows["wis_ratio"]])], step=0.55)

    svg = d.draw(paint, height=0.85 + 0.29 * len(rows), margins=(d.name_margin(names), 0.8, 0.45, 0.4))
    parts = [f"{name}: {number(ratio, language, 2)}" for name, ratio in zip(names, rows["wis_ratio"], strict=True)]
    lead = say(language, "WIS des Modells, beste Faustregel = 1. ", "WIS of the model, best rule of thumb = 1. ")
    figure = (lead + "; ".join(parts) + ".", svg)
    return captioned("backtest_wis", calibration.reset_index(drop=True), figure=figure, edition=(language, source))


def pit_histograms(shares: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return where in their distributions the later counts fell, tenth by tenth. Columns: a study's pit_shares."""
    cells = [
        ("model_city", "people_in_need", 2),
        ("model_law", "people_in_need", 2),
        ("model", "65+", 5),
        ("model", "80+", 5),
    ]
    parts = []
    for rule, target, ahead in cells:
        rows = shares[(shares["rule"] == rule) & (shares["target"] == target) & (shares["horizon"] == ahead)]
        name = _cell_name(target, ahead, language) + (
            say(language, ", mit Gesetz", ", with law") * (rule == "model_law")
        )
        if len(rows):
            parts.append((name, rows.sort_values("tenth")["share"].to_numpy(float)))

    def paint(grid: object) -> None:
        for axes, (name, values) in zip(d.iterate(grid), parts, strict=False):
            axes.bar(range(len(values)), values, width=0.9, color=COLOURS["need"], zorder=2)
            axes.axhline(1 / len(values), color=d.INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=3)
            axes.set_xticks([-0.5, 4.5, 9.5], [percent(at, language) for at in (0.0, 0.5, 1.0)])
            axes.set_ylim(0, 1.15 * max(float(each.max()) for _, each in parts))
            d.percent_axis(axes, language, which="y")
            d.panel_title(axes, name)

    size: dict[str, Any] = {"height": 4.6, "margins": (0.75, 0.2, 0.45, 0.45), "panels": (2, 2), "sharey": True}
    svg = d.draw(paint, **size, gridspec_kw={"hspace": 0.55, "wspace": 0.12})
    told = [
        f"{name}: {percent(values[0], language)} {say(language, 'und', 'and')} {percent(values[-1], language)}"
        for name, values in parts
    ]
    lead = say(
        language,
        "Anteil der Zählungen im untersten und obersten Zehntel der Verteilung (richtig wären je 10 %). ",
        "Share of counts in the lowest and the highest tenth of the distribution (right would be 10% each). ",
    )
    figure = (lead + "; ".join(told) + ".", svg)
    return captioned("backtest_pit", shares.reset_index(drop=True), figure=figure, edition=(language, source))


def own_record(record: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return the model's record in the run's own city as a table. Columns: a study's backtest_own."""
    inside = int(record["inside_80"].astype(bool).sum())
    alt = say(
        language,
        f"Tabelle mit {len(record)} Vorausberechnungen; in {inside} lag die Zählung im 80-%-Intervall.",
        f"Table of {len(record)} projections; in {inside} the count lay within the 80% interval.",
    )
    return captioned("backtest_own", record, figure=(alt, None), edition=(language, source))


def _dots(table: pd.DataFrame, cells: Sequence[_Cell], panels: tuple[int, int], language: Language) -> tuple[str, str]:
    """Return alt text and SVG: rules below each other, a panel per quantity and horizon."""
    parts = [table[(table["target"] == target) & (table["horizon"] == ahead)] for target, ahead in cells]
    order = parts[0].assign(own=~parts[0]["rule"].isin(MODELS)).sort_values(["own", "mape_pct"])["rule"].tolist()
    names = [label(str(rule), language) for rule in order]
    if "model_city" in order:
        names[order.index("model")] = say(language, "Modell aus Zählungen", "model of counts")

    def paint(grid: object) -> None:
        for place, (axes, cell, part) in enumerate(zip(d.iterate(grid), cells, parts, strict=True)):
            values = (part.set_index("rule")["mape_pct"] / 100).reindex(order)
            d.row_axis(axes, names if place % panels[1] == 0 else [""] * len(names), lines=2)
            faces = [COLOURS["need"] if rule in MODELS else "#ffffff" for rule in order]
            edges = [COLOURS["need"] if rule in MODELS else COLOURS["supply"] for rule in order]
            axes.scatter(values, range(len(order)), c=faces, edgecolors=edges, s=46, linewidths=1.5, zorder=3)
            for row, value in enumerate(values):
                axes.annotate(percent(value, language, 1), (value, row), xytext=(8, 0), textcoords="offset points",
                              va="center", fontsize=11)  # fmt: skip
            axes.set_xlim(0, 1.35 * float(values.max()))
            d.percent_axis(axes, language, which="x")
            axes.xaxis.set_major_locator(MaxNLocator(nbins=4, prune="upper"))
            d.panel_title(axes, _cell_name(*cell, language))

    height = panels[0] * (0.95 + 0.42 * len(order))
    margins = (d.name_margin(names, lines=2), 0.25, 0.4, 0.45)
    svg = d.draw(paint, height=height, margins=margins, panels=panels, gridspec_kw={"hspace": 0.42, "wspace": 0.2})
    return _alt_errors(parts, cells, language), svg


def _coverage(parts: Sequence[tuple[str, pd.DataFrame]], names: Sequence[str], language: Language) -> tuple[str, str]:
    """Return alt text and SVG: one row per cell, the 50, 80 and 95 % intervals as dots, a panel per part."""

    def paint(grid: object) -> None:
        for place, (axes, (title, rows)) in enumerate(zip(d.iterate(grid), parts, strict=True)):
            d.row_axis(axes, names if place == 0 else [""] * len(names))
            axes.axvspan(*BAND_80, color=COLOURS["need"], alpha=0.14, linewidth=0)
            for level in LEVELS:
                axes.axvline(level / 100, color=d.SOFT, linewidth=0.8, linestyle=(0, (1, 2)))
                face = COLOURS["need"] if level == 80 else "#ffffff"
                axes.scatter(rows[f"coverage_{level}"], range(len(rows)), c=face, edgecolors=COLOURS["need"],
                             s=46 if level == 80 else 24, linewidths=1.2, zorder=3)  # fmt: skip
            axes.set_xlim(0, 1.03)
            axes.set_xticks([0.5, 0.8] if len(parts) > 1 else [0, 0.5, 0.8, 0.95])
            axes.xaxis.set_major_formatter(lambda value, _: percent(value, language))
            if title:
                d.panel_title(axes, title)

    height = 0.95 + 0.31 * len(names)
    margins = (d.name_margin(names), 0.3, 0.4, 0.45 if parts[0][0] else 0.15)
    svg = d.draw(paint, height=height, margins=margins, panels=(1, len(parts)), gridspec_kw={"wspace": 0.2})
    texts = []
    for title, rows in parts:
        held = [f"{n} {percent(c, language)}" for n, c in zip(names, rows["coverage_80"], strict=True)]
        texts.append((f"{title}: " if title else "") + listing(held, language))
    lead = say(language, "Anteil der Fälle im 80-%-Intervall. ", "Share of cases within the 80% interval. ")
    return lead + ". ".join(texts) + ".", svg


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows over all size classes that a figure has room for, quantities in order."""
    horizons = _SHOWN_HORIZONS[str(table["panel"].iloc[0])]
    kept = table["target"].isin(_SHOWN_TARGETS) & table["horizon"].isin(horizons) & (table["size_class"] == "all")
    order = {target: place for place, target in enumerate(_SHOWN_TARGETS)}
    rows = table[kept]
    rows = rows.assign(_order=[order[str(target)] for target in rows["target"]])
    return rows.sort_values(["rule", "_order", "horizon"], kind="stable").drop(columns="_order").reset_index(drop=True)


def _names(rows: pd.DataFrame, language: Language) -> list[str]:
    more = {
        "model": say(language, ", aus Zählungen", ", of counts"),
        "model_law": say(language, ", mit Gesetz", ", with law"),
    }
    return [
        _cell_name(str(row.target), int(str(row.horizon)), language)
        + (more.get(str(row.rule), "") if row.target == "people_in_need" else "")
        for row in rows.itertuples()
    ]


def _cell_name(target: str, ahead: int, language: Language) -> str:
    what = {
        "people_in_need": say(language, "Pflege", "Care"),
        "total": say(language, "Einwohner", "Inhabitants"),
    }.get(target, say(language, f"Alter {target}", f"Age {target}"))
    return f"{what}, {_years(ahead, language)}"


def _years(ahead: int, language: Language) -> str:
    return say(language, f"{ahead} J.", f"{ahead} y.")


def _alt_errors(parts: Sequence[pd.DataFrame], cells: Sequence[_Cell], language: Language) -> str:
    texts = []
    for (target, ahead), part in zip(cells, parts, strict=True):
        values = [
            f"{label(str(r), language)} {number(v, language, 1)}"
            for r, v in zip(part["rule"], part["mape_pct"], strict=True)
        ]
        texts.append(f"{_cell_name(target, ahead, language)}: {listing(values, language)}")
    lead = say(language, "Mittlere Abweichung in Prozent. ", "Mean error in per cent. ")
    return lead + ". ".join(texts) + "."

"""The tornado: what changes the answer, ranked."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import about_signed, listing, signed
from carelab.terms import COLOURS, Language, label, say


def tornado(sensitivity: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return how far each driver moves a district's need, and how far the city's missing places.

    Columns: driver, low, high, district_low_pct, district_high_pct (per cent of the median), places_low, places_high,
    swing_pct, and others.
    """
    table = sensitivity.sort_values("swing_pct", ascending=False, kind="stable").reset_index(drop=True)
    rows = _moving(table)
    middle = _middle(table)

    def paint(panels: Any) -> None:
        need, places = d.iterate(panels)
        _bars(need, rows, ("district_{}_pct", 0.0, 100.0))
        _bars(places, rows, ("places_{}", middle, 1.0))
        names = [label(str(driver), language) for driver in rows["driver"]]
        d.row_axis(need, names)
        need.set_yticks(range(len(names)), names, color=d.INK)
        d.row_axis(places, [""] * len(rows))
        d.percent_axis(need, language, which="x")
        need.xaxis.set_major_locator(MaxNLocator(nbins=4))
        places.xaxis.set_major_locator(MaxNLocator(nbins=4))
        places.xaxis.set_major_formatter(lambda value, _: signed(value, language))
        d.panel_title(need, _unit(table, language))
        d.panel_title(places, say(language, "Fehlende Heimplätze", "Missing home places"))

    svg = d.draw(
        paint,
        height=1.5 + 0.45 * len(rows),
        margins=(3.6, 0.3, 0.4, 0.45),
        panels=(1, 2),
        gridspec_kw={"wspace": 0.15},
    )
    return captioned("tornado", table, figure=(_alt(rows, language), svg), edition=(language, source))


def _bars(axes: Axes, rows: pd.DataFrame, what: tuple[str, float, float]) -> None:
    """Draw the low and the high end of every driver as bars from the middle; ``what``: columns, middle, divisor."""
    columns, middle, divisor = what
    for side, colour in (("low", COLOURS["neutral"]), ("high", COLOURS["need"])):
        length = (rows[columns.format(side)].to_numpy(float) - middle) / divisor
        axes.barh(range(len(rows)), length, left=middle / divisor, color=colour, height=0.55, zorder=2)
    axes.axvline(middle / divisor, color=d.INK, linewidth=1.0, zorder=3)


def _middle(table: pd.DataFrame) -> float:
    """Return the missing places of the middle future: what the local ratio, which moves the city in nothing, shows."""
    still = table[table["driver"] == "local_ratio"]
    rows = still if len(still) else table.head(1)
    return float(rows["places_low"].iloc[0])


def _unit(table: pd.DataFrame, language: Language) -> str:
    """Return whose need the figure shows: a district's, or the city's where local ratios play no part."""
    local = table[table["driver"] == "local_ratio"]
    if len(local) and bool((local["low"] == local["high"]).all()):
        return say(language, "Bedarf der Stadt", "Need of the city")
    return say(language, "Bedarf eines Stadtteils", "Need of a district")


def _moving(table: pd.DataFrame) -> pd.DataFrame:
    """Return the drivers that move need or missing places visibly; all where none does."""
    need = table[["district_low_pct", "district_high_pct"]].astype(float).round().abs().max(axis=1) > 0
    places = (table["places_high"] - table["places_low"]).astype(float).abs() >= 1
    moves = need | places
    return table[moves].reset_index(drop=True) if moves.any() else table


def _alt(table: pd.DataFrame, language: Language) -> str:
    need = [
        f"{label(str(row.driver), language)} {signed(float(str(row.district_low_pct)), language)} "
        f"{say(language, 'bis', 'to')} {signed(float(str(row.district_high_pct)), language)}"
        for row in table.itertuples()
    ]
    ordered = table.assign(swing=(table["places_high"] - table["places_low"]).abs())
    places = [
        f"{label(str(row.driver), language)} {about_signed(float(str(row.places_low)), language)} "
        f"{say(language, 'bis', 'to')} {about_signed(float(str(row.places_high)), language)}"
        for row in ordered.sort_values("swing", ascending=False).itertuples()
    ]
    lead = say(language, "Abweichung des Bedarfs in Prozent: ", "Deviation of need in per cent: ")
    then = say(language, "Fehlende Heimplätze, wichtigstes zuerst: ", "Missing home places, largest effect first: ")
    return f"{lead}{listing(need, language)}. {then}{listing(places, language)}."

"""The tornado: what changes the answer, ranked."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import listing, signed
from carelab.terms import COLOURS, Language, label, say


def tornado(sensitivity: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return how far each driver moves a district's need.

    Columns: driver, low, high, district_low_pct, district_high_pct (per cent of the median), swing_pct, and others.
    """
    table = sensitivity.sort_values("swing_pct", ascending=False, kind="stable").reset_index(drop=True)
    rows = _moving(table)

    def paint(axes: Axes) -> None:
        for side, colour in (("low", COLOURS["neutral"]), ("high", COLOURS["need"])):
            values = rows[f"district_{side}_pct"].to_numpy(float) / 100
            axes.barh(range(len(rows)), values, color=colour, height=0.55, zorder=2)
        names = [label(str(driver), language) for driver in rows["driver"]]
        d.row_axis(axes, names)
        axes.set_yticks(range(len(names)), names, color=d.INK)
        axes.axvline(0, color=d.INK, linewidth=1.0, zorder=3)
        d.percent_axis(axes, language, which="x")
        d.unit(axes, _unit(table, language))

    height = 1.5 + 0.45 * len(rows)
    svg = d.draw(paint, height=height, margins=(3.6, 0.4, 0.5, 0.45))
    return captioned("tornado", table, figure=(_alt(rows, language), svg), edition=(language, source))


def _unit(table: pd.DataFrame, language: Language) -> str:
    """Return whose need the figure shows: a district's, or the city's where local ratios play no part."""
    local = table[table["driver"] == "local_ratio"]
    if len(local) and bool((local["low"] == local["high"]).all()):
        return say(language, "Bedarf der Stadt, Abweichung vom Median", "Need of the city, off the median")
    return say(language, "Bedarf eines Stadtteils, Abweichung vom Median", "Need of a district, off the median")


def _moving(table: pd.DataFrame) -> pd.DataFrame:
    """Return the drivers that move need visibly; all where none does."""
    moves = table[["district_low_pct", "district_high_pct"]].astype(float).round().abs().max(axis=1) > 0
    return table[moves].reset_index(drop=True) if moves.any() else table


def _alt(table: pd.DataFrame, language: Language) -> str:
    parts = [
        f"{label(str(row.driver), language)} {signed(float(str(row.district_low_pct)), language)} "
        f"{say(language, 'bis', 'to')} {signed(float(str(row.district_high_pct)), language)}"
        for row in table.itertuples()
    ]
    lead = say(language, "Abweichung des Bedarfs in Prozent: ", "Deviation of need in per cent: ")
    return lead + listing(parts, language) + "."

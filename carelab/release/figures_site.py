"""The exhibit of a single site: its series, the synthetic control beside it, and what both methods say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.exhibit import Exhibit
from carelab.release.figures_pilot import absent, pilot_exhibit, worded
from carelab.release.numbers import number
from carelab.terms import COLOURS, Language, label, say


def pilot_site(table: pd.DataFrame, paths: pd.DataFrame, *, simulated: bool, language: Language) -> Exhibit:
    """Return the primary outcome at a single site over time, and each outcome's effect by method as table."""
    if table.empty:
        return absent("pilot_site", "site", simulated, language)
    primary = table.loc[table["role"] == "primary", "outcome"].iloc[0]
    rows = paths[paths["outcome"] == primary].reset_index(drop=True)

    def paint(axes: Axes) -> None:
        at, first = np.arange(len(rows)), int(rows["started"].to_numpy(bool).argmax())
        axes.plot(at, rows["synthetic"], color=COLOURS["neutral"], linewidth=2.0, linestyle=(0, (4, 1.6)))
        axes.plot(at, rows["observed"], color=COLOURS["need"], linewidth=2.0, marker="o", markersize=4.5)
        axes.axvline(first - 0.5, color=d.SOFT, linewidth=0.9, linestyle=(0, (2, 2)))
        axes.set_xticks(at[::4], list(rows["half_year"].str.replace("-H", "/")[::4]))
        axes.set_ylim(bottom=0)
        d.count_axis(axes, language)
        d.unit(axes, label(primary, language))
        for name, key, colour in (("observed", "observed_here", "need"), ("synthetic", "synthetic_control", "neutral")):
            last = float(rows[name].iloc[-1])
            if np.isfinite(last):
                axes.annotate(label(key, language), (at[-1], last), xytext=(8, 0), textcoords="offset points",
                              va="center", color=COLOURS[colour], annotation_clip=False)  # fmt: skip

    svg = d.draw(paint, height=3.6, margins=(0.7, 2.0, 0.5, 0.45))
    shown = table.rename(
        columns={"outcome": "pilot_outcome", "p_value": "rank_p", "placebo_dates": "site_dates",
                 "placebo_loud": "site_loud", "rejected": "rejected_share", "attainable": "attainable_share"}
    )  # fmt: skip
    for name in ("pilot_outcome", "role", "method"):
        shown = worded(shown, name, language)
    return pilot_exhibit("pilot_site", shown, _alt(table, primary, language), (simulated, language), svg)


def _alt(table: pd.DataFrame, primary: str, language: Language) -> str:
    rows = table[table["outcome"] == primary]
    parts = [
        f"{label(row['method'], language)} {number(row['estimate'], language, 1)} "
        f"({number(row['lower_80'], language, 1)} {say(language, 'bis', 'to')} {number(row['upper_80'], language, 1)})"
        for row in rows.to_dict("records")
    ]
    return say(language, "Änderung nach dem Start: ", "Change after the start: ") + "; ".join(parts) + "."

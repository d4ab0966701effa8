"""Exhibits of the run's own districts: their back-test, and what new housing changes."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from carelab.release import drawing as d
from carelab.release.backtest_text import band_name
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import listing, percent
from carelab.terms import COLOURS, Language, label, say

_NARROW: Final = 0.04
"""Below this largest error the axis shows tenths of a per cent."""
OTHERS: Final = "all_other_districts"


def district_record(record: pd.DataFrame, *, language: Language, source: str | None = None) -> Exhibit:
    """Return errors of past projections of the own districts beside rules of thumb, furthest look back drawn.

    Columns: a study's district_record (forecast.backtest.own_districts.RECORD_COLUMNS).
    """
    if record.empty:
        alt = say(
            language,
            "Nicht zu prüfen: Dafür braucht es Altersgruppen je Stadtteil über mindestens vier Jahre in Folge.",
            "Not to be tested: that takes age bands by district over at least four consecutive years.",
        )
        return captioned("district_record", record, figure=(alt, None), edition=(language, source))
    ahead = int(record["horizon"].max())
    rows = record[record["horizon"] == ahead]
    targets = list(dict.fromkeys(rows["target"]))
    wide = rows.pivot(index="target", columns="rule", values="wape_pct").reindex(targets) / 100
    rules = [rule for rule in wide.columns if rule != "model"]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, [band_name(target, language) for target in targets])
        for rule, marker in zip(rules, ("o", "s", "^"), strict=False):
            axes.scatter(wide[rule], range(len(targets)), s=44, marker=marker, facecolors="#ffffff",
                         edgecolors=COLOURS["supply"], linewidths=1.4, zorder=3)  # fmt: skip
        axes.scatter(wide["model"], range(len(targets)), s=60, color=COLOURS["need"], zorder=4)
        axes.set_xlim(0, 1.1 * float(wide.max().max()))
        d.percent_axis(axes, language, which="x")
        digits = 1 if float(wide.max().max()) < _NARROW else 0
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, language, digits))
        ahead_words = f"{ahead} Jahr{'en' if ahead > 1 else ''}", f"{ahead} year{'s' if ahead > 1 else ''}"
        axes.set_xlabel(say(language, f"Abweichung nach {ahead_words[0]}", f"error after {ahead_words[1]}"))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        marks = [("●", COLOURS["need"], label("model", language))]
        marks += [(m, COLOURS["supply"], label(r, language)) for m, r in zip("○□△", rules, strict=False)]
        d.key(axes, marks[:2], rise=42, shift=-60)
        d.key(axes, marks[2:], rise=22, shift=-60)

    names = [band_name(target, language) for target in targets]
    svg = d.draw(paint, height=1.95 + 0.36 * len(targets), margins=(d.name_margin(names), 0.3, 0.75, 1.1))
    model = rows[rows["rule"] == "model"].set_index("target")
    parts = [
        f"{name} {percent(float(str(model.loc[t, 'wape_pct'])) / 100, language, 1)} "
        f"({percent(float(str(model.loc[t, 'coverage_80'])), language)})"
        for name, t in zip(names, targets, strict=True)
    ]
    lead = say(
        language,
        f"Gewichtete Abweichung des Modells nach {ahead} Jahren, in Klammern, wie oft das 80-%-Intervall hielt: ",
        f"Weighted error of the model after {ahead} years, in brackets how often the 80% interval held: ",
    )
    return captioned("district_record", record, figure=(f"{lead}{listing(parts, language)}.", svg),
                     edition=(language, source))  # fmt: skip


def housing_effect(effect: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what new housing changes, per district with plans. Columns: a study's housing_effect."""
    table = effect.replace({"name": {OTHERS: label(OTHERS, language)}}).reset_index(drop=True)
    plans = effect.loc[effect["moves_planned"].astype(float) > 0, "district"].nunique()
    alt = say(language, f"Stadtteile mit neuen Wohnungen: {plans}.", f"Districts with new housing: {plans}.")
    return captioned("housing_effect", table, figure=(alt, None), edition=(language, None))

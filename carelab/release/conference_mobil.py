"""Slides of the conference about the Mobil: what its designs could do, what its evaluation could see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from carelab.release import conference_parts as parts
from carelab.release import drawing as d
from carelab.release.numbers import about, number, percent
from carelab.release.slide import Quotes, Slide
from carelab.terms import COLOURS, Language, label, say

POWER = 0.8
"""Share of futures in which an effect of the printed size is found (planning.evaluation.power.POWER)."""
CLEAR = 0.8
"""A design of the Mobil is said to be ahead when it is in at least this share of the draws."""


def mobil_slide(designs: pd.DataFrame, *, planned: bool, language: Language) -> Slide:
    """Return what the designs of the Mobil settle and cost. Columns: Conference.designs; ``planned``: there is one."""
    if designs.empty:
        return parts.nothing("conference_mobil", language)
    quoted = parts.quotes("conference_mobil", designs, language)
    formats = {"certainty": "percent", "best": "percent"}
    picture = _designs(designs, language)
    return parts.slide("conference_mobil", quoted, _mobil_words(quoted, planned), picture=picture, formats=formats)


def _mobil_words(quoted: Quotes, planned: bool) -> parts.Said:
    language, table = quoted.language, quoted.table
    chosen = parts.records(table[table["chosen"].astype(bool) & (table["measure"] == "cases")])[0]
    city, name = chosen["city_name"], chosen["design_name"]
    key = {"design": chosen["design"], "measure": "cases"}
    sure = quoted.of("certainty", lambda value: percent(value, language), **key)
    where = city if planned else say(language, f"{city}, gäbe es eines", f"{city}, were there one")
    cited = f"„{name}“" if language == "de" else f'"{name}"'
    quoted.names(table["design_name"].tolist())
    title = (
        say(
            language,
            f"Pflege & Pass-Mobil in {where}: {cited} erledigt am meisten (in {sure} der Rechnungen)",
            f"Pflege & Pass-Mobil in {where}: {cited} settles most (in {sure} of simulations)",
        )
        if chosen["certainty"] >= CLEAR
        else say(
            language,
            f"Pflege & Pass-Mobil in {where}: Welche Arbeitsweise am meisten erledigt, ist offen – {cited} in nur "
            f"{sure} "
            "der Rechnungen",
            f"Pflege & Pass-Mobil in {where}: which design settles most is open – {cited} in only {sure} of "
            "simulations",
        )
    )
    return parts.Said(title, _mobil_caption(quoted, chosen), _mobil_alt(quoted))


def _mobil_caption(quoted: Quotes, chosen: dict[str, Any]) -> str:
    language = quoted.language
    to, round_ = say(language, "bis", "to"), lambda value: about(value, language)
    said = {}
    for measure in ("cases", "cost_per_contact"):
        key = {"design": chosen["design"], "measure": measure}
        said[measure] = f"{quoted.of('median', round_, **key)} ({quoted.interval(round_, to, **key)})"
    served = quoted.of("median", parts.share(language), design=chosen["design"], measure="served_share")
    year = quoted.parameter("first full year of the Mobil", int(chosen["year"]))
    return say(
        language,
        f"Damit {year} etwa {said['cases']} erledigte Anliegen zu {said['cost_per_contact']} Euro je Kontakt; {served} "
        "der angefragten Kontakte. Wie viele anfragen, ist eine Annahme.",
        f"With it in {year} about {said['cases']} requests settled at {said['cost_per_contact']} euros per contact; "
        f"{served} of the contacts asked for. How many will ask is an assumption.",
    )


def _mobil_alt(quoted: Quotes) -> str:
    language = quoted.language
    rows = parts.records(quoted.table[quoted.table["measure"] == "cases"])
    named = [
        f"{row['design_name']} "
        + quoted.of("median", lambda value: about(value, language), design=row["design"], measure="cases")
        for row in rows
    ]
    return say(language, "Erledigte Anliegen im Jahr: ", "Requests settled in a year: ") + "; ".join(named) + "."


def _designs(designs: pd.DataFrame, language: Language) -> parts.Picture:
    order = parts.records(designs[designs["measure"] == "cases"].sort_values("median", ascending=False))
    keys, names = [row["design"] for row in order], [row["design_name"] for row in order]

    def paint(grid: Any) -> None:
        panels = zip(d.iterate(grid), ("cases", "cost_per_contact"), strict=True)
        for place, (axes, measure) in enumerate(panels):
            rows = designs[designs["measure"] == measure].set_index("design").loc[keys].reset_index()
            colour = COLOURS[("need", "supply")[place]]
            parts.interval_rows(axes, rows, names if place == 0 else [""] * len(names), colour, lines=2)
            d.count_axis(axes, language, which="x")
            d.panel_title(axes, label(measure, language))
            axes.set_xlim(left=0)

    height = max(2.4, 1.0 + 0.46 * len(names))
    margins = (d.name_margin(names, lines=2), 0.3, 0.4, 0.55)
    return parts.draw(paint, height=height, margins=margins, panels=(1, 2), gridspec_kw={"wspace": 0.25})


def power_slide(power: pd.DataFrame, *, language: Language) -> Slide:
    """Return which effect an evaluation by districts could see. Columns: Conference.power; empty: none could."""
    if power.empty:
        return parts.nothing("conference_power", language)
    quoted = parts.quotes("conference_power", power, language)
    quoted.defined("§ of care counselling", 7, "7")
    return parts.slide("conference_power", quoted, _power_words(quoted), picture=_curves(power, language))


def _power_words(quoted: Quotes) -> parts.Said:
    language, table = quoted.language, quoted.table
    rows = parts.records(table[table["measure"] == "mde_pct"])
    seen = [row for row in rows if np.isfinite(row["value"])]
    city, treated = rows[0]["city_name"], lambda value: f"{value:.0f}"
    total = quoted.of("districts", treated, measure="mde_pct", treated=rows[0]["treated"])
    found = [_mde(quoted, row) for row in seen]
    if not seen:
        title = say(
            language,
            f"Mit {total} Stadtteilen könnte die Auswertung in {city} keine Wirkung erkennen",
            f"With {total} districts the evaluation could see no effect in {city}",
        )
        return parts.Said(title, title + ".", title + ".")
    last = found[-1]
    title = say(
        language,
        f"{city}: Beginnen {last[0]} von {total} ausgelosten Stadtteilen, fällt erst eine Zunahme der Beratungen um "
        f"{last[1]} auf",
        f"{city}: if {last[0]} of {total} districts drawn by chance begin, only a rise of counselling by "
        f"{last[1]} shows",
    )
    others = [say(language, f"bei {n} Stadtteilen {mde}", f"with {n} districts {mde}") for n, mde in found[:-1]]
    mean = quoted.of("value", lambda value: number(value, language), measure="mean", treated=rows[0]["treated"])
    base = quoted.defined("people in need per unit of the outcome", 1000, number(1000, language))
    more = parts.in_cities(others, language) + ". " if others else ""
    caption = say(
        language,
        f"{'Kleinste aufdeckbare Wirkung ' if others else ''}{more}Gemessen an {mean} Beratungen je {base} "
        "Pflegebedürftige und Halbjahr (Annahme); beginnen alle zugleich, fehlt der Vergleich.",
        f"{'Minimum detectable effect ' if others else ''}{more}Measured against {mean} counselling contacts "
        f"per {base} "
        "people in need and half-year (assumption); if all begin at once there is nothing to compare.",
    )
    return parts.Said(title, caption, f"{title}. {caption}")


def _mde(quoted: Quotes, row: dict[str, Any]) -> tuple[str, str]:
    key = {"measure": "mde_pct", "treated": row["treated"]}
    size = quoted.of("value", parts.pct(quoted.language), **key)
    return quoted.of("treated", lambda value: f"{value:.0f}", **key), size


def _curves(power: pd.DataFrame, language: Language) -> parts.Picture:
    rows = power[power["measure"] == "power"]
    amounts = sorted(rows["treated"].unique())
    mde = power[(power["measure"] == "mde_pct") & power["value"].notna()]
    found = dict(zip(mde["treated"], mde["value"], strict=True))
    end = min(100.0, 2.0 * max([*found.values(), 20.0]))

    def paint(axes: Axes) -> None:
        axes.axhline(POWER, color=d.SOFT, linewidth=1.0, linestyle=(0, (4, 2)))
        for place, amount in enumerate(amounts):
            own = rows[rows["treated"] == amount]
            shade = 0.35 + 0.65 * (place + 1) / len(amounts)
            axes.plot(own["effect_pct"], own["value"], color=COLOURS["need"], alpha=shade, linewidth=2.2)
        for place, (x, amount) in enumerate(
            sorted(((found[each], each) for each in amounts if each in found), reverse=True)
        ):
            words = say(language, f"{amount} Stadtteile: ", f"{amount} districts: ") + parts.pct(language, sign=True)(x)
            axes.scatter([x], [POWER], s=34, color=COLOURS["need"], zorder=4)
            axes.annotate(words, (x, POWER), xytext=(0.62 * end, 0.58 - 0.15 * place), textcoords="data", fontsize=12,
                          color=COLOURS["need"],
                          arrowprops={"arrowstyle": "-", "color": d.SOFT, "linewidth": 0.6,
                                      "relpos": (0, 0.5)})  # fmt: skip
        axes.set_ylim(0, 1.03)
        axes.set_xlim(0, end)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, prune="lower"))
        d.percent_axis(axes, language)
        axes.xaxis.set_major_formatter(lambda value, _: parts.pct(language, sign=True)(value))
        d.unit(
            axes, say(language, "Wahrscheinlichkeit, dass die Wirkung auffällt", "Probability that the effect shows")
        )

    return parts.draw(paint, margins=(0.75, 0.4, 0.4, 0.4))


__all__ = ["mobil_slide", "power_slide"]

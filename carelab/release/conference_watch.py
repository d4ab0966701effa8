"""Slides of the conference that look ahead: early warnings, what the Mobil could do, what its evaluation could see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.conference_parts import (
    Picture,
    Said,
    draw,
    in_cities,
    interval_rows,
    pct,
    quotes,
    records,
    share,
    slide,
)
from carelab.release.numbers import about, number, percent
from carelab.release.slide import Quotes, Slide
from carelab.terms import COLOURS, Language, label, say

ALL = "all"
CLEAR = 0.8
"""A design of the Mobil is said to be ahead when it is in at least this share of the draws."""


def warnings_slide(warnings: pd.DataFrame, *, years: tuple[int, int], language: Language) -> Slide:
    """Return since when which rule of early warning holds, by city; ``years``: common and last year.

    ``warnings`` columns of Conference.warnings.
    """
    table = warning_counts(warnings)
    quoted = quotes("conference_warnings", table, language)
    picture = _timeline(table, years, language) if len(table) else None
    said = _warning_words(quoted, years[0])
    columns = () if picture else ("city_name",)
    return slide("conference_warnings", quoted, said, picture=picture, columns=columns)


def warning_counts(warnings: pd.DataFrame) -> pd.DataFrame:
    """Return city, city_name, rule, rule_name, first_year (0: all years), areas, districts, most_certain, grade.

    Counted are warnings, not what is only to be watched; ``most_certain`` names the area of the highest probability.
    """
    columns = ["city", "city_name", "rule", "rule_name", "first_year", "areas", "most_certain", "probability", "grade"]
    held = warnings[warnings["state"] == "warning"] if len(warnings) else warnings
    if held.empty:
        return pd.DataFrame(columns=columns)
    parts = []
    for keys in (["city", "rule", "first_year"], ["city", "rule"]):
        ordered = held.sort_values("probability", ascending=False, kind="stable")
        groups = ordered.groupby(keys, sort=True)
        found = groups.agg(
            city_name=("city_name", "first"), rule_name=("rule_name", "first"), areas=("district", "size"),
            most_certain=("name", "first"), probability=("probability", "first"), grade=("grade", "max"),
        ).reset_index()  # fmt: skip
        parts.append(found if "first_year" in keys else found.assign(first_year=0))
    return pd.concat(parts, ignore_index=True)[columns]


def _warning_words(quoted: Quotes, common: int) -> Said:
    language, table = quoted.language, quoted.table
    whole = table[table["first_year"] == 0] if len(table) else table
    if whole.empty:
        words = say(language, "Keine Regel der Frühwarnung hält", "No rule of early warning holds")
        return Said(words, words + ".", words + ".")
    sums = whole.groupby("rule_name")["areas"].sum().sort_values(ascending=False, kind="stable")
    first, *others = [_rule(quoted, whole[whole["rule_name"] == rule]) for rule in sums.index]
    title = say(language, f"Die häufigste Frühwarnung: {first}", f"The most frequent early warning: {first}")
    year = quoted.parameter("largest base_year of the cities", common)
    since = table[(table["first_year"] > 0) & (table["first_year"] <= common)]
    ripe = in_cities([str(name) for name in dict.fromkeys(since["rule_name"])], language)
    more = f"{say(language, 'Außerdem', 'Also')}: {'; '.join(others)}. " if others else ""
    caption = more + say(
        language,
        f"Gezählt sind Stadtteile und Städte, in denen die Regel in mindestens acht von zehn Zukünften hält; schon bis "
        f"{year}: {ripe}.",
        f"Counted are districts and cities where the rule holds in at least eight of ten futures; already by {year}: "
        f"{ripe}.",
    )
    surest = [f"{row['rule_name']}, {row['city_name']}: {row['most_certain']}" for row in records(whole)]
    alt = say(language, "Am sichersten: ", "Most certain: ") + "; ".join(surest) + "."
    quoted.names(surest)
    return Said(title, caption, alt)


def _rule(quoted: Quotes, rows: pd.DataFrame) -> str:
    """Return "Pflegepotenzial niedrig (Halle 7, Magdeburg 7)"."""
    parts = [
        f"{row['city_name']} "
        + quoted.of("areas", lambda value: f"{value:.0f}", city=row["city"], rule=row["rule"], first_year=0)
        for row in records(rows)
    ]
    return f"{rows['rule_name'].iloc[0]} ({', '.join(parts)})"


def _timeline(table: pd.DataFrame, years: tuple[int, int], language: Language) -> Picture:
    rows = table[table["first_year"] > 0]
    cities, rules = list(dict.fromkeys(rows["city_name"])), list(dict.fromkeys(rows["rule_name"]))
    low = min(years[0], int(rows["first_year"].min()))

    def paint(grid: Any) -> None:
        for place, (axes, city) in enumerate(zip(d.iterate(grid), cities, strict=True)):
            own = rows[rows["city_name"] == city]
            d.row_axis(axes, rules if place == 0 else [""] * len(rules))
            at = [rules.index(name) for name in own["rule_name"]]
            sizes = 130 + 18 * own["areas"].to_numpy(float)
            axes.scatter(own["first_year"], at, s=sizes, c=COLOURS["gap"], alpha=0.85, zorder=3, linewidths=0)
            for year, row, areas in zip(own["first_year"], at, own["areas"], strict=True):
                axes.annotate(f"{areas}", (year, row), ha="center", va="center", color="#ffffff", fontsize=11,
                              fontweight="bold", zorder=4)  # fmt: skip
            axes.set_xlim(low - 1.5, years[1] + 1.5)
            axes.set_xticks([year for year in range(low, years[1] + 1) if year % 10 == 0])
            axes.grid(axis="x", color=d.LINE, linewidth=0.8)
            d.panel_title(axes, city)

    height = max(2.2, 1.1 + 0.5 * len(rules))
    margins = (d.name_margin(rules), 0.2, 0.4, 0.5)
    return draw(paint, height=height, margins=margins, panels=(1, len(cities)), gridspec_kw={"wspace": 0.08})


def mobil_slide(designs: pd.DataFrame, *, planned: bool, language: Language) -> Slide:
    """Return what the designs of the Mobil settle and cost. Columns: Conference.designs; ``planned``: there is one."""
    if designs.empty:
        return _nothing("conference_mobil", designs, language)
    quoted = quotes("conference_mobil", designs, language)
    formats = {"certainty": "percent", "best": "percent"}
    picture = _designs(designs, language)
    return slide("conference_mobil", quoted, _mobil_words(quoted, planned), picture=picture, formats=formats)


def _mobil_words(quoted: Quotes, planned: bool) -> Said:
    language, table = quoted.language, quoted.table
    chosen = records(table[table["chosen"].astype(bool) & (table["measure"] == "cases")])[0]
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
            f"Pflege & Pass-Mobil in {where}: Welche Arbeitsweise am meisten erledigt, ist offen – {cited} in nur {sure} "
            "der Rechnungen",
            f"Pflege & Pass-Mobil in {where}: which design settles most is open – {cited} in only {sure} of simulations",
        )
    )
    return Said(title, _mobil_caption(quoted, chosen), _mobil_alt(quoted))


def _mobil_caption(quoted: Quotes, chosen: dict[str, Any]) -> str:
    language = quoted.language
    to, round_ = say(language, "bis", "to"), lambda value: about(value, language)
    said = {}
    for measure in ("cases", "cost_per_contact"):
        key = {"design": chosen["design"], "measure": measure}
        said[measure] = f"{quoted.of('median', round_, **key)} ({quoted.interval(round_, to, **key)})"
    served = quoted.of("median", share(language), design=chosen["design"], measure="served_share")
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
    rows = records(quoted.table[quoted.table["measure"] == "cases"])
    named = [
        f"{row['design_name']} "
        + quoted.of("median", lambda value: about(value, language), design=row["design"], measure="cases")
        for row in rows
    ]
    return say(language, "Erledigte Anliegen im Jahr: ", "Requests settled in a year: ") + "; ".join(named) + "."


def _designs(designs: pd.DataFrame, language: Language) -> Picture:
    order = records(designs[designs["measure"] == "cases"].sort_values("median", ascending=False))
    keys, names = [row["design"] for row in order], [row["design_name"] for row in order]

    def paint(grid: Any) -> None:
        parts = zip(d.iterate(grid), ("cases", "cost_per_contact"), strict=True)
        for place, (axes, measure) in enumerate(parts):
            rows = designs[designs["measure"] == measure].set_index("design").loc[keys].reset_index()
            interval_rows(axes, rows, names if place == 0 else [""] * len(names), COLOURS[("need", "supply")[place]])
            d.count_axis(axes, language, which="x")
            d.panel_title(axes, label(measure, language))
            axes.set_xlim(left=0)

    height = max(2.4, 1.0 + 0.46 * len(names))
    margins = (d.name_margin(names), 0.3, 0.4, 0.55)
    return draw(paint, height=height, margins=margins, panels=(1, 2), gridspec_kw={"wspace": 0.12})


def power_slide(power: pd.DataFrame, *, language: Language) -> Slide:
    """Return which effect an evaluation by districts could see. Columns: Conference.power; empty: none could."""
    if power.empty:
        return _nothing("conference_power", power, language)
    quoted = quotes("conference_power", power, language)
    quoted.defined("§ of care counselling", 7, "7")
    return slide("conference_power", quoted, _power_words(quoted), picture=_curves(power, language))


def _power_words(quoted: Quotes) -> Said:
    language, table = quoted.language, quoted.table
    rows = records(table[table["measure"] == "mde_pct"])
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
        return Said(title, title + ".", title + ".")
    last = found[-1]
    title = say(
        language,
        f"{city}: Beginnen {last[0]} von {total} ausgelosten Stadtteilen, fällt erst eine Zunahme der Beratungen um "
        f"{last[1]} auf",
        f"{city}: if {last[0]} of {total} districts drawn by chance begin, only a rise of counselling by {last[1]} shows",
    )
    others = [say(language, f"bei {n} Stadtteilen {mde}", f"with {n} districts {mde}") for n, mde in found[:-1]]
    mean = quoted.of("value", lambda value: number(value, language), measure="mean", treated=rows[0]["treated"])
    base = quoted.defined("people in need per unit of the outcome", 1000, number(1000, language))
    more = in_cities(others, language) + ". " if others else ""
    caption = say(
        language,
        f"{'Kleinste aufdeckbare Wirkung ' if others else ''}{more}Gemessen an {mean} Beratungen je {base} "
        "Pflegebedürftige und Halbjahr (Annahme); beginnen alle zugleich, fehlt der Vergleich.",
        f"{'Minimum detectable effect ' if others else ''}{more}Measured against {mean} counselling contacts per {base} "
        "people in need and half-year (assumption); if all begin at once there is nothing to compare.",
    )
    return Said(title, caption, f"{title}. {caption}")


def _mde(quoted: Quotes, row: dict[str, Any]) -> tuple[str, str]:
    key = {"measure": "mde_pct", "treated": row["treated"]}
    return quoted.of("treated", lambda value: f"{value:.0f}", **key), quoted.of("value", pct(quoted.language), **key)


def _curves(power: pd.DataFrame, language: Language) -> Picture:
    rows = power[power["measure"] == "power"]
    amounts = sorted(rows["treated"].unique())

    def paint(axes: Axes) -> None:
        axes.axhline(0.8, color=d.SOFT, linewidth=1.0, linestyle=(0, (4, 2)))
        for place, amount in enumerate(amounts):
            own = rows[rows["treated"] == amount]
            shade = 0.35 + 0.65 * (place + 1) / len(amounts)
            axes.plot(own["effect_pct"], own["value"], color=COLOURS["need"], alpha=shade, linewidth=2.2)
        ends = [(float(np.interp(0.5, *_rising(rows[rows["treated"] == each]))), each) for each in amounts]
        for place, (x, amount) in enumerate(sorted(ends)):
            words = say(language, f"{amount} Stadtteile", f"{amount} districts")
            axes.annotate(words, (x, 0.5), xytext=(60, 0.46 - 0.13 * place), textcoords="data", fontsize=11.5,
                          color=COLOURS["need"], arrowprops={"arrowstyle": "-", "color": d.LINE})  # fmt: skip
        axes.set_ylim(0, 1.03)
        axes.set_xlim(0, 100)
        d.percent_axis(axes, language)
        axes.xaxis.set_major_formatter(lambda value, _: pct(language, sign=True)(value))
        d.unit(
            axes, say(language, "Wahrscheinlichkeit, dass die Wirkung auffällt", "Probability that the effect shows")
        )

    return draw(paint, margins=(0.75, 0.4, 0.4, 0.4))


def _rising(rows: pd.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return power and effect, for looking up at which effect a power is reached."""
    return rows["value"].to_numpy(float), rows["effect_pct"].to_numpy(float)


def _nothing(key: str, table: pd.DataFrame, language: Language) -> Slide:
    """Return the slide that says why there is no figure: the city is known as a whole only, or its places are not."""
    words = say(
        language,
        "Für diese Städte nicht zu rechnen: zu wenige Stadtteile oder Heimplätze sind bekannt",
        "Cannot be computed for these cities: too few districts or places are known",
    )
    quoted = quotes(key, pd.DataFrame(columns=["city", "city_name", "grade"]), language)
    return slide(key, quoted, Said(words, words + ".", words + "."), picture=None, columns=("city_name",))


def missing_slide(files: pd.DataFrame, *, language: Language) -> Slide:
    """Return which files each city could contribute. Columns: Conference.files."""
    words = {True: say(language, "liegt vor", "there"), False: say(language, "fehlt", "missing")}
    asks = list(dict.fromkeys(files["ask"])) if len(files) else []
    cities = list(dict.fromkeys(files["city_name"])) if len(files) else []
    table = pd.DataFrame({"ask": [label(f"ask_{ask}", language) for ask in asks]})
    for city in cities:
        own = files[files["city_name"] == city].set_index("ask")["present"]
        table[city] = [words[bool(own[ask])] for ask in asks]
    quoted = quotes("conference_missing", table, language)
    nowhere = [ask for ask in asks if not files[files["ask"] == ask]["present"].astype(bool).any()]
    named = in_cities([label(f"ask_{ask}", language) for ask in nowhere], language)
    title = (
        say(language, f"Was noch fehlt, überall: {named}", f"What is still missing everywhere: {named}")
        if nowhere
        else say(language, "Was noch fehlt, ist je Stadt verschieden", "What is missing differs by city")
    )
    caption = say(
        language,
        "Jede dieser Dateien macht die Vorhersageintervalle enger oder die Auswertung möglich; keine nennt Personen.",
        "Each of these files narrows the prediction intervals or makes the evaluation possible; none names persons.",
    )
    quoted.names(table["ask"].tolist())
    return slide(
        "conference_missing",
        quoted,
        Said(title, caption, title + "."),
        picture=None,
        columns=tuple(map(str, table.columns)),
    )


__all__ = ["missing_slide", "mobil_slide", "power_slide", "warning_counts", "warnings_slide"]

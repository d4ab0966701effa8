"""Exhibits of the Kennzahlenkatalog: overview, comparison with intervals, funnel. Tables may hold several cities."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import listing, number, percent
from carelab.terms import COLOURS, Language, label, say

ROW_HEIGHT = 0.235
COUNTED = ("observed", "derived")
ONE_DECIMAL = ("years", "per_100", "per_1000", "per_10000", "index", "percent")
LARGE_DISPERSION = 3.0
NAMED = 4
"""Places named in a funnel."""


def indicator_rows(indicators: pd.DataFrame, words: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the whole long table (docs/architecture.md, ``study.indicators``) with the name of each indicator.

    Several cities may stand below one another.
    """
    names = indicators["indicator"].map(words.set_index("indicator")["indicator_name"])
    known = int((indicators["status"] != "unknown").sum())
    alt = say(
        language,
        f"{indicators['indicator'].nunique()} Kennzahlen, {number(len(indicators), 'de')} Zeilen, davon "
        f"{number(known, 'de')} mit Wert.",
        f"{indicators['indicator'].nunique()} indicators, {number(len(indicators), 'en')} rows, "
        f"{number(known, 'en')} of them with a value.",
    )
    table = indicators.copy()
    table.insert(list(table.columns).index("indicator") + 1, "indicator_name", names)
    return captioned("indicators", table, figure=(alt, None), edition=(language, None))


def indicator_catalogue(words: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the catalogue itself: ``study.catalogue_words``."""
    alt = say(language, f"{len(words)} Kennzahlen mit Erklärung.", f"{len(words)} indicators with definition.")
    return captioned("indicator_catalogue", words, figure=(alt, None), edition=(language, None))


def indicator_table(indicators: pd.DataFrame, words: pd.DataFrame, *, year: int, language: Language) -> Exhibit:
    """Return one row per indicator and city: last count, projection for ``year`` with its 80 % interval.

    ``indicators`` of one or more cities (column city), ``words`` the catalogue in the run's language. Shares in
    percent, numbers rounded.
    """
    whole = indicators[(indicators["sex"] == "t") & _is_city(indicators)]
    rows = [_overview(group, year) for _, group in whole.groupby(["city", "indicator"], sort=False)]
    table = pd.DataFrame(rows).merge(
        words[["indicator", "block", "indicator_name", "needs", "caution"]], on="indicator"
    )
    order = ["city", "block", "indicator_name", "unit", "year", "counted", "projected_for", "median", "lower_80"]
    order += ["upper_80", "status", "grade", "reason", "needs", "caution", "indicator"]
    table = table[order] if table["city"].nunique() > 1 else table[order[1:]]
    empty = int((table["status"] == "unknown").sum())
    alt = say(
        language,
        f"{len(table)} Kennzahlen; für {empty} gibt es noch keine Daten.",
        f"{len(table)} indicators; for {empty} there are no data yet.",
    )
    return captioned("indicator_overview", table, figure=(alt, None), edition=(language, None))


def indicator_intervals(
    indicators: pd.DataFrame, words: pd.DataFrame, *, indicator: str, year: int, language: Language
) -> Exhibit:
    """Return all places of one indicator in one year, largest first, with intervals and the city's value as a line."""
    chosen = indicators[(indicators["indicator"] == indicator) & (indicators["sex"] == "t")]
    chosen = chosen[(chosen["year"] == year) & chosen["median"].notna()]
    places = chosen[~_is_city(chosen)].sort_values("median", ascending=False, kind="stable").reset_index(drop=True)
    cities = chosen[_is_city(chosen)]
    if places.empty:  # computed as one unit: the city is the only row
        places, cities = cities.reset_index(drop=True), cities.iloc[:0]
    names, hollow = _names(places), places["grade"].isin(d.PALE_GRADES).tolist()

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        d.intervals(axes, places, colours=[COLOURS["need"]] * len(places), hollow=hollow)
        for value in cities["median"]:
            axes.axvline(float(value), color=d.INK, linewidth=1.0, zorder=1)
        if len(places) and places["unit"].iloc[0] == "share":
            d.percent_axis(axes, language, which="x")
        else:
            d.count_axis(axes, language, which="x")
        axes.set_xlim(*_range(places))
        d.unit(axes, f"{_name(words, indicator)}, {year}")
        d.side_columns(axes, [(say(language, "Beleg", "Grade"), places["grade"].tolist())], step=0.62)

    height = 1.15 + ROW_HEIGHT * len(places)
    svg = d.draw(paint, height=height, margins=(d.name_margin(names), 0.9, 0.45, 0.7)) if len(places) else None
    alt = _alt_places(places, cities, language)
    said = {
        "indicator": indicator,
        "name": _name(words, indicator),
        "year": year,
        "caution": _of(words, indicator, "caution"),
    }
    columns = [column for column in chosen.columns if column not in ("indicator", "sex", "reason", "source")]
    table = pd.concat([cities, places], ignore_index=True)[columns]
    return captioned("indicator_intervals", table, figure=(alt, svg), edition=(language, None), **said)


def funnel(funnels: pd.DataFrame, words: pd.DataFrame, *, indicator: str, language: Language) -> Exhibit:
    """Return value against size of all places of one indicator, with 80 and 95 % limits around each city's value.

    ``funnels`` as planning/funnel gives it (``study.funnels``), of one or more cities, each with limits of its own.
    """
    table = funnels[funnels["indicator"] == indicator].reset_index(drop=True)

    def paint(axes: Axes) -> None:
        axes.set_xscale("log")
        for _, city in table.groupby("city", sort=False):
            _limits(axes, city.sort_values("size"))
        _points(axes, table)
        d.percent_axis(axes, language)
        axes.set_xlabel(
            say(language, "Größe des Stadtteils (Nenner), logarithmisch", "Size (denominator), logarithmic")
        )
        axes.xaxis.set_major_formatter(lambda value, _: number(value, language))
        axes.xaxis.set_minor_formatter(lambda value, _: "")
        d.unit(axes, _name(words, indicator))

    svg = d.draw(paint, height=5.2, margins=(0.85, 0.5, 0.75, 0.6)) if len(table) else None
    said = {"indicator": indicator, "name": _name(words, indicator), "caution": _of(words, indicator, "caution")}
    said |= {"spread": _spread(table, language)}
    return captioned("funnel", table, figure=(_alt_funnel(table, language), svg), edition=(language, None), **said)


def mean_age_estimated(indicators: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the mean age that age groups alone yield, with its error, beside the published one where there is one."""
    rows = indicators[(indicators["indicator"] == "mean_age_estimated") & indicators["median"].notna()]
    seen = indicators[(indicators["indicator"] == "mean_age") & (indicators["status"] == "observed")]
    seen = seen[["city", "district", "year", "median"]].rename(columns={"median": "mean_age_published"})
    table = rows.merge(seen, on=["city", "district", "year"], how="left").sort_values("median", ascending=False)
    table = table.assign(error=table["median"] - table["mean_age_published"]).reset_index(drop=True)

    def paint(axes: Axes) -> None:
        d.row_axis(axes, _names(table))
        d.intervals(axes, table, colours=[COLOURS["need"]] * len(table), hollow=[True] * len(table))
        axes.scatter(
            table["mean_age_published"], range(len(table)), marker="|", s=110, color=COLOURS["supply"], zorder=4
        )
        d.count_axis(axes, language, which="x")
        d.unit(axes, label("years", language))

    height, margins = 1.15 + ROW_HEIGHT * len(table), (d.name_margin(_names(table)), 0.4, 0.45, 0.7)
    svg = d.draw(paint, height=height, margins=margins) if len(table) else None
    alt = _alt_mean_age(table, language)
    shown = table.rename(columns={"median": "mean_age_estimated"})
    columns = [
        "district",
        "name",
        "year",
        "mean_age_estimated",
        "mean_age_published",
        "error",
        "lower_80",
        "upper_80",
        "grade",
    ]
    return captioned("mean_age_estimated", shown[columns], figure=(alt, svg), edition=(language, None))


def _alt_mean_age(table: pd.DataFrame, language: Language) -> str:
    """Say how far the estimates are from what is published, or why there are none."""
    if table.empty:
        return say(
            language,
            "Keine Schätzung: Je Stadtteil ist kein Durchschnittsalter veröffentlicht, das ihren Fehler zeigte.",
            "No estimate: no mean age is published by district by which its error could be measured.",
        )
    size = number(float(table["error"].abs().mean()), language, 2)
    return say(
        language,
        f"{len(table)} Stadtteile; mittlere Abweichung vom veröffentlichten Alter {size} Jahre.",
        f"{len(table)} districts; mean deviation from the published age {size} years.",
    )


def _is_city(table: pd.DataFrame) -> pd.Series:
    """Say which rows are a city as a whole: there the name is the city's."""
    return table["name"] == table["city"]


def _names(table: pd.DataFrame) -> list[str]:
    """Return the names of places, with their city where there are several."""
    if table["city"].nunique() <= 1:
        return [str(name) for name in table["name"]]
    return [f"{name} ({city})" for name, city in zip(table["name"], table["city"], strict=True)]


def _range(places: pd.DataFrame) -> tuple[float, float]:
    """Return an axis on which most places can be told apart; bars of a tiny outlier run out of it."""
    if places.empty:
        return 0.0, 1.0
    low, high = float(places["lower_95"].min()), float(places["upper_95"].max())
    usual = float(places["upper_95"].quantile(0.9))
    high = min(high, usual + 0.5 * (usual - min(low, 0.0)))
    return min(low, 0.0), high * 1.02 if high > 0 else 1.0


def _overview(group: pd.DataFrame, year: int) -> dict[str, object]:
    """Return last count and projection of one indicator of one city, as people read them."""
    counted = group[group["status"].isin(COUNTED)].sort_values("year").tail(1).to_dict("records")
    ahead = group[(group["year"] == year) & group["status"].isin(["projected", "assumed"])].to_dict("records")
    first = group.iloc[0]
    facts = (ahead or counted or [first.to_dict()])[0]
    unit = "percent" if first["unit"] == "share" else str(first["unit"])
    scale, digits = (100.0 if first["unit"] == "share" else 1.0), _digits(unit)
    row: dict[str, object] = {"city": first["city"], "indicator": first["indicator"], "unit": unit}
    row |= {"year": float(counted[0]["year"]) if counted else float("nan")}
    row |= {"counted": round(float(counted[0]["median"]) * scale, digits) if counted else float("nan")}
    row |= {"projected_for": float(year) if ahead else float("nan")}
    for column in ("median", "lower_80", "upper_80"):
        row[column] = round(float(ahead[0][column]) * scale, digits) if ahead else float("nan")
    return row | {key: facts[key] for key in ("status", "grade", "reason")}


def _digits(unit: str) -> int:
    if unit in ONE_DECIMAL:
        return 1
    return 2 if unit in ("ratio", "persons_per_household") else 0


def _of(words: pd.DataFrame, indicator: str, column: str) -> str:
    return str(words.set_index("indicator").loc[indicator, column])


def _name(words: pd.DataFrame, indicator: str) -> str:
    return _of(words, indicator, "indicator_name")


def _limits(axes: Axes, city: pd.DataFrame) -> None:
    """Draw the funnel of one city: filled to 95 %, darker to 80 %, and its value."""
    for level, alpha in ((95, 0.16), (80, 0.22)):
        lower, upper = (city[f"{side}_{level}"].to_numpy(float) for side in ("lower", "upper"))
        axes.fill_between(city["size"].to_numpy(float), lower, upper, color=d.SOFT, alpha=alpha, linewidth=0)
    axes.plot(city["size"], city["centre"], color=d.INK, linewidth=1.0)


def _points(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the places: hollow within the funnel, filled beyond; the largest outliers are named."""
    faces = [COLOURS["need"] if beyond == "beyond_95" else "#ffffff" for beyond in table["beyond"]]
    axes.scatter(table["size"], table["value"], s=30, c=faces, edgecolors=COLOURS["need"], linewidths=1.3, zorder=3)
    far = (table["value"] - table["centre"]).abs() * table["size"] ** 0.5
    named = table.loc[far.where(table["beyond"] == "beyond_95").dropna().nlargest(NAMED).index].sort_values("value")
    low, high = axes.get_ylim()
    heights = d.spread([float(value) for value in named["value"]], gap=(high - low) * 0.055)
    for height, (_, row) in zip(heights, named.iterrows(), strict=True):
        axes.annotate(
            d.shorten(str(row["name"])), (float(row["size"]), height), xytext=(-7, 0), textcoords="offset points",
            ha="right", va="center", fontsize=10.5, color=d.SOFT,
        )  # fmt: skip


def _spread(table: pd.DataFrame, language: Language) -> str:
    """Say how much more the places differ than chance lets expect, city by city."""
    if table.empty:
        return say(language, "Zu wenige Stadtteile für einen Trichter.", "Too few districts for a funnel.")
    parts = []
    for city, rows in table.groupby("city", sort=False):
        times = float(rows["dispersion"].iloc[0])
        shown = number(times, language, 1 if times < 10 else 0)
        real = times >= LARGE_DISPERSION
        parts.append(
            say(
                language,
                f"{city}: Die Stadtteile streuen {shown}-mal so stark wie der Zufall allein (Überdispersion, in "
                f"Quadraten){', sie unterscheiden sich also wirklich' if real else ''}.",
                f"{city}: the districts scatter {shown} times as much as chance alone (over-dispersion, squared "
                f"deviations){', so they truly differ' if real else ''}.",
            )
        )
    return " ".join(parts)


def _alt_funnel(table: pd.DataFrame, language: Language) -> str:
    if table.empty:
        return say(language, "Kein Trichter: zu wenige gezählte Werte.", "No funnel: too few counted values.")
    beyond = int((table["beyond"] == "beyond_95").sum())
    return say(
        language,
        f"Trichterbild mit {len(table)} Stadtteilen; {beyond} liegen außerhalb der 95-%-Grenzen.",
        f"Funnel plot of {len(table)} districts; {beyond} lie beyond the 95% limits.",
    )


def _alt_places(places: pd.DataFrame, cities: pd.DataFrame, language: Language) -> str:
    """Say the highest and the lowest places and the city's value."""
    if cities.empty and len(places):
        return say(
            language,
            f"{places['name'].iloc[0]} insgesamt; nach Stadtteilen ist nichts bekannt.",
            f"{places['name'].iloc[0]} as a whole; nothing is known by district.",
        )
    share = len(places) and places["unit"].iloc[0] == "share"

    def show(value: float) -> str:
        return percent(value, language, 1) if share else number(value, language, 1)

    ends = [
        f"{row['name']} {show(float(row['median']))}"
        for _, row in pd.concat([places.head(2), places.tail(2)]).iterrows()
    ]
    whole = [f"{row['name']} {show(float(row['median']))}" for _, row in cities.iterrows()]
    return say(
        language,
        f"{len(places)} Stadtteile von hoch nach niedrig: {listing(ends, 'de') or '–'}; Stadt: {listing(whole, 'de')}.",
        f"{len(places)} districts from high to low: {listing(ends, 'en') or '–'}; city: {listing(whole, 'en')}.",
    )

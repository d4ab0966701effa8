"""Figures of the chain of care: links by district, what one more site would complete, needs and homes' concepts."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.figures_districts import ROW_HEIGHT
from carelab.release.numbers import about, listing, number, percent
from carelab.terms import COLOURS, Language, label, say

MARKS = {
    "existing": ("o", COLOURS["need"], COLOURS["need"], 62),
    "planned": ("o", "#ffffff", COLOURS["need"], 62),
    "not_found": ("x", COLOURS["gap"], COLOURS["gap"], 52),
    "unknown": ("o", "#b9c0c6", "#b9c0c6", 9),
}
"""State -> marker, face, edge, size: told apart by shape as well as by colour."""


def chain_matrix(matrix: pd.DataFrame, chain_districts: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return which links each district has; the table holds a column per link and the weakest one.

    ``matrix``: district, name, link, state. ``chain_districts``: district, existing, planned, not_found, unknown,
    weakest.
    """
    links = matrix["link"].drop_duplicates().tolist()
    wide = matrix.pivot(index="district", columns="link", values="state")[links]
    front = chain_districts.set_index("district")
    wide = wide.reindex(front.index)
    names = front["name"].tolist()

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        axes.set_xlim(-0.6, len(links) - 0.4)
        axes.set_xticks(range(len(links)), [_short(link, language) for link in links], rotation=90, color=d.INK)
        axes.xaxis.tick_top()
        for state, (marker, face, edge, size) in MARKS.items():
            rows, columns = (wide.to_numpy() == state).nonzero()
            kind = (
                {"c": edge, "linewidths": 1.8} if marker == "x" else {"c": face, "edgecolors": edge, "linewidths": 1.4}
            )
            axes.scatter(columns, rows, s=size, marker=marker, zorder=3, **kind)  # type: ignore[arg-type]
        counts = [(say(language, "fehlt", "lacking"), "not_found"), (label("unknown", language), "unknown")]
        d.side_columns(axes, [(heading, _counts(front[column])) for heading, column in counts], step=0.82)

    figure = d.draw(paint, height=2.35 + ROW_HEIGHT * len(names), margins=(d.name_margin(names), 1.85, 0.15, 2.1))
    table = front[["name", "weakest"]].join(wide).reset_index()
    alt = _alt_matrix(matrix, language)
    return captioned("chain_matrix", table, figure=(alt, figure), edition=(language, None))


def _short(link: str, language: Language) -> str:
    return "\n".join(textwrap.wrap(label(link, language).split(" (")[0], 20))


def _counts(column: pd.Series) -> list[str]:
    return [str(count) if count else "–" for count in column]


def _alt_matrix(matrix: pd.DataFrame, language: Language) -> str:
    """Return how many cells are in which state, and the links not found most often."""
    counts = matrix["state"].value_counts()
    said = [
        f"{number(int(counts.get(key, 0)), language)} {label(key, language)}"
        for key in ("existing", "planned", "not_found", "unknown")
    ]
    often = matrix[matrix["state"] == "not_found"]["link"].value_counts().head(3)
    worst = [f"{label(str(link), language)} ({count})" for link, count in often.items()]
    tail = listing(worst, language) or "–"
    return say(
        language,
        f"Tafel aus {len(matrix)} Feldern: {listing(said, 'de')}. Am häufigsten nicht gefunden: {tail}.",
        f"Board of {len(matrix)} cells: {listing(said, 'en')}. Most often not found: {tail}.",
    )


def chain_districts_table(chain_districts: pd.DataFrame, *, year: int, language: Language) -> Exhibit:
    """Return the weakest link of each district, largest known lack first."""
    columns = ["district", "name", "weakest", "weakest_reach", "existing", "planned", "not_found", "unknown"]
    table = chain_districts.sort_values(["not_found", "weakest_reach"], ascending=False, kind="stable")
    table = table[[*columns, "people_75plus"]].replace({"weakest_reach": {float("inf"): float("nan")}})
    known = int((chain_districts["weakest"] != "").sum())
    alt = say(
        language,
        f"In {known} von {len(table)} Stadtteilen ist bekannt, dass ein Glied fehlt.",
        f"In {known} of {len(table)} districts a link is known to be lacking.",
    )
    return captioned(
        "chain_districts", table.reset_index(drop=True), figure=(alt, None), edition=(language, None), year=year
    )


def chain_overview_table(overview: pd.DataFrame, *, year: int, language: Language) -> Exhibit:
    """Return what counts as each link, whether its list is complete, and how many people it is not found for."""
    front = ["link", "counts_as", "reach_m", "complete", "as_of"]
    table = overview[[*front, *(name for name in overview if name not in front)]]
    told = int(overview["complete"].sum())
    alt = say(
        language,
        f"Für {told} von {len(table)} Gliedern ist die Liste der Stadt vollständig.",
        f"For {told} of {len(table)} links the city's list is complete.",
    )
    return captioned("chain_overview", table, figure=(alt, None), edition=(language, None), year=year)


def one_more_site_table(one_more: pd.DataFrame, *, year: int, language: Language) -> Exhibit:
    """Return what one more site would complete, the one that reaches most people first."""
    table = one_more.sort_values("gain_median", ascending=False, kind="stable").reset_index(drop=True)
    city = say(language, "ganze Stadt", "whole city")
    table = table.assign(name=table["name"].replace("", city)).rename(columns={"name": "site_in"})
    if table.empty:
        alt = say(language, "Kein Glied ist bekannt, das fehlt.", "No link is known to be lacking.")
    else:
        best = table.iloc[0]
        people = about(best["gain_median"], language)
        alt = say(
            language,
            f"{len(table)} mögliche Standorte; am meisten erreicht {label(best['link'])} in {best['site_in']}: "
            f"{people} "
            "Menschen ab 75.",
            f"{len(table)} possible sites; {label(best['link'], 'en')} in {best['site_in']} reaches most: "
            f"{people} people "
            "aged 75+.",
        )
    return captioned("one_more_site", table, figure=(alt, None), edition=(language, None), year=year)


def home_concepts_table(home_concepts: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return homes with a concept; lists of offers in words."""
    table = home_concepts.assign(
        **{name: [_words(text, language) for text in home_concepts[name]] for name in ("offered", "plans", "fills")}
    )
    useful = int((home_concepts["fills"] != "").sum())
    alt = say(
        language,
        f"{len(table)} Heime mit Konzept; {useful} planen etwas, das ihrem Stadtteil fehlt.",
        f"{len(table)} homes with a concept; {useful} plan something that their district lacks.",
    )
    return captioned("home_concepts", table, figure=(alt, None), edition=(language, None))


def _words(text: str, language: Language) -> str:
    return ", ".join(label(kind, language) for kind in str(text).split("; ") if kind)


def survey_needs_table(needs: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return shares of respondents with margins of error, one topic after the other."""
    first = needs.drop_duplicates("topic")
    said = [f"{row['topic']}: {row['name']} {percent(row['share'], language)}" for _, row in first.iterrows()]
    none = say(language, "Keine Erhebung.", "No survey.")
    lead = say(language, "Höchste Anteile: ", "Highest shares: ")
    alt = lead + "; ".join(said) + "." if said else none
    return captioned("survey_needs", needs, figure=(alt, None), edition=(language, None))

"""Exhibits of offers close to home: what there is, whom it reaches, before and after, how evenly, how far it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.alts import rows_alt
from carelab.release.captions import OWN_PROJECTION
from carelab.release.captions_lumina import LUMINA_CAPTIONS, LUMINA_FORMATS
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.figures_districts import ROW_HEIGHT
from carelab.release.lumina_words import group_words, nothing_told, way_unknown, words_of
from carelab.release.nothing_yet import nothing_yet
from carelab.release.numbers import about, listing, number, percent, signed
from carelab.terms import COLOURS, Language, label, say

"""Words with which the note of an invented city begins."""
TICKS = 8
"""So many quarters are named below a figure."""


def lumina_groups(groups: pd.DataFrame, *, year: int, language: Language, note: str) -> Exhibit:
    """Return whom offers are for in the city: group, sex, district, name, quantile columns; the table has districts."""
    city = groups["district"] == groups["district"].iloc[-1]
    rows, table = groups[city].reset_index(drop=True), pd.concat([groups[city], groups[~city]])
    names = [_group(row, language) for _, row in rows.iterrows()]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        d.intervals(axes, rows, colours=[COLOURS["need"]] * len(rows), hollow=[False] * len(rows))
        axes.set_xlim(0, 1.05 * float(rows["upper_95"].max()))
        d.count_axis(axes, language, which="x")

    svg = d.draw(paint, height=0.9 + ROW_HEIGHT * len(rows), margins=(d.name_margin(names), 0.5, 0.45, 0.3))
    parts = [f"{name} {about(value, language)}" for name, value in zip(names, rows["median"], strict=True)]
    alt = f"{year}: {listing(parts, language)}."
    return _exhibit("lumina_groups", words_of(table, language), (alt, svg), language, note, year=year)


def lumina_inventory(inventory: pd.DataFrame, *, language: Language, note: str) -> Exhibit:
    """Return offers by kind in the last quarter; the table has all quarters and districts, the last quarter first."""
    if inventory.empty:
        return _nothing("lumina_inventory", nothing_told(language), language, note, quarter="–")
    table = inventory.sort_values(["quarter", "district"], ascending=[False, True], kind="stable")
    last = table[table["quarter"] == table["quarter"].max()]
    kinds = last.groupby("offer_type")
    rows = kinds[["offers", "counts_hidden", "counts_untold"]].sum().assign(
        areas=kinds["district"].nunique(), persons=kinds["persons_reached"].sum(min_count=1)
    ).sort_values("offers", ascending=False, kind="stable")  # fmt: skip
    names = words_of(rows.reset_index(), language)["offer_type"].str.split(" (", regex=False).str[0].tolist()

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        axes.barh(range(len(rows)), rows["offers"], color=COLOURS["supply"], height=0.55, zorder=2)
        d.count_axis(axes, language, which="x")
        headings = say(language, "Gebiete", "areas"), say(language, "erreichte\nPersonen", "persons\nreached")
        areas = [number(value, language) for value in rows["areas"]]
        d.side_columns(
            axes, [(headings[0], areas), (headings[1], [_told(row, language) for _, row in rows.iterrows()])]
        )

    svg = d.draw(paint, height=1.5 + ROW_HEIGHT * len(rows), margins=(d.name_margin(names), 1.9, 0.45, 0.85))
    quarter = str(last["quarter"].iloc[0])
    parts = [f"{name} {number(value, language)}" for name, value in zip(names, rows["offers"], strict=True)]
    alt = say(language, f"Angebote im Quartal {quarter}: ", f"Offers in quarter {quarter}: ") + listing(parts, language)
    return _exhibit("lumina_inventory", words_of(table, language), (alt + ".", svg), language, note, quarter=quarter)


def lumina_reach(reach: pd.DataFrame, *, start: str, language: Language, note: str) -> Exhibit:
    """Return persons reached per 100 people in need at home in the city by quarter; the table has the districts."""
    city = reach[reach["district"] == reach["district"].iloc[-1]] if len(reach) else reach
    if city["median"].notna().sum() == 0:
        return _nothing("lumina_reach", nothing_told(language), language, note, start=start)
    places = list(range(len(city)))

    def paint(axes: Axes) -> None:
        for level, alpha in ((95, 0.15), (80, 0.3)):
            low, high = (city[f"{side}_{level}"].to_numpy(float) for side in ("lower", "upper"))
            axes.fill_between(places, low, high, color=COLOURS["need"], alpha=alpha, linewidth=0)
        axes.plot(places, city["median"], color=COLOURS["need"], linewidth=2.0, marker="o", markersize=5)
        begun = int((city["quarter"] < start).sum())
        if 0 < begun < len(city):
            axes.axvline(begun - 0.5, color=d.SOFT, linewidth=1.0, linestyle=(0, (2, 2)))
        step = -(-len(places) // TICKS)
        axes.set_xticks(places[::step], list(city["quarter"])[::step])
        axes.set_ylim(0, 1.15 * float(city["upper_95"].max()))
        d.count_axis(axes, language)
        d.unit(axes, say(language, "je 100 Pflegebedürftige zu Hause", "per 100 people in need at home"))

    svg = d.draw(paint, height=3.4, margins=(0.6, 0.4, 0.5, 0.5))
    first, last = city.iloc[0], city.iloc[-1]
    ends = [f"{number(row['median'], language, 1)} ({row['quarter']})" for row in (first, last)]
    alt = say(language, f"Von {ends[0]} auf {ends[1]} je 100.", f"From {ends[0]} to {ends[1]} per 100.")
    return _exhibit("lumina_reach", reach, (alt, svg), language, note, start=start)


def lumina_change(
    change: pd.DataFrame, *, compared: tuple[list[str], list[str]], language: Language, note: str
) -> Exhibit:
    """Return reach before and after by district with the difference: columns of ``study.lumina.change``."""
    words = dict(zip(("before", "after"), (listing(side, language) for side in compared), strict=True))
    rows = change[change["median"].notna()]
    whole = rows["district"] == (change["district"].iloc[-1] if len(change) else "")
    rows = pd.concat([rows[whole], rows[~whole].sort_values("after_quarter", ascending=False)], ignore_index=True)
    if rows.empty:
        none = (
            "Zu vergleichen gibt es noch nichts: Es fehlen gezählte Quartale vor oder nach dem Beginn.",
            "There is nothing to compare yet: counted quarters before or after the beginning are missing.",
        )
        return _nothing("lumina_change", say(language, *none), language, note, **words)

    def paint(axes: Axes) -> None:
        names = rows["name"].tolist()
        d.row_axis(axes, names)
        ends = rows["before_quarter"], rows["after_quarter"]
        axes.hlines(range(len(rows)), *ends, colors=d.LINE, linewidth=5.0, zorder=1)
        for values, colour in zip(ends, (COLOURS["neutral"], COLOURS["need"]), strict=True):
            axes.scatter(values, range(len(rows)), s=52, color=colour, zorder=3)
        axes.set_xlim(0, 1.08 * float(max(values.max() for values in ends)) or 1.0)
        d.count_axis(axes, language, which="x")
        marks = (("before_quarter", "neutral"), ("after_quarter", "need"))
        d.key(axes, [("●", COLOURS[colour], label(key, language)) for key, colour in marks], rise=14)
        heading = say(language, "Unterschied\n(80 %)", "difference\n(80%)")
        d.side_columns(axes, [(heading, [_difference(row, language) for _, row in rows.iterrows()])], step=1.75)

    margins = (d.name_margin(rows["name"].tolist()), 1.95, 0.45, 0.85)
    svg = d.draw(paint, height=1.4 + ROW_HEIGHT * len(rows), margins=margins)
    parts = [f"{row['name']} {_difference(row, language)}" for _, row in rows.head(6).iterrows()]
    alt = say(language, "Unterschied je 100: ", "Difference per 100: ") + listing(parts, language) + "."
    return _exhibit("lumina_change", rows, (alt, svg), language, note, **words)


def lumina_equity(equity: pd.DataFrame, *, language: Language, note: str) -> Exhibit:
    """Return how evenly reach is spread: period, equity, ranking, quantile columns, districts."""
    if equity.empty:
        few = ("Dafür haben zu wenige Stadtteile gezählt.", "Too few districts have counted for this.")
        return _nothing("lumina_equity", say(language, *few), language, note, districts="–")
    rows = equity[equity["equity"] == "fifth_gap"]
    parts = [f"{label(row['period'], language)} {number(row['median'], language, 1)}" for _, row in rows.iterrows()]
    alt = say(language, "Abstand der Fünftel je 100: ", "Gap of the fifths per 100: ") + listing(parts, language) + "."
    count = int(equity["districts"].iloc[0])
    table = words_of(equity.drop(columns="districts"), language)
    return _exhibit("lumina_equity", table, (alt, None), language, note, districts=count)


def lumina_closeness(
    closeness: pd.DataFrame, *, kind: str, reasons: dict[str, str], year: int, language: Language, note: str
) -> Exhibit:
    """Return minutes on foot to the next place of a kind by group and sex; ``reasons`` why a kind cannot be shown."""
    words = {"offer": label(kind, language), "year": year}
    rows = closeness[closeness["kind"] == kind].reset_index(drop=True)
    if kind in reasons or rows.empty:
        text = way_unknown(kind, reasons.get(kind, "no_place"), language)
        return _nothing("lumina_closeness", text, language, note, kind=kind, **words)
    names = [_group(row, language) for _, row in rows.iterrows()]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        d.intervals(
            axes, rows, colours=[COLOURS["need"]] * len(rows), hollow=rows["grade"].isin(d.PALE_GRADES).tolist()
        )
        axes.set_xlim(0, 1.05 * float(rows["upper_95"].max()))
        d.count_axis(axes, language, which="x")
        headings = (
            say(language, "in 15\nMinuten", "within\n15 min."),
            say(language, "über 30\nMinuten", "beyond\n30 min."),
        )
        shares = [percent(value, language) for value in rows["near"]]
        lost = [about(value, language) for value in rows["persons_far"]]
        d.side_columns(axes, [(headings[0], shares), (headings[1], lost)], step=0.85)

    svg = d.draw(paint, height=1.5 + ROW_HEIGHT * len(rows), margins=(d.name_margin(names), 2.0, 0.45, 0.85))
    parts = [f"{name} {number(value, language)}" for name, value in zip(names, rows["median"], strict=True)]
    alt = say(language, "Gehminuten im Mittel: ", "Mean minutes on foot: ") + listing(parts, language) + "."
    return _exhibit("lumina_closeness", words_of(rows, language), (alt, svg), language, note, kind=kind, **words)


def lumina_districts(closeness_district: pd.DataFrame, *, language: Language, note: str) -> Exhibit:
    """Return minutes on foot and people in need beyond 30 minutes by kind and district, longest ways first."""
    if closeness_district.empty:
        none = ("Wege lassen sich hier nicht rechnen.", "Ways cannot be computed here.")
        return _nothing("lumina_districts", say(language, *none), language, note)
    table = closeness_district.sort_values(["kind", "median"], ascending=[True, False], kind="stable")
    lost = table.sort_values("persons_far", ascending=False, kind="stable")
    named = lost.assign(name=[f"{row['name']} ({label(row['kind'], language)})" for _, row in lost.iterrows()])
    lead = ("Pflegebedürftige mit mehr als 30 Minuten Weg", "People in need with more than 30 minutes to go")
    alt = rows_alt(named, lead, columns=("name", "persons_far"), language=language)
    return _exhibit("lumina_districts", words_of(table, language), (alt, None), language, note)


def lumina_places(known_places: pd.DataFrame, *, language: Language, note: str) -> Exhibit:
    """Return known counselling offices and meeting places: name, kind, district, how exactly they are known, source."""
    if known_places.empty:
        none = ("Kein Ort ist bekannt.", "No place is known.")
        return _nothing("lumina_places", say(language, *none), language, note)
    counts = known_places["kind"].value_counts()
    parts = [f"{label(str(kind), language)} {count}" for kind, count in counts.items()]
    alt = say(language, "Bekannt: ", "Known: ") + listing(parts, language) + "."
    return _exhibit("lumina_places", words_of(known_places, language), (alt, None), language, note)


def _told(row: Any, language: Language) -> str:
    """Return persons counted: a dash where nobody did, "1–4" for one hidden count, "+" where there are more."""
    if row["persons"] != row["persons"]:
        return "1–4" if row["counts_hidden"] == 1 else "–"
    return number(row["persons"], language) + ("+" if row["counts_hidden"] + row["counts_untold"] else "")


def _group(row: Any, language: Language) -> str:
    return group_words(str(row["group"]), str(row["sex"]), language)


def _difference(row: Any, language: Language) -> str:
    low, high = (number(float(row[f"{side}_80"]), language, 1) for side in ("lower", "upper"))
    return f"{signed(float(row['median']), language, 1)} ({low} {say(language, 'bis', 'to')} {high})"


def _nothing(key: str, text: str, language: Language, note: str, **words: Any) -> Exhibit:
    return nothing_yet(_exhibit(key, pd.DataFrame({"text": [text]}), (text, None), language, note, **words))


def _exhibit(
    key: str, table: pd.DataFrame, figure: tuple[str, str | None], language: Language, note: str, **words: Any
) -> Exhibit:
    alt, svg = figure
    title, read, limits = (say(language, *pair).format(**words) for pair in LUMINA_CAPTIONS[key])
    kind = f"_{words['kind']}" if "kind" in words else ""
    mark = label("simulated_mark", language)
    stamp = mark if note.startswith(mark) else ""
    return (Exhibit if svg else TableExhibit)(
        id=key + kind, title=stamp + title, alt=alt, table=table.reset_index(drop=True), how_to_read=read,
        limits=limits, source=f"{note} {say(language, *OWN_PROJECTION)}".strip(), figure_svg=svg, language=language,
        formats=LUMINA_FORMATS.get(key, {}),
    )  # fmt: skip

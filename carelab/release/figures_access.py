"""Figures of access: who reaches what, how far it is, how many share it. How people travel is told on each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.alts import rows_alt, rows_words
from carelab.release.captions import OWN_CHECK, captioned
from carelab.release.exhibit import Exhibit
from carelab.release.figures_districts import ROW_HEIGHT
from carelab.release.maps import MapWords, map_exhibit
from carelab.release.numbers import chance_short, listing, number, percent
from carelab.terms import COLOURS, Language, label, say, value_label

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

LIKELY = 0.8
"""From this probability on, a district is drawn as one of the worst served."""
POSSIBLE = 0.05
"""From this probability on, a district may be one of the worst served."""
_ROWS = 20
_FORM_COLOURS = (COLOURS["need"], COLOURS["supply"], COLOURS["gap"])
FAR = 60.0
"""Maps stop here: whether a walk takes one or two hours, nobody takes it."""
_NONE_KNOWN = (
    "Unbekannt: Von diesem Angebot liegt keine vollständige Liste der Standorte vor. Das heißt nicht, dass es fehlt.",
    "Unknown: there is no complete list of the sites of this offer. That does not mean that it is missing.",
)
_SHOWN = ("median", "lower_80", "upper_80")


def sites_table(sites_known: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return what is known of places by kind: kind, sites, with_point, district_only, no_place, left_out, complete."""
    lead, most = ("Bekannte Orte", "Known places"), len(sites_known)
    alt = rows_alt(sites_known, lead, columns=("kind", "sites"), language=language, most=most)
    return _table("sites_known", sites_known, language, None, alt=alt)


def flags_table(site_flags: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return sites left out or put right: site, name, kind, district, flag, counts."""
    table = site_flags.rename(columns={"name": "facility_name"})
    counts = table["flag"].value_counts().rename_axis("flag").reset_index(name="count")
    alt = rows_alt(counts, ("Fälle", "Cases"), columns=("flag", "count"), language=language, most=len(counts))
    return _table("site_flags", table, language, say(language, *OWN_CHECK), alt=alt)


def near_intervals(near_city: pd.DataFrame, *, year: int, language: Language, travel: str) -> Exhibit:
    """Return the share of people from 75 who have each kind within 15 minutes on foot.

    Columns: kind, quantile columns (0-1), sites, unplaced (0-1), complete (bool). ``travel`` says how people walk.
    """
    if near_city.empty:
        return _nothing("near_city", language, travel, year=year)
    names = [label(kind, language) for kind in near_city["kind"]]
    hollow = (~near_city["complete"].astype(bool)).tolist()

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        d.intervals(axes, near_city, colours=[COLOURS["need"]] * len(names), hollow=hollow)
        axes.set_xlim(0, 1)
        d.percent_axis(axes, language, which="x")
        known = [number(value, language) for value in near_city["sites"]]
        d.side_columns(axes, [(say(language, "Standorte", "sites"), known)], step=0.95)

    first, last = near_city.iloc[0], near_city.iloc[-1]
    alt = say(
        language,
        f"Angebote: {len(names)}; von {_share(first, language)} bei {names[0]} bis {_share(last, language)} bei "
        f"{names[-1]}.",
        f"Offers: {len(names)}; from {_share(first, language)} for {names[0]} to {_share(last, language)} for "
        f"{names[-1]}.",
    )
    if len(names) == 1:
        alt = f"{names[0]}: {_share(first, language)}."
    margins = (d.name_margin(names), 1.15, 0.45, 0.55)
    svg = d.draw(paint, height=1.0 + ROW_HEIGHT * len(names), margins=margins)
    return captioned("near_city", near_city, figure=(alt, svg), edition=(language, travel), year=year)


def reach_map(polygons: GeoDataFrame, minutes: pd.DataFrame, *, kind: str, language: Language, travel: str) -> Exhibit:
    """Return the map of minutes on foot to the next site of a kind (at most FAR on the map; the table has them all).

    Columns of ``minutes``: kind, district, name, median (minutes), grade.
    """
    offer = label(kind, language)
    if minutes.empty or kind not in set(minutes["kind"]):
        return replace(_nothing("minutes", language, travel, reason=_NONE_KNOWN), id=f"map_reach_{kind}")
    title = (f"Wie weit ist es zu Fuß bis zum nächsten Angebot „{offer}“?", f'How far on foot to the next "{offer}"?')
    unit = (f"Minuten zu Fuß\n(über {FAR:.0f}: {FAR:.0f})", f"minutes on foot\n(above {FAR:.0f}: {FAR:.0f})")
    rows = minutes.loc[minutes["kind"] == kind, ["district", "name", *_SHOWN, "grade"]]
    rows = rows.assign(shown=rows["median"].clip(upper=FAR).round())
    words = MapWords(f"map_reach_{kind}", say(language, *title), say(language, *unit).replace("\n", " "), travel)
    return map_exhibit(polygons, rows, value="shown", words=words, language=language)


def minutes_wide(minutes: pd.DataFrame, *, language: Language, travel: str) -> Exhibit:
    """Return median minutes on foot, a row per district and a column per kind; columns as of ``minutes_table``.

    Kinds known in part only are left out: of them the next site known says how far it is at most.
    """
    minutes = minutes[minutes["complete"].astype(bool)]
    if minutes.empty:
        return _nothing("minutes_wide", language, travel, reason=_NONE_KNOWN)
    wide = minutes.pivot_table(index=["district", "name"], columns="kind", values="median", sort=False)
    table = wide.reset_index().rename_axis(None, axis=1)
    kinds = [str(column) for column in table if column not in ("district", "name")]
    alt = _far(minutes, language)
    exhibit = _table("minutes_wide", table[["name", *kinds, "district"]], language, travel, alt=alt)
    return replace(exhibit, formats=dict.fromkeys(kinds, "count"))


def minutes_table(minutes: pd.DataFrame, *, language: Language, travel: str) -> Exhibit:
    """Return minutes on foot by kind and district: kind, district, name, quantile columns, near (0-1), grade."""
    if minutes.empty:
        return _nothing("minutes", language, travel)
    order = ["kind", "name", *_SHOWN, "near", "near_lower_80", "near_upper_80", "complete", "district", "grade"]
    return _table("minutes", minutes[order], language, travel, alt=_far(minutes, language))


def _far(minutes: pd.DataFrame, language: Language) -> str:
    """Return the longest ways, one by kind."""
    longest = minutes.sort_values("median", ascending=False, kind="stable").drop_duplicates("kind")
    named = longest.assign(name=[f"{label(row['kind'], language)}: {row['name']}" for _, row in longest.iterrows()])
    lead = ("Längste mittlere Wege in Minuten", "Longest mean ways in minutes")
    return rows_alt(named, lead, columns=("name", "median"), language=language)


def modes_table(minutes_by_mode: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return minutes by the city's own matrix: kind, mode, district, name, minutes."""
    if minutes_by_mode.empty:
        none = (
            "Die Stadt hat keine eigenen Reisezeiten geliefert (travel_times.csv).",
            "The city has supplied no travel times of its own (travel_times.csv).",
        )
        return _nothing("minutes_by_mode", language, None, reason=none)
    return _table("minutes_by_mode", minutes_by_mode, language, "travel_times.csv")


def access_intervals(access: pd.DataFrame, *, kind: str, year: int, language: Language, travel: str) -> Exhibit:
    """Return supply within reach by district, poorest first, with the probability of the lowest tenth.

    Columns: kind, district, name, quantile columns (per 1,000 people), p_lowest, unit, grade.
    """
    offer = label(kind, language)
    if access.empty or kind not in set(access["kind"]):
        return _nothing("access", language, travel, kind=kind, offer=offer, unit="", year=year)
    rows = access[access["kind"] == kind].sort_values(["p_lowest", "median"], ascending=[False, True], kind="stable")
    rows = rows.reset_index(drop=True)
    likely = rows["p_lowest"] >= LIKELY
    colours = [COLOURS["gap"] if hit else COLOURS["neutral"] for hit in likely]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, rows["name"].tolist())
        d.intervals(axes, rows, colours=colours, hollow=rows["grade"].isin(d.PALE_GRADES).tolist())
        axes.set_xlim(0, 1.05 * float(rows["upper_80"].max()) or 1.0)
        d.count_axis(axes, language, which="x")
        heading = say(language, "schlechtestes\nZehntel", "worst\ntenth")
        d.side_columns(axes, [(heading, [chance_short(p, language) for p in rows["p_lowest"]])], step=1.0)

    unit = value_label("unit", str(rows["unit"].iloc[0]), language)
    svg = d.draw(
        paint, height=1.3 + ROW_HEIGHT * len(rows), margins=(d.name_margin(rows["name"].tolist()), 1.25, 0.45, 0.85)
    )
    words = {"kind": kind, "offer": offer, "unit": unit, "year": year}
    return captioned("access", rows, figure=(_worst(rows[likely], language), svg), edition=(language, travel), **words)


def decay_dots(decay_check: pd.DataFrame, *, kind: str, language: Language, travel: str) -> Exhibit:
    """Return the probability of the lowest tenth under three forms of decay.

    Columns: district, name, form (steps, within, gaussian), p_lowest. The figure shows districts that may belong there
    (POSSIBLE) under some form, likeliest first, at most _ROWS; the table has them all, largest disagreement first.
    """
    if decay_check.empty:
        return _nothing("decay_check", language, travel, kind=kind)
    wide = decay_check.pivot_table(index=["district", "name"], columns="form", values="p_lowest", sort=False)
    wide = wide.add_prefix("p_").reset_index().rename_axis(None, axis=1)
    forms = [str(column) for column in wide if str(column).startswith("p_")]
    spread = wide[forms].max(axis=1) - wide[forms].min(axis=1)
    table = wide.assign(p_spread=spread).sort_values("p_spread", ascending=False, kind="stable").reset_index(drop=True)
    likely = table[forms].max(axis=1).sort_values(ascending=False, kind="stable")
    rows = table.loc[likely.index[likely >= POSSIBLE][:_ROWS]].reset_index(drop=True)
    figure = _decay_words(rows, len(table), language), _decay_svg(rows, forms, language) if len(rows) else None
    return captioned("decay_check", table, figure=figure, edition=(language, travel), kind=kind)


def _decay_svg(rows: pd.DataFrame, forms: Sequence[str], language: Language) -> str:
    """Return the figure: a line from the lowest to the highest probability and a mark for each form."""
    names = rows["name"].tolist()
    marks = dict(zip(("p_steps", "p_within", "p_gaussian"), (("o", "●"), ("s", "■"), ("^", "▲")), strict=True))

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        axes.hlines(range(len(rows)), rows[forms].min(axis=1), rows[forms].max(axis=1), colors=d.SOFT, linewidth=2.0)
        for form, colour in zip(forms, _FORM_COLOURS, strict=False):
            axes.scatter(rows[form], range(len(rows)), marker=marks[form][0], s=34, c=colour, alpha=0.85, zorder=3)
        axes.axvline(LIKELY, color=d.SOFT, linewidth=0.8, linestyle=(0, (1, 2)))
        axes.set_xlim(0, 1.03)
        d.percent_axis(axes, language, which="x")
        named = [
            (marks[form][1], colour, label(form, language)) for form, colour in zip(forms, _FORM_COLOURS, strict=False)
        ]
        d.key(axes, named, rise=10)

    return d.draw(paint, height=1.1 + ROW_HEIGHT * len(rows), margins=(d.name_margin(names), 0.4, 0.45, 0.55))


def _decay_words(rows: pd.DataFrame, every: int, language: Language) -> str:
    """Return for how many districts the form decides whether they are likely among the worst served."""
    forms = [column for column in rows if str(column) in ("p_steps", "p_within", "p_gaussian")]
    torn = int(((rows[forms].max(axis=1) >= LIKELY) & (rows[forms].min(axis=1) < LIKELY)).sum())
    most = percent(float(rows["p_spread"].max()), language) if len(rows) else percent(0.0, language)
    return say(
        language,
        f"Größter Unterschied zwischen den drei Annahmen: {most}; für {torn} von {every} Stadtteilen hängt daran, "
        "ob sie mit mindestens 80 % Wahrscheinlichkeit zum schlechtesten Zehntel gehören.",
        f"Largest difference between the three assumptions: {most}; for {torn} of {every} districts it decides whether "
        "they belong to the worst tenth with a probability of 80% or more.",
    )


def hot_spots_table(hot_spots: pd.DataFrame, *, kind: str, language: Language, travel: str) -> Exhibit:
    """Return local Moran and Getis-Ord by district, smallest p first; columns as in access.hotspots."""
    offer = label(kind, language)
    if hot_spots.empty:
        few = ("Für diese Prüfung braucht es mindestens 20 Stadtteile.", "This test needs at least 20 districts.")
        return _nothing("hot_spots", language, travel, reason=few, kind=kind, offer=offer)
    found = hot_spots[hot_spots["cluster"] != ""]["name"].tolist()
    alt = say(
        language,
        f"Auffällig bleiben: {listing(found, 'de') or 'keine'}; von {len(hot_spots)} geprüften Stadtteilen.",
        f"What stands out: {listing(found, 'en') or 'none'}; of {len(hot_spots)} districts tested.",
    )
    table = hot_spots.drop(columns="p_threshold").sort_values("p_moran", kind="stable").reset_index(drop=True)
    return captioned("hot_spots", table, figure=(alt, None), edition=(language, travel), kind=kind, offer=offer)


def _worst(rows: pd.DataFrame, language: Language) -> str:
    names = listing(rows["name"].tolist()[:6], language)
    if not names:
        return say(
            language,
            "Kein Stadtteil gehört mit mindestens 80 % Wahrscheinlichkeit zum am schlechtesten versorgten Zehntel.",
            "No district belongs to the tenth worst served with a probability of 80% or more.",
        )
    return say(
        language,
        f"Mit mindestens 80 % Wahrscheinlichkeit am schlechtesten versorgt: {names}.",
        f"Worst served with a probability of at least 80%: {names}.",
    )


def _share(row: Any, language: Language) -> str:
    return percent(float(row["median"]), language)


def _table(
    key: str, table: pd.DataFrame, language: Language, source: str | None, *, alt: str = "", **words: Any
) -> Exhibit:
    alt = alt or rows_words(len(table), language)
    edition = (language, source)
    return captioned(key, table.reset_index(drop=True), figure=(alt, None), edition=edition, **words)


def _nothing(
    key: str,
    language: Language,
    source: str | None,
    *,
    reason: tuple[str, str] = (
        "Hier ist nichts zu zeigen; warum, sagen die Kernaussagen.",
        "Nothing to show; see above.",
    ),
    **words: Any,
) -> Exhibit:
    """Return an exhibit that says that there is nothing to show."""
    table = pd.DataFrame({"text": [say(language, *reason)]})
    edition = (language, source)
    return captioned(key, table, figure=(say(language, *reason), None), edition=edition, **words)

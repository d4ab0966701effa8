"""Exhibits of one district's page: need by setting, ages, places, its place in the ranking, practices."""

from __future__ import annotations

from typing import Protocol

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import OWN_PROJECTION
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.figures_districts import ROW_HEIGHT
from carelab.release.numbers import about, interval, listing
from carelab.terms import COLOURS, SETTINGS, Language, label, say

Pair = tuple[str, str]
COUNTED: Pair = (
    "Gezählte Angaben; Herausgeber und Stand nennt das Quellenverzeichnis des Stadtberichts.",
    "Counted figures; publisher and date are in the city report's list of sources.",
)


class DistrictProfile(Protocol):
    """What is known of a district; a Profile has it."""

    name: str
    ranked: bool

    @property
    def years(self) -> tuple[int, int]: ...
    @property
    def population(self) -> pd.DataFrame: ...
    @property
    def need(self) -> pd.DataFrame: ...
    @property
    def why(self) -> pd.DataFrame: ...
    @property
    def places(self) -> pd.DataFrame: ...
    @property
    def ranking(self) -> pd.DataFrame: ...
    @property
    def neighbours(self) -> pd.DataFrame: ...
    @property
    def physicians(self) -> pd.DataFrame: ...


def profile_need(profile: DistrictProfile, *, language: Language) -> Exhibit:
    """Return people in need by setting: base year's median beside the focus year with its intervals."""
    first, last = profile.years
    later = profile.need[profile.need["year"] == last]
    order = ["total", *SETTINGS]
    rows = later.set_index("setting").reindex([key for key in order if key in set(later["setting"])]).reset_index()
    before = profile.need[profile.need["year"] == first].set_index("setting")["median"]
    names = [label("people_in_need" if key == "total" else key, language).split(" (")[0] for key in rows["setting"]]

    def paint(axes: Axes) -> None:
        d.row_axis(axes, names)
        hollow = rows["grade"].isin(d.PALE_GRADES).tolist()
        d.intervals(axes, rows, colours=[COLOURS["need"]] * len(rows), hollow=hollow)
        d.count_axis(axes, language, which="x")
        columns = [
            (str(first), [about(before.get(key, float("nan")), language) for key in rows["setting"]]),
            (str(last), [about(value, language) for value in rows["median"]]),
        ]
        d.side_columns(axes, columns, step=0.7)

    svg = d.draw(paint, height=1.1 + ROW_HEIGHT * len(rows), margins=(d.name_margin(names), 1.6, 0.45, 0.55))
    named = [f"{name} {about(row['median'], language)} ({interval(row, language)})"
             for name, (_, row) in zip(names, rows.iterrows(), strict=True)]  # fmt: skip
    return Exhibit(
        id="profile_need",
        title=say(language, f"Wie viele brauchen {last} welche Pflege?", f"How many need which care in {last}?"),
        alt=say(language, f"Mit 80-%-Vorhersageintervall: {listing(named, 'de')}.",
                f"With 80% prediction interval: {listing(named, 'en')}."),
        table=profile.need,
        how_to_read=say(
            language,
            f"Punkt und Linien: {last}, Vorhersageintervalle zu 50, 80 und 95 %; rechts die mittleren Werte.",
            f"Dot and lines: {last}, 50, 80 and 95% prediction intervals; on the right the medians of both years.",
        ),
        limits=say(
            language,
            "Je Stadtteil gezählt ist davon nichts; gezählt sind Einwohner hier und Pflegebedürftige der ganzen Stadt.",
            "None of this is counted per district; counted are inhabitants here and people in need of the whole city.",
        ),
        source=say(language, *OWN_PROJECTION),
        figure_svg=svg,
        language=language,
    )  # fmt: skip


def profile_population(profile: DistrictProfile, *, language: Language) -> Exhibit:
    """Return inhabitants by age band: base year's median, focus year with its 80 % interval."""
    first, last = profile.years
    table = profile.population
    before = table[table["year"] == first].set_index("age_band")["median"]
    later = table[table["year"] == last]
    shown = pd.DataFrame({"age_band": later["age_band"], str(first): later["age_band"].map(before)})
    shown[str(last)] = later["median"]
    shown[["lower_80", "upper_80"]] = later[["lower_80", "upper_80"]]
    title = say(language, "Wie viele Menschen welchen Alters?", "How many people of which age?")
    text: tuple[Pair, Pair] = (
        (f"Einwohner {first} und, mit 80-%-Vorhersageintervall, {last}.", f"Inhabitants in {first} and {last} (80%)."),
        ("Altersjahre innerhalb gezählter Gruppen sind geschätzt.", "Single ages within counted groups are estimated."),
    )
    formats = dict.fromkeys((str(first), str(last)), "count")
    return _table("profile_population", shown, (title, text), language, formats=formats)


def profile_places(profile: DistrictProfile, *, language: Language) -> Exhibit:
    """Return nursing-home places known here, missing places with interval, and the probability of a shortfall."""
    columns = ["year", "places_known", "median", "lower_80", "upper_80", "p_shortfall"]
    rows = profile.places[profile.places["year"].isin(profile.years)]
    title = say(language, "Reichen die Heimplätze in der Nähe?", "Are there enough nursing-home places nearby?")
    text: tuple[Pair, Pair] = (
        (
            "Plätze mit bekanntem Ort; dann der Fehlbedarf (+) oder Überhang (−) und seine Wahrscheinlichkeit.",
            "Places on record; then the shortfall (+) or surplus (−), and its probability.",
        ),
        (
            "Plätze ohne bekannten Ort sind nach Annahme verteilt; viele ziehen für einen Platz auch weiter weg.",
            "Places without known location are spread by assumption; many also move further away for a place.",
        ),
    )
    return _table("profile_places", rows[columns], (title, text), language)


def profile_ranking(profile: DistrictProfile, *, language: Language) -> Exhibit:
    """Return the districts just before and after this one by growth of need, with the range of each rank."""
    title = say(language, "Wer steht davor und dahinter?", "Which districts come before and after?")
    count = len(profile.ranking)
    text: tuple[Pair, Pair] = (
        (
            f"Rang nach Zunahme des Bedarfs unter {count} Stadtteilen; in acht von zehn Zukünften liegt er im Bereich "
            "daneben.",
            f"Rank by growth of need among {count} districts; in eight of ten futures it lies within the range beside.",
        ),
        (
            "Große Stadtteile stehen vorn, weil dort mehr Menschen leben.",
            "Large districts lead because more people live there.",
        ),
    )
    table = profile.neighbours[["rank", "name", "rank_from", "rank_to", "growth", "grade"]]
    formats = {"growth": "count", "rank_from": "plain", "rank_to": "plain"}
    return _table("profile_ranking", table, (title, text), language, formats=formats)


def profile_physicians(profile: DistrictProfile, *, language: Language) -> Exhibit:
    """Return physicians, dentists and pharmacies, the latest counted year."""
    table = profile.physicians[["year", "physicians", "dentists", "pharmacies"]].head(1)
    title = say(language, "Welche Praxen gibt es?", "Which practices are there?")
    text: tuple[Pair, Pair] = (
        ("Gezählt, das neueste Jahr.", "Counted, the latest year."),
        (
            "Ärztinnen und Ärzte aller Fächer; über Hausbesuche sagt die Zahl nichts.",
            "Physicians of all kinds; the number says nothing about home visits.",
        ),
    )
    return _table("profile_physicians", table, (title, text), language, source=COUNTED)


def _table(
    key: str,
    table: pd.DataFrame,
    words: tuple[str, tuple[Pair, Pair]],
    language: Language,
    *,
    source: Pair = OWN_PROJECTION,
    formats: dict[str, str] | None = None,
) -> Exhibit:
    """Return a small table; an empty one says that there is nothing to show."""
    title, (how_to_read, limits) = words
    none = say(language, "Dazu gibt es hier keine Angaben.", "Nothing is known of this here.")
    rows = say(language, f"Tabelle mit {len(table)} Zeilen.", f"Table of {len(table)} rows.")
    return TableExhibit(
        id=key,
        title=title,
        alt=rows if len(table) else none,
        table=table.reset_index(drop=True),
        how_to_read=say(language, *how_to_read) if len(table) else none,
        limits=say(language, *limits),
        source=say(language, *source),
        language=language,
        formats=formats or {},
    )

"""Findings of access: what a council member takes home, with how sure it is and what nobody has told us."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from carelab.params import Params
from carelab.release.exhibit import Findings
from carelab.release.numbers import about, interval, listing, number, percent
from carelab.terms import Language, label, say

_LIKELY, _FAR, _MANY = 0.8, 30.0, 0.2


class AccessResults(Protocol):
    """The tables that these findings rest on; a Study has them."""

    @property
    def access_kinds(self) -> list[str]: ...
    @property
    def access(self) -> pd.DataFrame: ...
    @property
    def minutes(self) -> pd.DataFrame: ...
    @property
    def near_city(self) -> pd.DataFrame: ...
    @property
    def sites_known(self) -> pd.DataFrame: ...
    @property
    def site_flags(self) -> pd.DataFrame: ...
    @property
    def districts(self) -> pd.DataFrame: ...
    @property
    def travel_note(self) -> str: ...
    @property
    def leading_kind(self) -> str: ...
    @property
    def kinds_unknown(self) -> list[str]: ...
    def hot_spots(self, kind: str) -> pd.DataFrame: ...


def access_findings(results: AccessResults, *, params: Params) -> Findings:
    """Return who reaches what, where it is far, where many share little, and what is not known; or why nothing is."""
    language = params.language
    if not results.access_kinds:
        return Findings([_why_nothing(results, language)], language)
    sentences = [
        _near(results.near_city, params),
        _far(results.minutes, language),
        _shared(results.access, results.near_city, params),
        _together(results.hot_spots(results.leading_kind), results.leading_kind, language),
        _unknown(results.near_city, language),
        _never(results.kinds_unknown, language),
        _left_out(results.site_flags, language),
        results.travel_note,
    ]
    return Findings([sentence for sentence in sentences if sentence], language)


def _why_nothing(results: AccessResults, language: Language) -> str:
    """Return why access cannot be shown for this city."""
    if len(results.districts) < 2:
        return say(
            language,
            "Diese Stadt wird als ein Stück gerechnet, weil je Stadtteil keine Einwohner bekannt sind: Wege innerhalb "
            "der Stadt lassen sich nicht zeigen. Das heißt nicht, dass Angebote fehlen.",
            "This city is computed as one piece, as no inhabitants are known by district: ways within the city cannot "
            "be shown. That does not mean that offers are missing.",
        )
    if results.sites_known.empty:
        return say(
            language,
            "Kein Standort eines Angebots ist bekannt (sites.csv, facilities.csv, physicians.csv): Wer was erreicht, "
            "ist "
            "unbekannt; dass etwas fehlt, heißt das nicht.",
            "No site of any offer is known (sites.csv, facilities.csv, physicians.csv): who reaches what is unknown; "
            "that "
            "does not mean that something is missing.",
        )
    return say(
        language,
        "Die Lage von weniger als zwei Stadtteilen ist bekannt (districts.csv, lon und lat): Wege lassen sich nicht "
        "rechnen.",
        "The place of fewer than two districts is known (districts.csv, lon and lat): ways cannot be computed.",
    )


def _near(near_city: pd.DataFrame, params: Params) -> str:
    """Return the shares of the kinds whose number is known: the most and the least reached."""
    language = params.language
    rows = near_city[near_city["complete"]]
    if rows.empty:
        return ""
    shown = rows if len(rows) <= 4 else pd.concat([rows.head(2), rows.tail(2)])
    parts = [
        f"{label(row['kind'], language)} {percent(row['median'], language)} ({_percents(row, language)})"
        for _, row in shown.iterrows()
    ]
    return say(
        language,
        f"So viele Menschen ab 75 haben {params.focus_year} in 15 Minuten zu Fuß, was sie suchen: "
        f"{listing(parts, 'de')}; in "
        "Klammern das 80-%-Vorhersageintervall.",
        f"So many people from 75 will have within 15 minutes on foot in {params.focus_year} what they look for: "
        f"{listing(parts, 'en')}; in brackets the 80% prediction interval.",
    )


def _percents(row: Any, language: Language) -> str:
    low, high = (number(100 * row[name], language) for name in ("lower_80", "upper_80"))
    return say(language, f"{low} bis {high}\u00a0%", f"{low} to {high}%")


def _far(minutes: pd.DataFrame, language: Language) -> str:
    """Return from which districts the next pharmacy (or the best-known kind) is too far to walk."""
    kinds = [kind for kind in ("apotheke", "arzt", "vollstationaer") if kind in set(minutes["kind"])]
    if not kinds:
        return ""
    offer = label(kinds[0], language)
    rows = minutes[(minutes["kind"] == kinds[0]) & ~(minutes["lower_80"] <= _FAR)].sort_values(
        "median", ascending=False
    )
    if rows.empty:
        near = minutes[minutes["kind"] == kinds[0]].nlargest(1, "median").iloc[0]
        return say(
            language,
            f"Am weitesten zum nächsten Angebot „{offer}“ ist es in {near['name']}: im Mittel "
            f"{about(near['median'], 'de')} "
            f"Minuten zu Fuß ({interval(near, 'de')}).",
            f'The next "{offer}" is farthest in {near["name"]}: {about(near["median"], "en")} minutes on foot on '
            "average "
            f"({interval(near, 'en')}).",
        )
    return say(
        language,
        f"Zu weit zum Gehen (im Mittel über {_FAR:.0f} Minuten, auch am günstigen Ende) ist es zum nächsten Angebot "
        f"„{offer}“ "
        f"in {_some(rows, 'de')}.",
        f'Too far to walk (over {_FAR:.0f} minutes on average, even at the favourable end) is the next "{offer}" in '
        f"{_some(rows, 'en')}.",
    )


def _some(rows: pd.DataFrame, language: Language) -> str:
    names = rows["name"].tolist()
    more = say(language, f"{len(names) - 8} weiteren", f"{len(names) - 8} more")
    return listing(names if len(names) <= 8 else [*names[:8], more], language)


def _shared(access: pd.DataFrame, near_city: pd.DataFrame, params: Params) -> str:
    """Return where nursing-home places within reach are fewest, and for how many districts that is open, and why."""
    language = params.language
    rows = access[access["kind"] == "vollstationaer"]
    if rows.empty:
        return ""
    sure = rows[rows["p_lowest"] >= _LIKELY].sort_values("p_lowest", ascending=False)
    start = (
        "Wo Heimplätze in Gehweite am knappsten sind, ist für keinen Stadtteil zu 80\u00a0% sicher",
        "Where nursing-home places within walking distance are scarcest is not certain to 80% for any district",
    )
    if len(sure):
        start = (
            "Heimplätze in Gehweite sind mit mindestens 80\u00a0% Wahrscheinlichkeit am knappsten in "
            f"{_some(sure, 'de')}",
            "Nursing-home places within walking distance are scarcest, with a probability of at least 80%, in "
            f"{_some(sure, 'en')}",
        )
    return say(language, *start) + _open(rows, near_city, language)


def _open(rows: pd.DataFrame, near_city: pd.DataFrame, language: Language) -> str:
    """Return for how many districts it is open whether they are worst served, and that unknown places are why."""
    count = int(((rows["p_lowest"] > 1 - _LIKELY) & (rows["p_lowest"] < _LIKELY)).sum())
    if not count:
        return "."
    unplaced = float(near_city.loc[near_city["kind"] == "vollstationaer", "unplaced"].max())
    why = (", weil der Ort vieler Plätze nicht bekannt ist", ", because the place of many places is not known")
    because = why if unplaced > _MANY else ("", "")
    return say(
        language,
        f"; für {count} von {len(rows)} Stadtteilen ist es offen{because[0]}.",
        f"; for {count} of {len(rows)} districts it is open{because[1]}.",
    )


def _unknown(near_city: pd.DataFrame, language: Language) -> str:
    """Return the kinds of which only finds are known."""
    rows = near_city[~near_city["complete"].astype(bool)]
    if rows.empty:
        return ""
    named = listing([f"{label(row['kind'], language)} ({row['sites']})" for _, row in rows.iterrows()], language)
    return say(
        language,
        f"Nur in Teilen bekannt, mit der Zahl der gefundenen Standorte: {named}. Was hier nicht erreichbar scheint, "
        "ist "
        "unbekannt, nicht unversorgt.",
        f"Known in part only, with the number of sites found: {named}. What seems out of reach here is unknown, not "
        "missing.",
    )


def _never(kinds: list[str], language: Language) -> str:
    """Return the kinds of which not one site is known."""
    if not kinds:
        return ""
    named = listing([label(kind, language) for kind in kinds], language)
    return say(
        language,
        f"Ganz unbekannt, weil keine Liste vorliegt: {named}. Ob und wo es sie gibt, kann die Stadt sagen.",
        f"Wholly unknown, as there is no list: {named}. Whether and where they exist the city can tell.",
    )


def _together(hot_spots: pd.DataFrame, kind: str, language: Language) -> str:
    """Return whether poorly served districts lie together more than chance would have it; empty where not tested."""
    if hot_spots.empty:
        return ""
    offer = label(kind, language)
    rows = hot_spots[hot_spots["cluster"] == "low_low"]
    if rows.empty:
        return say(
            language,
            f"Dass schlecht versorgte Stadtteile beieinanderliegen, lässt sich beim Angebot „{offer}“ nicht von Zufall "
            "unterscheiden.",
            f'That poorly served districts lie together cannot be told from chance for the offer "{offer}".',
        )
    return say(
        language,
        f"Beim Angebot „{offer}“ fällt eine Häufung auf, die kaum Zufall ist: {_some(rows, 'de')}, mit ähnlich "
        "schlecht versorgten Nachbarn.",
        f'For the offer "{offer}" a cluster stands out that is hardly chance: {_some(rows, "en")}, with neighbours '
        "served as poorly.",
    )


def _left_out(flags: pd.DataFrame, language: Language) -> str:
    """Return how many sites were left out and how many put right, by reason."""
    if flags.empty:
        return ""
    counts = flags.groupby("flag").size()
    parts = listing([f"{label(str(flag), language)} ({n})" for flag, n in counts.items()], language)
    return say(language, f"An den Standorten fiel auf: {parts}.", f"What stood out among the sites: {parts}.")

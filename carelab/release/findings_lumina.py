"""Findings about offers close to home: for a council member, with what is not known and what may not be concluded."""

from __future__ import annotations

import math
from typing import Any, Protocol

import pandas as pd

from carelab.release.exhibit import Findings
from carelab.release.lumina_words import group_words, incomplete_line, nothing_told, way_unknown
from carelab.release.numbers import about, interval, listing, number, percent, signed
from carelab.terms import Language, label, say

MOST = 4
"""So many districts are named in a sentence."""


class LuminaResults(Protocol):
    """The tables that these findings rest on (``study.lumina``)."""

    @property
    def groups(self) -> pd.DataFrame: ...
    @property
    def inventory(self) -> pd.DataFrame: ...
    @property
    def reach(self) -> pd.DataFrame: ...
    @property
    def change(self) -> pd.DataFrame: ...
    @property
    def equity(self) -> pd.DataFrame: ...
    @property
    def closeness(self) -> pd.DataFrame: ...
    @property
    def closeness_district(self) -> pd.DataFrame: ...
    @property
    def reasons(self) -> dict[str, str]: ...
    @property
    def note(self) -> str: ...
    @property
    def incomplete(self) -> tuple[str, ...]: ...
    @property
    def start_note(self) -> str: ...
    @property
    def design_sentences(self) -> tuple[str, ...]: ...


def lumina_findings(lumina: LuminaResults, *, city: str, year: int, language: Language) -> Findings:
    """Return who could be reached, what is told, how reach changed (no effect without a design), how far it is."""
    told = [lumina.note, _whom(lumina.groups, year, language), lumina.start_note]
    if lumina.inventory.empty:
        told += [nothing_told(language), _needed(city, language)]
    else:
        told += [_offers(lumina.inventory, language), _reach(lumina.reach, language)]
        told += [_change(lumina.change, language), *lumina.design_sentences, _equity(lumina.equity, language)]
    for kind in ("pflegeberatung", "treffpunkt"):
        if kind in lumina.reasons:
            told.append(way_unknown(kind, lumina.reasons[kind], language))
        else:
            told += [_close(lumina.closeness, kind, language), _far(lumina.closeness_district, kind, language)]
    told.append(incomplete_line(lumina.incomplete, language))
    return Findings([sentence for sentence in told if sentence], language)


def _whom(groups: pd.DataFrame, year: int, language: Language) -> str:
    city = groups[(groups["district"] == groups["district"].iloc[-1]) & (groups["sex"] == "t")].set_index("group")
    need, old = city.loc["need_home"], city.loc["aged_80", "median"]
    return say(
        language,
        f"{year} leben in {need['name']} voraussichtlich etwa {about(need['median'], 'de')} Pflegebedürftige zu Hause "
        f"(80-%-Vorhersageintervall {interval(need, 'de')}) und etwa {about(old, 'de')} Menschen ab 80: für sie sind "
        "Angebote nahe der Wohnung gedacht.",
        f"In {year} an expected {about(need['median'], 'en')} people in need live at home in {need['name']} (80% "
        f"prediction interval {interval(need, 'en')}) and about {about(old, 'en')} people from 80: offers close to "
        "home are for them.",
    )


def _needed(city: str, language: Language) -> str:
    return say(
        language,
        "Gebraucht wird je Angebot und Quartal eine Zeile: Stadtteil, Art, Trägerart, Zielgruppe, Plätze, Zahl der "
        "erreichten Personen (1 bis 4 als „<5“), Stunden je Woche, barrierefrei, Quelle; mindestens vier Quartale vor "
        f"dem Beginn. Vorlage: carelab data needs {city} --write vorlagen; aufnehmen: carelab data add {city} DATEI "
        "--as offers.",
        "Needed is a row per offer and quarter: district, kind, kind of provider, for whom, places, persons reached (1 "
        "to 4 "
        'as "<5"), hours a week, accessible, source; at least four quarters before the beginning. Template: carelab '
        "data "
        f"needs {city} --write templates; to take in: carelab data add {city} FILE --as offers.",
    )


def _offers(inventory: pd.DataFrame, language: Language) -> str:
    rows = inventory[inventory["quarter"] == inventory["quarter"].max()]
    offers, untold, quarter = rows["offers"].sum(), rows["counts_untold"].sum(), rows["quarter"].iloc[0]
    yes, unknown = rows["accessible"].sum(), rows["accessible_untold"].sum()
    return say(
        language,
        f"Für das Quartal {quarter} sind {offers} Angebote gemeldet, {yes} davon barrierefrei (von {unknown} ist es "
        f"nicht bekannt); ohne Zählung der Erreichten: {untold}. Was niemand gemeldet hat, ist unbekannt.",
        f"For quarter {quarter} {offers} offers are reported, {yes} of them accessible (of {unknown} it is not known); "
        f"without a count of those reached: {untold}. What nobody reported is unknown.",
    )


def _reach(reach: pd.DataFrame, language: Language) -> str:
    city = reach[(reach["district"] == reach["district"].iloc[-1]) & reach["median"].notna()]
    if city.empty:
        return say(language, "Niemand hat erreichte Personen gezählt.", "Nobody has counted persons reached.")
    row = city.iloc[-1]
    return say(
        language,
        f"Auf 100 Pflegebedürftige zu Hause kamen im Quartal {row['quarter']} etwa {number(row['median'], 'de', 1)} "
        f"erreichte Personen (80-%-Vorhersageintervall {_one(row, 'de')}). Das ist kein Anteil: Es kommen auch "
        "Menschen ohne Pflegegrad, und manche mehrfach; allein das größte Angebot erreichte "
        f"{number(row['at_least'], 'de', 1)}.",
        f"For every 100 people in need at home about {number(row['median'], 'en', 1)} persons were reached in quarter "
        f"{row['quarter']} (80% prediction interval {_one(row, 'en')}). This is no share: people without a Pflegegrad "
        f"come, too, and some several times; the largest offer alone reached {number(row['at_least'], 'en', 1)}.",
    )


def _change(change: pd.DataFrame, language: Language) -> str:
    rows = change[change["median"].notna()]
    if rows.empty:
        return ""
    row = rows.iloc[-1]
    swing = row["usual_swing"]
    before = (
        ("", "")
        if not math.isfinite(swing)
        else (
            f"; schon vorher lagen Quartale bis zu {number(swing, 'de', 1)} auseinander",
            f"; even before, quarters differed by up to {number(swing, 'en', 1)}",
        )
    )
    return say(
        language,
        f"Gegenüber denselben Jahreszeiten vor dem Beginn sind das {signed(row['median'], 'de', 1)} je 100 "
        f"(80-%-Vorhersageintervall {_one(row, 'de')}){before[0]}.",
        f"Compared with the same seasons before the beginning this is {signed(row['median'], 'en', 1)} per 100 (80% "
        f"prediction interval {_one(row, 'en')}){before[1]}.",
    )


def _equity(equity: pd.DataFrame, language: Language) -> str:
    rows = equity[equity["period"] == "after_quarter"].set_index("equity")
    if rows.empty:
        return ""
    best, least = (float(rows["median"][name]) for name in ("best_fifth", "least_fifth"))
    gap, luck = rows.loc["fifth_gap"], float(rows["median"]["gap_by_chance"])
    more = float(rows["median"]["fifth_gap"]) > float(rows["upper_80"]["gap_by_chance"])
    judged = say(
        language,
        "das ist mehr, als der Zufall erklärt" if more else "so viel kann auch Zufall sein",
        "that is more than chance explains" if more else "this much may be chance",
    )
    return say(
        language,
        f"Zwischen den Stadtteilen: Im bestversorgten Fünftel kommen {number(best, 'de', 1)} erreichte "
        f"Personen auf 100 Pflegebedürftige zu Hause, im am wenigsten versorgten {number(least, 'de', 1)} "
        f"(Abstand {_one(gap, 'de')} mit 80 %). Bei gleicher Chance für alle wäre der Abstand im Median "
        f"{number(luck, 'de', 1)}: {judged}.",
        f"Between districts: in the best-served fifth {number(best, 'en', 1)} persons are reached per 100 "
        f"people in need at home, in the least-served {number(least, 'en', 1)} (gap {_one(gap, 'en')} with "
        f"80%). With the same chance for all the gap would be {number(luck, 'en', 1)} in the median: "
        f"{judged}.",
    )


def _close(closeness: pd.DataFrame, kind: str, language: Language) -> str:
    rows = closeness[(closeness["kind"] == kind) & (closeness["sex"] == "t")]
    parts = [
        f"{group_words(row['group'], 't', language)} {percent(row['near'], language)} ({_percents(row, language)})"
        for _, row in rows.iterrows()
    ]
    return say(
        language,
        f"{label(kind, 'de')} in 15 Minuten zu Fuß haben, nach den bekannten Orten: {listing(parts, 'de')}; in "
        "Klammern das 80-%-Vorhersageintervall.",
        f"{label(kind, 'en')} within 15 minutes on foot, by the places known: {listing(parts, 'en')}; in brackets the "
        "80% prediction interval.",
    )


def _far(closeness_district: pd.DataFrame, kind: str, language: Language) -> str:
    """Return how many people in need live beyond 30 minutes, and from where it is surely too far."""
    rows = closeness_district[closeness_district["kind"] == kind]
    sure = rows[rows["lower_80"] > 30].sort_values("persons_far", ascending=False)
    if sure.empty:
        return ""
    names = sure["name"].tolist()
    more = len(names) - MOST
    named = [*names[:MOST], *([say(language, f"{more} weiteren", f"{more} more")] if more > 0 else [])]
    where = listing(named, language)
    return say(
        language,
        f"Im Mittel über 30 Minuten zum nächsten bekannten Ort ({label(kind, 'de')}) sind es, mit mindestens 90 % "
        f"Wahrscheinlichkeit, aus {where}; dort leben etwa {about(float(sure['persons_far'].sum()), 'de')} "
        "Pflegebedürftige zu Hause.",
        f"On average beyond 30 minutes to the next known place ({label(kind, 'en')}), with a probability of at least "
        f"90%, it is from {where}; about {about(float(sure['persons_far'].sum()), 'en')} people in need live at home "
        "there.",
    )


def _one(row: Any, language: Language) -> str:
    low, high = (number(float(row[f"{side}_80"]), language, 1) for side in ("lower", "upper"))
    return f"{low} {say(language, 'bis', 'to')} {high}"


def _percents(row: Any, language: Language) -> str:
    low, high = (number(100 * row[f"near_{side}_80"], language) for side in ("lower", "upper"))
    return say(language, f"{low} bis {high}\u00a0%", f"{low} to {high}%")

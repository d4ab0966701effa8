"""Findings of the back-tests over panels: what intervals rest on, how often they held, where a rule was better."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from carelab.params import Params
from carelab.release.exhibit import Findings
from carelab.release.numbers import listing, number, percent
from carelab.terms import BAND_80, Language, label, say

_HORIZONS = (2, 4)
"""Years ahead that a sentence speaks of: one and two surveys."""


class BacktestResults(Protocol):
    """The tables that these findings rest on; a Study has them."""

    @property
    def backtest_errors(self) -> pd.DataFrame: ...
    @property
    def calibration(self) -> pd.DataFrame: ...
    @property
    def shelf_life(self) -> pd.DataFrame: ...
    @property
    def backtest_own(self) -> pd.DataFrame: ...


def calibration_line(calibration: pd.DataFrame, own: pd.DataFrame, language: Language) -> str:
    """Return on what the intervals rest, how often the 80 % interval held, and the own city's."""
    held, told = (_held(calibration, rule, language) for rule in ("model", "model_law"))
    if not held:
        return ""
    cases = int(_cell(calibration, "model", _HORIZONS[0])["n"])
    told = say(language, f" (Gesetz von 2017 eingegeben: {told})", f" (law of 2017 entered: {told})") if told else ""
    after = f"{_warn(calibration, language)}{_own(own, language)}"
    return say(
        language,
        "Die Weite der Intervalle kommt aus früheren Fehlern und ist an allen Kreisen geprüft "
        f"({number(cases, 'de')} Fälle nach {_HORIZONS[0]} Jahren): Die spätere Zählung lag im 80-%-Intervall "
        f"{held}{told}. Nachträglich verbreitert oder verengt wurde nichts.{after}",
        "The width of the intervals comes from past errors and was checked on all Kreise "
        f"({number(cases, 'en')} cases after {_HORIZONS[0]} years): the later count lay within the 80% interval "
        f"{held}{told}. Nothing was widened or narrowed afterwards.{after}",
    )


def backtest_findings(results: BacktestResults, *, params: Params) -> Findings:
    """Return how wrong the method would have been over all Kreise and over districts, and where a rule was better."""
    language = params.language
    sentences = [
        _care_error(results.backtest_errors, language),
        calibration_line(results.calibration, results.backtest_own, language),
        _hidden(results, language),
        _districts(results, language),
        _worse(results.calibration, language),
        _shelf(results.shelf_life, language),
    ]
    return Findings([sentence for sentence in sentences if sentence], language)


def _cell(table: pd.DataFrame, rule: str, ahead: int, target: str = "people_in_need") -> dict[str, Any]:
    """Return the row of a model, horizon and quantity over all size classes; empty where there is none."""
    rows = table[(table["rule"] == rule) & (table["horizon"] == ahead) & (table["target"] == target)]
    rows = rows[rows["size_class"] == "all"] if "size_class" in rows else rows
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else {}


def _held(calibration: pd.DataFrame, rule: str, language: Language) -> str:
    """Return "nach 2 Jahren in 79 %, nach 4 Jahren in 56 % der Fälle"."""
    parts = []
    for ahead in _HORIZONS:
        share = _cell(calibration, rule, ahead).get("coverage_80")
        if share is not None:
            text = percent(float(share), language)
            parts.append(say(language, f"nach {ahead} Jahren in {text}", f"after {ahead} years in {text}"))
    return listing(parts, language) + say(language, " der Fälle", " of cases") if parts else ""


def _warn(calibration: pd.DataFrame, language: Language) -> str:
    """Return the advice to allow for more where an interval was too narrow."""
    narrow = [h for h in _HORIZONS if _cell(calibration, "model", h).get("coverage_80", 1.0) < BAND_80[0]]
    if not narrow:
        return ""
    return say(
        language,
        f" Ab {narrow[0]} Jahren war es zu eng, weil niemand das neue Gesetz eingerechnet hatte: Kommt wieder eines, "
        "reicht das Intervall nicht.",
        f" From {narrow[0]} years on it was too narrow, as nobody had counted in the new law: if another comes, the "
        "interval is not enough.",
    )


def _own(own: pd.DataFrame, language: Language) -> str:
    """Return the record of the run's own city and the width of its interval."""
    rows = own[(own["rule"] == "model") & own["horizon"].isin(_HORIZONS)]
    if rows.empty:
        return say(
            language,
            " Die Stadt selbst ist kein Kreis des Panels; für sie gilt die Weite des mittleren Kreises.",
            " The city itself is no Kreis of the panel; the middle Kreis's width holds for it.",
        )
    width, held = float(rows["width_ratio"].median()), int(rows["inside_80"].astype(bool).sum())
    size = number(width, language, 2)
    return say(
        language,
        f" In der Stadt selbst lag sie in {held} von {len(rows)} Fällen darin; ihr Intervall war {size}-mal so weit "
        "wie das des mittleren Kreises.",
        f" In the city itself it lay within in {held} of {len(rows)} cases; its interval was {size} times as wide as "
        "the middle Kreis's.",
    )


def _errors(errors: pd.DataFrame, target: str, ahead: int) -> dict[str, float]:
    """Return mean errors (0-1) by rule, smallest first."""
    rows = errors[(errors["target"] == target) & (errors["horizon"] == ahead)].sort_values("mape_pct")
    return {str(rule): float(value) / 100 for rule, value in zip(rows["rule"], rows["mape_pct"], strict=True)}


def _best(errors: dict[str, float], language: Language) -> str:
    """Return the rule of thumb with the smallest error, and that error."""
    rule = next((name for name in errors if name not in ("model", "model_law")), "")
    name, error = label(rule, language), percent(errors.get(rule, float("nan")), language, 1)
    return say(language, f"beste Faustregel, „{name}“: {error}", f"best rule of thumb, “{name}”: {error}")


def _care_error(errors: pd.DataFrame, language: Language) -> str:
    parts = []
    for ahead in _HORIZONS:
        off = _errors(errors, "people_in_need", ahead)
        if "model" not in off:
            continue
        own, law = (percent(off.get(rule, float("nan")), language, 1) for rule in ("model", "model_law"))
        best = _best(off, language)
        parts.append(
            say(
                language,
                f"nach {ahead} Jahren um {own} (Gesetz von 2017 eingegeben: {law}; {best})",
                f"by {own} after {ahead} years (law of 2017 entered: {law}; {best})",
            )
        )
    lead = say(language, "Über alle Kreise lag das Modell im Mittel ", "Over all Kreise the model was off on average ")
    return lead + listing(parts, language) + say(language, " daneben.", ".") if parts else ""


def _hidden(results: BacktestResults, language: Language) -> str:
    row = _cell(results.calibration, "model", 0, "people_in_need_hidden")
    if not row:
        return ""
    errors = _errors(results.backtest_errors, "people_in_need_hidden", 0)
    own, plain = (percent(errors.get(rule, float("nan")), language, 1) for rule in ("model", "age_sex"))
    held = percent(float(row["coverage_80"]), language)
    return say(
        language,
        f"Ohne eigene Zählung (so geht es jedem Stadtteil) wäre ein Kreis um {own} verfehlt worden, nach Alter und "
        f"Geschlecht allein um {plain}; das 80-%-Intervall hielt in {held} der Fälle.",
        f"Without a count of its own (the case of every district) a Kreis would have been missed by {own}, by age and "
        f"sex alone by {plain}; the 80% interval held in {held} of cases.",
    )


def _districts(results: BacktestResults, language: Language) -> str:
    parts = []
    for target in ("65+", "80+"):
        off = _errors(results.backtest_errors, target, 5)
        held = _cell(results.calibration, "model", 5, target).get("coverage_80")
        if "model" not in off or held is None:
            continue
        own, best, share = percent(off["model"], language, 1), _best(off, language), percent(float(held), language)
        parts.append(
            say(
                language,
                f"ab {target[:-1]} um {own} ({best}; das 80-%-Intervall hielt in {share})",
                f"from {target[:-1]} by {own} ({best}; the 80% interval held in {share})",
            )
        )
    lead = say(
        language,
        "Menschen je Stadtteil nach 5 Jahren (23 Wiener Bezirke): Abweichung ",
        "People by district after 5 years (23 districts of Wien): error ",
    )
    return lead + listing(parts, language) + "." if parts else ""


def _worse(calibration: pd.DataFrame, language: Language) -> str:
    """Return where the intervals of a rule of thumb would have been the better ones."""
    rows = calibration[(calibration["size_class"] == "all") & (calibration["wis_ratio"] > 1)]
    rows = rows[(rows["rule"] == "model")].drop_duplicates(["target", "horizon"])
    if rows.empty:
        return say(
            language,
            "Keine Faustregel hatte bessere Intervalle als das Modell.",
            "No rule of thumb had better intervals than the model.",
        )
    parts = []
    for target, group in rows.groupby("target", sort=False):
        name = label("population" if target == "total" else str(target), language)
        years = listing([str(int(h)) for h in sorted(group["horizon"])], language)
        parts.append(say(language, f"{name} nach {years} Jahren", f"{name} after {years} years"))
    return say(
        language,
        "Schlechter als die der besten Faustregel, die auch spätere Jahre kennt, waren die Intervalle für: "
        f"{'; '.join(parts)}.",
        f"Worse than the best rule of thumb, which knows later years too, were the intervals of: {'; '.join(parts)}.",
    )


def _shelf(shelf_life: pd.DataFrame, language: Language) -> str:
    """Return the furthest horizon at which four of five areas were within 10 %, care and people from 80."""
    rows = shelf_life[(shelf_life["rule"] == "model") & (shelf_life["size_class"] == "all")]
    words = {}
    for target, years, longest in zip(rows["target"], rows["years"], rows["longest"], strict=True):
        least = say(language, "mindestens ", "at least ") if years >= longest else ""
        words[str(target)] = least + number(float(years), language)
    care, people = words.get("people_in_need", "–"), words.get("80+", "–")
    return say(
        language,
        f"Haltbarkeit (vier von fünf Gebieten auf 10 % genau): Pflegebedürftige {care} Jahre, Menschen ab 80 je "
        f"Stadtteil {people} Jahre.",
        f"Shelf life (four of five areas within 10%): people in need {care} years, people from 80 by district "
        f"{people} years.",
    )

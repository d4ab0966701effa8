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
_CARE = "people_in_need"
_CITY = "model_city"
"""The way in which a city's run projects care rates: its own intervals are those of a city's page."""


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
    @property
    def district_record(self) -> pd.DataFrame: ...


def calibration_line(calibration: pd.DataFrame, own: pd.DataFrame, language: Language) -> str:
    """Return on what the intervals rest, how often the 80 % interval held, and the own city's record and width."""
    held = _held(calibration, _CITY)
    if not held:
        return ""
    cases = int(_cell(calibration, _CITY, _HORIZONS[0])["n"])
    de = [f"nach {ahead} Jahren in {percent(share, 'de')}" for ahead, share in held.items()]
    en = [f"in {percent(share, 'en')} after {ahead} years" for ahead, share in held.items()]
    after = _warn(held, language) + _own(own, language)
    return say(
        language,
        "Die Weite der Intervalle kommt aus früheren Fehlern, bei der Pflege auch aus dem angenommenen Risiko eines "
        "neuen Gesetzes; nachträglich verbreitert oder verengt ist sie nicht. Mit dem Rechenweg dieser Stadt an "
        f"allen Kreisen geprüft ({number(cases, 'de')} Fälle nach {_HORIZONS[0]} Jahren) hielt das 80-%-Intervall "
        f"{listing(de, 'de')} der Fälle{after}",
        "The width of the intervals comes from past errors, for care also from the assumed risk of a new law; it was "
        "neither widened nor narrowed afterwards. Checked with this city's own way of computing on "
        f"all Kreise ({number(cases, 'en')} cases after {_HORIZONS[0]} years) the 80% interval held "
        f"{listing(en, 'en')}{after}",
    )


def held_line(calibration: pd.DataFrame, own: pd.DataFrame, language: Language) -> str:
    """Return in one sentence how often the 80 % interval held over all Kreise and in the own city; empty if unknown."""
    held = _held(calibration, _CITY)
    if not held:
        return ""
    de = [f"nach {ahead} Jahren in {percent(share, 'de')}" for ahead, share in held.items()]
    en = [f"in {percent(share, 'en')} of cases after {ahead} years" for ahead, share in held.items()]
    rows = own[(own["rule"] == _CITY) & own["horizon"].isin(_HORIZONS)]
    inside, cases = int(rows["inside_80"].astype(bool).sum()), len(rows)
    return say(
        language,
        "An allen Kreisen hielt das 80-%-Vorhersageintervall, mit demselben Rechenweg aus früheren Jahren gerechnet, "
        f"{listing(de, 'de')} der Fälle"
        f"{f', in der Stadt selbst in {inside} von {cases}' if cases else ''}{_warn(held, 'de')}",
        f"Over all Kreise the 80% prediction interval, computed the same way from earlier years, held "
        f"{listing(en, 'en')}"
        f"{f', in the city itself in {inside} of {cases}' if cases else ''}{_warn(held, 'en')}",
    )


def backtest_findings(results: BacktestResults, *, params: Params) -> Findings:
    """Return how wrong the method would have been over all Kreise and over districts, and where a rule was better."""
    language = params.language
    sentences = [
        _care_error(results.backtest_errors, language),
        calibration_line(results.calibration, results.backtest_own, language),
        _hidden(results, language),
        _districts(results, language),
        own_districts_line(results.district_record, language),
        _worse(results.calibration, language),
        _shelf(results.shelf_life, language),
    ]
    return Findings([sentence for sentence in sentences if sentence], language)


def own_districts_line(record: pd.DataFrame, language: Language) -> str:
    """Return how wrong the run's projection would have been for the oldest band of the own districts; empty without.

    ``record``: a study's district_record. The furthest look back is told, with the best rule beside it.
    """
    if record.empty:
        return ""
    ahead, oldest = int(record["horizon"].max()), str(record["target"].iloc[-1])
    rows = record[(record["horizon"] == ahead) & (record["target"] == oldest)]
    model, rules = rows[rows["rule"] == "model"].iloc[0], rows[rows["rule"] != "model"].dropna(subset=["wape_pct"])
    best = rules.sort_values("wape_pct").iloc[0]
    error, least = (percent(row["wape_pct"] / 100, language, 1) for row in (model, best))
    beaten = best["wape_pct"] < model["wape_pct"]
    name, cases = label(best["rule"], language), int(model["n"])
    held = round(float(model["coverage_80"]) * cases)
    lead = say(language, *(("besser die", "better the") if beaten else ("beste", "best")))
    years = say(language, f"{ahead} Jahr{'en' if ahead > 1 else ''}", f"{ahead} year{'s' if ahead > 1 else ''}")
    return say(
        language,
        "In den eigenen Stadtteilen, mit dem Verfahren dieses Laufs aus früheren Basisjahren gerechnet, lag die Zahl "
        f"der Menschen im Alter {oldest} nach {years} um {error} daneben ({lead} Faustregel, „{name}“: {least}); das "
        f"80-%-Intervall hielt in {held} von {cases} Fällen.",
        "In the city's own districts, projected from earlier base years with this run's method, the number of people "
        f"aged {oldest} was off by {error} after {years} ({lead} rule of thumb, “{name}”: {least}); the 80% interval "
        f"held in {held} of {cases} cases.",
    )


def _cell(table: pd.DataFrame, rule: str, ahead: int, target: str = _CARE) -> dict[str, Any]:
    """Return the row of a model, horizon and quantity over all size classes; empty where there is none."""
    rows = table[(table["rule"] == rule) & (table["horizon"] == ahead) & (table["target"] == target)]
    rows = rows[rows["size_class"] == "all"] if "size_class" in rows else rows
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else {}


def _held(calibration: pd.DataFrame, rule: str) -> dict[int, float]:
    """Return how often the 80 % interval for people in need held (0-1), by years ahead."""
    rows = {ahead: _cell(calibration, rule, ahead) for ahead in _HORIZONS}
    return {ahead: float(row["coverage_80"]) for ahead, row in rows.items() if row}


def _warn(held: dict[int, float], language: Language) -> str:
    """Return the end of the sentence: that the interval was too narrow where it was."""
    if min(held.values()) >= BAND_80[0]:
        return "."
    return say(
        language,
        ": Kommt wieder ein neues Gesetz, reicht das Intervall nicht.",
        ": if a new law comes again, the interval is not enough.",
    )


def _own(own: pd.DataFrame, language: Language) -> str:
    """Return the record of the run's own city and the width of its interval."""
    rows = own[(own["rule"] == _CITY) & own["horizon"].isin(_HORIZONS)]
    if rows.empty:
        return say(
            language,
            " Die Stadt selbst ist kein Kreis des Panels; für sie gilt die Weite des mittleren Kreises.",
            " The city itself is no Kreis of the panel; the middle Kreis's width holds for it.",
        )
    width, held = number(float(rows["width_ratio"].median()), language, 2), int(rows["inside_80"].astype(bool).sum())
    return say(
        language,
        f" In der Stadt selbst hielt es in {held} von {len(rows)} Fällen und war {width}-mal so weit wie im mittleren "
        "Kreis.",
        f" In the city itself it held in {held} of {len(rows)} cases and was {width} times as wide as in the middle "
        "Kreis.",
    )


def _errors(errors: pd.DataFrame, target: str, ahead: int) -> dict[str, float]:
    """Return mean errors (0-1) by rule, smallest first."""
    rows = errors[(errors["target"] == target) & (errors["horizon"] == ahead)].sort_values("mape_pct")
    return {str(rule): float(value) / 100 for rule, value in zip(rows["rule"], rows["mape_pct"], strict=True)}


def _best(errors: dict[str, float], language: Language, own_rule: str = "model") -> str:
    """Return the rule of thumb with the smallest error, and that error; and that it was better, by shown digits."""
    rule = next((name for name in errors if not name.startswith("model")), "")
    name, error = label(rule, language), percent(errors.get(rule, float("nan")), language, 1)
    least, own = (round(100 * errors.get(each, float("nan")), 1) for each in (rule, own_rule))
    if least < own:
        return say(language, f"besser die Faustregel „{name}“: {error}", f"better the rule of thumb “{name}”: {error}")
    if least == own:
        return say(language, f"ebenso gut die Faustregel „{name}“: {error}", f"as good the rule “{name}”: {error}")
    return say(language, f"beste Faustregel, „{name}“: {error}", f"best rule of thumb, “{name}”: {error}")


def _care_error(errors: pd.DataFrame, language: Language) -> str:
    """Return how far the cities' way was off over all Kreise, the best rule, and the model of counts beside it."""
    shares = {ahead: _errors(errors, _CARE, ahead) for ahead in _HORIZONS}
    shares = {ahead: found for ahead, found in shares.items() if _CITY in found}
    if not shares:
        return ""
    parts = []
    for ahead, off in shares.items():
        own, best = percent(off[_CITY], language, 1), _best(off, language, _CITY)
        parts.append(say(language, f"nach {ahead} Jahren um {own} ({best})", f"by {own} after {ahead} years ({best})"))
    plain, law = (
        listing([percent(off.get(rule, float("nan")), language, 1) for off in shares.values()], language)
        for rule in ("model", "model_law")
    )
    return say(
        language,
        f"Über alle Kreise lag der Rechenweg dieser Stadt im Mittel {listing(parts, 'de')} daneben; ein Modell aus den "
        f"Zählungen allein, mit dem sich jede Reihe von Kreisen prüfen lässt, um {plain}, mit dem Gesetz von 2017 "
        f"eingegeben um {law}.",
        f"Over all Kreise this city's way of computing was off on average {listing(parts, 'en')}; a model of the "
        f"counts alone, with which any panel of Kreise can be tested, by {plain}, with the law of 2017 entered by "
        f"{law}.",
    )


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
    own = rows["target"].map(lambda target: _CITY if target == _CARE else "model")
    rows = rows[rows["rule"] == own].drop_duplicates(["target", "horizon"])
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
    own = shelf_life["target"].map(lambda target: _CITY if target == _CARE else "model")
    rows = shelf_life[(shelf_life["rule"] == own) & (shelf_life["size_class"] == "all")]
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

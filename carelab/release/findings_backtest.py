"""Key finding 5: how wrong would we have been?"""

from __future__ import annotations

import pandas as pd

from carelab.release.numbers import listing, percent
from carelab.terms import Language, say

_RULES = {
    "constant_rates": ("konstante Pflegequoten", "constant rates"),
    "last_growth": ("letztes Wachstum wiederholt", "last growth repeated"),
}
"""Rules of thumb that the model is compared with."""


def how_wrong(backtest: pd.DataFrame, language: Language) -> str:
    """Return the back-test: error of the model beside rules of thumb, 2 and 4 years ahead, and coverage."""
    table = backtest.assign(_ahead=backtest["year"] - backtest["origin"])
    parts = [part for part in (_errors(table[table["_ahead"] == ahead], ahead, language) for ahead in (2, 4)) if part]
    if not parts:
        return say(
            language,
            "Eine Prüfung an der Vergangenheit ist mit diesen Daten nicht möglich.",
            "A test against the past is not possible with these data.",
        )
    table = table[table["_ahead"].isin([2, 4])]
    model = table[table["rule"] == "model"].dropna(subset=["inside_80"])
    held, off, better = (
        int(model["inside_80"].astype(bool).sum()),
        _direction(table, language),
        _better(table, language),
    )
    return say(
        language,
        f"An der Vergangenheit geprüft lag das Modell, gemessen an der später gezählten Zahl, {listing(parts, 'de')} "
        f"{off}.{better} Das 80-%-Vorhersageintervall traf in {held} von {len(model)} Fällen.",
        f"Tested against the past, the model was {off}, measured by the figure counted later: "
        f"{listing(parts, 'en')}.{better} The 80% prediction interval held in {held} of {len(model)} cases.",
    )


def _direction(table: pd.DataFrame, language: Language) -> str:
    """Return on which side the model was off: too low, too high, or on both."""
    errors = table.loc[table["rule"] == "model", "error_pct"].dropna()
    if (errors < 0).all():
        return say(language, "zu niedrig", "too low")
    if (errors > 0).all():
        return say(language, "zu hoch", "too high")
    return say(language, "daneben", "off")


def _better(table: pd.DataFrame, language: Language) -> str:
    """Return the rules of thumb whose mean absolute error is smaller than the model's in the same cases."""
    keys = [key for key in ("area", "origin", "year") if key in table]
    errors = table.assign(error=table["error_pct"].astype(float).abs())
    wide = errors.pivot_table(index=keys, columns="rule", values="error")
    words = []
    for rule, named in _RULES.items():
        pair = wide[["model", rule]].dropna() if {"model", rule} <= set(wide.columns) else wide.head(0)
        if len(pair) and pair[rule].mean() < pair["model"].mean():
            words.append(say(language, f"„{named[0]}“", f"“{named[1]}”"))
    if not words:
        return ""
    many = len(words) > 1
    return say(
        language,
        f" Besser {'waren' if many else 'war'} {listing(words, 'de')}.",
        f" Better {'were' if many else 'was'} {listing(words, 'en')}.",
    )


def _errors(table: pd.DataFrame, ahead: int, language: Language) -> str:
    mean = (
        table.dropna(subset=["error_pct"]).groupby("rule")["error_pct"].apply(lambda values: float(values.abs().mean()))
    )
    if "model" not in mean:
        return ""
    model = percent(mean["model"] / 100, language, 1)
    beside = listing(
        [
            f"{say(language, *words)} {percent(mean[rule] / 100, language, 1)}"
            for rule, words in _RULES.items()
            if rule in mean
        ],
        language,
    )
    beside = f" ({beside})" if beside else ""
    return say(
        language,
        f"nach {ahead} Jahren im Mittel um {model}{beside}",
        f"on average by {model} after {ahead} years{beside}",
    )

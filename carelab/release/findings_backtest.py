"""Key finding 5: how wrong would we have been?"""

from __future__ import annotations

import pandas as pd

from carelab.release.numbers import listing, percent
from carelab.terms import Language, label, say

_RULES = ("constant_rates", "own_last_growth")
"""Rules of thumb that the model is compared with."""
_AHEAD = (2, 4)
"""Years ahead that the finding speaks of."""


def how_wrong(backtest: pd.DataFrame, language: Language, *, held: str = "") -> str:
    """Return the back-test: error of the model 2 and 4 years ahead, rules of thumb beside it, and coverage.

    ``held``: a sentence on how often the interval held, in place of that of these few cases.
    """
    table = backtest.assign(_ahead=backtest["year"] - backtest["origin"])
    table = table[table["_ahead"].isin(_AHEAD)]
    errors = {rule: _errors(table, rule, language) for rule in ("model", *_RULES)}
    if not errors["model"]:
        return say(
            language,
            "Eine Prüfung an der Vergangenheit ist mit diesen Daten nicht möglich.",
            "A test against the past is not possible with these data.",
        )
    model = table[table["rule"] == "model"].dropna(subset=["inside_80"])
    inside, off, better = int(model["inside_80"].astype(bool).sum()), _direction(table, language), _better(table)
    ahead = [h for h in _AHEAD if (table.loc[table["rule"] == "model", "_ahead"] == h).any()]
    de = [f"nach {h} Jahren um {error}" for h, error in zip(ahead, errors["model"], strict=True)]
    en = [f"by {error} after {h} years" for h, error in zip(ahead, errors["model"], strict=True)]
    rules = _beside([rule for rule in _RULES if rule not in better], errors, language)
    held = held or say(
        language,
        f"Das 80-%-Vorhersageintervall traf in {inside} von {len(model)} Fällen.",
        f"The 80% prediction interval held in {inside} of {len(model)} cases.",
    )
    return say(
        language,
        f"{_where(table, 'de')} lag das Modell {listing(de, 'de')} {off}{f' ({rules})' if rules else ''}."
        f"{_was_better(better, errors, 'de')} {held}",
        f"{_where(table, 'en')} the model was {off} {listing(en, 'en')}{f' ({rules})' if rules else ''}."
        f"{_was_better(better, errors, 'en')} {held}",
    )


def _where(table: pd.DataFrame, language: Language) -> str:
    """Return how many cities were tested, where it was more than one."""
    areas = table["area"].nunique() if "area" in table else 1
    return say(
        language,
        f"An der Vergangenheit{f' von {areas} Städten' if areas > 1 else ''} geprüft",
        f"Tested against the past{f' of {areas} cities' if areas > 1 else ''},",
    )


def _beside(rules: list[str], errors: dict[str, list[str]], language: Language) -> str:
    """Return "konstante Pflegequoten: 16,9 % und 32,2 %" for each of the rules that has errors."""
    named = [f"{label(rule, language)}: {listing(errors[rule], language)}" for rule in rules if errors[rule]]
    return "; ".join(named)


def _direction(table: pd.DataFrame, language: Language) -> str:
    """Return on which side the model was off: too low, too high, or on both."""
    errors = table.loc[table["rule"] == "model", "error_pct"].dropna()
    if (errors < 0).all():
        return say(language, "zu niedrig", "too low")
    if (errors > 0).all():
        return say(language, "zu hoch", "too high")
    return say(language, "daneben", "off")


def _better(table: pd.DataFrame) -> list[str]:
    """Return the rules of thumb whose mean absolute error is smaller than the model's in the same cases."""
    keys = [key for key in ("area", "origin", "year") if key in table]
    errors = table.assign(error=table["error_pct"].astype(float).abs())
    wide = errors.pivot_table(index=keys, columns="rule", values="error")
    found = []
    for rule in _RULES:
        pair = wide[["model", rule]].dropna() if {"model", rule} <= set(wide.columns) else wide.head(0)
        if len(pair) and pair[rule].mean() < pair["model"].mean():
            found.append(rule)
    return found


def _was_better(rules: list[str], errors: dict[str, list[str]], language: Language) -> str:
    """Return " Besser war „eigener letzter Zuwachs“ (5,2 % und 10,7 %)."; empty where no rule was."""
    if not rules:
        return ""
    quoted = [say(language, f"„{label(rule, 'de')}“", f"“{label(rule, 'en')}”") for rule in rules]
    each = [f"{name} ({listing(errors[rule], language)})" for name, rule in zip(quoted, rules, strict=True)]
    named = listing(each, language)
    return say(
        language,
        f" Besser {'waren' if len(rules) > 1 else 'war'} {named}.",
        f" Better {'were' if len(rules) > 1 else 'was'} {named}.",
    )


def _errors(table: pd.DataFrame, rule: str, language: Language) -> list[str]:
    """Return a rule's mean absolute error by years ahead, as percent."""
    rows = table[table["rule"] == rule].dropna(subset=["error_pct"])
    means = rows["error_pct"].astype(float).abs().groupby(rows["_ahead"]).mean()
    return [percent(float(means[h]) / 100, language, 1) for h in _AHEAD if h in means.index]

"""Exhibits of early warning: the list, the rules, and the sentences that lead them."""

from __future__ import annotations

import pandas as pd

from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit, Findings
from carelab.release.numbers import NBSP, chance, listing, number
from carelab.terms import Language, label, say

MOST = 6
"""Places named in a sentence; the table has them all."""


def warning_table(warnings: pd.DataFrame, rules: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return warnings first, then what is to be watched; ``rules`` (``study.rule_words``) give names and remedies."""
    table = warnings.merge(rules[["rule", "rule_name", "remedy"]], on="rule", how="left")
    order = ["state", "rule_name", "name", "first_year", "probability", "relief", "relief_unit", "remedy", "p_constant"]
    table = table[[*order, "grade", "district", "rule"]]
    count = {state: int((table["state"] == state).sum()) for state in ("warning", "watch")}
    alt = say(
        language,
        f"{count['warning']} Warnungen, {count['watch']} zu beobachten.",
        f"{count['warning']} warnings, {count['watch']} to be watched.",
    )
    return captioned("early_warning", table, figure=(alt, None), edition=(language, None))


def rules_table(rules: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the rules: name, meaning, limit, probability, watch, remedy, source."""
    table = rules[["rule_name", "meaning", "limit", "probability", "watch", "remedy", "source", "rule"]]
    alt = say(language, f"{len(table)} Regeln.", f"{len(table)} rules.")
    return captioned("early_warning_rules", table, figure=(alt, None), edition=(language, None))


def warning_findings(warnings: pd.DataFrame, rules: pd.DataFrame, *, language: Language) -> Findings:
    """Return one sentence per rule: where it holds, since when, how sure, what would make it go."""
    return Findings([_sentence(rule, warnings, language) for rule in rules.to_dict("records")], language)


def _sentence(rule: dict[object, object], warnings: pd.DataFrame, language: Language) -> str:
    rows = warnings[warnings["rule"] == rule["rule"]]
    city = rows["name"] == rows["city"]
    rows = pd.concat([rows[city], rows[~city]])  # the city itself leads
    held, near = rows[rows["state"] == "warning"], rows[rows["state"] == "watch"]
    lead = f"{str(rule['rule_name'])[:1].upper()}{str(rule['rule_name'])[1:]}: "
    if held.empty:
        nearest = [f"{row['name']} ({chance(row['probability'], language)})" for _, row in near.head(3).iterrows()]
        close = say(language, f" Am nächsten: {listing(nearest, 'de')}.", f" Nearest: {listing(nearest, 'en')}.")
        none = say(language, "Die Regel hält nirgends.", "The rule holds nowhere.")
        return lead + none + (close if nearest else "")
    named = [_place(row, language) for _, row in held.head(MOST).iterrows()]
    rest = len(held) - MOST
    more = say(language, f" Dazu {rest} weitere.", f" And {rest} more.") if rest > 0 else ""
    return (
        f"{lead}{rule['meaning']} " + say(language, "Das gilt für ", "This holds for ") + "; ".join(named) + "." + more
    )


def _place(row: pd.Series, language: Language) -> str:
    """Return place, year, probability, and what would make the warning disappear."""
    amount = f"{number(float(row['relief']), language)}{NBSP}{label(str(row['relief_unit']), language)}"
    change = ("weniger", "fewer") if row["rule"] == "need_grows" else ("mehr", "more")
    return say(
        language,
        f"{row['name']} (ab {row['first_year']}, {chance(row['probability'], 'de')}; Entwarnung: {amount} {change[0]})",
        f"{row['name']} (from {row['first_year']}, {chance(row['probability'], 'en')}; all clear: "
        f"{amount} {change[1]})",
    )

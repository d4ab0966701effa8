"""What planned housing changes, in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carelab.params import Params
from carelab.release.exhibit import Findings
from carelab.release.figures_own import OTHERS
from carelab.release.numbers import about_signed, interval, listing, number
from carelab.terms import Language, say

_NAMED = 3


def housing_findings(effect: pd.DataFrame, outside: float, *, params: Params) -> Findings:
    """Return the effect of the largest plans, what all other districts lose, and how many persons do not enter.

    ``effect``: a study's housing_effect; ``outside``: persons whose year lies outside the projection's.
    """
    language, year = params.language, params.focus_year
    if effect.empty:
        none = "Die Stadt hat keinen Wohnungsbau gemeldet (housing.csv): Stadtteile wachsen weiter, wie sie es taten."
        words = [say(language, none, "The city has reported no housing (housing.csv): districts grow on as they did.")]
    else:
        words = [_change(effect, measure, year, language) for measure in ("population", "need")]
    if outside > 0:
        left = number(outside, language)
        words.append(
            say(
                language,
                f"{left} gemeldete Personen gehen nicht ein: Ihr Jahr liegt nicht im Zeitraum der Vorausberechnung.",
                f"{left} persons reported do not enter: their year lies outside the projection's.",
            )
        )
    return Findings(words, language)


def _change(effect: pd.DataFrame, measure: str, year: int, language: Language) -> str:
    """Return one measure's change in the districts with the largest plans and in all others."""
    rows = effect[effect["measure"] == measure]
    largest = rows[rows["name"] != OTHERS].head(_NAMED).to_dict("records")
    plans = [f"{row['name']} {_size(row, language)}" for row in largest]
    rest = _size(rows[rows["name"] == OTHERS].iloc[0], language)
    who = {"population": ("Einwohner", "inhabitants"), "need": ("Pflegebedürftige", "people in need")}[measure]
    return say(
        language,
        f"{year} {who[0]} mehr oder weniger als ohne Pläne (80-%-Vorhersageintervall): {listing(plans, 'de')}; alle "
        f"übrigen Stadtteile zusammen {rest}.",
        f"In {year} more or fewer {who[1]} than without plans (80% prediction interval): {listing(plans, 'en')}; all "
        f"other districts together {rest}.",
    )


def _size(row: Any, language: Language) -> str:
    """Return "+730 (+650 bis +810)"."""
    return f"{about_signed(float(row['median']), language)} ({interval(row, language, sign=True)})"

"""What a run assumes other than the baseline, in words: a number of a scenario must not be read as the expectation."""

from __future__ import annotations

from carelab.params import Params
from carelab.release.numbers import listing, number, percent, signed
from carelab.terms import Language, label, say


def scenario_note(params: Params) -> str:
    """Return " Szenario statt Grundannahme: neues Gesetz ab 2028 ...": all that differs; empty for the baseline."""
    parts, language = _departures(params), params.language
    if not parts:
        return ""
    told = listing(parts, language)
    return say(language, f" Szenario statt Grundannahme: {told}.", f" A scenario, not the baseline: {told}.")


def _departures(params: Params) -> list[str]:
    """Return what of population and care rates is set other than Params' defaults, in words."""
    usual, language = Params(), params.language
    parts = [label(params.trend, language)] if params.trend != usual.trend else []
    parts += [_law(params, language)] if params.law_year and (params.law_effect or params.law_effect_sd) else []
    if params.trend_damping != usual.trend_damping and params.trend == usual.trend:
        left = percent(params.trend_damping, language)
        parts.append(say(language, f"vom Trend bleiben jährlich {left}", f"{left} of the trend is left each year"))
    if params.migration != usual.migration:
        times = number(params.migration, language, 1 if (10 * params.migration).is_integer() else 2)
        parts.append(say(language, f"Wanderung {times}-mal die bisherige", f"migration {times} times the past's"))
    if params.mortality_improvement != usual.mortality_improvement:
        fall = percent(params.mortality_improvement, language, 1)
        parts.append(say(language, f"Sterblichkeit fällt jährlich um {fall}", f"mortality falls by {fall} a year"))
    if params.local_ratio_sd is not None:
        spread = number(params.local_ratio_sd, language, 2)
        de = f"Streuung der Pflegequoten zwischen Stadtteilen {spread}"
        parts.append(say(language, de, f"spread of care rates between districts {spread}"))
    return parts


def _law(params: Params, language: Language) -> str:
    """Return "neues Gesetz ab 2028 (Pflegequoten +10 %, Streuung 5 %)"."""
    effect = signed(100 * params.law_effect, language, 1 if 100 * params.law_effect % 1 else 0)
    spread = f", {say(language, 'Streuung', 'spread')} {percent(params.law_effect_sd, language, 1)}"
    more = spread if params.law_effect_sd else ""
    return say(
        language,
        f"neues Gesetz ab {params.law_year} (Pflegequoten {effect} %{more})",
        f"a new law from {params.law_year} on (care rates {effect}%{more})",
    )

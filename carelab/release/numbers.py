"""Numbers as people read them: 1.234,5 in German, 1,234.5 in English; one rule per column for HTML and Excel."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from carelab.terms import QUANTILE_COLUMNS, SITE_KINDS, Language, say, value_label

NBSP: Final = "\u00a0"
LOCALES: Final = {"de": "de_DE", "en": "en_GB"}
CATEGORIES: Final = {
    *("link", "state", "weakest", "basis", "actor_kind", "willing", "kind", "figure"),
    *SITE_KINDS,
    "driver",
    "setting",
    "status",
    "factor",
    "sex",
    "age_band",
    "rule",
    "result",
    "measure",
    "category",
    "facility_state",
    *("table", "check", "position", "impact"),
    *("kind", "flag", "unit", "mode", "cluster"),
    *("aim", "plan", "willing", "place"),
    *("panel", "target", "size_class", "verdict", "best_rule"),
    *("block", "unit", "direction", "reason", "state", "relief_unit", "reference_date", "beyond", "position"),
}
"""Columns whose values have labels; names of places and free text are never translated."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
FILE: Final = "file"
"""Format of columns that a page leaves to the CSV file and the workbook."""
_PLAIN: Final = {
    "year",
    "from_year",
    "to_year",
    "origin",
    "rank",
    "rank_population",
    "age",
    "age_from",
    "age_to",
    "supply_year",
    *("first_year", "projected_for", "base_year"),
}
_COUNTS: Final = {
    *QUANTILE_COLUMNS,
    *("persons", "population", "places", "places_known", "demand", "supply", "observed", "value"),
    *("physicians", "dentists", "pharmacies", "households", "births"),
}


def number(value: float, language: Language, digits: int = 0) -> str:
    """Return a number with separators and a true minus sign; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    value = round(float(value), digits) + 0.0
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, pattern, locale=LOCALES[language])).replace("-", "−")


def signed(value: float, language: Language, digits: int = 0) -> str:
    """Return a number that always shows its sign, ±0 included."""
    if value is None or not math.isfinite(value):
        return "–"
    shown = round(float(value), digits)
    return ("+" if shown > 0 else "±" if shown == 0 else "") + number(shown, language, digits)


def percent(share: float, language: Language, digits: int = 0) -> str:
    """Return a share (0-1) as percent; a no-break space before the sign in German."""
    return number(share * 100, language, digits) + say(language, NBSP + "%", "%") if _finite(share) else "–"


def chance(probability: float, language: Language) -> str:
    """Return a probability as percent; never 0 % or 100 %, which simulated futures cannot show."""
    if not _finite(probability):
        return "–"
    if probability > 0.99:
        return say(language, f"über 99{NBSP}%", "over 99%")
    if probability < 0.01:
        return say(language, f"unter 1{NBSP}%", "under 1%")
    return percent(probability, language)


def chance_short(probability: float, language: Language) -> str:
    """Return a probability for narrow columns: "<1 %", "66 %", ">99 %"."""
    text = chance(probability, language)
    for words, mark in (("unter ", "<"), ("under ", "<"), ("über ", ">"), ("over ", ">")):
        text = text.replace(words, mark)
    return text


def rounded(value: float) -> float:
    """Round persons or places as sentences need it: 7, 45, 210, 3 500."""
    size = abs(value)
    step = 1 if size < 20 else 5 if size < 100 else 10 if size < 1000 else 100
    return round(value / step) * step


def about(value: float, language: Language) -> str:
    """Return a rounded number of persons or places."""
    return number(rounded(value), language) if _finite(value) else "–"


def about_signed(value: float, language: Language) -> str:
    """Return a rounded change of persons or places with its sign."""
    return signed(rounded(value), language) if _finite(value) else "–"


def interval(row: Any, language: Language, level: int = 80, sign: bool = False) -> str:
    """Return "19.800 bis 23.100" from the interval columns of a row (a mapping or a Series)."""
    show = about_signed if sign else about
    lower, upper = float(row[f"lower_{level}"]), float(row[f"upper_{level}"])
    return f"{show(lower, language)} {say(language, 'bis', 'to')} {show(upper, language)}"


def places_words(value: float, language: Language) -> str:
    """Return "340 freie Plätze" for a negative number of missing places, "340 fehlende Plätze" otherwise."""
    size = about(abs(value), language)
    if value < 0:
        return say(language, f"{size} freie Plätze", f"{size} places free")
    return say(language, f"{size} fehlende Plätze", f"{size} places missing")


def places_range(row: Any, language: Language, level: int = 80) -> str:
    """Return the interval of missing places without signs: "zwischen 1.500 freien und 810 fehlenden Plätzen"."""
    lower, upper = float(row[f"lower_{level}"]), float(row[f"upper_{level}"])
    near, far = sorted((abs(lower), abs(upper)))
    if lower < 0 < upper:
        free, short = about(-lower, language), about(upper, language)
        return say(
            language,
            f"zwischen {free} freien und {short} fehlenden Plätzen",
            f"between {free} places free and {short} places missing",
        )
    end = places_words(far if upper > 0 else -far, language)
    return f"{about(near, language)} {say(language, 'bis', 'to')} {end}"


def day(moment: str | None, language: Language) -> str:
    """Return the day of an ISO date or time, as people write it; empty where there is none."""
    if not moment:
        return ""
    return str(
        format_date(
            dt.date.fromisoformat(moment[:10]),
            "d. MMMM y" if language == "de" else "d MMMM y",
            locale=LOCALES[language],
        )
    )


def day_short(moment: str, language: Language) -> str:
    """Return an ISO date as tables write it: 31.12.2025, 31 Dec 2025."""
    pattern = "dd.MM.y" if language == "de" else "d MMM y"
    return str(format_date(dt.date.fromisoformat(moment), pattern, locale=LOCALES[language]))


def change_percent(start: float, end: float, language: Language) -> str:
    """Return the relative change with its sign, in whole percent; a dash where the start is 0."""
    if not start:
        return "–"
    return signed((end / start - 1) * 100, language) + say(language, NBSP + "%", "%")


def listing(words: Sequence[str], language: Language) -> str:
    """Return "a, b und c"."""
    return str(format_list(list(words), locale=LOCALES[language]))


def column_format(column: str, formats: Mapping[str, str] | None = None) -> str:
    """Return how a numeric column is shown: plain, count, percent, decimal, p (three decimals) or general."""
    if formats and formats.get(column, FILE) != FILE:
        return formats[column]
    if column in _PLAIN:
        return "plain"
    if column.startswith("p_") or column.endswith("_share") or column == "rate":
        return "percent"
    if column in _COUNTS:
        return "count"
    if column.endswith("_pct") or column.startswith(("error", "mean_age")):
        return "decimal"
    return "general"


def cell(
    value: object,
    column: str,
    language: Language,
    formats: Mapping[str, str] | None = None,
    *,
    digits: int | None = None,
) -> str:
    """Return one table cell as text; ``digits``: decimals of a number whose column has no format."""
    if isinstance(value, bool):
        return say(language, "ja", "yes") if value else say(language, "nein", "no")
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day_short(value, language)
    if not isinstance(value, int | float):
        return value_label(column, str(value), language) if column in CATEGORIES else str(value)
    kind = column_format(column, formats)
    if kind == "plain":
        return str(int(value))
    if kind == "percent":
        small = 0 < abs(value) < 0.1 and not column.startswith("p_")
        return percent(value, language, 1 if small else 0)
    return number(value, language, _digits(kind, value) if digits is None or kind != "general" else digits)


def _digits(kind: str, value: float) -> int:
    """Return the decimals that a cell shows."""
    if kind in ("decimal", "p"):
        return 1 if kind == "decimal" else 3
    return 0 if kind == "count" or float(value).is_integer() else 2


def _finite(value: float) -> bool:
    return value is not None and math.isfinite(value)

"""Cells of a logbook: what a month, a code, a number may look like, and which rule a refused cell breaks.

No function here returns or raises what a cell holds: a refused cell may carry a name, and messages end up in logs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from carelab.inputs.formats.words import plain
from carelab.terms_logbook import LOG_CODES

Words = tuple[str, str]
FIRST_MONTH: Final = "2015-01"
"""Earlier months are more likely to be dates of birth."""
MINUTES: Final = (1, 600)
KILOMETRES: Final = (0.0, 300.0)
CONTACTS: Final = (1, 99)
EMPTY: Final = (
    "leere Zelle; jede Zelle braucht eine Angabe, auch „unbekannt“, „keine“ oder 0",
    "empty cell; every cell needs an entry, be it unknown, none or 0",
)
_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        [
            *("jan januar january", "feb februar february", "mar mrz maer maerz mär märz march", "apr april"),
            *("mai may", "jun juni june", "jul juli july", "aug august", "sep sept september"),
            *("okt oct oktober october", "nov november", "dez dec dezember december"),
        ],
        start=1,
    )
    for word in words.split()
}
_MONTH_FORMS: Final = [
    re.compile(form)
    for form in (
        r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})(?:-01(?:[T ]00:00(?::00)?)?)?",
        r"(?:0?1\.)?(?P<month>[0-9]{1,2})[./-](?P<year>[0-9]{4})",
        r"(?P<word>[A-Za-zÄä]+)[.\s-]+(?P<year>[0-9]{4}|[0-9]{2})",
    )
]
_DATE: Final = re.compile(r"\D*[0-9]{1,2}[./-]\s?[0-9]{1,2}[./-]\s?[0-9]{2,4}\D*|\D*[0-9]{4}-[0-9]{2}-[0-9]{2}\b.*")
_ADDRESS: Final = re.compile(r"(str\.|stra(ß|ss)e|weg|platz|allee|gasse|ring|ufer|damm)\b|\b[0-9]{5}\b", re.IGNORECASE)
_PERSONAL: Final[tuple[tuple[re.Pattern[str], Words], ...]] = (
    (
        re.compile(r".*@.*", re.DOTALL),
        ("E-Mail-Adressen gehören nicht ins Logbuch", "no e-mail addresses in a logbook"),
    ),
    (
        re.compile(r".*\b[A-Za-z]\s?(?:[0-9]\s?){9,}.*", re.DOTALL),
        ("Versichertennummern gehören nicht ins Logbuch", "no insurance numbers in a logbook"),
    ),
    (_DATE, ("Tage und Geburtsdaten gehören nicht ins Logbuch", "no days and no dates of birth in a logbook")),
    (
        re.compile(r"\D*(?:[0-9][\s/()+.-]*){6,}\D*", re.DOTALL),
        ("Telefon- und andere Nummern gehören nicht ins Logbuch", "no telephone or other numbers in a logbook"),
    ),
)


def month_of(cell: str) -> str:
    """Return a month as YYYY-MM from what office programs write (2025-03, 03.2025, Mrz 25, 2025-03-01); "" if none."""
    for form in _MONTH_FORMS:
        found = form.fullmatch(cell)
        if found is None:
            continue
        parts = found.groupdict()
        month = _MONTHS.get(parts["word"].casefold(), 0) if parts.get("word") else int(parts["month"])
        year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
        return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else ""
    return ""


def month_problem(month: str, cell: str, latest: str) -> Words | None:
    """Return the rule that a month breaks: not a month, before 2015, in the future (after ``latest``, YYYY-MM)."""
    if not cell:
        return EMPTY
    if not month and _DATE.fullmatch(cell):
        return ("nur der Monat (2026-03), kein Tag und kein Geburtsdatum", "the month only (2026-03), no day, no birth")
    if not month:
        return personal(cell) or ("kein Monat; erwartet wie 2026-03", "no month; expected like 2026-03")
    if month > latest:
        return "der Monat liegt in der Zukunft", "the month lies in the future"
    if month < FIRST_MONTH:
        return f"der Monat liegt vor {FIRST_MONTH}", f"the month lies before {FIRST_MONTH}"
    return None


def personal(cell: str) -> Words | None:
    """Return which kind of personal data a cell looks like, as a rule; None if it looks like none."""
    for pattern, words in _PERSONAL:
        if pattern.fullmatch(cell):
            return words
    if _ADDRESS.search(cell):
        return "Anschriften gehören nicht ins Logbuch", "no addresses in a logbook"
    return None


def coded(column: str, cell: str) -> tuple[str, Words | None]:
    """Return the code that a cell means and None, or "" and the rule that it breaks."""
    code = _CODES[column].get(plain(cell)) if cell else None
    if code is not None:
        return code, None
    if not cell:
        return "", EMPTY
    return "", personal(cell) or (
        "kein Wort der Liste (siehe Vorlage, Blatt Listen); Namen und freier Text gehören nicht ins Logbuch",
        "no word of the list (see the template, sheet Lists); no names and no free text in a logbook",
    )


def number_in(cell: str, limits: tuple[float, float], *, decimals: int = 0) -> tuple[float, Words | None]:
    """Return a number (decimal comma or point) and None, or 0 and the rule that the cell breaks."""
    low, high = limits
    if not cell:
        return 0.0, EMPTY
    if not re.fullmatch(r"-?[0-9]{1,6}([.,][0-9]{1,15})?", cell):
        return 0.0, personal(cell) or ("keine Zahl", "no number")
    value = float(cell.replace(",", "."))
    if not low <= value <= high:
        return 0.0, (f"nicht zwischen {low:g} und {high:g}", f"not between {low:g} and {high:g}")
    if abs(value - round(value, decimals)) > 1e-9:
        return 0.0, (f"höchstens {decimals} Nachkommastellen", f"at most {decimals} decimals")
    return round(value, decimals), None


def _spellings(codes: Mapping[str, Words]) -> dict[str, str]:
    """Return what may be written for each code: the code itself, the German words, the English ones."""
    return {plain(word): code for code, words in codes.items() for word in (code, *words)}


_CODES: Final = {column: _spellings(codes) for column, codes in LOG_CODES.items()}
_CODES["pflegegrad_band"] |= {plain(word): code for word, code in (("kein", "none"), ("PG 1", "pg1"))}
_CODES["pflegegrad_band"] |= {plain(word): code for word, code in (("PG 2-3", "pg2_3"), ("PG 4-5", "pg4_5"))}
_CODES["contact"] |= {plain(word): code for word, code in (("Erstkontakt", "first"), ("Folgekontakt", "again"))}

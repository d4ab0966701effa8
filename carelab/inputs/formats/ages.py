"""Words for ages as statistics offices write them: "unter 3", "3 bis unter 6", "18–44", "65 und älter", "85 u. m."."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

OLDEST = 120
"""No age above this is believed."""
TOTAL: Final = {
    *("insgesamt", "gesamt", "zusammen", "summe", "total", "alle", "ges", "alle altersgruppen", "alle alter"),
    *("all ages", "all", "i", "t", "ins", "sum", "gesamtsumme", "beide", "both", "beide geschlechter"),
}
"""Words for a whole, of ages or of sexes."""


class Age(NamedTuple):
    """An age group, both ends included; ``last`` None = and older."""

    first: int
    last: int | None


_NOISE: Final = re.compile(
    r"\b(?:altersgruppe|altersklasse|altersjahr|alter|age|ages|im alter|von|jahren|jahre|jahr|jaehrige|jaehrigen|"
    r"years|year|old|einschliesslich|einschl|inkl|personen)\b"
)
_AGE: Final = (
    (re.compile(r"(?:(?:0 ?(?:-|bis) ?)?(?:unter|<|under|below)|bis unter|u) ?(\d+)"), "below"),
    (re.compile(r"(\d+) ?(?:-|bis|to)? ?(?:unter|<|u|under) ?(\d+)"), "half"),
    (re.compile(r"(\d+) ?(?:-|bis|to) ?(\d+)"), "closed"),
    (
        re.compile(
            r"(\d+) ?(?:\+|(?:und|u|and|oder|or|&) ?(?:aelter|mehr|m|ae|a|older|over|more|above|ueber|aeltere))"
        ),
        "open",
    ),
    (re.compile(r"(?:ab|>=|≥|from) ?(\d+)"), "open"),
    (re.compile(r"(\d+)"), "single"),
    (re.compile(r"alt(\d{3})um"), "open"),
    (re.compile(r"alt(\d{3})"), "single"),
)
_MONTHS: Final = {
    **{"jan": 1, "feb": 2, "mrz": 3, "maer": 3, "mar": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7},
    **{"aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12},
}


@lru_cache(maxsize=8192)
def read_age(text: str) -> Age | None:
    """Return the ages a word stands for, or None if it is not (or not clearly) one; "über 65" is not clear."""
    plain = _plain(text)
    for pattern, kind in _AGE:
        found = pattern.fullmatch(plain)
        if found:
            return _age([int(part) for part in found.groups()], kind)
    return None


def is_total(text: str) -> bool:
    """Say whether a word means all ages, both sexes or the whole city."""
    return re.sub(r"[^a-zäöüß ]", "", text.casefold()).strip() in TOTAL


def excel_date(text: str) -> str | None:
    """Return the age group that a spreadsheet has probably turned into this date ("?" = not clear), else None."""
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ T].*)?", text.strip())
    if iso:
        year, month, day = (int(part) for part in iso.groups())
        return _guess(day, month, year)
    word = re.fullmatch(
        r"(\d{1,2})\.? ?([a-zä]{3,4})[a-z]*\.?|([a-zä]{3,4})[a-z]*\.?[ -](\d{1,2})", text.strip().casefold()
    )
    month_word = (word[2] or word[3]).replace("ä", "ae")[:4] if word else ""
    number = _MONTHS.get(month_word) or _MONTHS.get(month_word[:3])
    if word is None or number is None:
        return None
    return f"{int(word[1])}-{number}" if word[1] else f"{number}-{int(word[4])}"


def _guess(day: int, month: int, year: int) -> str:
    """Return "3-6" for 3 June 2025, "1-3 / 3-17" for 1 March 2017, "?" if it can come from no age group."""
    found = [f"{day}-{month}"] if day < month else []
    found += [f"{month}-{year % 100}"] if day == 1 and month < year % 100 else []
    return " / ".join(found) or "?"


def _plain(text: str) -> str:
    """Return the word in small letters without umlauts, noise and footnote marks."""
    low = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    low = re.sub(r"[‐‑‒–—−]", "-", low)
    low = re.sub(r"(?<=\d)_(?=\d)", "-", low).replace("_", " ")
    low = re.sub(r"[¹²³⁴-⁹⁰]+|(?<=\s)\d\)$|\*+$|[.,;:()]|(?<=\d)-(?=j)", " ", low)
    low = re.sub(r"(?<=[a-z])(?=\d)", " ", low) if not low.startswith("alt") else re.sub(r"^alter(?=\d)", "", low)
    low = re.sub(r"^a (?=\d)", "", re.sub(r"(?<=\d)(?=j(?:ae|ahre|\b))", " ", low))
    low = re.sub(r"\bj\b", " ", _NOISE.sub(" ", low))
    return re.sub(r"\s+", " ", low).strip()


def _age(parts: list[int], kind: str) -> Age | None:
    """Return the group of these ends, or None if they are no ages."""
    if max(parts) > OLDEST:
        return None
    if kind == "below":
        return Age(0, parts[0] - 1) if parts[0] > 0 else None
    if kind in ("open", "single"):
        return Age(parts[0], None if kind == "open" else parts[0])
    last = parts[1] - (1 if kind == "half" else 0)
    return Age(parts[0], last) if last >= parts[0] else None

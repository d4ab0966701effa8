"""Numbers and symbols in the cells of German official tables; a symbol is typed, never turned into zero.

Symbols after the Statistisches Bundesamt (Zeichenerklärung): "-" nothing there (an exact zero), "." unknown or kept
secret, "/" not certain enough, "x" cell makes no sense, "..." not yet known, "( )" limited value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Status = Literal["value", "suppressed", "nil", "unknown", "not_applicable", "estimated", "unreadable"]


@dataclass(frozen=True)
class Number:
    """A cell's number (None = there is none) and what the cell said."""

    value: float | None
    status: Status

    @property
    def missing(self) -> bool:
        """Say whether the cell holds a symbol for a number that is not told (not: an unreadable word)."""
        return self.value is None and self.status != "unreadable"


_SYMBOLS: Final[dict[str, Status]] = {
    **dict.fromkeys(("-", "–", "—", "−"), "nil"),
    **dict.fromkeys((".", "·", "•", "*", "**", "***", "g", "geheim", "gesperrt"), "suppressed"),
    **dict.fromkeys(("", "/", "...", "…", "()", "k.a.", "ka", "n.v.", "nv", "na", "n/a", "null", "nan"), "unknown"),
    **dict.fromkeys(("x",), "not_applicable"),
}
_SPACES: Final = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_BELOW: Final = re.compile(r"(?:<|≤|unter|weniger als|bis zu|under|fewer than) ?\d+", re.IGNORECASE)
_MARK: Final = re.compile(r"(?<=\d)(?: ?[¹²³⁴-⁹⁰]+\)?| \d\)| ?[a-z]\)| ?\*+\)?| (?P<kind>[bprse]))$", re.IGNORECASE)
_FORMS: Final = {
    ",": re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:(?P<mark>[. '’])\d{3})(?:(?P=mark)\d{3})*)(?:,\d+)?"),
    ".": re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:(?P<mark>[, '’])\d{3})(?:(?P=mark)\d{3})*)(?:\.\d+)?(?:e[+-]?\d+)?"),
}


@lru_cache(maxsize=65536)
def read_number(text: str, *, decimal: str = ",") -> Number:
    """Return what a cell says: "1.234,5", "1 234", "(12)", "17 1)", "<5", "-", ".", "/", "x", "..."."""
    plain = _SPACES.sub(" ", text).strip()
    symbol = _SYMBOLS.get(plain.casefold().replace(" ", ""))
    if symbol is not None:
        return Number(0.0 if symbol == "nil" else None, symbol)
    if _BELOW.fullmatch(plain):
        return Number(None, "suppressed")
    if plain.startswith("(") and plain.endswith(")"):
        inner = read_number(plain[1:-1], decimal=decimal)
        return Number(inner.value, "estimated") if inner.value is not None else Number(None, "unreadable")
    mark = _MARK.search(plain)
    body = (plain[: mark.start()] if mark else plain).replace("−", "-")
    if not _FORMS[decimal].fullmatch(body):
        return Number(None, "unreadable")
    guessed = mark is not None and (mark["kind"] or "").lower() in {"s", "e"}
    return Number(_value(body, decimal), "estimated" if guessed else "value")


def _value(body: str, decimal: str) -> float:
    """Return the number without its thousands marks."""
    for mark in " '’" + (".," if decimal == "," else ",").replace(decimal, ""):
        body = body.replace(mark, "")
    return float(body.replace(decimal, "."))

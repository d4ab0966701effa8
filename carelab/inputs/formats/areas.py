"""Find the district that a file means, by key or by name; a near miss is never guessed, only offered."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

import pandas as pd

from carelab.inputs.formats.ages import is_total
from carelab.inputs.formats.words import plain

_CITY: Final = re.compile(
    r"(?:stadt|landeshauptstadt|gesamtstadt|stadtgebiet|kreisfreie stadt|universitaetsstadt|hansestadt)(?: .*)?|"
    r".*\b(?:insgesamt|gesamt|zusammen|summe|total)\b.*"
)
_UNASSIGNED: Final = re.compile(
    r"(?:ohne|nicht|keine) (?:zuordnung|zuordenbar|zugeordnet|zuzuordnen|angabe|feststellbar)e?|"
    r"unbekannt|unassigned|sonstige|unknown"
)


class Match(NamedTuple):
    """What the words for an area mean: a district's key, the city (total), people without district, or nothing."""

    district: str
    kind: str
    hint: str = ""


class Areas:
    """Matches words against the districts (columns district, name); without districts words are taken as they are."""

    def __init__(self, districts: pd.DataFrame | None) -> None:
        self.known = districts is not None
        self.keys: list[str] = [] if districts is None else [str(key) for key in districts["district"]]
        self.names: list[str] = [] if districts is None else [str(name) for name in districts["name"]]
        self._seen: dict[tuple[str, ...], Match] = {}

    @cached_property
    def _by_key(self) -> dict[str, str]:
        """Map keys with and, where that stays unique, without leading zeros."""
        bare: dict[str, list[str]] = {}
        for key in self.keys:
            bare.setdefault(key.lstrip("0") or "0", []).append(key)
        return {
            **{short: found[0] for short, found in bare.items() if len(found) == 1},
            **{key: key for key in self.keys},
        }

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {plain(name): key for key, name in zip(self.keys, self.names, strict=True)}

    def match(self, words: Sequence[str]) -> Match:
        """Return what one or several cells of a row (key, name, or both in one) mean."""
        cells = tuple(word.strip() for word in words if word.strip())
        if cells not in self._seen:
            self._seen[cells] = self._match(cells) if cells else Match("", "none")
        return self._seen[cells]

    def _match(self, cells: tuple[str, ...]) -> Match:
        """Match words that were not met before."""
        split = [part for cell in cells for part in _parts(cell)]
        found = list(dict.fromkeys(key for part in split for key in [self._find(part)] if key))
        if len(found) == 1:
            return Match(found[0], "district")
        if found:
            both = " / ".join(f"{key} {self.names[self.keys.index(key)]}" for key in found)
            return Match("", "contradiction", both)
        if any(_UNASSIGNED.fullmatch(plain(cell)) for cell in cells):
            return Match("", "unassigned")
        if any(is_total(cell) or _CITY.fullmatch(plain(cell)) for cell in cells):
            return Match("", "total")
        code = next((cell for cell in cells if re.fullmatch(r"\d{5}(?:\d{3})?|DG", cell)), None)
        if code is not None and self.known:
            return Match(code, "ags")
        if not self.known:
            return Match(next((cell for cell in cells if re.fullmatch(r"\d+", cell)), cells[0]), "district")
        return Match("", "unknown", self._near(cells))

    def _find(self, word: str) -> str | None:
        """Return the district whose key or name a word is."""
        return self._by_key.get(word.removesuffix(".0")) or self._by_name.get(plain(word))

    def _near(self, cells: tuple[str, ...]) -> str:
        """Return the most similar name."""
        for cell in cells:
            close = difflib.get_close_matches(plain(cell), list(self._by_name), n=1, cutoff=0.75)
            if close:
                key = self._by_name[close[0]]
                return f"{key} {self.names[self.keys.index(key)]}"
        return ""


def _parts(cell: str) -> list[str]:
    """Return a cell and, for "01 Altstadt" or "01 - Altstadt", its two halves."""
    both = re.fullmatch(r"(\d+)\s*[-–:.]?\s+(\D.*)", cell)
    return [both[1], both[2]] if both else [cell]

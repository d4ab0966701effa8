"""What every reader hands back: the tidy table, what was understood, and every bad row with what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from carelab.inputs.errors import DataError

SHOWN = 60
"""Bad rows named in one message; more of them are counted."""


@dataclass(frozen=True)
class Note:
    """Something understood about a file that its owner should be able to contradict, in German and English."""

    de: str
    en: str


@dataclass(frozen=True)
class Problem:
    """One bad cell or row: row in the file (0 = the file as a whole), column, what was found, what to write instead."""

    row: int
    column: str
    value: str
    de: str
    en: str

    def sentence(self, name: str) -> tuple[str, str]:
        """Return "file, Zeile 7, Spalte „Plätze“: gefunden „achtzig“, …" in German and English."""
        de, en = [name], [name]
        if self.row:
            de, en = [*de, f"Zeile {self.row}"], [*en, f"row {self.row}"]
        if self.column:
            de, en = [*de, f"Spalte „{self.column}“"], [*en, f'column "{self.column}"']
        found = (f"gefunden „{self.value}“, ", f'found "{self.value}", ') if self.value else ("", "")
        told, told_en = (words if words.endswith("?") else f"{words}." for words in (self.de, self.en))
        return f"{', '.join(de)}: {found[0]}{told}", f"{', '.join(en)}: {found[1]}{told_en}"


@dataclass(frozen=True)
class Reading:
    """A file as understood: tidy table (with ``source_row``), notes, problems (none = good) and the format's name."""

    table: pd.DataFrame
    notes: list[Note]
    problems: list[Problem]
    fmt: str
    name: str = ""

    def checked(self) -> pd.DataFrame:
        """Return the table. Raises DataError with one sentence per problem if there are any."""
        raise_bad(self.name, self.problems)
        return self.table


@dataclass
class Remarks:
    """Collects notes and problems while a file is read; the same sentence is kept once."""

    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, de: str, en: str) -> None:
        """Add a note."""
        if Note(de, en) not in self.notes:
            self.notes.append(Note(de, en))

    def bad(self, row: int, column: str, value: str, words: tuple[str, str]) -> None:
        """Add a problem; ``words`` say what to write instead, in German and English."""
        problem = Problem(row, column, value, *words)
        if problem not in self.problems[-200:]:
            self.problems.append(problem)

    def reading(self, table: pd.DataFrame, fmt: str, name: str) -> Reading:
        """Return the Reading; problems in the order of the file."""
        return Reading(table, self.notes, sorted(self.problems, key=lambda problem: problem.row), fmt, name)


def raise_bad(name: str, problems: Iterable[Problem]) -> None:
    """Raise DataError with one sentence per problem; do nothing without problems."""
    sentences = [problem.sentence(name) for problem in problems]
    if not sentences:
        return
    de, en = [pair[0] for pair in sentences[:SHOWN]], [pair[1] for pair in sentences[:SHOWN]]
    if len(sentences) > SHOWN:
        de.append(f"… und {len(sentences) - SHOWN} weitere.")
        en.append(f"… and {len(sentences) - SHOWN} more.")
    raise DataError("\n".join(de), "\n".join(en))


def listed(words: Iterable[object], limit: int = 12) -> str:
    """Return words as a list for a sentence, cut after ``limit``."""
    found = [str(word) for word in words]
    return ", ".join(found[:limit]) + (f", … ({len(found)})" if len(found) > limit else "")

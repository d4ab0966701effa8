"""Say what is wrong with a file: one clear sentence per bad row, in German and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from carelab.terms import UserError

SHOWN = 30
"""Bad rows named in one message; more of them are counted."""


class DataError(UserError):
    """A mistake in a data file: one sentence per bad row (file, line, column, found, expected)."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: file, line (0 = the file as a whole) and what was found and expected, in both languages."""

    file: str
    line: int
    de: str
    en: str


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise DataError with one sentence per bad row, the mistakes of a row joined; do nothing without problems."""
    rows: dict[tuple[str, int], list[Problem]] = {}
    for problem in problems:
        known = rows.setdefault((problem.file, problem.line), [])
        if problem not in known:
            known.append(problem)
    if not rows:
        return
    sentences = [_sentence(file, line, found) for (file, line), found in sorted(rows.items())]
    de, en = [pair[0] for pair in sentences[:SHOWN]], [pair[1] for pair in sentences[:SHOWN]]
    more = len(sentences) - SHOWN
    if more > 0:
        de.append(f"… und {more} weitere Zeilen.")
        en.append(f"… and {more} more rows.")
    raise DataError("\n".join(de), "\n".join(en))


def _sentence(file: str, line: int, problems: list[Problem]) -> tuple[str, str]:
    """Join the mistakes of one row."""
    de, en = "; ".join(p.de for p in problems), "; ".join(p.en for p in problems)
    if line == 0:
        return f"{file}: {de}.", f"{file}: {en}."
    return f"{file}, Zeile {line}: {de}.", f"{file}, line {line}: {en}."

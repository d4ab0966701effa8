"""The overview page: a search box over tables of many runs, reports before profiles; needs nothing from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from carelab.release.numbers import day, number
from carelab.release.page import script_hash
from carelab.release.templating import read_template, render
from carelab.terms import Language, say

BLOCKS: Final = {
    "report": ("Berichte", "Reports"),
    "profile": ("Steckbriefe der Stadtteile", "Profiles of districts"),
    "run": ("Läufe", "Runs"),
}
"""What a row can be, in the order in which the page shows them, with the heading of its block."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One run as a table shows it. ``status``: complete, failed, pending; ``finished``: ISO time or ""; ``block``: of
    BLOCKS."""

    city: str
    scenario: str
    subject: str
    part: str
    status: str
    finished: str
    seconds: float
    grade: str
    link: str
    reason: str = ""
    block: str = "run"


def overview_html(title: str, rows: Sequence[Row], language: Language) -> str:
    """Return the page of these rows, by block and in their order. With scripts, all blocks are searched at once."""
    script = read_template("overview.js")
    counts = Counter(row.status for row in rows)
    return render(
        "overview.html.j2",
        title=title,
        blocks=_blocks(rows, language),
        counts=[(status, counts[status], status_words(status, language)) for status in sorted(counts)],
        failed=[row for row in rows if row.status == "failed"],
        total=len(rows),
        style=Markup(read_template("style.css") + read_template("overview.css")),
        script=Markup(script),
        script_hash=Markup(script_hash(script)),
        language=language,
        say=lambda de, en: say(language, de, en),
    )


def _blocks(rows: Sequence[Row], language: Language) -> list[dict[str, object]]:
    """Return key, heading and shown rows of every block that has some."""
    found = [(key, words, [row for row in rows if row.block == key]) for key, words in BLOCKS.items()]
    return [
        {"key": key, "title": say(language, *words), "rows": [_shown(row, language) for row in those]}
        for key, words, those in found
        if those
    ]


def status_words(status: str, language: Language) -> str:
    """Return how people call a status."""
    words = {
        "complete": ("fertig", "complete"),
        "failed": ("gescheitert", "failed"),
        "pending": ("noch zu rechnen", "to do"),
    }
    return say(language, *words.get(status, (status, status)))


def _shown(row: Row, language: Language) -> dict[str, str]:
    """Return a row's cells as text."""
    clock = f", {row.finished[11:16]}" if len(row.finished) > 15 else ""
    return {
        "city": row.city,
        "scenario": row.scenario,
        "subject": row.subject,
        "part": row.part,
        "status": row.status,
        "status_words": status_words(row.status, language),
        "when": day(row.finished, language) + clock if row.finished else "–",
        "seconds": number(row.seconds, language, 1) if row.seconds else "–",
        "grade": row.grade or "–",
        "link": row.link,
        "reason": row.reason,
    }

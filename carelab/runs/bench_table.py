"""One row of a benchmark, and rows as a markdown table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """What was measured, our figure, the yardstick's, their ratio, the target in words, and whether it is met (None:
    shown only).
    """

    what: str
    ours: str
    yardstick: str
    ratio: str
    target: str
    met: bool | None


def median_seconds(call: Callable[[], object], repeats: int) -> float:
    """Return the median time of ``repeats`` calls in seconds."""
    return statistics.median(_seconds(call) for _ in range(repeats))


def as_markdown(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a markdown table, each as soon as its row is known."""
    yield "| what | ours | yardstick | ratio | target | met |"
    yield "|---|--:|--:|--:|---|---|"
    for row in rows:
        met = {True: "yes", False: "NO", None: ""}[row.met]
        yield f"| {row.what} | {row.ours} | {row.yardstick} | {row.ratio} | {row.target} | {met} |"


def _seconds(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started

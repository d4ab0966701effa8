"""What a user sees while a portfolio runs: the whole, and each part that is being worked on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Protocol

from carelab.terms import Language, say

if TYPE_CHECKING:
    from rich.progress import TaskID


class Progress(Protocol):
    """Told by the driver what happens, from one thread."""

    def __enter__(self) -> Progress: ...

    def __exit__(self, *problem: object) -> None: ...

    def begin(self, todo: int, every: int) -> None:
        """Say how much there is to do."""

    def step(self, part: str, text: str) -> None:
        """Say where a part is."""

    def done(self, part: str, seconds: float, reason: str) -> None:
        """Say how a part ended; ``reason`` is empty when it went well."""


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *problem: object) -> None:
        return None

    def begin(self, todo: int, every: int) -> None:
        """Show nothing."""

    def step(self, part: str, text: str) -> None:
        """Show nothing."""

    def done(self, part: str, seconds: float, reason: str) -> None:
        """Show nothing."""


class Lines(Silent):
    """One line per part that ends: for log files and pipes."""

    def __init__(self, language: Language = "de") -> None:
        self.language = language
        self.count = self.todo = 0
        self.began = time.monotonic()

    def begin(self, todo: int, every: int) -> None:
        """Print how many parts there are, and how many are done already."""
        self.todo, self.began = todo, time.monotonic()
        print(
            say(
                self.language,
                f"{every} Teile, davon jetzt zu rechnen: {todo}",
                f"{every} parts, to be computed now: {todo}",
            ),
            flush=True,
        )

    def done(self, part: str, seconds: float, reason: str) -> None:
        """Print how a part ended and how long the rest may take."""
        self.count += 1
        end = reason or say(self.language, "fertig", "done")
        print(f"[{self.count}/{self.todo}] {part}: {end} ({seconds:.0f} s{self.rest()})", flush=True)

    def rest(self) -> str:
        """Return about how long the rest takes, from the pace so far."""
        left = (time.monotonic() - self.began) / max(1, self.count) * (self.todo - self.count)
        if left < 10:
            return ""
        time_left = f"{left / 60:.0f} min" if left > 90 else f"{left:.0f} s"
        return say(self.language, f"; noch etwa {time_left}", f"; about {time_left} left")


class Bars:
    """A bar for the whole, and a line for each part that is being worked on."""

    def __init__(self, language: Language = "de") -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as RichProgress

        self.language = language
        self.bars = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.fields[name]}", markup=False),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
        )
        self.whole: TaskID | None = None
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self.bars.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.bars.stop()

    def begin(self, todo: int, every: int) -> None:
        """Show the bar of the whole."""
        words = say(self.language, f"{every} Teile insgesamt", f"{every} parts in all")
        self.whole = self.bars.add_task(words, name=say(self.language, "Portfolio", "Portfolio"), total=todo)

    def step(self, part: str, text: str) -> None:
        """Name the step beside the part."""
        if part not in self.tasks:
            self.tasks[part] = self.bars.add_task("", name=part, total=None)
        self.bars.update(self.tasks[part], advance=1, description=text)

    def done(self, part: str, seconds: float, reason: str) -> None:
        """Move the bar of the whole; a part that failed stays visible with its reason."""
        if self.whole is not None:
            self.bars.advance(self.whole)
        if part in self.tasks and not reason:
            self.bars.remove_task(self.tasks.pop(part))
        elif reason:
            self.step(part, reason)
            self.bars.stop_task(self.tasks[part])


def for_terminal(language: Language = "de") -> Progress:
    """Return bars if a person is watching a terminal, lines otherwise."""
    return Bars(language) if sys.stdout.isatty() else Lines(language)

"""What a user sees while a run goes on: bars in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from carelab.terms import Language, say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress(Protocol):
    """Told by the runner what happens, from several threads."""

    def __enter__(self) -> Progress: ...

    def __exit__(self, *problem: object) -> None: ...

    def step(self, text: str) -> None:
        """The computing process begins a step."""

    def ready(self, seconds: float) -> None:
        """Everything is computed; notebooks start."""

    def cell(self, notebook: str, done: int, cells: int, heading: str) -> None:
        """A notebook begins a cell; ``heading`` is the section it belongs to."""

    def done(self, notebook: str, seconds: float, reason: str) -> None:
        """A notebook ended; ``reason`` is empty when it went well."""


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *problem: object) -> None:
        return None

    def step(self, text: str) -> None:
        """Show nothing."""

    def ready(self, seconds: float) -> None:
        """Show nothing."""

    def cell(self, notebook: str, done: int, cells: int, heading: str) -> None:
        """Show nothing."""

    def done(self, notebook: str, seconds: float, reason: str) -> None:
        """Show nothing."""


class Lines(Silent):
    """One line per step: for log files and pipes."""

    def __init__(self, language: Language = "de") -> None:
        self.language = language
        self.sections: dict[str, str] = {}

    def step(self, text: str) -> None:
        """Print the step, but not every import."""
        if not text.startswith("import "):
            self._print(f"{say(self.language, 'Rechnen', 'Computing')}: {text}")

    def ready(self, seconds: float) -> None:
        """Print how long it took."""
        words = say(self.language, "Alles berechnet nach", "Everything computed after")
        self._print(f"{words} {_seconds(seconds, self.language)}")

    def cell(self, notebook: str, done: int, cells: int, heading: str) -> None:
        """Print each section once."""
        if heading and self.sections.get(notebook) != heading:
            self.sections[notebook] = heading
            self._print(f"{notebook}: {heading}")

    def done(self, notebook: str, seconds: float, reason: str) -> None:
        """Print how a notebook ended."""
        end = reason or say(self.language, "fertig", "done")
        self._print(f"{notebook}: {end} ({_seconds(seconds, self.language)})")

    def _print(self, line: str) -> None:
        print(line, flush=True)


class Bars:
    """A bar for computing and one per notebook, each with the current step in words."""

    def __init__(self, language: Language = "de") -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self.language = language
        self.bars: RichProgress = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.fields[name]}", markup=False),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
        )
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self.bars.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.bars.stop()

    def _task(self, name: str) -> TaskID:
        if name not in self.tasks:
            self.tasks[name] = self.bars.add_task("", name=name, total=None)
        return self.tasks[name]

    @property
    def _computing(self) -> str:
        return say(self.language, "Rechnen", "Computing")

    def step(self, text: str) -> None:
        """Name the step beside the bar."""
        self.bars.update(self._task(self._computing), advance=1, description=text)

    def ready(self, seconds: float) -> None:
        """Fill the computing bar."""
        task = self._task(self._computing)
        steps = next(each.completed for each in self.bars.tasks if each.id == task)
        self.bars.update(task, total=steps, description=say(self.language, "fertig", "done"))

    def cell(self, notebook: str, done: int, cells: int, heading: str) -> None:
        """Move the notebook's bar."""
        self.bars.update(self._task(notebook), completed=done, total=cells, description=heading)

    def done(self, notebook: str, seconds: float, reason: str) -> None:
        """Fill the notebook's bar, or say what went wrong beside it."""
        task = self._task(notebook)
        if reason:
            self.bars.update(task, description=reason)
            self.bars.stop_task(task)
            return
        total = next(each.total for each in self.bars.tasks if each.id == task)
        self.bars.update(task, completed=total or 0, description=say(self.language, "fertig", "done"))


def for_terminal(language: Language = "de") -> Progress:
    """Return bars if a person is watching a terminal, lines otherwise."""
    return Bars(language) if sys.stdout.isatty() else Lines(language)


def _seconds(seconds: float, language: Language) -> str:
    text = f"{seconds:.1f} s"
    return text.replace(".", ",") if language == "de" else text

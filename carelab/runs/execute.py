"""One notebook: execute it, and decide ourselves whether it went well.

papermill's own record is not used for that: it says "completed" after a dead kernel.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers
from papermill.iorw import load_notebook_node, write_ipynb

from carelab.runs import engine
from carelab.runs.client import ForkedProcess, Zygote
from carelab.runs.record import without_paths
from carelab.terms import Language, say

Node: Any = NotebookNode
ERROR_EXPECTED = "raises-exception"
"""Tag of cells that show an error on purpose."""
OnCell = Callable[[str, int, int, str], None]
"""Called with notebook name, cells done, cells in all, heading of the section."""


@dataclass(frozen=True)
class Outcome:
    """How one notebook went. ``reason`` is empty when it went well."""

    name: str
    reason: str = ""
    cell: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    maxrss: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every cell was executed without error in a kernel that lived to the end."""
        return not self.reason


@dataclass(frozen=True)
class Job:
    """What all notebooks of a run have in common."""

    zygote: Zygote
    parameters: dict[str, Any]
    folder: Path
    timeout: float
    language: Language
    turn: AbstractContextManager[Any]


def execute(source: Path, job: Job, on_cell: OnCell) -> Outcome:
    """Execute one notebook into ``job.folder``; never raises for what happens inside the notebook."""
    target = job.folder / source.name
    facts: dict[str, Any] = {}
    problem: Exception | None = None
    try:
        _papermill(source, job, facts, on_cell)
    except Exception as error:
        problem = error
    notebook = remove_error_markers(facts.get("notebook") or _read(source))
    process: ForkedProcess | None = facts.get("process")
    cell, reason = _verdict(notebook, problem, process, job)
    if reason:
        mark(notebook, cell, reason)
    warnings = [f"{source.stem}: {line}" for line in forget_machine(notebook, source)]
    write_ipynb(notebook, str(target))
    seconds = {key: facts.get(key, 0.0) for key in ("kernel_start", "running")}
    maxrss = job.zygote.maxrss.get(process.pid, 0) if process else 0
    return Outcome(source.stem, reason=reason, cell=cell, seconds=seconds, maxrss=maxrss, warnings=warnings)


def _read(source: Path) -> NotebookNode:
    notebook: NotebookNode = load_notebook_node(str(source))
    return notebook


def _papermill(source: Path, job: Job, facts: dict[str, Any], on_cell: OnCell) -> None:
    engine.register()

    def on_cell_start(cell: NotebookNode, cell_index: int) -> None:
        cells = facts["notebook"].cells
        on_cell(source.stem, cell_index, len(cells), heading(cells, cell_index))

    papermill.execute_notebook(
        source,
        None,  # written once, at the end, by us
        parameters=job.parameters,
        engine_name=engine.ENGINE,
        kernel_name=engine.KERNEL,
        language="python",
        progress_bar=False,
        execution_timeout=job.timeout,
        zygote=job.zygote,
        facts=facts,
        hooks={"on_cell_start": on_cell_start, "turn": job.turn},
    )


def heading(cells: list[NotebookNode], index: int) -> str:
    """Return the last markdown heading at or before a cell: the step in the notebook's own words."""
    for cell in reversed(cells[: index + 1]):
        if cell.cell_type == "markdown":
            for line in reversed(cell.source.splitlines()):
                if line.startswith("#"):
                    return str(line.lstrip("#").strip())
    return ""


def _verdict(
    notebook: NotebookNode, problem: Exception | None, process: ForkedProcess | None, job: Job
) -> tuple[int | None, str]:
    """Return the failing cell's index and the reason in words; (None, "") if all is well."""
    cells = list(enumerate(notebook.cells))
    code = [(index, cell) for index, cell in cells if cell.cell_type == "code" and cell.source.strip()]
    executed = [index for index, cell in code if cell.execution_count is not None]
    last = executed[-1] if executed else None
    if problem is not None and not isinstance(problem, PapermillExecutionError):
        return last, _words(problem, process, job)
    for index, cell in code:
        for output in cell.outputs:
            if output.output_type == "error" and ERROR_EXPECTED not in cell.metadata.get("tags", []):
                return index, _error_words(output)
    if len(executed) < len(code):
        return last, say(job.language, "Nicht alle Zellen wurden ausgeführt.", "Not every cell was executed.")
    if process is not None and process.died():
        return last, _end(process.poll(), job.language)
    return None, ""


def _error_words(output: NotebookNode) -> str:
    return f"{output.ename}: {output.evalue}".removesuffix(": ")


def _words(problem: Exception, process: ForkedProcess | None, job: Job) -> str:
    """Say what went wrong outside the notebook's own code."""
    if job.zygote.stopped:
        return say(job.language, "Abgebrochen, bevor es fertig war.", "Interrupted before it was done.")
    if job.zygote.ended.is_set():
        return say(job.language, "Der rechnende Prozess ist beendet.", "The computing process has ended.")
    if isinstance(problem, CellTimeoutError):
        return say(
            job.language,
            f"Zeit abgelaufen: eine Zelle brauchte länger als {job.timeout:g} Sekunden.",
            f"Out of time: a cell took more than {job.timeout:g} seconds.",
        )
    if isinstance(problem, DeadKernelError) or (process is not None and process.died()):
        return _end(process.poll() if process else None, job.language)
    return f"{type(problem).__name__}: {problem}".strip().splitlines()[0]


def _end(code: int | None, language: Language) -> str:
    """Say how a kernel ended."""
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return say(
            language,
            f"Der Kernel wurde beendet (Signal {name}; häufigster Grund: zu wenig Arbeitsspeicher).",
            f"The kernel was killed (signal {name}; most often: too little memory).",
        )
    return say(
        language, f"Der Kernel hat sich beendet (Code {code}).", f"The kernel has ended itself (exit code {code})."
    )


def mark(notebook: NotebookNode, cell: int | None, reason: str) -> None:
    """Correct papermill's record: the cell that failed says so, later ones are pending, and the reason can be read."""
    failed = -1 if cell is None else cell
    for index, each in enumerate(notebook.cells):
        record = each.metadata.setdefault("papermill", {})
        if index >= failed:
            record["status"] = "failed" if index == failed else "pending"
    notebook.metadata.setdefault("papermill", {})["exception"] = True
    if cell is None:
        return
    shown = [_error_words(output) for output in notebook.cells[cell].outputs if output.output_type == "error"]
    if reason in shown:
        return
    output = Node(output_type="error", ename="carelab", evalue=reason, traceback=[reason])
    notebook.cells[cell].outputs.append(output)


def forget_machine(notebook: NotebookNode, source: Path) -> list[str]:
    """Keep folders of this machine out of the published notebook. Returns first lines of its standard error."""
    record = notebook.metadata.setdefault("papermill", {})
    record["input_path"] = record["output_path"] = source.name
    warnings: list[str] = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if output.output_type == "stream":
            output.text = without_paths(output.text)
            warnings += output.text.strip().splitlines()[:1] if output.name == "stderr" else []
        elif output.output_type == "error":
            output.evalue = without_paths(output.evalue)
            output.traceback = [without_paths(line) for line in output.traceback]
    return warnings

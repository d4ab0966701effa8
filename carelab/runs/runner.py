"""Run a study: compute once, execute the notebooks in forked kernels, render, publish as a whole or not at all."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from carelab import paths
from carelab.params import Params
from carelab.runs import client, publish, record, report, scopes
from carelab.runs.progress import Progress, Silent
from carelab.runs.quick_import import import_nbformat
from carelab.terms import Language, UserError, say
from carelab.terms_districts import language_of_run

if TYPE_CHECKING:
    from carelab.runs.execute import Outcome

Status = Literal["complete", "failed", "unchanged"]
CELL_SECONDS = 600.0
WORKERS = 2


class RunOptions(TypedDict, total=False):
    """How to run; what to run is in Params."""

    notebooks: Sequence[Path] | None
    outputs: Path | None
    force: bool
    timeout: float
    workers: int
    parameters: dict[str, Any]
    """What the notebooks are given; default: what the zygote computes."""
    shared: bool
    """The zygote serves other parts, too: it is left running, and a mistake in the input fails this run only."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended: ``complete``, ``failed``, or ``unchanged`` (an equal run was there already)."""

    id: str
    folder: Path
    status: Status
    record: dict[str, Any]
    findings: list[str] = field(default_factory=list)

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"

    @property
    def reasons(self) -> dict[str, str]:
        """Why it failed, by notebook (or step)."""
        return dict(self.record.get("reasons", {}))


def run_study(params: Params, *, progress: Progress | None = None, **options: Unpack[RunOptions]) -> RunResult:
    """Run the notebooks for these parameters and publish ``outputs/<id>``.

    Options: ``notebooks`` (default: all), ``outputs`` (folder), ``force`` (run though an equal run exists), ``timeout``
    (seconds per cell, default 600), ``workers`` (notebooks at a time, default 2). Does nothing if an equal run is
    complete. A failed run is kept as ``outputs/<id>.failed``. Raises UserError for what the user can mend.
    """
    shown = progress or Silent()
    notebooks = list(options.get("notebooks") or all_notebooks())
    # The zygote starts first: it imports while we compare checksums. If there is nothing to do, it is stopped unused.
    with client.Zygote(params.model_dump(mode="json"), on_step=shown.step) as zygote:
        parts = record.ingredients(params, data=record.data_hashes(params.city), notebooks=notebooks)
        name = record.run_id(params, parts)
        target = (options.get("outputs") or paths.OUTPUTS) / name
        known = publish.read_record(target)
        if known.get("status") != "complete" or options.get("force"):
            begun = record.new_record(params, name=name, parts=parts)
            return Run(begun, notebooks=notebooks, target=target, progress=shown, options=options).carry_out(zygote)
    return RunResult(name, target, "unchanged", known, report.findings(target))


def all_notebooks() -> list[Path]:
    """Return the notebooks about a city, in order of their numbers. Raises UserError if there are none."""
    found = scopes.notebooks("city")
    if not found:
        raise UserError("Im Ordner notebooks/ liegt kein Notebook.", "There is no notebook in notebooks/.")
    return found


class Run:
    """One run on its way; used once."""

    def __init__(
        self, begun: dict[str, Any], *, notebooks: list[Path], target: Path, progress: Progress, options: RunOptions
    ) -> None:
        self.record, self.notebooks, self.target, self.progress = begun, notebooks, target, progress
        self.language: Language = language_of_run(begun)
        self.workers = max(1, options.get("workers", WORKERS))
        self.timeout = options.get("timeout", CELL_SECONDS)
        self.parameters, self.shared = options.get("parameters"), options.get("shared", False)
        self.began = 0.0
        self.folder = publish.begin(target.parent, target.name)
        publish.write_params(self.folder, begun["params"])
        self.renderer = report.Renderer(self.folder, self.language)

    def carry_out(self, zygote: client.Zygote) -> RunResult:
        """Do everything and decide how it ended."""
        computed_before = zygote.settled.is_set()  # for another part of the same study
        self.began = time.monotonic() if computed_before else zygote.began
        try:
            with self.progress:
                self._compute_and_execute(zygote, computed_before)
            self._render()
        except UserError as error:
            if not self.shared:
                shutil.rmtree(self.folder, ignore_errors=True)
                raise
            self._fail(self._step("computing"), error.text(self.language))
        except KeyboardInterrupt:
            self._fail(self._step("run"), say(self.language, "abgebrochen", "interrupted"))
        finally:
            self.renderer.stop()
        return self._finish()

    def _compute_and_execute(self, zygote: client.Zygote, computed_before: bool) -> None:
        import_nbformat()
        from carelab.runs import execute  # noqa: F401 - papermill takes long: import while the study is computed

        try:
            zygote.wait_ready()
            self.record["seconds"].update({} if computed_before else _rounded(zygote.seconds))
            self.progress.ready(sum(zygote.seconds.values()))
            if zygote.threads > 1:
                self.record["warnings"].append(f"the computing process had {zygote.threads} threads when forking")
            self._execute(zygote)
        except client.ZygoteError as error:
            self._fail(self._step("computing"), str(error))
            self._keep_log(error.log)
        if not self.shared:
            zygote.stop()  # memory of a descendant is known when it has ended
        self.record["peak_memory_mb"] = record.peak_memory_mb()

    def _execute(self, zygote: client.Zygote) -> None:
        """Execute the notebooks; kernels start and end while others have their turn, hence twice the threads."""
        from carelab.runs.execute import Job, execute

        futures: list[Future[Outcome]] = []
        job = Job(
            zygote=zygote,
            parameters=zygote.values if self.parameters is None else self.parameters,
            folder=self.folder / "notebooks",
            timeout=self.timeout,
            language=self.language,
            turn=threading.BoundedSemaphore(self.workers),
        )
        hearer = _Hearer(self.record["warnings"])
        pool = ThreadPoolExecutor(max_workers=2 * self.workers, thread_name_prefix="notebook")
        try:
            futures += [
                pool.submit(execute, path, job, self.progress.cell) for path in scopes.long_first(self.notebooks)
            ]
            for future in as_completed(futures):
                self._take(future)
        except BaseException:
            zygote.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
            hearer.stop()
            self._collect_late(futures)
            if self.record["reasons"]:
                self._keep_log(zygote.log())

    def _take(self, future: Future[Outcome]) -> None:
        """Record how a notebook went, and have its page made."""
        outcome = future.result()
        entry = self.record["notebooks"][outcome.name]
        entry["status"] = "complete" if outcome.ok else "failed"
        entry["peak_memory_mb"] = record.to_mb(outcome.maxrss)
        entry["seconds"] = _rounded(outcome.seconds)
        self.record["warnings"] += outcome.warnings
        if not outcome.ok:
            entry["reason"] = record.without_paths(outcome.reason)
            entry["cell"] = outcome.cell
            self._fail(outcome.name, outcome.reason)
        self.progress.done(outcome.name, sum(outcome.seconds.values()), outcome.reason)
        self.renderer.page(self.folder / "notebooks" / f"{outcome.name}.ipynb")

    def _collect_late(self, futures: list[Future[Outcome]]) -> None:
        """After an interruption: record what other threads still brought home."""
        for future in futures:
            if future.done() and not future.cancelled() and future.exception() is None:
                name = future.result().name
                if self.record["notebooks"][name]["status"] == "pending":
                    self._take(future)

    def _render(self) -> None:
        """Wait for the pages, then make index and tables."""
        began = time.monotonic()
        try:
            self.renderer.wait()
            if not self.record["reasons"]:
                self._close("complete")
                report.build(self.folder, self.record, outputs=self.target.parent)
        except Exception as error:
            self._fail(self._step("report"), f"{type(error).__name__}: {error}")
        for name, seconds in self.renderer.seconds.items():
            self.record["notebooks"][name]["seconds"]["rendering"] = round(seconds, 3)
        self.record["seconds"]["report"] = round(time.monotonic() - began, 3)

    def _finish(self) -> RunResult:
        """Publish a good run, keep a failed one."""
        if not self.record["reasons"]:
            self._close("complete")
            publish.publish(self.folder, self.target)
            found = report.findings(self.target)
            return RunResult(self.target.name, self.target, "complete", self.record, found)
        self._close("failed")
        report.build_failed(self.folder, self.record, self.language)
        kept = publish.keep_failed(self.folder, self.target)
        return RunResult(self.target.name, kept, "failed", self.record)

    def _close(self, status: str) -> None:
        """Write run.json with the final state."""
        self.record["status"], self.record["finished"] = status, record.now()
        self.record["reasons"] = dict(sorted(self.record["reasons"].items()))
        self.record["seconds"]["total"] = round(time.monotonic() - self.began, 3)
        publish.write_record(self.folder, self.record)

    def _keep_log(self, text: str) -> None:
        """Keep what the computing process and the kernels wrote to their standard streams, if anything."""
        if text.strip():
            (self.folder / "log.txt").write_text(record.without_paths(text), encoding="utf-8")

    def _fail(self, where: str, reason: str) -> None:
        """Note why this run is not a good one."""
        self.record["reasons"][where] = record.without_paths(reason)

    def _step(self, key: str) -> str:
        """Name a step that is not a notebook."""
        words = {
            "run": ("Lauf", "Run"),
            "computing": ("Berechnung", "Computing"),
            "report": ("Bericht", "Report"),
        }
        return say(self.language, *words[key])


class _Hearer(logging.Handler):
    """Puts papermill's warnings into run.json instead of on the screen, each once."""

    def __init__(self, warnings: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.warnings = warnings
        self.logger = logging.getLogger("papermill")
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Note one warning."""
        text = f"papermill: {record.getMessage()}"
        if text not in self.warnings:
            self.warnings.append(text)

    def stop(self) -> None:
        """Hear no more."""
        self.logger.removeHandler(self)


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 3) for key, value in seconds.items()}

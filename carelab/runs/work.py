"""Doing a portfolio's jobs: one long-lived zygote holds what all studies share, each study is a branch of it.

The same code serves the worker processes of this machine (``worker``) and those of a Dask cluster (``crew_dask``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from carelab.params import validate_params
from carelab.runs import client, record
from carelab.runs.progress import Silent
from carelab.runs.runner import Run, RunOptions
from carelab.terms import Language, say

Tell = Callable[[dict[str, Any]], None]
"""Told what happens: ``{event: step | done, part, ...}``."""
PREPARE = {
    "city": "carelab.runs.zygote:prepare_study",
    "area": "",
    "verbund": "carelab.runs.zygote:prepare_verbund",
}
"""What a branch computes before its notebooks run; an area's one notebook computes what it shows."""
SHARED = "carelab.runs.zygote:prepare_shared"
_ONE_AT_A_TIME = threading.Lock()


class Hub:
    """The zygote of this worker: started when first needed, and again if it died."""

    def __init__(self) -> None:
        self.zygote: client.Zygote | None = None

    def ready(self, *, cities: bool = True) -> client.Zygote:
        """Return a zygote that has imported and computed what all studies share. Raises UserError or ZygoteError.

        ``cities``: what only cities show, too (where it starts now; else each study computes that for itself).
        """
        if self.zygote is not None and self.zygote.ended.is_set():
            self.close()
        if self.zygote is None:
            self.zygote = client.Zygote({"cities": cities}, prepare=SHARED)
        try:
            self.zygote.wait_ready()
        except BaseException:
            self.close()
            raise
        return self.zygote

    def close(self) -> None:
        """End the zygote and all that came from it."""
        if self.zygote is not None:
            self.zygote.stop()
        self.zygote = None


def do_job(job: Mapping[str, Any], hub: Hub, tell: Tell) -> None:
    """Compute one study and publish its parts, telling how each went. One job at a time in a process.

    A part that fails leaves the others alone; whatever goes wrong is told, nothing is raised.
    """
    waiting = {part["id"]: part for part in job["parts"]}

    def told(news: dict[str, Any]) -> None:
        if news["event"] == "done":
            waiting.pop(news["part"], None)
        tell(news)

    with _ONE_AT_A_TIME:
        try:
            _refuse_other_source(job)
            _do(job, hub, told)
        except Exception as error:
            language: Language = job["study"]["language"]
            reason = error.text(language) if hasattr(error, "text") else f"{type(error).__name__}: {error}"
            for part in list(waiting):
                told({"event": "done", "part": part, "record": failure(record.without_paths(reason))})


def failure(reason: str) -> dict[str, Any]:
    """Return the record of a part that came to nothing."""
    return {"status": "failed", "reasons": {"": reason}, "finished": record.now(), "seconds": {}}


def _refuse_other_source(job: Mapping[str, Any]) -> None:
    """Raise where this worker would compute with another carelab than the one that hands out the work."""
    if record.source_hash() != job["source"]:
        raise RuntimeError(
            say(
                job["study"]["language"],
                "dieser Arbeitsprozess hat einen anderen Quelltext von carelab; bitte neu starten",
                "this worker has another source of carelab; please restart it",
            )
        )


def _do(job: Mapping[str, Any], hub: Hub, tell: Tell) -> None:
    first = job["parts"][0]["id"]
    zygote = client.Zygote(
        job["study"],
        imports=(),
        prepare=PREPARE[job["scope"]],
        on_step=lambda text: tell({"event": "step", "part": first, "text": text}),
        base=hub.ready(cities=job["scope"] != "area"),
    )
    with zygote:
        for part in job["parts"]:
            _part(part, zygote, Path(job["outputs"]), tell)


def _part(part: Mapping[str, Any], zygote: client.Zygote, outputs: Path, tell: Tell) -> None:
    """Execute one part's notebooks in kernels of this zygote and publish its folder."""
    params = validate_params(part["values"])
    begun = record.new_record(params, name=part["run_id"], parts=part["ingredients"])
    begun |= {"part": part["id"], "scope": part["scope"], "subject": part["subject"]}
    options: RunOptions = {"workers": 1, "shared": True, "parameters": part["values"]}
    run = Run(
        begun,
        notebooks=[Path(path) for path in part["notebooks"]],
        target=outputs / part["folder"],
        progress=_Told(part["id"], tell),
        options=options,
    )
    result = run.carry_out(zygote)
    kept = {key: result.record[key] for key in ("status", "reasons", "finished", "seconds")}
    tell({"event": "done", "part": part["id"], "record": kept})


class _Told(Silent):
    """Passes a part's sections on."""

    def __init__(self, part: str, tell: Tell) -> None:
        self.part, self.tell = part, tell
        self.section = ""

    def cell(self, notebook: str, done: int, cells: int, heading: str) -> None:
        """Tell each section once."""
        if heading and heading != self.section:
            self.section = heading
            self.tell({"event": "step", "part": self.part, "text": f"{notebook}: {heading}"})

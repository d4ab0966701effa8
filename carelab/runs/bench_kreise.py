"""The scale test: one page for every Kreis and scenario. How many a minute, is time linear, does memory stay flat?

``measure_parts`` takes any callable that runs one part; ``Pages`` is the smallest that does: a warm zygote for each
worker, a kernel forked for each part, papermill, one page.
"""

from __future__ import annotations

import queue
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from carelab import paths
from carelab.inputs.kreise import KREIS_BASE_YEAR, kreis_keys
from carelab.params import Params
from carelab.runs import client
from carelab.terms import Language, Trend, UserError, say

NOTEBOOK = paths.NOTEBOOKS / "09_kreis.ipynb"
SCENARIOS: dict[str, Trend] = {"baseline": "trend", "moderate": "moderate"}
ENDS = 100
"""So many parts at the beginning and at the end are compared."""
PAGE_SECONDS = 120.0
RunPart = Callable[[Params], None]


@dataclass(frozen=True)
class Pace:
    """What was measured: wall seconds in all and of each part in the order of their ends; driver's memory (MB)."""

    wall: float
    seconds: list[float]
    driver_mb: list[float]

    @property
    def per_minute(self) -> float:
        """Parts per minute, all workers together."""
        return 60 * len(self.seconds) / self.wall

    @property
    def late_to_early(self) -> float:
        """Median seconds of the last parts over those of the first (ENDS each, or a third where there are fewer)."""
        count = min(ENDS, max(1, len(self.seconds) // 3))
        return statistics.median(self.seconds[-count:]) / statistics.median(self.seconds[:count])

    def words(self, language: Language) -> str:
        """Return the measurement as a sentence."""
        memory = f"{self.driver_mb[0]:.0f} -> {self.driver_mb[-1]:.0f} MB"
        return say(
            language,
            f"{len(self.seconds)} Teile, {self.per_minute:.0f} je Minute; die letzten dauerten "
            f"{self.late_to_early:.2f}-mal so lang wie die ersten; Speicher des Treibers {memory}.",
            f"{len(self.seconds)} parts, {self.per_minute:.0f} a minute; the last took {self.late_to_early:.2f} times "
            f"as long as the first; memory of the driver {memory}.",
        )


def kreis_parts(limit: int | None = None) -> list[Params]:
    """Return the parameters of all parts: every Kreis (or the first ``limit``) in each scenario."""
    return [
        Params(city=key, scenario=name, trend=trend, base_year=KREIS_BASE_YEAR)
        for name, trend in SCENARIOS.items()
        for key in kreis_keys()[:limit]
    ]


def measure_parts(parts: Sequence[Params], run_part: RunPart, *, workers: int = 2) -> Pace:
    """Run all parts, so many at a time, and measure. Raises what a part raises."""
    seconds: list[float] = []
    memory: list[float] = []
    lock = threading.Lock()

    def timed(part: Params) -> None:
        began = time.monotonic()
        run_part(part)
        with lock:
            seconds.append(time.monotonic() - began)
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        list(pool.map(timed, parts))
    return Pace(time.monotonic() - began, seconds, memory)


def prepare(values: dict[str, Any], report: Callable[[str], None]) -> None:
    """Fit in a zygote what all Kreise share, and draw one page: fonts and formats are then loaded once, too."""
    from carelab.release import figures, findings
    from carelab.study import Study, prepare_shared

    report(f"{values['base_year']}")
    prepare_shared()
    study = Study(Params(city=kreis_keys()[0], base_year=values["base_year"]))
    findings.area_findings(study, params=study.params)
    figures.demand_fan(study.demand_city, language=study.params.language)
    figures.decomposition_bars(study.decomposition, language=study.params.language)


class Pages:
    """Runs one part after another in kernels forked from warm zygotes, one zygote for each worker."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        self.folder = folder
        self._zygotes: queue.Queue[client.Zygote] = queue.Queue()
        self._all = [
            client.Zygote({"base_year": KREIS_BASE_YEAR}, prepare=f"{__name__}:prepare") for _ in range(workers)
        ]

    def __enter__(self) -> Self:
        for zygote in self._all:
            zygote.wait_ready()
            self._zygotes.put(zygote)
        return self

    def __exit__(self, *_: object) -> None:
        for zygote in self._all:
            zygote.stop()

    def __call__(self, params: Params) -> None:
        """Execute the notebook and write its page. Raises UserError where it fails."""
        from carelab.release import report
        from carelab.runs.execute import Job, execute

        folder = self.folder / f"{params.city}-{params.scenario}"
        folder.mkdir(parents=True)
        zygote = self._zygotes.get()
        try:
            values = params.model_dump(mode="json")
            job = Job(zygote, values, folder, PAGE_SECONDS, params.language, threading.Lock())
            outcome = execute(NOTEBOOK, job, lambda *_: None)
        finally:
            self._zygotes.put(zygote)
        if not outcome.ok:
            raise UserError(f"{params.city}: {outcome.reason}", f"{params.city}: {outcome.reason}")
        report.page(folder / NOTEBOOK.name, folder, params.language)


def bench_kreise(*, limit: int | None = None, workers: int = 2) -> Pace:
    """Run every Kreis in each scenario in a temporary folder and return the pace, the shared model fitted before."""
    with tempfile.TemporaryDirectory(prefix="carelab-bench-") as folder, Pages(Path(folder), workers=workers) as pages:
        return measure_parts(kreis_parts(limit), pages, workers=workers)

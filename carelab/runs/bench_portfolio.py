"""How fast a portfolio runs: parts per minute, linear or not, the driver's memory, one worker against two.

``python -m carelab.runs.bench_portfolio params/kreise.yaml [--compare] [--limit N] [--only PATTERN]``. Every run is a
new process with a new folder of outputs; times of a shared machine vary, ratios less.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from carelab import paths
from carelab.terms import UserError

SHARE = 3
"""The last third of the parts is compared with the first."""


@dataclass(frozen=True)
class Measured:
    """One run: seconds in all, parts done, seconds of the parts' last third over the first's, driver memory in MB."""

    seconds: float
    parts: int
    slowing: float
    driver_mb: float

    @property
    def per_minute(self) -> float:
        """Parts per minute, imports and start included."""
        return 60 * self.parts / self.seconds


def measure(file: Path, workers: int, words: list[str]) -> Measured:
    """Run a portfolio once with so many workers. Raises UserError if a part fails."""
    with tempfile.TemporaryDirectory(prefix="carelab-bench-") as folder:
        command = [sys.executable, "-m", "carelab", "run", str(file.resolve()), "--workers", str(workers)]
        began = time.monotonic()
        driver = subprocess.Popen([*command, "--outputs", folder, *words], cwd=paths.ROOT, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(driver.pid, 0)
        seconds = time.monotonic() - began
        if os.waitstatus_to_exitcode(status):
            raise UserError("Das Portfolio ist nicht gelungen.", "The portfolio has failed.")
        whole = json.loads(next(Path(folder).glob("*/portfolio.json")).read_text(encoding="utf-8"))
    ended = sorted((part["finished"], part["seconds"]) for part in whole["parts"] if part["status"] == "complete")
    return Measured(seconds, len(ended), _slowing(ended), usage.ru_maxrss / 1024)


def _slowing(ended: list[tuple[str, float]]) -> float:
    """Return the pace of the last third of the parts over the first's (1.1 = 10 % slower); NaN for a few parts."""
    third = len(ended) // SHARE
    if third < 10:
        return float("nan")
    moments = [datetime.fromisoformat(moment).timestamp() for moment, _ in ended]
    return (moments[-1] - moments[-1 - third]) / max(1.0, moments[third] - moments[0])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--compare", action="store_true", help="one worker and two, in turn, three times")
    parser.add_argument("--limit", help="at most so many parts")
    parser.add_argument("--only", help="only these parts")
    asked = parser.parse_args()
    words = [word for name in ("limit", "only") if (value := getattr(asked, name)) for word in (f"--{name}", value)]
    pairs = []
    for _ in range(3 if asked.compare else 1):
        two = measure(asked.file, 2, words)
        print(
            f"two workers: {two.parts} parts, {two.seconds:.1f} s, {two.per_minute:.1f} parts per minute, last third "
            f"{two.slowing:.2f} x the first, driver {two.driver_mb:.0f} MB",
            flush=True,
        )
        if asked.compare:
            one = measure(asked.file, 1, words)
            pairs.append(one.seconds / two.seconds)
            print(f"one worker: {one.seconds:.1f} s, {pairs[-1]:.2f} x as long", flush=True)
    if pairs:
        print(f"two workers are {statistics.median(pairs):.2f} x as fast as one (median; target: at least 1.6)")


if __name__ == "__main__":
    main()

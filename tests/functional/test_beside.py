"""Computing on another core: the same results, also where the other process fails, dies, or loses its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from carelab import paths

pytestmark = pytest.mark.functional
PROGRAM = """
import os, signal
from carelab.runs.beside import beside
parent, channel = os.getpid(), os.open({probe!r}, os.O_RDWR)
takes = [
    beside(lambda: (os.getpid() != parent, 1.0 / 3)),
    beside(lambda: os.kill(os.getpid(), signal.SIGKILL) if os.getpid() != parent else "here"),
    beside(lambda: 1 / (os.getpid() - parent) if os.getpid() == parent else 1 / 0),
    beside(lambda: os.path.exists(f"/proc/self/fd/{{channel}}")),
]
print(takes[0](), takes[1](), takes[3]())
try:
    takes[2]()
except ZeroDivisionError as error:
    print(error)
"""
ORPHAN = """
import os, time
from carelab.runs.beside import beside
def wait():
    print(os.getpid(), flush=True)
    time.sleep(60)
beside(wait)
os._exit(0)
"""
STUDY = """
import pandas as pd
from carelab.params import Params
from carelab.runs.beside import beside
from carelab.stages.shared_backtests import shipped_backtests
from carelab.study import ASIDE, STEPS, Study
names = [name for _, _, names in STEPS for name in names if name in (*ASIDE, "backtest_errors", "calibration")]
plain = Study(Params(draws=100))
apart = Study(Params(draws=100))
apart.prepare(lambda text: None, beside)
shipped_backtests.cache_clear()
for name in names:
    pd.testing.assert_frame_equal(getattr(apart, name), getattr(plain, name), check_exact=True)
print(len(names), {"_facts", "_futures"} & set(vars(apart)))
"""


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=paths.ROOT, env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_results_come_back_and_a_child_that_fails_costs_time_only(tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    probe.touch()
    first, second = run(PROGRAM.format(probe=str(probe))).splitlines()
    assert first == f"(True, {1.0 / 3}) here False", "no connection of the parent stays open in the child"
    assert second == "division by zero", "the mistake itself is raised here"


def test_a_child_whose_parent_is_gone_ends() -> None:
    child = int(run(ORPHAN))
    deadline = time.monotonic() + 20
    try:
        while time.monotonic() < deadline and Path(f"/proc/{child}").exists():
            time.sleep(0.1)
        assert not Path(f"/proc/{child}").exists()
    finally:
        if Path(f"/proc/{child}").exists():
            os.kill(child, signal.SIGKILL)


def test_a_study_computed_in_two_processes_is_the_same() -> None:
    assert run(STUDY).split(maxsplit=1) == ["7", "set()\n"]

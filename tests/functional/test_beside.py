"""Computing on another core: the same results, also where the other process fails, dies, or loses its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from carelab import paths
from carelab.study import ASIDE, STEPS, Study

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
from carelab.params import validate_params
from carelab.runs.beside import beside
from carelab.study import Study
values, plain = pd.read_pickle({file!r})
apart = Study(validate_params(values))
apart.prepare(lambda text: None, beside)
for name, table in plain.items():
    pd.testing.assert_frame_equal(getattr(apart, name), table, check_exact=True)
print(len(plain), {{"_facts", "_futures"}} & set(vars(apart)))
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


def test_a_study_computed_in_two_processes_is_the_same(study: Study, tmp_path: Path) -> None:
    names = [name for _, _, names in STEPS for name in names if name in (*ASIDE, "backtest_errors", "calibration")]
    plain = {name: getattr(study, name) for name in names}
    pd.to_pickle((study.params.model_dump(mode="json"), plain), tmp_path / "plain")
    assert run(STUDY.format(file=str(tmp_path / "plain"))).split(maxsplit=1) == ["7", "set()\n"]

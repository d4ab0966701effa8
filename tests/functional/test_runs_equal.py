"""Laws of running: however a notebook is executed, it says the same; and no kernel outlives its run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import papermill
import pytest

from carelab.runs import engine
from carelab.runs.client import Zygote, ZygoteError

pytestmark = pytest.mark.functional
LIGHT = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "pandas", "matplotlib.pyplot")
CELLS = (
    "draws = 10",
    "import numpy as np, pandas as pd\nfrom IPython.display import HTML, display\nrng = np.random.default_rng(7)",
    "table = pd.DataFrame({'x': rng.normal(size=draws), 'n': ['a'] * draws})\ntable",
    "print(table.x.sum(), __name__)\ndisplay(HTML('<b>x</b>'))",
    "import matplotlib.pyplot as plt\nplt.plot(table.x);",
    "import os, sys\nos.getcwd(), sys.argv[1:2], sys.flags.optimize, sys.displayhook.__class__.__name__",
)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{n}", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for n, text in enumerate(CELLS)
    ]
    cells[0]["metadata"]["tags"] = ["parameters"]
    path = tmp_path / "in.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def execute(path: Path, **options: Any) -> list[Any]:
    """Execute a notebook with papermill and return source, number and outputs of each cell."""
    common: dict[str, Any] = {"kernel_name": "python3", "language": "python", "progress_bar": False}
    executed = papermill.execute_notebook(path, None, parameters={"draws": 20}, **common, **options)
    return [(cell.source, cell.execution_count, cell.outputs) for cell in executed.cells]


def test_a_forked_kernel_gives_what_plain_papermill_gives(notebook: Path) -> None:
    engine.register()
    with Zygote({}, imports=LIGHT, prepare="") as zygote:
        zygote.wait_ready()
        assert zygote.threads == 1, "a process with threads must not fork"
        forked = [execute(notebook, engine_name=engine.ENGINE, zygote=zygote, facts={}) for _ in range(2)]
        folder = zygote.folder
    assert forked[0] == forked[1], "a kernel leaves nothing behind for the next one"
    assert forked[0] == execute(notebook)
    assert not folder.exists()


def test_kernels_end_with_the_zygote_and_the_zygote_with_its_runner(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = (
        "import os, pathlib, sys, time\n"
        "from carelab.runs.client import Zygote\n"
        "from carelab.runs.engine import ForkKernelManager\n"
        "zygote = Zygote({}, imports=('ipykernel.kernelapp',), prepare='')\n"
        "zygote.wait_ready()\n"
        "from jupyter_core.utils import run_sync\n"
        "manager = ForkKernelManager(zygote)\n"
        "run_sync(manager._async_start_kernel)()\n"
        "pids = f'{zygote.process.pid} {manager.forking.forked.pid} {zygote.folder}'\n"
        f"pathlib.Path({str(pids)!r}).write_text(pids)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    deadline = time.monotonic() + 10
    *numbers, folder = pids.read_text().split()
    alive = [int(number) for number in numbers]
    while alive and time.monotonic() < deadline:
        alive = [pid for pid in alive if runs(pid)]
        time.sleep(0.05)
    assert alive == []
    assert not Path(folder).exists(), "nor does the private folder stay"


def test_a_computing_zygote_notices_that_its_runner_died(tmp_path: Path) -> None:
    (tmp_path / "standin.py").write_text(
        "import time\ndef slow(values, report):\n    report('x')\n    time.sleep(60)\n"
    )
    script = (
        "import os, threading\n"
        "from carelab.runs.client import Zygote\n"
        "began = threading.Event()\n"
        "zygote = Zygote({}, imports=(), prepare='standin:slow', on_step=lambda text: began.set())\n"
        "began.wait()\n"
        "print(zygote.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], check=False, env=environment, capture_output=True, text=True)
    deadline = time.monotonic() + 10
    while runs(int(done.stdout)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(int(done.stdout))


def test_a_stopped_zygote_forks_no_more() -> None:
    zygote = Zygote({}, imports=(), prepare="")
    zygote.wait_ready()
    zygote.stop()
    with pytest.raises(ZygoteError):
        zygote.fork(argv=["-f", "x"], cwd="/")
    assert zygote.process.returncode is not None


def runs(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_the_zygote_imports_starts_no_threads() -> None:
    """A package that pandas or pandera loads by itself (pyarrow, polars) brings threads, and then forking hangs."""
    code = "import carelab.study, carelab.release.figures\n"
    code += "print(open('/proc/self/status').read().split('Threads:')[1].split()[0])"
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    if not Path("/proc/self/status").exists():
        pytest.skip("threads are counted through /proc, which this system does not have")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "1"

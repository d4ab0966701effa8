"""Portfolios as users run them: only what changed, failures alone again, killed and resumed, on a Dask cluster.

The house of these tests has real data and two small notebooks of its own (CARELAB_ROOT), so that a part takes a second.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from carelab import paths
from carelab.params import Params

pytestmark = pytest.mark.notebook
PORTFOLIO = """portfolio: probe
cities: [musterstadt]
scenarios: {a: {}, b: {trend: constant}}
defaults: {draws: 100}
"""


def notebook(path: Path, scope: str, *cells: str) -> None:
    """Write a notebook whose parameters cell has all fields of Params."""
    head = "\n".join(f"{key} = {value!r}" for key, value in Params().model_dump(mode="json").items())
    sources = [head, *cells]
    body = [
        {"cell_type": "code", "id": f"c{n}", "source": text, "outputs": [], "execution_count": None, "metadata": {}}
        for n, text in enumerate(sources)
    ]
    body[0]["metadata"] = {"tags": ["parameters"]}
    whole = {"cells": body, "metadata": {"carelab": {"scope": scope}}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(whole), encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A root with data, params and two notebooks: one about the city, one about each district."""
    (tmp_path / "data").symlink_to(paths.ROOT / "data")
    (tmp_path / "params" / "musterstadt").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "probe.yaml").write_text(PORTFOLIO, encoding="utf-8")
    study = "from carelab.params import params_from\nfrom carelab.release import figures\n"
    study += "from carelab.study import open_study\nstudy = open_study(params_from(globals()))"
    table = "figures.demand_table(study.demand_district, year=2035, language='de')"
    notebook(tmp_path / "notebooks" / "01_city.ipynb", "city", study, table)
    switch = f"import os, pathlib, signal, time\nswitch = pathlib.Path({str(tmp_path / 'switch')!r})\n"
    switch += "exec(switch.read_text() if switch.exists() else '')"
    mine = "figures.profile_population(study.profile(district), language='de')"
    notebook(tmp_path / "notebooks" / "02_district.ipynb", "district", study, switch, mine)
    return tmp_path


def command(house: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "carelab", "run", str(house / "probe.yaml"), *words]


def environment(house: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(paths.ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "CARELAB_ROOT": str(house), "PYTHONPATH": path}


def carelab(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = command(house, *words)
    return subprocess.run(done, env=environment(house), capture_output=True, text=True, check=False, timeout=300)


def states(house: Path, outputs: str = "outputs") -> dict[str, dict[str, Any]]:
    whole = json.loads((house / outputs / "probe" / "portfolio.json").read_text(encoding="utf-8"))
    return {part["part"]: part for part in whole["parts"]}


def tables(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("*/tables/*.csv"))}


def test_only_what_changed_failed_or_was_killed_runs_again(house: Path) -> None:
    switch = house / "switch"
    switch.write_text("if (scenario, district) == ('b', '02'): 1 / 0")
    first = carelab(house, "--workers", "1", "--keep-going")
    assert first.returncode == 1, first.stderr
    assert "musterstadt/b/02_district/02: 02_district: ZeroDivisionError" in first.stderr
    before = states(house)
    assert [key for key, part in before.items() if part["status"] != "complete"] == ["musterstadt/b/02_district/02"]
    page = (house / "outputs" / "probe" / "index.html").read_text(encoding="utf-8")
    assert "musterstadt-a-02_district-01/index.html" in page
    assert "ZeroDivisionError" in page
    assert "probe" in (house / "outputs" / "index.html").read_text(encoding="utf-8")

    switch.write_text("if (scenario, district) == ('b', '02'): os.kill(os.getpid(), signal.SIGKILL)")
    killed = carelab(house)
    assert "[1/1]" in killed.stdout, "a failed part runs alone again"
    assert "SIGKILL" in killed.stderr

    switch.unlink()
    assert carelab(house).returncode == 0
    after = states(house)
    assert all(part["status"] == "complete" for part in after.values())
    assert {key for key in after if after[key]["finished"] != before[key]["finished"]} == {
        "musterstadt/b/02_district/02"
    }
    assert "nichts zu tun" in carelab(house).stdout
    assert not list((house / "outputs" / "probe").glob("*.failed"))

    changed = PORTFOLIO.replace("b: {trend: constant}", "b: {trend: moderate}")
    (house / "probe.yaml").write_text(changed, encoding="utf-8")
    assert carelab(house, "--only", "b", "--limit", "2").stdout.count("fertig (") == 2
    assert sum(part["status"] == "pending" for part in states(house).values()) == 4


def test_a_killed_driver_or_worker_loses_nothing_and_the_tables_are_the_same(house: Path) -> None:
    (house / "switch").write_text("time.sleep(1.0)")
    driver = subprocess.Popen(
        command(house, "--workers", "1"), env=environment(house), stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert driver.stdout is not None
    for line in driver.stdout:
        if line.startswith("[2/"):
            break
    children = list_children(driver.pid)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    assert children
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(alive(pid) for pid in children), "worker, zygote, study and kernel end with the driver"
    kept = {path.parent.name: path.stat().st_mtime_ns for path in (house / "outputs" / "probe").glob("*/run.json")}
    assert len(kept) >= 2

    driver = subprocess.Popen(
        command(house, "--workers", "1"), env=environment(house), stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert driver.stdout is not None
    for line in driver.stdout:
        if line.startswith("[1/"):
            break
    worker = next(pid for pid in list_children(driver.pid) if "carelab.runs.worker" in words_of(pid))
    os.kill(worker, signal.SIGKILL)
    driver.wait(timeout=300)
    (house / "switch").unlink()
    done = carelab(house)
    assert done.returncode == 0, done.stderr
    for name, stamp in kept.items():
        assert (house / "outputs" / "probe" / name / "run.json").stat().st_mtime_ns == stamp, "not computed again"
    assert all(part["status"] == "complete" for part in states(house).values())
    assert carelab(house, "--outputs", str(house / "straight"), "--workers", "2").returncode == 0
    resumed, straight = tables(house / "outputs" / "probe"), tables(house / "straight" / "probe")
    assert resumed == straight
    assert len(straight) == 12
    assert not [path for path in (house / "outputs" / "probe").iterdir() if path.name.startswith(".")]


def test_a_dask_cluster_gives_the_same_bytes(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    for key, value in environment(house).items():
        monkeypatch.setenv(key, value)
    options = {"threads_per_worker": 1, "processes": True, "host": "127.0.0.1", "dashboard_address": None}
    with distributed.LocalCluster(n_workers=2, **options) as cluster:
        words = ("--only", "01", "--outputs", str(house / "remote"))  # per scenario the city and its first district
        remote = carelab(house, "--cluster", cluster.scheduler_address, *words)
    assert remote.returncode == 0, remote.stdout + remote.stderr
    assert carelab(house, "--only", "01").returncode == 0
    assert tables(house / "remote" / "probe") == tables(house / "outputs" / "probe")
    assert len(tables(house / "remote" / "probe")) == 4


def test_no_cluster_is_said_in_a_sentence(house: Path) -> None:
    done = carelab(house, "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "dort antwortet kein Dask-Scheduler" in done.stderr
    assert "Traceback" not in done.stderr


def list_children(pid: int) -> list[int]:
    """Return all descendants of a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = entry.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == pid:
            child = int(entry.parent.name)
            found += [child, *list_children(child)]
    return found


def words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

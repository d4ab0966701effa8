"""Notebooks executed as users execute them: in forked kernels, by papermill, two at a time; and every way to fail."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from carelab.params import Params
from carelab.runs import client, publish, record, report, runner
from carelab.terms import UserError

pytestmark = pytest.mark.notebook
HEAD = "city = 'musterstadt'\nlanguage = 'de'"
LIGHT = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell")


def notebook(folder: Path, name: str, *cells: str) -> Path:
    """Write a notebook: a parameters cell, then markdown (begins with #) and code cells; no kernelspec needed."""
    parameters = {"cell_type": "code", "source": HEAD, "metadata": {"tags": ["parameters"]}}
    body = [parameters] + [
        {"cell_type": "markdown" if text.startswith("# ") else "code", "source": text, "metadata": {}} for text in cells
    ]
    for number, cell in enumerate(body):
        cell["id"] = f"c{number}"
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": body, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def texts(path: Path) -> str:
    """Return all printed text of an executed notebook."""
    cells = json.loads(path.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join("".join(output.get("text", "")) for output in outputs)


class Builder(SimpleNamespace):
    """Stands in for the report builder and remembers what it was given."""

    def page(self, path: Path, folder: Path, language: str) -> Path:
        self.pages.append(path.stem)
        return folder / f"{path.stem}.html"

    def build_report(self, folder: Path, run: dict[str, Any], *, before_index: Any = None) -> None:
        if run["status"] == "complete" and self.broken:
            raise ValueError("no template")
        (folder / "index.html").write_text(run["status"])

    def findings(self, folder: Path) -> list[str]:
        return ["Es wird mehr."]


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> Builder:
    stand_in = Builder(pages=[], broken=False)
    monkeypatch.setattr(report, "load", lambda: stand_in)
    monkeypatch.setattr(record, "data_hashes", lambda city: {"city.csv": "0" * 64})
    monkeypatch.setattr(record, "city_facts", lambda city: {"city_name": "Musterstadt", "synthetic": True})
    monkeypatch.setattr(client, "IMPORTS", LIGHT)
    monkeypatch.setattr(client, "PREPARE", "")
    return stand_in


def run(tmp_path: Path, *notebooks: Path, **options: Any) -> runner.RunResult:
    settings: dict[str, Any] = {"timeout": 30} | options
    return runner.run_study(Params(), notebooks=notebooks, outputs=tmp_path / "outputs", **settings)


def test_two_notebooks_run_at_the_same_time_and_are_published_once(tmp_path: Path, builder: Builder) -> None:
    meet = "import pathlib, time, os\nmine, other = pathlib.Path({0!r}), pathlib.Path({1!r})\nmine.touch()\n"
    meet += "while not other.exists(): time.sleep(0.01)\nprint(city, os.getppid())"
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    first = notebook(tmp_path, "01_first", "# Wie viele?", meet.format(a, b))
    second = notebook(tmp_path, "02_second", meet.format(b, a), "import os\nos.write(2, b'')")
    result = run(tmp_path, first, second)
    assert result.reasons == {}
    assert (result.status, result.findings) == ("complete", ["Es wird mehr."])
    assert result.folder == tmp_path / "outputs" / result.id
    printed = [texts(result.folder / "notebooks" / f"{name}.ipynb") for name in ("01_first", "02_second")]
    assert printed[0] == printed[1], "both kernels are children of the same zygote"
    assert printed[0].startswith("musterstadt ")
    kept = publish.read_record(result.folder)
    assert kept["status"] == "complete"
    assert str(tmp_path) not in json.dumps(kept)
    assert kept["params"]["city"] == "musterstadt"
    assert {"imports", "computing", "report", "total"} <= set(kept["seconds"])
    assert {"kernel_start", "running", "rendering"} == set(kept["notebooks"]["01_first"]["seconds"])
    assert sorted(builder.pages) == ["01_first", "02_second"]
    assert run(tmp_path, first, second).status == "unchanged"
    again = run(tmp_path, first, second, force=True)
    assert (again.status, again.id) == ("complete", result.id)
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == [result.id]
    notebook(tmp_path, "01_first", "1 + 1")
    assert run(tmp_path, first).id != result.id


def test_every_failure_keeps_the_last_good_run_and_says_why(tmp_path: Path, builder: Builder) -> None:
    switch = tmp_path / "switch"
    source = f"import os, pathlib, time\nswitch = pathlib.Path({str(switch)!r})\n"
    source += "if switch.exists(): exec(switch.read_text())\nprint('good')"
    path = notebook(tmp_path, "01_only", "# Bis wann?", source, "print('after')")
    good = run(tmp_path, path)
    assert good.status == "complete"
    cases = {
        "1 / 0": "ZeroDivisionError: division by zero",
        "print('before', flush=True); os.kill(os.getpid(), 9)": "SIGKILL",
        "os._exit(3)": "Code 3",
        "raise SystemExit(0)": "SystemExit",
        "time.sleep(60)": "länger als 1 Sekunden",
    }
    for code, reason in cases.items():
        switch.write_text(code)
        bad = run(tmp_path, path, force=True, timeout=1 if "sleep" in code else 30)
        assert bad.status == "failed"
        assert reason in bad.reasons["01_only"], code
        assert bad.folder.name == f"{good.id}.failed"
        assert publish.read_record(bad.folder)["status"] == "failed"
        executed = bad.folder / "notebooks" / "01_only.ipynb"
        assert '"error"' in executed.read_text(), "the notebook itself shows where it ended"
        assert "after" not in texts(executed)
        assert (bad.folder / "index.html").read_text() == "failed"
        assert texts(good.folder / "notebooks" / "01_only.ipynb") == "good\nafter\n"
    switch.unlink()
    builder.broken = True
    assert "no template" in run(tmp_path, path, force=True).reasons["Bericht"]
    assert publish.read_record(good.folder)["status"] == "complete"
    builder.broken = False
    assert run(tmp_path, path, force=True).status == "complete"
    assert not (tmp_path / "outputs" / f"{good.id}.failed").exists()


def test_other_notebooks_go_on_when_one_fails(tmp_path: Path, builder: Builder) -> None:
    bad, good = notebook(tmp_path, "01_bad", "1 / 0"), notebook(tmp_path, "02_good", "print('fine')")
    result = run(tmp_path, bad, good, workers=1)
    assert list(result.reasons) == ["01_bad"]
    assert texts(result.folder / "notebooks" / "02_good.ipynb") == "fine\n"


def test_a_study_that_cannot_be_computed(tmp_path: Path, builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "standin.py").write_text(
        "from carelab.terms import UserError\n"
        "def user(values, report):\n    report('Daten lesen')\n    raise UserError('Datei fehlt.', 'File missing.')\n"
        "def crash(values, report):\n    1 / 0\n"
        "def die(values, report):\n    import os; os.kill(os.getpid(), 9)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(client, "IMPORTS", ())
    path = notebook(tmp_path, "01_only", "1")
    monkeypatch.setattr(client, "PREPARE", "standin:user")
    with pytest.raises(UserError, match="Datei fehlt"):
        run(tmp_path, path)
    assert list((tmp_path / "outputs").iterdir()) == []
    for name, reason in {"crash": "ZeroDivisionError: division by zero", "die": "ended unexpectedly"}.items():
        monkeypatch.setattr(client, "PREPARE", f"standin:{name}")
        result = run(tmp_path, path)
        assert reason in result.reasons["Berechnung"]
        assert publish.read_record(result.folder)["notebooks"]["01_only"]["status"] == "pending"


def test_zygote_death_fails_the_run(tmp_path: Path, builder: Builder) -> None:
    path = notebook(
        tmp_path, "01_only", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(20)"
    )
    result = run(tmp_path, path)
    assert "Prozess ist beendet" in result.reasons["01_only"]


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl+C interrupt, also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interruption_keeps_what_was_done(tmp_path: Path, builder: Builder, ctrl_c: None) -> None:
    here = tmp_path / "here"
    first = notebook(tmp_path, "01_done", "print('done')")
    second = notebook(
        tmp_path,
        "02_long",
        f"import pathlib, time\ntime.sleep(1.5)\npathlib.Path({str(here)!r}).touch()\ntime.sleep(60)",
    )

    def interrupt() -> None:
        while not here.exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    began = time.monotonic()
    result = run(tmp_path, first, second)
    assert time.monotonic() - began < 20
    assert (result.status, result.reasons["Lauf"]) == ("failed", "abgebrochen")
    assert "Abgebrochen" in result.reasons["02_long"]
    assert texts(result.folder / "notebooks" / "01_done.ipynb") == "done\n"


def test_forked_kernel_is_like_a_fresh_one(tmp_path: Path, builder: Builder) -> None:
    code = "import random, sys, threading, numpy\nimport matplotlib.pyplot as plt\n"
    code += "print(random.random(), numpy.random.random())\n"
    code += "import pandas\nprint(plt.get_backend(), pandas.get_option('display.max_columns'), __name__)"
    names = [
        notebook(tmp_path, f"0{n}", code, "plt.plot([1, 2]);", "import warnings; warnings.warn('mind')") for n in (1, 2)
    ]
    builder_imports = (*LIGHT, "numpy", "matplotlib.pyplot", "pandas")
    client.IMPORTS = builder_imports  # restored by the fixture's monkeypatch
    result = run(tmp_path, *names)
    assert result.status == "complete", result.reasons
    one, two = (texts(result.folder / "notebooks" / f"0{n}.ipynb").splitlines()[:2] for n in (1, 2))
    assert one[0] != two[0], "unseeded draws differ between notebooks"
    assert "inline" in one[1]
    assert one[1].endswith(" 20 __main__"), "wide tables wrap; pandas could have taken us for a terminal"
    assert '"image/png"' in (result.folder / "notebooks" / "01.ipynb").read_text()
    assert any("UserWarning: mind" in line for line in result.record["warnings"])
    assert "papermill: Passed unknown parameter: draws" in result.record["warnings"]


def test_sections_are_told(tmp_path: Path, builder: Builder) -> None:
    told: list[tuple[str, int, int, str]] = []

    class Ear(runner.Silent):
        def cell(self, notebook: str, done: int, cells: int, heading: str) -> None:
            told.append((notebook, done, cells, heading))

    path = notebook(tmp_path, "01_only", "# Wie viele?", "1", "# Wo?", "2")
    run(tmp_path, path, progress=Ear())
    assert told == [
        ("01_only", n, 6, text) for n, text in enumerate(["", "", "Wie viele?", "Wie viele?", "Wo?", "Wo?"])
    ]

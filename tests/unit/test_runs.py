"""Parts of a run, each for itself: names, records, folders, verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from carelab import paths
from carelab.params import Params
from carelab.runs import bench, progress, publish, record, report
from carelab.runs.execute import heading
from carelab.terms import UserError

pytestmark = pytest.mark.unit


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "01_a.ipynb"
    path.write_text("{}")
    return path


def dead_pid() -> int:
    """Return the number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_run_id_changes_with_every_ingredient(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def name(params: Params, data: str = "a") -> str:
        parts = record.ingredients(params, data={"city.csv": data}, notebooks=[notebook])
        return record.run_id(params, parts)

    monkeypatch.setattr(paths, "ROOT", tmp_path)
    first = name(Params())
    assert first.startswith("musterstadt-baseline-")
    assert len(first.rpartition("-")[2]) == 8
    assert name(Params()) == first
    others = {name(Params(draws=200)), name(Params(), data="b")}
    (tmp_path / "x.gpkg").write_text("old")
    others.add(name(Params(geometry="x.gpkg")))
    (tmp_path / "x.gpkg").write_text("new")
    others.add(name(Params(geometry="x.gpkg")))
    monkeypatch.setattr(record, "source_hash", lambda: "other")
    others.add(name(Params()))
    monkeypatch.undo()
    notebook.write_text('{"cells": []}')
    others.add(name(Params()))
    assert len(others | {first}) == 7


def test_a_missing_geometry_is_the_users_to_mend() -> None:
    with pytest.raises(UserError, match=r"none\.gpkg"):
        record.geometry_hash(Params(geometry="none.gpkg"))


def test_record_tells_everything_but_nothing_about_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "city_facts", lambda city: {"city_name": "Musterstadt", "synthetic": True})
    params = Params(geometry=str(paths.ROOT / "x.gpkg"))
    parts = {"data": {}, "notebooks": {"01_a": "0"}, "source": "1", "geometry": None}
    text = json.dumps(record.new_record(params, name="id", parts=parts))
    assert str(paths.ROOT) not in text
    assert os.uname().nodename not in json.loads(text)["platform"].split()
    made = json.loads(text)
    assert made["packages"]["papermill"]
    assert made["started"][-6] in "+-", "times carry their zone"
    assert made["git"] is None or set(made["git"]) == {"commit", "dirty"}


def test_paths_are_taken_out_of_texts() -> None:
    text = f"File {paths.ROOT}/carelab/x.py, {sys.prefix}/lib/y.py, {Path.home()}/z"
    shortened = record.without_paths(text)
    assert shortened.startswith("File carelab/x.py")
    assert str(Path.home()) + "/" not in shortened


@pytest.mark.parametrize("atomic", [True, False])
def test_publishing_replaces_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, atomic: bool) -> None:
    if not atomic:
        monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    target = tmp_path / "id"
    for content in ("old", "new"):
        partial = publish.begin(tmp_path, "id")
        (partial / "index.html").write_text(content)
        publish.publish(partial, target)
        assert (target / "index.html").read_text() == content
        assert [path.name for path in tmp_path.iterdir()] == ["id"]


def test_a_failed_replacement_puts_the_old_run_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    target = tmp_path / "id"
    target.mkdir()
    with pytest.raises(OSError, match="nothing"):
        publish.publish(tmp_path / "nothing", target)
    assert target.is_dir()


def test_only_leftovers_of_dead_processes_are_removed(tmp_path: Path) -> None:
    names = [f".partial-id-{dead_pid()}", f".old-id-{dead_pid()}", f".partial-id-{os.getppid()}", "id", "id.failed"]
    for name in names:
        (tmp_path / name).mkdir()
    publish.remove_stale(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[2:])


def test_unreadable_records_count_as_none(tmp_path: Path) -> None:
    assert publish.read_record(tmp_path) == {}
    (tmp_path / "run.json").write_text("{half")
    assert publish.read_record(tmp_path) == {}


def test_the_step_is_the_last_heading() -> None:
    cells = [new_markdown_cell("# Frage\nText\n## Wo?\nmehr"), new_code_cell("1"), new_markdown_cell("nur Text")]
    assert [heading(cells, index) for index in range(3)] == ["Wo?"] * 3
    assert heading([new_code_cell("1")], 0) == ""


def test_lines_for_log_files(capsys: pytest.CaptureFixture[str]) -> None:
    lines = progress.Lines("de")
    lines.step("import pandas")
    lines.step("Bevölkerung fortschreiben")
    lines.ready(1.24)
    for done in range(2):
        lines.cell("01", done, 2, "Wie viele?")
    lines.done("01", 0.5, "")
    assert capsys.readouterr().out.splitlines() == [
        "Rechnen: Bevölkerung fortschreiben",
        "Alles berechnet nach 1,2 s",
        "01: Wie viele?",
        "01: fertig (0,5 s)",
    ]


def test_bars_take_the_same_calls(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Bars("de") as bars:
        bars.step("Raten")
        bars.ready(1.0)
        bars.cell("01", 0, 2, "Wie viele?")
        bars.done("01", 1.0, "")
        bars.done("02", 1.0, "Zeit abgelaufen")
    assert "fertig" in capsys.readouterr().out


def test_plain_index_escapes_and_links() -> None:
    entries = {"01": {"status": "failed"}, "02": {"status": "pending"}}
    page = report.plain_index({"id": "x", "reasons": {"01": "<b> & c"}, "notebooks": entries}, "de")
    assert "&lt;b&gt; &amp; c" in page
    assert "notebooks/01.ipynb" in page
    assert "notebooks/02.ipynb" not in page


def test_bench_compares_with_plain_papermill(tmp_path: Path) -> None:
    steps = {"kernel_start": 0.2, "running": 1.0, "rendering": 0.3}
    whole = {"imports": 2.0, "computing": 1.0, "report": 0.5, "total": 5.0}
    result = bench.Measurement(3, {"01": steps, "02": steps}, whole, {"01": 7.5, "02": 7.5})
    assert result.ratio == 3.0
    table = bench.as_table(result, "de")
    assert "| 01 | 0,2 | 1,0 | 0,3 | 7,5 |" in table
    assert "das 3,0-Fache" in table
    bench.write(result, tmp_path / "b.json", "de")
    assert json.loads((tmp_path / "b.json").read_text())["ratio"] == 3.0


def test_notebooks_are_checked_as_before_without_the_grammars_of_addresses() -> None:
    """Where they are installed they can be imported afterwards; a notebook that is none is still refused."""
    program = """
import sys
from carelab.runs.quick_import import GRAMMARS, import_nbformat
import_nbformat()
import nbformat
assert GRAMMARS not in sys.modules
nbformat.validate(nbformat.v4.new_notebook())
try:
    odd = {"cell_type": "odd", "id": "a", "metadata": {}, "source": ""}
    nbformat.validate({"cells": [odd], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
except nbformat.ValidationError:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=paths.ROOT)
    assert done.stdout == "refused\n", done.stderr

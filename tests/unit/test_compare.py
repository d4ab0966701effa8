"""A run compared with the previous one: which run that is, and what is new, gone, unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from carelab.runs.compare import compare_runs, previous_run

pytestmark = pytest.mark.unit

HEAD = "state,rule_name,name,first_year,rule,district\n"


def run(outputs: Path, name: str, finished: str, rows: str, **record: object) -> dict[str, object]:
    folder = outputs / name
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "early_warning.csv").write_text(HEAD + rows, encoding="utf-8")
    params = {"city": "stadt", "scenario": "baseline", "draws": 100}
    made = {"id": name, "status": "complete", "finished": finished, "params": params, "data": {}, **record}
    (folder / "run.json").write_text(json.dumps(made), encoding="utf-8")
    return made


def test_previous_is_the_last_complete_run_of_the_same_city_and_scenario(tmp_path: Path) -> None:
    run(tmp_path, "stadt-baseline-1", "2026-01-01", "")
    run(tmp_path, "stadt-baseline-2", "2026-02-01", "")
    run(tmp_path, "stadt-baseline-3", "2026-03-01", "", status="failed")
    run(tmp_path, "stadt-baseline-x-4", "2026-04-01", "", params={"city": "stadt", "scenario": "baseline-x"})
    own = run(tmp_path, "stadt-baseline-5", "2026-05-01", "")
    found = previous_run(tmp_path, own)
    assert found is not None
    assert found.name == "stadt-baseline-2"
    assert previous_run(tmp_path / "none", own) is None


def test_new_gone_and_unchanged_warnings_and_what_was_changed(tmp_path: Path) -> None:
    run(
        tmp_path, "stadt-baseline-1", "2026-01-01",
        "warning,Plätze,Süd,2030,places,01\nwarning,Plätze,Ost,2030,places,02\nwatch,Plätze,West,2030,places,03\n",
        data={"stadt/care.csv": "a"},
    )  # fmt: skip
    run(
        tmp_path, "stadt-baseline-2", "2026-02-01",
        "warning,Plätze,Süd,2031,places,01\nwarning,Plätze,West,2030,places,03\n",
        data={"stadt/care.csv": "b"}, params={"city": "stadt", "scenario": "baseline", "draws": 200},
    )  # fmt: skip
    found = compare_runs(tmp_path / "stadt-baseline-1", tmp_path / "stadt-baseline-2")
    assert [row["name"] for row in found["new"]] == ["West"]
    assert [row["name"] for row in found["gone"]] == ["Ost"]
    assert [(row["name"], row["first_year"]) for row in found["unchanged"]] == [("Süd", "2031")]
    assert found["changed"] == ["draws", "stadt/care.csv"]
    assert found["previous"] == "stadt-baseline-1"

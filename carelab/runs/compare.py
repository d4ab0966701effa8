"""What is new since the previous run: early warnings of two runs of the same city and scenario, side by side.

Done when a run is published, outside its notebooks: neither their outputs nor the run's id depend on what ran before.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carelab.runs import publish

TABLE = "early_warning.csv"
Warnings = dict[tuple[str, str], dict[str, str]]


def previous_run(outputs: Path, record: Mapping[str, Any]) -> Path | None:
    """Return the folder of the complete run of the same city and scenario that finished last, itself excepted."""
    found = []
    prefix = f"{record['params']['city']}-{record['params']['scenario']}-"
    for folder in outputs.glob(prefix + "*"):
        other = publish.read_record(folder)
        same = all(other.get("params", {}).get(key) == record["params"][key] for key in ("city", "scenario"))
        if same and other.get("status") == "complete" and other.get("id") != record["id"]:
            found.append((str(other.get("finished")), folder))
    with_warnings = [each for each in found if (each[1] / "tables" / TABLE).is_file()]
    return max(with_warnings)[1] if with_warnings else None


def compare_runs(previous: Path, current: Path) -> dict[str, Any]:
    """Return what two run folders' warnings have in common and what not.

    ``previous`` and ``finished`` name the older run, ``new``, ``gone`` and ``unchanged`` hold rows of the table (key:
    rule and district; only warnings, not what is merely watched), ``changed`` says what else differs between the runs.
    """
    old, new = read_warnings(previous), read_warnings(current)
    before, after = publish.read_record(previous), publish.read_record(current)
    return {
        "previous": before.get("id", previous.name),
        "finished": before.get("finished"),
        "new": [new[key] for key in new if key not in old],
        "gone": [old[key] for key in old if key not in new],
        "unchanged": [new[key] for key in new if key in old],
        "changed": changes(before, after),
    }


def read_warnings(folder: Path) -> Warnings:
    """Return (rule, district) -> row of the warnings in a run folder; empty without the table."""
    path = folder / "tables" / TABLE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["rule"], row["district"]): row for row in rows if row["state"] == "warning"}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what differs between two records: names of parameters and data files, "notebooks", "source"."""
    found = []
    for cause in ("params", "data"):
        one, other = before.get(cause, {}), after.get(cause, {})
        found += [str(key) for key in sorted({*one, *other}) if one.get(key) != other.get(key)]
    hashes = [
        {name: entry.get("hash") for name, entry in each.get("notebooks", {}).items()} for each in (before, after)
    ]
    found += ["notebooks"] if hashes[0] != hashes[1] else []
    return found + [cause for cause in ("source", "geometry") if before.get(cause) != after.get(cause)]

"""Store what arrives in data/<city>/: all of it or nothing, checked as every read checks it, with its source.

A changed copy of the city's folder is made beside it, read under all contracts and rules, and takes its place by
renaming. A process that is killed leaves the old folder or the new one; ``recover`` puts back what stood aside.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from carelab import paths
from carelab.inputs.city import city_folder, read_info
from carelab.inputs.city_rules import city_problems
from carelab.inputs.contract import Contract
from carelab.inputs.contracts import CITY, OPTIONAL
from carelab.inputs.desk.source_entry import SourceEntry, with_entry
from carelab.inputs.errors import raise_problems
from carelab.inputs.tables import Table, read_table
from carelab.inputs.writing import write_table

ASIDE = ".before-"
CONTRACTS: Mapping[str, Contract] = {**CITY, **OPTIONAL}


@dataclass(frozen=True)
class Change:
    """What is to be stored: tables by name (own schema), files by name (written already), and where they come from.

    ``grade``: what the file shows; city.yaml, which says how good evidence can be at best, is lifted to it.
    """

    tables: Mapping[str, pd.DataFrame]
    source: SourceEntry
    files: Mapping[str, Path] = field(default_factory=dict)
    grade: str = ""

    @property
    def sourced(self) -> list[str]:
        """Names in sources.yaml that get the source."""
        return [*self.tables, *(Path(name).stem for name in self.files)]


def store(city: str, change: Change, *, root: Path | None = None) -> None:
    """Store a change. Raises DataError with every problem, and then nothing has changed."""
    folder = city_folder(city, root)
    with tempfile.TemporaryDirectory(prefix=f".{city}-", dir=folder.parent) as beside:
        staged = Path(beside) / city
        shutil.copytree(folder, staged)
        for name, table in change.tables.items():
            contract = CONTRACTS[name]
            write_table(table, staged / f"{name}.csv", columns=contract.written(table.columns), keys=contract.key)
        for name, path in change.files.items():
            shutil.copyfile(path, staged / name)
        sources = staged / "sources.yaml"
        text = sources.read_text(encoding="utf-8")
        for name in change.sourced:
            text = with_entry(text, name, change.source)
        sources.write_text(text, encoding="utf-8")
        _lift_grade(staged / "city.yaml", change.grade)
        check_folder(staged)
        _swap(folder, staged)


def _lift_grade(path: Path, grade: str) -> None:
    """Write a better grade into city.yaml, all other lines as they are."""
    text = path.read_text(encoding="utf-8")
    declared = re.search(r'^grade:\s*"?([A-E])', text, re.MULTILINE)
    if grade and declared is not None and grade < declared[1]:
        path.write_text(re.sub(r"^grade:.*$", f'grade: "{grade}"', text, flags=re.MULTILINE), encoding="utf-8")


def check_folder(folder: Path) -> dict[str, Table]:
    """Return the tables of a city's folder; unlike a run, it may be half filled. Raises DataError."""
    info = read_info(folder / "city.yaml", f"{folder.name}/city.yaml")
    tables = {}
    for name, contract in CONTRACTS.items():
        path, label = folder / f"{name}.csv", f"{folder.name}/{name}.csv"
        if path.is_file():
            tables[name] = read_table(path, replace(contract, may_be_empty=True), name=label)
        else:
            tables[name] = Table(pd.DataFrame(columns=contract.written(())), label)
    raise_problems(city_problems(tables, info.ags))
    return tables


def recover(city: str, root: Path | None = None) -> None:
    """Put a folder back that stood aside when a process was killed between two renames."""
    root = paths.DATA if root is None else root
    aside = root / f"{ASIDE}{city}"
    if not aside.is_dir():
        return
    if (root / city).is_dir():
        shutil.rmtree(aside)
    else:
        aside.rename(root / city)


def _swap(folder: Path, staged: Path) -> None:
    """Let the staged folder take the place of the old one."""
    aside = folder.with_name(f"{ASIDE}{folder.name}")
    folder.rename(aside)
    try:
        staged.rename(folder)
    except BaseException:
        aside.rename(folder)
        raise
    shutil.rmtree(aside)

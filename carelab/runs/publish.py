"""Folders of results: written beside, then moved into place as a whole, so that a good run is never half replaced."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from pathlib import Path
from typing import Any

import yaml

PARTIAL = ".partial-"
OLD = ".old-"
FAILED = ".failed"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def begin(outputs: Path, run_id: str) -> Path:
    """Make the folder that a run writes into; clear what dead processes left behind."""
    outputs.mkdir(parents=True, exist_ok=True)
    remove_stale(outputs)
    folder = outputs / f"{PARTIAL}{run_id}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)
    return folder


def remove_stale(outputs: Path) -> None:
    """Remove unfinished folders whose process is gone."""
    for pattern in (PARTIAL, OLD):
        for folder in outputs.glob(f"{pattern}*"):
            pid = folder.name.rpartition("-")[2]
            if pid.isdigit() and not _alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def publish(partial: Path, target: Path) -> None:
    """Put a finished run in place; an older one is swapped out in one step where the system can do that."""
    if not target.exists():
        partial.rename(target)
    elif _exchange(partial, target):
        shutil.rmtree(partial)
    else:
        _rename_aside(partial, target)
    shutil.rmtree(failed_folder(target), ignore_errors=True)


def keep_failed(partial: Path, target: Path) -> Path:
    """Keep an unsuccessful run as ``<id>.failed``, replacing an older one; the last good run stays untouched."""
    failed = failed_folder(target)
    shutil.rmtree(failed, ignore_errors=True)
    partial.rename(failed)
    return failed


def failed_folder(target: Path) -> Path:
    """Return where an unsuccessful run of this name is kept."""
    return target.with_name(target.name + FAILED)


def read_record(folder: Path) -> dict[str, Any]:
    """Return run.json of a folder, empty if it is missing or unreadable."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write run.json."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (folder / "run.json").write_text(text, encoding="utf-8")


def write_params(folder: Path, values: dict[str, Any]) -> None:
    """Write params.yaml, flat and complete: ``papermill -f params.yaml`` repeats what this folder shows."""
    lines = [f"{key}: {_scalar(value)}" for key, value in values.items()]
    (folder / "params.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _scalar(value: str | float | None) -> str:
    """Return a value as YAML; text is always quoted, because keys of areas must not become numbers."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(yaml.safe_dump(value)).split("\n", maxsplit=1)[0]


def _rename_aside(partial: Path, target: Path) -> None:
    """Replace by two renames; between them, for microseconds, nothing is there."""
    aside = target.with_name(f"{OLD}{target.name}-{os.getpid()}")
    target.rename(aside)
    try:
        partial.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically (Linux renameat2). False where system or file system cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

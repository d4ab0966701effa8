"""Keep what was read while its files stay as they are: many areas in one process share one reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_Stamp = tuple[tuple[str, int, int], ...]
_KEPT: dict[str, tuple[_Stamp, object]] = {}


def keep_while_unchanged(name: str, files: Iterable[Path], read: Callable[[], T]) -> T:
    """Return what ``read`` gave last under this name, or read again where a file (path, time, size) has changed.

    A linked file is the one it leads to.
    """
    stamp = tuple((str(path.resolve()), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    found = _KEPT.get(name)
    if found is None or found[0] != stamp or not stamp:
        found = _KEPT[name] = (stamp, read())
    value: T = found[1]  # type: ignore[assignment]
    return value

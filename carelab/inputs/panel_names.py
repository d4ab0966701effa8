"""Which of the asked renamings belong to which of several files: names are given once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from carelab.inputs.errors import DataError
from carelab.inputs.panel_files import load_names


def share_renames(rename: Mapping[str, str], paths: Sequence[Path]) -> list[dict[str, str]]:
    """Return for each file the renamings whose old name is one of its columns.

    Raises DataError for a name that no file has. A file that cannot be read gets all; reading it then says why.
    """
    if not rename or len(paths) == 1:
        return [dict(rename) for _ in paths]
    names = [load_names(path) for path in paths]
    lost = [old for old in rename if not any(found is None or old in found for found in names)]
    if lost:
        shown = "; ".join(f"{path.name}: {', '.join(found or [])}" for path, found in zip(paths, names, strict=True))
        raise DataError(
            f"Spalte „{lost[0]}“ aus --columns gibt es in keiner Datei; vorhanden: {shown}.",
            f'There is no column "{lost[0]}" named in --columns in any file; found: {shown}.',
        )
    return [{old: new for old, new in rename.items() if found is None or old in found} for found in names]

"""A copy of a city's data for tests that change it."""

from __future__ import annotations

import shutil
from pathlib import Path

from carelab import paths


def copy_data(root: Path, city: str = "musterstadt") -> Path:
    """Copy a city and the tables of all cities below data/; link the reference, which no test may change.

    A linked folder is known to be the same files: it is read once, and what is learnt from it is learnt once.
    """
    root.mkdir(exist_ok=True)
    shutil.copytree(paths.DATA / city, root / city)
    for path in paths.DATA.glob("*.yaml"):
        shutil.copy(path, root / path.name)
    (root / "reference").symlink_to(paths.DATA / "reference")
    return root

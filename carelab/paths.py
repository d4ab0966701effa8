"""Where things lie: every path of the house in one place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(os.environ.get("CARELAB_ROOT", Path(__file__).resolve().parents[1]))
"""The project's folder; another one can be named by the environment variable CARELAB_ROOT."""
DATA: Final = ROOT / "data"
NOTEBOOKS: Final = ROOT / "notebooks"
PARAMS: Final = ROOT / "params"
OUTPUTS: Final = ROOT / "outputs"


def shared_data() -> Path | None:
    """Return the folder with the published figures as found (CARELAB_SHARED, default ../shared), if it is there."""
    folder = Path(os.environ.get("CARELAB_SHARED", ROOT.parent / "shared")) / "data"
    return folder if folder.is_dir() else None

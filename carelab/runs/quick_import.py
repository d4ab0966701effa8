"""Spare a run what a library does at import and no notebook needs."""

from __future__ import annotations

import importlib
import sys
from typing import Final

GRAMMARS: Final = "rfc3987_syntax"
"""Where installed, jsonschema compiles its 38 grammars of web addresses: most of the time that nbformat takes."""


def import_nbformat() -> None:
    """Import nbformat as if the grammars were not installed; jsonschema then does not check addresses, nor do we."""
    if GRAMMARS in sys.modules:
        return
    sys.modules[GRAMMARS] = None  # type: ignore[assignment]  # the import system's own sign for "not there"
    try:
        importlib.import_module("nbformat")
    finally:
        del sys.modules[GRAMMARS]

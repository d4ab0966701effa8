"""An exhibit that only says why there is nothing to show: it does not explain what is not drawn."""

from __future__ import annotations

from dataclasses import replace

from carelab.release.exhibit import Exhibit
from carelab.terms import say


def nothing_yet(exhibit: Exhibit) -> Exhibit:
    """Return an exhibit with reading help and limits that fit an empty one."""
    read = (
        "Hier steht etwas, sobald Angaben vorliegen; was gebraucht wird, sagen die Kernaussagen.",
        "This fills as soon as something is told; what is needed is in the key findings.",
    )
    limits = ("Unbekannt heißt nicht: nicht vorhanden.", "Unknown does not mean: not there.")
    return replace(exhibit, how_to_read=say(exhibit.language, *read), limits=say(exhibit.language, *limits))

"""Why a visit was not made, found by a rule: the first of the reasons below that holds for the visit alone."""

from __future__ import annotations

import numpy as np

from carelab.planning.outreach.shift import Shift, Visit
from carelab.planning.outreach.travel import Array

WINDOW, TOO_FAR, FULL = "window", "too_far", "full"
TOO_LATE, NO_TEAM, NO_FIRST = "too_late", "no_team", "no_first"
REASONS = (WINDOW, TOO_FAR, TOO_LATE, NO_TEAM, NO_FIRST, FULL)
"""window: fits into no half of a working day even without driving; too_far: only the way there and back makes it
impossible; too_late: can be made after the last planned day only; no_team: the team wanted does not work; no_first:
the first contact that it follows was not made, or too late; full: possible alone, but other visits fill the days."""


def unserved_reason(visit: Visit, travel: Array, shift: Shift, ends: tuple[int, int]) -> str:
    """Return why a visit of one day was left out; ``travel`` minutes (place, place), ``ends`` base and lunch."""
    if not _fits(visit, np.zeros_like(travel), shift, ends):
        return WINDOW
    return FULL if _fits(visit, travel, shift, ends) else TOO_FAR


def _fits(visit: Visit, travel: Array, shift: Shift, ends: tuple[int, int]) -> bool:
    """Say whether a visit alone fits into one half of the day."""
    for half, (begin, end) in enumerate(shift.halves):
        start = max(begin + travel[ends[half], visit.place], visit.early)
        if start <= visit.late and start + visit.minutes + travel[visit.place, ends[1 - half]] <= end:
            return True
    return False

"""Check tours without the solver that made them: every rule recomputed from the stops alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carelab.planning.outreach.shift import Shift, Visit
from carelab.planning.outreach.tours import Tours
from carelab.planning.outreach.travel import Array

TOLERANCE = 1e-6


def broken_rules(tours: Tours, visits: Sequence[Visit], travel: Array, shift: Shift, *, base: int = 0) -> list[str]:
    """Return one sentence per broken rule; empty where the tours can be driven as planned."""
    known = {visit.key: visit for visit in visits}
    found = [*tours.stops["visit"], *tours.unserved["visit"]]
    broken = [] if sorted(found) == sorted(known) else ["a visit is missing, twice, or unknown"]
    ends = (base, tours.lunch)
    for key, stops in tours.stops.groupby(["team", "half"]):
        team, half = (int(str(part)) for part in tuple(key))
        begin, end = shift.halves[half]
        free, at = float(begin), ends[half]
        for row in stops.sort_values("order").itertuples():
            visit = known[str(row.visit)]
            start = float(np.float64(str(row.start)))
            named = f"team {team}, half {half}, {visit.key}"
            if start < free + travel[at, visit.place] - TOLERANCE:
                broken.append(f"{named}: starts before the team can be there")
            if not visit.early - TOLERANCE <= start <= visit.late + TOLERANCE:
                broken.append(f"{named}: outside its window")
            if abs(float(np.float64(str(row.leave))) - start - visit.minutes) > TOLERANCE:
                broken.append(f"{named}: not the time it needs")
            free, at = start + visit.minutes, visit.place
        if free + travel[at, ends[1 - half]] > end + TOLERANCE:
            broken.append(f"team {team}, half {half}: not back in time")
    return broken

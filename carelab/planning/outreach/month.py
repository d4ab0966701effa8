"""A month of tours: requests are given to days, then each day's tours are planned.

Every working day of a team starts from the oldest open request; the requests nearest to it (by minutes of driving)
fill the day up to a little more than its time, PyVRP routes them, and what it leaves out goes back to the open ones.
So a day stays in one part of the city, nobody is passed over for good, and a follow-up is made by the same team.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from carelab.planning.outreach.reasons import FULL, NO_FIRST, NO_TEAM, TOO_LATE, unserved_reason
from carelab.planning.outreach.shift import Shift, Visit
from carelab.planning.outreach.tours import COLUMNS, Search, Tours, plan_tours
from carelab.planning.outreach.travel import Array

OVERFULL = 1.25
"""So much more work than time is offered to a day, so that the router can choose what goes well together."""


@dataclass(frozen=True)
class Month:
    """``stops``: day and the columns of tours; ``days``: day, team, visits, service, road (minutes), lunch (place);
    ``unserved``: visit, reason; ``tours``: (day, team) -> the day's visits and tours, to be checked."""

    stops: pd.DataFrame
    days: pd.DataFrame
    unserved: pd.DataFrame
    tours: dict[tuple[int, int], tuple[list[Visit], Tours]]


def plan_month(
    visits: Sequence[Visit], travel: Array, shift: Shift, *, days: int, teams: int = 1, base: int = 0,
    search: Search | None = None,
) -> Month:  # fmt: skip
    """Plan ``days`` working days of ``teams`` vehicles; places and minutes as in tours.plan_tours."""
    search = search or Search(iterations=400)
    alone = {each.key: unserved_reason(each, travel, shift, (base, each.place)) for each in visits}
    waiting = [each for each in visits if alone[each.key] == FULL]
    made: dict[str, tuple[int, int]] = {}
    tours: dict[tuple[int, int], tuple[list[Visit], Tours]] = {}
    for day in range(days):
        for team in range(teams):
            ready = [each for each in waiting if each.key not in made and _ready(each, made, (day, team))]
            if not ready:
                continue
            chosen = choose(ready, travel, shift, made)
            planned = plan_tours(chosen, travel, shift, base=base, lunch=chosen[0].place, search=search)
            made |= dict.fromkeys(planned.stops["visit"], (day, team))
            tours[day, team] = (chosen, planned)
    left = [(each.key, _reason(each, alone, made, (days, teams))) for each in visits if each.key not in made]
    return Month(*_tables(tours), pd.DataFrame(left, columns=["visit", "reason"]), tours)


def choose(ready: Sequence[Visit], travel: Array, shift: Shift, made: dict[str, tuple[int, int]]) -> list[Visit]:
    """Return the requests offered to a day: the oldest, then the nearest to it, up to a little more than its time."""
    first = min(ready, key=lambda each: (_since(each, made), each.key))
    near = sorted(ready, key=lambda each: (each is not first, travel[first.place, each.place], _since(each, made)))
    chosen: list[Visit] = []
    work, at = 0.0, first.place
    for each in near:
        work += each.minutes + travel[at, each.place]
        if chosen and work > OVERFULL * shift.minutes:
            break
        chosen.append(replace(each, team=None))
        at = each.place
    return chosen


def _since(visit: Visit, made: dict[str, tuple[int, int]]) -> int:
    return visit.day if visit.after is None else made[visit.after][0] + visit.gap


def _ready(visit: Visit, made: dict[str, tuple[int, int]], now: tuple[int, int]) -> bool:
    """Say whether a visit can be made on this day by this team."""
    day, team = now
    if visit.after is not None:
        return visit.after in made and made[visit.after][1] == team and _since(visit, made) <= day
    return visit.day <= day and visit.team in (None, team)


def _reason(visit: Visit, alone: dict[str, str], made: dict[str, tuple[int, int]], end: tuple[int, int]) -> str:
    days, teams = end
    if alone[visit.key] != FULL:
        return alone[visit.key]
    if visit.after is not None and (visit.after not in made or _since(visit, made) >= days):
        return NO_FIRST
    if visit.team is not None and visit.team >= teams:
        return NO_TEAM
    return TOO_LATE if visit.after is None and visit.day >= days else FULL


def _tables(tours: dict[tuple[int, int], tuple[list[Visit], Tours]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all stops with their day, and one row per day and team."""
    parts = [plan.stops.assign(day=day, team=team) for (day, team), (_, plan) in tours.items()]
    stops = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS)).assign(day=[])
    rows = [
        (day, team, len(plan.stops), float((plan.stops["leave"] - plan.stops["start"]).sum()), plan.road, plan.lunch)
        for (day, team), (_, plan) in tours.items()
    ]
    columns = ["day", "team", "visits", "service", "road", "lunch"]
    return stops[["day", *COLUMNS]], pd.DataFrame(rows, columns=columns)


def month_visits(
    expected: Array, minutes: Array, *, days: int, rng: np.random.Generator, windows: Sequence[tuple[int, int]]
) -> list[Visit]:
    """Draw a month's requests: Poisson around ``expected`` (place, service), first day even over the month.

    ``minutes`` (service,) per visit; ``windows``: earliest and latest start, one drawn evenly for each request.
    """
    counts = rng.poisson(expected)
    visits = []
    for place, service in zip(*np.nonzero(counts), strict=True):
        for number in range(int(counts[place, service])):
            early, late = windows[int(rng.integers(len(windows)))]
            key = f"{place:03d}-{service}-{number}"
            at = int(rng.integers(days))
            visits.append(Visit(key, int(place), round(float(minutes[service])), early, late, day=at))
    return visits

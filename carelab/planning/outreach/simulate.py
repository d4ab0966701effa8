"""A year of the Mobil, day by day, for all draws at once: where it goes, whom it serves, who waits.

Rule of a day: each vehicle goes to the district with the largest product of waiting work and days since its last
visit, counted from one (so that no district is forgotten), works there while time is left, then goes on to the nearest
district with open requests. Within a queue who asked first is served first, the day after at the earliest. On the
road: base to district and back, between districts, and between doors within a district (travel.leg_km). Lunch and
office work are taken from the day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from carelab.planning.outreach.arrivals import Counts
from carelab.planning.outreach.travel import Array

QUEUES = ("home_mobile", "home", "homes", "hospital")
"""home_mobile: requests from home that could also be settled at a stop in the quarter."""
SERVED = {"visits": (0, 1), "visits_all": (0, 1, 2, 3), "series": (2, 3), "stops": (0,)}
HOPS = {"visits": 6, "visits_all": 6, "series": 3, "stops": 2}
"""Districts that a vehicle can go to on a day: two stops in quarters (one before, one after lunch)."""


@dataclass(frozen=True)
class World:
    """What does not depend on the design: arrivals (day, draw, district, queue), contact minutes (draw, district,
    queue) with office work, access and leg minutes at a door (draw,), (draw, district), drive (draw, place, place) with
    place 0 the base and then the districts, lost (day, draw) days, minutes of a working day."""

    arrivals: Counts
    contact: Array
    access: Array
    leg: Array
    drive: Array
    lost: NDArray[np.bool_]
    day_minutes: float
    cases: Array
    """Requests settled by one contact (draw, district, queue): below 1 where a card needs two contacts."""


@dataclass(frozen=True)
class Year:
    """Served contacts (day, draw, district, queue), minutes on the road and unused (draw,), days worked (draw,)."""

    served: Counts
    road: Array
    unused: Array
    worked: Array


@dataclass
class _Tour:
    """Where each draw's vehicle is today (place; 0 = base), its minutes left, and how long it drove."""

    at: NDArray[np.int64]
    left: Array
    road: Array
    active: NDArray[np.bool_]


@dataclass(frozen=True)
class _Kind:
    """A kind of day: its queues, and their contact minutes (draw, district, queue of this day)."""

    name: str
    queues: NDArray[np.int64]
    contact: Array


def simulate_year(world: World, pattern: tuple[str, ...], *, vehicles: int = 1) -> Year:
    """Simulate the working days of a year; ``pattern`` says what each working day of a week is for."""
    days, draws, districts, _ = world.arrivals.shape
    kinds = [kind if kind != "visits" or "series" in pattern else "visits_all" for kind in pattern]
    of_kind = {kind: _kind(world, kind) for kind in kinds}
    closeness = 1.0 / (1.0 + world.drive[:, :, 1:])
    open_, served = np.zeros(world.arrivals.shape[1:], np.int32), np.zeros_like(world.arrivals)
    last = np.zeros((draws, districts))
    road, unused = np.zeros(draws), np.zeros(draws)
    for day in range(days):
        kind = of_kind[kinds[day % len(kinds)]]
        for _ in range(vehicles):
            before = open_.copy()
            tour = _drive_day((world, closeness), kind, open_, last, day)
            served[day] += before - open_
            road += tour.road
            unused += np.where(world.lost[day], 0.0, np.maximum(tour.left, 0.0))
        open_ += world.arrivals[day]
    return Year(served, road, unused, vehicles * (~world.lost).sum(axis=0).astype(float))


def _kind(world: World, name: str) -> _Kind:
    queues = np.array(SERVED[name])
    return _Kind(name, queues, np.ascontiguousarray(world.contact[:, :, queues]))


def _drive_day(ground: tuple[World, Array], kind: _Kind, open_: Counts, last: Array, day: int) -> _Tour:
    """Drive one vehicle for one day; changes ``open_`` and ``last`` in place.

    ``ground``: the world, and how near places are to each other (draw, place, district). Only the district visited
    changes the minutes of waiting work, so these are kept up to date rather than summed anew.
    """
    world, closeness = ground
    rows = np.arange(draws := len(last))
    lost = world.lost[day]
    tour = _Tour(np.zeros(draws, int), np.where(lost, 0.0, world.day_minutes), np.zeros(draws), ~lost)
    work = (open_[:, :, kind.queues] * kind.contact).sum(axis=2)
    for hop in range(HOPS[kind.name]):
        score = work * (day + 2 - last) if hop == 0 else np.where(work > 0, closeness[rows, tour.at], 0.0)
        goal = score.argmax(axis=1)
        tour.active &= score[rows, goal] > 0
        if not tour.active.any():
            break
        waiting = open_[rows[:, None], goal[:, None], kind.queues]
        left = waiting - _work_at(world, kind.name, (waiting, work[rows, goal]), goal, tour)
        open_[rows[:, None], goal[:, None], kind.queues] = left
        work[rows, goal] = (left * kind.contact[rows, goal]).sum(axis=1)
        last[rows, goal] = np.where(tour.active, day + 1, last[rows, goal])
    home = world.drive[rows, tour.at, 0]
    return replace(tour, road=tour.road + home)


def _work_at(world: World, kind: str, work: tuple[Counts, Array], goal: NDArray[np.int64], tour: _Tour) -> Counts:
    """Serve in each draw's district what time allows, and return it (draw, queue of this day).

    ``work``: contacts waiting there (draw, queue of this day) and their minutes in all (draw,).
    """
    rows, place = np.arange(len(goal)), goal + 1
    there, back = world.drive[rows, tour.at, place], world.drive[rows, place, 0]
    doors = kind.startswith("visits")
    leg = world.leg[rows, goal]
    each = np.where(doors, world.access + leg, 0.0)
    once = np.where(doors, 0.0, world.access)
    waiting, work_minutes = work
    total = waiting.sum(axis=1)
    minutes = work_minutes / np.maximum(total, 1) + each
    time = tour.left + world.drive[rows, tour.at, 0] - there - back - once
    count = np.clip(np.floor(time / np.maximum(minutes, 1.0)), 0, total).astype(np.int32)
    count = np.where(tour.active, count, 0)
    tour.active &= count > 0
    went = tour.active
    tour.left = np.where(went, time - count * minutes, tour.left)
    tour.road += np.where(went, there + (count * leg if doors else 0.0), 0.0)
    tour.at = np.where(went, place, tour.at)
    return _shares(waiting, count)


def _shares(waiting: Counts, count: NDArray[np.int32]) -> Counts:
    """Return how ``count`` (draw,) contacts fall on the queues: in proportion to who waits, rest to the last ones."""
    total = np.maximum(waiting.sum(axis=1), 1)
    up_to = np.floor(np.cumsum(waiting, axis=1) * (count / total)[:, None] + 1e-9).astype(np.int32)
    taken = np.diff(up_to, axis=1, prepend=0)
    return np.asarray(np.minimum(taken, waiting), dtype=np.int32)


def waiting_days(arrivals: Counts, served: Counts, *, days_per_week: int) -> tuple[Array, NDArray[np.int64]]:
    """Return calendar days each request waited (infinite: not served in the year) and its draw; first come first.

    Requests of the last quarter of the year are left out: the year is too short to see them served.
    """
    days, draws = arrivals.shape[:2]
    came, left = (np.moveaxis(a, 0, -1).reshape(-1, days) for a in (arrivals, served))
    queues = len(came) // draws
    calendar = np.arange(days) // days_per_week * 7 + np.arange(days) % days_per_week
    total, done = came.sum(axis=1), left.sum(axis=1)
    day = _one_by_one(came)
    start = calendar[day].astype(float)
    number = np.arange(start.size) - np.repeat(np.cumsum(total) - total, total)
    served_day = calendar[_one_by_one(left)].astype(float)
    first = np.cumsum(done) - done
    at = np.repeat(first, total) + number
    ok = number < np.repeat(done, total)
    wait = np.full(start.size, np.inf)
    wait[ok] = served_day[at[ok]] - start[ok]
    draw = np.repeat(np.repeat(np.arange(draws), queues), total)
    early = day < 0.75 * days
    return wait[early], draw[early]


def _one_by_one(counts: Counts) -> NDArray[np.int64]:
    """Return the day of each single contact, from counts (row, day), row after row."""
    some = np.flatnonzero(counts)
    return np.repeat(some % counts.shape[1], counts.ravel()[some])

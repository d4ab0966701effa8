"""Who is served where when sites are full: everybody at the least total way, nobody beyond what a site can take.

For given sites that is a transport problem. It is solved exactly, for many futures at once, by successive shortest
paths between sites (Busacker & Gowen 1961; Tomizawa 1971): everybody starts at the nearest site, and as long as one is
too full, people move along the chain of sites that adds least, the last of which has room. Who finds no room anywhere
is left over and counts ``refuse`` minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carelab.planning.siting.problem import Array

EXACT = 1e-10
"""Share of all people below which a number of people is nobody."""
CLOSE = 1e-12
"""Relative difference below which two chains are equally long: rounding must not make a circle."""


@dataclass(frozen=True)
class Seats:
    """``people`` (draw, site, point) served at each site, ``left`` (draw, point) people without a place,
    ``minutes`` (draw,) of all, those without a place counted as ``refuse``.
    """

    people: Array
    left: Array
    minutes: Array


def seat(cost: Array, demand: Array, capacity: Array, *, refuse: float) -> Seats:
    """Return the assignment with the least total minutes.

    ``cost`` (draw, site, point) minutes, inf = unreachable; ``demand`` (draw, point) people; ``capacity`` (draw, site)
    people, inf = any, 0 = not there. ``refuse``: minutes that somebody without a place counts; who is farther than that
    from every site with room is not served.
    """
    draws, sites, points = cost.shape
    ways = np.concatenate([cost, np.full((draws, 1, points), refuse)], axis=1)
    room = np.concatenate([capacity, np.full((draws, 1), np.inf)], axis=1)
    people = np.zeros((draws, sites + 1, points))
    np.put_along_axis(people, ways.argmin(axis=1)[:, None], demand[:, None], axis=1)
    over = (people.sum(axis=2) > room * (1 + EXACT)).any(axis=1)
    full = np.flatnonzero(over)
    if full.size:
        people[full] = _relieved(ways[full], people[full], room[full])
    served = np.where(people > 0, people * np.where(people > 0, ways, 0.0), 0.0)
    return Seats(people[:, :-1], people[:, -1], served.sum(axis=(1, 2)))


def _relieved(ways: Array, people: Array, room: Array) -> Array:
    """Return ``people`` with nobody above ``room``, each move along the cheapest chain of sites."""
    nobody = EXACT * people.sum(axis=(1, 2))
    load = people.sum(axis=2)
    steps, movers = _steps(ways, people)
    active = np.arange(len(ways))
    while active.size:
        excess = load[active] - room[active]
        source = excess.argmax(axis=1)
        before, far = _chains(steps[active], source)
        far[excess >= -nobody[active, None]] = np.inf  # only a site with room can be the last one
        target = far.argmin(axis=1)
        rows = np.arange(active.size)
        moved = np.minimum(excess[rows, source], -excess[rows, target])
        chains = list(_links(before, source, target))
        for here, start, end in chains:
            who = movers[active[here], start, end]
            moved[here] = np.minimum(moved[here], people[active[here], start, who])
        touched = np.zeros((len(active), room.shape[1]), bool)
        for here, start, end in chains:
            who = movers[active[here], start, end]
            people[active[here], start, who] -= moved[here]
            people[active[here], end, who] += moved[here]
            touched[here, start] = touched[here, end] = True
        load[active, source] -= moved
        load[active, target] += moved
        draw, site = np.nonzero(touched)
        _refresh(ways, people, nobody, (steps, movers), (active[draw], site))
        active = active[(load[active] - room[active] > nobody[active, None]).any(axis=1)]
    return people


def _steps(ways: Array, people: Array) -> tuple[Array, NDArray[np.intp]]:
    """Return what the cheapest move from one site to another adds (draw, from, to), and whom it moves."""
    draws, sites, _ = ways.shape
    steps, movers = np.empty((draws, sites, sites)), np.empty((draws, sites, sites), np.intp)
    every = np.repeat(np.arange(draws), sites), np.tile(np.arange(sites), draws)
    _refresh(ways, people, np.zeros(draws), (steps, movers), every)
    return steps, movers


def _refresh(
    ways: Array,
    people: Array,
    nobody: Array,
    known: tuple[Array, NDArray[np.intp]],
    changed: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> None:
    """Find the cheapest moves away from ``changed`` (draw, site) anew; drops fractions of nobody."""
    draw, site = changed
    here = people[draw, site]
    here[here <= nobody[draw, None]] = 0.0
    people[draw, site] = here
    own = np.where(here > 0, ways[draw, site], -np.inf)  # who is not there cannot leave: the difference is inf
    more = ways[draw] - own[:, None]
    steps, movers = known
    movers[draw, site] = at = more.argmin(axis=2)
    steps[draw, site] = np.take_along_axis(more, at[:, :, None], axis=2)[:, :, 0]


def _chains(steps: Array, source: NDArray[np.intp]) -> tuple[NDArray[np.intp], Array]:
    """Return the site before each one on the cheapest chain from ``source`` (draw,), and what the chain adds."""
    draws, sites, _ = steps.shape
    rows = np.arange(draws)
    far = steps[rows, source].copy()
    far[rows, source] = 0.0
    before = np.repeat(source[:, None], sites, axis=1)
    for _ in range(sites - 2):
        via = far[:, :, None] + steps
        best = via.argmin(axis=1)
        least = np.take_along_axis(via, best[:, None], axis=1)[:, 0]
        shorter = least + CLOSE * (1 + np.abs(least)) < far
        if not shorter.any():
            break
        far, before = np.where(shorter, least, far), np.where(shorter, best, before)
    return before, far


def _links(
    before: NDArray[np.intp], source: NDArray[np.intp], target: NDArray[np.intp]
) -> list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]:
    """Return the links of each chain, from its end to its start: rows that have one, its start, its end."""
    links, rows, at = [], np.arange(len(source)), target.copy()
    for _ in range(before.shape[1]):  # a chain passes each site at most once
        rows = rows[at[rows] != source[rows]]
        if not rows.size:
            break
        start = before[rows, at[rows]]
        links.append((rows, start, at[rows]))
        at[rows] = start
    return links

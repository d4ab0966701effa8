"""From requests a year to what a simulated year needs: queues, minutes per contact, ways, days lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carelab.planning.outreach.arrivals import daily_arrivals
from carelab.planning.outreach.events import CARDS, MINUTES, PLACES
from carelab.planning.outreach.rates import Rates
from carelab.planning.outreach.simulate import World
from carelab.planning.outreach.travel import Array, drive_minutes, leg_km

NEAR_VISITS = 6
"""Visits a day in one district: sets the mean way between doors."""


@dataclass(frozen=True)
class City:
    """Where things are: straight-line km (place, place) with the base first, area of districts (ha), and the share of
    the city's hospital cases that arise in each district (where its hospitals stand)."""

    km: Array
    area_ha: Array
    hospitals: Array


@dataclass(frozen=True)
class Hours:
    """A year's working days and the minutes of one day without lunch."""

    days: int
    minutes: float


def by_queue(requests: dict[str, Array], rates: Rates, city: City, contacts_per_card: int) -> tuple[Array, Array]:
    """Return contacts asked for a year and their mean minutes (draw, district, queue of simulate.QUEUES).

    Minutes include office work. A card may need a second contact, when it is handed over.
    """
    contacts = {name: values * (contacts_per_card if name in CARDS else 1) for name, values in requests.items()}
    minutes = {name: (rates[MINUTES[name]] + rates["minutes_follow_up"])[:, None] for name in contacts}
    sums = {place: sum(contacts[name] for name in names) for place, names in PLACES.items()}
    work = {place: sum(contacts[name] * minutes[name] for name in names) for place, names in PLACES.items()}
    usual = rates["minutes_counselling"][:, None] + rates["minutes_follow_up"][:, None]
    each = {place: np.where(sums[place] > 0, work[place] / np.maximum(sums[place], 1e-12), usual) for place in PLACES}
    able = rates["stop_attendance"][:, None]
    hospital = np.asarray(sums["hospital"]).sum(axis=1, keepdims=True) * city.hospitals
    asked = np.stack([sums["home"] * able, sums["home"] * (1 - able), sums["homes"], hospital], axis=2)
    return asked, np.stack([each["home"], each["home"], each["homes"], each["hospital"]], axis=2)


def build_world(
    requests: dict[str, Array], rates: Rates, city: City, hours: Hours, *, contacts_per_card: int, seed: int
) -> World:
    """Return the world of a design: the same random numbers whatever the design or the rates."""
    asked, minutes = by_queue(requests, rates, city, contacts_per_card)
    once, _ = by_queue(requests, rates, city, 1)
    detour, speed = rates["detour"], rates["speed"]
    return World(
        arrivals=daily_arrivals(asked, hours.days, seed),
        contact=minutes,
        access=rates["minutes_access"],
        leg=drive_minutes(leg_km(city.area_ha, NEAR_VISITS)[None], detour=detour[:, None], speed=speed[:, None]),
        drive=drive_minutes(city.km[None], detour=detour[:, None, None], speed=speed[:, None, None]),
        lost=_lost(rates["days_lost"], hours.days, seed),
        day_minutes=hours.minutes,
        cases=np.where(asked > 0, once / np.maximum(asked, 1e-12), 1.0),
    )


def join_worlds(worlds: Sequence[World]) -> World:
    """Return several worlds as one whose draws stand behind one another: one simulation instead of many."""
    first = worlds[0]
    axes = {"arrivals": 1, "lost": 1}
    fields = ("arrivals", "contact", "access", "leg", "drive", "lost", "cases")
    joined = {
        name: np.concatenate([getattr(world, name) for world in worlds], axis=axes.get(name, 0)) for name in fields
    }
    return World(**joined, day_minutes=first.day_minutes)


def _lost(share: Array, days: int, seed: int) -> NDArray[np.bool_]:
    return np.random.default_rng([seed, *b"days_lost"]).random((days, len(share))) < share

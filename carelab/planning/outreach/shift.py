"""A visit and a working day of a team, in minutes since midnight."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """One visit: key, place (index of the travel matrix), minutes, window in which it may start.

    ``day``: first working day on which it can be made; ``team``: the team that must come (None = any). ``after``: key
    of the first contact, which this one follows at least ``gap`` working days later, by the same team.
    """

    key: str
    place: int
    minutes: int
    early: int = 0
    late: int = 24 * 60
    day: int = 0
    team: int | None = None
    after: str | None = None
    gap: int = 10


@dataclass(frozen=True)
class Shift:
    """Working day: begin and end at the base, lunch from and for how long."""

    begin: int
    end: int
    lunch_from: int
    lunch_minutes: int

    @property
    def halves(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Begin and end before and after lunch."""
        return (self.begin, self.lunch_from), (self.lunch_from + self.lunch_minutes, self.end)

    @property
    def minutes(self) -> int:
        """Minutes of work without lunch."""
        return self.end - self.begin - self.lunch_minutes

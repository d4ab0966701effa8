"""Requests of the Mobil in a year of choice, for comparison with what a logbook counted in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carelab.stages.outreach import Outreach

if TYPE_CHECKING:
    from carelab.stages.needs import Needs


class OutreachAt(Outreach):
    """Requests of the Mobil in another year than its first."""

    def __init__(self, study: Needs, year: int) -> None:
        super().__init__(study)
        self._year = year

    @property
    def year(self) -> int:
        """The year asked for."""
        return self._year

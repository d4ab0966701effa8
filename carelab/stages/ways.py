"""Ways of a study as the catalogue of indicators asks for them: who lives near, how far it is, what is within reach.

A kind of site whose list the city has not called complete yields no figure here: a site that nobody told us of would
be nearer.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from carelab.forecast.arrays import Array

if TYPE_CHECKING:
    from carelab.stages.access import Access

STOP = "stop"
"""Served stops of public transport, beside the kinds of sites."""


class StudyWays:
    """Ways on foot in a study, over the draws that access uses (fewer than the study's)."""

    def __init__(self, study: Access) -> None:
        self._study = study

    def refuses(self, site: str) -> str:
        """Return why nothing is said of a kind of site: no_ways, none_known, list_open; "" where something is."""
        study = self._study
        if study.plane is None or study.districts["ranked"].sum() < 2:
            return "no_ways"
        if site == STOP:
            return "" if len(study.city.stops) and study.travel_source != "matrix" else "none_known"
        if site not in study.access_kinds:
            return "none_known"
        return "" if site in self._complete else "list_open"

    def near(self, site: str, *, minutes: float | None = None, metres: float | None = None) -> Array:
        """Return the share of people (draw, district) within ``minutes`` on foot or ``metres`` of a straight line."""
        ground = self._study.ground
        if minutes is not None:
            return ground.share(self._study.walks[site] <= minutes)
        assert metres is not None
        hit = self._study.metres_to(site) <= metres
        return ground.share(np.broadcast_to(hit, (ground.stratum.size, hit.size)))

    def minutes(self, site: str) -> Array:
        """Return mean minutes on foot (draw, district) to the next site; NaN where none is in reach."""
        mean = self._study.ground.by_district(self._study.walks[site])
        return np.where(np.isfinite(mean), mean, np.nan)

    def per_head(self, site: str, people: Array) -> Array:
        """Return supply within reach per head (year, draw, district) of ``people`` (E2SFCA in steps)."""
        found = [self._study.supply_per_head(site, of_year[: self._draws]) for of_year in people]
        return np.stack(found)

    @property
    def _draws(self) -> int:
        return int(self._study.ground.stratum.size)

    @cached_property
    def _complete(self) -> set[str]:
        known = self._study.sites_known
        return set(known.loc[known["complete"], "kind"])

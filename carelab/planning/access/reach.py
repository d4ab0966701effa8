"""Reach: minutes to the next site, and supply per head within reach, for draws of demand, supply, places and pace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from carelab.planning.access import decay, floating, travel
from carelab.planning.access.catchment import Array, Decay, catchment_of_matrix
from carelab.planning.access.places import Points, distances, inner_distances
from carelab.planning.access.scatter import Scattered

STRATA = 10
"""Pace (detour and walking speed) takes so many equally likely values; each draw has one of them."""
LIMITS, WEIGHTS = (10.0, 20.0, 30.0), (1.0, 0.68, 0.22)
"""Minutes and weights of E2SFCA (Luo & Qi 2009)."""
METHODS: dict[str, Callable[[sparse.csr_array, Array, Array], Array]] = {
    "e2sfca": floating.two_step,
    "2sfca": floating.two_step,
    "3sfca": floating.three_step,
    "bfca": lambda weights, demand, supply: floating.balanced(weights, demand, supply)[0],
}
DECAYS: dict[str, Decay] = {
    "steps": decay.steps(LIMITS, WEIGHTS),
    "within": decay.within(LIMITS[-1]),
    "gaussian": decay.gaussian(LIMITS[-1] / np.sqrt(2 * np.log(100)), limit=LIMITS[-1]),
}
"""Weight of a site by minutes: in steps, all alike to the last limit (2SFCA), falling smoothly to 0.01 there."""


@dataclass(frozen=True)
class Ground:
    """What all kinds of sites share: ``points`` of ``districts`` districts, ``to_sites`` (point, site) metres (NaN: the
    site has no point) or the city's own minutes, ``inner`` (point, point) metres, ``paces`` (stratum,) minutes per
    metre (1 where minutes are given), ``stratum`` (draw,), and ``shares`` (draw, point) of a district's people.
    """

    points: Points
    districts: int
    to_sites: Array
    inner: NDArray[np.float32]
    paces: Array
    stratum: NDArray[np.intp]
    shares: Array

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Sites (site,) that some point reaches."""
        return np.asarray(np.isfinite(self.to_sites).any(axis=0))

    def minutes(self, sites: NDArray[np.intp], scattered: Scattered) -> Array:
        """Return minutes (draw, point) to the next of ``sites`` (places in the list) or scattered ones; inf = none."""
        draws = self.stratum.size
        located = np.nan_to_num(self.to_sites[:, sites], nan=np.inf).min(axis=1, initial=np.inf).astype(np.float32)
        best = np.repeat(located[None], draws, axis=0)
        for slot in range(scattered.point.shape[1]):
            at = scattered.point[:, slot]
            here = at >= 0
            best[here] = np.minimum(best[here], self.inner[at[here]])
        return np.asarray(best * self.paces[self.stratum][:, None])

    def access(
        self, demand: Array, sites: NDArray[np.intp], sizes: Array, scattered: Scattered, *, method: str, form: str
    ) -> Array:
        """Return supply per head within reach (draw, district), weighted by where people live.

        ``demand`` people (draw, district), ``sizes`` (draw, site) of ``sites``; ``method`` of METHODS, ``form`` of
        DECAYS.
        """
        people = demand[:, self.points.district] * self.shares
        supply = [sizes] + ([scattered.by_point(len(self.points.weight))] if scattered.size.any() else [])
        offered = np.concatenate(supply, axis=1)
        found = np.zeros_like(people)
        for stratum in range(self.paces.size if offered.shape[1] else 0):  # without a site nobody has any
            draws = self.stratum == stratum
            weights = self._weights(stratum, sites, form, scattered=len(supply) > 1)
            found[draws] = METHODS[method](weights, people[draws], offered[draws])
        return self.by_district(found)

    def _weights(self, stratum: int, sites: NDArray[np.intp], form: str, *, scattered: bool) -> sparse.csr_array:
        metres = self.to_sites[:, sites]
        metres = np.concatenate([metres, self.inner], axis=1) if scattered else metres
        return catchment_of_matrix(metres * self.paces[stratum], DECAYS[form])

    def share(self, near: NDArray[np.bool_]) -> Array:
        """Return the share of a district's people (draw, district) at points (draw, point) that are near."""
        return np.minimum(self.by_district(near.astype(float)), 1.0)

    def by_district(self, values: Array) -> Array:
        """Return means (draw, district) of values (draw, point) over people; NaN for a district without points."""
        gather = sparse.csr_array(
            (np.ones(self.points.district.size), (np.arange(self.points.district.size), self.points.district)),
            shape=(self.points.district.size, self.districts),
        )
        with np.errstate(invalid="ignore"):  # out of reach (inf) times nobody (0)
            means = np.asarray((values * self.shares) @ gather)
        means[:, ~np.isin(np.arange(self.districts), self.points.district)] = np.nan
        return means


def ground_of_lines(points: Points, sites: Array, districts: int, *, draws: int, rng: np.random.Generator) -> Ground:
    """Return the ground of straight lines: pace and, without a grid, the spread of people differ from draw to draw.

    ``sites`` (site, 2) metres, NaN = no point.
    """
    stratum = rng.permutation(np.arange(draws) % STRATA)
    shares = points.shares(draws, districts, rng)
    inner = inner_distances(points).astype(np.float32)
    return Ground(points, districts, distances(points.at, sites), inner, travel.paces(STRATA), stratum, shares)


def ground_of_network(points: Points, metres: Array, districts: int, *, draws: int, rng: np.random.Generator) -> Ground:
    """Return the ground of a network of ways: as ``ground_of_lines``, but the way itself is known.

    ``metres`` (point, site) on foot, NaN = no way known. Only pace differs from draw to draw; between points (sites
    without a point are drawn there) it is the straight line times the usual detour.
    """
    stratum = rng.permutation(np.arange(draws) % STRATA)
    shares = points.shares(draws, districts, rng)
    inner = (travel.DETOUR * inner_distances(points)).astype(np.float32)
    return Ground(points, districts, metres, inner, travel.walking_paces(STRATA), stratum, shares)


def ground_of_matrix(minutes: Array, *, draws: int) -> Ground:
    """Return the ground of the city's own minutes (district, site): one point a district, nothing else is walked."""
    count = len(minutes)
    points = Points(np.arange(count), np.zeros((count, 2)), np.ones(count), np.zeros(count), False)
    apart = np.full((count, count), np.inf, np.float32)
    shares = np.ones((draws, count))
    return Ground(points, count, minutes, apart, np.ones(1), np.zeros(draws, np.intp), shares)


def in_lowest_tenth(access: Array, people: Array, *, tenth: float = 0.1) -> Array:
    """Return the share of draws (district,) in which a district belongs to the tenth of people worst served.

    It does where people in districts with strictly less access are fewer than a tenth; districts alike are together in
    or out. ``access`` and ``people`` (draw, district); districts without people or access (NaN) do not compete: NaN.
    """
    taking = np.isfinite(access).all(axis=0) & (people > 0).any(axis=0)
    result = np.full(access.shape[1], np.nan)
    values, weight = access[:, taking], people[:, taking]
    below = (values[:, None, :] < values[:, :, None]) * weight[:, None, :]
    result[taking] = (below.sum(axis=2) < tenth * weight.sum(axis=1, keepdims=True)).mean(axis=0)
    return result

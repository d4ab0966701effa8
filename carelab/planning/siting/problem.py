"""What is to be decided: candidates, what each costs, who needs them, how far away everybody is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from carelab.terms import UserError

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Problem:
    """Choose ``count`` candidates, or as many as ``budget`` pays; fixed ones are chosen already and count, too.

    ``cost`` (point, candidate): minutes or metres, inf = unreachable. ``demand`` (point): people. ``price``
    (candidate), in the unit of ``budget``. ``open_to`` (candidate): its operator is willing. ``capacity`` (candidate):
    people, inf = any. ``limit`` (point): nobody there may be farther than this from a chosen site; inf = no promise.
    ``refuse``: what somebody counts for whom no chosen site has room; inf = there must be room for all.
    """

    cost: Array
    demand: Array
    count: int | None = None
    budget: float | None = None
    price: Array = field(default_factory=lambda: np.zeros(0))
    fixed: Flags = field(default_factory=lambda: np.zeros(0, bool))
    open_to: Flags = field(default_factory=lambda: np.zeros(0, bool))
    capacity: Array = field(default_factory=lambda: np.zeros(0))
    limit: Array = field(default_factory=lambda: np.zeros(0))
    refuse: float = np.inf

    def __post_init__(self) -> None:
        points, sites = self.cost.shape
        for name, size, default in (
            ("price", sites, 0.0),
            ("fixed", sites, False),
            ("open_to", sites, True),
            ("capacity", sites, np.inf),
            ("limit", points, np.inf),
        ):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(size, default))
        self._check()

    def _check(self) -> None:
        if (self.count is None) == (self.budget is None):
            raise UserError(
                "Standortwahl: Anzahl oder Budget angeben, eines von beiden.",
                "siting: give either a count or a budget.",
            )
        if self.count is not None and not max(1, self.fixed.sum()) <= self.count <= (self.fixed | self.open_to).sum():
            found, able = int(self.fixed.sum()), int((self.fixed | self.open_to).sum())
            raise UserError(
                f"Standortwahl: {self.count} Standorte gewünscht, {found} stehen fest, {able} sind möglich; "
                f"erwartet: {found} bis {able}.",
                f"siting: {self.count} sites wanted, {found} are fixed, {able} possible; expected: {found} to {able}.",
            )
        if self.budget is not None and self.price[self.fixed].sum() > self.budget:
            raise UserError(
                f"Standortwahl: Budget {self.budget:g} deckt die festen Standorte nicht.",
                f"siting: the budget of {self.budget:g} does not pay for the fixed sites.",
            )

    @property
    def possible(self) -> Flags:
        """Candidates that may be chosen (fixed ones or willing ones)."""
        return self.fixed | self.open_to

    @property
    def may_fill(self) -> bool:
        """Whether some possible candidate can take only so many people."""
        return bool(np.isfinite(self.capacity[self.possible]).any())

    def with_nobody(self) -> Problem:
        """Return the same decision with one more site, chosen already, that stands for having no place at all."""
        points = len(self.demand)
        return Problem(
            np.column_stack([self.cost, np.full(points, self.refuse)]),
            self.demand,
            count=None if self.count is None else self.count + 1,
            budget=self.budget,
            price=np.append(self.price, 0.0),
            fixed=np.append(self.fixed, True),
            open_to=np.append(self.open_to, True),
            capacity=np.append(self.capacity, np.inf),
            limit=self.limit,
        )

    def with_demand(self, demand: Array) -> Problem:
        """Return the same decision in another future."""
        return replace(self, demand=demand)

    def without(self, site: int) -> Problem:
        """Return the same decision if one candidate is not to be had: count one less only where too few remain."""
        rest = np.arange(len(self.price)) != site
        count = None if self.count is None else min(self.count, int((self.possible & rest).sum()))
        return replace(self, fixed=self.fixed & rest, open_to=self.open_to & rest, count=count)


@dataclass(frozen=True)
class Plan:
    """Chosen sites and how good that is.

    ``chosen`` (candidate). ``objective``: total person-minutes, people covered, or largest distance. ``bound``: no
    plan can be better than this. ``gap`` = |objective - bound| / objective; 0 = proven best. ``proven`` says so.
    """

    chosen: Flags
    objective: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Relative distance between the plan and the best bound."""
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-12)

    @property
    def proven(self) -> bool:
        """Whether no better plan exists (gap at most 1e-6)."""
        return self.gap <= 1e-6


def total_cost(cost: Array, demand: Array, chosen: Flags) -> Array:
    """Return person-minutes to the nearest chosen site; demand (..., point) -> (...). Without a site: inf."""
    if not chosen.any():
        return np.full(demand.shape[:-1], np.inf)
    nearest: Array = cost[:, chosen].min(axis=1)
    with np.errstate(invalid="ignore"):  # nobody lives at an unreachable point: 0 x inf
        total: Array = np.where(demand > 0, demand * nearest, 0.0).sum(axis=-1)
    return total


def covered(cost: Array, demand: Array, chosen: Flags, reach: float) -> Array:
    """Return people within ``reach`` of a chosen site; demand (..., point) -> (...)."""
    near = (cost[:, chosen] <= reach).any(axis=1)
    people: Array = demand[..., near].sum(axis=-1)
    return people


def farthest(cost: Array, demand: Array, chosen: Flags) -> float:
    """Return the largest distance of any inhabited point to its nearest chosen site."""
    return float(cost[np.ix_(demand > 0, chosen)].min(axis=1).max(initial=0.0))

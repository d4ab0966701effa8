"""Frühwarnung: rules over draws, where they hold first, and what would make them disappear.

Every rule becomes an *excess*, an amount in persons, places or staff, such that the rule's condition is excess > 0. So
the probability of a rule is the share of draws with a positive excess, and what must be added (places, staff) or
missing (people in need) for the rule to fall silent is an order statistic of the excess.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
COLUMNS = (
    *("rule", "state", "district", "name", "first_year", "probability", "relief", "relief_unit", "p_constant", "grade"),
)
STATES = ("warning", "watch")


class Rule(Protocol):
    """One rule as data/early_warning.yaml declares it."""

    @property
    def id(self) -> str: ...
    @property
    def probability(self) -> float: ...
    @property
    def watch(self) -> float: ...
    @property
    def unit(self) -> str: ...
    @property
    def level(self) -> tuple[str, ...]: ...


def growth_excess(need: Array, window: int, limit: float) -> Array:
    """Return people in need beyond 1 + ``limit`` times the number ``window`` years before (draw, area, year).

    ``need`` (draw, area, year); the last ``window`` years, of which the end is not projected, are left out.
    """
    return np.asarray(need[..., window:] - (1 + limit) * need[..., :-window])


def shortage_excess(missing: Array, limit: float) -> Array:
    """Return missing places beyond ``limit`` (draw, area, year)."""
    return np.asarray(missing - limit)


def potential_excess(middle: Array, oldest: Array, limit: float) -> Array:
    """Return persons of the middle-age band that lack for ``limit`` of them per old person (draw, area, year)."""
    return np.asarray(limit * oldest - middle)


def load_excess(clients: Array, staff: float, accepted: float) -> Array:
    """Return staff that lack for at most ``accepted`` clients per member of staff (draw, area, year)."""
    return np.asarray(clients / accepted - staff)


def relief(excess: Array, probability: float) -> float:
    """Return the least whole amount that, taken from every draw (draw,), brings P(excess > 0) below ``probability``.

    0 where it is below already.
    """
    needed = math.ceil(probability * excess.size - 1e-9)
    barely = np.sort(excess)[::-1][needed - 1]
    return float(max(math.ceil(barely), 0)) if barely > 0 else 0.0


def evaluate(rule: Rule, excess: Array, areas: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Return COLUMNS (without p_constant) for the areas in which a rule holds or comes near.

    ``excess`` (draw, area, year) for ``years``; ``areas`` in the same order with district, name, grade, allowed (bool).
    A warning stands at the first year in which P reaches the rule's probability; to be watched is the likeliest year.
    """
    chance = (excess > 0).mean(axis=0)
    rows = []
    for area, facts in enumerate(areas.to_dict("records")):
        best = float(chance[area].max())
        if not facts["allowed"] or best < rule.watch:
            continue
        warns = best >= rule.probability
        at = int(np.argmax(chance[area] >= (rule.probability if warns else best)))
        rows.append(
            {
                **{"rule": rule.id, "state": STATES[0] if warns else STATES[1]},
                **{key: facts[key] for key in ("district", "name", "grade")},
                **{"first_year": years[at], "probability": float(chance[area, at])},
                "relief": relief(excess[:, area, at], rule.probability) if warns else np.nan,
                "relief_unit": rule.unit,
            }
        )
    return pd.DataFrame(rows, columns=[column for column in COLUMNS if column != "p_constant"])

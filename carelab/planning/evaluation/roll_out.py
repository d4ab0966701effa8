"""A roll-out drawn by chance, balanced on need and size: strata first, then chance within each stratum.

Strata are halves by size within halves by need. Starts are spread over strata as evenly as whole numbers allow
(chance decides which stratum gets what is left over), then drawn within each: the same redraws that
``randomisation.redraw`` makes with these strata, so the test stays exact. Draws are never repeated until the balance
pleases; that would make other redraws impossible.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from carelab.planning.evaluation.estimators import Index
from carelab.planning.evaluation.randomisation import draw_rollout
from carelab.terms import UserError

NEVER = "never"


def facts(demand: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return district, need, size in the base year, from the medians of the forecast; only where anyone needs care.

    ``demand`` columns district, year, setting, median; ``population`` district, year, age_band, median.
    """
    year = int(demand["year"].min())
    need = demand[(demand["year"] == year) & (demand["setting"] == "total")].set_index("district")["median"]
    people = population[(population["year"] == year) & (population["age_band"] == "total")].set_index("district")
    both = need.rename("need").to_frame().join(people["median"].rename("size"))
    return both.query("need >= 1").round(1).reset_index()


def draw_units(facts: pd.DataFrame, waves: Mapping[str, int], *, seed: int) -> pd.DataFrame:
    """Return district, need, size, stratum, start. ``facts`` district, need, size; ``waves`` start -> districts.

    Districts beyond the waves never start. The same facts, waves and seed give the same roll-out on every machine.
    Raises UserError if no district is left for comparison and no later wave either.
    """
    total = sum(waves.values())
    if total > len(facts) or not waves or min(waves.values()) < 1 or (total == len(facts) and len(waves) < 2):
        raise UserError(
            f"Roll-out: {total} Starts für {len(facts)} Stadtteile; nötig sind mindestens ein Start je Welle und "
            "Stadtteile zum Vergleich (ohne Start oder in einer späteren Welle).",
            f"roll-out: {total} starts for {len(facts)} districts; needed are at least one start per wave and "
            "districts to compare with (without a start or in a later wave).",
        )
    units = facts.sort_values("district", ignore_index=True).assign(stratum=0)
    units["stratum"] = strata(units)
    named = [*sorted(waves), NEVER]
    spread = _spread([*(waves[wave] for wave in sorted(waves)), len(units) - total])
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.permutation(4)[units["stratum"].to_numpy()], kind="stable")
    slots = np.empty(len(units), dtype=np.int64)
    slots[order] = spread
    drawn = draw_rollout(slots, rng, strata=units["stratum"].to_numpy())
    return units.assign(start=[named[place] for place in drawn])


def strata(units: pd.DataFrame) -> Index:
    """Return the stratum (0-3) of each unit: halves by need, and within each halves by size."""
    need = units["need"].rank(method="first").to_numpy()
    upper = need > len(units) / 2
    found = np.zeros(len(units), dtype=np.int64)
    for half in (False, True):
        members = np.flatnonzero(upper == half)
        size = units["size"].iloc[members].rank(method="first").to_numpy()
        found[members] = 2 * int(half) + (size > len(members) / 2)
    return found


def _spread(amounts: list[int]) -> Index:
    """Return places of waves in an order in which every stretch holds about its share of each."""
    at = [((each + 0.5) / amount, place) for place, amount in enumerate(amounts) for each in range(amount)]
    return np.array([place for _, place in sorted(at)], dtype=np.int64)


def balance(units: pd.DataFrame) -> pd.DataFrame:
    """Return start, districts, need (mean), size (mean): what chance has made of the balance."""
    groups = units.groupby("start")
    return groups.agg(districts=("district", "size"), need=("need", "mean"), size=("size", "mean")).reset_index()

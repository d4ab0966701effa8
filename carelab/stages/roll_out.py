"""What the evaluation of a roll-out by district will be able to see: power and MDE before anything has started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from carelab.planning.evaluation.estimators import NEVER, Array, imputation
from carelab.planning.evaluation.futures import counted_futures
from carelab.planning.evaluation.power import detectable, smallest_effects
from carelab.planning.evaluation.roll_out import draw_units

if TYPE_CHECKING:
    from carelab.stages.needs import Needs
    from carelab.stages.outreach import Outreach

PERIODS, BEFORE = 10, 4
"""Half-years observed, and those of them before the start."""
TREATED = (4, 8, 12, 20)
"""Districts that begin, as far as at least as many do not: the same number of each of the four strata."""
EFFECTS = tuple(range(0, 105, 5))
"""Effects in per cent at which the power is shown."""
REDRAWS = 399
START = "start"
COLUMNS = ("treated", "districts", "measure", "effect_pct", "value", "status", "grade")


def roll_out_power(study: Needs, outreach: Outreach) -> pd.DataFrame:
    """Return COLUMNS for counselling contacts (§ 7a SGB XI) per 1,000 people in need, districts drawn by chance.

    ``measure``: ``mean`` (contacts per 1,000 people in need and half-year), ``mde_pct`` (smallest constant effect that
    the randomisation test finds at 5 % in 80 % of futures, in per cent of ``mean``; NaN: no effect could be found, too
    few arrangements), ``power`` (0-1) at ``effect_pct``. No rows where the city has fewer than eight districts.
    """
    units = _units(study, outreach)
    if len(units) < 2 * min(TREATED):
        return pd.DataFrame(columns=list(COLUMNS))
    keys = [list(study.districts.index).index(key) for key in units["district"]]
    need = _need(study, outreach)[:, keys]
    rng = np.random.default_rng([study.params.seed, *b"rollout"])
    counts = counted_futures(outreach.due["counselling"][:, keys] / 2, rng, periods=PERIODS)
    rates = 1000 * counts / need[:, :, None]
    amounts = [amount for amount in TREATED if 2 * amount <= len(units)]
    rows = [row for amount in amounts for row in _power(units, rates, amount, seed=study.params.seed)]
    return pd.DataFrame(rows).assign(status="assumed", grade=study.city.info.grade)[list(COLUMNS)]


def _units(study: Needs, outreach: Outreach) -> pd.DataFrame:
    """Return district, need, size (medians in the Mobil's first year) of the ranked districts."""
    ranked = study.districts["ranked"].to_numpy(bool)
    people = study.population.sel(year=outreach.year).median("draw").sum(["sex", "age"]).values
    table = pd.DataFrame(
        {"district": study.districts.index, "need": np.median(_need(study, outreach), axis=0), "size": people}
    )
    return table[ranked & (table["need"] >= 1)].reset_index(drop=True)


def _need(study: Needs, outreach: Outreach) -> Array:
    """Return people in need (draw, district) in the Mobil's first year, in the draws of the Mobil."""
    need = study.demand.sel(year=outreach.year).isel(draw=slice(0, outreach.draws)).sum("setting")
    people: Array = np.maximum(need.transpose("draw", "district").values.astype(float), 1.0)
    return people


def _power(units: pd.DataFrame, rates: Array, amount: int, *, seed: int) -> list[dict[str, object]]:
    """Return the rows of one number of districts that begin."""
    drawn = draw_units(units, {START: amount}, seed=seed)
    start = np.where(drawn["start"] == START, BEFORE, NEVER)
    strata = drawn["stratum"].to_numpy()
    order = [list(units["district"]).index(key) for key in drawn["district"]]
    rng = np.random.default_rng(seed)
    mean = float(rates.mean())
    estimator = imputation(start, PERIODS)
    seen = smallest_effects(estimator, rates[:, order], start, rng, strata=strata, redraws=REDRAWS)
    smallest = detectable(seen)
    facts = {"mean": mean, "mde_pct": 100 * smallest / mean if np.isfinite(smallest) else np.nan}
    common = {"treated": amount, "districts": len(units)}
    rows: list[dict[str, object]] = [
        {**common, "measure": name, "effect_pct": np.nan, "value": value} for name, value in facts.items()
    ]
    rows += [
        {
            **common,
            "measure": "power",
            "effect_pct": float(each),
            "value": float((100 * seen / mean <= each).mean()),
        }
        for each in EFFECTS
    ]
    return rows

"""Rules of thumb for people in need, each with intervals from its own errors at all other origins of a horizon."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care.schedule import solve_level
from carelab.forecast.care_panel.ages import AgePanel, expected_need, grow_older, standard_hazard
from carelab.forecast.care_panel.data import CarePanel
from carelab.forecast.care_panel.growth import step_between
from carelab.forecast.care_panel.model import geometric
from carelab.forecast.scores import crps_common, pit_common
from carelab.forecast.summary import PROBABILITIES
from carelab.terms import QUANTILE_COLUMNS

RULES: Final = (
    "carry_forward",
    "own_last_growth",
    "national_last_growth",
    "parent_last_growth",
    "damped_step",
    "constant_rates",
)
STEP_DAMPING: Final = 0.8
"""Rule `damped_step`: national growth fades to this share with every survey step."""
FEWEST_ERRORS: Final = 10
"""A rule's interval needs so many errors at other origins."""


def rule_forecasts(panel: CarePanel, ages: AgePanel | None, years_ahead: int) -> dict[str, Array]:
    """Return rule -> persons (area,) at ``years_ahead`` from a panel that ends at the origin; NaN where it cannot say.

    ``panel`` has at least two surveys; `constant_rates` (today's rates, cohorts grown older: the official method) needs
    ``ages``.
    """
    last = panel.years.size - 1
    step = step_between(panel, last - 1, last)
    counts, ratio = panel.counts[:, last], years_ahead / step.years
    growth = step.common * ratio
    own_growth = (step.common + step.land + step.own) * ratio
    with np.errstate(over="ignore"):
        return {
            "carry_forward": counts,
            "own_last_growth": counts * np.exp(own_growth),
            "national_last_growth": counts * np.exp(growth),
            "parent_last_growth": counts * np.exp((step.common + step.land) * ratio),
            "damped_step": counts * np.exp(step.common * STEP_DAMPING * geometric(STEP_DAMPING, ratio)),
            "constant_rates": counts * ageing_factor(panel, ages, years_ahead),
        }


def ageing_factor(panel: CarePanel, ages: AgePanel | None, years_ahead: int) -> Array:
    """Return the factor (area,) by which need grows at constant rates as cohorts grow older; NaN = unknown."""
    found = None if ages is None else ages.at(int(panel.years[-1]))
    unknown = np.full(panel.areas.size, np.nan)
    if found is None:
        return unknown
    hazard, counts = standard_hazard(), panel.counts[:, -1]
    persons = found.persons
    known = np.isfinite(counts) & np.isfinite(persons).all(axis=(1, 2))
    if not known.any():
        return unknown
    level = float(solve_level(persons[known].sum(axis=0).ravel(), hazard.ravel(), np.asarray(counts[known].sum())))
    now, later = (expected_need(each, hazard, level) for each in (persons, grow_older(persons, years_ahead)))
    return np.asarray(np.divide(later, now, out=unknown, where=(now > 0) & np.isfinite(now)))


def with_intervals(points: pd.DataFrame) -> pd.DataFrame:
    """Return rows with quantile columns, crps and pit: point x observed / point at all other origins, a distribution.

    ``points`` has columns rule, origin, horizon, point, observed. NaN where fewer than FEWEST_ERRORS errors are known.
    This lets the rules learn from later origins too; the model never does.
    """
    probabilities = [PROBABILITIES[column] for column in QUANTILE_COLUMNS]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (points["observed"] / points["point"]).where(points["point"] > 0).to_numpy(float)
    result = np.full((len(points), len(QUANTILE_COLUMNS) + 2), np.nan)
    origin, point = points["origin"].to_numpy(), points["point"].to_numpy(float)
    for positions in points.groupby(["rule", "horizon"], sort=False).indices.values():
        for own in np.unique(origin[positions]):
            here = positions[origin[positions] == own]
            others = ratio[positions[origin[positions] != own]]
            others = others[np.isfinite(others)]
            if others.size >= FEWEST_ERRORS:
                result[here, :-2] = point[here, None] * np.quantile(others, probabilities)
                result[here, -2] = point[here] * crps_common(ratio[here], others)
                result[here, -1] = pit_common(ratio[here], others)
    table = points.copy()
    table[[*QUANTILE_COLUMNS, "crps", "pit"]] = result
    return table

"""Rules of thumb for district populations, as they are used in practice: what a model has to beat."""

from __future__ import annotations

from typing import Final

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.backtest.care_rules import STEP_DAMPING
from carelab.forecast.backtest.pop_targets import Targets
from carelab.forecast.care.trend import SURVEY_STEP
from carelab.forecast.care_panel.model import geometric
from carelab.forecast.small_area.hamilton_perry import LARGEST, divide, hamilton_perry
from carelab.forecast.small_area.projector import PanelArrays

RULES: Final = (
    "carry_forward",
    "own_last_growth",
    "panel_last_growth",
    "damped_step",
    "hamilton_perry_local",
    "hamilton_perry_panel",
)
YEARLY_DAMPING: Final = STEP_DAMPING ** (1 / SURVEY_STEP)
"""Rule `damped_step`: the panel's growth fades to this share with every year, as that of care does per survey step."""


def forecast_rules(panel: PanelArrays, targets: Targets, *, origin: int, horizon: int) -> dict[str, Array]:
    """Return persons (a, k) by rule; NaN where the counts that a rule needs are unknown. Uses counts to the origin."""
    lag = min(horizon, int(origin - panel.years[0]))
    now = targets.of_cells(targets.to_cells(panel.at(origin)))
    before = targets.of_cells(targets.to_cells(panel.at(origin - lag)))
    both = ~np.isnan(now + before)
    total_now, total_before = (np.where(both, each, 0.0).sum(axis=0) for each in (now, before))
    growth = capped_growth(total_now, total_before) ** (1 / lag)
    return {
        "carry_forward": now,
        "own_last_growth": now * capped_growth(now, before) ** (horizon / lag),
        "panel_last_growth": now * growth**horizon,
        "damped_step": now * growth ** (YEARLY_DAMPING * geometric(YEARLY_DAMPING, horizon)),
        "hamilton_perry_local": targets.of_cells(targets.to_cells(hamilton_perry(panel, origin, horizon, local=True))),
        "hamilton_perry_panel": targets.of_cells(targets.to_cells(hamilton_perry(panel, origin, horizon, local=False))),
    }


def capped_growth(now: Array, before: Array) -> Array:
    """Return growth factors, capped at LARGEST; 1 where nobody was there before, NaN where a count is unknown."""
    return np.clip(divide(now, before, 1.0), 1 / LARGEST, LARGEST)

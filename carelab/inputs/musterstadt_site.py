"""Make up one site: a counselling point that opens in one quarter of Musterstadt, with a known effect put in there.

The quarters are those of ``musterstadt_pilot``; nothing here was counted. All quarters share a path (a slow rise and
moves that persist); each adds errors of its own. ``carelab.stages.simulated_pilot`` registers the design and writes it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from carelab.inputs.musterstadt_pilot import RHO, SEED, quarters, true_effect
from carelab.inputs.musterstadt_pilot import errors as persistent

FIRST, LAST, REGISTERED = "2014-H1", "2025-H2", "2021-10-04"
UNIT, START = "0207", "2022-H1"
OUTCOMES: dict[str, tuple[float, float, tuple[float, ...]]] = {
    "advice_per_1000": (40.0, 2.5, (12.0,)),
    "cards_60plus_per_1000": (30.0, 2.0, (0.0,)),
}
"""Outcome: level, spread of errors (AR(1)), effect by half-year since the start (the last stays)."""
SOURCE = "SIMULIERT / SIMULATED: carelab.inputs.musterstadt_site"


def outcomes(periods: Sequence[str]) -> pd.DataFrame:
    """Return outcome, unit, half_year, value, source: levels, a common path, AR(1) errors, and the known effect."""
    units, rows = list(quarters()["unit"]), []
    starts = [periods.index(START) if unit == UNIT else -1 for unit in units]
    for place, (key, (level, spread, path)) in enumerate(OUTCOMES.items()):
        rng = np.random.default_rng([SEED, 4, place])
        common = 0.08 * level * np.arange(len(periods)) / len(periods) + spread * persistent(rng, 1, len(periods), RHO)
        values = level + rng.normal(0, 0.15 * level, (len(units), 1)) + common
        values += spread * persistent(rng, len(units), len(periods), RHO) + true_effect(path, starts, len(periods))
        for unit, line in zip(units, np.maximum(values, 0.0).round(1), strict=True):
            rows += [(key, unit, half, float(value), SOURCE) for half, value in zip(periods, line, strict=True)]
    return pd.DataFrame(rows, columns=["outcome", "unit", "half_year", "value", "source"])


def truth() -> pd.DataFrame:
    """Return measure, part, value: the step put in."""
    rows = [("step", key, path[-1]) for key, (_, _, path) in OUTCOMES.items()]
    return pd.DataFrame(rows, columns=["measure", "part", "value"])

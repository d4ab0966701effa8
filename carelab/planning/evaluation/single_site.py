"""A measure at a single site: its own series before and after, and beside it a synthetic control of other units.

The null check runs both through the functions that make the printed numbers, on futures without effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.planning.evaluation.comparison import reachable
from carelab.planning.evaluation.estimators import NEVER, Array, Index
from carelab.planning.evaluation.null_check import COLUMNS, rejections
from carelab.planning.evaluation.synthetic_control import Synthetic, placebo_p_values, synthetic_control, why_not
from carelab.planning.evaluation.time_series import Step, interrupted, placebo_dates

SERIES, SYNTHETIC = "time_series", "synthetic_control"


@dataclass(frozen=True, eq=False)
class AtSite:
    """One outcome at a site: step of its series, whether placebo dates exclude zero, and the synthetic control.

    ``synthetic`` is None where ``reason`` (synthetic_control.why_not) speaks against it; ``null`` how often the series'
    interval excludes zero, and the synthetic control's test rejects, on futures without effect.
    """

    step: Step
    placebos: tuple[bool, ...]
    synthetic: Synthetic | None
    reason: str
    null: pd.DataFrame


def at_site(outcome: Array, start: Index, futures: Array, *, level: float, alpha: float) -> AtSite:
    """Return what an outcome (unit, period) says of the one unit that starts; ``futures`` (draw, unit, period).

    Raises UserError where the series is too short (time_series.interrupted).
    """
    unit = int(np.flatnonzero(start != NEVER)[0])
    first, reason = int(start[unit]), why_not(start, outcome.shape[1])
    dates = placebo_dates(outcome[unit], first, level=level)
    return AtSite(
        step=interrupted(outcome[unit], first, level=level),
        placebos=tuple(bool(each) for each in dates["excludes_zero"]),
        synthetic=None if reason else synthetic_control(outcome, start, level=level),
        reason=reason,
        null=null_check_at_site(futures, start, level=level, alpha=alpha),
    )


def null_check_at_site(futures: Array, start: Index, *, level: float, alpha: float) -> pd.DataFrame:
    """Return null_check.COLUMNS: of the time series how often its interval leaves zero out (aim: 1 - level)."""
    unit = int(np.flatnonzero(start != NEVER)[0])
    loud = [interrupted(series, int(start[unit]), level=level).excludes_zero for series in futures[:, unit]]
    table = pd.DataFrame([(SERIES, float(np.mean(loud)), 1 - level, len(loud))], columns=list(COLUMNS))
    if why_not(start, futures.shape[2]):
        return table
    found = {SYNTHETIC: placebo_p_values(futures, start)}
    aims = {SYNTHETIC: reachable(futures.shape[1], alpha)}
    return pd.concat([table, rejections(found, aims, alpha=alpha)], ignore_index=True)

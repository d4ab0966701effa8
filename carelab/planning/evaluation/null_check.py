"""How often the tests of a plan reject when nothing has happened: on futures like the periods before the start."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from carelab.planning.evaluation.comparison import CLUSTERED, Plan, attainable, p_values
from carelab.planning.evaluation.estimators import Array

COLUMNS = ("test", "rejected", "attainable", "runs")


def null_check(plan: Plan, futures: Array, *, alpha: float) -> pd.DataFrame:
    """Return test, rejected (share of futures with p <= alpha), attainable (what the test aims at), runs.

    ``futures`` (draw, unit, period) without effect. ``attainable`` of the clustered t test is ``alpha``.
    """
    found = p_values(plan, futures)
    aims = {test: alpha if test == CLUSTERED else attainable(plan, test, alpha) for test in found}
    return rejections(found, aims, alpha=alpha)


def rejections(found: Mapping[str, Array], aims: Mapping[str, float], *, alpha: float) -> pd.DataFrame:
    """Return COLUMNS for p-values (draw,) by test and the rates that they aim at."""
    rows = [(test, float((values <= alpha + 1e-12).mean()), aims[test], len(values)) for test, values in found.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))

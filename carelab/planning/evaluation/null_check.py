"""How often the tests of a plan reject when nothing has happened: on futures like the periods before the start."""

from __future__ import annotations

import pandas as pd

from carelab.planning.evaluation.comparison import CLUSTERED, Plan, attainable, p_values
from carelab.planning.evaluation.estimators import Array

COLUMNS = ("test", "rejected", "attainable", "runs")


def null_check(plan: Plan, futures: Array, *, alpha: float) -> pd.DataFrame:
    """Return test, rejected (share of futures with p <= alpha), attainable (what the test aims at), runs.

    ``futures`` (draw, unit, period) without effect. ``attainable`` of the clustered t test is ``alpha``.
    """
    rows = []
    for test, values in p_values(plan, futures).items():
        aim = alpha if test == CLUSTERED else attainable(plan, test, alpha)
        rows.append((test, float((values <= alpha + 1e-12).mean()), aim, len(values)))
    return pd.DataFrame(rows, columns=list(COLUMNS))

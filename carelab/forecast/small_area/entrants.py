"""How many grow old out of a group too wide to tell its ages: the mean of cohorts and the last period's ratios.

Who turns 65 is hidden in a group such as 20-64. Cohorts followed inside it drift off; the last period's ratios repeat a
turnover that changes. Their errors have little in common, so their mean is a good guess of both (Bates & Granger 1969,
Operational Research Quarterly 20). Weights learnt from past errors were clearly worse than equal ones on two panels of
five and hardly better on three (decision 0030), as they often are (Smith & Wallis 2009, Oxford Bulletin of Economics
and Statistics 71).
"""

from __future__ import annotations

import numpy as np

from carelab.forecast.arrays import Array, Index
from carelab.forecast.small_area.ages import Bands
from carelab.forecast.small_area.totals import FURTHEST


def hidden_edges(bands: Bands, cells: Index) -> Index:
    """Return which cells (e,), given by first groups (c,), begin above a group that does not tell its ages."""
    above = np.arange(1, len(cells))
    return np.asarray(above[~bands.tell_ages[cells[above] - 1]])


def mean_entrants(cohorts: Array, last: Array, edges: Index) -> Array:
    """Return cells (a, c): what every hidden edge (e,) and all above it hold is the geometric mean of both forecasts.

    Only the edge's own cell changes: who is in those above is told by their groups. Where the last period's ratios are
    not known (NaN), cohorts stand alone.
    """
    result = cohorts.copy()
    for edge in edges[::-1]:
        both = [each[:, edge:].sum(axis=1) for each in (cohorts, last)]
        others, own = result[:, edge + 1 :].sum(axis=1), result[:, edge]
        wanted = np.clip(np.sqrt(both[0] * both[1]) - others, own / FURTHEST, own * FURTHEST)
        result[:, edge] = np.where(np.isfinite(both[1]), wanted, own)
    return result

"""Ranks with their uncertainty: in which places of a list a district may stand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]


def rank_table(values: Array, eligible: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return median, lower_80 and upper_80 of each district's rank (1 = largest value) over draws (draw, district).

    Only ``eligible`` districts are ranked; the others have NaN. Equal values share a draw's order by position.
    Ranks are whole: order statistics of the draws, not between them.
    """
    ranks = np.full(values.shape, np.nan)
    chosen = values[:, eligible]
    order = np.argsort(-chosen, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, order.shape[1] + 1)[None, :], axis=1)
    ranks[:, eligible] = places
    bounds = [np.full(values.shape[1], np.nan) for _ in range(3)]
    for bound, share in zip(bounds, (0.5, 0.1, 0.9), strict=True):
        if eligible.any():
            bound[eligible] = np.quantile(places, share, axis=0, method="inverted_cdf")
    return pd.DataFrame(dict(zip(("median", "lower_80", "upper_80"), bounds, strict=True)))

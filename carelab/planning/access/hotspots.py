"""Hot spots: do districts of poor (or good) access lie together more than chance would have it?

Local Moran's I and Getis-Ord G* with conditional permutations (Anselin 1995; Getis & Ord 1992), by PySAL esda. Forty
tests find something by chance: the false discovery rate is held (Benjamini & Hochberg 1995), and few districts carry
no such test at all.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from carelab.planning.access.catchment import Array

FEWEST = 20
"""With fewer districts nothing is tested."""
NEIGHBOURS, PERMUTATIONS, DISCOVERY_RATE = 5, 999, 0.1
_QUADRANT = {1: "high_high", 2: "low_high", 3: "low_low", 4: "high_low"}


def hot_spots(values: Array, at: Array, *, seed: int) -> pd.DataFrame | None:
    """Return moran, p_moran, getis, p_getis, p_threshold and cluster, a row per place; None with fewer than FEWEST.

    ``values`` (place,) and ``at`` (place, 2) metres, both finite. cluster: high_high, low_low, high_low, low_high where
    Moran's p is at most the threshold of the false discovery rate, else "". Neighbours are the nearest NEIGHBOURS.
    """
    if values.size < FEWEST or np.ptp(values) == 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # esda warns of its own future, what it imports of progress bars
        from esda import G_Local, Moran_Local, fdr  # expensive to import, and only needed where somebody looks
        from libpysal.weights import KNN

        near = KNN.from_array(at, k=NEIGHBOURS)
        moran = Moran_Local(values, near, permutations=PERMUTATIONS, seed=seed, n_jobs=1)
        getis = G_Local(values, near, star=True, permutations=PERMUTATIONS, seed=seed, n_jobs=1)
    threshold = float(fdr(moran.p_sim, DISCOVERY_RATE))
    chosen = moran.p_sim <= threshold
    return pd.DataFrame(
        {
            "moran": moran.Is,
            "p_moran": moran.p_sim,
            "getis": getis.Zs,
            "p_getis": getis.p_sim,
            "p_threshold": threshold,
            "cluster": [_QUADRANT[q] if hit else "" for q, hit in zip(moran.q, chosen, strict=True)],
        }
    )

"""What a further file would do to the answer: how much narrower the interval of a district becomes with it.

One component of the uncertainty is taken out at a time, as if the file had arrived and said what is expected now; all
other random numbers stay. The components interact, so the effects do not add up.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
ENDS = (0.1, 0.9)
"""Ends of the 80 % prediction interval."""
ENDPOINTS = ("oldest", "need", "share", "gap")
"""What planners read of a district: inhabitants of 80 and over, people in need, its share of the city's need, missing
nursing-home places."""
COLUMNS = ("ask", *(f"{name}_narrower_pct" for name in ENDPOINTS), "narrower_pct", "present")


def width_80(draws: Array) -> Array:
    """Return the width (district,) of the 80 % interval of draws (draw, district), in their unit."""
    low, high = np.quantile(draws, ENDS, axis=0)
    return np.asarray(high - low)


def narrower_pct(before: Array, after: Array, ranked: npt.NDArray[np.bool_]) -> float:
    """Return by how many per cent the interval shrinks, median over ``ranked`` districts; draws (draw, district).

    Negative values (a wider interval) are possible in few draws and are not hidden. NaN where nothing was uncertain.
    """
    old, new = width_80(before)[ranked], width_80(after)[ranked]
    uncertain = old > 1e-9
    return float(100 * np.median(1 - new[uncertain] / old[uncertain])) if uncertain.any() else float("nan")


def needs_table(
    base: Mapping[str, Array],
    known: Mapping[str, Mapping[str, Array]],
    ranked: npt.NDArray[np.bool_],
    *,
    present: Mapping[str, bool],
) -> pd.DataFrame:
    """Return COLUMNS, largest effect first; what the city has already and what moves no interval (NaN) come last.

    ``base`` draws (draw, district) by ENDPOINTS; ``known`` the same by ask, as if that file were there (empty: it
    enters none of these intervals); ``present``: the city has the file. ``narrower_pct`` is the largest of the effects.
    """
    rows = []
    for ask, draws in known.items():
        effects = [narrower_pct(base[name], draws[name], ranked) if draws else float("nan") for name in ENDPOINTS]
        rows.append((ask, *effects, max(effects), present.get(ask, False)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = ["present", "narrower_pct"]
    return table.sort_values(order, ascending=[True, False], kind="stable", ignore_index=True)

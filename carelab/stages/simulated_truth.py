"""What was put into a simulated pilot beside what its evaluation found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carelab.planning.evaluation.single_site import SERIES, SYNTHETIC

COLUMNS = ("measure", "part", "truth", "found", "lower_80", "upper_80", "inside")
MEASURED_BY = {"step": (SERIES, SYNTHETIC)}
"""Truth -> the results that are compared with it; other measures have one of the same name."""


def beside_truth(known: pd.DataFrame, found: Mapping[tuple[Any, Any], Mapping[Any, Any]]) -> pd.DataFrame:
    """Return measure, part, truth, found, lower_80, upper_80, inside, of what is known and was found.

    ``known`` measure, part, value; ``found`` (measure, part) -> estimate or median, lower_80, upper_80.
    """
    rows = []
    for row in known.to_dict("records"):
        for measure in MEASURED_BY.get(row["measure"], (row["measure"],)):
            match = found.get((measure, row["part"]), {})
            low, high = (float(match.get(end, np.nan)) for end in ("lower_80", "upper_80"))
            if np.isfinite([low, high]).all():
                middle = match["median"] if "median" in match else match["estimate"]
                rows.append((measure, row["part"], row["value"], middle, low, high, low <= row["value"] <= high))
    return pd.DataFrame(rows, columns=list(COLUMNS))

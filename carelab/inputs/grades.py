"""Evidence grades: how well each district is known, by rule from the tables, never better than the city says.

A observed by district, age and sex; B observed in coarser bands; C district totals, ages from the city or the area
around it; D the totals themselves estimated; E the city as a whole only (docs/decisions/0021).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.inputs.city import CityData
from carelab.inputs.units import is_whole


def district_grades(data: CityData, base_year: int, *, registered: bool) -> pd.Series:
    """Return grade (A-E) by district key in the base year; the worse of the rule's and the city's own.

    ``registered``: every district is counted by sex and single age in it (population_ages).
    """
    keys = pd.Index(data.districts["district"])
    if is_whole(data):
        return pd.Series("E", index=keys)
    bands = data.population_bands
    banded = set(bands.loc[bands["year"] == base_year, "district"])
    total = data.population_total[data.population_total["year"] == base_year].set_index("district")["status"]
    counted = total.reindex(keys).isin(["observed", "derived"]).to_numpy()
    found = np.where(registered, "A", np.where(keys.isin(list(banded)), "B", np.where(counted, "C", "D")))
    return pd.Series(np.maximum(found.astype(object), data.info.grade), index=keys)


def years_since_count(data: CityData, base_year: int) -> pd.Series:
    """Return, by district, the years between the base year and its nearest count; 0 where it is counted in it.

    NaN where a district was never counted.
    """
    keys = pd.Index(data.districts["district"])
    total = data.population_total[data.population_total["year"] == base_year].set_index("district")["status"]
    estimated = total.reindex(keys) == "estimated"
    dated = data.population_dated
    near = (dated["year"] - base_year).abs().groupby(dated["district"]).min().reindex(keys).astype(float)
    return near.where(estimated, 0.0)

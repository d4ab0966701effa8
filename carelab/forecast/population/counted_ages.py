"""Districts counted by sex and single age in the register: taken as they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.terms import AGE_TOP, AGES, SEXES

BLANK = 2.0
"""A hidden count stands for 1 to 3 persons; its middle is used where the district's total does not say more."""


def counted_ages(
    ages: pd.DataFrame | None, population_total: pd.DataFrame, districts: pd.Index, year: int
) -> Array | None:
    """Return persons (district, sex, age) counted in ``year``, or None where not every district is counted so.

    ``ages`` columns district, year, sex, age_from, age_to, persons (NaN = hidden). Single ages up to AGE_TOP are
    needed; older ones join the open group. Hidden cells share what the district's total leaves, else BLANK each.
    """
    if ages is None or ages.empty:
        return None
    rows = ages[(ages["year"] == year) & ages["sex"].isin(SEXES)]
    single = (rows["age_from"] == rows["age_to"]) | (rows["age_from"] >= AGE_TOP)
    rows = rows[single].assign(age=rows["age_from"].clip(upper=AGE_TOP), hidden=rows["persons"].isna())
    cells = rows.groupby(["district", "sex", "age"])[["persons", "hidden"]].sum()
    wanted = pd.MultiIndex.from_product([list(districts), list(SEXES), list(AGES)])
    if not wanted.isin(cells.index).all():
        return None
    shape = (len(districts), len(SEXES), len(AGES))
    persons, hidden = (cells.loc[wanted, name].to_numpy(float).reshape(shape) for name in ("persons", "hidden"))
    totals = population_total[population_total["year"] == year].set_index("district")["persons"].reindex(districts)
    blanks = hidden.sum(axis=(1, 2))
    rest = np.clip(totals.to_numpy(float) - persons.sum(axis=(1, 2)), 0.0, None)
    share = np.divide(rest, blanks, out=np.full_like(rest, BLANK), where=(blanks > 0) & np.isfinite(rest))
    return np.asarray(persons + hidden * share[:, None, None])

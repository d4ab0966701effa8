"""Funnel: how far chance alone carries a small district's share from the city's, so that noise is not read as rank.

Limits are binomial quantiles around the city's share, interpolated between counts so that they are smooth in size
(Spiegelhalter 2005, Statistics in Medicine 24:1185). Over-dispersion: mean squared z-score of the districts, the
extreme tenth at each end pulled in; 1 is what chance gives, more means that districts truly differ or counts cluster.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom

Array = npt.NDArray[np.float64]
LEVELS = (80, 95)
WINSORISED = 0.1
LEAST_SIZE = 50
"""Persons or households; shares of fewer say nothing."""
LEAST_DISTRICTS = 5
"""Fewer districts give no picture of chance."""
COLUMNS = (
    *("city", "indicator", "district", "name", "year", "grade", "size", "value", "centre"),
    *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")),
    *("dispersion", "beyond"),
)


def funnel_limits(size: Array, centre: float, level: int) -> tuple[Array, Array]:
    """Return lower and upper limit (0-1) that a share of ``size`` persons keeps by chance with ``level`` per cent."""
    tail = (100 - level) / 200
    return _limit(size, centre, tail), _limit(size, centre, 1 - tail)


def _limit(size: Array, centre: float, probability: float) -> Array:
    """Return the interpolated binomial quantile as a share: between counts r-1 and r by where the probability lies."""
    count = binom.ppf(probability, size, centre)
    above, at = binom.cdf(count, size, centre), binom.pmf(count, size, centre)
    step = np.divide(above - probability, at, out=np.zeros_like(above), where=at > 0)
    return np.asarray(np.clip((count - step) / size, 0.0, 1.0))


def dispersion(count: Array, size: Array, centre: float) -> float:
    """Return the mean squared z-score of the shares, winsorised: 1 by chance alone, NaN without districts."""
    if count.size == 0 or not 0 < centre < 1:
        return float("nan")
    z = (count / size - centre) / np.sqrt(centre * (1 - centre) / size)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float(np.mean(np.clip(z, low, high) ** 2))


def funnel_table(indicators: pd.DataFrame, *, city: str) -> pd.DataFrame:
    """Return COLUMNS: counted shares of districts in their latest year, limits and dispersion, one city.

    ``indicators`` as planning/indicators gives it, with a column city; ``city`` its AGS. ``size`` is the denominator,
    ``beyond`` within, beyond_80 or beyond_95. Tables of several cities may be put below one another.
    """
    counts = indicators[(indicators["unit"] == "share") & (indicators["sex"] == "t") & indicators["denominator"].gt(0)]
    counts = counts[counts["status"].isin(["observed", "derived"]) & counts["median"].between(0, 1)]
    counts = counts[counts["lower_95"] == counts["upper_95"]]  # estimates have an interval of their own
    parts = [_one(rows, city) for _, rows in counts.groupby("indicator", sort=False)]
    parts = [part for part in parts if len(part) >= LEAST_DISTRICTS]
    return pd.concat(parts, ignore_index=True) if parts else _empty()


def _empty() -> pd.DataFrame:
    """Return no rows with the types of some, so that tables of several cities can be joined."""
    texts = ("city", "indicator", "district", "name", "grade", "beyond")
    kinds = {name: "object" if name in texts else "int64" if name == "year" else "float64" for name in COLUMNS}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _one(rows: pd.DataFrame, city: str) -> pd.DataFrame:
    """Return the funnel of one indicator in the latest year in which districts and city are counted."""
    years = set(rows.loc[rows["district"] == city, "year"]) & set(rows.loc[rows["district"] != city, "year"])
    now = rows[rows["year"] == max(years, default=0)]
    places = now[(now["district"] != city) & (now["denominator"] >= LEAST_SIZE)].rename(
        columns={"median": "value", "denominator": "size"}
    )
    if places.empty:
        return places
    centre = float(now.loc[now["district"] == city, "median"].iloc[0])
    size = places["size"].round().to_numpy(float)
    table = places.assign(centre=centre, size=size)
    for level in LEVELS:
        table[f"lower_{level}"], table[f"upper_{level}"] = funnel_limits(size, centre, level)
    outside = {level: ~table["value"].between(table[f"lower_{level}"], table[f"upper_{level}"]) for level in LEVELS}
    table["beyond"] = np.select([outside[95], outside[80]], ["beyond_95", "beyond_80"], "within")
    table["dispersion"] = dispersion(places["numerator"].to_numpy(float), size, centre)
    return table.sort_values("size", ascending=False)[list(COLUMNS)]

"""Growth and gap become tables: probabilities and ranks beside the intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from carelab.planning import gap as gap_model
from carelab.terms import LEVELS, QUANTILE_COLUMNS

FIVE, THREE = 5, 3


def growth_table(total: xr.DataArray, districts: pd.DataFrame, *, years: tuple[int, int]) -> pd.DataFrame:
    """Return growth of need between two years by district, largest first.

    ``total`` people in need (draw, district, year). Columns: district, name, from_year, to_year, quantile columns
    (persons), growth_pct (of the medians), p_top3 (share of draws in which it grows and is among the three growing
    most; districts that are not ``ranked`` do not compete), grade. Uninhabited districts are left out.
    """
    first, last = (total.sel(year=year).values for year in years)
    inhabited = districts["inhabited"].to_numpy(bool)
    table = _quantiles(last - first)
    start = np.median(first, axis=0)
    table["growth_pct"] = 100 * np.divide(
        np.median(last, axis=0) - start, start, out=np.full_like(start, np.nan), where=start > 0
    )
    growing = np.where(last > first, last - first, -np.inf)
    table["p_top3"] = gap_model.probability_among_highest(growing, THREE, districts["ranked"].to_numpy(bool))
    table = _keyed(table, districts, from_year=years[0], to_year=years[1])
    table = table.assign(grade=districts["grade"].to_numpy())[inhabited]
    return table.sort_values("median", ascending=False, ignore_index=True)


def gap_table(draws: xr.Dataset, districts: pd.DataFrame, *, limit: int) -> pd.DataFrame:
    """Return missing places by district and year with probabilities and two rankings (columns: architecture.md).

    ``draws``: gap and demand (draw, district, year), supply (draw, district) in places and persons, oldest (district,
    year) inhabitants of 80 and over. ``districts`` with name, grade, ranked (bool), places_known. Districts not
    ranked (uninhabited or tiny) have no ranks.
    """
    ranked = districts["ranked"].to_numpy(bool)
    gap = draws["gap"].transpose("draw", "district", "year").values
    worst = gap_model.probability_among_highest(gap, FIVE, ranked)
    above, far = (gap_model.probability_above(gap, x) for x in (0.0, float(limit)))
    wanted = draws["demand"].median("draw").transpose("district", "year").values
    parts = []
    for t, year in enumerate(draws["year"].values):
        table = _quantiles(gap[:, :, t])
        table = table.assign(
            demand=wanted[:, t],
            supply=draws["supply"].median("draw").values,
            places_known=districts["places_known"].to_numpy(float),
            p_shortfall=above[:, t],
            p_shortfall_places=far[:, t],
            p_five_worst=worst[:, t],
            rank=gap_model.ranking(table["median"].to_numpy(), ranked),
            rank_population=gap_model.ranking(draws["oldest"].sel(year=year).values, ranked),
            grade=districts["grade"].to_numpy(),
        )
        parts.append(_keyed(table, districts, year=int(year)))
    return pd.concat(parts, ignore_index=True)


def _keyed(table: pd.DataFrame, districts: pd.DataFrame, **keys: int) -> pd.DataFrame:
    """Return the table (one row per district, in order) with district, name and further keys in front."""
    front = {"district": districts.index, "name": districts["name"].to_numpy(), **keys}
    return pd.concat([pd.DataFrame(front), table], axis=1)


def _quantiles(draws: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Return the quantile columns of draws (draw, row)."""
    probabilities = [0.5, *((50 + side * level / 2) / 100 for level in LEVELS for side in (-1, 1))]
    return pd.DataFrame(np.quantile(draws, probabilities, axis=0).T, columns=list(QUANTILE_COLUMNS))

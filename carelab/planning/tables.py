"""Growth and gap become tables: probabilities and ranks beside the intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from carelab.planning import gap as gap_model
from carelab.terms import LEVELS, QUANTILE_COLUMNS

FIVE, THREE = 5, 3


def growth_table(total: xr.DataArray, districts: pd.DataFrame, *, years: tuple[int, int], grade: str) -> pd.DataFrame:
    """Return growth of need between two years by district, largest first.

    ``total`` people in need (draw, district, year). Columns: district, name, from_year, to_year, quantile columns
    (persons), growth_pct (of the medians), p_top3 (share of draws among the three largest), grade. Uninhabited
    districts are left out.
    """
    first, last = (total.sel(year=year).values for year in years)
    inhabited = districts["inhabited"].to_numpy(bool)
    table = _quantiles(last - first)
    start = np.median(first, axis=0)
    table["growth_pct"] = 100 * np.divide(
        np.median(last, axis=0) - start, start, out=np.full_like(start, np.nan), where=start > 0
    )
    table["p_top3"] = gap_model.probability_among_highest(last - first, THREE, inhabited)
    table.insert(0, "district", districts.index)
    table.insert(1, "name", districts["name"].to_numpy())
    table.insert(2, "from_year", years[0])
    table.insert(3, "to_year", years[1])
    table = table.assign(grade=grade)[inhabited]
    return table.sort_values("median", ascending=False, ignore_index=True)


def gap_table(
    gap: xr.DataArray,
    wanted: xr.DataArray,
    supply: xr.DataArray,
    districts: pd.DataFrame,
    oldest: xr.DataArray,
    *,
    limit: int,
    grade: str,
) -> pd.DataFrame:
    """Return missing places by district and year with probabilities and two rankings (columns: architecture.md,
    ``gap``).

    ``gap``, ``wanted`` (draw, district, year), ``supply`` (draw, district), ``oldest`` (district, year) inhabitants of
    80 and over; ``districts`` with name, inhabited, places_known. Uninhabited districts have no ranks.
    """
    inhabited = districts["inhabited"].to_numpy(bool)
    worst = gap_model.probability_among_highest(gap.values, FIVE, inhabited)
    above, far = (gap_model.probability_above(gap.values, x) for x in (0.0, float(limit)))
    places = np.median(supply.values, axis=0)
    parts = []
    for t, year in enumerate(gap["year"].values):
        table = _quantiles(gap.values[:, :, t])
        table = table.assign(
            demand=np.median(wanted.values[:, :, t], axis=0),
            supply=places,
            places_known=districts["places_known"].to_numpy(float),
            p_shortfall=above[:, t],
            p_shortfall_places=far[:, t],
            p_five_worst=worst[:, t],
            rank=gap_model.ranking(table["median"].to_numpy(), inhabited),
            rank_population=gap_model.ranking(oldest.sel(year=year).values, inhabited),
            grade=grade,
        )
        table.insert(0, "district", districts.index)
        table.insert(1, "name", districts["name"].to_numpy())
        table.insert(2, "year", int(year))
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _quantiles(draws: np.ndarray) -> pd.DataFrame:
    """Return the quantile columns of draws (draw, row)."""
    probabilities = [0.5, *((50 + side * level / 2) / 100 for level in LEVELS for side in (-1, 1))]
    return pd.DataFrame(np.quantile(draws, probabilities, axis=0).T, columns=list(QUANTILE_COLUMNS))

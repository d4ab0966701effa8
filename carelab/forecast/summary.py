"""Draws become the published columns: median and prediction intervals, one row per district, year, setting, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from carelab.terms import LEVELS, QUANTILE_COLUMNS

PROBABILITIES: Final[Mapping[str, float]] = {
    "median": 0.5,
    **{f"lower_{level}": (100 - level) / 200 for level in LEVELS},
    **{f"upper_{level}": (100 + level) / 200 for level in LEVELS},
}
"""Probability that belongs to each of terms.QUANTILE_COLUMNS."""


def quantile_table(draws: xr.DataArray, name: str | None = None, *, dim: str = "draw") -> pd.DataFrame:
    """Return one row per combination of the remaining dims and the columns terms.QUANTILE_COLUMNS (unit of the draws).

    Columns: ``measure`` (only where ``name`` is given), the remaining dims in their order, the quantiles (linear
    between order statistics, type 7 of Hyndman & Fan 1996; NaN where a draw is NaN). Raises ValueError without draws.
    """
    if dim not in draws.dims or draws.sizes[dim] == 0:
        raise ValueError(f"draws need a dimension {dim!r} with at least one draw; found {dict(draws.sizes)}")
    rest = [str(each) for each in draws.dims if each != dim]
    values = np.moveaxis(draws.values, draws.get_axis_num(dim), -1)
    keys = _keys(draws, rest)
    quantiles = sorted_quantiles(values.reshape(-1, values.shape[-1]), [PROBABILITIES[c] for c in QUANTILE_COLUMNS])
    table = pd.concat([keys, pd.DataFrame(quantiles, columns=list(QUANTILE_COLUMNS))], axis=1)
    if name is not None:
        table.insert(0, "measure", name)
    return table


def sorted_quantiles(values: NDArray[np.generic], probabilities: list[float]) -> NDArray[np.float64]:
    """Return the quantiles (..., probability) over the last axis by sorting once; equals ``numpy.quantile``."""
    ordered = np.sort(values, axis=-1)
    position = np.asarray(probabilities) * (ordered.shape[-1] - 1)
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    low, high = (ordered[..., index].astype(np.float64) for index in (below, above))
    result = low + (high - low) * (position - below)
    result[np.isnan(ordered[..., -1])] = np.nan
    return np.asarray(result, dtype=np.float64)


def _keys(draws: xr.DataArray, dims: list[str]) -> pd.DataFrame:
    """Return the coordinates of all cells, tidy, in C order; a dim without coordinates is numbered from 0."""
    if not dims:
        return pd.DataFrame(index=pd.RangeIndex(1))
    coordinates = [draws[each].to_index() for each in dims]
    return pd.MultiIndex.from_product(coordinates, names=dims).to_frame(index=False)

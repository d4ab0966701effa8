"""Draws become tables: quantiles with the columns that terms names, one row per fact."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast.arrays import Array, Years
from carelab.forecast.care.schedule import rates
from carelab.forecast.summary import quantile_table
from carelab.terms import AGE_BANDS, QUANTILE_COLUMNS, SETTINGS, SEXES


def age_band_draws(population: xr.DataArray) -> xr.DataArray:
    """Return persons (draw, district, age_band, year) from (year, draw, district, sex, age); bands plus "total"."""
    parts = []
    for first, last in AGE_BANDS.values():
        parts.append(population.values[..., first : last + 1].sum(axis=(-1, -2), dtype=np.float64))
    values = np.stack([*parts, sum(parts)], axis=0)
    coords = {name: population[name] for name in ("year", "draw", "district")} | {"age_band": [*AGE_BANDS, "total"]}
    draws = xr.DataArray(values, dims=("age_band", "year", "draw", "district"), coords=coords)
    return draws.transpose("draw", "district", "age_band", "year")


def counted_ages(years: Years, persons: Array) -> pd.DataFrame:
    """Return counted persons (t, ages) by year and age band, plus "total", as rows with all quantile columns equal."""
    sums = {band: persons[:, first : last + 1].sum(axis=1) for band, (first, last) in AGE_BANDS.items()}
    wide = pd.DataFrame(sums | {"total": persons.sum(axis=1)}).assign(year=years)
    order = pd.MultiIndex.from_product([years, [*sums, "total"]], names=["year", "age_band"])
    long = wide.melt(id_vars="year", var_name="age_band", value_name="persons").set_index(["year", "age_band"])
    return counted_rows(long.loc[order].reset_index())


def with_total(demand: xr.DataArray) -> xr.DataArray:
    """Return demand with "total" in front of the settings."""
    total = demand.sum("setting").expand_dims(setting=["total"])
    return xr.concat([total, demand], dim="setting").transpose(*demand.dims)


def counted_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return counted figures (column persons) with all quantile columns equal to the count."""
    counts = {column: table["persons"].astype(float) for column in QUANTILE_COLUMNS}
    return table.drop(columns="persons").assign(**counts)


def district_table(
    draws: xr.DataArray, names: pd.Series, *, grade: pd.Series, status: str | None = None
) -> pd.DataFrame:
    """Return quantiles by district and the remaining dims, with name, grade and (if given) status.

    ``draws`` dims draw, district, ...; ``names`` and ``grade`` of the districts, indexed by key.
    """
    table = quantile_table(draws)
    table.insert(list(table.columns).index("district") + 1, "name", table["district"].map(names))
    if status is not None:
        table["status"] = status
    return table.assign(grade=table["district"].map(grade))


def group_sums(draws: xr.DataArray, group: pd.Series) -> xr.DataArray:
    """Return sums (draw, group, ...) of draws over the districts of each group; float64.

    ``group`` is indexed by district; districts without one (NaN or not named) are in no sum.
    """
    known = group.reindex(draws["district"].to_index())
    names = sorted(known.dropna().unique())
    member = (known.to_numpy()[None, :] == np.array(names, dtype=object)[:, None]).astype(float)
    inside = xr.DataArray(member, dims=("group", "district"), coords={"group": names, "district": draws["district"]})
    rest = [dim for dim in draws.dims if dim not in ("draw", "district")]
    sums: xr.DataArray = xr.dot(inside, draws.astype(np.float64), dim="district").transpose("draw", "group", *rest)
    return sums


def care_counts(care: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the city's counts from ``first`` to ``last`` year as columns year, setting, persons, status.

    From 2019 on, what no setting counts is Pflegegrad 1 without services or homes (derived).
    """
    rows = care[(care["sex"] == "t") & care["year"].between(first, last)].rename(columns={"measure": "setting"})
    rows = rows[rows["setting"].isin(["people_in_need", *SETTINGS])].replace({"setting": {"people_in_need": "total"}})
    table = rows.pivot_table(index="year", columns="setting", values="persons")
    known = [setting for setting in SETTINGS if setting in table.columns and setting != "pg1_only"]
    rest = table["total"] - table[known].sum(axis=1, min_count=len(known))
    parts = rest[rest.index >= 2019].rename("persons").reset_index().assign(setting="pg1_only", status="derived")
    return pd.concat([rows[["year", "setting", "persons", "status"]], parts.dropna()], ignore_index=True)


def rate_table(hazard: Array, levels: xr.DataArray, persons: Array, years: list[int]) -> pd.DataFrame:
    """Return care rates by sex, age band and year (quantiles, 0-1) of the city; weights: ``persons`` (sex, age)."""
    chosen = levels.sel(year=years)
    single = rates(hazard, chosen.values)
    values = np.stack([_band_mean(single, persons, band) for band in AGE_BANDS.values()], axis=-1)
    coords = {"draw": chosen["draw"], "year": chosen["year"], "sex": list(SEXES), "age_band": list(AGE_BANDS)}
    draws = xr.DataArray(values, dims=("draw", "year", "sex", "age_band"), coords=coords)
    return quantile_table(draws.transpose("draw", "sex", "age_band", "year")).assign(status="projected")


def _band_mean(single: Array, persons: Array, band: tuple[int, int]) -> Array:
    ages = slice(band[0], band[1] + 1)
    mean: Array = (single[..., ages] * persons[:, ages]).sum(axis=-1) / persons[:, ages].sum(axis=-1)
    return mean

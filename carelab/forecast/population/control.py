"""Control totals and new housing: what a planner knows beyond the model enters here.

Control: an independent total (the city's own forecast, an official projection) moves the whole distribution so that its
median meets the total; the spread stays (Swanson & Tayman 2012, ch. 11). Housing: persons who will move into new
buildings.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.terms import AGE_TOP


def control_paths(path: Array, control: pd.DataFrame, base_year: int) -> Array:
    """Return persons (draw, year, sex, age) scaled so that medians meet ``control``.

    Columns of ``control``: year, age_from, age_to (empty = open), persons.

    Years between two controlled ones are interpolated in the ratio, later ones keep the last ratio, the base stays.
    Empty ages mean all ages; age groups not named stay as they are. Raises ValueError for totals that are not positive.
    """
    if (control["persons"] <= 0).any():
        raise ValueError("control totals must be positive")
    result = path.copy()
    years = np.arange(base_year, base_year + path.shape[1])
    for _, rows in control.fillna({"age_from": 0, "age_to": AGE_TOP}).groupby(["age_from", "age_to"]):
        ages = _ages(rows)
        median = np.median(path[..., ages].sum(axis=(2, 3)), axis=0)
        series = rows.set_index("year")["persons"].sort_index()
        series = series[(series.index > base_year) & (series.index <= years[-1])]
        ratio = series.to_numpy(float) / median[series.index.to_numpy() - base_year]
        known = np.concatenate([[base_year], series.index.to_numpy()])
        result[..., ages] *= np.interp(years, known, np.concatenate([[1.0], ratio]))[:, None, None]
    return result


def control_totals(control: pd.DataFrame) -> pd.DataFrame:
    """Return year, persons of all ages in ``control``: a row without ages, else groups from 0 to an open one."""
    rows = control.fillna({"age_from": 0, "age_to": AGE_TOP}).sort_values(["year", "age_from"])
    whole = (rows["age_from"] == 0) & (rows["age_to"] >= AGE_TOP)
    parts = rows[~whole & ~rows["year"].isin(rows.loc[whole, "year"])]
    first = parts.groupby("year")["age_to"].shift(fill_value=-1) + 1
    told = (parts["age_from"] == first).groupby(parts["year"]).all()
    told &= parts.groupby("year")["age_to"].last() >= AGE_TOP
    kept = pd.concat([rows[whole], parts[parts["year"].isin(told.index[told])]])
    return kept.groupby("year", as_index=False)[["persons"]].sum()


def housing_arrivals(housing: pd.DataFrame, city: Array, districts: pd.Index, years: range) -> Array:
    """Return persons who move into new housing (year, district, sex, age).

    Columns of ``housing``: district, year, age_from, age_to (empty = open), persons.

    Within an age group they have the city's ages and sexes: ``city`` (sex, age). Years outside ``years`` are left out.
    """
    arrivals = np.zeros((len(years), len(districts), *city.shape))
    planned = housing[housing["year"].isin(list(years))].fillna({"age_from": 0, "age_to": AGE_TOP})
    for (year, district, _, _), rows in planned.groupby(["year", "district", "age_from", "age_to"]):
        ages = _ages(rows)
        profile = city[:, ages] / city[:, ages].sum()
        place = years.index(int(str(year))), list(districts).index(district)
        arrivals[place][:, ages] += float(rows["persons"].sum()) * profile
    return arrivals


def planned_persons(housing: pd.DataFrame, years: tuple[int, int]) -> pd.Series:
    """Return persons by district (index) whose moves are planned from the first to the last of ``years``."""
    return housing[housing["year"].between(*years)].groupby("district")["persons"].sum().astype(float)


def _ages(rows: pd.DataFrame) -> slice:
    return slice(int(rows["age_from"].iloc[0]), int(rows["age_to"].iloc[0]) + 1)

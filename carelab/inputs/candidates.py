"""Candidates for Quartierszentren (candidates.csv): rules that no single cell can show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from carelab.inputs.errors import Problem
from carelab.inputs.tables import Table

OUTSIDE = 2.5
"""A point farther than so many radii (of a disc of a district's area) from every district lies outside the city."""
_METRES = 111_195.0
"""Metres of one degree on a sphere of 6,371 km."""


def candidate_problems(candidates: Table, districts: Table) -> Iterator[Problem]:
    """Return candidates with half a point or no place at all, outside the city, named twice, or fixed but unwilling."""
    frame, file = candidates.frame, candidates.file
    if frame.empty:
        return
    both = frame["lon"].notna() & frame["lat"].notna()
    outside = _outside(frame, districts.frame)
    again = frame["name"].str.casefold().str.split().str.join(" ")
    twice = again.duplicated() & frame.duplicated(["lon", "lat", "district"])
    found = {
        "half": (frame["lon"].isna() != frame["lat"].isna()),
        "nowhere": ~both & (frame["district"] == ""),
        "outside": outside,
        "twice": twice,
        "unwilling": frame["fixed"].astype(bool) & (frame["willing"] == "nein"),
    }
    for what, rows in found.items():
        for line in frame.index[rows]:
            de, en = _WORDS[what]
            site = frame.loc[line, "site"]
            yield Problem(file, int(str(line)), f"site={site}: {de}", f"site={site}: {en}")


_WORDS = {
    "half": ("lon und lat gehören zusammen, gefunden wurde nur eines", "lon and lat belong together, found only one"),
    "nowhere": ("weder Punkt noch Stadtteil, erwartet eines davon", "neither point nor district, expected one of them"),
    "outside": ("Punkt liegt außerhalb der Stadt", "point lies outside the city"),
    "twice": ("gleicher Name am gleichen Ort wie weiter oben, erwartet einmal", "same name and place as above"),
    "unwilling": ("besteht schon (fixed=true), aber willing=nein", "exists already (fixed=true), but willing=nein"),
}


def _outside(frame: pd.DataFrame, districts: pd.DataFrame) -> pd.Series[bool]:
    """Return which points are farther than OUTSIDE radii from the middle of every district."""
    east = np.cos(np.radians(districts["lat"].mean())) * _METRES
    lon, lat = frame["lon"].to_numpy(float)[:, None], frame["lat"].to_numpy(float)[:, None]
    x = (lon - districts["lon"].to_numpy(float)) * east
    y = (lat - districts["lat"].to_numpy(float)) * _METRES
    radius = np.sqrt(districts["area_ha"].to_numpy(float) * 10_000 / np.pi)
    apart = np.hypot(x, y) / radius
    return pd.Series((apart > OUTSIDE).all(axis=1), index=frame.index)

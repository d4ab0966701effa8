"""Who may become a centre: the city's own list, else the nursing homes known to stand, with what is known of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ("site", "name", "district", "lon", "lat", "fixed", "willing", "capacity", "price", "price_upgrade")
PLACES = ("point", "district", "unknown")
"""How well the place of a candidate is known."""
HOME = "vollstationaer"


def list_candidates(candidates: pd.DataFrame, homes: pd.DataFrame, districts: pd.DataFrame) -> pd.DataFrame:
    """Return COLUMNS and ``place`` (PLACES), ``source``; the city's list where there is one, else ``homes``.

    A point without a district gets the district whose people's centre is nearest. ``districts``: district (index), lon,
    lat.
    """
    own = len(candidates) > 0
    table = (candidates if own else homes)[list(COLUMNS)].reset_index(drop=True)
    point = table["lon"].notna() & table["lat"].notna()
    place = np.where(point, "point", np.where(table["district"] != "", "district", "unknown"))
    nearest = _nearest(table[["lon", "lat"]], districts)
    district = table["district"].where((table["district"] != "") | ~point, nearest)
    return table.assign(district=district, place=place, source="candidates.csv" if own else "facilities.csv")


def homes_as_candidates(sites: pd.DataFrame, *, base_year: int) -> pd.DataFrame:
    """Return the nursing homes that stand after ``base_year`` + 1 as candidates nobody has asked, of unknown price.

    ``sites``: all sites known, checked (access.sites.check_sites). Capacity stays unknown: beds say nothing of a
    centre's. Homes whose closing is announced are left out.
    """
    closed = pd.to_numeric(sites["closed"].astype(str).str.extract(r"(\d{4})", expand=False), errors="coerce")
    stands = (sites["kind"] == HOME) & sites["counts"] & ~(closed <= base_year + 1)
    homes = sites.loc[stands, ["site", "name", "district", "lon", "lat"]]
    blank = dict.fromkeys(("capacity", "price", "price_upgrade"), np.nan)
    return homes.assign(fixed=False, willing="unklar", **blank).reset_index(drop=True)


def _nearest(points: pd.DataFrame, districts: pd.DataFrame) -> pd.Series[str]:
    """Return the key of the district whose centre is nearest to each point (any, where there is no point)."""
    scale = np.cos(np.radians(districts["lat"].mean()))
    x = (points["lon"].to_numpy(float)[:, None] - districts["lon"].to_numpy(float)) * scale
    y = points["lat"].to_numpy(float)[:, None] - districts["lat"].to_numpy(float)
    near = np.nan_to_num(np.hypot(x, y), nan=np.inf).argmin(axis=1) if len(points) else np.zeros(0, int)
    return pd.Series(districts.index.to_numpy(object)[near], index=points.index)

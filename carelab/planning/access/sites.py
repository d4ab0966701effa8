"""Sites: everything a city knows of offers and their places, joined once, and what had to be put right.

sites.csv comes first; facilities.csv adds houses and sizes that it lacks (same code = same house); counts by district
(physicians, pharmacies) become sites of that district without a point, beyond those that have one. Nothing counts
twice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carelab.planning.access.places import Plane, centres, distances, radii
from carelab.terms_access import SITE_OF_FACILITY

Mask = NDArray[np.bool_]

COLUMNS = ("site", "name", "kind", "district", "lon", "lat", "capacity", "status", "opened", "closed", "source")
COUNTED = {"physicians": "arzt", "pharmacies": "apotheke"}
"""Columns of physicians.csv and the kind of site they count."""
SIZES = {"vollstationaer": "places", "tagespflege": "places_day", "kurzzeitpflege": "places_short"}
"""Column of facilities.csv that holds the size of a kind; further kinds of a house are sites of their own."""
REACH = 2.5
"""A point farther than so many radii from the centre of every district lies outside the city."""
SAME = 25.0
"""Metres within which two sites of one kind and name are one and the same."""
NOT_COUNTED = ("outside", "twice", "closed_before", "opens_later", "not_open")
"""Flags of sites that are left out; the other flags are put right by rule."""


def join_sites(sites: pd.DataFrame, facilities: pd.DataFrame) -> pd.DataFrame:
    """Return one row per site (COLUMNS): those of sites.csv, then the houses of facilities.csv that are not among them.

    A row of sites.csv with the code of a facility takes district, capacity and dates from it where it has none itself.
    """
    houses = _houses(facilities).set_index("site", drop=False)
    own = sites.assign(source="sites.csv").astype({"lon": float, "lat": float, "capacity": float})
    own = own.set_index("site", drop=False)[list(COLUMNS)]
    both = own.index.intersection(houses.index)
    for column in ("capacity", "district", "opened", "closed"):
        lacking = own[column].isna() | (own[column] == "")
        at = both[lacking.loc[both].to_numpy()]
        own.loc[at, column] = houses.loc[at, column]
    rest = houses.drop(both)
    parts = [part for part in (own, rest) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else own.reset_index(drop=True)


def _houses(facilities: pd.DataFrame) -> pd.DataFrame:
    """Return facilities as sites; a home that also has day or short-term places is a site of that kind, too."""
    known = facilities[facilities["category"].isin(list(SITE_OF_FACILITY))]
    main = _as_sites(known, known["category"].map(SITE_OF_FACILITY), known["facility"])
    parts = [main]
    for kind in ("tagespflege", "kurzzeitpflege"):
        also = known[(known[SIZES[kind]] > 0) & (known["category"].map(SITE_OF_FACILITY) != kind)]
        parts.append(_as_sites(also, pd.Series(kind, also.index), also["facility"] + ":" + kind))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _as_sites(rows: pd.DataFrame, kind: pd.Series[str], codes: pd.Series[str]) -> pd.DataFrame:
    size = pd.Series(np.nan, rows.index)
    for name, column in SIZES.items():
        size = size.where(kind != name, rows[column].astype(float))
    return pd.DataFrame(
        {
            "site": codes,
            "name": rows["name"],
            "kind": kind,
            "district": rows["district"],
            "lon": np.nan,
            "lat": np.nan,
            "capacity": size,
            "status": rows["status"].replace("closing", "open"),
            "opened": rows["opened"],
            "closed": rows["closed"],
            "source": "facilities.csv",
        }
    )


def check_sites(sites: pd.DataFrame, districts: pd.DataFrame, plane: Plane, *, base_year: int) -> pd.DataFrame:
    """Return the sites with ``flag`` (first of those below that holds, "" = nothing), ``counts`` (bool) and district.

    Left out: not_open (planned, closed, unclear), closed_before and opens_later (than the base year), outside (the
    city), twice (same kind, name and place). Put right: other_district (point far from the named district: the point
    holds), no_place (neither point nor district: drawn over the city), no_point (drawn within its district),
    no_capacity (drawn from sizes known).
    """
    far, nearest, from_own = _positions(sites, districts, plane)
    has_point = sites["lon"].notna().to_numpy()
    named = (sites["district"] != "").to_numpy()
    opened, closed = (pd.to_numeric(sites[column].str[:4], errors="coerce") for column in ("opened", "closed"))
    conditions = {
        "not_open": (sites["status"] != "open").to_numpy(),
        "closed_before": (closed <= base_year).to_numpy(),
        "opens_later": (opened > base_year).to_numpy(),
        "outside": has_point & far,
        "twice": _twice(sites, plane),
        "other_district": has_point & named & from_own,
        "no_place": ~has_point & ~named,
        "no_point": ~has_point,
        "no_capacity": (sites["kind"].isin(list(SIZES)) & sites["capacity"].isna()).to_numpy(),
    }
    flag = np.select(list(conditions.values()), list(conditions), default="")
    keys = districts["district"].to_numpy(object)
    own = sites["district"].to_numpy(object)
    found = keys[nearest] if len(keys) else own
    where = np.where(has_point & (~named | (flag == "other_district")), found, own)
    return sites.assign(flag=flag, counts=~np.isin(flag, NOT_COUNTED), district=where)


def _positions(sites: pd.DataFrame, districts: pd.DataFrame, plane: Plane) -> tuple[Mask, NDArray[np.intp], Mask]:
    """Return for each site: outside every district, place of the nearest district, far from the district it names."""
    lon, lat = centres(districts)
    at = plane.metres(sites["lon"].fillna(plane.lon).to_numpy(float), sites["lat"].fillna(plane.lat).to_numpy(float))
    apart = distances(at, plane.metres(lon, lat)) / radii(districts)
    apart = np.where(np.isfinite(apart), apart, np.inf)
    own = pd.Index(districts["district"]).get_indexer(pd.Index(sites["district"]))
    rows = np.arange(len(sites))
    from_own = np.where((own >= 0) & np.isfinite(apart[rows, own]), apart[rows, own], 0.0)
    far: Mask = apart.min(axis=1) > REACH
    return far, apart.argmin(axis=1), from_own > REACH


def _twice(sites: pd.DataFrame, plane: Plane) -> np.ndarray:
    """Return which sites repeat an earlier one: same kind and name, and the same point or (without points) district."""
    at = plane.metres(sites["lon"].to_numpy(float), sites["lat"].to_numpy(float))
    again = np.zeros(len(sites), bool)
    keys = sites["kind"] + "\n" + sites["name"].str.casefold().str.split().str.join(" ")
    for places in keys.groupby(keys).indices.values():
        for i, place in enumerate(places[1:], start=1):
            before = places[:i][~again[places[:i]]]
            near = np.hypot(*(at[before] - at[place]).T) <= SAME
            pointless = np.isnan(at[before, 0]) & np.isnan(at[place, 0])
            same = (sites["district"].iloc[before] == sites["district"].iloc[place]).to_numpy()
            again[place] = bool((near | (pointless & same)).any())
    return again


def counted_sites(physicians: pd.DataFrame, sites: pd.DataFrame, *, base_year: int) -> pd.DataFrame:
    """Return sites that are only counted by district: as many as the latest count by then exceeds those already known.

    Sites that closed after the count are known, too: they are not made up for. ``physicians``: district, year,
    physicians, dentists, pharmacies; ``sites`` as of ``check_sites``.
    """
    known = physicians[physicians["year"] <= base_year]
    known = known[known["year"] == known["year"].max()]
    parts = []
    since = pd.to_numeric(sites["closed"].str[:4], errors="coerce") > known["year"].max()
    for column, kind in COUNTED.items():
        here = sites[(sites["kind"] == kind) & (sites["counts"] | since)].groupby("district").size()
        more = (known.set_index("district")[column] - here.reindex(known["district"]).fillna(0)).clip(lower=0)
        keys = np.repeat(more.index.to_numpy(object), more.to_numpy(int))
        codes = [f"{kind}-{key}-{n}" for key, count in more.astype(int).items() for n in range(1, count + 1)]
        parts.append(pd.DataFrame({"site": codes, "district": keys, "kind": kind}))
    rows = pd.concat(parts, ignore_index=True)
    blank = {"name": "", "opened": "", "closed": "", "status": "open", "source": "physicians.csv", "flag": "no_point"}
    return rows.assign(lon=np.nan, lat=np.nan, capacity=np.nan, counts=True, **blank)[[*COLUMNS, "flag", "counts"]]

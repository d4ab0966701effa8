"""Chain of care (Versorgungskette): which links each district has, which is the weakest, what one more site completes.

What the city has not told stays ``unknown``: a link is ``not_found`` only where the list of its kind is said to be
complete and every entry of it has a place. Reach is measured in a straight line from the centre of the inhabitants.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

EARTH_M: Final = 6_371_009.0
"""Mean radius of the earth in metres (IUGG)."""
QUANTILES: Final = {"median": 0.5, "lower_80": 0.1, "upper_80": 0.9}


def metres(lon_a: Array, lat_a: Array, lon_b: Array, lat_b: Array) -> Array:
    """Return straight-line metres between points (n,) and (m,) in degrees as (n, m); NaN where a point is unknown.

    Equirectangular at the middle latitude: within 0.1 % of the great circle over the size of a city.
    """
    a, b = np.radians([lon_a, lat_a])[:, :, None], np.radians([lon_b, lat_b])[:, None, :]
    east = (b[0] - a[0]) * np.cos((a[1] + b[1]) / 2)
    result: Array = EARTH_M * np.hypot(east, b[1] - a[1])
    return result


def completeness(
    offers: pd.DataFrame, districts: pd.DataFrame, *, links: pd.DataFrame, coverage: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per inhabited district and link, with what is known of it.

    Columns: district, name, link, state, settled, found, nearest_m, basis, robust.

    ``offers``: columns of ``chain_offers.chain_offers``. ``districts`` (index district): name, lon, lat, lon_people,
    lat_people, inhabited. ``links`` (index link): reach_m (NaN: whole city), reach_range (low, high). ``coverage``:
    kind, complete. ``state`` is one of terms_chain.LINK_STATES; ``settled``: no offer unknown to us could change it;
    ``found`` counts open offers at the least; ``nearest_m`` is the distance to the nearest open one (NaN: none, or no
    place known); ``basis`` is in_district, in_reach, whole_city or empty; ``robust``: the same state at both ends of
    the range of reach. An offer of which only the district is known stands at the centre of that district's
    inhabitants.
    """
    lived = districts[districts["inhabited"].to_numpy(bool)]
    complete = set(coverage.loc[coverage["complete"].astype(bool), "kind"])
    parts = []
    for link, rule in links.iterrows():
        rows = offers[offers["link"] == link]
        reach = float(rule["reach_m"])
        table = _one_link(rows, districts, lived.index, reach=reach, complete=link in complete)
        ends = [reach, reach] if np.isnan(reach) else rule["reach_range"]
        other = [_one_link(rows, districts, lived.index, reach=end, complete=link in complete)["state"] for end in ends]
        table = table.assign(robust=(table["state"] == other[0]) & (table["state"] == other[1]))
        parts.append(table.assign(link=str(link), name=lived["name"].to_numpy(), district=lived.index))
    matrix = pd.concat(parts, ignore_index=True)
    order = matrix["district"].map({key: i for i, key in enumerate(lived.index)})
    columns = ["district", "name", "link", "state", "settled", "found", "nearest_m", "basis", "robust"]
    return matrix.assign(_order=order).sort_values("_order", kind="stable", ignore_index=True)[columns]


def _one_link(
    rows: pd.DataFrame, districts: pd.DataFrame, lived: pd.Index, *, reach: float, complete: bool
) -> pd.DataFrame:
    """Return state, settled, found, nearest_m and basis of one link for the inhabited districts."""
    own = lived.to_numpy()[:, None] == rows["district"].to_numpy(object)[None, :]
    far = distances(rows, districts, lived)
    wide = bool(np.isnan(reach))
    counted = rows["counted"].to_numpy(bool)
    near = np.ones_like(own) if wide else far <= reach
    here = own | near
    state = rows["state"].to_numpy(object)
    number = (here & (state == "open")) * rows["number"].to_numpy(float)
    is_open, is_planned = ((here & (state == what)).any(axis=1) for what in ("open", "planned"))
    placeless = (rows["district"].to_numpy(object) == "") & rows["lon"].isna().to_numpy()
    doubt = (here & (state == "unclear")).any(axis=1) | ((placeless & (state != "planned")).any() and not wide)
    sure = np.full(len(lived), complete) & ~doubt
    nearest = np.where(state == "open", np.where(own, 0.0, far), np.nan)
    return pd.DataFrame(
        {
            "state": np.select([is_open, is_planned, sure], ["existing", "planned", "not_found"], "unknown"),
            "settled": is_open | sure,
            # the office's count and the located ones are two lists of the same practices
            "found": np.maximum(number[:, counted].sum(axis=1), number[:, ~counted].sum(axis=1)).astype("int64"),
            "nearest_m": _nearest(nearest) if not wide else np.nan,
            "basis": np.where(~is_open, "", _basis(own & (state == "open"), wide)),
        }
    )


def distances(rows: pd.DataFrame, districts: pd.DataFrame, lived: pd.Index) -> Array:
    """Return metres from the centre of the inhabitants of each district in ``lived`` to each offer (NaN: no place).

    An offer of which only the district is known stands at the centre of that district.
    """
    lon = districts["lon_people"].fillna(districts["lon"])
    lat = districts["lat_people"].fillna(districts["lat"])
    there = [rows[axis].astype(float).fillna(rows["district"].map(own)) for axis, own in (("lon", lon), ("lat", lat))]
    points = [lon[lived], lat[lived], *there]
    return metres(*(np.asarray(each, dtype=np.float64) for each in points))


def _basis(own: Mask, wide: bool) -> npt.NDArray[np.str_]:
    return np.where(own.any(axis=1), "in_district", "whole_city" if wide else "in_reach")


def _nearest(far: Array) -> Array:
    """Return the smallest known distance per row; NaN where none is known."""
    best: Array = np.where(np.isnan(far), np.inf, far).min(axis=1, initial=np.inf)
    return np.where(np.isinf(best), np.nan, best)


def lacks(matrix: pd.DataFrame) -> pd.Series:
    """Return per row whether the link is known to be lacking: not found, or only planned where the list is complete."""
    return matrix["settled"] & matrix["state"].isin(["not_found", "planned"])


def weakest_links(matrix: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return one row per district: district, name, existing, planned, not_found, unknown, weakest, weakest_reach.

    The weakest link is, among those known to be lacking (``lacks``), the one whose nearest open offer
    is farthest in units of its reach; none anywhere counts as farthest; equal ones in the order of the chain. Empty
    where no lack is known. ``weakest_reach`` is that ratio (inf: nowhere; NaN: no lack known).
    """
    lack = matrix[lacks(matrix)]
    ratio = (lack["nearest_m"] / lack["link"].map(links["reach_m"])).fillna(np.inf)
    worst = lack.assign(weakest_reach=ratio).sort_values("weakest_reach", ascending=False, kind="stable")
    worst = worst.drop_duplicates("district").set_index("district")
    counts = matrix.groupby(["district", "name"], sort=False)["state"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=["existing", "planned", "not_found", "unknown"], fill_value=0).astype("int64")
    table = counts.rename_axis(columns=None).reset_index()
    return table.assign(
        weakest=table["district"].map(worst["link"]).astype(object).fillna(""),
        weakest_reach=table["district"].map(worst["weakest_reach"]).astype(float),
    )


def one_more_site(
    matrix: pd.DataFrame, districts: pd.DataFrame, *, links: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """Return what one more site of each link in each district would do, most people first within a link.

    ``people``: draws of people aged 75+ (index district, a column per draw; 0 in districts too small to be shown).
    Columns: link, district, name (empty for links that serve the whole city), districts_gaining, gain_median,
    gain_lower_80, gain_upper_80 (people 75+ of districts that lack the link and would then have it), completes_median
    (those of them who then lack no known link). The new site stands at the centre of its district's inhabitants;
    unknown links promise nothing and hinder nothing.
    """
    cells = matrix.assign(lacks=lacks(matrix)).pivot(index="district", columns="link", values=["state", "lacks"])
    cells = cells.reindex(districts.index[districts["inhabited"]])
    wide, lacking = cells["state"], cells["lacks"].to_numpy(bool)
    draws = people.reindex(wide.index).to_numpy(float)
    sites = pd.DataFrame({"district": wide.index, "lon": np.nan, "lat": np.nan})
    far = distances(sites, districts, wide.index)
    parts = []
    for link in links.index:
        reach = float(links.loc[link, "reach_m"])
        here = np.ones((1, len(wide)), bool) if np.isnan(reach) else (reach >= far.T) | np.eye(len(wide), dtype=bool)
        gain = here & (wide[link].to_numpy(object) == "not_found")
        ends = gain & (lacking.sum(axis=1) == 1)
        where = pd.Index([""]) if np.isnan(reach) else wide.index
        table = pd.DataFrame({"link": link, "district": where, "districts_gaining": gain.sum(axis=1)})
        for name, q in QUANTILES.items():
            table[f"gain_{name}"] = np.quantile(gain.astype(float) @ draws, q, axis=1)
        table["completes_median"] = np.median(ends.astype(float) @ draws, axis=1)
        parts.append(table[table["gain_median"] > 0].sort_values("gain_median", ascending=False, kind="stable"))
    result = pd.concat(parts, ignore_index=True)
    result.insert(2, "name", result["district"].map(districts["name"]).astype(object).fillna(""))
    return result


def link_table(
    matrix: pd.DataFrame, links: pd.DataFrame, *, coverage: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per link: link, reach_m, complete, as_of, districts and people 75+ (median of draws) by state.

    ``people`` as in ``one_more_site``. Columns: link, reach_m, complete, as_of, districts_existing, districts_planned,
    districts_not_found, districts_unknown, people_not_found, people_unknown.
    """
    told = coverage.set_index("kind")
    counts = matrix.groupby("link")["state"].value_counts().unstack(fill_value=0)
    table = pd.DataFrame(
        {
            "reach_m": links["reach_m"],
            "complete": links.index.isin(told.index[told["complete"].astype(bool)]),
            "as_of": [str(told["as_of"].get(link, "")) for link in links.index],
        },
        index=links.index,
    )
    for state in ("existing", "planned", "not_found", "unknown"):
        column = counts[state] if state in counts else pd.Series(dtype=float)
        table[f"districts_{state}"] = column.reindex(links.index).fillna(0).astype("int64")
    for state in ("not_found", "unknown"):
        who = matrix[matrix["state"] == state].groupby("link")["district"].agg(list)
        table[f"people_{state}"] = [
            float(np.median(people.loc[who[link]].sum(axis=0))) if link in who.index else 0.0 for link in links.index
        ]
    return table.reset_index()

"""What a city knows of the links of its chain of care, in one table: sites, facilities, counts by district."""

from __future__ import annotations

from typing import Final

import pandas as pd

COLUMNS: Final = ("link", "site", "name", "district", "lon", "lat", "state", "number", "counted")
_STATE: Final = {"open": "open", "closing": "open", "planned": "planned", "closed": "closed", "unclear": "unclear"}


def chain_offers(city: dict[str, pd.DataFrame], links: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Return every offer that counts as a link at the end of ``year``: one row per site and link.

    ``city``: tables sites, facilities, physicians (docs/architecture.md). ``links`` (index link): kinds, categories,
    places, counted. Columns: link, site, name, district (empty: unknown), lon, lat (NaN: unknown), state (open,
    planned, unclear), number, counted (bool: number of a whole district without places). A site and a facility with
    the same code are one offer: the site's place is taken, else the facility's. Closed offers are left out.
    """
    sites, facilities = _dated(city["sites"], year), _dated(city["facilities"], year)
    facilities = facilities.rename(columns={"facility": "site"}).assign(lon=float("nan"), lat=float("nan"))
    parts = []
    for link, rule in links.iterrows():
        found = pd.concat([sites[sites["kind"].isin(rule["kinds"])], _homes(facilities, rule)], ignore_index=True)
        parts.append(_once(found).assign(link=str(link), number=1.0, counted=False))
        if rule["counted"]:
            parts.append(_counted(city["physicians"], str(rule["counted"]), year).assign(link=str(link), counted=True))
    offers = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return offers.loc[offers["state"] != "closed", list(COLUMNS)].reset_index(drop=True)


def _dated(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the table with ``state`` at the end of ``year``: dates overrule the status told at another time.

    What was to open by then and is still told as planned is unclear: nobody has said whether it did.
    """
    state = table["status"].map(_STATE)
    opened, closed = (pd.to_numeric(table[name].astype(str).str[:4], errors="coerce") for name in ("opened", "closed"))
    late = (state == "planned") & (opened <= year)
    state = state.mask((state == "open") & (opened > year), "planned").mask(late, "unclear")
    state = state.mask(closed <= year, "closed")
    return table.assign(state=state)


def _homes(facilities: pd.DataFrame, rule: pd.Series) -> pd.DataFrame:
    """Return facilities whose category counts, or that have places of the kind that counts."""
    fits = facilities["category"].isin(rule["categories"])
    for column in rule["places"]:
        fits |= facilities[column].astype(float) > 0
    return facilities[fits]


def _once(found: pd.DataFrame) -> pd.DataFrame:
    """Return one row per code: what the sites table says of the place first, what the facility's row adds."""
    columns = ["site", "name", "district", "lon", "lat", "state"]
    blank = found[columns].assign(district=found["district"].replace("", None))
    rows = blank.groupby("site", sort=False).first().reset_index()
    return rows.assign(
        district=rows["district"].fillna(""), lon=rows["lon"].astype(float), lat=rows["lat"].astype(float)
    )


def _counted(physicians: pd.DataFrame, column: str, year: int) -> pd.DataFrame:
    """Return the latest count by district up to ``year``: one open row per district with at least one."""
    known = physicians[physicians["year"] <= year]
    last = known[(known["year"] == known["year"].max()) & (known[column] > 0)]
    return pd.DataFrame(
        {
            "site": column + "-" + last["district"],
            "name": column,
            "district": last["district"],
            "lon": float("nan"),
            "lat": float("nan"),
            "state": "open",
            "number": last[column].astype(float),
        }
    )

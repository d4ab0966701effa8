"""Carry over what is known of the places of sites: approximate points of facilities, points of pharmacies, stops.

Every city takes what was found of it; the homes themselves stay in facilities.csv and are joined by their code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.found import CITIES, GERMAN_NAMES, number, read_found
from carelab.terms_access import SITE_OF_FACILITY

_OPEN = {
    **dict.fromkeys(("", "open", "closing announced"), "open"),
    **dict.fromkeys(("planned", "nearly finished"), "planned"),
    "closed": "closed",
}
_POINT = re.compile(r"lat (\d+\.\d+) lon (\d+\.\d+)")


def facility_sites(folder: Path, ags: str) -> pd.DataFrame:
    """Return the facilities of a city whose point is known, by stop of public transport or from a published point."""
    found = read_found(folder, "facilities.csv")
    found = found[(found["city_ags"] == ags) & found["category"].isin(list(SITE_OF_FACILITY))].set_index("id")
    stops = read_found(folder, "facilities_approx_points.csv").set_index("id")[["lon", "lat", "stops"]]
    said = found["note"].str.extract(_POINT).set_axis(["lat", "lon"], axis=1).dropna()
    said = said.assign(stops="")
    points = pd.concat([stops[stops.index.isin(found.index)], said.drop(stops.index, errors="ignore")])
    rows = found.drop(columns=["note"]).join(points, how="inner")
    near = rows["stops"].map(lambda stop: f"Punkt der Haltestelle {stop}" if stop else "veröffentlichter Punkt")
    return pd.DataFrame(
        {
            "site": rows.index,
            "name": rows["name"].replace(GERMAN_NAMES),
            "kind": rows["category"].map(SITE_OF_FACILITY),
            "district": "",
            "lon": number(rows["lon"]),
            "lat": number(rows["lat"]),
            "capacity": float("nan"),
            "status": rows["status"].map(_OPEN).fillna("unclear"),
            "opened": "",
            "closed": rows["closed"].str.extract(r"^(\d{4}(?:-\d{2})?)", expand=False).fillna(""),
            "as_of": rows["as_of"],
            "url": rows["url"],
            "note": near,
        }
    )


def pharmacy_sites(folder: Path, name: str) -> pd.DataFrame:
    """Return pharmacies of a table of points (category, lon, lat, key = district): name, size and state unknown."""
    found = read_found(folder, name)
    rows = found[found["category"] == "pharmacy"].sort_values(["key", "lon", "lat"]).reset_index(drop=True)
    return pd.DataFrame(
        {
            "site": [f"OSM{i:03d}" for i in range(1, len(rows) + 1)],
            "name": "Apotheke",
            "kind": "apotheke",
            "district": rows["key"],
            "lon": number(rows["lon"]),
            "lat": number(rows["lat"]),
            "capacity": float("nan"),
            "status": "open",
            "note": "OpenStreetMap, ODbL; ohne Namen",
        }
    ).assign(**dict.fromkeys(("opened", "closed", "as_of", "url"), ""))


def sites(folder: Path, ags: str, *, pharmacies: str | None = None) -> pd.DataFrame:
    """Return what is known of the places of a city's sites (columns of sites.csv); many cities know none."""
    parts = [facility_sites(folder, ags)]
    parts += [pharmacy_sites(folder, pharmacies)] if pharmacies else []
    return pd.concat(parts, ignore_index=True)


def stops(folder: Path, ags: str, *, names: Mapping[str, str] = CITIES) -> pd.DataFrame:
    """Return the served stops of a city: stop, name, lon, lat; platforms of one name and place count once.

    Stops published without a point are left out.
    """
    found = read_found(folder, "stops_halle_magdeburg_dessau_20260508.csv")
    found = found[found["gemeinde"] == names[ags]]
    rows = found.rename(columns={"global_id": "stop", "stop_name": "name"})
    rows = rows.assign(lon=number(rows["lon"], 5), lat=number(rows["lat"], 5)).dropna(subset=["lon", "lat"])
    rows = rows.drop_duplicates(["name", "lon", "lat"])
    rows = rows.sort_values(["name", "lon", "lat"]).reset_index(drop=True)
    nameless = pd.Series([f"S{i:04d}" for i in range(1, len(rows) + 1)])
    return rows.assign(stop=rows["stop"].where(~rows["stop"].duplicated() & (rows["stop"] != ""), nameless))


def magdeburg_sites(folder: Path) -> pd.DataFrame:
    """Return Magdeburg's sites: facilities with a point, pharmacies of OpenStreetMap."""
    return sites(folder, "15003", pharmacies="magdeburg_osm_pharmacy_healthcare_points.csv")


def magdeburg_stops(folder: Path) -> pd.DataFrame:
    """Return Magdeburg's served stops of public transport."""
    return stops(folder, "15003")

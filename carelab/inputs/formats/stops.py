"""Read stops of a GTFS timetable: the zip as published, or its stops.txt."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final

import pandas as pd

from carelab.inputs.errors import DataError
from carelab.inputs.formats.reading import Reading, Remarks
from carelab.inputs.formats.sheet import decode
from carelab.inputs.kinds import LAT, LON

COLUMNS: Final = ("stop", "name", "lon", "lat", "source_row")
_NEEDED: Final = ("stop_id", "stop_name", "stop_lat", "stop_lon")


def read_stops(path: Path) -> Reading:
    """Return stop, name, lon, lat (degrees), source_row: places where vehicles stop (location_type 0 or empty).

    Stations, entrances and paths inside stations are counted in a note. Raises DataError if stops.txt or a column is
    missing.
    """
    remarks = Remarks()
    text = _stops_text(path)
    found = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True)
    found.columns = found.columns.str.strip()
    lost = [column for column in _NEEDED if column not in found]
    if lost:
        raise DataError(
            f"{path.name}: stops.txt hat keine Spalte {', '.join(lost)}; erwartet GTFS.",
            f"{path.name}: stops.txt has no column {', '.join(lost)}; expected GTFS.",
        )
    found["source_row"] = range(2, len(found) + 2)
    halts = found[found["location_type"].isin(["", "0"])] if "location_type" in found else found
    if len(halts) < len(found):
        other = len(found) - len(halts)
        remarks.note(
            f"{other} Bahnhöfe, Eingänge und Wege nicht gelesen.", f"{other} stations, entrances and paths not read."
        )
    table = halts.assign(
        stop=halts["stop_id"].str.strip(),
        name=halts["stop_name"].str.strip(),
        lon=pd.to_numeric(halts["stop_lon"], errors="coerce"),
        lat=pd.to_numeric(halts["stop_lat"], errors="coerce"),
    )
    good = table["lon"].between(LON.low or 0, LON.high or 0) & table["lat"].between(LAT.low or 0, LAT.high or 0)
    for number, lon, lat in table.loc[~good, ["source_row", "stop_lon", "stop_lat"]].itertuples(index=False):
        words = ("erwartet Grad: Länge 5 bis 18, Breite 45 bis 56", "expected degrees: longitude 5-18, latitude 45-56")
        remarks.bad(number, "stop_lon, stop_lat", f"{lon}, {lat}", words)
    for number, stop in table.loc[good & table["stop"].duplicated(), ["source_row", "stop"]].itertuples(index=False):
        remarks.bad(number, "stop_id", stop, ("steht schon weiter oben", "is already further up"))
    return remarks.reading(table.loc[good, list(COLUMNS)].reset_index(drop=True), "gtfs_stops", path.name)


def _stops_text(path: Path) -> str:
    """Return stops.txt from a zip or as it is. Raises DataError."""
    try:
        if not zipfile.is_zipfile(path):
            return decode(path.read_bytes(), path.name)[0]
        with zipfile.ZipFile(path) as archive:
            inside = next((name for name in archive.namelist() if name.rsplit("/")[-1] == "stops.txt"), None)
            if inside is not None:
                return decode(archive.read(inside), path.name)[0]
    except OSError:
        raise DataError(f"{path.name}: Datei nicht gefunden.", f"{path.name}: file not found.") from None
    raise DataError(
        f"{path.name}: kein stops.txt im Archiv; erwartet GTFS.", f"{path.name}: no stops.txt inside; expected GTFS."
    )

"""Read the 100 m grid of Zensus 2022: people per cell, hidden cells typed.

Source of the form: Statistische Ämter des Bundes und der Länder, Zensus 2022, Gitterdaten (coordinates in EPSG:3035).
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final

import pandas as pd

from carelab.inputs.errors import DataError
from carelab.inputs.formats.reading import Reading, Remarks
from carelab.inputs.formats.sheet import decode

COLUMNS: Final = ("cell", "x", "y", "lon", "lat", "persons", "suppressed", "source_row")
CRS: Final = "EPSG:3035"
_HIDDEN: Final = ("–", "-", ".", "/", "x", "…", "...", "")
_SHOWN: Final = 50


def read_grid(path: Path, *, bounds: tuple[float, float, float, float] | None = None) -> Reading:
    """Return cell, x, y (centre, EPSG:3035 metres), lon, lat, persons (NaN = hidden), suppressed, source_row.

    Reads files for all of Germany column by column; ``bounds`` (lon, lat, lon, lat) keeps the cells of a city. A dash
    is a hidden value here, not zero. Raises DataError if the file is no such grid.
    """
    remarks = Remarks()
    try:
        text, encoding = decode(path.read_bytes(), path.name)
    except OSError:
        raise DataError(f"{path.name}: Datei nicht gefunden.", f"{path.name}: file not found.") from None
    remarks.note(f"Gelesen als {encoding}.", f"Read as {encoding}.")
    found = pd.read_csv(io.StringIO(text), sep=";", dtype=str, keep_default_na=False)
    cell, x, y, persons = _columns(path.name, [str(column) for column in found.columns])
    table = pd.DataFrame({"cell": found[cell], "x": _number(found[x]), "y": _number(found[y])})
    count = found[persons].str.strip()
    hidden = count.isin(_HIDDEN)
    table["persons"], table["suppressed"] = _number(count.mask(hidden, "")), hidden
    table["source_row"] = range(2, len(table) + 2)
    bad = (~hidden & ~(table["persons"] >= 0)) | table["x"].isna() | table["y"].isna() | _elsewhere(table)
    shown = table.loc[bad, ["source_row", "cell"]].assign(count=count[bad]).head(_SHOWN)
    for number, name, value in shown.itertuples(index=False):
        words = (
            "erwartet Gitterzelle, Mittelpunkt (EPSG:3035) und Einwohner ab 0 oder –",
            "expected cell, centre (EPSG:3035), persons from 0 or –",
        )
        remarks.bad(number, persons, f"{name}; {value}", words)
    table = _degrees(table[~bad])
    if bounds is not None:
        west, south, east, north = bounds
        table = table[table["lon"].between(west, east) & table["lat"].between(south, north)]
    if int(table["suppressed"].sum()):
        told = int(table["suppressed"].sum())
        remarks.note(f"{told} Zellen geheim gehalten (–), nicht null.", f"{told} cells hidden (–), not zero.")
    return remarks.reading(table[list(COLUMNS)].reset_index(drop=True), "zensus2022_grid", path.name)


def _columns(name: str, columns: list[str]) -> tuple[str, str, str, str]:
    """Return the columns of id, x, y and people. Raises DataError if one is missing."""
    patterns = (r"gitter_id_\d+k?m", r"x_mp_\d+k?m", r"y_mp_\d+k?m", r"einwohner|insgesamt_bevoelkerung")
    hits = [next((c for c in columns if re.fullmatch(pattern, c.strip(), re.IGNORECASE)), "") for pattern in patterns]
    if not all(hits):
        raise DataError(
            f"{name}: kein Gitter des Zensus 2022; erwartet GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner, "
            f"gefunden {', '.join(columns[:6])}.",
            f"{name}: no Zensus 2022 grid; expected GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner, "
            f"found {', '.join(columns[:6])}.",
        )
    return hits[0], hits[1], hits[2], hits[3]


def _number(cells: pd.Series) -> pd.Series:
    """Return cells as numbers (decimal comma allowed), NaN where there is none."""
    return pd.to_numeric(cells.str.strip().str.replace(",", ".", regex=False), errors="coerce")


def _elsewhere(table: pd.DataFrame) -> pd.Series:
    """Say which cells' centres do not lie in the cell that their id names (swapped columns)."""
    parts = table["cell"].str.extract(r"RES(\d+)m?N(\d+)E(\d+)").astype(float)
    size, south, west = parts[0], parts[1], parts[2]
    inside = table["x"].between(west, west + size) & table["y"].between(south, south + size)
    return ~inside | parts.isna().any(axis=1)


def _degrees(table: pd.DataFrame) -> pd.DataFrame:
    """Add longitude and latitude."""
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(
        table["x"].to_numpy(), table["y"].to_numpy()
    )
    return table.assign(lon=lon, lat=lat)

"""The 100 m grid of Zensus 2022 arrives: cells inside the city's borders become population_grid.csv.

Which district a cell belongs to is told by borders and by nothing else: nearest centres would put people on the wrong
side of every border and take in the villages around.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from carelab.inputs.desk.population import Arrival
from carelab.inputs.errors import DataError
from carelab.inputs.formats.grid import CRS as GRID_CRS
from carelab.inputs.formats.grid import read_grid
from carelab.inputs.geometry import OWN, load_geometry
from carelab.inputs.tables import Table

MARGIN = 0.01
"""Degrees around the borders that are read: more than a cell, less than another city."""


def arrive_grid(path: Path, stored: Mapping[str, Table], folder: Path) -> Arrival:
    """Return the grid's cells whose centre lies in a district (columns of population_grid.csv); it replaces all cells.

    Raises DataError without borders of the districts (geometry.gpkg), for a file that is no grid, and for one without
    a cell inside.
    """
    borders = folder / OWN
    if not borders.is_file():
        raise DataError(
            f"{path.name}: Welche Zelle zu welchem Gebiet gehört, sagen nur Grenzen; zuerst carelab data add "
            f"{folder.name} DATEI --as geometry (oder eine Tabelle mit der Spalte district: --as population_grid).",
            f"{path.name}: which cell belongs to which district only borders tell; first carelab data add "
            f"{folder.name} FILE --as geometry (or a table with the column district: --as population_grid).",
        )
    layer = load_geometry(borders, stored["districts"].frame.reset_index(drop=True))
    west, south, east, north = (float(edge) for edge in layer.to_crs("EPSG:4326").total_bounds)
    reading = read_grid(path, bounds=(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN))
    cells = reading.checked()
    found = _districts(cells, layer)
    inside = cells.assign(district=found)[found.notna()]
    if inside.empty:
        raise DataError(
            f"{path.name}: keine Zelle liegt in den Grenzen der Stadt.",
            f"{path.name}: no cell lies within the city's borders.",
        )
    arrival = Arrival({"population_grid": inside[["cell", "district", "lon", "lat", "persons"]].round(6)})
    arrival.notes = [(note.de, note.en) for note in reading.notes]
    _tell(arrival, inside, len(cells) - len(inside), _lived(stored))
    return arrival


def _districts(cells: pd.DataFrame, layer: pd.DataFrame) -> pd.Series:
    """Return the district in which the centre of each cell lies (index of ``cells``; NaN = in none)."""
    import geopandas  # expensive, and only needed when a grid arrives

    centres = geopandas.GeoDataFrame(cells, geometry=geopandas.points_from_xy(cells["x"], cells["y"]), crs=GRID_CRS)
    joined = centres.to_crs(layer.crs).sjoin(layer[["district", "geometry"]], how="left", predicate="within")
    found: pd.Series = joined["district"][~joined.index.duplicated()].reindex(cells.index)
    return found


def _lived(stored: Mapping[str, Table]) -> set[str]:
    """Return the districts that the last count says are inhabited."""
    total = stored["population_total"].frame
    last = total[(total["year"] == total["year"].max()) & (total["persons"] > 0)]
    return set(last["district"]) & set(stored["districts"].frame["district"])


def _tell(arrival: Arrival, inside: pd.DataFrame, outside: int, lived: set[str]) -> None:
    """Add what came of it: cells and people inside, cells outside, inhabited districts without a cell."""
    bare = sorted(lived - set(inside["district"]))
    people = int(np.nansum(inside["persons"].to_numpy(float)))
    arrival.note(
        f"{len(inside)} Zellen mit {people} Menschen in {inside['district'].nunique()} Gebieten; "
        f"{outside} Zellen außerhalb der Grenzen weggelassen. Wege beginnen ab jetzt dort.",
        f"{len(inside)} cells with {people} people in {inside['district'].nunique()} districts; "
        f"{outside} cells outside the borders left out. Ways begin there from now on.",
    )
    if bare:
        arrival.note(
            f"Ohne Zelle, obwohl bewohnt: {', '.join(bare)}; dort bleiben die Wohnorte über die Fläche verteilt.",
            f"Without a cell though inhabited: {', '.join(bare)}; there homes stay spread over the area.",
        )

"""``carelab data add``: one file is read, checked, merged into the city's tables and stored with its source."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from carelab import paths
from carelab.inputs.city import city_folder, read_info
from carelab.inputs.desk.boundaries import carry_over
from carelab.inputs.desk.grid import arrive_grid
from carelab.inputs.desk.log import arrive_log, log_entry
from carelab.inputs.desk.offers import arrive_offers
from carelab.inputs.desk.population import Arrival, arrive_population
from carelab.inputs.desk.records import arrive_facilities, arrive_keyed, read_own
from carelab.inputs.desk.source_entry import SourceEntry, entry_for
from carelab.inputs.desk.store import CONTRACTS, Change, check_folder, recover, store
from carelab.inputs.errors import DataError
from carelab.inputs.formats.care import read_care
from carelab.inputs.formats.facilities import read_facilities
from carelab.inputs.formats.layers import read_layer
from carelab.inputs.formats.population import read_population
from carelab.inputs.formats.reading import Reading
from carelab.inputs.geometry import OWN, load_geometry
from carelab.inputs.tables import Table
from carelab.terms import UserError

KINDS = ("population", "facilities", "care", "geometry", "grid", "log", "offers")
READ: dict[str, Callable[..., Reading]] = {
    "population": read_population,
    "facilities": read_facilities,
    "care": read_care,
}
"""Kinds that come in many forms, and what reads them."""
OWN_TABLES = {
    "care_city" if name == "care" else name: name
    for name in CONTRACTS
    if name not in ("facilities", "population_ages", "log", "offers")
}
"""Other names after --as: the tables of data/<city>/, in their own columns ("care" alone means counts by district)."""


@dataclass(frozen=True)
class Given:
    """What a user says about a file: sheet of a workbook, source, date, address, licence, crosswalk of districts."""

    sheet: str | None = None
    source: str = ""
    date: str = ""
    url: str = ""
    licence: str = ""
    crosswalk: Path | None = None


def add_file(city: str, file: str, kind: str, given: Given = Given(), *, root: Path | None = None) -> Arrival:
    """Store a file (a path; for geometry also an address) of one kind for a city; return what became of it.

    Raises DataError with every bad row, and UserError for a kind that there is not; then nothing has changed.
    """
    base = paths.DATA if root is None else root
    recover(city, base)
    folder = city_folder(city, root)
    stored = check_folder(folder)
    districts = stored["districts"].frame[["district", "name"]].reset_index(drop=True)
    if districts.empty and kind != "districts":
        raise DataError(
            f"{city}: districts.csv ist leer; zuerst die Stadtteile: carelab data add {city} DATEI --as districts.",
            f"{city}: districts.csv is empty; the districts first: carelab data add {city} FILE --as districts.",
        )
    make_entry = log_entry if kind == "log" else entry_for
    url = given.url if kind == "log" else given.url or _address(file)
    entry = make_entry(Path(file), publisher=given.source, as_of=given.date, url=url, licence=given.licence)
    if kind == "geometry":
        return _add_geometry(city, file, districts, entry, root)
    path = Path(file)
    if kind == "grid":
        arrival = arrive_grid(path, stored, folder)
    else:
        arrival = _arrive(kind, path, given, stored, read_info(folder / "city.yaml", f"{city}/city.yaml").ags)
    if not arrival.tables:
        arrival.note("Alles darin war schon gespeichert; nichts geändert.", "All of it was stored already; no change.")
        return arrival
    store(city, Change(arrival.tables, entry, grade=arrival.grade), root=root)
    return arrival


def _arrive(kind: str, path: Path, given: Given, stored: dict[str, Table], ags: str) -> Arrival:
    """Return what becomes of a file of one kind. Raises UserError for kinds that there are not, and DataError."""
    if kind == "log":
        return arrive_log(path, stored, ags, sheet=given.sheet)
    if kind == "offers":
        return arrive_offers(path, stored, ags, sheet=given.sheet)
    if kind in READ:
        return _arrive_read(kind, path, given, stored, ags)
    if kind not in OWN_TABLES:
        known = ", ".join([*KINDS, "osm", *OWN_TABLES])
        raise UserError(f"--as {kind} gibt es nicht; erlaubt: {known}.", f"there is no --as {kind}; allowed: {known}.")
    name = OWN_TABLES[kind]
    contract = CONTRACTS[name]
    return arrive_keyed(read_own(path, contract, sheet=given.sheet), stored, name, contract)


def _arrive_read(kind: str, path: Path, given: Given, stored: dict[str, Table], ags: str) -> Arrival:
    """Return what becomes of a file that a reader of ``formats`` understands; with a crosswalk areas are as written."""
    districts = stored["districts"].frame[["district", "name"]].reset_index(drop=True)
    reading = READ[kind](path, districts=None if given.crosswalk else districts, sheet=given.sheet)
    table, notes = reading.checked(), [(note.de, note.en) for note in reading.notes]
    if given.crosswalk is not None:
        table = carry_over(table, given.crosswalk, kind)
        notes.append((f"Umgerechnet mit {given.crosswalk.name}.", f"Carried over with {given.crosswalk.name}."))
    if kind == "population":
        arrival = arrive_population(table, stored, ags, path.name)
    elif kind == "facilities":
        numbered = any(de.startswith("Ohne Kennung") for de, _ in notes)
        arrival = arrive_facilities(table.assign(facility="") if numbered else table, stored, path.name)
        notes = [pair for pair in notes if not pair[0].startswith("Ohne Kennung")]
    else:
        arrival = arrive_keyed(table, stored, "care_districts", CONTRACTS["care_districts"])
    arrival.notes[:0] = notes
    return arrival


def _add_geometry(city: str, file: str, districts: pd.DataFrame, entry: SourceEntry, root: Path | None) -> Arrival:
    """Store borders as GeoPackage in EPSG:25832 in the city's folder, where every run finds them."""
    reading = read_layer(file, districts=districts)
    layer: Any = reading.checked()  # a GeoDataFrame, which the type of a Reading does not say
    repaired = int(layer["repaired"].sum())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / OWN
        layer[["district", "name", "geometry"]].to_file(path, driver="GPKG", layer="districts")
        load_geometry(path, districts)
        store(city, Change({}, entry, {OWN: path}), root=root)
    arrival = Arrival(notes=[(note.de, note.en) for note in reading.notes])
    arrival.note(
        f"Grenzen von {len(layer)} Stadtteilen gespeichert, {repaired} davon repariert; Karten verwenden sie ab jetzt.",
        f"Borders of {len(layer)} districts stored, {repaired} of them repaired; maps use them from now on.",
    )
    return arrival


def _address(file: str) -> str:
    return file if file.startswith(("http://", "https://")) else ""

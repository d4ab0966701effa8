"""Read borders of districts from GeoPackage, GeoJSON, Shapefile (also zipped), FlatGeobuf or a WFS address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import pandas as pd

from carelab.inputs.errors import DataError
from carelab.inputs.formats.areas import Areas
from carelab.inputs.formats.reading import Reading, Remarks, listed
from carelab.inputs.geometry import check_geometry

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

TIMEOUT_S: Final = 20
_LOCAL: Final = ("127.0.0.1", "localhost")


def read_layer(source: str | Path, *, districts: pd.DataFrame, layer: str | None = None) -> Reading:
    """Return borders as a GeoDataFrame: district, name, geometry (EPSG:25832, valid), repaired.

    The column with the district's key or name is found by its values; of several layers the one that names most
    districts is taken; rows come in the order of ``districts``. A WFS address must be https. Raises DataError
    if nothing can be read or the borders are not complete.
    """
    remarks = Remarks()
    address, name = _address(str(source))
    layers = [layer] if layer else _layers(address, name)
    areas = Areas(districts)
    found = [(title, _read(address, title, name)) for title in layers]
    scored = [(_key_column(data, areas), title, data) for title, data in found if hasattr(data, "geometry")]
    best = max(scored, key=lambda one: one[0][0], default=None)
    if best is None or best[0][0] == 0:
        raise DataError(
            f"{name}: keine Spalte nennt Schlüssel oder Namen der Stadtteile (Ebenen: {listed(layers)}).",
            f"{name}: no column holds keys or names of the districts (layers: {listed(layers)}).",
        )
    (_, column), title, data = best
    remarks.note(
        f"Ebene „{title}“, Stadtteile aus Spalte „{column}“.", f'Layer "{title}", districts from the column "{column}".'
    )
    return remarks.reading(_checked(data, column, name, areas, districts), _format(address, name), name)


def _address(source: str) -> tuple[str, str]:
    """Return what GDAL opens and the name for messages. Raises DataError for an address that is not https."""
    if not re.match(r"(?:wfs:)?https?://", source, re.IGNORECASE):
        if not Path(source).exists():
            name = Path(source).name
            raise DataError(f"{name}: Datei nicht gefunden.", f"{name}: file not found.")
        return source, Path(source).name
    url = re.sub(r"^wfs:", "", source, flags=re.IGNORECASE)
    parts = urlsplit(url)
    if parts.scheme.lower() != "https" and parts.hostname not in _LOCAL:
        raise DataError(
            f"{url}: erwartet eine Adresse mit https://, gefunden http://.", f"{url}: expected https://, found http://."
        )
    return f"WFS:{url}", parts.hostname or url


def _layers(address: str, name: str) -> list[str]:
    """Return the names of the layers; in a WFS address the one it asks for. Raises DataError."""
    import pyogrio

    if address.startswith("WFS:"):
        pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": TIMEOUT_S, "GDAL_HTTP_CONNECTTIMEOUT": TIMEOUT_S})
        asked = {key.lower(): value for key, value in parse_qs(urlsplit(address[4:]).query).items()}
        wanted = asked.get("typenames") or asked.get("typename")
        if wanted:
            return wanted
    try:
        return [
            str(title) for title, kind in pyogrio.list_layers(address) if kind is not None or address.startswith("WFS:")
        ]
    except Exception as error:
        raise _unreadable(address, name, error) from None


def _read(address: str, layer: str, name: str) -> Any:
    """Return one layer. Raises DataError."""
    import geopandas

    try:
        return geopandas.read_file(address, layer=layer)
    except Exception as error:
        raise _unreadable(address, name, error) from None


def _unreadable(address: str, name: str, error: Exception) -> DataError:
    """Return the sentence for a file or service that cannot be read."""
    reason = str(error).split("\n")[0]
    if address.startswith("WFS:"):
        return DataError(
            f"{name}: der Dienst (WFS) ist nicht erreichbar oder antwortet nicht wie ein WFS; ohne Netz die Ebene als "
            f"GeoPackage speichern und die Datei angeben. ({reason})",
            f"{name}: the service (WFS) cannot be reached or does not answer like one; without a network save the "
            f"layer as GeoPackage and name the file. ({reason})",
        )
    return DataError(
        f"{name}: nicht lesbar; erwartet GPKG, GeoJSON, Shapefile oder FlatGeobuf. ({reason})",
        f"{name}: cannot be read; expected GPKG, GeoJSON, Shapefile or FlatGeobuf. ({reason})",
    )


def _key_column(data: Any, areas: Areas) -> tuple[int, str]:
    """Return how many different districts the best column names, and the column."""
    best = (0, "")
    for column in data.columns:
        if column == data.geometry.name:
            continue
        keys = {match.district for cell in data[column].map(str) if (match := areas.match([cell])).kind == "district"}
        best = max(best, (len(keys), str(column)), key=lambda pair: pair[0])
    return best


def _checked(data: Any, column: str, name: str, areas: Areas, districts: pd.DataFrame) -> GeoDataFrame:
    """Return the borders under the keys of districts.csv, complete and valid; unknown names stay and are refused."""
    words = data[column].map(str)
    matches = [areas.match([word]) for word in words]
    whole = [match.kind in ("total", "unassigned") for match in matches]
    keys = [match.district if match.kind == "district" else word for match, word in zip(matches, words, strict=True)]
    renamed = data.drop(columns=[c for c in ("district",) if c in data]).assign(district=keys)
    return check_geometry(name, renamed[[not one for one in whole]], districts)


def _format(address: str, name: str) -> str:
    """Return the name of the format."""
    kinds = {".gpkg": "gpkg", ".geojson": "geojson", ".json": "geojson", ".shp": "shapefile", ".fgb": "flatgeobuf"}
    if address.startswith("WFS:"):
        return "wfs"
    return kinds.get(Path(name).suffix.lower(), "shapefile" if name.lower().endswith(".zip") else "geometry")

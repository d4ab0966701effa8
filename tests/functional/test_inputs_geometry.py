"""Borders that users bring along: complete, with a coordinate system, valid."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from carelab import paths
from carelab.inputs.city import load_city
from carelab.inputs.errors import DataError
from carelab.inputs.geometry import load_geometry

pytestmark = [pytest.mark.functional, pytest.mark.filterwarnings("ignore:'crs' was not provided")]
DISTRICTS = pd.DataFrame({"district": ["01", "02"], "name": ["A", "B"]})
ONE, TWO = box(11.0, 52.0, 11.1, 52.1), box(11.1, 52.0, 11.2, 52.1)
BOWTIE = Polygon([(11.0, 52.0), (11.1, 52.1), (11.1, 52.0), (11.0, 52.1)])


def write(path: Path, keys: list[str], shapes: list[object], crs: str | None = "EPSG:4326") -> Path:
    gpd.GeoDataFrame({"district": keys}, geometry=shapes, crs=crs).to_file(path, driver="GPKG")
    return path


def test_borders_come_in_metres_and_in_order(tmp_path: Path) -> None:
    found = load_geometry(write(tmp_path / "a.gpkg", ["02", "01"], [TWO, ONE]), DISTRICTS)
    assert list(found["district"]) == ["01", "02"]
    assert found.crs == "EPSG:25832"
    assert found.geometry.area.between(7e7, 8e7).all()
    assert not found["repaired"].any()


def test_invalid_polygons_are_repaired_and_named(tmp_path: Path) -> None:
    found = load_geometry(write(tmp_path / "a.gpkg", ["01", "02"], [BOWTIE, TWO]), DISTRICTS)
    assert found.geometry.is_valid.all()
    assert list(found["repaired"]) == [True, False]


@pytest.mark.parametrize(
    ("keys", "shapes", "crs", "words"),
    [
        (["01", "02"], [ONE, TWO], None, "Koordinatensystem"),
        (["01"], [ONE], "EPSG:4326", "„02“ fehlt"),
        (["1", "02"], [ONE, TWO], "EPSG:4326", "führende Null"),
        (["01", "02", "02"], [ONE, TWO, TWO], "EPSG:4326", "2-mal"),
        (["01", "02", "03"], [ONE, TWO, TWO], "EPSG:4326", "„03“ steht nicht"),
        (["01", "02"], [ONE, TWO.centroid], "EPSG:4326", "keine Fläche"),
    ],
)
def test_bad_borders_are_named(
    tmp_path: Path, keys: list[str], shapes: list[object], crs: str | None, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        load_geometry(write(tmp_path / "a.gpkg", keys, shapes, crs), DISTRICTS)
    assert words in caught.value.de
    assert "a.gpkg" in caught.value.en


def test_missing_file_and_key(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nicht gefunden"):
        load_geometry(tmp_path / "none.gpkg", DISTRICTS)
    gpd.GeoDataFrame({"nr": ["01"]}, geometry=[ONE], crs="EPSG:4326").to_file(tmp_path / "a.gpkg")
    with pytest.raises(DataError, match="Spalte mit dem Schlüssel fehlt"):
        load_geometry(tmp_path / "a.gpkg", DISTRICTS)


SHARED = paths.shared_data()


@pytest.mark.skipif(SHARED is None, reason="the folder with the figures as found (CARELAB_SHARED) is not here")
def test_magdeburgs_borders_fit_its_areas() -> None:
    assert SHARED is not None
    districts = load_city("magdeburg").districts
    found = load_geometry(SHARED / "magdeburg_stadtteile_simplified.geojson", districts)
    ratio = found.geometry.area.to_numpy() / (10_000 * districts["area_ha"].to_numpy())
    assert len(found) == 40
    assert (abs(ratio - 1) < 0.15).all()

"""Lists of homes, people in need, borders, stops, the grid, and new boundaries; all numbers and names are made up."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from format_files import xlsx
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from carelab.inputs.contracts import CITY
from carelab.inputs.errors import DataError
from carelab.inputs.formats.care import read_care
from carelab.inputs.formats.crosswalk import apply_crosswalk
from carelab.inputs.formats.facilities import COLUMNS, read_facilities
from carelab.inputs.formats.grid import read_grid
from carelab.inputs.formats.layers import read_layer
from carelab.inputs.formats.reading import Reading
from carelab.inputs.formats.stops import read_stops

pytestmark = pytest.mark.functional
DISTRICTS = pd.DataFrame({"district": ["01", "02"], "name": ["Altstadt", "Süd-Ost"]})


def said(reading: Reading) -> str:
    return "\n".join(problem.sentence(reading.name)[0] for problem in reading.problems)


HOMES = [
    ["Pflegeheime der Stadt (erfunden)", "", "", "", "", "", ""],
    ["Einrichtung", "Straße", "Stadtteil", "Trägerart", "Plätze (vollstationär)", "Eröffnung", "Status"],
    ["Haus Eins", "Weg 1", "Altstadt", "privat", 80, "06/2017", ""],
    ["Haus Zwei", "Weg 2", "sued ost", "freigemeinnützig", "k. A.", "2003", "in Betrieb"],
    ["Haus Drei", "Weg 3", "", "städtisch", 44.0, "", "geplant"],
    ["Summe", "", "", "", 124, "", ""],
]


def test_facility_list_comes_in_the_contracts_columns(tmp_path: Path) -> None:
    found = read_facilities(xlsx(tmp_path / "Heimliste.xlsx", HOMES), districts=DISTRICTS)
    assert said(found) == ""
    assert tuple(CITY["facilities"].columns) == COLUMNS
    table = found.table
    assert list(table["facility"]) == ["F001", "F002", "F003"]
    assert set(table["category"]) == {"home_full"}
    assert list(table["district"]) == ["01", "02", ""]
    assert list(table["operator_type"]) == ["private", "non_profit", "public"]
    np.testing.assert_equal(table["places"].to_numpy(), [80, np.nan, 44])
    assert list(table["opened"]) == ["2017-06", "2003", ""]
    assert list(table["status"]) == ["open", "open", "planned"]
    for column, kind in CITY["facilities"].columns.items():
        if kind.cast == "text":
            assert table[column].map(kind.fits).all(), column


def test_all_bad_rows_of_a_facility_list_are_named_at_once(tmp_path: Path) -> None:
    rows = [list(row) for row in HOMES[:-1]]
    rows[2][4], rows[3][2], rows[4][6] = "ca. 80", "Suedost-West", "vielleicht"
    found = read_facilities(xlsx(tmp_path / "a.xlsx", rows), districts=DISTRICTS)
    assert [(problem.row, problem.column, problem.value) for problem in found.problems] == [
        (3, "Plätze", "ca. 80"),
        (4, "Stadtteil", "Suedost-West"),
        (5, "Status", "vielleicht"),
    ]
    assert "(80?)" in said(found)
    with pytest.raises(DataError, match=r"Zeile 5, Spalte „Status“"):
        found.checked()


def test_wrong_sum_and_missing_kind_of_a_facility_list(tmp_path: Path) -> None:
    rows = [list(row) for row in HOMES]
    rows[0][0], rows[5][4] = "Liste", 125
    found = read_facilities(xlsx(tmp_path / "a.xlsx", rows), districts=DISTRICTS)
    assert "ergeben 124" in said(found)
    assert "Spalte „Art“" in said(found)


def test_people_in_need_long_and_wide(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Stadtteil;Jahr;Pflegebedürftige\nAltstadt;2023;1.200\n02;2023;.\n", encoding="cp1252"
    )
    found = read_care(tmp_path / "a.csv", districts=DISTRICTS)
    assert said(found) == ""
    np.testing.assert_equal(found.table["people_in_need"].to_numpy(), [1200, np.nan])
    text = "Stadtteil;Pflegebedürftige 2021;Pflegebedürftige 2023\nAltstadt;10;12\nSüd-Ost;20;21\nInsgesamt;30;34\n"
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    assert "die Stadtteile ergeben 33" in said(read_care(tmp_path / "b.csv", districts=DISTRICTS))
    (tmp_path / "c.csv").write_text("Stadtteil;Jahr;Einwohner\nAltstadt;2023;5\n", encoding="utf-8")
    assert "Pflegebedürftige" in said(read_care(tmp_path / "c.csv", districts=DISTRICTS))


SHAPES = [box(11.0, 52.0, 11.1, 52.1), box(11.1, 52.0, 11.2, 52.1)]


@pytest.mark.parametrize(
    ("name", "driver", "fmt"),
    [
        ("a.gpkg", "GPKG", "gpkg"),
        ("a.geojson", "GeoJSON", "geojson"),
        ("a.shp", "ESRI Shapefile", "shapefile"),
        ("a.fgb", "FlatGeobuf", "flatgeobuf"),
    ],
)
@pytest.mark.parametrize("cells", [["2", "1"], ["Süd Ost", "Altstadt"]])
def test_borders_in_four_formats_by_key_or_name(
    tmp_path: Path, name: str, driver: str, fmt: str, cells: list[str]
) -> None:
    data = gpd.GeoDataFrame({"BEZ": ["x", "y"], "STT": cells}, geometry=SHAPES[::-1], crs="EPSG:4326")
    data.to_file(tmp_path / name, driver=driver)
    found = read_layer(tmp_path / name, districts=DISTRICTS)
    assert found.fmt == fmt
    assert list(found.table["district"]) == ["01", "02"]
    assert found.table.crs == "EPSG:25832"
    assert found.table.geometry.centroid.x.is_monotonic_increasing


def test_borders_from_a_wfs() -> None:
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("wfs_server.py"))], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        found = read_layer(f"http://127.0.0.1:{server.stdout.readline().strip()}/wfs", districts=DISTRICTS)
    finally:
        server.terminate()
        server.communicate()
    assert found.fmt == "wfs"
    assert list(found.table["district"]) == ["01", "02"]
    assert list(found.table.geometry.area) == [10000, 10000]


def test_borders_that_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ohne Netz die Ebene als GeoPackage"):
        read_layer("http://127.0.0.1:9/wfs?service=WFS", districts=DISTRICTS)
    with pytest.raises(DataError, match="https://"):
        read_layer("http://geo.example.org/wfs", districts=DISTRICTS)
    with pytest.raises(DataError, match="nicht gefunden"):
        read_layer(tmp_path / "a.gpkg", districts=DISTRICTS)
    gpd.GeoDataFrame({"STT": ["a", "b"]}, geometry=SHAPES, crs="EPSG:4326").to_file(tmp_path / "b.gpkg", driver="GPKG")
    with pytest.raises(DataError, match="keine Spalte nennt"):
        read_layer(tmp_path / "b.gpkg", districts=DISTRICTS)
    gpd.GeoDataFrame({"STT": ["1", "7"]}, geometry=SHAPES, crs="EPSG:4326").to_file(tmp_path / "c.gpkg", driver="GPKG")
    with pytest.raises(DataError, match="„02“ fehlt"):
        read_layer(tmp_path / "c.gpkg", districts=DISTRICTS)


STOPS = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type\n"
    "a,Markt,52.1,11.6,0\nb,Bahnhof,52.2,11.7,1\nc,Nirgends,0,0,\nd,Ring,52.3,11.8,\n"
)


def test_gtfs_stops_from_the_zip_and_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "stops.txt").write_text(STOPS, encoding="utf-8-sig")
    with zipfile.ZipFile(tmp_path / "gtfs.zip", "w") as archive:
        archive.write(tmp_path / "stops.txt", "stops.txt")
    for path in (tmp_path / "stops.txt", tmp_path / "gtfs.zip"):
        found = read_stops(path)
        assert list(found.table["stop"]) == ["a", "d"]
        assert [problem.row for problem in found.problems] == [4]
        assert "1 Bahnhöfe" in found.notes[0].de


def test_zensus_grid(tmp_path: Path) -> None:
    head = "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n"
    rows = "CRS3035RES100mN3216200E4433100;4433150;3216250;12\nCRS3035RES100mN3216300E4433100;4433150;3216350;–\n"
    (tmp_path / "g.csv").write_text(head + rows, encoding="utf-8")
    found = read_grid(tmp_path / "g.csv")
    assert said(found) == ""
    np.testing.assert_equal(found.table["persons"].to_numpy(), [12, np.nan])
    assert list(found.table["suppressed"]) == [False, True]
    assert found.table["lon"].iloc[0] == pytest.approx(11.634774, abs=2e-5), "Zensus cell in the south of Magdeburg"
    assert found.table["lat"].iloc[0] == pytest.approx(52.044866, abs=2e-5)
    (tmp_path / "g.csv").write_text(head + rows.replace("4433150;3216250", "3216250;4433150"), encoding="utf-8")
    assert [problem.row for problem in read_grid(tmp_path / "g.csv").problems] == [2]
    (tmp_path / "h.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(DataError, match="kein Gitter"):
        read_grid(tmp_path / "h.csv")


WALK = pd.DataFrame({"from_key": ["01", "02", "02"], "to_key": ["A1", "A1", "B1"], "share": [1, 0.25, 0.75]})
OLD = pd.DataFrame({"district": ["01", "02"], "year": [2020, 2020], "persons": [100.0, 40.0]})


def test_crosswalk_moves_people_by_share() -> None:
    found = apply_crosswalk(OLD, WALK, keys=["district", "year"], values=["persons"])
    assert dict(zip(found["district"], found["persons"], strict=True)) == {"A1": 110, "B1": 30}


def test_crosswalk_of_some_years_leaves_the_others() -> None:
    both = pd.concat([OLD, pd.DataFrame({"district": ["A1", "B1"], "year": [2024, 2024], "persons": [7.0, 8.0]})])
    found = apply_crosswalk(
        both, WALK.assign(from_year=None, to_year=2022), keys=["district", "year"], values=["persons"]
    )
    assert list(found["persons"]) == [110, 7, 30, 8]


def test_a_hidden_cell_hides_what_it_would_be_part_of() -> None:
    found = apply_crosswalk(OLD.assign(persons=[np.nan, 40.0]), WALK, keys=["district", "year"], values=["persons"])
    np.testing.assert_equal(found["persons"].to_numpy(), [np.nan, 30])


@pytest.mark.parametrize(
    ("table", "walk", "words"),
    [
        (OLD.assign(district=["01", "09"]), WALK, "gefunden „09“, keine Zeile für dieses Gebiet"),
        (OLD, WALK.assign(share=[1, 0.2, 0.75]), "Anteile von „02“ erwartet zusammen 1"),
        (OLD, WALK.assign(share=[2, 0.25, 0.75]), "Anteil von „01“, erwartet 0 bis 1"),
        (OLD, WALK.drop(columns="share"), "Spalte fehlt"),
        (OLD, WALK.assign(from_year=2021, to_year=2025), "keine Zeile für dieses Gebiet"),
    ],
)
def test_without_a_sound_crosswalk_there_is_an_error(table: pd.DataFrame, walk: pd.DataFrame, words: str) -> None:
    with pytest.raises(DataError, match=words):
        apply_crosswalk(table, walk, keys=["district", "year"], values=["persons"])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_crosswalk_conserves_totals(data: st.DataObject) -> None:
    old, new = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    weights = np.array(data.draw(st.lists(st.integers(1, 1000), min_size=old * new, max_size=old * new))).reshape(
        old, new
    )
    shares = weights / weights.sum(axis=1, keepdims=True)
    rows = [(f"{i:02d}", f"N{j}", shares[i, j]) for i in range(old) for j in range(new)]
    people = data.draw(st.lists(st.integers(0, 10**6), min_size=old, max_size=old))
    table = pd.DataFrame({"district": [f"{i:02d}" for i in range(old)], "persons": people})
    walk = pd.DataFrame(rows, columns=["from_key", "to_key", "share"])
    found = apply_crosswalk(table, walk, keys=["district"], values=["persons"])
    assert found["persons"].sum() == pytest.approx(sum(people), rel=1e-9)
    np.testing.assert_allclose(found["persons"], np.array(people) @ shares, rtol=1e-9, atol=1e-9)

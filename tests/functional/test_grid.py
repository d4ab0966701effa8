"""A city adds the 100 m grid of Zensus 2022: ways begin where people live, and every figure says so."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from city_copy import copy_data
from pyproj import Transformer
from shapely.geometry import box

from carelab import cli, paths
from carelab.inputs.city import load_city
from carelab.params import Params
from carelab.planning.access import travel
from carelab.release import figures
from carelab.study import Study

pytestmark = pytest.mark.functional
CITY = "musterstadt"
PARAMS = Params(draws=100)
HALF = 400.0
"""Half the side of the made-up borders around each district's centre, metres."""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data that may be changed."""
    monkeypatch.setattr(paths, "DATA", copy_data(tmp_path / "data", CITY))
    return tmp_path


def add(file: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(("data", "add", CITY, str(file), "--as", kind, "--source", "Statistische Ämter"))
    out, err = capsys.readouterr()
    return int(str(end.value.code)), out + err


def centres(epsg: int) -> dict[str, tuple[float, float]]:
    table = load_city(CITY).districts
    change = Transformer.from_crs("EPSG:4326", f"EPSG:{epsg}", always_xy=True)
    return {row.district: change.transform(row.lon, row.lat) for row in table.itertuples()}


def borders(path: Path) -> Path:
    made = {key: box(x - HALF, y - HALF, x + HALF, y + HALF) for key, (x, y) in centres(25832).items()}
    gpd.GeoDataFrame({"district": list(made)}, geometry=list(made.values()), crs="EPSG:25832").to_file(path)
    return path


def cell(x: float, y: float, persons: str) -> str:
    """Return the row of the 100 m cell (EPSG:3035) that a point lies in."""
    west, south = int(x // 100) * 100, int(y // 100) * 100
    return f"CRS3035RES100mN{south}E{west};{west + 50};{south + 50};{persons}\n"


def test_people_of_the_grid_are_where_ways_begin(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x, y = centres(3035)["01"]
    grid = data / "Zensus2022_Bevoelkerungszahl_100m-Gitter.csv"
    rows = [cell(x - 200, y, "60"), cell(x + 200, y, "–"), cell(x + 50_000, y, "7"), cell(x + 1_000, y + 1_000, "9")]
    grid.write_text("GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n" + "".join(rows), encoding="utf-8")
    code, said = add(grid, "grid", capsys)
    assert code == 2
    assert "--as geometry" in said, "which cell belongs where only borders tell"
    assert not (data / "data" / CITY / "population_grid.csv").exists()
    assert add(borders(data / "borders.gpkg"), "geometry", capsys)[0] == 0
    spread = Study(PARAMS)
    code, said = add(grid, "grid", capsys)
    assert code == 0
    assert "2 Zellen mit 60 Menschen in 1 Gebieten; 1 Zellen außerhalb der Grenzen" in said
    assert "1 Zellen geheim gehalten" in said
    assert "Ohne Zelle, obwohl bewohnt: 02" in said
    stored = load_city(CITY).population_grid
    assert list(stored["district"]) == ["01", "01"]
    np.testing.assert_equal(sorted(stored["persons"]), [60, np.nan])

    told = Study(PARAMS)
    # by hand: 60 people of 61 at the first cell, one (hidden) at the second, each to the pharmacy nearest to it
    at = told.plane.metres(stored["lon"].to_numpy(), stored["lat"].to_numpy())
    shops = told.sites[(told.sites["kind"] == "apotheke") & told.sites["counts"]]
    to = told.plane.metres(shops["lon"].to_numpy(float), shops["lat"].to_numpy(float))
    metres = np.hypot(*(at[:, None] - to[None]).transpose(2, 0, 1)).min(axis=1)
    people = stored["persons"].fillna(1.0).to_numpy()
    expected = (metres * people).sum() / people.sum() * np.quantile(travel.paces(10), 0.5)
    minutes = told.minutes.query("kind == 'apotheke'").set_index("district")["median"]
    assert minutes["01"] == pytest.approx(expected, rel=1e-4)  # distances are kept in single precision
    before = spread.minutes.query("kind == 'apotheke'").set_index("district")
    assert minutes["02"] == pytest.approx(before.loc["02", "median"], rel=0.25), "no cell: still spread over the area"

    assert "über die Fläche" in spread.travel_note
    assert "aus dem Bevölkerungsraster (in 1 von 5 Stadtteilen), sonst über die Fläche" in told.travel_note
    for study in (spread, told):
        said = {"language": "de", "travel": study.travel_note}
        assert figures.near_intervals(study.near_city, year=2035, **said).source == study.travel_note

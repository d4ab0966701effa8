"""An OSM extract arrives: metres on foot are stored with their source, and every figure that uses them says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from city_copy import copy_data
from osm_file import DEGREE, streets, write_osm

from carelab import paths
from carelab.inputs.city import load_city
from carelab.inputs.errors import DataError
from carelab.params import Params
from carelab.planning.access import places
from carelab.stages.walking import add_extract
from carelab.study import Study
from carelab.terms import UserError

pytestmark = pytest.mark.functional
PARAMS = Params(draws=100)
BOX = (10.9, 51.94, 11.1, 52.07)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "DATA", copy_data(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_osm(tmp_path_factory.mktemp("osm") / "stadt.osm", streets(*BOX))


def test_metres_are_those_of_the_streets_and_the_run_says_so(root: Path, extract: Path) -> None:
    line = Study(PARAMS)
    before = line.minutes.query("kind == 'apotheke'").set_index("district")["median"]
    arrival = add_extract("musterstadt", str(extract))
    walks = load_city("musterstadt").walks
    x = (walks["from_lon"] - walks["to_lon"]).abs() * DEGREE * np.cos(np.radians(52.0))
    y = (walks["from_lat"] - walks["to_lat"]).abs() * DEGREE
    block = 0.002 * DEGREE  # at most one block more than the taxi driver, and the way to the street
    assert (walks["metres"] >= np.hypot(x, y) - 1).all()
    assert (walks["metres"] <= x + y + 2 * block).all()
    assert "mal die Luftlinie" in arrival.notes[0][0]
    study = Study(PARAMS)
    assert study.travel_source == "network"
    assert "OpenStreetMap (Stand 20" in study.travel_note
    after = study.minutes.query("kind == 'apotheke'").set_index("district")["median"]
    assert (after / before).between(0.8, 1.4).all()
    assert not study.site_flags["flag"].isin(["not_in_network", "not_in_matrix"]).any()
    sources = yaml.safe_load((root / "musterstadt" / "sources.yaml").read_text(encoding="utf-8"))["walks"]
    assert [sources[0][key] for key in ("publisher", "licence")] == ["OpenStreetMap-Mitwirkende", "ODbL 1.0"]
    assert "sha256" in sources[0]["note"]


def test_a_river_without_a_bridge_nearby_lengthens_the_way(root: Path, tmp_path: Path) -> None:
    bridge = ([(11.1, 52.02), (11.1, 52.022)], {"highway": "footway", "bridge": "yes"})
    wet = [*streets(*BOX, gap=(52.0205, 52.0215)), bridge]
    add_extract("musterstadt", str(write_osm(tmp_path / "dry.osm", streets(*BOX))))
    dry = Study(PARAMS).city.walks.set_index(["from_lon", "from_lat", "to_lon", "to_lat"])["metres"]
    add_extract("musterstadt", str(write_osm(tmp_path / "wet.osm", wet)))
    crossed = Study(PARAMS).city.walks.set_index(["from_lon", "from_lat", "to_lon", "to_lat"])["metres"]
    more = crossed - dry
    frame = more.reset_index()
    over = (frame["from_lat"] - 52.021) * (frame["to_lat"] - 52.021) < 0
    assert over.any()
    assert frame.loc[over, "metres"].median() > 3000
    assert frame.loc[~over, "metres"].abs().quantile(0.9) <= 0.01 * DEGREE


def test_motorways_and_closed_ways_are_not_walked(root: Path, tmp_path: Path) -> None:
    points = [(10.9, 51.94), (11.1, 52.07)]
    closed = [(points, {"highway": "motorway"}), (points, {"highway": "path", "foot": "no"})]
    with pytest.raises(DataError, match="kein Fußweg im Gebiet der Stadt"):
        add_extract("musterstadt", str(write_osm(tmp_path / "closed.osm", closed)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("half", r"deckt nicht die ganze Stadt ab; .*Nordfeld"),
        ("elsewhere", "kein Fußweg im Gebiet"),
        ("broken", "als OSM-Auszug nicht lesbar"),
        ("text", "kein OSM-Auszug gefunden; erwartet eine Datei .osm, .osm.pbf"),
    ],
)
def test_extracts_that_do_not_fit_change_nothing(root: Path, tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / ("a.txt" if content == "text" else "a.osm.pbf" if content == "broken" else "a.osm")
    if content in ("broken", "text"):
        file.write_bytes(b"\x00\x00\x00\x0dnothing of the kind")
    else:
        box = (10.9, 51.94, 11.1, 51.99) if content == "half" else (8.0, 50.0, 8.1, 50.1)
        write_osm(file, streets(*box))
    with pytest.raises(DataError, match=said):
        add_extract("musterstadt", str(file))
    assert not (root / "musterstadt" / "walks.csv").exists()


def test_a_site_off_the_network_is_named_and_left_out(root: Path, extract: Path) -> None:
    path = root / "musterstadt" / "sites.csv"
    add_extract("musterstadt", str(extract))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("11.05039,52.00836", "11.06039,52.00836", 1), encoding="utf-8")  # moved since
    study = Study(PARAMS)
    flags = study.site_flags.set_index("site")
    assert flags.loc["M31", ["flag", "counts"]].tolist() == ["not_in_network", False]


def test_a_grid_that_is_newer_than_the_ways_asks_for_them_again(root: Path, extract: Path) -> None:
    add_extract("musterstadt", str(extract))
    data = load_city("musterstadt")
    lon, lat = places.centres(data.districts)
    grid = pd.DataFrame({"cell": data.districts["district"], "district": data.districts["district"], "lon": lon,
                         "lat": lat, "persons": 100})  # fmt: skip
    grid.to_csv(root / "musterstadt" / "population_grid.csv", index=False)
    with (root / "musterstadt" / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("population_grid:\n  - {publisher: t, title: t, date: '2025', url: '', licence: t, quality: A, "
                   "note: ''}\n")  # fmt: skip
    with pytest.raises(UserError, match=r"walks\.csv: \d+ von \d+ Wohnorten fehlen"):
        _ = Study(PARAMS).sites


def own_minutes(root: Path, sites: list[str]) -> None:
    rows = [(f"{o:02d}", site, 5.0 + o + 2 * n, "walk") for o in range(1, 6) for n, site in enumerate(sites)]
    table = pd.DataFrame(rows, columns=["origin", "site", "minutes", "mode"])
    table.to_csv(root / "musterstadt" / "travel_times.csv", index=False)
    with (root / "musterstadt" / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("travel_times: *synthetic\n")


CANDIDATES = [*(f"K{n:02d}" for n in range(5, 13)), "M01", "M02", "M03", "M04"]


def test_a_matrix_may_name_candidates_that_are_no_sites(root: Path) -> None:
    own_minutes(root, [*CANDIDATES, "M25"])
    study = Study(PARAMS)
    assert study.minutes.query("kind == 'apotheke'")["median"].notna().all()
    assert study.siting_source == "matrix"
    assert study.siting.town.minutes.shape == (6, 12)
    assert study.siting_notes[0] == "Wege: Gehzeiten der Stadt (travel_times.csv) je Stadtteil."


def test_a_matrix_without_all_candidates_is_not_used_for_them_and_the_page_says_so(root: Path) -> None:
    own_minutes(root, [*CANDIDATES[2:], "M25"])
    study = Study(PARAMS)
    assert (study.travel_source, study.siting_source) == ("matrix", "line")
    note = study.siting_notes[0]
    assert note.startswith("Wege: Luftlinie mal Umwegfaktor")
    assert "nennt 2 von 12 Kandidaten nicht (Nachbarschaftshaus Südhang, Treffpunkt am See)" in note


def test_candidates_are_reached_over_the_network_and_one_off_it_cannot_be_chosen(root: Path, extract: Path) -> None:
    line = Study(PARAMS).siting.town.minutes
    add_extract("musterstadt", str(extract))
    study = Study(PARAMS)
    walked = study.siting.town.minutes
    near = walked[:5][line[:5] < 60] / line[:5][line[:5] < 60]
    assert np.median(near) == pytest.approx(1.0, abs=0.15)  # a chessboard's detour is about the one assumed
    assert "OpenStreetMap" in study.siting_notes[0]
    path = root / "musterstadt" / "candidates.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("10.99331,51.97292", "10.99931,51.97292"), encoding="utf-8")  # moved since
    moved = Study(PARAMS)
    assert not moved.siting.problem.possible[0]
    assert "nicht wählbar: 1 (Nachbarschaftshaus Südhang)" in moved.siting_notes[0]


def test_a_home_without_places_is_named_and_places_as_text_are_refused(root: Path) -> None:
    facilities = root / "musterstadt" / "facilities.csv"
    text = facilities.read_text(encoding="utf-8")
    facilities.write_text(text + "M90,Haus Neu,home_full,,01,,,,,,open,2025,,\n", encoding="utf-8")
    flags = Study(PARAMS).site_flags.set_index("site")
    assert flags.loc["M90", "flag"] == "no_point"  # the first that holds; its size is drawn from sizes known
    facilities.write_text(text.replace(",01,52,", ",01,achtzig,"), encoding="utf-8")
    with pytest.raises(DataError, match="places: gefunden „achtzig“"):
        load_city("musterstadt")

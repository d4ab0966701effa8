"""The desk as a first-time user meets it: every mistake at once, nothing half stored, the next run uses the file."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import xlsxwriter
import yaml
from city_copy import copy_data

from carelab import cli, paths
from carelab.inputs import musterstadt
from carelab.inputs.city import load_city
from carelab.inputs.desk.store import ASIDE
from carelab.inputs.provenance import sources_table
from carelab.params import Params
from carelab.study import Study

pytestmark = pytest.mark.functional
CITY = "musterstadt"
HEADINGS = ["Name", "Art", "Träger", "Stadtteil", "Plätze", "Stand"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of data/ that may be changed."""
    monkeypatch.setattr(paths, "DATA", copy_data(tmp_path / "data"))
    return tmp_path / "data"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    out, err = capsys.readouterr()
    return int(str(end.value.code)), out, err


def workbook(path: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Heime")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def sixty_homes() -> list[list[object]]:
    """Sixty homes in three districts, three places each, and two that the city knows already."""
    names = ["Altmarkt", "Nordfeld", "Südhang"]
    rows: list[list[object]] = [[f"Haus {n}", "Pflegeheim", "privat", names[n % 3], 3, 2025] for n in range(58)]
    return [
        HEADINGS,
        ["Haus am Markt", "Pflegeheim", "", "01", 50, 2025],
        ["Haus Linde", "Pflegeheim", "", "Südhang", "", ""],
        *rows,
    ]


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_three_bad_rows_of_sixty_are_told_at_once_and_nothing_changes(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = sixty_homes()
    rows[6][4], rows[20][3], rows[40][1] = "achtzig", "Sudhang", "Schwimmbad"
    before = state(data / CITY)
    code, out, err = said(
        capsys, "data", "add", CITY, str(workbook(tmp_path / "heime.xlsx", rows)), "--as", "facilities"
    )
    assert (code, out) == (2, "")
    lines = err.strip().splitlines()
    assert len(lines) == 3
    for line, (row, column, value, instead) in zip(
        lines,
        [
            (7, "Plätze", "achtzig", "ganze Zahl"),
            (21, "Stadtteil", "Sudhang", "Südhang"),
            (41, "Art", "Schwimmbad", "Pflegeheim"),
        ],
        strict=True,
    ):
        assert f"heime.xlsx, Zeile {row}, Spalte „{column}“: gefunden „{value}“" in line
        assert instead in line, "what to write instead"
    assert state(data / CITY) == before
    assert [path.name for path in data.iterdir() if path.name.startswith(".")] == []


def test_after_mending_the_next_run_uses_the_homes(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    params = Params(city=CITY, draws=100)
    before = Study(params)
    path = workbook(tmp_path / "heime.xlsx", sixty_homes())
    code, out, err = said(capsys, "data", "add", CITY, str(path), "--as", "facilities", "--source", "Heimaufsicht")
    assert (code, err) == (0, "")
    assert "60 Einrichtungen gelesen: 58 neu, 2 ergänzt, 0 unverändert; 4 frühere bleiben" in out
    after = Study(params)
    assert len(after.supply_known) == len(before.supply_known) + 58
    homes = after.city.facilities.set_index("name")
    assert homes.loc["Haus am Markt", "places"] == 50, "a known home is completed, not doubled"
    assert homes.loc["Haus Linde", ["district", "places"]].tolist() == ["03", 28.0], "an empty cell deletes nothing"
    known = after.supply_known_places.known
    np.testing.assert_array_equal(known[:3] - before.supply_known_places.known[:3], [-2 + 20 * 3, 19 * 3, 19 * 3 + 28])
    source = sources_table(CITY).query("table == 'facilities'").iloc[-1]
    assert (source["publisher"], source["quality"]) == ("Heimaufsicht", "A")
    assert "sha256" in (data / CITY / "sources.yaml").read_text(encoding="utf-8")
    assert said(capsys, "data", "add", CITY, str(path), "--as", "facilities", "--source", "Heimaufsicht")[0] == 0
    again = load_city(CITY)
    pd.testing.assert_frame_equal(again.facilities, after.city.facilities)
    entries = yaml.safe_load((data / CITY / "sources.yaml").read_text(encoding="utf-8"))["facilities"]
    assert len(entries) == 2, "the same file is one source, however often it is added"


def register(years: tuple[int, ...], *, hide: bool = False) -> pd.DataFrame:
    """Return Musterstadt's true persons by district, sex and age, as a register would export them."""
    cube = musterstadt.people()
    keys = [row[0] for row in musterstadt.DISTRICTS]
    rows = [
        (key, year, sex, str(age) if age < 90 else "90 und älter", cube[d, year - 2006, s, age])
        for d, key in enumerate(keys)
        for year in years
        for s, sex in enumerate(("männlich", "weiblich"))
        for age in range(91)
    ]
    table = pd.DataFrame(rows, columns=["Stadtteil", "Jahr", "Geschlecht", "Alter", "Einwohner"])
    counts = table["Einwohner"].astype(int).astype(str)
    return table.assign(Einwohner=counts.where(~table["Einwohner"].between(1, 2), "x") if hide else counts)


@pytest.mark.parametrize("hide", [False, True])
def test_a_register_by_age_and_sex_becomes_the_base(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], hide: bool
) -> None:
    path = tmp_path / "register.csv"
    register((2025,), hide=hide).to_csv(path, sep=";", index=False, encoding="cp1252")
    params = Params(city=CITY, draws=100)
    before = Study(params)
    code, out, err = said(capsys, "data", "add", CITY, str(path), "--as", "population", "--source", "Register")
    assert code == 0, err
    assert "Belegstufe A" in out
    after = Study(params)
    truth = musterstadt.people()[:, 2025 - 2006].astype(float)
    wrong_before, wrong_after = (np.abs(study.base_population - truth).sum() for study in (before, after))
    assert wrong_before > 100, "the estimate differs from the truth; otherwise this shows nothing"
    assert wrong_after < (1e-6 if not hide else 0.25 * wrong_before)
    assert set(before.districts["grade"]) == {"B"}
    assert set(after.districts["grade"]) == {"A"}
    assert set(after.growth["grade"]) == {"A"}
    first = after.population.sel(year=2025).values
    assert np.ptp(first, axis=0).max() < 1e-3, "counted ages carry no error of splitting"
    assert after.needs.set_index("ask").loc["population", "present"]


def test_a_register_that_counts_something_else_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = register((2025,)).assign(Einwohner=lambda rows: (rows["Einwohner"].astype(int) * 1.1).round().astype(int))
    table.to_csv(tmp_path / "register.csv", sep=";", index=False)
    before = state(data / CITY)
    code, _, err = said(capsys, "data", "add", CITY, str(tmp_path / "register.csv"), "--as", "population")
    assert code == 2
    assert "zählt die Datei etwas anderes" in err
    lost = register((2025,)).query("Stadtteil != '03'")
    lost.to_csv(tmp_path / "register.csv", sep=";", index=False)
    code, _, err = said(capsys, "data", "add", CITY, str(tmp_path / "register.csv"), "--as", "population")
    assert code == 2
    assert "es fehlen die Stadtteile 03" in err
    assert state(data / CITY) == before


def test_bands_and_totals_find_their_tables(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cube = musterstadt.people()[:, 2025 - 2006].sum(axis=1)
    keys = [row[0] for row in musterstadt.DISTRICTS]
    groups = [(0, 17), (18, 64), (65, 79), (80, None)]
    rows = [
        (key, 2025, f"{a}-{b}" if b else f"{a} und älter", int(cube[d, a : b + 1 if b else None].sum()))
        for d, key in enumerate(keys)
        for a, b in groups
    ]
    path = tmp_path / "gruppen.csv"
    pd.DataFrame(rows, columns=["Stadtteil", "Jahr", "Alter", "Einwohner"]).to_csv(path, sep=";", index=False)
    code, out, err = said(capsys, "data", "add", CITY, str(path), "--as", "population", "--source", "Amt")
    assert code == 0, err
    assert "4 Altersgruppen je Stadtteil (Belegstufe B)" in out
    study = Study(Params(city=CITY, draws=100))
    old = study.base_population[:, :, 80:].sum(axis=(1, 2))
    np.testing.assert_allclose(old, cube[:, 80:].sum(axis=1), atol=2.0)


def test_counts_by_district_narrow_what_they_should(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    params = Params(city=CITY, draws=400)
    before = Study(params)
    promised = before.needs.set_index("ask").loc["care", "share_narrower_pct"]
    expected = np.median(before._need[:, 0].sum(axis=2), axis=0)
    rows = [["Schlüssel", "Jahr", "Pflegebedürftige"]]
    rows += [[key, 2025, round(n)] for key, n in zip(before.districts.index, expected, strict=True)]
    path = workbook(tmp_path / "kassen.xlsx", [list(row) for row in rows])
    assert said(capsys, "data", "add", CITY, str(path), "--as", "care", "--source", "Pflegekassen")[0] == 0
    after = Study(params)

    def width(study: Study) -> np.ndarray:
        need = study.demand.sel(year=2035).sum("setting").values
        low, high = np.quantile(need / need.sum(axis=1, keepdims=True), [0.1, 0.9], axis=0)
        return np.asarray((high - low)[study.districts["ranked"].to_numpy()])

    came = 100 * np.median(1 - width(after) / width(before))
    assert promised > 20
    assert came == pytest.approx(promised, abs=5), "what data needs promises is what the file then does"


def test_borders_are_stored_and_used(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schematic = Study(Params(city=CITY, draws=100)).polygons
    shapes = gpd.GeoDataFrame(
        {"nummer": schematic["district"]}, geometry=schematic.geometry.buffer(-5).array, crs="EPSG:25832"
    ).to_crs("EPSG:4326")
    path = tmp_path / "grenzen.geojson"
    shapes.to_file(path, driver="GeoJSON")
    code, out, err = said(capsys, "data", "add", CITY, str(path), "--as", "geometry", "--source", "Vermessungsamt")
    assert code == 0, err
    assert "Grenzen von 6 Stadtteilen gespeichert" in out
    used = Study(Params(city=CITY, draws=100))
    assert "schematic" not in used.polygons
    assert used.polygons.crs == "EPSG:25832"
    assert "geometry" in set(used.sources["table"])


def test_a_crosswalk_keeps_every_sum(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts of two earlier districts, of which one was divided, arrive on today's six."""
    today = [row[0] for row in musterstadt.DISTRICTS]
    (tmp_path / "alt.csv").write_text("Schlüssel;Jahr;Pflegebedürftige\n101;2025;301\n102;2025;200\n", encoding="utf-8")
    shares = {"01": ("101", 0.5), "02": ("101", 0.5), "03": ("102", 0.4), "04": ("102", 0.6), "05": ("102", 0.0)}
    lines = [f"{old},{new},{share}" for new, (old, share) in shares.items()]
    walk = tmp_path / "gebiete.csv"
    walk.write_text("from_key,to_key,share\n" + "\n".join(lines) + "\n", encoding="utf-8")
    words = ("data", "add", CITY, str(tmp_path / "alt.csv"), "--as", "care", "--crosswalk", str(walk))
    assert said(capsys, *words)[0] == 0
    counted = load_city(CITY).care_districts
    assert counted["people_in_need"].sum() == 501
    assert set(counted["district"]) <= set(today)
    walk.write_text("from_key,to_key,share\n" + "\n".join(lines[:2]) + "\n", encoding="utf-8")
    code, _, err = said(capsys, *words)
    assert code == 2
    assert "102" in err, "an area without a row is named"


def test_what_a_killed_process_left_is_put_back(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / CITY).rename(data / f"{ASIDE}{CITY}")
    code, _, err = said(capsys, "data", "add", CITY, "fehlt.csv", "--as", "care")
    assert code == 2
    assert "fehlt.csv: Datei nicht gefunden" in err
    assert load_city(CITY).city == CITY


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("log.csv", "--as", "log"), "Logbuch: Datei nicht gefunden, leer oder nicht lesbar"),
        (("x.csv", "--as", "homes"), "--as homes gibt es nicht; erlaubt: population, facilities"),
        (("x.csv", "--as", "facilities", "--crosswalk", "y.csv"), "Datei nicht gefunden"),
    ],
)
def test_other_mistakes_are_one_sentence(
    data: Path, words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "data", "add", CITY, *words)
    assert code == 2
    assert sentence in err

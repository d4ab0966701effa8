"""Bad data gives one clear sentence per bad row, in German and English; nothing slips through."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from city_copy import copy_data

from carelab import paths
from carelab.inputs.checks import check_data
from carelab.inputs.city import load_city
from carelab.inputs.errors import DataError
from carelab.inputs.provenance import sources_table

pytestmark = pytest.mark.functional
Mutation = Callable[[Path], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_data(tmp_path)


def swap(file: str, old: str, new: str, count: int = 1) -> Mutation:
    """Replace text in one file of the city."""

    def mutate(city: Path) -> None:
        text = (city / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} not in {file}"
        (city / file).write_text(text.replace(old, new, count), encoding="utf-8")

    return mutate


def recode(file: str, encoding: str) -> Mutation:
    def mutate(city: Path) -> None:
        (city / file).write_bytes((city / file).read_text(encoding="utf-8").encode(encoding))

    return mutate


def remove(file: str) -> Mutation:
    return lambda city: (city / file).unlink()


def semicolons(city: Path) -> None:
    text = (city / "supply.csv").read_text(encoding="utf-8")
    (city / "supply.csv").write_text(text.replace(",", ";").replace(".", ","), encoding="utf-8")


def first_row(file: str) -> str:
    return (paths.DATA / "musterstadt" / file).read_text(encoding="utf-8").splitlines()[1]


BANDS, TOTAL, CITY = "population_bands.csv", "population_total.csv", "population_city.csv"
FIRST = {file: first_row(file) for file in (BANDS, TOTAL, CITY, "districts.csv", "physicians.csv", "care.csv")}


def with_cell(file: str, position: int, cell: str) -> Mutation:
    """Put a cell into the first row of a file."""
    row = FIRST[file].split(",")
    return swap(file, FIRST[file], ",".join([*row[:position], cell, *row[position + 1 :]]))


CASES: dict[str, tuple[Mutation, tuple[str, ...], tuple[str, ...]]] = {
    "file missing": (remove(BANDS), (BANDS, "Datei fehlt"), (BANDS, "file is missing")),
    "cp1252": (
        recode("districts.csv", "cp1252"),
        ("districts.csv, Zeile 4", "kein UTF-8", "cp1252", "Südhang"),
        ("line 4", "not UTF-8", "cp1252"),
    ),
    "semicolons": (semicolons, ("Zeile 1", "Semikolon", "Komma"), ("line 1", "semicolons", "commas")),
    "decimal comma": (
        with_cell("districts.csv", 2, '"210,5"'),
        ("Zeile 2", "area_ha", "210,5", "Dezimalkomma"),
        ("line 2", "decimal comma"),
    ),
    "decimal comma unquoted": (
        with_cell("districts.csv", 2, "210,5"),
        ("Zeile 2", "8 Zellen", "erwartet 7"),
        ("8 cells", "expected 7"),
    ),
    "column missing": (
        swap(TOTAL, "persons", "people"),
        ("Zeile 1", "„people“ ist unbekannt", "„persons“ fehlt"),
        ('"people" is unknown', '"persons" is missing'),
    ),
    "column misspelt": (swap(TOTAL, "persons", "person"), ("meinten Sie „persons“?",), ('did you mean "persons"?',)),
    "column twice": (swap(TOTAL, "year,persons", "year,year,persons"), ("„year“ steht zweimal",), ("twice",)),
    "leading zero": (
        with_cell(TOTAL, 0, "1"),
        (TOTAL, "Zeile 2", "district", "„1“", "führende Null"),
        ("leading zero lost?",),
    ),
    "key as number": (with_cell(TOTAL, 0, "1.0"), ("als Zahl gespeichert",), ("stored as a number",)),
    "area code as number": (swap("city.yaml", '"99000"', "99000"), ("ags", "Anführungszeichen"), ("text in quotes",)),
    "district missing": (swap(TOTAL, FIRST[TOTAL] + "\n", ""), ("Jahr 2011", "01"), ("year 2011", "01")),
    "district twice": (
        swap("districts.csv", FIRST["districts.csv"], FIRST["districts.csv"] + "\n" + FIRST["districts.csv"]),
        ("Zeile 3", "steht schon in Zeile 2"),
        ("line 3", "already in line 2"),
    ),
    "name twice": (swap("districts.csv", "Nordfeld", "Altmarkt"), ("Zeile 3", "Altmarkt"), ("line 3",)),
    "duplicate key": (
        swap("care.csv", FIRST["care.csv"], FIRST["care.csv"] + "\n" + FIRST["care.csv"]),
        ("Zeile 3", "year=2009", "erwartet einmal"),
        ("expected once",),
    ),
    "unknown district": (with_cell("physicians.csv", 0, "77"), ("„77“", "districts.csv"), ('"77"', "districts.csv")),
    "bands and total": (
        swap(BANDS, "01,2023,0,6,", "01,2023,0,6,1"),
        ("year=2023", "Summe der Altersgruppen"),
        ("sum of the age bands",),
    ),
    "sex sums": (swap("care.csv", "2015,m,ambulant,", "2015,m,ambulant,1"), ("m + w",), ("expected equal",)),
    "city sums": (swap(TOTAL, "99000,2012,", "99000,2012,1"), ("Stadt", "Stadtteile"), ("city", "districts")),
    "negative": (with_cell(TOTAL, 2, "-5"), ("Zeile 2", "„-5“ (negativ)", "ganze Zahl ab 0"), ("negative",)),
    "fraction": (with_cell(TOTAL, 2, "12.5"), ("„12.5“", "Bruchteil"), ("fraction",)),
    "thousands": (with_cell(TOTAL, 2, "6 557"), ("Tausendertrennung",), ("thousands",)),
    "symbol where a number is due": (with_cell(TOTAL, 2, "-"), ("amtliches Zeichen", "nie null"), ("never zero",)),
    "empty where a number is due": (with_cell(TOTAL, 2, ""), ("leere Zelle", "persons"), ("an empty cell",)),
    "blank but not suppressed": (
        with_cell(BANDS, 4, ""),
        ("Zeile 2", "suppressed=true gehören zusammen"),
        ("belong together",),
    ),
    "overlapping ages": (with_cell(BANDS, 3, "9"), ("Zeile 3", "überschneidet"), ("line 3", "overlaps")),
    "age missing": (swap(CITY, "2006,t,40,40,", "2006,m,40,40,"), ("age_from=41", "Lücke"), ("gap",)),
    "utf-16": (recode("care.csv", "utf-16"), ("UTF-16", "UTF-8"), ("UTF-16",)),
    "empty file": (lambda city: (city / "care.csv").write_bytes(b""), ("„year“ fehlt",), ('"year" is missing',)),
    "ages upside down": (swap(BANDS, ",7,17,", ",7,5,"), ("oberes Alter",), ("upper age",)),
    "year out of range": (with_cell(TOTAL, 1, "20011"), ("year", "1900 bis 2100"), ("1900 to 2100",)),
    "unknown word": (swap("care.csv", "pflegegeld", "pflegegold"), ("pflegegold", "eines von"), ("one of",)),
    "not lon and lat": (with_cell("districts.csv", 3, "611001.5"), ("lon", "5 bis 18"), ("longitude",)),
    "grade": (swap("city.yaml", '"B"', '"Z"'), ("grade", "A, B, C, D, E"), ("grade",)),
    "no districts": (
        lambda city: (
            (city / "districts.csv").write_text(
                "district,name,area_ha,lon,lat,lon_people,lat_people\n", encoding="utf-8"
            )
            and None
        ),
        ("districts.csv", "keine Zeile"),
        ("no row",),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_data_is_named(case: str, root: Path) -> None:
    mutate, german, english = CASES[case]
    mutate(root / "musterstadt")
    with pytest.raises(DataError) as caught:
        load_city("musterstadt", root=root)
    for words in german:
        assert words in caught.value.de
    for words in english:
        assert words in caught.value.en
    assert "musterstadt" in caught.value.de
    assert "Traceback" not in caught.value.de
    assert pickle.loads(pickle.dumps(caught.value)).en == caught.value.en


def test_all_bad_rows_in_one_report_and_one_line_per_row(root: Path) -> None:
    path = root / "musterstadt" / TOTAL
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1], lines[4] = "1,2011,-3,observed", "01,2014,x,observed"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_city("musterstadt", root=root)
    rows = caught.value.de.splitlines()
    assert len(rows) == 2
    assert "Zeile 2" in rows[0]
    assert "district" in rows[0]
    assert "persons" in rows[0]
    assert "Zeile 5" in rows[1]


def test_a_flood_of_bad_rows_is_counted_not_printed(root: Path) -> None:
    swap(CITY, ",t,", ",total,", 100)(root / "musterstadt")
    with pytest.raises(DataError, match="70 weitere Zeilen"):
        load_city("musterstadt", root=root)


@pytest.mark.parametrize("symbol", ["-", ".", "/", "x", "...", "*", "()"])
def test_official_symbols_are_unknown_never_zero(symbol: str, root: Path) -> None:
    city = root / "musterstadt"
    before = load_city("musterstadt", root=root).indicators
    row = (city / "indicators.csv").read_text(encoding="utf-8").splitlines()[1]
    cells = row.split(",")
    swap("indicators.csv", row, ",".join([*cells[:3], symbol, *cells[4:]]))(city)
    data = load_city("musterstadt", root=root)
    assert before["mean_age"].isna().sum() + 1 == data.indicators["mean_age"].isna().sum()
    assert any(symbol in de and "nicht als null" in de for de, _ in data.remarks)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_an_excel_utf8_mark_and_line_ends_are_no_problem(ending: str, root: Path) -> None:
    path = root / "musterstadt" / "districts.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", ending).encode("utf-8-sig"))
    assert len(load_city("musterstadt", root=root).districts) == 6


def test_a_table_of_which_nothing_is_known_is_its_header(root: Path) -> None:
    for name in (
        "population_bands",
        "indicators",
        "births",
        "care",
        "supply",
        "facilities",
        "physicians",
        "home_concepts",
    ):
        path = root / "musterstadt" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    data = load_city("musterstadt", root=root)
    assert data.care.empty
    assert data.care["persons"].dtype == "int64"
    assert (check_data(data)["result"] == "warning").sum() >= 7


def test_unknown_city_is_answered_with_the_nearest(root: Path) -> None:
    with pytest.raises(DataError, match="meinten Sie „musterstadt“"):
        load_city("musterstat", root=root)
    with pytest.raises(DataError, match="vorhanden: musterstadt"):
        load_city("xyz", root=root)
    with pytest.raises(DataError):
        load_city("reference", root=root)


def test_every_table_needs_a_source(root: Path) -> None:
    swap("sources.yaml", "care: *synthetic\n", "")(root / "musterstadt")
    with pytest.raises(DataError, match="care: Quelle fehlt"):
        sources_table("musterstadt", root=root)

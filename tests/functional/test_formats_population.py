"""One small file per format of population tables, as offices write it; all numbers are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from format_files import ods, xls, xlsx

from carelab import paths
from carelab.inputs.errors import DataError
from carelab.inputs.formats.population import read_population
from carelab.inputs.formats.reading import Reading
from carelab.inputs.formats.sheet import read_sheet

pytestmark = pytest.mark.functional
DISTRICTS = pd.DataFrame({"district": ["01", "02", "04"], "name": ["Altstadt", "Süd-Ost", "Werder"]})
NAN = float("nan")


def read(path: Path, text: str, encoding: str = "utf-8", districts: pd.DataFrame | None = DISTRICTS) -> Reading:
    path.write_bytes(text.encode(encoding))
    return read_population(path, districts=districts)


def facts(reading: Reading) -> dict[tuple[str, int, str, int, float | None], float | None]:
    """Return the table as key -> persons, None where hidden."""
    rows = reading.table.astype(object).where(reading.table.notna(), None)
    keys = zip(rows["district"], rows["year"], rows["sex"], rows["age_from"], rows["age_to"], strict=True)
    assert list(rows["persons"].isna()) == list(rows["suppressed"])
    return dict(zip(keys, rows["persons"], strict=True))


def said(reading: Reading) -> str:
    return "\n".join(problem.sentence(reading.name)[0] for problem in reading.problems)


def noted(reading: Reading) -> str:
    return "\n".join(note.de for note in reading.notes)


FFCSV_OLD = (
    "Statistik_Code;Statistik_Label;Zeit_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Merkmal_Label;1_Auspraegung_Code;"
    "1_Auspraegung_Label;2_Merkmal_Code;2_Merkmal_Label;2_Auspraegung_Code;2_Auspraegung_Label;3_Merkmal_Code;"
    "3_Merkmal_Label;3_Auspraegung_Code;3_Auspraegung_Label;BEVSTD__Bevoelkerungsstand__Anzahl\n"
)
FFCSV_NEW = (
    "\ufeffstatistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
    "1_variable_attribute_code;1_variable_attribute_label;2_variable_code;2_variable_label;2_variable_attribute_code;"
    "2_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label\n"
)


def test_ffcsv_old(tmp_path: Path) -> None:
    row = "12411;F;STAG;Stichtag;31.12.2022;KREISE;Kreise;15003;Magdeburg;GES;Geschlecht;{};ALTX20;Alter;{};{}\n"
    parts = [
        ("GESM;männlich", "ALT000B03;unter 3 Jahre", "30"),
        ("GESM;männlich", "ALT003UM;3 Jahre und mehr", "."),
        ("GESW;weiblich", "ALT000B03;unter 3 Jahre", "-"),
        ("GESW;weiblich", "ALT003UM;3 Jahre und mehr", "500"),
        ("GESW;weiblich", ";Insgesamt", "500"),
    ]
    found = read(tmp_path / "a.csv", FFCSV_OLD + "".join(row.format(*part) for part in parts), "cp1252")
    assert (found.fmt, said(found)) == ("ffcsv_old", "")
    assert facts(found) == {
        ("15003", 2022, "m", 0, 2): 30,
        ("15003", 2022, "m", 3, None): None,
        ("15003", 2022, "w", 0, 2): 0,
        ("15003", 2022, "w", 3, None): 500,
    }


def test_ffcsv_new_keeps_counts_and_totals_of_other_variables(tmp_path: Path) -> None:
    row = "12411;Fortschreibung;STAG;Stichtag;2023-12-31;KREISE;Kreise;15003;Magdeburg;{};{}\n"
    parts = [
        ("NAT;Nationalität;;Insgesamt", "900;Anzahl;BEVSTD;Bevölkerungsstand"),
        ("NAT;Nationalität;NATA;Ausländer(innen)", "90;Anzahl;BEVSTD;Bevölkerungsstand"),
        ("NAT;Nationalität;;Insgesamt", "44,5;Jahre;BEV519;Durchschnittsalter"),
    ]
    found = read(tmp_path / "a.csv", FFCSV_NEW + "".join(row.format(*part) for part in parts))
    assert (found.fmt, said(found)) == ("ffcsv_new", "")
    assert facts(found) == {("15003", 2023, "t", 0, None): 900}
    assert "1 Zeilen anderer Merkmale" in noted(found)
    assert "weiterer Gliederung" in noted(found)


def test_ffcsv_without_total_of_a_breakdown_is_refused(tmp_path: Path) -> None:
    row = "12411;F;STAG;Stichtag;2023-12-31;KREISE;Kreise;15003;Magdeburg;NAT;Nationalität;NATA;Ausländer(innen);90;"
    found = read(tmp_path / "a.csv", FFCSV_NEW + row + "Anzahl;BEVSTD;Bevölkerungsstand\n")
    assert "weiter untergliedert" in said(found)


GENESIS = """GENESIS-Tabelle: 12411-02-03-4
Bevölkerung nach Geschlecht und Altersgruppen;;;;;
Fortschreibung des Bevölkerungsstandes;;;;;
Bevölkerungsstand (Anzahl);;;;;
;;;Insgesamt;männlich;weiblich
31.12.2022;15003;  Magdeburg, kreisfreie Stadt;unter 3 Jahre;50;20;30
31.12.2022;15003;  Magdeburg, kreisfreie Stadt;3 Jahre und mehr;70;.;40
31.12.2022;15003;  Magdeburg, kreisfreie Stadt;Insgesamt;120;50;70
__________
(C)opyright Statistische Ämter des Bundes und der Länder
Stand: 01.02.2024 / 10:00:00
"""


def test_genesis_classic(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", GENESIS.replace(";;;Insgesamt", ";;;;Insgesamt"), "cp1252", None)
    assert (found.fmt, said(found)) == ("genesis_classic", "")
    assert facts(found)[("15003", 2022, "m", 3, None)] is None
    assert facts(found)[("15003", 2022, "w", 3, None)] == 40
    assert len(found.table) == 6
    assert "cp1252" in noted(found)


WIDE = """Einwohner mit Hauptwohnsitz nach Stadtteilen (erfunden);;;;;
Stand: 31.12.2024;;;;;
Nr.;Stadtteil;unter 18;18–64;65 und älter;Insgesamt¹
1;Altstadt;1.000;2.000;500;3.500
2;Sued Ost;100;.;50;300
4;Werder;-;10;5;15
;Stadt insgesamt;1.100;2.160;555;3.815
1) nur Hauptwohnsitz;;;;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_wide_register_with_totals_and_footnotes(tmp_path: Path, encoding: str) -> None:
    found = read(tmp_path / "a.csv", WIDE, encoding)
    assert (found.fmt, said(found)) == ("register_wide", "")
    table = facts(found)
    assert table[("01", 2024, "t", 0, 17)] == 1000
    assert table[("02", 2024, "t", 18, 64)] is None
    assert table[("04", 2024, "t", 0, 17)] == 0
    assert len(table) == 9
    assert "zeigen 150 Personen weniger" in noted(found)
    assert list(found.table["source_row"].unique()) == [4, 5, 6]


HEADER = [["Stadtteil", "2023", None, None, None], [None, "männlich", None, "weiblich", None]]
ROWS = [
    *HEADER,
    [None, "0 - 64", "65 u. m.", "0 - 64", "65 u. m."],
    ["01 Altstadt", 1, 2, 3, 4],
    ["Werder", 5, 6.0, "x", 8],
]
MERGES = [(0, 0, 2, 0), (0, 1, 0, 4), (1, 1, 1, 2), (1, 3, 1, 4)]


@pytest.mark.parametrize(("write", "name"), [(xlsx, "a.xlsx"), (ods, "a.ods"), (xls, "a.xls")])
def test_merged_headers_of_spreadsheets(tmp_path: Path, write: Callable[..., Path], name: str) -> None:
    found = read_population(write(tmp_path / name, ROWS, MERGES), districts=DISTRICTS)
    assert said(found) == ""
    assert facts(found) == {
        **{("01", 2023, "m", 0, 64): 1, ("01", 2023, "m", 65, None): 2, ("01", 2023, "w", 0, 64): 3},
        **{("01", 2023, "w", 65, None): 4, ("04", 2023, "m", 0, 64): 5, ("04", 2023, "m", 65, None): 6},
        **{("04", 2023, "w", 0, 64): None, ("04", 2023, "w", 65, None): 8},
    }


def test_merging_lost_on_the_way_to_csv(tmp_path: Path) -> None:
    text = "Stadtteil;2023;;2024;\n;männlich;weiblich;männlich;weiblich\nAltstadt;1;2;3;4\nWerder;5;6;7;8\n"
    found = read(tmp_path / "a.csv", text)
    assert said(found) == ""
    assert facts(found)[("04", 2024, "w", 0, None)] == 8


def test_long_register_and_sikurs_codes(tmp_path: Path) -> None:
    text = (
        "GEBIET;JAHR;GESCHL;ALTER;BESTAND\n01;2024;1;0;12\n01;2024;2;0;13\n01;2024;1;1;x\n01;2024;2;1;0\n4;2024;1;0;3\n"
    )
    found = read(tmp_path / "a.txt", text)
    assert (found.fmt, said(found)) == ("sikurs", "")
    assert facts(found)[("01", 2024, "m", 1, 1)] is None
    assert facts(found)[("04", 2024, "m", 0, 0)] == 3


def test_hhstat_like_with_a_further_breakdown(tmp_path: Path) -> None:
    text = "Gebiet\tJahr\tGeschlecht\tAltersjahr\tNationalität\tAnzahl\n"
    rows = "01\t2024\tm\t80\tinsgesamt\t7\n01\t2024\tm\t80\tdeutsch\t5\n01\t2024\tm\t80\tnicht deutsch\t2\n"
    found = read(tmp_path / "a.txt", text + rows)
    assert (said(found), facts(found)) == ("", {("01", 2024, "m", 80, 80): 7})
    refused = read(tmp_path / "b.txt", text + "".join(rows.splitlines(keepends=True)[1:]))
    assert "weiter untergliedert" in said(refused)


def test_kiss_md_reads_magdeburgs_own_bands(tmp_path: Path) -> None:
    """The export has no column names: its groups must come out as published in data/magdeburg."""
    bands = pd.read_csv(paths.DATA / "magdeburg" / "population_bands.csv", dtype=str, keep_default_na=False)
    bands = bands[bands["status"] == "observed"]
    total = pd.read_csv(paths.DATA / "magdeburg" / "population_total.csv", dtype=str)
    total = total.set_index(["district", "year"])["persons"]
    districts = pd.read_csv(paths.DATA / "magdeburg" / "districts.csv", dtype=str)
    rows: list[list[str | float]] = [[f"var{place}" for place in range(1, 9)]]
    for (key, year), group in bands.groupby(["district", "year"], sort=False):
        parts = [
            int(cell) if cell else "" for cell in group.sort_values("age_from", key=lambda a: a.astype(int))["persons"]
        ]
        rows.append([int(year), int(key), *parts, int(total[(key, year)])])
    found = read_population(xlsx(tmp_path / "export.xlsx", rows), districts=districts)
    assert (found.fmt, said(found)) == ("kiss_md", "")
    wanted = bands[bands["district"] != "15003"]
    assert len(found.table) == len(wanted) > 900
    keys = ["district", "year", "age_from"]
    merged = wanted.astype({"year": int, "age_from": int}).merge(found.table, on=keys, suffixes=("", "_read"))
    assert (pd.to_numeric(merged["persons"]).fillna(-1) == merged["persons_read"].fillna(-1)).all()
    assert len(merged) == len(wanted)
    assert "Summen der Datei geprüft: die Stadtteile passen dazu" in noted(found)


def test_unknown_kiss_table_is_refused(tmp_path: Path) -> None:
    found = read_population(xlsx(tmp_path / "a.xlsx", [["var1", "var2", "var3"], [2024, 1, 5]]), districts=DISTRICTS)
    assert "nennt keine Spaltennamen" in said(found)


BAD = [
    ("Stadtteil;Jahr;Einwohner\nAltstat;2024;5\n", "meinten Sie „01 Altstadt“?"),
    ("Stadtteil;Jahr;Einwohner\nAtlantis;2024;5\n", "Gebiet steht nicht in districts.csv"),
    ("Nr;Stadtteil;Jahr;Einwohner\n1;Werder;2024;5\n", "meinen Verschiedenes"),
    ("Stadtteil;Einwohner\nAltstadt;5\n", "Jahr fehlt"),
    ("Stadtteil;Jahr;Einwohner\nAltstadt;2024;fünf\n", "erwartet eine ganze Zahl"),
    ("Stadtteil;Jahr;Einwohner\nAltstadt;2024;5,5\n", "erwartet eine ganze Zahl"),
    ("Stadtteil;Jahr;Einwohner\nAltstadt;2024;-5\n", "erwartet eine ganze Zahl"),
    ("Stadtteil;Jahr;Einwohner\nAltstadt;2024;5\nAltstadt;2024;6\n", "stehen schon weiter oben"),
    ("Stadtteil;Jahr;Einwohner\nAltstadt;2024;5\nWerder;2024;6\nSumme;2024;12\n", "die Stadtteile ergeben 11"),
    ("Stadtteil;Jahr;m;w;Insgesamt\nAltstadt;2024;5;6;12\n", "m und w ergeben 11"),
    ("Stadtteil;Jahr;0-17;18+;Insgesamt\nAltstadt;2024;5;6;12\n", "die Altersgruppen ergeben 11"),
    ("Stadtteil;Jahr;0-17;18+;80+\nAltstadt;2024;5;6;2\n", "überschneidet sich"),
    ("Stadtteil;Jahr;0-17;über 65\nAltstadt;2024;5;6\n", "Überschrift nicht verstanden"),
    ("Stadtteil;Jahr;2025-06-03;7-17\nAltstadt;2024;5;6\n", "vermutlich „3-6“"),
    ("Stadtteil;Jahr;03. Jun;7-17\nAltstadt;2024;5;6\n", "vermutlich „3-6“"),
    ("Stadtteil;Jahr;Alter;Einwohner\nAltstadt;2024;2017-03-01;5\n", "vermutlich „1-3 / 3-17“"),
    ("Stadtteil;Jahr;Alter;Einwohner\nAltstadt;2024;alt;5\n", "erwartet Altersjahr oder Altersgruppe"),
    ("Stadtteil;Jahr;Geschlecht;Einwohner\nAltstadt;2024;q;5\n", "erwartet m, w oder insgesamt"),
    ("Stadtteil;Jahr;Einwohner\nAltstadt;24;5\n", "erwartet ein Jahr"),
    ("Stadtteil;Jahr;0-17;18+\nAltstadt;2024;5;6\n;;250;360\n", "Zahl ohne Stadtteil"),
    ("eins;zwei\ndrei;vier\n", "keine Kopfzeile gefunden"),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=[words for _, words in BAD])
def test_what_is_refused_and_how(tmp_path: Path, text: str, words: str) -> None:
    found = read(tmp_path / "bad.csv", text)
    assert words in said(found)
    with pytest.raises(DataError, match=r"bad\.csv"):
        found.checked()


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    text = "Stadtteil;Jahr;Einwohner\n" + "".join(f"Nirgends {place};2024;5\n" for place in range(40))
    assert [problem.row for problem in read(tmp_path / "a.csv", text).problems] == list(range(2, 42))


def test_finer_groups_beside_their_sum_and_people_without_district(tmp_path: Path) -> None:
    text = "Stadtteil;Jahr;0-64;65 u. ä.;65-79;80+;gesamt\nAltstadt;2024;10;5;3;2;15\nohne Zuordnung;2024;1;0;0;0;1\n"
    found = read(tmp_path / "a.csv", text + "Gesamtstadt;2024;11;5;3;2;16\n")
    assert said(found) == ""
    assert facts(found) == {("01", 2024, "t", 0, 64): 10, ("01", 2024, "t", 65, 79): 3, ("01", 2024, "t", 80, None): 2}
    assert "1 Personen ohne Zuordnung" in noted(found)
    wrong = read(tmp_path / "b.csv", text.replace("10;5;3", "10;5;4").replace("15\n", "16\n", 1))
    assert "die feineren Altersgruppen ergeben 6" in said(wrong)


def test_sheets_of_a_workbook_are_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", ROWS, MERGES, sheet="Daten")
    assert read_sheet(path, sheet="Daten").sheet == "Daten"
    with pytest.raises(DataError, match="vorhanden: Daten"):
        read_sheet(path, sheet="Tabelle9")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 kaputt")
    with pytest.raises(DataError, match="beschädigt"):
        read_sheet(tmp_path / "b.xlsx")
    with pytest.raises(DataError, match="nicht gefunden"):
        read_sheet(tmp_path / "c.csv")


def test_zeros_under_ages_that_look_like_them_are_rows(tmp_path: Path) -> None:
    """A row of zeros below the heading "0" was once taken for a repeated header and lost."""
    found = read(
        tmp_path / "a.csv", "Stadtteil;Jahr;0;1 und älter\n01;2024;0;0\nStadtteil;Jahr;0;1 und älter\n02;2024;0;1\n"
    )
    assert said(found) == ""
    assert list(found.table["persons"]) == [0, 0, 0, 1]

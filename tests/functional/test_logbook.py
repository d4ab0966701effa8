"""The logbook: 50 files as office programs write them enter completely; 200 hostile or sloppy ones leave no trace."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from carelab import cli, paths
from carelab.inputs.city import load_city
from carelab.inputs.desk.templates import write_templates
from carelab.inputs.errors import DataError
from carelab.inputs.formats.sheet import read_sheet
from carelab.inputs.logbook_cells import coded
from carelab.terms_logbook import LOG_CODES, LOG_HEADINGS

pytestmark = pytest.mark.functional
CITY = "musterstadt"
COLUMNS = list(LOG_HEADINGS)
DISTRICTS = {"01": "Altmarkt", "02": "Nordfeld", "03": "Südhang"}
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
GERMAN = [
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November"),
    "Dezember",
]
Row = dict[str, object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data/ with one city of which only the districts are known (a half-filled folder is enough for the desk)."""
    root = tmp_path_factory.mktemp("logbook") / "data"
    shutil.copytree(paths.DATA / CITY, root / CITY)
    for path in (root / CITY).glob("*.csv"):
        if path.stem != "districts":
            path.unlink()
    return root


@pytest.fixture
def data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (folder / CITY / "log.csv").unlink(missing_ok=True)
    shutil.copy(paths.DATA / CITY / "sources.yaml", folder / CITY / "sources.yaml")
    monkeypatch.setattr(paths, "DATA", folder)
    return folder


def contacts(seed: int, amount: int = 12) -> list[Row]:
    """Return rows of a clean logbook in codes; no two of them are equal in all but their number."""
    rng, rows, seen = random.Random(seed), [], set()
    while len(rows) < amount:
        row: Row = {"month": rng.choice(MONTHS), "district": rng.choice(list(DISTRICTS))}
        row |= {column: rng.choice(list(codes)) for column, codes in LOG_CODES.items()}
        row |= {"minutes": rng.randint(1, 240), "kilometres": rng.randint(0, 400) / 10, "contacts": rng.randint(1, 3)}
        key = tuple(value for column, value in row.items() if column != "contacts")
        if key not in seen:
            rows.append(row)
        seen.add(key)
    return rows


def month(text: str, style: int) -> str:
    year, number = text.split("-")
    return [text, f"{number}.{year}", f"01.{number}.{year}", f"{GERMAN[int(number) - 1]} {year}", f"{text}-01"][
        style % 5
    ]


def written(row: Row, *, words: int, months: int, key: int, comma: bool) -> list[str]:
    """Return a row as text: codes or words (1 German, 2 English), months and districts in several manners."""
    cells = []
    for column in COLUMNS:
        value = row[column]
        if column in LOG_CODES and words:
            cells.append(LOG_CODES[column][str(value)][words - 1])
        elif column == "month":
            cells.append(month(str(value), months))
        elif column == "district":
            name = DISTRICTS[str(value)]
            cells.append([str(value), name, f"{value} {name}", str(int(str(value)))][key % 4])
        else:
            cells.append(str(value).replace(".", ",") if comma and column == "kilometres" else str(value))
    return cells


def text_file(path: Path, rows: list[list[str]], *, mark: str, encoding: str) -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def xlsx(path: Path, rows: list[list[str]], *, title: bool, dates: bool) -> Path:
    """Write a workbook with a merged title, months as dates and numbers as numbers, as Excel keeps them."""
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet("Logbuch"), book.add_format({"num_format": "mmm yy"})
        top = 2 if title else 0
        if title:
            sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "Logbuch Pflege-Mobil")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                at = (number + top, place)
                if number and dates and place == COLUMNS.index("month"):
                    sheet.write_datetime(*at, dt.datetime.fromisoformat(cell), day)
                elif number and COLUMNS[place] in ("minutes", "kilometres", "contacts"):
                    sheet.write_number(*at, float(cell))
                else:
                    sheet.write_string(*at, cell)
    return path


def ods(path: Path, rows: list[list[str]], *, dates: bool) -> Path:
    book, table = OpenDocumentSpreadsheet(), Table(name="Tabelle1")
    for number, row in enumerate(rows):
        line = TableRow()
        for place, cell in enumerate(row):
            column = COLUMNS[place]
            if number and dates and column == "month":
                made = TableCell(valuetype="date", datevalue=cell)
            elif number and column in ("minutes", "kilometres", "contacts"):
                made = TableCell(valuetype="float", value=cell)
            else:
                made = TableCell(valuetype="string")
            made.addElement(P(text=cell))
            line.addElement(made)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def clean_file(path: Path, number: int) -> tuple[Path, list[Row]]:
    """Write clean file ``number`` in one of ten manners of office programs, with other words and rows each time."""
    rows, kind, words = contacts(number), number % 10, (number // 10) % 3
    headings = [COLUMNS, [pair[0] for pair in LOG_HEADINGS.values()], [pair[1] for pair in LOG_HEADINGS.values()]][
        words
    ]
    dates = kind in (6, 7, 9)
    style = {"words": words, "months": 4 if dates else number, "key": number, "comma": kind in (0, 1, 2)}
    cells = [list(headings), *(written(row, **style) for row in rows)]
    order = random.Random(number).sample(range(len(COLUMNS)), len(COLUMNS)) if kind < 5 else range(len(COLUMNS))
    cells = [[line[place] for place in order] for line in cells]
    marks = {0: (";", "cp1252"), 1: (";", "utf-8-sig"), 2: ("\t", "utf-8"), 3: (",", "utf-8"), 4: ("\t", "utf-16")}
    if kind in marks:
        mark, encoding = marks[kind]
        return text_file(path / "log.csv", cells, mark=mark, encoding=encoding), rows
    if kind < 8:
        return xlsx(path / "log.xlsx", cells, title=kind in (5, 7), dates=dates), rows
    return ods(path / "log.ods", cells, dates=dates), rows


def add(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(["data", "add", CITY, str(path), "--as", "log", "--source", "Träger"])
    return int(str(end.value.code)), "".join(capsys.readouterr())


@pytest.mark.parametrize("number", range(50))
def test_clean_files_enter_completely(
    number: int, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rows = clean_file(tmp_path, number)
    code, said = add(path, capsys)
    assert code == 0, said
    stored = pd.read_csv(data / CITY / "log.csv", dtype={"district": str}, keep_default_na=False)
    expected = pd.DataFrame(rows)[stored.columns]
    keys = list(stored.columns)
    pd.testing.assert_frame_equal(
        stored.sort_values(keys, ignore_index=True), expected.sort_values(keys, ignore_index=True), check_dtype=False
    )
    assert add(path, capsys)[0] == 0, "the same file once more changes nothing"
    assert len(pd.read_csv(data / CITY / "log.csv")) == len(rows)


SECRET = "Qxvanna Wzülow"
Spoil = Callable[[list[list[str]], random.Random], tuple[str, int]]
"""Spoils one row of a table; returns what must never be seen again and the row in the file (0: any row)."""


def cell(column: str, values: list[str]) -> Spoil:
    """Return what puts one of some values into a cell of a column."""

    def spoil(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
        number, value = rng.randrange(1, len(rows)), rng.choice(values)
        rows[number][COLUMNS.index(column)] = value
        return value, number + 1

    return spoil


def column(heading: str, value: str) -> Spoil:
    def spoil(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
        place = rng.randrange(len(rows[0]) + 1)
        for number, row in enumerate(rows):
            row.insert(place, value if number else heading)
        return value, 1 if heading else 2

    return spoil


def heading_is_a_name(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
    rows[0].append(SECRET)
    return SECRET, 1


def remark_beside(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
    number = rng.randrange(1, len(rows))
    rows[number].append(f"{SECRET}, Schlüssel beim Nachbarn")
    return SECRET, number + 1


def twice(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
    rows.append(list(rows[rng.randrange(1, len(rows))]))
    return "Schlüssel beim Nachbarn", len(rows)


def no_headings(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
    rows[1][COLUMNS.index("referral")] = SECRET
    del rows[0]
    return SECRET, 0


def above_headings(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
    rows.insert(0, [SECRET, "0391 5671234", "Hauptstr. 7", *[""] * (len(COLUMNS) - 3)])
    return SECRET, 1


def sum_row(rows: list[list[str]], rng: random.Random) -> tuple[str, int]:
    rows.append(["Summe Qxv", *[""] * (len(COLUMNS) - 2), "8641"])
    return "8641", len(rows)


HOSTILE: dict[str, Spoil] = {
    "name": cell("referral", [SECRET, "Frau Qxvara", "Dr. Zzyx", "Qxvanna"]),
    "name in a district": cell("district", [SECRET, "Altmarkt (Fr. Qxvara)", "Altmarkt 17b Qxv"]),
    "remark": cell("outcome", ["wünscht Rückruf am Qxvabend", "Tochter Qxv sehr besorgt; dement?"]),
    "e-mail": cell("service", ["qxv.wzulow@example.org", "qxv@wzulow.example"]),
    "telephone": cell("minutes", ["0391 5671234", "+49 171 8873321", "(0391) 567-1239"]),
    "birth date": cell("age_band", ["17.04.1938", "1941-11-23", "3.9.41", "geb. 12.12.1933"]),
    "birth date as a month": cell("month", ["17.04.1938", "1941-11-23", "1938-04", "04.1941"]),
    "day of the contact": cell("month", ["2025-03-17", "23.05.2025"]),
    "address": cell("place_of_contact", ["Qxvstr. 19, 39104", "Wzülowweg 6", "39128 Qxvdorf"]),
    "insurance number": cell("contact", ["Q738291645", "W 123456789", "X829301746"]),
    "age": cell("age_band", ["83", "Jahrgang 1937"]),
    "future": cell("month", ["2099-05", "07.2087", "Mai 2093"]),
    "unknown Stadtteil": cell("district", ["Qxvhausen", "9417", "77"]),
    "negative minutes": cell("minutes", ["-37", "-118"]),
    "absurd minutes": cell("minutes", ["7219", "99831", "37,53"]),
    "absurd kilometres": cell("kilometres", ["-13,71", "8177", "17 km Qxv", "3,14159"]),
    "no number": cell("kilometres", ["viel Qxv", "n/a Qxv"]),
    "contacts": cell("contacts", ["-7731", "8843", "zwei Qxv"]),
    "formula": cell("outcome", ['=HYPERLINK("http://qxv.example")', "@SUM(Qxv1)"]),
    "line break": cell("referral", [f"keine\n{SECRET}", f"{SECRET}\r\nkeine"]),
    "invisible": cell("referral", ["\u202eQxvanna", "Qxv\u200banna"]),
    "empty": cell("service", [""]),
    "column of names": column("Name", SECRET),
    "column of birth dates": column("Geburtsdatum", "17.04.1938"),
    "column of remarks": column("Bemerkung", "ruft Qxv an"),
    "column of addresses": column("Anschrift", "Wzülowweg 6"),
    "column of numbers": column("Versicherten-Nr.", "Q738291645"),
    "column without heading": column("", SECRET),
    "heading": heading_is_a_name,
    "beside": remark_beside,
    "twice": twice,
    "no headings": no_headings,
    "above": above_headings,
    "sum": sum_row,
}


def hostile_file(path: Path, number: int) -> tuple[Path, str, int]:
    """Write hostile file ``number``: each kind of mistake in turn, in changing formats, else clean."""
    rng, kinds = random.Random(1000 + number), list(HOSTILE)
    style = {"words": number % 3, "months": 0, "key": number, "comma": True}
    cells = [[pair[0] for pair in LOG_HEADINGS.values()]]
    cells += [written(row, **style) for row in contacts(number, 6)]
    secret, row = HOSTILE[kinds[number % len(kinds)]](cells, rng)
    width = max(map(len, cells))
    cells = [line + [""] * (width - len(line)) for line in cells]
    target = path / f"{SECRET} {number}.csv"
    if number % 4 == 3:
        with xlsxwriter.Workbook(target.with_suffix(".xlsx"), {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet("Qxvblatt")
            for at, line in enumerate(cells):
                for place, text in enumerate(line):
                    sheet.write_string(at, place, text)
        return target.with_suffix(".xlsx"), secret, row
    encoding = "utf-8" if "\u202e" in secret or "\u200b" in secret else ("utf-8-sig", "cp1252", "utf-8")[number % 3]
    lines = any("\n" in text for line in cells for text in line)
    return text_file(target, cells, mark=";", encoding=encoding), secret, 0 if lines else row


def everything(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("number", range(200))
def test_hostile_files_leave_no_trace(
    number: int, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path, secret, row = hostile_file(tmp_path, number)
    before = everything(data / CITY)
    code, said = add(path, capsys)
    assert code == 2, "refused"
    assert everything(data / CITY) == before, "not a byte has changed"
    assert not [found for found in data.iterdir() if found.name.startswith(".")], "no copy is left"
    for line in said.strip().splitlines():
        assert line.startswith("Logbuch, Zeile ")
        assert ", Spalte „" in line
    assert not row or f"Zeile {row}," in said
    for word in {secret, SECRET, "Qxv", "wzülow", "Wzülow", *secret.split()} - {"", "keine", "km", "Tochter", "am"}:
        if len(word) > 1 or word == secret:
            found = word in said + caplog.text
            assert not found or word in {"1", "77", "83", "geb.", "Frau"}, f"{word!r} is repeated"


def test_a_stored_logbook_edited_by_hand_is_refused_without_being_quoted(tmp_path: Path) -> None:
    shutil.copytree(paths.DATA / CITY, tmp_path / CITY)
    header = "month,district,place_of_contact,service,age_band,pflegegrad_band,contact,outcome,referral,minutes,"
    lines = [header + "kilometres,contacts", f"2025-03,01,home,{SECRET},90+,pg1,first,solved,none,30,2,1"]
    (tmp_path / CITY / "log.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        load_city(CITY, root=tmp_path)
    assert "log.csv, Zeile 2" in refused.value.de
    assert "Qxv" not in repr(refused.value) + refused.value.en
    assert refused.value.__context__ is None


def test_a_file_stored_in_part_is_refused_and_two_providers_add_up(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = contacts(3, 8)
    style = {"words": 1, "months": 0, "key": 0, "comma": True}
    heads = [pair[0] for pair in LOG_HEADINGS.values()]
    files = [
        text_file(tmp_path / name, [heads, *(written(row, **style) for row in part)], mark=";", encoding="utf-8")
        for name, part in (("a.csv", rows[:5]), ("b.csv", rows[5:]), ("c.csv", [*rows[4:7], *contacts(99, 1)]))
    ]
    assert [add(path, capsys)[0] for path in files[:2]] == [0, 0]
    assert len(pd.read_csv(data / CITY / "log.csv")) == 8
    code, said = add(files[2], capsys)
    assert code == 2
    assert said.count("gespeicherten") == 3


def test_a_source_never_carries_the_name_of_the_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = clean_file(tmp_path, 0)
    path = path.rename(tmp_path / f"Einsätze {SECRET}.csv")
    assert add(path, capsys)[0] == 0
    assert "Qxv" not in (data / CITY / "sources.yaml").read_text(encoding="utf-8")
    assert "log:" in (data / CITY / "sources.yaml").read_text(encoding="utf-8")


def test_the_template_has_drop_downs_and_its_words_are_read(tmp_path: Path) -> None:
    districts = pd.DataFrame({"district": list(DISTRICTS), "name": list(DISTRICTS.values())})
    write_templates(tmp_path, districts, "Musterstadt", "de")
    with zipfile.ZipFile(tmp_path / "log.xlsx") as book:
        table = book.read("xl/worksheets/sheet1.xml").decode()
    assert table.count('<dataValidation type="list"') == len(LOG_CODES) + 1
    lists = read_sheet(tmp_path / "log.xlsx", sheet="Listen").rows
    columns = {words[0]: column for column, words in LOG_HEADINGS.items()}
    for place, heading in enumerate(lists[0]):
        for word in (row[place] for row in lists[1:] if row[place] and columns.get(heading) in LOG_CODES):
            assert coded(columns[heading], word)[1] is None
    assert sorted(read_sheet(tmp_path / "log.xlsx").rows[0]) == sorted(columns)

"""Turn the rows of a table into facts: one count with its area, year, sex, ages and the row it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from carelab.inputs.formats.ages import Age, excel_date, is_total, read_age
from carelab.inputs.formats.layout import Column, Layout, date_words
from carelab.inputs.formats.reading import Remarks, listed
from carelab.inputs.formats.sheet import Sheet
from carelab.inputs.formats.words import read_sex, read_year

FOOT: Final = re.compile(r"_{3,}.*")
REMARK: Final = re.compile(
    r"(?:\d\)|[a-z]\)|\*+\)?|©|Quelle|Stand\b|Anmerkung|Hinweis|Datenquelle|Legende|Source)", re.IGNORECASE
)
_YEAR_IN_TITLE: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


class Fact(NamedTuple):
    """One cell with a count; ``age`` None = all ages, ``year`` None = not told in the row or column."""

    area: tuple[str, ...]
    year: int | None
    sex: str
    age: Age | None
    text: str
    row: int
    column: str


def facts(sheet: Sheet, layout: Layout, remarks: Remarks) -> list[Fact]:
    """Return all facts of a table; rows that hold none are noted, bad keys are problems."""
    found: list[Fact] = []
    filled: dict[int, str] = {}
    year = _title_year(layout, sheet, remarks)
    left_out: list[int] = []
    for index in range(layout.first_data, len(sheet.rows)):
        row = sheet.rows[index]
        number = sheet.row_number(index)
        if row and FOOT.fullmatch(row[0]):
            left_out += [sheet.row_number(i) for i in range(index, len(sheet.rows)) if any(sheet.rows[i])]
            break
        if not any(row):
            continue
        if _is_remark(row, layout):
            left_out.append(number)
            continue
        row = _filled_down(row, layout, filled)
        keys = _row_keys(row, number, layout, remarks)
        if keys is not None:
            found += list(_cells(row, number, layout, keys, year))
    if left_out:
        remarks.note(
            f"Fußnoten und Zwischenüberschriften ohne Zahlen in Zeile {listed(left_out)} nicht gelesen.",
            f"Footnotes and headings without numbers in row {listed(left_out)} not read.",
        )
    return found


class _Keys(NamedTuple):
    area: tuple[str, ...]
    year: int | None
    sex: str | None
    age: Age | None


def _title_year(layout: Layout, sheet: Sheet, remarks: Remarks) -> int | None:
    """Return the one year named above the table (or in the sheet's or file's name), if no row or column names any."""
    if layout.of("year") or any(column.year for column in layout.of("persons")):
        return None
    for place, words in (("Titel", layout.titles), ("Blatt", (sheet.sheet,)), ("Dateiname", (sheet.name,))):
        years = {year for word in words for year in _YEAR_IN_TITLE.findall(word)}
        if len(years) == 1:
            year = int(years.pop())
            en = {"Titel": "title", "Blatt": "name of the sheet", "Dateiname": "name of the file"}[place]
            remarks.note(f"Jahr {year} aus: {place}.", f"Year {year} from the {en}.")
            return year
    return None


def _is_remark(row: list[str], layout: Layout) -> bool:
    """Say whether a row has no value: a footnote, a heading between rows, or the header once more."""
    values = [row[column.index] for column in layout.of("persons")]
    words = {cell for cell in row if cell}
    if any(values):
        merged = len(words) == 1 and len(values) > 1
        header = all(_part(row[column.index], column.heading) for column in layout.of("area", "persons"))
        return (merged or header) and any(re.search(r"[^\W\d]{2}", value) for value in values)
    areas = [row[column.index] for column in layout.of("area")]
    return any(len(cell) > 40 or REMARK.match(cell) for cell in areas) or sum(map(bool, areas)) < max(1, len(areas))


def _part(cell: str, heading: str) -> bool:
    """Say whether a cell repeats a heading or one row of it."""
    return cell == heading or heading.startswith(f"{cell} ") or heading.endswith(f" {cell}") or f" {cell} " in heading


def _filled_down(row: list[str], layout: Layout, last: dict[int, str]) -> list[str]:
    """Fill an empty area or year from the row above, as long as another key of the row is there."""
    row = list(row)
    keys = layout.of("area", "year", "sex", "age", "age_from")
    areas = [column.index for column in layout.of("area")]
    if not any(row[place] for place in areas) and any(row[column.index] for column in keys):
        for place in areas:
            row[place] = last.get(place, "")
    for column in layout.of("year"):
        row[column.index] = row[column.index] or last.get(column.index, "")
    last.update({column.index: row[column.index] for column in layout.of("area", "year") if row[column.index]})
    return row


def _row_keys(row: list[str], number: int, layout: Layout, remarks: Remarks) -> _Keys | None:
    """Return area, year, sex and ages of a row; None (and problems) if one of them is not understood."""
    before = len(remarks.problems)
    year, sex, age = None, None, None
    for column in layout.of("year"):
        year = read_year(row[column.index])
        if year is None:
            words = (
                "erwartet ein Jahr wie 2024 oder ein Datum wie 31.12.2024",
                "expected a year or a date like 31.12.2024",
            )
            remarks.bad(number, column.heading, row[column.index], words)
    for column in layout.of("sex"):
        sex = read_sex(row[column.index]) if row[column.index] else "t"
        if sex is None:
            words = ("erwartet m, w oder insgesamt (oder 1, 2)", "expected m, w or total (or 1, 2)")
            remarks.bad(number, column.heading, row[column.index], words)
    for column in layout.of("age"):
        age = _stub_age(row[column.index], number, column.heading, remarks)
    if layout.of("age_from"):
        age = _two_column_age(row, number, layout, remarks)
    if len(remarks.problems) > before:
        return None
    return _Keys(tuple(row[column.index] for column in layout.of("area")), year, sex, age)


def _stub_age(text: str, number: int, heading: str, remarks: Remarks) -> Age | None:
    """Return the ages of a cell (None = all ages)."""
    if not text or is_total(text):
        return None
    if excel_date(text):
        remarks.bad(number, heading, text, date_words(text))
        return None
    age = read_age(text.removesuffix(".0"))
    if age is None:
        words = (
            "erwartet Altersjahr oder Altersgruppe (7, unter 3, 3 bis unter 6, 65-74, 90 und älter, insgesamt)",
            "expected an age or age group (7, under 3, 65-74, 90 and older, total)",
        )
        remarks.bad(number, heading, text, words)
    return age


def _two_column_age(row: list[str], number: int, layout: Layout, remarks: Remarks) -> Age | None:
    """Return the ages of two columns, the upper one empty where the group is open."""
    first, last = (row[column.index] if column else "" for column in (_one(layout, "age_from"), _one(layout, "age_to")))
    if (
        re.fullmatch(r"\d{1,3}", first)
        and re.fullmatch(r"\d{0,3}", last)
        and (not last or int(first) <= int(last) <= 120)
    ):
        return Age(int(first), int(last) if last else None)
    words = (
        "erwartet zwei Alter von 0 bis 120, das obere leer für „und älter“",
        "expected two ages, the upper empty = open",
    )
    remarks.bad(number, "age_from, age_to", f"{first}, {last}", words)
    return None


def _one(layout: Layout, role: str) -> Column | None:
    return next(iter(layout.of(role)), None)


def _cells(row: list[str], number: int, layout: Layout, keys: _Keys, year: int | None) -> Iterator[Fact]:
    """Yield one fact per value column."""
    for column in layout.of("persons"):
        age, sex = column.age or keys.age, column.sex or keys.sex or "t"
        when = column.year or keys.year or year
        yield Fact(keys.area, when, sex, age, row[column.index], number, column.heading)

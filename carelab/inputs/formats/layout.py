"""Find the header of a table and what each column holds: wide or long, one header row or several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from carelab.inputs.formats.ages import Age, excel_date, is_total, read_age
from carelab.inputs.formats.reading import Remarks
from carelab.inputs.formats.sheet import Sheet
from carelab.inputs.formats.words import Heading, Role, read_heading, read_sex, read_year, role_of

LOOKED_AT = 60
"""A header begins within so many rows."""
_NO_COUNT = re.compile(
    r"%|anteil|quote|quotient|durchschnitt|dichte|mittel|median|index|pflegegrad|pflegestufe|veraenderung|veränderung|share",
    re.I,
)


@dataclass(frozen=True)
class Column:
    """One column: its place, heading for messages, role, and for columns of values what they count."""

    index: int
    heading: str
    role: Role
    year: int | None = None
    sex: str | None = None
    age: Age | None = None


@dataclass(frozen=True)
class Layout:
    """Columns of a table, index of the first row with data, and the words above the header."""

    columns: tuple[Column, ...]
    first_data: int
    titles: tuple[str, ...]

    def of(self, *roles: str) -> list[Column]:
        """Return the columns of these roles."""
        return [column for column in self.columns if column.role in roles]


def find_layout(sheet: Sheet, remarks: Remarks) -> Layout | None:
    """Return the layout, or None (and a problem) if no header is found."""
    start = next((index for index in range(min(len(sheet.rows), LOOKED_AT)) if _is_header(sheet.rows, index)), None)
    if start is None:
        remarks.bad(
            0,
            "",
            "",
            (
                "keine Kopfzeile gefunden; erwartet Überschriften wie Stadtteil, Jahr, Altersgruppe, Einwohner",
                "no header found; expected headings like district, year, sex, age, persons",
            ),
        )
        return None
    first = start + 1
    while first < len(sheet.rows) and _continues(sheet.rows, start, first):
        first += 1
    header = [_spread(sheet, index, index == first - 1) for index in range(start, first)]
    columns = _columns(header, sheet, first, start, remarks)
    titles = [cell for row in sheet.rows[:start] for cell in dict.fromkeys(row) if cell]
    return Layout(tuple(columns), first, tuple(titles))


def _is_header(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Say whether a row is the first of the header: at least two cells and half of all are headings."""
    filled = [cell for cell in rows[index] if cell]
    understood = [cell for cell in filled if read_heading(cell) is not None]
    if len(understood) < 2 or 2 * len(understood) < len(filled):
        return False
    words = {read_heading(cell) for cell in understood}
    return len(words) > 1 or words != {Heading("persons")}


def _continues(rows: Sequence[Sequence[str]], start: int, index: int) -> bool:
    """Say whether the header goes on in a row: its row keys are empty or headings, the rest are headings."""
    row, stubs = rows[index], _stubs(rows[start:index])
    keys_only = all(not row[place] or _repeats(rows, start, index, place) or role_of(row[place]) for place in stubs)
    rest = [cell for place, cell in enumerate(row) if place not in stubs and cell]
    understood = [cell for cell in rest if read_heading(cell) is not None]
    return keys_only and 0 < len(rest) <= 2 * len(understood) and not any(_number(cell) for cell in rest)


def _repeats(rows: Sequence[Sequence[str]], start: int, index: int, place: int) -> bool:
    """Say whether a cell repeats the heading above it, as cells merged downwards do."""
    return any(rows[above][place] == rows[index][place] for above in range(start, index))


def _number(cell: str) -> bool:
    """Say whether a cell is a number that can be no heading."""
    return bool(re.fullmatch(r"[\d., ]+", cell)) and read_heading(cell) is None


def _stubs(header: Sequence[Sequence[str]]) -> list[int]:
    """Return the places of columns that hold the keys of rows: with a key's heading, or without any left of values."""
    width = len(header[0])
    found = [[role_of(row[place]) for row in header if row[place]] for place in range(width)]
    keys = [place for place in range(width) if found[place] and found[place][-1] not in (None, "persons")]
    values = [place for place in range(width) if found[place] and place not in keys]
    first = min(values, default=width)
    return sorted({*keys, *(place for place in range(first) if not found[place])})


def _spread(sheet: Sheet, index: int, last: bool) -> list[str]:
    """Return a header row with blanks filled from the left, where merging has been lost on the way to a text file."""
    row = list(sheet.rows[index])
    if last or any(left and left == right for left, right in pairwise(row)):
        return row
    for place in range(1, len(row)):
        if not row[place] and row[place - 1] and role_of(row[place - 1]) is None:
            row[place] = row[place - 1]
    return row


def _columns(header: list[list[str]], sheet: Sheet, first: int, start: int, remarks: Remarks) -> list[Column]:
    """Return what each column holds; what is left out is noted, what is half understood is a problem."""
    dates = _age_dates(header, sheet, start, remarks)
    columns: list[Column] = []
    for place in range(len(header[0])):
        cells = list(dict.fromkeys(row[place] for row in header if row[place]))
        body = [row[place] for row in sheet.rows[first:] if row[place]]
        if place in dates or not body:
            continue
        heading = " ".join(cells)
        column = _value_column(place, heading, cells) if cells else _bare(place, body, columns)
        if column is None:
            _left_out(heading or _letter(place), cells, sheet.row_number(first - 1), remarks)
        else:
            columns.append(column)
    return columns


def _age_dates(header: list[list[str]], sheet: Sheet, start: int, remarks: Remarks) -> set[int]:
    """Return columns whose age heading a spreadsheet has turned into a date, and name them."""
    found = set()
    for offset, row in enumerate(header):
        readings = {place: read_heading(cell) for place, cell in enumerate(row) if cell}
        has_ages = any(reading is not None and reading.age is not None for reading in readings.values())
        dated = {place: row[place] for place, reading in readings.items() if reading and reading.excel_date}
        odd = len({cell[4:] for cell in dated.values()}) > 1 or any(
            not re.match(r"\d{4}-", cell) for cell in dated.values()
        )
        for place, cell in dated.items() if has_ages or odd else ():
            remarks.bad(sheet.row_number(start + offset), _letter(place), cell, date_words(cell))
            found.add(place)
    return found


def date_words(cell: str) -> tuple[str, str]:
    """Return the sentence for an age group that has become a date."""
    guess = excel_date(cell)
    meant = (f" (vermutlich „{guess}“)", f' (probably "{guess}")') if guess and guess != "?" else ("", "")
    return (
        f"Excel hat aus einer Altersgruppe ein Datum gemacht{meant[0]}; die Spalte als Text formatieren und die "
        "Altersgruppe neu schreiben",
        f"Excel has turned an age group into a date{meant[1]}; format the column as text and write the age group again",
    )


def _value_column(place: int, heading: str, cells: list[str]) -> Column | None:
    """Return a column with headings, None if one of them is not understood."""
    readings = [read_heading(cell) for cell in cells]
    if any(reading is None for reading in readings):
        return None
    found = [reading for reading in readings if reading is not None]
    if not found[-1].of_values or (found[-1].role is None and not any(reading.of_values for reading in found)):
        return Column(place, heading, found[-1].role or "ignored")
    ages = {reading.age for reading in found if reading.age}
    sexes = {reading.sex for reading in found if reading.sex}
    years = {reading.year for reading in found if reading.year}
    if max(len(ages), len(sexes), len(years)) > 1:
        return None
    return Column(place, heading, "persons", next(iter(years), None), next(iter(sexes), None), next(iter(ages), None))


def _bare(place: int, body: list[str], before: list[Column]) -> Column | None:
    """Return a column without heading, by what it holds; only left of the values."""
    if any(column.role == "persons" for column in before):
        return None
    some = body[:200]
    if all(read_sex(cell) and not cell.isdigit() for cell in some):
        return Column(place, _letter(place), "sex")
    if all(is_total(cell) or (read_age(cell) and not cell.isdigit()) for cell in some):
        return Column(place, _letter(place), "age")
    if all(read_year(cell) for cell in some[: max(1, len(some) // 2)]):
        return Column(place, _letter(place), "year")
    return Column(place, _letter(place), "area")


def _left_out(heading: str, cells: list[str], row: int, remarks: Remarks) -> None:
    """Note a column that is not used; one that might be an age group or a year is a problem."""
    if any(re.search(r"\d", cell) for cell in cells) and not _NO_COUNT.search(heading):
        remarks.bad(
            row,
            heading,
            "",
            (
                "Überschrift nicht verstanden; erwartet eine Altersgruppe (65 und älter), ein Jahr oder m/w",
                "heading not understood; expected an age group (65 and older), a year or m/w",
            ),
        )
        return
    remarks.note(f"Spalte „{heading}“ wird nicht verwendet.", f'Column "{heading}" is not used.')


def _letter(place: int) -> str:
    """Return a column's name as spreadsheets count: A, B, ..., Z, AA."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)

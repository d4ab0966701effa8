"""The inventory of offers as it arrives from office programs: taken in whole, or refused with every bad row named.

German or English headings and words, or the codes of offers.csv; quarters as people write them; "<5" for a small count.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.formats.areas import Areas
from carelab.inputs.formats.numbers import read_number
from carelab.inputs.formats.reading import Problem, listed, raise_bad
from carelab.inputs.formats.sheet import Sheet, read_sheet
from carelab.inputs.formats.words import plain
from carelab.inputs.offer_rules import SAME, between_rows, broken_rules
from carelab.terms_lumina import OFFER_CODES, OFFER_HEADINGS

COLUMNS: Final = tuple(OPTIONAL["offers"].columns)
MAY_LACK: Final = ("last_quarter", "places", "reached", "counted", "hours_week", "accessible", "url", "hidden")
"""Columns that a file may leave out: then nothing is known of them (last_quarter: the first one)."""
_NUMBERS: Final = ("places", "reached", "hours_week")
_TEXTS: Final = ("offer", "name", "source", "url")
_LOOKED_AT, _KNOWN_LEAST = 30, 5
"""The headings stand within so many rows; so many known ones make a row of headings."""
_HEADINGS: Final = {
    plain(word): column
    for column, words in OFFER_HEADINGS.items()
    for word in (column, column.replace("_", " "), *words)
} | {"hidden": "hidden"}


def _forms(code: str, word: str) -> tuple[str, ...]:
    """Return how a code may be written: itself, its words, its words without the law in brackets."""
    return code, word, word.split(" (")[0]


_WORDS: Final = {
    column: {plain(form): code for code, words in codes.items() for word in words for form in _forms(code, word)}
    for column, codes in OFFER_CODES.items()
}
_WORDS["counted"] |= {"personen": "persons", "persons": "persons", "besuche": "visits"}
_QUARTERS: Final = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/ ]?Q(?P<quarter>[1-4])",
        r"Q(?P<quarter>[1-4])[-/ .]*(?P<year>\d{4})",
        r"(?P<quarter>[1-4])\.? ?(?:Quartal|Vierteljahr|Quarter|Q)[-/ ]*(?P<year>\d{4})",
        r"(?P<quarter>[1-4])/(?P<year>\d{4})",
        r"(?P<year>\d{4})/(?P<quarter>[1-4])",
    )
]
_RESTS_ON: Final = {
    "last_quarter": ("first_quarter",),
    "reached": ("first_quarter", "last_quarter"),
    "counted": ("reached",),
}
"""Rules between cells are asked only where the cells could be read."""
_STORY: Final = {"offer", "first_quarter", "last_quarter", *SAME}
"""Columns that rows of one offer are compared by."""
_WHOLE_CITY: Final = {"ganze stadt", "whole city", "stadtweit", "alle stadtteile"}
Words = tuple[str, str]


def read_offers(
    path: Path, districts: pd.DataFrame, ags: str, *, sheet: str | None = None, today: dt.date | None = None
) -> pd.DataFrame:
    """Return the rows of a file as columns of offers.csv. Raises DataError with one sentence per bad cell.

    ``districts`` columns district, name; "ganze Stadt" or the city's key ``ags`` stand for the whole city. Quarters
    after today's are refused: what is planned has reached nobody.
    """
    found = read_sheet(path, sheet=sheet)
    head = max(range(min(len(found.rows), _LOOKED_AT)), key=lambda row: (len(_known(found.rows[row])), -row))
    raise_bad(path.name, _heading_problems(found, head))
    places = {column: place for place, column in _known(found.rows[head]).items()}
    now = (today or dt.date.today()).strftime("%Y-%m")
    latest = f"{now[:4]}-Q{(int(now[5:]) + 2) // 3}"
    areas, rows, numbers, sound, problems = Areas(districts), [], [], list[int](), list[Problem]()
    for index in range(head + 1, len(found.rows)):
        if not any(found.rows[index]):
            continue
        number, cells = found.row_number(index), found.rows[index]
        told = {column: cells[places[column]].strip() if column in places else "" for column in OFFER_HEADINGS}
        row, broken = _row(told, (areas, ags), decimal=found.decimal, latest=latest)
        if "hidden" in places:
            row["hidden"] = row["hidden"] or cells[places["hidden"]].strip().casefold() in ("true", "ja", "wahr")
        for column, rule in broken_rules(row):
            if not {column, *_RESTS_ON.get(column, ())} & broken.keys():
                broken[column] = rule
        shown = {column: "" if column in _TEXTS else told.get(column, "") for column in broken}
        problems += [Problem(number, _title(column), shown[column], *rule) for column, rule in broken.items()]
        rows.append(row)
        numbers.append(number)
        if not _STORY & broken.keys():
            sound.append(len(rows) - 1)
    if not rows:
        problems.append(Problem(found.row_number(head), "", "", "keine Zeile darunter", "no row below the headings"))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table = table.astype({**dict.fromkeys(_NUMBERS, float), "hidden": bool})
    told_twice = between_rows(table.iloc[sound])
    problems += [Problem(numbers[sound[at]], _title(column), "", *rule) for at, column, rule in told_twice]
    raise_bad(path.name, sorted(problems, key=lambda problem: problem.row))
    return table


def quarter_of(cell: str) -> str:
    """Return a quarter as YYYY-Qn from what people write (2026-Q1, Q1/2026, 1. Quartal 2026, 1/2026); "" if none."""
    for form in _QUARTERS:
        found = form.fullmatch(cell.strip())
        if found:
            return f"{found['year']}-Q{found['quarter']}"
    return ""


def _row(
    cells: Mapping[str, str], where: tuple[Areas, str], *, decimal: str, latest: str
) -> tuple[dict[str, Any], dict[str, Words]]:
    """Return a row in the words of offers.csv, and the rule that each unreadable cell breaks (column -> words)."""
    row: dict[str, Any] = {column: cells[column] for column in _TEXTS} | {"hidden": False}
    broken = {column: _EMPTY for column in ("offer", "name", "source") if not cells[column]}
    row["district"] = _district(cells["district"], *where)
    if not row["district"]:
        near = where[0].match([cells["district"]]).hint
        broken["district"] = _no_district(near) if cells["district"] else _EMPTY
    for column in ("first_quarter", "last_quarter"):
        told = cells[column] or (cells["first_quarter"] if column == "last_quarter" else "")
        row[column] = quarter_of(told)
        if (not row[column] or row[column] > latest) and (cells[column] or column == "first_quarter"):
            broken[column] = _FUTURE if row[column] else _NO_QUARTER if told else _EMPTY
    for column, words in _WORDS.items():
        told = cells[column] or {"counted": "", "accessible": "unbekannt"}.get(column, "")
        row[column] = words.get(plain(told), "") if told else ""
        if not row[column] and (told or column != "counted"):
            broken[column] = _no_word(column) if told else _EMPTY
    for column in _NUMBERS:
        row[column], hidden, rule = _amount(cells[column], whole=column != "hours_week", decimal=decimal)
        row["hidden"] |= hidden and column == "reached"
        if rule or (hidden and column != "reached"):
            broken[column] = rule or _NO_NUMBER
    return row, broken


def _district(cell: str, areas: Areas, ags: str) -> str:
    if cell == ags or plain(cell) in _WHOLE_CITY:
        return ags
    match = areas.match([cell])
    return match.district if match.kind == "district" else ""


def _amount(cell: str, *, whole: bool, decimal: str) -> tuple[float, bool, Words | None]:
    """Return a number (NaN = not told), whether it is said to be small, and the rule that the cell breaks."""
    if re.fullmatch(r"(?:<|unter|weniger als|under) ?5|1 ?(?:-|–|bis|to) ?4", cell.casefold()):
        return float("nan"), True, None
    found = read_number(cell, decimal=decimal)
    if found.status in ("unreadable", "estimated", "nil"):
        return float("nan"), False, _NO_NUMBER
    value = float("nan") if found.value is None else found.value
    if value < 0 or (whole and value == value and not value.is_integer()):
        return float("nan"), False, _NO_NUMBER
    return value, False, None


_EMPTY: Final = ("leere Zelle", "empty cell")
_NO_QUARTER: Final = ("kein Quartal; erwartet wie 2026-Q1", "no quarter; expected like 2026-Q1")
_FUTURE: Final = ("das Quartal liegt in der Zukunft", "the quarter lies in the future")
_NO_NUMBER: Final = (
    "keine Zahl ab 0; leer = unbekannt, „<5“ für 1 bis 4 Erreichte",
    'no number from 0; empty = unknown, "<5" for 1 to 4 reached',
)


def _no_word(column: str) -> Words:
    de, en = (listed((words[at] for words in OFFER_CODES[column].values()), 20) for at in (0, 1))
    return f"erwartet eines von: {de}", f"expected one of: {en}"


def _no_district(near: str) -> Words:
    hint = (f", meinten Sie {near}?", f", did you mean {near}?") if near else ("", "")
    return (
        "kein Stadtteil dieser Stadt und nicht „ganze Stadt“" + hint[0],
        'no district of this city and not "whole city"' + hint[1],
    )


def _known(row: list[str]) -> dict[int, str]:
    """Return the columns of the headings in a row that are known, by place."""
    return {place: _HEADINGS[plain(cell)] for place, cell in enumerate(row) if plain(cell) in _HEADINGS}


def _title(column: str) -> str:
    return OFFER_HEADINGS.get(column, (column, column))[0]


def _heading_problems(found: Sheet, head: int) -> Iterator[Problem]:
    """Name what is wrong with the headings: none at all, missing, twice, unknown."""
    row, known = found.row_number(head), list(_known(found.rows[head]).values())
    if len(known) < _KNOWN_LEAST:
        wanted = listed((words[0] for words in OFFER_HEADINGS.values()), 20)
        yield Problem(row, "", "", f"keine Kopfzeile gefunden; erwartet {wanted}", f"no headings; expected {wanted}")
        return
    for column in OFFER_HEADINGS:
        if known.count(column) > 1:
            yield Problem(row, _title(column), "", "die Spalte steht zweimal da", "the column stands there twice")
        if column not in known and column not in MAY_LACK:
            yield Problem(row, _title(column), "", "die Spalte fehlt", "the column is missing")
    for place, cell in enumerate(found.rows[head]):
        if cell and place not in _known(found.rows[head]):
            words = "diese Spalte gibt es nicht; bitte löschen (Namen und Bemerkungen gehören nicht hinein)"
            yield Problem(row, f"Nr. {place + 1}", "", words, "no such column; please delete it (no names, no remarks)")

"""The logbook of contacts as it arrives from office programs: taken in whole, or refused with every bad row named.

A row is one contact or several equal ones (``contacts``). There is no running number: a number per contact would point
to a person in the files of those who keep them. No sentence, exception or file repeats what a refused cell holds, nor
an unknown heading, nor the name of the file: each may carry a name. Why: docs/logbook.md.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.errors import DataError
from carelab.inputs.errors import Problem as TableProblem
from carelab.inputs.formats.reading import Problem, raise_bad
from carelab.inputs.formats.sheet import Sheet, read_sheet
from carelab.inputs.formats.words import plain
from carelab.inputs.logbook_cells import (
    CONTACTS,
    EMPTY,
    KILOMETRES,
    MINUTES,
    Words,
    coded,
    month_of,
    month_problem,
    number_in,
    personal,
)
from carelab.inputs.tables import Table
from carelab.terms_logbook import LOG_CODES, LOG_HEADINGS

COLUMNS = tuple(OPTIONAL["log"].columns)
NAME = "Logbuch"
"""What messages and sources.yaml call the file, whatever its name."""
LOOKED_AT = 30
"""The headings stand within so many rows."""
KNOWN_LEAST = 5
"""A row with so many known headings is the row of headings."""
_SYNONYMS = {
    "month": ("Berichtsmonat", "Jahr-Monat", "Kontaktmonat"),
    "district": ("Stadtteilschlüssel", "Schlüssel", "Stadtteil Nr", "district key", "Stadtbezirk"),
    "place_of_contact": ("Ort", "Kontaktort", "Place", "Einsatzort"),
    "service": ("Angebot", "Art der Leistung", "Dienst"),
    "age_band": ("Alter", "Altersband", "Age", "Age group"),
    "pflegegrad_band": ("PG", "Pflegegradgruppe", "Care grade"),
    "contact": ("Art des Kontakts", "Kontaktart", "Erst- oder Folgekontakt"),
    "minutes": ("Dauer", "Dauer in Minuten", "Dauer (min)", "min", "Duration"),
    "kilometres": ("km", "Fahrstrecke", "Fahrstrecke (km)", "kilometers", "Distance"),
    "outcome": ("Resultat", "Result"),
    "referral": ("Weitervermittlung", "Verweis", "vermittelt an", "Referred to"),
    "contacts": ("Anzahl Kontakte", "Zahl der Kontakte", "Count", "Number of contacts"),
}
_HEADINGS = {
    plain(word): column
    for column, words in LOG_HEADINGS.items()
    for word in (column, column.replace("_", " "), *words, *_SYNONYMS[column])
}


def read_logbook(
    path: Path, districts: pd.DataFrame, ags: str, *, sheet: str | None = None, today: dt.date | None = None
) -> tuple[pd.DataFrame, list[int]]:
    """Return the rows of a file (columns of log.csv) and where they stood. Raises DataError with every bad row.

    ``districts`` columns district, name; ``ags`` stands for "not known where" (written unbekannt or the city's key).
    """
    found = _cells(path, sheet)
    head = max(range(min(len(found.rows), LOOKED_AT)), key=lambda row: (len(_known(found.rows[row])), -row))
    problems = list(_heading_problems(found, head))
    raise_bad(NAME, problems)
    latest = (today or dt.date.today()).strftime("%Y-%m")
    places = {column: place for place, column in _known(found.rows[head]).items()}
    named = _district_words(districts, ags)
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for index in range(head + 1, len(found.rows)):
        if not any(found.rows[index]):
            continue
        cells, number = found.rows[index], found.row_number(index)
        row, broken = _row({column: cells[place].strip() for column, place in places.items()}, named, latest)
        problems += [Problem(number, LOG_HEADINGS[column][0], "", *rule) for column, rule in broken.items()]
        problems += _beside(cells, set(places.values()), number)
        rows.append(row)
        numbers.append(number)
    if not rows:
        problems.append(_whole(found.row_number(head), ("keine Zeile darunter", "no row below the headings")))
    raise_bad(NAME, sorted([*problems, *_twice(rows, numbers, {})], key=lambda problem: problem.row))
    return pd.DataFrame(rows, columns=list(COLUMNS)), numbers


def refuse_stored(rows: pd.DataFrame, numbers: list[int], stored: pd.DataFrame) -> None:
    """Raise DataError for each row that the stored logbook has already: contacts are never counted twice in silence."""
    known = {_key(row): -1 for row in stored.to_dict("records")}
    raise_bad(NAME, _twice(rows.to_dict("records"), numbers, known))


def log_problems(log: Table, districts: Table, ags: str) -> Iterator[TableProblem]:
    """Find keys in a stored log.csv that districts.csv does not know, without repeating them."""
    known = [*districts.frame["district"], ags]
    for line in log.frame.index[~log.frame["district"].isin(known)]:
        yield TableProblem(log.file, int(line), "district steht nicht in districts.csv", "district is not known")


def _cells(path: Path, sheet: str | None) -> Sheet:
    """Return the cells of a file; what a reader says about a broken one may quote it, so another sentence is said."""
    with contextlib.suppress(Exception):
        return read_sheet(path, sheet=sheet)
    raise DataError(
        f"{NAME}: Datei nicht gefunden, leer oder nicht lesbar, oder das genannte Blatt fehlt; erwartet: CSV, xlsx, "
        "xls oder ods ohne Kennwort.",
        f"{NAME}: file not found, empty or not readable, or the named sheet is missing; expected: CSV, xlsx, xls or "
        "ods, no password.",
    )


def _known(row: list[str]) -> dict[int, str]:
    """Return the columns of the headings in a row that are known, by place."""
    return {place: _HEADINGS[plain(cell)] for place, cell in enumerate(row) if plain(cell) in _HEADINGS}


def _heading_problems(found: Sheet, head: int) -> Iterator[Problem]:
    """Name what is wrong with the headings: none, missing, twice, unknown; and rows above them that look like data."""
    row, known = found.row_number(head), _known(found.rows[head])
    if len(known) < KNOWN_LEAST:
        wanted = ", ".join(words[0] for words in LOG_HEADINGS.values())
        yield _whole(row, (f"keine Kopfzeile gefunden; erwartet {wanted}", f"no headings found; expected {wanted}"))
        return
    for index in range(head):
        if len({cell for cell in found.rows[index] if cell}) > 2:
            words = ("vor der Kopfzeile sind nur Titel erlaubt", "only titles may stand above the headings")
            yield _whole(found.row_number(index), words)
    for column, (heading, _) in LOG_HEADINGS.items():
        times = list(known.values()).count(column)
        if times > 1:
            yield Problem(row, heading, "", "die Spalte steht zweimal da", "the column stands there twice")
        if times == 0 and column != "contacts":
            yield Problem(row, heading, "", "die Spalte fehlt", "the column is missing")
    for place, cell in enumerate(found.rows[head]):
        if cell and place not in known:
            yield Problem(
                row,
                _letter(place),
                "",
                "diese Überschrift gibt es im Logbuch nicht; Namen, Geburtsdaten, Anschriften, Nummern und Bemerkungen "
                "gehören nicht hinein, die Spalte bitte löschen",
                "no such heading in a logbook; names, dates of birth, addresses, numbers and remarks do not belong "
                "there, please delete the column",
            )


def _beside(cells: list[str], used: set[int], number: int) -> Iterator[Problem]:
    """Name cells in columns without a heading, e.g. a remark beside the table."""
    for place, cell in enumerate(cells):
        if cell and place not in used:
            words = ("die Spalte hat keine Überschrift, die Zelle muss leer sein", "a column without heading is empty")
            yield Problem(number, _letter(place), "", *words)


def _row(cells: Mapping[str, str], named: Mapping[str, str], latest: str) -> tuple[dict[str, Any], dict[str, Words]]:
    """Return a row in the words of log.csv, and the rule that each bad cell breaks (column -> words)."""
    month = month_of(cells["month"])
    rules: dict[str, Words | None] = {"month": month_problem(month, cells["month"], latest)}
    row: dict[str, Any] = {"month": month, "district": named.get(plain(cells["district"]), "")}
    rules["district"] = None if row["district"] else _no_district(cells["district"])
    for column in LOG_CODES:
        row[column], rules[column] = coded(column, cells[column])
    minutes, rules["minutes"] = number_in(cells["minutes"], MINUTES)
    row["kilometres"], rules["kilometres"] = number_in(cells["kilometres"], KILOMETRES, decimals=2)
    contacts, rules["contacts"] = number_in(cells.get("contacts", "1"), CONTACTS)
    row |= {"minutes": int(minutes), "contacts": int(contacts)}
    return row, {column: rule for column, rule in rules.items() if rule is not None}


def _no_district(cell: str) -> Words:
    if not cell:
        return EMPTY
    return personal(cell) or (
        "kein Stadtteil dieser Stadt; erwartet Schlüssel oder Name aus districts.csv, oder „unbekannt“",
        "no district of this city; expected key or name from districts.csv, or unknown",
    )


def _district_words(districts: pd.DataFrame, ags: str) -> dict[str, str]:
    """Return what may be written for a district: key (also without leading zeros), name, both."""
    pairs = [(str(key), str(name)) for key, name in zip(districts["district"], districts["name"], strict=True)]
    short = [key.lstrip("0") for key, _ in pairs]
    words = {plain(key.lstrip("0")): key for key, _ in pairs if short.count(key.lstrip("0")) == 1}
    words |= {plain(word): key for key, name in pairs for word in (key, name, f"{key} {name}", f"{name} ({key})")}
    return words | {plain(word): ags for word in (ags, "unbekannt", "unknown", "ganze Stadt")}


def _twice(rows: list[dict[Any, Any]], numbers: list[int], known: Mapping[tuple[Any, ...], int]) -> Iterator[Problem]:
    """Name rows that repeat an earlier one of the file, or one that is stored (known, -1)."""
    seen = dict(known)
    for row, number in zip(rows, numbers, strict=True):
        key, usable = _key(row), all(value != "" for value in row.values())
        first = seen.get(key)
        if first is not None and usable:
            where = (f"Zeile {first}", f"row {first}") if first > 0 else ("einer gespeicherten", "a stored one")
            yield Problem(
                number,
                "alle",
                "",
                f"die Zeile gleicht {where[0]}; mehrere gleiche Kontakte sind eine Zeile mit ihrer Anzahl",
                f"the row equals {where[1]}; several equal contacts are one row with their number",
            )
        seen.setdefault(key, number)


def _key(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    """Return all that tells a row from another: everything but the number of contacts."""
    return tuple(row[column] for column in OPTIONAL["log"].key)


def _whole(row: int, words: Words) -> Problem:
    return Problem(row, "alle", "", *words)


def _letter(place: int) -> str:
    """Return a column's name as spreadsheets count: A, B, ..., Z, AA."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)

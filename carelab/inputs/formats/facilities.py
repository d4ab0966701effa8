"""Read lists of homes and services (the "Heimliste" of a care desk) into the columns of facilities.csv."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd

from carelab.inputs.formats.ages import is_total
from carelab.inputs.formats.areas import Areas
from carelab.inputs.formats.facility_words import EXPECTED, field_of, read_month, read_word
from carelab.inputs.formats.numbers import read_number
from carelab.inputs.formats.reading import Reading, Remarks, listed
from carelab.inputs.formats.sheet import Sheet, read_sheet
from carelab.inputs.formats.words import plain

COLUMNS: Final = (
    *("facility", "name", "category", "operator_type", "district", "places", "places_day", "places_short"),
    *("opened", "closed", "status", "as_of", "url", "note"),
)
PLACES: Final = ("places", "places_day", "places_short")
Row = dict[str, str]


def read_facilities(path: Path, *, districts: pd.DataFrame | None = None, sheet: str | None = None) -> Reading:
    """Return the columns of facilities.csv and source_row from a list with a header (CSV, xlsx, xls, ods).

    Headings are found by German and English synonyms; unknown columns are noted. Places are float64 (NaN = unknown),
    the rest text. Without a column for the kind, the title or a heading between the rows must say it (Pflegeheime).
    Every bad row is a problem of its own. Raises DataError if the file cannot be read at all.
    """
    found, remarks = read_sheet(path, sheet=sheet), Remarks()
    header = next((i for i, row in enumerate(found.rows[:40]) if _is_header(row)), None)
    if header is None:
        words = (
            "keine Kopfzeile gefunden; erwartet mindestens „Name“ und eine von „Art“, „Stadtteil“, „Plätze“",
            'no header found; expected at least "name" and one of "category", "district", "places"',
        )
        remarks.bad(0, "", "", words)
        return remarks.reading(pd.DataFrame(columns=[*COLUMNS, "source_row"]), "facility_list", path.name)
    fields = _fields(found, header, remarks)
    rows = _rows(found, header, fields, remarks)
    areas = Areas(districts)
    good = [
        entry for entry in (_entry(number, row, fields, areas, remarks) for number, row in rows) if entry is not None
    ]
    table = pd.DataFrame(good, columns=[*COLUMNS, "source_row"]).astype(dict.fromkeys(PLACES, "float64"))
    return remarks.reading(_named(table, remarks), "facility_list", path.name)


def _is_header(row: list[str]) -> bool:
    fields = {field_of(cell) for cell in row if cell}
    return "name" in fields and len(fields - {None}) >= 2


def _fields(sheet: Sheet, header: int, remarks: Remarks) -> dict[str, int]:
    """Return column name -> place; columns that are not used and columns named twice are told."""
    fields: dict[str, int] = {}
    for place, heading in enumerate(sheet.rows[header]):
        field = field_of(heading) if heading else None
        if field and field in fields:
            words = ("diese Spalte gibt es zweimal; erwartet einmal", "there are two such columns; expected one")
            if field not in ("district", "name", "operator_name", "url"):
                remarks.bad(sheet.row_number(header), heading, sheet.rows[header][fields[field]], words)
        elif field:
            fields[field] = place
        elif heading:
            remarks.note(f"Spalte „{heading}“ wird nicht verwendet.", f'Column "{heading}" is not used.')
    if "operator_name" in fields and "operator_type" not in fields:
        remarks.note(
            "„Träger“ wird nur übernommen, wo die Art des Trägers steht (öffentlich, freigemeinnützig, privat).",
            '"Träger" is used only where it tells the type of operator (public, non-profit, private).',
        )
    return fields


def _rows(sheet: Sheet, header: int, fields: dict[str, int], remarks: Remarks) -> list[tuple[int, Row]]:
    """Return (row in the file, cells by column) of every institution; headings tell the kind where no column does."""
    titles = [*(cell for row in sheet.rows[:header] for cell in row), sheet.sheet, Path(sheet.name).stem]
    kind = next((word for title in titles for word in _kind_in(title)), "")
    rows: list[tuple[int, Row]] = []
    skipped: list[int] = []
    for index in range(header + 1, len(sheet.rows)):
        cells = sheet.rows[index]
        row = {field: cells[place] for field, place in fields.items()}
        filled = set(filter(None, cells))
        if not filled or cells == sheet.rows[header]:
            continue
        if len(filled) == 1:
            kind = next(iter(_kind_in(next(iter(filled)))), kind)
            skipped.append(sheet.row_number(index))
        elif is_total(row.get("name", "")) or any(is_total(cell) for cell in cells if cell):
            _compare_places(sheet.row_number(index), row, rows, sheet.decimal, remarks)
        else:
            rows.append((sheet.row_number(index), {**row, "category": row.get("category") or kind}))
    if skipped:
        remarks.note(
            f"Zeile {listed(skipped)}: Zwischenüberschrift oder Fußnote.",
            f"Row {listed(skipped)}: heading or footnote.",
        )
    return rows


def _kind_in(title: str) -> list[str]:
    """Return the kind of institution that a title names, if it names one."""
    words = ("Pflegeheim", "Tagespflege", "Pflegedienst", "Wohngemeinschaft", "Betreutes Wohnen")
    found = [word for word in words if plain(word) in plain(title)]
    return found if len(found) == 1 else (["Pflegeheim"] if re.search(r"vollstation|heimliste", title, re.I) else [])


def _compare_places(number: int, row: Row, rows: list[tuple[int, Row]], decimal: str, remarks: Remarks) -> None:
    """Compare the list's own sum of places with its rows."""
    for field in PLACES:
        told = read_number(row.get(field, ""), decimal=decimal).value
        found = sum(read_number(other.get(field, ""), decimal=decimal).value or 0 for _, other in rows)
        if told is None:
            continue
        if told != found:
            words = (
                f"die Zeilen darüber ergeben {found:.0f}; erwartet dieselbe Summe",
                f"the rows above add up to {found:.0f}",
            )
            remarks.bad(number, field, f"{told:.0f}", words)
        else:
            remarks.note(f"Summe in Zeile {number} passt zu den Zeilen.", f"The sum in row {number} fits the rows.")


def _entry(number: int, row: Row, fields: dict[str, int], areas: Areas, remarks: Remarks) -> dict[str, object] | None:
    """Return one institution in the contract's columns, None (and its problems) if a cell is not understood."""
    before = len(remarks.problems)
    entry: dict[str, object] = {column: row.get(column, "") for column in COLUMNS}
    if not row.get("name"):
        remarks.bad(number, "Name", "", ("der Name fehlt; erwartet der Name der Einrichtung", "the name is missing"))
    entry["district"] = _district(number, row.get("district", ""), areas, remarks)
    entry.update({field: _places(number, field, row.get(field, ""), remarks) for field in PLACES})
    entry["category"] = _word(number, "category", row["category"], remarks)
    if not row["category"]:
        remarks.bad(number, "Art", "", EXPECTED["category"])
    operator = row.get("operator_type") or ""
    entry["operator_type"] = _word(number, "operator_type", operator, remarks) if operator else ""
    if not operator and row.get("operator_name"):
        entry["operator_type"] = read_word("operator_type", row["operator_name"]) or ""
    entry["status"] = _word(number, "status", row["status"], remarks) if row.get("status") else "open"
    if not row.get("status"):
        remarks.note(
            "Ohne Angabe zum Status gilt eine Einrichtung als offen.", "Without a status an institution counts as open."
        )
    for field in ("opened", "closed"):
        entry[field] = _date(number, field, row.get(field, ""), remarks)
    entry["as_of"] = read_month(row.get("as_of", "")) or row.get("as_of", "")
    return {**entry, "source_row": number} if len(remarks.problems) == before else None


def _district(number: int, text: str, areas: Areas, remarks: Remarks) -> str:
    """Return the key of a district, "" if unknown."""
    match = areas.match([text])
    if match.kind in ("district", "none", "unassigned", "total"):
        return match.district
    hint = (f"; meinten Sie „{match.hint}“?", f'; did you mean "{match.hint}"?') if match.hint else ("", "")
    words = (
        f"erwartet Schlüssel oder Name eines Stadtteils aus districts.csv (oder leer){hint[0]}",
        f"expected key or name of a district in districts.csv (or empty){hint[1]}",
    )
    remarks.bad(number, "Stadtteil", text, words)
    return ""


def _places(number: int, field: str, text: str, remarks: Remarks) -> float:
    """Return a number of places, NaN if unknown; a dash in a list of homes is no zero."""
    found = read_number(text, decimal=",")
    if found.missing or found.status == "nil":
        return float("nan")
    if found.value is not None and found.value.is_integer() and 0 <= found.value < 5000:
        return found.value
    digits = re.findall(r"\d+", text)
    meant = (f" ({digits[0]}?)", f" ({digits[0]}?)") if len(digits) == 1 else ("", "")
    words = (
        f"erwartet eine ganze Zahl von Plätzen{meant[0]}, Zusätze in die Spalte „Bemerkung“, leer = unbekannt",
        f"expected a whole number of places{meant[1]}, remarks into the column note, empty = unknown",
    )
    remarks.bad(
        number, {"places": "Plätze", "places_day": "Tagespflege", "places_short": "Kurzzeit"}[field], text, words
    )
    return float("nan")


def _word(number: int, field: str, text: str, remarks: Remarks) -> str:
    """Return the key that a word stands for."""
    found = read_word(field, text) if text else None
    if text and found is None:
        column = {"category": "Art", "operator_type": "Trägerart", "status": "Status"}[field]
        remarks.bad(number, column, text, EXPECTED[field])
    return found or ""


def _date(number: int, field: str, text: str, remarks: Remarks) -> str:
    """Return a year or month."""
    found = read_month(text) if text else ""
    if found is None:
        remarks.bad(number, {"opened": "Eröffnung", "closed": "Schließung"}[field], text, EXPECTED["date"])
    return found or ""


def _named(table: pd.DataFrame, remarks: Remarks) -> pd.DataFrame:
    """Number institutions without id, and name rows that say the same twice."""
    if len(table) and not table["facility"].any():
        remarks.note(
            "Ohne Kennung: nach der Reihenfolge F001, F002, … genannt.", "Without ids: named F001, F002, … in order."
        )
        table = table.assign(facility=[f"F{place:03d}" for place in range(1, len(table) + 1)])
    same = ["name", "category", "district", "places"]
    for column, twice in (("Name", table.duplicated(same)), ("Kennung", table.duplicated("facility"))):
        for number, name in table.loc[twice, ["source_row", "name"]].itertuples(index=False):
            words = (
                "steht schon weiter oben; erwartet jede Einrichtung einmal",
                "is already further up; expected once",
            )
            remarks.bad(int(number), column, name, words)
    return table

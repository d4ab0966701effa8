"""Any table written in a supported form and read back is equal; a row or a number lost on the way is noticed."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from format_files import ods, xls, xlsx
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from carelab.inputs.formats.population import read_population
from carelab.inputs.formats.reading import Reading

pytestmark = pytest.mark.functional
RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
NAMES = (
    "Altstadt",
    "Süd-Ost",
    "Groß Flöthe",
    "Neue Neustadt",
    "Sudenburg",
    "Am Öder Weg",
    "Kreuzhorst",
    "Stadtfeld West",
)
Key = tuple[str, int, str, int, int | None]


@dataclass(frozen=True)
class Town:
    """A made-up table of people: districts (key, name), persons by key (None = hidden)."""

    districts: pd.DataFrame
    persons: dict[Key, int | None]

    @property
    def ages(self) -> list[tuple[int, int | None]]:
        return sorted({key[3:] for key in self.persons}, key=lambda age: age[0])

    @property
    def columns(self) -> list[tuple[int, str]]:
        return sorted({key[1:3] for key in self.persons})


@st.composite
def towns(draw: st.DrawFn, hidden: bool = True) -> Town:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    keys = draw(st.lists(st.integers(1, 99), min_size=len(names), max_size=len(names), unique=True))
    districts = pd.DataFrame({"district": [f"{key:02d}" for key in keys], "name": names})
    years = draw(st.lists(st.integers(1990, 2040), min_size=1, max_size=2, unique=True))
    sexes = draw(st.sampled_from([("m", "w"), ("t",), ("m", "w", "t")]))
    cuts = sorted(draw(st.sets(st.integers(1, 100), min_size=1, max_size=4)))
    ages = [*zip([0, *cuts[:-1]], [cut - 1 for cut in cuts], strict=True), (cuts[-1], None)]
    count = st.one_of(st.integers(0, 12000), st.none()) if hidden else st.integers(1, 12000)
    persons: dict[Key, int | None] = {}
    for district in districts["district"]:
        for year in years:
            for first, last in ages:
                for sex in sexes:
                    pair = [persons.get((district, year, other, first, last)) for other in "mw"]
                    value = draw(count)
                    if sex == "t" and len(sexes) == 3:
                        value = None if None in pair else sum(pair)  # type: ignore[arg-type]
                    persons[(district, year, sex, first, last)] = value
    return Town(districts, persons)


def age_word(age: tuple[int, int | None], style: int) -> str:
    first, last = age
    if last is None:
        return (f"{first} und älter", f"{first}+", f"{first} u. m.", f"{first} Jahre und mehr")[style]
    if first == last:
        return str(first)
    if first == 0 and style in (0, 3):
        return f"unter {last + 1}" + (" Jahre" if style == 3 else "")
    return (
        f"{first} bis unter {last + 1}",
        f"{first}-{last}",
        f"{first} – {last}",
        f"{first} bis unter {last + 1} Jahre",
    )[style]


@dataclass(frozen=True)
class Style:
    """How a table is written."""

    ages: int
    sexes: tuple[str, str, str]
    symbol: str
    thousands: str
    area: str
    title: bool
    total: bool
    foot: bool


styles = st.builds(
    Style,
    ages=st.integers(0, 3),
    sexes=st.sampled_from(
        [("m", "w", "insgesamt"), ("männlich", "weiblich", "Insgesamt"), ("Männer", "Frauen", "zusammen")]
    ),
    symbol=st.sampled_from([".", "/", "x", "...", "*", "<5"]),
    thousands=st.sampled_from(["", ".", " ", "\u00a0"]),
    area=st.sampled_from(["key", "name", "both", "joined"]),
    title=st.booleans(),
    total=st.booleans(),
    foot=st.booleans(),
)


def count(value: int | None, style: Style) -> str:
    return style.symbol if value is None else f"{value:,}".replace(",", style.thousands)


def area(key: str, name: str, style: Style) -> list[str]:
    return {"key": [key], "name": [name], "both": [key, name], "joined": [f"{key} {name}"]}[style.area]


def heading(style: Style) -> list[str]:
    return ["Nr.", "Stadtteil"] if style.area == "both" else ["Stadtteil"]


def sums(town: Town, year: int, sex: str, age: tuple[int, int | None]) -> int | None:
    parts = [town.persons[(key, year, sex, *age)] for key in town.districts["district"]]
    return None if None in parts else sum(part for part in parts if part is not None)


def wide(town: Town, style: Style) -> list[list[str]]:
    """Ages, sexes and years across, in three rows of header."""
    columns = [(year, sex, age) for year, sex in town.columns for age in town.ages]
    stub = heading(style)
    names = dict(zip("mwt", style.sexes, strict=True))
    top = [[*stub, *(str(year) for year, _, _ in columns)], [*[""] * len(stub), *(names[sex] for _, sex, _ in columns)]]
    rows = [*top, [*[""] * len(stub), *(age_word(age, style.ages) for _, _, age in columns)]]
    for key, name in town.districts.itertuples(index=False):
        cells = [count(town.persons[(key, year, sex, *age)], style) for year, sex, age in columns]
        rows.append([*area(key, name, style), *cells])
    if style.total:
        cells = [count(sums(town, year, sex, age), style) for year, sex, age in columns]
        rows.append([*[""] * (len(stub) - 1), "Insgesamt", *cells])
    return framed(rows, style)


def long(town: Town, style: Style) -> list[list[str]]:
    """One count a row."""
    names = dict(zip("mwt", style.sexes, strict=True))
    rows = [[*heading(style), "Jahr", "Geschlecht", "Altersgruppe", "Einwohner"]]
    known = dict(town.districts.itertuples(index=False))
    for (key, year, sex, first, last), value in town.persons.items():
        keys = [str(year), names[sex], age_word((first, last), style.ages)]
        rows.append([*area(key, known[key], style), *keys, count(value, style)])
    return framed(rows, style)


def framed(rows: list[list[str]], style: Style) -> list[list[str]]:
    """Put a title above and a footnote below."""
    width = len(rows[0])
    above = [["Bevölkerung mit Hauptwohnsitz (erfunden)", *[""] * (width - 1)]] if style.title else []
    below = [["1) ohne Nebenwohnsitz; Quelle: erfunden", *[""] * (width - 1)]] if style.foot else []
    return [*above, *rows, *below]


def text_file(path: Path, rows: list[list[str]], separator: str, encoding: str) -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def numbers(rows: list[list[str]]) -> list[list[str | float]]:
    """Turn counts into numbers, as a spreadsheet holds them; keys and ages stay text."""
    return [
        [int(c) if c.isdigit() and place > 1 and int(c) > 120 else c for place, c in enumerate(row)] for row in rows
    ]


def equal(found: Reading, town: Town) -> bool:
    rows = found.table.astype(object).where(found.table.notna(), None)
    columns = ["district", "year", "sex", "age_from", "age_to", "persons"]
    return {tuple(row[:-1]): row[-1] for row in rows[columns].itertuples(index=False)} == town.persons


@RELAXED
@given(
    towns(),
    styles,
    st.sampled_from([wide, long]),
    st.sampled_from([";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_text_tables_come_back_equal(
    town: Town, style: Style, layout: Callable[[Town, Style], list[list[str]]], separator: str, encoding: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = text_file(Path(folder) / "t.csv", layout(town, style), separator, encoding)
        found = read_population(path, districts=town.districts)
    event("refused" if found.problems else "read")
    assert not found.problems, found.problems[0].sentence("t.csv")[0]
    assert equal(found, town)


@RELAXED
@given(
    towns(), styles, st.sampled_from([wide, long]), st.sampled_from([(xlsx, "t.xlsx"), (ods, "t.ods"), (xls, "t.xls")])
)
def test_spreadsheets_come_back_equal(
    town: Town, style: Style, layout: Callable[[Town, Style], list[list[str]]], kind: tuple[Callable[..., Path], str]
) -> None:
    style = Style(**{**style.__dict__, "thousands": ""})
    with tempfile.TemporaryDirectory() as folder:
        path = kind[0](Path(folder) / kind[1], numbers(layout(town, style)))
        found = read_population(path, districts=town.districts)
    assert not found.problems, found.problems[0].sentence(kind[1])[0]
    assert equal(found, town)


@RELAXED
@given(towns(hidden=False), styles, st.data())
def test_a_lost_row_or_changed_number_is_noticed(town: Town, style: Style, data: st.DataObject) -> None:
    """With a row for the whole city, dropping a district or changing one count is a problem, never silence."""
    style = Style(**{**style.__dict__, "total": True})
    rows = wide(town, style)
    first = len(rows) - len(town.districts) - 1 - style.foot
    place = first + data.draw(st.integers(0, len(town.districts) - 1))
    if data.draw(st.booleans()):
        del rows[place]
    else:
        column = data.draw(st.integers(len(heading(style)), len(rows[place]) - 1))
        value = int("".join(filter(str.isdigit, rows[place][column])))
        rows[place][column] = str(value + data.draw(st.sampled_from([1, 7, -1])))
    with tempfile.TemporaryDirectory() as folder:
        found = read_population(text_file(Path(folder) / "t.csv", rows, ";", "utf-8"), districts=town.districts)
    assert found.problems


@RELAXED
@given(towns(), styles, st.data())
def test_a_broken_cell_is_refused_where_it_stands(town: Town, style: Style, data: st.DataObject) -> None:
    """A cell that is no number is named with its row, and the rest of the table is still what it was."""
    style = Style(**{**style.__dict__, "total": False})
    rows = wide(town, style)
    first = len(rows) - len(town.districts) - style.foot
    row, column = (
        first + data.draw(st.integers(0, len(town.districts) - 1)),
        data.draw(st.integers(0, len(town.persons))),
    )
    column = len(heading(style)) + column % (len(rows[0]) - len(heading(style)))
    assume(rows[row][column] != "")
    rows[row][column] = data.draw(st.sampled_from(["ca. 80", "12,5", "#WERT!", "-7", "1.23", "12 34"]))
    with tempfile.TemporaryDirectory() as folder:
        found = read_population(text_file(Path(folder) / "t.csv", rows, ";", "utf-8"), districts=town.districts)
    assert row + 1 in [problem.row for problem in found.problems]
    assert len(found.table) >= len(town.persons) - 1

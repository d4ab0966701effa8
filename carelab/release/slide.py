"""Slides: exhibits for a talk, whose every number names the cell it comes from.

A number gets on a slide only through ``Quotes``, which looks it up in the exhibit's own table (or names the parameter
or definition it is); a slide with any other number in its words is refused.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import pandas as pd

from carelab.release.exhibit import Exhibit, exhibit_from_json
from carelab.release.numbers import cell
from carelab.terms import Language

SLIDE_MIME: Final = "application/vnd.carelab.slide+json"
DEFINITION, PARAMETERS, RECORD = "definition", "params.yaml", "run.json"
"""Where numbers that no table holds come from: words of the method, parameters, the record of the run."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
Write = Callable[[float], str]


@dataclass(frozen=True)
class Fact:
    """One number as it is said, and where it is found: table (file in tables/ without ending), row, column.

    ``value`` is None where the number is part of a name or of a sentence.
    """

    statement: str
    said: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    table: str = DEFINITION
    row: str = ""
    column: str = ""


class Quotes:
    """Looks numbers up in one exhibit's table and remembers which were said."""

    def __init__(self, table: pd.DataFrame, table_id: str, language: Language) -> None:
        self.table, self.table_id, self.language = table, table_id, language
        self.facts: list[Fact] = []

    def of(self, column: str, write: Write, **key: Any) -> str:
        """Return a cell as it is said. Raises ValueError where ``key`` fits no row or several."""
        row = self.row(**key)
        value = float(row[column])
        ends = [float(row[name]) if column == "median" and name in row else None for name in ("lower_80", "upper_80")]
        words = "; ".join(f"{name}={each}" for name, each in key.items())
        said = write(value)
        statement = f"{column} ({words})"
        self.facts.append(Fact(statement, said, value, ends[0], ends[1], self.table_id, words, column))
        return said

    def interval(self, write: Write, to: str, **key: Any) -> str:
        """Return "1.200 bis 3.400": the 80 % prediction interval of a row."""
        return f"{self.of('lower_80', write, **key)} {to} {self.of('upper_80', write, **key)}"

    def row(self, **key: Any) -> pd.Series[Any]:
        """Return the one row that fits. Raises ValueError where there is none or more than one."""
        found = self.table
        for name, wanted in key.items():
            found = found[found[name] == wanted]
        if len(found) != 1:
            raise ValueError(f"{self.table_id}: {len(found)} rows with {key}; expected one")
        return found.iloc[0]

    def cells(self, columns: Sequence[str], formats: Mapping[str, str]) -> list[Fact]:
        """Return a fact for every number in the cells of a table that is shown as it is."""
        found = []
        for at, row in enumerate(self.table[list(columns)].itertuples(index=False)):
            for column, value in zip(columns, row, strict=True):
                said = cell(value, column, self.language, formats)
                if numbers_in(said):
                    number = float(value) if isinstance(value, int | float) else None
                    place = (self.table_id, f"row={at}", column)
                    found.append(Fact(f"{column} (row {at})", said, number, None, None, *place))
        return found

    def parameter(self, name: str, value: float, said: str | None = None) -> str:
        """Return a parameter of the run as it is said."""
        return self._given(name, value, said or f"{value:g}", PARAMETERS)

    def defined(self, statement: str, value: float, said: str | None = None) -> str:
        """Return a number that belongs to the words of a definition (an age, a level, a paragraph)."""
        return self._given(statement, value, said or f"{value:g}", DEFINITION)

    def names(self, names: Sequence[object]) -> None:
        """Register numbers that belong to names (of districts, designs, indicators)."""
        for name in dict.fromkeys(map(str, names)):
            if numbers_in(name):
                self.facts.append(Fact("name", name))

    def _given(self, name: str, value: float, said: str, table: str) -> str:
        self.facts.append(Fact(name, said, float(value), table=table, row=name))
        return said


@dataclass(frozen=True, eq=False, kw_only=True)
class Slide(Exhibit):
    """An exhibit whose title is its message, with a caption of one or two sentences and the facts both rest on.

    ``png`` is the figure for programs that draw no SVG; empty where the slide shows its table. ``columns`` are those
    of the table that a slide without figure shows (all where empty). Raises ValueError where one of its texts says a
    number that no fact holds.
    """

    caption: str
    facts: tuple[Fact, ...]
    png: bytes = b""
    columns: tuple[str, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Refuse numbers without a source."""
        super().__post_init__()
        texts = (self.title, self.caption, self.alt, self.how_to_read, self.limits, self.source)
        left = unsaid(texts, self.facts)
        if left:
            raise ValueError(f"slide {self.id!r}: no fact holds {sorted(left)}")

    @property
    def grades(self) -> tuple[tuple[str, str], ...]:
        """Return city and evidence grade, as the table has them; no city: ""."""
        if "grade" not in self.table:
            return ()
        names = self.table["city_name"] if "city_name" in self.table else pd.Series("", self.table.index)
        pairs = zip(names, self.table["grade"], strict=True)
        return tuple(dict.fromkeys((str(name), str(grade)) for name, grade in pairs))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        more = {
            "caption": self.caption,
            "facts": [asdict(fact) for fact in self.facts],
            "png": base64.b64encode(self.png).decode("ascii"),
            "columns": list(self.columns),
        }
        return super()._repr_mimebundle_() | {SLIDE_MIME: {"version": 1, **more}}


def slide_from_json(exhibit: Mapping[str, Any], fields: Mapping[str, Any]) -> Slide:
    """Return the slide that a mime bundle holds: its exhibit, and what makes it a slide."""
    return Slide(
        **vars(exhibit_from_json(exhibit)),
        caption=fields["caption"],
        facts=tuple(Fact(**fact) for fact in fields["facts"]),
        png=base64.b64decode(fields["png"]),
        columns=tuple(fields["columns"]),
    )


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text as they are written, signs and units left out: {"19.800", "2035"}."""
    return set(_NUMBER.findall(text))


def unsaid(texts: Sequence[str], facts: Sequence[Fact]) -> set[str]:
    """Return the numbers in texts that no fact says."""
    known = {each for fact in facts for each in numbers_in(fact.said)}
    return {each for text in texts for each in numbers_in(text)} - known

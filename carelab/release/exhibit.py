"""Exhibits and findings: what a notebook shows, with everything a reader (or a screen reader) needs.

Their mime bundles are the only source of the report: see ``bundles`` and ``report``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from carelab.release.numbers import column_format
from carelab.release.shown import shown_columns, shown_rows
from carelab.release.templating import data_uri, render
from carelab.terms import Language, label, say
from carelab.terms_districts import FORMS, city_language, forms_of

EXHIBIT_MIME: Final = "application/vnd.carelab.exhibit+json"
FINDINGS_MIME: Final = "application/vnd.carelab.findings+json"
ROWS_SHOWN: Final = 80
"""HTML shows this many rows of a table; the CSV file and the workbook have them all."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Exhibit:
    """One figure (or table) with its question, alt text, full table, reading help, limits and source.

    ``table`` keeps machine column names and full precision; ``formats`` overrules how a column is shown
    (count, percent, decimal, plain, general; file: not on the page). Raises ValueError where a text is missing.
    """

    id: str
    title: str
    alt: str
    table: pd.DataFrame
    how_to_read: str
    limits: str
    source: str
    figure_svg: str | None = None
    language: Language = "de"
    formats: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse exhibits that a reader could not understand, and ids that are no file names."""
        if not _ID.fullmatch(self.id):
            raise ValueError(f"exhibit id {self.id!r}: expected lower-case letters, digits, _ and -")
        for name in ("title", "alt", "how_to_read", "limits", "source"):
            if not str(getattr(self, name)).strip():
                raise ValueError(f"exhibit {self.id!r}: {name} is empty")

    def to_html(self) -> str:
        """Return the accessible figure, escaped, without headings and without any outside reference."""
        return render("exhibit.html.j2", **_view(self))

    def to_json(self) -> dict[str, Any]:
        """Return all fields as JSON values; the table as columns, types and rows in full precision."""
        names = ("id", "title", "alt", "how_to_read", "limits", "source", "figure_svg", "language")
        fields = {name: getattr(self, name) for name in names}
        forms = {FORMS: forms_of(self.language)} if forms_of(self.language) else {}
        return {"version": 1, **fields, **forms, "formats": dict(self.formats), "table": table_to_json(self.table)}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        plain = f"{self.title}\n{self.alt}"
        return {"text/html": self.to_html(), EXHIBIT_MIME: self.to_json(), "text/plain": plain}


class TableExhibit(Exhibit):
    """An exhibit without a figure: its table is open, its alt text is the summary of the table."""


@dataclass(frozen=True)
class Findings:
    """Sentences that answer a notebook's question; ``key`` marks the five findings of the whole run."""

    sentences: tuple[str, ...]
    language: Language = "de"
    key: bool = False

    def __init__(self, sentences: Sequence[str], language: Language = "de", key: bool = False) -> None:
        object.__setattr__(self, "sentences", tuple(sentences))
        object.__setattr__(self, "language", language)
        object.__setattr__(self, "key", key)

    def to_html(self) -> str:
        """Return the sentences as a list, escaped."""
        return render("findings.html.j2", sentences=self.sentences, language=self.language, key=self.key)

    def to_json(self) -> dict[str, Any]:
        """Return all fields as JSON values."""
        return {"version": 1, "sentences": list(self.sentences), "language": self.language, "key": self.key}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/html": self.to_html(), FINDINGS_MIME: self.to_json(), "text/plain": "\n".join(self.sentences)}


def exhibit_from_json(fields: Mapping[str, Any]) -> Exhibit:
    """Return the exhibit that ``to_json`` wrote; the table is equal to the bit."""
    kind = Exhibit if fields["figure_svg"] else TableExhibit
    values = {name: fields[name] for name in fields if name not in ("version", "table", FORMS)}
    values["language"] = city_language(fields["language"], fields.get(FORMS, ""))
    return kind(**values, table=table_from_json(fields["table"]))


def findings_from_json(fields: Mapping[str, Any]) -> Findings:
    """Return the findings that ``to_json`` wrote."""
    return Findings(fields["sentences"], fields["language"], key=bool(fields["key"]))


def table_to_json(table: pd.DataFrame) -> dict[str, Any]:
    """Return columns, types (int, float, bool, str) and rows; missing values are null."""
    columns = [str(column) for column in table.columns]
    values = [_plain_column(table.iloc[:, position]) for position in range(len(columns))]
    rows = [list(row) for row in zip(*values, strict=True)]
    kinds = [_kind(table.iloc[:, position]) for position in range(len(columns))]
    return {"columns": columns, "types": kinds, "rows": rows}


def table_from_json(fields: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table that ``table_to_json`` wrote, with its types."""
    table = pd.DataFrame(fields["rows"], columns=fields["columns"], dtype=object)
    types = {"int": "int64", "float": "float64", "bool": "bool", "str": "object"}
    return table.astype({name: types[kind] for name, kind in zip(fields["columns"], fields["types"], strict=True)})


def _plain_column(column: pd.Series[Any]) -> list[Any]:
    """Return Python values that JSON knows; NaN, NaT and NA become None."""
    return [_plain(value) for value in column.tolist()]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)


def _kind(column: pd.Series[Any]) -> str:
    """Return int, float, bool or str: the types that survive a notebook file."""
    if pd.api.types.is_bool_dtype(column):
        return "bool"
    if pd.api.types.is_integer_dtype(column) and not column.hasnans:
        return "int"
    return "float" if pd.api.types.is_numeric_dtype(column) else "str"


def _view(exhibit: Exhibit) -> dict[str, Any]:
    """Return what the template shows."""
    language, whole = exhibit.language, exhibit.table
    table = whole.head(0) if whole.columns.empty else whole[shown_columns(whole, exhibit.formats)]
    rows = table_to_json(table.head(ROWS_SHOWN))["rows"]
    grades = [key for key in ("A", "B", "C", "D", "E") if "grade" in whole and key in set(whole["grade"])]
    return {
        "exhibit": exhibit,
        "image": Markup(data_uri(exhibit.figure_svg)) if exhibit.figure_svg else None,
        "columns": _columns(table, exhibit),
        "rows": shown_rows(table, rows, language=language, formats=exhibit.formats),
        "row_head": row_head(table),
        "total": len(whole),
        "left_out": len(whole) - len(rows),
        "columns_left_out": whole.shape[1] - table.shape[1],
        "grades": [label(key, language) for key in grades],
        "say": lambda de, en: say(language, de, en),
    }


def row_head(table: pd.DataFrame) -> int:
    """Return the position of the column that names a row: the name where there is one, else the first."""
    for name in ("name", "facility_name", "indicator_name", "rule_name", "rate_name", "design_name", "check", "year"):
        if name in table.columns:
            return int(list(table.columns).index(name))
    return 0


def _columns(table: pd.DataFrame, exhibit: Exhibit) -> list[tuple[str, bool]]:
    """Return heading and whether the column holds numbers."""
    kinds = [_kind(table.iloc[:, position]) in ("int", "float") for position in range(table.shape[1])]
    return [(label(str(name), exhibit.language), kind) for name, kind in zip(table.columns, kinds, strict=True)]


def excel_format(column: str, formats: Mapping[str, str]) -> str:
    """Return the number format of a column in the workbook."""
    patterns = {"plain": "0", "count": "#,##0", "percent": "0.0%", "decimal": "#,##0.0", "general": "General"}
    patterns["p"] = "0.000"
    return patterns[column_format(column, formats)]

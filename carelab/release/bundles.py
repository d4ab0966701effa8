"""Bundles: the exhibits and findings that executed notebooks carry; notebooks are read as plain JSON, which is fast."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from carelab.release.exhibit import (
    EXHIBIT_MIME,
    FINDINGS_MIME,
    Exhibit,
    Findings,
    exhibit_from_json,
    findings_from_json,
    table_to_json,
)
from carelab.release.slide import SLIDE_MIME, Slide, slide_from_json
from carelab.terms import UserError
from carelab.terms_districts import in_city_words

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Notebook:
    """One executed notebook: its name (file without ending) and its cells as JSON."""

    name: str
    cells: list[dict[str, Any]]
    scope: str = "city"
    """What it is about; a district's page is laid out to be printed on one sheet."""

    @cached_property
    def title(self) -> str:
        """Return the first heading: the notebook's question; the name where there is none."""
        for cell in self.cells:
            found = _HEADING.search(text_of(cell.get("source", ""))) if cell["cell_type"] == "markdown" else None
            if found:
                return re.sub(r"[*_`]", "", found.group(1))
        return self.name

    @cached_property
    def exhibits(self) -> list[Exhibit]:
        """Return the exhibits in their order; broken bundles are left out (the page shows their plain text)."""
        return [shown for output in self._outputs() if isinstance(shown := read_output(output), Exhibit)]

    @cached_property
    def slides(self) -> list[Slide]:
        """Return the exhibits that are slides of a talk, in their order."""
        data = [output.get("data", {}) for output in self._outputs()]
        return [slide_from_json(each[EXHIBIT_MIME], each[SLIDE_MIME]) for each in data if SLIDE_MIME in each]

    @cached_property
    def findings(self) -> list[Findings]:
        """Return the findings in their order."""
        return [shown for output in self._outputs() if isinstance(shown := read_output(output), Findings)]

    def _outputs(self) -> Iterator[dict[str, Any]]:
        for cell in self.cells:
            yield from cell.get("outputs", [])


def read_notebook(path: Path, language: str = "") -> Notebook:
    """Return a notebook file (nbformat 4), its prose in the language it was executed in.

    Notebooks are written in German; a prose cell's English stands in its metadata as ``en`` (docs/decisions/0005).
    ``language`` may carry a city's own word for its districts, which German prose then uses.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    parameters = content.get("metadata", {}).get("papermill", {}).get("parameters", {})
    english = parameters.get("language") == "en"
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            german = in_city_words(text_of(cell["source"]), language)
            cell["source"] = cell["metadata"].get("en", cell["source"]) if english else german
    scope = str(content.get("metadata", {}).get("carelab", {}).get("scope", "city"))
    return Notebook(path.stem, content["cells"], scope)


def read_notebooks(folder: Path, language: str = "") -> list[Notebook]:
    """Return the executed notebooks of a run in the order of their names."""
    return [read_notebook(path, language) for path in sorted((folder / "notebooks").glob("*.ipynb"))]


def read_output(output: Mapping[str, Any]) -> Exhibit | Findings | None:
    """Return what a cell's output carries, None where it is neither exhibit nor findings (or a broken one)."""
    data = output.get("data", {})
    try:
        if EXHIBIT_MIME in data:
            return exhibit_from_json(data[EXHIBIT_MIME])
        return findings_from_json(data[FINDINGS_MIME]) if FINDINGS_MIME in data else None
    except (KeyError, TypeError, ValueError):
        return None


def unique_exhibits(notebooks: list[Notebook]) -> dict[str, tuple[Exhibit, str]]:
    """Return id -> (exhibit, notebook where it is first shown).

    Raises UserError where two exhibits share an id but not their table.
    """
    found: dict[str, tuple[Exhibit, str]] = {}
    for notebook in notebooks:
        for exhibit in notebook.exhibits:
            first, where = found.setdefault(exhibit.id, (exhibit, notebook.name))
            if table_to_json(first.table) != table_to_json(exhibit.table):
                raise UserError(
                    f"Exponat „{exhibit.id}“ steht mit verschiedenen Tabellen in {where} und {notebook.name}; "
                    "erwartet: eigene Kennung.",
                    f'Exhibit "{exhibit.id}" is in {where} and {notebook.name} with different tables; '
                    "expected: an id of its own.",
                )
    return found


def text_of(value: str | list[str]) -> str:
    """Return text that a notebook file may store as a list of lines."""
    return value if isinstance(value, str) else "".join(value)

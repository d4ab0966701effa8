"""What a stranger reads: every page of the synthetic city, in both languages, without a machine's word or number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from carelab import terms
from carelab.params import Params
from carelab.release.bundles import read_notebooks
from carelab.release.exhibit import Exhibit, table_to_json
from carelab.release.numbers import column_format
from carelab.release.shown import shown_columns, shown_rows
from carelab.runs import client
from carelab.runs.runner import run_study
from carelab.runs.work import Hub
from carelab.terms import Language, label

pytestmark = pytest.mark.notebook
FILE = re.compile(r"\b[\w/]+\.(?:csv|yaml|gpkg|xlsx)\b")
"""Files that people hand in or open are named as they are."""
MACHINE = re.compile(r"\b[a-z0-9]+_[a-z0-9_]+\b")
NOTHING = re.compile(r"(?<!\w)(?:nan|NaN|None|NaT|inf|True|False)(?!\w)")
POINT = re.compile(r"(?<![\d.,])\d+\.(?:\d{1,2}|\d{4,})(?![\d.])")
"""1.5 or 0.1234, which German writes with a comma; 1.500 has three digits behind its point."""
NAMED = frozenset(("publisher", "title", "licence", "source", "url"))
"""Columns with the names of publications, which are written as their authors write them."""
MEAN = frozenset(("None", "True", "False"))
"""English sentences may begin with these."""


@pytest.fixture(scope="module", params=["de", "en"])
def exhibits(request: pytest.FixtureRequest, hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> list[Exhibit]:
    """All exhibits of a run of the synthetic city with few draws; it branches from a process as a portfolio's parts."""
    language: Language = request.param
    params = Params(city="musterstadt", draws=100, language=language)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(client, "Zygote", partial(client.Zygote, imports=(), base=hub.ready()))
        done = run_study(params, outputs=tmp_path_factory.mktemp("pages"))
    assert done.status == "complete", done.reasons
    notebooks = read_notebooks(Path(done.folder), language)
    return [exhibit for notebook in notebooks for exhibit in notebook.exhibits]


def cells(exhibit: Exhibit) -> Iterator[tuple[str, str]]:
    """Yield column and text of every cell of the whole table as a page would show it."""
    table = exhibit.table[shown_columns(exhibit.table, exhibit.formats)]
    rows = table_to_json(table)["rows"]
    for row in shown_rows(table, rows, language=exhibit.language, formats=exhibit.formats):
        yield from zip(map(str, table.columns), row, strict=True)


def strange(text: str, language: Language) -> list[str]:
    """Return what no reader should meet in a text."""
    left = FILE.sub("", text)
    found = MACHINE.findall(left) + [word for word in NOTHING.findall(left) if not (language == "en" and word in MEAN)]
    return found + (POINT.findall(left) if language == "de" else [])


def test_heads_are_words(exhibits: list[Exhibit]) -> None:
    heads = {
        (exhibit.id, name)
        for exhibit in exhibits
        for name in shown_columns(exhibit.table, exhibit.formats)
        if str(name) not in terms._LABELS
    }
    assert heads == set(), "columns without words: terms, or format them as file"


def test_cells_hold_no_keys_and_no_raw_numbers(exhibits: list[Exhibit]) -> None:
    found = {
        (exhibit.id, column, text[:60])
        for exhibit in exhibits
        for column, text in cells(exhibit)
        if column not in NAMED and (strange(text, exhibit.language) or is_key(text, exhibit.language))
    }
    assert found == set()


def is_key(text: str, language: Language) -> bool:
    """Whether a text is a key that has words; in German only: English words may equal keys of other things."""
    known = text in terms._LABELS and text not in terms.GRADES
    return language == "de" and known and label(text, language) != text


def test_years_have_no_separator(exhibits: list[Exhibit]) -> None:
    shown = [(column, text) for exhibit in exhibits for column, text in cells(exhibit)
             if "year" in column and column_format(column, exhibit.formats) == "plain"]  # fmt: skip
    assert len(shown) > 1000
    assert {text for _, text in shown if not re.fullmatch(r"\d{4}|–|0", text)} == set()


def test_texts_hold_no_keys(exhibits: list[Exhibit]) -> None:
    names = ("title", "alt", "how_to_read", "limits", "source")
    found = {
        (exhibit.id, name, *strange(getattr(exhibit, name), exhibit.language))
        for exhibit in exhibits
        for name in names
        if strange(getattr(exhibit, name), exhibit.language)
    }
    assert found == set()
    assert not [exhibit.id for exhibit in exhibits if "\n" in exhibit.alt], "alt texts are one line"

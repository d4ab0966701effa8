"""Words: each key means one thing everywhere, so that the words of one page never appear on another."""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict

import pytest

from carelab import terms
from carelab.paths import ROOT
from carelab.release.shown import common_decimals
from carelab.terms import label, value_label

pytestmark = pytest.mark.unit


def words_by_part() -> dict[str, dict[str, tuple[str, str]]]:
    """Return part -> key -> words, for all parts that terms joins; of its own part what stands in its source."""
    tree = ast.parse((ROOT / "carelab" / "terms.py").read_text(encoding="utf-8"))
    joined = next(node for node in ast.walk(tree) if isinstance(node, ast.Dict) and None in node.keys)
    pairs = list(zip(joined.keys, joined.values, strict=True))
    own = {ast.literal_eval(key): ast.literal_eval(value) for key, value in pairs if key is not None}
    modules = {
        alias.name: importlib.import_module(str(node.module))
        for node in tree.body if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }  # fmt: skip
    parts = [value.id for key, value in pairs if key is None and isinstance(value, ast.Name)]
    return {"terms": own, **{name: getattr(modules[name], name) for name in parts}}


def test_no_key_has_two_meanings() -> None:
    found = defaultdict(dict)
    for part, words in words_by_part().items():
        for key, pair in words.items():
            found[key][part] = pair
    assert len(found) == len(terms._LABELS)
    twice = {key: parts for key, parts in found.items() if len(set(parts.values())) > 1}
    assert twice == {}, "the later one would win everywhere: give it a key of its own or write column:value"


def test_a_value_may_mean_another_thing_in_another_column() -> None:
    assert value_label("unit", "years", "de") == "Jahre"
    assert label("years", "de") == "haltbar (Jahre)"
    assert value_label("sex", "m", "en") == label("m", "en")


@pytest.mark.parametrize(
    ("values", "digits"),
    [
        ([24.5, 46.0, None], 1),
        ([3.0, 4.0], 0),
        ([0.32, 0.5], 2),
        ([245834.12, 234027.9], 0),
        ([102.74, 99.9], 1),
        ([0.1 + 0.2], 1),
        ([float("nan"), True, "text"], 0),
    ],
)
def test_numbers_side_by_side_have_equally_many_decimals(values: list[object], digits: int) -> None:
    assert common_decimals(values) == digits

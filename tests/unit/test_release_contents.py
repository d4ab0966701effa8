"""The contents of a run's index: every notebook once, in groups; key numbers where nothing is known."""

from __future__ import annotations

import pandas as pd
import pytest

from carelab import paths
from carelab.release.bundles import Notebook, read_notebook
from carelab.release.contents import GROUPS, contents
from carelab.release.key_numbers import key_numbers

pytestmark = pytest.mark.unit


def test_every_notebook_of_the_house_has_a_group_and_a_short_name() -> None:
    shipped = [read_notebook(path) for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))]
    groups = contents(shipped, "de")
    names = [entry["name"] for group in groups for entry in group["entries"]]
    assert sorted(names) == sorted(notebook.name for notebook in shipped)
    assert [group["title"] for group in groups] == [words[0] for words, _ in GROUPS]
    shown = {entry["short"] for group in groups for entry in group["entries"]}
    assert {"Pflege & Pass-Mobil", "Quartierszentren", "LUMINA: Angebote nah am Menschen"} <= shown


def test_a_citys_own_notebook_stands_last_under_its_question() -> None:
    own = Notebook("77_own", [{"cell_type": "markdown", "source": "# Und bei uns?"}])
    known = Notebook("05_city_report", [])
    last = contents([own, known], "de")[-1]
    assert last == {
        "title": "Weitere",
        "entries": [{"name": "77_own", "short": "Und bei uns?", "question": "Und bei uns?"}],
    }


def test_key_numbers_of_a_table_of_which_nothing_is_known() -> None:
    assert list(key_numbers(pd.DataFrame(), ["measure", "value"]).columns) == ["measure", "value"]
    with pytest.raises(KeyError):
        key_numbers(pd.DataFrame({"measure": [1]}), ["measure", "value"])

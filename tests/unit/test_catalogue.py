"""The catalogue: it reads, it refuses in sentences, its page is current, and it names what exists."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from carelab.inputs.catalogue import catalogue_table, load_catalogue, load_rules
from carelab.inputs.errors import DataError
from carelab.paths import DATA, ROOT
from carelab.release.catalogue_page import catalogue_page
from carelab.terms import label
from carelab.terms_catalogue import BLOCKS

pytestmark = pytest.mark.unit


def test_page_is_current() -> None:
    page = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
    made = catalogue_page(catalogue_table(load_catalogue(), "de"), "de")
    assert page == made, "docs/indicators.md is out of date: carelab catalogue --write docs/indicators.md"


def test_every_block_has_indicators_and_every_word_both_languages() -> None:
    catalogue = load_catalogue()
    assert {each.block for each in catalogue.indicators} == set(BLOCKS)
    assert len(catalogue.indicators) >= 45
    for language in ("de", "en"):
        table = catalogue_table(catalogue, language)
        assert table[["indicator_name", "definition", "numerator", "caution"]].ne("").all(axis=None)
        assert all(label(unit, "de") != unit for unit in table["unit"])


def test_all_mistakes_are_told_at_once_each_in_a_sentence(tmp_path: Path) -> None:
    values = yaml.safe_load((DATA / "catalogue.yaml").read_text(encoding="utf-8"))
    first, second, third = values["indicators"][:3]
    first["unit"] = "furlong"
    del second["caution"]["en"]
    third["source"] = ["no_such_table"]
    values["indicators"].append(dict(values["indicators"][5]))
    (tmp_path / "catalogue.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_catalogue(tmp_path)
    for word in (f"{first['id']}.unit", "furlong", f"{second['id']}.caution.en", f"{third['id']}.source", "zweimal"):
        assert word in caught.value.de


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"numerator": {"of": "supply"}}, "measure"),
        (
            {"factor": {"value": 3, "low": 1, "high": 2, "quality": "C", "source": {"de": "x", "en": "x"}, "url": ""}},
            "low",
        ),
        ({"needs": {"de": "x", "en": "x"}}, "needs"),
        ({"numerator": {"of": "persons", "ages": [0, 400]}}, "90"),
    ],
)
def test_entries_that_make_no_sense_are_refused(tmp_path: Path, change: dict[str, object], words: str) -> None:
    values = yaml.safe_load((DATA / "catalogue.yaml").read_text(encoding="utf-8"))
    values["indicators"][0] |= change
    (tmp_path / "catalogue.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(DataError, match=words):
        load_catalogue(tmp_path)


def test_rules_are_refused_where_they_name_no_band(tmp_path: Path) -> None:
    values = yaml.safe_load((DATA / "early_warning.yaml").read_text(encoding="utf-8"))
    for rule in values["rules"]:
        rule.pop("ages", None)
        rule["watch"] = 0.9
    (tmp_path / "early_warning.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(DataError, match="ages") as caught:
        load_rules(tmp_path)
    assert caught.value.de.count("watch") >= 2
    assert {rule.id for rule in load_rules()} >= {"need_grows", "places_short", "care_potential_low"}

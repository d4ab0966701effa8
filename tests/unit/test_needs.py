"""What a file would do: widths by hand, order, grades that the tables show, sources that are added to a text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from carelab.forecast.population.counted_ages import counted_ages
from carelab.inputs.desk.asks import asks
from carelab.inputs.desk.source_entry import SourceEntry, entry_for, with_entry
from carelab.inputs.formats.facility_words import field_of
from carelab.inputs.formats.words import role_of
from carelab.paths import DATA
from carelab.planning.needs import ENDPOINTS, narrower_pct, needs_table, width_80
from carelab.release.needs import effects_in_words, needs_exhibit, needs_findings, unknowable
from carelab.study import Study

pytestmark = pytest.mark.unit
DRAWS = np.linspace(-1, 1, 1001)[:, None] * np.array([1.0, 2.0, 4.0])
RANKED = np.array([True, True, False])


def test_widths_and_their_reduction_by_hand() -> None:
    np.testing.assert_allclose(width_80(DRAWS), [1.6, 3.2, 6.4], atol=1e-9)
    half = DRAWS * np.array([0.5, 0.5, 0.0])
    assert narrower_pct(DRAWS, half, RANKED) == pytest.approx(50.0), "districts that are not ranked do not count"
    assert narrower_pct(DRAWS, DRAWS * 1.1, RANKED) == pytest.approx(-10.0), "a wider interval is not hidden"
    assert np.isnan(narrower_pct(DRAWS * 0, DRAWS * 0, RANKED)), "nothing uncertain, nothing to narrow"


def test_order_is_by_the_largest_effect_and_what_is_there_comes_last() -> None:
    base = dict.fromkeys(ENDPOINTS, DRAWS)
    known = {
        "small": base | {"need": DRAWS * 0.9},
        "log": {},
        "large": base | {"gap": DRAWS * 0.2},
        "had": base | {"share": DRAWS * 0.1},
    }
    table = needs_table(base, known, RANKED, present={"had": True})
    assert table["ask"].tolist() == ["large", "small", "log", "had"]
    assert table["narrower_pct"].round(6).tolist()[:2] == [80.0, 10.0]
    assert np.isnan(table["narrower_pct"][2])


def test_effects_follow_from_the_uncertainty_that_there_is(study: Study) -> None:
    """Each file acts where it must: homes on places alone, local counts on shares, nothing beyond what is uncertain."""
    table = study.needs.set_index("ask")
    assert table.loc["facilities", ["oldest_narrower_pct", "need_narrower_pct", "share_narrower_pct"]].tolist() == [
        0,
        0,
        0,
    ]
    assert table.loc["facilities", "gap_narrower_pct"] > 5
    assert table.loc["care", "share_narrower_pct"] > 30
    assert table.loc["care", "oldest_narrower_pct"] == 0
    assert table.loc["future", "need_narrower_pct"] > 30
    assert (table["narrower_pct"].dropna() <= 100).all()
    order = study.needs.loc[~study.needs["present"], "narrower_pct"].dropna()
    assert order.is_monotonic_decreasing


@pytest.mark.parametrize("language", ["de", "en"])
def test_words_name_the_computed_numbers(study: Study, language: str) -> None:
    words = effects_in_words(study.needs, language=language)
    row = study.needs.set_index("ask").loc["care"]
    assert f"{row['share_narrower_pct']:.0f}" in words["care"]
    assert "future" not in words
    assert f"{study.needs.set_index('ask').loc['future', 'need_narrower_pct']:.0f}" in unknowable(
        study.needs, language=language
    )
    assert 1 <= len(needs_findings(study.needs, language=language).sentences) <= 3
    exhibit = needs_exhibit(study.needs, language=language)
    assert len(exhibit.table) == len(study.needs)
    assert not set(exhibit.table["ask"]) & set(study.needs["ask"]), "words, not keys"


def test_hidden_cells_share_what_the_total_leaves() -> None:
    rows = [("01", 2025, sex, age, age, 1.0) for sex in "mw" for age in range(100)]
    ages = pd.DataFrame(rows, columns=["district", "year", "sex", "age_from", "age_to", "persons"])
    ages.loc[[3, 150], "persons"] = np.nan
    total = pd.DataFrame([("01", 2025, 204)], columns=["district", "year", "persons"])
    counted = counted_ages(ages, total, pd.Index(["01"]), 2025)
    assert counted is not None
    assert counted.shape == (1, 2, 91)
    assert counted.sum() == 204
    assert counted[0, 0, 3] == counted[0, 1, 50] == 3.0
    assert counted[0, 0, 90] == 10, "older ages join the open group"
    assert counted_ages(ages, total, pd.Index(["01", "02"]), 2025) is None, "every district or none"
    assert counted_ages(ages[ages["age_from"] != 40], total, pd.Index(["01"]), 2025) is None


def test_a_source_is_added_without_touching_the_others(tmp_path: Path) -> None:
    file = tmp_path / "heime.xlsx"
    file.write_bytes(b"inhalt")
    entry = entry_for(file, publisher="Heimaufsicht")
    for city in ("musterstadt", "magdeburg"):
        text = (DATA / city / "sources.yaml").read_text(encoding="utf-8")
        before, after = yaml.safe_load(text), yaml.safe_load(with_entry(text, "facilities", entry))
        assert after.pop("facilities") == [*before.pop("facilities"), vars(entry)]
        assert after == before
        assert with_entry(with_entry(text, "facilities", entry), "facilities", entry) == with_entry(
            text, "facilities", entry
        )
    assert "# Where the figures" in with_entry(text, "control", entry), "comments stay"
    assert yaml.safe_load(with_entry(text, "control", entry))["control"] == [vars(entry)]
    assert isinstance(entry, SourceEntry)
    assert entry_for(file).quality == "C", "without a publisher the origin is unclear"


def test_the_readers_understand_every_heading_of_the_templates() -> None:
    columns = asks()["facilities"].columns
    assert None not in [field_of(column) for column in columns]
    assert len({field_of(column) for column in columns}) == len(columns)
    assert None not in [role_of(column) for column in asks()["population"].columns]

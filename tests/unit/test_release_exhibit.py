"""Exhibits: numbers as people read them, bundles that lose nothing, markup that cannot be broken."""

import json

import numpy as np
import pandas as pd
import pytest

from carelab.release.exhibit import EXHIBIT_MIME, Exhibit, Findings, exhibit_from_json
from carelab.release.figures import table_exhibit
from carelab.release.numbers import about, cell, chance, change_percent, day, interval, listing, number, rounded, signed

HOSTILE = "<script>alert(1)</script>"


def exhibit(**values: object) -> Exhibit:
    table = pd.DataFrame(
        {"district": ["01", "02"], "name": [HOSTILE, "Süd"], "year": [2035, 2035], "median": [1234.567891234, np.nan]}
    )
    texts = {"id": "x", "title": "Wo?", "alt": "Zwei", "how_to_read": "So.", "limits": "Nein.", "source": "Amt"}
    return Exhibit(**{**texts, "table": table, "figure_svg": "<svg/>", **values})


@pytest.mark.unit
@pytest.mark.parametrize(
    ("value", "language", "digits", "text"),
    [
        (1234.5, "de", 1, "1.234,5"),
        (1234.5, "en", 1, "1,234.5"),
        (-0.2, "de", 0, "0"),
        (-7, "de", 0, "−7"),
        (np.nan, "de", 0, "–"),
    ],
)
def test_number_is_written_as_the_language_does(value: float, language: str, digits: int, text: str) -> None:
    assert number(value, language, digits) == text


@pytest.mark.unit
def test_sentences_round_as_far_as_the_number_is_known() -> None:
    assert [rounded(value) for value in (7.4, 43, 214, 23112, -3512)] == [7, 45, 210, 23100, -3500]
    assert [signed(value, "de") for value in (3, 0.2, -3)] == ["+3", "±0", "−3"]
    assert about(3512, "en") == "3,500"
    assert interval({"lower_80": -12.0, "upper_80": 214.0}, "de", sign=True) == "−12 bis +210"
    assert change_percent(100, 120, "de") == "+20\u00a0%"
    assert change_percent(0, 120, "de") == "–"
    assert listing(["a", "b", "c"], "de") == "a, b und c"
    assert day("2026-11-21T21:00:00+01:00", "de") == "21. November 2026"
    assert day(None, "de") == ""


@pytest.mark.unit
def test_simulated_probabilities_are_never_certain() -> None:
    assert chance(1.0, "de") == "über 99\u00a0%"
    assert chance(0.0, "en") == "under 1%"
    assert chance(0.5, "en") == "50%"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (2035, "year", "2035"),
        (0.714, "p_shortfall", "71\u00a0%"),
        (1234.5, "median", "1.234"),
        (True, "inside_80", "ja"),
        ("pflegegeld", "setting", "Pflegegeld (Angehörige)"),
        ("total", "name", "total"),
    ],
)
def test_cells_are_shown_by_the_meaning_of_their_column(value: object, column: str, text: str) -> None:
    assert cell(value, column, "de") == text


@pytest.mark.unit
def test_bundle_keeps_every_digit_and_type_through_a_notebook_file() -> None:
    before = exhibit()
    after = exhibit_from_json(json.loads(json.dumps(before._repr_mimebundle_()[EXHIBIT_MIME], allow_nan=False)))
    pd.testing.assert_frame_equal(after.table, before.table, check_exact=True, check_dtype=False)
    assert after.table["district"].tolist() == ["01", "02"]
    assert after.table["year"].dtype == "int64"
    assert (after.alt, after.figure_svg, after.limits) == (before.alt, before.figure_svg, before.limits)


@pytest.mark.unit
def test_hostile_names_are_text() -> None:
    page = exhibit(title=f"Wo? {HOSTILE}", alt='"><script>').to_html()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in Findings([HOSTILE]).to_html()


@pytest.mark.unit
def test_long_tables_are_cut_and_say_where_the_rest_is() -> None:
    long = pd.DataFrame({"name": [f"Ort {row}" for row in range(81)], "year": 2035})
    page = table_exhibit(long, id="lang", title="Viele?", text=("So.", "Nein."), language="de").to_html()
    assert page.count('<th scope="row"') == 80
    assert "erste 80 von 81 Zeilen; die vollständige Tabelle steht in der CSV-Datei lang.csv" in page


@pytest.mark.unit
@pytest.mark.parametrize("values", [{"alt": " "}, {"limits": ""}, {"id": "../x"}, {"id": "Ä"}])
def test_exhibits_without_words_or_with_unsafe_ids_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="exhibit"):
        exhibit(**values)

"""Words and symbols of official tables: what they mean and what is not clear enough to be read."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carelab.inputs.formats.ages import Age, excel_date, read_age
from carelab.inputs.formats.areas import Areas
from carelab.inputs.formats.facility_words import read_month, read_word
from carelab.inputs.formats.numbers import read_number
from carelab.inputs.formats.words import read_heading, read_sex, read_year

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "age"),
    [
        *((word, Age(0, 2)) for word in ("unter 3", "0 - 2", "u3", "0–2", "unter 3 Jahre", "0 bis unter 3", "a_0_2")),
        *((word, Age(3, 5)) for word in ("3 bis unter 6", "3-5", "3 - unter 6 Jahre", "3 bis < 6", "3-5 J.")),
        *(
            (word, Age(65, None))
            for word in ("65 und älter", "65+", "65 u. m.", "65 u.ä.", "ab 65", "65-Jährige und Ältere")
        ),
        *((word, Age(7, 7)) for word in ("7", "7 Jahre", "Alter 7", "ALT007")),
        ("unter 1 Jahr", Age(0, 0)),
        *((word, None) for word in ("über 65", "12-3", "alt", "1999", "3,5", "unter 0", "130")),
    ],
)
def test_ages(text: str, age: Age | None) -> None:
    assert read_age(text) == age


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("2025-06-03", "3-6"),
        ("03. Jun", "3-6"),
        ("Jun 03", "6-3"),
        ("2017-03-01", "1-3 / 3-17"),
        ("2024-12-31", "?"),
        ("0-2", None),
    ],
)
def test_ages_that_became_dates(text: str, guess: str | None) -> None:
    assert excel_date(text) == guess


@pytest.mark.parametrize(
    ("text", "decimal", "value", "status"),
    [
        ("-", ",", 0, "nil"),
        ("–", ",", 0, "nil"),
        (".", ",", None, "suppressed"),
        ("*", ",", None, "suppressed"),
        ("<5", ",", None, "suppressed"),
        ("/", ",", None, "unknown"),
        ("...", ",", None, "unknown"),
        ("", ",", None, "unknown"),
        ("x", ",", None, "not_applicable"),
        ("(12)", ",", 12, "estimated"),
        ("12 s", ",", 12, "estimated"),
        ("1.234,5", ",", 1234.5, "value"),
        ("1\u202f234", ",", 1234, "value"),
        ("12 1)", ",", 12, "value"),
        ("12¹", ",", 12, "value"),
        ("1.5", ",", None, "unreadable"),
        ("0.123", ",", None, "unreadable"),
        ("12 34", ",", None, "unreadable"),
        ("1.5", ".", 1.5, "value"),
        ("1,234", ".", 1234, "value"),
        ("fünf", ",", None, "unreadable"),
    ],
)
def test_numbers_and_symbols(text: str, decimal: str, value: float | None, status: str) -> None:
    found = read_number(text, decimal=decimal)
    assert (found.value, found.status) == (value, status)


@given(st.integers(0, 10**9), st.sampled_from(["", ".", " ", "\u00a0", "'"]))
def test_thousands_marks_change_nothing(number: int, mark: str) -> None:
    assert read_number(f"{number:,}".replace(",", mark)).value == number


@given(st.floats(0, 1e12, allow_nan=False))
def test_cells_of_spreadsheets_lose_nothing(number: float) -> None:
    assert read_number(repr(number), decimal=".").value == number


def test_headings_say_several_things() -> None:
    heading = read_heading("2024 männlich 65-74")
    assert heading is not None
    assert (heading.year, heading.sex, heading.age) == (2024, "m", Age(65, 74))
    assert read_heading("Anteil in %") is None
    assert [read_sex(word) for word in ("1", "2", "Frauen", "insgesamt", "q")] == ["m", "w", "w", "t", None]
    assert [read_year(word) for word in ("31.12.2024", "Stand: 31. Dezember 2024", "2024-12-31", "24")] == [
        2024,
        2024,
        2024,
        None,
    ]


def test_areas_are_matched_or_offered_never_guessed() -> None:
    areas = Areas(pd.DataFrame({"district": ["01", "10"], "name": ["Süd-Ost", "Groß Flöthe"]}))
    assert [areas.match([word]).district for word in ("1", "01", "1.0", "sued ost", "GROSS FLÖTHE")] == ["01"] * 4 + [
        "10"
    ]
    assert areas.match(["Süd-Ots"]).hint == "01 Süd-Ost"
    assert areas.match(["Süd-Ots"]).kind == "unknown"
    assert areas.match(["10", "Süd-Ost"]).kind == "contradiction"
    assert areas.match(["Stadt Musterstadt"]).kind == "total"


def test_words_of_lists_of_homes() -> None:
    assert read_word("category", "Alten- und Pflegeheim") == "home_full"
    assert read_word("category", "Ambulanter Pflegedienst") == "home_care_service"
    assert read_word("operator_type", "frei-gemeinnützig") == "non_profit"
    assert [read_month(word) for word in ("2017", "06/2017", "1.6.2017", "Juni 2017", "2017-06-01")] == [
        "2017",
        *["2017-06"] * 4,
    ]
    assert read_month("13.2017") is None

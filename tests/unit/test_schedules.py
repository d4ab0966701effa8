"""Schedules: whatever is written reads back or is refused; plan against state by hand."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carelab.inputs.errors import DataError
from carelab.inputs.schedules import Schedule, parse_schedule, schedule_columns, write_schedule
from carelab.planning.measures import STATE_COLUMNS, indicators_since, last_day, plan_against_state

pytestmark = pytest.mark.unit
QUARTERS = st.integers(4 * 1900, 4 * 2100 + 3)
SCHEDULES = st.one_of(
    st.sampled_from([Schedule("none"), Schedule("continuous")]),
    st.builds(Schedule, st.just("from"), first=QUARTERS),
    st.builds(Schedule, st.just("until"), last=QUARTERS),
    st.builds(Schedule, st.just("yearly"), times=st.integers(1, 12)),
    st.tuples(QUARTERS, QUARTERS).map(lambda ends: Schedule("quarters", first=min(ends), last=max(ends))),
)
WORDS = st.sampled_from(
    [
        "Q1",
        "Q5",
        "/",
        "2019",
        "2020",
        " ",
        "-",
        "bis ",
        "ab ",
        "III. Quartal ",
        "2x",
        " jährlich",
        "kontinuierlich",
        "?",
    ]
)


@given(SCHEDULES)
def test_what_is_written_reads_back(schedule: Schedule) -> None:
    assert parse_schedule(write_schedule(schedule)) == schedule


@given(st.one_of(st.text(max_size=30), st.lists(WORDS, max_size=6).map("".join)), st.none() | st.integers(1990, 2050))
def test_any_text_reads_back_or_is_refused(text: str, year: int | None) -> None:
    try:
        read = parse_schedule(text, year)
    except DataError as refused:
        said = refused
    else:
        assert parse_schedule(write_schedule(read)) == read
        return
    assert text in said.de
    assert text in said.en


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Q3/2019", 8078, 8078),
        ("III. Quartal 2019", 8078, 8078),
        ("3. Quartal 2019", 8078, 8078),
        ("Q3", 8078, 8078),
        ("Q1/2019-Q2/2020", 8076, 8081),
        ("Q1 bis Q2", 8076, 8077),
        ("ab Q3/2019", 8078, None),
        ("bis IV. Quartal 2019", None, 8079),
    ],
)
def test_known_forms(text: str, first: int | None, last: int | None) -> None:
    read = parse_schedule(text, 2019)
    assert (read.first, read.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["Q5/2019", "Sommer 2019", "Q2/2020-Q1/2019", "0x jährlich", "13x jährlich", "2019", "Q3"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        parse_schedule(text)


MEASURES = pd.DataFrame(
    [{"measure": "X", "name": "m", "field": "f", "responsible": "r", "indicator": "services", "since": "2019-06"}]
)


def state(
    schedule: str, status: str, *, year: int = 2019, reached: str = "", done: float = float("nan"), at: str
) -> dict:
    row = {"milestone": "a", "measure": "X", "goal_year": year, "goal": "g", "schedule": schedule, "status": status}
    table = pd.DataFrame([{**row, "reached": reached, "done_times": done, "as_of": ""}])
    return plan_against_state(schedule_columns(table), MEASURES, at=dt.date.fromisoformat(at)).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("schedule", "status", "at", "expected"),
    [
        ("Q2/2019", "open", "2019-06-30", "ahead"),
        ("Q2/2019", "open", "2019-07-01", "late"),
        ("Q2/2019", "started", "2019-05-01", "running"),
        ("Q2/2019", "unknown", "2030-01-01", "unknown"),
        ("Q2/2019", "dropped", "2030-01-01", "dropped"),
        ("Q2/2019", "done", "2030-01-01", "reached"),
        ("", "open", "2019-12-31", "ahead"),
        ("", "open", "2020-01-01", "late"),
        ("kontinuierlich", "started", "2025-01-01", "running"),
        ("kontinuierlich", "open", "2019-02-01", "late"),
        ("ab Q3/2019", "open", "2019-07-01", "ahead"),
        ("bis Q4/2021", "started", "2021-06-01", "running"),
    ],
)
def test_plan_against_state_by_hand(schedule: str, status: str, at: str, expected: str) -> None:
    assert state(schedule, status, at=at)["state"] == expected


def test_days_late_and_recurring_milestones() -> None:
    assert state("Q2/2019", "open", at="2019-07-10")["days_late"] == 10
    assert state("Q2/2019", "done", reached="2019-07", at="2020-01-01")["days_late"] == 31
    assert state("Q2/2019", "done", reached="2019-05", at="2020-01-01")["days_late"] == 0
    twice = "2x jährlich"
    assert state(twice, "started", done=0, at="2019-06-30")["state"] == "running"
    assert state(twice, "started", done=0, at="2019-07-01")["state"] == "late"
    assert state(twice, "started", done=1, at="2019-12-31")["state"] == "running"
    assert state(twice, "started", done=1, at="2020-01-01")["state"] == "late"
    assert state(twice, "started", done=2, at="2020-01-01")["state"] == "reached"
    assert state(twice, "unknown", at="2020-01-01")["state"] == "unknown"
    assert last_day("2024-02") == dt.date(2024, 2, 29)


def test_no_milestones_give_an_empty_table() -> None:
    columns = ["milestone", "measure", "goal_year", "goal", "schedule", "status", "reached", "done_times", "as_of"]
    empty = schedule_columns(pd.DataFrame(columns=columns))
    assert list(plan_against_state(empty, MEASURES, at=dt.date(2025, 1, 1)).columns) == list(STATE_COLUMNS)


def test_indicators_since_start_at_the_last_count_before() -> None:
    series = pd.DataFrame({"indicator": "services", "year": [2017, 2019, 2021], "value": [4.0, 5.0, 8.0]})
    row = indicators_since(MEASURES, series).iloc[0]
    assert (row["first_year"], row["last_year"], row["change"]) == (2019, 2021, 3)
    assert pd.isna(indicators_since(MEASURES, series[series["year"] <= 2019]).iloc[0]["change"])

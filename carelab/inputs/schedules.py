"""Schedules of milestones as plans write them: quarters, "kontinuierlich", "2x jährlich"; read back or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from carelab.inputs.errors import DataError

Form = Literal["none", "quarters", "from", "until", "continuous", "yearly"]

_ROMAN: Final = {"I": 1, "II": 2, "III": 3, "IV": 4}
_QUARTER: Final = re.compile(
    r"(?:Q(?P<q>[1-4])[/ ]|(?P<n>[1-4]|IV|I{1,3})\. ?Quartal |Q(?P<bare>[1-4])$)(?P<year>\d{4})?"
)
_RANGE: Final = re.compile(r"\s*(?:-|–|bis)\s*")
_YEARLY: Final = re.compile(r"([1-9]|1[0-2]) ?[x×] (?:jährlich|im Jahr)")
_WORDS: Final = {"kontinuierlich": "continuous", "fortlaufend": "continuous"}


@dataclass(frozen=True)
class Schedule:
    """One written schedule. ``first`` and ``last`` count quarters (4 x year + quarter - 1), ``times`` is per year."""

    form: Form
    first: int | None = None
    last: int | None = None
    times: int | None = None


def parse_schedule(text: str, year: int | None = None) -> Schedule:
    """Return the schedule that a text writes; ``year`` completes a quarter without one. Raises DataError.

    Known: empty, "Q3/2019", "III. Quartal 2019", "Q1/2019-Q2/2020", "ab Q3/2019", "bis Q4/2019", "kontinuierlich",
    "2x jährlich".
    """
    said = text.strip()
    if not said:
        return Schedule("none")
    if said in _WORDS:
        return Schedule("continuous")
    if match := _YEARLY.fullmatch(said):
        return Schedule("yearly", times=int(match[1]))
    for word, form in (("ab ", "from"), ("bis ", "until")):
        if said.startswith(word):
            quarter = _quarter(said.removeprefix(word), year, text)
            return Schedule("from", first=quarter) if form == "from" else Schedule("until", last=quarter)
    ends = [_quarter(part, year, text) for part in _RANGE.split(said, maxsplit=1)]
    if ends[-1] < ends[0]:
        raise DataError(f"„{text}“ endet vor dem Anfang", f'"{text}" ends before it starts')
    return Schedule("quarters", first=ends[0], last=ends[-1])


def write_schedule(schedule: Schedule) -> str:
    """Return the schedule in the one form that is always read back as the same."""
    if schedule.form in ("none", "continuous"):
        return "" if schedule.form == "none" else "kontinuierlich"
    if schedule.form == "yearly":
        return f"{schedule.times}x jährlich"
    ends = [f"Q{end % 4 + 1}/{end // 4:04d}" for end in (schedule.first, schedule.last) if end is not None]
    if schedule.form in ("from", "until"):
        return ("ab " if schedule.form == "from" else "bis ") + ends[0]
    return ends[0] if ends[0] == ends[-1] else "-".join(ends)


def _quarter(part: str, year: int | None, text: str) -> int:
    """Return a quarter's number. Raises DataError with the whole text."""
    match = _QUARTER.fullmatch(part)
    said = match and (match["year"] or year)
    if not match or not said or not 1900 <= int(said) <= 2100:
        raise DataError(
            f"Zeitplan „{text}“ nicht lesbar, erwartet leer, „Q3/2019“, „Q1/2019-Q2/2020“, „ab Q3/2019“, „bis "
            f"Q4/2019“, "
            "„kontinuierlich“ oder „2x jährlich“",
            f'schedule "{text}" cannot be read, expected empty, "Q3/2019", "Q1/2019-Q2/2020", "ab Q3/2019", '
            '"bis Q4/2019", "kontinuierlich" or "2x jährlich"',
        )
    number = match["q"] or match["bare"] or match["n"]
    return 4 * int(said) + _ROMAN.get(number, 0) - 1 if number in _ROMAN else 4 * int(said) + int(number) - 1


def schedule_columns(milestones: pd.DataFrame) -> pd.DataFrame:
    """Return milestones (schedule, goal_year) with form, first, last, times (NaN: not stated). Raises DataError."""
    read = [
        parse_schedule(text, year) for text, year in zip(milestones["schedule"], milestones["goal_year"], strict=True)
    ]
    numbers = {
        name: pd.Series([getattr(each, name) for each in read], index=milestones.index, dtype=float)
        for name in ("first", "last", "times")
    }
    return milestones.assign(form=[each.form for each in read], **numbers)

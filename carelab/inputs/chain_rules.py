"""Rules between the tables of the chain of care: known actors, measures and homes, readable schedules, no persons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from carelab.inputs.errors import DataError, Problem
from carelab.inputs.schedules import parse_schedule
from carelab.inputs.tables import Table

LEAST_RESPONDENTS: Final = 10
"""A share of fewer answers could tell who gave them."""
_PERSON: Final = re.compile(
    r"^(Herrn?|Frau|Hr\.|Fr\.|(Prof\.|Dr\.|Dipl\.)[\w. -]*)\s+\S|[\w.+-]+@[\w-]+\.\w+|(Tel\.?|\+49|\(0)\s*[\d/ -]{5,}",
    re.UNICODE,
)
_NAMED: Final = (
    *(("actors", "name"), ("measures", "responsible"), ("measures", "partners"), ("actors", "note")),
    *(("measures", "note"), ("milestones", "note"), ("home_concepts", "note")),
)
_REFERS: Final = (
    *(("agreements", "actor_a", "actors", "actor"), ("agreements", "actor_b", "actors", "actor")),
    *(("milestones", "measure", "measures", "measure"), ("home_concepts", "facility", "facilities", "facility")),
)
"""Table, column, and the table and column that must know it."""


def chain_problems(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Return every contradiction within and between the tables of the chain of care."""
    yield from _unknown(tables)
    yield from _persons(tables)
    yield from _agreements(tables["agreements"])
    yield from _milestones(tables["milestones"])
    for line, row in tables["coverage"].frame.iterrows():
        if row["complete"] and not (row["as_of"] and row["source"]):
            de, en = "vollständig nur mit Stand und Quelle", "complete only with date and source"
            yield _problem(tables["coverage"], line, f"{row['kind']}: {de}", f"{row['kind']}: {en}")
    for line, row in tables["needs_survey"].frame.iterrows():
        if row["respondents"] < LEAST_RESPONDENTS or row["design_effect"] < 1:
            de = f"gefunden {row['respondents']} Befragte und Designeffekt {row['design_effect']:g}, erwartet "
            en = f"found {row['respondents']} respondents and a design effect of {row['design_effect']:g}, expected "
            yield _problem(
                tables["needs_survey"],
                line,
                de + f"mindestens {LEAST_RESPONDENTS} Befragte (Schutz Einzelner) und 1",
                en + f"at least {LEAST_RESPONDENTS} respondents (protection of persons) and 1",
            )


def names_person(text: str) -> bool:
    """Say whether a text looks like a person's name (form of address, title) or how to reach one."""
    return any(_PERSON.search(part.strip()) for part in text.split(";"))


def _unknown(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Find keys that the other table does not know."""
    for name, column, other, key in _REFERS:
        frame, known = tables[name].frame, set(tables[other].frame[key])
        for line, value in frame[column].items():
            if value not in known:
                said = f"{column} „{value}“ steht nicht in {other}.csv", f'{column} "{value}" is not in {other}.csv'
                yield _problem(tables[name], line, *said)


def _persons(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Find names that look like a person's: with a form of address or title in front, mail addresses, telephones."""
    for name, column in _NAMED:
        for line, value in tables[name].frame[column].items():
            if names_person(str(value)):
                de = f"{column} „{value}“ nennt eine Person oder ihre Anschrift, erwartet eine Institution"
                en = f'{column} "{value}" names a person or how to reach one, expected an institution'
                yield _problem(tables[name], line, de, en)


def _agreements(table: Table) -> Iterator[Problem]:
    """Find agreements of an actor with itself, and ones that end before they begin."""
    for line, row in table.frame.iterrows():
        if row["actor_a"] == row["actor_b"]:
            de, en = "actor_a und actor_b sind gleich", "actor_a and actor_b are the same"
            yield _problem(table, line, f"{row['agreement']}: {de}", f"{row['agreement']}: {en}")
        size = min(len(row["since"]), len(row["until"]))
        if row["until"][:size] < row["since"][:size]:
            de, en = f"endet {row['until']} vor {row['since']}", f"ends {row['until']} before {row['since']}"
            yield _problem(table, line, f"{row['agreement']}: {de}", f"{row['agreement']}: {en}")


def _milestones(table: Table) -> Iterator[Problem]:
    """Find schedules that cannot be read, dates of what is not done, and counts where nothing recurs."""
    for line, row in table.frame.iterrows():
        try:
            form = parse_schedule(row["schedule"], row["goal_year"]).form
        except DataError as error:
            yield _problem(table, line, f"{row['milestone']}: {error.de}", f"{row['milestone']}: {error.en}")
            continue
        if row["reached"] and row["status"] != "done":
            de, en = "reached gefüllt, aber status nicht done", "reached is filled, but status is not done"
            yield _problem(table, line, f"{row['milestone']}: {de}", f"{row['milestone']}: {en}")
        if row["done_times"] == row["done_times"] and form != "yearly":
            de, en = "done_times nur mit „2x jährlich“", 'done_times only with "2x jährlich"'
            yield _problem(table, line, f"{row['milestone']}: {de}", f"{row['milestone']}: {en}")


def _problem(table: Table, line: object, de: str, en: str) -> Problem:
    return Problem(table.file, int(str(line)), de, en)

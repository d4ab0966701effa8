"""Rules of the inventory of offers that no single cell can show: order of quarters, small counts hidden, one story.

Used for files that arrive (offers) and for the stored table, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from carelab.inputs.chain_rules import names_person
from carelab.inputs.errors import Problem
from carelab.inputs.tables import Table
from carelab.terms_lumina import LEAST_TOLD

Words = tuple[str, str]
MOST_HOURS: Final = 168.0
"""Hours of a week."""
SAME: Final = ("name", "district", "type")
"""What all rows of one offer share: another place or kind is another offer."""


def broken_rules(row: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    """Yield column and rule for each rule that a row (columns of offers.csv) breaks; never what the row holds."""
    counted, reached, hidden = row["counted"], row["reached"], bool(row["hidden"])
    told = reached == reached
    if row["last_quarter"] < row["first_quarter"]:
        yield "last_quarter", ("endet vor dem ersten Quartal", "ends before the first quarter")
    if (told or hidden) and row["last_quarter"] != row["first_quarter"]:
        yield (
            "reached",
            ("gezählt wird je Quartal; bitte eine Zeile je Quartal", "counts are by quarter; a row for each, please"),
        )
    if told and 0 < reached < LEAST_TOLD:
        words = f"1 bis {LEAST_TOLD - 1} Erreichte bitte als „<{LEAST_TOLD}“ angeben (Schutz Einzelner)"
        yield (
            "reached",
            (words, f'please write 1 to {LEAST_TOLD - 1} persons as "<{LEAST_TOLD}" (protection of persons)'),
        )
    if told and hidden:
        yield "hidden", ("geheim gehalten, aber eine Zahl steht da", "hidden, but a number stands there")
    if (told or hidden) != (counted != ""):
        both = ("Zahl und Zählweise gehören zusammen", "a count and what it counts belong together")
        yield "counted", both
    if row["hours_week"] > MOST_HOURS:
        yield "hours_week", ("eine Woche hat 168 Stunden", "a week has 168 hours")
    for column in ("name", "source"):
        if names_person(str(row[column])):
            said = ("nennt eine Person oder ihre Anschrift, erwartet eine Institution", "names a person, expected none")
            yield column, said


def between_rows(rows: pd.DataFrame) -> Iterator[tuple[int, str, Words]]:
    """Yield place in ``rows``, column and rule where rows of one offer overlap or tell different stories."""
    repeated = rows.assign(_at=range(len(rows)))[rows.duplicated("offer", keep=False).to_numpy()]
    for _, own in repeated.groupby("offer", sort=False):
        ordered = own.sort_values("first_quarter", kind="stable")
        overlaps = ordered["first_quarter"] <= ordered["last_quarter"].cummax().shift().fillna("")
        for at in ordered.loc[overlaps, "_at"]:
            yield (
                int(at),
                "first_quarter",
                ("überschneidet sich mit einer anderen Zeile desselben Angebots", "overlaps another row of this offer"),
            )
        for column in SAME:
            for at in own.loc[own[column] != own[column].iloc[0], "_at"]:
                words = (
                    "weicht von der ersten Zeile desselben Angebots ab; ein anderes Angebot braucht eine eigene Kennung"
                )
                yield int(at), column, (words, "differs from this offer's first row; another offer needs its own code")


def offer_problems(offers: Table) -> Iterator[Problem]:
    """Return every broken rule of the stored table."""
    frame = offers.frame
    if frame.empty:
        return
    for line, row in zip(frame.index, frame.to_dict("records"), strict=True):
        for column, (de, en) in broken_rules({str(key): value for key, value in row.items()}):
            yield Problem(offers.file, int(line), f"Spalte {column}: {de}", f"column {column}: {en}")
    for at, column, (de, en) in between_rows(frame):
        yield Problem(offers.file, int(frame.index[at]), f"Spalte {column}: {de}", f"column {column}: {en}")

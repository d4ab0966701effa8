"""The contracts as pandera schemas: all bad cells and rows in one report, never only the first.

A table is first looked at without pandera, which is loaded and asked for its report only where something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from carelab.inputs.contract import Contract
from carelab.inputs.errors import Problem
from carelab.inputs.kinds import AREA, DISTRICT, DISTRICT_OR_EMPTY, Kind

if TYPE_CHECKING:
    import pandera.pandas as pa

RowRule = Callable[[pd.DataFrame], pd.Series]
"""Says of every row whether it keeps the rule."""
_DUPLICATE, _AGE_ORDER, _OVERLAP, _BLANK, _GAP = "duplicate", "age_order", "overlap", "blank", "gap"


def cell_problems(frame: pd.DataFrame, contract: Contract, name: str) -> list[Problem]:
    """Return one Problem per cell that has not the form its column promises (cells are text)."""
    bad = {column: kind for column, kind in contract.columns.items() if not all(map(kind.fits, frame[column].unique()))}
    if not bad:
        return []
    import pandera.pandas as pa

    columns = {column: pa.Column(None, [_cell_check(kind)]) for column, kind in bad.items()}
    return [_cell_problem(name, row, bad[row.column]) for row in _failures(pa.DataFrameSchema(columns), frame)]


def row_problems(frame: pd.DataFrame, contract: Contract, name: str) -> list[Problem]:
    """Return one Problem per row that breaks a rule within its table: keys, order and overlap of ages, blanks."""
    rules = {} if frame.empty else _row_rules(frame, contract)
    if all(bool(keeps(frame).all()) for keeps in rules.values()):
        return []
    import pandera.pandas as pa

    checks = [pa.Check(keeps, error=rule) for rule, keeps in rules.items()]
    failures = _failures(pa.DataFrameSchema(checks=checks), frame)
    seen = dict.fromkeys((row.line, row.check) for row in failures)
    return [_row_problem(name, frame, contract, line, check) for line, check in seen]


def _row_rules(frame: pd.DataFrame, contract: Contract) -> dict[str, RowRule]:
    """Return the rules that the rows of a table must keep, by name."""
    rules: dict[str, RowRule] = {_DUPLICATE: lambda table: ~table.duplicated(list(contract.key))}
    if contract.ages_within:
        first = next(column for column in frame if str(column).endswith("age_from"))
        last = str(first).removesuffix("from") + "to"
        rules[_AGE_ORDER] = lambda table: ~(table[last] < table[first])
        rules[_OVERLAP] = _no_overlap(list(contract.ages_within), str(first), last)
    if contract.ages_complete:
        rules[_GAP] = _no_gap(list(contract.ages_within))
    if "suppressed" in frame:
        rules[_BLANK] = lambda table: table["persons"].isna() == table["suppressed"]
    return rules


class _Failure(NamedTuple):
    """One failure case of pandera."""

    line: int
    column: str
    check: str
    found: str


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[_Failure]:
    """Validate lazily and return all failure cases."""
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases[["index", "column", "check", "failure_case"]]
        return [
            _Failure(int(line), str(column), str(check), str(found))
            for line, column, check, found in cases.itertuples(index=False)
        ]
    return []


def _cell_check(kind: Kind) -> pa.Check:
    """Return a check that looks at every different cell once."""
    import pandera.pandas as pa

    def all_fit(column: pd.Series) -> pd.Series:
        fitting = [cell for cell in column.unique() if kind.fits(cell)]
        return column.isin(fitting)

    return pa.Check(all_fit, error="cell")


def _no_overlap(groups: list[str], first: str, last: str) -> RowRule:
    """Return a check that ages within a group do not overlap (an empty upper age is open)."""

    def separate(table: pd.DataFrame) -> pd.Series:
        top = table[last].fillna(999.0)
        ordered = table.assign(_top=top).sort_values([*groups, first, "_top"], kind="stable")
        before = ordered.groupby(groups, sort=False)["_top"].shift()
        return (~(ordered[first] <= before)).reindex(table.index)

    return separate


def _no_gap(groups: list[str]) -> RowRule:
    """Return a check that ages within a group run from 0 without a gap to an open end; flags the row after a gap."""

    def joined(table: pd.DataFrame) -> pd.Series:
        ordered = table.assign(_top=table["age_to"].fillna(999.0)).sort_values([*groups, "age_from"], kind="stable")
        rows = ordered.groupby(groups, sort=False)
        gap = ordered["age_from"] > rows["_top"].shift().fillna(-1.0) + 1
        closed = (rows.cumcount(ascending=False) == 0) & (ordered["_top"] != 999.0)
        return (~(gap | closed)).reindex(table.index)

    return joined


def _cell_problem(name: str, failure: _Failure, kind: Kind) -> Problem:
    """Say what a cell holds, what that looks like, and what it should hold."""
    line, column, _, found = failure
    de, en = _looks_like(found, kind)
    shown = (f"„{found}“", f'"{found}"') if found else ("eine leere Zelle", "an empty cell")
    return Problem(
        name,
        line,
        f"Spalte {column}: gefunden {shown[0]}{de}, erwartet {kind.de}",
        f"column {column}: found {shown[1]}{en}, expected {kind.en}",
    )


def _looks_like(found: str, kind: Kind) -> tuple[str, str]:
    """Return what a wrong cell probably is, in brackets, or nothing."""
    if kind in (DISTRICT, DISTRICT_OR_EMPTY, AREA):
        return _looks_like_key(found)
    if kind.cast not in ("whole", "number"):
        return "", ""
    guesses = (
        (r"[-–./xX*…]|\.\.\.|\(.*\)", " (amtliches Zeichen, nie null)", " (official symbol, never zero)"),
        (r"-?\d{1,3}(\.\d{3})*,\d+", " (Dezimalkomma)", " (decimal comma)"),
        (r"\d{1,3}([ '’]\d{3})+", " (Tausendertrennung)", " (thousands separator)"),
        (r"-\d+(\.\d+)?", " (negativ)", " (negative)"),
        (r"\d+\.\d+", " (Bruchteil oder Tausenderpunkt)", " (a fraction or a thousands separator)"),
    )
    for pattern, de, en in guesses:
        if re.fullmatch(pattern, found):
            return de, en
    return "", ""


def _looks_like_key(found: str) -> tuple[str, str]:
    if re.fullmatch(r"\d+\.0", found):
        return " (als Zahl gespeichert)", " (stored as a number)"
    if re.fullmatch(r"\d|\d{4}|\d{7}", found):
        return " (führende Null verloren?)", " (leading zero lost?)"
    return "", ""


def _row_problem(name: str, frame: pd.DataFrame, contract: Contract, line: int, check: str) -> Problem:
    """Say which rule a row breaks."""
    key = ", ".join(f"{column}={_plain(frame.loc[line, column])}" for column in contract.key)
    if check == _DUPLICATE:
        same = (frame[list(contract.key)].fillna(-1) == frame.loc[line, list(contract.key)].fillna(-1)).all(axis=1)
        first = int(frame.index[same][0])
        de, en = f"steht schon in Zeile {first}, erwartet einmal", f"is already in line {first}, expected once"
    else:
        de, en = _RULES[check]
    return Problem(name, line, f"{key}: {de}", f"{key}: {en}")


_RULES = {
    _AGE_ORDER: ("oberes Alter liegt unter dem unteren", "upper age is below the lower one"),
    _OVERLAP: (
        "Altersgruppe überschneidet sich mit einer anderen, erwartet getrennte Gruppen",
        "age group overlaps with another one, expected separate groups",
    ),
    _GAP: (
        "Lücke zur Altersgruppe davor oder kein offenes Ende, erwartet alle Alter von 0 an",
        "gap before this age group or no open end, expected all ages from 0",
    ),
    _BLANK: (
        "persons leer und suppressed=true gehören zusammen, gefunden wurde nur eines von beiden",
        "empty persons and suppressed=true belong together, only one of the two was found",
    ),
}


@cache
def _plain(value: object) -> str:
    """Return a key's value as people write it (no ``.0``; open age = empty)."""
    if isinstance(value, float):
        return "" if value != value else f"{value:g}"
    return str(value)

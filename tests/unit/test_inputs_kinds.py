"""What a cell may hold."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from carelab.inputs import kinds
from carelab.inputs.carry_over.found import ages
from carelab.inputs.carry_over.supply import _month
from carelab.inputs.contract import Contract
from carelab.inputs.contract_checks import row_problems
from carelab.inputs.contracts import CITY, REFERENCE
from carelab.inputs.errors import DataError, Problem, raise_problems
from carelab.inputs.kinds import Kind
from carelab.inputs.writing import write_table

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (kinds.COUNT, ["0", "12"], ["", "-1", "1.0", "1,5", "x", "1e3", " 1", "²"]),
        (kinds.COUNT_OR_EMPTY, ["", "7"], ["-", "7.0"]),
        (kinds.SHARE, ["0", "0.5", "1", "9.1e-05"], ["1.01", "-0.1", ""]),
        (kinds.AREA, ["DG", "15", "15003", "03241001"], ["3241", "15003.0", "", "D"]),
        (kinds.DISTRICT, ["01", "62", "15003"], ["1", "", "A1"]),
        (kinds.YEAR, ["2025"], ["25", "0000", "9999"]),
        (kinds.SIGNED_OR_EMPTY, ["", "-0.7"], ["--1"]),
        (kinds.SEX, ["m", "w", "t"], ["f", ""]),
        (kinds.DATE_OR_EMPTY, ["", "2020", "2020-12"], ["12.2020"]),
    ],
)
def test_kinds(kind: Kind, good: list[str], bad: list[str]) -> None:
    assert all(kind.fits(cell) for cell in good)
    assert not any(kind.fits(cell) for cell in bad)


@pytest.mark.parametrize("contract", [*CITY.values(), *REFERENCE.values()])
def test_contracts_name_their_own_columns(contract: Contract) -> None:
    assert set(contract.key) <= set(contract.columns)
    assert set(contract.ages_within) <= set(contract.key)


def test_age_groups_as_published() -> None:
    found = ages(pd.Series(["65-69", "90+", "7"]))
    assert found["age_from"].tolist() == [65, 90, 7]
    assert found["age_to"].fillna(-1).tolist() == [69, -1, 7]


@pytest.mark.parametrize(("text", "month"), [("2017-06", "2017-06"), ("about 2015", ""), ("2002 (site)", "2002")])
def test_dates_in_words(text: str, month: str) -> None:
    assert _month(text) == month


def test_adjoining_ages_do_not_overlap_but_a_group_after_the_open_one_does() -> None:
    contract = CITY["population_city"]
    frame = pd.DataFrame(
        {"year": 2020, "sex": "t", "age_from": [0, 65, 90], "age_to": [64, None, None], "persons": 1}, index=[2, 3, 4]
    )
    assert [problem.line for problem in row_problems(frame, contract, "f")] == [4]
    assert row_problems(frame.loc[[2, 3]], contract, "f") == []


def test_problems_of_a_row_share_a_sentence() -> None:
    with pytest.raises(DataError) as caught:
        raise_problems([Problem("f", 3, "b", "b"), Problem("f", 2, "a", "a"), Problem("f", 3, "c", "c")])
    assert caught.value.de == "f, Zeile 2: a.\nf, Zeile 3: b; c."
    raise_problems([])


def test_tables_are_written_without_point_zero(tmp_path: Path) -> None:
    frame = pd.DataFrame({"key": ["b", "a"], "n": [1.0, None], "flag": [True, False], "share": [0.25, 1.0]})
    write_table(frame, tmp_path / "t.csv", columns=["key", "n", "flag", "share"], keys=["key"])
    assert (tmp_path / "t.csv").read_bytes() == b"key,n,flag,share\na,,false,1\nb,1,true,0.25\n"

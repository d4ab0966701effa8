"""Single ages from groups: what is published is met, what was hidden is recovered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.population import prepare
from carelab.forecast.population.single_ages import births_of, complete_ages
from carelab.inputs.city import load_city
from carelab.inputs.reference import load_reference
from carelab.terms import SEXES, UserError

pytestmark = pytest.mark.unit
STARTS = np.array([0, 3, 6, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75])
YEARS, COUNTED = range(2021, 2026), 2023


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    """Magdeburg by single age and sex, 2021-2025."""
    rows = load_city("magdeburg").population_city
    return rows[rows["sex"].isin(SEXES) & rows["year"].isin(YEARS)]


@pytest.fixture(scope="module")
def qx() -> np.ndarray:
    reference = load_reference()
    return prepare.mortality(reference.lifetable, reference.life_expectancy, "15", 2025)[1]


@pytest.fixture(scope="module")
def coarse(truth: pd.DataFrame) -> pd.DataFrame:
    """The same city in 17 groups, one year by single age: how GENESIS publishes it."""
    first = STARTS[np.searchsorted(STARTS, truth["age_from"], side="right") - 1]
    rows = truth.assign(age_from=np.where(truth["year"] == COUNTED, truth["age_from"], first))
    rows = rows.groupby(["year", "sex", "age_from"], as_index=False)["persons"].sum()
    following = rows.groupby(["year", "sex"])["age_from"].shift(-1)
    return rows.assign(age_to=following - 1, status="observed")


def by_age(table: pd.DataFrame, year: int) -> pd.Series:
    return table[table["year"] == year].groupby("age_from")["persons"].sum()


def test_published_groups_are_met_and_the_oldest_recovered(
    truth: pd.DataFrame, coarse: pd.DataFrame, qx: np.ndarray
) -> None:
    found = complete_ages(coarse, coarse, qx, own=True)
    for year in YEARS:
        ours, theirs = by_age(found, year), by_age(truth, year)
        for start, end in zip(STARTS, [*STARTS[1:], 200], strict=True):
            assert ours.loc[start : end - 1].sum() == pytest.approx(theirs.loc[start : end - 1].sum())
        for start in (80, 85, 90):
            wide = 0.15 if year < COUNTED and start == 90 else 0.04  # who died at 90 or more nobody can bring back
            assert ours.loc[start:].sum() == pytest.approx(theirs.loc[start:].sum(), rel=wide), (year, start)
    status = found.groupby("year")["status"].first()
    assert status[COUNTED] == "observed"
    assert set(status.drop(COUNTED)) == {"derived"}


def test_a_tilted_donor_meets_the_citys_groups_without_a_step(coarse: pd.DataFrame, qx: np.ndarray) -> None:
    groups = pd.DataFrame(
        {
            "year": 2024,
            "sex": "t",
            "age_from": [0, 60, 85],
            "age_to": [59.0, 84.0, np.nan],
            "persons": [80e3, 20e3, 2e3],
        }
    )
    later = pd.DataFrame({"year": [2025], "sex": "t", "age_from": 0, "age_to": np.nan, "persons": 103e3})
    found = complete_ages(pd.concat([groups, later]), coarse, qx, own=False)
    ours = by_age(found, 2024)
    assert [ours.loc[:59].sum(), ours.loc[60:84].sum(), ours.loc[85:].sum()] == pytest.approx([80e3, 20e3, 2e3])
    assert by_age(found, 2025).sum() == pytest.approx(103e3)
    factor = ours / by_age(complete_ages(coarse, coarse, qx, own=True), 2024)
    assert np.abs(np.diff(np.log(factor))).max() < 0.05, "neighbouring ages take nearly the same factor"


def test_later_years_follow_and_births_are_the_infants(
    truth: pd.DataFrame, coarse: pd.DataFrame, qx: np.ndarray
) -> None:
    found = complete_ages(coarse[coarse["year"] <= 2024], coarse[coarse["year"] <= 2024], qx, own=True, until=2025)
    ours, theirs = by_age(found, 2025), by_age(truth, 2025)
    assert ours.loc[80:].sum() == pytest.approx(theirs.loc[80:].sum(), rel=0.03)
    births = births_of(found, load_reference().fertility, qx).groupby("year")["births"].sum()
    assert births[COUNTED] == pytest.approx(by_age(truth, COUNTED)[0], rel=0.01)


def test_single_ages_stay_as_they_are_and_groups_alone_are_refused(coarse: pd.DataFrame, qx: np.ndarray) -> None:
    whole = load_city("magdeburg").population_city
    assert complete_ages(whole, whole, qx, own=True) is whole
    with pytest.raises(UserError, match="kein Jahr nach Altersjahren"):
        complete_ages(coarse[coarse["year"] != COUNTED], coarse[coarse["year"] != COUNTED], qx, own=True)


def test_groups_of_both_sexes_together_are_met_too(truth: pd.DataFrame, coarse: pd.DataFrame, qx: np.ndarray) -> None:
    single = coarse[coarse["year"] == COUNTED]
    both = coarse[coarse["year"] == 2025].groupby(["year", "age_from"], as_index=False)["persons"].sum()
    both = both.assign(sex="t", age_to=both["age_from"].shift(-1) - 1, status="observed")
    table = pd.concat([single, both], ignore_index=True)
    found = by_age(complete_ages(table, table, qx, own=True), 2025)
    for start, end in zip(STARTS, [*STARTS[1:], 200], strict=True):
        assert found.loc[start : end - 1].sum() == pytest.approx(by_age(truth, 2025).loc[start : end - 1].sum())

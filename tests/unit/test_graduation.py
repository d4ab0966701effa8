"""Graduation: groups are met exactly, and the single ages between are close to those that were counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.population.graduation import graduate
from carelab.forecast.population.prepare import city_by_age
from carelab.inputs.city import load_city
from carelab.inputs.reference import load_reference

pytestmark = pytest.mark.unit
STARTS = np.array([0, 3, 6, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75])


def test_cohorts_fill_the_groups_nearly_as_counted() -> None:
    """Magdeburg by single age and sex in 2023 only; 2021 and 2025 are hidden in 17 groups, both sexes together."""
    counted = load_city("magdeburg").population_city
    counted = counted[counted["year"].isin([2021, 2023, 2025]) & counted["sex"].isin(["m", "w"])]
    hidden = [_grouped(counted[counted["year"] == year]) for year in (2021, 2025)]
    found = graduate(pd.concat([counted[counted["year"] == 2023], *hidden]), load_reference().lifetable)
    for year, oldest in ((2021, 0.15), (2025, 0.05)):
        truth = sum(city_by_age(counted, sex).loc[year] for sex in ("m", "w"))
        guess = sum(city_by_age(found, sex).loc[year] for sex in ("m", "w"))
        groups = np.searchsorted(STARTS, truth.index, side="right")
        np.testing.assert_allclose(guess.groupby(groups).sum(), truth.groupby(groups).sum())
        old = slice(65, 87)  # two years back, 88 and 89 come out of the open group: the least sure, as the module says
        assert (guess.loc[old] / truth.loc[old] - 1).abs().mean() < 0.015
        assert abs(guess[90] / truth[90] - 1) < oldest


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    start = STARTS[np.searchsorted(STARTS, rows["age_from"], side="right") - 1]
    sums = rows.assign(age_from=start).groupby(["year", "age_from"], as_index=False)["persons"].sum()
    upper = dict(zip(STARTS, [*(STARTS[1:] - 1.0), float("nan")], strict=True))
    return sums.assign(sex="t", age_to=sums["age_from"].map(upper))


def test_what_is_counted_by_single_age_is_not_touched() -> None:
    for city in ("magdeburg", "musterstadt"):
        table = load_city(city).population_city
        assert graduate(table, load_reference().lifetable) is table


def test_without_a_year_by_single_age_nothing_is_made_up() -> None:
    groups = _grouped(load_city("musterstadt").population_city.query("year == 2025 and sex != 't'"))
    assert graduate(groups, load_reference().lifetable) is groups

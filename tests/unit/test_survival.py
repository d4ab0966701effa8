"""Survival: the life table gives the published life expectancy, and scaling it reaches any other."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.population.prepare import mortality
from carelab.forecast.population.survival import (
    latest_table,
    life_expectancy,
    scale_to_life_expectancy,
    survivorship,
    tables_known,
)
from carelab.inputs.reference import load_reference

pytestmark = pytest.mark.unit


def table(year: int) -> np.ndarray:
    rows = load_reference().lifetable
    return latest_table(rows[rows["year"] == year], 2100)[1]


def test_life_expectancy_is_the_published_one() -> None:
    published = load_reference().life_expectancy
    published = published[(published["region"] == "DG") & (published["age"] == 0)]
    for year in (2021, 2023):
        for sex, qx in zip(("m", "w"), table(year), strict=True):
            expected = published.loc[(published["year"] == year) & (published["sex"] == sex), "years"].item()
            assert life_expectancy(qx) == pytest.approx(expected, abs=0.06), "published with one decimal"


@pytest.mark.parametrize("years", [72.0, 77.3, 86.5])
def test_scaling_reaches_the_target(years: float) -> None:
    for qx in table(2023):
        scaled = scale_to_life_expectancy(qx, years)
        assert life_expectancy(scaled) == pytest.approx(years, abs=1e-9)
        assert (np.diff(scaled[40:-1]) > 0).all(), "mortality still rises with age"


def test_survivorship_lies_between_0_and_1_and_multiplies_to_the_stationary_population() -> None:
    qx = table(2023)[1]
    survive = survivorship(qx, 90)
    assert survive.shape == (92,)
    assert (survive > 0).all()
    assert (survive < 1).all()
    whole = survivorship(qx, 99)
    assert np.cumprod(whole[:-1]).sum() + np.prod(whole[:-1]) * whole[-1] / (1 - whole[-1]) == pytest.approx(
        life_expectancy(qx), abs=1e-6
    ), "L(0) + L(1) + ... = e(0)"


def test_a_life_table_counts_as_known_only_after_its_last_year() -> None:
    rows = pd.concat([pd.DataFrame({"year": y, "sex": s, "age": [0], "qx": 0.1}) for y in (2017, 2021) for s in "mw"])
    assert [latest_table(rows, year)[0] for year in (2000, 2018, 2021, 2022)] == [2017, 2017, 2017, 2021]


def test_a_life_expectancy_of_later_years_does_not_pick_a_later_table() -> None:
    rows = pd.concat([pd.DataFrame({"year": y, "sex": s, "age": [0], "qx": 0.1}) for y in (2017, 2021) for s in "mw"])
    later = pd.DataFrame({"region": "15", "year": 2021, "sex": ["m", "w"], "age": 0, "years": [75.8, 82.3]})
    for origin in (2011, 2018, 2021):
        assert mortality(tables_known(rows, origin), later, "15", origin)[0] == 2017
    assert set(tables_known(rows, 2022)["year"]) == {2017, 2021}

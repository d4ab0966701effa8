"""A look back knows nothing of later years: every table is wrecked after the base year, and no draw moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from carelab.inputs.kreise import load_area
from carelab.inputs.reference import load_reference
from carelab.params import Params
from carelab.stages import inputs
from carelab.study import Study

pytestmark = pytest.mark.functional
HINDSIGHT = {"care_rates", "population_de"}
"""Known by design (docs/methods.md): the schedule's shape of 2021/2023, and the UN's projection, published in 2019."""
KEYS = {"year", "age_from", "age_to", "pflegegrad"}
Open = Callable[[str, int, int], Study]


def wrecked(tables: Any, after: int) -> Any:
    """Return tables whose numbers of later years are multiplied, each by a factor of its own."""
    rng, changed = np.random.default_rng(3), {}
    for field in fields(tables):
        table = getattr(tables, field.name)
        if field.name in HINDSIGHT or not isinstance(table, pd.DataFrame) or "year" not in table:
            continue
        later = (table["year"] > after).to_numpy()
        numbers = [name for name in table.select_dtypes("number") if name not in KEYS]
        factors = np.where(later[:, None], rng.uniform(1.02, 1.2, (len(table), len(numbers))), 1.0)
        changed[field.name] = table.astype(dict.fromkeys(numbers, float)).assign(**dict(table[numbers] * factors))
    return replace(tables, **changed)


@pytest.fixture
def look_back(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a study of a place from a base year, its tables wrecked after another year."""

    def opened(place: str, base_year: int, after: int) -> Study:
        reference, city = wrecked(load_reference(), after), wrecked(load_area(place), after)
        monkeypatch.setattr(inputs, "load_reference", lambda: reference)
        monkeypatch.setattr(inputs, "load_area", lambda _: city)
        return Study(
            Params(city=place, draws=100, base_year=base_year, focus_year=base_year + 5, horizon_year=base_year + 7)
        )

    return opened


def results(study: Study) -> dict[str, np.ndarray]:
    quantiles = [table.select_dtypes("number") for table in (study.population_district, study.demand_district)]
    draws = {name: np.asarray(getattr(study, name)) for name in ("population", "levels", "local_ratios", "demand")}
    return draws | {"population_district": quantiles[0].to_numpy(), "demand_district": quantiles[1].to_numpy()}


@pytest.mark.parametrize(("place", "base_year"), [("musterstadt", 2023), ("kreis_15003", 2019)])
def test_a_look_back_knows_no_later_year(look_back: Open, place: str, base_year: int) -> None:
    """Districts by band, and a Kreis as a whole: draws, intervals, local ratios and settings stay bit for bit."""
    truth, later, earlier = (results(look_back(place, base_year, after)) for after in (2100, base_year, base_year - 1))
    for name, values in truth.items():
        np.testing.assert_array_equal(later[name], values, err_msg=name)
        if name != "local_ratios":
            assert not np.array_equal(earlier[name], values, equal_nan=True), f"{name}: the base year must matter"

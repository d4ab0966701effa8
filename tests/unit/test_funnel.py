"""Funnel limits against the binomial distribution, dispersion against simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from carelab.planning.funnel import LEAST_DISTRICTS, dispersion, funnel_limits, funnel_table

pytestmark = pytest.mark.unit


@settings(max_examples=60)
@given(st.integers(30, 30_000), st.floats(0.02, 0.98), st.sampled_from([80, 95]))
def test_limits_lie_between_the_neighbouring_binomial_quantiles(size: int, centre: float, level: int) -> None:
    lower, upper = funnel_limits(np.array([float(size)]), centre, level)
    for limit, tail in ((lower, (100 - level) / 200), (upper, (100 + level) / 200)):
        count = binom.ppf(tail, size, centre)
        assert max(count - 1, 0) - 1e-6 <= limit[0] * size <= count + 1e-6
    assert 0 <= lower[0] <= centre <= upper[0] <= 1


def test_limits_approach_the_normal_ones_and_narrow_with_size() -> None:
    sizes = np.array([1e3, 1e4, 1e5])
    lower, upper = funnel_limits(sizes, 0.25, 95)
    half = 1.959964 * np.sqrt(0.25 * 0.75 / sizes)
    np.testing.assert_allclose((upper - lower) / 2, half, rtol=0.01)
    assert (np.diff(upper) < 0).all()


def test_dispersion_is_one_by_chance_and_large_where_places_differ() -> None:
    rng = np.random.default_rng(1)
    size = rng.integers(200, 20_000, 4000).astype(float)
    chance = rng.binomial(size.astype(int), 0.2)
    assert 0.6 < dispersion(chance, size, 0.2) < 1.0  # the pulled-in tenths take some of the variance
    different = rng.binomial(size.astype(int), rng.uniform(0.1, 0.3, size.size))
    assert dispersion(different, size, 0.2) > 10
    assert np.isnan(dispersion(np.array([]), np.array([]), 0.2))


def test_by_chance_one_in_twenty_lies_beyond_95() -> None:
    rng = np.random.default_rng(2)
    size = rng.integers(300, 9000, 3000)
    count = rng.binomial(size, 0.12)
    lower, upper = funnel_limits(size.astype(float), 0.12, 95)
    outside = ((count / size < lower) | (count / size > upper)).mean()
    assert 0.03 < outside < 0.065


def test_table_takes_the_latest_common_year_and_leaves_estimates_out() -> None:
    rows = [
        {"district": f"{d:02d}", "year": year, "median": 0.1 + d / 100, "denominator": 100.0 * (d + 1)}
        for year in (2023, 2024)
        for d in range(LEAST_DISTRICTS)
    ]
    rows += [{"district": "99", "year": year, "median": 0.12, "denominator": 1500.0} for year in (2023, 2024, 2025)]
    base = pd.DataFrame(rows).assign(
        city="X", indicator="share", name="n", sex="t", unit="share", grade="A", status="observed"
    )
    base["numerator"] = base["median"] * base["denominator"]
    base["lower_95"] = base["upper_95"] = base["median"]
    table = funnel_table(base, city="99")
    assert set(table["year"]) == {2024}
    assert table["centre"].eq(0.12).all()
    assert len(table) == LEAST_DISTRICTS
    assert funnel_table(base.assign(upper_95=1.0), city="99").empty

"""Old counts: the error grows with years and smallness, covers what it should, and leaves the city alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.population.total_error import borrowed_deviations, draw_totals, total_error_sd
from carelab.inputs.reference import load_reference

pytestmark = pytest.mark.unit


def walks(districts: int, years: int, sd: float, seed: int) -> pd.DataFrame:
    """Return a panel of districts that grow by independent yearly steps beside each other."""
    rng = np.random.default_rng(seed)
    paths = 5000 * np.exp(np.cumsum(rng.normal(0, sd, (years, districts)), axis=0))
    table = pd.DataFrame(paths, index=range(2000, 2000 + years), columns=[f"{d:03}" for d in range(districts)])
    return table.stack().rename("persons").rename_axis(["year", "district"]).reset_index().assign(panel="made up")


def test_the_spread_of_a_random_walk_is_recovered() -> None:
    found = total_error_sd(walks(400, 16, 0.02, 1), np.array([0.0, 1, 4, 9]), np.full(4, 5000.0))
    np.testing.assert_allclose(found, 0.02 * np.sqrt([0, 1, 4, 9]), rtol=0.12)


def test_error_grows_with_years_and_smallness() -> None:
    totals = load_reference().district_totals
    years = np.arange(13.0)
    small, large = (total_error_sd(totals, years, np.full(13, size)) for size in (800.0, 12000.0))
    assert small[0] == large[0] == 0
    assert (np.diff(small) > 0).all()
    assert (small[1:] > large[1:]).all()
    assert total_error_sd(totals, np.array([40.0]), np.array([800.0])) >= small[-1]


def test_uncertain_districts_share_their_sum_and_counted_ones_stay() -> None:
    base = np.random.default_rng(2).gamma(5, 20, (300, 4, 2, 91))
    drawn = draw_totals(base, np.array([0.0, 0.1, 0.2, 0.0]), np.random.default_rng(3))
    np.testing.assert_array_equal(drawn[:, [0, 3]], base[:, [0, 3]])
    np.testing.assert_allclose(drawn.sum(axis=(1, 2, 3)), base.sum(axis=(1, 2, 3)))
    ratio = np.log(drawn[:, 2].sum(axis=(1, 2)) / base[:, 2].sum(axis=(1, 2)))
    assert 0.05 < ratio.std() < 0.2
    assert draw_totals(base, np.zeros(4), np.random.default_rng(3)) is base


def test_borrowed_growth_expects_nothing_and_is_wider_for_small_districts() -> None:
    learnt = borrowed_deviations(
        load_reference().district_totals, np.array([[400.0], [20000.0]]), np.zeros(91, dtype=np.intp)
    )
    assert not learnt.level.any()
    assert learnt.noise_sd[0, 0] > learnt.noise_sd[1, 0] > 0
    assert 0.5 <= learnt.persistence <= 0.95

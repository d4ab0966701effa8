"""Gap: demand over occupancy minus places; probabilities and ranks."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from carelab.planning.gap import place_gap, probability_above, probability_among_highest, ranking
from carelab.planning.tables import gap_table, growth_table

pytestmark = pytest.mark.unit
RNG = np.random.default_rng(3)
DRAWS, YEARS, KEYS = 400, [2025, 2030], [f"{n:02d}" for n in range(9)]
INHABITED = np.arange(9) != 4


def test_gap_by_hand() -> None:
    gap = place_gap(np.array([[[95.0, 190.0]]]), np.array([[120.0]]), 0.95)
    np.testing.assert_allclose(gap, [[[-20.0, 80.0]]])
    np.testing.assert_array_equal(probability_above(gap, 25.0), [[0.0, 1.0]])


def test_the_highest_are_as_many_as_asked_for() -> None:
    values = RNG.normal(0, 1, (DRAWS, 9, 2))
    share = probability_among_highest(values, 5, INHABITED)
    np.testing.assert_allclose(share.sum(axis=0), 5)
    assert (share[4] == 0).all()
    few = probability_among_highest(values[:, :3], 5, np.array([True, True, False]))
    np.testing.assert_array_equal(few, [[1, 1], [1, 1], [0, 0]])
    np.testing.assert_array_equal(ranking(np.array([3.0, 9, 5]), np.array([True, False, True])), [2, np.nan, 1])


def frames() -> tuple[xr.Dataset, pd.DataFrame]:
    coords = {"draw": range(DRAWS), "district": KEYS, "year": YEARS}
    demand = RNG.gamma(9, 10, (DRAWS, 9, 2)) * INHABITED[:, None]
    supply = np.tile(np.arange(9) * 20.0, (DRAWS, 1))
    data = {
        "demand": (("draw", "district", "year"), demand),
        "gap": (("draw", "district", "year"), place_gap(demand, supply, 0.9)),
        "supply": (("draw", "district"), supply),
        "oldest": (("district", "year"), RNG.uniform(0, 99, (9, 2))),
    }
    table = pd.DataFrame(
        {
            "name": [f"Teil {k}" for k in KEYS],
            "inhabited": INHABITED,
            "ranked": INHABITED,
            "places_known": 0.0,
            "grade": "B",
        },
        index=KEYS,
    )
    return xr.Dataset(data, coords=coords), table


def test_gap_table_holds_probabilities_and_ranks() -> None:
    draws, districts = frames()
    table = gap_table(draws, districts, limit=25)
    assert len(table) == 18
    probabilities = table[["p_shortfall", "p_shortfall_places", "p_five_worst"]]
    assert probabilities.stack().between(0, 1).all()
    assert (table["p_shortfall_places"] <= table["p_shortfall"]).all()
    for year, rows in table.groupby("year"):
        assert rows["p_five_worst"].sum() == pytest.approx(5), year
        empty = rows["district"] == "04"
        assert rows.loc[empty, ["rank", "rank_population"]].isna().all(axis=None)
        assert sorted(rows.loc[~empty, "rank"]) == list(range(1, 9))
    one = table.query("district == '02' and year == 2030").iloc[0]
    values = draws["gap"].sel(district="02", year=2030).values
    assert one["upper_80"] == pytest.approx(np.quantile(values, 0.9))
    assert one["demand"] == pytest.approx(np.median(draws["demand"].sel(district="02", year=2030)))


def test_growth_table_leaves_the_uninhabited_out() -> None:
    draws, districts = frames()
    table = growth_table(draws["demand"], districts, years=(2025, 2030))
    assert "04" not in set(table["district"])
    assert table["median"].is_monotonic_decreasing
    values = draws["demand"].sel(year=2030).values - draws["demand"].sel(year=2025).values
    growing = (values[:, INHABITED] > 0).sum(axis=1)
    assert table["p_top3"].sum() == pytest.approx(np.minimum(growing, 3).mean()), "only what grows can grow most"
    start, end = (np.median(draws["demand"].sel(district="02", year=y)) for y in (2025, 2030))
    assert table.set_index("district").loc["02", "growth_pct"] == pytest.approx(100 * (end / start - 1))

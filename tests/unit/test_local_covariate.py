"""The slope of local care rates on the share of 65+: recovered from a simulated truth, and its error by hiding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.care.local_covariate import (
    NO_SLOPE,
    beside_land,
    counted_from_65,
    hide_laender,
    learn_slope,
    spread_of,
)

pytestmark = pytest.mark.unit
YEARS, SD = (2015, 2017, 2019, 2021), 0.12


def truth(slope: float, between: float, *, seed: int, laender: int = 14, kreise: int = 20) -> pd.DataFrame:
    """Return levels of Kreise whose care rates rise with the share of 65+ by ``slope``, by Land scattered."""
    rng = np.random.default_rng(seed)
    land = np.repeat(np.arange(laender), kreise)
    own = rng.normal(slope, between, laender)[land]
    share = 0.22 * np.exp(rng.normal(0, 0.1, land.size) + rng.normal(0, 0.1, laender)[land])
    ratio = own * np.log(share / 0.22) + rng.normal(0, SD, land.size) + rng.normal(0, 0.2, laender)[land]
    base = {"area": [f"{k:05d}" for k in range(land.size)], "parent": [f"{k:02d}" for k in land]}
    persons = rng.uniform(60_000, 400_000, land.size)
    frame = pd.DataFrame(base | {"population": persons, "share_65plus": share, "expected": persons * share * 0.15})
    parts = [
        frame.assign(year=year, people_in_need=frame["expected"] * np.exp(ratio + rng.normal(0, 0.02, land.size)))
        for year in YEARS
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_true_slope_is_recovered_with_its_scatter() -> None:
    found = [learn_slope(beside_land(truth(0.5, 0.3, seed=seed))) for seed in range(30)]
    assert np.mean([each.mean for each in found]) == pytest.approx(0.5, abs=0.06)
    assert np.mean([each.sd for each in found]) == pytest.approx(0.33, abs=0.1)
    even = [learn_slope(beside_land(truth(0.5, 0.0, seed=seed))) for seed in range(30)]
    assert np.mean([each.sd for each in even]) < 0.2, "Länder that agree leave the error of the mean"


def test_the_slope_of_a_new_city_lies_in_its_interval() -> None:
    rng = np.random.default_rng(7)
    inside = []
    for seed in range(60):
        found = learn_slope(beside_land(truth(0.4, 0.35, seed=seed)))
        inside.append(abs(rng.normal(0.4, 0.35) - found.mean) < 1.2816 * found.sd)
    assert np.mean(inside) == pytest.approx(0.8, abs=0.12)


def test_hiding_shows_the_gain_only_where_there_is_one() -> None:
    with_slope, without = (hide_laender(beside_land(truth(slope, 0.1, seed=4))) for slope in (1.5, 0.0))
    assert spread_of(with_slope["error_slope"]) < 0.85 * spread_of(with_slope["error_plain"])
    assert spread_of(without["error_slope"]) > 0.98 * spread_of(without["error_plain"]), "no gain out of nothing"
    assert with_slope["inside_80"].mean() == pytest.approx(0.8, abs=0.07)
    assert with_slope["year"].min() == 2017


def test_a_hidden_land_does_not_teach_its_own_slope() -> None:
    rows = beside_land(truth(0.5, 0.2, seed=1))
    wild = rows.assign(ratio=rows["ratio"].mask(rows["parent"] == "03", 9 * rows["x"]))
    before, after = hide_laender(rows), hide_laender(wild)
    slope = learn_slope(rows[rows["parent"] != "03"])
    one = after["parent"] == "03"
    moved = after.loc[one, "ratio"] - after.loc[one, "error_slope"]
    same = before.loc[one, "ratio"] - before.loc[one, "error_slope"]
    pd.testing.assert_series_equal(moved, same, check_names=False)
    assert abs(slope.mean) < 1.5


def test_too_little_to_learn_from_is_no_slope() -> None:
    assert learn_slope(beside_land(truth(0.5, 0, seed=1, laender=2))) == NO_SLOPE
    assert learn_slope(beside_land(truth(0.5, 0, seed=1, kreise=2))) == NO_SLOPE
    alone = truth(0.5, 0, seed=1, kreise=1)
    assert beside_land(alone).empty


def test_the_share_is_known_where_bands_begin_at_65() -> None:
    band = np.searchsorted([0, 18, 45, 65], np.arange(91), side="right") - 1
    assert counted_from_65(band)
    assert not counted_from_65(np.zeros(91, dtype=int))
    assert not counted_from_65(np.searchsorted([0, 60], np.arange(91), side="right") - 1)

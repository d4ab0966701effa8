"""Laws of the care back-test: never past the origin, never better than it says, runs on any panel; and the targets."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.backtest.care import backtest_care
from carelab.forecast.backtest.result import MODEL, SCORE_COLUMNS
from carelab.forecast.care_panel.laws import LawChange
from carelab.inputs.reference import load_reference
from carelab.terms import QUANTILE_COLUMNS

KEPT = ["area", "target", "origin", "year", "point", "flags"]
PSG2 = LawChange(2015, 2017.0, (500_000 + 180_483) / 2_860_293)


@pytest.fixture(scope="module")
def kreise():
    totals = load_reference().care_totals
    return totals[totals["level"] == "kreis"]


@pytest.fixture(scope="module")
def result(kreise):
    return backtest_care(kreise, None, draws=600, seed=1, laws=(PSG2,))


def mean_mape(result, horizon, origins, rule=MODEL):
    scores = result.scores
    rows = scores[(scores["rule"] == rule) & (scores["horizon"] == horizon) & (scores["size_class"] == "all")]
    return rows[rows["group"].isin([str(each) for each in origins])]["mape"].mean()


def small_panel(areas=12, years=(2001, 2003, 2006, 2008), size=40.0):
    rng = np.random.default_rng(0)
    counts = rng.poisson(size, (areas, len(years))).astype(float)
    rows = [(f"x{i}", "", year, counts[i, t]) for i in range(areas) for t, year in enumerate(years)]
    return pd.DataFrame(rows, columns=["area", "parent", "year", "people_in_need"])


@pytest.mark.functional
@pytest.mark.parametrize("laws", [(), (PSG2,)])
def test_later_counts_and_ages_change_nothing_at_an_origin(kreise, laws):
    """Counts and ages after 2017 are wrecked, each by a factor of its own: earlier forecasts stay bit for bit.

    Areas without counts of their own too, estimated at a survey from the others. A rule of thumb keeps its points.
    """
    ages = load_reference().population_kreis
    some = kreise[kreise["parent"] == "03"].astype({"people_in_need": float})
    ages = ages[ages["area"].isin(some["area"])].astype({"persons": float})
    rng, wrecked = np.random.default_rng(4), []
    for table, column in ((some, "people_in_need"), (ages, "persons")):
        factor = np.where(table["year"] > 2017, rng.uniform(0.3, 3, len(table)), 1.0)
        wrecked.append(table.assign(**{column: table[column] * factor}))
    runs = [backtest_care(p, a, draws=100, seed=1, laws=laws).forecasts for p, a in ((some, ages), wrecked)]
    first, second = (run[run["origin"] <= 2017].reset_index(drop=True) for run in runs)
    assert set(first["target"]) == {"people_in_need", "people_in_need_hidden"}
    assert not first["observed"].equals(second["observed"])
    pd.testing.assert_series_equal(first["point"], second["point"], check_exact=True)
    model = [each.loc[each["rule"] == MODEL, [*KEPT, *QUANTILE_COLUMNS]] for each in (first, second)]
    pd.testing.assert_frame_equal(*model, check_exact=True)


@pytest.mark.functional
def test_any_small_irregular_panel_runs(tmp_path):
    panel = small_panel()
    panel.loc[3, "people_in_need"] = np.nan
    panel.loc[panel["area"] == "x5", "people_in_need"] = 0.0
    result = backtest_care(panel, None, draws=50, seed=1)
    assert list(result.scores.columns) == list(SCORE_COLUMNS)
    assert "x5" not in set(result.forecasts["area"])
    assert any("x5" in en for _, en in result.notes)
    assert result.forecasts[result.forecasts["rule"] == MODEL]["point"].gt(0).all()


@pytest.mark.functional
def test_same_seed_same_result():
    first, second = (backtest_care(small_panel(), None, draws=50, seed=7).forecasts for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.back
def test_kreise_reach_the_targets(result):
    assert mean_mape(result, 2, (2011, 2013, 2017, 2019)) <= 0.0415
    assert mean_mape(result, 4, (2011, 2017)) <= 0.055
    assert mean_mape(result, 2, (2011, 2013, 2017, 2019)) < mean_mape(
        result, 2, (2011, 2013, 2017, 2019), "damped_step"
    )


@pytest.mark.back
def test_the_law_entered_as_a_scenario_is_covered(result):
    scores = result.scores[(result.scores["rule"] == MODEL) & (result.scores["group"] == "2015")]
    whole = scores[(scores["size_class"] == "all") & scores["horizon"].isin([2, 4])]
    assert (whole["coverage_80"] >= 0.60).all()


@pytest.mark.back
def test_interval_score_beats_every_rule(result):
    scores = result.scores
    pooled = scores[(scores["size_class"] == "all") & (scores["group"] == "pooled")]
    for horizon in (2, 4):
        by_rule = pooled[pooled["horizon"] == horizon].set_index("rule")["wis"]
        assert by_rule[MODEL] <= 0.9 * by_rule.drop(MODEL).min()

"""Laws of the population back-test: it never looks ahead, it adds up, it runs on any panel or says why not."""

import numpy as np
import pandas as pd
import pytest

from carelab.cli import main
from carelab.forecast.backtest.pop_intervals import GRID, other_origin_quantiles
from carelab.forecast.backtest.pop_rules import RULES
from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.backtest.result import FORECAST_COLUMNS, SCORE_COLUMNS
from carelab.forecast.small_area.errors import CellShape, draw_cells, past_error
from carelab.forecast.small_area.panel_arrays import panel_arrays
from carelab.forecast.small_area.projector import Projector
from carelab.forecast.small_area.totals import combine, make_guide
from carelab.terms import QUANTILE_COLUMNS, UserError

pytestmark = pytest.mark.functional

FIVE = tuple((a, a + 4.0 if a < 85 else np.nan) for a in range(0, 90, 5))
SHORT = Setting(horizons=(1, 5), draws=60)


def panel(*, areas=6, years=range(2000, 2016), groups=FIVE, sexes=("m", "w"), seed=1):
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(8.5, 0.8, areas))
    growth = rng.normal(0.005, 0.01, areas)
    rows = []
    for i in range(areas):
        for t, year in enumerate(years):
            for sex in sexes:
                for low, high in groups:
                    width = (95 if np.isnan(high) else high + 1) - low
                    mean = size[i] * width / 95 * np.exp(growth[i] * t) / len(sexes) * (0.4 if low >= 75 else 1)
                    rows.append((f"{i:02d}", year, sex, low, high, float(rng.poisson(mean))))
    return pd.DataFrame(rows, columns=["area", "year", "sex", "age_from", "age_to", "persons"])


@pytest.fixture(scope="module")
def table():
    return panel()


@pytest.fixture(scope="module")
def result(table):
    return backtest_population(table, SHORT)


def test_tables_have_their_columns(result):
    assert tuple(result.scores.columns) == SCORE_COLUMNS
    assert tuple(result.forecasts.columns) == FORECAST_COLUMNS
    pooled = result.scores.query("group == 'pooled' and size_class == 'all' and target == 'total'")
    assert len(pooled) == 2 * (1 + len(RULES))
    assert pooled["coverage_80"].between(0, 1).all()
    assert set(result.scores["target"]) == {"total", "65+", "75+", "80+", "65-74", "75-79", "80-84"}


def test_the_damped_rule_lies_between_standing_still_and_growing_on(result):
    """Growth of the whole panel fades: every forecast between the two others, strictly where the panel grows."""
    points = result.forecasts.pivot_table(index=["area", "origin", "horizon", "target"], columns="rule", values="point")
    still, damped, on = (points[rule] for rule in ("carry_forward", "damped_step", "panel_last_growth"))
    assert ((damped - still) * (on - damped) >= 0).all()
    grows = (on / still - 1).abs() > 1e-6
    assert grows.mean() > 0.9
    assert ((on - still).abs() > (damped - still).abs())[grows].all()


WIDE = ((0, 17.0), (18, 44.0), (45, 64.0), (65, 79.0), (80, np.nan))


@pytest.mark.parametrize("groups", [FIVE, WIDE, ((0, 64.0), (65, np.nan))])
def test_what_comes_after_the_origin_changes_nothing(groups):
    """Data after 2010 are wrecked: forecasts from origins up to 2010 stay as they are, intervals and flags included.

    One area is counted from 2012 on only. Rules of thumb keep their points; their intervals learn from later origins.
    """
    table = panel(groups=groups)
    table = table[(table["area"] != "05") | (table["year"] >= 2012)]
    later = (table["year"] > 2010).to_numpy()
    factor = np.where(later, np.random.default_rng(9).uniform(0.2, 3, len(table)), 1.0)
    wrecked = table.assign(persons=table["persons"] * factor)
    runs = [backtest_population(each, SHORT).forecasts for each in (table, wrecked)]
    early = [run[(run["origin"] <= 2010) & (run["area"] != "05")].reset_index(drop=True) for run in runs]
    model = [each[each["rule"] == "model"] for each in early]
    assert len(model[0]) > 0
    assert not model[0]["observed"].equals(model[1]["observed"])
    # a jump of borders is told of an area whenever it happened: it explains an error, no forecast rests on it
    flags = [each["flags"].astype(str).str.replace(" ?area_change", "", regex=True) for each in model]
    columns = ["area", "size_class", "origin", "horizon", "target", "point", *QUANTILE_COLUMNS]
    pd.testing.assert_frame_equal(model[0][columns], model[1][columns], check_exact=True)
    pd.testing.assert_series_equal(*flags)
    pd.testing.assert_series_equal(early[0]["point"], early[1]["point"], check_exact=True)


def test_one_number_after_another_area_is_independent_of_order(table, result):
    turned = backtest_population(table.sample(frac=1.0, random_state=1), SHORT)
    pd.testing.assert_frame_equal(result.scores, turned.scores)


def test_targets_add_up(result):
    model = result.forecasts.query("rule == 'model'")
    wide = model.pivot(index=["area", "origin", "horizon"], columns="target", values="point")
    assert np.allclose(wide["65+"], wide["65-74"] + wide["75+"], rtol=0, atol=1e-6)
    assert np.allclose(wide["75+"], wide["75-79"] + wide["80+"], rtol=0, atol=1e-6)


def test_draws_add_up_over_areas_and_follow_a_given_total(table):
    arrays, _ = panel_arrays(table)
    persons = Projector(arrays).project(2010, 5)
    cells = persons.sum(axis=1)[:, [0, 1]]
    guide = make_guide(arrays.persons.sum(axis=(2, 3)), arrays.years, cells.sum(axis=1), origin=2010, horizon=5)
    wanted = cells.sum() * 1.03
    now = arrays.at(2010).sum(axis=(1, 2))
    now = now / now.sum() * cells.sum()
    assert combine(cells, now, guide=guide, weight=0.5, total=wanted).sum() == pytest.approx(wanted, abs=1e-6)


def test_control_file_sets_the_sum(table):
    years = range(2000, 2030)
    control = pd.DataFrame({"year": years, "sex": "t", "age_from": 0, "age_to": np.nan, "persons": 60_000.0})
    model = backtest_population(table, SHORT, control=control).forecasts.query("rule == 'model' and target == 'total'")
    sums = model.groupby(["origin", "horizon"])["point"].sum()
    assert np.allclose(sums, 60_000.0, rtol=0, atol=1e-6)


def test_a_perfectly_regular_world_is_foreseen():
    """Every group grows by the same 1 % a year: hardly any error is left."""
    frame = panel(areas=1, years=range(2000, 2016), sexes=("t",))
    base = frame[frame["year"] == 2000].drop(columns="year")
    regular = pd.concat([base.assign(year=y, persons=base["persons"] * 1.01 ** (y - 2000)) for y in range(2000, 2016)])
    model = backtest_population(regular, Setting(horizons=(5,), draws=50)).forecasts.query("rule == 'model'")
    error = np.abs(model["point"] / model["observed"] - 1)
    assert error[model["target"] == "total"].max() < 0.005
    assert error[model["target"] == "65+"].max() < 0.02
    assert error.max() < 0.05


@pytest.mark.parametrize(
    "given",
    [
        {"areas": 1, "sexes": ("t",), "groups": (*((a, float(a)) for a in range(90)), (90, np.nan))},
        {"areas": 10, "sexes": ("t",), "groups": ((0, 17.0), (18, 44.0), (45, 64.0), (65, np.nan))},
        {"areas": 3, "years": range(2000, 2021, 5)},
        {"areas": 3, "years": range(2000, 2021, 2)},
        {"areas": 4, "years": (2000, 2001, 2002, 2004, 2005, 2007, 2008, 2009, 2010, 2011)},
        {"areas": 3, "groups": ((0, 2.0), (3, 5.0), (6, 64.0), (65, 74.0), (75, np.nan)), "years": range(2015, 2021)},
        {"areas": 2, "groups": ((0, np.nan),)},
    ],
)
def test_any_panel_runs(given):
    result = backtest_population(panel(**given), Setting(horizons=(1, 4, 5), draws=40))
    model = result.scores.query("rule == 'model' and group == 'pooled' and size_class == 'all' and target == 'total'")
    assert (model["wape"] < 0.3).all()
    assert result.forecasts.query("rule == 'model'")["lower_80"].notna().all()


def test_a_hole_in_one_area_does_not_stop_the_others(table):
    holed = table[~((table["area"] == "03") & (table["year"].isin([2004, 2010])))]
    result = backtest_population(holed, SHORT)
    model = result.forecasts.query("rule == 'model' and target == 'total' and origin == 2010")
    assert model.loc[model["area"] == "03", "point"].isna().all()
    assert model.loc[model["area"] != "03", "point"].notna().all()
    assert any("03" in note[0] for note in result.notes)


def test_few_past_errors_are_flagged(result):
    flags = result.forecasts.query("rule == 'model' and horizon == 5").groupby("origin")["flags"].first()
    assert "no_past_errors" in str(flags.loc[2005]) or "short_history" in str(flags.loc[2005])
    assert "short_history" not in str(flags.loc[2010]) or "no_past" not in str(flags.loc[2010])


def test_a_jump_is_flagged(table):
    jumped = table.copy()
    jumped.loc[(jumped["area"] == "02") & (jumped["year"] >= 2008), "persons"] *= 3
    result = backtest_population(jumped, SHORT)
    flagged = result.forecasts[result.forecasts["flags"].astype(str).str.contains("area_change")]
    assert set(flagged["area"]) == {"02"}


def test_too_short_a_panel_is_refused():
    with pytest.raises(UserError, match="mindestens 3"):
        backtest_population(panel(years=(2000, 2001)))


def test_draws_are_coherent_and_reproducible():
    rng = np.random.default_rng(3)
    point = rng.uniform(100, 5000, (12, 3))
    shape = CellShape((0, 65, 80), np.array([5.0, 5.0, 5.0]))
    past = [
        past_error(o, 5, observed=point * np.exp(rng.normal(0, 0.05, point.shape)), forecast=point)
        for o in range(2000, 2008)
    ]
    first, flag = draw_cells(point, past, horizon=5, cells=shape, draws=400, seed=(1,))
    again, _ = draw_cells(point, past, horizon=5, cells=shape, draws=400, seed=(1,))
    assert flag == ""
    assert np.array_equal(first, again)
    assert (first >= 0).all()
    spread = np.log(first).std(axis=0)
    assert (spread[:, 0] > 0.02).all()
    alone, flag = draw_cells(point, [], horizon=5, cells=shape, draws=400, seed=(1,))
    assert flag == "no_past_errors"
    assert np.isfinite(alone).all()


def test_intervals_of_rules_leave_the_scored_origin_out():
    errors = np.zeros((3, 40))
    errors[1] = 9.0
    quantiles = other_origin_quantiles(errors)
    assert quantiles.shape == (3, GRID.size)
    assert np.all(quantiles[1] == 0)
    assert quantiles[0].max() == 9


def test_the_command_prints_and_writes(table, tmp_path, capsys):
    path = tmp_path / "panel.csv"
    table.to_csv(path, index=False)
    words = ["backtest", "population", "--panel", str(path), "--out", str(tmp_path / "out"), "--horizons", "1,5"]
    with pytest.raises(SystemExit) as end:
        main([*words, "--draws", "40"])
    assert end.value.code == 0
    printed = capsys.readouterr().out
    assert "Wie falsch hätten wir gelegen?" in printed
    assert "Hamilton-Perry" in printed
    assert {each.name for each in (tmp_path / "out").iterdir()} == {
        "scores.csv",
        "calibration.csv",
        "forecasts.csv",
        "shelf_life.csv",
        "summary.txt",
    }
    scores = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert tuple(scores.columns) == SCORE_COLUMNS


def test_the_command_refuses_in_one_sentence(tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_text("area,year,sex,age_from,age_to,persons\n01,2010,t,0,,-3\n", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["backtest", "population", "--panel", str(path), "--language", "en"])
    assert end.value.code == 2
    assert capsys.readouterr().err.strip().startswith("bad.csv, line 2: persons is")

"""Laws on panels that hide ages: wide groups, gaps between counts; the truth is a city simulated by single ages."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.backtest.pop_rules import forecast_rules
from carelab.forecast.backtest.pop_targets import find_targets
from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.small_area.ages import Bands, survival_of
from carelab.forecast.small_area.errors import CellShape, Prior, past_error, past_scales
from carelab.forecast.small_area.panel_arrays import panel_arrays
from carelab.forecast.small_area.projector import Projector
from carelab.forecast.small_area.tracking import track_ages

pytestmark = pytest.mark.functional

AGES = np.arange(111)
YEARS = np.arange(2000, 2026)


def city(*, seed=3):
    """Return persons (year, area, age): constant births, newcomers of 18 to 30, standard deaths."""
    rng = np.random.default_rng(seed)
    birth = np.full(150, 200.0)
    size = rng.uniform(0.5, 3.0, 6)
    now = np.outer(size, birth[120 - AGES] * np.append(1, np.cumprod(survival_of(("t",), 1990, 1)[0][:-1])))
    result = []
    for year in YEARS:
        result.append(now.copy())
        later = np.zeros_like(now)
        later[:, 1:] = (now * survival_of(("t",), int(year), 1)[0])[:, :-1]
        later[:, 0] = size * birth[year + 1 - 1880]
        later[:, 18:31] += 0.008 * now.sum(axis=1, keepdims=True) / 13
        now = later
    return np.stack(result)


def frame(ages, starts, years=YEARS):
    rows = [
        (f"{a:02d}", int(year), "t", low, high, float(ages[t, a][low : 999 if np.isnan(high) else int(high) + 1].sum()))
        for t, year in enumerate(YEARS)
        if year in years
        for a in range(ages.shape[1])
        for low, high in zip(starts, [*(s - 1.0 for s in starts[1:]), np.nan], strict=True)
    ]
    return pd.DataFrame(rows, columns=["area", "year", "sex", "age_from", "age_to", "persons"])


def old_error(table, origin, horizon):
    """Return the relative error of all persons from 65 on: carelab, and Hamilton-Perry with local ratios."""
    panel, _ = panel_arrays(table)
    targets = find_targets(panel.start)
    which = targets.names.index("65+")
    truth = targets.of_cells(targets.to_cells(panel.at(origin + horizon)))[:, which].sum()
    model = targets.of_cells(targets.to_cells(Projector(panel).project(origin, horizon)))[:, which].sum()
    rule = forecast_rules(panel, targets, origin=origin, horizon=horizon)["hamilton_perry_local"][:, which].sum()
    return abs(model / truth - 1), abs(rule / truth - 1)


@pytest.mark.parametrize("starts", [(0, 65), (0, 15, 65), (0, 18, 65), (0, 15, 65, 80)])
def test_newcomers_of_twenty_do_not_turn_65_soon(starts):
    """A city that grows by young newcomers: spreading its growth over a wide group's ages made too many old."""
    errors = np.array([old_error(frame(city(), starts), 2012, horizon) for horizon in (5, 10)])
    assert (errors[:, 0] < 0.03).all()


def test_narrow_groups_tell_where_a_large_cohort_stands():
    """Five-year groups counted every year: a year of birth of twice the size is found inside its group."""
    ages = city()
    ages[0, :, 52] *= 2
    for t in range(1, 12):
        ages[t, :, 52 + t] = ages[t - 1, :, 51 + t] * survival_of(("t",), int(YEARS[t - 1]), 1)[0][51 + t]
    bands = Bands(np.arange(0, 90, 5))
    counts = bands.collapse(ages[:12])[:, :, None]
    found = track_ages(counts, years=YEARS[:12], sexes=("t",), bands=bands)[11, :, 0].sum(axis=0)
    inside = slice(60, 65)
    assert np.argmax(found[inside]) == 3
    assert found[63] > 1.3 * found[inside].mean()


def test_a_gap_between_counts_does_not_bend_the_forecast():
    """Where no two counts lie two years apart, ratios over four years serve, not the assumption that nobody moves."""
    years = [2000, 2004, 2008, *range(2012, 2018)]
    table = frame(city(), (0, 15, 65), years)
    model, _ = old_error(table, 2012, 2)
    assert model < 0.01


def test_cohorts_of_narrow_groups_are_known_the_longer_they_are_counted():
    """Waves fade with the years beyond a group's width where it tells its ages, and never where it does not."""
    point = np.full((3, 2), [8e4, 2e4])

    def waves(width, history):
        shape = CellShape((0, 65), np.array([65.0, width]))
        return np.diag(Prior.of(shape, horizon=2, point=point, history=history).waves)[1]

    assert waves(5.0, 20.0) == pytest.approx(waves(5.0, 3.0) / 4)
    assert waves(5.0, 5.0) == pytest.approx(waves(5.0, 1.0))
    assert waves(45.0, 90.0) == waves(45.0, 5.0) > 0


def test_intervals_learn_how_large_past_errors_were_at_any_horizon():
    """Calm past errors narrow what is published on waves and on the common error, rough ones widen it."""
    point = np.full((10, 2), [8e4, 2e4])
    wide = CellShape((0, 65), np.array([65.0, 65.0]))

    def past(size):
        observed = point * np.exp(np.array([0.0, size]))
        return [past_error(o, h, observed=observed, forecast=point) for o in range(2000, 2010) for h in (1, 5)]

    calm, rough = past_scales(past(0.0), wide), past_scales(past(0.3), wide)
    assert calm[1][1] < 0.7
    assert rough[1][1] > 3
    assert calm[0][1] < 0.9
    assert rough[0][1] > 2
    assert calm[2] == pytest.approx(6)  # ten errors of one year, two of five years that do not overlap: six on average
    assert [list(each) for each in past_scales([], wide)[:2]] == [[1, 1], [1, 1]]


def test_a_panel_of_one_sex_is_projected_as_it_is():
    table = frame(city(), (0, 65)).assign(sex="w")
    result = backtest_population(table, Setting(horizons=(5,), draws=40))
    assert any("ein Geschlecht" in de for de, _ in result.notes)
    assert result.forecasts.query("rule == 'model'")["point"].notna().all()

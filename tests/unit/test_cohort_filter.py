"""Laws of what counts tell about single ages, about steps in a total, and about a handful of the very old."""

import numpy as np
import pytest

from carelab.forecast.small_area.ages import GRID, Bands, add_births, age_on, stationary, survival_of
from carelab.forecast.small_area.errors import short_past
from carelab.forecast.small_area.ratios import shrink
from carelab.forecast.small_area.totals import panel_growth
from carelab.forecast.small_area.tracking import track_ages

pytestmark = pytest.mark.unit

YEARS = np.arange(2000, 2021)


def country(first, deaths):
    """Return ages (t, 1, 1, GRID) from a first shape (GRID,), with ``deaths`` times the standard's deaths."""
    now, result = first[None, None], []
    for year in YEARS:
        result.append(now)
        later = age_on(now, ("t",), int(year), 1)
        alive = survival_of(("t",), int(year), 1)[0]
        later[..., 1:] *= ((1 - deaths * (1 - alive)) / alive)[:-1]
        later[..., 0] = add_births(later, now, ("t",), 1)[..., 0]
        now = later
    return np.stack(result)


def share_about_to_leave(ages, bands):
    """Return the share of those of 65 to 79 who are 75 or older in the last year: tracked, and true."""
    found = track_ages(bands.collapse(ages), years=YEARS, sexes=("t",), bands=bands)
    return [float(each[-1, ..., 75:80].sum() / each[-1, ..., 65:80].sum()) for each in (found, ages)]


def test_who_leaves_a_group_of_fifteen_years_is_found():
    """A dip of births crossed 65 while it was counted: that few of the group are 75 or older is known, by and large."""
    first, bands = 1000 * stationary(("t",), 2000)[0], Bands(np.array([0, 15, 65, 80]))
    usual = share_about_to_leave(country(first.copy(), 1.0), bands)[1]
    first[55:60] *= 0.6
    tracked, true = share_about_to_leave(country(first, 1.0), bands)
    assert true < 0.75 * usual
    assert abs(tracked - true) < 0.4 * (usual - true)


@pytest.mark.parametrize("deaths", [0.8, 1.2])
def test_lasting_misfit_is_not_taken_for_cohorts(deaths):
    """A fifth more or fewer deaths than the standard in every year: the shape inside stays near the truth."""
    first = 1000 * stationary(("t",), 2000)[0]
    tracked, true = share_about_to_leave(country(first, deaths), Bands(np.array([0, 15, 65, 80])))
    assert abs(tracked / true - 1) < 0.1


def test_tracked_ages_add_up_to_the_counts():
    bands = Bands(np.array([0, 15, 65, 80]))
    counts = bands.collapse(country(1000 * stationary(("t",), 2000)[0], 1.1))
    found = track_ages(counts, years=YEARS, sexes=("t",), bands=bands)
    assert found.shape[-1] == GRID
    assert np.allclose(bands.collapse(found.astype(float)), counts, rtol=1e-5)


def test_a_census_step_is_no_trend():
    """Growth of half a percent a year and one step of -3 %: the forecast goes on with about half a percent."""
    growth = np.full(15, 0.005) + np.tile([0.001, -0.001, 0.0], 5)
    growth[11] = -0.03
    totals = 1e6 * np.exp(np.append(0, np.cumsum(growth)))[:, None]
    found = panel_growth(totals, np.arange(2000, 2016), origin=2015, horizon=5)
    assert found == pytest.approx(0.025, abs=0.003)
    calm = 1e6 * np.exp(0.004 * np.arange(16))[:, None]
    assert panel_growth(calm, np.arange(2000, 2016), origin=2015, horizon=5) == pytest.approx(0.02)


def test_a_handful_of_centenarians_does_not_explode():
    """Three persons counted where none was expected do not make a local ratio that multiplies from year to year."""
    expected = np.array([[0.2], [0.1], [0.3], [0.1]])
    assert shrink(np.array([[3.0], [0.0], [0.0], [2.0]]), expected, 1.0).max() < 1.5


def test_growth_learnt_on_few_years_is_less_sure():
    assert short_past(5, 20) == 1
    assert short_past(2, 1) == pytest.approx(np.sqrt(3 / 1.2))
    rng = np.random.default_rng(4)
    yearly = rng.normal(0, 0.01, (200_000, 5))
    few = yearly[:, 2:].sum(axis=1) - 3 * yearly[:, :2].mean(axis=1)
    assert few.std() == pytest.approx(0.01 * np.sqrt(3 + 9 / 2), rel=0.02)

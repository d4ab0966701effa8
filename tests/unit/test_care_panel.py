"""Pooled care model: panels are checked, the truth of simulated worlds is recovered, nothing later is seen."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.care_panel.ages import grow_older, read_ages
from carelab.forecast.care_panel.data import CarePanel, read_care_panel
from carelab.forecast.care_panel.growth import Prior, damping_of, shrink, slope_estimates, smoothing_of, steps_of
from carelab.forecast.care_panel.kernel import build_kernels, fit_variances, left_out_estimates, regions
from carelab.forecast.care_panel.laws import LawChange, LawRisk
from carelab.forecast.care_panel.model import fit_care, geometric, mean_growth
from carelab.forecast.care_panel.prior import GERMANY, prior_variance, with_prior
from carelab.forecast.care_panel.spread import common_errors, draw_counts, learn_spread
from carelab.terms import UserError

pytestmark = pytest.mark.unit
YEARS = range(2005, 2022, 2)


def simulate(*, areas=240, lands=12, persistence=0.5, land_sd=0.04, own_sd=0.03, seed=0):
    rng = np.random.default_rng(seed)
    land = np.zeros((lands, len(YEARS) - 1))
    for t in range(len(YEARS) - 1):
        before = land[:, t - 1] if t else 0.0
        land[:, t] = persistence * before + rng.normal(0, land_sd, lands)
    group = np.arange(areas) % lands
    growth = 0.08 + rng.normal(0, 0.01, len(YEARS) - 1) + land[group] + rng.normal(0, own_sd, (areas, len(YEARS) - 1))
    counts = 20_000 * np.exp(np.cumsum(np.column_stack([rng.normal(0, 0.5, areas), growth]), axis=1))
    rows = [
        (f"{group[i]:02d}{i:03d}", f"{group[i]:02d}", year, counts[i, t])
        for i in range(areas)
        for t, year in enumerate(YEARS)
    ]
    return pd.DataFrame(rows, columns=["area", "parent", "year", "people_in_need"])


def population(areas=("a", "b"), year=2011):
    bands = [("m", 0, 64, 900.0), ("m", 65, np.nan, 100.0), ("w", 0, 64, 880.0), ("w", 65, np.nan, 140.0)]
    rows = [(area, year, *band) for area in areas for band in bands]
    return pd.DataFrame(rows, columns=["area", "year", "sex", "age_from", "age_to", "persons"])


def test_variance_components_and_persistence_are_recovered():
    fit = fit_care(read_care_panel(simulate()), None)
    spread = learn_spread(fit)
    assert fit.weights["land"] == pytest.approx(0.5, abs=0.15)
    assert fit.weights["own"] == pytest.approx(0.0, abs=0.05)
    assert spread.land == pytest.approx(0.04, rel=0.25)
    assert np.median(np.hypot(spread.own, spread.noise)) == pytest.approx(0.03, rel=0.15)


def test_without_persistence_national_growth_is_repeated():
    fit = fit_care(read_care_panel(simulate(persistence=0.0, seed=3)), None)
    assert fit.weights["land"] < 0.2
    assert mean_growth(fit, 2).mean() == pytest.approx(fit.steps[-1].common, abs=0.02)


def test_shrink_weighs_what_is_sure_and_keeps_the_prior_when_nothing_is_seen():
    prior = Prior(0.3, 0.3, 0.0, 1.0)
    assert shrink([], [], prior) == 0.3
    assert shrink([float("nan")], [float("nan")], prior) == 0.3
    assert shrink([0.9], [1e-6], prior) == pytest.approx(0.6)
    assert shrink([0.9], [100.0], prior) == pytest.approx(0.3, abs=1e-4)


def test_slopes_are_least_squares():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 2))
    slopes, errors = slope_estimates(x @ [0.4, -0.2] + rng.normal(0, 0.1, 400), x, np.ones(400))
    assert slopes == pytest.approx([0.4, -0.2], abs=0.02)
    assert errors == pytest.approx([0.005, 0.005], rel=0.2)


def test_own_growth_that_swings_back_does_so_at_every_step():
    """Weight -0.4: the first step takes 0.4 of the last growth back, the second gives 0.16 of it again."""
    fit = fit_care(read_care_panel(simulate()), None)
    swinging, none = (replace(fit, weights={**fit.weights, "own": weight}) for weight in (-0.4, 0.0))
    found = mean_growth(swinging, 2 * fit.step_years) - mean_growth(none, 2 * fit.step_years)
    assert found == pytest.approx(-0.24 * np.nan_to_num(fit.steps[-1].own))


def test_geometric_counts_parts_of_a_step():
    assert geometric(0.5, 2.0) == 1.5
    assert geometric(1.0, 1.5) == 1.5


def test_short_histories_repeat_last_growth():
    steps = steps_of(read_care_panel(simulate()))
    assert smoothing_of(steps[:3]) == 1.0
    assert 0.9 <= damping_of(steps) <= 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: pd.concat([t, t.head(1)]), "more than one row"),
        (lambda t: t.assign(people_in_need=0.0), "Usable areas in the panel: 0"),
        (lambda t: t[t["year"] < 2009], "2 surveys"),
        (lambda t: t.drop(columns="year"), "lacks the column year"),
        (lambda t: t.assign(people_in_need=-1.0), "negative"),
        (lambda t: t[t["area"] == t["area"].iloc[0]], "Usable areas in the panel: 1"),
    ],
)
def test_bad_panels_are_refused_in_one_sentence(change, words):
    with pytest.raises(UserError, match=r".") as found:
        read_care_panel(change(simulate(areas=24)))
    assert words in found.value.text("en")


def test_changed_areas_and_sums_are_left_out_and_named():
    table = simulate(areas=24)
    first, second = table["area"].unique()[:2]
    table["area_changed"] = table["area"] == first
    table.loc[table["area"] != second, "parent"] = second
    panel = read_care_panel(table)
    assert first not in panel.areas
    assert second not in panel.areas
    assert any(first in en and "changed" in en for _, en in panel.notes)


def test_ages_keep_persons_and_only_the_past_is_read():
    areas = np.array(["a", "b"], dtype=object)
    ages = read_ages(pd.concat([population(), population(year=2015)]), areas)
    assert ages.persons[2011].sum(axis=(1, 2)) == pytest.approx([2020.0, 2020.0])
    assert ages.at(2010) is None
    assert ages.at(2013).persons == pytest.approx(grow_older(ages.persons[2011], 2))
    assert ages.at(2030) is None


def test_age_bands_with_gaps_are_refused():
    table = population()
    table.loc[table["age_from"] == 65, "age_from"] = 70
    with pytest.raises(UserError, match="Lücken"):
        read_ages(table, np.array(["a", "b"], dtype=object))


def test_law_counts_only_where_it_was_known_and_not_yet_in_force():
    law = LawChange(known_from=2015, start=2017.0, size=0.2, phase_in=4.0)
    assert law.effect(2013, 2017) == 0.0
    assert law.effect(2015, 2017) == pytest.approx(np.log1p(0.05))
    assert law.effect(2015, 2021) == pytest.approx(np.log1p(0.2))
    assert law.effect(2017, 2019) == 0.0


def test_an_unknown_law_comes_as_often_and_as_large_as_said_and_stays():
    risk = LawRisk(rate=0.1, size=0.1, phase_in=2.0)
    added = risk.draw([2, 4, 30], 40_000, np.random.default_rng(0))
    assert (added >= 0).all()
    assert (np.diff(added, axis=0) >= 0).all()
    assert (added == 0).mean(axis=1) == pytest.approx(np.exp(-0.1 * np.array([2, 4, 30])), abs=0.01)
    assert np.expm1(added[2]).mean() == pytest.approx(0.1 * (1 - np.exp(-2.9)), rel=0.03)
    assert risk.draw([2, 4, 30], 7, np.random.default_rng(0)).shape == (3, 7)


def test_no_unknown_law_is_drawn_while_a_known_one_is_about_to_come():
    law = LawChange(known_from=2019, start=2022.0, size=0.2)
    panel = read_care_panel(simulate())
    for origin, drawn in ((2017, True), (2019, False), (2021, False)):
        fit = fit_care(panel.until(origin), None)
        assert (with_prior(learn_spread(fit, (law,)), fit, (law,)).risk is not None) == drawn


def test_prior_of_the_common_shock_gives_way_to_what_the_panel_shows():
    german = np.sqrt(np.mean(np.diff(np.log(GERMANY), n=2) ** 2))
    whole = simulate().assign(parent="")
    first = fit_care(read_care_panel(whole).until(2007), None)
    spread = with_prior(learn_spread(first), first, ())
    assert common_errors(first).size == 0
    assert spread.degrees == 5
    assert german * 0.8 < spread.common < 3 * german
    wild = whole.assign(people_in_need=whole["people_in_need"] * (1 + 0.5 * (whole["year"] % 4 == 1)))
    last = fit_care(read_care_panel(wild), None)
    own = learn_spread(last).common
    assert own > 0.2
    assert 0.75 * own < with_prior(learn_spread(last), last, ()).common < own


def test_one_region_and_few_people_are_less_sure_than_the_whole():
    def sd(table):
        return np.sqrt(prior_variance(fit_care(read_care_panel(table), None)))

    table = simulate(areas=24)
    whole, regions, region = sd(table.assign(parent="")), sd(table), sd(table.assign(parent="03"))
    assert whole <= regions < 1.1 * whole
    assert region > 1.5 * whole
    few = table.assign(people_in_need=(table["people_in_need"] / 1000).round(), parent="")
    assert sd(few) > 1.2 * whole


def test_draws_share_the_common_part_so_that_sums_stay_uncertain():
    fit = fit_care(read_care_panel(simulate()), None)
    rng = np.random.default_rng(2)
    (draws,) = draw_counts(fit, learn_spread(fit), [2023], draws=2000, rng=rng)
    assert np.median(draws, axis=1) == pytest.approx(fit.panel.counts[:, -1] * np.exp(mean_growth(fit, 2)), rel=0.02)
    total = draws.sum(axis=0, dtype=float)
    independent = np.sqrt((draws.std(axis=1, dtype=float) ** 2).sum())
    assert total.std() > 2 * independent


def test_regions_are_nested_beginnings_of_codes():
    codes = np.array([f"{a}{b}{c}" for a in "12" for b in "123" for c in "1234"], dtype=object)
    assert [int(each.max()) + 1 for each in regions(codes)] == [2, 6]


def test_left_out_estimates_equal_refitting_without_the_area():
    rng = np.random.default_rng(4)
    features = rng.normal(size=(40, 3))
    codes = np.array([f"{i % 4}{i:03d}" for i in range(40)], dtype=object)
    ratio = 0.1 * features[:, 0] + rng.normal(0, 0.05, 40)
    kernels = build_kernels(features, codes)
    theta, converged = fit_variances(kernels, ratio)
    mean, sd = left_out_estimates(kernels, theta, ratio)
    whole, rest = kernels.covariance(theta), np.arange(1, 40)
    weights = np.linalg.solve(whole[np.ix_(rest, rest)], whole[rest, 0])
    assert converged
    assert mean[0] == pytest.approx(weights @ ratio[1:])
    assert sd[0] ** 2 == pytest.approx(whole[0, 0] - weights @ whole[rest, 0])
    assert np.abs(mean - ratio).mean() < np.abs(ratio).mean()


def test_areas_that_drift_alike_beside_a_large_one_are_uncertain() -> None:
    """Most residuals are the same and far from zero: they are no outliers, and their drift is no nothing."""
    growth = np.array([[1.3], [1.3], [1.0]]) ** np.arange(2)
    counts = np.array([[1000.0], [1000.0], [1e6]]) * growth
    names, none = np.array(["a", "b", "c"], dtype=object), np.array([""], dtype=object)
    panel = CarePanel(names, none, np.zeros(3, dtype=np.int64), np.array([2011, 2013]), counts)
    spread = learn_spread(fit_care(panel, None))
    assert (np.hypot(spread.own, spread.noise)[:2] > 0.1).all()

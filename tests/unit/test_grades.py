"""Pflegegrade: shares sum to the total, meet the published grades, move as the Land's did."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.forecast.care.grades import (
    PFLEGEGRADE,
    draw_grades,
    fit_shift,
    land_mix,
    learn_grades,
    people_by_grade,
    setting_profile,
    walk_sd,
)
from carelab.forecast.care.settings import softmax
from carelab.inputs.reference import load_reference
from carelab.terms import SETTINGS, UserError

pytestmark = pytest.mark.unit
REFERENCE = vars(load_reference())
PROFILE = setting_profile(REFERENCE["care_grades"])
LEARNT = learn_grades(REFERENCE, land="15", until=2025)
VOLL = SETTINGS.index("vollstationaer")


def total(area: str, year: int) -> np.ndarray:
    rows = REFERENCE["care_grades"].query("area == @area and year == @year and setting == 'total'")
    return rows.sort_values("pflegegrad")["persons"].to_numpy(float)


def test_the_carried_table_adds_up() -> None:
    rows = REFERENCE["care_grades"].query("area == '15' and year == 2019")
    table = rows.pivot(index="pflegegrad", columns="setting", values="persons").fillna(0)
    np.testing.assert_array_equal(table[list(SETTINGS)].sum(axis=1), table["total"])
    homes = REFERENCE["care_settings_area"].query("area == '15' and year == 2019 and setting == 'ambulant'")
    assert table["ambulant"].sum() == homes["persons"].iloc[0]


def test_law_and_sense_of_the_profile() -> None:
    assert np.isneginf(PROFILE[SETTINGS.index("pflegegeld"), 0]), "no cash benefit in Pflegegrad 1"
    np.testing.assert_array_equal(np.exp(PROFILE[-1]), [1, 0, 0, 0, 0])
    shares = np.exp(PROFILE)
    assert shares[VOLL, 3:].sum() > 2 * shares[0, 3:].sum(), "homes have the heavier grades"


def test_published_grades_are_met() -> None:
    for area, year in (("15", 2019), ("15", 2023), ("DG", 2023), ("03", 2021)):
        mix = land_mix(REFERENCE["care_settings_area"], REFERENCE["care_totals"], area, year)
        target = total(area, year) / total(area, year).sum()
        found = mix @ softmax(PROFILE + fit_shift(PROFILE, mix, target))
        np.testing.assert_allclose(found[1:], target[1:], rtol=5e-3)
        assert mix.sum() == pytest.approx(1)


def test_the_land_moves_from_one_survey_to_the_other() -> None:
    from_2019 = learn_grades(REFERENCE, land="15", until=2022)
    assert from_2019.year == 2019
    assert not from_2019.slope.any(), "one year shows no trend"
    np.testing.assert_allclose(from_2019.shift + 4 * LEARNT.slope, LEARNT.shift, atol=1e-9)
    middle = draw_grades(LEARNT, range(2023, 2041), damping=0.0, rng=np.random.default_rng(1), draws=4000)
    with_trend = draw_grades(LEARNT, range(2023, 2041), damping=0.85, rng=np.random.default_rng(1), draws=4000)
    np.testing.assert_allclose(np.median(middle[:, 0], axis=0), softmax(PROFILE + LEARNT.shift), atol=0.004)
    assert np.median(with_trend[:, -1, 0, 2]) > np.median(middle[:, -1, 0, 2]) + 0.01
    assert learn_grades(REFERENCE, land="05", until=2025).area == "DG"


def test_the_spread_of_a_walk_is_found_whatever_the_years_between() -> None:
    rng = np.random.default_rng(6)
    for steps in (1, 2, 4):
        shifts = {}
        for area in map(str, range(400)):
            shifts |= {(area, 2015): np.zeros(5), (area, 2015 + 2 * steps): rng.normal(0, 0.08, (steps, 5)).sum(axis=0)}
        assert walk_sd(shifts) == pytest.approx(0.08, rel=0.07)


def test_the_future_is_less_known_than_today() -> None:
    shares = draw_grades(LEARNT, range(2025, 2041), damping=0.85, rng=np.random.default_rng(2), draws=2000)
    low, high = np.quantile(shares[:, :, VOLL], [0.1, 0.9], axis=0)
    width = (high - low)[:, 1:]
    assert (width[-1] > 1.5 * width[0]).all()
    assert (width[0] > 0.01).all(), "the city is not its Land"


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    damping=st.floats(0, 1),
    first=st.integers(2020, 2030),
    scale=st.floats(1, 1e6),
)
def test_grades_sum_to_the_settings_in_every_draw(seed: int, damping: float, first: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    years = range(first, first + 6)
    demand = rng.exponential(scale, (7, len(SETTINGS), len(years)))
    people = people_by_grade(demand, draw_grades(LEARNT, years, damping=damping, rng=rng, draws=7))
    assert people.shape == (7, len(SETTINGS), len(PFLEGEGRADE), len(years))
    assert (people >= 0).all()
    np.testing.assert_allclose(people.sum(axis=2), demand, rtol=1e-9)
    assert not people[:, -1, 1:].any()


@settings(max_examples=50, deadline=None)
@given(raw=st.lists(st.floats(0.02, 1), min_size=9, max_size=9))
def test_any_possible_grades_can_be_met(raw: list[float]) -> None:
    mix = np.array(raw[:4]) / sum(raw[:4])
    truth = np.array(raw[4:])
    target = mix @ softmax(PROFILE + np.log(truth))
    found = mix @ softmax(PROFILE + fit_shift(PROFILE, mix, target))
    np.testing.assert_allclose(found, target, atol=2e-4)


def test_too_few_grades_are_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match="bis 2018 zu wenig"):
        learn_grades(REFERENCE, land="15", until=2018)

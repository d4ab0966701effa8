"""Life table and five-year step against values that can be worked out by hand."""

import numpy as np
import pytest

from carelab.forecast.population.cohort_oracle import (
    GROUPS,
    Rates5,
    births,
    first_open_rate,
    migrant_schedule,
    person_years,
    step5,
    survival_shares,
    years_of_the_dying,
)

pytestmark = pytest.mark.unit


def gompertz() -> np.ndarray:
    ages = np.array([0.5, 3.0, *np.arange(7.5, 100, 5), 101.5])
    one = 5e-5 * np.exp(0.09 * ages)
    return np.stack([one, 0.7 * one])


def test_infants_die_early_and_the_old_late_in_their_group() -> None:
    within = years_of_the_dying(gompertz())
    assert within[0, 0] == pytest.approx(0.045 + 2.684 * gompertz()[0, 0])
    assert within[1, 1] == pytest.approx(1.522 - 1.518 * gompertz()[1, 0])
    assert within[0, 10] > 2.5
    assert within[0, -1] < 2.5


def test_life_expectancy_is_that_of_the_force_of_mortality() -> None:
    ages = np.linspace(0, 130, 130_001)
    alive = np.exp(-5e-5 / 0.09 * (np.exp(0.09 * ages) - 1))
    assert person_years(gompertz())[0].sum() == pytest.approx(np.trapezoid(alive, ages), rel=2e-3)


def test_first_five_years_of_an_open_group_are_its_mildest() -> None:
    assert (first_open_rate(gompertz()) < gompertz()[:, -1]).all()
    assert (first_open_rate(gompertz()) > gompertz()[:, -2]).all()


def test_open_group_adds() -> None:
    survival = survival_shares(gompertz())
    assert survival[:, 20] == pytest.approx(survival[:, 21])
    persons = np.zeros((2, GROUPS))
    persons[:, -2:] = [[100.0, 10.0], [200.0, 30.0]]
    step = step5(persons, Rates5(survival, np.zeros(7), 1.05), np.zeros((2, GROUPS)))
    assert step.persons[:, -1] == pytest.approx([110.0, 230.0] * survival[:, 20])
    assert step.persons[:, :-1] == pytest.approx(np.zeros((2, GROUPS - 1)))


def test_births_by_women_at_mid_period() -> None:
    start, end = np.zeros((2, GROUPS)), np.zeros((2, GROUPS))
    start[1, 4], end[1, 4] = 100.0, 300.0
    born = births(start, end, Rates5(np.ones((2, 22)), np.array([0, 0.1, 0, 0, 0, 0, 0]), 1.05))
    assert born.sum() == pytest.approx(5 * 0.1 * 200)
    assert born[0] / born[1] == pytest.approx(1.05)


def test_half_of_the_migrants_come_at_the_start() -> None:
    migration = np.zeros((2, GROUPS))
    migration[:, 5] = 10.0
    rates = Rates5(np.full((2, 22), 0.8), np.zeros(7), 1.05)
    step = step5(np.zeros((2, GROUPS)), rates, migration)
    assert step.persons[:, 5] == pytest.approx([5.0, 5.0])
    assert step.persons[:, 6] == pytest.approx([4.0, 4.0])
    assert step.deaths[:, 6] == pytest.approx([1.0, 1.0])


def test_schedule_sums_to_one() -> None:
    assert migrant_schedule().sum() == pytest.approx(1.0)
    assert (migrant_schedule() >= 0).all()


def test_impossible_death_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="death rates are positive"):
        person_years(np.zeros((2, 22)))

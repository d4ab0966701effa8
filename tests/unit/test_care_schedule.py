"""Care rates by age: as published, rising, between 0 and 1; levels are found where they were put."""

import numpy as np
import pytest

from carelab.forecast.care.schedule import (
    REFERENCE_YEAR,
    fit_schedule,
    national_population,
    rates,
    solve_level,
)
from carelab.inputs.reference import load_reference

pytestmark = pytest.mark.unit
REFERENCE = load_reference()
HAZARD = fit_schedule(REFERENCE.care_rates, REFERENCE.population_de)


def test_rates_are_the_published_ones() -> None:
    published = REFERENCE.care_rates
    published = published[(published["region"] == "DG") & (published["year"] == REFERENCE_YEAR)]
    people, rate = national_population(REFERENCE.population_de, REFERENCE_YEAR), rates(HAZARD, 0.0)
    errors = []
    for row in published[(published["sex"] != "t") & (published["age_from"] < 90)].itertuples():
        s, ages = "mw".index(row.sex), slice(row.age_from, int(row.age_to) + 1)
        errors.append(np.average(rate[s, ages], weights=people[s, ages]) / row.rate - 1)
    assert np.abs(errors).max() < 0.045, "women of 70 to 74 are 4 % above: the spline is smooth"
    assert np.abs(errors).mean() < 0.015
    for s, sex in enumerate("mw"):
        oldest = published[(published["sex"] == sex) & (published["age_from"] >= 90)].sort_values("age_from")
        weights = [people[s, 90:95].sum(), people[s, 95:].sum()]
        assert rate[s, 90] == pytest.approx(np.average(oldest["rate"], weights=weights), rel=0.03)


def test_rates_rise_with_age_and_never_leave_0_to_1() -> None:
    for level in (-3.0, 0.0, 3.0):
        rate = rates(HAZARD, level)
        assert (rate > 0).all()
        assert (rate <= 1).all()
        assert (np.diff(rate[:, 65:], axis=1) >= 0).all()
    assert (np.diff(rates(HAZARD, 0.0)[:, 60:], axis=1) > 0).all()


def test_germanys_total_below_75_is_met() -> None:
    people = national_population(REFERENCE.population_de, REFERENCE_YEAR)[:, :75]
    young = (people * rates(HAZARD, 0.0)[:, :75]).sum()
    assert 1_715_689 < young < 1.25 * 1_715_689, "above the count of 2021, as care rates have grown since"


def test_levels_are_recovered() -> None:
    people = np.random.default_rng(1).uniform(10, 1000, (5, HAZARD.size))
    truth = np.array([-1.5, -0.2, 0.0, 0.4, 1.2])
    counts = (people * rates(HAZARD, truth).reshape(5, -1)).sum(axis=1)
    np.testing.assert_allclose(solve_level(people, HAZARD.reshape(-1), counts), truth, atol=1e-9)


def test_what_cannot_be_reached_is_unknown() -> None:
    people = np.full(HAZARD.size, 10.0)
    for target in (people.sum() * 1.01, 0.0, -5.0):
        assert np.isnan(solve_level(people, HAZARD.reshape(-1), np.asarray(target)))
    assert np.isnan(solve_level(0 * people, HAZARD.reshape(-1), np.asarray(3.0)))

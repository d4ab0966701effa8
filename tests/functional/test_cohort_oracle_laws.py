"""The cohort-component step reproduces the UN's published projection (WPP2019), and keeps its own account."""

import csv

import numpy as np
import pytest

from carelab.forecast.population.cohort_oracle import implied_migration, migrant_schedule, step5
from carelab.forecast.population.un_inputs import (
    FIRST_PROJECTED,
    OLD,
    TABLES,
    UnCountry,
    errors_in_one_go,
    first_pattern,
    migration_gap,
    own_migration,
    patterned_migration,
    step_errors,
    un_country,
)
from carelab.paths import shared_data

FOLDER = shared_data()
pytestmark = [
    pytest.mark.functional,
    pytest.mark.skipif(
        FOLDER is None or not (FOLDER / "wpp2019_mx_5x5.csv").is_file(),
        reason="the UN's tables lie in the shared folder, which is not here (CARELAB_SHARED)",
    ),
]


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, str]]]:
    found = {}
    for name in TABLES:
        with (FOLDER / f"wpp2019_{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.DictReader(file))
    return found


@pytest.fixture(params=["Austria", "France", "Germany"])
def country(request: pytest.FixtureRequest, tables: dict[str, list[dict[str, str]]]) -> UnCountry:
    return un_country(tables, request.param)


def test_residuals_sum_to_the_published_net_migration(country: UnCountry) -> None:
    gap = np.abs(migration_gap(country))
    assert gap.shape == (22,)
    assert gap.max() <= 0.00005, "asked for: 0.02 % of population; reached: 0.002 %"


def test_old_age_groups_after_every_projected_step(country: UnCountry) -> None:
    migration = patterned_migration(country, first_pattern(country))
    errors = np.abs(step_errors(country, migration)[FIRST_PROJECTED:, OLD])
    assert errors.max() <= 0.001, "asked for: 0.3 %"


def test_old_age_groups_after_every_step_with_the_steps_own_pattern(country: UnCountry) -> None:
    """1990-2020 are estimates: their migrants' ages differ from step to step. The published total is kept."""
    own = own_migration(country)
    migration = np.stack([patterned_migration(country, part / part.sum())[t] for t, part in enumerate(own)])
    assert np.abs(step_errors(country, migration)[:, OLD]).max() <= 0.0003


def test_eighty_years_in_one_go(country: UnCountry) -> None:
    by_age, total = errors_in_one_go(country, patterned_migration(country, first_pattern(country)))
    assert abs(total) <= 0.0001, "asked for: 1 %"
    assert np.abs(by_age).max() <= 0.001


def test_a_schedule_without_local_knowledge_stays_near(country: UnCountry) -> None:
    _, total = errors_in_one_go(country, patterned_migration(country, migrant_schedule()))
    assert abs(total) <= 0.02


def test_every_person_is_accounted_for(country: UnCountry) -> None:
    migration = patterned_migration(country, migrant_schedule())
    for period in range(22):
        start = country.population[period]
        step = step5(start, country.rates[period], migration[period])
        end = start.sum(axis=1) + step.births + migration[period].sum(axis=1) - step.deaths.sum(axis=1)
        assert end == pytest.approx(step.persons.sum(axis=1), rel=1e-12)


def test_implied_migration_undoes_the_step(country: UnCountry) -> None:
    start, rates = country.population[0], country.rates[0]
    migration = patterned_migration(country, migrant_schedule())[0]
    found = implied_migration(start, step5(start, rates, migration).persons, rates)
    assert found == pytest.approx(migration, abs=1e-8)


def test_unknown_country_is_named(tables: dict[str, list[dict[str, str]]]) -> None:
    with pytest.raises(ValueError, match="Atlantis"):
        un_country(tables, "Atlantis")

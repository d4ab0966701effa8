"""Errors of growth carried on: the truth is found, no city teaches itself, what draws hold is not added twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.forecast.population.growth_error import GrowthSpread, growth_panel, learn_spread
from carelab.inputs.reference import load_reference

pytestmark = pytest.mark.unit
YEARS = np.array([1996, 2000, 2004, *range(2008, 2023)])


def panel(*, noise: float, wander: float, areas: int = 900, per_km2: float = 900.0, seed: int = 1) -> pd.DataFrame:
    """Return areas that grow with a wandering level and yearly noise, and lose 2 % to the census of 2011 on paper."""
    rng = np.random.default_rng(seed)
    every = np.arange(YEARS[0], YEARS[-1] + 1)
    level = rng.normal(0, 0.01, (areas, 1)) + np.cumsum(rng.normal(0, wander, (areas, every.size)), axis=1)
    log = np.log(2e5) + np.cumsum(level + rng.normal(0, noise, level.shape), axis=1)
    persons = np.exp(log - 0.02 * (every >= 2011))
    table = pd.DataFrame(persons, columns=every, index=[f"{a + 10_000}" for a in range(areas)])[YEARS]
    rows = table.stack().rename("persons").rename_axis(["area", "year"]).reset_index()
    return rows.assign(per_km2=per_km2, census=np.where(rows["year"] < 2011, 1987, 2011))


@pytest.mark.parametrize(("noise", "wander"), [(0.006, 0.002), (0.002, 0.003), (0.005, 0.0005)])
def test_the_truth_is_found_through_gaps_and_a_census(noise: float, wander: float) -> None:
    found = learn_spread(growth_panel(panel(noise=noise, wander=wander), known_until=2022), "99000")
    assert found.noise == pytest.approx(noise, rel=0.1)
    assert found.wander == pytest.approx(wander, rel=0.12, abs=3e-4)


def test_nothing_after_the_last_known_year_is_looked_at() -> None:
    calm, wild = panel(noise=0.004, wander=0.002), panel(noise=0.03, wander=0.002)
    mixed = pd.concat([calm[calm["year"] <= 2014], wild[wild["year"] > 2014]])
    assert learn_spread(growth_panel(mixed, known_until=2014), "99000") == learn_spread(
        growth_panel(calm, known_until=2014), "99000"
    )


def test_a_city_does_not_teach_itself_and_thin_kreise_teach_thin_ones() -> None:
    dense, thin = panel(noise=0.008, wander=0.002), panel(noise=0.003, wander=0.002, per_km2=90, seed=2)
    thin["area"] = "2" + thin["area"].str[1:]
    both = pd.concat([dense, thin])
    strange = both["persons"].where(both["area"] != "10007", both["persons"] * (1 + 0.04 * (both["year"] % 2)))
    usual, other = (growth_panel(each, known_until=2022) for each in (both, both.assign(persons=strange)))
    for own in ("10007", "10007001"):
        assert learn_spread(usual, own) == learn_spread(other, own)
    assert learn_spread(other, "10008").noise > learn_spread(usual, "10008").noise
    assert learn_spread(usual, "20007").noise < 0.6 * learn_spread(usual, "10007").noise


def test_error_of_growth_carried_on_by_hand() -> None:
    noisy, wandering = GrowthSpread(0.006, 0.0), GrowthSpread(0.0, 0.002)
    np.testing.assert_allclose(noisy.error_variance(9, 2), 0.006**2 * np.array([1 / 9 + 1, 4 / 9 + 2]))
    # one year known: the level is known but for noise; after two years both steps count, the first one twice
    np.testing.assert_allclose(wandering.error_variance(1, 2), 0.002**2 * np.array([1.0, 1 + 4]))
    # three years known: of the mean, the last step lacks 2/3, the one before 1/3
    np.testing.assert_allclose(wandering.error_variance(3, 1), 0.002**2 * (1 + 4 / 9 + 1 / 9))


@settings(max_examples=25, deadline=None)
@given(noise=st.floats(0, 0.01), wander=st.floats(0, 0.004), past=st.integers(1, 20), seed=st.integers(0, 99))
def test_draws_have_the_variance_they_should(noise: float, wander: float, past: int, seed: int) -> None:
    spread = GrowthSpread(noise, wander)
    errors = spread.draw_errors(past, (4000, 6), np.random.default_rng(seed))
    assert errors.shape == (4000, 6)
    assert (np.abs(errors.mean(axis=0)) <= 0.08 * errors.std(axis=0) + 1e-12).all()
    np.testing.assert_allclose(errors.var(axis=0), spread.error_variance(past, 6), rtol=0.15, atol=1e-12)


def test_kreise_and_cities_differ_as_the_assumption_log_says() -> None:
    whole = growth_panel(load_reference().kreis_totals, known_until=2022)
    city, country = learn_spread(whole, "15003"), learn_spread(whole, "15090")
    assert city.noise > country.noise
    assert 0.001 < country.wander < city.wander < 0.004
    early = learn_spread(growth_panel(load_reference().kreis_totals, known_until=1999), "15003")
    assert early.wander > 0

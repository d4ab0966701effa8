"""Laws of the population: districts sum to the city, what is known is kept, scenarios move it as they say."""

import numpy as np
import pytest

from carelab.params import Params
from carelab.study import Study
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional


def test_districts_sum_to_the_city_in_every_draw_year_sex_and_age(study: Study) -> None:
    total = study.population.sum("district", dtype=float).transpose("draw", "year", "sex", "age").values
    np.testing.assert_allclose(total, study.city_path, rtol=1e-6)
    assert (study.population.values >= 0).all()


def test_the_base_year_is_the_counted_one(study: Study) -> None:
    base = study.population.sel(year=study.params.base_year)
    np.testing.assert_allclose(base.sum("district").values[0], study.history.by_sex, rtol=1e-6)
    bands = study.known.bands
    np.testing.assert_allclose(base.sum(("sex", "age"), dtype=float), np.tile(bands.sum(axis=1), (DRAWS, 1)), rtol=0.01)


def test_the_city_is_unsure_only_after_the_base_year(study: Study) -> None:
    table = study.population_city.query("age_band == 'total'").set_index("year")
    width = (table["upper_80"] - table["lower_80"]) / table["median"]
    assert (width.loc[: study.params.base_year] == 0).all()
    assert width[2030] > 0
    assert width[2040] > width[2030]


def test_migration_moves_the_city_in_one_direction(study: Study) -> None:
    none, much = (Study(Params(draws=DRAWS, migration=m)).city_path[:, -1].sum(axis=(1, 2)) for m in (0.0, 2.0))
    usual = study.city_path[:, -1].sum(axis=(1, 2))
    gain = np.median(usual) - np.median(none)
    assert abs(gain) > 50
    assert (np.median(much) - np.median(usual)) * gain > 0, (
        "twice the migration moves the city on in the same direction"
    )


def test_lower_mortality_means_more_of_the_oldest() -> None:
    slow, fast = (Study(Params(draws=DRAWS, mortality_improvement=m)).city_path for m in (-0.02, 0.04))
    assert np.median(fast[:, -1, :, 85:].sum(axis=(1, 2))) > np.median(slow[:, -1, :, 85:].sum(axis=(1, 2)))


def test_mean_ages_published_are_met(study: Study) -> None:
    fit = study.base_fit
    known = fit["mean_age_published"].notna()
    assert fit.loc[known, "error_full"].abs().max() < 0.1
    assert fit.loc[known, "error_full"].abs().mean() < fit.loc[known, "error_blind"].abs().mean()

"""Laws of demand in a study: parts sum to the whole, causes to the change; age and uncertainty do what they must."""

import numpy as np
import pytest

from carelab.params import Params
from carelab.study import Study
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional


def test_districts_sum_to_the_city_and_settings_to_all(study: Study) -> None:
    total = study.demand.sum("setting")
    need = (study._need.sum(axis=-1)).transpose(0, 2, 1)
    np.testing.assert_allclose(total.sum("district"), need.sum(axis=1), rtol=1e-9)
    city = study.demand_city.query("status == 'projected' and setting == 'total' and year >= 2025")
    np.testing.assert_allclose(city["median"], np.median(total.sum("district"), axis=0), rtol=1e-12)
    assert (study.demand.values >= 0).all()


def test_causes_sum_to_the_change_for_every_draw_and_district(study: Study) -> None:
    p, parts = study.params, study.decomposition_draws
    total = study.demand.sum("setting")
    change = total.sel(year=p.focus_year) - total.sel(year=p.base_year)
    factors = parts.sel(factor=["population", "ageing", "prevalence"]).sum("factor")
    np.testing.assert_allclose(factors, parts.sel(factor="total"), rtol=1e-9, atol=1e-9)
    size = total.sel(year=p.focus_year).values
    assert (np.abs(factors.values - change.values) <= 1e-6 * np.maximum(size, 1.0)).all()
    city = total.sel(year=p.focus_year).sum("district").values
    assert (np.abs(factors.sum("district").values - change.sum("district").values) <= 1e-6 * city).all()


def test_an_older_district_needs_more_care(study: Study) -> None:
    people = study.base_population.sum(axis=1)[study.districts["inhabited"]]
    share = people[:, 80:].sum(axis=1) / people.sum(axis=1)
    rate = np.median(study.demand.sum("setting").sel(year=2025), axis=0)[study.districts["inhabited"]] / people.sum(
        axis=1
    )
    assert np.corrcoef(share, rate)[0, 1] > 0.8


def test_less_known_local_rates_mean_wider_intervals(study: Study) -> None:
    inhabited = study.districts["inhabited"].to_numpy()

    def width(sd: float) -> np.ndarray:
        total = Study(Params(draws=DRAWS, local_ratio_sd=sd)).demand.sum("setting").sel(year=2035)
        low, high = np.quantile(total.values[:, inhabited], [0.1, 0.9], axis=0)
        return np.log(high / low)

    small, large = width(0.05), width(0.3)
    assert (large > small).all()
    share = study.base_population.sum(axis=(1, 2))[inhabited] / study.base_population.sum()
    assert (large > 2 * 1.28 * 0.3 * np.sqrt(1 - share) * 0.8).all(), "one city total is all that narrows it"


def test_bigger_districts_have_wider_intervals_in_persons(study: Study) -> None:
    total = study.demand.sum("setting").sel(year=2035)
    low, high = np.quantile(total, [0.1, 0.9], axis=0)
    assert np.corrcoef(high - low, np.median(total, axis=0))[0, 1] > 0.7


def test_growth_counts_every_district_once(study: Study) -> None:
    assert study.growth["p_top3"].sum() <= 3 + 1e-9, "a draw in which fewer than three grow names fewer than three"
    assert study.growth["district"].is_unique

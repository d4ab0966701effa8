"""Demand: persons x rate x local ratio, by hand and as laws."""

import numpy as np
import pytest

from carelab.forecast.care.cities_panel import KREIS_BANDS
from carelab.forecast.care.demand import (
    city_demand,
    control_local_ratios,
    demand_by_setting,
    district_rates,
    need_by_band,
    rate_ceiling,
)
from carelab.forecast.care.local_counts import draw_ratios, prior_ratios
from carelab.forecast.care.local_covariate import NO_SLOPE
from carelab.forecast.care.schedule import rates
from tests.unit.test_care_schedule import HAZARD

pytestmark = pytest.mark.unit
RNG = np.random.default_rng(2)
DRAWS, YEARS, DISTRICTS, SD = 2000, 2, 30, 0.16
PERSONS = RNG.uniform(5, 30, (YEARS, 1, DISTRICTS, 2, 91)).repeat(DRAWS, axis=1).astype(np.float32)
LEVELS = np.zeros((DRAWS, YEARS))
NEED = need_by_band(PERSONS, HAZARD, LEVELS)
PRIOR = prior_ratios(np.zeros(DISTRICTS), NO_SLOPE, SD, sd_unknown=SD)
RATIOS = control_local_ratios(NEED, draw_ratios(PRIOR, DRAWS, RNG), rate_ceiling(HAZARD, LEVELS))


def test_need_is_persons_times_rates() -> None:
    expected = (PERSONS[1, 0, 3].astype(float) * rates(HAZARD, 0.0))[:, 80:85].sum()
    assert NEED[0, 1, 3, KREIS_BANDS.index((80, 84))] == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(
        NEED.sum(axis=-1)[0, 0], (PERSONS[0, 0] * rates(HAZARD, 0.0)).sum(axis=(1, 2)), rtol=1e-5
    )


def test_local_ratios_keep_the_city_in_every_band() -> None:
    np.testing.assert_allclose((NEED * RATIOS).sum(axis=2), NEED.sum(axis=2), rtol=1e-12)


def test_an_interval_is_as_wide_as_the_evidence_alone() -> None:
    total = (NEED * RATIOS).sum(axis=-1)[:, 0]
    low, high = np.quantile(total, [0.1, 0.9], axis=0)
    evidence = 2 * 1.2816 * SD * np.sqrt(1 - 1 / DISTRICTS)  # the city's sum is known: it tells 1 / n
    assert np.median(np.log(high / low)) == pytest.approx(evidence, rel=0.05)


def test_settings_sum_to_all_people_in_need() -> None:
    logits = RNG.normal(0, 1, (DRAWS, YEARS, 7, 4))
    parts = demand_by_setting(NEED * RATIOS, logits)
    np.testing.assert_allclose(parts.sum(axis=2), (NEED * RATIOS).sum(axis=-1).transpose(0, 2, 1), rtol=1e-9)
    city = city_demand(PERSONS[:, 0].sum(axis=1), HAZARD, LEVELS, logits)
    np.testing.assert_allclose(city, parts.sum(axis=1), rtol=1e-5)


def test_district_rates_times_persons_is_need() -> None:
    rate = district_rates(HAZARD, LEVELS[:, 0], RATIOS[:, 0])
    cases = np.einsum("da,nda->nd", PERSONS[0, 0].reshape(DISTRICTS, -1), rate)
    np.testing.assert_allclose(cases, (NEED * RATIOS).sum(axis=-1)[:, 0], rtol=1e-5)


def test_no_care_rate_exceeds_one_and_the_city_stays() -> None:
    levels = np.full((DRAWS, YEARS), 1.3)  # a future of very high rates
    need = need_by_band(PERSONS, HAZARD, levels)
    ratios = control_local_ratios(
        need, draw_ratios(PRIOR, DRAWS, np.random.default_rng(5)), rate_ceiling(HAZARD, levels)
    )
    assert district_rates(HAZARD, levels[:, 0], ratios[:, 0]).max() <= 1 + 1e-6
    assert (ratios == rate_ceiling(HAZARD, levels)[:, :, None]).any(), "the ceiling binds in this case"
    np.testing.assert_allclose((need * ratios).sum(axis=2), need.sum(axis=2), rtol=1e-9)

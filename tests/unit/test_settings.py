"""Settings of care: shares sum to 1, meet the counts, move as the Land's did."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.care.settings import (
    Shares,
    age_profile,
    draw_shares,
    fit_shares,
    land_change,
    setting_counts,
    softmax,
    split,
    step_spread,
)
from carelab.inputs.reference import load_reference
from carelab.terms import UserError

pytestmark = pytest.mark.unit
REFERENCE = load_reference()
PROFILE = age_profile(REFERENCE.care_settings_age, until=2021)
NEED = np.array([3000.0, 900, 1200, 1500, 2500, 2400, 1900])
COUNTS = np.array([6600.0, 3100, 2990, 710])


def test_homes_are_for_the_oldest() -> None:
    shares = np.exp(PROFILE[:, :3])
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert shares[-1, 2] > 3 * shares[0, 2]


def test_counts_are_met() -> None:
    shift = fit_shares(NEED, COUNTS, PROFILE)
    np.testing.assert_allclose(split(NEED, PROFILE + shift), COUNTS / COUNTS.sum() * NEED.sum(), rtol=1e-6)


def test_what_no_setting_counts_is_grade_1() -> None:
    counted = {"pflegegeld": 50.0, "ambulant": 20.0, "vollstationaer": 20.0, "total": 100.0}
    np.testing.assert_allclose(setting_counts(counted, 2021), [50, 20, 20, 10])
    with pytest.raises(UserError, match=r"2021.*ambulant"):
        setting_counts({**counted, "ambulant": np.nan}, 2021)


def test_a_lands_change() -> None:
    area = REFERENCE.care_settings_area
    totals = REFERENCE.care_totals
    own = totals[totals["area"] == "15"].set_index("year")["people_in_need"]
    change = land_change(area, own, "15", (2021, 2023))
    homes = area[(area["area"] == "15") & (area["setting"] == "vollstationaer")].set_index("year")["persons"]
    assert change[2] == pytest.approx(np.log(homes[2023] / own[2023]) - np.log(homes[2021] / own[2021]))
    assert change[0] == change[1]
    for land, years in (("03", (2021, 2023)), ("15", (2021, 2022)), ("DG", (2021, 2023))):
        np.testing.assert_array_equal(land_change(area, pd.Series({2021: 1e5, 2023: 1e5}), land, years), 0.0)


def test_drawn_shares_sum_to_1_and_widen() -> None:
    sd = step_spread(REFERENCE.care_settings_area, REFERENCE.care_totals.query("level == 'kreis'"))
    assert ((sd > 0) & (sd < 0.5)).all()
    change = np.array([0.1, 0.1, -0.1, 0.0])
    shares = Shares(PROFILE, fit_shares(NEED, COUNTS, PROFILE), change, sd, 2021, 2023)
    logits = draw_shares(shares, 2040, damping=0.85, rng=np.random.default_rng(1), draws=500)
    assert logits.shape == (500, 20, 7, 4)
    drawn = softmax(logits)
    np.testing.assert_allclose(drawn.sum(axis=-1), 1.0)
    np.testing.assert_allclose(split(NEED, logits[:, 0]), np.tile(COUNTS / COUNTS.sum() * NEED.sum(), (500, 1)))
    assert (np.diff(drawn[:, :, 4, 2].std(axis=0)) > -0.002).all()
    np.testing.assert_allclose(np.median(logits[:, 2] - logits[:, 0], axis=0)[0], change, atol=0.03)

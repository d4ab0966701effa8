"""Laws of the gap in a study: places are conserved, probabilities are probabilities, better use closes gaps."""

import numpy as np
import pytest

from carelab.params import Params
from carelab.study import Study
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional


def test_places_are_the_citys_in_every_draw(study: Study) -> None:
    known = study.supply_known_places
    np.testing.assert_allclose(study.supply.sum("district"), known.total + known.changes)
    assert (study.supply.values >= known.known).all()


def test_gap_is_need_over_occupancy_minus_places(study: Study) -> None:
    needed = study.demand.sel(setting="vollstationaer") / study.params.occupancy
    np.testing.assert_allclose(study.gap_draws, needed - study.supply)
    np.testing.assert_allclose(study.gap_city["median"], np.median(study.gap_draws.sum("district"), axis=0), rtol=1e-12)


def test_probabilities_and_ranks(study: Study) -> None:
    table = study.gap
    inhabited = int(study.districts["ranked"].sum())
    assert table[["p_shortfall", "p_shortfall_places", "p_five_worst"]].stack().between(0, 1).all()
    for _, rows in table.groupby("year"):
        assert rows["p_five_worst"].sum() == pytest.approx(min(5, inhabited))
        assert sorted(rows["rank"].dropna()) == list(range(1, inhabited + 1))
    assert study.gap_city["p_shortfall"].between(0, 1).all()


def test_a_larger_limit_and_fuller_homes_are_less_often_short(study: Study) -> None:
    strict = Study(Params(draws=DRAWS, shortfall_places=100, occupancy=1.0)).gap
    assert (strict["p_shortfall_places"] <= study.gap["p_shortfall_places"]).all()
    assert (strict["median"] <= study.gap["median"]).all()

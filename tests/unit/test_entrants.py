"""Who grows old out of a group that does not tell its ages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from carelab.forecast.small_area.ages import Bands
from carelab.forecast.small_area.entrants import hidden_edges, mean_entrants

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("starts", "cells", "hidden"),
    [
        ((0, 20, 65), (0, 2), [1]),  # 20-64 hides who turns 65
        ((0, 15, 65, 80), (0, 2, 3), [1]),  # 65-79 tells who turns 80: few move
        (tuple(range(0, 85, 5)), (0, 13, 15, 16), []),
        ((0, 18, 60, 65), (0, 3), []),  # 60-64 tells who turns 65
    ],
)
def test_only_edges_above_wide_young_groups_are_hidden(starts, cells, hidden):
    assert hidden_edges(Bands(np.array(starts)), np.array(cells)).tolist() == hidden


@given(arrays(float, (4, 3), elements=st.floats(50, 150)), arrays(float, (4, 3), elements=st.floats(50, 150)))
def test_sums_from_the_edge_up_are_geometric_means_and_only_its_own_cell_changes(cohorts, last):
    cohorts[:, 1] += 400.0  # the edge's own cell is large enough to take up the difference
    last[:, 1] += 400.0
    mean = mean_entrants(cohorts, last, np.array([1]))
    assert mean[:, [0, 2]] == pytest.approx(cohorts[:, [0, 2]])
    product = cohorts[:, 1:].sum(axis=1) * last[:, 1:].sum(axis=1)
    assert mean[:, 1:].sum(axis=1) ** 2 == pytest.approx(product)


def test_unknown_ratios_leave_the_cohorts_alone():
    cohorts = np.array([[100.0, 30.0], [200.0, 50.0]])
    last = np.array([[90.0, np.nan], [210.0, 40.0]])
    mean = mean_entrants(cohorts, last, np.array([1]))
    assert mean[0].tolist() == [100.0, 30.0]
    assert mean[1, 1] == pytest.approx(np.sqrt(50 * 40))

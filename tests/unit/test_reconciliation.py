"""MinT against its reference value and its textbook form; sums in every draw; no negatives."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import nnls

from carelab.forecast.reconciliation import (
    hierarchy_from_levels,
    hierarchy_from_matrix,
    reconcile,
    shrunk_covariance,
    structural_variance,
)

pytestmark = pytest.mark.unit
REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text(encoding="utf-8"))
TREE = hierarchy_from_levels(list("aabbbcc"), list("xxxxxyy"))


def draws(rng: np.random.Generator) -> np.ndarray:
    return TREE.add_up(rng.uniform(5, 50, (200, 7))) + rng.normal(0, 2, (200, sum(TREE.shape)))


@pytest.mark.parametrize("weights", [np.array([9.0, 4, 1, 2]), np.diag([9.0, 4, 1, 2])])
def test_reference_value(weights: np.ndarray) -> None:
    found = reconcile(np.array([100.0, 40, 25, 30]), hierarchy_from_matrix(np.ones((1, 3))), weights)
    assert found == pytest.approx(REFERENCE["mint"], abs=1e-9)


def test_equals_the_textbook_form() -> None:
    rng = np.random.default_rng(4)
    forecasts, weights = draws(rng), shrunk_covariance(rng.normal(0, 1, (10, sum(TREE.shape))))
    summing = TREE.add_up(np.eye(7)).T
    inverse = np.linalg.inv(weights)
    textbook = summing @ np.linalg.solve(summing.T @ inverse @ summing, summing.T @ inverse @ forecasts.T)
    assert reconcile(forecasts, TREE, weights, nonnegative=False) == pytest.approx(textbook.T, abs=1e-8)


@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_sums_hold_in_every_draw_and_nothing_is_negative(scale: float) -> None:
    forecasts = scale * (draws(np.random.default_rng(5)) - 12)
    found = reconcile(forecasts, TREE, structural_variance(TREE))
    assert (forecasts < 0).any()
    assert (found >= 0).all()
    assert TREE.largest_gap(found) <= 1e-6
    assert np.abs(found[:, 0] - found[:, -7:].sum(axis=1)).max() <= 1e-6
    assert np.abs(found[:, 3] - found[:, -7:-5].sum(axis=1)).max() <= 1e-6


def test_nonnegative_is_close_to_the_constrained_optimum() -> None:
    forecasts = draws(np.random.default_rng(6)) - 12
    weights = structural_variance(TREE)
    summing = TREE.add_up(np.eye(7)).T
    found = reconcile(forecasts, TREE, weights)
    for one, ours in zip(forecasts[:50], found, strict=False):
        _, best = nnls(summing / np.sqrt(weights)[:, None], one / np.sqrt(weights))
        assert np.linalg.norm((one - ours) / np.sqrt(weights)) <= 1.05 * best + 1e-9


def test_coherent_forecasts_stay() -> None:
    coherent = TREE.add_up(np.random.default_rng(7).uniform(0, 9, (3, 2, 7)))
    assert reconcile(coherent, TREE, structural_variance(TREE)) == pytest.approx(coherent, abs=1e-10)


def test_shrunk_covariance_is_positive_where_the_sample_is_singular() -> None:
    errors = np.random.default_rng(8).normal(0, 1, (6, 30))
    assert np.linalg.eigvalsh(shrunk_covariance(errors)).min() > 0
    assert np.diag(shrunk_covariance(errors)) == pytest.approx(errors.var(axis=0))


def test_bad_hierarchies_and_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="0 and 1"):
        hierarchy_from_matrix(np.full((1, 3), 2.0))
    with pytest.raises(ValueError, match="without parts"):
        hierarchy_from_matrix(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="as many forecasts"):
        reconcile(np.ones(3), TREE, structural_variance(TREE))

"""Das Gupta and Kitagawa against independently computed values, and the conventions for uninhabited areas."""

import json
from pathlib import Path

import numpy as np
import pytest

from carelab.forecast.decomposition import das_gupta, kitagawa

pytestmark = pytest.mark.unit

REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text())
PEOPLE0, PEOPLE1 = np.array([9000.0, 1500, 600, 200]), np.array([8600.0, 1600, 750, 300])
RATES0, RATES1 = np.array([0.01, 0.08, 0.25, 0.55]), np.array([0.012, 0.10, 0.31, 0.66])


def test_das_gupta_equals_reference() -> None:
    parts, expected = das_gupta(PEOPLE0, PEOPLE1, RATES0, RATES1), REFERENCE["das_gupta"]
    for factor in ("population", "ageing", "prevalence", "total"):
        assert float(getattr(parts, factor)) == pytest.approx(expected[factor], rel=0, abs=1e-9)
    np.testing.assert_allclose((PEOPLE0 @ RATES0, PEOPLE1 @ RATES1), (expected["cases0"], expected["cases1"]))


def test_kitagawa_equals_reference() -> None:
    parts = kitagawa(PEOPLE0, PEOPLE1, RATES0, RATES1)
    for name, value in REFERENCE["kitagawa"].items():
        assert float(getattr(parts, name)) == pytest.approx(value, rel=0, abs=1e-9)


def test_only_one_factor_changes() -> None:
    size, ageing, rates = (
        das_gupta(PEOPLE0, 2 * PEOPLE0, RATES0, RATES0),
        das_gupta(PEOPLE0, PEOPLE0[::-1], RATES0, RATES0),
        das_gupta(PEOPLE0, PEOPLE0, RATES0, RATES1),
    )
    np.testing.assert_allclose(size, (PEOPLE0 @ RATES0, 0, 0), atol=1e-9)
    np.testing.assert_allclose(ageing, (0, (PEOPLE0[::-1] - PEOPLE0) @ RATES0, 0), atol=1e-9)
    np.testing.assert_allclose(rates, (0, 0, PEOPLE0 @ (RATES1 - RATES0)), atol=1e-9)


def test_newly_built_district_has_no_ageing() -> None:
    parts = das_gupta(np.zeros(4), PEOPLE1, RATES0, RATES1)
    assert parts.ageing == 0
    assert parts.population > 0
    assert parts.total == pytest.approx(PEOPLE1 @ RATES1)


def test_never_inhabited_district_gets_zeros() -> None:
    np.testing.assert_array_equal(das_gupta(np.zeros(4), np.zeros(4), RATES0, RATES1), np.zeros(3))


def test_draws_and_districts_are_decomposed_at_once() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.uniform(0, 90, (5, 1)), rng.uniform(0, 90, (7, 3, 5, 1))
    before, after = np.repeat(before, 4, axis=1), np.repeat(after, 4, axis=-1)
    parts = das_gupta(before, after, RATES0, RATES1)
    assert parts.ageing.shape == (7, 3, 5)
    one = das_gupta(before[2], after[6, 1, 2], RATES0, RATES1)
    np.testing.assert_allclose([part[6, 1, 2] for part in parts], one, rtol=1e-12, atol=1e-12)


def test_integers_and_float32_are_summed_in_double() -> None:
    parts = das_gupta(PEOPLE0.astype(int), PEOPLE1.astype(np.float32), RATES0, RATES1)
    assert float(parts.total) == pytest.approx(REFERENCE["das_gupta"]["total"], abs=1e-9)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="same age-sex cells"):
        das_gupta(PEOPLE0, PEOPLE1[:1], RATES0, RATES1)
    with pytest.raises(ValueError, match="negative"):
        das_gupta(-PEOPLE0, PEOPLE1, RATES0, RATES1)

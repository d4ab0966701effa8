"""Floating catchment areas against the reference values, PySAL access and laws that any access must obey."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from access.fca import three_stage_fca, two_stage_fca
from hypothesis import given
from hypothesis import strategies as st

from carelab.planning.access import decay, floating
from carelab.planning.access.catchment import catchment_of_matrix, catchment_of_pairs
from carelab.terms import UserError

pytestmark = pytest.mark.unit

REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text(encoding="utf-8"))["fca"]
DEMAND, SUPPLY = np.array([100.0, 200.0, 50.0]), np.array([20.0, 15.0])
MINUTES = np.array([[5.0, 25.0], [12.0, 8.0], [28.0, 9.0]])
LIMITS, WEIGHTS = (10.0, 20.0, 30.0), (1.0, 0.68, 0.22)


def test_reference_values() -> None:
    near = catchment_of_matrix(MINUTES, decay.within(20))
    stepped = catchment_of_matrix(MINUTES, decay.steps(LIMITS, WEIGHTS))
    assert floating.two_step(near, DEMAND, SUPPLY) == pytest.approx(REFERENCE["two_sfca"], rel=1e-9)
    assert floating.two_step(stepped, DEMAND, SUPPLY) == pytest.approx(REFERENCE["e2sfca"], rel=1e-9)
    assert floating.balanced(stepped, DEMAND, SUPPLY)[0] == pytest.approx(REFERENCE["bfca"], rel=1e-9)


@st.composite
def cities(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return demand, supply and minutes of a city that may have empty zones, sites out of reach, or one origin."""
    origins, sites = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    demand = rng.integers(0, 500, origins) * rng.integers(0, 2, origins)
    minutes = rng.uniform(0, 60, (origins, sites))
    minutes[rng.random((origins, sites)) < 0.2] = np.nan
    return demand.astype(float), rng.integers(0, 90, sites).astype(float), minutes


@given(cities())
def test_supply_demand_and_levels_are_conserved(city: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    demand, supply, minutes = city
    weights = catchment_of_matrix(minutes, decay.steps(LIMITS, WEIGHTS))
    reached = supply[~floating.unreached(weights, demand)].sum()
    for method in (floating.two_step, floating.three_step):
        access = method(weights, demand, supply)
        assert np.isfinite(access).all()
        assert (access >= 0).all()
        assert demand @ access == pytest.approx(reached, rel=1e-12)
    access, level = floating.balanced(weights, demand, supply)
    assert np.isfinite(access).all()
    assert access.sum() == pytest.approx(level.sum(), rel=1e-12)
    served = np.asarray(weights.sum(axis=1)).ravel() > 0
    allocated = demand @ floating.standardised(weights, axis=1).toarray()
    assert allocated.sum() == pytest.approx(demand[served].sum(), rel=1e-12)
    assert (access[~served] == 0).all()


@given(cities())
def test_equal_to_the_formulas_written_out(city: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    demand, supply, minutes = city
    weights = catchment_of_matrix(minutes, decay.steps(LIMITS, WEIGHTS)).toarray()
    sparse_weights = catchment_of_matrix(minutes, decay.steps(LIMITS, WEIGHTS))
    for method, used in ((floating.two_step, weights), (floating.three_step, preferred(weights))):
        expected = np.zeros(len(demand))
        for j in range(len(supply)):
            competing = sum(demand[i] * used[i, j] for i in range(len(demand)))
            for i in range(len(demand)):
                expected[i] += used[i, j] * supply[j] / competing if competing else 0.0
        assert method(sparse_weights, demand, supply) == pytest.approx(expected, rel=1e-9, abs=1e-15)


def preferred(weights: np.ndarray) -> np.ndarray:
    total = weights.sum(axis=1, keepdims=True)
    return weights * np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)


def test_equal_to_pysal_access() -> None:
    rng = np.random.default_rng(7)
    demand, supply = rng.integers(1, 500, 60).astype(float), rng.integers(1, 90, 9).astype(float)
    minutes = rng.uniform(0, 29, (60, 9))
    long = pd.DataFrame({"origin": np.repeat(range(60), 9), "dest": np.tile(range(9), 60), "cost": minutes.ravel()})
    people = pd.DataFrame({"geoid": range(60), "demand": demand}).set_index("geoid", drop=False)
    people.index.name = None
    places = pd.DataFrame({"supply": supply}, index=pd.RangeIndex(9, name="geoid"))
    stepped = decay.steps(LIMITS, WEIGHTS)
    weights = catchment_of_pairs(long.rename(columns={"dest": "site"}), pd.RangeIndex(60), pd.RangeIndex(9), stepped)
    one = lambda cost: float(stepped(np.array([cost]))[0])  # noqa: E731
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = two_stage_fca(people, places, long, max_cost=30, weight_fn=one)
        three = three_stage_fca(people, places, long, max_cost=30, weight_fn=one)
    assert floating.two_step(weights, demand, supply) == pytest.approx(plain.to_numpy(), rel=1e-9)
    assert floating.three_step(weights, demand, supply) == pytest.approx(three.to_numpy(), rel=1e-9)


def test_draws_are_computed_as_each_alone() -> None:
    rng = np.random.default_rng(3)
    weights = catchment_of_matrix(rng.uniform(0, 40, (8, 5)), decay.gaussian(12, limit=30))
    demand, supply = rng.uniform(0, 9, (4, 8)), rng.uniform(0, 9, (4, 5))
    together = floating.balanced(weights, demand, supply)[0]
    alone = [floating.balanced(weights, demand[d], supply[d])[0] for d in range(4)]
    assert together == pytest.approx(np.array(alone), rel=1e-12)


@pytest.mark.parametrize(
    ("origin", "site", "cost", "sentence"),
    [
        ("x", "s", 5.0, "unbekannter Ausgangspunkt x"),
        ("a", "x", 5.0, "unbekannter Standort x"),
        ("a", "s", -1.0, "fehlt oder ist negativ, ab a"),
        ("b", "s", 5.0, "doppelt, ab b"),
    ],
)
def test_bad_pairs_are_named(origin: str, site: str, cost: float, sentence: str) -> None:
    pairs = pd.DataFrame({"origin": [origin, "b", "a"], "site": [site, "s", "t"], "cost": [cost, 7.0, 9.0]})
    with pytest.raises(UserError, match=sentence):
        catchment_of_pairs(pairs, pd.Index(["a", "b"]), pd.Index(["s", "t"]), decay.within(10))


def test_an_origin_that_the_matrix_does_not_cover_is_named() -> None:
    pairs = pd.DataFrame({"origin": ["b"], "site": ["s"], "cost": [7.0]})
    with pytest.raises(UserError, match="Ausgangspunkt ohne Reisezeit a"):
        catchment_of_pairs(pairs, pd.Index(["a", "b"]), pd.Index(["s"]), decay.within(10))

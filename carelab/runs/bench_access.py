"""The benchmark's rows about access: side by side with PySAL access on its own long cost table, building included."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.planning.access import decay, floating
from carelab.planning.access.catchment import Array, Decay, catchment_of_matrix, catchment_of_pairs
from carelab.runs.bench_table import Row, median_seconds

ORIGINS, SITES, REACHED = 50_000, 500, 100
LIMITS, WEIGHTS = (10.0, 20.0, 30.0), (1.0, 0.68, 0.22)
NAMES = {"origin": "origin", "dest": "site", "cost": "cost"}


@dataclass(frozen=True)
class City:
    """A made-up city: demand (origin), supply (site), the long table of costs with columns origin, dest, cost."""

    demand: Array
    supply: Array
    long: pd.DataFrame


def made_up_city(origins: int, sites: int, reached: int) -> City:
    """Return a city in which each origin has a cost to ``reached`` sites, in the order of a travel-time matrix."""
    rng = np.random.default_rng(20261122)
    chosen = np.sort(np.argsort(rng.random((origins, sites)), axis=1)[:, :reached], axis=1)
    long = pd.DataFrame({"origin": np.repeat(np.arange(origins), reached), "dest": chosen.ravel()})
    long["cost"] = rng.uniform(0, 29, len(long))
    return City(rng.integers(1, 300, origins).astype(float), rng.integers(1, 150, sites).astype(float), long)


def ours(city: City, method: Callable[..., Array], weight: Decay) -> Array:
    """Return access by carelab, the catchment matrix built anew."""
    pairs = city.long.rename(columns=NAMES)
    weights = catchment_of_pairs(pairs, pd.RangeIndex(len(city.demand)), pd.RangeIndex(len(city.supply)), weight)
    return method(weights, city.demand, city.supply)


def theirs(city: City, name: str) -> Array:
    """Return access by PySAL, whose frames are indexed by the keys."""
    from access import fca
    from access.weights import step_fn

    people = pd.DataFrame({"geoid": np.arange(len(city.demand)), "demand": city.demand})
    places = pd.DataFrame({"supply": city.supply}, index=pd.RangeIndex(len(city.supply), name="geoid"))
    stepped = step_fn(dict(zip(LIMITS, WEIGHTS, strict=True)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name == "3SFCA":
            found = fca.three_stage_fca(people, places, city.long, max_cost=LIMITS[-1], weight_fn=stepped)
        else:
            limit, weight = (LIMITS[1], None) if name == "2SFCA" else (LIMITS[-1], stepped)
            found = fca.two_stage_fca(people, places, city.long, max_cost=limit, weight_fn=weight)
    return np.asarray(found.reindex(np.arange(len(city.demand))).fillna(0), np.float64)


def access_rows(*, quick: bool) -> Iterator[Row]:
    """Yield speed and agreement for 2SFCA, E2SFCA and 3SFCA, and the time of 1,000 draws."""
    city = made_up_city(ORIGINS // (20 if quick else 1), SITES, REACHED)
    stepped = decay.steps(LIMITS, WEIGHTS)
    for name, method, weight, target in (
        ("2SFCA", floating.two_step, decay.within(LIMITS[1]), 5),
        ("E2SFCA", floating.two_step, stepped, 15),
        ("3SFCA", floating.three_step, stepped, 40),
    ):
        found: dict[str, Array] = {}
        mine = median_seconds(lambda: found.update(ours=ours(city, method, weight)), 3)  # noqa: B023
        other = median_seconds(lambda: found.update(theirs=theirs(city, name)), 1)  # noqa: B023
        apart = float(np.max(np.abs(found["ours"] - found["theirs"]) / np.maximum(found["theirs"], 1e-12)))
        what = f"{name}, {len(city.demand):,} origins x {SITES} sites, {len(city.long):,} pairs: seconds"
        ratio = other / mine
        yield Row(
            what,
            f"{mine:.2f}",
            f"{other:.2f}",
            f"{ratio:.1f}",
            f"at least {target}",
            None if quick else ratio >= target,
        )
        yield Row(
            "  largest relative difference to PySAL access", f"{apart:.0e}", "", "", "at most 1e-9", apart <= 1e-9
        )
    yield _draws()


def _draws() -> Row:
    rng = np.random.default_rng(3)
    weights = catchment_of_matrix(rng.uniform(0, 40, (160, 200)), decay.steps(LIMITS, WEIGHTS))
    demand, supply = rng.uniform(1, 900, (1000, 160)), rng.uniform(1, 99, (1000, 200))
    seconds = median_seconds(lambda: floating.three_step(weights, demand, supply), 3)
    return Row(
        "3SFCA in 1,000 draws, 160 districts x 200 sites: seconds",
        f"{seconds:.2f}",
        "",
        "",
        "at most 10",
        seconds <= 10,
    )

"""Reach: people as points, walking time, sites that are drawn, supply per head over draws, hot spots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.planning.access import floating, hotspots, needs, places, reach, scatter, travel
from carelab.planning.access.catchment import catchment_of_matrix
from carelab.terms import UserError

pytestmark = pytest.mark.unit


def districts(count: int, *, apart: float = 0.03) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "district": [f"{i:02d}" for i in range(count)],
            "area_ha": np.linspace(80, 400, count),
            "lon": 11.0 + apart * np.arange(count),
            "lat": 52.0,
            "lon_people": np.nan,
            "lat_people": np.nan,
        }
    )


def test_points_fill_a_disc_around_a_districts_people() -> None:
    table = districts(3).assign(lon_people=[np.nan, 11.035, np.nan], lat_people=[np.nan, 52.002, np.nan])
    plane = places.plane_of(table)
    points = places.spread_points(table, plane, points=400)
    lon, lat = places.centres(table)
    assert lon[1] == 11.035
    for i, centre in enumerate(plane.metres(lon, lat)):
        own = points.at[points.district == i]
        radius = places.SPREAD * places.radii(table)[i]
        assert own.mean(axis=0) == pytest.approx(centre, abs=1e-6)
        away = np.hypot(*(own - centre).T)
        assert away.max() <= 1.05 * radius
        assert np.mean(away**2) == pytest.approx(radius**2 / 2, rel=0.02)  # as of a uniform disc


def test_mean_distance_within_a_disc_is_the_constant_used() -> None:
    rng = np.random.default_rng(1)
    turn, far = rng.uniform(0, 2 * np.pi, (2, 200_000)), np.sqrt(rng.random((2, 200_000)))
    apart = np.hypot(*(far[0] * [np.cos(turn[0]), np.sin(turn[0])] - far[1] * [np.cos(turn[1]), np.sin(turn[1])]))
    assert apart.mean() == pytest.approx(places.WITHIN, abs=0.005)


def test_metres_agree_with_the_sphere() -> None:
    plane = places.Plane(11.6, 52.1)
    a, b = plane.metres(np.array([11.55, 11.7]), np.array([52.05, 52.2]))
    lon, lat = np.radians([11.55, 11.7]), np.radians([52.05, 52.2])
    angle = np.arccos(np.sin(lat[0]) * np.sin(lat[1]) + np.cos(lat[0]) * np.cos(lat[1]) * np.cos(lon[1] - lon[0]))
    assert float(np.hypot(*(a - b))) == pytest.approx(6_371_000 * angle, rel=0.003)


def test_a_grid_says_where_people_live_and_a_hidden_cell_is_not_empty() -> None:
    table = districts(2)
    grid = pd.DataFrame(
        {
            "cell": list("abcd"),
            "district": "00",
            "lon": [11.0, 11.0001, 11.008, 11.0],
            "lat": [52.0, 52.0, 52.0, 52.006],
            "persons": [30.0, 10.0, 59.0, np.nan],
        }
    )
    points = places.grid_points(grid, table, places.plane_of(table))
    own = points.district == 0
    assert sorted(points.weight[own]) == pytest.approx([0.01, 0.4, 0.59])
    assert (points.district == 1).sum() == places.POINTS  # no cell: its people stay spread
    shares = points.shares(5, 2, np.random.default_rng(0))
    assert (shares == shares[0]).all()  # nothing is drawn where the grid tells


def test_drawn_shares_add_up_in_every_district() -> None:
    points = places.spread_points(districts(4), places.plane_of(districts(4)))
    shares = points.shares(30, 4, np.random.default_rng(2))
    for i in range(4):
        assert shares[:, points.district == i].sum(axis=1) == pytest.approx(1.0)
    assert shares.std() > 0.02


def test_paces_lie_within_the_stated_ranges_and_around_the_usual_one() -> None:
    paces = travel.paces(10)
    low = travel.DETOUR_RANGE[0] / (60 * travel.SPEED_RANGE[1])
    high = travel.DETOUR_RANGE[1] / (60 * travel.SPEED_RANGE[0])
    assert (np.diff(paces) > 0).all()
    assert low < paces[0] < travel.usual_pace() < paces[-1] < high
    rng = np.random.default_rng(3)
    drawn = rng.uniform(*travel.DETOUR_RANGE, 100_000) / (60 * rng.uniform(*travel.SPEED_RANGE, 100_000))
    assert paces == pytest.approx(np.quantile(drawn, (np.arange(10) + 0.5) / 10), rel=0.005)
    assert 30 / travel.usual_pace() / 1000 / 0.5 < 2.8  # straight km an hour: no 30-year-old


MATRIX = pd.DataFrame({"origin": ["a", "a", "b"], "site": ["s", "t", "s"], "minutes": [5.0, 9.0, 7.0], "mode": "walk"})
ORIGINS, SITES = pd.Series(["a", "b", "c"]), pd.Series(["s", "t", "u"])


def test_an_own_matrix_is_taken_as_it_is() -> None:
    minutes = travel.matrix_minutes(MATRIX, ORIGINS, SITES, mode="walk", needed=np.array([True, True, False]))
    np.testing.assert_array_equal(minutes, [[5, 9, np.nan], [7, np.nan, np.nan], [np.nan] * 3])


@pytest.mark.parametrize(
    ("changes", "needed", "sentence"),
    [
        ({}, [True] * 3, r"travel_times.csv \(walk\): bewohnter Stadtteil ohne Reisezeit c"),
        ({"origin": ["a", "a", "x"]}, [True, False, False], "unbekannter Ausgangspunkt x"),
        ({"site": ["s", "t", "x"]}, [True, True, False], "unbekannter Standort x"),
    ],
)
def test_a_matrix_that_does_not_fit_is_refused(changes: dict, needed: list[bool], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        travel.matrix_minutes(MATRIX.assign(**changes), ORIGINS, SITES, mode="walk", needed=np.array(needed))


@st.composite
def grounds(draw: st.DrawFn) -> tuple[reach.Ground, np.ndarray, np.ndarray, scatter.Scattered]:
    """Return a random city: empty districts, sites out of reach, sites nobody located, one district alone."""
    count, sites = draw(st.integers(1, 5)), draw(st.integers(0, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    table = districts(count, apart=draw(st.sampled_from([0.001, 0.02, 0.5])))
    points = places.spread_points(table, places.plane_of(table), points=3)
    at = rng.normal(0, 4000, (sites, 2))
    ground = reach.ground_of_lines(points, at, count, draws=12, rng=rng)
    demand = rng.integers(0, 400, (12, count)) * rng.integers(0, 2, count)
    rest = rng.integers(0, 90, (12, count)) * rng.integers(0, 2, count)
    placed = scatter.scatter_places(points, rest.astype(float), size=30, rng=rng)
    return ground, demand.astype(float), rng.integers(1, 90, (12, sites)).astype(float), placed


@given(grounds())
@settings(deadline=None)
def test_access_equals_each_draw_alone_and_conserves_supply(
    city: tuple[reach.Ground, np.ndarray, np.ndarray, scatter.Scattered],
) -> None:
    ground, demand, sizes, placed = city
    sites = np.arange(sizes.shape[1])
    found = ground.access(demand, sites, sizes, placed, method="e2sfca", form="steps")
    assert np.isfinite(found).all()
    for draw in range(len(demand)):
        pace = ground.paces[ground.stratum[draw]]
        metres = np.concatenate([ground.to_sites, ground.inner], axis=1)
        weights = catchment_of_matrix(metres * pace, reach.DECAYS["steps"])
        people = demand[draw, ground.points.district] * ground.shares[draw]
        supply = np.concatenate([sizes[draw], placed.by_point(len(ground.points.weight))[draw]])
        assert supply.sum() == pytest.approx(sizes[draw].sum() + placed.size[draw].sum())
        alone = floating.two_step(weights, people, supply)
        assert found[draw] == pytest.approx(ground.by_district(np.tile(alone, (12, 1)))[draw], rel=1e-9, abs=1e-15)
        reached = supply[~floating.unreached(weights, people)].sum()
        assert demand[draw] @ found[draw] == pytest.approx(reached, rel=1e-9)
    for method in ("2sfca", "3sfca", "bfca"):
        assert np.isfinite(ground.access(demand, sites, sizes, placed, method=method, form="within")).all()


@given(grounds())
@settings(deadline=None)
def test_minutes_are_those_of_the_nearest_site_of_each_draw(
    city: tuple[reach.Ground, np.ndarray, np.ndarray, scatter.Scattered],
) -> None:
    ground, _, sizes, placed = city
    minutes = ground.minutes(np.arange(sizes.shape[1]), placed)
    for draw in (0, 11):
        here = placed.point[draw][placed.point[draw] >= 0]
        metres = np.concatenate([ground.to_sites, ground.inner[:, here]], axis=1)
        nearest = metres.min(axis=1, initial=np.inf) * ground.paces[ground.stratum[draw]]
        assert minutes[draw] == pytest.approx(nearest, rel=1e-5)


def test_scattered_places_keep_their_sum_and_their_district() -> None:
    table = districts(4)
    points = places.spread_points(table, places.plane_of(table))
    rest = np.array([[0.0, 20.0, 500.0, 61.0]] * 50)
    placed = scatter.scatter_places(points, rest, size=60, rng=np.random.default_rng(5))
    supply = placed.by_point(len(points.weight))
    for i in range(4):
        assert supply[:, points.district == i].sum(axis=1) == pytest.approx(rest[:, i])
    homes = (placed.size > 0).reshape(50, 4, -1).sum(axis=2)
    assert (homes == [0, 1, scatter.MOST_HOMES, 1]).all()


def test_sites_without_a_point_go_where_people_are() -> None:
    table = districts(4).assign(lon=[11.0, np.nan, 11.1, 11.2])  # nobody knows where district 1 lies
    points = places.spread_points(table, places.plane_of(table), points=4)
    skewed = places.Points(points.district, points.at, np.tile([0.7, 0.1, 0.1, 0.1], 3), points.radius, False)
    rng = np.random.default_rng(6)
    at = scatter.draw_points(skewed, np.tile([0, 1, 2, 3, -1], (20_000, 1)), rng)
    assert (at[:, [1, 4]] == -1).all()
    assert (skewed.district[at[:, [0, 2, 3]]] == [0, 2, 3]).all()
    assert np.mean(at[:, 2] == 4) == pytest.approx(0.7, abs=0.02)
    old = np.array([100.0, 900.0, 300.0, 0.0])
    lost = scatter.scatter_sites(points, np.array([-1]), old=old, draws=20_000, rng=rng)
    share = np.bincount(points.district[lost.point[:, 0]], minlength=4) / 20_000
    assert share == pytest.approx([0.25, 0, 0.75, 0], abs=0.02)


def test_sizes_not_known_are_like_known_ones() -> None:
    sizes = needs.draw_sizes(np.array([12.0, np.nan, 40.0]), 500, np.random.default_rng(0))
    assert (sizes[:, [0, 2]] == [12, 40]).all()
    assert set(sizes[:, 1]) == {12.0, 40.0}
    assert (needs.draw_sizes(np.array([np.nan]), 3, np.random.default_rng(0)) == 1).all()


def test_lowest_tenth_by_hand() -> None:
    access = np.array([[1.0, 2.0, 3.0, np.nan], [5.0, 2.0, 3.0, np.nan], [0.0, 0.0, 3.0, np.nan]])
    people = np.array([[5.0, 40.0, 55.0, 10.0]] * 3)
    found = reach.in_lowest_tenth(access, people)
    # draw 1: the first (5 %) and, since they are less than a tenth, the second; draw 2: the second alone; draw 3: both
    assert found == pytest.approx([2 / 3, 1.0, 0.0, np.nan], nan_ok=True)
    nobody = reach.in_lowest_tenth(access[:, :3], np.array([[0.0, 40.0, 55.0]] * 3))
    assert np.isnan(nobody[0])
    assert nobody[1] == 1.0


def test_hot_spots_find_what_is_planted_and_little_in_noise() -> None:
    rng = np.random.default_rng(4)
    side = np.arange(7) * 1000.0
    at = np.array([(x, y) for x in side for y in side])
    poor = (at[:, 0] < 2500) & (at[:, 1] < 2500)
    found = hotspots.hot_spots(rng.normal(10, 1, 49) - 6 * poor, at, seed=1)
    assert found is not None
    assert (found.loc[poor, "cluster"] == "low_low").mean() >= 0.7
    noise = [hotspots.hot_spots(rng.normal(size=49), at, seed=seed) for seed in range(5)]
    named = [int((table["cluster"] != "").sum()) for table in noise if table is not None]
    loud = [int((table["p_moran"] <= 0.05).sum()) for table in noise if table is not None]
    assert sum(named) <= 2 < sum(loud)  # single p-values find something every time; the false discovery rate does not
    again = hotspots.hot_spots(rng.normal(10, 1, 49), at, seed=1)
    assert again is not None
    assert hotspots.hot_spots(np.arange(19.0), at[:19], seed=1) is None
    assert hotspots.hot_spots(np.ones(49), at, seed=1) is None


def test_decay_matters_where_people_share_sites() -> None:
    table = districts(3, apart=0.012).assign(area_ha=20.0)
    points = places.spread_points(table, places.plane_of(table))
    ground = reach.ground_of_lines(points, np.zeros((1, 2)), 3, draws=20, rng=np.random.default_rng(8))
    demand, sizes = np.full((20, 3), 100.0), np.full((20, 1), 30.0)
    at = np.array([0])
    near, far = (
        ground.access(demand, at, sizes, scatter.nowhere(20), method="e2sfca", form=form).mean(axis=0)
        for form in ("gaussian", "within")
    )
    assert near[1] / near[2] > 1.2 * far[1] / far[2]  # the middle district has the site


def test_districts_without_areas_are_as_large_as_their_spacing_lets_them_be() -> None:
    """Five centres in a row, 1 km apart: inside the next three are 1, 1 and 2 km away, at the ends 1, 2 and 3 km."""
    step = 1000 / 111_195
    rows = pd.DataFrame({"lon": 10.0, "lat": 52.0 + step * np.arange(5), "lon_people": np.nan, "lat_people": np.nan})
    found = places.radii(rows.assign(area_ha=np.nan))
    expected = 1000 * places.SPACING * np.array([2.0, 4 / 3, 4 / 3, 4 / 3, 2.0])
    assert found == pytest.approx(expected, rel=1e-6)
    half_known = places.radii(rows.assign(area_ha=[100.0, np.nan, np.nan, np.nan, 300.0]))
    assert half_known == pytest.approx(np.sqrt(np.array([100, 200, 200, 200, 300]) * 1e4 / np.pi))

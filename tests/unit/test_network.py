"""Ways over a network: a town of straight streets, where the shortest way is known by arithmetic."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.inputs.formats.osm import walkable
from carelab.planning.access import network, places, reach, travel
from carelab.terms import UserError

pytestmark = pytest.mark.unit

Edges = list[tuple[tuple[float, float], tuple[float, float]]]


def net(edges: Edges) -> network.Network:
    nodes = list(dict.fromkeys(point for edge in edges for point in edge))
    start, end = (np.array([nodes.index(edge[side]) for edge in edges]) for side in (0, 1))
    return network.build_network(np.array(nodes, float), start, end)


def chessboard(size: int, step: float) -> Edges:
    """Return streets between all neighbours of a chessboard."""
    lines = [[(i * step, j * step) for j in range(size)] for i in range(size)]
    rows = [edge for line in lines for edge in pairwise(line)]
    return rows + [edge for line in zip(*lines, strict=True) for edge in pairwise(line)]


BOARD = net(chessboard(8, 130.0))


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=2, max_size=6))
@settings(deadline=None, max_examples=30)
def test_between_corners_of_a_chessboard_the_way_is_the_taxi_drivers(corners: list[tuple[int, int]]) -> None:
    at = 130.0 * np.array(corners, float)
    taxi = np.abs(at[:, None] - at[None]).sum(axis=2)
    assert network.walks(BOARD, at, at) == pytest.approx(taxi, abs=1e-2)


def test_from_a_door_beside_the_street_the_way_to_it_counts_with_the_detour() -> None:
    street = net([((0.0, 0.0), (1000.0, 0.0))])
    metres = network.walks(street, np.array([[200.0, 30.0]]), np.array([[800.0, 50.0]]))
    assert metres[0, 0] == pytest.approx(600 + travel.DETOUR * (30 + 50), abs=network.STEP)
    assert network.away(street, np.array([[500.0, 70.0]]))[0] == pytest.approx(70, abs=5)


def test_a_river_is_crossed_by_its_bridge_only() -> None:
    banks = [((0.0, y), (4000.0, y)) for y in (0.0, 100.0)]
    ends, middle = [((x, 0.0), (x, 100.0)) for x in (4000.0,)], np.array([[200.0, 0.0]])
    bridged = net([((0.0, 0.0), (4000.0, 0.0)), ((0.0, 100.0), (4000.0, 100.0)), *ends])
    assert network.walks(bridged, middle, np.array([[200.0, 100.0]]))[0, 0] == pytest.approx(7700, abs=1)
    apart = net(banks)  # no bridge: the larger piece is the town, the other bank is reached from its nearest way
    assert len(apart.at) < len(bridged.at)


def test_islands_are_left_out_and_what_is_far_from_every_way_has_none() -> None:
    town = net([*chessboard(4, 100.0), ((9000.0, 0.0), (9100.0, 0.0))])
    found = network.walks(town, np.array([[0.0, 0.0]]), np.array([[300.0, 0.0], [9000.0, 0.0]]))
    assert found[0] == pytest.approx([300, np.nan], abs=1e-2, nan_ok=True)


def test_the_next_one_is_the_least_of_all() -> None:
    rng = np.random.default_rng(2)
    homes, stops = (130.0 * rng.integers(0, 8, (n, 2)).astype(float) for n in (12, 9))
    metres, which = network.nearest(BOARD, homes, stops)
    every = network.walks(BOARD, homes, stops)
    assert metres == pytest.approx(every.min(axis=1), abs=1e-6)
    assert every[np.arange(12), which] == pytest.approx(metres, abs=1e-6)


def test_stored_ways_are_found_again_and_others_are_not() -> None:
    plane = places.Plane(11.6, 52.1)
    rng = np.random.default_rng(4)
    homes, sites = rng.uniform(-3000, 3000, (7, 2)), rng.uniform(-3000, 3000, (5, 2))
    metres = rng.integers(100, 9000, (7, 5)).astype(float)
    metres[2, 3] = np.nan
    table = network.as_table(plane.degrees(homes), plane.degrees(sites), metres)
    assert network.look_up(table, plane, homes, sites) == pytest.approx(metres, nan_ok=True)
    moved = np.concatenate([sites + 10, [[np.nan, np.nan]]])
    assert np.isnan(network.look_up(table, plane, homes, moved)).all()
    network.check_homes(table, plane, homes, "stadt")
    with pytest.raises(UserError, match=r"1 von 7 Wohnorten fehlen .*carelab data add stadt DATEI --as osm"):
        network.check_homes(table, plane, homes + np.where(np.arange(7) == 5, 50, 0)[:, None], "stadt")
    assert np.isnan(network.look_up(table.iloc[:0], plane, homes, sites)).all()


@pytest.mark.parametrize(
    ("highway", "tags", "may"),
    [
        ("residential", "", True),
        ("steps", '"surface"=>"stone"', True),
        ("motorway", "", False),
        ("trunk", '"foot"=>"yes"', True),
        ("path", '"foot"=>"no"', False),
        ("service", '"access"=>"private"', False),
        ("track", '"access"=>"no","foot"=>"designated"', True),
        ("construction", '"foot"=>"yes"', False),
        ("service", '"motor_vehicle:foot"=>"no","note"=>"access"', True),
    ],
)
def test_tags_say_what_may_be_walked(highway: str, tags: str, may: bool) -> None:
    assert walkable(highway, tags) is may


def test_paces_on_a_network_are_of_speed_alone() -> None:
    paces = travel.walking_paces(10)
    assert (np.diff(paces) > 0).all()
    assert paces[0] > 1 / (60 * travel.SPEED_RANGE[1])
    assert paces[-1] < 1 / (60 * travel.SPEED_RANGE[0])
    drawn = 1 / (60 * np.random.default_rng(1).uniform(*travel.SPEED_RANGE, 100_000))
    assert paces == pytest.approx(np.quantile(drawn, (np.arange(10) + 0.5) / 10), rel=0.002)


def test_the_ground_of_a_network_keeps_what_has_no_point() -> None:
    table = pd.DataFrame(
        {"district": ["01", "02"], "area_ha": 200.0, "lon": [11.0, 11.05], "lat": 52.0, "lon_people": np.nan,
         "lat_people": np.nan}
    )  # fmt: skip
    points = places.spread_points(table, places.plane_of(table), points=4)
    metres = np.full((8, 2), np.nan)
    metres[:, 0] = 840.0
    ground = reach.ground_of_network(points, metres, 2, draws=40, rng=np.random.default_rng(0))
    assert ground.placed.tolist() == [True, False]
    from carelab.planning.access import scatter

    minutes = ground.minutes(np.array([0]), scatter.nowhere(40))
    assert np.median(minutes) == pytest.approx(840 / (60 * travel.SPEED), rel=0.02)

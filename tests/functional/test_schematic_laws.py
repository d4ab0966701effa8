"""Laws of the schematic map, for any city: right areas, one piece each, no overlaps, no gaps, the same every time."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from carelab.release.schematic import cells_of_areas

pytestmark = pytest.mark.functional


@st.composite
def cities(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return 2 to 60 points (m) and areas (m²): even, clustered or along a river, filling their town or not."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(2, 60))
    shape = draw(st.sampled_from(["even", "clustered", "river", "village", "twice"]))
    points = rng.uniform(-1, 1, (count, 2)) if shape != "clustered" else rng.normal(0, 0.5, (count, 2))
    points[:, 1] *= 0.02 if shape == "river" else 1.0
    if shape == "village":
        points[-1] = (6.0, 2.0)
    if shape == "twice":
        points[1] = points[0]
    areas = rng.lognormal(0, draw(st.floats(0.0, 1.0)), count)
    filled = draw(st.sampled_from([0.3, 0.9, 1.5]))
    return 8000 * points, areas / areas.sum() * filled * 2.5e8


@settings(deadline=None, max_examples=25)
@given(cities())
def test_cells_fill_one_outline(city: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    points, areas = city
    cells = cells_of_areas(points, areas)
    np.testing.assert_allclose(shapely.area(cells), areas, rtol=1e-3)
    assert set(shapely.get_type_id(cells)) == {shapely.GeometryType.POLYGON}
    assert shapely.is_valid(cells).all()
    outline = shapely.union_all(cells)
    assert outline.geom_type == "Polygon"
    assert outline.area == pytest.approx(areas.sum(), rel=1e-4)
    assert outline.area == pytest.approx(shapely.area(cells).sum(), rel=1e-9)


def test_the_same_city_gives_the_same_map() -> None:
    rng = np.random.default_rng(4)
    points, areas = rng.normal(0, 4000, (40, 2)), rng.lognormal(14.5, 0.7, 40)
    first, second = cells_of_areas(points, areas), cells_of_areas(points.copy(), areas.copy())
    assert shapely.to_wkb(first).tolist() == shapely.to_wkb(second).tolist()


def test_right_areas_are_left_alone() -> None:
    x, y = np.meshgrid(np.arange(6), np.arange(5))
    points = 1000.0 * np.column_stack([x.ravel(), y.ravel()])
    cells = cells_of_areas(points, np.full(30, 1e6))
    assert shapely.contains(cells, shapely.points(points)).all()

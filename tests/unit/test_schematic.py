"""The schematic map on small and awkward cities, against Magdeburg's true borders; classes and words of maps."""

import time

import numpy as np
import pandas as pd
import pytest
import shapely

from carelab.paths import shared_data
from carelab.release.map_classes import class_colours, class_labels, class_of, round_breaks
from carelab.release.maps import MapWords, map_exhibit
from carelab.release.schematic import CRS, neighbours, one_piece_each, schematic_map
from carelab.terms import UserError

pytestmark = pytest.mark.unit

CITY = pd.DataFrame(
    {
        "district": ["01", "02", "03", "04"],
        "name": ["Altmarkt", "Nordfeld", "Südhang", "Seesiedlung"],
        "lon": [11.001, 11.004, 10.992, 11.052],
        "lat": [52.001, 52.031, 51.974, 52.008],
        "area_ha": [210.0, 320.5, 415.2, 530.0],
    }
)
WORDS = MapWords("map_need", "Wo?", "Pflegebedürftige 2035")


def _areas_hold(city: pd.DataFrame) -> None:
    found = schematic_map(city)
    np.testing.assert_allclose(found.area / 1e4, city["area_ha"], rtol=1e-4)
    assert set(found.geom_type) == {"Polygon"}
    whole = shapely.union_all(found.geometry.array)
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(found.area.sum(), rel=1e-9)


def test_districts_keep_columns_and_order() -> None:
    found = schematic_map(CITY)
    assert found.crs.to_string() == CRS
    assert list(found.columns) == [*CITY.columns, "schematic", "area_known", "geometry"]
    pd.testing.assert_frame_equal(pd.DataFrame(found[list(CITY.columns)]), CITY)
    assert found["schematic"].all()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_tiny_cities(count: int) -> None:
    _areas_hold(CITY.head(count))


def test_points_on_one_line() -> None:
    lon = np.linspace(11.0, 11.2, 9)
    _areas_hold(
        pd.DataFrame({"district": list("abcdefghi"), "lon": lon, "lat": 52.0, "area_ha": np.arange(1, 10) * 50.0})
    )


def test_identical_points() -> None:
    _areas_hold(pd.concat([CITY, CITY, CITY.tail(1)], ignore_index=True))


def test_a_village_far_away_stays_there() -> None:
    city = pd.concat([CITY, CITY.tail(1).assign(lon=11.4, area_ha=80.0)], ignore_index=True)
    _areas_hold(city)
    import geopandas as gpd

    found = schematic_map(city)
    village = gpd.GeoSeries(gpd.points_from_xy([11.4], [52.008]), crs="EPSG:4326").to_crs(CRS).iloc[0]
    assert found.geometry.iloc[4].contains(village)


@pytest.mark.parametrize(("column", "value"), [("lon", np.nan), ("lat", 520.0), ("area_ha", 0.0)])
def test_impossible_districts_are_named(column: str, value: float) -> None:
    city = CITY.copy()
    city.loc[2, column] = value
    with pytest.raises(UserError, match="03"):
        schematic_map(city)


def test_unknown_areas_are_drawn_in_middle_size_and_unknown_places_left_out() -> None:
    city = CITY.assign(point_basis="")
    city.loc[2, "area_ha"] = np.nan
    city.loc[0, ["lon", "lat"]] = np.nan
    found = schematic_map(city)
    assert found["district"].tolist() == city["district"].tolist()[1:]
    assert found.loc[found["district"] == city["district"][2], "area_ha"].item() == pytest.approx(
        city["area_ha"].drop([0, 2]).mean()
    )
    table = city[["district", "name"]].assign(median=range(len(city)))
    limits = map_exhibit(found, table, value="median", words=WORDS).limits
    assert f"Lage nicht bekannt ist: {city['name'][0]}" in limits
    assert f"mittelgroß gezeichnet: {city['name'][2]}" in limits
    alike = schematic_map(CITY.assign(area_ha=np.nan))
    np.testing.assert_allclose(alike.area, alike.area.mean(), rtol=1e-3)


def test_loose_pieces_go_to_the_neighbour() -> None:
    broken = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 220, 100)])
    cells = np.array([broken, shapely.box(100, 0, 200, 100)], dtype=object)
    np.testing.assert_array_equal(shapely.area(one_piece_each(cells)), [10_000, 12_000])


def test_magdeburg_is_recognisable() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("The folder with Magdeburg's true borders (CARELAB_SHARED) is not here: nothing to compare with.")
    import geopandas as gpd

    table = pd.read_csv(folder / "magdeburg_stadtteile.csv", dtype={"key": str})
    city = table.rename(columns={"key": "district", "area_ha_official": "area_ha"})[
        ["district", "lon", "lat", "area_ha"]
    ]
    start = time.process_time()
    found = schematic_map(city)
    assert time.process_time() - start < 4.0
    truth = gpd.read_file(folder / "magdeburg_stadtteile_simplified.geojson").to_crs(CRS).set_index("key")
    shapes = truth.loc[city["district"]].geometry.to_numpy()
    ours, theirs = neighbours(found.geometry.to_numpy()), neighbours(shapes, gap=30.0, length=150.0)
    assert len(ours & theirs) / len(ours | theirs) > 0.75
    outline, border = shapely.union_all(found.geometry.array), shapely.union_all(shapes)
    assert shapely.intersection(outline, border).area / shapely.union(outline, border).area > 0.85


def test_breaks_are_round_and_ascending() -> None:
    bounds = round_breaks(np.random.default_rng(1).gamma(2, 170, 40))
    assert bounds == sorted(set(bounds))
    assert 3 <= len(bounds) <= 6
    assert all(bound % 5 == 0 for bound in bounds)
    assert round_breaks([np.nan]) == [0.0, 1.0]
    assert len(round_breaks([7.0, 7.0])) == 2
    assert len(round_breaks([0.0])) == 2


def test_classes_hold_their_values() -> None:
    bounds = [-50.0, 0.0, 20.0, 100.0]
    assert class_of(pd.Series([-50, -1, 0, 19.9, 20, 100, np.nan]), bounds).tolist() == [0, 0, 1, 1, 2, 2, -1]
    assert class_labels(bounds, "de") == ["−50 bis unter 0", "0 bis unter 20", "20 bis 100"]
    assert len(set(class_colours(bounds))) == 3
    assert 0.0 in round_breaks([-90, -20, 3, 50, 70])


def test_map_tells_what_it_shows() -> None:
    table = CITY[["district", "name"]].assign(
        median=[10.0, 250, 30, 0], grade=list("BDBB"), population=[900, 9000, 800, 0]
    )
    exhibit = map_exhibit(schematic_map(CITY), table, value="median", words=WORDS)
    assert exhibit.figure_svg is not None
    assert len(exhibit.figure_svg) < 100_000
    for text in ("unbewohnt", "schraffiert", "Grenzen nicht", "Nordfeld", "Pflegebedürftige 2035"):
        assert text in exhibit.figure_svg
    assert "Nordfeld 250" in exhibit.alt
    assert "schematisch" in exhibit.limits
    again = map_exhibit(schematic_map(CITY), table, value="median", words=WORDS)
    assert again.figure_svg == exhibit.figure_svg


def test_map_with_true_borders_is_small_and_not_called_schematic() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip("The folder with Magdeburg's true borders (CARELAB_SHARED) is not here: nothing to draw.")
    import geopandas as gpd

    truth = gpd.read_file(folder / "magdeburg_stadtteile_simplified.geojson").rename(columns={"key": "district"})
    truth = truth.to_crs(CRS)
    table = pd.DataFrame({"district": truth["district"], "name": truth["name"], "gap": np.arange(len(truth)) - 9.0})
    exhibit = map_exhibit(truth, table, value="gap", words=WORDS, language="en")
    assert len(exhibit.figure_svg or "") < 100_000
    assert "schematic" not in exhibit.limits + (exhibit.figure_svg or "")


def test_map_refuses_tables_that_do_not_fit() -> None:
    table = CITY[["district", "name"]].assign(median=1.0)
    for wrong in (pd.concat([table, table]), table.assign(district="99")):
        with pytest.raises(ValueError, match="one row per district"):
            map_exhibit(schematic_map(CITY), wrong, value="median", words=WORDS)

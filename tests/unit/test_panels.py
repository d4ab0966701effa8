"""A user's panel is read whatever its form, or refused in one sentence."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from carelab.forecast.small_area.ages import Bands, split_groups, survival
from carelab.forecast.small_area.panel_arrays import panel_arrays
from carelab.forecast.small_area.ratios import age_classes, shrink
from carelab.forecast.small_area.tracking import track_ages
from carelab.inputs.errors import DataError
from carelab.inputs.panels import parse_renames, read_care, read_control, read_population
from carelab.terms import UserError

pytestmark = pytest.mark.unit

HEAD = "area,year,sex,age_from,age_to,persons"


def write(folder, *rows, head=HEAD, name="panel.csv"):
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def rows(*, years=(2010, 2011, 2012), area="01", persons="10", sex="t"):
    return [f"{area},{year},{sex},{low},{high},{persons}" for year in years for low, high in ((0, 64), (65, ""))]


def test_area_codes_stay_text_and_open_groups_are_empty(tmp_path):
    frame = read_population(write(tmp_path, *rows())).frame
    assert set(frame["area"]) == {"01"}
    assert frame["age_to"].isna().sum() == 3
    assert frame["year"].dtype == np.int64


def test_semicolons_decimal_commas_and_other_names(tmp_path):
    path = write(
        tmp_path, "007;2010;0;64;1,5;x", "007;2010;65;;2;x", head="stadtteil;jahr;age_from;age_to;persons;mehr"
    )
    panel = read_population(path, rename=parse_renames("stadtteil=area, jahr=year"))
    assert panel.frame["persons"].tolist() == [1.5, 2.0]
    assert "sex" in panel.notes[0][0]


@pytest.mark.parametrize(
    ("wrong", "found", "line"),
    [
        ("01,2010,t,0,64,-5", "„-5“", 8),
        ("01,2010,f,0,64,5", "„f“", 8),
        ("01,2010,t,0,64,10", "zweimal", 8),
        ("02,2010,t,0,64,10\n02,2010,t,60,,10", "überschneiden", 9),
        ("02,2010,t,0,64,10\n02,2010,t,70,,10", "fehlen Alter", 9),
        ("02,2010,t,65,,10", "erste Altersgruppe", 8),
        ("02,10,t,0,,10", "year ist „10“", 8),
        (",2010,t,0,,10", "area ist leer", 8),
    ],
)
def test_a_bad_row_is_named(tmp_path, wrong, found, line):
    with pytest.raises(DataError) as error:
        read_population(write(tmp_path, *rows(), wrong))
    assert found in error.value.de
    assert f"Zeile {line}" in error.value.de
    assert f"line {line}" in error.value.en


@pytest.mark.parametrize(
    ("lines", "head", "found"),
    [
        (["01,2010,5"], "area,year,persons", "„age_from“ fehlt"),
        ([], HEAD, "keine Zeile"),
        (rows(persons="0"), HEAD, "überall 0"),
        (rows(persons=""), HEAD, "überall leer"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path, lines, head, found):
    with pytest.raises(DataError, match=found):
        read_population(write(tmp_path, *lines, head=head))


def test_missing_file_and_wrong_renames(tmp_path):
    with pytest.raises(DataError, match="Datei fehlt"):
        read_population(tmp_path / "nix.csv")
    with pytest.raises(DataError, match="alt=neu"):
        parse_renames("a")
    with pytest.raises(DataError, match="gibt es nicht"):
        read_population(write(tmp_path, *rows()), rename={"xy": "area"})


def test_official_symbols_are_unknown_not_zero(tmp_path):
    panel = read_population(write(tmp_path, *rows(), "02,2010,t,0,64,x", "02,2010,t,65,,."))
    assert panel.frame["persons"].isna().sum() == 2
    assert "amtliche Zeichen" in panel.notes[-1][0]


def test_care_and_control_panels(tmp_path):
    care = read_care(write(tmp_path, "01001,2019,500", "01001,2021,", head="area,year,people_in_need"))
    assert care.frame["parent"].tolist() == ["", ""]
    assert care.frame["people_in_need"].isna().tolist() == [False, True]
    assert read_control(write(tmp_path, "2030,500", head="year,persons")).frame["persons"].tolist() == [500]


def test_parquet_where_it_can_be_read(tmp_path):
    path = tmp_path / "p.parquet"
    columns = {"area": ["01"] * 2, "year": 2010, "sex": "t", "age_from": [0, 65], "age_to": [64, None], "persons": 3}
    frame_of_test = pd.DataFrame(columns)  # noqa: F841 - duckdb finds it by its name
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM frame_of_test) TO '{path}' (FORMAT parquet)")
    assert read_population(path).frame["persons"].tolist() == [3, 3]


def frame(**change):
    base = {"area": "01", "sex": "t", "persons": 10.0}
    years = change.pop("years", (2010, 2011, 2012))
    groups = change.pop("groups", ((0, 64.0), (65, np.nan)))
    table = [{**base, "year": y, "age_from": a, "age_to": b, **change} for y in years for a, b in groups]
    return pd.DataFrame(table)


def test_changing_groups_are_joined_and_years_stay_evenly_spaced():
    fine = frame(years=(2016,), groups=((0, 64.0), (65, 79.0), (80, np.nan)))
    panel, notes = panel_arrays(pd.concat([frame(years=(2010, 2012, 2014)), fine]))
    assert panel.start.tolist() == [0, 65]
    assert panel.years.tolist() == [2010, 2012, 2014, 2016]
    assert panel.at(2016)[0, 0].tolist() == [10.0, 20.0]
    assert any("wechseln" in note[0] for note in notes)


def test_sexes_that_are_not_told_apart_everywhere_are_added():
    halves = [frame(years=(2012,), sex=sex, persons=5.0) for sex in ("m", "w")]
    panel, _ = panel_arrays(pd.concat([frame(years=(2010, 2011)), *halves]))
    assert panel.sexes == ("t",)
    assert panel.at(2012)[0, 0].tolist() == [10.0, 10.0]


def test_missing_years_stay_unknown_and_too_few_are_refused():
    panel, notes = panel_arrays(pd.concat([frame(years=(2010, 2011, 2013)), frame(area="02")]))
    assert np.isnan(panel.at(2013)[1]).all()
    assert any("02" in note[0] for note in notes)
    with pytest.raises(UserError, match="mindestens 3"):
        panel_arrays(frame(years=(2010, 2011)))


def test_an_open_group_knows_how_old_its_people_are():
    """A large cohort that entered 80+ five years ago has fewer left than one that enters now."""
    bands = Bands(np.array([0, 75, 80]))
    early, late = np.full((2, 6, 1, 1, 3), 100.0)
    early[0, ..., 1], late[5, ..., 1] = 500.0, 500.0
    ages = [track_ages(x, years=np.arange(2000, 2006), sexes=("t",), bands=bands)[-1, 0, 0] for x in (early, late)]
    assert np.allclose([each[80:].sum() for each in ages], 100)
    assert (ages[0] * np.arange(111))[80:].sum() < (ages[1] * np.arange(111))[80:].sum()
    assert survival("m", 2020, 5)[80] < survival("w", 2020, 5)[80] < survival("w", 2020, 1)[80] < 1


def test_split_groups_keeps_sums():
    bands = Bands(np.array([0, 3, 80]))
    persons = np.array([[[5.0, 7.0, 2.0]]])
    assert np.allclose(bands.collapse(split_groups(persons, bands, np.zeros((1, 1, 111)))), persons)


def test_shrinkage_pulls_small_areas_more_and_large_ones_hardly():
    drawn = shrink(np.array([13.0, 13_000.0, 90_000.0, 9.0]), np.array([10.0, 10_000.0, 100_000.0, 10.0]), 1.0)
    assert 1 < drawn[0] < 1.3
    assert drawn[1] == pytest.approx(1.3, abs=0.02)
    assert age_classes(np.array([0, 1, 2, 3, 4, 5, 6, 10, 90])).tolist() == [0, 0, 0, 0, 0, 1, 1, 2, 3]

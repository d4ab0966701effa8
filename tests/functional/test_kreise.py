"""Every Kreis of the reference panel as a city: its figures are those of the sources, its study meets its counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from carelab import paths
from carelab.inputs.carry_over import kreise as found
from carelab.inputs.contracts import KREISE
from carelab.inputs.kreise import KREIS_BASE_YEAR, area_info, kreis_keys, load_area
from carelab.inputs.provenance import data_hashes, sources_table
from carelab.inputs.reference import load_reference
from carelab.inputs.writing import write_table
from carelab.params import Params
from carelab.stages.shared import LATEST_SURVEY, shared_model
from carelab.study import Study
from carelab.terms import UserError

pytestmark = pytest.mark.functional
SHARED = paths.shared_data()
SAMPLE = ("kreis_01001", "kreis_11000", "kreis_16073")
"""A town whose area changed, the largest one, a shrinking Landkreis."""


@pytest.fixture(scope="module", params=SAMPLE)
def study(request: pytest.FixtureRequest) -> Study:
    return Study(Params(city=request.param, base_year=KREIS_BASE_YEAR, draws=200))


def test_all_306_kreise_are_there_with_name_area_and_source() -> None:
    keys = kreis_keys()
    assert len(keys) == len(set(keys)) == 306
    totals = load_reference().care_totals
    assert [key.removeprefix("kreis_") for key in keys] == sorted(totals.query("level == 'kreis'")["area"].unique())
    assert {"areas", "ages", "supply"} <= set(sources_table(keys[0])["table"])
    assert "kreise/ages.csv" in data_hashes(keys[0])
    for read in (load_area, area_info):
        with pytest.raises(UserError, match="99999"):
            read("kreis_99999")
    assert all(area_info(key) == load_area(key).info for key in SAMPLE), "names are read without the tables"


def test_a_kreis_has_the_same_care_figures_as_the_city_it_is() -> None:
    kreis, city = load_area("kreis_15003").care, load_area("magdeburg").care
    both = city[city["sex"] == "t"].merge(kreis, on=["year", "sex", "measure"], suffixes=("", "_kreis"))
    assert len(both) == len(kreis)
    for column in ("persons", "half_width", "status", "basis"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_kreis"], check_names=False)


def test_a_study_meets_every_count_it_has_ages_for(study: Study) -> None:
    assert list(study.anchoring["year"]) == [2015, 2017, 2019, 2021]
    assert study.anchoring["deviation_pct"].abs().max() < 1e-6
    ages = load_area(study.params.city).population_city
    for year in (2016, 2018, 2020, 2021):
        counted = ages[ages["year"] == year]["persons"].sum()
        assert study.city.population_city.query("year == @year")["persons"].sum() == pytest.approx(counted)


def test_the_one_unit_is_the_kreis_and_settings_add_up(study: Study) -> None:
    np.testing.assert_allclose(
        study.population.sum("district").transpose("draw", "year", "sex", "age"), study.city_path, rtol=1e-5
    )
    total = study.demand_city.query("setting == 'total' and year == 2035").iloc[0]
    assert total["lower_80"] < total["median"] < total["upper_80"]
    parts = study.demand.sel(year=2035).sum(["setting", "district"])
    assert float(parts.median("draw")) == pytest.approx(total["median"])
    assert (study.growth["grade"] == "E").all()
    assert study.own_backtest.query("rule == 'model'")["year"].tolist() == [2019, 2021]


def test_what_all_share_is_learnt_once_and_changes_no_result(study: Study) -> None:
    shared = shared_model(load_reference(), LATEST_SURVEY)
    assert study.shared is shared
    assert study.hazard is shared.hazard
    shared_model.cache_clear()
    alone = Study(study.params)
    assert alone.shared is not shared
    pd.testing.assert_frame_equal(alone.demand_city, study.demand_city)
    pd.testing.assert_frame_equal(alone.own_backtest, study.own_backtest)


@pytest.mark.skipif(SHARED is None, reason="the folder with the figures as found (CARELAB_SHARED) is not here")
def test_carry_over_gives_the_shipped_files_byte_for_byte(tmp_path: Path) -> None:
    assert SHARED is not None
    for name, build in found.TABLES.items():
        contract = KREISE[name]
        write_table(build(SHARED), tmp_path / name, columns=list(contract.columns), keys=contract.key)
        assert (tmp_path / name).read_bytes() == (paths.DATA / "kreise" / f"{name}.csv").read_bytes(), name

"""A run's own districts: past projections of this very method against counts, and what new housing changes."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from carelab import paths
from carelab.forecast.backtest.own_districts import Counts, record_rows, record_table
from carelab.forecast.backtest.shipped import pit_table
from carelab.inputs.city import load_city
from carelab.inputs.errors import DataError
from carelab.params import Params
from carelab.release import figures, findings
from carelab.stages import inputs
from carelab.study import Study

pytestmark = pytest.mark.functional
PARAMS = Params(city="musterstadt", draws=200)


def test_nothing_counted_after_the_origin_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of 2025 are wrecked: what is said from 2024 stays, only what it is held against changes."""
    plain = Study(PARAMS)._looked_back(2024)[0].set_index(["rule", "area", "target"])
    city = load_city("musterstadt")
    wrecked = {}
    for name in ("population_bands", "population_total", "population_city"):
        table = getattr(city, name).copy()
        later = table["year"] == 2025
        table.loc[later, "persons"] = 3 * table.loc[later, "persons"]
        wrecked[name] = table
    monkeypatch.setattr(inputs, "load_area", lambda _: dataclasses.replace(city, **wrecked))
    other = Study(PARAMS)._looked_back(2024)[0].set_index(["rule", "area", "target"])
    said = ["point", "median", "lower_80", "upper_80"]
    pd.testing.assert_frame_equal(plain[said], other[said])
    assert (other["observed"] == 3 * plain["observed"]).all()


def test_rules_errors_and_coverage_by_hand() -> None:
    """Two districts, two quantities, three counts: every figure of the record worked out on paper."""
    unknown = np.nan
    persons = {
        2020: np.array([[900.0, 200.0], [500.0, 100.0]]),
        2022: np.array([[1000.0, 220.0], [500.0, unknown]]),
        2024: np.array([[1100.0, 230.0], [400.0, 90.0]]),
    }
    counts = Counts(["a", "b"], ["total", "65+"], persons)
    draws = np.linspace(0.9, 1.1, 201)[:, None, None] * np.array([[1200.0, 230.0], [400.0, 70.0]])
    rows = record_rows(draws, counts, origin=2022, year=2024, scored=np.array([True, True]))
    table = record_table(rows).set_index(["target", "rule"])
    assert table.loc[("total", "model"), "wape_pct"] == pytest.approx(100 * 100 / 1500)
    assert table.loc[("total", "model"), "coverage_80"] == pytest.approx(0.5), "1,100 lies below 1,200 x 0.92"
    assert table.loc[("total", "carry_forward"), "wape_pct"] == pytest.approx(100 * 200 / 1500)
    own = abs(1000 * 1000 / 900 - 1100) + 100
    assert table.loc[("total", "own_last_growth"), "wape_pct"] == pytest.approx(100 * own / 1500)
    panel = abs(1000 * 1500 / 1400 - 1100) + abs(500 * 1500 / 1400 - 400)
    assert table.loc[("total", "panel_last_growth"), "wape_pct"] == pytest.approx(100 * panel / 1500)
    assert table.loc[("65+", "model"), "n"] == 2
    assert table.loc[("65+", "carry_forward"), "n"] == 1, "a suppressed count is no zero"
    small = record_rows(draws, counts, origin=2022, year=2024, scored=np.array([True, False]))
    assert set(small["area"]) == {"a"}


def test_every_run_says_how_wrong_it_would_have_been_in_its_own_districts() -> None:
    study = Study(PARAMS)
    record = study.district_record
    assert set(record["horizon"]) == {1, 2}
    assert set(record["rule"]) == {"model", "carry_forward", "own_last_growth", "panel_last_growth"}
    text = " ".join(findings.backtest_findings(study, params=PARAMS).sentences)
    assert "In den eigenen Stadtteilen" in text
    assert figures.district_record(record, language="de").figure_svg
    untested = Study(Params(city="halle", base_year=2020, draws=100)).district_record
    assert untested.empty
    assert "mindestens vier Jahre" in figures.district_record(untested, language="de").alt


def test_new_housing_moves_people_and_need_and_leaves_the_citys_sum() -> None:
    plan = {"district": ["01", "02", "02"], "year": [2028, 2030, 2060], "age_from": [25.0, 65.0, 0.0]}
    plan |= {"age_to": [44.0, np.nan, np.nan], "persons": [300, 100, 40]}
    study = Study(PARAMS)
    without = study.city
    study.city = dataclasses.replace(without, housing=pd.DataFrame(plan))
    effect = study.housing_effect
    other = study.variant()
    other.city = without
    np.testing.assert_allclose(study._inhabitants().sum(axis=1), other._inhabitants().sum(axis=1), rtol=1e-6)
    people = effect[effect["measure"] == "population"].set_index("district")
    assert people["moves_planned"].to_dict() == {"01": 300, "02": 100, study.city.info.ags: 0}
    assert 150 < people.loc["01", "median"] < 300, "some give way, as the city's sum stays"
    assert people.loc[study.city.info.ags, "median"] < 0
    need = effect[effect["measure"] == "need"].set_index("district")
    assert need.loc["02", "median"] > 0, "people from 65 on move in"
    assert need.loc["01", "median"] < 0.05 * people.loc["01", "median"], "people from 25 to 44 hardly need care"
    told = findings.housing_findings(effect, study.housing_outside, params=PARAMS).sentences
    assert "40 gemeldete Personen gehen nicht ein" in told[-1]
    assert "keinen Wohnungsbau" in findings.housing_findings(other.housing_effect, 0, params=PARAMS).sentences[0]
    assert figures.housing_effect(effect, language="en").table["name"].iloc[-1] == "all other districts"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("01,2028,44,25,300", "oberes Alter"),
        ("99,2028,0,17,20", "99"),
        ("02,2029,0,17,-5", "-5"),
        ("02,2029,0,17,2.5", "2.5"),
    ],
)
def test_a_bad_plan_is_refused_with_its_row(row: str, told: str, tmp_path: Path) -> None:
    shutil.copytree(paths.DATA / "musterstadt", tmp_path / "musterstadt")
    plan = f"district,year,age_from,age_to,persons\n02,2030,0,,10\n{row}\n"
    (tmp_path / "musterstadt" / "housing.csv").write_text(plan, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_city("musterstadt", root=tmp_path)
    assert "housing.csv, Zeile 3" in caught.value.de
    assert told in caught.value.de


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("2030,0,,9000\n2035,0,64,7000\n2035,65,,2000", "erwartet dieselben wie 2030: 0+"),
        ("2030,0,,9000\n2030,65,,2000", "überschneidet sich"),
        ("2030,0,,0", "gefunden 0"),
    ],
)
def test_totals_that_could_not_be_met_are_refused(rows: str, told: str, tmp_path: Path) -> None:
    """Other age groups in another year, or groups in one another: the draws could not meet them all."""
    shutil.copytree(paths.DATA / "musterstadt", tmp_path / "musterstadt")
    text = f"year,age_from,age_to,persons\n{rows}\n"
    (tmp_path / "musterstadt" / "control.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_city("musterstadt", root=tmp_path)
    assert told in caught.value.de


def test_counts_drawn_from_the_forecast_fall_evenly_into_tenths() -> None:
    """2,000 counts out of the forecast's own distribution: a tenth each; forecasts too low: all in the highest."""
    rng = np.random.default_rng(7)
    places = {"right": rng.uniform(size=2000), "too_low": np.ones(50), "at_zero": np.zeros(10)}
    parts = [pd.DataFrame({"target": name, "pit": values}) for name, values in places.items()]
    cases = pd.concat(parts, ignore_index=True).assign(rule="model", horizon=2)
    table = pit_table(cases).set_index(["target", "tenth"])["share"]
    assert (table["right"] - 0.1).abs().max() < 4 * np.sqrt(0.09 / 2000)
    assert table["too_low", 10] == table["at_zero", 1] == 1.0
    assert len(table["too_low"]) == 10

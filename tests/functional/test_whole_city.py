"""A city whose districts nobody counted runs as one unit, and never speaks of districts as if it knew them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from carelab import paths
from carelab.params import Params
from carelab.release import figures, findings
from carelab.study import Study
from carelab.terms import SETTINGS

pytestmark = pytest.mark.functional


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Musterstadt's files with empty district tables: only their header rows."""
    root = tmp_path_factory.mktemp("data")
    shutil.copytree(paths.DATA / "musterstadt", root / "musterstadt")
    for shared in ("reference", "kreise", "catalogue.yaml", "early_warning.yaml", "laws.yaml"):
        (root / shared).symlink_to(paths.DATA / shared)
    for name in ("population_bands", "population_total", "indicators", "physicians"):
        _keep_header(root / "musterstadt" / f"{name}.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", root)
        study = Study(Params(city="musterstadt", draws=200))
        study.prepare(lambda step: None)
    return study


def _keep_header(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def test_the_unit_is_the_city_in_every_draw(whole: Study) -> None:
    unit = whole.population.sel(district="99000").transpose("draw", "year", "sex", "age")
    np.testing.assert_allclose(unit, whole.city_path, rtol=1e-5)
    need = whole.demand.sel(district="99000", setting=list(SETTINGS)).sum("setting").median("draw")
    city = whole.demand_city.query("setting == 'total' and year == 2035")["median"].iloc[0]
    assert float(need.sel(year=2035)) == pytest.approx(city)
    np.testing.assert_allclose(whole.local_ratios, 1.0)


def test_places_are_the_citys(whole: Study) -> None:
    known = whole.supply_known_places
    np.testing.assert_allclose(whole.supply.sum("district"), max(known.total + known.changes, known.known.sum()))


def test_no_finding_ranks_a_district_and_the_unknown_ones_are_named(whole: Study) -> None:
    for language in ("de", "en"):
        params = whole.params.model_copy(update={"language": language})
        key = findings.city_findings(whole, params=params).sentences
        assert not any("Am stärksten" in text or "grows most" in text for text in key)
        assert "Stadt insgesamt" in key[1] or "city as a whole" in key[1]
    assert (whole.growth["grade"] == "E").all()
    named = whole.checks.query("check == 'no_data'")["text"].iloc[0]
    assert all(name in named for name in whole.unknown_districts["name"])


def test_figures_of_one_area_make_no_order(whole: Study) -> None:
    growth = figures.district_ranking(whole.demand_district, whole.growth, year=2035, language="de")
    assert "Stadt insgesamt" in growth.title
    assert "Top 3" not in str(growth.figure_svg)
    assert figures.rank_compare(whole.gap, year=2035, language="de").figure_svg is None
    assert len(whole.polygons) == 1
    figures.growth_map(whole.polygons, whole.growth, language="de")
    tornado = whole.tornado.set_index("driver").loc["local_ratio"]
    assert tornado["district_low_pct"] == tornado["district_high_pct"] == 0


def test_indicators_and_warnings_speak_of_the_city_alone(whole: Study) -> None:
    table = whole.indicators
    assert set(table["district"]) == {"99000"}
    assert set(table.loc[table["status"] == "projected", "year"]) == {2025, 2035, 2040}
    people = table.query("indicator == 'population' and sex == 't' and year == 2035")["median"].iloc[0]
    assert people == pytest.approx(whole.population.sel(year=2035).sum(["district", "sex", "age"]).median().item())
    assert whole.funnels.empty
    assert set(whole.warnings["district"]) <= {"99000"}
    words = {"words": whole.catalogue_words, "language": "de"}
    shown = figures.indicator_intervals(table, indicator="care_rate", year=2035, **words)
    assert "insgesamt" in shown.alt
    assert "Stadtteile" not in shown.title
    assert figures.funnel(whole.funnels, indicator="share_65plus", **words).figure_svg is None
    assert figures.mean_age_estimated(table, language="de").table.empty

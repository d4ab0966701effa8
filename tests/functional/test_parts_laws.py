"""Laws of the parts of a study: Pflegegrade, Stadtbezirke and districts add up in every draw."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from carelab.forecast.tables import group_sums
from carelab.inputs.city import load_city
from carelab.inputs.errors import DataError
from carelab.params import Params
from carelab.paths import DATA
from carelab.release import figures
from carelab.study import Study
from carelab.terms import Language
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional


def test_grades_sum_to_the_city(study: Study) -> None:
    city = study.demand.sum("district")
    np.testing.assert_allclose(study.grades.sum("grade"), city, rtol=1e-9)
    table = study.grades_city
    assert set(table["grade"]) == {"E"}
    assert sorted(table.loc[table["setting"] == "total", "pflegegrad"].unique()) == [1, 2, 3, 4, 5]
    assert (table.loc[table["setting"] == "pflegegeld", "pflegegrad"] > 1).all()


def test_groups_sum_to_the_city_in_every_draw(study: Study) -> None:
    sums = group_sums(study.demand, study.groups["group"])
    np.testing.assert_allclose(sums.sum("group"), study.demand.sum("district"), rtol=1e-9)
    people = study.population_group.query("age_band == 'total' and year == 2025").set_index("group")["median"]
    counted = study.known.bands.sum(axis=1)
    expected = pd.Series(counted, index=study.districts.index).groupby(study.groups["group"]).sum()
    np.testing.assert_allclose(people[expected.index], expected, rtol=1e-3)


def test_a_group_is_surer_than_its_districts_together(study: Study) -> None:
    """Soon, while what is each district's own is a large part: later all share the same future care rates."""

    def width(table: pd.DataFrame) -> float:
        rows = table.query("setting == 'total' and year == 2028")
        return float((rows["upper_80"] - rows["lower_80"]).sum())

    assert width(study.demand_group) < 0.95 * width(study.demand_district)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_group_sums_are_exact_for_any_grouping(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 9))
    keys = [f"{k:02d}" for k in range(count)]
    groups = data.draw(st.lists(st.sampled_from(["01", "02", "03"]), min_size=count, max_size=count))
    values = np.random.default_rng(count).exponential(1e4, (5, count, 2))
    draws = xr.DataArray(values, dims=("draw", "district", "year"), coords={"district": keys, "year": [2025, 2026]})
    sums = group_sums(draws, pd.Series(groups, index=keys))
    assert list(sums["group"].values) == sorted(set(groups))
    np.testing.assert_allclose(sums.sum("group"), values.sum(axis=1), rtol=1e-12)
    one = groups[0]
    inside = np.array(groups) == one
    np.testing.assert_allclose(sums.sel(group=one), values[:, inside].sum(axis=1), rtol=1e-12)


def test_a_city_without_groups_shows_none(study: Study) -> None:
    other = Study(Params(draws=DRAWS))
    other.city = replace(other.city, groups=other.city.groups.iloc[:0])
    assert other.demand_group.empty
    assert other.population_group.empty


def test_groups_that_leave_a_district_out_are_refused(tmp_path: Path) -> None:
    shutil.copytree(DATA / "musterstadt", tmp_path / "musterstadt")
    table = (tmp_path / "musterstadt" / "groups.csv").read_text(encoding="utf-8").splitlines()
    lines = [*table[:4], table[4].replace("Außen", "Rand"), table[5]]
    (tmp_path / "musterstadt" / "groups.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="es fehlt district 06") as error:
        load_city("musterstadt", root=tmp_path)
    assert "weiter oben „Rand“" in str(error.value)


def test_older_districts_have_higher_rates_and_the_city_keeps_its_own(study: Study) -> None:
    table = study.local_context
    assert table["share_65plus"].corr(table["rate_ratio"], method="spearman") > 0.9
    assert ((table["lower_80"] < table["rate_ratio"]) & (table["rate_ratio"] < table["upper_80"])).all()
    need = study._need
    np.testing.assert_allclose((need * study.local_ratios).sum(axis=2), need.sum(axis=2), rtol=1e-9)


def test_coarse_bands_leave_local_rates_as_wide_as_without_a_slope(study: Study) -> None:
    other = Study(Params(draws=DRAWS))
    known = replace(study.known, band_of_age=np.zeros_like(study.known.band_of_age))
    other.__dict__.update(known=known, base_population=study.base_population, panel_levels=study.panel_levels)
    assert not other._local_prior.mean.any()
    assert (other._local_prior.sd > study.local_ratio_sd).all()


@pytest.mark.parametrize(("language", "word"), [("de", "Stadtbezirk"), ("en", "prediction interval")])
def test_exhibits_say_what_the_tables_hold(study: Study, language: Language, word: str) -> None:
    groups = figures.group_table(study.demand_group, of="demand", year=2035, language=language)
    names = set(study.groups["name"])
    assert "name_group" in groups.table, "a group is not a district"
    assert names == set(groups.table["name_group"])
    assert all(name in groups.alt for name in names)
    none = figures.group_table(study.population_group.iloc[:0], of="population", year=2035, language=language)
    assert none.table.empty
    assert "groups.csv" in none.alt
    grades = figures.grades_over_time(study.grades_city, language=language)
    assert grades.alt.count("Pflegegrad") == 5
    assert word in groups.title + groups.alt
    context = figures.local_context_table(study.local_context, language=language)
    assert study.local_context["name"].iloc[0] in context.alt

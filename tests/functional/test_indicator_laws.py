"""Laws of the indicators: they meet what the city publishes, shares are shares, districts add up, gaps are named."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from carelab.inputs.city import load_city
from carelab.params import Params
from carelab.release.dcat import dcat_jsonld
from carelab.release.figures import funnel, indicator_rows, indicator_table, warning_findings, warning_table
from carelab.study import Study
from carelab.terms import STATUS
from tests.conftest import DRAWS

pytestmark = pytest.mark.functional

YEAR = 2025


@pytest.fixture(scope="module")
def magdeburg() -> Study:
    return Study(Params(city="magdeburg", draws=100))


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    table = load_city("magdeburg").indicators
    return table[table["year"] == YEAR].set_index("district")


def counted(study: Study, indicator: str, column: str = "median") -> pd.Series:
    """What is computed from counts (not taken over from the published indicators), by district."""
    table = study.indicators
    rows = table[(table["indicator"] == indicator) & (table["sex"] == "t") & (table["year"] == YEAR)]
    rows = rows[rows["status"].isin(["observed", "derived"]) & rows["denominator"].notna()]
    return rows.set_index("district")[column]


@pytest.mark.parametrize("indicator", ["old_age_ratio", "youth_ratio"])
def test_ratios_are_those_the_city_publishes(magdeburg: Study, published: pd.DataFrame, indicator: str) -> None:
    computed = counted(magdeburg, indicator)
    both = pd.concat([computed, published[indicator]], axis=1, keys=["own", "city"]).dropna()
    assert "15003" in both.index
    assert len(both) >= 30
    assert (both["own"] - both["city"]).abs().max() < 0.00006, "the city divides by 18-64; four decimals are published"


def test_counts_and_shares_are_those_the_city_publishes(magdeburg: Study, published: pd.DataFrame) -> None:
    bands = magdeburg.city.population_bands
    old = bands[(bands["year"] == YEAR) & (bands["age_from"] == 65)].set_index("district")["persons"].dropna()
    table = magdeburg.indicators
    rows = table[(table["indicator"] == "persons_65plus") & (table["sex"] == "t") & (table["status"] == "observed")]
    own = rows[rows["year"] == YEAR].set_index("district")["median"]
    pd.testing.assert_series_equal(own.loc[old.index], old, check_names=False, check_dtype=False)
    assert own["15003"] == 60345  # from single ages; the city's own 65+ row says the same
    foreigners, share = published["foreigners"], counted(magdeburg, "foreigners_share")
    total = magdeburg.city.population_total.query("year == @YEAR").set_index("district")["persons"]
    expected = (foreigners / total.reindex(foreigners.index)).reindex(share.index)
    np.testing.assert_allclose(share, expected, rtol=1e-12)
    assert round(share["15003"] * 100, 1) == 16.0


def test_household_size_of_the_city_follows_from_its_districts(magdeburg: Study) -> None:
    cities = load_city("magdeburg").indicators.query("district == '15003'").set_index("year")["mean_household_size"]
    table = magdeburg.indicators.query("indicator == 'mean_household_size' and district == '15003'")
    own = table.set_index("year")["median"]
    assert len(own) == 5
    assert (own - cities.reindex(own.index)).abs().max() < 0.00015


def test_mean_age_is_shown_with_its_error(magdeburg: Study, published: pd.DataFrame) -> None:
    table = magdeburg.indicators
    rows = table[(table["indicator"] == "mean_age_estimated") & table["median"].notna()].set_index("district")
    both = rows.join(published["mean_age"], how="inner").dropna(subset=["mean_age"])
    assert len(both) >= 35
    inside = both["mean_age"].between(both["lower_95"], both["upper_95"])
    assert 0.85 <= inside.mean() <= 1.0, "the stated error must hold the published age about as often as it says"
    error = (both["median"] - both["mean_age"]).abs()
    assert 0.1 < error.mean() < 1.0
    assert magdeburg.indicators.query("indicator == 'mean_age' and status == 'observed'")["district"].nunique() >= 35
    city = table.query("indicator == 'mean_age' and district == '15003' and year == @YEAR and sex == 't'")["median"]
    assert city.iloc[0] == pytest.approx(published.loc["15003", "mean_age"], abs=0.01)


@pytest.mark.parametrize("name", ["magdeburg", "musterstadt"])
def test_shares_are_shares_and_intervals_are_nested(name: str, request: pytest.FixtureRequest) -> None:
    study = request.getfixturevalue("magdeburg" if name == "magdeburg" else "study")
    table = study.indicators
    shares = table[table["unit"] == "share"].dropna(subset=["median"])
    assert shares[["lower_95", "median", "upper_95"]].stack().between(0, 1 + 1e-9).all()
    known = table.dropna(subset=["median"])
    assert (known["lower_95"] <= known["lower_80"] + 1e-9).all()
    assert (known["lower_50"] <= known["median"] + 1e-9).all()
    assert (known["median"] <= known["upper_50"] + 1e-9).all()
    assert not table.duplicated(["indicator", "district", "year", "sex"]).any()


def test_every_row_has_grade_status_and_every_gap_a_reason(study: Study) -> None:
    table = study.indicators
    assert table["grade"].isin(list("ABCDE")).all()
    assert table["status"].isin([*STATUS, "unknown"]).all()
    unknown = table["status"] == "unknown"
    assert (table.loc[unknown, "median"].isna() & table.loc[unknown, "reason"].ne("")).all()
    assert table.loc[~unknown, "median"].notna().all()
    missing = {each.id for each in study.catalogue.indicators if not each.computed}
    assert set(table.loc[table["reason"] == "no_data", "indicator"]) == missing
    assert set(table["indicator"]) == {each.id for each in study.catalogue.indicators}
    assert set(table.loc[table["indicator"].str.startswith("family_carers") & ~unknown, "status"]) == {"assumed"}


def test_draws_of_districts_add_up_to_the_city(study: Study) -> None:
    from carelab.planning.indicator_draws import Drawn

    drawn = Drawn(study._futures, study._facts)
    for indicator in study.catalogue.indicators:
        values = drawn.values(indicator.numerator, "t") if indicator.numerator.of in ("persons", "need") else None
        if values is not None:
            np.testing.assert_allclose(values[:, :-1].sum(axis=1), values[:, -1])
    at = [YEAR - study.params.base_year]
    need = next(each for each in study.catalogue.indicators if each.id == "people_in_need").numerator
    total = study.demand.sel(year=YEAR).sum("setting").sum("district").values
    np.testing.assert_allclose(drawn.values(need, "t")[at[0], -1], total, rtol=1e-5)
    both = [drawn.values(need, sex) for sex in ("t", "m", "w")]
    np.testing.assert_allclose(both[0], both[1] + both[2])


def test_a_city_without_figures_says_so_and_invents_nothing(study: Study) -> None:
    from dataclasses import replace

    bare = Study(Params(city="musterstadt", draws=DRAWS))
    for name in ("population", "demand", "gap_draws", "supply", "base_fit", "local_ratios"):
        bare.__dict__[name] = getattr(study, name)
    empty = {name: getattr(study.city, name).iloc[:0] for name in ("physicians", "indicators")}
    empty["supply"] = study.city.supply.query("measure == 'places_permanent'")
    bare.city = replace(study.city, **empty)
    bare.__dict__["published"] = replace(study.published, **empty)
    table = bare.indicators
    for indicator in ("foreigners_share", "wohngeld_share", "physicians_per_1000", "services", "mean_household_size"):
        rows = table[table["indicator"] == indicator]
        assert set(rows["status"]) == {"unknown"}, indicator
        assert set(rows["reason"]) == {"not_in_tables"}, indicator
    rule = bare.warnings
    assert "ambulant_load_high" not in set(rule["rule"])


def test_factor_is_even_about_its_value(study: Study) -> None:
    from carelab.planning.indicator_draws import draw_factor

    factor = next(each for each in study.catalogue.indicators if each.id == "family_carers").factor
    drawn = draw_factor(factor, 20_000, np.random.default_rng(3))
    assert drawn.min() >= factor.low
    assert drawn.max() <= factor.high
    assert np.median(drawn) == pytest.approx(factor.value, abs=0.02)


def test_several_cities_stand_side_by_side(study: Study, magdeburg: Study) -> None:
    both = pd.concat([study.indicators, magdeburg.indicators], ignore_index=True)
    table = indicator_table(both, study.catalogue_words, year=2035, language="en").table
    assert table.groupby("city").size().nunique() == 1
    assert table["city"].nunique() == 2
    funnels = pd.concat([study.funnels, magdeburg.funnels], ignore_index=True)
    shown = funnel(funnels, study.catalogue_words, indicator="share_65plus", language="de")
    assert "Magdeburg" in shown.limits
    assert shown.table.groupby("city")["centre"].nunique().eq(1).all()


def test_metadata_are_dcat_without_machine_paths(study: Study) -> None:
    exhibits = [indicator_rows(study.indicators, study.catalogue_words, language="de")]
    run = {
        "id": "x-1", "city_name": "Musterstadt", "params": study.params.model_dump(), "finished": "2026-11-22T10:00:00",
        "synthetic": True, "dataset": study.catalogue.dataset.model_dump(mode="json"),
    }  # fmt: skip
    text = dcat_jsonld(exhibits, run)
    data = json.loads(text)
    assert data["@type"] == "dcat:Dataset"
    assert data["dct:issued"]["@value"] == "2026-11-22"
    assert data["dct:publisher"]["foaf:name"]
    addresses = [each["dcat:downloadURL"]["@id"] for each in data["dcat:distribution"]]
    assert addresses == ["tables/indicators.csv", "tables.xlsx"]
    assert all(each["dct:license"]["@id"].startswith("https://") for each in data["dcat:distribution"])
    assert "file:" not in text
    assert dcat_jsonld([], run) == ""


def test_warnings_become_sentences_and_a_table(magdeburg: Study) -> None:
    table = warning_table(magdeburg.warnings, magdeburg.rule_words, language="de").table
    assert (table.loc[table["state"] == "warning", "probability"] >= 0.8).all()
    assert (table.loc[table["state"] == "watch", "probability"] < 0.8).all()
    assert set(table["grade"]) <= set("ABCDE")
    sentences = warning_findings(magdeburg.warnings, magdeburg.rule_words, language="de").sentences
    assert len(sentences) == len(magdeburg.rules)

"""Back-tests that every run shows: the law enters only where it was known, ratios compare equal cases."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.backtest import shipped
from carelab.forecast.backtest.calibration import calibration_table, population_headline, relative_wis
from carelab.forecast.backtest.result import score_forecasts
from carelab.forecast.scores import wis
from carelab.study import Study
from carelab.terms import BAND_80, QUANTILE_COLUMNS

pytestmark = pytest.mark.functional
SPREAD = dict(zip(QUANTILE_COLUMNS, (0.0, -1.0, 1.0, -2.0, 2.0, -3.0, 3.0), strict=True))


def case(area: str, rule: str, observed: float, width: float) -> dict[str, object]:
    keys = {"area": area, "rule": rule, "observed": observed, "origin": 2000, "horizon": 2}
    return keys | {"size_class": "x", "target": "t"} | {name: 10 + width * step for name, step in SPREAD.items()}


def test_wis_is_compared_on_the_cases_that_both_know() -> None:
    """The rule that scores best is unknown in most cases, so it does not count; one case of `wide` is missing."""
    rows = [case(area, "model", 10.0, 1.0) for area in "abc"]
    rows += [case("a", "wide", 10.0, 2.0), case("b", "wide", 10.0, 2.0), case("c", "wide", 10.0, np.nan)]
    rows += [case("a", "sharp", 10.0, 0.1), case("b", "sharp", 10.0, np.nan), case("c", "sharp", 10.0, np.nan)]
    table = relative_wis(pd.DataFrame(rows))
    assert set(table["size_class"]) == {"x", "all"}
    np.testing.assert_allclose(table["wis_ratio"], 0.5)
    assert set(table["best_rule"]) == {"wide"}


def test_population_of_kreise_adds_up_and_prefers_counted_groups() -> None:
    structure = pd.DataFrame({"area": "1", "year": [2009, 2015], "population": [101, 200], "share_65plus": 0.2})
    counted = pd.DataFrame(
        {"area": "1", "year": 2015, "sex": "t", "age_from": [0, 75], "age_to": [74.0, np.nan], "persons": [150, 55]}
    )
    table = shipped.kreis_population(structure, counted)
    assert table.groupby("year")["persons"].sum().to_dict() == {2009: 101, 2015: 205}
    assert table.loc[table["year"] == 2009, "age_from"].tolist() == [0, 65]


def test_the_law_changes_only_what_was_known_from_2015_on(study: Study) -> None:
    cases = study._kreise.forecasts
    keys = ["area", "origin", "horizon", "target"]
    pair = [cases[cases["rule"] == rule].set_index(keys)["point"] for rule in ("model", "model_law")]
    both = pd.concat(pair, axis=1, keys=["plain", "law"]).dropna().reset_index()
    before = both["origin"] < 2015
    pd.testing.assert_series_equal(both.loc[before, "plain"], both.loc[before, "law"], check_names=False)
    at = both["origin"] == 2015
    assert (both.loc[at, "law"] > 1.05 * both.loc[at, "plain"]).all()


def test_calibration_recounts_from_the_forecasts(study: Study) -> None:
    cases = study._kreise.forecasts.query("rule == 'model' and target == 'people_in_need' and horizon == 2")
    inside = cases["observed"].between(cases["lower_80"], cases["upper_80"]).mean()
    row = study.calibration.query(
        "rule == 'model' and target == 'people_in_need' and horizon == 2 and size_class == 'all'"
    ).iloc[0]
    assert row["coverage_80"] == pytest.approx(inside)
    assert (row["verdict"] == "held") == (BAND_80[0] <= inside <= BAND_80[1])
    values = wis(
        cases["observed"], cases[list(QUANTILE_COLUMNS)].to_numpy(), levels=[0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975]
    )
    rule = study._kreise.forecasts.query(
        f"rule == '{row['best_rule']}' and target == 'people_in_need' and horizon == 2"
    )
    other = wis(
        rule["observed"], rule[list(QUANTILE_COLUMNS)].to_numpy(), levels=[0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975]
    )
    assert row["wis_ratio"] == pytest.approx(values.mean() / np.nanmean(other), rel=1e-6)


def test_with_the_law_known_every_size_class_is_calibrated(study: Study) -> None:
    """The target of the back-test: 75 to 88 % in every size class two and four years ahead (a little beyond: draws)."""
    rows = study.calibration.query("rule == 'model_law' and size_class != 'all' and horizon in [2, 4]")
    assert len(rows) == 8
    assert rows["coverage_80"].between(BAND_80[0], BAND_80[1] + 0.01).all()


def test_the_cities_way_forecasts_the_same_cases_and_holds_its_own_against_the_rules(study: Study) -> None:
    """What cities' pages show: every Kreis, origin and later survey, as good as the best rule after one step."""
    cases = study._kreise.forecasts.query("target == 'people_in_need'")
    keys = ["area", "origin", "horizon"]
    own, model = (cases[cases["rule"] == rule].set_index(keys).sort_index() for rule in ("model_city", "model"))
    assert own.index.equals(model.index)
    np.testing.assert_array_equal(own["observed"], model["observed"])
    errors = study.backtest_errors.query("target == 'people_in_need' and horizon == 2").set_index("rule")["mape_pct"]
    assert errors["model_city"] < errors.drop(["model", "model_law", "model_city"]).min()
    row = study.calibration.query("rule == 'model_city' and size_class == 'all' and horizon == 2").iloc[0]
    assert row["verdict"] == "held"
    assert row["wis_ratio"] < 0.95


def test_a_city_outside_the_panel_has_no_record_and_a_kreis_has_its_own(study: Study) -> None:
    assert study.backtest_own.empty
    record = shipped.own_record(study._kreise.forecasts, "15003")
    assert set(record["rule"]) == {"model", "model_city", "model_law"}
    assert record["width_ratio"].between(0.5, 2).all()
    middle = pd.concat(
        [shipped.own_record(study._kreise.forecasts, area) for area in ("01002", "05111", "09162", "14612", "15003")]
    )
    assert middle["width_ratio"].nunique() > 5


def test_the_headline_of_populations_counts_size_classes_that_fit_and_names_the_hardest_rule() -> None:
    """Two classes of 40 areas: one holds 80 % of its cases, the other all of them; the rule is twice as wide."""
    rows = []
    for k in range(40):
        off = 2.5 if k % 5 == 0 else 0.5  # inside 80 % up to two steps of SPREAD
        for size, observed in (("Q1", 10 + off), ("Q2", 10.0)):
            for rule, width in (("model", 1.0), ("own", 2.0), ("rare", 0.1)):
                rows.append(case(f"{size}{k}", rule, observed, width) | {"size_class": size, "target": "total"})
    table = pd.DataFrame(rows).assign(year=2002, point=10.0, crps=np.nan, pit=np.nan, flags="")
    table.loc[(table["rule"] == "rare") & (table["area"] > "Q10"), list(QUANTILE_COLUMNS)] = np.nan
    scores = score_forecasts(table)
    (row,) = population_headline(scores, calibration_table(scores, relative_wis(table))).to_dict("records")
    assert (row["cells"], row["held"], row["best_rule"]) == (2, 1, "own")
    assert row["coverage_80"] == pytest.approx(0.9)
    assert row["wis_ratio"] < 1

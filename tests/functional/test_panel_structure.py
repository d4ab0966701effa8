"""A larger area's ages split wide groups at a panel's first count: whose, when, and what it is good for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from carelab import paths
from carelab.cli import main
from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.small_area.ages import GRID, age_on
from carelab.forecast.small_area.structure import structure_shape
from carelab.inputs.errors import DataError
from carelab.inputs.reference import load_reference
from carelab.stages.panel_structure import choose_structure

pytestmark = pytest.mark.functional
STARTS = (0, 18, 25, 35, 45, 55, 65, 75)
KREISE = ("03101", "03102", "03103", "05315", "09162", "15003", "15002", "15001")


def long_form(ages, starts, areas=KREISE, first=2010):
    """Return a panel from single ages (year, GRID), the same in every area."""
    rows = [
        (area, first + t, "t", low, high, float(year[low : GRID if high is None else high + 1].sum()))
        for area in areas
        for t, year in enumerate(ages)
        for low, high in zip(starts, [*(each - 1 for each in starts[1:]), None], strict=True)
    ]
    columns = ["area", "year", "sex", "age_from", "age_to", "persons"]
    return pd.DataFrame(rows, columns=columns).astype({"age_to": float})


def small_cohort(years=7):
    """Return single ages (year, GRID) of a town that nobody moves to: some of the old are fewer at first."""
    ages = 1000.0 * np.exp(-0.5 * (np.maximum(np.arange(GRID) - 50, 0) / 18.0) ** 2)
    ages[70:75] *= 0.5
    path = [ages]
    for t in range(years - 1):
        later = age_on(path[-1][None], ("t",), 2010 + t, 1)[0]
        later[0] = ages[0]
        path.append(later)
    return np.stack(path)


def test_ages_of_germany_show_who_turns_75_in_its_kreise():
    """Kreise 2015-2020 end at 75+: the few born in 1942-46 are hidden in 65-74, and Germany's ages of 2015 tell."""
    panel = pd.read_csv(paths.DATA / "kreise" / "ages.csv", dtype={"area": str})
    areas = sorted(panel["area"].unique())[::10]
    panel = panel[panel["area"].isin(areas) & (panel["year"] <= 2020)]
    errors = {}
    for said in ("none", "auto"):
        setting = Setting(horizons=(2, 3), draws=50)
        rows = backtest_population(panel, setting, structure=choose_structure(panel, said).ages).forecasts
        old = rows[(rows["rule"] == "model") & (rows["target"] == "75+")]
        errors[said] = (old["point"] / old["observed"] - 1).abs().mean()
    assert errors["auto"] < 0.85 * errors["none"]


def test_counts_after_the_first_year_are_never_used():
    germany = load_reference().population_de
    assert structure_shape(germany, ("m", "w"), 1985) is None
    at_2013 = structure_shape(germany, ("m", "w"), 2013)
    later = germany.assign(persons=germany["persons"].where(germany["year"] <= 2010, 1.0))
    assert np.array_equal(at_2013, structure_shape(later, ("m", "w"), 2013))


def test_single_ages_add_up_to_the_groups_in_the_year_of_the_count():
    germany = load_reference().population_de
    ages = structure_shape(germany, ("m", "w", "t"), 2015)
    groups = np.add.reduceat(ages, np.arange(0, 101, 5), axis=1)
    counted = germany[germany["year"] == 2015].pivot(index="age_from", columns="sex", values="persons")
    assert groups[0] == pytest.approx(counted["m"].to_numpy())
    assert groups[1] == pytest.approx(counted["w"].to_numpy())
    assert groups[2] == pytest.approx(counted.sum(axis=1).to_numpy())


def test_german_keys_bring_the_ages_of_germany_and_say_so():
    panel = long_form(small_cohort(), STARTS)
    german = choose_structure(panel, "auto")
    assert german.ages is not None
    assert german.ages["year"].max() == 2010
    assert "Deutschlands" in german.note[0]
    assert choose_structure(panel, "none").ages is None
    elsewhere = choose_structure(panel.assign(area="Bezirk " + panel["area"].str[-1]), "auto")
    assert elsewhere.ages is None
    assert "--ages" in elsewhere.note[0]
    narrow = long_form(small_cohort(), tuple(range(0, 86, 5)))
    assert choose_structure(narrow, "auto").note is None
    assert choose_structure(panel.assign(year=panel["year"] - 30), "auto").ages is None


def test_a_file_of_ones_own_is_used_and_a_bad_one_refused(tmp_path, capsys):
    truth = small_cohort()
    files = {name: tmp_path / f"{name}.csv" for name in ("panel", "ages", "bad")}
    long_form(truth, STARTS).to_csv(files["panel"], index=False)
    country = long_form(truth[:1], tuple(range(0, 101, 5)), areas=("country",))
    country.to_csv(files["ages"], index=False)
    country.assign(persons="many").to_csv(files["bad"], index=False)
    words = ["backtest", "population", "--panel", str(files["panel"]), "--horizons", "3", "--draws", "50"]
    with pytest.raises(SystemExit) as end:
        main([*words, "--ages", str(files["ages"]), "--out", str(tmp_path / "out")])
    assert end.value.code == 0
    assert "Altersaufbau von ages.csv von 2010" in capsys.readouterr().out
    with pytest.raises(DataError, match="many"):
        choose_structure(long_form(truth, STARTS), str(files["bad"]))


@pytest.mark.parametrize(("inhabitants", "german"), [(700_000.0, True), (200_000.0, False)])
def test_numbered_districts_of_a_large_city_are_no_laender(inhabitants: float, german: bool) -> None:
    numbers = [f"{number:02d}" for number in range(1, 11)]
    panel = long_form(small_cohort(2), STARTS, areas=numbers)
    panel["persons"] *= inhabitants / panel[panel["area"].eq("01") & panel["year"].eq(2010)]["persons"].sum()
    assert (choose_structure(panel, "auto").ages is not None) == german

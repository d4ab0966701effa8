"""Care panels nobody has seen: they run, flag what their numbers rest on, or say in one sentence why not."""

import numpy as np
import pandas as pd
import pytest

from carelab.cli import main
from carelab.forecast.backtest.care import backtest_care
from carelab.forecast.backtest.result import MODEL
from carelab.forecast.care_panel.ages import read_ages
from carelab.forecast.care_panel.data import read_care_panel
from carelab.forecast.care_panel.growth import counting_gains, smoothed_growth, steps_of
from carelab.stages.panel_keys import name_parents
from carelab.terms import UserError

pytestmark = pytest.mark.functional
YEARS = (2008, 2011, 2014, 2017, 2020)


def graz(*, areas=24, size=300.0, years=YEARS, seed=0, growth=0.1):
    """Counts of a place without German keys, surveyed every three years: growth, drift of each area, chance."""
    rng = np.random.default_rng(seed)
    drift = np.cumsum(rng.normal(growth, 0.03, (areas, len(years))), axis=1)
    counts = rng.poisson(size * np.exp(rng.normal(0, 0.4, areas)[:, None] + drift)).astype(float)
    keys = [(f"Bezirk {i}", f"Region {i % 3}") for i in range(areas)]
    rows = [(*keys[i], year, counts[i, t]) for i in range(areas) for t, year in enumerate(years)]
    return pd.DataFrame(rows, columns=["area", "parent", "year", "people_in_need"])


def people(areas, bands, *, sexes=("m", "w"), years=YEARS, seed=0):
    rng = np.random.default_rng(seed)
    rows = [
        (area, year, sex, low, high, float(rng.integers(100, 900)) * (20.0 if low == 0 else 1.0))
        for area in areas
        for year in years
        for sex in sexes
        for low, high in bands
    ]
    return pd.DataFrame(rows, columns=["area", "year", "sex", "age_from", "age_to", "persons"])


FINE = ((0, 64.0), (65, 79.0), (80, np.nan))
COARSE = ((0, 64.0), (65, np.nan))


def totals(table, key, name):
    return (
        table.groupby(["year"] if key is None else [key, "year"], as_index=False)["people_in_need"]
        .sum()
        .assign(**({"area": name} if key is None else {"area": lambda t: t[key]}))
    )


def with_total(table):
    return pd.concat([totals(table, None, "Gesamt"), table.assign(parent="")])


def with_codes(table):
    """Codes of five digits below codes of two, one of these with a lone part, and a total; one part is changed."""
    numbers = table["area"].str.removeprefix("Bezirk ").astype(int)
    land = (numbers % 3 + 1).where(numbers > 0, 9).map("{:02d}".format)
    codes = table.assign(area=land + numbers.map("{:03d}".format), land=land, parent="")
    codes["area_changed"] = codes["area"] == "02001"
    parts = codes.drop(columns="land")
    return pd.concat([totals(codes, None, "AT"), totals(codes, "land", ""), parts]).fillna({"area_changed": False})


@pytest.mark.parametrize(
    ("change", "left", "sums"), [(with_total, 24, ["Gesamt"]), (with_codes, 23, ["AT", "01", "09"])]
)
def test_sums_that_nobody_names_are_not_counted_twice(change, left, sums):
    panel = read_care_panel(change(graz()))
    assert panel.areas.size == left
    (note,) = [en for _, en in panel.notes if "sum of other areas" in en]
    assert all(each in note for each in sums)


def test_an_area_that_only_looks_large_stays():
    table = graz()
    panel = read_care_panel(
        table.assign(people_in_need=table["people_in_need"] * (1 + 60 * (table["area"] == "Bezirk 5")))
    )
    assert "Bezirk 5" in panel.areas
    assert any("Bezirk 5 counts about as many" in en for _, en in panel.notes)


def test_running_numbers_are_no_sums_of_each_other():
    table = graz(areas=12).assign(area=lambda t: t["area"].str.removeprefix("Bezirk "), parent="")
    assert read_care_panel(table).areas.size == 12
    assert read_care_panel(table.assign(people_in_need=50.0)).areas.size == 12


def test_laender_and_germany_among_kreise_become_their_parents():
    keys = ["DG", "1", "3", "01001", "01002", "03101", "03102"]
    panel, notes = name_parents(pd.DataFrame({"area": keys, "parent": "", "year": 2011, "people_in_need": 1.0}))
    assert panel["parent"].tolist() == ["", "DG", "DG", "1", "1", "3", "3"]
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.assign(people_in_need=t["people_in_need"] / 97), "these are rates"),
        (
            lambda t: t.assign(people_in_need=t["people_in_need"].where(t["year"] != 2014, 1000 * t["people_in_need"])),
            "2014",
        ),
        (lambda t: t.assign(area_changed="ja"), "changed area"),
        (
            lambda t: t.assign(area=t["area"] + t["year"].gt(2012).map({True: " neu", False: ""})),
            "no counted area in common",
        ),
        (lambda t: t[t["year"] > 2014], "2 surveys"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(change, words):
    with pytest.raises(UserError) as error:
        backtest_care(change(graz()), None, draws=20, seed=1)
    assert words in error.value.en


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p.assign(persons=p["persons"] / 1000), "not as thousands"),
        (lambda p: p[p["sex"] == "m"], "sex = m only"),
        (lambda p: p.assign(age_to=p["age_to"].replace(79.0, 74.0)), "overlap or have gaps"),
    ],
)
def test_a_population_that_cannot_be_used_is_refused(change, words):
    table = graz()
    with pytest.raises(UserError) as error:
        backtest_care(table, change(people(table["area"].unique(), FINE)), draws=20, seed=1)
    assert words in error.value.en


def test_areas_with_bands_sexes_and_years_of_their_own_are_all_used_and_flagged():
    table = graz(areas=30)
    areas = table["area"].unique()
    parts = [
        people(areas[:12], FINE),
        people(areas[12:20], COARSE, sexes=("t",)),
        people(areas[20:26], ((0, 74.0), (75, np.nan)), years=(2005, 2010, 2013, 2016, 2018)),
    ]
    population = pd.concat(parts, ignore_index=True)
    ages = read_ages(population, areas)
    counted = population[population["year"] == 2011].groupby("area")["persons"].sum()
    np.testing.assert_allclose(ages.persons[2011][:20].sum(axis=(1, 2)), counted[areas[:20]])
    result = backtest_care(table, population, draws=20, seed=1)
    rows = result.forecasts[(result.forecasts["rule"] == MODEL) & (result.forecasts["origin"] == 2017)]
    flags = rows[rows["target"] == "people_in_need"].set_index("area")["flags"]
    expected = [""] * 12 + ["ages_coarse"] * 8 + ["ages_earlier"] * 6 + ["ages_unknown"] * 4
    assert flags[areas].tolist() == expected
    hidden = rows[rows["target"] == "people_in_need_hidden"].set_index("area")["flags"]
    assert hidden[areas[:26]].tolist() == expected[:26]
    text = " ".join(en for _, en in result.notes)
    assert all(word in text for word in ("4 of 30 areas", "ages_coarse", "ages_earlier", "ages_unknown"))


def test_a_missing_band_is_unknown_and_never_taken_for_the_whole_area():
    areas = np.array(["a", "b", "c"], dtype=object)
    table = people(areas, FINE)
    ages = read_ages(table[(table["area"] != "b") | (table["age_from"] != 80)], areas)
    assert np.isfinite(ages.persons[2011].sum(axis=(1, 2))).tolist() == [True, False, True]


def test_a_jump_and_a_changing_parent_are_told_and_the_jump_flagged():
    table = graz()
    table.loc[(table["area"] == "Bezirk 4") & (table["year"] >= 2014), "people_in_need"] *= 5
    table.loc[(table["area"] == "Bezirk 7") & (table["year"] >= 2014), "parent"] = "Region neu"
    result = backtest_care(table, None, draws=20, seed=1)
    text = " ".join(en for _, en in result.notes)
    assert "1, for example Bezirk 4, 2011 to 2014" in text
    assert "parent of 1 areas changes (Bezirk 7" in text
    rows = result.forecasts[(result.forecasts["rule"] == MODEL) & (result.forecasts["origin"] == 2014)]
    assert set(rows.loc[rows["flags"].str.contains("jump"), "area"]) == {"Bezirk 4"}


def test_sums_that_do_not_add_and_areas_under_new_keys_are_told():
    table = graz()
    land = totals(table, "parent", "").assign(parent="Land")
    wrong = (land["area"] == "Region 1") & (land["year"] == 2014)
    land["people_in_need"] *= np.where(wrong, 1.25, 1.0)
    moved = table["area"].isin(["Bezirk 3", "Bezirk 8"]) & (table["year"] >= 2014)
    panel = read_care_panel(pd.concat([table.assign(area=table["area"] + moved.map({True: "a", False: ""})), land]))
    text = " ".join(en for _, en in panel.notes)
    assert "differ from their parts: 1 (most Region 1 in 2014, by 20%)" in text
    assert "Before 2014 2 areas end (Bezirk 3, for example) and 2 begin (Bezirk 3a" in text


def test_a_survey_of_one_area_is_left_out_and_told():
    table = graz()
    kept = table[(table["year"] != 2014) | (table["area"] == "Bezirk 3")]
    panel = read_care_panel(kept)
    assert 2014 not in panel.years
    assert any("2014 (1 of 24)" in en for _, en in panel.notes)


def test_zeros_are_judged_by_what_was_known_then():
    """Whether a zero is a count is told by the other surveys of its area: at an origin, by earlier ones only."""
    runs = []
    for later in (12.0, 400.0):
        table = graz()
        for year, count in zip(YEARS, (0.0, 12.0, 12.0, later, later), strict=True):
            table.loc[(table["area"] == "Bezirk 2") & (table["year"] == year), "people_in_need"] = count
        forecasts = backtest_care(table, None, draws=50, seed=1).forecasts
        runs.append(forecasts[(forecasts["rule"] == MODEL) & (forecasts["origin"] <= 2014)])
    columns = ["area", "origin", "year", "point", "lower_80", "upper_80"]
    pd.testing.assert_frame_equal(*(run[columns].reset_index(drop=True) for run in runs), check_exact=True)


def test_growth_counted_in_few_people_is_believed_less_and_that_pays():
    """True growth of the sum is known: counted in few, the shrunk growth is nearer to it; counted in many, the same."""
    errors = {}
    for size in (3.0, 100_000.0):
        found = []
        for seed in range(30):
            panel = read_care_panel(graz(areas=10, size=size, seed=seed, growth=0.06).assign(parent=""))
            steps = steps_of(panel)
            gains = counting_gains(panel, steps)
            pair = [smoothed_growth(steps, 1.0, each)[-1] for each in (gains, None)]
            found.append([*(np.array(pair) - 0.02), gains[-1]])
        errors[size] = np.array(found)
    few, many = errors[3.0], errors[100_000.0]
    assert np.abs(few[:, 0]).mean() < 0.7 * np.abs(few[:, 1]).mean()
    assert few[:, 2].mean() < 0.5
    assert many[:, 2].min() > 0.99
    np.testing.assert_allclose(many[:, 0], many[:, 1], atol=1e-3)


def test_ages_without_anybody_leave_hidden_areas_estimable():
    table = graz(years=(2014, 2017, 2020))
    population = people(table["area"].unique(), FINE)
    nobody = (population["age_from"] == 80) & population["area"].isin(["Bezirk 1", "Bezirk 2"])
    population.loc[nobody & ((population["sex"] == "w") | (population["area"] == "Bezirk 1")), "persons"] = 0.0
    rows = backtest_care(table, population, draws=20, seed=1).forecasts
    rows = rows[(rows["target"] == "people_in_need_hidden") & (rows["rule"] == MODEL)]
    assert len(rows) == 3 * 24
    assert np.isfinite(rows[["point", "lower_80", "upper_80"]].to_numpy(float)).all()


def test_intervals_of_hidden_areas_hold_in_small_panels():
    """25 to 40 areas: 80 % intervals from few errors must not be the narrower for it."""
    inside = []
    for seed in range(6):
        table = graz(areas=32, seed=seed, years=(2014, 2017, 2020))
        result = backtest_care(table, people(table["area"].unique(), FINE, seed=seed), draws=20, seed=1)
        rows = result.forecasts[result.forecasts["target"] == "people_in_need_hidden"]
        rows = rows[rows["rule"] == MODEL]
        inside.append(rows["observed"].between(rows["lower_80"], rows["upper_80"]).mean())
    assert 0.75 <= np.mean(inside) <= 0.9


def test_one_command_reads_both_files_under_other_names(tmp_path, capsys):
    table = graz()
    population = people(table["area"].unique(), COARSE)
    table.rename(columns={"area": "bezirk", "year": "jahr", "people_in_need": "faelle"}).to_csv(
        tmp_path / "care.csv", sep=";", index=False, encoding="utf-8-sig"
    )
    population.rename(columns={"area": "bezirk", "year": "jahr", "persons": "ew"}).to_csv(
        tmp_path / "p.csv", index=False
    )
    files = [
        "--panel",
        str(tmp_path / "care.csv"),
        "--population",
        str(tmp_path / "p.csv"),
        "--out",
        str(tmp_path / "out"),
    ]
    words = ["backtest", "care", *files, "--draws", "20", "--language", "en", "--columns"]
    with pytest.raises(SystemExit) as ended:
        main([*words, "bezirk=area,jahr=year,faelle=people_in_need,ew=persons"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert "own count hidden, at the same survey" in told
    assert "nan" not in told.lower()
    with pytest.raises(SystemExit) as ended:
        main([*words, "bezirk=area,jahr=year,faelle=people_in_need,personen=persons"])
    assert ended.value.code == 2
    assert '"personen"' in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["backtest", "care", *files, "--draws", "0", "--language", "en"])
    assert ended.value.code == 2
    assert "--draws is 0" in capsys.readouterr().err

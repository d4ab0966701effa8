"""Panels as people send them: what cannot be meant is refused or left out, and never changes what the others are."""

import numpy as np
import pandas as pd
import pytest

from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.small_area.ages import Bands, survival_of
from carelab.forecast.small_area.panel_arrays import panel_arrays
from carelab.inputs.errors import DataError
from carelab.inputs.panels import read_control, read_population
from carelab.terms import UserError

pytestmark = pytest.mark.functional

YEARS = range(2000, 2022)
FIVE = tuple(range(0, 85, 5))


def panel(*, areas=8, starts=FIVE, seed=5):
    """Return persons of areas whose cohorts age, die by the standard and take in movers of 20 to 29, with chance."""
    rng = np.random.default_rng(seed)
    ages = np.arange(111)
    size = np.geomspace(20, 200, areas)
    now = rng.poisson(np.outer(size, np.append(1, np.cumprod(survival_of(("t",), 1990, 1)[0][:-1]))))
    ends = [*(start - 1.0 for start in starts[1:]), np.nan]
    rows = []
    for year in YEARS:
        counts = Bands(np.array(starts)).collapse(now)
        rows += [
            (f"{a + 1:02d}", year, "t", start, end, int(counts[a, b]))
            for a in range(areas)
            for b, (start, end) in enumerate(zip(starts, ends, strict=True))
        ]
        later = np.zeros_like(now)
        later[:, 1:] = rng.binomial(now, np.clip(survival_of(("t",), year, 1)[0], 0, 1))[:, :-1]
        later[:, 0] = rng.poisson(size)
        later += rng.poisson(np.outer(size, (ages >= 20) & (ages < 30)) * 0.1)
        now = later
    return pd.DataFrame(rows, columns=["area", "year", "sex", "age_from", "age_to", "persons"])


@pytest.fixture(scope="module")
def table():
    return panel()


def text(frame, **how):
    return frame.to_csv(index=False, **how)


def lost_zeros(frame):
    return text(frame.assign(area=frame["area"].where(frame["year"] < 2010, frame["area"].str.lstrip("0"))))


def shares(frame):
    return text(frame.assign(persons=frame["persons"] / frame.groupby(["area", "year"])["persons"].transform("sum")))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda f: text(f.assign(persons="1,234")).replace('"', ""), "Zeile 2: mehr Zellen"),
        (lambda f: text(f) + "07,2022,t,0,,1,234\n", f"Zeile {8 * 22 * 17 + 2}: mehr Zellen"),
        (lambda f: "Quelle: Amt\n" + text(f), "Kopfzeile (Quelle: Amt)"),
        (lambda f: text(f.assign(x=f["persons"])).replace(",x\n", ",persons\n", 1), "„persons“ steht zweimal"),
        (lambda f: text(f.assign(year=f["year"].astype(str) + "-12-31")), "weiteren Zeilen"),
        (lambda f: text(f.assign(persons=f["persons"].astype(str) + " 000")), "ohne Tausenderzeichen"),
        (lost_zeros, "„01“ und „1“"),
        (shares, "also Anteile"),
        (lambda f: "PK\x03\x04 binary", "Excel"),
        (lambda f: " \n", "die Datei ist leer"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_one_sentence(table, tmp_path, spoil, found):
    path = tmp_path / "panel.csv"
    path.write_text(spoil(table), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_population(path)
    assert found in error.value.de
    assert "\n" not in error.value.de
    assert "\n" not in error.value.en


def test_the_same_panel_in_another_form_is_read_the_same(table, tmp_path):
    """Spaces in the header, empty lines above it, rows that end with a mark, Windows line ends."""
    path, usual = tmp_path / "odd.csv", tmp_path / "panel.csv"
    head, _, body = text(table, sep=";", lineterminator="\r\n").partition("\r\n")
    odd = "\r\n\r\n" + " ; ".join(head.split(";")) + "\r\n" + body.replace("\r\n", ";\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + odd.encode())
    usual.write_text(text(table), encoding="utf-8")
    pd.testing.assert_frame_equal(read_population(path).frame, read_population(usual).frame)


def at(frame, **where):
    chosen = np.ones(len(frame), dtype=bool)
    for column, value in where.items():
        chosen &= (frame[column] == value).to_numpy()
    return chosen


def spread(frame, factor, **where):
    return frame.assign(persons=frame["persons"] * np.where(at(frame, **where), factor, 1))


def joined(frame, **where):
    whole = frame[at(frame, **where)].groupby(["area", "year", "sex"], as_index=False)["persons"].sum()
    return pd.concat([frame[~at(frame, **where)], whole.assign(age_from=0, age_to=np.nan)], ignore_index=True)


def with_city(frame):
    keys = ["year", "sex", "age_from", "age_to"]
    city = frame.groupby(keys, dropna=False, as_index=False)["persons"].sum()
    return pd.concat([frame, city.assign(area="Stadt")], ignore_index=True)


@pytest.mark.parametrize(
    ("spoil", "unknown", "said"),
    [
        (lambda f: f[~at(f, area="03", year=2010, age_from=80)], {"03": [2010]}, "03 (2010)"),
        (lambda f: joined(f, area="03", year=2010), {"03": [2010]}, "03 (2010)"),
        (lambda f: spread(f, 0, area="03", year=2010), {"03": [2010]}, "null oder ein Vielfaches"),
        (lambda f: spread(f, 10, year=2010), "all", "null oder ein Vielfaches"),
        (lambda f: spread(f, 0, year=2010, age_from=40), "all", "in allen Gebieten leer"),
        (with_city, {}, "„Stadt“ ist die Summe"),
        (lambda f: pd.concat([f, f[at(f, year=2000)].assign(year=1925)]), {}, "1925; benutzt ab 2000"),
    ],
)
def test_a_slip_makes_its_own_year_unknown_and_nothing_else(table, spoil, unknown, said):
    usual, _ = panel_arrays(table)
    found, notes = panel_arrays(spoil(table))
    wanted = usual.persons.copy()
    for area in usual.areas:
        for year in [2010] if unknown == "all" else unknown.get(area, []):
            wanted[list(usual.years).index(year), usual.areas.index(area)] = np.nan
    assert found.areas == usual.areas
    assert found.start.tolist() == usual.start.tolist()
    np.testing.assert_array_equal(found.persons, wanted)
    assert any(said in de for de, _ in notes)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda f: f[f["age_from"] < 65], "endet mit 64 Jahren"),
        (lambda f: spread(f, 0, age_from=80), "ab 80 Jahren ist in allen Jahren"),
    ],
)
def test_ages_that_are_not_counted_are_no_total(table, spoil, found):
    with pytest.raises(UserError, match=found):
        panel_arrays(spoil(table))


def test_sums_of_both_sexes_that_differ_are_named(table):
    halves = [table.assign(sex=sex, persons=table["persons"] / 2) for sex in ("m", "w")]
    sums = spread(table, 1.05, area="04", year=2011)
    assert any("04, 2011" in de for de, _ in panel_arrays(pd.concat([*halves, sums]))[1])
    assert not any("weichen" in de for de, _ in panel_arrays(pd.concat([*halves, table]))[1])


def test_first_years_that_do_not_count_are_no_history(table):
    early = (table["age_from"] == 80) & (table["year"] < 2008)
    found, _ = panel_arrays(table.assign(persons=table["persons"].where(~early, 0)))
    assert found.years[0] == 2008


def test_an_area_that_goes_on_under_another_key_is_named(table):
    late = at(table, area="03") & (table["year"] >= 2010).to_numpy()
    _, notes = panel_arrays(table.assign(area=table["area"].where(~late, "3 neu")))
    assert any("03 -> 3 neu (2010)" in de for de, _ in notes)
    ended = (table["area"] == "02") & (table["year"] >= 2010) | (table["area"] == "07") & (table["year"] < 2010)
    assert not any("Schlüssel" in de for de, _ in panel_arrays(table[~ended])[1])


def test_horizons_off_the_panel_are_named_with_those_on_it(table):
    third = table[table["year"] % 3 == 0]
    with pytest.raises(UserError, match=r"--horizons 1, 5: .* alle 3 Jahre .*möglich: 3, 6, 9"):
        backtest_population(third, Setting(horizons=(1, 5), draws=40))
    result = backtest_population(third, Setting(horizons=(1, 3), draws=40))
    assert any("Horizont 1" in de for de, _ in result.notes)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda f: f.assign(persons=f["persons"] / 1000), "das Panel zählt"),
        (lambda f: f[f["year"] <= 2005], "nach dem Ausgangsjahr"),
    ],
)
def test_totals_of_other_areas_units_or_years_are_refused(table, spoil, found):
    control = spoil(table.groupby("year", as_index=False)["persons"].sum())
    with pytest.raises(UserError, match=found):
        backtest_population(table, Setting(horizons=(5,), draws=40), control=control)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["2010,t,0,,90", "2010,m,0,,40", "2010,w,0,,50"], "sex m, t, w"),
        (["2010,t,0,,90", "2010,t,65,,20"], "überschneiden"),
        (["2010,t,65,,20"], "erste Altersgruppe"),
    ],
)
def test_totals_that_count_somebody_twice_or_not_are_refused(tmp_path, lines, found):
    path = tmp_path / "control.csv"
    path.write_text("\n".join(["year,sex,age_from,age_to,persons", *lines]), encoding="utf-8")
    with pytest.raises(DataError, match=found):
        read_control(path)


def test_an_area_that_takes_in_its_neighbour_spoils_only_its_own_forecasts(table):
    """Borders change in 2012: all other areas have about the errors and intervals that they have without that."""
    taken = at(table, area="06") & (table["year"] >= 2012).to_numpy()
    merged = table.assign(area=table["area"].where(~taken, "07"))
    keys = ["area", "year", "sex", "age_from", "age_to"]
    merged = merged.groupby(keys, dropna=False, as_index=False)["persons"].sum()
    one, other = (
        backtest_population(each, Setting(horizons=(5,), draws=200)).forecasts.query("rule == 'model'")
        for each in (table, merged)
    )
    flagged = other["flags"].astype(str).str.contains("area_change")
    assert set(other.loc[flagged, "area"]) == {"07"}
    for target in ("total", "65+", "80+"):
        usual, found = (
            each[(each["target"] == target) & ~each["area"].isin(["06", "07"]) & (each["origin"] >= 2012)]
            for each in (one, other)
        )
        errors = [(each["point"] - each["observed"]).abs().sum() for each in (usual, found)]
        widths = [np.log(each["upper_80"] / each["lower_80"]).median() for each in (usual, found)]
        assert errors[1] < 1.15 * errors[0]
        assert 0.8 < widths[1] / widths[0] < 1.25


def test_areas_counted_in_turns_are_projected_as_well_as_areas_counted_every_year(table):
    """Half of the areas in even years, half in odd ones: no two neighbouring years have an area in common."""
    turns = table[(table["year"] + table["area"].astype(int)) % 2 == 0]
    every, found = (
        backtest_population(each, Setting(horizons=(8,), draws=40)).scores.query(
            "rule == 'model' and group == 'pooled' and size_class == 'all' and target in ['total', '65+']"
        )
        for each in (table, turns)
    )
    assert (found["wape"].to_numpy() < 1.5 * every["wape"].to_numpy()).all()


def test_counts_that_never_change_give_no_ratio_to_a_perfect_rule():
    """Carrying forward is exact here: no ratio is printed rather than a huge one."""
    still = pd.concat([panel(areas=3).query("year == 2000").drop(columns="year").assign(year=y) for y in YEARS])
    relative = backtest_population(still, Setting(horizons=(1, 10), draws=40)).relative
    assert (relative["wis_ratio"].dropna() < 1000).all()

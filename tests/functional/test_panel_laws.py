"""Known laws: the file as it ships, which panels they enter by themselves, and what a reader is told."""

import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

from carelab import paths
from carelab.cli import main
from carelab.forecast.care_panel.data import read_care_panel
from carelab.inputs.countries import country_of, is_german
from carelab.inputs.errors import DataError
from carelab.inputs.laws import load_laws
from carelab.inputs.reference import load_reference
from carelab.stages.panel_laws import choose_laws, laws_on_record
from carelab.terms import UserError

pytestmark = pytest.mark.functional
SURVEYS = (2011, 2013, 2015, 2017, 2019)


def panel(areas, parents="", years=SURVEYS, size=1000.0):
    keys = pd.MultiIndex.from_product([areas, years], names=["area", "year"]).to_frame(index=False)
    of = dict(zip(areas, [parents] * len(areas) if isinstance(parents, str) else parents, strict=True))
    return keys.assign(parent=keys["area"].map(of), people_in_need=size)


def kreise():
    totals = load_reference().care_totals
    return sorted(totals.loc[totals["level"] == "kreis", "area"].unique())


def test_the_law_that_ships_adds_up_and_is_used_only_from_its_source_on() -> None:
    (law,) = laws_on_record("DE")
    assert law.size == pytest.approx(680_483 / 2_860_293)
    assert (law.known_from, law.start, law.phase_in, law.spread) == (2015, 2017.0, 4, 0.5)
    assert "2015-09-21" in law.source[0]
    assert "180.483" in law.source[0]
    assert law.effect(2013, 2017) == 0.0
    assert law.effect(2015, 2017) > 0.05


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"known_from": 2014}, "psg2: known_from (2014) liegt vor der Quelle von 2015-09-21"),
        ({"known_from": 2018}, "psg2: known_from (2018) liegt nach start"),
        ({"spread": {"value": 0.9, "low": 0.2, "high": 0.7, "source": "assumption"}}, "nicht in der Reihenfolge low"),
        (
            {"phase_in_years": {"value": 4, "low": 2, "high": 6, "source": "a feeling"}},
            "ist 'a feeling', erwartet: 'a",
        ),
        ({"added": []}, "psg2.added ist [], erwartet: mindestens 1 Einträge"),
        ({"start": "2017-01-01"}, "psg2.start ist '2017-01-01', erwartet: eine Zahl"),
        ({"stort": 2017}, "psg2.stort gibt es hier nicht"),
        ({"country": None}, "psg2.country ist None, erwartet: Text"),
    ],
)
def test_a_law_without_source_or_known_too_early_is_refused(tmp_path, change, words) -> None:
    values = yaml.safe_load((paths.DATA / "laws.yaml").read_text(encoding="utf-8"))
    values["laws"][0].update(change)
    (tmp_path / "laws.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(DataError, match="psg2") as found:
        load_laws(tmp_path)
    assert words in found.value.text("de")
    assert "should" not in found.value.text("de")


def test_every_kreis_is_known_with_and_without_leading_zero() -> None:
    keys = kreise()
    assert all(is_german(key) for key in keys)
    assert all(is_german(key.lstrip("0")) for key in keys)
    assert all(is_german(f"{key}000") for key in keys)


@pytest.mark.parametrize(
    "areas",
    [
        ["DEA11", "DEA12", "DE300"],
        ["Bayern", "Hessen", "Berlin"],
        ["15003 Magdeburg", "15002 Halle", "15001 Dessau-Roßlau"],
        ["150030000000", "150020000000"],
        ["DE-BY", "DE-HE"],
    ],
)
def test_other_spellings_of_german_areas_are_known(areas) -> None:
    assert country_of(dict.fromkeys(areas, 100.0), {"": 300.0}) == "DE"


@pytest.mark.parametrize(
    "areas",
    [
        [f"01{n:03d}" for n in range(1, 134, 2)],  # counties of Alabama
        [f"06{n:03d}" for n in range(1, 116, 2)],  # counties of California
        [f"12{n:03d}" for n in range(1, 305)],  # municipalities of Aveyron
        [f"{n:02d}" for n in range(1, 24)],  # districts of Wien
        [str(n) for n in range(1, 10)],  # Länder of Austria
        [f"AT{n}" for n in (11, 12, 13, 21, 22)],
        [f"Kreis {n}" for n in range(1, 13)],  # districts of Zürich
    ],
)
def test_areas_of_other_countries_are_not_taken_for_german_ones(areas) -> None:
    assert country_of(dict.fromkeys(areas, 50_000.0), {"": 1.0}) is None


def test_numbers_of_laender_need_the_size_of_laender() -> None:
    numbers = [f"{n:02d}" for n in range(1, 17)]
    assert country_of(dict.fromkeys(numbers, 20_000.0), {}) == "DE"
    assert country_of(dict.fromkeys([n.lstrip("0") for n in numbers], 20_000.0), {}) == "DE"
    assert country_of(dict.fromkeys(numbers, 400.0), {}) is None
    names = [f"Kreis {n}" for n in range(32)]
    assert country_of(dict.fromkeys(names, 9_000.0), dict.fromkeys(numbers, 18_000.0)) == "DE"


def test_auto_enters_the_law_only_where_surveys_reach_over_its_start() -> None:
    keys = kreise()[:20]
    assert len(choose_laws(panel(keys), "auto").laws) == 1
    assert len(choose_laws(panel(["x", "y"], "15003"), "auto").laws) == 1
    for years in ((2009, 2011, 2013, 2015), (2017, 2019, 2021), (2009, 2013, 2017, 2021)):
        chosen = choose_laws(panel(keys, years=years), "auto")
        assert chosen.laws == ()
        assert "--law" in chosen.note[1]
    stranger = choose_laws(panel([f"{n:02d}" for n in range(1, 24)]), "auto")
    assert stranger.laws == ()
    assert "which country" in stranger.note[1]
    assert stranger.note[1].count(". ") == 0
    assert choose_laws(panel(keys), "none").laws == ()


def test_laws_by_hand_may_be_several_and_wrong_ones_are_refused() -> None:
    first, second = choose_laws(panel(["a"]), "2017:0.238:2015,2025:-0.05:2024").laws
    assert (first.start, first.size, first.known_from) == (2017.0, 0.238, 2015)
    assert (second.start, second.size, second.known_from) == (2025.0, -0.05, 2024)
    for wrong in ("2017", "2017:viel:2015", "2017:0.2:2018", "2017:-1:2015"):
        with pytest.raises(UserError, match="--law"):
            choose_laws(panel(["a"]), wrong)


def test_the_command_shows_both_first_and_writes_both(tmp_path, capsys) -> None:
    totals = load_reference().care_totals
    some = totals[(totals["level"] == "kreis") & totals["parent"].isin(["15", "16", "12"])]
    some[["area", "parent", "year", "people_in_need"]].to_csv(tmp_path / "p.csv", index=False)
    arguments = ["--draws", "60", "--language", "en", "--out", str(tmp_path / "out")]
    command = ["backtest", "care", "--panel", str(tmp_path / "p.csv"), *arguments]
    with pytest.raises(SystemExit) as end:
        main(command)
    assert not end.value.code
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert "PSG II" in lines[1]
    assert "known since 2015" in lines[1]
    assert [("with the law" in line, "without" in line) for line in lines[3:5]] == [(True, False), (False, True)]
    forecasts = pd.read_csv(tmp_path / "out" / "forecasts.csv", dtype={"area": str})
    keys = ["area", "origin", "horizon"]
    told, plain = (forecasts[forecasts["rule"] == rule].set_index(keys)["point"] for rule in ("model", "model_no_law"))
    ratio = (told / plain).groupby("origin").mean()
    assert ratio[2015] > 1.05
    np.testing.assert_allclose(ratio.drop(2015), 1.0)
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(SystemExit):
        main([*command, "--law", "none"])
    assert set(pd.read_csv(tmp_path / "out" / "scores.csv")["rule"]) & {"model_no_law", "model"} == {"model"}


def run_care(path, capsys, *more):
    with pytest.raises(SystemExit) as end:
        main(["backtest", "care", "--panel", str(path), "--draws", "40", "--language", "en", *more])
    return end.value.code, "\n".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.assign(people_in_need=t["people_in_need"] / 100_000), "these are rates"),
        (lambda t: t[(t["area"] < "15") == (t["year"] < 2015)], "no counted area in common"),
        (
            lambda t: t.assign(people_in_need=[f"{int(v):,}".replace(",", ".") for v in t["people_in_need"]]),
            "thousands",
        ),
    ],
)
def test_panels_that_would_mislead_are_refused_in_one_sentence(tmp_path, capsys, change, words) -> None:
    totals = load_reference().care_totals
    some = totals[(totals["level"] == "kreis") & totals["parent"].isin(["14", "15", "16"])]
    change(some)[["area", "parent", "year", "people_in_need"]].to_csv(tmp_path / "p.csv", index=False)
    code, said = run_care(tmp_path / "p.csv", capsys, "--out", str(tmp_path / "out"))
    assert code == 2
    assert words in said
    assert "Traceback" not in said


def test_keys_without_zeros_and_parents_find_their_population_and_land(tmp_path, capsys) -> None:
    reference = load_reference()
    some = reference.care_totals[reference.care_totals["parent"].isin(["01", "08"])]
    ages = reference.population_kreis[reference.population_kreis["area"].isin(some["area"])]
    plain = some.assign(area=some["area"].str.lstrip("0"))[["area", "year", "people_in_need"]]
    whole = some[["area", "parent", "year", "people_in_need"]]
    ages.to_csv(tmp_path / "ages.csv", index=False)
    points = []
    for name, table in (("plain", plain), ("whole", whole)):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        more = ("--population", str(tmp_path / "ages.csv"), "--out", str(tmp_path / name))
        code, said = run_care(tmp_path / f"{name}.csv", capsys, *more)
        assert not code
        assert ("leading zeros" in said) == (name == "plain")
        found = pd.read_csv(tmp_path / name / "forecasts.csv", dtype={"area": str}).query("horizon == 2")
        points.append(found.assign(area=found["area"].str.zfill(5)).set_index(["area", "origin", "rule"])["point"])
    pd.testing.assert_series_equal(*[each.sort_index() for each in points])


def test_zeros_among_thousands_are_unknown_not_counted() -> None:
    totals = load_reference().care_totals
    some = totals[totals["parent"] == "15"][["area", "parent", "year", "people_in_need"]].reset_index(drop=True)
    some.loc[5, "people_in_need"] = 0.0
    panel = read_care_panel(some)
    assert np.isnan(panel.counts).sum() == 1
    assert any("zeros are read as unknown" in en for _, en in panel.notes)
    few = some.assign(people_in_need=(some["people_in_need"] / 1000).round())
    few.loc[5, "people_in_need"] = 0.0
    assert (read_care_panel(few).counts == 0).sum() >= 1

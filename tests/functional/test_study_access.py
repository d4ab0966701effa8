"""Access of a study: laws over the invented city, a city's own travel times, bad sites, cities with nothing to show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from city_copy import copy_data

from carelab import paths
from carelab.inputs.city import load_city
from carelab.inputs.errors import DataError
from carelab.params import Params
from carelab.release import figures, findings
from carelab.study import Study
from carelab.terms import UserError

pytestmark = pytest.mark.functional
PARAMS = Params(draws=100)


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(PARAMS)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the data that studies of this test read."""
    monkeypatch.setattr(paths, "DATA", copy_data(tmp_path))
    return tmp_path


def swap(root: Path, old: str, new: str) -> None:
    path = root / "musterstadt" / "sites.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_places_are_shared_out_and_none_is_lost(study: Study) -> None:
    """Places of homes within reach, counted back from access and people, are the city's places in every draw."""
    access = study.access_draws("vollstationaer").values / 1000
    people = study._demand("vollstationaer")
    assert (access * people).sum(axis=1) == pytest.approx(134.0)  # all four homes have a point and are near somebody


def test_tables_are_coherent_and_the_same_every_time(study: Study) -> None:
    minutes, access = study.minutes, study.access
    assert set(minutes["kind"]) == set(study.access_kinds)
    assert set(minutes["district"]) == {"01", "02", "03", "04"}  # 05 is tiny, 06 empty
    assert (minutes["lower_80"] <= minutes["median"]).all()
    assert (minutes["near_lower_80"] <= minutes["near_upper_80"]).all()
    assert minutes[["near", "near_lower_80", "near_upper_80"]].stack().between(0, 1).all()
    assert access["p_lowest"].between(0, 1).all()
    near = study.near_city.set_index("kind")["median"]
    assert near["apotheke"] > near["entlassmanagement"] > 0  # seven in the city against one at its edge
    pd.testing.assert_frame_equal(Study(PARAMS).access_of("apotheke"), study.access_of("apotheke"))


def test_more_sites_are_never_farther_and_a_closed_one_is_never_nearer(study: Study, root: Path) -> None:
    place = "Seeapotheke,apotheke,04,11.05039,52.00836,,"
    swap(root, place + "open,,,", place + "closed,,2024,")  # after the last count of pharmacies
    fewer = Study(PARAMS)
    both = [each.minutes.query("kind == 'apotheke'").set_index("district") for each in (study, fewer)]
    before, after = (table["median"] for table in both)
    assert after["04"] > 1.5 * before["04"]
    assert (after >= before - 1e-9).all()
    assert fewer.sites.set_index("site").loc["M31", "flag"] == "not_open"


def test_methods_and_decays_are_options(study: Study) -> None:
    check = study.decay_check("apotheke").pivot_table(index="district", columns="form", values="median")
    assert list(check) == ["gaussian", "steps", "within"]
    # Musterstadt's districts lie too far apart to share a pharmacy on foot: then sites per head are what they are
    assert check["steps"].to_numpy() == pytest.approx(check["within"].to_numpy())
    bfca = study.access_of("apotheke", method="bfca")
    assert np.isfinite(bfca["median"]).all()
    assert not np.allclose(bfca["median"], check["steps"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",52,open", ",viele,open", ("capacity", "viele", "ganze Zahl")),
        ("M02,Haus", "M01,Haus", ("site=M01", "steht schon in Zeile")),
        (",apotheke,01,11.00202,", ",apotheke,01,,", ("M25", "lon und lat gehören zusammen")),
        ("apotheke,01,11.00202", "apotheke,77,11.00202", ("district „77“", "districts.csv")),
        ("apotheke,01,11.00202", "drogerie,01,11.00202", ("kind", "drogerie", "pflegeberatung")),
        ("11.00202,52.00082", "52.00082,11.00202", ("lon", "5 bis 18")),
        ("closed,,2018", "closed,2019,2018", ("M39", "vor der Eröffnung 2019")),
    ],
)
def test_bad_sites_are_refused_by_name(root: Path, old: str, new: str, words: tuple[str, ...]) -> None:
    swap(root, old, new)
    with pytest.raises(DataError) as error:
        load_city("musterstadt", root=root)
    assert all(word in error.value.de for word in ("sites.csv, Zeile", *words))


def test_odd_sites_are_named_and_do_not_count(root: Path) -> None:
    swap(root, "Nordapotheke,apotheke,02,11.00517,52.03109", "Nordapotheke,apotheke,02,11.5,52.6")
    swap(root, ",,open,,,2025,,erfunden / invented", ",,open,,2019,2025,,erfunden / invented")
    flagged = Study(PARAMS).site_flags.set_index("site")
    assert flagged.loc["M28", ["flag", "counts"]].tolist() == ["outside", False]
    assert (flagged["flag"] == "closed_before").sum() == 1


def own_times(root: Path, *, origins: tuple[str, ...], sites: tuple[str, ...], mode: str) -> None:
    rows = [(o, s, 4.0 + 3 * abs(int(o) - 2) + i, mode) for o in origins for i, s in enumerate(sites)]
    table = pd.DataFrame(rows, columns=["origin", "site", "minutes", "mode"])
    table.to_csv(root / "musterstadt" / "travel_times.csv", index=False)
    with (root / "musterstadt" / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("travel_times: *synthetic\n")


LIVED_IN = ("01", "02", "03", "04", "05")


def test_own_walking_times_replace_straight_lines(root: Path) -> None:
    own_times(root, origins=LIVED_IN, sites=("M25", "M28"), mode="walk")
    study = Study(PARAMS)
    assert study.travel_source == "matrix"
    found = study.minutes.query("kind == 'apotheke'").set_index("district")["median"]
    assert found.to_dict() == {"01": 7.0, "02": 4.0, "03": 7.0, "04": 10.0}
    lacking = study.site_flags[study.site_flags["flag"] == "not_in_matrix"]
    assert {"M29", "M31", "M01"} <= set(lacking["site"])
    assert "travel_times.csv" in study.travel_note
    assert set(study.access_kinds) == {"apotheke"}


def test_a_matrix_that_leaves_people_out_is_refused(root: Path) -> None:
    own_times(root, origins=("01", "02", "03"), sites=("M25",), mode="walk")
    with pytest.raises(UserError, match="bewohnter Stadtteil ohne Reisezeit 04, 05"):
        _ = Study(PARAMS).minutes


def test_car_and_bus_come_from_the_matrix_only(study: Study, root: Path) -> None:
    assert study.minutes_by_mode.empty
    own_times(root, origins=LIVED_IN, sites=("M25", "M28"), mode="bus")
    other = Study(PARAMS)
    assert other.travel_source == "line"
    bus = other.minutes_by_mode.query("kind == 'apotheke'").set_index("district")["minutes"]
    assert bus.to_dict() == {"01": 7.0, "02": 4.0, "03": 7.0, "04": 10.0}
    assert other.minutes_by_mode.query("kind == 'arzt'")["minutes"].isna().all()


def test_every_figure_says_how_people_travel(study: Study) -> None:
    said = {"language": "de", "travel": study.travel_note}
    made = [
        figures.near_intervals(study.near_city, year=2035, **said),
        figures.minutes_wide(study.minutes, **said),
        figures.reach_map(study.polygons, study.minutes, kind="apotheke", **said),
        figures.access_intervals(study.access, kind="vollstationaer", year=2035, **said),
        figures.decay_dots(study.decay_check("vollstationaer"), kind="vollstationaer", **said),
    ]
    assert all("Luftlinie mal Umwegfaktor 1,3 (1,2 bis 1,5)" in exhibit.source for exhibit in made)


def test_a_city_in_one_piece_says_why_there_is_nothing_to_show(study: Study) -> None:
    whole = study.variant()
    whole.__dict__.update(plane=None, districts=study.districts.iloc[:1])
    sentences = findings.access_findings(whole, params=PARAMS).sentences
    assert len(sentences) == 1
    assert "als ein Stück" in sentences[0]
    assert whole.minutes.empty
    assert whole.access.empty
    assert whole.hot_spots("apotheke").empty
    shown = figures.near_intervals(whole.near_city, year=2035, language="de", travel=whole.travel_note)
    assert "nichts zu zeigen" in shown.alt
    assert figures.decay_dots(whole.decay_check("arzt"), kind="arzt", language="en", travel="-").table.shape == (1, 1)


def test_findings_speak_of_people_and_never_of_what_is_unknown_as_missing(study: Study) -> None:
    sentences = " ".join(findings.access_findings(study, params=PARAMS).sentences)
    assert "80-%-Vorhersageintervall" in sentences
    assert "Südhang" in sentences or "Seesiedlung" in sentences
    assert "nan" not in sentences.lower().split()
    english = findings.access_findings(study, params=Params(draws=100, language="en")).sentences
    assert "on foot" in " ".join(english)


SHARED = paths.shared_data()


@pytest.mark.skipif(SHARED is None, reason="the folder with the figures as found (CARELAB_SHARED) is not here")
def test_spread_people_stand_in_for_a_real_grid() -> None:
    """Where the grid of Zensus 2022 knows better, minutes to the next pharmacy lie in intervals drawn without it."""
    assert SHARED is not None
    found = pd.read_csv(SHARED / "magdeburg_zensus2022_grid100m.csv", dtype={"key": str})
    names = {"grid_id": "cell", "key": "district", "einwohner": "persons"}
    blind, told = (Study(Params(city="magdeburg", draws=100)) for _ in range(2))
    grid = found.rename(columns=names)[["cell", "district", "lon", "lat", "persons"]]
    told.city = replace(told.city, population_grid=grid[grid["district"].isin(told.city.districts["district"])])
    drawn, known = (each.minutes.query("kind == 'apotheke'").reset_index(drop=True) for each in (blind, told))
    inside = known["median"].between(drawn["lower_80"], drawn["upper_80"]).mean()
    assert 0.7 <= inside <= 0.97
    assert (known["median"] / drawn["median"]).median() == pytest.approx(0.95, abs=0.06)  # a little too far, not half
    assert "Bevölkerungsraster" in told.travel_note

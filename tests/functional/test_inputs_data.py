"""The figures the project ships: coherent, complete, and the same as those found."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pytest

from carelab import paths
from carelab.inputs import musterstadt
from carelab.inputs.carry_over.__main__ import carry_over
from carelab.inputs.checks import check_data
from carelab.inputs.city import load_city
from carelab.inputs.contracts import CITY, OPTIONAL, REFERENCE
from carelab.inputs.provenance import data_hashes, sources_table
from carelab.inputs.reference import load_reference
from carelab.terms import SETTINGS

pytestmark = pytest.mark.functional
SHARED = paths.shared_data()
CITIES = ("magdeburg", "musterstadt")


def same_files(made: Path, kept: Path) -> None:
    names = sorted(path.name for path in made.glob("*.csv"))
    assert names == sorted(path.name for path in kept.glob("*.csv"))
    for name in names:
        assert (made / name).read_bytes() == (kept / name).read_bytes(), name


@pytest.mark.skipif(SHARED is None, reason="the folder with the figures as found (CARELAB_SHARED) is not here")
def test_carry_over_gives_the_shipped_files_byte_for_byte(tmp_path: Path) -> None:
    assert SHARED is not None
    carry_over(SHARED, tmp_path)
    for folder in ("magdeburg", "reference"):
        same_files(tmp_path / folder, paths.DATA / folder)


def test_musterstadt_is_made_byte_for_byte(tmp_path: Path) -> None:
    musterstadt.write_musterstadt(tmp_path)
    same_files(tmp_path / "musterstadt", paths.DATA / "musterstadt")


@pytest.mark.parametrize("city", CITIES)
def test_a_city_has_every_table_a_source_and_a_hash(city: str) -> None:
    data = load_city(city)
    assert set(data.tables()) == {*CITY, *OPTIONAL}
    assert all(len(table) for name, table in data.tables().items() if name in CITY)
    sources = sources_table(city)
    supplied = {name for name, table in data.tables().items() if name in OPTIONAL and len(table)}
    assert set(sources["table"]) == {*CITY, *supplied, *REFERENCE}
    assert sources["publisher"].str.len().min() > 0
    hashes = data_hashes(city)
    assert f"{city}/care.csv" in hashes
    assert "reference/lifetable.csv" in hashes
    assert all(len(digest) == 64 for digest in hashes.values())


def test_magdeburg_as_published() -> None:
    data = load_city("magdeburg")
    assert len(data.districts) == 40
    total = data.population_total.set_index(["district", "year"])["persons"]
    assert total["15003", 2025] == 245834
    assert total["62", 2025] == total["16", 2025] == 0
    assert data.population_bands["suppressed"].sum() == 43
    need = data.care[(data.care["measure"] == "people_in_need") & (data.care["sex"] == "t")].set_index("year")
    assert need["persons"].to_dict() == {
        2009: 6045,
        2011: 6731,
        2013: 7116,
        2015: 8006,
        2017: 9164,
        2019: 11374,
        2021: 14713,
    }
    assert need.loc[2021, "half_width"] == 12
    assert need.loc[2019, "half_width"] == 0
    assert data.births.groupby("year")["births"].sum()[2024] == 1552


def test_reference_as_published() -> None:
    totals = load_reference().care_totals.set_index(["area", "year"])["people_in_need"]
    assert totals["DG", 2023] == 5688473
    assert totals["15", 2023] == 204236
    assert totals["03241", 2019] == 62064
    assert totals["DG", 2013] < 2734946  # the published figure includes Pflegestufe 0


def test_reference_totals_agree_with_their_parts() -> None:
    totals = load_reference().care_totals
    laender = totals[totals["level"] == "land"]
    sums = laender.groupby("year")["people_in_need"].agg(["sum", "size"])
    sums = sums.loc[sums["size"] == 16, "sum"]
    germany = totals[totals["area"] == "DG"].set_index("year")["people_in_need"]
    assert len(sums) == 7
    assert (sums / germany[sums.index] - 1).abs().max() < 0.003


def test_reference_has_no_rate_of_unclear_origin_and_306_kreise() -> None:
    reference = load_reference()
    assert set(reference.care_rates["quality"]) <= {"A", "B"}
    assert reference.care_totals.query("level == 'kreis'")["area"].nunique() == 306
    assert reference.kreis_structure.groupby("year")["area"].nunique().eq(306).all()
    kreis = reference.population_kreis.groupby(["area", "year"])["persons"].sum()
    city = reference.population_cities.groupby(["area", "year"])["persons"].sum()
    assert kreis.loc[["15003"]].equals(city.loc[["15003"]])


@pytest.mark.parametrize("city", CITIES)
def test_settings_never_exceed_the_total(city: str) -> None:
    care = load_city(city).care
    care = care[care["sex"] == "t"]
    parts = care[care["measure"].isin(SETTINGS)].groupby("year")["persons"].sum()
    total = care[care["measure"] == "people_in_need"].set_index("year")["persons"]
    assert (parts <= total).all()


def test_musterstadt_is_small_with_an_empty_and_a_tiny_district() -> None:
    data = load_city("musterstadt")
    last = data.population_total.query("year == 2025 and district != '99000'")["persons"]
    assert len(last) == 6
    assert (last == 0).sum() == 1
    assert last.between(1, 299).sum() == 1
    assert 15_000 < last.sum() < 25_000
    assert data.info.synthetic


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_check_data_speaks_of_what_a_reader_must_know(city: str, language: str) -> None:
    table = check_data(load_city(city), language)  # type: ignore[arg-type]
    assert list(table.columns) == ["table", "check", "result", "text"]
    assert set(table["result"]) <= {"ok", "note", "warning"}
    assert {"base_year", "holes", "sums", "breaks", "years", "known"} <= set(table["check"])
    assert table["text"].str.endswith((".", "%.")).all()


def test_reading_everything_takes_well_under_a_second_and_a_half() -> None:
    start = time.process_time()
    load_city("magdeburg")
    load_reference()
    assert time.process_time() - start < 1.5


def test_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in paths.DATA.rglob("*.csv")) < 4_000_000


def test_keys_are_text_and_counts_are_numbers() -> None:
    data = load_city("magdeburg")
    assert data.districts["district"].iloc[0] == "01"
    assert data.population_bands["persons"].dtype == "float64"
    assert data.population_total["persons"].dtype == "int64"
    assert all(isinstance(key, str) for key in load_reference().care_totals["area"])
    assert isinstance(data.districts, pd.DataFrame)

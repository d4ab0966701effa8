"""A fifth city, made up from empty templates with 12 districts, runs to a report without touching code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from carelab import paths

pytestmark = pytest.mark.notebook
CITY, DISTRICTS, YEARS = "neustadt_am_test", 12, (2020, 2021, 2022, 2023, 2024)
AGES = np.arange(91)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder of its own: reference data, schema and notebooks as they are, no city."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "data").mkdir()
    shutil.copytree(paths.DATA / "reference", folder / "data" / "reference")
    for common in paths.DATA.glob("*.yaml"):
        shutil.copy(common, folder / "data")
    for name in ("asks.yaml", "pull.yaml"):
        shutil.copyfile(paths.DATA / name, folder / "data" / name)
    (folder / "params").mkdir()
    shutil.copyfile(paths.PARAMS / "assumptions.yaml", folder / "params" / "assumptions.yaml")
    shutil.copytree(paths.NOTEBOOKS, folder / "notebooks")
    shutil.copyfile(paths.ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def carelab(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would, in the project folder."""
    environment = {**os.environ, "CARELAB_ROOT": str(root), "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    return subprocess.run(
        [sys.executable, "-m", "carelab", *words],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def done(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout


def people() -> pd.DataFrame:
    """Return made-up persons by district, year, sex and single age: twelve districts of different age."""
    rng = np.random.default_rng(5)
    rows = []
    for number in range(DISTRICTS):
        size, hump = rng.uniform(15, 60), rng.uniform(35, 62)
        for year in YEARS:
            for sex, old in (("m", 78.0), ("w", 83.0)):
                shape = (0.5 + 0.6 * np.exp(-0.5 * ((AGES - hump - year + 2022) / 18) ** 2)) / (
                    1 + np.exp((AGES - old) / 5)
                )
                counts = np.rint(size * shape).astype(int)
                rows += [(f"{number + 1:02d}", year, sex, age, int(counts[age])) for age in AGES]
    return pd.DataFrame(rows, columns=["district", "year", "sex", "age", "persons"])


def fill(template: Path, target: Path, rows: list[list[object]]) -> Path:
    """Fill an empty workbook: its own headings, then rows."""
    from python_calamine import CalamineWorkbook

    header = CalamineWorkbook.from_path(template).get_sheet_by_index(0).to_python()[0]
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([header, *rows]):
            sheet.write_row(number, 0, row)
    return target


def test_a_fifth_city_runs_from_empty_templates(root: Path, tmp_path: Path) -> None:
    done(carelab(root, "new-city", "Neustadt am Test", "--ags", "99012", "--land", "15", "--synthetic"))
    told = carelab(root, "data", "add", CITY, "nichts.csv", "--as", "population")
    assert told.returncode == 2
    assert "zuerst die Stadtteile" in told.stderr
    templates = tmp_path / "vorlagen"
    done(carelab(root, "data", "needs", CITY, "--write", str(templates)))
    add(root, tmp_path, templates)
    params = root / "params" / CITY / "baseline.yaml"
    params.write_text(params.read_text().replace("base_year: 2025", "base_year: 2024").replace("1000 ", "100 "))
    assert "Basisjahr 2024: 12 Stadtteile" in done(carelab(root, "check", str(params)))
    out = done(carelab(root, "run", str(params)))
    assert "Bericht: " in out
    run = next((root / "outputs").glob(f"{CITY}*"))
    assert json.loads((run / "run.json").read_text())["status"] == "complete"
    ranking = pd.read_csv(next(run.rglob("demand_district.csv")), dtype={"district": str})
    assert ranking["district"].nunique() == DISTRICTS
    assert set(ranking["grade"]) == {"A"}, "counted by age and sex: the E of an empty city has become A"


def add(root: Path, tmp_path: Path, templates: Path) -> None:
    """Fill the templates with made-up figures and add every file."""
    table = people()
    districts = [
        [f"{n + 1:02d}", f"Viertel {chr(65 + n)}", 100 + 10 * n, 11 + n / 100, 52 + n / 200, "", ""]
        for n in range(DISTRICTS)
    ]
    files = {"districts": fill(templates / "points.xlsx", tmp_path / "stadtteile.xlsx", districts)}
    register = [
        [row.district, "", row.year, row.sex, row.age, row.age if row.age < 90 else "", row.persons]
        for row in table.itertuples()
    ]
    files["population"] = fill(templates / "population.xlsx", tmp_path / "register.xlsx", register)
    last = table[table["year"] == 2024]
    need = int(last["persons"].sum() * 0.07)
    parts = {"people_in_need": 1.0, "pflegegeld": 0.5, "ambulant": 0.22, "vollstationaer": 0.18}
    care = [
        [2023, "t", measure, int(need * share), 0, "observed", "permanent" if measure == "vollstationaer" else ""]
        for measure, share in parts.items()
    ]
    files["care_city"] = fill(templates / "care_city.xlsx", tmp_path / "pflege.xlsx", care)
    births = [f"{year},{age},{age},{6 + (age % 3)}" for year in YEARS for age in range(20, 40)]
    files["births"] = tmp_path / "geburten.csv"
    files["births"].write_text("year,mother_age_from,mother_age_to,births\n" + "\n".join(births) + "\n")
    files["supply"] = tmp_path / "angebot.csv"
    files["supply"].write_text(
        "year,measure,value,status\n2023,places_permanent,520,observed\n2023,services,9,observed\n"
    )
    for kind, path in files.items():
        done(carelab(root, "data", "add", CITY, str(path), "--as", kind, "--source", "erfunden für den Test"))
    sources = (root / "data" / CITY / "sources.yaml").read_text(encoding="utf-8")
    assert sources.count("sha256") >= 5

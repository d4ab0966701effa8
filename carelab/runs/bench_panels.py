"""Which panels the back-tests of the benchmark find: those that ship with carelab, published ones, and the user's.

The user's lie in one folder in the form that ``carelab backtest`` takes: a table with ``persons`` is a population, one
with ``people_in_need`` is about care; ``NAME_population.csv`` holds the ages for the care panel ``NAME.csv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from carelab.forecast.backtest.shipped import kreis_population
from carelab.inputs.carry_over.reference import WIEN_FILE, wien_ages
from carelab.inputs.city import load_city
from carelab.inputs.panel_files import load_cells
from carelab.inputs.panels import read_care, read_population
from carelab.inputs.reference import load_reference
from carelab.paths import shared_data
from carelab.terms import UserError

WIEN: Final = "wien"
AGES: Final = "_population"


@dataclass(frozen=True)
class Panel:
    """A panel as its back-test takes it: ``care`` with ages (None: none are known), or a population in ``people``."""

    name: str
    people: pd.DataFrame | None
    care: pd.DataFrame | None = None

    def ages(self) -> pd.DataFrame:
        """Return the population of a panel that is one: area, year, sex, age_from, age_to, persons."""
        assert self.people is not None
        return self.people

    def counts(self) -> pd.DataFrame:
        """Return the people in need of a care panel: area, parent, year, people_in_need."""
        assert self.care is not None
        return self.care


def wien_panel() -> Panel | str:
    """Return Wien's 23 districts in all years from the published figures beside the project, or why they are not here.

    The project itself ships every fifth year (reference/district_ages), too few for these origins.
    """
    folder = shared_data()
    if folder is None or not (folder / WIEN_FILE).is_file():
        return f"{WIEN_FILE} is not here (CARELAB_SHARED, or wien.csv in the folder of --panels)"
    return Panel(WIEN, wien_ages(folder).rename(columns={"district": "area"}))


def kreise_panel() -> Panel:
    """Return all Kreise of the reference tables, 2009-2021, with their population by age."""
    reference = load_reference()
    totals = reference.care_totals
    people = kreis_population(reference.kreis_structure, reference.population_kreis)
    return Panel("Kreise", people, totals[totals["level"] == "kreis"])


def magdeburg_panel() -> Panel:
    """Return Magdeburg as one area by single age, both sexes together: the only form counted in all years."""
    ages = load_city("magdeburg").population_city
    return Panel("Magdeburg", ages[ages["sex"] == "t"].assign(area="15003"))


def given_panels(folder: Path) -> Iterator[Panel | str]:
    """Yield the panels of a folder, file by file, or one sentence for a file that cannot be used."""
    files = sorted(path for path in folder.glob("*") if path.suffix in (".csv", ".parquet", ".pq"))
    if not files:
        yield f"no table (csv, parquet) in the folder {folder.name}"
    care = {path.stem for path in files if "people_in_need" in _columns(path)}
    for path in files:
        if path.stem.removesuffix(AGES) in care - {path.stem}:
            continue
        try:
            yield _given(path, files) if path.stem in care else Panel(path.stem, read_population(path).frame)
        except UserError as error:
            yield " ".join(error.en.split())


def _given(path: Path, files: list[Path]) -> Panel:
    ages = [each for each in files if each.stem == path.stem + AGES]
    return Panel(path.stem, read_population(ages[0]).frame if ages else None, read_care(path).frame)


def _columns(path: Path) -> set[str]:
    """Return the columns of a table; none where it cannot be read, which its reader then says."""
    try:
        return {str(name) for name in load_cells(path, {}).columns}
    except UserError:
        return set()

"""Read what holds for every city: ``load_reference()``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from carelab import paths
from carelab.inputs.contracts import REFERENCE
from carelab.inputs.kept import keep_while_unchanged
from carelab.inputs.tables import read_table


@dataclass(frozen=True, eq=False)
class Reference:
    """Reference tables (docs/architecture.md). Areas are AGS as text; DG is Germany; an upper age of NaN is open.

    Compared by identity: what is learnt from one reading is kept beside it (stages.shared).
    """

    lifetable: pd.DataFrame
    life_expectancy: pd.DataFrame
    care_rates: pd.DataFrame
    care_totals: pd.DataFrame
    care_settings_area: pd.DataFrame
    care_settings_age: pd.DataFrame
    care_grades: pd.DataFrame
    care_cities: pd.DataFrame
    population_kreis: pd.DataFrame
    kreis_structure: pd.DataFrame
    kreis_totals: pd.DataFrame
    population_cities: pd.DataFrame
    population_de: pd.DataFrame
    district_ages: pd.DataFrame
    district_totals: pd.DataFrame
    district_old: pd.DataFrame
    fertility: pd.DataFrame
    official_projections: pd.DataFrame


def load_reference(*, root: Path | None = None) -> Reference:
    """Return the reference tables below ``root`` (default: data/), checked when read. Raises DataError.

    Read once per process and again when a file has changed.
    """
    folder = (paths.DATA if root is None else root) / "reference"
    return keep_while_unchanged("reference", sorted(folder.glob("*.csv")), lambda: _read(folder))


def _read(folder: Path) -> Reference:
    tables = {
        name: read_table(folder / f"{name}.csv", contract, name=f"reference/{name}.csv").frame.reset_index(drop=True)
        for name, contract in REFERENCE.items()
    }
    return Reference(**tables)

"""Ages of one of the four areas as published (2018 by single age, else 17 groups); tables of nothing known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.reference import population_cities
from carelab.inputs.contracts import CITY


def city_ages(folder: Path, ags: str) -> pd.DataFrame:
    """Return persons by sex and age of an area: 2018 by single age to 90+, 2015-2020 else in 17 groups (75+ open)."""
    rows = population_cities(folder)
    return rows[rows["area"] == ags].assign(status="observed")


def unknown(table: str) -> Callable[[Path], pd.DataFrame]:
    """Return the builder of a table of which nothing is known: its header alone."""
    return lambda _: pd.DataFrame(columns=list(CITY[table].columns))

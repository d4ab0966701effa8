"""Whose ages split a panel's wide groups: the country that its keys name, a file of the user's, or nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from carelab.inputs.countries import SMALLEST_LAND_PEOPLED, country_of
from carelab.inputs.panels import read_population
from carelab.inputs.reference import load_reference
from carelab.stages.panel_laws import AUTO, NONE

FINE: Final = 5
"""Years of the groups in which countries publish their ages; groups no wider need no other area's."""
_HOW_DE: Final = "Feinere Altersgruppen eines größeren Gebiets geben Sie mit --ages DATEI ein."
_HOW_EN: Final = "Finer age groups of a larger area are entered with --ages FILE."


@dataclass(frozen=True)
class ChosenStructure:
    """A larger area's ages (year, sex, age_from, age_to, persons; None = none), and a sentence (de, en) on it."""

    ages: pd.DataFrame | None
    note: tuple[str, str] | None


def choose_structure(panel: pd.DataFrame, said: str) -> ChosenStructure:
    """Return the ages that split wide groups of a panel (area, year, age_from, persons, ...): ``said`` asks for them.

    ``auto``: Germany's (data/reference/population_de.csv) where the keys name German areas and some groups are wider
    than FINE years; ``none``; or a file with the columns of a panel. Raises DataError for such a file.
    """
    text = said.strip()
    if text.lower() == NONE:
        return ChosenStructure(None, None)
    first = int(panel["year"].min())
    if text.lower() not in (AUTO, ""):
        ages = read_population(Path(text)).frame
        name = Path(text).name
        return _chosen(ages, first, (f"von {name}", f"of {name}"))
    if not _wide(panel):
        return ChosenStructure(None, None)
    if country_of(_largest(panel), {}, smallest_land=SMALLEST_LAND_PEOPLED) != "DE":
        return ChosenStructure(None, (_HOW_DE, _HOW_EN))
    ages = load_reference().population_de
    observed = ages[ages["status"] == "observed"]
    return _chosen(observed, first, ("Deutschlands (UN WPP2019)", "of Germany (UN WPP2019)"))


def _chosen(ages: pd.DataFrame, first: int, whose: tuple[str, str]) -> ChosenStructure:
    """Return ages up to the panel's first year, and say whose they are."""
    known = ages[ages["year"] <= first]
    if known.empty:
        return ChosenStructure(
            None,
            (
                f"Altersaufbau {whose[0]} nicht benutzt: keine Zählung bis {first}, dem ersten Jahr des Panels.",
                f"The age structure {whose[1]} is not used: no count up to {first}, the panel's first year.",
            ),
        )
    year = int(known["year"].max())
    return ChosenStructure(
        known,
        (
            f"Breite Altersgruppen sind im ersten Jahr nach dem Altersaufbau {whose[0]} von {year} unterteilt; "
            "abschalten mit --ages none.",
            f"Wide age groups are split in the first year by the age structure {whose[1]} in {year}; switch it off "
            "with --ages none.",
        ),
    )


def _wide(panel: pd.DataFrame) -> bool:
    """Say whether some group that is not open is wider than FINE years."""
    groups = panel[["age_from", "age_to"]].drop_duplicates()
    return bool(np.nanmax((groups["age_to"] - groups["age_from"] + 1).to_numpy(float), initial=0.0) > FINE)


def _largest(panel: pd.DataFrame) -> dict[str, float]:
    """Return the largest number of persons counted in every area."""
    sums = panel.groupby(["area", "year"], observed=True)["persons"].sum().groupby("area", observed=True).max()
    return {str(area): float(persons) for area, persons in sums.items()}

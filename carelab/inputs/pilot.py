"""What an evaluation rests on: registered design, outcomes by unit and half-year, the logbook's contacts.

Kept in data/<city>/ (outcomes.csv, units.csv, log.csv, design_log.csv) and params/designs/<city>_*.yaml. An openly
invented city may hold a simulated pilot in data/<city>/pilot/ instead, with its truth beside it; every page made from
it says so. Units of a design are districts, or parts of districts that units.csv names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carelab import paths
from carelab.inputs.city import CityData, city_folder
from carelab.inputs.contract import Contract
from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.design import PILOT, Design, design_log, read_designs
from carelab.inputs.errors import DataError, Problem, raise_problems
from carelab.inputs.kinds import DISTRICT, TEXT, Kind
from carelab.inputs.tables import read_table

NUMBER: Kind = Kind(r"-?\d+(\.\d+)?", "number", "Zahl", "number")
_HALF = Kind(r"\d{4}-H[12]", "text", "Halbjahr wie 2026-H1", "half-year like 2026-H1")
_KEY = Kind(r"[a-z][a-z0-9_]*", "text", "Kennung der Zielgröße", "key of the outcome")
OUTCOMES = Contract(
    {"outcome": _KEY, "unit": DISTRICT, "half_year": _HALF, "value": NUMBER, "source": TEXT},
    ("outcome", "unit", "half_year"),
)
UNITS = Contract({"unit": DISTRICT, "district": DISTRICT, "name": TEXT}, ("unit",))
TRUTH = Contract({"measure": TEXT, "part": TEXT, "value": NUMBER}, ("measure", "part"))


@dataclass(frozen=True)
class Pilot:
    """Design (None: none drawn yet), its log, outcome -> (unit, half-year), contacts, units, and whether simulated.

    ``log`` columns of log.csv (empty: no logbook); ``units`` unit, district, name; ``site``: the design of a single
    site (None: none registered), whose outcomes are among ``outcomes``.
    """

    design: Design | None
    design_log: pd.DataFrame
    outcomes: dict[str, NDArray[np.float64]]
    log: pd.DataFrame
    units: pd.DataFrame
    simulated: bool
    site: Design | None = None

    def measured(self, design: Design) -> bool:
        """Say whether outcomes of a design have been told: all of them, or reading would have refused them."""
        return all(outcome.key in self.outcomes for outcome in design.outcomes)


def load_pilot(city: CityData, *, root: Path | None = None, designs: Path | None = None) -> Pilot:
    """Return what a city has for an evaluation. Raises DataError with every problem, also for two designs at once."""
    folder = city_folder(city.city, root)
    simulated = city.info.synthetic and (folder / PILOT).is_dir()
    home = folder / PILOT if simulated else folder
    designed = read_designs(city.city, paths.PARAMS / "designs" if designs is None else designs)
    design, site = (_only_one([each for each in designed if each.single == kind], city.city) for kind in (False, True))
    log = _table(home, "log", OPTIONAL["log"]) if simulated else city.log
    units = _table(home, "units", UNITS)
    if units.empty:
        units = city.districts[["district", "name"]].assign(unit=city.districts["district"])
    outcomes = _table(home, "outcomes", OUTCOMES)
    measured: dict[str, NDArray[np.float64]] = {}
    for each in (design, site):
        if each is not None and outcomes["outcome"].isin([one.key for one in each.outcomes]).any():
            measured |= _panels(each, outcomes, f"{city.city}/outcomes.csv")
    return Pilot(design, design_log(city.city, root=root), measured, log, units, simulated, site)


def load_truth(city: str, *, root: Path | None = None) -> pd.DataFrame:
    """Return what was put into a simulated pilot (measure, part, value): to compare with, never to compute with."""
    return _table(city_folder(city, root) / PILOT, "truth", TRUTH)


def _only_one(found: list[Design], city: str) -> Design | None:
    """Return the one design of its kind that a city has."""
    if len(found) > 1:
        names = ", ".join(f"{each.name}.yaml" for each in found)
        raise DataError(
            f"params/designs: {names} gelten alle für {city}; ausgewertet wird eines.",
            f"params/designs: {names} are all for {city}; one is evaluated.",
        )
    return found[0] if found else None


def _table(folder: Path, name: str, contract: Contract) -> pd.DataFrame:
    """Return a table; without a file an empty one with its columns."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        return pd.DataFrame(columns=list(contract.columns))
    return read_table(path, contract, name=path.relative_to(folder.parent).as_posix()).frame.reset_index(drop=True)


def _panels(design: Design, table: pd.DataFrame, name: str) -> dict[str, NDArray[np.float64]]:
    """Return the design's outcomes (unit, half-year) in its order; every cell must be there, none is guessed."""
    keys, problems, found = [unit.district for unit in design.units], [], {}
    for outcome in design.outcomes:
        rows = table[table["outcome"] == outcome.key]
        wide = rows.pivot(index="unit", columns="half_year", values="value").reindex(keys, columns=design.periods)
        lacking = int(wide.isna().to_numpy().sum())
        if lacking:
            de = f"{outcome.key}: {lacking} von {wide.size} Werten des registrierten Designs fehlen"
            en = f"{outcome.key}: {lacking} of {wide.size} values of the registered design are missing"
            problems.append(Problem(name, 0, de, en))
        found[outcome.key] = wide.to_numpy(float)
    raise_problems(problems)
    return found

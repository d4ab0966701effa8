"""Draw, register and write the simulated pilot of Musterstadt (``python -m carelab.stages.simulated_pilot``).

Two designs: a roll-out over quarters, and a single site that opens in one of them. The roll-out is drawn by the
function that draws real ones; the truth is written beside the files and read by nobody but those who compare results
with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from carelab import paths
from carelab.inputs import musterstadt_pilot as invented
from carelab.inputs import musterstadt_site as site
from carelab.inputs.city import city_folder
from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.design import LOG, PILOT, Design, Outcome, Registered, Unit, append_log, write_design
from carelab.inputs.pilot import OUTCOMES, TRUTH, UNITS
from carelab.inputs.writing import write_table
from carelab.planning.evaluation.roll_out import draw_units

CITY, NAME, SITE = "musterstadt", "musterstadt_pilot", "musterstadt_site"
_MEASURES = (
    ("relief_per_1000", "primary", 8.0, "SIMULIERT: erstmals bewilligte Entlastungsleistungen je 1.000 "
     "Pflegebedürftige zu Hause im Halbjahr, nach Quartier des Wohnorts; erfundene Meldung der Pflegekassen"),
    ("moves_per_1000", "secondary", 4.0, "SIMULIERT: Umzüge in ein Pflegeheim je 1.000 Pflegebedürftige zu Hause im "
     "Halbjahr, nach Quartier des bisherigen Wohnorts"),
    ("hospital_per_1000", "secondary", 12.0, "SIMULIERT: Krankenhausaufnahmen je 1.000 Pflegebedürftige zu Hause im "
     "Halbjahr, nach Quartier des Wohnorts"),
    ("cards_24to59_per_1000", "negative_control", 6.0, "SIMULIERT: Personalausweise je 1.000 Einwohner von 24 bis 59 "
     "Jahren im Halbjahr; das Mobil stellt ihnen keine aus"),
)  # fmt: skip
_AT_THE_SITE = (
    ("advice_per_1000", "primary", 8.0, "SIMULIERT: erstmals Beratene je 1.000 Pflegebedürftige zu Hause im Halbjahr, "
     "nach Quartier des Wohnorts; erfundene Meldung der Beratungsstellen"),
    ("cards_60plus_per_1000", "negative_control", 6.0, "SIMULIERT: Personalausweise je 1.000 Einwohner ab 60 Jahren im "
     "Halbjahr; die Beratungsstelle stellt keine aus"),
)  # fmt: skip


def simulated_design() -> Design:
    """Return the design of the simulated roll-out, registered before its first start."""
    units = draw_units(invented.facts(), invented.WAVES, seed=invented.SEED)
    design = Design(
        name=NAME, question="SIMULIERT: Bekommen mehr Menschen Entlastung, wo das Mobil hinfährt?",
        first=invented.FIRST, last=invented.LAST, outcomes=_outcomes(_MEASURES), estimator="imputation",
        test="randomisation", placebo_periods=4, randomised=True, **_common(units),
    )  # fmt: skip
    return design.model_copy(update={"registered": Registered(on=invented.REGISTERED, sha256=design.sha256())})


def simulated_site() -> Design:
    """Return the design of the simulated site, registered before it opens; nobody drew where it does."""
    units = invented.facts().assign(stratum=0, start="never")
    units.loc[units["district"] == site.UNIT, "start"] = site.START
    design = Design(
        name=SITE, question="SIMULIERT: Werden mehr Menschen beraten, wo eine Beratungsstelle öffnet?",
        first=site.FIRST, last=site.LAST, outcomes=_outcomes(_AT_THE_SITE), estimator="single_site",
        test="placebos", placebo_periods=0, randomised=False, **_common(units),
    )  # fmt: skip
    return design.model_copy(update={"registered": Registered(on=site.REGISTERED, sha256=design.sha256())})


def _outcomes(measures: Sequence[tuple[str, str, float, str]]) -> list[Outcome]:
    return [
        Outcome(key=key, role=role, definition=definition, mde_target=target)  # type: ignore[arg-type]
        for key, role, target, definition in measures
    ]


def _common(units: pd.DataFrame) -> dict[str, Any]:
    """Return what both designs have in common."""
    kept = [Unit.model_validate(row) for row in units.to_dict("records")]
    return {"city": CITY, "redraws": 1999, "alpha": 0.05, "interval": 0.8, "seed": invented.SEED, "units": kept}


def write_pilot(city: Path, designs: Path) -> None:
    """Write the pilot into a city's folder and its design into ``designs``: the same bytes every time."""
    folder, design, single = city / PILOT, simulated_design(), simulated_site()
    starts = {unit.district: unit.start for unit in design.units}
    log, quarters = invented.contacts(starts), invented.quarters()
    periods = [starts[unit] for unit in quarters["unit"]]
    first = [-1 if start == "never" else design.periods.index(start) for start in periods]
    tables = {
        "log": (log, OPTIONAL["log"]),
        "units": (quarters, UNITS),
        "outcomes": (pd.concat([invented.outcomes(first, design.periods), site.outcomes(single.periods)]), OUTCOMES),
        "truth": (pd.concat([invented.truth(log, first, len(design.periods)), site.truth()]), TRUTH),
    }
    for name, (table, contract) in tables.items():
        write_table(table, folder / f"{name}.csv", columns=contract.written(table.columns), keys=contract.key)
    (folder / LOG).unlink(missing_ok=True)
    for one, day in ((single, site.REGISTERED), (design, invented.REGISTERED)):
        append_log(one, dt.date.fromisoformat(day).isoformat(), "registered", folder / LOG)
        write_design(one, designs / f"{one.name}.yaml")


if __name__ == "__main__":
    write_pilot(city_folder(CITY), paths.PARAMS / "designs")

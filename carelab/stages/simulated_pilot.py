"""Draw, register and write the simulated pilot of Musterstadt (``python -m carelab.stages.simulated_pilot``).

The roll-out is drawn by the function that draws real ones; the truth is written beside the files and read by nobody
but those who compare results with it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from carelab import paths
from carelab.inputs import musterstadt_pilot as invented
from carelab.inputs.city import city_folder
from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.design import LOG, PILOT, Design, Outcome, Registered, Unit, append_log, write_design
from carelab.inputs.pilot import OUTCOMES, TRUTH, UNITS
from carelab.inputs.writing import write_table
from carelab.planning.evaluation.roll_out import draw_units

CITY, NAME = "musterstadt", "musterstadt_pilot"
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


def simulated_design() -> Design:
    """Return the design of the simulated pilot, registered before its first start."""
    units = draw_units(invented.facts(), invented.WAVES, seed=invented.SEED)
    outcomes = [
        Outcome(key=key, role=role, definition=definition, mde_target=target)  # type: ignore[arg-type]
        for key, role, target, definition in _MEASURES
    ]
    design = Design(
        name=NAME, city=CITY,
        question="SIMULIERT: Bekommen mehr Menschen Entlastung, wo das Mobil hinfährt?",
        first=invented.FIRST, last=invented.LAST, outcomes=outcomes, estimator="imputation", test="randomisation",
        redraws=1999, alpha=0.05, interval=0.8, placebo_periods=4, seed=invented.SEED, randomised=True,
        units=[Unit.model_validate(row) for row in units.to_dict("records")],
    )  # fmt: skip
    return design.model_copy(update={"registered": Registered(on=invented.REGISTERED, sha256=design.sha256())})


def write_pilot(city: Path, designs: Path) -> None:
    """Write the pilot into a city's folder and its design into ``designs``: the same bytes every time."""
    folder, design = city / PILOT, simulated_design()
    starts = {unit.district: unit.start for unit in design.units}
    log, quarters = invented.contacts(starts), invented.quarters()
    periods = [starts[unit] for unit in quarters["unit"]]
    first = [-1 if start == "never" else design.periods.index(start) for start in periods]
    tables = {
        "log": (log, OPTIONAL["log"]),
        "units": (quarters, UNITS),
        "outcomes": (invented.outcomes(first, design.periods), OUTCOMES),
        "truth": (invented.truth(log, first, len(design.periods)), TRUTH),
    }
    for name, (table, contract) in tables.items():
        write_table(table, folder / f"{name}.csv", columns=contract.written(table.columns), keys=contract.key)
    (folder / LOG).unlink(missing_ok=True)
    append_log(design, dt.date.fromisoformat(invented.REGISTERED).isoformat(), "registered", folder / LOG)
    write_design(design, designs / f"{NAME}.yaml")


if __name__ == "__main__":
    write_pilot(city_folder(CITY), paths.PARAMS / "designs")

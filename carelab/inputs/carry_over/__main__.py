"""Write data/magdeburg and data/reference from the shared folder (environment variable CARELAB_SHARED)."""

from __future__ import annotations

import sys
from pathlib import Path

from carelab import paths
from carelab.inputs.carry_over import grades, magdeburg, reference, totals
from carelab.inputs.contracts import CITY, OPTIONAL, REFERENCE
from carelab.inputs.writing import write_table

REFERENCE_TABLES = {
    "lifetable": reference.lifetable,
    "life_expectancy": reference.life_expectancy,
    "care_rates": reference.care_rates,
    "care_totals": totals.care_totals,
    "care_settings_area": totals.care_settings_area,
    "care_settings_age": reference.care_settings_age,
    "care_grades": grades.care_grades,
    "care_cities": reference.care_cities,
    "population_kreis": reference.population_kreis,
    "kreis_structure": reference.kreis_structure,
    "population_cities": reference.population_cities,
    "population_de": reference.population_de,
    "district_ages": reference.district_ages,
}


def carry_over(shared: Path, data: Path) -> None:
    """Write every table of Magdeburg and of the reference below ``data`` from the figures found in ``shared``."""
    for name, build in magdeburg.TABLES.items():
        contract = (CITY | OPTIONAL)[name]
        target = data / "magdeburg" / f"{name}.csv"
        write_table(build(shared), target, columns=list(contract.columns), keys=contract.key)
    for name, build in REFERENCE_TABLES.items():
        contract = REFERENCE[name]
        target = data / "reference" / f"{name}.csv"
        write_table(build(shared), target, columns=list(contract.columns), keys=contract.key)


def main() -> int:
    """Carry the figures over; 1 if the shared folder is not there."""
    shared = paths.shared_data()
    if shared is None:
        sys.stderr.write("Ordner mit den gefundenen Zahlen fehlt / shared folder is missing: CARELAB_SHARED\n")
        return 1
    carry_over(shared, paths.DATA)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Write the four cities of data/ and data/reference from the shared folder (environment variable CARELAB_SHARED)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from carelab import paths
from carelab.inputs.carry_over import (
    dessau_rosslau,
    grades,
    halle,
    hannover,
    kreise,
    magdeburg,
    official,
    panels,
    reference,
    totals,
)
from carelab.inputs.contracts import CITY, KREISE, OPTIONAL, REFERENCE
from carelab.inputs.writing import write_table

CITIES: dict[str, dict[str, Callable[[Path], pd.DataFrame]]] = {
    "magdeburg": magdeburg.TABLES,
    "halle": halle.TABLES,
    "hannover": hannover.TABLES,
    "dessau_rosslau": dessau_rosslau.TABLES,
}
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
    "kreis_totals": reference.kreis_totals,
    "population_cities": reference.population_cities,
    "population_de": reference.population_de,
    "district_ages": reference.district_ages,
    "district_totals": panels.district_totals,
    "district_old": panels.district_old,
    "fertility": panels.fertility,
    "official_projections": official.official_projections,
}


def carry_over(shared: Path, data: Path) -> None:
    """Write every table of the four cities and of the reference below ``data`` from the figures found in ``shared``."""
    for city, tables in CITIES.items():
        for name, build in tables.items():
            contract, table = (CITY | OPTIONAL)[name], build(shared)
            target = data / city / f"{name}.csv"
            write_table(table, target, columns=contract.written(table.columns), keys=contract.key)
    for name, build in kreise.TABLES.items():
        contract = KREISE[name]
        target = data / "kreise" / f"{name}.csv"
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

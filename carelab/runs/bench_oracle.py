"""The benchmark's rows about the UN's projection: how near the cohort-component step comes to the published figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from carelab.forecast.population.un_inputs import (
    FIRST_PROJECTED,
    OLD,
    TABLES,
    UnCountry,
    errors_in_one_go,
    first_pattern,
    migration_gap,
    own_migration,
    patterned_migration,
    step_errors,
    un_country,
)
from carelab.inputs.tables import read_text
from carelab.paths import shared_data
from carelab.runs.bench_table import Row

COUNTRIES = ("Austria", "France", "Germany")


def oracle_rows() -> Iterator[Row]:
    """Yield per country: residuals against published net migration, old ages by step, 2100 in one go."""
    folder = shared_data()
    if folder is None or not (folder / "wpp2019_mx_5x5.csv").is_file():
        yield Row("UN WPP2019: the tables are not here (CARELAB_SHARED)", "", "", "", "", None)
        return
    tables = {}
    for name in TABLES:
        file = f"wpp2019_{name}.csv"
        tables[name] = list(csv.DictReader(io.StringIO(read_text(folder / file, file))))
    for name in COUNTRIES:
        yield from _country_rows(name, un_country(tables, name))


def _country_rows(name: str, country: UnCountry) -> Iterator[Row]:
    gap = float(np.abs(migration_gap(country)).max())
    yield _row(f"UN {name}, 22 steps 1990-2100: residuals - published net migration, % of population", gap, 2e-4)
    migration = patterned_migration(country, first_pattern(country))
    errors = np.abs(step_errors(country, migration)[:, OLD])
    projected, estimated = errors[FIRST_PROJECTED:], errors[:FIRST_PROJECTED]
    yield _row("  each age group 65+ after each projected step (2020-2100), pattern of 2020-25", projected.max(), 3e-3)
    late = f"  the same after the estimated steps (1990-2020): {(estimated > 3e-3).sum()} of {estimated.size} above"
    yield _row(late, estimated.max(), 3e-3)
    own = own_migration(country)
    scaled = own * (country.net_migration / own.sum(axis=(1, 2)))[:, None, None]
    worst = float(np.abs(step_errors(country, scaled)[:, OLD]).max())
    yield _row("  the same, all steps, published total by the step's own implied ages", worst, 3e-3)
    by_age, total = errors_in_one_go(country, migration)
    yield _row("  2020 -> 2100 in one go, total, pattern of 2020-25", abs(total), 1e-2)
    yield Row("    largest error of an age group", f"{100 * np.abs(by_age).max():.4f} %", "", "", "shown", None)


def _row(what: str, found: float, target: float) -> Row:
    return Row(what, f"{100 * found:.4f} %", "0", "", f"at most {100 * target:g} %", bool(found <= target))

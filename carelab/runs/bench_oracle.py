"""The benchmark's rows about the UN's projection: how near the cohort-component step comes to the published figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.population.un_estimates import (
    REASONS,
    estimated_errors,
    learn_open_group,
    other_sex_errors,
    other_steps_errors,
    reasons,
)
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
LIMIT = 3e-3
"""Asked for: every group from 65 on within 0.3 % after each step."""


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
    countries = {name: un_country(tables, name) for name in COUNTRIES}
    for name, country in countries.items():
        yield from _country_rows(name, country)
        yield from _estimated_rows(country, [other for key, other in countries.items() if key != name])


def _country_rows(name: str, country: UnCountry) -> Iterator[Row]:
    gap = float(np.abs(migration_gap(country)).max())
    yield _row(f"UN {name}, 22 steps 1990-2100: residuals - published net migration, % of population", gap, 2e-4)
    migration = patterned_migration(country, first_pattern(country))
    errors = np.abs(step_errors(country, migration)[:, OLD])
    projected, estimated = errors[FIRST_PROJECTED:], errors[:FIRST_PROJECTED]
    yield _row("  each age group 65+ after each projected step (2020-2100), pattern of 2020-25", projected.max(), LIMIT)
    yield _cells("the same after the estimated steps (1990-2020)", estimated, LIMIT)
    own = own_migration(country)
    scaled = own * (country.net_migration / own.sum(axis=(1, 2)))[:, None, None]
    worst = float(np.abs(step_errors(country, scaled)[:, OLD]).max())
    yield _row("  the same, all steps, published total by the step's own implied ages", worst, LIMIT)
    by_age, total = errors_in_one_go(country, migration)
    yield _row("  2020 -> 2100 in one go, total, pattern of 2020-25", abs(total), 1e-2)
    yield Row("    largest error of an age group", f"{100 * np.abs(by_age).max():.4f} %", "", "", "shown", None)


def _estimated_rows(country: UnCountry, others: list[UnCountry]) -> Iterator[Row]:
    """Yield how many estimated cells hold without migrants, with the law of 100+ of ``others``, and why some do not."""
    yield _cells("estimated steps (1990-2020) without migrants", estimated_errors(country), LIMIT)
    law = learn_open_group(others)
    lawful = estimated_errors(country, law.factor(country))
    yield _cells("  the same with the law of 100+ of the other two countries", lawful, LIMIT)
    found = [cell for step in reasons(country, law, LIMIT) for cell in step]
    for reason, text in REASONS.items():
        if reason and reason in found:
            yield Row(f"      {text}", f"{found.count(reason)} of {len(found)}", "", "", "shown", None)
    yield _cells("  what the five other steps leave, on average", other_steps_errors(country), None)
    yield _cells("  what the step leaves in the other sex (a diagnosis)", other_sex_errors(country), None)


def _cells(what: str, errors: Array, limit: float | None) -> Row:
    """Return a row with the worst of the cells and how many are above LIMIT; without ``limit`` it is only shown."""
    size = np.abs(errors)
    text = f"  {what}: {(size > LIMIT).sum()} of {size.size} above"
    if limit is None:
        return Row(text, f"{100 * size.max():.4f} %", "", "", "shown", None)
    return _row(text, float(size.max()), limit)


def _row(what: str, found: float, target: float) -> Row:
    return Row(what, f"{100 * found:.4f} %", "0", "", f"at most {100 * target:g} %", bool(found <= target))

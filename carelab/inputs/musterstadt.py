"""Make up Musterstadt: a small, coherent, openly invented city (``python -m carelab.inputs.musterstadt``).

Six districts are aged year by year (deaths, births, moves) with fixed curves and no random numbers; every table
is counted from the same persons, so bands, single ages, mean ages and totals agree.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab import paths
from carelab.inputs import musterstadt_care as invented
from carelab.inputs import musterstadt_chain
from carelab.inputs.contracts import CITY, OPTIONAL
from carelab.inputs.musterstadt_candidates import candidates
from carelab.inputs.musterstadt_offers import offers
from carelab.inputs.musterstadt_sites import sites
from carelab.inputs.writing import write_table
from carelab.terms import AGE_TOP, SEXES

AGS = "99000"
YEARS = range(2006, 2026)
BAND_YEARS = range(2021, 2026)
BANDS = ((0, 6), (7, 17), (18, 44), (45, 64), (65, None))
DISTRICTS = (
    # key, name, inhabitants in 2006, age of the hump, width of the hump, area_ha, lon, lat
    ("01", "Altmarkt", 6400, 34.0, 26.0, 210.0, 11.001, 52.001),
    ("02", "Nordfeld", 5600, 58.0, 24.0, 320.5, 11.004, 52.031),
    ("03", "Südhang", 4300, 46.0, 30.0, 415.2, 10.992, 51.974),
    ("04", "Seesiedlung", 2900, 40.0, 22.0, 530.0, 11.052, 52.008),
    ("05", "Ried", 50, 60.0, 20.0, 840.3, 10.948, 52.012),
    ("06", "Forst", 0, 40.0, 20.0, 1210.0, 11.083, 51.965),
)
Array = npt.NDArray[np.float64]
AGES = np.arange(AGE_TOP + 1, dtype=float)


def people() -> npt.NDArray[np.int64]:
    """Return persons by district, year, sex (m, w) and age (90 = 90 and older)."""
    return np.stack([_life(total, hump, width) for _, _, total, hump, width, *_ in DISTRICTS])


def _life(total: int, hump: float, width: float) -> npt.NDArray[np.int64]:
    """Return one district's persons by year, sex and age."""
    shape = (0.45 + 0.55 * np.exp(-0.5 * ((AGES - hump) / width) ** 2)) * survivors().T
    now: Array = total * shape / shape.sum()
    years = [now]
    for _ in YEARS[1:]:
        now = _next_year(now)
        years.append(now)
    return np.stack([_whole(year) for year in years])


def _whole(persons: Array) -> npt.NDArray[np.int64]:
    """Round persons so that running sums stay within half a person: small districts keep their size."""
    running = np.rint(np.cumsum(persons.ravel()))
    return np.diff(running, prepend=0.0).astype(np.int64).reshape(persons.shape)


def deaths() -> Array:
    """Return death probabilities by age and sex (Gompertz curves with an infant term)."""
    women = 0.0025 * np.exp(-2.0 * AGES) + 0.000025 * np.exp(0.098 * AGES)
    men = 0.0030 * np.exp(-2.0 * AGES) + 0.000060 * np.exp(0.092 * AGES)
    return np.minimum(np.stack([men, women], axis=1), 0.5)


def survivors() -> Array:
    """Return the share alive at each age, by sex."""
    start = np.ones((1, len(SEXES)))
    return np.concatenate([start, np.cumprod(1 - deaths(), axis=0)[:-1]])


def fertility() -> Array:
    """Return births per woman by age: 1.4 in total, centred on 31."""
    curve = np.where((AGES >= 15) & (AGES <= 46), np.exp(-0.5 * ((AGES - 31) / 5.2) ** 2), 0.0)
    rates: Array = 1.4 * curve / curve.sum()
    return rates


def _next_year(now: Array) -> Array:
    """Age everybody by a year; people die, are born, and some young ones move in."""
    alive = now * (1 - deaths().T)
    after = np.zeros_like(now)
    after[:, 1:] = alive[:, :-1]
    after[:, -1] += alive[:, -1]
    after[:, 0] = float((now[1] * fertility()).sum()) * np.array([0.513, 0.487]) * 0.997
    moves = 0.018 * np.exp(-0.5 * ((AGES - 24) / 5.0) ** 2) + 0.002 * np.exp(-AGES / 8)
    moved: Array = after * (1 + moves)
    return moved


def districts(_: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the invented districts; 06 is uninhabited, 05 has fewer than 300 inhabitants."""
    rows = [(key, name, area, lon, lat, lon, lat) for key, name, _, _, _, area, lon, lat in DISTRICTS]
    return pd.DataFrame(rows, columns=["district", "name", "area_ha", "lon", "lat", "lon_people", "lat_people"])


def population_city(cube: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the sum of the districts by single age: both sexes 2006-2025, men and women 2021-2025."""
    whole = cube.sum(axis=0)
    rows = []
    for i, year in enumerate(YEARS):
        counts = {"t": whole[i].sum(axis=0)}
        if year in BAND_YEARS:
            counts |= {sex: whole[i, j] for j, sex in enumerate(SEXES)}
        rows += [
            (year, sex, age, age if age < AGE_TOP else None, int(n[age]))
            for sex, n in counts.items()
            for age in range(AGE_TOP + 1)
        ]
    frame = pd.DataFrame(rows, columns=["year", "sex", "age_from", "age_to", "persons"])
    return frame.astype({"age_from": int})


def population_total(cube: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return totals 2011-2025 for the districts and the city."""
    sums = cube.sum(axis=(2, 3))
    rows = [(key, year, int(n)) for key, line in _with_city(sums) for year, n in zip(YEARS, line, strict=True)]
    frame = pd.DataFrame(rows, columns=["district", "year", "persons"])
    return frame[frame["year"] >= 2011].assign(status="observed")


def population_bands(cube: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return five bands 2021-2025; counts from 1 to 3 are blank, as an office would publish them."""
    both = cube.sum(axis=2)
    rows = []
    for key, lines in _with_city(both):
        for year in BAND_YEARS:
            line = lines[year - YEARS[0]]
            rows += [(key, year, first, last, int(line[first : last and last + 1].sum())) for first, last in BANDS]
    frame = pd.DataFrame(rows, columns=["district", "year", "age_from", "age_to", "persons"])
    hidden = frame["persons"].between(1, 3)
    return frame.assign(persons=frame["persons"].where(~hidden), suppressed=hidden, status="observed")


def _with_city(table: npt.NDArray[np.int64]) -> list[tuple[str, npt.NDArray[np.int64]]]:
    """Return (key, values) for the districts and, last, their sum under the city's key."""
    return [*zip([row[0] for row in DISTRICTS], table, strict=True), (AGS, table.sum(axis=0))]


def indicators(cube: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return women, mean age, age ratios, foreigners and households 2021-2025; means of nobody are empty."""
    rows = []
    for key, years in _with_city(cube):
        for year in BAND_YEARS:
            rows.append({"district": key, "year": year, **_indicators(years[year - YEARS[0]])})
    return pd.DataFrame(rows)


def _indicators(persons: npt.NDArray[np.int64]) -> dict[str, float]:
    """Return the indicators of one district and year; ``persons`` by sex and age."""
    by_age = persons.sum(axis=0)
    total, young, middle, old = by_age.sum(), by_age[:20].sum(), by_age[20:65].sum(), by_age[65:].sum()
    counts = {"women": persons[1].sum(), "foreigners": total * 9 // 100, "households": total * 52 // 100}
    counts["wohngeld_households"] = total * 2 // 100
    names = ("mean_age", "billeter", "youth_ratio", "old_age_ratio", "mean_household_size")
    if total == 0:
        return {**counts, **dict.fromkeys(names, float("nan"))}
    kids, parents, elders = by_age[:15].sum(), by_age[15:50].sum(), by_age[50:].sum()
    values = (
        float((by_age * (AGES + 0.5)).sum() / total),
        float((kids - elders) / parents),
        float(100 * young / middle),
        float(100 * old / middle),
        float(total / counts["households"]),
    )
    return {**counts, **{name: round(value, 4) for name, value in zip(names, values, strict=True)}}


def births(cube: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return births by mother's age 2013-2025; the lowest group is 0-15, the highest 44 and older."""
    women = cube.sum(axis=0)[:, 1]
    rows = []
    for year in range(2013, 2026):
        expected = np.rint(women[year - 1 - YEARS[0]] * fertility()).astype(int)
        rows.append((year, 0, 15.0, int(expected[:16].sum())))
        rows += [(year, age, float(age), int(expected[age])) for age in range(16, 44)]
        rows.append((year, 44, float("nan"), int(expected[44:].sum())))
    return pd.DataFrame(rows, columns=["year", "mother_age_from", "mother_age_to", "births"])


def care(cube: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the invented care series 2009-2021, from invented rates and the persons of each year."""
    return invented.care(cube.sum(axis=0), YEARS[0])


def supply(cube: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return homes, places, services and staff that fit the care series and the institutions."""
    return invented.supply(cube.sum(axis=(0, 2, 3)), YEARS[0])


GROUPS = {"1": ("Innen", ("01", "02", "03")), "2": ("Außen", ("04", "05", "06"))}
"""Two invented Stadtbezirke: number -> name, districts."""


def groups(_: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the Stadtbezirk of every district."""
    rows = [(district, f"0{key}", name) for key, (name, members) in GROUPS.items() for district in members]
    return pd.DataFrame(rows, columns=["district", "group", "name"])


TABLES: dict[str, Callable[[npt.NDArray[np.int64]], pd.DataFrame]] = {
    "districts": districts,
    "population_bands": population_bands,
    "population_total": population_total,
    "population_city": population_city,
    "indicators": indicators,
    "births": births,
    "care": care,
    "supply": supply,
    "facilities": lambda _: invented.facilities(),
    "groups": groups,
    "physicians": lambda _: invented.physicians([row[0] for row in DISTRICTS]),
    **musterstadt_chain.TABLES,
    "sites": lambda _: sites({key: (lon, lat) for key, *_, lon, lat in DISTRICTS}),
    "offers": offers,
    "candidates": lambda _: candidates({key: (lon, lat) for key, *_, lon, lat in DISTRICTS}),
}


def write_musterstadt(data: Path) -> None:
    """Write every table of Musterstadt below ``data``."""
    cube = people()
    for name, build in TABLES.items():
        contract = (CITY | OPTIONAL)[name]
        target = data / "musterstadt" / f"{name}.csv"
        table = build(cube)
        write_table(table, target, columns=contract.written(table.columns), keys=contract.key)


if __name__ == "__main__":
    write_musterstadt(paths.DATA)

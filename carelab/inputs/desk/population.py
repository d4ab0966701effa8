"""Register tables of inhabitants become the city's own tables: ages, bands, totals, the city by single age.

Whatever can be derived from one file is derived from it, so that all tables of a year tell the same story. What the
file does not carry (hidden cells, coarse ages) is left to the tables that are there already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from carelab.inputs.errors import DataError
from carelab.inputs.tables import Table
from carelab.terms import AGE_TOP, SEXES

BANDS = ((0, 6), (7, 17), (18, 44), (45, 64), (65, None))
"""Bands that are derived from single ages where the city has none yet: those that most offices publish."""
FAR = 0.02
"""A file that differs by more from what is stored for the same year counts something else (second homes, say)."""
OPEN = 999.0


@dataclass
class Arrival:
    """What became of a file: tables to store, notes (de, en), and the best evidence grade that it shows ("" = none)."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    grade: str = ""

    def shows(self, grade: str) -> None:
        """Remember the best grade."""
        self.grade = min(self.grade or grade, grade)

    def note(self, de: str, en: str) -> None:
        """Add a note."""
        self.notes.append((de, en))


def arrive_population(rows: pd.DataFrame, stored: Mapping[str, Table], ags: str, file: str) -> Arrival:
    """Return the tables of a city with a register file taken in.

    ``rows`` district, year, sex (m|w|t), age_from, age_to (NaN = open), persons (NaN = hidden), one row per cell;
    ``stored`` the city's tables now. Raises DataError if districts are missing or the file counts something else.
    """
    frames = {name: table.frame.reset_index(drop=True) for name, table in stored.items()}
    keys = frames["districts"]["district"].tolist()
    arrival = Arrival()
    rows = rows[rows["district"].isin(keys)].astype({"persons": float, "age_to": float})
    if rows.empty:
        raise DataError(f"{file}: keine Zeile mit einem Stadtteil.", f"{file}: no row with a district.")
    rows = _with_uninhabited(rows, frames, keys, file)
    for year, of_year in rows.groupby("year"):
        _take_year(of_year.reset_index(drop=True), int(str(year)), frames, arrival, ags)
    years = sorted(set(rows["year"]))
    _refuse_other_counts(stored["population_total"].frame, frames["population_total"], years, ags, file)
    changed = ("population_ages", "population_bands", "population_total", "population_city", "indicators")
    arrival.tables = {name: frames[name] for name in changed if not frames[name].equals(_plain(stored[name]))}
    return arrival


def _plain(table: Table) -> pd.DataFrame:
    return table.frame.reset_index(drop=True)


def _take_year(rows: pd.DataFrame, year: int, frames: dict[str, pd.DataFrame], arrival: Arrival, ags: str) -> None:
    """Put one year of a file into the tables."""
    whole = (rows["age_from"] == 0) & rows["age_to"].isna()
    parts = rows[~whole]
    if parts.empty:
        _put_totals(_sum(rows, ["district"]), year, frames, ags)
        arrival.note(f"{year}: Einwohner je Stadtteil (Belegstufe C).", f"{year}: inhabitants by district (grade C).")
        arrival.shows("C")
        return
    by_sex = set(SEXES) <= set(parts["sex"])
    cells = parts[parts["sex"].isin(SEXES)] if by_sex else parts[parts["sex"] == "t"]
    single = bool(((cells["age_from"] == cells["age_to"]) | (cells["age_from"] >= AGE_TOP)).all())
    _put_totals(_totals(rows[whole], cells), year, frames, ags)
    if by_sex and single:
        _put_ages(cells, year, frames)
        _put_bands(_banded(cells, _bands_of(frames["population_bands"])), year, frames, ags)
        _put_city(cells, year, frames)
        arrival.note(
            f"{year}: {cells['district'].nunique()} Stadtteile nach Alter und Geschlecht (Belegstufe A).",
            f"{year}: {cells['district'].nunique()} districts by age and sex (grade A).",
        )
        arrival.shows("A")
        return
    if by_sex:
        _put_women(_sum(cells[cells["sex"] == "w"], ["district"]), year, frames)
    bands = cells[["age_from", "age_to"]].drop_duplicates().sort_values("age_from")
    pairs = tuple((int(a), None if np.isnan(b) else int(b)) for a, b in bands.itertuples(index=False))
    _put_bands(_banded(cells, pairs), year, frames, ags)
    arrival.note(
        f"{year}: {len(pairs)} Altersgruppen je Stadtteil (Belegstufe B).",
        f"{year}: {len(pairs)} age bands by district (grade B).",
    )
    arrival.shows("B")


def _with_uninhabited(
    rows: pd.DataFrame, frames: Mapping[str, pd.DataFrame], keys: list[str], file: str
) -> pd.DataFrame:
    """Add zeros for districts in which nobody lived before and that the file leaves out. Raises DataError."""
    total = frames["population_total"]
    last = total[total["year"] == total["year"].max()] if len(total) else total
    empty = set(last.loc[last["persons"] == 0, "district"])
    parts, de, en = [rows], [], []
    for year, of_year in rows.groupby("year"):
        missing = [key for key in keys if key not in set(of_year["district"])]
        lost = [key for key in missing if key not in empty]
        if lost:
            de.append(
                f"{file}, Jahr {year}: es fehlen die Stadtteile {', '.join(lost)}; unbewohnte bitte mit 0 angeben."
            )
            en.append(f"{file}, year {year}: districts {', '.join(lost)} are missing; give uninhabited ones as 0.")
        shape = of_year.drop_duplicates(["sex", "age_from", "age_to"])
        parts += [shape.assign(district=key, persons=0.0) for key in missing if key in empty]
    if de:
        raise DataError("\n".join(de), "\n".join(en))
    return pd.concat(parts, ignore_index=True)


def _sum(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return persons by keys, NaN where a part is hidden; both sexes where no row says them together."""
    together = rows[rows["sex"] == "t"]
    used = together if len(together) else rows
    return used.groupby(keys)["persons"].agg(lambda cells: cells.sum(skipna=False))


def _totals(whole: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """Return persons by district: as the file says, else the sum of its cells."""
    added = _sum(cells, ["district"])
    return _sum(whole, ["district"]).combine_first(added) if len(whole) else added


def _bands_of(bands: pd.DataFrame) -> tuple[tuple[int, int | None], ...]:
    """Return the bands of the latest stored year, else BANDS."""
    if bands.empty:
        return BANDS
    last = bands[bands["year"] == bands["year"].max()]
    pairs = last[["age_from", "age_to"]].drop_duplicates().sort_values("age_from")
    return tuple((int(a), None if np.isnan(b) else int(b)) for a, b in pairs.itertuples(index=False))


def _banded(cells: pd.DataFrame, bands: tuple[tuple[int, int | None], ...]) -> pd.DataFrame:
    """Return district, age_from, age_to, persons (NaN where a part is hidden) by band."""
    starts = np.array([first for first, _ in bands])
    at = np.searchsorted(starts, cells["age_from"].to_numpy(), side="right") - 1
    sums = _sum(cells.assign(age_from=starts[at]), ["district", "age_from"]).rename("persons").reset_index()
    tops = {first: np.nan if last is None else float(last) for first, last in bands}
    return sums.assign(age_to=sums["age_from"].map(tops))


def _put(frames: dict[str, pd.DataFrame], name: str, rows: pd.DataFrame, gone: pd.Series) -> None:
    """Put rows in the place of those that are gone, in the columns and types of the table."""
    kept = frames[name][~gone.to_numpy(bool)] if len(frames[name]) else None
    columns = list(frames[name].columns)
    rows = (rows if "status" in rows or "status" not in columns else rows.assign(status="observed"))[columns]
    frames[name] = rows.reset_index(drop=True) if kept is None else pd.concat([kept, rows], ignore_index=True)


def _put_totals(total: pd.Series, year: int, frames: dict[str, pd.DataFrame], ags: str) -> None:
    """Store totals that are known in full; hidden ones stay as they were."""
    known = total.dropna().astype(int)
    rows = known.rename("persons").rename_axis("district").reset_index().assign(year=year, status="observed")
    table = frames["population_total"]
    mine = (table["year"] == year) & table["district"].isin([*known.index, ags])
    if len(known) == len(total):
        city = pd.DataFrame([{"district": ags, "year": year, "persons": int(known.sum()), "status": "observed"}])
        rows = pd.concat([rows, city], ignore_index=True)
    else:
        mine &= table["district"] != ags
    _put(frames, "population_total", rows, mine)


def _put_bands(bands: pd.DataFrame, year: int, frames: dict[str, pd.DataFrame], ags: str) -> None:
    """Store bands of all districts and, where nothing is hidden, of the city."""
    hidden = bands["persons"].isna()
    rows = bands.assign(year=year, suppressed=hidden, status="observed")
    if not hidden.any():
        city = bands.groupby("age_from", as_index=False).agg(persons=("persons", "sum"), age_to=("age_to", "first"))
        city["age_to"] = city["age_from"].map(dict(zip(bands["age_from"], bands["age_to"], strict=True)))
        rows = pd.concat([rows, city.assign(district=ags, year=year, suppressed=False, status="observed")])
    table = frames["population_bands"]
    _put(frames, "population_bands", rows, table["year"] == year)


def _put_ages(cells: pd.DataFrame, year: int, frames: dict[str, pd.DataFrame]) -> None:
    rows = cells.assign(suppressed=cells["persons"].isna(), year=year)
    _put(frames, "population_ages", rows, frames["population_ages"]["year"] == year)


def _put_city(cells: pd.DataFrame, year: int, frames: dict[str, pd.DataFrame]) -> None:
    """Store the city by sex and single age as the sum of its districts, unless a cell is hidden."""
    if cells["persons"].isna().any():
        return
    folded = cells.assign(age_from=cells["age_from"].clip(upper=AGE_TOP))
    both = folded.groupby(["sex", "age_from"], as_index=False)["persons"].sum()
    whole = both.groupby("age_from", as_index=False)["persons"].sum().assign(sex="t")
    rows = pd.concat([both, whole], ignore_index=True).assign(year=year)
    rows["age_to"] = rows["age_from"].where(rows["age_from"] < AGE_TOP).astype(float)
    table = frames["population_city"]
    _put(frames, "population_city", rows.astype({"persons": int}), table["year"] == year)


def _put_women(women: pd.Series, year: int, frames: dict[str, pd.DataFrame]) -> None:
    """Store the number of women by district; other indicators of the year stay."""
    table = frames["indicators"]
    fresh = women.rename("women").rename_axis("district").reset_index().assign(year=year)
    other = [name for name in table.columns if name != "women"]
    old = table.loc[table["year"] == year, other] if len(table) else table[other]
    merged = fresh.merge(old.astype({"year": int}), on=["district", "year"], how="outer")
    _put(frames, "indicators", merged, table["year"] == year)


def _refuse_other_counts(before: pd.DataFrame, after: pd.DataFrame, years: list[int], ags: str, file: str) -> None:
    """Raise DataError where the city's sum differs by more than FAR from what is stored for a year."""
    de, en = [], []
    for year in years:
        old, new = (
            float(table.loc[(table["year"] == year) & (table["district"] != ags), "persons"].sum())
            for table in (before, after)
        )
        if old > 0 and abs(new / old - 1) > FAR:
            de.append(
                f"{file}, Jahr {year}: {new:.0f} Einwohner, gespeichert sind {old:.0f}; zählt die Datei etwas anderes "
                "(Nebenwohnsitze, anderer Stichtag)? Bitte dieselbe Zählung verwenden."
            )
            en.append(
                f"{file}, year {year}: {new:.0f} inhabitants, stored are {old:.0f}; does the file count something else "
                "(second homes, another day)? Please use the same count."
            )
    if de:
        raise DataError("\n".join(de), "\n".join(en))

"""A user's panel as arrays: which years, sexes and age groups can be used, and, in a sentence, what had to give way."""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.backtest.result import Sentence
from carelab.forecast.small_area.ages import Flags
from carelab.forecast.small_area.panel_repairs import (
    SAME,
    blank_errors,
    list_of,
    renamed_areas,
    without_lone_years,
    without_odd_ages,
    without_sum,
)
from carelab.forecast.small_area.projector import PanelArrays
from carelab.forecast.small_area.totals import jumps
from carelab.terms import UserError


def panel_arrays(frame: pd.DataFrame) -> tuple[PanelArrays, list[Sentence]]:
    """Return counts as arrays, and remarks, from area, year, sex, age_from, age_to, persons (long form, unique keys).

    Sexes are added where they are not told apart everywhere; age groups are joined to the finest that all share;
    years and areas that are missing stay unknown. Raises UserError where too little is left.
    """
    notes: list[Sentence] = []
    table = without_odd_ages(without_lone_years(_choose_sexes(frame, notes), notes), notes)
    start = _common_groups(table, notes)
    years = _even_years(table, notes)
    areas = np.array(sorted(table["area"].astype(str).unique()), dtype=object)
    sexes = ("t",) if (table["sex"] == "t").all() else ("m", "w")
    codes = (
        np.searchsorted(years, table["year"].to_numpy()),
        pd.Categorical(table["area"].astype(str), categories=areas).codes.astype(np.intp),
        np.array([sexes.index(each) for each in ("m", "w", "t") if each in sexes])[_sex_codes(table, sexes)],
        np.searchsorted(start, table["age_from"].to_numpy(), side="right") - 1,
    )
    shape = (len(years), len(areas), len(sexes), len(start))
    cell = np.ravel_multi_index(codes, shape)
    values = np.nan_to_num(table["persons"].to_numpy(float))
    persons: Array = np.bincount(cell, weights=values, minlength=int(np.prod(shape))).astype(np.float64).reshape(shape)
    persons[~_complete(table, cell, shape)] = np.nan
    counts = PanelArrays(tuple(areas), years, sexes, start, persons)
    blank_errors(counts, notes)
    panel = without_sum(_without_empty(counts, notes), notes)
    notes += _gap_notes(panel)
    return panel, notes


def _sex_codes(table: pd.DataFrame, sexes: tuple[str, ...]) -> Index:
    """Return the position of every row's sex."""
    return np.asarray(pd.Categorical(table["sex"].astype(str), categories=list(sexes)).codes, dtype=np.intp)


def _choose_sexes(frame: pd.DataFrame, notes: list[Sentence]) -> pd.DataFrame:
    """Return rows by sex where all years and areas have both, else their sums."""
    sex = frame["sex"].astype(str)
    apart, together = frame[sex != "t"], frame[sex == "t"]
    if apart.empty:
        notes.append(
            ("Das Panel unterscheidet keine Geschlechter: gerechnet wird mit Summen.", "No sexes: sums are projected.")
        )
        return together
    if together.empty and apart["sex"].astype(str).nunique() == 1:
        notes.append(("Das Panel zählt nur ein Geschlecht: gerechnet wird damit allein.", "Only one sex is counted."))
        return apart.assign(sex="t")
    pairs = apart.groupby(["area", "year"], observed=True)["sex"].nunique()
    both = set(pairs.index[pairs == 2])
    wanted = set(map(tuple, frame[["area", "year"]].drop_duplicates().to_numpy()))
    if together.empty or both >= wanted:
        if not both >= wanted:
            notes.append(
                ("Wo nur ein Geschlecht steht, gilt das Jahr als unbekannt.", "Years with one sex only are unknown.")
            )
        if not together.empty:
            notes.append(_unused_sums(apart, together))
        return apart
    notes.append(
        (
            "Nicht alle Jahre und Gebiete sind nach Geschlecht gezählt: gerechnet wird mit Summen.",
            "Not all years and areas are counted by sex: sums are projected.",
        )
    )
    known = set(map(tuple, together[["area", "year"]].drop_duplicates().to_numpy()))
    index = pd.MultiIndex.from_frame(apart[["area", "year"]])
    extra = apart[np.array([key in both and key not in known for key in index], dtype=bool)]
    keys = ["area", "year", "age_from", "age_to"]
    sums = extra.groupby(keys, observed=True, dropna=False)["persons"].sum(min_count=2).reset_index().assign(sex="t")
    return pd.concat([together.assign(sex="t"), sums[[*keys, "persons", "sex"]]], ignore_index=True)


def _unused_sums(apart: pd.DataFrame, together: pd.DataFrame) -> Sentence:
    """Say that rows for both sexes are not used, and where they differ most from the sum of the two."""
    keys = ["area", "year"]
    two, one = (each.groupby(keys, observed=True)["persons"].sum() for each in (apart, together))
    sums = pd.DataFrame({"two": two, "one": one}).query("one > 0 and two > 0").reset_index()
    off = (sums["two"] / sums["one"] - 1).abs()
    if not (off > SAME).any():
        return "Zeilen für beide Geschlechter zusammen (t) werden nicht gebraucht.", "Rows t are not used."
    most = sums.iloc[int(off.argmax())]
    where, found = f"{most['area']}, {most['year']}", (f"{most['one']:.0f}", f"{most['two']:.0f}")
    return (
        f"Zeilen t weichen von m und w zusammen ab (am meisten {where}: {found[0]} statt {found[1]}) und werden nicht "
        "gebraucht.",
        f"Rows t differ from m and w together (most {where}: {found[0]}, not {found[1]}) and are not used.",
    )


def _common_groups(table: pd.DataFrame, notes: list[Sentence]) -> Index:
    """Return the first ages that all areas, years and sexes share."""
    keys = ["area", "year", "sex"]
    pairs = table.groupby(keys, observed=True)["age_from"].nunique()
    counts = table["age_from"].value_counts()
    start = np.sort(counts.index[counts == len(pairs)].to_numpy())
    if len(start) == 0 or start[0] != 0:
        raise UserError(
            "Die Altersgruppen der Jahre oder Gebiete passen nicht zusammen; erwartet: gemeinsame Grenzen ab Alter 0.",
            "Age groups of the years or areas do not fit together; expected: common bounds from age 0.",
        )
    if len(start) < len(counts):
        many = len(start) > 1
        notes.append(
            (
                f"Die Altersgruppen wechseln: zusammengefasst zu den {len(start)} Gruppen, die alle gemeinsam haben."
                if many
                else "Die Altersgruppen wechseln und haben nur den Beginn mit 0 gemeinsam: gerechnet wird ohne Alter.",
                f"Age groups change: joined to the {len(start)} groups that all have in common."
                if many
                else "Age groups change and have only age 0 in common: ages are not told apart.",
            )
        )
    if table["age_to"].notna().all():
        notes.append(
            (
                "Keine Altersgruppe ist nach oben offen: die letzte wird so behandelt.",
                "No open age group: the last one is taken as open.",
            )
        )
    return np.asarray(start, dtype=np.intp)


def _even_years(table: pd.DataFrame, notes: list[Sentence]) -> Index:
    """Return evenly spaced years from the first to the last; raise UserError for fewer than three counts."""
    found = np.sort(table["year"].unique())
    _check_years(len(found))
    step = int(np.gcd.reduce(np.diff(found)))
    years = np.arange(found[0], found[-1] + 1, step)
    missing = sorted(set(years.tolist()) - set(found.tolist()))
    if missing:
        shown = list_of([str(year) for year in missing])
        notes.append(
            (
                f"Ohne Zählung: {shown}. Die Jahre bleiben unbekannt.",
                f"Not counted: {shown}. These years stay unknown.",
            )
        )
    return np.asarray(years, dtype=np.intp)


def _check_years(found: int) -> None:
    """Raise UserError for fewer than three counted years."""
    if found < 3:
        raise UserError(
            f"Das Panel hat {found} brauchbare(s) Jahr(e); für eine Rückschau braucht es mindestens 3.",
            f"The panel has {found} usable year(s); a back-test needs at least 3.",
        )


def _complete(table: pd.DataFrame, cell: Index, shape: tuple[int, ...]) -> Flags:
    """Return which cells (t, a, s, b) rest on counts that are all known."""
    rows = np.bincount(cell, minlength=int(np.prod(shape)))
    unknown = np.bincount(cell, weights=table["persons"].isna(), minlength=int(np.prod(shape)))
    return np.asarray(((rows > 0) & (unknown == 0)).reshape(shape))


def _without_empty(panel: PanelArrays, notes: list[Sentence]) -> PanelArrays:
    """Leave out areas never counted in full, or always empty, and first and last years without a full count."""
    holes = np.asarray(np.isnan(panel.persons).any(axis=(2, 3)))
    panel.persons[holes] = np.nan
    living = np.nansum(panel.persons, axis=(0, 2, 3)) > 0
    usable = living & ((~holes).sum(axis=0) >= 2)
    if not usable.any():
        raise UserError(
            "Kein Gebiet ist in mindestens zwei Jahren vollständig gezählt und bewohnt.",
            "No area is counted in full, with inhabitants, in at least two years.",
        )
    if not usable.all():
        names = list_of([area for area, good in zip(panel.areas, usable, strict=True) if not good])
        notes.append(
            (
                f"Ausgelassen (unbewohnt oder weniger als zwei vollständige Jahre): {names}.",
                f"Left out (uninhabited or fewer than two complete years): {names}.",
            )
        )
    areas = tuple(area for area, good in zip(panel.areas, usable, strict=True) if good)
    counted = np.flatnonzero(~holes[:, usable].all(axis=1))
    _check_years(len(counted))
    span = slice(counted[0], counted[-1] + 1)
    return PanelArrays(areas, panel.years[span], panel.sexes, panel.start, panel.persons[span, usable])


def _gap_notes(panel: PanelArrays) -> list[Sentence]:
    """Say which areas lack years, and which jump so much that their borders may have changed."""
    holes = np.asarray(np.isnan(panel.persons).any(axis=(2, 3)))
    lacking = np.asarray(holes & ~holes.all(axis=1, keepdims=True))
    notes = []
    if lacking.any():
        names = list_of([panel.areas[i] for i in np.flatnonzero(lacking.any(axis=0))])
        notes.append(
            (
                f"Lücken oder unbekannte Zellen, diese Jahre zählen nicht: {names}.",
                f"Gaps or unknown cells, these years do not count: {names}.",
            )
        )
    moved = [f"{old} -> {new} ({year})" for old, new, year in renamed_areas(panel)]
    if moved:
        notes.append(
            (
                f"Gleiche Zahlen unter neuem Schlüssel? {list_of(moved)}; erwartet: ein Schlüssel je Gebiet.",
                f"The same figures under a new key? {list_of(moved)}; expected: one key per area.",
            )
        )
    jumped = jumping_areas(panel)
    if jumped.any():
        names = list_of([area for area, bad in zip(panel.areas, jumped, strict=True) if bad])
        notes.append(
            (
                f"Sprung in der Einwohnerzahl (Gebietsänderung?), gekennzeichnet mit „area_change“: {names}; über ihn "
                "hinweg wird nichts gelernt, bewertet wird er.",
                f'Jump in population (changed borders?), flagged "area_change": {names}; nothing is learnt across it, '
                "but it is scored.",
            )
        )
    return notes


def jumping_areas(panel: PanelArrays) -> Flags:
    """Return which areas (a,) jumped between two counts (totals.jumps)."""
    return np.asarray(jumps(panel.persons.sum(axis=(2, 3)), panel.years).any(axis=0))

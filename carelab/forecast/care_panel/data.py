"""A care panel as matrices: who was counted where and when, checked, with what was left out named in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab.forecast.arrays import Array, Index, Years
from carelab.forecast.care_panel.checks import SMALLEST_SURE, doubts, refuse_senseless
from carelab.forecast.care_panel.sums import unequal_sums, unnamed_sums
from carelab.terms import UserError

Note = tuple[str, str]
"""One remark in both languages: (de, en)."""
REQUIRED = ("area", "year", "people_in_need")
FEWEST_SURVEYS = 3
"""One step to learn from and one to be tested on."""
FEWEST_AREAS = 2
THIN_SURVEY = 0.2
"""A survey whose areas hold less of all people in need tells little of the growth of the whole, and distorts it."""
NAMED = 5
"""A note names at most so many areas; the rest are counted."""


@dataclass(frozen=True)
class CarePanel:
    """People in need, ``counts`` (area, year; NaN = not counted), in order of ``areas`` and ``years``.

    ``group`` (area,) numbers the parent (Land) of each area among ``parents``; areas without a parent share one group.
    ``given``: counts as given, with zeros that only all surveys together tell to be unknown (None: as ``counts``).
    """

    areas: npt.NDArray[np.object_]
    parents: npt.NDArray[np.object_]
    group: Index
    years: Years
    counts: Array
    notes: list[Note] = field(default_factory=list)
    given: Array | None = None

    def until(self, year: int) -> CarePanel:
        """Return the panel as it was known in ``year``: later surveys are cut off and say nothing of earlier zeros."""
        known = self.years <= year
        counts = self.counts[:, known] if self.given is None else _unknown_zeros(self.given[:, known])
        return CarePanel(self.areas, self.parents, self.group, self.years[known], counts, self.notes)


def read_care_panel(panel: pd.DataFrame) -> CarePanel:
    """Return the checked panel from columns area, parent (may be empty or missing), year, people_in_need (persons).

    ``area_changed`` (bool, optional): areas flagged in any year are left out; so are sums (areas that are the parent of
    others, or that unnamed_sums finds), areas never counted above 0, surveys of few areas; zeros where many are counted
    are unknown; where a parent changes the first holds; each is named in ``notes``, as are doubts (checks.doubts).
    Raises UserError for missing columns, duplicate keys, negative counts, what refuse_senseless names, and fewer than
    FEWEST_SURVEYS surveys or FEWEST_AREAS areas.
    """
    table = _typed(panel)
    notes: list[Note] = unequal_sums(table)
    named = _sums(table)
    sums = sorted({*named, *unnamed_sums(table[~table["area"].isin(named)])})
    table = _without(table, _flagged(table), notes, ("Gebietsänderung", "changed area"))
    table = _without(table, sums, notes, ("Summe anderer Gebiete", "sum of other areas"))
    given = table
    table = _without_false_zeros(table, notes)
    top = table.groupby("area")["people_in_need"].max()
    table = _without(table, list(top.index[~(top > 0)]), notes, ("nie über 0 gezählt", "never counted above 0"))
    wide = table.pivot(index="area", columns="year", values="people_in_need").sort_index()
    wide = _without_thin_surveys(wide.loc[:, wide.notna().any()], notes)
    _refuse_short(wide, notes)
    refuse_senseless(wide)
    notes += doubts(wide)
    if wide.isna().to_numpy().any():
        missing = int(wide.isna().to_numpy().sum())
        notes.append(
            (
                f"{missing} Zählungen fehlen; das Gebiet fehlt dann an diesem Stichtag, nichts wird aufgefüllt.",
                f"{missing} counts are missing; the area is left out at that survey, nothing is filled in.",
            )
        )
    parent = _parents(table, notes).reindex(wide.index).fillna("")
    group, parents = pd.factorize(parent, sort=True)
    areas = wide.index.to_numpy(dtype=object)
    years = wide.columns.to_numpy(dtype=np.int64)
    counts = given.pivot(index="area", columns="year", values="people_in_need").loc[wide.index, wide.columns]
    return CarePanel(
        areas, np.asarray(parents, dtype=object), group, years, wide.to_numpy(float), notes, counts.to_numpy(float)
    )


def log_counts(counts: Array) -> Array:
    """Return log persons; a zero counts as half a person, NaN stays NaN."""
    return np.asarray(np.log(np.where(counts == 0, 0.5, counts)))


def _typed(panel: pd.DataFrame) -> pd.DataFrame:
    lacking = [column for column in REQUIRED if column not in panel.columns]
    if lacking:
        names = ", ".join(lacking)
        raise UserError(f"Dem Pflege-Panel fehlt die Spalte {names}.", f"The care panel lacks the column {names}.")
    table = panel.reset_index(drop=True).copy()
    table["area"] = table["area"].astype(str)
    parent = table["parent"] if "parent" in table.columns else pd.Series("", index=table.index)
    named = parent.astype(object).where(parent.notna(), "").astype(str)
    table["parent"] = named.where(named != table["area"], "")
    table["people_in_need"] = pd.to_numeric(table["people_in_need"], errors="coerce").astype(float)
    double = table.duplicated(["area", "year"])
    if double.any():
        row = table[double].iloc[0]
        raise UserError(
            f"Gebiet {row['area']} hat für {row['year']} mehr als eine Zeile ({int(double.sum())} doppelte insgesamt).",
            f"Area {row['area']} has more than one row for {row['year']} ({int(double.sum())} duplicates in all).",
        )
    if (table["people_in_need"] < 0).any():
        area = table.loc[table["people_in_need"] < 0, "area"].iloc[0]
        raise UserError(f"Gebiet {area} hat eine negative Zahl.", f"Area {area} has a negative count.")
    return table


def _flagged(table: pd.DataFrame) -> list[str]:
    if "area_changed" not in table.columns:
        return []
    text = table["area_changed"].fillna(False).astype(str).str.lower()
    return sorted(table.loc[text.isin(["true", "1", "1.0", "yes", "ja"]), "area"].unique())


def _sums(table: pd.DataFrame) -> list[str]:
    return sorted(set(table["area"]) & set(table["parent"][table["parent"] != table["area"]]))


def _without(table: pd.DataFrame, areas: list[str], notes: list[Note], reason: Note) -> pd.DataFrame:
    if areas:
        names = ", ".join(areas[:NAMED])
        more = max(len(areas) - NAMED, 0)
        de, en = (f"{names} und {more} weitere", f"{names} and {more} more") if more else (names, names)
        notes.append((f"Ausgelassen ({reason[0]}): {de}.", f"Left out ({reason[1]}): {en}."))
    return table[~table["area"].isin(areas)]


def _parents(table: pd.DataFrame, notes: list[Note]) -> pd.Series:
    """Return the parent of each area that has one, by area: the first named; changes of parent are noted."""
    named = table[table["parent"] != ""].sort_values("year", kind="stable")
    several = named.groupby("area")["parent"].nunique()
    changed = list(several.index[several > 1])
    if changed:
        number = len(changed)
        notes.append(
            (
                f"Der parent wechselt bei {number} Gebieten (etwa {changed[0]}); es gilt der zuerst genannte.",
                f"The parent of {number} areas changes ({changed[0]}, for example); the first one named holds.",
            )
        )
    return named.drop_duplicates("area").set_index("area")["parent"]


def _without_false_zeros(table: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    """Return the table with zeros emptied where the area else counts SMALLEST_SURE or more: hidden or not counted."""
    counts = table["people_in_need"]
    wide = table.pivot(index="area", columns="year", values="people_in_need")
    usual = table["area"].map(dict(zip(wide.index, _usual(wide.to_numpy(float)), strict=True)))
    false = (counts == 0) & (usual.astype(float) >= SMALLEST_SURE)
    if false.any():
        number, areas = int(false.sum()), table.loc[false, "area"]
        notes.append(
            (
                f"{number} Nullen sind als unbekannt gelesen: Die Gebiete zählen sonst mindestens {SMALLEST_SURE:.0f} "
                f"(etwa {areas.iloc[0]}).",
                f"{number} zeros are read as unknown: their areas else count at least {SMALLEST_SURE:.0f} "
                f"({areas.iloc[0]}, for example).",
            )
        )
    return table.assign(people_in_need=counts.mask(false))


def _without_thin_surveys(wide: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    """Return the surveys whose counted areas hold at least THIN_SURVEY of all people in need (by each area's mean)."""
    size = wide.mean(axis=1)
    share = wide.notna().mul(size, axis=0).sum() / size.sum()
    thin = share.index[share < THIN_SURVEY]
    if len(thin):
        told = [f"{year} ({int(wide[year].notna().sum())} {{}} {len(wide)})" for year in thin]
        de, en = (", ".join(told).replace("{}", word) for word in ("von", "of"))
        notes.append(
            (f"Ausgelassen (Stichtag mit wenigen Gebieten): {de}.", f"Left out (survey with few areas): {en}.")
        )
    return wide.drop(columns=thin)


def _unknown_zeros(counts: Array) -> Array:
    """Return counts (area, year) without the zeros of areas that in these years else count SMALLEST_SURE or more."""
    return np.where((counts == 0) & (_usual(counts) >= SMALLEST_SURE)[:, None], np.nan, counts)


def _usual(counts: Array) -> Array:
    """Return the middle count above 0 of each area (area,), 0 where there is none."""
    return pd.DataFrame(np.where(counts > 0, counts, np.nan)).median(axis=1).fillna(0.0).to_numpy(float)


def _refuse_short(wide: pd.DataFrame, notes: list[Note]) -> None:
    if wide.shape[0] < FEWEST_AREAS or not (wide > 0).to_numpy().any():
        why = [" ".join(["", *(note[at] for note in notes)]) for at in (0, 1)]
        raise UserError(
            f"Verwendbare Gebiete im Panel: {wide.shape[0]}; nötig sind {FEWEST_AREAS} mit Zahlen über 0.{why[0]}",
            f"Usable areas in the panel: {wide.shape[0]}; needed are {FEWEST_AREAS} with counts above 0.{why[1]}",
        )
    if wide.shape[1] < FEWEST_SURVEYS:
        raise UserError(
            f"Das Panel enthält {wide.shape[1]} Erhebungen; nötig sind {FEWEST_SURVEYS}: zwei vor und eine nach dem "
            "Stichtag.",
            f"The panel has {wide.shape[1]} surveys; needed are {FEWEST_SURVEYS}: two before and one after the origin.",
        )

"""A care panel as matrices: who was counted where and when, checked, with what was left out named in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab.forecast.arrays import Array, Index, Years
from carelab.terms import UserError

Note = tuple[str, str]
"""One remark in both languages: (de, en)."""
REQUIRED = ("area", "year", "people_in_need")
FEWEST_SURVEYS = 3
"""One step to learn from and one to be tested on."""
FEWEST_AREAS = 2
SMALLEST_SURE = 20.0
"""Where the middle count of an area is at least so high, chance makes no zero (once in 500 million): not counted."""
NAMED = 5
"""A note names at most so many areas; the rest are counted."""


@dataclass(frozen=True)
class CarePanel:
    """People in need, ``counts`` (area, year; NaN = not counted), in order of ``areas`` and ``years``.

    ``group`` (area,) numbers the parent (Land) of each area among ``parents``; areas without a parent share one group.
    """

    areas: npt.NDArray[np.object_]
    parents: npt.NDArray[np.object_]
    group: Index
    years: Years
    counts: Array
    notes: list[Note] = field(default_factory=list)

    def until(self, year: int) -> CarePanel:
        """Return the panel as it was known in ``year``: later surveys are cut off, not hidden."""
        known = self.years <= year
        return CarePanel(self.areas, self.parents, self.group, self.years[known], self.counts[:, known], self.notes)


def read_care_panel(panel: pd.DataFrame) -> CarePanel:
    """Return the checked panel from columns area, parent (may be empty or missing), year, people_in_need (persons).

    ``area_changed`` (bool, optional): areas flagged in any year are left out; so are sums (areas that are the parent of
    others) and areas never counted above 0; zeros of areas that else count many are unknown; each is named in
    ``notes``. Raises UserError for missing columns, duplicate keys, negative counts, rates in
    place of counts, neighbouring surveys without a common area, and fewer than FEWEST_SURVEYS surveys or FEWEST_AREAS
    areas.
    """
    table = _typed(panel)
    notes: list[Note] = []
    table = _without(table, _flagged(table), notes, ("Gebietsänderung", "changed area"))
    table = _without(table, _sums(table), notes, ("Summe anderer Gebiete", "sum of other areas"))
    table = _without_false_zeros(table, notes)
    top = table.groupby("area")["people_in_need"].max()
    table = _without(table, list(top.index[~(top > 0)]), notes, ("nie über 0 gezählt", "never counted above 0"))
    wide = table.pivot(index="area", columns="year", values="people_in_need").sort_index()
    wide = wide.loc[:, wide.notna().any()]
    _refuse_short(wide)
    _refuse_rates(wide)
    _refuse_strangers(wide)
    if wide.isna().to_numpy().any():
        missing = int(wide.isna().to_numpy().sum())
        notes.append(
            (
                f"{missing} Zählungen fehlen; das Gebiet fehlt dann an diesem Stichtag, nichts wird aufgefüllt.",
                f"{missing} counts are missing; the area is left out at that survey, nothing is filled in.",
            )
        )
    parent = table.drop_duplicates("area").set_index("area")["parent"].loc[wide.index]
    group, parents = pd.factorize(parent, sort=True)
    areas = wide.index.to_numpy(dtype=object)
    years = wide.columns.to_numpy(dtype=np.int64)
    return CarePanel(areas, np.asarray(parents, dtype=object), group, years, wide.to_numpy(float), notes)


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
    table["parent"] = parent.astype(object).where(parent.notna(), "").astype(str)
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


def _refuse_rates(wide: pd.DataFrame) -> None:
    """Raise UserError where the middle count is below 1: shares or rates, whose counting noise would be senseless."""
    counts = wide.to_numpy(float)
    middle = float(np.median(counts[counts > 0]))
    if middle < 1:
        raise UserError(
            f"people_in_need ist im Mittel {middle:.3g}: Das sind Quoten; erwartet werden gezählte Personen.",
            f"people_in_need is {middle:.3g} in the middle: these are rates; expected are counted persons.",
        )


def _refuse_strangers(wide: pd.DataFrame) -> None:
    """Raise UserError where two neighbouring surveys have no area in common: no growth can be seen between them."""
    known = wide.notna().to_numpy()
    apart = np.flatnonzero(~(known[:, 1:] & known[:, :-1]).any(axis=0))
    if apart.size:
        first, second = wide.columns[apart[0]], wide.columns[apart[0] + 1]
        raise UserError(
            f"{first} und {second} haben kein gezähltes Gebiet gemeinsam; ein Zuwachs ist so nicht zu sehen.",
            f"{first} and {second} have no counted area in common; no growth can be seen between them.",
        )


def _without_false_zeros(table: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    """Return the table with zeros emptied where the area else counts SMALLEST_SURE or more: hidden or not counted."""
    counts = table["people_in_need"]
    usual = counts.where(counts > 0).groupby(table["area"]).transform("median")
    false = (counts == 0) & (usual >= SMALLEST_SURE)
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


def _refuse_short(wide: pd.DataFrame) -> None:
    if wide.shape[0] < FEWEST_AREAS or not (wide > 0).to_numpy().any():
        raise UserError(
            f"Das Panel enthält {wide.shape[0]} verwendbare Gebiete; nötig sind {FEWEST_AREAS} mit Zahlen über 0.",
            f"The panel has {wide.shape[0]} usable areas; needed are {FEWEST_AREAS} with counts above 0.",
        )
    if wide.shape[1] < FEWEST_SURVEYS:
        raise UserError(
            f"Das Panel enthält {wide.shape[1]} Erhebungen; nötig sind {FEWEST_SURVEYS}: zwei vor und eine nach dem "
            "Stichtag.",
            f"The panel has {wide.shape[1]} surveys; needed are {FEWEST_SURVEYS}: two before and one after the origin.",
        )

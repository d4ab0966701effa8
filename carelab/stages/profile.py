"""Profile of one district: what a study knows of it, gathered for one page (Steckbrief)."""

from __future__ import annotations

import difflib
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from carelab.planning.ranks import rank_table
from carelab.terms import UserError

if TYPE_CHECKING:
    from carelab.stages.sensitivity import Sensitivity

NEAR = 2
"""So many districts before and after it are shown in the ranking."""


class Profile:
    """One district of a study; ``district`` None: the first in the ranking by growth. Raises UserError if unknown."""

    def __init__(self, study: Sensitivity, district: str | None = None) -> None:
        self.study, self.params = study, study.params
        self.district = str(study.growth["district"].iloc[0]) if district is None else district
        if self.district not in study.districts.index:
            raise _no_district(self.district, study.districts["name"])
        row = study.districts.loc[self.district]
        self.name, self.inhabited, self.ranked = str(row["name"]), bool(row["inhabited"]), bool(row["ranked"])
        self.grade = str(row["grade"])

    @property
    def years(self) -> tuple[int, int]:
        """Base and focus year."""
        return self.params.base_year, self.params.focus_year

    @cached_property
    def population(self) -> pd.DataFrame:
        """Persons by age band in base and focus year: age_band, year, quantile columns, status, grade."""
        return self._mine(self.study.population_district, "age_band")

    @cached_property
    def need(self) -> pd.DataFrame:
        """People in need by setting in base and focus year: setting, year, quantile columns, status, grade."""
        return self._mine(self.study.demand_district, "setting")

    @cached_property
    def why(self) -> pd.DataFrame:
        """Why need changes: district, name, factor, quantile columns, grade; empty where too few people live."""
        table = self.study.decomposition
        return table[table["district"] == self.district].reset_index(drop=True)

    @cached_property
    def places(self) -> pd.DataFrame:
        """Missing places by year: the district's rows of ``gap``; empty where too few people live."""
        table = self.study.gap
        return table[table["district"] == self.district].reset_index(drop=True)

    @cached_property
    def physicians(self) -> pd.DataFrame:
        """Physicians, dentists, pharmacies by year, as counted; empty where nothing is counted."""
        table = self.study.physicians
        return table[table["district"] == self.district].sort_values("year", ascending=False, ignore_index=True)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """All ranked districts by growth of need: district, name, rank, rank_from, rank_to (80 %), growth, grade."""
        districts, (first, last) = self.study.districts, self.years
        total = self.study.demand.sum("setting")
        growth = (total.sel(year=last) - total.sel(year=first)).transpose("draw", "district").values
        ranks = rank_table(growth.astype(float), districts["ranked"].to_numpy(bool))
        table = pd.DataFrame({"district": districts.index, "name": districts["name"].to_numpy()})
        table = table.assign(growth=np.median(growth, axis=0), grade=self.grade)
        table = table.assign(rank_from=ranks["lower_80"], rank_to=ranks["upper_80"])[districts["ranked"].to_numpy()]
        table = table.sort_values("growth", ascending=False, kind="stable", ignore_index=True)
        table.insert(2, "rank", np.arange(1, len(table) + 1))
        return table.astype({"rank_from": int, "rank_to": int})

    @cached_property
    def neighbours(self) -> pd.DataFrame:
        """The district and those just before and after it in the ranking; empty where it is not ranked."""
        at = np.flatnonzero(self.ranking["district"] == self.district)
        if not at.size:
            return self.ranking.iloc[:0]
        start = max(0, min(int(at[0]) - NEAR, len(self.ranking) - 2 * NEAR - 1))
        return self.ranking.iloc[start : start + 2 * NEAR + 1].reset_index(drop=True)

    def _mine(self, table: pd.DataFrame, part: str) -> pd.DataFrame:
        """Return this district's rows of base and focus year without its key and name."""
        rows = table[(table["district"] == self.district) & table["year"].isin(self.years)]
        front = [part, "year"]
        rest = [name for name in rows.columns if name not in (*front, "district", "name")]
        return rows[[*front, *rest]].reset_index(drop=True)


def _no_district(district: str, names: pd.Series) -> UserError:
    near = difflib.get_close_matches(district, [str(key) for key in names.index], n=1, cutoff=0.3)
    some = ", ".join(f"{key} ({names[key]})" for key in (near or list(names.index[:4])))
    return UserError(
        f"Parameter „district“: Schlüssel „{district}“ gibt es nicht; vorhanden zum Beispiel {some}.",
        f'parameter "district": there is no key "{district}"; there is for example {some}.',
    )

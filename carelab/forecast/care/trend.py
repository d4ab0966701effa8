"""What the levels of all Kreise have in common: the national trend; and the spread of what each does beside it.

Common growth is estimated as year effects (statsmodels); what is left are the areas' own steps, their drift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import WLS

from carelab.forecast.arrays import Array, Years

BREAK_YEARS = (2017,)
"""First survey under a new legal definition (PSG II, 1 January 2017): a step, not a growth rate."""
COUNTING_EFFECTS = {2019: 7244 / 129672, 2021: 160_000 / 4_961_146}
"""Share of the year's count that is new in the statistics, not in need.

Pflegegrad 1 without services was first counted in 2019 (share of Sachsen-Anhalt, StatLA), its under-count repaired in
2021 (about 160,000 nationally, Destatis).
"""
SURVEY_STEP = 2
"""Years between two surveys."""
WIDTH_80 = 2 * 1.2815515655446004
"""Width of the central 80 % of a normal distribution in standard deviations."""


@dataclass(frozen=True)
class Trend:
    """Common growth between surveys, all on the scale of levels (log hazard), per survey step.

    ``years`` (n,), ``growth`` (n - 1,) and its standard ``error`` (NaN where taken from a total); ``drift_sd`` of a
    Kreis's level beside its Land's.
    """

    years: Years
    growth: Array
    error: Array
    drift_sd: float

    def table(self) -> pd.DataFrame:
        """Return columns year, growth, error, counting (growth that is newly counted, where known), law (bool)."""
        counting = [
            -np.log1p(-COUNTING_EFFECTS[y]) if y in COUNTING_EFFECTS else np.nan for y in map(int, self.years[1:])
        ]
        law = np.isin(self.years[1:], BREAK_YEARS)
        columns = {"year": self.years[1:], "growth": self.growth, "error": self.error, "counting": counting, "law": law}
        return pd.DataFrame(columns)


def fit_trend(levels: pd.DataFrame, extra_growth: dict[int, float]) -> Trend:
    """Fit year effects common to all Kreise (weighted least squares on levels less the Kreis's mean; statsmodels).

    ``levels`` area, parent, year, people_in_need, level (care_panel.panel_levels). ``extra_growth`` adds later steps
    that only larger areas know: survey year -> growth of the national level since the one before. Drift: spread of the
    Kreise's steps beside their Land's; breaks included.
    """
    table = levels.dropna(subset=["level"])
    years = np.sort(table["year"].unique())
    growth, errors = _year_effects(table, years)
    later = list(extra_growth.values())
    return Trend(
        np.concatenate([years, list(extra_growth)]).astype(np.int64),
        np.concatenate([growth, later]),
        np.concatenate([errors, np.full(len(later), np.nan)]),
        _drift(table),
    )


def robust_sd(values: Array) -> float:
    """Return the central 80 % in units of the normal's: outliers count, but not squared. NaN for fewer than 10."""
    finite = values[np.isfinite(values)]
    if finite.size < 10:
        return float("nan")
    low, high = np.quantile(finite, [0.1, 0.9])
    return float((high - low) / WIDTH_80)


def _year_effects(table: pd.DataFrame, years: Years) -> tuple[Array, Array]:
    """Return common growth per step (n - 1,) and its standard errors, clustered by Kreis."""
    dummies = (table["year"].to_numpy()[:, None] == years[None, 1:]).astype(float)
    weights = table["people_in_need"].to_numpy(dtype=float)
    centred = _centre(np.column_stack([table["level"], dummies]), table["area"], weights)
    groups = pd.factorize(table["area"])[0]
    fit = WLS(centred[:, 0], centred[:, 1:], weights=weights).fit(cov_type="cluster", cov_kwds={"groups": groups})
    steps = np.eye(years.size - 1) - np.eye(years.size - 1, k=-1)
    return steps @ fit.params, np.sqrt(np.diag(steps @ fit.cov_params() @ steps.T))


def _drift(table: pd.DataFrame) -> float:
    """Return the robust standard deviation of one survey step of a Kreis beside its Land."""
    steps = table.pivot(index="area", columns="year", values="level").diff(axis=1).iloc[:, 1:]
    land = table.drop_duplicates("area").set_index("area")["parent"].reindex(steps.index)
    by_land = steps.groupby(land).median()
    return robust_sd((steps - by_land.loc[land].to_numpy()).to_numpy())


def _centre(values: Array, groups: pd.Series, weights: Array) -> Array:
    codes, _ = pd.factorize(groups)
    mass = np.bincount(codes, weights)
    means = np.stack([np.bincount(codes, weights * column) / mass for column in values.T], axis=1)
    return np.asarray(values - means[codes])

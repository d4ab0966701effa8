"""What the age structure of an area tells of its care rates beyond ages themselves: a slope learnt on Kreise.

Where the share of people from 65 on is higher than in the rest of the Land, more people of the same age and sex are in
need. The slope is pooled over Länder and carried to the districts of a city: an ecological assumption, whose error is
that of Kreise in Länder that the slope has not seen (docs/decisions/0014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index

FIRST_SURVEY = 2017
"""Surveys under the present definition of people in need."""
FEWEST_KREISE = 3
"""A Land with fewer Kreise shows no slope of its own."""
FEWEST_LAENDER = 3
REACH = 0.99
"""Beyond the deviation that this share of Kreise stays within the effect does not grow: nobody has seen it there."""
Z_80 = 1.2815515655446004


@dataclass(frozen=True)
class Slope:
    """Change of the log local ratio per unit of log share of 65+ beside its surroundings.

    ``mean`` over Länder, ``sd`` with which the slope of an area not seen scatters around it (heterogeneity of Länder
    and error of the mean), ``reach`` the largest deviation it is used for.
    """

    mean: float
    sd: float
    reach: float

    def effect(self, share: Array, around: float) -> Array:
        """Return the deviations (district,) that the slope is applied to; NaN where ``share`` (0-1) is unknown or 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            deviation = np.log(share / around)
        return np.where(np.isfinite(deviation), np.clip(deviation, -self.reach, self.reach), np.nan)


NO_SLOPE = Slope(0.0, 0.0, 0.0)


def beside_land(levels: pd.DataFrame) -> pd.DataFrame:
    """Return Kreise beside the rest of their Land, by survey from FIRST_SURVEY on; Länder of one Kreis are left out.

    ``levels`` area, parent, year, people_in_need, expected, population, share_65plus (cities_panel.panel_levels). Adds
    ``ratio`` (log of count over what age and sex let expect, rest of the Land = 0) and ``x`` (log share of 65+ beside
    it).
    """
    rows = levels[levels["year"] >= FIRST_SURVEY].assign(old=lambda t: t["population"] * t["share_65plus"])
    parts = ["people_in_need", "expected", "old", "population"]
    rest = rows.groupby(["parent", "year"])[parts].transform("sum") - rows[parts]
    rows, rest = rows[rest["expected"] > 0], rest[rest["expected"] > 0]
    own = rows["people_in_need"] / rows["expected"]
    x = np.log(rows["share_65plus"] / (rest["old"] / rest["population"]))
    return rows.assign(ratio=np.log(own / (rest["people_in_need"] / rest["expected"])), x=x).reset_index(drop=True)


def learn_slope(rows: pd.DataFrame) -> Slope:
    """Return the slope of ``ratio`` on ``x`` within Länder, pooled with random effects.

    ``rows`` from beside_land. A Kreis's surveys count once (their mean). NO_SLOPE with fewer than FEWEST_LAENDER.
    Source: DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188.
    """
    means = rows.groupby(["parent", "area"])[["ratio", "x"]].mean()
    means = means[means.groupby("parent")["x"].transform("size") >= FEWEST_KREISE]
    within = means - means.groupby("parent").transform("mean")
    squares = within.assign(xx=within["x"] ** 2, xy=within["x"] * within["ratio"])
    sums = squares.groupby("parent")[["xx", "xy"]].transform("sum")
    within = within[sums["xx"] > 0].assign(xx=sums["xx"], slope=sums["xy"] / sums["xx"])
    laender = within.groupby("parent")[["xx", "slope"]].first()
    if len(laender) < FEWEST_LAENDER:
        return NO_SLOPE
    residual = within["ratio"] - within["x"] * within["slope"]
    error = float((residual**2).sum()) / (len(within) - 2 * len(laender)) / laender["xx"].to_numpy()
    mean, sd = _random_effects(laender["slope"].to_numpy(), error)
    return Slope(mean, sd, float(np.quantile(np.abs(rows["x"]), REACH)))


def hide_laender(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``rows`` with ``error_plain`` and ``error_slope``: log of count over estimate without the own count.

    Each Land is hidden once: its Kreise are estimated from the rest of their Land by age and sex, and with the slope of
    the *other* Länder besides. Also ``inside_80``: in the interval whose width the other Länder show.
    """
    parts = []
    for land, hidden in rows.groupby("parent"):
        others = rows[rows["parent"] != land]
        slope = learn_slope(others)
        spread = spread_of(others["ratio"] - _shift(others, slope))
        error = hidden["ratio"] - _shift(hidden, slope)
        inside = (error - error.groupby(hidden["year"]).transform("mean")).abs() <= Z_80 * spread
        parts.append(hidden.assign(error_plain=hidden["ratio"], error_slope=error, inside_80=inside))
    return pd.concat(parts).sort_index()


def spread_of(errors: pd.Series) -> float:
    """Return the standard deviation of log errors around their mean; 0 where there are none."""
    return float(np.sqrt(np.mean((errors - errors.mean()) ** 2))) if len(errors) else 0.0


def counted_from_65(band_of_age: Index) -> bool:
    """Say whether the bands (ages,) that a city counts by district begin anew at 65: else the share is not known."""
    return not np.isin(band_of_age[65:], band_of_age[:65]).any()


def _shift(rows: pd.DataFrame, slope: Slope) -> pd.Series:
    """Return what the slope adds to the log estimate, the rest of the Land adding 0 (weights: expected persons)."""
    effect = slope.mean * rows["x"].clip(-slope.reach, slope.reach)
    weighted = rows["expected"] * np.exp(effect)
    keys = [rows["parent"], rows["year"]]
    rest = weighted.groupby(keys).transform("sum") - weighted
    plain = rows["expected"].groupby(keys).transform("sum") - rows["expected"]
    shifted: pd.Series = effect - np.log(rest / plain)
    return shifted


def _random_effects(slopes: Array, error: Array) -> tuple[float, float]:
    """Return the pooled mean and the sd of a new group's slope, from slopes (group,) and their variances."""
    weight = 1 / error
    fixed = float(weight @ slopes / weight.sum())
    excess = float(weight @ (slopes - fixed) ** 2) - (slopes.size - 1)
    between = max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0)
    weight = 1 / (error + between)
    return float(weight @ slopes / weight.sum()), float(np.sqrt(between + 1 / weight.sum()))

"""Care rates by age and sex (the schedule), and by how much an area and year lie above it (the level).

The schedule is a hazard: rate = 1 - exp(-hazard x exp(level)). On this complementary-log-log scale a level multiplies
small rates and never pushes a rate above 1. There is no series of care rates by age: shape from 2021/2023, level from
totals.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from patsy import build_design_matrices, dmatrix
from statsmodels.genmod.families import Binomial, links
from statsmodels.genmod.generalized_linear_model import GLM

from carelab.forecast.arrays import Array
from carelab.terms import AGE_TOP, SEXES

REFERENCE_YEAR = 2023
"""Year of the age-sex rates from 65 on; level 0 is Germany in this year."""
YOUNG_YEAR = 2021
"""Latest year with a count below 75; the rate below 65 is derived from it."""
OLDEST = 100
NEWTON_STEPS = 30


def fit_schedule(care_rates: pd.DataFrame, population_de: pd.DataFrame) -> Array:
    """Return hazards (sex, age 0..90+) of Germany in REFERENCE_YEAR.

    From 65 on a binomial GLM with complementary log-log link and a natural spline of age by sex, fitted by statsmodels
    to the published 5-year rates, weighted by population. Below 65 one rate per sex, rising from 60 to 65, such that
    the counts below 75 of YOUNG_YEAR are met. Columns as in data/reference (architecture.md); rates 0-1.
    """
    old = _fit_old_ages(care_rates, national_population(population_de, REFERENCE_YEAR))
    hazard = np.empty((2, AGE_TOP + 1))
    weights = national_population(population_de, REFERENCE_YEAR)
    hazard[:, 65:AGE_TOP] = old[:, : AGE_TOP - 65]
    top = 1 - np.exp(-old[:, AGE_TOP - 65 :])
    hazard[:, AGE_TOP] = -np.log1p(-(top * weights[:, AGE_TOP:]).sum(axis=1) / weights[:, AGE_TOP:].sum(axis=1))
    hazard[:, :65] = _young_hazard(care_rates, national_population(population_de, YOUNG_YEAR), hazard)
    return hazard


def rates(hazard: Array, level: float | Array) -> Array:
    """Return care rates (..., sex, age) for levels (...,)."""
    return np.asarray(-np.expm1(-hazard * np.exp(np.asarray(level, dtype=float))[..., None, None]))


def solve_level(persons: Array, hazard: Array, target: Array) -> Array:
    """Return the levels (...,) at which persons (..., cells) with hazards (cells,) yield the target counts (...,).

    Newton's method on the log of the count; NaN where nobody lives, the target is not positive or cannot be reached.
    """
    level = np.zeros(np.shape(target))
    for _ in range(NEWTON_STEPS):
        scaled = hazard * np.exp(level)[..., None]
        count = (persons * -np.expm1(-scaled)).sum(axis=-1)
        slope = (persons * scaled * np.exp(-scaled)).sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = (np.log(target) - np.log(count)) * count / slope
        level = level + np.clip(step, -1.0, 1.0)
    return np.where(np.isfinite(step) & (np.abs(step) < 1e-9), level, np.nan)


def national_population(population_de: pd.DataFrame, year: float) -> Array:
    """Return persons (sex, age 0..100+) of Germany, 5-year steps interpolated, age groups spread evenly."""
    starts = np.sort(population_de["age_from"].unique())
    widths = np.append(np.diff(starts), 1)
    table = population_de.pivot(index="year", columns=["sex", "age_from"], values="persons")
    groups = table[[(sex, age) for sex in SEXES for age in starts]].to_numpy(dtype=float).T
    known = table.index.to_numpy(dtype=float)
    by_group = np.array([np.interp(year, known, persons) for persons in groups]).reshape(len(SEXES), -1)
    return np.repeat(by_group / widths, widths, axis=1)[:, : OLDEST + 1]


def _national(care_rates: pd.DataFrame, year: int) -> pd.DataFrame:
    return care_rates[(care_rates["region"] == "DG") & (care_rates["year"] == year) & care_rates["sex"].isin(SEXES)]


def _fit_old_ages(care_rates: pd.DataFrame, population: Array) -> Array:
    """Return hazards (sex, 65..100)."""
    rows = _national(care_rates, REFERENCE_YEAR).copy()
    last = rows["age_to"].fillna(OLDEST).astype(int)
    ages = np.arange(OLDEST + 1)
    spans = [(ages >= first) & (ages <= end) for first, end in zip(rows["age_from"], last, strict=True)]
    people = [population[SEXES.index(sex)] * span for sex, span in zip(rows["sex"], spans, strict=True)]
    rows["persons"] = [p.sum() for p in people]
    rows["age"] = [np.average(ages + 0.5, weights=p) for p in people]
    rows["woman"] = (rows["sex"] == "w").astype(float)
    design = dmatrix("cr(age, df=4) * woman - woman - 1", rows)
    family = Binomial(link=links.CLogLog())
    fit = GLM(rows["rate"].to_numpy(), np.asarray(design), family=family, var_weights=rows["persons"].to_numpy()).fit()
    if not fit.converged:
        raise RuntimeError("the age-sex schedule of care rates did not converge")
    single = pd.DataFrame(
        {"age": np.tile(np.arange(65, OLDEST + 1) + 0.5, 2), "woman": np.repeat([0.0, 1.0], OLDEST - 64)}
    )
    columns = np.asarray(build_design_matrices([design.design_info], single)[0])
    return np.asarray(np.exp(columns @ fit.params).reshape(2, -1))


def _young_hazard(care_rates: pd.DataFrame, population: Array, hazard: Array) -> Array:
    """Return hazards (sex, 0..64) of REFERENCE_YEAR from the counts below 75 and from 75 on of YOUNG_YEAR."""
    counts = _national(care_rates, YOUNG_YEAR).dropna(subset=["persons"])
    result = np.empty((2, 65))
    folded = np.concatenate([population[:, :AGE_TOP], population[:, AGE_TOP:].sum(axis=1, keepdims=True)], axis=1)
    for s, sex in enumerate(SEXES):
        own = counts[counts["sex"] == sex].set_index(["age_from", "age_to"])["persons"]
        old = own[[key for key in own.index if key[0] >= 75]].sum()
        level = solve_level(folded[s, 75:], hazard[s, 75:], np.asarray(old))
        expected = folded[s, 65:75] @ -np.expm1(-hazard[s, 65:75] * np.exp(level))
        count = own.loc[(0, 74.0)] - expected
        ramp = np.clip((np.arange(65) - 59) / 6, 0.0, 1.0)
        base = count / folded[s, :65].sum()
        for _ in range(20):
            shape = base ** (1 - ramp) * (hazard[s, 65] * np.exp(level)) ** ramp
            base *= count / (folded[s, :65] @ -np.expm1(-shape))
        result[s] = shape * np.exp(-level)
    return result

"""Areas without counts of their own, estimated from the rest: how wrong would we have been? (The Stadtteil case.)

Every area is hidden once. Known are its ages and its parent's total, not its count: the total is split by
age and sex, corrected by a local ratio learnt from the areas that are not hidden, and controlled to the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from carelab.forecast.arrays import Array, Index
from carelab.forecast.backtest.care_rules import with_intervals
from carelab.forecast.backtest.pop_intervals import GRID
from carelab.forecast.backtest.result import (
    FORECAST_COLUMNS,
    MODEL,
    BacktestResult,
    Sentence,
    score_forecasts,
    shelf_life_table,
)
from carelab.forecast.care.schedule import solve_level
from carelab.forecast.care_panel.ages import AgePanel, expected_need, standard_hazard
from carelab.forecast.care_panel.data import CarePanel
from carelab.forecast.care_panel.kernel import (
    Kernels,
    build_kernels,
    demographic_features,
    fit_variances,
    left_out_estimates,
)
from carelab.forecast.scores import crps_ensemble, pit
from carelab.forecast.summary import PROBABILITIES
from carelab.terms import QUANTILE_COLUMNS

TARGET = "people_in_need_hidden"
FOLDS = 5
"""An area is estimated from all others; the variances are learnt without its whole fold."""
FEWEST_AREAS = 20
LARGEST_BLOCK = 400
"""Work grows with the cube: larger panels are cut into blocks of neighbouring codes, only LAST_SURVEYS tested."""
LAST_SURVEYS = 3
SMALLEST_SCORE = 0.1
"""Keeps the log of a chance hit from steering how errors grow with smallness."""
_NOTE: Sentence = (
    "Eigene Zahl verborgen: jedes Gebiet einmal ohne sie geschätzt, aus Alter, Lage und Summe des parent.",
    "Own count hidden: every area estimated once without it, from ages, region and its parent's total.",
)
LARGE: Final[Sentence] = (
    f"Eigene Zahl verborgen: nur an den letzten {LAST_SURVEYS} Stichtagen, da das Panel mehr als {LARGEST_BLOCK} "
    "Gebiete hat.",
    f"Own count hidden: at the last {LAST_SURVEYS} surveys only, as the panel has more than {LARGEST_BLOCK} areas.",
)
TOO_FEW: Final[Sentence] = (
    "Eigene Zahl verborgen: nicht geprüft. An keinem Stichtag gibt es "
    f"{FEWEST_AREAS} Gebiete mit Zahl und Alter, deren parent noch andere hat.",
    f"Own count hidden: not tested. At no survey are there {FEWEST_AREAS} areas with a count and ages whose parent "
    "has others.",
)
_SHOWN = len(QUANTILE_COLUMNS)
_PROBABILITIES = np.array([*(PROBABILITIES[column] for column in QUANTILE_COLUMNS), *GRID])
"""Quantiles that are shown, then those that stand for the whole distribution (CRPS, PIT)."""


@dataclass(frozen=True)
class Survey:
    """One survey's usable areas: ``at`` (place in the panel), ``group``, ``counts``, ``persons`` (area, sex, age)."""

    year: int
    at: Index
    areas: npt.NDArray[np.object_]
    group: Index
    counts: Array
    persons: Array
    features: Array
    flags: npt.NDArray[np.object_]


def backtest_hidden(
    panel: CarePanel, ages: AgePanel, sizes: npt.NDArray[np.object_], *, last: int | None = None
) -> BacktestResult | None:
    """Return model and rules (`age_sex`, `total_population`) at every survey whose ages are known; None if none.

    ``sizes`` (area,) classes. ``origin`` is the survey, ``horizon`` 0. Areas that are their parent's only one are left
    out: their total would be given away. ``last``: only so many surveys (None: all; LAST_SURVEYS of large panels).
    """
    most = panel.years.size if panel.areas.size <= LARGEST_BLOCK else LAST_SURVEYS
    first = max(panel.years.size - (most if last is None else min(last, most)), 0)
    surveys = [_survey(panel, ages, position) for position in range(first, panel.years.size)]
    usable = [each for each in surveys if each is not None]
    if not usable:
        return None
    with threadpool_limits(1, user_api="blas"):  # small matrices: several threads only get in each other's way
        rows = pd.concat([_one_survey(each, sizes[each.at]) for each in usable], ignore_index=True)
    rows = rows.assign(target=TARGET, horizon=0)
    rules = with_intervals(rows[rows["rule"] != MODEL])
    forecasts = pd.concat([rows[rows["rule"] == MODEL], rules], ignore_index=True)
    forecasts = forecasts[list(FORECAST_COLUMNS)]
    notes = [_NOTE, *([LARGE] if first and last is None else [])]
    return BacktestResult(score_forecasts(forecasts), shelf_life_table(forecasts), forecasts, notes)


def split_by_age(survey: Survey) -> Array:
    """Return the parents' totals split to areas (area,) by age and sex alone."""
    hazard = standard_hazard()
    persons = survey.persons.sum(axis=0).ravel()
    level = float(solve_level(persons, hazard.ravel(), np.asarray(survey.counts.sum())))
    return controlled(expected_need(survey.persons, hazard, level if np.isfinite(level) else 0.0), survey)


def controlled(values: Array, survey: Survey) -> Array:
    """Return ``values`` (area,) scaled to the parents' totals."""
    total, current = (np.bincount(survey.group, each)[survey.group] for each in (survey.counts, values))
    return np.asarray(values * total / current)


def left_out(survey: Survey, ratio: Array, size: Array) -> tuple[Array, Array, bool]:
    """Return log ratio and its quantile spread (area, quantile) without the own count; and whether all converged.

    ``size`` (area,) expected people in need. Blocks of neighbouring codes; in each fold variances and the shape of
    errors are learnt from the other folds.
    """
    mean, spread, good = np.zeros(ratio.size), np.zeros((ratio.size, len(_PROBABILITIES))), True
    for block in _blocks(survey):
        kernels, own, people = build_kernels(survey.features[block], survey.areas[block]), ratio[block], size[block]
        folds = np.random.default_rng(0).permutation(block.size) % FOLDS
        theta = None
        for fold in range(FOLDS):
            known, hidden = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            theta, converged = fit_variances(kernels.of(known), own[known], theta)
            shape, line = _shape(kernels.of(known), theta, own[known], people[known])
            estimate, sd = left_out_estimates(kernels, theta, own)
            mean[block[hidden]] = estimate[hidden]
            spread[block[hidden]] = (sd * _width(people, line))[hidden, None] * shape
            good &= converged
    return mean, spread, good


def _blocks(survey: Survey) -> list[Index]:
    order = np.argsort(survey.areas.astype(str), kind="stable")
    return np.array_split(order, -(-order.size // LARGEST_BLOCK))


def _one_survey(survey: Survey, sizes: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Return the rows of model and rules; the model with quantile columns."""
    by_age = split_by_age(survey)
    by_total = controlled(survey.persons.sum(axis=(1, 2)), survey)
    mean, spread, good = left_out(survey, np.log(survey.counts / by_age), by_age)
    model = controlled(by_age * np.exp(mean), survey)
    keys = {"area": survey.areas, "size_class": sizes, "origin": survey.year, "year": survey.year}
    failed = [] if good else ["not_converged"]
    flags = ["; ".join([*([own] if own else []), *failed]) for own in survey.flags]
    table = pd.DataFrame(keys | {"observed": survey.counts, "flags": flags})
    drawn = model[:, None] * np.exp(spread)
    quantiles = pd.DataFrame(drawn[:, :_SHOWN], columns=list(QUANTILE_COLUMNS))
    quantiles["crps"] = crps_ensemble(survey.counts, drawn[:, _SHOWN:])
    quantiles["pit"] = pit(survey.counts, drawn[:, _SHOWN:])
    rules = [
        table.assign(rule=name, point=each) for name, each in (("age_sex", by_age), ("total_population", by_total))
    ]
    return pd.concat([pd.concat([table.assign(rule=MODEL, point=model), quantiles], axis=1), *rules], ignore_index=True)


def _survey(panel: CarePanel, ages: AgePanel, position: int) -> Survey | None:
    """Return one survey's usable areas; None where ages are unknown or fewer than FEWEST_AREAS areas are left."""
    year, counts = int(panel.years[position]), panel.counts[:, position]
    found = ages.at(year)
    if found is None:
        return None
    persons = found.persons
    people = persons.sum(axis=(1, 2))
    at = np.flatnonzero((counts > 0) & (people > 0))
    at = at[np.bincount(panel.group[at], minlength=panel.parents.size)[panel.group[at]] > 1]
    if at.size < FEWEST_AREAS:
        return None
    features = demographic_features(persons[at], ages, at, year)
    flags = np.array(["; ".join(each) for each in found.flags(year)], dtype=object)[at]
    return Survey(year, at, panel.areas[at], panel.group[at], counts[at], persons[at], features, flags)


def _shape(kernels: Kernels, theta: Array, ratio: Array, size: Array) -> tuple[Array, Array]:
    """Return quantiles (quantile,) of standardised errors among known areas, each left out in turn, and their slope.

    The slope (2,) says how the log of an error's width changes with log ``size``: small areas err more. Quantiles are
    those that one more error stays below so often (Weibull's positions): others are too narrow where few are known.
    """
    estimate, sd = left_out_estimates(kernels, theta, ratio)
    scores = (ratio - estimate) / sd
    scores -= np.median(scores)
    fitted = np.polynomial.polynomial.polyfit(np.log(size), np.log(np.abs(scores) + SMALLEST_SCORE), 1)
    line = np.asarray(fitted, dtype=np.float64)
    return np.asarray(np.quantile(scores / _width(size, line), _PROBABILITIES, method="weibull")), line


def _width(size: Array, line: Array) -> Array:
    return np.asarray(np.exp(line[0] + line[1] * np.log(size)))

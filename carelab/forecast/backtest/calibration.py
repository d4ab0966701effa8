"""How good a back-tested model is beside the rules of thumb: what its intervals held, its WIS in the same cases."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.backtest.result import ALL, MODEL, MODELS, POOLED, BacktestResult
from carelab.forecast.scores import wis
from carelab.forecast.summary import PROBABILITIES
from carelab.terms import BAND_80, LEVELS, QUANTILE_COLUMNS

FEWEST_CASES: Final = 30
"""Cells with fewer cases are shown, but not judged."""
PERFECT: Final = 1e-6
"""A rule whose mean WIS (persons) is no larger made no error that could be told from rounding: no ratio to it."""
_CASE: Final = ["target", "horizon", "size_class", "origin", "area"]


def calibration_table(scores: pd.DataFrame, relative: pd.DataFrame) -> pd.DataFrame:
    """Return how often the model's intervals held, and its WIS beside the best rule's in the same cases, by cell.

    ``scores`` of a back-test, ``relative`` as from relative_wis.

    Columns: target, rule (MODELS), horizon, size_class ("all" too), n, coverage_50, coverage_80, coverage_95
    (0-1), verdict (held, too_narrow, too_wide; few_cases below FEWEST_CASES), wis_ratio, best_rule (NaN, "": no rule
    has intervals). Pooled over origins.
    """
    own = scores["rule"].isin(MODELS) & (scores["group"] == POOLED)
    columns = ["target", "rule", "horizon", "size_class", "n", *(f"coverage_{level}" for level in LEVELS)]
    table = scores.loc[own, columns].merge(relative, how="left")
    held = table["coverage_80"]
    judged = [table["n"] < FEWEST_CASES, held < BAND_80[0], held > BAND_80[1]]
    table["verdict"] = np.select(judged, ["few_cases", "too_narrow", "too_wide"], "held")
    return table.fillna({"best_rule": ""}).sort_values(["target", "horizon", "size_class", "rule"], ignore_index=True)


def headline_table(result: BacktestResult, target: str) -> pd.DataFrame:
    """Return horizon, rule (MODELS), mape (0-1), wis (persons), coverage_80 (0-1), n, wis_ratio, best_rule: all areas
    and origins together."""
    scores = result.scores
    rows = (scores["target"] == target) & (scores["group"] == POOLED) & (scores["size_class"] == ALL)
    own = scores.loc[rows & scores["rule"].isin(MODELS), ["horizon", "rule", "mape", "wis", "coverage_80", "n"]]
    ratios = relative_wis(result.forecasts[result.forecasts["target"] == target])
    beside = ratios.loc[ratios["size_class"] == ALL, ["horizon", "rule", "wis_ratio", "best_rule"]]
    table = own.merge(beside, on=["horizon", "rule"], how="left").fillna({"best_rule": ""})
    return table.sort_values(["horizon", "rule"], ignore_index=True)


def population_headline(scores: pd.DataFrame, calibration: pd.DataFrame) -> pd.DataFrame:
    """Return target, horizon, wape (0-1), wis (persons), coverage_80 (0-1), n, cells (of a size class, judged), held
    (cells whose 80 % interval held 75 to 88 % of cases), wis_ratio, best_rule: the model, all areas and origins.

    ``scores`` of a back-test, ``calibration`` as from calibration_table.
    """
    own = calibration["rule"] == MODEL
    judged = calibration[own & (calibration["size_class"] != ALL) & (calibration["verdict"] != "few_cases")]
    by = ["target", "horizon"]
    cells = judged.assign(held=judged["verdict"] == "held").groupby(by)["held"].agg(cells="size", held="sum")
    pooled = (scores["rule"] == MODEL) & (scores["group"] == POOLED) & (scores["size_class"] == ALL)
    scores = scores[pooled].astype({"target": object})
    whole = calibration.loc[own & (calibration["size_class"] == ALL), [*by, "wis_ratio", "best_rule"]]
    found = scores[[*by, "wape", "wis", "coverage_80", "n"]].merge(whole, on=by, how="left")
    found = found.merge(cells.reset_index(), on=by, how="left").fillna({"cells": 0, "held": 0, "best_rule": ""})
    found["order"] = found.groupby("target", sort=False).ngroup()
    found = found.sort_values(["order", "horizon"]).drop(columns="order")
    return found.astype({"cells": int, "held": int}).reset_index(drop=True)


def relative_wis(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return target, horizon, size_class, rule (MODELS), wis_ratio, best_rule: the rule that is hardest to beat.

    Only cases that both have intervals for are compared; a rule counts where it has at least half of the model's. May
    be called on parts, as long as all rows of a target and horizon are in the same part.
    """
    return hardest_rules(case_wis(forecasts))


def case_wis(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return target, horizon, size_class, origin, area, rule, wis: all that comparing needs."""
    quantiles = forecasts[list(QUANTILE_COLUMNS)].to_numpy(float)
    scores = wis(forecasts["observed"].to_numpy(float), quantiles, levels=[PROBABILITIES[c] for c in QUANTILE_COLUMNS])
    return forecasts[[*_CASE, "rule"]].assign(wis=scores)


def hardest_rules(cases: pd.DataFrame) -> pd.DataFrame:
    """Return what relative_wis does from the WIS of all cases (case_wis)."""
    case = cases.groupby(_CASE, observed=True, sort=False).ngroup().to_numpy()
    rules, names = pd.factorize(cases["rule"].astype(object))
    wide = np.full((case.max(initial=-1) + 1, len(names)), np.nan)
    wide[case, rules] = cases["wis"]
    first = np.unique(case, return_index=True)[1]
    keys = cases[["target", "horizon", "size_class"]].iloc[first].astype({"target": object, "size_class": object})
    table = pd.concat([keys.reset_index(drop=True), pd.DataFrame(wide, columns=names)], axis=1)
    by_class = ["target", "horizon", "size_class"]
    parts = [
        _hardest(table, model, by).assign(rule=model)
        for model in MODELS
        if model in table
        for by in (by_class, by_class[:2])
    ]
    return pd.concat(parts, ignore_index=True).fillna({"size_class": ALL})


def _hardest(table: pd.DataFrame, model: str, by: list[str]) -> pd.DataFrame:
    """Return the largest ratio of the model's mean WIS to a rule's in common cases, and that rule, by cell.

    ``table``: a case per row, its keys and the WIS of every rule.
    """
    keys, own, ratios = [table[each] for each in by], table[model], {}
    cases = own.groupby(keys).count()
    for rule in table.columns.difference([*MODELS, "target", "horizon", "size_class"]):
        both = own.notna() & table[rule].notna()
        sums = [each.where(both).groupby(keys).sum() for each in (own, table[rule])]
        known = both.groupby(keys).sum()
        enough = (known >= cases / 2) & (sums[1] > PERFECT * known)
        ratios[str(rule)] = (sums[0] / sums[1]).where(enough)
    found = pd.DataFrame(ratios)
    best = found.fillna(-1.0).idxmax(axis=1).where(found.notna().any(axis=1), "")
    return pd.DataFrame({"wis_ratio": found.max(axis=1), "best_rule": best}).reset_index()

"""What a back-test hands back: every forecast beside what came true, their scores, the shelf life, and remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.scores import wis
from carelab.forecast.summary import PROBABILITIES
from carelab.terms import LEVELS, QUANTILE_COLUMNS

Sentence = tuple[str, str]
"""One remark in both languages: (de, en)."""

HINDSIGHT: Final[Sentence] = (
    "Die Intervalle der Faustregeln kennen auch die Fehler späterer Ausgangsjahre, die von carelab nicht.",
    "Intervals of the rules of thumb know errors of later origins, too; those of carelab do not.",
)
"""How the rules' intervals differ from the model's: what makes them a generous yardstick."""
MODEL: Final = "model"
"""Name of carelab's own forecast in the column ``rule``; every other rule is a rule of thumb."""
MODEL_LAW: Final = "model_law"
"""The model told of the change of law as it was expected at the origin, beside MODEL, which is not told."""
MODEL_NO_LAW: Final = "model_no_law"
"""The model not told of the change of law, beside MODEL, which is told."""
MODEL_CITY: Final = "model_city"
"""The way in which a city's run projects care rates (city_way), beside MODEL, which projects a panel's counts."""
MODELS: Final = (MODEL, MODEL_LAW, MODEL_NO_LAW, MODEL_CITY)
ALL: Final = "all"
"""``size_class`` of a score over all areas."""
POOLED: Final = "pooled"
"""``group`` of a score over all origins; a score of one origin has the origin's year as text."""
KEYS: Final = ("rule", "target", "horizon", "size_class", "group")
FORECAST_COLUMNS: Final = (
    "area",
    "size_class",
    "origin",
    "horizon",
    "year",
    "target",
    "rule",
    "observed",
    "point",
    *QUANTILE_COLUMNS,
    "crps",
    "pit",
    "flags",
)
"""``point`` is the forecast as one number (MAPE, WAPE, bias); WIS and coverage use the quantiles (NaN = no interval);
``crps`` and ``pit`` come from the whole distribution where it is at hand, else NaN; ``flags`` is text, "" = none."""
MEASURES: Final = (
    "mape",
    "median_ape",
    "wape",
    "bias",
    "wis",
    "crps",
    *(f"coverage_{level}" for level in LEVELS),
    "pit_mean",
    "pit_below_10",
    "pit_above_90",
)
SCORE_COLUMNS: Final = (*KEYS, "n", "n_interval", *MEASURES)
"""n: cases scored; n_interval: those with an interval. MAPE, median APE, WAPE, bias, coverage, PIT as shares (0.1 =
10 %), WIS and CRPS in persons; pit_below_10 and pit_above_90 are 0.1 each where the intervals are right."""


@dataclass(frozen=True)
class BacktestResult:
    """The outcome of a back-test; ``scores`` has SCORE_COLUMNS, ``forecasts`` FORECAST_COLUMNS.

    ``shelf_life``: rule, target, size_class, years (NaN: not even the shortest horizon), longest (horizon tested).
    ``notes``: remarks (de, en) on fallbacks, on what was left out and why. ``relative``: WIS beside the hardest rule's
    (calibration.relative_wis) where ``forecasts`` may hold only some; empty elsewhere.
    """

    scores: pd.DataFrame
    shelf_life: pd.DataFrame
    forecasts: pd.DataFrame
    notes: list[Sentence] = field(default_factory=list)
    relative: pd.DataFrame = field(default_factory=pd.DataFrame)


def score_forecasts(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return SCORE_COLUMNS for a table with FORECAST_COLUMNS: over all areas and by size class, pooled and by origin.

    Cases whose ``observed`` or ``point`` is unknown do not count; relative errors leave out areas where nothing was
    observed (0). May be called on parts, as long as all rows of a rule, target and horizon are in the same part.
    """
    cases = _measures(forecasts)
    parts = []
    for by_size in (False, True):
        for by_origin in (False, True):
            keys = ["rule", "target", "horizon", *(["size_class"] * by_size), *(["origin"] * by_origin)]
            part = _aggregate(cases, keys)
            part["size_class"] = part["size_class"].astype(object) if by_size else ALL
            part["group"] = part["origin"].astype(int).astype(str) if by_origin else POOLED
            parts.append(part[list(SCORE_COLUMNS)])
    return pd.concat(parts, ignore_index=True)


def _measures(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the keys of every known case and its contribution to every measure."""
    known = forecasts[forecasts["observed"].notna() & forecasts["point"].notna()]
    truth, error = known["observed"].to_numpy(float), (known["point"] - known["observed"]).to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(truth > 0, error / truth, np.nan)
    interval = known[list(QUANTILE_COLUMNS)].to_numpy(float)
    pit = known["pit"].to_numpy(float)
    cases = known[["rule", "target", "horizon", "size_class", "origin"]].copy()
    cases["relative"], cases["absolute"] = relative, np.abs(relative)
    cases["error"], cases["truth"], cases["n"] = np.abs(error), truth, 1
    cases["wis"] = wis(truth, interval, levels=[PROBABILITIES[each] for each in QUANTILE_COLUMNS])
    cases["crps"], cases["pit"] = known["crps"].to_numpy(float), pit
    for level in LEVELS:
        low, high = (known[f"{side}_{level}"].to_numpy(float) for side in ("lower", "upper"))
        cases[f"coverage_{level}"] = np.where(np.isnan(low), np.nan, (low <= truth) & (truth <= high))
    cases["pit_below_10"] = np.where(np.isnan(pit), np.nan, pit < 0.1)
    cases["pit_above_90"] = np.where(np.isnan(pit), np.nan, pit > 0.9)
    return cases


def _aggregate(cases: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one row of measures per combination of keys."""
    groups = cases.groupby(keys, sort=True, observed=True)
    means = [each for each in SCORE_COLUMNS if each in cases.columns and each not in (*KEYS, "n")]
    table = groups[means].mean()
    table["n"], table["n_interval"] = groups["n"].sum(), groups["wis"].count()
    table["mape"], table["bias"] = groups["absolute"].mean(), groups["relative"].mean()
    table["median_ape"] = groups["absolute"].median()
    total = groups["truth"].sum()
    table["wape"] = (groups["error"].sum() / total).where(total > 0)
    table["pit_mean"] = groups["pit"].mean()
    return table.reset_index()


def shelf_life_table(forecasts: pd.DataFrame, *, tolerance: float = 0.10, share: float = 0.80) -> pd.DataFrame:
    """Return rule, target, size_class, years, longest: the furthest horizon up to which the forecast kept its word.

    A horizon counts if at least ``share`` of cases were within ``tolerance`` there and at every shorter one. Source:
    Simpson, Wilson & Shalley (2020), Applied Spatial Analysis and Policy 13 (who did not ask for the shorter ones).
    """
    return shelf_life_of_shares(shelf_shares(forecasts, tolerance=tolerance), share=share)


def shelf_shares(forecasts: pd.DataFrame, *, tolerance: float = 0.10) -> pd.DataFrame:
    """Return rule, target, size_class, horizon, good: the share of cases within ``tolerance`` of what was observed."""
    known = forecasts[(forecasts["observed"] > 0) & forecasts["point"].notna()]
    cases = known[["rule", "target", "horizon", "size_class"]].copy()
    cases["good"] = np.abs(known["point"] / known["observed"] - 1) <= tolerance * (1 + 1e-12)
    keys = ["rule", "target", "horizon"]
    by_size = cases.groupby([*keys, "size_class"], observed=True)["good"].mean().reset_index()
    overall = cases.groupby(keys, observed=True)["good"].mean().reset_index().assign(size_class=ALL)
    return pd.concat([overall, by_size.astype({"size_class": object})], ignore_index=True)


def shelf_life_of_shares(within: pd.DataFrame, *, share: float = 0.80) -> pd.DataFrame:
    """Return the shelf life from rule, target, size_class, horizon, good (share of cases within the tolerance)."""
    rows = []
    for key, group in within.groupby(["rule", "target", "size_class"], observed=True):
        ordered = group.sort_values("horizon")
        kept = ordered.loc[(ordered["good"] >= share).cummin(), "horizon"]
        rows.append((*key, float(kept.max()) if len(kept) else np.nan, float(ordered["horizon"].max())))
    return pd.DataFrame(rows, columns=["rule", "target", "size_class", "years", "longest"])


def join_results(parts: Sequence[BacktestResult]) -> BacktestResult:
    """Return several results as one; remarks that were made twice are kept once."""
    return BacktestResult(
        scores=pd.concat([each.scores for each in parts], ignore_index=True),
        shelf_life=pd.concat([each.shelf_life for each in parts], ignore_index=True),
        forecasts=pd.concat([each.forecasts for each in parts], ignore_index=True),
        notes=list(dict.fromkeys(note for each in parts for note in each.notes)),
    )

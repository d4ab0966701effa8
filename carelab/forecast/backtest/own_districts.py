"""How wrong would a run have been in its own districts? Its projection from an earlier year, against later counts.

The other back-tests score the method on panels that ship with carelab; this one scores what a run does, on the city's
own counts, beside rules of thumb. Bands are the city's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.backtest.pop_rules import capped_growth
from carelab.forecast.backtest.pop_targets import size_classes
from carelab.forecast.backtest.result import ALL, FORECAST_COLUMNS, MODEL, POOLED, score_forecasts
from carelab.forecast.scores import crps_ensemble, pit
from carelab.forecast.small_area.ages import Flags
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.terms import LEVELS, QUANTILE_COLUMNS

RULES: Final = ("carry_forward", "own_last_growth", "panel_last_growth")
RECORD_COLUMNS: Final = (
    *("target", "horizon", "rule", "n", "origins", "mape_pct", "wape_pct", "bias_pct"),
    *(f"coverage_{level}" for level in LEVELS),
)


@dataclass(frozen=True)
class Counts:
    """Persons by year: (district, target), NaN where nothing is published; ``targets`` names the last dimension."""

    districts: Sequence[str]
    targets: Sequence[str]
    persons: Mapping[int, Array]


def counts_by_band(bands: pd.DataFrame, totals: pd.DataFrame, districts: pd.Index) -> Counts:
    """Return the counts of ``bands`` (population_bands) in years with the last year's bands, and totals beside them.

    ``totals``: population_total. A suppressed band stays unknown.
    """
    wide = bands.pivot_table(index=["year", "district"], columns="age_from", values="persons", dropna=False)
    last = bands[bands["year"] == bands["year"].max()].drop_duplicates("age_from").sort_values("age_from")
    ends = [f"-{int(top)}" if np.isfinite(top) else "+" for top in last["age_to"]]
    names = [f"{int(first)}{end}" for first, end in zip(last["age_from"], ends, strict=True)]
    whole, persons = totals.set_index(["year", "district"])["persons"], {}
    for year in sorted(set(bands["year"]) & set(totals["year"])):
        own = bands[bands["year"] == year]
        if set(own["age_from"]) == set(last["age_from"]):
            part = wide.loc[year].reindex(index=districts, columns=last["age_from"]).to_numpy(float)
            total = whole.loc[year].reindex(districts).to_numpy(float)
            persons[int(year)] = np.column_stack([total, part])
    return Counts(list(districts), ["total", *names], persons)


def record_rows(draws: Array, counts: Counts, *, origin: int, year: int, scored: Flags) -> pd.DataFrame:
    """Return FORECAST_COLUMNS: the run's draws (draw, district, target) for ``year`` and rules, told no later count.

    ``scored`` (district,) bool: districts large enough to be scored. Rules have a point and no interval.
    """
    truth, point = counts.persons[year], np.median(draws, axis=0)
    ensemble = np.moveaxis(np.asarray(draws, dtype=float), 0, -1)
    quantiles = sorted_quantiles(ensemble, [PROBABILITIES[each] for each in QUANTILE_COLUMNS])
    own = _rows(counts, (MODEL, origin, year), point, truth)
    own[list(QUANTILE_COLUMNS)] = quantiles.reshape(-1, len(QUANTILE_COLUMNS))
    own["crps"], own["pit"] = crps_ensemble(truth, ensemble).ravel(), pit(truth, ensemble).ravel()
    rules = [_rows(counts, (rule, origin, year), each, truth) for rule, each in _rules(counts, origin, year).items()]
    rows = pd.concat([own, *rules], ignore_index=True)
    rows["size_class"] = np.resize(
        np.repeat(size_classes(counts.persons[origin][:, 0]), len(counts.targets)), len(rows)
    )
    return rows[np.resize(np.repeat(scored, len(counts.targets)), len(rows))][list(FORECAST_COLUMNS)]


def record_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return RECORD_COLUMNS: errors (per cent) and how often intervals held (0-1), over districts and origins.

    Bands in the order of ages, all inhabitants first; the smallest error first among the rules of a band and horizon.
    """
    scores = score_forecasts(rows)
    table = scores[(scores["group"] == POOLED) & (scores["size_class"] == ALL)].copy()
    for name in ("mape", "wape", "bias"):
        table[f"{name}_pct"] = 100 * table[name]
    origins = rows.groupby(["target", "horizon", "rule"])["origin"].nunique().rename("origins").reset_index()
    order = {target: place for place, target in enumerate(dict.fromkeys(rows["target"]))}
    table = table.merge(origins).assign(_order=lambda each: each["target"].map(order))
    ordered = table.sort_values(["_order", "horizon", "wape_pct"], ignore_index=True)
    return ordered.astype({"horizon": "int64"})[list(RECORD_COLUMNS)]


def _rules(counts: Counts, origin: int, year: int) -> dict[str, Array]:
    """Return persons (district, target) by rule of thumb; NaN where the counts that a rule needs are unknown."""
    now, horizon = counts.persons[origin], year - origin
    earlier = [each for each in counts.persons if each < origin]
    if not earlier:
        return {"carry_forward": now}
    start = min(earlier, key=lambda each: abs(origin - each - horizon))
    before, power = counts.persons[start], horizon / (origin - start)
    both = np.isfinite(now + before)
    sums = [np.where(both, each, 0.0).sum(axis=0) for each in (now, before)]
    own, panel = (capped_growth(*pair) for pair in ((now, before), (sums[0], sums[1])))
    return dict(zip(RULES, (now, now * own**power, now * panel**power), strict=True))


def _rows(counts: Counts, case: tuple[str, int, int], point: Array, truth: Array) -> pd.DataFrame:
    """Return one row per district and target, districts outermost; no interval yet."""
    rule, origin, year = case
    keys = pd.MultiIndex.from_product([counts.districts, counts.targets], names=["area", "target"])
    table = keys.to_frame(index=False).reindex(columns=list(FORECAST_COLUMNS)).astype({"flags": object})
    told = table.assign(rule=rule, origin=origin, horizon=year - origin, year=year, flags="")
    told = told.assign(point=point.ravel(), observed=truth.ravel())
    return told.astype(dict.fromkeys((*QUANTILE_COLUMNS, "crps", "pit"), float))

"""One row per area, origin, target and rule: point, quantiles, CRPS and PIT, of the model and of the rules of thumb."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.backtest.pop_intervals import GRID, apply_error, log_error, other_origin_quantiles
from carelab.forecast.backtest.pop_rules import RULES, forecast_rules
from carelab.forecast.backtest.pop_run import Run, known_errors
from carelab.forecast.backtest.pop_targets import CLASS_NAMES, size_classes
from carelab.forecast.backtest.result import FORECAST_COLUMNS, MODEL
from carelab.forecast.scores import crps_ensemble, pit
from carelab.forecast.small_area.errors import draw_cells
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.terms import QUANTILE_COLUMNS

LARGE: Final = 1_000
"""From so many areas on, a quarter of the draws is enough for each (their errors are pooled)."""
FLAGS: Final = ("", "short_history", "no_past_errors", "no_other_origin")
"""What an interval rests on where the panel's own past errors did not suffice."""


def horizon_tables(run: Run, horizon: int) -> Iterator[pd.DataFrame]:
    """Yield FORECAST_COLUMNS for one horizon, one table per rule with all origins: the model first."""
    origins = [origin for origin in run.origins if (origin, horizon) in run.points]
    yield pd.concat([_model_rows(run, origin, horizon) for origin in origins], ignore_index=True)
    yield from _rule_tables(run, origins, horizon)


def _model_rows(run: Run, origin: int, horizon: int) -> pd.DataFrame:
    """Return the model's rows of one origin and horizon; draws rest on errors known at the origin."""
    cells = run.points[origin, horizon]
    past = known_errors(run, origin)
    seed = (run.setting.seed, origin, horizon)
    draws = run.setting.draws if len(cells) < LARGE else max(run.setting.draws // 4, 50)
    known = float(origin - run.panel.years[0])
    shape = run.targets.shape
    drawn, flag = draw_cells(cells, past, horizon=horizon, cells=shape, draws=draws, seed=seed, history=known)
    ensemble = np.moveaxis(run.targets.of_cells(drawn), 0, -1)
    point = run.targets.of_cells(cells)
    return _rows(run, (MODEL, origin, horizon), point=point, ensemble=ensemble, flag=flag)


def _rule_tables(run: Run, origins: list[int], horizon: int) -> Iterator[pd.DataFrame]:
    """Yield the rows of every rule of thumb: points of every origin, then intervals from the other origins."""
    points = [forecast_rules(run.panel, run.targets, origin=each, horizon=horizon) for each in origins]
    truth = np.stack([run.targets.of_cells(run.observed[each + horizon]) for each in origins])
    flag = "" if len(origins) > 1 else "no_other_origin"
    for rule in RULES:
        forecast = np.stack([each[rule] for each in points])
        errors = log_error(truth, forecast)
        ensembles = np.empty((*forecast.shape, GRID.size))
        for k in range(forecast.shape[2]):
            quantiles = other_origin_quantiles(errors[..., k])[:, None]
            ensembles[:, :, k] = apply_error(forecast[..., k, None], quantiles)
        rows = [
            _rows(run, (rule, origin, horizon), point=forecast[i], ensemble=ensembles[i], flag=flag)
            for i, origin in enumerate(origins)
        ]
        yield pd.concat(rows, ignore_index=True)


def _rows(run: Run, case: tuple[str, int, int], *, point: Array, ensemble: Array, flag: str) -> pd.DataFrame:
    """Return FORECAST_COLUMNS of a rule, origin and horizon from points (a, k) and their ensemble (a, k, member)."""
    rule, origin, horizon = case
    truth = run.targets.of_cells(run.observed[origin + horizon])
    quantiles = sorted_quantiles(ensemble, [PROBABILITIES[each] for each in QUANTILE_COLUMNS])
    quantiles[np.isnan(point)] = np.nan
    columns = {
        **_keys(run, rule, origin, horizon),
        "observed": truth.ravel(),
        "point": point.ravel(),
        **{name: quantiles[..., i].ravel() for i, name in enumerate(QUANTILE_COLUMNS)},
        "crps": crps_ensemble(truth, ensemble).ravel(),
        "pit": pit(truth, ensemble).ravel(),
        "flags": _flags(run, flag),
    }
    return pd.DataFrame(columns)[list(FORECAST_COLUMNS)]


def _keys(run: Run, rule: str, origin: int, horizon: int) -> dict[str, object]:
    """Return the key columns, words as categories that are the same in all tables of a run."""
    areas, targets = len(run.panel.areas), len(run.targets.names)
    classes = size_classes(run.observed[origin].sum(axis=-1))
    rules = (MODEL, *RULES)
    return {
        "area": _category(np.repeat(np.arange(areas), targets), run.panel.areas),
        "size_class": pd.Categorical(np.repeat(classes, targets), categories=list(CLASS_NAMES)),
        "origin": origin,
        "horizon": horizon,
        "year": origin + horizon,
        "target": _category(np.tile(np.arange(targets), areas), run.targets.names),
        "rule": _category(np.full(areas * targets, rules.index(rule)), rules),
    }


def _flags(run: Run, flag: str) -> pd.Categorical:
    """Return the flags of every row: what the interval rests on, and whether the area's borders may have changed."""
    words = [" ".join(filter(None, (each, jump))) for each in FLAGS for jump in ("", "area_change")]
    first = 2 * FLAGS.index(flag)
    return _category(np.repeat(first + run.jumps.astype(int), len(run.targets.names)), words)


def _category(codes: Index, words: Sequence[str]) -> pd.Categorical:
    """Return words as categories."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words), dtype=object))

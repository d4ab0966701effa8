"""How wrong would we have been? Back-test of the pooled care model on any panel of areas and surveys.

At every origin (a survey with at least one before) the model sees nothing later; it is compared with every later survey
and with rules of thumb. Where ages are known, areas are also hidden altogether and estimated from the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab.forecast.arrays import Array, Float32, Index
from carelab.forecast.backtest.care_hidden import TOO_FEW, backtest_hidden
from carelab.forecast.backtest.care_notes import law_notes, remarks
from carelab.forecast.backtest.care_rules import RULES, rule_forecasts, with_intervals
from carelab.forecast.backtest.care_sizes import size_classes
from carelab.forecast.backtest.result import (
    FORECAST_COLUMNS,
    HINDSIGHT,
    MODEL,
    BacktestResult,
    join_results,
    score_forecasts,
    shelf_life_table,
)
from carelab.forecast.care_panel.ages import AgePanel, read_ages
from carelab.forecast.care_panel.checks import jumping, refuse_few_people
from carelab.forecast.care_panel.data import CarePanel, read_care_panel
from carelab.forecast.care_panel.laws import Laws
from carelab.forecast.care_panel.model import CareFit, fit_care
from carelab.forecast.care_panel.prior import with_prior
from carelab.forecast.care_panel.spread import draw_counts, expected_logs, learn_spread
from carelab.forecast.scores import crps_ensemble, pit
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.terms import QUANTILE_COLUMNS

TARGET = "people_in_need"
CHUNK = 2000
"""Areas whose draws are scored at once."""


def backtest_care(
    panel: pd.DataFrame,
    population: pd.DataFrame | None,
    *,
    draws: int,
    seed: int,
    laws: Laws = (),
    beside: Mapping[str, Laws] | None = None,
    hidden_surveys: int | None = None,
) -> BacktestResult:
    """Return forecasts, scores and shelf life of the model and all rules of thumb, every origin and horizon (years).

    ``panel``: area, parent (may be empty), year, people_in_need, optionally area_changed; ``population`` (or None):
    area, year, sex (m, w, t), age_from, age_to (empty = open), persons; ``laws``: changes of law entered as scenarios;
    ``beside``: the same model under another name (rule) and told of other laws. Targets: people_in_need;
    people_in_need_hidden (horizon 0: areas without counts of their own, estimated from all others; only with
    population, at the last ``hidden_surveys`` surveys, None = all that time allows). Raises UserError for panels that
    cannot be used.
    """
    known = read_care_panel(panel)
    ages = None if population is None else read_ages(population, known.areas)
    if ages is not None:
        refuse_few_people(known.years, known.counts, ages.persons)
    sizes, note = size_classes(known, ages)
    told = {MODEL: laws} | dict(beside or {})
    forecasts = _all_origins(known, ages, draws=draws, seed=seed, told=told)
    forecasts["size_class"] = sizes[forecasts.pop("index").to_numpy()]
    forecasts = forecasts[list(FORECAST_COLUMNS)]
    beside_rules = [HINDSIGHT] if known.years.size > 3 else []  # two origins: rules have intervals
    notes = [*law_notes(laws), *known.notes, note, *beside_rules, *remarks(known, ages)]
    whole = BacktestResult(score_forecasts(forecasts), shelf_life_table(forecasts), forecasts, notes)
    if ages is None:
        return whole
    hidden = backtest_hidden(known, ages, sizes, last=hidden_surveys)
    if hidden is None:
        notes.append(TOO_FEW)
        return whole
    return join_results([whole, hidden])


def _all_origins(
    panel: CarePanel, ages: AgePanel | None, *, draws: int, seed: int, told: Mapping[str, Laws]
) -> pd.DataFrame:
    """Return the rows of all origins, models (name -> laws ``told``) and rules, with ``index`` (place of the area)."""
    models, rules = [], []
    for position in range(1, panel.years.size - 1):
        until = panel.until(int(panel.years[position]))
        targets = [int(year) for year in panel.years[position + 1 :]]
        fit = fit_care(until, ages)
        flags = _flags(until, ages)
        for name, laws in told.items():
            rng = np.random.default_rng([seed, position])
            rows = _model_paths(panel, fit, laws, targets, draws=draws, rng=rng)
            models.append(rows.assign(rule=name, flags=flags[rows["index"]]))
        for at, year in enumerate(targets, start=position + 1):
            keys = {"origin": int(panel.years[position]), "horizon": year - int(panel.years[position]), "year": year}
            observed = panel.counts[:, at]
            points = rule_forecasts(until, ages, keys["horizon"])
            rows_of = [_rule_rows(panel, name, points[name], observed) for name in RULES]
            rules += [rows.assign(**keys, flags=flags[rows["index"]]) for rows in rows_of]
    table = with_intervals(pd.concat(rules, ignore_index=True))
    return pd.concat([*models, table], ignore_index=True).assign(target=TARGET)


def _model_paths(
    panel: CarePanel, fit: CareFit, laws: Laws, targets: list[int], *, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the model's rows of one origin at all target years."""
    origin = int(fit.panel.years[-1])
    spread = with_prior(learn_spread(fit, laws), fit, laws)
    paths = draw_counts(fit, spread, targets, draws=draws, rng=rng)
    parts = []
    for at, (year, values) in enumerate(zip(targets, paths, strict=True), start=fit.panel.years.size):
        points = np.exp(expected_logs(fit, year, laws))
        rows = _model_rows(panel, values, panel.counts[:, at], points)
        parts.append(rows.assign(origin=origin, horizon=year - origin, year=year))
    return pd.concat(parts, ignore_index=True)


def _model_rows(panel: CarePanel, values: Float32, observed: Array, points: Array) -> pd.DataFrame:
    """Return the model's rows of one origin and target from draws (area, draw), areas counted at both."""
    here = np.flatnonzero(np.isfinite(observed) & np.isfinite(values[:, 0]))
    rows = pd.DataFrame({"area": panel.areas[here], "index": here, "observed": observed[here]})
    parts = [_score(values[chunk], observed[chunk]) for chunk in _chunks(here)]
    scored = np.concatenate(parts) if parts else np.empty((0, len(QUANTILE_COLUMNS) + 2))
    rows[[*QUANTILE_COLUMNS, "crps", "pit"]] = scored
    return rows.assign(point=points[here])


def _score(values: Float32, observed: Array) -> Array:
    """Return quantiles, CRPS and PIT as columns, one row per area."""
    quantiles = sorted_quantiles(values, [PROBABILITIES[column] for column in QUANTILE_COLUMNS])
    return np.column_stack([quantiles, crps_ensemble(observed, values), pit(observed, values)])


def _chunks(positions: Index) -> Iterator[Index]:
    for start in range(0, positions.size, CHUNK):
        yield positions[start : start + CHUNK]


def _rule_rows(panel: CarePanel, name: str, points: Array, observed: Array) -> pd.DataFrame:
    here = np.flatnonzero(np.isfinite(observed) & np.isfinite(points))
    columns = {
        "area": panel.areas[here],
        "index": here,
        "rule": name,
        "observed": observed[here],
        "point": points[here],
    }
    return pd.DataFrame(columns)


def _flags(until: CarePanel, ages: AgePanel | None) -> npt.NDArray[np.object_]:
    """Return what an area's numbers rest on at an origin (area,), as words joined by ``; `` ("" = nothing to say)."""
    origin = int(until.years[-1])
    found = None if ages is None else ages.at(origin)
    missing = [] if ages is None else ["ages_unknown"]
    by_age = [missing] * until.areas.size if found is None else found.flags(origin)
    short = ["one_past_step"] * (until.years.size == 2)
    jumps = jumping(until.counts[:, -2:])
    words = [[*short, *own, *["jump"] * bool(jump)] for own, jump in zip(by_age, jumps, strict=True)]
    return np.array(["; ".join(each) for each in words], dtype=object)

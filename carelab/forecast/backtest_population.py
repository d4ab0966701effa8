"""Back-test of district populations: from every past origin, only with what was known then, beside rules of thumb.

Every origin from which a few years of history are known is projected up to ten years ahead; the model's interval comes
from its own errors known at that origin, those of the rules from all other origins. See docs/backtest_population.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.backtest_pop_intervals import GRID, apply_error, log_error, other_origin_quantiles
from carelab.forecast.backtest_pop_rules import forecast_rules
from carelab.forecast.backtest_pop_targets import Targets, find_targets, size_classes
from carelab.forecast.backtest_result import (
    FORECAST_COLUMNS,
    MODEL,
    BacktestResult,
    Sentence,
    score_forecasts,
    shelf_life_of_shares,
    shelf_shares,
)
from carelab.forecast.panel_arrays import jumping_areas, panel_arrays
from carelab.forecast.scores import crps_ensemble, pit
from carelab.forecast.small_area import PanelArrays, Projector
from carelab.forecast.small_area_errors import PastError, draw_cells, past_error
from carelab.forecast.small_area_totals import (
    Guide,
    combine,
    learn_weight,
    make_guide,
    panel_growth,
    total_growths,
)
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.terms import QUANTILE_COLUMNS, UserError

LONGEST: Final = 10
HISTORY: Final = 5
"""Years of history before the first scored origin; a third of the panel where it is shorter than three times that."""
KEPT_ROWS: Final = 400_000
"""Forecasts of rules are written out up to this many rows; beyond, only those of the model."""
LARGE: Final = 1_000
"""From so many areas on, a quarter of the draws is enough for each (their errors are pooled)."""


@dataclass(frozen=True)
class Setting:
    """What is asked: horizons (years; None = 1 to 10), first scored origin (None = see HISTORY), draws, seed."""

    horizons: tuple[int, ...] | None = None
    first_origin: int | None = None
    draws: int = 400
    seed: int = 1


@dataclass
class _Run:
    """Everything that is known while a back-test runs."""

    panel: PanelArrays
    targets: Targets
    projector: Projector
    origins: list[int]
    horizons: list[int]
    setting: Setting
    points: dict[tuple[int, int], Array] = field(default_factory=dict)
    observed: dict[int, Array] = field(default_factory=dict)
    errors: dict[tuple[int, int], PastError] = field(default_factory=dict)
    control: dict[int, float] = field(default_factory=dict)


def backtest_population(
    frame: pd.DataFrame,
    setting: Setting | None = None,
    *,
    control: pd.DataFrame | None = None,
    progress: Callable[[str], None] | None = None,
) -> BacktestResult:
    """Return scores, shelf life and forecasts for a panel: area, year, sex, age_from, age_to, persons (long form).

    Raises UserError where the panel is too short for any origin and horizon.
    """
    setting = setting or Setting()
    panel, notes = panel_arrays(frame)
    run = _prepare(panel, setting, notes)
    if control is not None:
        run.control.update(control.groupby("year")["persons"].sum().astype(float).to_dict())
        notes.append(
            (
                "Abgestimmt auf die angegebenen Gesamtzahlen; ob sie im Ausgangsjahr bekannt waren, weiß carelab nicht.",
                "Controlled to the given totals; carelab cannot know whether they were known at the origin.",
            )
        )
    _project_all(run)
    scores, within, kept = [], [], []
    rows = 0
    for horizon in run.horizons:
        table = _horizon_table(run, horizon)
        if progress is not None:
            progress(f"{horizon}")
        scores.append(score_forecasts(table))
        within.append(shelf_shares(table))
        rows += len(table)
        kept.append(table if rows <= KEPT_ROWS else table[table["rule"] == MODEL])
    if rows > KEPT_ROWS:
        notes.append(
            ("Großes Panel: Vorhersagen der Faustregeln nur bewertet, nicht alle gespeichert.", "Large panel.")
        )
    forecasts = pd.concat(kept, ignore_index=True)
    notes += _flag_notes(forecasts)
    shelf = shelf_life_of_shares(pd.concat(within, ignore_index=True))
    return BacktestResult(pd.concat(scores, ignore_index=True), shelf, forecasts, notes)


def _prepare(panel: PanelArrays, setting: Setting, notes: list[Sentence]) -> _Run:
    """Choose origins and horizons. Raises UserError where there are none."""
    grid, first, last = panel.spacing, int(panel.years[0]), int(panel.years[-1])
    counted = [int(year) for year in panel.years if not np.isnan(panel.at(int(year))).all()]
    history = int(np.ceil(min(HISTORY, (last - first) / 3) / grid)) * grid
    start = setting.first_origin if setting.first_origin is not None else first + history
    wanted = setting.horizons or tuple(range(1, LONGEST + 1))
    horizons = [h for h in wanted if h % grid == 0 and any(o >= start and o + h in counted for o in counted)]
    if not horizons and setting.horizons is None and last - grid >= start:
        horizons = [grid]
    origins = [o for o in counted if max(start, first + grid) <= o < last]
    if not horizons or not origins:
        raise UserError(
            f"Das Panel ({first} bis {last}, alle {grid} Jahre) ist für diese Rückschau zu kurz; "
            "erwartet: ein Ausgangsjahr mit Vorgeschichte und ein späteres gezähltes Jahr.",
            f"The panel ({first} to {last}, every {grid} years) is too short for this back-test; "
            "expected: an origin with some history and a later counted year.",
        )
    notes.append(
        (
            f"{len(panel.areas)} Gebiete, Ausgangsjahre {origins[0]} bis {origins[-1]}, Horizonte {_listed(horizons)}.",
            f"{len(panel.areas)} areas, origins {origins[0]} to {origins[-1]}, horizons {_listed(horizons)}.",
        )
    )
    return _Run(panel, find_targets(panel.start), Projector(panel), origins, horizons, setting)


def _project_all(run: _Run) -> None:
    """Compute the model's forecasts from all origins (also early ones that only teach) and their errors.

    Origins go forward in time; a weight learnt for an origin rests on forecasts whose target year was over.
    """
    panel, totals = run.panel, run.panel.persons.sum(axis=(2, 3))
    counted = [int(year) for year in panel.years if not np.isnan(panel.at(int(year))).all()]
    run.observed.update({year: run.targets.to_cells(panel.at(year)) for year in counted})
    guides: dict[tuple[int, int], Guide] = {}
    for origin in counted[1:]:
        reachable = [h for h in run.horizons if origin + h in run.observed]
        known = {key: guide for key, guide in guides.items() if sum(key) <= origin}
        truth = total_growths(totals, panel.years, list(known))
        raw = run.projector.project_many(origin, reachable) if reachable else {}
        for horizon, persons in raw.items():
            key, cells = (origin, horizon), run.targets.to_cells(persons)
            guides[key] = make_guide(totals, panel.years, cells.sum(axis=1), origin=origin, horizon=horizon)
            run.points[key] = _combined(run, cells, totals, guides[key], learn_weight(known, truth, horizon), key)
            run.errors[key] = past_error(
                origin, horizon, observed=run.observed[origin + horizon], forecast=run.points[key]
            )


def _combined(
    run: _Run, cells: Array, totals: Array, guide: Guide, weight: float, key: tuple[int, int]
) -> Array:
    """Return cells (a, c) of one origin and horizon whose sum is the user's total, or the mean of cohorts and drift."""
    origin, horizon = key
    now = totals[int(np.flatnonzero(run.panel.years == origin)[0])]
    drift = np.nansum(now) * np.exp(panel_growth(totals, run.panel.years, origin=origin, horizon=horizon))
    total = run.control.get(origin + horizon, float(np.sqrt(drift * np.nansum(cells))))
    return combine(cells, now, guide=guide, weight=weight, total=total)


def _horizon_table(run: _Run, horizon: int) -> pd.DataFrame:
    """Return FORECAST_COLUMNS for one horizon: the model and all rules at all origins."""
    origins = [origin for origin in run.origins if (origin, horizon) in run.points]
    parts = [_model_rows(run, origin, horizon) for origin in origins]
    return pd.concat([*parts, *_rule_rows(run, origins, horizon)], ignore_index=True)


def _model_rows(run: _Run, origin: int, horizon: int) -> pd.DataFrame:
    """Return the model's rows of one origin and horizon; draws rest on errors known at the origin."""
    cells = run.points[origin, horizon]
    past = _known_errors(run, origin)
    seed = (run.setting.seed, origin, horizon)
    draws = run.setting.draws if len(cells) < LARGE else max(run.setting.draws // 4, 50)
    drawn, flag = draw_cells(cells, past, horizon=horizon, cells=run.targets.shape, draws=draws, seed=seed)
    ensemble = np.moveaxis(run.targets.of_cells(drawn), 0, -1)
    point = run.targets.of_cells(cells)
    return _rows(run, MODEL, origin, horizon, point=point, ensemble=ensemble, flag=flag)


def _known_errors(run: _Run, origin: int) -> list[PastError]:
    """Return past errors whose target year was over, of forecasts that rested on at least half as much history."""
    first = int(run.panel.years[0])
    least = min(HISTORY, (origin - first) / 2)
    known = [each for each in run.errors.values() if each.origin + each.horizon <= origin]
    return [each for each in known if each.origin - first >= least]


def _rule_rows(run: _Run, origins: list[int], horizon: int) -> list[pd.DataFrame]:
    """Return the rows of all rules of thumb: points of every origin, then intervals from the other origins."""
    points = [forecast_rules(run.panel, run.targets, origin=each, horizon=horizon) for each in origins]
    truth = np.stack([run.targets.of_cells(run.observed[each + horizon]) for each in origins])
    classes = np.stack([size_classes(run.observed[each].sum(axis=-1)) for each in origins])
    parts = []
    for rule in points[0]:
        forecast = np.stack([each[rule] for each in points])
        errors = log_error(truth, forecast)
        ensembles = np.empty((*forecast.shape, GRID.size))
        for k in range(forecast.shape[2]):
            quantiles = other_origin_quantiles(errors[..., k], classes)
            ensembles[:, :, k] = apply_error(forecast[..., k, None], quantiles)
        flag = "" if len(origins) > 1 else "no_other_origin"
        parts += [
            _rows(run, rule, origin, horizon, point=forecast[i], ensemble=ensembles[i], flag=flag)
            for i, origin in enumerate(origins)
        ]
    return parts


def _rows(run: _Run, rule: str, origin: int, horizon: int, *, point: Array, ensemble: Array, flag: str) -> pd.DataFrame:
    """Return FORECAST_COLUMNS of one rule, origin and horizon from points (a, k) and their ensemble (a, k, member)."""
    truth = run.targets.of_cells(run.observed[origin + horizon])
    areas, targets = point.shape
    classes = size_classes(run.observed[origin].sum(axis=-1))
    quantiles = sorted_quantiles(ensemble, [PROBABILITIES[each] for each in QUANTILE_COLUMNS])
    quantiles[np.isnan(point)] = np.nan
    jumps = jumping_areas(run.panel)
    flags = np.array([" ".join(filter(None, (flag, "area_change" if jump else ""))) for jump in jumps], dtype=object)
    columns = {
        "area": np.repeat(np.array(run.panel.areas, dtype=object), targets),
        "size_class": np.repeat(classes, targets),
        "origin": origin,
        "horizon": horizon,
        "year": origin + horizon,
        "target": np.tile(np.array(run.targets.names, dtype=object), areas),
        "rule": rule,
        "observed": truth.ravel(),
        "point": point.ravel(),
        **{name: quantiles[..., i].ravel() for i, name in enumerate(QUANTILE_COLUMNS)},
        "crps": crps_ensemble(truth, ensemble).ravel(),
        "pit": pit(truth, ensemble).ravel(),
        "flags": np.repeat(flags, targets),
    }
    return pd.DataFrame(columns)[list(FORECAST_COLUMNS)]


def _flag_notes(forecasts: pd.DataFrame) -> list[Sentence]:
    """Say on what intervals rest where the panel's own past did not suffice."""
    model = forecasts[forecasts["rule"] == MODEL]
    notes = []
    for flag, de, en in (
        ("no_past_errors", "ganz auf Erfahrungswerten", "on published experience alone"),
        ("short_history", "überwiegend auf Erfahrungswerten", "mostly on published experience"),
    ):
        origins = sorted(model.loc[model["flags"].str.contains(flag), "origin"].unique())
        if origins:
            notes.append(
                (
                    f"Intervalle beruhen {de} für Ausgangsjahre {_listed(origins)} (flags: {flag}).",
                    f"Intervals rest {en} for origins {_listed(origins)} (flags: {flag}).",
                )
            )
    return notes


def _listed(values: list[int] | Index) -> str:
    """Return numbers as "1-10" where they run on, else one by one."""
    numbers = [int(each) for each in values]
    run_on = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
    return f"{numbers[0]}-{numbers[-1]}" if run_on else ", ".join(map(str, numbers))

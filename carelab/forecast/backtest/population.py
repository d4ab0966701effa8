"""Back-test of district populations: from every past origin, only with what was known then, beside rules of thumb.

Every origin from which a few years of history are known is projected up to ten years ahead; the model's interval comes
from its own errors known at that origin, those of the rules from all other origins. See docs/backtest_population.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd

from carelab.forecast.backtest.calibration import case_wis, hardest_rules
from carelab.forecast.backtest.pop_control import control_totals
from carelab.forecast.backtest.pop_rows import horizon_tables
from carelab.forecast.backtest.pop_run import Run, Setting, listed, prepare, project_all
from carelab.forecast.backtest.result import (
    MODEL,
    BacktestResult,
    Sentence,
    score_forecasts,
    shelf_life_of_shares,
    shelf_shares,
)
from carelab.forecast.small_area.panel_arrays import panel_arrays

__all__ = ["Setting", "backtest_population"]
KEPT_ROWS: Final = 400_000
"""Forecasts of rules are written out up to this many rows; beyond, only those of the model."""


def backtest_population(
    frame: pd.DataFrame,
    setting: Setting | None = None,
    *,
    control: pd.DataFrame | None = None,
    structure: pd.DataFrame | None = None,
    progress: Callable[[str], None] | None = None,
) -> BacktestResult:
    """Return scores, shelf life and forecasts for a panel: area, year, sex, age_from, age_to, persons (long form).

    ``structure``: ages of a larger area (structure_shape), by which wide groups are split at the first count.
    Raises UserError where the panel is too short for any origin and horizon.
    """
    setting = setting or Setting()
    panel, notes = panel_arrays(frame)
    run = prepare(panel, setting, notes, structure)
    if control is not None:
        run.control.update(control_totals(control, panel, notes, origin=run.origins[0]))
    project_all(run)
    return _score(run, notes, progress)


def _score(run: Run, notes: list[Sentence], progress: Callable[[str], None] | None) -> BacktestResult:
    """Score horizon by horizon, so that not all forecasts are held at a time."""
    scores, within, kept, relative = [], [], [], []
    rows = 0
    for horizon in run.horizons:
        cases = []
        for table in horizon_tables(run, horizon):
            cases.append(case_wis(table))
            scores.append(score_forecasts(table))
            within.append(shelf_shares(table))
            rows += len(table)
            if rows <= KEPT_ROWS or (table["rule"] == MODEL).all():
                kept.append(table)
        relative.append(hardest_rules(pd.concat(cases, ignore_index=True)))
        if progress is not None:
            progress(f"{horizon}")
    if rows > KEPT_ROWS:
        notes.append(
            (
                "Großes Panel: die Vorhersagen der Faustregeln sind bewertet, aber nicht alle gespeichert.",
                "Large panel: forecasts of rules of thumb are scored, but not all of them kept.",
            )
        )
    forecasts = pd.concat(kept, ignore_index=True)
    notes += _flag_notes(forecasts)
    shelf = shelf_life_of_shares(pd.concat(within, ignore_index=True))
    beside = pd.concat(relative, ignore_index=True)
    return BacktestResult(pd.concat(scores, ignore_index=True), shelf, forecasts, notes, beside)


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
            de_years, en_years = ("Ausgangsjahr", "origin") if len(origins) == 1 else ("Ausgangsjahre", "origins")
            notes.append(
                (
                    f"Intervalle beruhen {de} für {de_years} {listed(origins)} (flags: {flag}).",
                    f"Intervals rest {en} for {en_years} {listed(origins)} (flags: {flag}).",
                )
            )
    return notes

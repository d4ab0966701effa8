"""A user's panel put to the test: what its keys tell, what the country knows, then the back-test itself."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from carelab.forecast.backtest.care import backtest_care
from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.backtest.result import MODEL_NO_LAW, BacktestResult
from carelab.stages.panel_keys import match_areas, name_parents
from carelab.stages.panel_laws import AUTO, ChosenLaws, choose_laws
from carelab.stages.panel_structure import choose_structure


def check_care_panel(
    panel: pd.DataFrame, people: pd.DataFrame | None, *, draws: int, seed: int, law: str = AUTO
) -> tuple[BacktestResult, ChosenLaws]:
    """Return the back-test of a care panel, with the laws that ``law`` asks for and without, and which those are.

    ``panel`` and ``people`` (None: no ages) as from inputs.panels; ``law`` as in choose_laws. Raises UserError.
    """
    frame, said = name_parents(panel)
    if people is not None:
        people, matched = match_areas(frame, people)
        said = [*said, *matched]
    chosen = choose_laws(frame, law)
    beside = {MODEL_NO_LAW: ()} if chosen.laws else None
    result = backtest_care(frame, people, draws=draws, seed=seed, laws=chosen.laws, beside=beside)
    result.notes.extend(said)
    return result, chosen


def check_population_panel(
    panel: pd.DataFrame,
    setting: Setting,
    *,
    ages: str = AUTO,
    control: pd.DataFrame | None = None,
    progress: Callable[[str], None] | None = None,
) -> BacktestResult:
    """Return the back-test of a population panel; ``ages`` as in choose_structure. Raises UserError."""
    finer = choose_structure(panel, ages)
    result = backtest_population(panel, setting, control=control, structure=finer.ages, progress=progress)
    result.notes.extend([finer.note] if finer.note else [])
    return result

"""The model's part of a back-test: origins and horizons, forecasts from every origin, and their errors.

Origins go forward in time: whatever is learnt for one rests on counts up to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Index
from carelab.forecast.backtest.pop_targets import Targets, find_targets
from carelab.forecast.backtest.result import HINDSIGHT, Sentence
from carelab.forecast.small_area.ages import Flags
from carelab.forecast.small_area.entrants import hidden_edges, mean_entrants
from carelab.forecast.small_area.errors import PastError, past_error
from carelab.forecast.small_area.hamilton_perry import hamilton_perry
from carelab.forecast.small_area.panel_arrays import jumping_areas
from carelab.forecast.small_area.projector import PanelArrays, Projector
from carelab.forecast.small_area.structure import structure_shape
from carelab.forecast.small_area.totals import (
    Guide,
    combine,
    jumps,
    learn_weight,
    make_guide,
    panel_growth,
    total_growths,
)
from carelab.terms import UserError

LONGEST: Final = 10
HISTORY: Final = 5
"""Years of history before the first scored origin; a third of the panel where it is shorter than three times that."""


@dataclass(frozen=True)
class Setting:
    """What is asked: horizons (years; None = 1 to 10), first scored origin (None = see HISTORY), draws, seed."""

    horizons: tuple[int, ...] | None = None
    first_origin: int | None = None
    draws: int = 400
    seed: int = 1


@dataclass
class Run:
    """Everything that is known while a back-test runs; ``points`` and ``errors`` by origin and horizon."""

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
    jumps: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))


def prepare(panel: PanelArrays, setting: Setting, notes: list[Sentence], structure: pd.DataFrame | None = None) -> Run:
    """Choose origins and horizons; ``structure`` as in structure_shape. Raises UserError where there are none."""
    grid, first, last = panel.spacing, int(panel.years[0]), int(panel.years[-1])
    counted = [int(year) for year in panel.years if not np.isnan(panel.at(int(year))).all()]
    history = int(np.ceil(min(HISTORY, (last - first) / 3) / grid)) * grid
    start = setting.first_origin if setting.first_origin is not None else first + history
    wanted = setting.horizons or tuple(range(1, LONGEST + 1))
    horizons = [h for h in wanted if h % grid == 0 and any(o >= start and o + h in counted for o in counted)]
    if not horizons and setting.horizons is None and last - grid >= start:
        horizons = [grid]
    _check_wanted(wanted if setting.horizons else (), horizons, grid=grid, longest=last - start, notes=notes)
    origins = [o for o in counted if max(start, first + grid) <= o < last]
    if not horizons or not origins:
        raise UserError(
            f"Das Panel ({first} bis {last}, Abstand in Jahren: {grid}) ist für eine Rückschau ab {start} zu kurz; "
            "erwartet: ein Ausgangsjahr mit Vorgeschichte und ein späteres gezähltes Jahr.",
            f"The panel ({first} to {last}, years apart: {grid}) is too short for a back-test from {start} on; "
            "expected: an origin with some history and a later counted year.",
        )
    notes.append(_extent(len(panel.areas), origins, horizons))
    if len(panel.areas) == 1:
        notes.append(
            (
                "Ein Gebiet allein: Zuwachs und Quoten des Panels sind hier seine eigenen.",
                "One area alone: the panel's growth and ratios are its own here.",
            )
        )
    if len(origins) > 1:
        notes.append(HINDSIGHT)
    targets = find_targets(panel.start)
    shape = None if structure is None else structure_shape(structure, panel.sexes, first)
    projector = Projector(panel, shape)
    return Run(panel, targets, projector, origins, horizons, setting, jumps=jumping_areas(panel))


def _check_wanted(
    wanted: Sequence[int], horizons: list[int], *, grid: int, longest: int, notes: list[Sentence]
) -> None:
    """Say which of the ``wanted`` horizons a panel counted every ``grid`` years cannot score; UserError if none can."""
    left = [each for each in wanted if each not in horizons]
    if not left:
        return
    possible = list(range(grid, longest + 1, grid))
    if not horizons and possible:
        raise UserError(
            f"--horizons {listed(left)}: das Panel zählt alle {grid} Jahre und reicht ab dem ersten Ausgangsjahr "
            f"{longest} Jahre; möglich: {listed(possible)}.",
            f"--horizons {listed(left)}: the panel counts every {grid} years and reaches {longest} years from the "
            f"first origin; possible: {listed(possible)}.",
        )
    notes.append(
        (f"Nicht gerechnet (kein Jahr des Panels): Horizont {listed(left)}.", f"Not done (no year): {listed(left)}.")
    )


def _extent(areas: int, origins: list[int], horizons: list[int]) -> Sentence:
    """Return how many areas, which origins and horizons are scored."""
    one = len(origins) == 1
    de_years = f"Ausgangsjahr {origins[0]}" if one else f"Ausgangsjahre {origins[0]} bis {origins[-1]}"
    en_years = f"origin {origins[0]}" if one else f"origins {origins[0]} to {origins[-1]}"
    de_ahead, en_ahead = ("Horizont", "horizon") if len(horizons) == 1 else ("Horizonte", "horizons")
    return (
        f"{areas} {'Gebiet' if areas == 1 else 'Gebiete'}, {de_years}, {de_ahead} {listed(horizons)}.",
        f"{areas} {'area' if areas == 1 else 'areas'}, {en_years}, {en_ahead} {listed(horizons)}.",
    )


def project_all(run: Run) -> None:
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
            key = (origin, horizon)
            cells = _with_entrants(run, run.targets.to_cells(persons), key)
            guides[key] = make_guide(totals, panel.years, cells.sum(axis=1), origin=origin, horizon=horizon)
            run.points[key] = _combined(run, cells, totals, guides[key], learn_weight(known, truth, horizon), key)
            later, history = _steady(run, totals, key), float(origin - panel.years[0])
            run.errors[key] = past_error(origin, horizon, observed=later, forecast=run.points[key], history=history)


def _steady(run: Run, totals: Array, key: tuple[int, int]) -> Array:
    """Return what came true (a, c) of an origin and horizon, NaN for areas that jumped in between."""
    reached = np.searchsorted(run.panel.years, [key[0], sum(key)])
    before, after = jumps(totals, run.panel.years).cumsum(axis=0)[reached]
    return np.where((before == after)[:, None], run.observed[sum(key)], np.nan)


def _with_entrants(run: Run, cells: Array, key: tuple[int, int]) -> Array:
    """Return cells (a, c) in which both forecasts say who grows old out of groups that do not tell their ages."""
    edges = hidden_edges(run.panel.bands, run.targets.cells)
    if not edges.size:
        return cells
    last = hamilton_perry(run.panel, *key, local=True)
    return mean_entrants(cells, run.targets.to_cells(last), edges)


def _combined(run: Run, cells: Array, totals: Array, guide: Guide, weight: float, key: tuple[int, int]) -> Array:
    """Return cells (a, c) of one origin and horizon whose sum is the user's total, or the mean of cohorts and drift."""
    origin, horizon = key
    now = totals[int(np.flatnonzero(run.panel.years == origin)[0])]
    drift = np.nansum(now) * np.exp(panel_growth(totals, run.panel.years, origin=origin, horizon=horizon))
    total = run.control.get(origin + horizon, float(np.sqrt(drift * np.nansum(cells))))
    return combine(cells, now, guide=guide, weight=weight, total=total)


def known_errors(run: Run, origin: int) -> list[PastError]:
    """Return past errors whose target year was over, of forecasts that rested on at least half as much history."""
    first = int(run.panel.years[0])
    least = min(HISTORY, (origin - first) / 2)
    known = [each for each in run.errors.values() if each.origin + each.horizon <= origin]
    return [each for each in known if each.origin - first >= least]


def listed(values: Sequence[int] | Index) -> str:
    """Return numbers as "1-10" where they run on, else one by one."""
    numbers = [int(each) for each in values]
    run_on = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
    return f"{numbers[0]}-{numbers[-1]}" if run_on else ", ".join(map(str, numbers))

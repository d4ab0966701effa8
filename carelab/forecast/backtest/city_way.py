"""The cities' own way to care rates put to the test: what a city's run computes, on all Kreise, from past surveys.

A city is projected by levels of its care rates (care.projection), a user's panel by counts (care_panel.model). The
intervals that a city's page shows are tested here, as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array, Float32
from carelab.forecast.backtest.cities import Hindsight, fit_hindsight, survive
from carelab.forecast.care.cities_panel import KREIS_BANDS, Panel, band_hazard, build_panel, fold_bands, panel_levels
from carelab.forecast.care.projection import Anchor, Scenario, draw_levels_of_areas, starting_growth
from carelab.forecast.care.schedule import national_population
from carelab.forecast.scores import crps_ensemble, pit
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.terms import AGE_TOP, QUANTILE_COLUMNS


def forecast_kreise(
    reference: Mapping[str, pd.DataFrame], hazard: Array, *, damping: float, draws: int, seed: int
) -> pd.DataFrame:
    """Return area, origin, year, point (the median), quantile columns, crps, pit: all Kreise, origins, later surveys.

    At an origin (a survey with one before) nothing later is known, but for three things: the age-sex schedule is of
    2021/2023 (only its shape is used), ages within 65+ are those of 2018 moved as Germany's (cities_panel), and
    Germany's ages lie between five-yearly figures, the next of which is later (docs/backtest_care.md: without it). Ages
    of the origin are survived forward. ``reference`` maps table names; ``hazard`` (sex, age) as from fit_schedule.
    """
    panel = build_panel(reference, hazard)
    years = np.unique(panel.rows["year"])
    parts = []
    for position, origin in enumerate(years[1:-1]):
        hindsight = fit_hindsight(reference, hazard, origin=int(origin), damping=damping)
        germany = national_population(reference["population_de"], int(origin))
        rng = np.random.default_rng([seed, position])
        parts.append(_from_origin(hindsight, panel, germany, draws=draws, rng=rng))
    return pd.concat(parts, ignore_index=True)


def _from_origin(
    hindsight: Hindsight, panel: Panel, germany: Array, *, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one origin's rows; ``germany`` (sex, age) splits the Kreise's bands into single ages."""
    origin, here = hindsight.origin, (panel.rows["year"] == hindsight.origin).to_numpy()
    now = panel_levels(Panel(panel.rows[here], panel.persons[here], panel.hazard))
    persons = single_ages(panel.persons[here], germany)
    counted = panel.rows.pivot(index="area", columns="year", values="people_in_need").loc[now["area"]]
    last = int(counted.columns.max())
    anchors = [Anchor(np.full(draws, level), origin, 0.0, origin) for level in now["level"]]
    starts = [starting_growth(hindsight.pooled, area=area, land=area[:2]) for area in now["area"]]
    scenario = Scenario("trend", hindsight.damping)
    levels = draw_levels_of_areas(anchors, starts, last, scenario=scenario, rng=rng)
    parts = []
    for year in (int(each) for each in counted.columns.to_numpy() if int(each) > origin):
        later = fold_bands(survive(persons, hindsight.qx, year - origin)).reshape(len(now), -1)
        values = _people_in_need(later, band_hazard(hindsight.hazard), levels[:, :, year - origin].astype(np.float32))
        parts.append(_rows(values, counted[year].to_numpy(float), now["area"].to_numpy()).assign(year=year))
    return pd.concat(parts, ignore_index=True).assign(origin=origin)


def _people_in_need(persons: Array, hazard: Array, levels: Float32) -> Float32:
    """Return people in need (area, draw) from persons (area, cell), hazards (cell,) and levels (area, draw)."""
    factor, total = np.exp(levels), np.zeros(levels.shape, dtype=np.float32)
    for cell, each in enumerate(hazard.astype(np.float32)):
        total += persons[:, cell, None].astype(np.float32) * -np.expm1(-each * factor)
    return total


def _rows(values: Float32, observed: Array, areas: Array) -> pd.DataFrame:
    known = np.isfinite(observed) & np.isfinite(values[:, 0])
    values, observed = values[known], observed[known]
    quantiles = sorted_quantiles(values, [PROBABILITIES[column] for column in QUANTILE_COLUMNS])
    rows = pd.DataFrame(quantiles, columns=list(QUANTILE_COLUMNS)).assign(area=areas[known])
    return rows.assign(point=rows["median"], crps=crps_ensemble(observed, values), pit=pit(observed, values))


def single_ages(persons: Array, shape: Array) -> Array:
    """Return persons (area, sex, age 0..AGE_TOP) from (area, sex, band), split within bands as ``shape`` (sex, age)."""
    top = np.concatenate([shape[:, :AGE_TOP], shape[:, AGE_TOP:].sum(axis=1, keepdims=True)], axis=1)
    parts = [
        persons[:, :, band, None] * (top[:, first : last + 1] / top[:, first : last + 1].sum(axis=1, keepdims=True))
        for band, (first, last) in enumerate(KREIS_BANDS)
    ]
    return np.concatenate(parts, axis=2)

"""The pooled care model at one origin: expected log counts of all areas at later years, and how sure they are.

Log count = last count + common growth (last growth, damped after one step) + what persists of the Land's and the area's
own deviation + pull of the level (count beside age and sex) towards the Land's + ageing beside others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.care.schedule import solve_level
from carelab.forecast.care_panel.ages import AgePanel, expected_need, grow_older, standard_hazard
from carelab.forecast.care_panel.data import CarePanel, log_counts
from carelab.forecast.care_panel.growth import (
    PRIORS,
    Step,
    counting_gains,
    damping_of,
    group_mean,
    shrink,
    slope_estimates,
    smoothed_growth,
    smoothing_of,
    steps_of,
)


@dataclass(frozen=True)
class Expectation:
    """What ages and sexes let expect at one survey: log expected persons (area,), and growth by ageing per year.

    Both are deviations from the whole panel (weighted by people in need), NaN where the ages are not known.
    """

    log_need: Array
    ageing: Array


@dataclass(frozen=True)
class CareFit:
    """The model at an origin (the panel's last survey).

    ``growth``: yearly common growth believed, the last weighing ``smoothing``; ``level``, ``ageing`` (area,).
    ``weights``: share of land, own, level that persists or returns per step, effect of ageing (see PRIORS).
    """

    panel: CarePanel
    steps: list[Step]
    growth: float
    smoothing: float
    damping: float
    weights: dict[str, float]
    level: Array
    ageing: Array

    @property
    def step_years(self) -> float:
        """Years of the last step between surveys: the unit in which growth persists."""
        return self.steps[-1].years


def fit_care(panel: CarePanel, ages: AgePanel | None) -> CareFit:
    """Return the model fitted to a panel that ends at the origin; ``ages`` (or None) is read up to each survey only."""
    steps = steps_of(panel)
    expected = [expectation(panel, ages, position) for position in range(panel.years.size)]
    levels = [_level(panel, position, expected[position]) for position in range(panel.years.size)]
    last = expected[-1]
    ageing = np.zeros(panel.areas.size) if last is None else np.nan_to_num(last.ageing)
    weights = learn_weights(panel, steps, levels, expected)
    smoothing, gains = smoothing_of(steps), counting_gains(panel, steps)
    growth = float(smoothed_growth(steps, smoothing, gains)[-1])
    smoothing *= float(gains[-1])
    return CareFit(panel, steps, growth, smoothing, damping_of(steps), weights, np.nan_to_num(levels[-1]), ageing)


def expectation(panel: CarePanel, ages: AgePanel | None, position: int) -> Expectation | None:
    """Return what the ages known at a survey let expect there; None where there are none."""
    found = None if ages is None else ages.at(int(panel.years[position]))
    if found is None:
        return None
    persons = found.persons
    counts, hazard = panel.counts[:, position], standard_hazard()
    known = np.isfinite(counts) & np.isfinite(persons).all(axis=(1, 2))
    if not known.any() or counts[known].sum() <= 0:
        return None
    level = float(solve_level(persons[known].sum(axis=0).ravel(), hazard.ravel(), np.asarray(counts[known].sum())))
    if not np.isfinite(level):
        return None
    now, later = (expected_need(each, hazard, level) for each in (persons, grow_older(persons, 2)))
    with np.errstate(divide="ignore", invalid="ignore"):
        log_need, ageing = np.log(now), (np.log(later) - np.log(now)) / 2
    ageing[~np.isfinite(ageing)] = np.nan
    return Expectation(log_need, ageing - float(np.nansum(ageing[known] * now[known]) / now[known].sum()))


def learn_weights(
    panel: CarePanel, steps: list[Step], levels: list[Array], expected: list[Expectation | None]
) -> dict[str, float]:
    """Return the coefficients of PRIORS from all steps of ``panel``; those never seen keep their prior mean."""
    estimates: dict[str, list[tuple[float, float]]] = {name: [] for name in PRIORS}
    for t, step in enumerate(steps):
        mass = np.nan_to_num(panel.counts[:, t])
        ageing = expected[t]
        zero = np.zeros(panel.areas.size)
        own = np.nan_to_num(steps[t - 1].own) / steps[t - 1].years * step.years if t else zero
        aged = zero if ageing is None else np.nan_to_num(ageing.ageing) * step.years
        aged = aged - group_mean(aged, mass, panel.group)
        features = np.stack([own, np.nan_to_num(levels[t]), aged], axis=1)
        slopes, errors = slope_estimates(step.own, features, case_weights(panel, t))
        for name, slope, error in zip(("own", "level", "ageing"), slopes, errors, strict=True):
            estimates[name].append((slope, error))
        if t:
            estimates["land"].append(_land_slope(panel, steps[t - 1], step, mass))
    return {
        name: shrink([s for s, _ in found], [e for _, e in found], PRIORS[name]) for name, found in estimates.items()
    }


def case_weights(panel: CarePanel, position: int) -> Array:
    """Return weights (area,): the inverse of drift (the panel's typical own step) plus counting noise (1 / count)."""
    counts = np.nan_to_num(panel.counts[:, position])
    noise = 2 / np.maximum(counts, 0.5)
    change = log_counts(panel.counts[:, position + 1]) - log_counts(panel.counts[:, position])
    spread = np.nanmedian(np.abs(change - np.nanmedian(change))) * 1.4826
    drift = max(float(spread**2 - np.median(noise)), float(spread**2) / 10, 1e-6)
    return np.where(counts > 0, 1 / (drift + noise), 0.0)


def mean_growth(fit: CareFit, years_ahead: float) -> Array:
    """Return expected log growth (area,) from the origin over ``years_ahead``.

    The Länder's deviations are shrunk towards their mean over areas, so the typical area grows as the whole.
    """
    steps = years_ahead / fit.step_years
    last, weights = fit.steps[-1], fit.weights
    common = fit.growth * last.years * geometric(fit.damping, steps)
    land = np.nan_to_num(last.land - np.nanmean(last.land)) * weights["land"] * geometric(weights["land"], steps)
    own = np.nan_to_num(last.own) * weights["own"] * geometric(weights["own"], steps)
    level = fit.level * ((1 + weights["level"]) ** steps - 1)
    return np.asarray(common + land + own + level + weights["ageing"] * fit.ageing * years_ahead)


def geometric(ratio: float, steps: float) -> float:
    """Return 1 + ratio + ratio^2 + ... over ``steps`` terms, a fraction of a term at the end counting in part."""
    whole = int(np.floor(steps + 1e-9))
    return float((ratio ** np.arange(whole)).sum() + (steps - whole) * ratio**whole)


def _level(panel: CarePanel, position: int, expected: Expectation | None) -> Array:
    """Return log counts beside expectation, as deviation from the Land's (area,); NaN where ages are unknown."""
    if expected is None:
        return np.full(panel.areas.size, np.nan)
    counts = panel.counts[:, position]
    with np.errstate(invalid="ignore"):
        ratio = log_counts(counts) - expected.log_need
    ratio[~np.isfinite(ratio)] = np.nan
    return np.asarray(ratio - group_mean(ratio, np.nan_to_num(counts), panel.group))


def _land_slope(panel: CarePanel, before: Step, step: Step, mass: Array) -> tuple[float, float]:
    """Return slope and error of the Länder's deviations on those of the step before, one case per Land."""
    first = np.array([_first_known(before.land[panel.group == g]) for g in range(panel.parents.size)])
    second = np.array([_first_known(step.land[panel.group == g]) for g in range(panel.parents.size)])
    weights = np.bincount(panel.group, mass, panel.parents.size)
    features = (first / before.years * step.years)[:, None]
    slopes, errors = slope_estimates(second, features, np.sqrt(weights))
    return float(slopes[0]), float(errors[0])


def _first_known(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known[0]) if known.size else float("nan")

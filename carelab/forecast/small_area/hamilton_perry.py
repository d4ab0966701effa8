"""Hamilton-Perry as it is used in practice: cohort change ratios of the last period, an area's own or the panel's."""

from __future__ import annotations

from typing import Final

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.small_area.ages import GRID, TOP, Bands, split_groups
from carelab.forecast.small_area.projector import PanelArrays

LARGEST: Final = 5.0
"""Growth and ratios are capped at this factor and its inverse: a handful of persons must not explode."""
CHILDBEARING: Final = (15, 50)
FEWEST: Final = 1.0
"""Below so many persons in a cohort its own ratio says nothing: the panel's is used."""


def hamilton_perry(panel: PanelArrays, origin: int, horizon: int, *, local: bool) -> Array:
    """Return persons (a, s, b) by the ratios of the last period, each area's own or the panel's.

    Hamilton & Perry (1962), Social Forces 41: the period is as long as the groups are wide; what a horizon leaves over
    comes first. Cohorts are taken as even within their groups; children by child-woman ratio.
    """
    longest = int(origin - panel.years[0])
    width = float(np.median(np.diff(panel.start))) if len(panel.start) > 1 else 1.0
    usual = min(max(round(width / panel.spacing), 1) * panel.spacing, longest)
    steps = ([horizon % usual] if horizon % usual else []) + [usual] * (horizon // usual)
    persons = panel.at(origin)
    for step in steps:
        ratios = _ratios(panel, origin, step, local=local)
        persons = _expected(persons, panel, step, ratios)
    return persons


def _ratios(panel: PanelArrays, origin: int, step: int, *, local: bool) -> Array:
    """Return cohort change ratios (a or 1, s, b) of the last ``step`` years."""
    before, after = panel.at(origin - step), panel.at(origin)
    both = np.asarray(~np.isnan(before + after).any(axis=(1, 2)))
    sums = [np.where(both[:, None, None], each, 0.0).sum(axis=0, keepdims=True) for each in (before, after)]
    wide = divide(sums[1], _expected(sums[0], panel, step, None, after=sums[1]), 1.0)
    if not local:
        return np.clip(wide, 0.0, LARGEST)
    expected = _expected(before, panel, step, None, after=after)
    own = np.where(expected < FEWEST, wide, divide(after, expected, 1.0))
    return np.clip(own, 0.0, LARGEST)


def _expected(
    persons: Array, panel: PanelArrays, step: int, ratios: Array | None, *, after: Array | None = None
) -> Array:
    """Return persons (a, s, b) ``step`` years later: groups aged, times ratios; children from the women of then.

    Without ratios this is what a ratio is measured against, and the women are those counted ``after``.
    """
    bands = panel.bands
    ages = split_groups(persons, bands, np.ones((*persons.shape[:2], GRID)))
    later = np.zeros_like(ages)
    later[..., step:TOP] = ages[..., : TOP - step]
    later[..., TOP] = ages[..., TOP - step :].sum(axis=-1)
    grown = bands.collapse(later) * (1.0 if ratios is None else ratios)
    mothers = _women(grown if after is None else after, bands)
    later[..., :step] = (mothers / (CHILDBEARING[1] - CHILDBEARING[0]))[:, None, None]
    children = bands.collapse(later) * (1.0 if ratios is None else ratios)
    return np.asarray(np.where(panel.start < step, children, grown))


def _women(persons: Array, bands: Bands) -> Array:
    """Return women (or persons) of childbearing age (a,), groups cut by even spread."""
    ages = split_groups(persons[:, -1:], bands, np.ones((len(persons), 1, GRID)))
    return np.asarray(ages[:, 0, CHILDBEARING[0] : CHILDBEARING[1]].sum(axis=-1))


def divide(a: Array, b: Array, otherwise: float) -> Array:
    """Return a / b, and ``otherwise`` where b is 0; NaN stays."""
    return np.divide(a, b, out=np.where(np.isnan(a + b), np.nan, otherwise), where=b != 0)

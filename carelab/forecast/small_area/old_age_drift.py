"""How much faster than the standard do old people's chances of survival change in this panel? Learnt from its cohorts.

Counted / expected of old cohorts moves from window to window by H x d, with H the cumulative standard hazard of a step
and d the yearly fall of death rates beyond the standard's. One d for all old groups and both sexes, by weighted least
squares; drawn towards 0 by credibility, as the pace of a decade is a poor guide to the next (decision 0003).
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np

from carelab.forecast.arrays import Array, Index
from carelab.forecast.small_area.ages import Bands, survival

SPREAD: Final = 0.005
"""Standard deviation of the yearly fall of death rates around the standard's (log scale): an assumption, the order of
magnitude of decision 0003, chosen looking at the panels of docs/backtest_population.md."""
LEAST_YEARS: Final = 15
"""Years that windows must span: three of five years that do not overlap; below, ups and downs pass for a pace.

Chosen after Magdeburg's 14 years had misled it (docs/backtest_population.md)."""
SHOCK: Final = 0.02
"""Standard deviation of a window's deaths around the pace (influenza, heat), log scale: an assumption for two windows
only, which cannot show how much windows vary."""


class OldWindows(Protocol):
    """Windows of a panel (small_area.ratios.Windows)."""

    @property
    def start(self) -> Index: ...
    @property
    def step(self) -> int: ...
    @property
    def counted(self) -> Array: ...
    @property
    def expected(self) -> Array: ...


def step_hazard(start: Index, step: int) -> Array:
    """Return the cumulative standard hazard (b,) of a step for those who end it in a group with first age ``start``."""
    middle = np.append(start[1:] + start[:-1], start[-1] * 2 + 2 * step) / 2
    before = np.clip(middle - step, 0, 100).astype(int)
    return np.asarray(-np.log(np.maximum(survival("t", 2010, step)[before], 1e-6)))


def learn_drift(windows: OldWindows, start: Index, old_from: int) -> Array:
    """Return the yearly change (b,) of log ratios of groups from ``old_from`` on; 0 below, and with a short history.

    0 as well where an old group does not tell its ages (65+ above 0-64): who enters it is known too roughly there.
    """
    hazard, old = step_hazard(start, windows.step), start >= old_from
    told = old.any() and Bands(start).tell_ages[old].all()
    if not told or np.ptp(windows.start) + windows.step < LEAST_YEARS or len(windows.start) < 2:
        return np.zeros(len(start))
    counted, expected = (each[..., old].sum(axis=1) for each in (windows.counted, windows.expected))
    known = (counted > 0) & (expected > 0)
    weight = np.where(known, expected, 0.0)
    ratio = np.log(np.where(known, counted, 1.0) / np.where(known, expected, 1.0))
    year = np.broadcast_to(windows.start[:, None, None].astype(float), ratio.shape)
    total = np.maximum(weight.sum(axis=0), 1e-9)
    ratio, year = (each - (weight * each).sum(axis=0) / total for each in (ratio, year))
    load = hazard[old] * year
    size = float((weight * load**2).sum())
    if size <= 0:
        return np.zeros(len(start))
    pace = float((weight * load * ratio).sum()) / size
    score = (weight * load * (ratio - pace * load)).sum(axis=(1, 2))
    windows_overlap = windows.step / float(np.diff(windows.start).min())
    freedom = max(len(windows.start) / max(windows_overlap, 1.0) - 2.0, 0.5)
    variance = float((score**2).sum()) / size**2 * max(windows_overlap, 1.0) * (1 + 2 / freedom)
    if len(windows.start) == 2:
        variance += SHOCK**2 * float(((weight * load * hazard[old]).sum(axis=(1, 2)) ** 2).sum()) / size**2
    return np.where(old, pace * SPREAD**2 / (SPREAD**2 + variance) * hazard, 0.0)

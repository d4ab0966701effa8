"""Cohort ratios of small areas: counted over expected, the panel's by recent years, each area's own shrunk by its size.

Counted / expected after survival is what moves and local mortality did to a cohort. Small areas borrow the panel's
ratio (credibility: weight e / (e + k) for e persons expected); what belongs to a place as a whole fades.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from carelab.forecast.arrays import Array, Float32, Index
from carelab.forecast.small_area.ages import Bands, Flags, add_births, age_on, survival
from carelab.forecast.small_area.old_age_drift import learn_drift
from carelab.forecast.small_area.totals import jumps

RECENT_PANEL: Final = 0.95
"""Weight of a window relative to the next one, per year, where the panel's own ratio is learnt: migration levels
return to their long mean (Smith, Tayman & Swanson 2013, ch. 13: long base periods for long horizons)."""
PERSISTENCE: Final = 0.6
"""Share of the panel's latest departure from its mean that is left after a year: what happened last year goes on."""
OLD_FROM: Final = 65
OLD_SPAN: Final = 10
"""From this age on mortality and the make-up of groups drift: the panel's ratio rests on about so many last years."""
RECENT_LOCAL: Final = 0.80
"""The same where an area's deviation from the panel is learnt."""
YOUNG_UNTIL: Final = 50
"""Ages below are moved by what happens to the place as a whole (new housing): that part fades."""
BLOCKS: Final = (YOUNG_UNTIL, 65, 75)
"""Ages at which the place as a whole is told apart: those who move for work and homes, then three older ones."""
HALF_LIFE: Final = 10.0
"""Years after which half of a place's deviation from the panel's growth is left (log scale)."""
OVERDISPERSION: Final = 1.0
"""Variance of moves and deaths beyond Poisson: households and homes move together."""
MOVES_YEARLY: Final = ((0, 0.10), (18, 0.25), (30, 0.14), (40, 0.08), (50, 0.05))
"""Moves into and out of a district per year and inhabitant, from an age on: orders of magnitude, for noise only."""
CLASS_YEARS: Final = 5
"""Deviations are learnt in classes of at least this width, also where single ages are counted."""
CAP: Final = 3.0
"""Deviations beyond this many standard deviations between areas are capped."""
SMOOTH: Final = 400.0
"""Persons expected at which the panel's ratio of a group weighs as much as that of its neighbours."""

THIN: Final = 20.0
"""Persons expected at which a class's ratio weighs as much as standard survival: a few of them say little."""


@dataclass(frozen=True)
class Windows:
    """Counted and expected persons (window, a, s, b) over ``step`` years, by first year ``start`` (window,).

    Cases that are not known in both years, or whose area jumped between them, are 0 in both.
    """

    start: Index
    step: int
    counted: Array
    expected: Array

    def until(self, origin: int) -> Windows:
        """Return the windows that were over at the end of a year."""
        over = self.start + self.step <= origin
        return Windows(self.start[over], self.step, self.counted[over], self.expected[over])


@dataclass(frozen=True)
class Ratios:
    """What multiplies expected persons over ``step`` years: ``panel`` (s, b) x ``pattern`` (a, s, b) x ``place`` (a,).

    ``place`` holds for groups in ``young`` (b,) only, and fades with the years. ``drift`` (b,) is the yearly change of
    the panel's log ratios, which stand for ``lag`` (b,) years before the origin.
    """

    step: int
    panel: Array
    latest: Array
    pattern: Array
    place: Array
    young: Flags
    drift: Array
    lag: Array

    def over(self, step: int) -> Ratios:
        """Return what these ratios are over another number of years, growing evenly."""
        power = step / self.step
        panel, latest, pattern, place = (each**power for each in (self.panel, self.latest, self.pattern, self.place))
        return Ratios(step, panel, latest, pattern, place, self.young, self.drift * power, self.lag)

    def at(self, years_ahead: float) -> Array:
        """Return the ratios (a, s, b) of a step whose middle lies so many years after the origin."""
        fade = 0.5 ** (years_ahead / HALF_LIFE)
        usual = self.panel * np.exp(self.drift * (years_ahead + self.lag))
        latest = self.latest * np.exp(self.drift * (years_ahead + self.step / 2))
        panel = usual * _ratio(latest, usual) ** (PERSISTENCE ** (years_ahead + self.step / 2))
        place = np.where(self.young, self.place[:, None] ** fade, 1.0)
        return np.asarray(panel * self.pattern * place[:, None, :])


def make_windows(
    persons: Array, ages: Float32, *, years: Index, step: int, sexes: tuple[str, ...], bands: Bands
) -> Windows:
    """Return the windows of ``step`` years in a panel: counts (t, a, s, b) and tracked ages (t, a, s, GRID)."""
    lag = step // int(years[1] - years[0])
    counted, expected = np.zeros((2, len(years) - lag, *persons.shape[1:]))
    jumped = jumps(persons.sum(axis=(2, 3)), years).cumsum(axis=0)
    for t in range(len(years) - lag):
        before, after = ages[t].astype(float), ages[t + lag].astype(float)
        moved = age_on(before, sexes, int(years[t]), step)
        births = add_births(after.copy(), before, sexes, step)
        moved[..., :step] = births[..., :step]
        steady = (jumped[t] == jumped[t + lag])[:, None, None]
        both = ~np.isnan(persons[t] + persons[t + lag]) & steady
        counted[t] = np.where(both, persons[t + lag], 0.0)
        expected[t] = np.where(both, bands.collapse(moved), 0.0)
    return Windows(np.asarray(years[: len(years) - lag]), step, counted, expected)


def learn_ratios(windows: Windows, bands: Bands) -> Ratios:
    """Return panel and shrunk local ratios from windows that are all over; at least one is needed.

    An area's deviation is learnt from the broad to the fine, each shrunk on its own: the place as a whole (young, old),
    then age classes, then sexes within them.
    """
    classes = age_classes(bands.start)
    first = np.flatnonzero(np.diff(classes, prepend=-1))
    weight = RECENT_LOCAL ** (windows.start.max() - windows.start)
    weight = weight / weight.sum()
    yearly = _ratio(windows.counted.sum(axis=1), windows.expected.sum(axis=1))
    counted = np.einsum("t,tasb->asb", weight, windows.counted)
    expected = np.einsum("t,tasb->asb", weight, windows.expected * yearly[:, None])
    young = bands.start < YOUNG_UNTIL
    noise = turnover(bands.start, windows.step) / _independent(weight, windows)
    place = np.ones((len(counted), len(young)))
    blocks = np.searchsorted(BLOCKS, bands.start, side="right")
    for number in np.unique(blocks):
        block = blocks == number
        own, usual = (each[..., block].sum(axis=(1, 2)) for each in (counted, expected))
        place[:, block] = shrink(own, usual, noise[block].mean())[:, None]
    counted, expected = (np.add.reduceat(each, first, axis=-1) for each in (counted, expected * place[:, None]))
    both = shrink(counted.sum(axis=1), expected.sum(axis=1), noise[first])[:, None]
    pattern = both * shrink(counted, expected * both, noise[first])
    old = np.where(young, 1.0, place)[:, None]
    age = windows.start.max() - windows.start
    spacing = _spacing(windows)
    recent = 1 - 1 / max(2.0, (OLD_SPAN + 1 - windows.step) / spacing)
    old_ages = bands.start >= OLD_FROM
    slow, quick, last = (
        _panel_ratios(windows, each / each.sum(), classes)
        for each in (RECENT_PANEL**age, recent ** (age / spacing), (age == 0).astype(float))
    )
    panel = np.where(old_ages, quick, slow)
    weights = recent ** (age / spacing)
    lag = np.full(len(young), windows.step / 2 + float((weights * age).sum() / weights.sum()))
    drift = learn_drift(windows, bands.start, OLD_FROM)
    return Ratios(windows.step, panel, last, pattern[..., classes] * old, place[:, 0], young, drift, lag)


def shrink(counted: Array, expected: Array, noise: Array | float) -> Array:
    """Return counted / expected (a, ...) drawn towards 1 by size, and capped; ``noise`` / expected is its variance.

    Empirical Bayes (Marshall 1991, Applied Statistics 40): the variance between areas is what is left of the weighted
    variance after that of chance; where hardly anybody is expected it is drawn towards none.
    """
    ratio = _ratio(counted, expected)
    total = expected.sum(axis=0)
    excess = (expected * (ratio - 1) ** 2).sum(axis=0) - noise * (expected > 0).sum(axis=0)
    between = np.maximum(excess / (total + SMOOTH), 1e-8)
    drawn = 1 + expected / (expected + noise / between) * (ratio - 1)
    limit = CAP * np.sqrt(between)
    return np.asarray(np.exp(np.clip(np.log(np.maximum(drawn, 0.05)), -limit, limit)))


def turnover(start: Index, step: int) -> Array:
    """Return the variance (b,) per person expected of what chance does to a group in ``step`` years: moves, deaths."""
    moves = np.zeros(len(start))
    for age, rate in MOVES_YEARLY:
        moves[start >= age] = rate
    middle = np.minimum(start + step / 2, 90).astype(int)
    deaths = 1 - survival("t", 2010, step)[np.maximum(middle - step, 0)]
    return np.asarray(OVERDISPERSION * (np.minimum(moves * step, 1.5) + deaths))


def _panel_ratios(windows: Windows, weight: Array, classes: Index) -> Array:
    """Return the panel's ratios (s, b), windows weighted (window,); thin groups lean on their class."""
    counted = np.einsum("t,tsb->sb", weight, windows.counted.sum(axis=1))
    expected = np.einsum("t,tsb->sb", weight, windows.expected.sum(axis=1))
    first = np.flatnonzero(np.diff(classes, prepend=-1))
    sums = [np.add.reduceat(each, first, axis=-1) + THIN for each in (counted, expected)]
    wide = _ratio(*sums)[..., classes]
    return np.asarray((counted + SMOOTH * wide) / (expected + SMOOTH))


def age_classes(start: Index) -> Index:
    """Return the class of every group: neighbours joined until they span CLASS_YEARS; the open group stands alone."""
    classes, first, number = np.zeros(len(start), dtype=np.intp), 0, 0
    for b in range(1, len(start)):
        if start[b] - start[first] >= CLASS_YEARS or b == len(start) - 1:
            number, first = number + 1, b
        classes[b] = number
    return classes


def _independent(weight: Array, windows: Windows) -> float:
    """Return how many windows that do not overlap the weighted ones are worth."""
    return max(1.0, float(_spacing(windows) / windows.step / (weight**2).sum()))


def _spacing(windows: Windows) -> int:
    """Return the years between the starts of two windows."""
    return int(np.diff(windows.start).min()) if len(windows.start) > 1 else windows.step


def _ratio(counted: Array, expected: Array) -> Array:
    """Return counted / expected, 1 where nobody was expected."""
    return np.divide(counted, expected, out=np.ones_like(expected), where=expected > 0)

"""Small-area population: every district's cohorts aged with survival and shrunk ratios, several years at a time.

The best use of counts by age group alone: Hamilton & Perry (1962) with ratios after survival, over several past years,
shrunk by size (Swanson & Tayman 2012; Baker et al. 2017), an open group that knows its ages, and a total that can be
controlled from outside. Nothing after the origin is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from carelab.forecast.arrays import Array, Float32, Index
from carelab.forecast.small_area.ages import Bands, add_births, age_on, split_groups
from carelab.forecast.small_area.looking_back import look_back, settled_years
from carelab.forecast.small_area.ratios import Ratios, Windows, learn_ratios, make_windows
from carelab.forecast.small_area.tracking import track_ages


@dataclass(frozen=True)
class PanelArrays:
    """Counts of a panel: ``persons`` (t, a, s, b), NaN = unknown, in evenly spaced ``years`` (t,).

    ``sexes`` is ("m", "w") or ("t",); ``start`` (b,) first ages of the groups, the last one open.
    """

    areas: tuple[str, ...]
    years: Index
    sexes: tuple[str, ...]
    start: Index
    persons: Array

    @property
    def spacing(self) -> int:
        """Return the years between two counts."""
        return int(self.years[1] - self.years[0]) if len(self.years) > 1 else 1

    @property
    def bands(self) -> Bands:
        """Return the age groups."""
        return Bands(self.start)

    def until(self, origin: int) -> PanelArrays:
        """Return what was known at the end of a year."""
        kept = self.years <= origin
        return PanelArrays(self.areas, self.years[kept], self.sexes, self.start, self.persons[kept])

    def at(self, year: int) -> Array:
        """Return the counts (a, s, b) of a year."""
        return np.asarray(self.persons[int(np.flatnonzero(self.years == year)[0])])


class Projector:
    """Projects all areas of a panel at once from any origin; tracked ages and windows are computed once and kept.

    Every result rests on counts up to its origin only: ages are tracked forward, windows end at the origin.
    """

    def __init__(self, panel: PanelArrays, structure: Array | None = None) -> None:
        """``structure`` (s, GRID): single ages of a larger area in the panel's first year, where they are known."""
        self.panel = panel
        self.structure = structure
        self._windows: dict[tuple[int, int], Windows] = {}

    @cached_property
    def ages(self) -> Float32:
        """Return tracked single ages (t, a, s, GRID)."""
        panel = self.panel
        return np.asarray(
            track_ages(
                panel.persons, years=panel.years, sexes=panel.sexes, bands=panel.bands, structure=self.structure
            ),
            dtype=np.float32,
        )

    @cached_property
    def width(self) -> int:
        """Return the usual step in years: the median width of the groups, rounded to the panel's spacing."""
        middle = np.diff(self.panel.start)
        usual = float(np.median(middle)) if len(middle) else 1.0
        return max(round(usual / self.panel.spacing), 1) * self.panel.spacing

    def windows(self, step: int, origin: int) -> Windows:
        """Return all windows of ``step`` years that were over at an origin, from ages as counts up to it show them."""
        settled = settled_years(int(self.panel.years[0]))
        seen = min(origin, settled)
        if (step, seen) not in self._windows:
            known = self.panel if origin >= settled else self.panel.until(origin)
            years, sexes, bands = known.years, known.sexes, known.bands
            ages = self.ages[: len(years)]
            if self.structure is None:
                ages = look_back(ages, known.persons, years=years, sexes=sexes, bands=bands)
            made = make_windows(known.persons, ages, years=years, step=step, sexes=sexes, bands=bands)
            self._windows[step, seen] = made
        return self._windows[step, seen].until(origin)

    def reach(self, origin: int, horizon: int) -> tuple[int, int]:
        """Return the last step to a horizon and how many years lie before it.

        Steps are as long as the groups are wide, but no longer than the history before the origin; what is left over
        comes first. A horizon off the panel's grid raises ValueError.
        """
        grid = self.panel.spacing
        longest = int(origin - self.panel.years[0])
        if horizon % grid or horizon <= 0 or longest < grid:
            raise ValueError(f"horizon {horizon} from {origin} cannot be reached in steps of {grid} years")
        usual = min(self.width, longest)
        return (usual, horizon - usual) if horizon >= usual else (horizon, 0)

    def ratios(self, origin: int, step: int) -> Ratios:
        """Return the ratios of a step, learnt from windows that were over at the origin.

        Where no two counts lie so many years apart, those of the length nearest to it, as a yearly rate.
        """
        known = self.windows(step, origin)
        other = step if (known.expected > 0).any() else self._other_step(origin, step)
        return learn_ratios(self.windows(other, origin), self.panel.bands).over(step)

    def _other_step(self, origin: int, step: int) -> int:
        """Return the length nearest to ``step`` between two counts of an area up to an origin, else ``step``."""
        panel = self.panel.until(origin)
        counted = np.isfinite(panel.persons.sum(axis=(2, 3)))
        lags = np.array([lag for lag in range(1, len(counted)) if (counted[lag:] & counted[:-lag]).any()])
        lengths = lags * panel.spacing
        return int(lengths[np.argmin(np.abs(np.log(lengths / step)))]) if lengths.size else step

    def project(self, origin: int, horizon: int) -> Array:
        """Return persons (a, s, b) ``horizon`` years after ``origin``; NaN for areas unknown at the origin."""
        return self.project_many(origin, [horizon])[horizon]

    def project_many(self, origin: int, horizons: Sequence[int]) -> dict[int, Array]:
        """Return persons (a, s, b) by horizon, as ``project``; common parts of the way are computed once."""
        panel, bands = self.panel, self.panel.bands
        t = int(np.flatnonzero(panel.years == origin)[0])
        unknown = np.isnan(panel.persons[t]).any(axis=(1, 2))
        base = np.where(unknown[:, None, None], 0.0, panel.persons[t])
        path = {0: split_groups(base, bands, self.ages[t].astype(float))}
        learnt: dict[int, Ratios] = {}
        for horizon in sorted(self._way(origin, horizons)):
            step, before = self.reach(origin, horizon)
            learnt[step] = learnt.get(step) or self.ratios(origin, step)
            ratios = learnt[step].at(before + step / 2)
            path[horizon] = _one_step(path[before], ratios, year=origin + before, step=step, panel=panel)
        results = {horizon: bands.collapse(path[horizon]) for horizon in horizons}
        for each in results.values():
            each[unknown] = np.nan
        return results

    def _way(self, origin: int, horizons: Sequence[int]) -> set[int]:
        """Return the horizons wanted and those passed on the way."""
        passed = set()
        for horizon in horizons:
            while horizon > 0:
                passed.add(horizon)
                horizon = self.reach(origin, horizon)[1]
        return passed


def _one_step(ages: Array, ratios: Array, *, year: int, step: int, panel: PanelArrays) -> Array:
    """Return single ages ``step`` years on: survival, births, and the ratio of the group in which each age arrives."""
    factor = panel.bands.spread(ratios)
    later = age_on(ages, panel.sexes, year, step) * factor
    add_births(later, ages, panel.sexes, step)
    later[..., :step] *= factor[..., :step]
    return later

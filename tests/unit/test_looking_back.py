"""Who was inside the groups of a panel's first years, told by later counts: nearer the truth, with no later year."""

from __future__ import annotations

import numpy as np
import pytest

from carelab.forecast.arrays import Array
from carelab.forecast.small_area.ages import GRID, age_on, stationary
from carelab.forecast.small_area.looking_back import LAG, look_back
from carelab.forecast.small_area.projector import PanelArrays, Projector

pytestmark = pytest.mark.unit
START = np.array([*range(0, 85, 5)])
FIRST = 2004
SEXES = ("m", "w")


def truth(years: int, *, seed: int = 1) -> Array:
    """Return single ages (t, a, s, GRID) of three areas whose old cohorts differ by waves; nobody moves."""
    rng = np.random.default_rng(seed)
    wave = np.exp(np.cumsum(rng.normal(0, 0.12, GRID)) * (np.arange(GRID) >= 50))
    ages = [2_000.0 * np.stack([stationary(SEXES, FIRST) * wave] * 3)]
    for t in range(years - 1):
        after = age_on(ages[-1], SEXES, FIRST + t, 1)
        after[..., 0] = ages[-1][..., 0]
        ages.append(after)
    return np.stack(ages)


def panel(ages: Array, *, every: int = 1) -> PanelArrays:
    years = np.arange(FIRST, FIRST + len(ages), every)
    persons = np.add.reduceat(ages[::every], START, axis=-1)
    return PanelArrays(("a", "b", "c"), years, SEXES, START, persons)


def seen_back(known: PanelArrays) -> tuple[Array, Array]:
    tracked = Projector(known).ages
    looked = look_back(tracked, known.persons, years=known.years, sexes=SEXES, bands=known.bands)
    return tracked.astype(float), looked.astype(float)


def test_cohorts_of_the_first_count_are_found_from_six_counts() -> None:
    """Over four panels: ages 55-74 in the first year are nearer the truth than the first guess, by at least a third."""
    before, after = [], []
    for seed in range(4):
        ages = truth(6, seed=seed)
        tracked, looked = seen_back(panel(ages))
        for found, errors in ((tracked, before), (looked, after)):
            errors.append(np.abs(np.log(found[0, ..., 55:75] / ages[0, ..., 55:75])).mean())
    assert np.mean(after) < 0.67 * np.mean(before)


def test_small_cohorts_are_not_taken_for_deaths() -> None:
    """Everybody dies by the standard, so all ratios of the old are 1; a first guess puts cohorts into them."""
    spread = []
    for seed in range(4):
        projector = Projector(panel(truth(6, seed=seed)))
        old = (START >= 65) & (START < 80)
        looked = projector.windows(2, FIRST + 5)
        first = look_nowhere(projector).windows(2, FIRST + 5)
        each = [np.log(w.counted[..., old].sum(0) / w.expected[..., old].sum(0)).std() for w in (looked, first)]
        spread.append(each)
    looked, first = np.mean(spread, axis=0)
    assert looked < 0.67 * first


def look_nowhere(projector: Projector) -> Projector:
    """Return a projector whose panel looks settled from the start: its windows use the first guess."""
    known = projector.panel
    unknown = np.full((2 * LAG, *known.persons.shape[1:]), np.nan)
    years = np.concatenate([np.arange(known.years[0] - 2 * LAG, known.years[0]), known.years])
    return Projector(
        PanelArrays(known.areas, years, known.sexes, known.start, np.concatenate([unknown, known.persons]))
    )


def test_groups_stay_as_counted_and_wide_spacing_changes_nothing() -> None:
    known = panel(truth(8))
    tracked, looked = seen_back(known)
    assert np.add.reduceat(looked, START, axis=-1) == pytest.approx(known.persons, rel=1e-5)
    assert not np.allclose(tracked[0], looked[0])
    assert looked[LAG:] == pytest.approx(tracked[LAG:])
    tracked, looked = seen_back(panel(truth(21), every=5))
    assert looked == pytest.approx(tracked)


@pytest.mark.parametrize("after", [2, 4, 7, 10, 13])
def test_nothing_after_the_origin_is_seen(after: int) -> None:
    known = panel(truth(18))
    origin = FIRST + after
    later = Projector(known)
    later.project(FIRST + 15, 2)
    changed = known.persons.copy()
    changed[after + 1 :] *= 1.3
    other = Projector(PanelArrays(known.areas, known.years, SEXES, START, changed))
    other.project(FIRST + 10, 2)
    assert other.project(origin, 2) == pytest.approx(later.project(origin, 2), rel=1e-6)
    assert Projector(known.until(origin)).project(origin, 2) == pytest.approx(later.project(origin, 2), rel=1e-6)

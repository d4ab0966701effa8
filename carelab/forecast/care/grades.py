"""Pflegegrade: shares of grades 1-5 within each setting, met at the Land's last published grades, moving as they did.

log share[setting, grade] = log reference share + shift[grade], renormalised within the setting. The reference is the
only published table by setting and Pflegegrad (Sachsen-Anhalt 2019); its profile over settings is used, not its level.
Pflegegrad 1 has no cash benefit, and those without services are all in Pflegegrad 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care.settings import LEAST_SHARE, softmax
from carelab.forecast.care.trend import SURVEY_STEP
from carelab.terms import SETTINGS, UserError

PFLEGEGRADE = (1, 2, 3, 4, 5)
SWEEPS = 60
GERMANY = "DG"
FEWEST_AREAS = 2
SERVED = len(SETTINGS) - 1
"""Settings before the last one; the last is Pflegegrad 1 without services."""


@dataclass(frozen=True)
class GradeShares:
    """Shares of Pflegegrade on the log scale.

    ``profile`` (setting, grade) log shares (-inf = impossible); ``shift`` (grade,) that meets ``area`` in ``year``;
    ``slope`` (grade,) its change a year, 0 where only one year is published; ``between`` sd of an area beside the one
    it is taken from; ``sd`` of a walk, per survey step. Both spreads are one for all grades: too few areas to tell.
    """

    profile: Array
    shift: Array
    slope: Array
    between: float
    sd: float
    area: str
    year: int


def learn_grades(reference: Mapping[str, pd.DataFrame], *, land: str, until: int) -> GradeShares:
    """Return the shares for a city of ``land`` from figures up to the year ``until``; Germany's where it has none.

    ``reference`` tables care_grades, care_settings_area, care_totals. The walk is as large as the one change that is
    published: it is also the only measure of how fast shares move. Raises UserError where nothing is published yet.
    """
    grades = reference["care_grades"][reference["care_grades"]["year"] <= until]
    total = grades[grades["setting"] == "total"].groupby(["area", "year"])["persons"].count()
    published = [(str(area), int(year)) for area, year in total.index[total == len(PFLEGEGRADE)]]
    if len({area for area, _ in published}) < FEWEST_AREAS or not set(SETTINGS) <= set(grades["setting"]):
        raise UserError(
            f"care_grades.csv: bis {until} zu wenig Pflegegrade; erwartet: zwei Gebiete, eines nach Versorgungsart.",
            f"care_grades.csv: too few Pflegegrade up to {until}; expected: two areas, one of them by setting.",
        )
    profile = setting_profile(grades)
    shifts = {key: fit_shift(profile, *_target(grades, reference, *key)) for key in published}
    known = [key for key in published if key[0] == land] or [key for key in published if key[0] == GERMANY] or published
    area, year = max(known, key=lambda key: key[1])
    own = _yearly(shifts, area)
    nothing = np.zeros(len(PFLEGEGRADE))
    return GradeShares(
        profile=profile,
        shift=shifts[area, year],
        slope=nothing if own is None else own,
        between=_between(shifts),
        sd=walk_sd(shifts),
        area=area,
        year=year,
    )


def walk_sd(shifts: Mapping[tuple[str, int], Array]) -> float:
    """Return the standard deviation per survey step of a random walk that moves as far as areas were seen to move.

    ``shifts`` (area, year) -> (grade,). A walk of n steps moves by sqrt(n) of them, not n. As far as areas differ where
    none is published twice.
    """
    moves = [(_yearly(shifts, area), _span(shifts, area)) for area in sorted({area for area, _ in shifts})]
    seen = np.array([yearly * np.sqrt(span * SURVEY_STEP) for yearly, span in moves if yearly is not None])
    return float(np.sqrt(np.mean(seen**2))) if seen.size else _between(shifts)


def setting_profile(grades: pd.DataFrame) -> Array:
    """Return log shares (setting, grade) of the latest area and year that have all settings; -inf where nobody is."""
    parts = grades[grades["setting"].isin(SETTINGS)]
    complete = parts.groupby(["area", "year"])["setting"].nunique()
    area, year = max(complete.index[complete == len(SETTINGS)], key=lambda key: (key[1], key[0]))
    own = parts[(parts["area"] == area) & (parts["year"] == year)]
    table = own.pivot(index="setting", columns="pflegegrad", values="persons")
    counts = table.reindex(index=list(SETTINGS), columns=list(PFLEGEGRADE)).fillna(0).to_numpy(float)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(counts / counts.sum(axis=1, keepdims=True)))


def fit_shift(profile: Array, mix: Array, target: Array) -> Array:
    """Return shifts (grade,) such that people by setting ``mix`` (setting,) split by profile have shares ``target``.

    Both sum to 1; what is in the last setting is Pflegegrad 1 and taken from the target first.
    """
    served = target.copy()
    served[0] = max(served[0] - mix[-1], LEAST_SHARE)
    served, people = served / served.sum(), mix[:SERVED] / mix[:SERVED].sum()
    shift = np.zeros(target.size)
    for _ in range(SWEEPS):
        shift += np.log(served) - np.log(people @ softmax(profile[:SERVED] + shift))
    return np.asarray(shift - shift.mean())


def land_mix(settings_area: pd.DataFrame, totals: pd.DataFrame, area: str, year: int) -> Array:
    """Return shares (setting,) of an area in its latest year up to ``year``; what no setting counts is the last one.

    Where cash benefit and home care are published together they are split as in the latest year that has both.
    """
    rows = settings_area[(settings_area["area"] == area) & (settings_area["year"] <= year)]
    table = rows.pivot_table(index="year", columns="setting", values="persons")
    table = table.reindex(columns=["pflegegeld", "ambulant", "vollstationaer", "zu_hause"])
    home = table["zu_hause"].fillna(table["pflegegeld"] + table["ambulant"])
    cash = (table["pflegegeld"] / (table["pflegegeld"] + table["ambulant"])).ffill()
    people = totals[totals["area"] == area].set_index("year")["people_in_need"].reindex(table.index)
    usable = (home.notna() & cash.notna() & table["vollstationaer"].notna() & people.notna()).to_numpy()
    if not usable.any():
        raise UserError(
            f"care_settings_area.csv: für {area} bis {year} fehlen Versorgungsarten; gebraucht für Pflegegrade.",
            f"care_settings_area.csv: no settings for {area} up to {year}; needed for Pflegegrade.",
        )
    last = table.index[usable][-1]
    parts = [home[last] * cash[last], home[last] * (1 - cash[last]), table.loc[last, "vollstationaer"]]
    shares = np.array([float(part) / float(people[last]) for part in parts])
    return np.asarray(np.append(shares, max(1 - shares.sum(), 0.0)) / max(shares.sum(), 1.0))


def draw_grades(shares: GradeShares, years: range, *, damping: float, rng: np.random.Generator, draws: int) -> Array:
    """Return shares (draw, year, setting, grade) that sum to 1 over grades.

    From the published year on the yearly change fades by ``damping`` and a random walk begins; a city differs from the
    area its shares are taken from by a constant drawn once.
    """
    ahead = np.maximum(np.asarray(years) - shares.year, 0).astype(float)
    fading = damping * (1 - damping**ahead) / (1 - damping) if damping < 1 else ahead
    begin = rng.normal(0.0, 1.0, (draws, 1, shares.shift.size)) * shares.between
    steps = np.diff(ahead, prepend=0.0)[:, None]
    walk = np.cumsum(rng.normal(0.0, 1.0, (draws, len(years), shares.shift.size)) * np.sqrt(steps), axis=1)
    shift = shares.shift + fading[:, None] * shares.slope + begin + walk * shares.sd / np.sqrt(SURVEY_STEP)
    return softmax(shares.profile + shift[:, :, None, :])


def people_by_grade(demand: Array, shares: Array) -> Array:
    """Return people (draw, setting, grade, year): ``demand`` (draw, setting, year) times ``shares`` of draw_grades."""
    return np.asarray(np.einsum("nkt,ntkg->nkgt", demand, shares))


def _target(grades: pd.DataFrame, reference: Mapping[str, pd.DataFrame], area: str, year: int) -> tuple[Array, Array]:
    """Return the mix (setting,) and the shares (grade,) of an area and year; people not assigned are left out."""
    rows = grades[(grades["area"] == area) & (grades["year"] == year) & (grades["setting"] == "total")]
    counts = rows.set_index("pflegegrad")["persons"].loc[list(PFLEGEGRADE)].to_numpy(float)
    return land_mix(reference["care_settings_area"], reference["care_totals"], area, year), counts / counts.sum()


def _yearly(shifts: Mapping[tuple[str, int], Array], area: str) -> Array | None:
    """Return the change a year (grade,) between an area's first and last year; None with one year only."""
    span, years = _span(shifts, area), [year for name, year in shifts if name == area]
    return np.asarray((shifts[area, max(years)] - shifts[area, min(years)]) / span) if span else None


def _span(shifts: Mapping[tuple[str, int], Array], area: str) -> int:
    """Return the years between an area's first and last."""
    years = [year for name, year in shifts if name == area]
    return max(years) - min(years)


def _between(shifts: Mapping[tuple[str, int], Array]) -> float:
    """Return the standard deviation of areas' latest shifts around their mean, over all grades."""
    latest = np.stack([shifts[area, max(y for a, y in shifts if a == area)] for area in sorted({a for a, _ in shifts})])
    return float(np.sqrt(latest.var(axis=0, ddof=1).mean()))

"""District population: the city's cohort rates, each district's own deviation, and sums equal to the city's.

Each district ages with the city's survival, fertility and migration. What its past bands did beyond that is its
deviation: shrunk by size and persistence (empirical Bayes), fading, and uncertain; then every age-sex cell is
controlled to the city's (top-down, Swanson & Tayman 2012, ch. 11). No trend line is ever drawn through a district's own
series.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from carelab.forecast.arrays import Array, Float32, Index
from carelab.forecast.population.city_projection import Rates, rates_of
from carelab.forecast.population.simulate import Block, Cells, Extent, simulate

CHUNK = 125
"""Draws projected at a time, with a random stream of their own: bounds the working memory."""
SMALL = 300.0
"""Districts below this size are left out when spreads are learnt: one family moving is 10 % there."""
LARGEST_DEVIATION = 0.25
"""Cap on the yearly spread of the tiniest districts (log scale)."""
LEAST_SPREAD = 0.002
"""Long-run spread of districts' yearly growth that is assumed even where fewer years show none (log scale)."""
LEAST_NOISE = 0.1
"""Share of a district's yearly variance that is noise at least: an assumption, as the split rests on few years."""
LEAST_PERSISTENCE = 0.5
LEAST_YEARS = 8
"""Years of totals needed to learn persistence: seven steps leave four pairs at lag 3."""


@dataclass(frozen=True)
class Deviations:
    """Yearly growth of districts beyond the city's rates, on the log scale, by band.

    ``level`` (d, b) expected next year with standard deviation ``level_sd`` (d, b); ``persistent_sd`` (b,) its long-run
    spread; ``noise_sd`` (d, b) new every year; ``persistence`` share that remains each year; ``band_of_age`` (ages,);
    ``arrivals`` (year, d, sex, age) persons who will move into new housing, from the year after the base year on;
    ``drift`` (year, d) growth on the log scale that meets a forecast of the districts' own (control.district_drift).
    """

    level: Array
    level_sd: Array
    persistent_sd: Array
    noise_sd: Array
    persistence: float
    band_of_age: Index
    arrivals: Array | None = None
    drift: Array | None = None


def band_residuals(fits: Array, band_of_age: Index) -> Array:
    """Return log(counted / expected) by band (t - 1, district, band) from yearly estimates (t, district, sex, age).

    Expected = last year's estimate aged with the city's cohort ratios of that year. NaN where nobody was expected or
    found.
    """
    residuals = np.full((fits.shape[0] - 1, fits.shape[1], band_of_age.max() + 1), np.nan)
    for t in range(fits.shape[0] - 1):
        before, after = fits[t].sum(axis=1), fits[t + 1].sum(axis=1)
        expected = _age_with_city(before, before.sum(axis=0), after.sum(axis=0))
        for b in range(residuals.shape[2]):
            inside = band_of_age == b
            e, o = expected[:, inside].sum(axis=1), after[:, inside].sum(axis=1)
            usable = (e > 0.5) & (o > 0.5)
            residuals[t, usable, b] = np.log(o[usable] / e[usable])
    return residuals


def learn_deviations(residuals: Array, band_size: Array, band_of_age: Index, persistence: float) -> Deviations:
    """Split past residuals (t, district, band), log scale, into a persistent level and noise, each with its spread.

    ``band_size`` (district, band) persons. The yearly variance falls with 1 / size towards a floor shared by all; it
    and the variance of means are split as an AR(1) level of ``persistence`` (above 0) and noise would make them (method
    of moments). Levels are shrunk towards zero (the city's rate). Raises ValueError for fewer than two years.
    """
    years = residuals.shape[0]
    if years < 2:
        raise ValueError("deviations need residuals of at least two years")
    usable = band_size.sum(axis=1) >= SMALL
    usable = usable if usable.any() else band_size.sum(axis=1) > 0
    found = np.isfinite(residuals)
    mean = np.where(found, residuals, 0.0).sum(axis=0) / np.maximum(found.sum(axis=0), 1)
    yearly = _yearly_variance(residuals[:, usable], np.median(band_size[usable], axis=0) / np.maximum(band_size, 1.0))
    kept, ahead, moved = _level_moments(years, persistence)
    told = usable[:, None] & found.all(axis=0)
    about = np.where(told, mean**2 - yearly / years, 0.0).sum(axis=0) / np.maximum(told.sum(axis=0), 1)
    between = np.maximum(about / (kept - moved / years), LEAST_SPREAD**2)
    noise = np.maximum(yearly - moved * between, LEAST_NOISE * yearly)
    weight = ahead * between / (kept * between + noise / years)
    return Deviations(
        level=weight * mean,
        level_sd=np.sqrt(between * (1 - weight * ahead)),
        persistent_sd=np.sqrt(between),
        noise_sd=np.sqrt(noise),
        persistence=persistence,
        band_of_age=band_of_age,
    )


def _yearly_variance(residuals: Array, smallness: Array) -> Array:
    """Return the variance (district, band) of a district's residuals around their mean, from those (t, d, b) learnt on.

    ``smallness`` (district, band): typical size / size. The middle district's variance, half of it for all alike and
    half falling with size (an assumption), at most LARGEST_DEVIATION squared.
    """
    freedom = residuals.shape[0] - 1
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Degrees of freedom")  # a band that is never inhabited: NaN, left out below
        within = np.nanvar(residuals, axis=0, ddof=1)
    variance = np.nanmedian(within, axis=0) * freedom / chi2.ppf(0.5, freedom)  # a chi-square's median is low
    return np.asarray(np.minimum(variance * (0.5 + 0.5 * smallness), LARGEST_DEVIATION**2))


def _level_moments(years: int, persistence: float) -> tuple[float, float, float]:
    """Return, per variance of an AR(1) level seen over ``years``: the variance of its mean, the covariance of that mean
    with the next year's level, and what the level adds to the sample variance within a district.

    1, 1 and 0 for a level that never fades.
    """
    lag = np.arange(years)
    kept = float((persistence ** np.abs(lag[:, None] - lag)).mean())
    return kept, float((persistence ** (lag + 1.0)).mean()), (1 - kept) * years / (years - 1)


def no_deviations(districts: int, band_of_age: Index) -> Deviations:
    """Return deviations of zero: of a city computed as one unit, which is its own yardstick."""
    shape = (districts, int(band_of_age.max()) + 1)
    none = np.zeros(shape)
    return Deviations(none, none, np.zeros(shape[1]), none, LEAST_PERSISTENCE, band_of_age)


def growth_persistence(totals: Array) -> float:
    """Return the yearly persistence of districts' growth relative to the city's, from totals (t, district).

    Growth = fading level + noise, so the autocorrelations at lags 1 and 3 stand in the ratio persistence squared.
    LEAST_PERSISTENCE where too few years or districts are counted to tell, or growth does not persist.
    """
    usable = np.isfinite(totals).all(axis=0) & (totals.min(axis=0) >= SMALL)
    if totals.shape[0] < LEAST_YEARS or not usable.any():
        return LEAST_PERSISTENCE
    growth = np.diff(np.log(totals[:, usable]), axis=0)
    growth = growth - np.average(growth, axis=1, weights=totals[-1, usable])[:, None]
    lags = [float((growth[:-k] * growth[k:]).mean() / (growth**2).mean()) for k in (1, 3)]
    if not (lags[0] > 0 and lags[1] > 0):
        return LEAST_PERSISTENCE
    return float(np.clip(np.sqrt(lags[1] / lags[0]), LEAST_PERSISTENCE, 0.95))


def project_districts(base: Array, city: Array, rates: Rates, deviations: Deviations, *, seed: int) -> Float32:
    """Return persons (year, draw, district, sex, age): base (draw, district, sex, age) aged and controlled to ``city``.

    ``city`` (draw, year + 1, sex, age) from city_projection.project. Sums over districts equal it in every draw and
    cell.
    """
    draws, years = rates.ageing.shape[:2]
    persons, paths = np.empty((years + 1, *base.shape), dtype=np.float32), np.empty(0)

    def keep(block: Block, year: int, cells: Cells) -> None:
        nonlocal paths
        if year == 0:
            paths = draw_paths(deviations, years, block.shape[1], np.random.default_rng([seed, block.number]))
        else:
            if deviations.arrivals is not None:
                cells += deviations.arrivals[year - 1].transpose(1, 2, 0)[..., None]
            if deviations.drift is not None:
                cells *= np.exp(deviations.drift[year - 1])[:, None]
            cells *= np.exp(paths[:, year - 1].T)[deviations.band_of_age]
        _control(cells, city[block.draws, year].transpose(1, 2, 0))
        persons[year, block.draws] = cells.transpose(3, 2, 0, 1)

    cells = base.transpose(2, 3, 1, 0)
    chunk = CHUNK * 2 * (cells.shape[1] + years) * cells.shape[2] * cells.itemsize
    simulate(cells, rates_of(rates), keep, Extent(draws, years, cache_bytes=chunk, whole=True))
    return persons


def draw_paths(deviations: Deviations, years: int, draws: int, rng: np.random.Generator) -> Array:
    """Return deviations (draw, year, district, band): an AR(1) level that starts where the past left it, plus noise."""
    shape = deviations.level.shape
    level = rng.normal(deviations.level, deviations.level_sd, (draws, *shape))
    keep = deviations.persistence
    paths = np.empty((draws, years, *shape))
    for t in range(years):
        paths[:, t] = level + rng.normal(0.0, deviations.noise_sd, (draws, *shape))
        level = keep * level + np.sqrt(1 - keep**2) * rng.normal(0.0, deviations.persistent_sd, (draws, *shape))
    return paths


def _control(cells: Cells, city: Array) -> None:
    """Scale districts (sex, age, district, draw) in place so that every cell sums to the city's (sex, age, draw)."""
    total = cells.sum(axis=2)
    cells *= np.divide(city, total, out=np.zeros_like(total), where=total > 0)[:, :, None]


def _age_with_city(districts: Array, city_before: Array, city_after: Array) -> Array:
    """Age districts (d, ages) one year with the city's cohort ratios; births in proportion to 20- to 39-year-olds."""
    ratio = city_after[1:-1] / np.maximum(city_before[:-2], 1.0)
    top = city_after[-1] / max(city_before[-2] + city_before[-1], 1.0)
    aged = np.empty_like(districts)
    aged[:, 1:-1] = districts[:, :-2] * ratio
    aged[:, -1] = (districts[:, -2] + districts[:, -1]) * top
    aged[:, 0] = districts[:, 20:40].sum(axis=1) * city_after[0] / max(city_before[20:40].sum(), 1.0)
    return aged

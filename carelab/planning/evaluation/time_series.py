"""Interrupted time series for a measure at a single site: level and trend before, a step after, errors that persist.

The errors follow an AR(1) whose correlation is not known: it is averaged over by its restricted likelihood instead of
being plugged in, because intervals that take an estimated correlation for the truth are too narrow in short series
(Cheang & Reinsel 2000). At a given correlation this is statsmodels' GLS; tests compare. No p-value is printed: an
interval, and beside it how often the same interval excludes zero at dates where nothing happened (placebo dates).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.special import stdtr

from carelab.planning.evaluation.estimators import Array
from carelab.terms import UserError

CORRELATIONS = np.linspace(-0.2, 0.97, 20)
"""Correlations of neighbouring errors that are averaged over, with the reference prior 1 / sqrt(1 - rho^2)."""
BEFORE, AFTER = 8, 4
"""Periods needed before and after a start."""
LEVEL = 0.8


@dataclass(frozen=True)
class Step:
    """A step at ``start``: estimate, interval at ``level``, and the most likely correlation of errors."""

    start: int
    estimate: float
    lower: float
    upper: float
    level: float
    correlation: float

    @property
    def excludes_zero(self) -> bool:
        """Say whether the interval leaves zero out."""
        return not self.lower <= 0.0 <= self.upper


def interrupted(series: Array, start: int, *, season: int = 0, level: float = LEVEL) -> Step:
    """Return the step of a series (period) at ``start``, beside its trend and, if given, a season of so many periods.

    Raises UserError with fewer than 8 periods before or 4 after.
    """
    if start < BEFORE + season or len(series) - start < AFTER:
        raise UserError(
            f"Zeitreihe: {start} Zeiträume vor und {len(series) - start} nach dem Start; nötig sind mindestens "
            f"{BEFORE + season} davor und {AFTER} danach.",
            f"time series: {start} periods before and {len(series) - start} after the start; at least "
            f"{BEFORE + season} before and {AFTER} after are needed.",
        )
    design = design_matrix(len(series), start, season=season)
    fits = [fit_at(series, design, float(rho)) for rho in CORRELATIONS]
    estimates, errors, likelihood = (np.array(column) for column in zip(*fits, strict=True))
    likelihood = likelihood - 0.5 * np.log(1 - CORRELATIONS**2)
    weights = np.exp(likelihood - likelihood.max())
    weights /= weights.sum()
    freedom = len(series) - design.shape[1]
    lower, upper = (_quantile(q, estimates, errors, weights, freedom) for q in ((1 - level) / 2, (1 + level) / 2))
    best = float(CORRELATIONS[int(np.argmax(weights))])
    return Step(start, float(weights @ estimates), lower, upper, level, best)


def design_matrix(periods: int, start: int, *, season: int = 0) -> Array:
    """Return regressors (period, column): step first, then level, trend, and all but one part of the season."""
    time = np.arange(periods)
    parts = [(time % season == part).astype(float) for part in range(1, season)]
    return np.column_stack([(time >= start).astype(float), np.ones(periods), (time - time.mean()) / periods, *parts])


def fit_at(series: Array, design: Array, rho: float) -> tuple[float, float, float]:
    """Return step, its standard error and the restricted log-likelihood at a correlation (Prais & Winsten 1954)."""
    whitened = _whiten(np.column_stack([design, series]), rho)
    x, y = whitened[:, :-1], whitened[:, -1]
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ y
    freedom = len(y) - x.shape[1]
    squares = float(((y - x @ coefficients) ** 2).sum())
    scale = squares / freedom
    likelihood = 0.5 * np.log(1 - rho**2) + 0.5 * np.linalg.slogdet(inverse)[1] - 0.5 * freedom * np.log(squares)
    return float(coefficients[0]), float(np.sqrt(scale * inverse[0, 0])), float(likelihood)


def _whiten(columns: Array, rho: float) -> Array:
    """Return columns (period, ...) whose AR(1) errors have become independent."""
    out = columns.copy()
    out[0] *= np.sqrt(1 - rho**2)
    out[1:] -= rho * columns[:-1]
    return out


def _quantile(share: float, estimates: Array, errors: Array, weights: Array, freedom: int) -> float:
    """Return a quantile of the mixture of t distributions over correlations."""

    def missing(value: float) -> float:
        return float(weights @ stdtr(freedom, (value - estimates) / errors) - share)

    reach = 60 * float(errors.max()) + 1e-9
    return float(optimize.brentq(missing, float(estimates.min()) - reach, float(estimates.max()) + reach))


def placebo_dates(series: Array, start: int, *, season: int = 0, level: float = LEVEL) -> pd.DataFrame:
    """Return the steps at dates before the real start, from periods before it only.

    Columns start, estimate, lower, upper, excludes_zero. About ``1 - level`` of them exclude zero by chance; neighbours
    are no separate evidence. Empty where too few periods lie before.
    """
    before = series[:start]
    dates = range(BEFORE + season, start - AFTER + 1)
    steps = [interrupted(before, date, season=season, level=level) for date in dates]
    columns = ["start", "estimate", "lower", "upper", "excludes_zero"]
    return pd.DataFrame([[getattr(step, name) for name in columns] for step in steps], columns=columns)

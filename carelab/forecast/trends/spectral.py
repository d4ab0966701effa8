"""The likelihood of a series without gaps by its spectrum: value, exact gradient and exact second derivatives at once.

Differencing takes the unknown start away: w = (1 - L)(1 - damping L) y, without slope w = (1 - L) y, is stationary, and
its normal density is the likelihood with a diffuse start (reduced form and diffuse start: Harvey 1989, ch. 2 and 3).
Its covariance is ``irregular E + level V + slope I`` with V = (1 - damping)^2 I + damping A and E = V A + corners,
where A is the second difference: 2 on the diagonal, -1 beside it. The sine vectors are eigenvectors of A, its
eigenvalues are 2 - 2 cos(pi k / (n + 1)) (Strang 2007, Computational Science and Engineering, 1.5). The corners of E
are ``damping`` in its first and in its last place: one outer product of the odd sine vectors and one of the even ones.
So w, transformed, has a covariance that is diagonal plus two outer products: log determinant, squares and all their
derivatives are sums over the n waves (Sherman & Morrison 1950), which are matrix products over all series at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array, Index
from carelab.forecast.trends.climb import COLUMN, ROW, Hill
from carelab.forecast.trends.filter import LOG_2PI, Trend


@dataclass(frozen=True)
class _Waves:
    """What of the covariance does not depend on the variances.

    ``vectors`` (wave, period); ``shares`` (3, wave), the diagonal by variance, and ``products`` (6, wave) of two of
    them; ``ends`` (2, wave), the outer products, and ``corner``, their factor. ``square`` and ``cross`` are the ends
    squared and plain, (2, wave), times the shares, (6, wave), times the products, (12, wave).
    """

    vectors: Array
    shares: Array
    products: Array
    ends: Array
    corner: float
    square: tuple[Array, Array, Array]
    cross: tuple[Array, Array, Array]


def _waves(periods: int, model: Trend) -> _Waves:
    """Return the waves of a differenced series of ``periods``."""
    number = np.arange(1, periods + 1)
    vectors = np.sqrt(2 / (periods + 1)) * np.sin(np.pi * np.outer(number, number) / (periods + 1))
    second = 2 - 2 * np.cos(np.pi * number / (periods + 1))
    if model.slope:
        level = (1 - model.damping) ** 2 + model.damping * second
        shares = np.stack([level * second, level, np.ones(periods)])
    else:
        shares = np.stack([second, np.ones(periods), np.zeros(periods)])
    products = shares[ROW] * shares[COLUMN]
    odd = number % 2 == 1
    ends = np.sqrt(2) * vectors[0] * np.stack([odd, ~odd])
    square, cross = (
        (by, (shares[:, None] * by).reshape(6, -1), (products[:, None] * by).reshape(12, -1)) for by in (ends**2, ends)
    )
    return _Waves(vectors, shares, products, ends, model.damping if model.slope else 0.0, square, cross)


class Spectral:
    """The likelihood of ``y`` (period, series; no gaps) as ``climb.Likelihood`` wants it; variances in units of
    ``unit`` (series,) squared.
    """

    def __init__(self, y: Array, unit: Array, model: Trend) -> None:
        """Difference and transform, once."""
        w = np.diff(y, axis=0)
        if model.slope:
            w = w[1:] - model.damping * w[:-1]
        self.waves = _waves(w.shape[0], model)
        self.series = self.waves.vectors @ (w / unit)
        self.constant = w.shape[0] * (LOG_2PI + 2 * np.log(unit))

    def heights(self, series: slice, mixes: Array) -> tuple[Array, Array]:
        """Return for some series and mixes of variances (mix, 3) the best size of each mix, (mix, series), and the
        log-likelihood there, up to a constant of the series.
        """
        waves, z = self.waves, self.series[:, series]
        number = z.shape[0]
        inverse = 1 / (mixes @ waves.shares)
        squares, fixed = inverse @ (z * z), -np.log(inverse).sum(axis=1)
        for half, end in enumerate(waves.ends):
            part = slice(half, None, 2)
            u = inverse[:, part] * end[part]
            corner = waves.corner * mixes[:, 0]
            grown = 1 + corner * (u @ end[part])
            squares -= (np.sqrt(corner / grown)[:, None] * u @ z[part]) ** 2
            fixed += np.log(grown)
        squares = np.maximum(squares, 1e-300) / number
        return squares, -0.5 * (number * np.log(squares) + fixed[:, None])

    def hill(self, series: Index, variances: Array) -> Hill:
        """Return the log-likelihood of some ``series`` at ``variances`` (3, series), its gradient and its bend."""
        waves, z = self.waves, self.series[:, series]
        diagonal = waves.shares.T @ variances
        inverse = 1 / diagonal
        x = z * inverse
        square = x * x
        corner = _corner(waves, variances[0], inverse, x)
        loglik = self.constant[series] + np.log(diagonal).sum(axis=0) + (z * x).sum(axis=0) + corner.loglik
        gradient = waves.shares @ (inverse - square) + corner.gradient
        bend = waves.products @ (inverse * (2 * square - inverse)) + corner.bend
        return Hill(-0.5 * loglik, -0.5 * gradient, 0.5 * bend)


def _corner(waves: _Waves, irregular: Array, inverse: Array, x: Array) -> Hill:
    """Return what the two outer products add to log determinant + squares, with its first and second derivatives.

    Each adds f = log(1 + a s) - a r^2 / (1 + a s), where a = corner x irregular, s = sum of u^2 / d, r = sum of u z / d
    over the waves (u its vector, d the diagonal, z the series, x = z / d). The derivatives follow by the chain rule
    through a, s and r; s1, r1 (3, 2, series) and s2, r2 (6, 2, series) are those of s and r by the variances.
    """
    raised, columns = inverse * inverse, irregular.size
    s, r = waves.square[0] @ inverse, waves.cross[0] @ x
    s1 = -(waves.square[1] @ raised).reshape(3, 2, columns)
    r1 = -(waves.cross[1] @ (x * inverse)).reshape(3, 2, columns)
    s2 = (waves.square[2] @ (raised * inverse)).reshape(6, 2, columns)
    r2 = (waves.cross[2] @ (x * raised)).reshape(6, 2, columns)
    a, by_a = waves.corner * irregular, waves.corner
    v = 1 / (1 + a * s)
    t = r * v
    at, av = a * t, a * v
    mixed = v * v + 2 * at * t * v
    f_s, f_r, f_sr = av + at * at, -2 * at, 2 * at * av
    left, right = (-a * a * mixed) * s1 + f_sr * r1, f_sr * s1 - (2 * av) * r1
    gradient = f_s * s1 + f_r * r1
    bend = 2 * (f_s * s2 + f_r * r2) + s1[ROW] * left[COLUMN] + r1[ROW] * right[COLUMN]
    through_a = by_a * (mixed * s1 - (2 * t * v) * r1)
    gradient[0] += by_a * (s * v - t * t)
    bend[:3] += through_a
    bend[0] += through_a[0] + by_a**2 * s * v * (2 * t * t - s * v)
    value = -np.log(v) - at * r
    return Hill(value.sum(axis=0), gradient.sum(axis=1), bend.sum(axis=1))

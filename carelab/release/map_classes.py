"""Classes of a map: few, with round bounds, and colours that colour-blind readers and grey printers can tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carelab.release.numbers import number
from carelab.terms import Language, say

CLASSES: Final = 5
RISING: Final = ("#dcebf0", "#a9cfdb", "#6ba7ba", "#2f7a94", "#0f4459")
"""From little to much: lightness falls evenly, so the order survives grey printing and colour blindness."""
FALLING: Final = ("#f6e3c5", "#e3b778", "#c07f2a", "#9a5f17", "#6f420a")
"""For values below zero, from near zero downwards."""


def round_breaks(values: Sequence[float] | NDArray[np.float64], *, classes: int = CLASSES) -> list[float]:
    """Return ascending bounds (classes + 1 or fewer) that hold about equally many values each and are round numbers.

    Zero is a bound where values lie on both sides of it. Values that are not finite are ignored; none at all: [0, 1].
    """
    known = np.asarray(values, dtype=float)
    known = np.unique(known[np.isfinite(known)])
    if known.size == 0:
        return [0.0, 1.0]
    step = _round_step(float(np.ptp(known)) / (4 * classes) or abs(float(known[0])) or 1.0)
    low, high = math.floor(known[0] / step) * step, math.ceil(known[-1] / step) * step
    inner = np.round(np.quantile(known, np.arange(1, classes) / classes) / step) * step
    if low < 0 < high:
        inner[np.argmin(np.abs(inner))] = 0.0
    bounds = sorted({round(float(each), 10) + 0.0 for each in (low, *inner, high)})
    return bounds if len(bounds) > 1 else [bounds[0], bounds[0] + step]


def class_colours(bounds: Sequence[float]) -> list[str]:
    """Return a colour per class: blues upwards from zero, ochres downwards."""
    below = sum(upper <= 0 for upper in bounds[1:])
    above = len(bounds) - 1 - below
    return [*reversed(_pick(FALLING, below)), *_pick(RISING, above)]


def class_of(values: pd.Series[float], bounds: Sequence[float]) -> NDArray[np.intp]:
    """Return the class (0, 1, ...) of each value, lower bound included, the last upper bound too; -1 where unknown."""
    codes = np.searchsorted(np.asarray(bounds[1:-1]), values.to_numpy(float), side="right")
    return np.where(np.isfinite(values.to_numpy(float)), codes, -1)


def class_labels(bounds: Sequence[float], language: Language) -> list[str]:
    """Return "120 bis unter 250", the last class with both ends."""
    digits = 0 if all(float(bound).is_integer() for bound in bounds) else 1 if bounds[-1] - bounds[0] >= 1 else 3
    texts = [number(bound, language, digits) for bound in bounds]
    words = say(language, "bis unter", "to under")
    labels = [f"{low} {words} {high}" for low, high in pairwise(texts[:-1])]
    return [*labels, f"{texts[-2]} {say(language, 'bis', 'to')} {texts[-1]}"]


def _pick(colours: Sequence[str], count: int) -> list[str]:
    """Return ``count`` colours from the pale end of the scale; few classes need no extreme colour."""
    return [colours[round(place)] for place in np.linspace(0, min(len(colours) - 1, count), count)] if count else []


def _round_step(size: float) -> float:
    """Return the largest of 1, 2, 5 x a power of ten that is not above ``size``."""
    power = 10.0 ** math.floor(math.log10(size))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= size * (1 + 1e-9))

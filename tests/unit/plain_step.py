"""The yearly step written out, array by array: what the kernel (population/simulate.py) must equal."""

import numpy as np


def step(persons: np.ndarray, ageing: np.ndarray, fertility: np.ndarray, boys: float) -> np.ndarray:
    """Return persons (..., sex, ages) one year later; ``ageing`` (..., sex, ages + 1), ``fertility`` (..., ages)."""
    after = np.empty_like(persons)
    moved = persons * ageing[..., 1:]
    after[..., 1:] = moved[..., :-1]
    after[..., -1] += moved[..., -1]
    mid_year_women = 0.5 * (persons[..., 1, 1:] + after[..., 1, 1:])
    births = (mid_year_women * fertility[..., 1:]).sum(axis=-1)
    after[..., 0] = births[..., None] * np.array([boys, 1 - boys]) * ageing[..., 0]
    return after

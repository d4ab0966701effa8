"""Arrays: their types, and the division that never fails. Dims are told in each docstring, as (draw, district, age)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Index = npt.NDArray[np.intp]
Years = npt.NDArray[np.int64]


def safe_ratio(target: Array, current: Array) -> Array:
    """Return target / current: the factor that scales to a target; 1 where it is unknown (NaN) or nobody is there."""
    target, current = np.broadcast_arrays(target, current)
    usable = (current > 0) & np.isfinite(target)
    return np.divide(target, current, out=np.ones_like(current), where=usable)

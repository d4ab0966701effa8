"""May an effect be claimed for offers close to home? Only through a design registered before results exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab import paths
from carelab.forecast.arrays import Array
from carelab.inputs.design import Design, design_log, read_designs
from carelab.stages.evaluation import Results, evaluate
from carelab.terms import UserError

OUTCOME = "persons_reached_per_100"
"""Key that a design gives to persons reached per 100 people in need at home."""
LEAST_BEFORE = 3
"""So many half-years before the first start are needed to see how the series moves by itself."""
FUTURES = 400


@dataclass(frozen=True)
class DesignAnswer:
    """``results`` of the registered design; without them ``reason``: none (no design), short (too few half-years)."""

    reason: str
    results: Results | None = None


def answer_by_design(city: str, reach: Array, *, areas: Sequence[str], quarters: Sequence[str]) -> DesignAnswer:
    """Return what the city's design for OUTCOME says of reach (draw, area, quarter); None of it without a design."""
    told = [design for design in read_designs(city, paths.PARAMS / "designs") if not design.single]
    found = [design for design in told if any(outcome.key == OUTCOME for outcome in design.outcomes)]
    if not found:
        return DesignAnswer("none")
    observed = half_years(np.median(reach, axis=0), found[0], areas=areas, quarters=quarters)
    before = min(start for start in found[0].starts() if start >= 0)
    if np.isnan(observed).any() or before < LEAST_BEFORE:
        return DesignAnswer("short")
    keys = {outcome.key for outcome in found[0].outcomes}
    if keys != {OUTCOME}:
        raise UserError(
            f"Design {found[0].name}: hier wird nur {OUTCOME} ausgewertet, verlangt sind auch "
            f"{', '.join(sorted(keys - {OUTCOME}))}.",
            f"design {found[0].name}: only {OUTCOME} is evaluated here, {', '.join(sorted(keys - {OUTCOME}))} asked.",
        )
    futures = without_measure(observed, before, seed=found[0].seed)
    return DesignAnswer("", evaluate(found[0], design_log(city), {OUTCOME: observed}, {OUTCOME: futures}))


def half_years(reach: Array, design: Design, *, areas: Sequence[str], quarters: Sequence[str]) -> Array:
    """Return means (unit, half-year) of reach (area, quarter) in the design's order; NaN where a quarter is missing."""
    table = pd.DataFrame(reach, index=list(areas), columns=list(quarters))
    wanted = [(f"{half[:4]}-Q{2 * int(half[-1]) - 1}", f"{half[:4]}-Q{2 * int(half[-1])}") for half in design.periods]
    units = [unit.district for unit in design.units]
    pairs = [table.reindex(index=units, columns=list(pair)).to_numpy(float).mean(axis=1) for pair in wanted]
    return np.stack(pairs, axis=1)


def without_measure(observed: Array, before: int, *, seed: int) -> Array:
    """Return draws (draw, unit, period) as if nothing began: each unit's mean before, and whole past half-years' moves.

    The deviations of a half-year are drawn for all units together, so that what moved them together stays so.
    """
    rng = np.random.default_rng([seed, *b"lumina"])
    mean = observed[:, :before].mean(axis=1, keepdims=True)
    moves = (observed[:, :before] - mean) * np.sqrt(before / (before - 1))
    drawn = rng.integers(0, before, (FUTURES, observed.shape[1]))
    return np.asarray(mean[None] + moves[:, drawn].transpose(1, 0, 2))

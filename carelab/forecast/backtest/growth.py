"""How often would the interval of a total have held? Every Kreis from every past year, learnt on others and earlier."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from scipy.stats import norm

from carelab.forecast.population.growth_error import GrowthPanel, fit_spread, growth_panel

LEVELS = (50, 80, 95)
FOLDS = 5
"""Parts into which areas are dealt: each is checked with what the others teach."""
SHORTEST_PAST = 4
"""Years of growth that are carried on at least: fewer are known of no city that can be computed."""
FIRST_ORIGIN = 2008
"""Earlier there are two changes of growth at most to learn from."""


def check_growth(
    kreis_totals: pd.DataFrame, *, horizons: Collection[int] = (1, 5, 10), left_out: Collection[str] = ()
) -> pd.DataFrame:
    """Return one row per area, origin, length of the past carried on, and horizon.

    Columns: area, dense, origin, past, ahead (years), error (log, later less expected), sd (expected), inside_50,
    inside_80, inside_95. What is learnt knows no count after the origin and no area of the same fold.
    """
    whole = growth_panel(kreis_totals, known_until=int(kreis_totals["year"].max()), left_out=left_out)
    parts = []
    for middle in np.flatnonzero(whole.year >= FIRST_ORIGIN):
        spans = _spans(whole, int(middle), horizons)
        if spans:
            known = growth_panel(kreis_totals, known_until=int(whole.year[middle]), left_out=left_out)
            parts += _checked(whole, known, spans)
    cases = pd.concat(parts, ignore_index=True)
    for level in LEVELS:
        cases[f"inside_{level}"] = cases["error"].abs() <= norm.ppf(0.5 + level / 200) * cases["sd"]
    return cases


def _spans(panel: GrowthPanel, middle: int, horizons: Collection[int]) -> list[tuple[int, int, int]]:
    """Return start, origin and end of what can be checked from one count on."""
    ahead, past = panel.clock - panel.clock[middle], panel.clock[middle] - panel.clock
    starts = np.flatnonzero(past >= SHORTEST_PAST)
    return [
        (int(start), middle, int(end)) for start in starts for end in np.flatnonzero(np.isin(ahead, list(horizons)))
    ]


def _checked(whole: GrowthPanel, known: GrowthPanel, spans: list[tuple[int, int, int]]) -> list[pd.DataFrame]:
    """Return the cases of some spans, fold by fold and kind by kind."""
    change, loads = whole.changes(spans)
    fold, parts = np.arange(whole.areas.size) % FOLDS, []
    for dense in (True, False):
        for each in range(FOLDS):
            inside = (fold == each) & (whole.dense == dense)
            spread = fit_spread(known, (known.dense == dense) & ~np.isin(known.areas, whole.areas[fold == each]))
            sd = np.sqrt(loads @ [spread.noise**2, spread.wander**2])
            for column, (start, middle, end) in enumerate(spans):
                ahead = int(whole.clock[end] - whole.clock[middle])
                case = {"area": whole.areas[inside], "dense": dense, "origin": int(whole.year[middle])}
                case |= {"past": int(whole.clock[middle] - whole.clock[start]), "ahead": ahead}
                case |= {"error": ahead * change[inside, column], "sd": ahead * sd[column]}
                parts.append(pd.DataFrame(case))
    return parts

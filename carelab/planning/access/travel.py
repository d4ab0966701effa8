"""Travel: minutes of old people on foot, from straight lines or from the city's own matrix.

Nobody walks in a straight line, and a woman of eighty does not walk like a man of thirty: both are stated as ranges,
and draws carry them. Car, bus and tram are only as good as a timetable: they come from the user's matrix or not at all.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.planning.access.catchment import SHOWN, Array
from carelab.terms import UserError

DETOUR = 1.3
"""Metres walked for each metre of the straight line (Newell 1980: about 1.2; O'Sullivan & Morrall 1996: 1.21-1.23)."""
DETOUR_RANGE = (1.2, 1.5)
SPEED = 0.84
"""Metres a second of people from 75 years: the middle of SPEED_RANGE."""
SPEED_RANGE = (0.74, 0.94)
"""Usual pace: outpatients from 70 years 0.74 (Peel et al. 2013), healthy women of 80-99 0.943 (Bohannon & Andrews
2011)."""
NEAR = 15.0
"""Minutes on foot that count as near."""


def paces(strata: int) -> Array:
    """Return minutes for each straight-line metre (stratum,): the middles of equally likely strata, ascending.

    Detour and speed are independent and uniform over their ranges; their quotient's quantiles come from a fine grid of
    both, so that no random numbers are spent.
    """
    middle = (np.arange(400) + 0.5) / 400
    detour = DETOUR_RANGE[0] + (DETOUR_RANGE[1] - DETOUR_RANGE[0]) * middle
    speed = SPEED_RANGE[0] + (SPEED_RANGE[1] - SPEED_RANGE[0]) * middle
    minutes = (detour[:, None] / (60 * speed[None, :])).ravel()
    return np.asarray(np.quantile(minutes, (np.arange(strata) + 0.5) / strata))


def walking_paces(strata: int) -> Array:
    """Return minutes for each metre walked (stratum,): the middles of equally likely strata of speed, ascending."""
    quick = (np.arange(strata) + 0.5) / strata
    return np.asarray(1 / (60 * (SPEED_RANGE[1] - (SPEED_RANGE[1] - SPEED_RANGE[0]) * quick)))


def usual_pace() -> float:
    """Return minutes for each straight-line metre at the middle values."""
    return DETOUR / (60 * SPEED)


def modes(travel_times: pd.DataFrame) -> tuple[str, ...]:
    """Return the modes that a matrix holds, in order of appearance."""
    return tuple(dict.fromkeys(travel_times["mode"]))


def matrix_minutes(
    travel_times: pd.DataFrame, origins: pd.Series[str], sites: pd.Series[str], *, mode: str, needed: np.ndarray
) -> Array:
    """Return the city's own minutes (origin, site) of one mode; NaN where a pair is not given (unreachable).

    ``travel_times``: origin, site, minutes, mode. Raises UserError if a pair names an origin or site that does not
    exist, or if an origin that is ``needed`` (bool: somebody lives there) is in no pair: not measured is not the same
    as reaching nothing.
    """
    rows = travel_times[travel_times["mode"] == mode]
    at = pd.Index(origins).get_indexer(pd.Index(rows["origin"]))
    to = pd.Index(sites).get_indexer(pd.Index(rows["site"]))
    _refuse(mode, rows["origin"][at < 0], "unbekannter Ausgangspunkt", "unknown origin")
    _refuse(mode, rows["site"][to < 0], "unbekannter Standort", "unknown site")
    lacking = origins[np.asarray(needed, bool) & ~origins.isin(rows["origin"]).to_numpy()]
    _refuse(mode, lacking, "bewohnter Stadtteil ohne Reisezeit", "inhabited district without travel times")
    minutes = np.full((len(origins), len(sites)), np.nan)
    minutes[at, to] = rows["minutes"].to_numpy(float)
    return minutes


def _refuse(mode: str, keys: pd.Series[str], de: str, en: str) -> None:
    """Raise UserError naming the keys, if there are any."""
    found = list(dict.fromkeys(keys))
    if not found:
        return
    named, more = ", ".join(found[:SHOWN]), len(found) - SHOWN
    raise UserError(
        f"travel_times.csv ({mode}): {de} {named}" + (f" und {more} weitere." if more > 0 else "."),
        f"travel_times.csv ({mode}): {en} {named}" + (f" and {more} more." if more > 0 else "."),
    )

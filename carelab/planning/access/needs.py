"""Who needs what: the people that compete for a kind of site, and in which unit its supply is counted."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from carelab.planning.access.catchment import Array
from carelab.planning.access.sites import SIZES
from carelab.terms import SITE_KINDS

AT_HOME: Final = ("pflegegeld", "ambulant", "pg1_only")
SETTINGS_OF: Final[dict[str, tuple[str, ...]]] = {
    "vollstationaer": ("vollstationaer",),
    "ambulant": ("ambulant",),
    **dict.fromkeys(
        ("tagespflege", "kurzzeitpflege", "verhinderungspflege", "haushaltshilfe", "pflegeberatung"), AT_HOME
    ),
}
"""Settings whose people use a kind of site; the other kinds are for everybody from 75 years."""
VISITING: Final = ("ambulant", "haushaltshilfe", "verhinderungspflege")
"""Kinds that come to people's homes: the way on foot is no measure of them."""
OLD_BANDS: Final = ("75-79", "80-84", "85-89", "90+")
OFFICIAL: Final = ("vollstationaer", "arzt", "apotheke")
"""Kinds whose number in the whole city is counted officially; of the others a city knows what it has found."""
SIZED: Final = 3
"""A kind is counted in places where at least so many of its sites have a known size, else in sites."""


def unit_of(kind: str, sites: pd.DataFrame) -> str:
    """Return "places" or "sites": how the supply of a kind is counted (``sites`` as of ``check_sites``)."""
    known = sites.loc[(sites["kind"] == kind) & sites["counts"], "capacity"].notna().sum()
    return "places" if kind == "vollstationaer" or (kind in SIZES and known >= SIZED) else "sites"


def draw_sizes(capacity: Array, draws: int, rng: np.random.Generator) -> Array:
    """Return sizes (draw, site): the known ones, and for unknown ones (NaN) one of the known ones at random."""
    sizes = np.repeat(capacity[None], draws, axis=0)
    lacking = np.isnan(capacity)
    known = capacity[~lacking]
    sizes[:, lacking] = rng.choice(known, (draws, int(lacking.sum()))) if known.size else 1.0
    return sizes


def kinds_known(sites: pd.DataFrame) -> list[str]:
    """Return the kinds that people go to and of which at least one site counts, in the order of terms.SITE_KINDS."""
    found = set(sites.loc[sites["counts"], "kind"])
    return [kind for kind in SITE_KINDS if kind in found and kind not in VISITING]

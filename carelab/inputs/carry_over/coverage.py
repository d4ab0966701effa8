"""Carry over which lists of a city are complete: only what its statistics office counts in every district."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.found import read_found

COUNTED = {"physicians": "arzt", "pharmacies": "apotheke"}


def magdeburg_coverage(folder: Path) -> pd.DataFrame:
    """Return that physicians and pharmacies are counted in every Stadtteil; of all else the city has not told."""
    year = read_found(folder, "magdeburg_physicians_pharmacies_2008_2023.csv")["year"].max()
    source = "Landeshauptstadt Magdeburg, Amt für Statistik (KISS-MD), physicians.csv"
    return pd.DataFrame({"kind": list(COUNTED.values()), "complete": True, "as_of": year, "source": source})

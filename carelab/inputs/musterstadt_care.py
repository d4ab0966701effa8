"""Musterstadt's invented care series, supply, institutions and physicians."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from carelab.terms import AGE_TOP, SEXES

SURVEYS = (2009, 2011, 2013, 2015, 2017, 2019, 2021)
COUNTED = (2015, 2017, 2019)
GROWTH = {2009: 0.52, 2011: 0.56, 2013: 0.59, 2015: 0.63, 2017: 0.72, 2019: 0.84, 2021: 1.0}
"""Level of the invented care rates against 2021: slow growth, a jump in 2017, a rise to 2021."""
SHARES = {
    # year: pflegegeld, ambulant, vollstationaer (of these kurzzeit)
    2009: (0.44, 0.24, 0.32),
    2011: (0.45, 0.24, 0.31),
    2013: (0.46, 0.24, 0.30),
    2015: (0.47, 0.25, 0.28),
    2017: (0.50, 0.25, 0.25),
    2019: (0.48, 0.25, 0.21),
    2021: (0.49, 0.22, 0.17),
}
KURZZEIT = 0.03
HOMES = ((2009, 2, 104), (2011, 2, 112), (2013, 2, 118), (2015, 3, 126), (2017, 3, 130), (2019, 3, 131), (2021, 4, 134))


def care(persons: npt.NDArray[np.int64], first_year: int) -> pd.DataFrame:
    """Return people in need and settings by survey year; ``persons`` by year, sex and age.

    Men and women are given where a real office counts them (2015-2019); elsewhere the figure is derived with an error.
    """
    ages = np.arange(AGE_TOP + 1)
    rate = np.stack([0.010 + 0.80 / (1 + np.exp(-(ages - top) / 5.0)) for top in (87.0, 84.0)])
    rows: list[tuple[int, str, str, int, int, str, str]] = []
    for year in SURVEYS:
        need = np.rint((persons[year - first_year] * rate * GROWTH[year]).sum(axis=1)).astype(int)
        if year in COUNTED:
            parts = [_counted(int(n), year) for n in need]
            for sex, part in zip(SEXES, parts, strict=True):
                rows += [(year, sex, name, n, 0, "observed", _basis(name, year)) for name, n in part.items()]
            both = {name: parts[0][name] + parts[1][name] for name in parts[0]}
            rows += [(year, "t", name, n, 0, "observed", _basis(name, year)) for name, n in both.items()]
        else:
            part = _derived(int(need.sum()), year)
            rows += [(year, "t", name, n, 2, "derived", _basis(name, year)) for name, n in part.items()]
    return pd.DataFrame(rows, columns=["year", "sex", "measure", "persons", "half_width", "status", "basis"])


def _counted(need: int, year: int) -> dict[str, int]:
    """Split people in need into settings; to 2017 the homes take what is left, so that the parts add up."""
    pflegegeld, ambulant, homes = (round(need * share) for share in SHARES[year])
    if year < 2019:
        homes = need - pflegegeld - ambulant
    return {
        "people_in_need": need,
        "pflegegeld": pflegegeld,
        "ambulant": ambulant,
        "vollstationaer": homes,
        "kurzzeit": round(homes * KURZZEIT),
    }


def _derived(need: int, year: int) -> dict[str, int]:
    """Return the settings of a year without a count: residents of homes without short-term care."""
    pflegegeld, ambulant, homes = (round(need * share) for share in SHARES[year])
    permanent = round(homes * (1 - KURZZEIT))
    return {"people_in_need": need, "pflegegeld": pflegegeld, "ambulant": ambulant, "vollstationaer": permanent}


def _basis(measure: str, year: int) -> str:
    """Return what vollstationaer counts in a year."""
    if measure != "vollstationaer":
        return ""
    return "permanent_and_short" if year in COUNTED else "permanent"


def supply(persons: npt.NDArray[np.int64], first_year: int) -> pd.DataFrame:
    """Return homes, places, services and staff; ``persons`` by year."""
    rows: list[tuple[int, str, float]] = []
    for year, homes, permanent in HOMES:
        per = round(10_000 * permanent / float(persons[year - first_year]), 2)
        rows += [
            (year, "homes", homes),
            (year, "places_homes", permanent + 12),
            (year, "places_permanent", permanent),
            (year, "places_permanent_per_10000", per),
            (year, "services", homes + 2),
            (year, "staff_services", 18 * (homes + 2)),
            (year, "staff_homes", round(permanent * 0.72)),
        ]
    return pd.DataFrame(rows, columns=["year", "measure", "value"]).assign(status="observed")


def facilities() -> pd.DataFrame:
    """Return six invented institutions: two of four homes are in a known district."""
    columns = ["facility", "name", "category", "operator_type", "district", "places", "places_day", "status"]
    rows = [
        ("M01", "Haus am Markt", "home_full", "public", "01", 52, None, "open"),
        ("M02", "Haus Nordfeld", "home_full", "non_profit", "02", 34, 12, "open"),
        ("M03", "Haus Linde", "home_full", "private", "", 28, None, "open"),
        ("M04", "Haus Weide", "home_full", "private", "", None, None, "open"),
        ("M05", "Tagespflege Südhang", "day_care", "non_profit", "03", None, 16, "open"),
        ("M06", "Pflegedienst Muster", "home_care_service", "private", "", None, None, "open"),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    blank = dict.fromkeys(("opened", "closed", "url"), "")
    return frame.assign(places_short=None, as_of="2025", note="erfunden / invented", **blank)


def physicians(districts: list[str]) -> pd.DataFrame:
    """Return physicians, dentists and pharmacies by district, 2008-2023."""
    base = {"01": (14, 6, 3), "02": (7, 3, 2), "03": (5, 2, 1), "04": (3, 1, 1)}
    rows = []
    for district in districts:
        doctors, dentists, pharmacies = base.get(district, (0, 0, 0))
        for year in range(2008, 2024):
            gone = (year - 2008) // 5 if doctors > 4 else 0
            rows.append((district, year, doctors - gone, dentists, pharmacies))
    return pd.DataFrame(rows, columns=["district", "year", "physicians", "dentists", "pharmacies"])

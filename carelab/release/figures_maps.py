"""The maps of a report: which column, which question, which unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from carelab.release.exhibit import Exhibit
from carelab.release.maps import MapWords, map_exhibit
from carelab.terms import Language, say

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def oldest_map(polygons: GeoDataFrame, oldest: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return where many very old people live. Columns: district, name, share_80plus (0-1), grade."""
    title = ("Wo ist der Anteil der Menschen ab 80 Jahren hoch?", "Where is the share of people aged 80 and over high?")
    unit = ("Einwohner ab 80 in Prozent", "Inhabitants from 80 in per cent")
    words = MapWords("map_oldest", say(language, *title), say(language, *unit))
    percent = oldest.assign(share_80plus_pct=100 * oldest["share_80plus"]).drop(columns="share_80plus")
    return map_exhibit(polygons, percent, value="share_80plus_pct", words=words, language=language)


def growth_map(polygons: GeoDataFrame, growth: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return where need grows. Columns: district, name, from_year, to_year, median (persons), grade."""
    years = f"{int(growth['from_year'].iloc[0])}–{int(growth['to_year'].iloc[0])}"
    title = (
        f"Wo brauchen wie viele Menschen mehr Pflege ({years})?",
        f"Where do how many more people need care ({years})?",
    )
    unit = ("zusätzliche Pflegebedürftige", "additional people in need")
    words = MapWords("map_growth", say(language, *title), say(language, *unit))
    return map_exhibit(polygons, growth, value="median", words=words, language=language)

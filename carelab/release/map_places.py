"""What a schematic map does not know: districts without a place, places by rule, areas that are not known."""

from __future__ import annotations

import pandas as pd

from carelab.release.numbers import listing
from carelab.terms import Language, say


def place_limits(polygons: pd.DataFrame, table: pd.DataFrame, language: Language) -> str:
    """Return sentences on what of the map is a rule, empty where nothing is.

    ``polygons``: district, name and, from schematic_map, point_basis and area_known; ``table``: district, name.
    """
    parts = [
        _left_out(table[~table["district"].isin(polygons["district"])]["name"].astype(str).tolist(), language),
        _by_rule(_names(polygons, "point_basis", "neighbours"), language),
        _same_size(_names(polygons, "area_known", False), len(polygons), language),
    ]
    return "".join(" " + part for part in parts if part)


def schematic_note(polygons: pd.DataFrame, language: Language) -> str:
    """Return the line below a schematic map: what of it is right."""
    if "area_known" in polygons and not polygons["area_known"].any():
        return say(language, "schematisch: Lage ungefähr, alle gleich groß", "schematic: rough places, all of one size")
    return say(language, "schematisch: Flächen stimmen, Grenzen nicht", "schematic: areas are right, borders are not")


def _names(polygons: pd.DataFrame, column: str, value: object) -> list[str]:
    return polygons.loc[polygons[column] == value, "name"].astype(str).tolist() if column in polygons else []


def _left_out(names: list[str], language: Language) -> str:
    if not names:
        return ""
    return say(
        language,
        f"Nicht auf der Karte, weil die Lage nicht bekannt ist: {listing(names, 'de')}.",
        f"Not on the map because their place is not known: {listing(names, 'en')}.",
    )


def _by_rule(names: list[str], language: Language) -> str:
    if not names:
        return ""
    return say(
        language,
        f"Ihre Lage ist nicht bekannt, sie stehen nach Regel bei ihren Nachbarn: {listing(names, 'de')}.",
        f"Their place is not known, they stand by rule beside their neighbours: {listing(names, 'en')}.",
    )


def _same_size(names: list[str], count: int, language: Language) -> str:
    if not names:
        return ""
    if len(names) == count:
        return say(
            language,
            "Flächen sind nicht bekannt: Alle sind gleich groß gezeichnet.",
            "Areas are not known: all are drawn in the same size.",
        )
    return say(
        language,
        f"Fläche nicht bekannt, mittelgroß gezeichnet: {listing(names, 'de')}.",
        f"Area not known, drawn in middle size: {listing(names, 'en')}.",
    )

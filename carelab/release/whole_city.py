"""One area or many? A city without counts by district is one area; sentences and captions then speak of the city."""

from __future__ import annotations

import pandas as pd

from carelab.terms import Language, say

AGS = r"\d{5}|\d{8}"
"""The key of a unit that is the whole city is its AGS."""


def is_one_area(table: pd.DataFrame) -> bool:
    """Say whether all rows of a table with column ``district`` are the city itself."""
    if "district" not in table or table.empty:
        return False
    keys = table["district"].astype(str)
    return bool((keys == keys.iloc[0]).all() and keys.str.fullmatch(AGS).all())


def areas_dative(count: int, language: Language) -> str:
    """Return "40 Stadtteilen", or "einem Gebiet (Stadt insgesamt)"."""
    if count == 1:
        return say(language, "einem Gebiet (Stadt insgesamt)", "one area (the city as a whole)")
    return say(language, f"{count} Stadtteilen", f"{count} districts")

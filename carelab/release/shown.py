"""What a page shows of an exhibit's table: words instead of keys, few enough columns to fit, decimals that agree.

The CSV file and the workbook always have every column and full precision.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from carelab.release.numbers import FILE, cell, column_format
from carelab.terms import Language

WIDE: Final = 10
"""Above this many columns a page leaves the 50 % interval to the file."""
_WORDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "area": ("name",),
    "city": ("city_name",),
    "design": ("design_name",),
    "district": ("name", "name_district", "place_district"),
    "facility": ("facility_name",),
    "group": ("name_group", "group_name"),
    "indicator": ("indicator_name",),
    "rate": ("rate_name",),
    "rule": ("rule_name",),
    "site": ("site_name", "name"),
}
"""Keys, and the columns that say the same in words: where one of these stands, nobody needs the key."""
_HALF: Final = ("lower_50", "upper_50")


def shown_columns(table: pd.DataFrame, formats: Mapping[str, str]) -> list[str]:
    """Return the columns that a page shows, in the order of the table."""
    names = [str(name) for name in table.columns]
    kept = [name for name in names if formats.get(name) != FILE and not set(_WORDS_OF.get(name, ())) & set(names)]
    if "city" in kept and len(kept) > 1 and table["city"].nunique() == 1:
        kept.remove("city")
    return [name for name in kept if name not in _HALF] if len(kept) > WIDE else kept


def shown_rows(table: pd.DataFrame, rows: Sequence[Sequence[Any]], *, language: Language, formats: Mapping[str, str]
) -> list[list[str]]:  # fmt: skip
    """Return ``rows`` (JSON values of the columns of ``table``) as text.

    Numbers without a format of their own get equally many decimals: within a row where each row has its own unit
    (column unit), else within a column.
    """
    names = [str(name) for name in table.columns]
    free = [place for place, name in enumerate(names) if column_format(name, formats) == "general"]
    if "unit" in names:
        digits = [dict.fromkeys(free, common_decimals([row[place] for place in free])) for row in rows]
    else:
        by_column = {place: common_decimals([row[place] for row in rows]) for place in free}
        digits = [by_column] * len(rows)
    return [
        [cell(value, name, language, formats, digits=own.get(place)) for place, (value, name) in pairs]
        for row, own in zip(rows, digits, strict=True)
        for pairs in [list(enumerate(zip(row, names, strict=True)))]
    ]


def common_decimals(values: Sequence[object]) -> int:
    """Return the decimals (0 to 2) that the numbers among ``values`` need; large ones allow fewer."""
    numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    numbers = [value for value in numbers if math.isfinite(value)]
    largest = max(map(abs, numbers), default=0.0)
    most = 0 if largest >= 1000 else 1 if largest >= 100 else 2
    return max((_needed(value, most) for value in numbers), default=0)


def _needed(value: float, most: int) -> int:
    """Return the least decimals at which a number reads as it does with ``most``."""
    return next(digits for digits in range(most + 1) if math.isclose(round(value, digits), round(value, most)))

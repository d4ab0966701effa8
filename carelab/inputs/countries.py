"""Which country a panel's areas lie in, from their keys alone: official codes and names, however they were stored.

Known: German AGS of Kreise and Gemeinden (with or without leading zeros), codes of the Länder, NUTS and ISO codes,
names of the Länder. Where that does not decide it, the country is unknown (None): nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

MOST: Final = 0.8
"""So large a share of the keys must be a country's: a few typing errors or areas abroad do not hide it."""
KREISE: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    "01": ((1, 4), (51, 62)),
    "02": ((0, 0),),
    "03": ((101, 103), (151, 159), (241, 257), (351, 361), (401, 405), (451, 462)),
    "04": ((11, 12),),
    "05": ((111, 124), (154, 170), (313, 316), (334, 382), (512, 515), (554, 570), (711, 711), (754, 774), (911, 978)),
    "06": ((411, 440), (531, 535), (611, 636)),
    "07": ((111, 143), (211, 235), (311, 340)),
    "08": ((111, 136), (211, 237), (311, 337), (415, 437)),
    "09": ((161, 190), (261, 279), (361, 377), (461, 479), (561, 577), (661, 679), (761, 780)),
    "10": ((41, 46),),
    "11": ((0, 0), (1, 12)),
    "12": ((51, 54), (60, 73)),
    "13": ((1, 6), (51, 62), (71, 76)),
    "14": ((161, 193), (262, 294), (365, 389), (511, 524), (612, 628), (713, 730)),
    "15": ((1, 3), (81, 91), (101, 171), (202, 303), (352, 370)),
    "16": ((51, 56), (61, 77)),
}
"""Ranges of the last three digits of a Kreis's AGS by Land, former Kreise of Sachsen, Sachsen-Anhalt and Vorpommern
included (Gemeindeverzeichnis, Statistische Ämter des Bundes und der Länder)."""
LAENDER: Final = frozenset(
    {
        *("baden-württemberg", "bayern", "berlin", "brandenburg", "bremen", "hamburg", "hessen"),
        *("mecklenburg-vorpommern", "niedersachsen", "nordrhein-westfalen", "rheinland-pfalz", "saarland"),
        *("sachsen", "sachsen-anhalt", "schleswig-holstein", "thüringen"),
        *("bavaria", "hesse", "lower saxony", "north rhine-westphalia", "rhineland-palatinate", "saxony"),
        *("saxony-anhalt", "thuringia"),
    }
)
WHOLE: Final = frozenset({"dg", "de", "deu", "deutschland", "germany", "bundesrepublik deutschland"})
FEWEST_LAENDER: Final = 10
"""Codes from 01 to 16 mean German Länder only where most of them are there: other countries number theirs too."""
SMALLEST_LAND: Final = 10_000
"""No Land has ever counted fewer people in need; districts of a city with codes 01 to 16 have."""
SMALLEST_LAND_PEOPLED: Final = 500_000
"""The same for inhabitants (Bremen: 0.65 to 0.69 million since 1990)."""
_LENGTHS: Final = {4: 5, 5: 5, 7: 8, 8: 8, 11: 12, 12: 12}
"""Digits of AGS (Kreis, Gemeinde) and Regionalschlüssel; one fewer where a leading zero was lost."""
_CODE: Final = re.compile(r"\d[\d ]*(?=$|[ ,;:(-]*[a-zäöü])")
"""A code, alone or before a name ("01001 Flensburg")."""
_ISO: Final = re.compile(r"de(-[a-z]{2}|[1-9a-g][0-9a-z]{0,3})", re.IGNORECASE)


def country_of(
    areas: Mapping[str, float], parents: Mapping[str, float], *, smallest_land: float = SMALLEST_LAND
) -> str | None:
    """Return the country (two letters) of areas, or None where keys and parents do not say.

    ``areas`` and ``parents``: key -> largest count (persons) of the areas, of all areas of a parent; ``smallest_land``:
    what a Land counts at least, in people in need unless given (SMALLEST_LAND_PEOPLED for inhabitants).
    """
    known = (_share(keys) >= MOST or _are_laender(keys, smallest_land) for keys in (areas, parents))
    return "DE" if any(known) else None


def is_german(key: str) -> bool:
    """Say whether a key is a German AGS, NUTS or ISO code or a Land's name; a Land's two digits are not enough."""
    text = key.strip().lower()
    named = text in LAENDER or text in WHOLE or _ISO.fullmatch(text) is not None
    return named or land_of(key) is not None


def land_of(key: str) -> str | None:
    """Return the Land (two digits) of the AGS of a Kreis or a Gemeinde, leading zero or not; None for other keys."""
    code = _CODE.match(key.strip().lower())
    digits = code[0].replace(" ", "") if code else ""
    if len(digits) not in _LENGTHS:
        return None
    padded = digits.zfill(_LENGTHS[len(digits)])
    known = any(low <= int(padded[2:5]) <= high for low, high in KREISE.get(padded[:2], ()))
    return padded[:2] if known else None


def _share(keys: Iterable[str]) -> float:
    known = [key for key in keys if key.strip()]
    return sum(map(is_german, known)) / len(known) if known else 0.0


def _are_laender(counts: Mapping[str, float], smallest: float) -> bool:
    """Say whether areas are German Länder by their numbers: 1 to 16, most of them, each as large as a Land."""
    numbers = {key.strip().zfill(2) for key in counts}
    known = {f"{number:02d}" for number in range(1, 17)}
    return numbers <= known and len(numbers) >= FEWEST_LAENDER and min(counts.values()) >= smallest

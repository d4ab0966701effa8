"""Kinds of cells: the form a cell must have, what it becomes, and how to say so in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from carelab.terms import SITE_KINDS, STATUS
from carelab.terms_access import TRAVEL_MODES

Cast = Literal["text", "whole", "number", "flag"]


@dataclass(frozen=True)
class Kind:
    """One kind of cell: the form it must have, what it becomes, and how to say so."""

    pattern: str
    cast: Cast
    de: str
    en: str
    low: float | None = None
    high: float | None = None

    def fits(self, cell: str) -> bool:
        """Say whether a cell has this form and lies within the limits."""
        if re.fullmatch(self.pattern, cell) is None:
            return False
        if cell == "" or self.cast not in ("whole", "number"):
            return True
        return (self.low is None or float(cell) >= self.low) and (self.high is None or float(cell) <= self.high)

    @property
    def optional(self) -> bool:
        """Say whether the cell may be empty."""
        return re.fullmatch(self.pattern, "") is not None


def one_of(*words: str) -> Kind:
    """Return a kind of cell that holds one of these words."""
    listed = ", ".join(word or "(leer)" for word in words)
    en = ", ".join(word or "(empty)" for word in words)
    return Kind("|".join(map(re.escape, words)), "text", f"eines von {listed}", f"one of {en}")


TEXT: Final = Kind(r".*\S.*", "text", "Text", "text")
TEXT_OR_EMPTY: Final = Kind(r".*", "text", "Text oder leere Zelle", "text or an empty cell")
AREA: Final = Kind(
    r"DG|\d{2}|\d{5}|\d{8}",
    "text",
    "Amtlicher Gemeindeschlüssel als Text mit führender Null (2, 5 oder 8 Ziffern) oder DG",
    "official area code as text with its leading zero (2, 5 or 8 digits) or DG",
)
DISTRICT: Final = Kind(r"\d{2,}", "text", "Schlüssel mit führender Null", "key with its leading zero")
DISTRICT_OR_EMPTY: Final = Kind(
    r"|\d{2,}", "text", "Schlüssel mit führender Null oder leere Zelle", "key with its leading zero or an empty cell"
)
YEAR: Final = Kind(r"\d{4}", "whole", "Jahr von 1900 bis 2100", "year from 1900 to 2100", 1900, 2100)
COUNT: Final = Kind(r"\d+", "whole", "ganze Zahl ab 0", "whole number from 0")
COUNT_OR_EMPTY: Final = Kind(
    r"\d*", "number", "ganze Zahl ab 0, leere Zelle = unbekannt", "whole number from 0, empty cell = unknown"
)
NUMBER: Final = Kind(r"\d+(\.\d+)?", "number", "Zahl ab 0 mit Punkt", "number from 0 with a point")
NUMBER_OR_EMPTY: Final = Kind(
    r"(\d+(\.\d+)?)?",
    "number",
    "Zahl ab 0 mit Punkt, ohne Tausenderzeichen, leere Zelle = unbekannt",
    "number from 0 without thousands marks, empty cell = unknown",
)
SIGNED_OR_EMPTY: Final = Kind(
    r"(-?\d+(\.\d+)?)?", "number", "Zahl mit Punkt, leere Zelle = unbekannt", "number, empty cell = unknown"
)
SHARE: Final = Kind(r"\d(\.\d+)?(e-\d+)?", "number", "Anteil von 0 bis 1", "share from 0 to 1", 0, 1)
AGE: Final = Kind(r"\d{1,3}", "whole", "Alter von 0 bis 120", "age from 0 to 120", 0, 120)
AGE_OR_OPEN: Final = Kind(
    r"\d{0,3}", "number", "Alter von 0 bis 120, leere Zelle = und älter", "age from 0 to 120, empty = and older", 0, 120
)
LON: Final = Kind(r"\d+(\.\d+)?", "number", "geographische Länge 5 bis 18", "longitude 5 to 18", 5, 18)
LAT: Final = Kind(r"\d+(\.\d+)?", "number", "geographische Breite 45 bis 56", "latitude 45 to 56", 45, 56)
LON_OR_EMPTY: Final = Kind(
    r"(\d+(\.\d+)?)?", "number", "geographische Länge 5 bis 18 oder leer", "longitude 5 to 18 or empty", 5, 18
)
LAT_OR_EMPTY: Final = Kind(
    r"(\d+(\.\d+)?)?", "number", "geographische Breite 45 bis 56 oder leer", "latitude 45 to 56 or empty", 45, 56
)
FLAG: Final = Kind(r"true|false", "flag", "true oder false", "true or false")
MONTH: Final = Kind(r"\d{4}-(0[1-9]|1[0-2])", "text", "Monat wie 2026-03", "month like 2026-03")
PERIOD: Final = Kind(r"\d{4}/\d{4}", "text", "Zeitraum wie 2022/2024", "period like 2022/2024")
DATE_OR_EMPTY: Final = Kind(r"(\d{4}(-\d{2})?)?", "text", "Jahr oder Jahr-Monat oder leer", "year, year-month or empty")
SEX: Final = one_of("m", "w", "t")
SEX_MW: Final = one_of("m", "w")
STATUS_KIND: Final = one_of(*STATUS)
QUALITY: Final = one_of("A", "B")
LEVEL: Final = one_of("kreis", "land", "bund")
PARENT: Final = Kind(r"|DG|\d{2}", "text", "Land (2 Ziffern), DG oder leer", "Land (2 digits), DG or empty")
SETTING: Final = one_of(
    "pflegegeld", "ambulant", "vollstationaer", "pg1_only", "teilstationaer", "kurzzeit", "zu_hause"
)
SETTING_OR_TOTAL: Final = one_of("total", "pflegegeld", "ambulant", "vollstationaer", "pg1_only")
PFLEGEGRAD: Final = Kind(r"[1-5]", "whole", "Pflegegrad von 1 bis 5", "Pflegegrad from 1 to 5")
CARE_MEASURE: Final = one_of(
    "people_in_need", "pflegegeld", "ambulant", "vollstationaer", "pg1_only", "teilstationaer", "kurzzeit"
)
BASIS: Final = one_of("", "permanent", "permanent_and_short", "pflegegeld_and_ambulant")
SUPPLY_MEASURE: Final = one_of(
    "homes",
    "places_homes",
    "places_permanent",
    "places_permanent_per_10000",
    "services",
    "staff_services",
    "staff_homes",
)
POINT_BASIS: Final = one_of("", "stop", "parts", "neighbours")
FACILITY_STATUS: Final = one_of("open", "closed", "planned", "closing", "unclear")
SITE_KIND: Final = one_of(*SITE_KINDS)
SITE_STATUS: Final = one_of("open", "planned", "closed", "unclear")
TRAVEL_MODE: Final = one_of(*TRAVEL_MODES)
WILLING: Final = one_of("ja", "nein", "unklar")

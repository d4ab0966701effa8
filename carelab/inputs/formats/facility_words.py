"""Words of lists of homes and services: headings, kinds of institutions, operators, states, dates."""

from __future__ import annotations

import re
from typing import Final

from carelab.inputs.formats.words import plain

_HEADINGS_WORDS: Final[dict[str, str]] = {
    "facility": "facility id kennung einrichtungsnummer einrichtungsid ikz institutionskennzeichen ik",
    "name": (
        "name einrichtung einrichtungsname namedereinrichtung heim pflegeheim bezeichnung "
        "haus anbieter dienst institution nameofinstitution"
    ),
    "category": (
        "category art einrichtungsart artdereinrichtung angebot angebotsart versorgungsart typ "
        "einrichtungstyp leistungsart versorgungsform kategorie type kind"
    ),
    "operator_type": "operatortype traegerart traegerschaft artdestraegers traegertyp traegergruppe",
    "operator_name": "traeger operator betreiber",
    "district": (
        "district stadtteil stadtteilnr stadtteilname stadtteilschluessel stadtbezirk stadtviertel ortsteil "
        "bezirk gebiet districtname quartier stadtteilnummer"
    ),
    "places": (
        "places plaetze platzzahl anzahlplaetze plaetzevollstationaer vollstationaereplaetze heimplaetze "
        "pflegeplaetze plaetzedauerpflege dauerpflegeplaetze plaetzegesamt betten kapazitaet anzahlderplaetze "
        "plaetzeinsgesamt beds vollstationaer plaetzevollstationaeredauerpflege"
    ),
    "places_day": (
        "placesday tagespflegeplaetze plaetzetagespflege tagespflege plaetzetp dayplaces plaetzeteilstationaer"
    ),
    "places_short": (
        "placesshort kurzzeitpflegeplaetze plaetzekurzzeitpflege kurzzeitpflege kurzzeitplaetze plaetzekzp kurzzeit"
    ),
    "opened": "opened eroeffnung eroeffnet eroeffnetam inbetriebnahme seit baujahr",
    "closed": "closed schliessung geschlossenam geschlossenseit schliessungsdatum",
    "status": "status zustand betriebsstatus",
    "as_of": "asof stand datenstand stichtag",
    "url": "url internet webseite website homepage link quelle",
    "note": "note bemerkung bemerkungen anmerkung anmerkungen hinweis hinweise notiz",
}
HEADINGS: Final = {word: key for key, words in _HEADINGS_WORDS.items() for word in words.split()}
_CATEGORIES: Final = (
    (r"tagespflege|day ?care|teilstationaer", "day_care"),
    (r"(?:pflege ?)?(?:wg|wohngemeinschaft(?:en)?)|.*wohngemeinschaft.*|shared flats?|pflege wg", "shared_flat"),
    (
        r"betreutes wohnen|service ?wohnen|wohnen mit service|assisted living|service housing|seniorenwohnen",
        "service_housing",
    ),
    (
        r"(?:ambulante[rn]? )?(?:pflegedienste?|dienste?)|sozialstation|ambulant(?:e pflege)?|home care service",
        "home_care_service",
    ),
    (r"(?:solitaere )?kurzzeitpflege(?:einrichtung)?|short care", "short_care"),
    (r"asz|alten und service ?zentr(?:um|en)", "asz"),
    (r".*beratung.*|pflegestuetzpunkt|advice", "advice"),
    (r"krankenhaus|klinik(?:um)?|hospital", "hospital"),
    (
        r"home full|.*(?:pflege|alten|senioren)heime?|(?:voll)?stationaer.*|nursing home",
        "home_full",
    ),
)
_OPERATORS: Final = (
    (r"oeffentlich.*|kommunal.*|staedtisch.*|stadt|public", "public"),
    (r"frei ?gemeinnuetzig.*|gemeinnuetzig.*|non profit|freie wohlfahrtspflege|kirchlich.*|fg", "non_profit"),
    (r"privat.*|gewerblich.*|private?|gmbh", "private"),
)
_STATES: Final = (
    (r"offen|in betrieb|aktiv|geoeffnet|bestehend|bestand|open|ja", "open"),
    (r"geschlossen|closed|ausser betrieb|stillgelegt", "closed"),
    (r"geplant|in planung|im bau|planung|planned", "planned"),
    (r"schliesst.*|wird geschlossen|schliessung angekuendigt|closing", "closing"),
    (r"unklar|unbekannt|unclear", "unclear"),
)
WORDS: Final = {"category": _CATEGORIES, "operator_type": _OPERATORS, "status": _STATES}
EXPECTED: Final = {
    "category": (
        "erwartet z. B. Pflegeheim, Tagespflege, Pflegedienst, Wohngemeinschaft, Betreutes Wohnen, Beratung",
        "expected e.g. home_full, day_care, home_care_service, shared_flat, service_housing, advice, hospital",
    ),
    "operator_type": (
        "erwartet öffentlich, freigemeinnützig oder privat (oder leer)",
        "expected public, non_profit or private (or empty)",
    ),
    "status": (
        "erwartet offen, geschlossen, geplant, schließt oder unklar",
        "expected open, closed, planned, closing or unclear",
    ),
    "date": (
        "erwartet Jahr, Monat.Jahr oder Datum (2017, 06.2017, 01.06.2017)",
        "expected a year, month or date (2017, 2017-06)",
    ),
}
_MONTHS: Final = (
    *("januar", "februar", "maerz", "april", "mai", "juni", "juli"),
    *("august", "september", "oktober", "november", "dezember"),
)


def field_of(heading: str) -> str | None:
    """Return the column that a heading means, None if it is none of them."""
    bare = re.sub(r"\(.*?\)", "", heading)
    return HEADINGS.get(plain(heading).replace(" ", "")) or HEADINGS.get(plain(bare).replace(" ", ""))


def read_word(field: str, text: str) -> str | None:
    """Return the category, operator type or state that a word means, None if it is none."""
    word = plain(text)
    return next((key for pattern, key in WORDS[field] if re.fullmatch(pattern, word)), None)


def read_month(text: str) -> str | None:
    """Return "2017" or "2017-06" for a year, a month or a date, None if it is none of them."""
    word = text.strip().removesuffix(".0")
    found = re.fullmatch(
        r"(?:(?:\d{1,2}\.)?(?P<m>\d{1,2})[./])?(?P<y>(?:19|20)\d\d)|(?P<y2>(?:19|20)\d\d)-(?P<m2>\d\d)(?:-\d\d)?", word
    )
    if found:
        month, year = found["m"] or found["m2"], found["y"] or found["y2"]
        return _month(year, int(month)) if month else year
    named = re.fullmatch(r"([a-z]+) (\d{4})", plain(text))
    hits = [
        number for number, name in enumerate(_MONTHS, 1) if named and len(named[1]) >= 3 and name.startswith(named[1])
    ]
    return _month(named[2], hits[0]) if named and hits else None


def _month(year: str, month: int) -> str | None:
    return f"{year}-{month:02d}" if 1 <= month <= 12 else None

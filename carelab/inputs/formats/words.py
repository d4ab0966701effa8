"""Headings and categories as cities write them, and how a heading is taken apart ("2024 männlich 65-74")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from carelab.inputs.formats.ages import Age, excel_date, is_total, read_age

Role = Literal["area", "year", "sex", "age", "age_from", "age_to", "persons", "extra", "flag", "ignored"]

_ROLES_WORDS: Final[dict[Role, str]] = {
    "area": (
        "nr nummer schluessel key stadtteilnr stadtteilnummer gebietsnummer gebietsschluessel ags district "
        "code gebnr kennziffer bezirksnummer stadtteil stadtteile stadtteilname stadtbezirk stadtbezirke "
        "stadtviertel ortsteil bezirk gebiet name namedistrict districtname raumeinheit quartier "
        "statistischerbezirk bezeichnung gebietsname geb ort gemeinde area planungsraum stadtteilschluessel "
        "stadtbezirknr stadtviertelnr raumnr stt stb gebietseinheit raumbezug kreis lfdnr"
    ),
    "year": "jahr year stichtag zeit datum stand berichtsjahr bezugsjahr zeitpunkt",
    "sex": "geschlecht sex geschl ges gender",
    "age": (
        "alter altersgruppe altersgruppen altersjahr altersjahre altersklasse age agegroup ageband "
        "alterinjahren lebensalter alt agroup"
    ),
    "age_from": "agefrom altervon altvon vonalter",
    "age_to": "ageto alterbis altbis bisalter",
    "persons": (
        "einwohner einwohnerinnen anzahl persons personen bevoelkerung bestand wert value hauptwohnsitz "
        "hauptwohner bevoelkerungsstand einwohnerzahl population count ew bevoelkerungsstandanzahl bev "
        "hwbevoelkerung hauptwohnsitzbevoelkerung einwohnerhauptwohnsitz bevoelkerunghauptwohnsitz "
        "einwohnermithauptwohnsitz fallzahl einwohnerinsgesamt bevoelkerunginsgesamt "
        "einwohnerundeinwohnerinnen einwohnerinnenundeinwohner"
    ),
    "extra": (
        "staatsangehoerigkeit nationalitaet nation bevoelkerungsgruppe familienstand migrationshintergrund "
        "deutschauslaender da herkunft religion haushaltsgroesse wohnstatus"
    ),
    "flag": "suppressed geheim gesperrt",
    "ignored": "status sourcerow anmerkung anmerkungen bemerkung bemerkungen hinweis fussnote note",
}
ROLES: Final = {word: key for key, words in _ROLES_WORDS.items() for word in words.split()}
_SEXES_WORDS: Final[dict[str, str]] = {
    "m": "m maennlich maenner mann male men 1 maennliche herren gesm",
    "w": "w weiblich frauen frau female women f 2 weibliche gesw gesf",
    "d": "d divers ohneangabe unbekannt divers/ohneangabe diversohneangabe x o 3 9",
}
SEXES: Final = {word: key for key, words in _SEXES_WORDS.items() for word in words.split()}
_DAY = r"(?:\d{1,2}\.\s?(?:\d{1,2}|[a-zä]+)\.?\s?)?"
_SEX_WORDS = r"(männlich|weiblich|männer|frauen|male|female|m|w|divers)"
_YEAR: Final = re.compile(rf"(?:am |stand:? ?|zum |stichtag:? ?|jahr )*{_DAY}((?:19|20)\d\d)(?:\.0)?", re.IGNORECASE)
_ISO: Final = re.compile(r"((?:19|20)\d\d)-\d\d-\d\d(?:[ T].*)?")
_SEX_PART: Final = re.compile(rf"^{_SEX_WORDS}\b[ ,:/_-]*|[ ,:/_-]+{_SEX_WORDS}$", re.IGNORECASE)
_YEAR_PART: Final = re.compile(r"^((?:19|20)\d\d)\b[ ,:/_-]*|[ ,:/_-]+(?:\d\d\.\d\d\.)?((?:19|20)\d\d)$")
_PERSONS_PART: Final = re.compile(
    r"\b(?:einwohner(?:innen)?|bevölkerung|personen|anzahl|insgesamt|gesamt)\b[ ,:/_-]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Heading:
    """What one heading says: the role of its column, or the year, sex, ages of the values below it."""

    role: Role | None = None
    year: int | None = None
    sex: str | None = None
    age: Age | None = None
    total: bool = False
    excel_date: str | None = None

    @property
    def of_values(self) -> bool:
        """Say whether the column below holds values."""
        return self.role == "persons" or self.total or any(part is not None for part in (self.year, self.sex, self.age))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a word for comparing: small letters, umlauts written out, hyphens as blanks, footnote marks gone."""
    low = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    low = re.sub(r"[¹²³⁴-⁹⁰]+$|\s+\d\)$|\*+$", "", low.strip())
    return re.sub(r"\s+", " ", re.sub(r"[^\w&/+<>]+|_", " ", low)).strip()


def role_of(text: str) -> Role | None:
    """Return the role that a heading gives its column."""
    return ROLES.get(plain(text).replace(" ", ""))


def read_year(text: str) -> int | None:
    """Return the year of "2024", "31.12.2024", "Stand: 31. Dezember 2024" or "2024-12-31"."""
    found = _ISO.fullmatch(text.strip())
    if found:
        return int(found[1])
    german = _YEAR.fullmatch(text.strip())
    return int(german[1]) if german else None


def read_sex(text: str) -> str | None:
    """Return m, w, d (neither) or t (both) for a word or code, None if it is neither."""
    if is_total(text):
        return "t"
    return SEXES.get(plain(text).replace(" ", "").removesuffix(".0"))


@lru_cache(maxsize=4096)
def read_heading(text: str) -> Heading | None:
    """Return what a heading says, None if it is not understood."""
    role = role_of(text)
    if role is not None:
        return Heading(role)
    if _ISO.fullmatch(text.strip()) or excel_date(text):
        return Heading(year=read_year(text), excel_date=excel_date(text))
    if is_total(text):
        return Heading(total=True)
    year = read_year(text)
    if year is not None:
        return Heading(year=year)
    age = read_age(text)
    if age is not None:
        return Heading(age=age)
    return _combined(text)


def _combined(text: str) -> Heading | None:
    """Take a heading apart that says several things at once."""
    rest, year, sex = text.strip(), None, None
    found = _YEAR_PART.search(rest)
    if found:
        year, rest = int(found[1] or found[2]), _YEAR_PART.sub("", rest, count=1).strip()
    found = _SEX_PART.search(rest)
    if found:
        sex, rest = read_sex(found[1] or found[2]), _SEX_PART.sub("", rest, count=1).strip()
    elif read_sex(rest) in ("m", "w", "d") and not rest.isdigit():
        sex, rest = read_sex(rest), ""
    bare = _PERSONS_PART.sub("", rest).strip(" ,:/_-()")
    age = read_age(bare) if bare else None
    if bare and age is None:
        return None
    if year is None and sex is None and age is None:
        return Heading("persons") if rest else None
    return Heading(year=year, sex=sex, age=age, total=bool(_PERSONS_PART.search(rest)) and age is None)

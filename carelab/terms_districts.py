"""Begriffe for a city's own word for its districts: texts are written with Stadtteil and said with Stadtviertel.

German only: English texts say district everywhere. The words come from city.yaml (``district_forms_de``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

Tongue = TypeVar("Tongue", bound=str)
FORMS: Final = "district_forms_de"
"""Where city.yaml, a run's record and a bundle keep the forms of the city's noun."""
WRITTEN: Final = "Stadtteil"
"""The noun (masculine) that all texts of the package are written with."""
_ENTRY = re.compile(r"(der|das) (\w+), des (\w+), die (\w+), den (\w+)")
_NEUTER: Final = {
    **{"der": "das", "den": "das", "dieser": "dieses", "diesen": "dieses", "jeder": "jedes", "jeden": "jedes"},
    **{"welcher": "welches", "welchen": "welches", "ein": "ein", "einen": "ein", "kein": "kein", "keinen": "kein"},
}
"""Articles before a masculine noun, nominative and accusative singular, and what they are before a neuter one."""
_ARTICLE = rf"(?P<article>(?i:{'|'.join(_NEUTER)}))(?P<gap>\s+)(?:(?P<adjective>\w+e[rn]?)(?P<space>\s+))?"
_TEXT = re.compile(rf"(?:\b{_ARTICLE})?\b{WRITTEN}(?P<end>e|en|s)?\b")


@dataclass(frozen=True)
class Noun:
    """A German noun: gender (der, das), and what it is as the subject, of many, and of whom."""

    article: str
    singular: str
    genitive: str
    plural: str
    dative_plural: str

    def form(self, end: str | None) -> str:
        """Return the form that the ending of the written noun asks for."""
        return {"e": self.plural, "en": self.dative_plural, "s": self.genitive}.get(end or "", self.singular)


def read_noun(forms: str) -> Noun | None:
    """Return the noun of an entry like "das Viertel, des Viertels, die Viertel, den Vierteln"; None if it is none."""
    found = _ENTRY.fullmatch(forms.strip())
    return Noun(*found.groups()) if found else None


class CityGerman(str):
    """German as one city speaks it: equal to "de" wherever a language is asked for, and it knows the city's noun."""

    noun: Noun
    forms: str

    def __new__(cls, forms: str) -> CityGerman:
        """Return German with the noun of these forms (``read_noun``). Raises ValueError if they are none."""
        noun = read_noun(forms)
        if noun is None:
            raise ValueError(f"no German noun: {forms!r}")
        self = super().__new__(cls, "de")
        self.noun, self.forms = noun, forms
        return self

    def __reduce__(self) -> tuple[type[CityGerman], tuple[str]]:
        return type(self), (self.forms,)


def city_language(language: Tongue, forms: str) -> Tongue:
    """Return the language, as a city with these forms speaks it: German gets the noun, all else stays as it is."""
    spoken: Tongue = CityGerman(forms) if language == "de" and forms else language  # type: ignore[assignment]
    return spoken


def language_of_run(run: Mapping[str, Any]) -> Any:
    """Return the language of a run's record: that of its city, plain where several cities are compared."""
    params = run["params"]
    return params["language"] if params.get("cities") else city_language(params["language"], run.get(FORMS, ""))


def forms_of(language: str) -> str:
    """Return the forms that a language carries; empty for plain German and for English."""
    return language.forms if isinstance(language, CityGerman) else ""


def in_city_words(text: str, language: str) -> str:
    """Return a German text with the city's noun for Stadtteil, article and adjective agreeing with its gender."""
    if not isinstance(language, CityGerman) or WRITTEN not in text:
        return text
    return _said(text, language.noun)


@lru_cache(maxsize=4096)
def _said(text: str, noun: Noun) -> str:
    return _TEXT.sub(lambda found: _agreeing(found, noun), text)


def _agreeing(found: re.Match[str], noun: Noun) -> str:
    """Return one occurrence with the words before it; only a neuter noun in the singular changes them."""
    article, gap, adjective, space = (found[part] or "" for part in ("article", "gap", "adjective", "space"))
    if article and noun.article == "das" and not found["end"]:
        neuter = _NEUTER[article.lower()]
        adjective = _adjective(adjective, article.lower(), neuter)
        article = neuter.capitalize() if article[0].isupper() else neuter
    return article + gap + adjective + space + noun.form(found["end"])


def _adjective(adjective: str, before: str, after: str) -> str:
    """Return an adjective between article and noun: ein anderer -> ein anderes, den anderen -> das andere."""
    if after in ("ein", "kein"):
        return re.sub(r"e[rn]$", "es", adjective)
    return re.sub(r"en$", "e", adjective) if before != after and before.endswith("n") else adjective

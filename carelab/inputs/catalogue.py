"""Kennzahlenkatalog: read data/catalogue.yaml and data/early_warning.yaml; one sentence per problem, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from carelab import paths
from carelab.inputs.city import read_yaml
from carelab.inputs.contracts import CITY, OPTIONAL, REFERENCE
from carelab.inputs.errors import Problem, raise_problems
from carelab.inputs.kept import keep_while_unchanged
from carelab.inputs.yaml_mistakes import EntryError, yaml_problems
from carelab.terms import AGE_TOP, SITE_KINDS, Language, label, say
from carelab.terms_catalogue import BLOCKS, UNITS

CATALOGUE, EARLY_WARNING = "catalogue.yaml", "early_warning.yaml"
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Kind = Literal[
    "persons",
    "age_years",
    "mean_age_blind",
    "published",
    "need",
    "supply",
    "places",
    "places_located",
    "missing_places",
    "practices",
    "near_site",
    "walk_minutes",
    "reach_places",
    "nothing",
]
WAYS = ("near_site", "walk_minutes", "reach_places")
"""Kinds that rest on ways to a kind of site: people near it, minutes to it, supply within reach."""
Age = Annotated[int, Field(ge=0, le=AGE_TOP)]
Part = TypeVar("Part", bound=BaseModel)


_LEVELS = {"district": ("Stadtteil", "district"), "city": ("Stadt", "city")}
_GRADES = {
    "district": ("wie die Bevölkerung des Stadtteils", "as the district's population"),
    "counted": ("A: dort gezählt", "A: counted there"),
    "city": ("E: nur die Stadt", "E: the city only"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """The same words in German and English."""

    de: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Quantity(_Strict):
    """A countable thing: ``of`` says what; ages both included (upper end empty = open); sex m, w; lag in years.

    Of WAYS ``site`` is the kind of site (or stop); near_site is ``within`` minutes on foot or straight-line ``metres``.
    """

    of: Kind
    ages: tuple[Age, Age | None] | None = None
    sex: Literal["m", "w"] | None = None
    setting: str | None = None
    column: str | None = None
    measure: str | None = None
    lag: int = Field(default=0, ge=0, le=20)
    site: Literal[(*SITE_KINDS, "stop")] | None = None  # type: ignore[valid-type]
    within: float | None = Field(default=None, gt=0, le=60)
    metres: float | None = Field(default=None, gt=0, le=5000)
    words: Words | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Quantity:
        needed = {"published": self.column, "practices": self.column, "supply": self.measure, "nothing": self.words}
        if self.of in needed and needed[self.of] is None:
            raise EntryError(
                f"{self.of}: column, measure oder words fehlt", f"{self.of}: column, measure or words is missing"
            )
        if (self.site is None) == (self.of in WAYS):
            kinds = ", ".join(WAYS)
            raise EntryError(
                f"{self.of}: site steht bei {kinds}, und nur dort",
                f"{self.of}: site stands with {kinds}, and only there",
            )
        if (self.of == "near_site") != ((self.within is None) != (self.metres is None)):
            raise EntryError(
                f"{self.of}: near_site, und nur dies, hat within (Minuten) oder metres",
                f"{self.of}: near_site, and only it, has within (minutes) or metres",
            )
        return self


class Factor(_Strict):
    """An assumption that multiplies a numerator: half of the draws below ``value``, half above, within the range."""

    value: float
    low: float
    high: float
    quality: Literal["A", "B", "C", "D"]
    source: Words
    url: str

    @model_validator(mode="after")
    def _in_order(self) -> Factor:
        if not 0 <= self.low <= self.value <= self.high:
            order = f"low ({self.low}) <= value ({self.value}) <= high ({self.high})"
            raise EntryError(f"nicht in der Reihenfolge {order}", f"not in the order {order}")
        return self


class Indicator(_Strict):
    """One entry of the catalogue (head of data/catalogue.yaml)."""

    id: Id
    block: Literal[*BLOCKS]  # type: ignore[valid-type]
    name: Words
    definition: Words
    numerator: Quantity
    denominator: Quantity | None = None
    unit: Literal[*UNITS]  # type: ignore[valid-type]
    source: tuple[Literal[(*CITY, *OPTIONAL, *REFERENCE)], ...]  # type: ignore[valid-type]
    level: Literal["district", "city"]
    reference_date: Literal["year_end", "survey_day", "latest"]
    grade: Literal["district", "counted", "city"]
    direction: Literal["higher_is_better", "lower_is_better", "neutral"]
    caution: Words
    by_sex: bool
    published: str | None = None
    factor: Factor | None = None
    needs: Words | None = None

    @property
    def computed(self) -> bool:
        """Say whether there are data for it at all."""
        return self.numerator.of != "nothing"

    @model_validator(mode="after")
    def _is_whole(self) -> Indicator:
        if self.computed != (self.needs is None):
            raise EntryError(
                "needs steht, wo der Zähler of: nothing ist, und nur dort",
                "needs stands where the numerator is of: nothing, and only there",
            )
        if self.computed and not self.source:
            raise EntryError("source nennt mindestens eine Tabelle", "source names at least one table")
        return self


class Dataset(_Strict):
    """What the metadata of a published run say (DCAT-AP)."""

    title: Words
    description: Words
    publisher: Words
    licence: str
    theme: tuple[str, ...]
    keywords: dict[Language, tuple[str, ...]]


class Catalogue(_Strict):
    """All indicators and what the metadata say."""

    dataset: Dataset
    indicators: tuple[Indicator, ...]


class Rule(_Strict):
    """One early-warning rule: it holds where P(quantity beyond limit) is at least ``probability``."""

    id: Id
    name: Words
    meaning: Words
    remedy: Words
    quantity: Literal["need_growth", "missing_places", "care_potential", "ambulant_load"]
    limit: float | Literal["shortfall_places"]
    probability: float = Field(gt=0.5, lt=1.0)
    watch: float = Field(gt=0.0, lt=1.0)
    within_years: int = Field(default=0, ge=0, le=20)
    ages: tuple[Age, Age] | None = None
    older: Age | None = None
    level: tuple[Literal["district", "city"], ...]
    unit: Literal["persons", "places", "staff"]
    source: Words

    @model_validator(mode="after")
    def _is_whole(self) -> Rule:
        if self.quantity == "care_potential" and (self.ages is None or self.older is None):
            raise EntryError(
                "care_potential nennt ages (die mittleren Jahrgänge) und older",
                "care_potential names ages (the middle-age band) and older",
            )
        if self.quantity == "need_growth" and not self.within_years:
            raise EntryError("need_growth nennt within_years", "need_growth names within_years")
        if self.watch > self.probability:
            order = f"watch ({self.watch}) <= probability ({self.probability})"
            raise EntryError(f"nicht in der Reihenfolge {order}", f"not in the order {order}")
        return self


def load_catalogue(root: Path | None = None) -> Catalogue:
    """Return the catalogue below ``root`` (default: data/), read once while the file stays as it is.

    Raises DataError with one sentence per problem.
    """
    path = (paths.DATA if root is None else root) / CATALOGUE
    return keep_while_unchanged(str(path), [path] if path.is_file() else [], lambda: _read_catalogue(path))


def _read_catalogue(path: Path) -> Catalogue:
    values = read_yaml(path, CATALOGUE)
    problems: list[Problem] = []
    dataset = parse_entry(Dataset, values.get("dataset"), "dataset", CATALOGUE, problems)
    entries = _entries(Indicator, values.get("indicators"), CATALOGUE, problems)
    raise_problems(problems)
    assert dataset is not None
    return Catalogue(dataset=dataset, indicators=tuple(entries))


def load_rules(root: Path | None = None) -> tuple[Rule, ...]:
    """Return the early-warning rules. Raises DataError with one sentence per problem."""
    path = (paths.DATA if root is None else root) / EARLY_WARNING
    problems: list[Problem] = []
    rules = _entries(Rule, read_yaml(path, EARLY_WARNING).get("rules"), EARLY_WARNING, problems)
    raise_problems(problems)
    return tuple(rules)


def catalogue_table(catalogue: Catalogue, language: Language) -> pd.DataFrame:
    """Return one row per indicator: id, block, name, definition, numerator, denominator, unit, source, level, ...

    Further columns: reference_date, grade_rule, direction, by_sex, caution, factor, factor_source, needs (empty: none).
    """
    return pd.DataFrame([_row(each, language) for each in catalogue.indicators])


def _row(entry: Indicator, language: Language) -> dict[str, Any]:
    """Return one indicator in words."""
    factor = entry.factor
    return {
        "indicator": entry.id,
        "block": entry.block,
        "indicator_name": _said(entry.name, language),
        "definition": _said(entry.definition, language),
        "numerator": quantity_words(entry.numerator, language),
        "denominator": quantity_words(entry.denominator, language) if entry.denominator else "",
        "unit": entry.unit,
        "source": ", ".join(entry.source),
        "level_of": say(language, *_LEVELS[entry.level]),
        "reference_date": entry.reference_date,
        "grade_rule": say(language, *_GRADES[entry.grade]),
        "direction": entry.direction,
        "by_sex": entry.by_sex,
        "caution": _said(entry.caution, language),
        "factor": f"{factor.value} ({factor.low} - {factor.high})" if factor else "",
        "factor_source": f"{getattr(factor.source, language)}; {factor.url}" if factor else "",
        "needs": _said(entry.needs, language) if entry.needs else "",
    }


def _said(words: Words, language: Language) -> str:
    return say(language, words.de, words.en)


def quantity_words(quantity: Quantity, language: Language) -> str:
    """Return a quantity in words."""
    if quantity.words is not None:
        return _said(quantity.words, language)
    parts = [label(quantity.of, language)]
    parts += [label(quantity.site, language)] if quantity.site else []
    parts += [f"{quantity.within:g} min"] if quantity.within else []
    parts += [f"{quantity.metres:g} m"] if quantity.metres else []
    parts += [label(key, language) for key in (quantity.setting, quantity.column, quantity.measure) if key]
    if quantity.ages:
        first, last = quantity.ages
        parts.append(f"{first}+" if last is None else f"{first}-{last}")
    parts += [label(quantity.sex, language)] if quantity.sex else []
    parts += [f"t - {quantity.lag}"] if quantity.lag else []
    return ", ".join(parts)


def _entries(kind: type[Part], listed: object, name: str, problems: list[Problem]) -> list[Part]:
    """Return the entries of a list; what is wrong with any of them goes to ``problems``."""
    if not isinstance(listed, list):
        problems.append(Problem(name, 0, "erwartet eine Liste von Einträgen", "expected a list of entries"))
        return []
    found = []
    for position, entry in enumerate(listed, start=1):
        known = entry.get("id", position) if isinstance(entry, dict) else position
        parsed = parse_entry(kind, entry, str(known), name, problems)
        found += [] if parsed is None else [parsed]
    for twice in _doubles(getattr(entry, "id", "") for entry in found):
        problems.append(Problem(name, 0, f"Kennung „{twice}“ steht zweimal", f'id "{twice}" is there twice'))
    return found


def parse_entry(kind: type[Part], entry: object, known: str, name: str, problems: list[Problem]) -> Part | None:
    """Return an entry as its model, None (and problems) where it is not one."""
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        problems += yaml_problems(name, known, error)
    return None


def _doubles(ids: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [each for each in ids if each in seen or seen.add(each)]  # type: ignore[func-returns-value]

"""Parameter: what a run may vary, typed and validated; unknown keys are refused with a suggestion.

The field comments are what users read in YAML, in notebooks and in the JSON schema (``params/schema.json``).
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from carelab.terms import Language, Trend, UserError

Key = Annotated[str, Field(strict=True)]


class ParamsError(UserError):
    """Bad parameters: one clear sentence per problem."""


class Params(BaseModel):
    """Everything that a run may vary. Flat, complete, immutable; the same in YAML, notebooks and command line."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    city: Key = Field(default="musterstadt", pattern=r"^[a-z][a-z0-9_]*$", description="folder below data/")
    scenario: Key = Field(default="baseline", pattern=r"^[a-z0-9][a-z0-9_-]*$", description="name of this scenario")
    language: Language = Field(default="de", description="language of the output: de or en")
    base_year: int = Field(default=2025, ge=2000, le=2100, description="year of the last counted population")
    horizon_year: int = Field(default=2040, ge=2001, le=2100, description="last year of the projection")
    focus_year: int = Field(default=2035, ge=2001, le=2100, description="year that the findings speak about")
    draws: int = Field(default=1000, ge=100, le=20000, description="simulated futures")
    seed: int = Field(default=20261121, ge=0, le=2**32 - 1, description="start of the random numbers")
    trend: Trend = Field(default="trend", description="care rates: trend (damped), moderate or constant")
    trend_damping: float = Field(default=0.85, ge=0.0, le=1.0, description="share of growth left after each year")
    law_year: int | None = Field(default=None, ge=2000, le=2100, description="year of a new law; empty = none expected")
    law_effect: float = Field(default=0.0, ge=-0.5, le=2.0, description="growth of care rates by that law (0.1 = 10 %)")
    law_effect_sd: float = Field(default=0.0, ge=0.0, le=1.0, description="spread of that growth (standard deviation)")
    migration: float = Field(default=1.0, ge=0.0, le=3.0, description="net migration, as a multiple of the past's")
    mortality_improvement: float = Field(
        default=0.01, ge=-0.05, le=0.05, description="mean yearly fall of death rates (0.01 = 1 %)"
    )
    local_ratio_sd: float | None = Field(
        default=None, gt=0.0, le=1.0, description="spread of district care rates (log scale); empty = as measured"
    )
    occupancy: float = Field(default=0.95, gt=0.5, le=1.0, description="share of nursing-home places that can be used")
    shortfall_places: int = Field(default=25, ge=0, le=10000, description="places missing that count as a large gap")
    geometry: Key | None = Field(default=None, description="file with the district polygons; empty = schematic map")
    district: Key | None = Field(
        default=None, min_length=1, description="key of the district a Steckbrief speaks about; empty = first ranked"
    )
    cities: Key | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]*(@\d{4})?(,\s*[a-z][a-z0-9_]*(@\d{4})?)*$",
        description="cities to compare: folders by comma, each with @base_year if it differs; empty = city alone",
    )

    @model_validator(mode="after")
    def _years_in_order(self) -> Params:
        if not self.base_year < self.focus_year <= self.horizon_year:
            raise ValueError(
                f"base_year ({self.base_year}) < focus_year ({self.focus_year}) <= horizon_year ({self.horizon_year})"
            )
        return self

    def fingerprint(self) -> str:
        """Return 64 hex digits that change when, and only when, a parameter changes."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def load_params(path: Path, **overrides: Any) -> Params:
    """Read a params file and apply overrides (None = keep). Raises ParamsError with every problem at once."""
    values = read_yaml(path)
    values.update({key: value for key, value in overrides.items() if value is not None})
    return validate_params(values, origin=str(path))


def validate_params(values: Mapping[str, Any], *, origin: str = "") -> Params:
    """Return Params from plain values (YAML, notebook cell). ``origin`` names the file in error messages."""
    try:
        return Params(**values)
    except ValidationError as error:
        sentences = [_explain(dict(problem), origin) for problem in error.errors()]
    raise ParamsError("\n".join(de for de, _ in sentences), "\n".join(en for _, en in sentences))


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping strictly: UTF-8, no duplicate keys, keys are text. Raises ParamsError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ParamsError(f"{path}: Datei nicht gefunden.", f"{path}: file not found.") from None
    except UnicodeDecodeError as error:
        raise ParamsError(
            f"{path}: Byte {error.start} ist kein UTF-8; erwartet: Textdatei in UTF-8.",
            f"{path}: byte {error.start} is not UTF-8; expected: a text file in UTF-8.",
        ) from None
    try:
        values = yaml.load(text, Loader=_UniqueKeyLoader)
    except _DuplicateKeyError as error:
        raise ParamsError(
            f"{path}, Zeile {error.line}: Schlüssel „{error.key}“ steht zweimal (zuerst in Zeile {error.first}); "
            "erwartet: einmal.",
            f'{path}, line {error.line}: key "{error.key}" appears twice (first in line {error.first}); '
            "expected: once.",
        ) from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = where.line + 1 if where else 1
        raise ParamsError(
            f"{path}, Zeile {line}: kein gültiges YAML ({getattr(error, 'problem', error)}).",
            f"{path}, line {line}: not valid YAML ({getattr(error, 'problem', error)}).",
        ) from None
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ParamsError(
            f"{path}: erwartet wird eine Liste „schlüssel: wert“, gefunden: {type(values).__name__}.",
            f'{path}: expected "key: value" lines, found: {type(values).__name__}.',
        )
    return values


def scalar(key: str, text: str) -> Any:
    """Read a value from the command line: text fields as they are, all others as in a YAML file."""
    schema = Params.model_json_schema()["properties"][key]
    kinds = [each.get("type") for each in schema.get("anyOf", [schema])]
    if "string" in kinds:
        return None if "null" in kinds and text in ("", "null", "~") else text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def json_schema() -> str:
    """Return the JSON schema that editors use to check and complete params files."""
    return json.dumps(Params.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _explain(problem: dict[str, Any], origin: str) -> tuple[str, str]:
    """Turn one pydantic problem into a German and an English sentence."""
    prefix = f"{origin}: " if origin else ""
    key = str(problem["loc"][0]) if problem["loc"] else ""
    found = f"{problem['input']!r}" if key else ""
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Params.model_fields, n=1)
        hint_de = f"meinten Sie „{near[0]}“?" if near else "erlaubt sind: " + ", ".join(Params.model_fields)
        hint_en = f'did you mean "{near[0]}"?' if near else "allowed are: " + ", ".join(Params.model_fields)
        return (
            f"{prefix}Parameter „{key}“ gibt es nicht; {hint_de}",
            f'{prefix}there is no parameter "{key}"; {hint_en}',
        )
    if not key:
        order = str(problem["ctx"]["error"])
        return f"{prefix}Jahre stehen nicht in der Reihenfolge {order}.", f"{prefix}years are not in the order {order}."
    de, en = expected(problem)
    return (
        f"{prefix}Parameter „{key}“: gefunden {found}, erwartet {de}.",
        f'{prefix}parameter "{key}": found {found}, expected {en}.',
    )


def expected(problem: dict[str, Any]) -> tuple[str, str]:
    """Say in German and English what is expected where pydantic found another value (one of its ``errors()``)."""
    context, kind = problem.get("ctx", {}), str(problem["type"])
    bounds = {
        "greater_than": ("gt", "größer als", "more than"),
        "greater_than_equal": ("ge", "mindestens", "at least"),
        "less_than": ("lt", "kleiner als", "less than"),
        "less_than_equal": ("le", "höchstens", "at most"),
    }
    if kind in bounds:
        name, de, en = bounds[kind]
        return f"{de} {context[name]}", f"{en} {context[name]}"
    if kind == "literal_error":
        return str(context["expected"]).replace(" or ", " oder "), str(context["expected"])
    if kind in ("too_short", "too_long"):
        number = context["min_length" if kind == "too_short" else "max_length"]
        least = ("mindestens", "at least") if kind == "too_short" else ("höchstens", "at most")
        return f"{least[0]} {number} Einträge", f"{least[1]} {number} entries"
    if kind == "string_pattern_mismatch":
        return f"Text der Form {context['pattern']}", f"text of the form {context['pattern']}"
    words = {
        "int_type": ("eine ganze Zahl", "a whole number"),
        "int_from_float": ("eine ganze Zahl", "a whole number"),
        "float_type": ("eine Zahl", "a number"),
        "int_parsing": ("eine ganze Zahl", "a whole number"),
        "float_parsing": ("eine Zahl", "a number"),
        "bool_type": ("true oder false", "true or false"),
        "bool_parsing": ("true oder false", "true or false"),
        "string_type": ("Text in Anführungszeichen", "text in quotes"),
        "string_too_short": ("Text, nicht leer", "text, not empty"),
        "model_type": ("mehrere Zeilen „Schlüssel: Wert“", 'several lines "key: value"'),
        "tuple_type": ("eine Liste", "a list"),
        "list_type": ("eine Liste", "a list"),
    }
    return words.get(kind, (f"einen anderen Wert ({kind})", f"another value ({kind})"))


class _DuplicateKeyError(yaml.YAMLError):
    def __init__(self, key: object, first: int, line: int) -> None:
        super().__init__(key)
        self.key, self.first, self.line = key, first, line


class _UniqueKeyLoader(yaml.SafeLoader):
    """PyYAML keeps the last of duplicate keys without a word; here they are an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[Hashable, int] = {}
        for key_node, _ in node.value:
            key, line = self.construct_object(key_node), key_node.start_mark.line + 1
            if key in seen:
                raise _DuplicateKeyError(key, seen[key], line)
            seen[key] = line
        return super().construct_mapping(node, deep)


def params_from(namespace: Mapping[str, Any]) -> Params:
    """Return Params from a notebook's variables (``globals()``); its parameters cell sets the fields of Params."""
    return validate_params({name: namespace[name] for name in Params.model_fields if name in namespace})

"""A portfolio as a file says it: cities x scenarios x notebooks, each with the parameters that hold for it alone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from carelab import paths
from carelab.inputs.listing import is_area, known_cities, known_kreise
from carelab.params import Params, ParamsError, load_params, read_yaml
from carelab.terms import Language

KEY = "portfolio"
KEYS = (KEY, "title", "defaults", "cities", "scenarios", "notebooks")
SET_BY_PART = ("city", "scenario", "district", "cities")
"""Parameters that a part's place in the portfolio decides."""
KREISE = "kreise"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
Values = dict[str, Any]
Sentence = tuple[str, str]


@dataclass(frozen=True)
class Portfolio:
    """What to run: per city and per scenario the parameters that differ; ``notebooks`` pattern -> parameters.

    ``overrides`` come from the command line and win over everything.
    """

    name: str
    title: str
    cities: dict[str, Values]
    scenarios: dict[str, Values]
    notebooks: dict[str, Values]
    defaults: Values = field(default_factory=dict)
    overrides: Values = field(default_factory=dict)

    @property
    def language(self) -> Language:
        """The language of the overview."""
        return "en" if {**self.defaults, **self.overrides}.get("language") == "en" else "de"

    def values(self, city: str, scenario: str) -> Values:
        """Return the parameters of a city and scenario: its own file, then defaults, city, scenario, command line."""
        return {
            **file_values(city, scenario),
            **self.defaults,
            **self.cities[city],
            **self.scenarios[scenario],
            **self.overrides,
        }

    def notebook_values(self, stem: str) -> Values | None:
        """Return what holds for a notebook alone; None where the portfolio leaves it out."""
        found = [values for pattern, values in self.notebooks.items() if _fits(stem, pattern)]
        merged = {key: value for values in found for key, value in values.items()}
        return merged if found or not self.notebooks else None


def is_portfolio(values: Mapping[str, Any]) -> bool:
    """Say whether a YAML file describes a portfolio rather than one run."""
    return KEY in values or {"cities", "scenarios"} <= set(values)


def load_portfolio(path: Path, overrides: Values | None = None) -> Portfolio:
    """Read and check a portfolio file. Raises ParamsError with every problem at once."""
    values = read_yaml(path)
    problems = [_unknown(f"Schlüssel „{key}“", f'key "{key}"', key, KEYS) for key in values if key not in KEYS]
    problems += _name_problems(values)
    parts = {key: _mapping(values, key, problems) for key in ("cities", "scenarios", "notebooks")}
    parts["defaults"] = {"defaults": dict(values.get("defaults") or {})}
    for group, entries in parts.items():
        for name, fields in entries.items():
            where = group if group == "defaults" else f"{group}.{name}"
            problems += [_field_problem(where, key) for key in fields if not _may(key)]
    cities = _cities(parts["cities"], problems)
    problems += _notebook_problems(parts["notebooks"])
    if problems:
        raise ParamsError(*("\n".join(f"{path}: {sentence[place]}" for sentence in problems) for place in (0, 1)))
    return Portfolio(
        name=values[KEY],
        title=str(values.get("title") or values[KEY]),
        cities=cities,
        scenarios=parts["scenarios"],
        notebooks=parts["notebooks"],
        defaults=parts["defaults"]["defaults"],
        overrides=dict(overrides or {}),
    )


def file_values(city: str, scenario: str) -> Values:
    """Return what params/<city>/<scenario>.yaml says, or else the city's baseline; nothing where there is neither."""
    for name in (scenario, "baseline"):
        path = paths.PARAMS / city / f"{name}.yaml"
        if path.is_file():
            return load_params(path).model_dump(mode="json", exclude=set(SET_BY_PART))
    return {}


def _name_problems(values: Mapping[str, Any]) -> list[Sentence]:
    """Return what is wrong with the name, or that cities or scenarios are missing."""
    problems = []
    name = values.get(KEY)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        de = f"portfolio: gefunden {name!r}, erwartet ein Name aus kleinen Buchstaben, Ziffern, _ und -."
        problems.append((de, f"portfolio: found {name!r}, expected a name of lower-case letters, digits, _ and -."))
    for key in ("cities", "scenarios"):
        if not values.get(key):
            problems.append((f"„{key}“ fehlt oder ist leer.", f'"{key}" is missing or empty.'))
    for name in values.get("scenarios") or ():
        if not _NAME.fullmatch(str(name)):
            problems.append((f"scenarios: „{name}“ ist kein Name.", f'scenarios: "{name}" is not a name.'))
    return problems


def _mapping(values: Mapping[str, Any], key: str, problems: list[Sentence]) -> dict[str, Values]:
    """Return name -> parameters; a list, a single name or empty values mean no parameters of its own."""
    given = values.get(key) or {}
    if isinstance(given, str):
        given = [given]
    if isinstance(given, Sequence):
        given = dict.fromkeys(map(str, given))
    found: dict[str, Values] = {}
    for name, fields in given.items():
        if fields is not None and fields != "all" and not isinstance(fields, dict):
            de = f"{key}.{name}: gefunden {fields!r}, erwartet „parameter: wert“ oder nichts."
            problems.append((de, f'{key}.{name}: found {fields!r}, expected "parameter: value" or nothing.'))
        found[str(name)] = dict(fields) if isinstance(fields, dict) else {}
    return found


def _cities(entries: dict[str, Values], problems: list[Sentence]) -> dict[str, Values]:
    """Return the cities that names and patterns stand for, each with its parameters; later entries win."""
    known = known_cities()
    kreise = known_kreise() if any(name == KREISE or name.startswith("kreis") for name in entries) else []
    found: dict[str, Values] = {}
    for name, fields in entries.items():
        pattern = "kreis_*" if name == KREISE else name
        hits = [each for each in (*known, *kreise) if fnmatchcase(each, pattern)]
        if not hits:
            problems.append(_unknown(f"Stadt „{name}“", f'city "{name}"', name, [*known, KREISE]))
        for each in hits:
            found[each] = {**found.get(each, {}), **fields}
    return found


def _notebook_problems(entries: dict[str, Values]) -> list[Sentence]:
    stems = [path.stem for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))]
    lost = [name for name in entries if not any(_fits(stem, name) for stem in stems)]
    return [_unknown(f"Notebook „{name}“", f'notebook "{name}"', name, stems) for name in lost]


def _fits(stem: str, pattern: str) -> bool:
    return stem.startswith(pattern) or fnmatchcase(stem, pattern)


def _may(key: str) -> bool:
    return key in Params.model_fields and key not in SET_BY_PART


def _field_problem(where: str, key: str) -> Sentence:
    if key in SET_BY_PART:
        return (
            f"{where}: „{key}“ ergibt sich aus dem Platz im Portfolio; bitte weglassen.",
            f'{where}: "{key}" follows from the place in the portfolio; please leave it out.',
        )
    allowed = [name for name in Params.model_fields if name not in SET_BY_PART]
    return _unknown(f"{where}: Parameter „{key}“", f'{where}: parameter "{key}"', key, allowed)


def _unknown(de: str, en: str, key: str, known: Sequence[str]) -> Sentence:
    """Say that there is no such thing, and what comes nearest."""
    near = difflib.get_close_matches(key, known, n=1)
    hint_de = f"meinten Sie „{near[0]}“?" if near else "erlaubt: " + ", ".join(known) + "."
    hint_en = f'did you mean "{near[0]}"?' if near else "allowed: " + ", ".join(known) + "."
    return f"{de} gibt es nicht; {hint_de}", f"there is no {en}; {hint_en}"


__all__ = ["Portfolio", "file_values", "is_area", "is_portfolio", "load_portfolio"]

"""What pydantic finds wrong with a YAML file, as sentences in both languages: key, found, expected."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from carelab.inputs.errors import Problem
from carelab.params import expected

SHOWN = 60
"""Characters of a wrong value that are repeated."""


class EntryError(ValueError):
    """What a validator finds wrong, in German and English; pydantic hands it on."""

    def __init__(self, de: str, en: str) -> None:
        super().__init__(en)
        self.de, self.en = de, en


def yaml_problems(file: str, lead: str, error: ValidationError) -> list[Problem]:
    """Return one problem per mistake, its place led by ``lead`` (the entry's name; may be empty)."""
    found = []
    for each in error.errors():
        place = ".".join(str(part) for part in (lead, *each["loc"]) if str(part)) or "Datei"
        de, en = _words(dict(each))
        found.append(Problem(file, 0, f"{place}{de}", f"{'file' if place == 'Datei' else place}{en}"))
    return found


def _words(mistake: dict[str, Any]) -> tuple[str, str]:
    """Return what follows the place of a mistake."""
    kind, context = str(mistake["type"]), mistake.get("ctx", {})
    if kind == "missing":
        return " fehlt", " is missing"
    if kind == "extra_forbidden":
        return " gibt es hier nicht (verschrieben?)", " is no key here (misspelt?)"
    if kind == "value_error":
        said = context.get("error")
        return (f": {said.de}", f": {said.en}") if isinstance(said, EntryError) else (f": {said}", f": {said}")
    de, en = expected(mistake)
    shown = repr(mistake["input"])[:SHOWN]
    return f" ist {shown}, erwartet: {de}", f" is {shown}, expected: {en}"

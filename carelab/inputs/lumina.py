"""From which quarter on offers close to home count as "after" (data/lumina.yaml, or the city's own file instead)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from carelab import paths
from carelab.inputs.catalogue import Words, parse_entry
from carelab.inputs.city import city_folder, read_yaml
from carelab.inputs.errors import Problem, raise_problems

LUMINA = "lumina.yaml"


class Start(BaseModel):
    """The first quarter of "after", whether somebody decided it, what begins then, and where that is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: str = Field(pattern=r"^\d{4}-Q[1-4]$")
    status: Literal["assumed", "decided"]
    text: Words
    source: Words
    url: str


def load_start(city: str, *, root: Path | None = None) -> Start:
    """Return when "after" begins in a city. Raises DataError with every problem."""
    own = city_folder(city, root) / LUMINA
    shared = (paths.DATA if root is None else root) / LUMINA
    path, name = (own, f"{city}/{LUMINA}") if own.is_file() else (shared, LUMINA)
    problems: list[Problem] = []
    found = parse_entry(Start, read_yaml(path, name), "", name, problems)
    raise_problems(problems)
    assert found is not None
    return found

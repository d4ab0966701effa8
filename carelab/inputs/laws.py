"""Read the laws that changed who is counted as in need of care, as they were expected (data/laws.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from carelab import paths
from carelab.inputs.catalogue import Words
from carelab.inputs.city import read_yaml
from carelab.inputs.errors import Problem, raise_problems
from carelab.inputs.yaml_mistakes import EntryError, yaml_problems

LAWS = "laws.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Strict):
    """A published number of persons: what they are, and source, date, address (None: not on record), quality."""

    persons: int = Field(gt=0)
    what: Words
    source: str = Field(min_length=1)
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d\d){0,2}$")]
    url: str | None
    quality: Literal["A", "B", "C"]


class Assumed(_Strict):
    """An assumption: value and the range in which it may lie."""

    value: float = Field(gt=0)
    low: float = Field(gt=0)
    high: float
    source: Literal["assumption"]

    @model_validator(mode="after")
    def _in_order(self) -> Assumed:
        if not self.low <= self.value <= self.high:
            order = f"low ({self.low}) <= value ({self.value}) <= high ({self.high})"
            raise EntryError(f"nicht in der Reihenfolge {order}", f"not in the order {order}")
        return self


class KnownLaw(_Strict):
    """One law: the country (two letters) it holds in, since when it was known (year), its start (year with fraction),
    persons ``added`` to the count ``of``, years of phase-in, and spread of the addition (share of it)."""

    law: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Words
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    known_from: int = Field(ge=1900, le=2100)
    start: float = Field(ge=1900, le=2100)
    added: tuple[Figure, ...] = Field(min_length=1)
    of: Figure
    phase_in_years: Assumed
    spread: Assumed

    @model_validator(mode="after")
    def _known_by_then(self) -> KnownLaw:
        late = [each.date for each in (*self.added, self.of) if int(each.date[:4]) > self.known_from]
        if late:
            raise EntryError(
                f"known_from ({self.known_from}) liegt vor der Quelle von {', '.join(late)}",
                f"known_from ({self.known_from}) is before its source of {', '.join(late)}",
            )
        if self.known_from > self.start:
            raise EntryError(
                f"known_from ({self.known_from}) liegt nach start ({self.start})",
                f"known_from ({self.known_from}) is after start ({self.start})",
            )
        return self

    @property
    def size(self) -> float:
        """Return the addition as a share of the count before."""
        return sum(each.persons for each in self.added) / self.of.persons


def load_laws(root: Path | None = None) -> tuple[KnownLaw, ...]:
    """Return all laws in the order of the file. Raises DataError with every problem at once."""
    entries = read_yaml((paths.DATA if root is None else root) / LAWS, LAWS).get("laws") or []
    laws, problems = [], []
    for entry in entries:
        name = str(entry.get("law", "?")) if isinstance(entry, dict) else "?"
        try:
            laws.append(KnownLaw.model_validate(entry))
        except ValidationError as error:
            problems += yaml_problems(LAWS, name, error)
    names = [law.law for law in laws]
    for double in sorted({name for name in names if names.count(name) > 1}):
        problems.append(Problem(LAWS, 0, f"{double}: steht zweimal", f"{double}: appears twice"))
    raise_problems(problems)
    return tuple(laws)

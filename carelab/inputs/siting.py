"""Quartierszentren: what a plan of sites rests on (data/siting.yaml and the city's own), checked and worded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from carelab import paths
from carelab.inputs.catalogue import Words, parse_entry
from carelab.inputs.city import city_folder, read_yaml
from carelab.inputs.errors import Problem, raise_problems
from carelab.inputs.yaml_mistakes import EntryError
from carelab.terms import Language, say

SITING = "siting.yaml"


class Entry(BaseModel):
    """One thing a plan rests on: its value, whether somebody decided it, what it is, where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    value: float | None
    status: Literal["assumed", "decided"]
    text: Words
    source: Words


class SitingRules(BaseModel):
    """What a plan rests on (data/siting.yaml, overruled by the city's own); euro, minutes, shares 0-1, counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    new_centres: int = Field(ge=1, le=200)
    budget: float | None = Field(default=None, ge=0)
    upgrades: int = Field(ge=0, le=50)
    weight_upgrade: float = Field(ge=0, le=1)
    reach_minutes: float = Field(gt=0, le=240)
    floor_minutes: float = Field(gt=0, le=600)
    willing_probability: float = Field(gt=0, le=1)
    futures: int = Field(ge=10, le=1000)

    @model_validator(mode="after")
    def _weighs_what_is_there(self) -> SitingRules:
        if self.weight_upgrade == 1 and self.upgrades == 0:
            raise EntryError("weight_upgrade 1 braucht upgrades", "weight_upgrade 1 needs upgrades")
        return self


def load_siting(city: str, *, root: Path | None = None) -> tuple[SitingRules, dict[str, Entry]]:
    """Return the rules and, by key, how each is worded. Raises DataError with every problem."""
    folder = city_folder(city, root)
    own = folder / SITING
    read = {SITING: read_yaml((paths.DATA if root is None else root) / SITING, SITING)}
    if own.is_file():
        read[f"{city}/{SITING}"] = read_yaml(own, f"{city}/{SITING}")
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    for name, values in read.items():
        for key in values.keys() - SitingRules.model_fields.keys():
            problems.append(Problem(name, 0, f"Eintrag „{key}“ ist unbekannt", f'entry "{key}" is unknown'))
        parsed = {key: parse_entry(Entry, entry, key, name, problems) for key, entry in values.items()}
        entries |= {key: entry for key, entry in parsed.items() if entry is not None}
    raise_problems(problems)
    file = list(read)[-1]
    rules = parse_entry(SitingRules, {key: entry.value for key, entry in entries.items()}, "", file, problems)
    raise_problems(problems)
    assert rules is not None
    return rules, {key: entries[key] for key in SitingRules.model_fields if key in entries}


def rules_table(entries: Mapping[str, Entry], language: Language) -> pd.DataFrame:
    """Return what a plan rests on: entry, text, value (NaN = none), status, source."""
    rows = [
        {
            "entry": key,
            "text": say(language, entry.text.de, entry.text.en),
            "value": np.nan if entry.value is None else entry.value,
            "status": entry.status,
            "source": say(language, entry.source.de, entry.source.en),
        }
        for key, entry in entries.items()
    ]
    return pd.DataFrame(rows)

"""The assumption log says what the code does: every place exists, every value is the one used."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml

from carelab.params import Params
from carelab.paths import PARAMS

pytestmark = pytest.mark.unit

FIELDS = ["id", "name_de", "name_en", "value", "unit", "where", "source", "range", "quality", "impact", "note"]
LOG: list[dict[str, Any]] = yaml.safe_load((PARAMS / "assumptions.yaml").read_text(encoding="utf-8"))
ABOUT_THE_RUN = {
    "law_year",
    "law_effect",
    "law_effect_sd",
    "city",
    "scenario",
    "language",
    "base_year",
    "horizon_year",
    "focus_year",
    "draws",
    "seed",
    "geometry",
    "district",
    "cities",
}
"""Fields of Params that say what to run, not what to assume."""


def used(where: str) -> object:
    """Return what the code uses at this place."""
    module, _, name = where.rpartition(".")
    if module == "params":
        return Params.model_fields[name].get_default()
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("entry", LOG, ids=lambda entry: str(entry.get("id")))
def test_assumption_is_the_one_used(entry: dict[str, Any]) -> None:
    assert list(entry) == FIELDS
    assert entry["quality"] in tuple("ABCD")
    assert entry["impact"] in ("high", "medium", "low")
    value = used(entry["where"])
    if callable(value):
        assert entry["unit"] == "structure", f"{entry['where']} is a function: unit is structure, value describes it"
    elif isinstance(value, dict):
        assert entry["value"] == pytest.approx(value, abs=5e-6)
    else:
        assert entry["value"] == (list(value) if isinstance(value, tuple) else value)


def test_ids_are_unique_and_every_assumed_parameter_is_listed() -> None:
    ids = [entry["id"] for entry in LOG]
    assert len(ids) == len(set(ids))
    listed = {entry["where"].removeprefix("params.") for entry in LOG if entry["where"].startswith("params.")}
    assert listed == set(Params.model_fields) - ABOUT_THE_RUN, "a new parameter is an assumption or says what to run"

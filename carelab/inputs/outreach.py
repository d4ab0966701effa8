"""Read the rates of outreach (data/outreach.yaml) and how the Mobil works (data/mobil.yaml, data/<city>/mobil.yaml)."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from carelab import paths
from carelab.inputs.catalogue import Words
from carelab.inputs.city import read_yaml
from carelab.inputs.errors import Problem, raise_problems
from carelab.inputs.yaml_mistakes import EntryError, yaml_problems
from carelab.terms import Language

RATES, MOBIL = "outreach.yaml", "mobil.yaml"
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
DayKind = Literal["visits", "series", "stops"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rate(_Strict):
    """One assumed rate: value, range and shape of what it may be, unit, source, and how good and how decisive it is."""

    id: Id
    name: Words
    value: float
    low: float
    high: float
    shape: Literal["triangular", "uniform", "fixed"]
    unit: Words
    source: Words
    url: str | None
    quality: Literal["A", "B", "C", "D"]
    impact: Literal["high", "medium", "low"]
    note: Words | None

    @property
    def assumed(self) -> bool:
        """Whether nobody has counted it."""
        return self.source.en.startswith("assumption")

    @model_validator(mode="after")
    def _in_order(self) -> Rate:
        if not 0 <= self.low <= self.value <= self.high:
            order = f"0 <= low ({self.low}) <= value ({self.value}) <= high ({self.high})"
            raise EntryError(f"nicht in der Reihenfolge {order}", f"not in the order {order}")
        if (self.shape == "fixed") != (self.low == self.high):
            raise EntryError(
                "shape ist fixed, wo low = high ist, und nur dort", "shape is fixed where low = high, and only there"
            )
        if not self.assumed and self.url is None:
            raise EntryError(
                "eine Quelle, die keine Annahme ist, hat eine url", "a source that is no assumption has a url"
            )
        return self


class Design(_Strict):
    """One way to work: what each working day of the week is for, and contacts per identity card (1 or 2)."""

    id: Id
    name: Words
    days: tuple[DayKind, ...] = Field(min_length=1, max_length=7)
    contacts_per_card: Literal[1, 2]


class Mobil(_Strict):
    """How the Mobil works: start, vehicles, hours (clock), lunch, base (a district's key; None = chosen), the city
    that plans it (its folder; elsewhere it is computed as if), designs."""

    start: datetime.date
    vehicles: int = Field(ge=1, le=20)
    days_per_week: int = Field(ge=1, le=7)
    weeks: int = Field(ge=1, le=52)
    begin: Clock
    end: Clock
    lunch_from: Clock
    lunch_minutes: int = Field(ge=0, le=120)
    base: str | None
    planned_in: str
    designs: tuple[Design, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _hours_in_order(self) -> Mobil:
        begin, lunch, end = (minutes(text) for text in (self.begin, self.lunch_from, self.end))
        if not begin < lunch < lunch + self.lunch_minutes < end:
            order = "begin < lunch_from < lunch_from + lunch_minutes < end"
            raise EntryError(f"nicht in der Reihenfolge {order}", f"not in the order {order}")
        wrong = [design.id for design in self.designs if len(design.days) != self.days_per_week]
        if wrong:
            raise EntryError(
                f"Tage von {', '.join(wrong)}: so viele wie days_per_week ({self.days_per_week})",
                f"days of {', '.join(wrong)}: as many as days_per_week ({self.days_per_week})",
            )
        return self


def minutes(clock: str) -> int:
    """Return minutes since midnight of "08:30"."""
    return int(clock[:2]) * 60 + int(clock[3:])


def load_rates(root: Path | None = None) -> tuple[Rate, ...]:
    """Return all rates. Raises DataError with every problem at once."""
    values = read_yaml((paths.DATA if root is None else root) / RATES, RATES).get("rates") or []
    rates, problems = [], []
    for entry in values:
        try:
            rates.append(Rate.model_validate(entry))
        except ValidationError as error:
            name = entry.get("id", "?") if isinstance(entry, dict) else "?"
            problems += yaml_problems(RATES, name, error)
    ids = [rate.id for rate in rates]
    for double in sorted({name for name in ids if ids.count(name) > 1}):
        problems.append(Problem(RATES, 0, f"{double}: steht zweimal", f"{double}: appears twice"))
    raise_problems(problems)
    return tuple(rates)


def load_mobil(city: str, root: Path | None = None) -> Mobil:
    """Return how the Mobil works in a city: the defaults, overruled by the city's own file. Raises DataError."""
    base = paths.DATA if root is None else root
    values: dict[str, Any] = dict(read_yaml(base / MOBIL, MOBIL))
    own = base / city / MOBIL
    if own.is_file():
        values |= read_yaml(own, f"{city}/{MOBIL}")
    try:
        return Mobil.model_validate(values)
    except ValidationError as error:
        raise_problems(yaml_problems(f"{city}/{MOBIL}" if own.is_file() else MOBIL, "", error))
        raise


def rates_table(rates: tuple[Rate, ...], language: Language) -> pd.DataFrame:
    """Return one row per rate: rate, rate_name, value, low, high, unit, source, url, quality, impact, note, assumed."""
    rows = [
        {
            "rate": rate.id,
            "rate_name": getattr(rate.name, language),
            **{name: getattr(rate, name) for name in ("value", "low", "high")},
            **{name: getattr(getattr(rate, name), language) for name in ("unit", "source")},
            **{name: getattr(rate, name) for name in ("url", "quality", "impact")},
            "note": getattr(rate.note, language, None),
            "assumed": rate.assumed,
        }
        for rate in rates
    ]
    return pd.DataFrame(rows)

"""Registered designs (params/designs/<name>.yaml): read strictly, hashed, and logged where nothing is ever taken out.

What is compared with what, when, and how it is tested is fixed before results exist. The hash covers everything but
``registered``. ``data/<city>/design_log.csv`` holds one row per registration or amendment; rows are only added.
Nothing is registered whose outcomes are not described or that does not say which effect would matter.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from carelab.inputs.city import city_folder, read_yaml
from carelab.inputs.contract import Contract
from carelab.inputs.errors import DataError, Problem, raise_problems
from carelab.inputs.kinds import TEXT, Kind
from carelab.inputs.tables import read_table
from carelab.inputs.yaml_mistakes import EntryError, yaml_problems

HalfYear = Annotated[str, Field(pattern=r"^\d{4}-H[12]$")]
NEVER = "never"
LOG, PILOT = "design_log.csv", "pilot"
"""The log of designs; the folder of a simulated pilot has one of its own."""
UNWRITTEN = "je Stadtteil und Halbjahr aus dem Logbuch; vor dem Registrieren genau beschreiben"
"""Definition of a drawn design's outcome, to be replaced by its owner."""
_SHA = Kind(r"[0-9a-f]{64}", "text", "sha256 (64 Zeichen)", "sha256 (64 characters)")
_DAY = Kind(r"\d{4}-\d{2}-\d{2}", "text", "Datum wie 2026-03-31", "date like 2026-03-31")
LOG_CONTRACT = Contract({"design": TEXT, "sha256": _SHA, "registered_on": _DAY, "reason": TEXT}, ("design", "sha256"))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Outcome(_Strict):
    """What is measured; ``mde_target``: the smallest effect that would matter, in the outcome's unit."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    role: Literal["primary", "secondary", "negative_control"]
    definition: Annotated[str, Field(min_length=10)]
    mde_target: Annotated[float, Field(gt=0)] | None = None


class Unit(_Strict):
    """A district of the comparison: need and size before the start, its stratum, and when it starts (or never)."""

    district: Annotated[str, Field(pattern=r"^\d{2,}$")]
    need: Annotated[float, Field(ge=0)]
    size: Annotated[float, Field(ge=0)]
    stratum: Annotated[int, Field(ge=0)]
    start: HalfYear | Literal["never"]


class Registered(_Strict):
    """When the design was registered or last amended, and its hash then."""

    on: str
    sha256: str


class Design(_Strict):
    """A design as registered; periods are half-years from ``first`` to ``last``."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    city: str
    question: Annotated[str, Field(min_length=10)]
    first: HalfYear
    last: HalfYear
    outcomes: Annotated[list[Outcome], Field(min_length=1)]
    estimator: Literal["imputation", "callaway_santanna", "single_site"]
    test: Literal["randomisation", "placebos"]
    redraws: Annotated[int, Field(ge=199)]
    alpha: Annotated[float, Field(ge=0.001, le=0.2)]
    interval: Annotated[float, Field(ge=0.5, lt=1)]
    placebo_periods: Annotated[int, Field(ge=0)]
    seed: int
    randomised: bool
    units: Annotated[list[Unit], Field(min_length=4)]
    registered: Registered | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        keys = [unit.district for unit in self.units]
        if len(set(keys)) < len(keys):
            raise EntryError("units: ein Stadtteil steht zweimal", "units: a district stands there twice")
        if not any(outcome.role == "primary" for outcome in self.outcomes):
            raise EntryError("outcomes: keiner hat die Rolle primary", "outcomes: none has the role primary")
        starts = {unit.start for unit in self.units} - {NEVER}
        if not starts or not all(self.first < start <= self.last for start in starts):
            raise EntryError(
                "units: start muss nach first und bis last liegen", "units: start must lie after first, up to last"
            )
        if self.single and (len(self.starting) != 1 or self.test != "placebos" or self.randomised):
            raise EntryError(
                "single_site: ein start, test placebos, nicht randomised",
                "single_site: one start, test placebos, not randomised",
            )
        if not self.single and self.test == "placebos":
            raise EntryError("test: placebos gibt es nur bei single_site", "test: placebos come with single_site only")
        return self

    @property
    def single(self) -> bool:
        """Say whether the design is about one site: a time series and a synthetic control instead of a comparison."""
        return self.estimator == "single_site"

    @property
    def starting(self) -> list[Unit]:
        """The units that ever start."""
        return [unit for unit in self.units if unit.start != NEVER]

    @property
    def periods(self) -> list[str]:
        """All half-years of the comparison, in order."""
        years = range(int(self.first[:4]), int(self.last[:4]) + 1)
        return [half for year in years for half in (f"{year}-H1", f"{year}-H2") if self.first <= half <= self.last]

    def starts(self) -> list[int]:
        """Return the first treated period (place in ``periods``) of each unit, -1 = never."""
        return [-1 if unit.start == NEVER else self.periods.index(unit.start) for unit in self.units]

    def sha256(self) -> str:
        """Return the hash of everything but ``registered``; layout and comments do not count."""
        told = self.model_dump(mode="json", exclude={"registered"})
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Registration:
    """How a design stands to its log: state, day of the first registration, and later amendments (day, reason)."""

    state: Literal["unchanged", "amended", "changed", "unregistered"]
    registered_on: str = ""
    amendments: tuple[tuple[str, str], ...] = ()


def new_design(
    name: str,
    city: str,
    units: pd.DataFrame,
    *,
    seed: int,
    period: tuple[str, str],
    outcome: Outcome,
    alpha: float = 0.05,
) -> Design:
    """Return a design for drawn units (district, need, size, stratum, start); ``period``: first and last half-year.

    Raises DataError with every problem.
    """
    return _checked(
        {
            "name": name,
            "city": city,
            "question": f"Wirkt das Angebot auf {outcome.key}?",
            "first": period[0],
            "last": period[1],
            "outcomes": [outcome],
            "estimator": "imputation",
            "test": "randomisation",
            "redraws": 1999,
            "alpha": alpha,
            "interval": 0.8,
            "placebo_periods": 2,
            "seed": seed,
            "randomised": True,
            "units": units.to_dict("records"),
        },
        f"{name}.yaml",
    )


def read_design(path: Path) -> Design:
    """Return a design. Raises DataError with every problem."""
    return _checked(read_yaml(path, path.name), path.name)


def read_designs(city: str, folder: Path) -> list[Design]:
    """Return the designs of a city, params/designs/<city>_*.yaml, by name. Raises DataError with every problem."""
    return [read_design(path) for path in sorted(folder.glob(f"{city}_*.yaml"))]


def _checked(values: dict[str, Any], name: str) -> Design:
    try:
        return Design.model_validate(values)
    except ValidationError as error:
        raise_problems(yaml_problems(name, "", error))
        raise


def design_log(city: str, *, root: Path | None = None) -> pd.DataFrame:
    """Return the log (design, sha256, registered_on, reason; in the order written); empty without a file."""
    folder = city_folder(city, root)
    path = next((place for place in (folder / LOG, folder / PILOT / LOG) if place.is_file()), None)
    if path is None:
        return pd.DataFrame(columns=list(LOG_CONTRACT.columns))
    return read_table(path, LOG_CONTRACT, name=path.relative_to(folder.parent).as_posix()).frame.reset_index(drop=True)


def registration(design: Design, log: pd.DataFrame) -> Registration:
    """Return how a design stands to its log. A hash in ``registered`` that the log lacks counts as a change, too."""
    rows = log[log["design"] == design.name]
    claimed = design.registered.sha256 if design.registered else ""
    if rows.empty:
        return Registration("changed" if claimed else "unregistered")
    first, amendments = rows.iloc[0], tuple(zip(rows["registered_on"], rows["reason"], strict=True))[1:]
    as_logged = rows.iloc[-1]["sha256"] == design.sha256() == claimed
    state: Literal["unchanged", "amended", "changed"] = "changed"
    if as_logged:
        state = "amended" if amendments else "unchanged"
    return Registration(state, str(first["registered_on"]), amendments)


def register(path: Path, *, reason: str = "", today: date | None = None, root: Path | None = None) -> Design:
    """Write a design's hash and day into its file and its log; with a reason it is an amendment. Raises DataError."""
    design = read_design(path)
    log = design_log(design.city, root=root)
    known = log[log["design"] == design.name]
    if len(known) and not reason.strip():
        raise DataError(
            f"{path.name}: das Design ist schon registriert ({known.iloc[0]['registered_on']}); ändern nur mit "
            "carelab design amend DATEI --reason „…“.",
            f"{path.name}: the design is registered already ({known.iloc[0]['registered_on']}); change it only with "
            'carelab design amend FILE --reason "...".',
        )
    if known.empty and reason.strip():
        raise DataError(
            f"{path.name}: noch nicht registriert; zuerst carelab design register.",
            f"{path.name}: not registered yet; carelab design register comes first.",
        )
    raise_problems(_unwritten(design, path.name))
    if design.sha256() in set(known["sha256"]):
        raise DataError(
            f"{path.name}: dieser Stand ist schon registriert.", f"{path.name}: this state is registered already."
        )
    day = (today or date.today()).isoformat()
    append_log(design, day, " ".join(reason.split()) or "registered", city_folder(design.city, root) / LOG)
    registered = design.model_copy(update={"registered": Registered(on=day, sha256=design.sha256())})
    write_design(registered, path)
    return registered


def _unwritten(design: Design, name: str) -> list[Problem]:
    """Return what is still open: how each outcome is measured, and which effect on the primary one would matter."""
    found = []
    for outcome in design.outcomes:
        if outcome.definition == UNWRITTEN:
            de, en = "definition ist noch der Platzhalter", "definition is still the placeholder"
            found.append(Problem(name, 0, f"{outcome.key}: {de}", f"{outcome.key}: {en}"))
        if outcome.role == "primary" and outcome.mde_target is None:
            de = "mde_target fehlt: ohne die kleinste Wirkung, die zählen würde, bliebe jedes Ergebnis offen"
            en = "mde_target is missing: without the smallest effect that would matter every result would stay open"
            found.append(Problem(name, 0, f"{outcome.key}: {de}", f"{outcome.key}: {en}"))
    return found


def write_design(design: Design, path: Path) -> None:
    """Write a design with all its fields; comments at the head of an existing file stay."""
    head = re.match(r"(?:#.*\n)*", path.read_text(encoding="utf-8")) if path.is_file() else None
    text = yaml.safe_dump(design.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=110)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((head[0] if head else "") + text, encoding="utf-8")


def append_log(design: Design, day: str, reason: str, path: Path) -> None:
    """Add one row to a log; earlier bytes are not touched."""
    fresh = not path.is_file()
    with path.open("a", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        if fresh:
            writer.writerow(LOG_CONTRACT.columns)
        writer.writerow([design.name, design.sha256(), day, reason])

"""Parts of a portfolio: each a flat, complete set of parameters, its notebooks, its folder, and whether it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from carelab.inputs.listing import inhabited_districts, is_area
from carelab.params import Params, validate_params
from carelab.runs import publish, record
from carelab.runs.portfolio import Portfolio
from carelab.runs.scopes import Scope, notebooks
from carelab.terms import UserError

VERBUND = "verbund"
SUBJECT = ("district", "cities")
"""Parameters that say what a notebook speaks about; a study's results do not depend on them."""


@dataclass(frozen=True)
class Part:
    """One run of a portfolio. ``id`` is what people name it by, ``folder`` where it lies below the portfolio's."""

    id: str
    scope: Scope
    params: Params
    notebooks: tuple[Path, ...]
    subject: str = ""
    """The name of the district, where the part speaks about one."""

    @property
    def folder(self) -> str:
        """The folder's name: stable, so that links to it hold when it is computed anew."""
        return self.id.replace("/", "-")

    @property
    def computed(self) -> tuple[Scope, Params]:
        """What has to be computed for it; parts that share this are done together (a city and its districts)."""
        if self.scope == "verbund":
            return self.scope, self.params
        return "area" if self.scope == "area" else "city", self.params.model_copy(update=dict.fromkeys(SUBJECT))

    def covers(self, pattern: str) -> bool:
        """Say whether ``--only pattern`` means this part: city, scenario, notebook (or its beginning), district, id."""
        params, stems = self.params, [path.stem for path in self.notebooks]
        words = [self.id, self.id.split("/", maxsplit=1)[0], params.scenario, params.district or "", self.subject]
        wanted = pattern.casefold()
        hit = any(fnmatchcase(word.casefold(), wanted) for word in (*words, *stems) if word)
        return hit or any(stem.startswith(pattern) for stem in stems) or self.id.startswith(f"{pattern}/")


@dataclass
class State:
    """How a part stands: complete, failed or pending, and what the overview says of it."""

    part: Part
    run_id: str
    ingredients: dict[str, Any]
    status: str = "pending"
    reason: str = ""
    finished: str = ""
    seconds: float = 0.0
    fresh: bool = field(default=False)
    """Whether it was computed by this call."""

    @property
    def done(self) -> bool:
        """Whether a complete run of just these ingredients is there."""
        return self.status == "complete"


def resolve(portfolio: Portfolio) -> list[Part]:
    """Return all parts in order: per city and scenario the city, then its districts; at the end the comparisons.

    Raises UserError (all problems at once) where parameters do not fit together.
    """
    parts: list[Part] = []
    problems: list[UserError] = []
    makers = [(city, scenario) for city in portfolio.cities for scenario in portfolio.scenarios]
    for city, scenario in makers:
        try:
            parts += _city_parts(portfolio, city, scenario)
        except UserError as error:
            problems.append(error)
    if problems:
        raise UserError("\n".join(error.de for error in problems), "\n".join(error.en for error in problems))
    return parts + [part for scenario in portfolio.scenarios for part in _verbund_parts(portfolio, scenario)]


def _city_parts(portfolio: Portfolio, city: str, scenario: str) -> Iterator[Part]:
    """Yield the part of the city itself, one for each notebook with parameters of its own, and its districts'."""
    here = f"{city}/{scenario}"
    values = {**portfolio.values(city, scenario), "city": city, "scenario": scenario}
    scope: Scope = "area" if is_area(city) else "city"
    together: list[Path] = []
    alone: list[Part] = []
    for path in notebooks(scope):
        own = portfolio.notebook_values(path.stem)
        if own:
            params = validate_params({**values, **own, **portfolio.overrides}, origin=f"{here}/{path.stem}")
            alone.append(Part(f"{here}/{path.stem}", scope, params, (path,)))
        elif own is not None:
            together.append(path)
    if together:
        yield Part(here, scope, validate_params(values, origin=here), tuple(together))
    yield from alone
    if scope == "city":
        yield from _district_parts(portfolio, values, here)


def _district_parts(portfolio: Portfolio, values: dict[str, Any], here: str) -> Iterator[Part]:
    for path in notebooks("district"):
        own = portfolio.notebook_values(path.stem)
        if own is None:
            continue
        params = validate_params({**values, **own, **portfolio.overrides}, origin=f"{here}/{path.stem}")
        for district, name in inhabited_districts(params.city).items():
            about = params.model_copy(update={"district": district})
            yield Part(f"{here}/{path.stem}/{district}", "district", about, (path,), subject=name)


def _verbund_parts(portfolio: Portfolio, scenario: str) -> Iterator[Part]:
    """Yield one part per comparing notebook: what holds for the scenario, and each city with its base year."""
    cities = [city for city in portfolio.cities if not is_area(city)]
    if not cities:
        return
    years = {city: validate_params(portfolio.values(city, scenario)).base_year for city in cities}
    first = {**portfolio.values(cities[0], scenario), "city": cities[0], "scenario": scenario}
    named = ",".join(f"{city}@{year}" for city, year in years.items())
    for path in notebooks("verbund"):
        own = portfolio.notebook_values(path.stem)
        if own is not None:
            values = {**first, **own, **portfolio.overrides, "cities": named}
            params = validate_params(values, origin=f"{VERBUND}/{scenario}")
            yield Part(f"{VERBUND}/{scenario}/{path.stem}", "verbund", params, (path,))


class Hashes:
    """Hashes that parts share (source, data, notebooks), each computed once."""

    def __init__(self) -> None:
        self.source = cache(record.source_hash)
        self.notebook = cache(record.file_hash)
        self.data = cache(record.data_hashes)

    def ingredients(self, part: Part) -> dict[str, Any]:
        """Return the hashes of all that a part's result depends on."""
        cities = [name.split("@")[0].strip() for name in (part.params.cities or part.params.city).split(",")]
        data = {path: digest for city in cities for path, digest in self.data(city).items()}
        return {
            "params": part.params.fingerprint(),
            "data": dict(sorted(data.items())),
            "notebooks": {path.stem: self.notebook(path) for path in part.notebooks},
            "source": self.source(),
            "geometry": record.geometry_hash(part.params),
        }


def states(parts: Iterable[Part], outputs: Path) -> list[State]:
    """Return how each part stands in the portfolio's folder: done, failed with a reason, or still to do."""
    hashes = Hashes()
    return [_state(part, hashes.ingredients(part), outputs) for part in parts]


def _state(part: Part, ingredients: dict[str, Any], outputs: Path) -> State:
    state = State(part, record.run_id(part.params, ingredients), ingredients)
    for folder in (outputs / part.folder, publish.failed_folder(outputs / part.folder)):
        known = publish.read_record(folder)
        if known.get("id") == state.run_id and known.get("status") in ("complete", "failed"):
            take(state, known)
            break
    return state


def take(state: State, known: dict[str, Any]) -> None:
    """Note what a part's run.json says of it."""
    state.status, state.finished = known["status"], known.get("finished") or ""
    state.seconds = float(known.get("seconds", {}).get("total", 0.0))
    state.reason = "; ".join(f"{name}: {reason}" for name, reason in known.get("reasons", {}).items())


@dataclass(frozen=True)
class Job:
    """Parts that show the same study, computed once for all of them; plain values, so that it can travel."""

    scope: Scope
    study: dict[str, Any]
    parts: list[dict[str, Any]]
    source: str
    outputs: str

    def message(self) -> dict[str, Any]:
        """Return the job as plain values."""
        return asdict(self)


def jobs(todo: Iterable[State], outputs: Path, workers: int = 1) -> list[Job]:
    """Return the parts to do, those of one study together; cut where there are fewer studies than workers."""
    groups: dict[tuple[Scope, Params], list[State]] = {}
    for state in todo:
        groups.setdefault(state.part.computed, []).append(state)
    cut = -(-workers // max(1, len(groups)))
    chunks = [chunk for group in groups.values() for chunk in _cut(group, cut)]
    return [_job(chunk, outputs) for chunk in chunks]


def _cut(group: list[State], count: int) -> list[list[State]]:
    size = max(12, -(-len(group) // count))
    return [group[start : start + size] for start in range(0, len(group), size)]


def _job(group: list[State], outputs: Path) -> Job:
    scope, study = group[0].part.computed
    parts = [
        {
            "id": state.part.id,
            "scope": state.part.scope,
            "subject": state.part.subject,
            "folder": state.part.folder,
            "run_id": state.run_id,
            "values": state.part.params.model_dump(mode="json"),
            "notebooks": [str(path) for path in state.part.notebooks],
            "ingredients": state.ingredients,
        }
        for state in group
    ]
    return Job(scope, study.model_dump(mode="json"), parts, group[0].ingredients["source"], str(outputs))

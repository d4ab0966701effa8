"""Read the links of the chain of care and their reach: ``load_links()`` (data/reference/supply_chain.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd
import yaml

from carelab import paths
from carelab.inputs.city import REFERENCE_FOLDER
from carelab.inputs.contracts import CITY
from carelab.inputs.errors import DataError, Problem, raise_problems
from carelab.inputs.tables import YAML_LOADER, read_text
from carelab.terms import SITE_KINDS

FIELDS: Final = (
    *("link", "reach_m", "reach_range", "kinds", "categories", "places", "counted"),
    *("what_de", "what_en", "source", "quality"),
)
_NAME = "reference/supply_chain.yaml"


def load_links(*, root: Path | None = None) -> pd.DataFrame:
    """Return the links in order: link (index), reach_m (metres; NaN = whole city), kinds, categories, places (lists),
    counted (column of physicians or ""), what_de, what_en, source, quality. Raises DataError with every problem.
    """
    path = (paths.DATA if root is None else root) / REFERENCE_FOLDER / "supply_chain.yaml"
    try:
        entries = yaml.load(read_text(path, _NAME), Loader=YAML_LOADER)
    except yaml.YAMLError:
        raise DataError(f"{_NAME}: kein gültiges YAML.", f"{_NAME}: not valid YAML.") from None
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise DataError(f"{_NAME}: erwartet eine Liste von Gliedern.", f"{_NAME}: expected a list of links.")
    names = [str(entry.get("link")) for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    raise_problems(
        [Problem(_NAME, 0, f"{name}: steht zweimal", f"{name}: appears twice") for name in twice]
        + [problem for entry in entries for problem in _problems(entry)]
    )
    table = pd.DataFrame(entries, columns=list(FIELDS)).set_index("link")
    return table.assign(reach_m=table["reach_m"].astype(float), counted=table["counted"].fillna(""))


def _problems(entry: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with one link: fields, kinds, reach beside its range, quality."""
    name, found = str(entry.get("link")), []
    if set(entry) != set(FIELDS):
        odd = ", ".join(sorted(map(str, set(entry) ^ set(FIELDS))))
        return [Problem(_NAME, 0, f"{name}: fehlt oder unbekannt: {odd}", f"{name}: missing or unknown: {odd}")]
    columns = {"places": CITY["facilities"].columns, "counted": CITY["physicians"].columns}
    allowed = {
        "link": (name, SITE_KINDS),
        **{f"kinds {kind}": (kind, SITE_KINDS) for kind in entry["kinds"]},
        **{f"places {column}": (column, columns["places"]) for column in entry["places"]},
        "counted": (entry["counted"], [None, *columns["counted"]]),
        "quality": (entry["quality"], "ABCD"),
    }
    for what, (value, known) in allowed.items():
        if value not in known:
            found.append(Problem(_NAME, 0, f"{name}: {what} unbekannt: {value}", f"{name}: {what} unknown: {value}"))
    reach, span = entry["reach_m"], entry["reach_range"]
    if (reach is None) != (span is None) or (reach is not None and not span[0] <= reach <= span[1]):
        de, en = "reach_m liegt nicht in reach_range", "reach_m is not within reach_range"
        found.append(Problem(_NAME, 0, f"{name}: {de}", f"{name}: {en}"))
    return found
